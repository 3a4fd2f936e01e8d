"""The ledger: what is written stays written, and the cost table says it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sora_nb.errors import LedgerError
from sora_nb.models import Character, Clip, State
from sora_nb.money import budget
from sora_nb.storage.ledger import COSTS, OPEN, Call, Ledger


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


def video(**fields):
    return Call(kind="video", profile="local", model="sora-2", prompt="a corgi", estimate=150_000, **fields)


def test_a_row_is_what_was_written(ledger, tmp_path):
    call = ledger.add(video(characters=("a.b",), seconds=10, seed=3))
    call = ledger.change(call, state=State.SENT)
    call = ledger.change(call, state=State.DONE, charged=0, file=tmp_path / "a.mp4", answer={"id": "v", "new": [1]})
    assert ledger.calls() == [call]
    assert call.ended_at is not None
    assert call.video().path == tmp_path / "a.mp4"


def test_a_row_shows_itself_in_one_line_without_addresses():
    call = video(id="0123456789ab", state=State.UNKNOWN, url="https://example.com/v?sig=secret", key="k-secret")
    assert repr(call) == str(call) == "Call(01234567, video, unknown, 'a corgi', estimate $0.15)"
    call = Call(
        id="ab", kind="character", profile="mine", clip=Clip(1, 3), source="url:https://example.com/?sig=secret"
    )
    assert str([call]) == "[Call(ab, character, planned, 1-3 s, estimate ?)]"


def test_rows_come_by_state_and_kind(ledger):
    for state in State:
        ledger.change(ledger.add(video()), state=state)
    ledger.add(Call(kind="character", profile="local", clip=Clip(1, 3), estimate=10_000))
    assert [call.state for call in ledger.calls(OPEN, "video")] == ["planned", "sent", "running", "unknown"]
    assert len(ledger.calls(kind="character")) == 1
    assert len(ledger.calls(kind="video", prompts=["a corgi", "a cat"])) == len(State)
    assert ledger.calls(prompts=["a cat"]) == []


def test_an_idempotency_key_is_used_once(ledger):
    call = ledger.add(video())
    with pytest.raises(Exception, match="UNIQUE"):
        ledger.add(video(key=call.key))


def test_the_cost_table(ledger):
    ledger.change(ledger.add(video(characters=("a.b", "c"), seconds=10)), state=State.DONE, charged=0)
    ledger.add(Call(kind="character", profile="local", estimate=10_000))
    ledger.add(Call(kind="video", profile="custom"))
    table = ledger.costs()
    assert tuple(table.columns) == COSTS
    assert table["characters"].tolist() == ["@a.b, @c", "", ""]
    assert table["estimate"].sum() == pytest.approx(0.16)
    assert table["charged"].isna().tolist() == [False, True, True]
    assert ledger.totals() == (0, 160_000)
    assert str(table["time"].dtype).endswith("UTC]")


def test_an_empty_table_has_the_same_columns_and_types(ledger):
    empty = ledger.costs()
    ledger.add(video(seconds=10))
    assert list(empty.columns) == list(COSTS)
    assert len(empty) == 0
    assert (empty.dtypes[["estimate", "charged", "seconds"]] == "float64").all()


def test_characters_are_kept_and_replaced_by_name(ledger, tmp_path):
    call = ledger.add(Call(kind="character", profile="local"))
    hero = Character(
        id="ch_1", username="a.b", profile="local", clip=Clip(1, 3), avatar=tmp_path / "a.png", raw={"x": 1}
    )
    ledger.keep(hero, call)
    ledger.keep(hero.model_copy(update={"username": "c.d"}), call)
    ledger.keep(hero.model_copy(update={"id": "ch_2"}), call)
    assert [(who.username, who.id) for who in ledger.characters()] == [("a.b", "ch_2"), ("c.d", "ch_1")]
    assert ledger.characters()[0].avatar == tmp_path / "a.png"


def test_threads_write_at_once(ledger):
    def write():
        for _ in range(25):
            ledger.change(ledger.add(video()), state=State.SENT)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.calls((State.SENT,))) == 150


WRITER = """
import sys
from pathlib import Path
from sora_nb.ledger import Call, Ledger
ledger = Ledger(Path(sys.argv[1]))
while True:
    call = ledger.add(Call(kind="video", profile="local"))
    print(call.id, flush=True)
