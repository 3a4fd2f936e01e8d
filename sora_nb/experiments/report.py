"""An experiment as a page: posters, captions and a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sora_nb import display
from sora_nb.models import dollars, micros

if TYPE_CHECKING:
    from collections.abc import Iterable


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Prompt experiment</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; }}
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 24px; overflow-wrap: anywhere; }}
.sora-figures {{ display: flex; flex-wrap: wrap; gap: 20px; margin: 24px 0; }}
.sora-figure {{ width: 100%; }}
.sora-table {{ overflow-x: auto; overflow-wrap: normal; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 4px 10px; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; }}
th {{ white-space: nowrap; }}
th:last-child {{ min-width: 10em; }}
td:first-child {{ min-width: 14em; overflow-wrap: anywhere; }}
</style></head><body><h1>Prompt experiment</h1><p><strong>{maker}</strong><br>{summary}<br>Written {written}.</p>
<div class="sora-figures">{figures}</div><div class="sora-table" tabindex="0">{table}</div></body></html>
"""


def _table(results: pd.DataFrame) -> str:
    """Write results() for people: amounts as $0.15, no word for nothing, and no column of nothing."""
    told = results.drop(columns="file").rename(columns={"estimate": "list price"})
    told = pd.DataFrame({name: [_told(name, value) for value in told[name]] for name in told})
    return told.loc[:, (told != "").any()].to_html(index=False, border=0)


def _told(column: object, value: Any) -> str:
    if value is None or value is False or (isinstance(value, float) and math.isnan(value)):
        return ""
    if column in {"list price", "charged"}:
        return dollars(micros(value))
    return "yes" if value is True else display.plain(value, 40_000)


def _sum(amounts: Iterable[int | None]) -> str:
    """Write a sum in dollars, and whether some of it is not known."""
    amounts = list(amounts)
    known = [amount for amount in amounts if amount is not None]
    if amounts and not known:
        return "not known"
    return dollars(sum(known)) + (" as far as known" if len(known) < len(amounts) else "")
