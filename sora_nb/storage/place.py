"""Where a database is, and what it offers wherever that is: connections, who lives, who has written, what its errors mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sora_nb import arguments
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from sora_nb.errors import SoraError

LEDGER = "SORA_NB_LEDGER"
LIKE = "postgresql+psycopg://user@host/database"
"""How the address of a database is written."""

Way = Literal["read", "write", "share", "quiet"]
"""What a transaction is for, as its execution option `way`: to read; to write alone, so that what it has read stays true
until it ends; to write beside others; or that, where nobody waits to be told of it."""
BUSY_SECONDS = 30
"""How long a transaction waits for its turn, and for a server that restarts."""


def ledger_of(home: Path, ledger: Path | str | URL | None = None) -> URL:
    """Return where the ledger of a home is: at the argument, at SORA_NB_LEDGER, or in the folder.

    Raises:
        ConfigError: it is no address.
        InvalidInput: it is no path.
    """
    return address(ledger or os.environ.get(LEDGER) or home / "ledger.db")


def address(where: Path | str | URL) -> URL:
    """Read where a database is, a path or an address; what is returned shows no password.

    Raises:
        ConfigError: it is no address.
        InvalidInput: it is no path.
    """
    if isinstance(where, URL):
        return where
    if "://" not in str(where):
        return URL.create("sqlite", database=str(arguments.path(where, "database").absolute()))
    try:
        url = make_url(str(where))
    except (ArgumentError, ValueError):
        raise ConfigError("This is no address of a database.", hint=f"Write it like {LIKE}.") from None
    password = url.query.get("password")
    return url.difference_update_query(["password"]).set(password=password) if isinstance(password, str) else url


class Presence(Protocol):
    """This process, as seen by others that work with the same database. Dropping the object without close() releases it.

    Attributes:
        id: written into the rows this process works on.
    """

    id: str

    @property
    def is_held(self) -> bool:
        """Whether it was not released yet."""

    def is_gone(self, holder: str) -> bool:
        """Whether the process that holds the lock of this id has ended; this one has not."""

    def close(self) -> None:
        """Release the lock; unfinished rows of this process may be taken over."""


class Watch(Protocol):
    """Calls methods when a database was written to, by whichever process."""

    def tell(self, method: Callable[[], bool]) -> None:
        """Call a method after each change, on a thread of its own, until it returns False or its object is gone.

        Args:
            method: a bound method, held weakly; it should return at once.
        """

    @property
    def running(self) -> bool:
        """Whether there is somebody to tell."""


class Place(Protocol):
    """Where a database is, and what is its own about that kind of database.

    Attributes:
        name: what errors call it, without a password.
        reading: execution options of transactions that read, which see one moment.
        queued: the ways in which the threads of a process take turns.
    """

    name: str
    reading: Mapping[str, Any]
    queued: frozenset[Way]

    def engine(self, *, pooled: bool) -> Engine:
        """Return what connects.

        Args:
            pooled: whether connections are kept for the next transaction.
        """

    def check(self) -> None:
        """Refuse to go on where the database is not at its place any more.

        Raises:
            LedgerError: it is not.
        """

    def passes(self, error: Exception, *, known: bool) -> bool:
        """Whether an error of connecting may pass by itself, as while a server restarts.

        Args:
            error: what happened.
            known: whether the database was reached before.
        """

    def explain(self, error: Exception) -> SoraError | None:
        """Say what an error means, and what to do; None for one that is not the database's."""

    def lock(self, folder: Path) -> Presence:
        """Return a lock of this process.

        Args:
            folder: for lock files, where they are needed.
        """

    def watch(self) -> Watch:
        """Return what tells of changes."""
