"""The ledger: what is written stays written, and the cost table says it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import only_file, only_server
from sqlalchemy import delete, event, select

from sora_nb.errors import InvalidInput, LedgerError
from sora_nb.models import Character, Clip, ServiceId, State, Still
from sora_nb.money import budget
from sora_nb.storage import costs
from sora_nb.storage.ledger import OPEN, Call, Ledger
from sora_nb.storage.listing import FIRST
from sora_nb.storage.schema import CALL_CHARACTERS, CALLS, name_characters

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


def video(**fields):
    plain = {"kind": "video", "profile": "local", "model": "sora-2", "prompt": "a corgi", "estimate": 150_000}
    return Call(**plain | fields)


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
    with pytest.raises(Exception, match=r"(?i)unique"):
        ledger.add(video(key=call.key))


def test_the_cost_table(ledger):
    ledger.change(ledger.add(video(characters=("a.b", "c"), seconds=10)), state=State.DONE, charged=0)
    ledger.add(Call(kind="character", profile="local", estimate=10_000))
    ledger.add(Call(kind="video", profile="custom"))
    table = ledger.costs()
    assert tuple(table.columns) == costs.COLUMNS
    assert table["characters"].tolist() == ["@a.b, @c", "", ""]
    assert table["estimate"].sum() == pytest.approx(0.16)
    assert table["charged"].isna().tolist() == [False, True, True]
    assert ledger.totals() == (0, 160_000)
    assert table["time"].dt.tz is None  # spreadsheets take no zones; it is UTC
    assert abs(table["time"][0] - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(minutes=5)


def test_an_empty_table_has_the_same_columns_and_types(ledger):
    empty = ledger.costs()
    ledger.add(video(seconds=10))
    assert list(empty.columns) == list(costs.COLUMNS)
    assert len(empty) == 0
    assert (empty.dtypes[["estimate", "charged", "seconds"]] == "float64").all()


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
from sora_nb.storage.ledger import Call, Ledger
ledger = Ledger(Path(sys.argv[1]))
while True:
    call = ledger.add(Call(kind="video", profile="local"))
    print(call.id, flush=True)
"""


@only_file
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


@only_file
def test_a_file_that_is_no_ledger_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_bytes(b"these are my notes, not a database" * 50)
    with pytest.raises(LedgerError, match="Keep a copy"):
        Ledger(path)
    assert path.read_bytes().startswith(b"these are my notes")


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with Ledger(path)._database.write() as connection:
        connection.exec_driver_sql("INSERT INTO migrations VALUES ('from_the_future', 'now')")
    with pytest.raises(LedgerError, match="newer version"):
        Ledger(path)


@only_file
def test_a_damaged_row_is_told(ledger, tmp_path):
    call = ledger.add(video())
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("update calls set answer = '{' where id = ?", (call.id,))
    connection.close()
    with pytest.raises(LedgerError, match="cannot hold or read this"):
        ledger.calls()


def test_a_row_that_is_no_call_is_told(ledger):
    ledger.add(video())
    with ledger._database.write() as connection:
        connection.exec_driver_sql("update calls set answer = '[1]'")
    with pytest.raises(LedgerError, match="cannot hold or read this"):
        ledger.calls()


def test_a_number_too_large_for_the_file_is_told(ledger):
    with pytest.raises(LedgerError, match="cannot hold"):
        ledger.add(video(seed=2**70))
    assert ledger.calls() == []


@only_file
def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("notes")
    with pytest.raises(LedgerError, match="folder"):
        Ledger(tmp_path / "file" / "ledger.db")


@only_file
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


@only_file
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


DATA = Path(__file__).parent / "data"
MIGRATIONS = [
    "first_tables",
    "second_reservations",
    "third_notes",
    "fourth_services",
    "fifth_origins",
    "sixth_usernames",
    "seventh_hidden",
    "eighth_aliases",
    "ninth_look_ups",
    "tenth_keys",
    "eleventh_people",
    "twelfth_origins",
    "thirteenth_casts",
]


@pytest.fixture
def old(tmp_path):
    """Copies of ledgers that older versions wrote."""

    def copy(name):
        return Path(shutil.copyfile(DATA / f"ledger_{name}.db", tmp_path / "ledger.db"))

    return copy


def migrations(path):
    with sqlite3.connect(path) as connection:
        names = [name for name, _ in connection.execute("SELECT * FROM migrations")]
    connection.close()
    return names


