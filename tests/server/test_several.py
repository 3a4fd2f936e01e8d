"""Several servers may use one database: each task, key, username and file is there once."""

from __future__ import annotations

import io
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from sora_nb.models import URGENCY, Status
from sora_nb.server.dependencies import _sent
from sora_nb.server.store import SECRET_BYTES, Store
from sora_nb.server.tables import NEEDS
from sora_nb.server.uploads import Uploads

REQUEST = {"prompt": "a corgi"}


@pytest.fixture
def stores(tmp_path):
    """Two processes with one database, seen from folders of their own."""
    made = [Store(tmp_path / name, f"sqlite:///{tmp_path}/shared.db") for name in ("a", "b")]
    yield made
    for store in made:
        store.close()


def test_one_key_makes_one_task(stores):
    start = threading.Barrier(8)

    def accept(number):
        start.wait()
        return stores[number % 2].accept("video", REQUEST, key="k")

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(accept, range(8)))
    assert len({task.id for task, _ in made}) == 1
    assert [new for _, new in made].count(True) == 1


def test_one_username_is_given_once(stores):
    tasks = [(store, store.accept("character", REQUEST)[0]) for _ in range(8) for store in stores]
    start = threading.Barrier(len(tasks))

    def claim(made):
        start.wait()
        return made[0].claim_username(made[1], "mossy_")

    with ThreadPoolExecutor(len(tasks)) as threads:
        names = list(threads.map(claim, tasks))
    assert sorted(names) == sorted(["mossy_", *(f"mossy_{number}" for number in range(2, len(tasks) + 1))])


def test_the_most_urgent_comes_first_then_the_oldest(stores):
    a, b = stores
    urgencies = [3, 7, 0, 3, 5, 0]
    made = [a.accept("video", REQUEST, urgency=urgency)[0] for urgency in urgencies]
    claimed = [store.queue.claim() for store in (a, b, b, a, b, a)]
    assert [task.id for task in claimed] == [task.id for task in sorted(made, key=lambda task: task.urgency)]
    assert {task.owner for task in claimed} == {a.owner.id, b.owner.id}
    assert a.queue.claim() is None


@given(st.integers(0, 7), st.sampled_from(["u={}", "u={}, i", "i,u={}", "x=1;u=9 , u={};a=b", "u=1, u={}"]))
def test_an_urgency_is_read_as_the_standard_has_it(urgency, written):
    assert _sent(None, None, written.format(urgency)).urgency == urgency


@given(st.text() | st.from_regex(r"(u=(8|-1|\d\d|1\.0|x)|uu=1|U=1|au=2)[,;]?", fullmatch=True))
def test_what_is_no_urgency_counts_as_not_sent(written):
    assert 0 <= _sent(None, None, written).urgency <= 7
    if "u=" not in written or written[:4] in {"u=8", "u=-1", "uu=1", "au=2", "u=1."}:
        assert _sent(None, None, written).urgency == URGENCY


def test_a_task_that_was_taken_over_is_left_to_its_new_owner(stores):
    a, b = stores
    a.accept("video", REQUEST)
    lost = a.queue.claim()
    b.queue.take_back([])
    assert b.queue.claim() is None
    a.owner.close()  # as if the process had ended
    b.queue.take_back([])
    taken = b.queue.claim()
    assert taken.id == lost.id
    assert not a.queue.update(lost, progress=50)
    assert not a.queue.finish(lost, status=Status.FAILED, error="late")
    assert b.queue.finish(taken, status=Status.COMPLETED)
    assert not b.queue.finish(taken, status=Status.FAILED, error="twice")
    assert b.get(lost.id, "video").status is Status.COMPLETED


def test_a_task_that_was_claimed_without_knowing_it_waits_again(stores):
    a, b = stores
    ids = [a.accept("video", REQUEST)[0].id for _ in range(3)]
    for store in (a, a, b):
        store.queue.claim()
    a.queue.take_back({ids[0]})
    assert [a.get(ident, "video").status for ident in ids] == [Status.IN_PROGRESS, Status.QUEUED, Status.IN_PROGRESS]


