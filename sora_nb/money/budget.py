"""What may be spent: a limit in dollars on the calls of a ledger, kept before each call is sent.

There may be several: a studio's own, and those kept in the ledger for the team, for persons and for experiments.

A call counts with what it was charged, and until that is known with its list price, so that calls under way and calls
whose outcome is unknown are covered. Free calls count nothing. A limit is for a calendar month, so that it begins anew
with the bill; a call counts in the month in which it was made. It holds for all kernels that share a ledger.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from decimal import Decimal

from sora_nb.arguments import label
from sora_nb.display import plain
from sora_nb.errors import BudgetExceeded, ConfigError, InvalidInput
from sora_nb.models import Dollars, Model, dollars, in_dollars, micros, written

VARIABLE = "SORA_NB_BUDGET"
_RAISED = {
    False: "Make the Studio with a higher budget",
    True: "Ask whoever keeps this budget to set a higher one (`sora-nb budget set`)",
}
"""Where there is more money, by whether a budget is shared."""


class Budget(Model):
    """How much of a budget is used. Amounts are US dollars, exact to a millionth.

    Attributes:
        limit: the most that may be spent; None where nothing was set.
        since: the first day that counts, in UTC.
        spent: what the calls since then were charged, as far as it is known.
        reserved: list prices of calls that are under way, or whose outcome is unknown.
        unpriced: how many calls are not counted, because no price list has their model.
        person: whose calls count; "" for everybody's.
        experiment: the experiment whose calls count; "" for all calls.
        shared: whether it is kept in the ledger and holds for all who share that; else it is one studio's own.
    """

    limit: Decimal | None
    since: dt.date
    spent: Decimal
    reserved: Decimal
    unpriced: int
    person: str = ""
    experiment: str = ""
    shared: bool = False

    @property
    def whose(self) -> str:
        """Whose money it is, in words: "the team", a person, an experiment; "" where it is one studio's own."""
        if not self.shared:
            return ""
        work = f"the experiment {plain(self.experiment)}" if self.experiment else ""
        return " in ".join(filter(None, (plain(self.person), work))) or "the team"

    @property
    def left(self) -> Decimal | None:
        """What may still be spent; None where there is no limit."""
        return None if self.limit is None else max(Decimal(0), self.limit - self.spent - self.reserved)

    def __str__(self) -> str:
        names = ("spent", "reserved", "left")
        used = [f"{written(getattr(self, name))} {name}" for name in names if getattr(self, name) is not None]
        missing = [f"not counting {self.unpriced} of unknown price"] if self.unpriced else []
        limit = "no limit" if self.limit is None else written(self.limit)
        whose = f"{self.whose}: " if self.shared else ""
        return f"{whose}{limit} since {self.since}: {', '.join(used + missing)}"

    def __repr__(self) -> str:
        return f"Budget({self})"


class Allowance(Model):
    """The rule of a budget.

    Attributes:
        limit: micro-dollars, or None for no limit.
        first_day: the first day that counts; None for the first of each call's own month.
        person, experiment, shared: as of Budget.
    """

    limit: int | None = None
    first_day: dt.date | None = None
    person: str = ""
    experiment: str = ""
    shared: bool = False

    def since(self, moment: dt.datetime) -> dt.date:
        """Return the first day, in UTC, whose calls count together with one made at this moment."""
        return self.first_day or moment.astimezone(dt.UTC).date().replace(day=1)

    def used(self, since: dt.date, spent: int, reserved: int, unpriced: int) -> Budget:
        """Return the state of this budget, from the ledger's sums in micro-dollars."""
        return Budget(
            limit=in_dollars(self.limit),
            since=since,
            spent=in_dollars(spent),
            reserved=in_dollars(reserved),
            unpriced=unpriced,
            person=self.person,
            experiment=self.experiment,
            shared=self.shared,
        )


def check(asked: int | None, budget: Budget) -> None:
    """Let a call pass that a budget covers.

    Args:
        asked: the call's list price in micro-dollars; 0 where it is free, None where no list has it.
        budget: the state before the call.

    Raises:
        BudgetExceeded: the budget does not cover it.
    """
    limit, left = budget.limit, budget.left
    if limit is None or left is None:
        return
    of = f" of {budget.whose}" if budget.shared else ""
    asked = _known(asked, of)
    if asked and in_dollars(asked) > left:
        raise BudgetExceeded(
            f"This call costs {dollars(asked)}, but the budget{of} has {written(left)} left: "
            f"{written(limit)} since {budget.since}, of which {written(budget.spent)} is spent and "
            f"{written(budget.reserved)} reserved.",
            hint=f"{_RAISED[budget.shared]}, wait for running calls, or run studio.resume() for lost ones; "
            "what it cannot find, studio.settle() settles by the bill.",
        )


def check_call(asked: int | None, most: Dollars | None) -> None:
    """Let a call pass that costs no more than was allowed for it alone.

    Args:
        asked: as check().
        most: dollars, or None for no limit.

    Raises:
        InvalidInput: `most` is not an amount.
        BudgetExceeded: the call costs more.
    """
    if most is None:
        return
    limit, asked = micros(most), _known(asked)
    if asked > limit:
        raise BudgetExceeded(
            f"This call costs {dollars(asked)}, more than the {dollars(limit)} allowed for it.",
            hint="Allow more, or choose a cheaper model or fewer seconds.",
        )


def _known(asked: int | None, of: str = "") -> int:
    if asked is None:
        raise BudgetExceeded(
            f"No price list has this model, so a budget{of} cannot cover the call.",
            hint="Name a model that has a price, use a Profile with `prices` of your own, or set no budget.",
        )
    return asked


def shared(
    limit: Dollars | None, person: str | None, experiment: str | None, first_day: dt.date | str | None = None
) -> Allowance:
    """Read a budget that is kept in a ledger, as the user gives it.

    Args:
        limit: dollars, or None where it is taken away.
        person, experiment: whose calls it counts, or None for all.
        first_day: the first day that counts, also as text like 2026-11-01; None for each month anew.

    Raises:
        InvalidInput: a name or an amount is none, or the first day is no day.
    """
    return Allowance(
        limit=None if limit is None else micros(limit),
        first_day=_day(first_day),
        person="" if person is None else label(person, "a person"),
        experiment="" if experiment is None else label(experiment, "an experiment"),
        shared=True,
    )


def _day(given: object) -> dt.date | None:
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            given = dt.date.fromisoformat(given)
    if isinstance(given, dt.datetime):
        given = given.astimezone(dt.UTC).date()
    if given is not None and not isinstance(given, dt.date):
        raise InvalidInput(f"{given!r} is no day.", hint="Give a datetime.date, or text like 2026-11-01.")
    return given


def allowance(limit: Dollars | None, first_day: dt.date | None) -> Allowance:
    """Read a budget as the user gives it; without a limit, SORA_NB_BUDGET gives it.

    Raises:
        InvalidInput: it is not an amount, or the first day is no day.
        ConfigError: the variable is not.
    """
    first_day = _day(first_day)
    if limit is not None:
        return Allowance(limit=micros(limit), first_day=first_day)
    text = os.environ.get(VARIABLE)
    try:
        return Allowance(limit=micros(text) if text else None, first_day=first_day)
    except InvalidInput as error:
        raise ConfigError(error.message, hint=f"Set {VARIABLE} to dollars, like 5.00.") from error
