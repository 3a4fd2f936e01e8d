"""A file of SQLite, set up for money: write-ahead log, every commit on disk, writers queue instead of failing."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DatabaseError

from sora_nb.display import has_words
from sora_nb.errors import LedgerError
from sora_nb.storage import home, place
from sora_nb.storage.process_lock import ProcessLock
from sora_nb.storage.watch import watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from sora_nb.storage.home import Journal
    from sora_nb.storage.place import Watch, Way


class SQLiteFile:
    """One file, made where it does not exist.

    Args:
        path: where.

    Raises:
        LedgerError: its folder cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self.reading: Mapping[str, Any] = {"way": "read"}
        self.queued: frozenset[Way] = frozenset({"write", "share", "quiet"})
        try:
            self._journal = home.prepare(path)
            self._file = _made(path, self._journal)
        except (OSError, sqlite3.Error) as error:
            raise self._explained(error) from error

    def engine(self, *, pooled: bool) -> Engine:
        """Return what connects; see Place."""
        # an address says that the file must be there; its name is quoted, for % and ? mean something else in one
        where = URL.create("sqlite", database=self.path.absolute().as_uri(), query={"mode": "rw", "uri": "true"})
        engine = create_engine(
            where, connect_args={"timeout": place.BUSY_SECONDS}, poolclass=QueuePool if pooled else NullPool
        )
        event.listen(engine, "connect", self._configure)
        event.listen(engine, "begin", _begin)
        return engine

    def _configure(self, connection: Any, _: object) -> None:
        connection.isolation_level = None  # the begin event below decides how transactions start
        cursor = connection.cursor()
        for pragma in (f"journal_mode = {self._journal}", "synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own LIKE knows ASCII's cases only
        connection.create_function("has_words", 2, has_words, deterministic=True)

    def check(self) -> None:
        """Refuse to go on in a file that is not at its place any more: nobody would ever see what is written."""
        try:
            now = _identity(self.path)
        except OSError:
            now = None
        if now != self._file:
            raise _gone(self.path)

    def passes(self, error: Exception, *, known: bool) -> bool:  # noqa: ARG002  no server, nothing to wait for
        """Whether an error of connecting may pass by itself; see Place."""
        return False

    def explain(self, error: Exception) -> LedgerError | None:
        """Say what an error means; see Place."""
        return self._explained(error) if isinstance(error, (OSError, DatabaseError, sqlite3.Error)) else None

    def _explained(self, error: Exception) -> LedgerError:
        if isinstance(error, OSError):
            return LedgerError(
                f"The folder of {self.path} cannot be used: {error.strerror}.",
                hint=f"Make room on the disk of {self.path.parent}, then try again."
                if error.errno == errno.ENOSPC
                else f"Choose another one. {home.ELSEWHERE}",
            )
        return _explanation(self.path, str(error.orig if isinstance(error, DatabaseError) else error))

    def lock(self, folder: Path) -> ProcessLock:
        """Return a lock of this process; see Place."""
        # beside the file: there all look who work with it, wherever their own folders are
        return ProcessLock(self.path.parent / folder.name)

    def watch(self) -> Watch:
        """Return what tells of changes; see Place."""
        return watch(self.path.absolute())


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _made(path: Path, journal: Journal) -> tuple[int, int]:
    """Make a database's file, readable by its user only, and return which one it is."""
    # never opened here where it exists: closing it again would drop SQLite's locks of this process
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if journal != "WAL":
        # it may come from a file system with shared memory; without any, one connection alone can read its log
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=place.BUSY_SECONDS)) as connection:
            for pragma in ("locking_mode = EXCLUSIVE", f"journal_mode = {journal}"):
                connection.execute(f"PRAGMA {pragma}")
    return _identity(path)


def _begin(connection: Connection) -> None:
    # a deferred transaction that turns into a writer fails at once when somebody else wrote meanwhile
    reads = connection.get_execution_options().get("way") == "read"
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _gone(path: Path) -> LedgerError:
    return LedgerError(
        f"{path} was deleted or replaced while it was in use.",
        hint="Put the folder back, or go on without it, in a new Studio.",
    )


def _explanation(path: Path, reason: str) -> LedgerError:
    """Say what SQLite's words mean for a file, and what to do."""
    folder = path.parent
    hint = f"Keep a copy of {path} and look at it."
    if "locked" in reason:
        hint = "Another program holds it; try again."
    elif "full" in reason:
        hint = f"Make room on the disk of {folder}, then try again; the file is not damaged."
    elif "disk I/O error" in reason:
        reason += f"; the disk or network drive of {folder} fails"
        hint = f"Keep a copy of {path}. {home.ELSEWHERE}"
    elif "unable to open" in reason or "readonly" in reason:
        length = len(os.fsencode(path))
        if length > home.LONGEST:
            reason = f"its path is too long, {length} bytes"
        elif not path.exists() and (not folder.exists() or os.access(folder, os.W_OK)):
            return _gone(path)
        else:
            reason += f"; {folder} or a file in it cannot be written to"
        hint = home.ELSEWHERE
    return LedgerError(f"The database {path.name} cannot be used: {reason}.", hint=hint)
