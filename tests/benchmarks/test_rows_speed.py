"""What a ledger of 100,000 rows costs: the table of costs against plain pandas.read_sql, and what is read by the page."""

from __future__ import annotations

import contextlib
import sqlite3

import pandas as pd
import pytest
from library import library
from speed import in_turns

from sora_nb.models import Clip, State
from sora_nb.storage.call import Call
from sora_nb.storage.schema import name_characters

ROWS, ROUNDS = 100_000, 4
PLAIN = (
    "SELECT id, created_at, kind, model, prompt, characters, seconds, seed, state, estimate, charged, currency, profile, "
    "file, sha256, source, person, experiment FROM calls ORDER BY number"
)
"""What costs() shows, as it is stored."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A studio with a few rows again and again, which SQLite copies."""
    made = library(tmp_path_factory.mktemp("home"), 90, 10)
    for number in range(10):
        call = Call(kind="character", profile="local", clip=Clip(number, number + 2), source="file:a.mp4")
        made.ledger.change(made.ledger.add(call), state=State.DONE)
    with contextlib.closing(sqlite3.connect(made.home / "ledger.db", isolation_level=None)) as ledger:
        names = [row[1] for row in ledger.execute("PRAGMA table_info(calls)") if row[1] != "number"]
        own = ("id", "key", "task")
        copied = ", ".join(f"{name} || '_' || ?1" if name in own else f'"{name}"' for name in names)
        ledger.execute("BEGIN")
        for copy in range(1, ROWS // 110):
            ledger.execute(f"INSERT INTO calls ({', '.join(names)}) SELECT {copied} FROM calls LIMIT 110", [copy])
        ledger.execute("COMMIT")
    with made.ledger._database.write() as connection:
        name_characters(connection)
    yield made
    made.close()


@pytest.fixture
def plain(studio):
    """Read the same columns without the ledger."""
    with contextlib.closing(sqlite3.connect(studio.home / "ledger.db")) as ledger:
        yield lambda: pd.read_sql(PLAIN, ledger)


def test_the_costs_of_many_rows_take_little_longer_than_reading_them(row, studio, plain):
    assert len(studio.costs()) > 0.99 * ROWS
    ours, floor = in_turns(studio.costs, plain, rounds=ROUNDS, enough=lambda ours, floor: ours <= 1.5 * floor)
    limit = f"pandas.read_sql of the same columns, {floor:.2g} s"
    row(
        "`costs()` of 100,000 rows",
        before="2.5x",
        now=ours / floor,
        unit="x",
        limit=limit,
        reach=1.2,
        why="beside the rows and their frame, which take six sevenths of it, it writes times, mentions and seconds; fewer steps of "
        "SQL for its paths and seconds change nothing that can be measured, and a frame made of columns takes almost "
        "twice as long as one of rows",
    )
    assert ours <= 1.5 * floor


def test_of_many_videos_only_those_are_read_that_are_looked_at(row, studio, plain):
    films, ledger = studio.videos()[:24], studio.ledger
    looks = {
        "the first page of `videos()`": ("17x, all of them", lambda: studio.videos()[:24]),
        "a video by its id": ("0.1x", lambda: ledger.video(films[5].id)),
        "the films of a character who is in all": ("0.01x", lambda: ledger.films(characters=["u1"])[:24]),
        "the films of a character who is in none": ("0.3x", lambda: ledger.films(characters=["u2"])[:24]),
        "who is in the films": ("0.2x", ledger.actors),
        "whether anybody needs a file": ("1.7x", lambda: ledger.needs.uses([studio.home / "videos" / "x.mp4"])),
    }
    *ours, floor = in_turns(*(look for _, look in looks.values()), plain, rounds=ROUNDS)
    for (name, (before, _)), took in zip(looks.items(), ours, strict=True):
        limit = "pandas.read_sql of 100,000 rows"
        row(f"{name}, of 100,000", before=before, now=took / floor, unit="x", limit=limit, reach=0.05)
    assert max(ours) <= 0.1 * floor