@only_file
def test_the_oldest_ledger_is_brought_up_to_date_once(old):
    path = old("v1")
    for _ in range(2):
        ledger = Ledger(path)
        calls = ledger.calls()
        assert [call.state for call in calls] == [
            "done", "running", "done", "unknown", "failed", "planned", "done", "done",
        ]  # fmt: skip
        assert [call.reserved for call in calls] == [0, 0, 300_000, 300_000, 300_000, 300_000, None, 10_000]
        assert [call.charged for call in calls] == [0, None, 300_000, None, 0, None, None, 10_000]
        (who,) = ledger.characters.all()
        assert (who.username, who.clip, who.base_url) == ("a.b", Clip(1, 3), calls[-1].base_url)
        used = ledger.used(budget.allowance(5, dt.date(2026, 11, 1)))
        assert str(used) == (
            "$5.00 since 2026-11-01: $0.31 spent, $0.60 reserved, $4.09 left, not counting 1 of unknown price"
        )
        ledger.close()
    assert migrations(path) == MIGRATIONS


@only_file
def test_a_ledger_of_the_last_version_gives_each_character_its_address(old):
    path = old("v2")
    for _ in range(2):
        ledger = Ledger(path)
        assert [(who.username, str(who.service)) for who in reversed(ledger.characters.all())] == [
            ("tregapu.calmlark", "local"),
            ("meekiga.mellowgrove", "custom at http://127.0.0.1:8765"),
            ("cat", "openai-shape at https://gateway.example"),
            ("dog", "openai-shape at https://gateway.example"),
            ("kept_by_hand", "openai-shape"),
        ]
        assert {call.details == {} for call in ledger.calls()} == {True}
        assert [call.seed for call in ledger.calls()][:1] == [7]
        assert sorted(note.note for note in ledger.notes().values()) == ["", "too dark"]
        ledger.close()
    assert migrations(path) == MIGRATIONS


@only_file
def test_a_character_without_a_row_belongs_where_the_newest_call_that_names_it_went(old):
    path = old("v2")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE characters SET call = ''")
        connection.execute("UPDATE calls SET base_url = 'https://newest.example' WHERE prompt = ?", ("@cat sleeps",))
    connection.close()
    ledger = Ledger(path)
    assert {who.username: who.base_url for who in ledger.characters.all()} == {
        "tregapu.calmlark": "",
        "meekiga.mellowgrove": "http://127.0.0.1:8765",
        "cat": "https://newest.example",
        "dog": "https://gateway.example",
        "kept_by_hand": "",
    }
    ledger.close()


@only_file
@pytest.mark.parametrize("name", ["v1", "v2"])
@pytest.mark.parametrize("rows", [True, False])
def test_a_migrated_ledger_has_the_tables_of_a_new_one(old, tmp_path, name, rows):
    path = old(name)
    if not rows:
        with sqlite3.connect(path) as connection:
            for table in ("calls", "characters"):
                connection.execute(f"DELETE FROM {table}")
        connection.close()
    shapes = []
    for file in (path, tmp_path / "new.db"):
        Ledger(file).close()
        with sqlite3.connect(file) as connection:
            columns = connection.execute(
                'SELECT tables.name, columns.name, columns.type, columns."notnull" FROM sqlite_master AS tables, '
                "pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'"
            ).fetchall()
            indices = connection.execute(
                "SELECT tables.name, indices.[unique], coalesce(columns.name, indices.name), columns.seqno FROM sqlite_master AS tables, "
                "pragma_index_list(tables.name) AS indices, pragma_index_info(indices.name) AS columns "
                "WHERE tables.type = 'table'"
            ).fetchall()
        connection.close()
        shapes.append((sorted(columns), sorted(indices)))
    assert shapes[0] == shapes[1]


