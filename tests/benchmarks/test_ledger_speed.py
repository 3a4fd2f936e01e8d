"""How much more a row of the ledger costs than the same row written by SQLAlchemy alone, every commit on disk."""

import statistics
import time

import pytest
from speed import least
from sqlalchemy import create_engine, insert

from sora_nb.money.budget import allowance as allow
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.storage.schema import CALLS

ROUNDS, BATCH = 6, 60
INSERT = insert(CALLS)


def a_call():
    return Call(
        kind="video", profile="paid", model="sora-2", prompt="a corgi barista pours latte art, cosy coffee shop",
        size="1280x720", seconds=10, estimate=300_000, reserved=300_000,
    )  # fmt: skip


def bare(path):
    """The same table without the ledger: a write-ahead log, synchronous (which is SQLite's default), one row a commit."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        CALLS.create(connection)
    return engine


def seconds(work, argument):
    start = time.perf_counter()
    work(argument)
    return time.perf_counter() - start


@pytest.mark.parametrize(("budget", "most"), [(None, 1.6), ("1000", 2.0)])
def test_a_row_costs_little_more_than_a_bare_insert(benchmark, tmp_path, budget, most):
    """With a budget, the sums of the month are looked up in the same transaction."""
    ledger = Ledger(tmp_path / "ledger.db")
    engine = bare(tmp_path / "bare.db")
    allowance = allow(budget, None)

    def add(call):
        ledger.add(call, allowance)

    def bare_insert(row):
        with engine.begin() as connection:
            connection.execute(INSERT, row)

    floors = []

    def batch():
        ours, floor = [], []
        for _ in range(BATCH):  # in turns, so that a busy disk is as busy for both
            ours.append(seconds(add, a_call()))
            floor.append(seconds(bare_insert, ledger._row(a_call())))
        floors.append(statistics.median(floor))
        return [statistics.median(ours) / floors[-1]]

    (ratio,) = benchmark.pedantic(lambda: least(batch, rounds=ROUNDS, enough=lambda ratio: ratio <= most), rounds=1)
    floor = min(floors)
    engine.dispose()
    ledger.close()
    benchmark.extra_info.update(ratio=round(ratio, 2), floor_ms=round(1000 * floor, 3))
    assert ratio <= most
