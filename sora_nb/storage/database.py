"""SQLite through SQLAlchemy, set up for money: write-ahead log, every commit on disk, writers queue instead of failing."""

from __future__ import annotations

import errno
import os
import threading
import weakref
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Column, MetaData, String, Table, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from sora_nb.display import has_words
from sora_nb.errors import LedgerError, SoraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    Migration = Callable[[Connection], None]

BUSY_SECONDS = 30
_HINTS = {
    "locked": "Another program holds it; try again.",
    "disk is full": "Make room on the disk, then try again; the file is not damaged.",
}
"""What to do about SQLite's words that do not speak of a damaged file."""
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
            database.close()

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

    Dropping the object without close() closes its connections as well.

    Raises:
        LedgerError: the file is damaged or locked for too long; it is left as it is.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration]) -> None:
        self.path = path
        self._writing = threading.Lock()
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        # not written as an address, in which % and ? of a folder's name would mean something else
        where = URL.create("sqlite", database=str(path))
        self._engine: Engine = create_engine(where, connect_args={"timeout": BUSY_SECONDS})
        weakref.finalize(self, self._engine.dispose)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
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
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, so that it waits for nobody.

        Raises:
            LedgerError: the database cannot be read.
        """
        with _transactions.one(), _explained(self.path), self._engine.connect() as connection:
            yield connection.execution_options(reads=True)

    def close(self) -> None:
        """Close the connections; the next transaction opens others."""
        self._engine.dispose()

    def forget(self) -> None:
        """Leave connections and locks to the process that this one was forked from."""
        self._engine.dispose(close=False)
        self._writing = threading.Lock()


def _configure(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the begin event below decides how transactions start
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    connection.create_function(
        "has_words", 2, has_words, deterministic=True
    )  # SQLite's own LIKE knows ASCII's cases only


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
            f"The folder of {path} cannot be used: {error.strerror}.",
            hint="Make room on the disk, then try again." if error.errno == errno.ENOSPC else "Choose another one.",
        ) from error
    except (ValueError, OverflowError) as error:  # a damaged row, or a number or text that SQLite does not take
        raise LedgerError(f"The database {path.name} cannot hold or read this: {error}.") from error
    except DatabaseError as error:
        reason = str(error.orig)
        hint = next(
            (hint for words, hint in _HINTS.items() if words in reason), f"Keep a copy of {path} and look at it."
        )
        raise LedgerError(f"The database {path.name} cannot be used: {reason}.", hint=hint) from error