@only_file
def test_characters_of_the_last_version_are_found_and_another_one_of_the_name_is_kept_beside(tmp_path):
    path = tmp_path / "ledger.db"
    ledger = Ledger(path)
    call = ledger.add(Call(kind="character", profile="custom", base_url="https://a.example", source="task:1"))
    hero = Character(id="ch_1", username="a.b", raw={"username": "a.b"}, clip=Clip(2, 4), source="task:1")
    hero = ledger.characters.add(hero, call)
    ledger.close()
    with sqlite3.connect(path) as connection:  # as it was: a username was unique, and nothing else told them apart
        (record,) = connection.execute("SELECT record FROM characters").fetchone()
        connection.execute("DROP TABLE characters")
        connection.execute(
            "CREATE TABLE characters (number INTEGER NOT NULL PRIMARY KEY, profile VARCHAR NOT NULL, base_url VARCHAR NOT NULL, "
            "username VARCHAR NOT NULL, call VARCHAR NOT NULL, record JSON NOT NULL, UNIQUE (profile, base_url, username))"
        )
        kept = (hero.profile, hero.base_url, hero.username, call.id, record.replace("2.0", "2"))
        connection.execute("INSERT INTO characters VALUES (7, ?, ?, ?, ?, ?)", kept)
        connection.execute("DELETE FROM migrations WHERE name = 'fifth_origins'")
    connection.close()
    ledger = Ledger(path)
    assert ledger.characters.all() == [hero]
    assert ledger.characters.made_by(hero) == call.id
    twin = ledger.characters.add(hero.model_copy(update={"source": "task:2"}), call)
    assert ledger.characters.all() == [twin, hero]
    ledger.characters.forget(hero)
    assert ledger.characters.all() == [twin]
    ledger.close()


def test_the_kept_ledgers_name_no_machine():
    for name in ("v1", "v2"):
        content = (DATA / f"ledger_{name}.db").read_bytes()
        for word in (b"/tmp/", b"/root", b"/work", b"Bearer"):
            assert word not in content


# --- looking up, settling, deleting -----------------------------------------------------------------------------------

HERE, THERE = ServiceId("custom", "https://here.example"), ServiceId("custom", "https://there.example")


def done(ledger, number=1, service=HERE, **fields):
    """A finished video with a file."""
    call = Call(
        kind="video", profile=service.provider, base_url=service.base_url, prompt="a corgi", task=f"video_{number}",
        state=State.DONE, file=Path(f"/home/videos/{number}.mp4"), poster=Path(f"/home/posters/{number}.jpg"), **fields,
    )  # fmt: skip
    return ledger.add(call)


def test_one_row_is_found_by_its_id(ledger):
    calls = [ledger.add(video()) for _ in range(3)]
    assert ledger.call(calls[1].id) == calls[1]
    assert ledger.call("nobody's") is None


def test_rows_come_by_service_and_the_newest_first(ledger):
    here, there, other = (done(ledger, number, service) for number, service in enumerate((HERE, THERE, HERE)))
    assert ledger.calls(service=HERE) == [here, other]
    assert ledger.calls(newest=True, limit=2) == [other, there]
    assert ledger.calls(newest=True, service=HERE, limit=1, kind="video", states=[State.DONE]) == [other]


def test_videos_are_those_whose_file_is_kept(ledger):
    first, second, third = (done(ledger, number, seed=number) for number in range(3))
    done(ledger, 3, THERE)
    ledger.add(video())
    ledger.drop_file(second)
    assert [made.id for made in ledger.videos()] == ["video_3", "video_2", "video_0"]
    assert [made.seed for made in ledger.videos(HERE)] == [2, 0]
    assert [made.service for made in ledger.videos(limit=1)] == [THERE]
    assert (first.video().path, third.video().service) == (Path("/home/videos/0.mp4"), HERE)


def test_a_task_is_found_at_its_own_service(ledger):
    """Two addresses may give the same id."""
    done(ledger, 1, HERE, seed=1)
    done(ledger, 1, THERE, seed=2)
    assert ledger.video("video_1", HERE).seed == 1
    assert ledger.video("video_1", THERE).seed == ledger.video("video_1").seed == 2
    assert ledger.video("video_2") is None
    assert ledger.video("") is None


def test_a_video_without_its_file_keeps_its_money_and_hash(ledger):
    call = ledger.drop_file(done(ledger, charged=150_000, sha256="abc", url="https://here.example/v"))
    assert (call.file, call.poster, call.url) == (None, None, "")
    assert (call.charged, call.sha256, call.state) == (150_000, "abc", "done")
    assert ledger.video("video_1").path is None
    assert ledger.costs()["charged"].tolist() == [0.15]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.FAILED, State.DONE])
