"""How much more a row of the ledger costs than the same row written by bare SQLite, every commit on disk."""

import json
import sqlite3
import statistics
import time

import pytest
from speed import least

from sora_nb.money.budget import allowance as allow
from sora_nb.storage.ledger import Call, Ledger

ROUNDS, BATCH = 6, 60


def a_call():
    return Call(
        kind="video", profile="paid", model="sora-2", prompt="a corgi barista pours latte art, cosy coffee shop",
        size="1280x720", seconds=10, estimate=300_000, reserved=300_000,
    )  # fmt: skip


def bare(path, ledger):
    """The same tables without the ledger: a write-ahead log, synchronous, one row a commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    with sqlite3.connect(ledger) as original:
        for (sql,) in original.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'calls' AND sql IS NOT NULL"):
            connection.execute(sql)
    original.close()
    return connection


def seconds(work, argument):
    start = time.perf_counter()
    work(argument)
    return time.perf_counter() - start


@pytest.mark.parametrize(("budget", "most"), [(None, 2.0), ("1000", 2.5)])
def test_a_row_costs_at_most_twice_its_bare_commit(benchmark, tmp_path, budget, most):
    """With a budget, the sums of the month are looked up in the same transaction."""
    ledger = Ledger(tmp_path / "ledger.db")
    connection = bare(tmp_path / "bare.db", tmp_path / "ledger.db")
    allowance = allow(budget, None)

    def add(call):
        ledger.add(call, allowance)

    def insert(row):
        names = ", ".join(row)
        connection.execute(f"INSERT INTO calls ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))

    floors = []

    def batch():
        ours, floor = [], []
        for _ in range(BATCH):  # in turns, so that a busy disk is as busy for both
            ours.append(seconds(add, a_call()))
            row = a_call().model_dump(mode="json")
            row = {name: json.dumps(value) if isinstance(value, (list, dict)) else value for name, value in row.items()}
            floor.append(seconds(insert, row))
        floors.append(statistics.median(floor))
        return [statistics.median(ours) / floors[-1]]

    (ratio,) = benchmark.pedantic(lambda: least(batch, rounds=ROUNDS, enough=lambda ratio: ratio <= most), rounds=1)
    floor = min(floors)
    connection.close()
    ledger.close()
    benchmark.extra_info.update(ratio=round(ratio, 2), floor_ms=round(1000 * floor, 3))
    if floor < 0.0001:
        pytest.skip("the disk is memory: a commit waits for nothing, so there is nothing to compare with")
    assert ratio <= most
