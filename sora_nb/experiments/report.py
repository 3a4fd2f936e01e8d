"""An experiment as one page that needs nothing else: who made it, what it cost, posters with captions, and a table."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from sora_nb import display
from sora_nb.display import ORIGIN
from sora_nb.models import State, dollars, micros

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from sora_nb.experiments.plan import Combination
    from sora_nb.storage.call import Call


PAGE = """<!doctype html>
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


def page(
    profile: str,
    combinations: Sequence[Combination],
    calls: Mapping[int, Call],
    attempts: Sequence[Call],
    results: pd.DataFrame,
) -> str:
    """Write the page of an experiment.

    Args:
        profile: name of the service's profile.
        combinations: what was asked for.
        calls: what became of them, by their numbers.
        attempts: every call made for them, failed ones too.
        results: Sweep.results().

    Returns:
        HTML with its pictures in it, about 10 kB a video.
    """
    figures = []
    for number, wanted in enumerate(combinations):
        call, row = calls.get(number), results.iloc[number]
        lines = [wanted.prompt, f"{wanted.model}, {wanted.size}, {wanted.seconds} s", row["status"], row["note"]]
        lines += call.video().warnings if call else ()
        poster = display.data_url(call.poster if call else None, 320)
        figures.append(display.figure(poster, wanted.prompt, lines, width=320))
    maker = f"Animatics {ORIGIN}." if profile == "local" else f"Videos by {profile}."
    return PAGE.format(
        maker=display.escape(maker),
        written=f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
        summary=summary(len(combinations), list(calls.values()), attempts),
        figures="".join(figures),
        table=table(results),
    )


def summary(count: int, calls: Sequence[Call], attempts: Sequence[Call]) -> str:
    """Say how many videos there are and what they cost; an attempt that failed may have been charged, too."""
    done = sum(call.state is State.DONE for call in calls)
    again = ", all attempts included" if len(attempts) > len(calls) else ""
    return (
        f"{count} video{'s' * (count != 1)}, {done} done. List price {_sum(call.estimate for call in calls)}, "
        f"charged {_sum(call.charged for call in attempts)}{again}."
    )


def table(results: pd.DataFrame) -> str:
    """Write results() for people: amounts as $0.15, no word for nothing, and no column of nothing."""
    import pandas as pd

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
