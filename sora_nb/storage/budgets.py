"""The budgets of a ledger: of the team, of persons and of experiments, kept in its database and held in its transactions."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, cast, delete, func, insert, select

from sora_nb.money import budget
from sora_nb.money.budget import Allowance, Budget
from sora_nb.storage.schema import BUDGETS, CALLS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from sora_nb.storage.call import Call
    from sora_nb.storage.database import Database


def summed(amounts: ColumnElement[Any]) -> ColumnElement[int]:
    """Return a sum of micro-dollars, 0 for none; a database may widen it to a type that is no whole number."""
    return cast(func.coalesce(amounts, 0), BigInteger)


_NOT_CHARGED = CALLS.c.charged.is_(None)
_TEAM = select(
    summed(func.sum(CALLS.c.charged)),
    summed(func.sum(CALLS.c.reserved).filter(_NOT_CHARGED)),
    func.count().filter(_NOT_CHARGED, CALLS.c.reserved.is_(None)),
).where(CALLS.c.created_at >= bindparam("since"), CALLS.c.currency == "USD")
_PERSON = _TEAM.where(CALLS.c.person == bindparam("person"))
_EXPERIMENT = _TEAM.where(CALLS.c.experiment == bindparam("experiment"))
_BOTH = _PERSON.where(CALLS.c.experiment == bindparam("experiment"))
_SUMS = {(False, False): _TEAM, (True, False): _PERSON, (False, True): _EXPERIMENT, (True, True): _BOTH}
"""Sums of the calls that a budget counts, by whether it is one person's, and one experiment's."""
_ALL = select(BUDGETS).order_by(BUDGETS.c.experiment, BUDGETS.c.person)
_HOLDING = _ALL.where(
    BUDGETS.c.person.in_(["", bindparam("person")]), BUDGETS.c.experiment.in_(["", bindparam("experiment")])
)


class Budgets:
    """What may be spent, by whom and for which experiment, whatever their studios say.

    A budget without a person is for everybody together, one without an experiment for whatever is made. A call has to
    fit into each budget that counts it.

    Args:
        database: the ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, allowance: Allowance) -> None:
        """Write a budget in place of the one of this person and experiment; one without a limit is taken away."""
        whose = {"person": allowance.person, "experiment": allowance.experiment}
        here = (BUDGETS.c.person == allowance.person, BUDGETS.c.experiment == allowance.experiment)
        with self._database.write() as connection:
            connection.execute(delete(BUDGETS).where(*here))
            if allowance.limit is not None:
                row = {**whose, "micros": allowance.limit, "first_day": allowance.first_day}
                connection.execute(insert(BUDGETS).values(row))

    def all(self) -> list[Budget]:
        """Return every budget and how much of it is used now: the team's first, then those of persons, then of experiments."""
        now = datetime.now(UTC)
        with self._database.read() as connection:
            return [used(connection, _allowance(row), now) for row in connection.execute(_ALL).mappings()]

    def check(self, connection: Connection, call: Call, own: Allowance | None) -> None:
        """Let a call pass that each budget covers.

        Args:
            connection: the transaction in which the row is written.
            call: the row.
            own: the studio's own budget, or None for none.

        Raises:
            BudgetExceeded: one does not cover it; the one with the least left is named.
        """
        if call.reserved == 0:
            return
        found = self._holding(connection, own, call.person, call.experiment, call.created_at)
        if found:
            budget.check(call.reserved, min(found, key=_left))

    def nearest(self, own: Allowance, person: str, experiment: str = "") -> Budget:
        """Return the budget with the least left of those that count a person's next call for an experiment.

        Args:
            own: the studio's own budget, which tells what is spent where there is no limit at all.
            person, experiment: whose the call is, and what it is made for.
        """
        now = datetime.now(UTC)
        with self._database.read() as connection:
            found = self._holding(connection, own, person, experiment, now)
            return min(found, key=_left) if found else used(connection, own, now)

    def _holding(
        self, connection: Connection, own: Allowance | None, person: str, experiment: str, moment: datetime
    ) -> list[Budget]:
        """Return the budgets that have a limit and count such a call; the studio's own comes first."""
        rows = connection.execute(_HOLDING, {"person": person, "experiment": experiment}).mappings()
        limits = [own] if own is not None and own.limit is not None else []
        return [used(connection, one, moment) for one in (*limits, *map(_allowance, rows))]


def used(connection: Connection, allowance: Allowance, moment: datetime) -> Budget:
    """Return how much of a budget is used at a moment."""
    since = allowance.since(moment)
    sums = _SUMS[allowance.person != "", allowance.experiment != ""]
    asked = {
        "since": datetime.combine(since, time.min, UTC),
        "person": allowance.person,
        "experiment": allowance.experiment,
    }
    return allowance.used(since, *connection.execute(sums, asked).one())


def _allowance(row: Any) -> Allowance:
    names = ("person", "experiment", "first_day")
    return Allowance(limit=row["micros"], shared=True, **{name: row[name] for name in names})


def _left(one: Budget) -> Any:
    return one.left