def test_a_task_that_two_processes_have_ended_with_is_worked_on_alone(tmp_path):
    database = f"sqlite:///{tmp_path}/shared.db"
    with ExitStack() as closing:
        *dying, last = (Store(tmp_path / str(number), database) for number in range(3))
        closing.callback(last.close)
        first, second = (last.accept("video", REQUEST)[0].id for _ in range(2))
        for store in dying:
            assert store.queue.claim(alone=True).id == first
            store.owner.close()  # as if the process had ended
            assert last.queue.take_back([]) == []
        assert last.queue.claim(alone=False) is None  # what is behind it waits as well
        found = last.queue.claim(alone=True)
        assert (found.id, found.is_suspect) == (first, True)
        assert last.queue.claim(alone=False).id == second


def test_a_file_that_is_sent_again_while_it_is_deleted_is_there_afterwards(tmp_path, monkeypatch):
    a, b = (Store(tmp_path / "home") for _ in range(2))

    def send(store):
        with Uploads(store) as uploads:
            name = uploads.save(io.BytesIO(b"a film"))
            uploads.keep()
        return name

    send(a)
    monkeypatch.setattr("sora_nb.server.shared_files.UPLOAD_SECONDS", -1.0)
    delete, sent = type(a.files).delete, []

    def slowly(files, key):
        thread = threading.Thread(target=lambda: sent.append(send(b)))
        thread.start()
        time.sleep(0.1)  # so that the other one waits, or has gone ahead
        delete(files, key)
        monkeypatch.setattr("sora_nb.server.shared_files.UPLOAD_SECONDS", 1000.0)
        sent.append(thread)

    monkeypatch.setattr(type(a.files), "delete", slowly)
    a.delete_unused()
    sent.pop(0).join() if isinstance(sent[0], threading.Thread) else sent[1].join()
    [name] = [found for found in sent if isinstance(found, str)]
    assert a.upload(name).read_bytes() == b.upload(name).read_bytes() == b"a film"
    a.close()
    b.close()


def test_a_home_of_an_older_version_goes_on(tmp_path):
    home = tmp_path / "home"
    (home / "uploads").mkdir(parents=True)
    (home / "uploads" / "file-1.bin").write_bytes(b"a film")
    (home / "uploads" / "hash.bin").write_bytes(b"a picture")
    (home / "secret").write_bytes(bytes(SECRET_BYTES))
    with sqlite3.connect(home / "store.db") as old:
        old.executescript("""
            CREATE TABLE migrations (name VARCHAR NOT NULL PRIMARY KEY, applied_at VARCHAR NOT NULL);
            INSERT INTO migrations VALUES ('first_tables', '2026-01-01T00:00:00+00:00');
            CREATE TABLE tasks (
                number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR, kind VARCHAR NOT NULL, key VARCHAR,
                status VARCHAR NOT NULL, progress FLOAT NOT NULL, owner VARCHAR NOT NULL, request JSON NOT NULL,
                result JSON NOT NULL, username VARCHAR, error_code VARCHAR NOT NULL, error VARCHAR NOT NULL,
                created_at FLOAT NOT NULL, completed_at FLOAT, UNIQUE (id), UNIQUE (key), UNIQUE (username)
            );
            CREATE INDEX ix_tasks_status ON tasks (status);
        """)
        for row in (
            ("file-1", "file", "completed", '{"purpose": "video"}'),
            ("video_1", "video", "completed", '{"prompt": "a", "reference": "hash"}'),
            ("video_2", "video", "queued", '{"prompt": "b"}'),
        ):
            old.execute(
                "INSERT INTO tasks (id, kind, status, request, progress, owner, result, error_code, error, created_at)"
                " VALUES (?, ?, ?, ?, 0, '', '{}', '', '', 1)",
                row,
            )
    old.close()
    store = Store(home)
    assert store.secret == bytes(SECRET_BYTES)
    assert store.file("file-1") == "file-1"
    assert store.upload("hash").read_bytes() == b"a picture"
    with store._database.read() as connection:
        assert sorted(connection.scalars(select(NEEDS.c.key))) == ["uploads/file-1.bin", "uploads/hash.bin"]
    assert store.queue.claim().id == "video_2"
    assert store.get("video_1", "video").urgency == URGENCY
    store.close()
