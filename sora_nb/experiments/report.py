"""An experiment as one page that needs nothing else: who made it, what it cost, films with captions, and a table."""

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
.sora-matrix {{ margin: 24px 0; }}
.sora-table {{ overflow-x: auto; overflow-wrap: normal; }}
.sora-table table {{ border-collapse: collapse; }}
.sora-table :is(th, td) {{ padding: 4px 10px; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; }}
.sora-table th {{ white-space: nowrap; }}
.sora-table th:last-child {{ min-width: 20em; }}
.sora-table td:first-child {{ min-width: 14em; overflow-wrap: anywhere; }}
</style></head><body><main><h1>Prompt experiment</h1><p><strong>{maker}</strong><br>{summary}<br>Written {written}.</p>
{figures}<div class="sora-table" tabindex="0">{table}</div></main></body></html>
"""


def page(
    combinations: Sequence[Combination], calls: Mapping[int, Call], attempts: Sequence[Call], results: pd.DataFrame
) -> str:
    """Write the page of an experiment.

    Args:
        combinations: what was asked for.
        calls: what became of them, by their numbers.
        attempts: every call made for them, failed ones too.
        results: Sweep.results().

    Returns:
        HTML with its films in it, at most 200 kB a video.
    """
    return PAGE.format(
        maker="<br>".join(display.escape(line) for line in _makers(combinations, calls)),
        written=f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
        summary=summary(len(combinations), list(calls.values()), attempts),
        figures=_figures(combinations, calls, results),
        table=table(results),
    )


def _makers(combinations: Sequence[Combination], calls: Mapping[int, Call]) -> list[str]:
    """Say who made the videos; those of the local engine are never taken for another's."""
    made = [call for call in calls.values() if "made" in call.answer]
    filmed = {(call.service, call.model): call.answer["made"]["engine"] for call in made}
    services = dict.fromkeys(one.service for one in combinations if (one.service, one.model) not in filmed)
    played = {call.service for call in calls.values() if call.currency == "rehearsed"}
    here = any(each.provider == "local" or each in played for each in services)
    others = [each.provider for each in services if each.provider != "local" and each not in played]
    rehearsed = ", ".join(each.provider for each in services if each in played)
    return [
        *[f"Animatics {ORIGIN}."] * here,
        *[f"Videos by {model}, made here by the engine {engine}." for (_, model), engine in filmed.items()],
        *[f"It played {rehearsed}: charges there are no money."] * bool(played),
        *[f"Videos by {', '.join(others)}."] * bool(others),
    ]


def _figures(combinations: Sequence[Combination], calls: Mapping[int, Call], results: pd.DataFrame) -> str:
    """Render a film and caption for each video, in a matrix where there is one."""
    from sora_nb.experiments.matrix import arranged

    matrix = arranged(combinations)
    figures = []
    for number in matrix.cells:
        if number is None:
            figures.append("")
            continue
        wanted, call, row = combinations[number], calls.get(number), results.iloc[number]
        lines = [f"{wanted.model}, {wanted.size}, {wanted.seconds} s", row["status"], row["note"]]
        lines += call.video().warnings if call else ()
        told = lines if matrix.rows else [wanted.prompt, *lines]
        film, poster = (call.file, call.poster) if call else (None, None)
        figures.append(display.footage(film, poster, wanted.prompt, told, width=320))
    if matrix.rows:
        return display.matrix(matrix.rows, matrix.columns, figures)
    return f'<div class="sora-figures">{"".join(figures)}</div>'


def summary(count: int, calls: Sequence[Call], attempts: Sequence[Call]) -> str:
    """Say how many videos there are and what they cost; an attempt that failed may have been charged, too."""
    done = sum(call.state is State.DONE for call in calls)
    again = ", all attempts included" if len(attempts) > len(calls) else ""
    return (
        f"{count} video{'s' * (count != 1)}, {done} done. List price {_sum(call.estimate for call in calls)}, "
        f"charged {_sum(call.charged for call in attempts)}{again}."
    )


def table(results: pd.DataFrame) -> str:
    """Write results() for people: amounts as $0.15, no word for nothing, no column of nothing or of the one service."""
    import pandas as pd

    left_out = ["file"] if len(set(results["service"])) > 1 else ["file", "service"]
    told = results.drop(columns=left_out).rename(columns={"estimate": "list price"})
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