"""


def test_what_was_said_to_be_written_survives_a_kill(tmp_path):
    path = tmp_path / "ledger.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as writer:
        said = [writer.stdout.readline().strip() for _ in range(40)]
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.read().split()
    ledger = Ledger(path)
    kept = {call.id for call in ledger.calls()}
    ledger.close()
    assert set(said[:-1]) <= kept


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(b"these are my notes, not a database" * 50)
    with pytest.raises(LedgerError, match="Keep a copy"):
        Ledger(path)
    assert path.read_bytes().startswith(b"these are my notes")


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO migrations VALUES ('from_the_future', 'now')")
    connection.close()
    with pytest.raises(LedgerError, match="newer version"):
        Ledger(path)


def test_a_damaged_row_is_told(ledger, tmp_path):
    call = ledger.add(video())
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("update calls set answer = '{' where id = ?", (call.id,))
    connection.close()
    with pytest.raises(LedgerError, match="cannot hold or read this"):
        ledger.calls()


def test_a_number_too_large_for_the_file_is_told(ledger):
    with pytest.raises(LedgerError, match="cannot hold"):
        ledger.add(video(seed=2**70))
    assert ledger.calls() == []


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("notes")
    with pytest.raises(LedgerError, match="folder"):
        Ledger(tmp_path / "file" / "ledger.db")


@pytest.mark.parametrize("name", ["100%", "what?", "a%20b#c", "我的片子"])
def test_a_folder_may_have_any_name(tmp_path, name):
    made = Ledger(tmp_path / name / "ledger.db")
    made.close()
    assert (tmp_path / name / "ledger.db").is_file()


def test_only_one_process_takes_a_row_over(ledger):
    call = ledger.add(video())
    assert ledger.take_over(call, "one")
    assert not ledger.take_over(call, "two")
    assert ledger.calls()[0].owner == "one"


def test_a_ledger_that_lost_its_second_half_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    made = Ledger(path)
    for _ in range(200):
        made.add(video(source="x" * 200))
    made.close()
    content = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="Keep a copy"):
        Ledger(path).calls()
    assert path.read_bytes()[:4096] == content[:4096]


OLDEST = Path(__file__).parent / "data" / "ledger_v1.db"


def test_the_oldest_ledger_is_brought_up_to_date_once(tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copyfile(OLDEST, path)
    for _ in range(2):
        ledger = Ledger(path)
        calls = ledger.calls()
        assert [call.state for call in calls] == [
            "done", "running", "done", "unknown", "failed", "planned", "done", "done",
        ]  # fmt: skip
        assert [call.reserved for call in calls] == [0, 0, 300_000, 300_000, 300_000, 300_000, None, 10_000]
        assert [call.charged for call in calls] == [0, None, 300_000, None, 0, None, None, 10_000]
        assert (ledger.characters()[0].username, ledger.characters()[0].clip) == ("a.b", Clip(1, 3))
        used = ledger.used(budget.allowance(5, dt.date(2026, 11, 1)))
        assert str(used) == (
            "$5.00 since 2026-11-01: $0.31 spent, $0.60 reserved, $4.09 left, not counting 1 of unknown price"
        )
        ledger.close()
    with sqlite3.connect(path) as connection:
        assert [name for name, _ in connection.execute("SELECT * FROM migrations")] == [
            "first_tables",
            "second_reservations",
            "third_notes",
        ]
    connection.close()


def test_a_migrated_ledger_has_the_tables_of_a_new_one(tmp_path):
    shutil.copyfile(OLDEST, tmp_path / "old.db")
    shapes = []
    for name in ("old.db", "new.db"):
        Ledger(tmp_path / name).close()
        with sqlite3.connect(tmp_path / name) as connection:
            columns = connection.execute("SELECT name, type FROM pragma_table_info('calls')").fetchall()
        connection.close()
        shapes.append(sorted(columns))
    assert shapes[0] == shapes[1]
