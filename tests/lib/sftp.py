"""Folders of an SFTP server on this machine: asyncssh's, in a process of its own, which knows one key.

A pytest plugin: `sftp_folder` is the address of an empty one, as a studio takes it; `sftp_server` can be ended and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from ports import free_port


class SftpServer:
    """An SFTP server on loopback, and the home of somebody who knows it and has a key for it."""

    def __init__(self, folder: Path) -> None:
        import asyncssh

        self.folder = folder
        self.home = folder / "home"
        (self.home / ".ssh").mkdir(parents=True)
        for name in ("host", "key"):
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / name)
            asyncssh.read_private_key(folder / name).write_public_key(folder / f"{name}.pub")
        self.port = free_port()
        self.start()
        known = f"[127.0.0.1]:{self.port} {(folder / 'host.pub').read_text()}"
        (self.home / ".ssh" / "known_hosts").write_text(known)

    @property
    def environment(self) -> dict[str, str]:
        """What a process that is to use it has in its environment."""
        return {"HOME": str(self.home), "FSSPEC_SFTP_KEY_FILENAME": str(self.folder / "key")}

    @property
    def url(self) -> str:
        """The address of an empty folder."""
        return f"sftp://anna@127.0.0.1:{self.port}/{uuid4().hex}"

    def start(self) -> None:
        """Answer, at the same address as before."""
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).resolve(), str(self.folder), str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._process.stdout.readline()  # it listens

    @contextlib.contextmanager
    def silent(self):
        """Say nothing for as long as a block lasts, and keep all connections."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End with all connections."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory):
    """An SFTP server on loopback, one for all tests of a process; its key is not in the environment."""
    running = SftpServer(tmp_path_factory.mktemp("sftp"))
    yield running
    running.stop()


@pytest.fixture
def sftp_folder(sftp_server, monkeypatch):
    """The address of an empty folder, whose key and known host are in the environment."""
    import fsspec.config

    for name, value in sftp_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(fsspec.config.conf, "sftp", {"key_filename": str(sftp_server.folder / "key")})  # read on import
    return sftp_server.url


async def _serve(folder: Path, port: int) -> None:
    import asyncssh

    (folder / "files").mkdir(exist_ok=True)
    listening = await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[folder / "host"],
        authorized_client_keys=str(folder / "key.pub"),
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder / "files")),
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await listening.wait_closed()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
