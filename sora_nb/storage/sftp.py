"""Folders of SFTP servers, by fsspec and paramiko: known hosts only, time limits, and a connection for each who asks."""

from __future__ import annotations

import contextlib
import weakref
from typing import TYPE_CHECKING, Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem
from fsspec.utils import infer_storage_options

if TYPE_CHECKING:
    from collections.abc import Iterator

SILENCE_SECONDS = 20.0
"""How long a server may say nothing before its connection is given up."""


class Connections:
    """The file system of an address, for any number of threads; nothing is connected to before something is asked.

    Its methods are those of fsspec's file systems. After a failure all connections are given up, and whoever asks next
    makes another: the server may have been restarted.

    Attributes:
        protocol: as of fsspec's file systems.
        root: the folder.
    """

    protocol = "sftp"

    def __init__(self, url: str) -> None:
        self._options = infer_storage_options(url)
        del self._options["protocol"]
        self.root: str = self._options.pop("path") or "/"
        self._idle: list[_Connection] = []

    def __getattr__(self, name: str) -> Any:
        def ask(*values: Any, **options: Any) -> Any:
            with self._lent() as connection:
                return getattr(connection, name)(*values, **options)

        return ask

    @contextlib.contextmanager
    def _lent(self) -> Iterator[_Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _Connection(**self._options, skip_instance_cache=True)
        try:
            yield connection
        except (FileNotFoundError, PermissionError):  # an answer, from a server that is well
            self._idle.append(connection)
            raise
        except BaseException:
            self._idle.clear()
            raise
        self._idle.append(connection)


class _Connection(SFTPFileSystem):
    """One connection. Only one thread at a time may use it: paramiko hands answers to whichever thread reads first."""

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        weakref.finalize(self, self.client.close)  # like other file systems: closed when nobody holds it any more
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(_Refused())
        limits = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout", "channel_timeout"), SILENCE_SECONDS)
        try:
            self.client.connect(self.host, **limits, **self.ssh_kwargs)
        except (paramiko.AuthenticationException, paramiko.BadHostKeyException) as error:
            raise PermissionError(str(error)) from error
        self.ftp = self.client.open_sftp()
        self.ftp.get_channel().settimeout(SILENCE_SECONDS)

    def cat_file(self, path: str, start: int, end: int) -> bytes:
        """Return a part of a file. All its pieces are asked for at once, so that a far server costs one wait, not many."""
        with self.ftp.open(path) as file:
            return b"".join(file.readv([(start, end - start)]))


class _Refused(paramiko.MissingHostKeyPolicy):
    """Refuses a host that ~/.ssh/known_hosts does not have: anybody could be it, and would be given the password."""

    def missing_host_key(self, _: Any, hostname: str, key: Any) -> None:
        raise PermissionError(f"{hostname} with its {key.get_name()} key is not in ~/.ssh/known_hosts; ssh adds it")
