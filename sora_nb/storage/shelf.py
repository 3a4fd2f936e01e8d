"""A home's folder in front of a store of files: what is made goes into the store, what is needed comes from there."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sora_nb.display import plain
from sora_nb.errors import ConfigError, StoreError
from sora_nb.media.stored_path import StoredPath
from sora_nb.storage import home

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from sora_nb.storage.object_store import ObjectStore

FOLDERS = ("videos", "posters", "avatars", "clips", "stills", "cutouts")
"""Folders whose files are in the store; what is on its way, or came from the user, is not."""
LAST = "cutout.json"
"""The file of a cut-out that is written last: where it is, the others are."""
ROOM = 10 * 10**9
"""Bytes that the folder may have where nobody says."""
VARIABLE = "SORA_NB_CACHE_GB"
IN_USE_SECONDS = 600.0
"""A file that was used so lately stays: somebody may be reading it."""
KEPT_PART = 0.8
"""How full the folder may be once it was cleared."""
AT_ONCE = 8
"""Files of one cut-out that are on their way together."""
_NOTED_SECONDS = 60.0


def room(gigabytes: float | None = None) -> int:
    """Return the bytes that the folder may have: the argument, SORA_NB_CACHE_GB, or ROOM.

    Raises:
        ConfigError: it is no amount.
    """
    given = os.environ.get(VARIABLE) if gigabytes is None else gigabytes
    if given is None or given == "":
        return ROOM
    try:
        amount = float(given)
    except (TypeError, ValueError):
        amount = -1.0
    if not 0 <= amount < 1e9:  # also where it is not a number
        raise ConfigError(
            f"{plain(repr(given), 40)} gigabytes are no room for files.", hint="Write it like cache_gb=10."
        )
    return int(amount * 10**9)


class _Unit(NamedTuple):
    """What is cleared as a whole: a file, or the folder of a cut-out.

    Attributes:
        used: when any of its files was used last, in seconds since 1970.
        size: bytes of all.
        paths: the files; that which tells that the others are there comes first.
    """

    used: float
    size: int
    paths: list[Path]


class Shelf:
    """The files of a home, of which the store has all and the folder those that were used lately.

    Args:
        folder: the home.
        store: where all are.
        room: bytes that the folder may have; what was not used for the longest time is cleared away beyond that.
        in_work: returns the keys that rows which have not ended need; those are never cleared away.
    """

    def __init__(self, folder: Path, store: ObjectStore, room: int, in_work: Callable[[], set[str]]) -> None:
        self.store = store
        self._folder = folder
        self._room = room
        self._in_work = in_work
        self._guessed: int | None = None  # bytes in the folder, as far as this process knows
        self._clearing = threading.Lock()
        self._bringing: dict[str, threading.Lock] = {}

    def key(self, path: Path) -> str | None:
        """Return the key of a file; None for what is in no store."""
        try:
            below = Path(path).relative_to(self._folder)
        except ValueError:
            return None
        return below.as_posix() if len(below.parts) > 1 and below.parts[0] in FOLDERS else None

    def knows(self, path: Path) -> bool:
        """Whether a file of this path, or below it, may be in the store."""
        return self.key(path) is not None

    def at(self, path: Path) -> Path:
        """Return a path whose file comes here once it is used."""
        return path if self.key(path) is None or isinstance(path, StoredPath) else StoredPath.of(path, self)

    # --- into the store -----------------------------------------------------------------------------------------------

    def share(self, paths: Iterable[Path]) -> None:
        """Put files into the store, each whole, in this order but for the last ones of cut-outs; what is there stays.

        Raises:
            StoreError: one cannot be put there; those before it are.
        """
        for path in sorted(dict.fromkeys(paths), key=lambda path: path.name == LAST):
            self.put(path, path)
        self._clear()

    def put(self, path: Path, place: Path) -> None:
        """Put a file into the store under the key of its place, where it is not yet; what no store has is left out.

        Raises:
            StoreError: it cannot be put there.
        """
        key, here = self.key(place), Path(path)
        if key is not None and here.is_file():  # else it came from there
            self.store.put(here, key)
            self._grown(here.stat().st_size)

    def take_out(self, path: Path) -> None:
        """Delete a file in the store; that there is none is no error.

        Raises:
            StoreError: it cannot be deleted.
        """
        self.store.delete(str(self.key(path)))

    def stored(self, *prefixes: str) -> list[Path]:
        """Return where files of the store are in this home, whether or not they are here.

        Args:
            prefixes: how their keys begin; all files where there is none.

        Raises:
            StoreError: the store does not tell.
        """
        begins = prefixes or [f"{name}/" for name in FOLDERS]
        return [self._folder / key for begin in begins for key in self.store.keys(begin)]

    def broken_off(self, before: dt.datetime) -> list[Path]:
        """Return where files would be in this home that came into the store in part only, before a time.

        Raises:
            StoreError: the store does not tell.
        """
        return [path for key in self.store.broken_off(before) if self.knows(path := self._folder / key)]

    def modified(self, path: Path) -> dt.datetime:
        """Return when a file was put into the store.

        Raises:
            FileNotFoundError: it is not there.
            StoreError: the store does not tell.
        """
        return self.store.modified(str(self.key(path)))

    # --- out of the store ---------------------------------------------------------------------------------------------

    def bring(self, path: Path) -> None:
        """Bring a file to its place; of a cut-out, all of it.

        Raises:
            FileNotFoundError: the store has none.
            StoreError: it cannot be fetched.
        """
        key = str(self.key(path))
        whole = key if not key.startswith("cutouts/") else key.rpartition("/")[0]
        with self._bringing.setdefault(whole, threading.Lock()):
            if Path(path).exists():
                return
            keys = [key] if whole == key else [other for other in self.store.keys(f"{whole}/") if other != key]
            with ThreadPoolExecutor(AT_ONCE) as threads:
                list(threads.map(self._fetch, [other for other in keys if not other.endswith(f"/{LAST}")]))
            for other in keys:
                if other.endswith(f"/{LAST}"):
                    self._fetch(other)
            if whole != key:
                self._fetch(key)
        self._clear()

    def _fetch(self, key: str) -> None:
        place = self._folder / key
        if place.exists():
            return
        part = self._folder / "incoming" / f"{secrets.token_hex(8)}.part"
        try:
            self.store.get(key, part)
            home.private_folder(place.parent)
            home.make_private(part)
            size = part.stat().st_size
            part.replace(place)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise StoreError(
                f"{key} cannot be kept in {self._folder}: {error.strerror}.", hint="Make room, then try again."
            ) from error
        finally:
            part.unlink(missing_ok=True)
        self._grown(size)

    def open(self, path: Path) -> BinaryIO:
        """Open a file in the store for reading by parts.

        Raises:
            FileNotFoundError: there is none.
            StoreError: it cannot be reached.
        """
        return self.store.open(str(self.key(path)))

    def size(self, path: Path) -> int:
        """Return how many bytes a file in the store has.

        Raises:
            FileNotFoundError: there is none.
            StoreError: the store does not tell.
        """
        return self.store.size(str(self.key(path)))

    def has(self, path: Path) -> bool:
        """Whether a file is in the store.

        Raises:
            StoreError: the store does not tell.
        """
        key = self.key(path)
        return key is not None and self.store.exists(key)

    def use(self, path: Path) -> None:
        """Take note that a file which is here is used."""
        with contextlib.suppress(OSError):  # it is being cleared away, or is another user's
            here, now = Path(path), time.time()
            told = here.stat()
            if told.st_atime < now - _NOTED_SECONDS:
                os.utime(here, (now, told.st_mtime))

    # --- room ---------------------------------------------------------------------------------------------------------

    def _grown(self, size: int) -> None:
        if self._guessed is not None:
            self._guessed += size

    def _clear(self) -> None:
        """Clear away what was not used for the longest time, where the folder has more than it may."""
        if self._guessed is not None and self._guessed <= self._room:
            return
        # what was kept or brought is so, whether or not others can be cleared away now
        with self._clearing, contextlib.suppress(StoreError):
            units = self._units()
            total = sum(unit.size for unit in units)
            if total > self._room:
                total -= self._cleared(units, total - int(self._room * KEPT_PART))
            self._guessed = total

    def _cleared(self, units: list[_Unit], wanted: int) -> int:
        """Clear files away until so many bytes are free; return how many that are."""
        freed, needed, now = 0, self._in_work(), time.time()
        for unit in sorted(units):
            if freed >= wanted or unit.used > now - IN_USE_SECONDS:
                break
            keys = {str(self.key(path)) for path in unit.paths}
            # what was here before there was a store may not be in it
            if keys.isdisjoint(needed) and all(map(self.store.exists, keys)):
                for path in unit.paths:
                    path.unlink(missing_ok=True)
                freed += unit.size
        return freed

    def _units(self) -> list[_Unit]:
        groups: dict[Path, list[Path]] = {}
        for name in FOLDERS:
            for path in (self._folder / name).rglob("*"):
                if path.is_file():
                    groups.setdefault(path.parent if name == "cutouts" else path, []).append(path)
        units = []
        for paths in groups.values():
            with contextlib.suppress(FileNotFoundError):  # another kernel clears, too
                told = [path.stat() for path in paths]
                used = max(max(each.st_atime, each.st_mtime) for each in told)
                first = sorted(paths, key=lambda path: path.name != LAST)
                units.append(_Unit(used, sum(each.st_size for each in told), first))
        return units
