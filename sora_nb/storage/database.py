"""Whole transactions in a database, wherever it is: what was written is kept, and writers queue instead of failing."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from sora_nb.errors import LedgerError, SoraError
from sora_nb.storage import place
from sora_nb.storage.dialects import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import URL, Connection, Executable

    from sora_nb.storage.place import Presence, Watch, Way

    Migration = Callable[[Connection], None]

AGAIN_SECONDS = 0.2
"""How often a server that restarts is asked whether it is back."""


class _Transactions:
    """The transactions under way in this process, for which a fork waits.

    An open connection must not be carried into a forked process: what that writes may be lost. So none is open at the
    moment of a fork, and each process opens its own afterwards.
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
        self._changed.wait_for(lambda: not self._under_way, place.BUSY_SECONDS)
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
    """One database.

    Args:
        where: a file, made where it does not exist, or the address of a database; see place.address().
        migrations: functions that bring the tables up to date, in order; each runs once, with its record, in one
            transaction. Several processes that open a database at once take turns.
        record: the table that names the migrations which have run. Where several sets of tables are in one database,
            each has its own, and its own turns at writing.

    Dropping the object without close() closes its connections as well. After close() it can still be asked and written
    to, but holds nothing open in between.

    Attributes:
        name: what it is called, without a password.

    Raises:
        ConfigError: the URL is of no database that can be used here.
        LedgerError: the database is damaged, out of reach or locked for too long, or its folder cannot be used; it is
            left as it is.
    """

    def __init__(self, where: Path | str | URL, migrations: Sequence[Migration], *, record: str = "migrations") -> None:
        self._writing = threading.Lock()
        with _transactions.one():
            self._place = at(place.address(where), record)
        self.name = self._place.name
        self._open(pooled=True)
        self._reached = False
        weakref.finalize(self, self._engine.dispose)
        _transactions.add(self)
        with self.write() as connection:
            _migrate(connection, migrations, record)
        self._reached = True

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is kept when the block ends, or has not happened; what it reads stays true until then.

        Raises:
            LedgerError: the database cannot be written.
        """
        with self._turn("write"), self._transaction("write") as connection:
            yield connection

    @contextmanager
    def share(self, *, tells: bool = True) -> Iterator[Connection]:
        """A transaction that is kept when the block ends, or has not happened, beside others that write other rows.

        Where writers cannot be told apart, it takes its turn like one of write().

        Args:
            tells: whether those who watch() are told; PostgreSQL commits many at once where they are not.

        Raises:
            LedgerError: the database cannot be written.
        """
        way: Way = "share" if tells else "quiet"
        with self._turn(way), self._transaction(way) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, all of one moment, so that it waits for nobody.

        Raises:
            LedgerError: the database cannot be read.
        """
        with self._transaction("read") as connection:
            yield connection

    def put(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Run one statement that may run twice, as one that writes values into a row: where its connection breaks, it does.

        Raises:
            LedgerError: the database cannot be written.
        """
        try:
            with self.share() as connection:
                connection.execute(statement, values)
        except LedgerError as error:
            if not (isinstance(error.__cause__, DBAPIError) and error.__cause__.connection_invalidated):
                raise
            with self.share() as connection:
                connection.execute(statement, values)

    def lock(self, folder: Path) -> Presence:
        """Return a lock of this process, by which the others know whether it lives.

        Args:
            folder: for lock files, where they are needed.

        Raises:
            LedgerError: there can be none.
        """
        return self._place.lock(folder)

    def watch(self) -> Watch:
        """Return what tells of changes, by whichever process."""
        return self._place.watch()

    def _open(self, *, pooled: bool) -> None:
        self._engine = self._place.engine(pooled=pooled)
        options: dict[Way, Mapping[str, Any]] = {
            "read": self._place.reading,
            "write": {"way": "write"},
            "share": {"way": "share"},
            "quiet": {"way": "quiet"},
        }
        self._engines = {way: self._engine.execution_options(**chosen) for way, chosen in options.items()}

    def _turn(self, way: Way) -> AbstractContextManager[object]:
        # threads take turns here: those that wait in a database sleep far too long, or hold a connection
        return self._writing if way in self._place.queued else contextlib.nullcontext()

    @contextmanager
    def _transaction(self, way: Way) -> Iterator[Connection]:
        with _transactions.one(), self._explained(), self._connection(way) as connection:
            self._place.check()
            yield connection
            connection.commit()

    def _connection(self, way: Way) -> Connection:
        """Return a connection whose transaction has begun; a server that was there before is waited for."""
        end = time.monotonic() + place.BUSY_SECONDS
        while True:
            connection = None
            try:
                connection = self._engines[way].connect()
                connection.begin()
            except DBAPIError as error:
                if connection is not None:
                    connection.close()
                if not self._place.passes(error, known=self._reached) or time.monotonic() > end:
                    raise
                time.sleep(AGAIN_SECONDS)
            else:
                return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, SoraError):
            raise
        except (
            ValueError,
            OverflowError,
            DataError,
        ) as error:  # a damaged row, or a number or text that it does not take
            said = error.orig if isinstance(error, DataError) else error
            raise LedgerError(f"The database {self.name} cannot hold or read this: {said}.") from error
        except Exception as error:
            told = self._place.explain(error)
            if told is None:
                raise
            raise told from error

    def disconnect(self) -> None:
        """Close the connections; the next transaction opens others."""
        self._engine.dispose()

    def close(self) -> None:
        """Close the connections; what follows has one for itself alone."""
        self._engine.dispose()
        self._open(pooled=False)

    def forget(self) -> None:
        """Leave connections and locks to the process that this one was forked from."""
        self._engine.dispose(close=False)
        self._writing = threading.Lock()


def _migrate(connection: Connection, migrations: Sequence[Migration], record: str) -> None:
    applied = Table(
        record, MetaData(), Column("name", String, primary_key=True), Column("applied_at", String, nullable=False)
    )
    applied.create(connection, checkfirst=True)
    done = set(connection.scalars(select(applied.c.name)))
    if not done <= {migration.__name__ for migration in migrations}:
        raise LedgerError(
            "This database was written by a newer version of sora_nb.", hint="Upgrade sora_nb; the file is unchanged."
        )
    for migration in migrations:
        if migration.__name__ not in done:
            migration(connection)
            row = {"name": migration.__name__, "applied_at": datetime.now(UTC).isoformat()}
            connection.execute(insert(applied).values(row))
