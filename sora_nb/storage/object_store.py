"""Files under keys in a bucket or a folder of any machine, by fsspec: each is there whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from importlib import import_module
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from sora_nb.display import plain
from sora_nb.errors import ConfigError, StoreError
from sora_nb.media.seekable import Seekable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")
VARIABLE = "SORA_NB_FILES"
_HINT = f"See that the place is there and its key is right: files=..., or {VARIABLE}."
PATIENCE_SECONDS = 60.0
"""How long a store that does not answer is asked again."""
BLOCK_BYTES = 64 * 1024
"""What open() reads at once; twice as many blocks each time while somebody reads on and on."""
MOST_BLOCKS = 64
"""Blocks that are read at once."""
KEPT_BLOCKS = 512
"""Blocks that were read and stay in memory: whoever looks at a film opens it several times, and goes to and fro."""
_PAUSES = (0.1, 0.3, 1.0, 2.0)
_LONGEST_PAUSE = 4.0
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"})
"""Kinds of places where a file appears under its key once all of it has arrived."""
_SFTP = ("sftp://", "ssh://")
_PART = ".part-"
_FOR_GOOD = (
    FileNotFoundError,
    PermissionError,
    IsADirectoryError,
    NotADirectoryError,
    NotImplementedError,
    ImportError,
    TypeError,
    ValueError,
)
_NUMBERS_FOR_GOOD = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EINVAL,
        errno.ENAMETOOLONG,
        errno.ENOSYS,
        errno.EPERM,
        errno.EMSGSIZE,
    }
)
_REFUSALS = (401, 403)
"""Statuses of HTTP by which a key is refused."""
_left_behind: list[Any] = []
"""What a forked process has of its parent's connections, and never lets go: closing them there would cut the parent's."""


def opened(url: str | None = None) -> ObjectStore | None:
    """Return the store of the argument, or of SORA_NB_FILES, once it is found to be there; None where neither names one.

    Raises:
        ConfigError: it cannot be used.
    """
    chosen = url or os.environ.get(VARIABLE)
    if not chosen:
        return None
    store = ObjectStore(chosen)
    try:
        store.check()
    except StoreError as error:
        store.close()
        raise ConfigError(error.message, hint=_HINT) from error
    return store


class ObjectStore:
    """A place for files by key, for any number of processes and machines at once.

    Its methods wait, and may be called by any thread. Nothing costs more when it is asked twice, so that a store that
    does not answer is asked again for a minute.

    Args:
        url: a folder as fsspec writes it: "s3://bucket/prefix", "gs://...", "az://...", "sftp://host/folder" or
            "file:///folder". Keys and endpoints are where the tools of such places have them.
        patience: seconds for which a place that does not answer is asked again; None for PATIENCE_SECONDS.

    Attributes:
        place: the address without a password.

    Raises:
        ConfigError: there is no such kind of place, or what it needs is not installed.
    """

    def __init__(self, url: str, *, patience: float | None = None) -> None:
        if not isinstance(url, str) or "://" not in url:
            raise ConfigError(
                f"{plain(repr(url), 80)} is no place for files.", hint='Write it like "s3://bucket/prefix".'
            )
        self.place = re.sub(r"(?<=://)([^/@]*?):[^/]*@", r"\1@", url)
        self._url = url
        self._patience = patience
        self._closed = threading.Event()
        self._opening = threading.Lock()
        self._blocks: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._kept = threading.Lock()
        self._system: Any = self._opened()
        self._process = os.getpid()

    def __repr__(self) -> str:
        return f"ObjectStore({self.place!r})"

    def _opened(self) -> Any:
        """Return the file system; each store has one of its own, and nothing that it knew earlier is believed."""
        try:
            if self._url.startswith(_SFTP):
                system = import_module("sora_nb.storage.sftp").Connections(self._url)
                self._root = system.root
            else:
                system, self._root = import_module("fsspec").url_to_fs(
                    self._url, skip_instance_cache=True, use_listings_cache=False
                )
        except ImportError as error:
            raise ConfigError(
                f"{self.place} cannot be used: {self._plain(error)}.",
                hint="pip install 'sora_nb[team]', and gcsfs for gs://, adlfs for az:// or paramiko for sftp://.",
            ) from error
        except ValueError as error:  # there is no such kind of place, or no key for it
            raise ConfigError(f"{self.place} cannot be used: {self._plain(error)}.", hint=_HINT) from error
        kinds = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
        self._at_once = not kinds.isdisjoint(_BUCKETS)
        return system

    @property
    def _files(self) -> Any:
        with self._opening:
            if self._process != os.getpid():  # its thread and connections are those of the process it was forked from
                _left_behind.append(self._system)
                self._system = None
                self._process = os.getpid()
            if self._system is None:
                self._system = self._opened()
            return self._system

    def check(self) -> None:
        """See whether the place is there and answers; a folder is made where there is none.

        Raises:
            StoreError: it does not.
        """
        bucket = self._root.partition("/")[0]
        try:
            if self._at_once:
                self._tried("used", "", lambda: self._files.info(bucket))
            else:
                self._tried("used", "", lambda: self._files.makedirs(self._root, exist_ok=True))
        except FileNotFoundError as error:
            raise self._error("used", "", error) from error

    # --- files ------------------------------------------------------------------------------------------------------

    def put(self, path: Path, key: str) -> None:
        """Put a file under a key, whole or not at all; what is there already stays.

        Raises:
            FileNotFoundError: there is no such file on this machine.
            StoreError: it cannot be put there.
        """
        if not path.is_file():
            raise FileNotFoundError(errno.ENOENT, "there is no such file", str(path))
        target = self._path(key)

        def put() -> None:
            if self.exists(key):
                return
            if self._at_once:
                self._files.put_file(str(path), target)
                return
            folder, _, name = target.rpartition("/")
            part = f"{folder}/{_PART}{secrets.token_hex(8)}-{name}"
            self._files.makedirs(folder, exist_ok=True)
            try:
                self._files.put_file(str(path), part)
                self._files.mv(part, target)
            except BaseException:
                with contextlib.suppress(Exception):  # what went wrong first is told
                    self._files.rm_file(part)
                raise

        try:
            self._tried("put", key, put)
        except FileNotFoundError as error:  # the bucket itself
            raise self._error("put", key, error) from error

    def get(self, key: str, path: Path) -> None:
        """Bring a file to this machine, whole or not at all.

        Args:
            key: the file.
            path: where it goes, in a folder that there is; what is there is replaced.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: it cannot be fetched.
        """
        part = path.with_name(f"{_PART}{secrets.token_hex(8)}-{path.suffix}")

        def get() -> None:
            size = self._files.info(self._path(key))["size"]
            self._files.get_file(self._path(key), str(part))
            if part.stat().st_size != size:
                raise EOFError(f"{part.stat().st_size} of {size} bytes arrived")

        try:
            self._tried("fetched", key, get)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading by parts: only what is looked at is fetched.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: it cannot be reached; so do reads.
        """
        # a buffered reader is a BinaryIO in all but its declaration
        return cast("BinaryIO", io.BufferedReader(_Parts(self, key)))

    def read(self, key: str, start: int, end: int) -> bytes:
        """Return a part of a file.

        Args:
            key: the file.
            start, end: the first byte, and the one after the last.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: it cannot be reached.
        """
        return bytes(self._tried("read", key, lambda: self._files.cat_file(self._path(key), start=start, end=end)))

    def blocks(self, key: str, size: int, first: int, count: int) -> bytes:
        """Return some blocks of a file; of those that are not in memory, so many are read at once.

        Args:
            key: the file.
            size: its bytes.
            first: the first block.
            count: how many are read, where the first one has to be.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: it cannot be reached.
        """
        with self._kept:
            known = self._blocks.get((key, size, first))
            if known is not None:
                self._blocks.move_to_end((key, size, first))
                return known
        begin = first * BLOCK_BYTES
        data = self.read(key, begin, min(begin + count * BLOCK_BYTES, size))
        with self._kept:
            for number in range(-(-len(data) // BLOCK_BYTES)):
                part = data[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]
                self._blocks[key, size, first + number] = part
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return data

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key.

        Raises:
            StoreError: the store does not tell.
        """
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        """Return how many bytes a file has.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: the store does not tell.
        """
        found = self._tried("found", key, lambda: self._files.info(self._path(key)))
        if found["type"] != "file":
            raise FileNotFoundError(errno.ENOENT, "there is no such file", key)
        return int(found["size"])

    def modified(self, key: str) -> dt.datetime:
        """Return when a file was put there, with its zone.

        Raises:
            FileNotFoundError: there is none of this key.
            StoreError: the store does not tell.
        """
        moment: dt.datetime = self._tried("found", key, lambda: self._files.modified(self._path(key)))
        return moment

    def delete(self, key: str) -> None:
        """Delete a file; that there is none is no error.

        Raises:
            StoreError: it cannot be deleted.
        """
        with self._kept:
            for known in [known for known in self._blocks if known[0] == key]:
                del self._blocks[known]
        with contextlib.suppress(FileNotFoundError):
            self._tried("deleted", key, lambda: self._files.rm_file(self._path(key)))

    def keys(self, prefix: str = "") -> list[str]:
        """Return the keys that begin like this, in order.

        Raises:
            StoreError: the store does not tell.
        """
        return [key for key in self._found(prefix) if _PART not in key]

    def broken_off(self, before: dt.datetime) -> list[str]:
        """Return the keys of what was put here in part only, before a time, by processes that were killed.

        Raises:
            StoreError: the store does not tell.
        """
        parts = [] if self._at_once else [key for key in self._found("") if _PART in key]
        left = []
        for key in parts:
            with contextlib.suppress(FileNotFoundError):  # it is whole now
                if self.modified(key) < before:
                    left.append(key)
        return left

    def _found(self, prefix: str) -> list[str]:
        folder, slash, _ = prefix.rpartition("/")
        below = self._path(folder) if slash else self._root
        find = self._files.find if self._at_once else self._walked
        try:
            found = self._tried("listed", prefix, lambda: find(below))
        except FileNotFoundError:
            return []
        keys = (path[len(self._root) :].lstrip("/") for path in found)
        return sorted(key for key in keys if key.startswith(prefix))

    def _walked(self, folder: str) -> list[str]:
        """Return the files below a folder. fsspec's own walk leaves out folders that cannot be listed right now."""
        paths = []
        for entry in self._files.ls(folder, detail=True):
            if entry["type"] != "directory":
                paths.append(entry["name"])
                continue
            with contextlib.suppress(FileNotFoundError):  # it was deleted meanwhile
                paths += self._walked(entry["name"])
        return paths

    def link(self, key: str, seconds: int) -> str:
        """Return an address from which everybody who has it can fetch a file, for some seconds.

        Raises:
            ConfigError: the place gives no links.
            StoreError: it gives none now.
        """
        try:
            return str(self._tried("linked to", key, lambda: self._files.sign(self._path(key), expiration=seconds)))
        except NotImplementedError as error:
            raise ConfigError(
                f"{self.place} gives no links to its files.", hint="Buckets do: s3://, gs://, az://."
            ) from error

    def close(self) -> None:
        """Close the connections, and end waits for an answer. What is asked afterwards opens others, and is asked once."""
        self._closed.set()
        if self._process == os.getpid():
            self._system = None
            gc.collect()  # file systems hold themselves, and close their connections when they are collected

    # --- small things -----------------------------------------------------------------------------------------------

    def _path(self, key: str) -> str:
        """Return where a file of a key is.

        Raises:
            StoreError: it is no key, such as one that would lead out of the store.
        """
        parts = key.split("/")
        if not all(parts) or not {".", ".."}.isdisjoint(parts) or "\\" in key or "\0" in key:
            raise StoreError(f"{plain(repr(key), 200)} is no key of a file.", money="", hint="")
        return f"{self._root.rstrip('/')}/{key}"

    def _tried(self, what: str, key: str, ask: Callable[[], T]) -> T:
        """Ask until there is an answer, a final refusal, or no patience left."""
        until = time.monotonic() + (PATIENCE_SECONDS if self._patience is None else self._patience)
        for pause in chain(_PAUSES, repeat(_LONGEST_PAUSE)):
            try:
                return ask()
            except (StoreError, FileNotFoundError, NotImplementedError):
                raise
            except Exception as error:  # each file system has exceptions of its own
                over = time.monotonic() + pause > until
                if _is_for_good(error) or over or self._closed.wait(pause):
                    raise self._error(what, key, error) from error
        raise AssertionError("the pauses never end")

    def _error(self, what: str, key: str, error: Exception) -> StoreError:
        name = f"{key} in {self.place}" if key else self.place
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        hint = "Make room on the disk of this machine or of the store; then try again, or run studio.resume()."
        return StoreError(
            f"{name} cannot be {what}: {type(error).__name__}: {self._plain(error)}.", hint=hint if full else None
        )

    def _plain(self, error: Exception) -> str:
        return plain(str(error).replace(self._url, self.place), 200)


class _Parts(Seekable):
    """A file of a store, as a stream that fetches what is read."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        super().__init__(store.size(key))
        self._store = store
        self._key = key
        self._read_to = -1  # the block after those that were read last
        self._count = 1

    def read_at(self, at: int, into: memoryview) -> int:
        block, inside = divmod(at, BLOCK_BYTES)
        data = self._store.blocks(self._key, self._size, block, self._run(block))
        part = memoryview(data)[inside:][: len(into)]
        into[: len(part)] = part
        return len(part)

    def _run(self, block: int) -> int:
        """Return how many blocks are read from one on, where it has to be read."""
        if block == self._read_to:
            self._count = min(2 * self._count, MOST_BLOCKS)
        elif not self._read_to - self._count <= block < self._read_to:
            self._count = 1
        else:
            return self._count
        self._read_to = block + self._count
        return self._count


def _is_for_good(error: Exception) -> bool:
    """Whether asking again would be answered in the same way."""
    return (
        isinstance(error, _FOR_GOOD)
        or getattr(error, "status_code", getattr(error, "code", None)) in _REFUSALS  # adlfs's, gcsfs's
        or str(error).startswith("Forbidden")  # gcsfs's, without a number
        or (isinstance(error, OSError) and error.errno in _NUMBERS_FOR_GOOD)
        or type(error).__name__.endswith("CredentialsError")  # botocore's, for which s3fs has no other name
    )
