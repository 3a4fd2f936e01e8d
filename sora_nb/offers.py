"""Films that a Jupyter server may hand to its user's pages: a kernel offers each one under a name that nobody can guess.

By the first half of the names a server tells pages, too, whether that kernel lives. The offers lie in a folder of
Jupyter's that only their user can enter, and are held as long as the kernel lives. A server and a kernel need not see
the same files, nor a page the server: that a film is offered says nothing of whether a page can fetch it. The page
tries.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import stat
import threading
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path

from sora_nb.errors import LedgerError
from sora_nb.storage.process_lock import ProcessLock

ROUTE = "sora_nb/films/"
"""Where a server has them, below its own address."""
PROCESSES = "sora_nb/processes/"
"""Where it tells whether a kernel lives."""
PROCESS = "[0-9a-f]{32}"
"""What names of kernels look like."""
NAME = f"{PROCESS}-[0-9a-f]{{32}}"
"""What names look like: the kernel, and a film of it."""
_MIME = re.compile(r"video/[a-z0-9]+")
_making = threading.Lock()


@dataclass(frozen=True)
class Offer:
    """A film as it was when it was offered.

    Attributes:
        path: the file.
        mime: what it is.
        size: its bytes.
        changed: when it was last written, in nanoseconds.
    """

    path: str
    mime: str
    size: int
    changed: int

    @property
    def holds(self) -> bool:
        """Whether this machine has the very file, unchanged since."""
        try:
            told = os.stat(self.path)  # noqa: PTH116  # a Path would refuse names that no file can have
        except (OSError, ValueError):
            return False
        return stat.S_ISREG(told.st_mode) and (told.st_size, told.st_mtime_ns) == (self.size, self.changed)


def folder() -> Path | None:
    """Return where the offers of this user lie; None where there is no Jupyter."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except ImportError:
        return None
    return Path(jupyter_runtime_dir()) / "sora_nb"


class _Held:
    """What a process has in the folder of offers, removed when it ends.

    Args:
        where: the folder of offers.

    Raises:
        OSError, LedgerError: nothing can be written there, or its file system has no locks.
    """

    def __init__(self, where: Path) -> None:
        self._where = where
        self._lock = ProcessLock(where)
        self._end = weakref.finalize(self, _forget, where, self._lock.id, os.getpid())
        _sweep(where, self._lock)

    def close(self) -> None:
        """Remove it, and give the lock back."""
        self._end()
        self._lock.close()


class Offers(_Held):
    """What this process offers, withdrawn when it is closed or ends; see _Held."""

    @property
    def process(self) -> str:
        """The name by which a server knows this process."""
        return self._lock.id

    @property
    def served(self) -> bool:
        """Whether a server lives that hands out what is offered here."""
        return any(not self._lock.is_gone(mark.stem) for mark in self._where.glob("*.server"))

    def add(self, film: Path, mime: str) -> str:
        """Offer a film.

        Args:
            film: a file of this machine.
            mime: what it is, like video/mp4.

        Returns:
            The name that a server knows it by.

        Raises:
            OSError: it is not there, or nothing can be written.
        """
        here = Path(os.fspath(film))  # which brings one that is in a store only
        told = here.stat()
        name = f"{self._lock.id}-{secrets.token_hex(16)}"
        _write(self._where / f"{name}.json", Offer(str(here.absolute()), mime, told.st_size, told.st_mtime_ns))
        return name

    def withdraw(self, name: str) -> None:
        """Offer a film no longer."""
        (self._where / f"{name}.json").unlink(missing_ok=True)


class Served(_Held):
    """A server's side: it tells kernels that it is there until it is closed or ends, and finds what they offer; see _Held."""

    def __init__(self, where: Path) -> None:
        super().__init__(where)
        (where / f"{self._lock.id}.server").touch(mode=0o600)

    def find(self, name: str) -> Offer | None:
        """Return what is offered under a name, if its kernel lives and the file is here unchanged.

        Args:
            name: anything; what looks like no name is none.
        """
        if not re.fullmatch(NAME, name):
            return None
        offer = _read(self._where / f"{name}.json")
        if offer is None or not offer.holds or self._lock.is_gone(name.partition("-")[0]):
            return None
        return offer

    def lives(self, process: str) -> bool:
        """Return whether a process that offers films, or did, has not ended.

        Args:
            process: its name; any other names none.
        """
        return re.fullmatch(PROCESS, process) is not None and not self._lock.is_gone(process)


_mine: dict[tuple[int, Path], Offers] = {}


def of_process() -> Offers | None:
    """Return what this process offers, or None where no server lives that would hand it out."""
    where = folder()
    if where is None or not any(where.glob("*.server")):
        return None
    with _making, contextlib.suppress(OSError, LedgerError):
        key = (os.getpid(), where)
        mine = _mine.get(key)
        if mine is None:
            mine = _mine[key] = Offers(where)
        return mine if mine.served else None
    return None


def _write(place: Path, offer: Offer) -> None:
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:  # noqa: PTH123
        json.dump(asdict(offer), opened)


def _read(place: Path) -> Offer | None:
    """Read an offer that this user wrote; None where there is none, or it is no offer."""
    try:
        with place.open(encoding="ascii") as opened:
            if os.name == "posix" and os.fstat(opened.fileno()).st_uid != os.getuid():
                return None
            offer = Offer(**json.load(opened))
    except (OSError, ValueError, TypeError):
        return None
    return offer if isinstance(offer.path, str) and _MIME.fullmatch(str(offer.mime)) else None


def _forget(where: Path, holder: str, maker: int) -> None:
    """Remove what a process has in the folder, but for its lock."""
    if os.getpid() == maker:
        for path in (*where.glob(f"{holder}-*.json"), where / f"{holder}.server"):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _sweep(where: Path, lock: ProcessLock) -> None:
    """Remove what processes left that were killed."""
    holders = {path.stem.partition("-")[0] for pattern in ("*.json", "*.server") for path in where.glob(pattern)}
    for holder in holders - {lock.id}:
        if lock.is_gone(holder):
            _forget(where, holder, os.getpid())
