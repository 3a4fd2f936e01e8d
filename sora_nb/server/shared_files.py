"""Keep the files of a server by key: in its folder, or in a store that several servers share."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from sora_nb.errors import StoreError
from sora_nb.server.tables import FILES, NEEDS, TASKS, UNFINISHED
from sora_nb.storage.home import private_folder
from sora_nb.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from sora_nb.storage.database import Database

UPLOAD_SECONDS = 24 * 3600.0
"""How long a file is kept after its last use, where no task needs it; and a copy of one in the store."""
PATIENCE_SECONDS = 5.0
"""How long a store that does not answer is asked again; whoever waits for a server is told then."""
COPIES_BYTES = 20 * 1024**3
"""Most bytes of copies."""
PREFIX = "server/"
"""What keys begin with in a store, beside what the library of a studio has there."""
FOLDERS = ("uploads", "videos", "characters")


class SharedFiles:
    """Files by key, such as "videos/<id>.mp4".

    Args:
        home: the folder of the server: files are in it, or copies of what was fetched from a store.
        url: the store, see ObjectStore; None where this server keeps its files by itself.
        database: knows which files are deleted when nobody used them for a day.
    """

    def __init__(self, home: Path, url: str | None, database: Database) -> None:
        self._database = database
        self._store = ObjectStore(url, patience=PATIENCE_SECONDS) if url else None
        # what a home had before it had a store is no copy, and stays
        self._folder = private_folder(home / "copies") if url else home
        for name in FOLDERS:
            private_folder(self._folder / name)

    def close(self) -> None:
        """Let the store go."""
        if self._store is not None:
            self._store.close()

    def check(self) -> None:
        """See whether files can be kept and found now.

        Raises:
            StoreError: they cannot.
        """
        if self._store is not None:
            self._store.check()
        elif not self._folder.is_dir():
            raise StoreError(f"{self._folder} is gone.")

    def path(self, key: str) -> Path:
        """Return where a file or its copy is on this machine, if it is here."""
        return self._folder / key

    def is_lost(self, key: str) -> bool:
        """Whether a file is known to be gone; a store is not asked."""
        return self._store is None and not self.path(key).is_file()

    def keep(self, path: Path, key: str) -> None:
        """Take over a file of this machine, whole or not at all.

        Raises:
            StoreError: the store does not take it.
        """
        if self._store is None:
            target = self.path(key)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            path.replace(target)
        else:
            self._store.put(path, PREFIX + key)
            path.unlink()  # what was in the store stays there, and may differ from this one

    def fetch(self, key: str) -> Path:
        """Return a file on this machine, copied from the store where need be.

        Raises:
            FileNotFoundError: there is none.
            StoreError: it cannot be fetched.
        """
        path = self.path(key)
        if self._store is None:
            path.stat()
            return path
        try:
            os.utime(path)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._store.get(PREFIX + key, path)
        return path

    def fetch_folder(self, key: str) -> Path:
        """Return a folder on this machine, with all that is in it.

        Raises:
            StoreError: it cannot be fetched.
        """
        if self._store is not None:
            for found in self._store.keys(f"{PREFIX}{key}/"):
                self.fetch(found.removeprefix(PREFIX))
        return self.path(key)

    def open(self, key: str) -> BinaryIO | None:
        """Open a file that is in the store, to be read by ranges; None where files are on this machine.

        Raises:
            FileNotFoundError: there is none.
            StoreError: it cannot be reached.
        """
        return None if self._store is None else self._store.open(PREFIX + key)

    def delete(self, key: str) -> None:
        """Delete a file; that there is none is no error.

        Raises:
            StoreError: it cannot be deleted now.
        """
        self.path(key).unlink(missing_ok=True)
        if self._store is not None:
            self._store.delete(PREFIX + key)

    # --- files that are not kept for good -----------------------------------------------------------------------------

    def use(self, key: str) -> bool:
        """Count this as a use of a file, and return whether there is such a file."""
        with self._database.share(tells=False) as connection:
            return _used(connection, key) and not self.is_lost(key)

    def keep_for_a_day(self, path: Path, key: str) -> None:
        """Take over a file that is deleted a day after its last use, unless a task needs it then.

        Raises:
            StoreError: the store does not take it.
        """
        # the row comes first: a file that is deleted right now is gone by then, and comes anew
        with self._database.share() as connection:
            self.expire(connection, key, path.stat().st_size)
        self.keep(path, key)

    @staticmethod
    def expire(connection: Connection, key: str, size: int = 0, moment: float | None = None) -> None:
        """Have a file deleted a day after its last use.

        Args:
            connection: a transaction that writes.
            key: the file, which may be gone already.
            size: its bytes.
            moment: its last use, in Unix seconds; now by default.
        """
        row = {"key": key, "bytes": size, "used_at": time.time() if moment is None else moment}
        if not _used(connection, key):
            # another server may write the same
            with contextlib.suppress(IntegrityError), connection.begin_nested():
                connection.execute(insert(FILES).values(row))

    def expiring(self, keys: list[str]) -> dict[str, tuple[int, float]]:
        """Return the bytes and the last use, in Unix seconds, of those files that are deleted some day and are there."""
        with self._database.read() as connection:
            rows = connection.execute(select(FILES).where(FILES.c.key.in_(keys))).all()
        return {key: (size, used_at) for key, size, used_at in rows if not self.is_lost(key)}

    def delete_unused(self) -> None:
        """Delete the files that nobody used for a day and no task needs, and copies of that age.

        Raises:
            StoreError: the store does not answer; the next call goes on from there.
        """
        before = time.time() - UPLOAD_SECONDS
        waits = TASKS.c.status.in_(UNFINISHED) | (TASKS.c.kind == "video")
        needed = exists().where(NEEDS.c.key == FILES.c.key, TASKS.c.number == NEEDS.c.task, waits)
        unused = (FILES.c.used_at < before) & ~needed
        with self._database.read() as connection:
            keys = connection.scalars(select(FILES.c.key).where(unused)).all()
        for key in keys:
            # in one transaction: whoever sends the same file again waits until it is gone, and puts it there anew
            with self._database.share() as connection:
                if connection.execute(delete(FILES).where(FILES.c.key == key, unused)).rowcount:
                    self.delete(key)
        if self._store is not None:
            self._delete_copies(before)

    def _delete_copies(self, before: float) -> None:
        """Delete copies that were not used since then, and the oldest of those that are too many."""
        room = COPIES_BYTES
        for used_at, size, path in sorted(self._copies(), reverse=True):
            room -= size
            if used_at < before or room < 0:
                path.unlink(missing_ok=True)

    def _copies(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.rglob("*.*"):
            with contextlib.suppress(FileNotFoundError):  # another process may be tidying, too
                about = path.stat()
                yield about.st_mtime, about.st_size, path


def _used(connection: Connection, key: str) -> bool:
    return bool(connection.execute(update(FILES).where(FILES.c.key == key).values(used_at=time.time())).rowcount)
