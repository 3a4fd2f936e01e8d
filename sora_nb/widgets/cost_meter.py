"""What was spent, and what the budget has left, at a glance; the rows behind it on demand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import traitlets

from sora_nb import display
from sora_nb.models import dollars
from sora_nb.widgets._base import SoraWidget, module, style

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

MOST_ROWS = 200
"""Rows of the table that go to the page, the newest."""


class CostMeter(SoraWidget):
    """Money spent and reserved, against the budget where there is one.

    Args:
        spent: micro-dollars charged so far.
        estimated: micro-dollars at list price, of all calls.
        reserved: micro-dollars at list price of calls under way or of unknown outcome.
        budget: micro-dollars that may be spent, or None.
        table: returns the rows, as Studio.costs() does; called whenever the table is opened.

    Attributes:
        words: the sums in one sentence.
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
        self._sum_up(None)
        self.handle("rows", lambda *_: self.send({"kind": "rows", "rows": self._rows()}))

    @traitlets.observe("spent", "estimated", "reserved", "budget")
    def _sum_up(self, _: object) -> None:
        parts = [f"{dollars(self.spent)} spent" if self.spent else "nothing charged"]
        if self.reserved:
            parts.append(f"{dollars(self.reserved)} reserved")
        if self.budget is not None:
            left = self.budget - self.spent - self.reserved
            limit = dollars(self.budget)
            parts.append(
                f"{dollars(left)} of {limit} left" if left >= 0 else f"{dollars(-left)} over the budget of {limit}"
            )
        if self.estimated != self.spent:
            parts.append(f"list price {dollars(self.estimated)}")
        said = ", ".join(parts)
        self.words = said[:1].upper() + said[1:]

    def _rows(self) -> list[list[str]]:
        """Return the newest calls as texts: time, kind, prompt, status, estimate, charged."""
        frame = self._table().tail(MOST_ROWS) if self._table is not None else None
        if frame is None:
            return []
        return [
            [
                f"{row.time:%Y-%m-%d %H:%M}",
                display.plain(row.kind, 20),
                display.plain(row.prompt, 120),
                "may have been billed" if row.status == "unknown" else display.plain(row.status, 20),
                _usd(row.estimate),
                _usd(row.charged),
            ]
            for row in reversed(list(frame.itertuples()))
        ]

    def __repr__(self) -> str:
        return f"CostMeter({self.words!r})"

    def _still(self) -> str:
        return display.card("", "", "Costs", [self.words])


def _usd(amount: Any) -> str:
    return "?" if math.isnan(amount) else dollars(round(amount * 1_000_000))
