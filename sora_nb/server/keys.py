"""Keys of persons: who may order from a server, how much each month at list price, and whose an order is.

A team has one library: whoever has a key uses its characters, and may look at a video whose id was handed on. Videos and
files are listed for, and deleted by, their own person alone, and an idempotency key of one is not another's.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Column, Float, Index, MetaData, String, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sora_nb import arguments
from sora_nb.errors import AuthError, BudgetExceeded, InvalidInput, LedgerError
from sora_nb.models import Model, Purchase, Status, dollars, in_dollars, written
from sora_nb.providers import registry
from sora_nb.server import tables
from sora_nb.server.tables import TASKS, UNFINISHED
from sora_nb.storage.dialects import Number

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from sora_nb.storage.database import Database

KNOWN_SECONDS = 1.0
"""How long a server goes by the keys it has read; one that was taken away serves for so long at most."""
_SEPARATOR = "\n"
"""Stands between a person and an idempotency key, and can be in neither."""
_META = MetaData()
_KEYS = Table(
    "keys",
    _META,
    Column("person", String, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("micros", Number),
    Column("created_at", Float, nullable=False),
)
_ORDERS = Table(
    "orders",
    _META,
    Column("task", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("micros", Number, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("ix_orders_person", "person", "created_at"),
)
"""What persons ordered; an order stays when its video is deleted, for it was made."""


def fourth_keys(connection: Connection) -> None:
    """Migration of version 0.8: keys of persons, and what they ordered."""
    _META.create_all(connection)


MIGRATIONS = (*tables.MIGRATIONS, fourth_keys, tables.fifth_deaths)
"""All migrations of a server's database, oldest first."""


class Holder(Model):
    """A person with a key, and what this month's orders come to at list price. Amounts are US dollars.

    Attributes:
        person: the name.
        created_at: when the key was made.
        budget: the most of a calendar month, in UTC; None for no limit.
        since: the first day that counts.
        used: list prices of what was made since then, or is being made; what failed costs nothing.
    """

    person: str
    created_at: datetime
    budget: Decimal | None
    since: date
    used: Decimal

    @property
    def left(self) -> Decimal | None:
        """What may still be ordered this month; None where there is no limit."""
        return None if self.budget is None else max(Decimal(0), self.budget - self.used)

    def __str__(self) -> str:
        limit = "no limit" if self.budget is None else f"{written(self.budget)} a month, {written(self.left)} left"
        return (
            f"{self.person}: {limit}, {written(self.used)} used since {self.since}, key of {self.created_at:%Y-%m-%d}"
        )