def test_a_settled_call_holds_no_money(ledger, state):
    call = ledger.add(video(reserved=150_000, state=state, error="No answer came."))
    limit = budget.allowance(5, None)
    assert str(ledger.used(limit).reserved) == "0.15"
    now = ledger.settle(call, 120_000)
    assert now == ledger.call(call.id)
    assert now.state == (State.DONE if state is State.DONE else State.FAILED)
    assert (now.charged, now.error) == (120_000, "No answer came. Settled by a person: charged $0.12.")
    assert now.ended_at is not None
    assert (ledger.used(limit).reserved, str(ledger.used(limit).spent)) == (0, "0.12")


def test_a_mistyped_amount_is_corrected(ledger):
    call = ledger.settle(ledger.add(video(reserved=150_000, state=State.UNKNOWN, error="No answer came.")), 15_000_000)
    now = ledger.settle(call, 150_000)
    assert (now.charged, now.error) == (150_000, "No answer came. Settled by a person: charged $0.15.")
    assert str(ledger.used(budget.allowance(5, None)).spent) == "0.15"


def test_only_an_open_charge_is_settled(ledger):
    call = ledger.add(video(state=State.UNKNOWN))
    for charged in (-1, 0.5, True, "0.15"):
        with pytest.raises(InvalidInput, match="no amount in whole micro-dollars"):
            ledger.settle(call, charged)
    known = ledger.add(video(state=State.DONE, charged=0))
    with pytest.raises(InvalidInput, match=r"is known: \$0\.00"):
        ledger.settle(known, 150_000)
    for state in (State.PLANNED, State.SENT, State.RUNNING):
        with pytest.raises(InvalidInput, match=f"has not ended: it is {state.value}"):
            ledger.settle(ledger.add(video(state=state)), 0)
    with pytest.raises(InvalidInput, match="There is no call"):
        ledger.settle(video(), 0)


def test_an_interrupted_call_has_ended_and_held_nothing(ledger):
    call = ledger.change(ledger.add(video(reserved=0)), state=State.INTERRUPTED)
    assert call.ended_at is not None
    assert ledger.calls(OPEN) == []
    assert call.video().status.ended


def test_files_that_somebody_needs_are_known(ledger):
    call = done(ledger)
    made = ledger.add(Call(kind="character", profile="local", details={"file": "/home/sources/b.mp4"}))
    who = Character(
        id="ch_1", username="a.b", avatar=Path("/home/avatars/a.png"), clip_file=Path("/home/clips/a.mp4"),
        cutout=Path("/home/avatars/cut.png"),
        stills=tuple(
            Still(path=Path(f"/home/stills/{kind}.jpg"), width=300, height=512, kind=kind) for kind in ("figure", "head")
        ),
    )  # fmt: skip
    who = ledger.characters.add(who, made)
    stills = [still.path for still in who.stills]
    named = [call.file, call.poster, who.avatar, who.clip_file, who.cutout, *stills, Path("/home/sources/b.mp4")]
    others = [Path("/home/videos/2.mp4"), Path("/home/clips/1.mp4")]
    assert ledger.needs.uses([*named, *others]) == set(named)
    assert ledger.needs.consumed(named) == set()
    assert ledger.needs.uses([Path("/elsewhere/videos/1.mp4")]) == set()
    ledger.drop_file(call)
    ledger.characters.forget(who)
    for state, needed in ((State.INTERRUPTED, True), (State.DONE, False)):
        ledger.change(made, state=state)
        assert ledger.needs.uses(named) == ({named[-1]} if needed else set())
        assert ledger.needs.consumed(named) == (set() if needed else {named[-1]})


@only_file
def test_look_ups_use_an_index(ledger):
    plans = {
        "task = 'video_1' AND profile = 'a' AND base_url = ''": "ix_calls_task",
        "task = 'video_1'": "ix_calls_task",
        "prompt IN ('a', 'b', 'c') AND kind = 'video'": "ix_calls_prompt",
        "kind = 'video' AND state = 'done'": "ix_calls_kind_state",
        "file IN ('videos/a.mp4', 'videos/b.mp4')": "ix_calls_file",
        "poster IN ('posters/a.jpg')": "ix_calls_poster",
    }
    with ledger._database.read() as connection:
        for condition, index in plans.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM calls WHERE {condition}").all()
            assert index in str(plan)


