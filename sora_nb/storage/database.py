"""SQLite through SQLAlchemy, set up for money: write-ahead log, every commit on disk, writers queue instead of failing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Column, MetaData, NullPool, QueuePool, String, Table, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from sora_nb.display import has_words
from sora_nb.errors import LedgerError, SoraError
from sora_nb.storage import home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Pool

    from sora_nb.storage.home import Journal

    Migration = Callable[[Connection], None]

BUSY_SECONDS = 30
_APPLIED = Table(
    "migrations", MetaData(), Column("name", String, primary_key=True), Column("applied_at", String, nullable=False)
)


class _Transactions:
    """The transactions under way in this process, for which a fork waits.

    SQLite forbids to carry an open connection into a forked process: what that writes may be lost. So none is open at
    the moment of a fork, and each process opens its own afterwards.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._under_way = 0
        self._databases: weakref.WeakSet[Database] = weakref.WeakSet()

    def add(self, database: Database) -> None:
        """Have a database's connections closed before a fork."""
        self._databases.add(database)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one, in whose time no fork begins."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def stop(self) -> None:
        """Let those under way end, and close what is open; no other begins until go_on()."""
        self._changed.acquire()
        self._changed.wait_for(lambda: not self._under_way, BUSY_SECONDS)
        for database in list(self._databases):
            database.disconnect()

    def go_on(self) -> None:
        """Let others begin."""
        self._changed.release()

    def begin_anew(self) -> None:
        """Let others begin in the forked process, in which no thread of its parent goes on."""
        self._under_way = 0
        for database in list(self._databases):
            database.forget()
        self._changed.release()


_transactions = _Transactions()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_transactions.stop, after_in_parent=_transactions.go_on, after_in_child=_transactions.begin_anew
    )


class Database:
    """One SQLite file.

    Args:
        path: the file; made where it does not exist.
        migrations: functions that bring the tables up to date, in order; each runs once, with its record, in one
            transaction.

    Dropping the object without close() closes its connections as well. After close() it can still be asked and written
    to, but holds nothing open in between.

    Raises:
        LedgerError: the file is damaged or locked for too long, or its folder cannot be used; it is left as it is.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration]) -> None:
        self.path = path
        self._writing = threading.Lock()
        with _transactions.one(), _explained(path):
            self._journal = home.prepare(path)
            self._file = _made(path, self._journal)
        self._engine = _engine(path, self._journal, QueuePool)
        weakref.finalize(self, self._engine.dispose)
        _transactions.add(self)
        with self.write() as connection:
            _migrate(connection, migrations)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or has not happened.

        Raises:
            LedgerError: the database cannot be written.
        """
        # threads take turns here: SQLite lets those that wait sleep, and far too long
        with self._writing, _transactions.one(), _explained(self.path), self._engine.begin() as connection:
            self._check_place()
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, so that it waits for nobody.

        Raises:
            LedgerError: the database cannot be read.
        """
        with _transactions.one(), _explained(self.path), self._engine.connect() as connection:
            self._check_place()
            yield connection.execution_options(reads=True)

    def _check_place(self) -> None:
        """Refuse to go on in a file that is not at its place any more: nobody would ever see what is written."""
        try:
            now = _identity(self.path)
        except OSError:
            now = None
        if now != self._file:
            raise _gone(self.path)

    def disconnect(self) -> None:
        """Close the connections; the next transaction opens others."""
        self._engine.dispose()

    def close(self) -> None:
        """Close the connections; what follows has one for itself alone."""
        self._engine.dispose()
        self._engine = _engine(self.path, self._journal, NullPool)

    def forget(self) -> None:
        """Leave connections and locks to the process that this one was forked from."""
        self._engine.dispose(close=False)
        self._writing = threading.Lock()


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
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
            for pragma in ("locking_mode = EXCLUSIVE", f"journal_mode = {journal}"):
                connection.execute(f"PRAGMA {pragma}")
    return _identity(path)


def _engine(path: Path, journal: Journal, pool: type[Pool]) -> Engine:
    # an address says that the file must be there; its name is quoted, for % and ? mean something else in one
    where = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "rw", "uri": "true"})
    engine = create_engine(where, connect_args={"timeout": BUSY_SECONDS}, poolclass=pool)

    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the begin event below decides how transactions start
        cursor = connection.cursor()
        for pragma in (f"journal_mode = {journal}", "synchronous = FULL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.create_function(
            "has_words", 2, has_words, deterministic=True
        )  # SQLite's own LIKE knows ASCII's cases only

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # a deferred transaction that turns into a writer fails at once when somebody else wrote meanwhile
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


def _migrate(connection: Connection, migrations: Sequence[Migration]) -> None:
    _APPLIED.create(connection, checkfirst=True)
    done = set(connection.scalars(select(_APPLIED.c.name)))
    if not done <= {migration.__name__ for migration in migrations}:
        raise LedgerError(
            "This database was written by a newer version of sora_nb.", hint="Upgrade sora_nb; the file is unchanged."
        )
    for migration in migrations:
        if migration.__name__ not in done:
            migration(connection)
            row = {"name": migration.__name__, "applied_at": datetime.now(UTC).isoformat()}
            connection.execute(insert(_APPLIED).values(row))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (IntegrityError, SoraError):
        raise
    except OSError as error:
        raise LedgerError(
            f"The folder of {path} cannot be used: {error.strerror}.", hint=f"Choose another one. {home.ELSEWHERE}"
        ) from error
    except (ValueError, OverflowError) as error:  # a damaged row, or a number or text that SQLite does not take
        raise LedgerError(f"The database {path.name} cannot hold or read this: {error}.") from error
    except DatabaseError as error:
        raise _explanation(path, str(error.orig)) from error
    except sqlite3.Error as error:
        raise _explanation(path, str(error)) from error


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
        hint = f"Make room on the disk of {folder}, then try again."
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
