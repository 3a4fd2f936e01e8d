"""What was spent and what is held back, against a budget; every call in a table when asked for."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb import display
from sora_nb.models import State, in_dollars, micros, written
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from sora_nb.models import Dollars

MOST_ROWS = 200


class Money(traitlets.TraitType):  # type: ignore[type-arg]  # older traitlets take no type arguments
    """An amount of US dollars: set as a person writes it, kept as a Decimal, sent to the page as whole micro-dollars."""

    info_text = "an amount in dollars"

    def __init__(self, default: Decimal | None, **options: Any) -> None:
        super().__init__(default, **options)
        self.tag(
            sync=True,
            to_json=lambda amount, _: None if amount is None else micros(amount),
            from_json=lambda amount, _: in_dollars(amount),
        )

    def validate(self, _: object, value: Any) -> Decimal:
        """Read an amount; traitlets itself lets None pass where it is allowed."""
        return in_dollars(micros(value))


class CostMeter(SoraWidget):
    """Sums of money as a bar and in words, all in dollars; settable, and shown at once.

    Args:
        spent: what was charged.
        estimated: list price of all calls; more than what was charged where calls are free.
        reserved: what calls under way, or of unknown outcome, hold back.
        budget: the limit, or None.
        whose: whose limit it is, where several share the ledger: "the team", or a person.
        table: returns the calls as Studio.costs() does, amounts in dollars; called when the table is opened.

    Attributes:
        words: the sums as a sentence.

    Raises:
        InvalidInput: a sum is not an amount in dollars.

    Example:
        >>> meter = CostMeter(spent=0.31, reserved=0.15, budget=5, table=studio.costs)
        >>> meter
        CostMeter('$0.31 spent, $0.15 reserved, $4.54 of $5.00 left')
    """

    _esm = module("cost_meter")
    _css = style("cost_meter")

    spent = Money(Decimal(0))
    estimated = Money(Decimal(0))
    reserved = Money(Decimal(0))
    budget = Money(None, allow_none=True)
    whose = traitlets.Unicode("")
    words = traitlets.Unicode("").tag(sync=True)
    has_table = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        spent: Dollars = 0,
        estimated: Dollars = 0,
        reserved: Dollars = 0,
        budget: Dollars | None = None,
        whose: str = "",
        table: Callable[[], pd.DataFrame] | None = None,
    ) -> None:
        self._table = table
        super().__init__(
            spent=spent,
            estimated=estimated,
            reserved=reserved,
            budget=budget,
            whose=whose,
            has_table=table is not None,
        )
        self.handle("table", self._on_table)
        self._word(None)

    @traitlets.observe("spent", "estimated", "reserved", "budget", "whose")
    def _word(self, _: object) -> None:
        of = f" of {self.whose}" if self.whose else ""
        self.words = _words(self.spent, self.estimated, self.reserved, self.budget, of)

    def _on_table(self, *_: object) -> None:
        if self._table is not None:
            frame = self._table()
            newest = frame.iloc[::-1].head(MOST_ROWS)
            rows = [_row(record) for record in newest.to_dict("records")]
            several = len({row["person"] for row in rows}) > 1
            self.send({"kind": "table", "rows": rows, "earlier": len(frame) - len(rows), "several": several})

    def __repr__(self) -> str:
        return f"CostMeter({self.words!r})"

    def _still(self) -> str:
        if self.budget is None:
            return display.card("", "", "Costs", [self.words])
        used = self.spent + self.reserved
        return display.progress(float(used / self.budget) if self.budget else 1.0, self.words)


def _words(spent: Decimal, estimated: Decimal, reserved: Decimal, budget: Decimal | None, of: str) -> str:
    used = spent + reserved
    free = not used and bool(estimated)
    parts = [f"{written(spent)} spent"] if spent or reserved or not estimated else []
    if reserved:
        parts.append(f"{written(reserved)} reserved")
    if budget is not None and used > budget:
        parts.append(f"{written(used - budget)} over the budget of {written(budget)}{of}")
    elif budget is not None:
        limit = f"the {written(budget)}{of}" if of else written(budget)
        parts.append(f"{written(budget - used)} of {limit} left")
    if estimated > used and not free:
        parts.append(f"list price of all calls {written(estimated)}")
    said = ", ".join(parts)
    if not free:
        return said
    nothing = f"Nothing was charged; the same calls would have cost {written(estimated)} at list price."
    return f"{nothing} {said}." if said else nothing


def _row(record: dict[Any, Any]) -> dict[str, str]:
    """One call as the page shows it; amounts come as dollars, and NaN where they are not known."""
    amounts = {name: _amount(record.get(name)) for name in ("estimate", "charged")}
    status = str(record.get("status", ""))
    # what is free costs nothing before its end, too
    charged = Decimal(0) if amounts["charged"] is None and amounts["estimate"] == 0 else amounts["charged"]
    unsettled = "may have been billed" if status == State.UNKNOWN else "not known yet"
    time: Any = record.get("time")
    if _known(time) and time.tzinfo is None:
        time = time.replace(tzinfo=UTC)  # as in Studio.costs(); the page shows the time of its place
    return {
        "time": time.isoformat() if _known(time) else "",
        "person": display.plain(record.get("person", ""), 80),
        "kind": display.plain(record.get("kind", ""), 40),
        "prompt": display.plain(record.get("prompt") or record.get("source") or "", 200),
        "status": display.plain(status, 40),
        "estimate": written(amounts["estimate"]),
        "charged": unsettled if charged is None else written(charged),
    }


def _known(value: object) -> bool:
    return value is not None and value == value  # noqa: PLR0124  # NaN and NaT are not equal to themselves


def _amount(value: Any) -> Decimal | None:
    return in_dollars(micros(value)) if _known(value) else None