# --- copies of one request -------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 2), st.sampled_from([None, 0, 7])),
        st.tuples(st.just("end"), st.integers(0, 9), st.sampled_from([State.DONE, State.FAILED, State.INTERRUPTED])),
        st.tuples(st.just("end"), st.integers(0, 9), st.sampled_from([State.RUNNING, State.UNKNOWN])),
    ),
    max_size=8,
)


@only_file
@given(steps=STEPS)
@settings(max_examples=25)
def test_a_copy_is_added_only_where_there_is_none(steps):
    """Checked against a plain list of what there is."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder, "ledger.db"))
        rows = []
        for what, number, value in steps:
            if what == "add":
                same = [row for row in rows if row.seed == value and row.state in (*OPEN, State.DONE)]
                same.sort(key=lambda row: row.state is not State.DONE)
                call = video(seed=value, prompt="a fox", seconds=4)
                found = ledger.add(call, copy=number)
                if number < len(same):
                    assert found == same[number]
                else:
                    assert found == call
                    rows.append(call)
            elif rows:
                place = number % len(rows)
                rows[place] = ledger.change(rows[place], state=value)
        assert [row.id for row in ledger.calls()] == [row.id for row in rows]
        ledger.close()


@pytest.mark.parametrize(
    "other", [{"prompt": "a cat"}, {"seconds": 5}, {"seed": 1}, {"size": "64x64"}, {"model": "x"}, {"base_url": "y"}, {"image": "z"}, {"route": "sync"}]
)  # fmt: skip
def test_another_request_is_no_copy(ledger, other):
    ledger.add(video(prompt="a fox", seconds=4))
    new = video(**{"prompt": "a fox", "seconds": 4, **other})
    assert ledger.add(new, copy=0) == new


def test_threads_that_want_the_same_get_one_row(ledger, tmp_path):
    others = [Ledger(tmp_path / "ledger.db") for _ in range(3)]

    def add(number):
        return (ledger, *others)[number % 4].add(video(prompt="a fox"), copy=0).id

    with ThreadPoolExecutor(12) as threads:
        assert len(set(threads.map(add, range(48)))) == 1
    assert len(ledger.calls()) == 1
    for other in others:
        other.close()


def test_two_kernels_that_find_the_same_task_at_once_do_not_both_get_it(tmp_path):
    ledgers = [Ledger(tmp_path / "ledger.db") for _ in range(2)]
    lost = [ledgers[0].add(video(state=State.UNKNOWN)) for _ in range(2)]
    together = threading.Barrier(2)

    def claim(ledger, call):
        together.wait()
        return ledger.claim(call, "task_1", {"id": "task_1"})

    with ThreadPoolExecutor(2) as pool:
        claimed = list(pool.map(claim, ledgers, lost))
    assert sorted(found is None for found in claimed) == [False, True]
    assert sorted((row.state, row.task) for row in ledgers[1].calls()) == [("running", "task_1"), ("unknown", "")]
    elsewhere = ledgers[0].add(video(profile="openai-shape", base_url="https://x.example"))
    assert ledgers[0].claim(elsewhere, "task_1", {}).task == "task_1"
    for ledger in ledgers:
        ledger.close()


LOOK_UPS = {
    "a task": lambda ledger: ledger.video("video_1"),
    "a task of a service": lambda ledger: ledger.video("video_1", ServiceId("local", "")),
    "whose a task is": lambda ledger: "video_1" in ledger.tasks(ServiceId("local", "")),
    "a row": lambda ledger: ledger.call("nobody's"),
    "the newest videos": lambda ledger: ledger.videos()[:10],
    "who needs a file": lambda ledger: ledger.needs.uses([Path("home/videos/a.mp4")]),
    "what is open": lambda ledger: ledger.calls(OPEN),
    "what a person has spent": lambda ledger: ledger.totals("ann"),
    "what an experiment has cost": lambda ledger: ledger.totals(experiment="autumn"),
    "the films of a character": lambda ledger: ledger.films(characters=["rex"])[:10],
    "the films of a renamed character": lambda ledger: ledger.films(characters=["rex", "often"])[:10],
    "how many films a character has": lambda ledger: len(ledger.films(characters=["cat"])),
    "who is in films": lambda ledger: ledger.actors(),
}


@only_file
@pytest.mark.parametrize("name", LOOK_UPS)
def test_nothing_is_looked_up_by_reading_every_row(ledger, name):
    for number in range(FIRST + 1):
        done(ledger, number, characters=("cat",))
    asked = queries(ledger, name)
    with ledger._database.read() as connection:
        plans = [row[-1] for query, values in asked
                 for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]  # fmt: skip
    assert any("USING" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith("SCAN calls")]
    assert not [plan for plan in plans if "task" in name and "ix_calls_task" not in plan and "calls" in plan]
    assert not [plan for plan in plans if "film" in name and "INTEGER PRIMARY KEY" not in plan and " calls " in plan]


def queries(ledger, name):
    asked = []
    event.listen(ledger._database._engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    LOOK_UPS[name](ledger)
    return [(query, values) for query, values in list(asked) if query.startswith(("SELECT", "WITH"))]


ROWS = 4000
MANY = f"""
INSERT INTO calls ({{names}}) SELECT {{values}} FROM calls, generate_series(1, {ROWS}) AS more
"""


@only_server
@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_server_looks_up_few_rows_among_many(ledger, name):
    values = {"task": "video_", "file": Path("a.mp4"), "person": "bob", "experiment": "spring"}
    ledger.add(video(state=State.DONE, characters=("often",), **values))
    own = {"id": "id || more", "key": "key || more", "task": "task || more", "file": "file || more"}
    names = [column.name for column in CALLS.columns if column.name != "number"]
    with ledger._database.write() as connection:
        connection.exec_driver_sql(
            MANY.format(names=", ".join(names), values=", ".join(own.get(name, name) for name in names))
        )
        name_characters(connection)
        connection.exec_driver_sql("ANALYZE calls, call_characters")
    for query, values in queries(ledger, name):
        with ledger._database.write() as connection:
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF) {query}", values)]
        assert not [line for line in plan if "Seq Scan on calls" in line], plan
        removed = [int(line.split(":")[1]) for line in plan if "Rows Removed by Filter" in line]
        assert sum(removed) < ROWS / 10, plan


def test_costs_write_each_row_s_characters_and_seconds(ledger):
    ledger.add(video(characters=("a.b", "c")))
    for source in ("file:a\nb.mp4", "task:video_1"):
        ledger.add(Call(kind="character", profile="local", clip=Clip(1, 3), source=source))
    ledger.add(video())
    table = ledger.costs()
    assert table["characters"].tolist() == ["@a.b, @c", "", "", ""]
    assert table["source"].tolist() == ["", "1-3 s of a b.mp4", "1-3 s of a generated video", ""]


def test_a_long_origin_of_an_earlier_version_is_shortened(ledger, tmp_path):
    made = ledger.characters.add(Character(id="char_1", username="cat", source="url:" + "a" * 2000), video())
    with ledger._database.write() as connection:
        connection.exec_driver_sql("UPDATE characters SET origin = '{}'".format("b" * 2000))
        connection.exec_driver_sql("DELETE FROM migrations WHERE name = 'twelfth_origins'")
    again = Ledger(tmp_path / "ledger.db")
    assert again.characters.is_kept(made)
    again.close()


def entries(ledger):
    with ledger._database.read() as connection:
        return connection.execute(select(CALL_CHARACTERS).order_by(*CALL_CHARACTERS.c)).all()


def test_a_ledger_of_the_last_version_finds_the_films_of_its_characters(ledger, tmp_path):
    casts = ("cat",), (), ("dog", "cat", "dog"), ("Cat",)
    made = [done(ledger, number, characters=cast) for number, cast in enumerate(casts)]
    known = entries(ledger)
    assert known == [(1, "cat"), (3, "cat"), (3, "dog"), (4, "Cat")]
    with ledger._database.write() as connection:
        connection.exec_driver_sql("DROP TABLE call_characters")
        connection.exec_driver_sql("DELETE FROM migrations WHERE name = 'thirteenth_casts'")
    again = Ledger(tmp_path / "ledger.db")
    assert entries(again) == known
    assert again.films(characters=["cat"]) == [made[2], made[0]]
    again.close()


def test_what_is_known_of_a_row_s_characters_goes_with_the_row(ledger):
    made = [done(ledger, number, characters=("cat",)) for number in range(2)]
    with ledger._database.write() as connection:
        connection.execute(delete(CALLS).where(CALLS.c.id == made[0].id))
    assert entries(ledger) == [(2, "cat")]
    assert ledger.films(characters=["cat"]) == [made[1]]