class Keys:
    """The keys of persons in a server's database, where only their hashes are.

    Args:
        database: the server's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = threading.Lock()
        self._known: dict[str, str] | None = None
        """Persons by the hashes of their keys, as read last."""
        self._read_at = float("-inf")

    # --- who has one ------------------------------------------------------------------------------------------------

    def add(self, person: str, micros: int | None) -> str:
        """Make a key, and return it; nobody can read it afterwards.

        Args:
            person: whose; one name has one key.
            micros: list price of a month's orders in micro-dollars, or None for no limit.

        Raises:
            InvalidInput: it is no name, or has a key.
        """
        name = arguments.label(person, "a person")
        key = f"sora-{secrets.token_urlsafe(32)}"
        row = {"person": name, "sha256": hash_of(key), "micros": micros, "created_at": time.time()}
        try:
            with self._database.write() as connection:
                connection.execute(insert(_KEYS).values(row))
        except IntegrityError as error:
            raise InvalidInput(
                f"{name} has a key already.",
                hint=f"`sora-nb keys budget` changes what {name} may order, and `sora-nb keys remove` takes the key away; "
                "what was ordered this month goes on counting.",
            ) from error
        return key

    def change(self, person: str, micros: int | None) -> None:
        """Change the budget of a person's key from the next order on; what was ordered this month counts.

        Args:
            person: whose.
            micros: as of add().
        """
        with self._database.write() as connection:
            connection.execute(update(_KEYS).where(_KEYS.c.person == person).values(micros=micros))

    def remove(self, person: str) -> None:
        """Take a person's key away; what was ordered with it goes on, and counts should the person get another one."""
        with self._database.write() as connection:
            connection.execute(delete(_KEYS).where(_KEYS.c.person == person))

    def all(self) -> list[Holder]:
        """Return who has a key, in the order of the alphabet."""
        with self._database.read() as connection:
            names = connection.scalars(select(_KEYS.c.person).order_by(_KEYS.c.person)).all()
        return [found for name in names if (found := self.holder(name)) is not None]

    def holder(self, person: str) -> Holder | None:
        """Return what a person may order, and has ordered this month; None where the person has no key."""
        with self._database.read() as connection:
            row = connection.execute(select(_KEYS).where(_KEYS.c.person == person)).mappings().one_or_none()
            used = _used(connection, person)
        if row is None:
            return None
        return Holder(
            person=person,
            created_at=datetime.fromtimestamp(row["created_at"], UTC),
            budget=in_dollars(row["micros"]),
            since=_month(),
            used=in_dollars(used),
        )

    # --- at the door ------------------------------------------------------------------------------------------------

    def known(self) -> dict[str, str] | None:
        """Return the persons by the hashes of their keys, as read a moment ago; None where they are to be read again."""
        return self._known if time.monotonic() - self._read_at < KNOWN_SECONDS else None

    def read(self) -> dict[str, str]:
        """Read the persons by the hashes of their keys; while the database is away, they are those that were read before.

        Raises:
            LedgerError: it does not answer, and never did.
        """
        with self._reading:
            try:
                with self._database.read() as connection:
                    rows = connection.execute(select(_KEYS.c.sha256, _KEYS.c.person)).all()
                self._known = {row.sha256: row.person for row in rows}
            except LedgerError:
                if self._known is None:
                    raise
            self._read_at = time.monotonic()
            return self._known

    # --- orders -----------------------------------------------------------------------------------------------------

    def charge(self, connection: Connection, person: str, kind: str, task: str) -> None:
        """Write down whose a new task is, if the person's budget covers it.

        Args:
            connection: the transaction in which the task is written.
            person: who ordered it.
            kind: "video", "character" or "file".
            task: its id.

        Raises:
            AuthError: the person has no key any more.
            BudgetExceeded: the month's budget does not cover it.
        """
        # orders of one person wait for each other, where a database would let two look at the same time
        query = select(_KEYS.c.micros).where(_KEYS.c.person == person).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            raise AuthError("This key was taken away.", code="invalid_api_key", money="Nothing was accepted.")
        (limit,) = row
        price = list_price(kind)
        used = _used(connection, person) if limit is not None and price else 0
        if limit is not None and price and used + price > limit:
            raise BudgetExceeded(
                f"This {kind} costs {dollars(price)} at list price, but the quota of {person} has "
                f"{dollars(max(0, limit - used))} left: {dollars(limit)} a month, of which {dollars(used)} is used since "
                f"{_month()}. It begins anew with the next month in UTC; whoever keeps this server can raise it: sora-nb keys budget."
            )
        order = {"task": task, "person": person, "micros": price, "created_at": time.time()}
        connection.execute(insert(_ORDERS).values(order))

    def let_go(self, connection: Connection, task: str) -> None:
        """Let an order cost nothing that is deleted before it has ended."""
        unfinished = select(TASKS.c.id).where(TASKS.c.id == task, TASKS.c.status.in_(UNFINISHED))
        connection.execute(delete(_ORDERS).where(_ORDERS.c.task.in_(unfinished)))

    def owner(self, task: str) -> str:
        """Return whose a task is; "" where it was ordered with the server's own key, or without any."""
        with self._database.read() as connection:
            return connection.scalar(select(_ORDERS.c.person).where(_ORDERS.c.task == task)) or ""


def tasks_of(person: str) -> Select[tuple[str]]:
    """Return a query of the ids of a person's tasks."""
    return select(_ORDERS.c.task).where(_ORDERS.c.person == person)


def list_price(kind: str) -> int:
    """Return what a call would cost in micro-dollars; a file costs nothing."""
    bought: dict[str, Literal["video", "character"]] = {"video": "video", "character": "character"}
    price = registry.get("local").price(Purchase(kind=bought[kind])) if kind in bought else None
    return price.micros if price else 0


def hash_of(key: str) -> str:
    """Return what is kept of a key, which is as random as its hash, so that trying finds none."""
    return hashlib.sha256(key.encode()).hexdigest()


def scoped(person: str, key: str | None) -> str | None:
    """Return the idempotency key as tasks have it: one person's is never another's; None where there is none."""
    return f"{person}{_SEPARATOR}{key}" if person and key else key or None


def unscoped(person: str, key: str | None) -> str | None:
    """Return the idempotency key that a task came with, as it is shown to a person; None where it is another person's."""
    owner, _, bare = (key or "").rpartition(_SEPARATOR)
    return bare if bare and person in {"", owner} else None


def _used(connection: Connection, person: str) -> int:
    """Return the list price of a person's orders of this month in micro-dollars; those that failed are free."""
    begin = datetime.combine(_month(), datetime.min.time(), UTC).timestamp()
    failed = select(TASKS.c.id).where(TASKS.c.id == _ORDERS.c.task, TASKS.c.status == Status.FAILED).exists()
    query = select(func.coalesce(func.sum(_ORDERS.c.micros), 0)).where(
        _ORDERS.c.person == person, _ORDERS.c.created_at >= begin, ~failed
    )
    return int(connection.scalar(query) or 0)


def _month() -> date:
    return datetime.now(UTC).date().replace(day=1)
