"""What was spent and what is held back, against a budget; every call in a table when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb import display
from sora_nb.models import State, dollars
from sora_nb.notebook.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

MOST_ROWS = 200


class CostMeter(SoraWidget):
    """Sums of money as a bar and in words, all in whole micro-dollars; settable, and shown at once.

    Args:
        spent: what was charged.
        estimated: list price of all calls; more than what was charged where calls are free.
        reserved: what calls under way, or of unknown outcome, hold back.
        budget: the limit, or None.
        table: returns the calls as Studio.costs() does, amounts in dollars; called when the table is opened.

    Attributes:
        words: the sums as a sentence.

    Example:
        >>> meter = CostMeter(spent=310_000, reserved=150_000, budget=5_000_000, table=studio.costs)
        >>> meter
        CostMeter('$0.31 spent, $0.15 reserved, $4.54 of $5.00 left')
    """

    _esm = module("cost_meter")
    _css = style("cost_meter")

    spent = traitlets.Int(0).tag(sync=True)
    estimated = traitlets.Int(0).tag(sync=True)
    reserved = traitlets.Int(0).tag(sync=True)
    budget = traitlets.Int(None, allow_none=True).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)
    has_table = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *,
        spent: int = 0,
        estimated: int = 0,
        reserved: int = 0,
        budget: int | None = None,
        table: Callable[[], pd.DataFrame] | None = None,
    ) -> None:
        self._table = table
        super().__init__(
            spent=spent, estimated=estimated, reserved=reserved, budget=budget, has_table=table is not None
        )
        self.handle("table", self._on_table)
        self._word(None)

    @traitlets.observe("spent", "estimated", "reserved", "budget")
    def _word(self, _: object) -> None:
        self.words = _words(self.spent, self.estimated, self.reserved, self.budget)

    def _on_table(self, *_: object) -> None:
        if self._table is not None:
            frame = self._table()
            newest = frame.iloc[::-1].head(MOST_ROWS)
            rows = [_row(record) for record in newest.to_dict("records")]
            self.send({"kind": "table", "rows": rows, "earlier": len(frame) - len(rows)})

    def __repr__(self) -> str:
        return f"CostMeter({self.words!r})"

    def _still(self) -> str:
        if self.budget is None:
            return display.card("", "", "Costs", [self.words])
        used = self.spent + self.reserved
        return display.progress(used / self.budget if self.budget else 1.0, self.words)


def _words(spent: int, estimated: int, reserved: int, budget: int | None) -> str:
    used = spent + reserved
    parts = [f"{dollars(spent)} spent"] if spent or reserved or not estimated else []
    if reserved:
        parts.append(f"{dollars(reserved)} reserved")
    if budget is not None and used > budget:
        parts.append(f"{dollars(used - budget)} over the budget of {dollars(budget)}")
    elif budget is not None:
        parts.append(f"{dollars(budget - used)} of {dollars(budget)} left")
    if not used and estimated:
        parts.insert(0, f"charged nothing; list price {dollars(estimated)}")
    elif estimated > used:
        parts.append(f"list price of all calls {dollars(estimated)}")
    return ", ".join(parts)


def _row(record: dict[Any, Any]) -> dict[str, str]:
    """One call as the page shows it; amounts come as dollars, and NaN where they are not known."""
    amounts = {name: _micros(record.get(name)) for name in ("estimate", "charged")}
    status = str(record.get("status", ""))
    unsettled = "may have been billed" if status == State.UNKNOWN else "not known yet"
    time: Any = record.get("time")
    return {
        "time": time.isoformat() if _known(time) else "",
        "kind": display.plain(record.get("kind", ""), 40),
        "prompt": display.plain(record.get("prompt", ""), 200),
        "status": display.plain(status, 40),
        "estimate": dollars(amounts["estimate"]),
        "charged": unsettled if amounts["charged"] is None else dollars(amounts["charged"]),
    }


def _known(value: object) -> bool:
    return value is not None and value == value  # noqa: PLR0124  # NaN and NaT are not equal to themselves


def _micros(amount: Any) -> int | None:
    return round(amount * 1_000_000) if _known(amount) else None
