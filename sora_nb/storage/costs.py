"""What calls cost: as a table of a row a call, and in sum."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, case, cast, func, literal, or_, select

from sora_nb import display
from sora_nb.models import Clip, State
from sora_nb.storage.budgets import summed
from sora_nb.storage.schema import CALLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from sqlalchemy import ColumnElement

    from sora_nb.storage.database import Database
    from sora_nb.storage.keys import Keys

COLUMNS = (
    "id",
    "time",
    "kind",
    "model",
    "prompt",
    "characters",
    "seconds",
    "seed",
    "status",
    "estimate",
    "charged",
    "currency",
    "profile",
    "file",
    "sha256",
    "source",
    "person",
    "experiment",
)
"""Columns of costs()."""
_FRUITLESS = [State.FAILED.value, State.INTERRUPTED.value]


def totals(database: Database, person: str | None, experiment: str | None, since: date | None) -> tuple[int, int]:
    """Return what calls were charged, and their list price; see Ledger.totals()."""
    refused = and_(CALLS.c.state.in_(_FRUITLESS), CALLS.c.charged == 0)
    sums = (
        summed(func.sum(CALLS.c.charged)),
        summed(func.sum(case((refused, 0), else_=CALLS.c.estimate))),
    )
    with database.read() as connection:
        asked = select(*sums).where(CALLS.c.currency == "USD", *_made_for(person, experiment))
        if since is not None:
            asked = asked.where(CALLS.c.created_at >= datetime.combine(since, time.min, UTC))
        charged, estimate = connection.execute(asked).one()
    return charged, estimate


def table(database: Database, keys: Keys, person: str | None, experiment: str | None) -> pd.DataFrame:
    """Return one row a call; see Ledger.costs()."""
    import pandas as pd  # noqa: PLC0415  at the first frame, for it takes longer than all else

    stored = dict(CALLS.c) | {
        "time": CALLS.c.created_at,
        "status": CALLS.c.state,
        "characters": cast(CALLS.c.characters, Text),
        "source": _SECONDS,
        "file": _path(CALLS.c.file, keys),
    }
    query = select(*(stored[name].label(name) for name in COLUMNS)).where(*_made_for(person, experiment))
    with database.read() as connection:
        # past SQLAlchemy, which takes as long again for the rows, and would read the JSON of each
        asked = query.order_by(CALLS.c.number).compile(connection)
        given: Any = [asked.params[name] for name in asked.positiontup or ()] or asked.params
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(str(asked), given)
            frame = pd.DataFrame.from_records(cursor.fetchall(), columns=COLUMNS, coerce_float=True)
    frame["time"] = pd.to_datetime(frame["time"], utc=True, format="ISO8601").dt.tz_convert(None).dt.floor("s")
    for name, written in (("characters", _mentions), ("source", _seconds_of)):
        # few casts, and few seconds, are those of many rows
        frame[name] = frame[name].map({text: written(text) for text in frame[name].unique()})
    for name in ("estimate", "charged"):
        frame[name] = frame[name].astype("float64") / 1_000_000
    return display.frame(frame.astype({"seconds": "float64", "seed": "Int64"}))


def _mentions(characters: str) -> str:
    """Write the characters of a row, which has them as JSON."""
    return ", ".join(f"@{name}" for name in json.loads(characters))


_CLIP = cast(CALLS.c.clip, Text)
_SECONDS = case((_CLIP != "null", _CLIP + "\n" + CALLS.c.source), else_="")
"""The seconds that a row's character was made from, as JSON, and a line further down whose they are; "" for none."""


def _seconds_of(text: str) -> str:
    """Write what a row has of the seconds that its character was made from."""
    clip, _, source = text.partition("\n")
    return f"{Clip(**json.loads(clip))} of {display.origin(source)}" if clip else ""


def _made_for(person: str | None, experiment: str | None) -> Sequence[ColumnElement[bool]]:
    asked = ((CALLS.c.person, person), (CALLS.c.experiment, experiment))
    return [column == name for column, name in asked if name is not None]


def _path(key: ColumnElement[str], keys: Keys) -> ColumnElement[str]:
    """Return Keys.text() of a column, for tables of many rows."""
    absolute = or_(*(func.substr(key, 1, 1) == sign for sign in "/\\"), func.substr(key, 2, 1) == ":")
    return case((absolute, key), else_=literal(keys.text("")) + func.replace(key, "/", os.sep))
