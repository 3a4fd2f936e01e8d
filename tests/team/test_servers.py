"""Several servers on one database and one store of files answer as one."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import httpx
import pytest
from conftest import KEY
from quick import QuickEngine
from serving import ended, finished, usage
from sqlalchemy import update
from waiting import until

from sora_nb.errors import LedgerError, StoreError
from sora_nb.models import Status
from sora_nb.server import worker
from sora_nb.server.queue import Queue
from sora_nb.server.server import LocalServer
from sora_nb.server.store import Store
from sora_nb.server.tables import FILES, TASKS, upload_key
from sora_nb.server.uploads import Uploads
from sora_nb.storage.object_store import ObjectStore

ASKED = {"prompt": "a corgi", "seconds": "2", "size": "320x180"}
REQUEST = {"prompt": "a corgi"}


@pytest.fixture
def shared(tmp_path):
    """Where several servers have their tasks and files."""
    return {"database": f"sqlite:///{tmp_path}/shared.db", "files": (tmp_path / "files").as_uri()}


@contextmanager
def serving(home, engine, **options):
    server = LocalServer(home, engine, api_key=KEY, private_sources=True, **options).start()
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {KEY}"}, timeout=60) as http:
        http.server = server
        yield http
    server.stop()


@pytest.fixture
def one(tmp_path, engine, shared):
    """A server that works."""
    with serving(tmp_path / "one", engine, **shared) as http:
        yield http


@pytest.fixture
def other(tmp_path, shared):
    """A server that only answers."""
    with serving(tmp_path / "other", QuickEngine(), workers=0, **shared) as http:
        yield http


def test_each_server_answers_for_all(one, other, footage):
    upload = other.post("/v1/files", files={"file": ("a.mp4", footage.read_bytes())}).json()
    source = f"{one.base_url}/v1/files/{upload['id']}/content".replace("//v1", "/v1")
    hero = one.post("/sora/v1/characters", json={"url": source, "timestamps": "1,3"}).json()
    film = finished(other, prompt=f"@{hero['username']} runs")
    path = f"/v1/videos/{film['id']}/content"
    for variant in ("video", "thumbnail"):
        contents = [http.get(path, params={"variant": variant}) for http in (one, other)]
        assert contents[0].content == contents[1].content
        assert {content.status_code for content in contents} == {200}
    assert one.get(f"/v1/videos/{film['id']}").json() | {"url": ""} == film | {"url": ""}
    for address in (hero["profile_picture_url"], hero["cutout_url"]):
        pictures = [httpx.get(address.replace(str(one.base_url), str(http.base_url))) for http in (one, other)]
        assert pictures[0].content == pictures[1].content
        assert pictures[1].headers["content-type"] == "image/png"
    again = ended(one, other.post(f"/v1/videos/{film['id']}/remix", json={"prompt": "at night"}).json())
    longer = ended(one, other.post("/v1/videos/extensions", json={
        "video": {"id": again["id"]}, "prompt": "on", "seconds": "4",
    }).json())  # fmt: skip
    assert (again["status"], longer["status"]) == ("completed", "completed")
    assert [http.get("/v1/files").json()["data"][0]["id"] for http in (one, other)] == [upload["id"]] * 2


def test_a_film_is_sent_by_ranges_from_the_store(one, other):
    path = f"/v1/videos/{finished(one)['id']}/content"
    whole = other.get(path)
    size, tag = len(whole.content), whole.headers["etag"]
    assert one.head(path).headers["etag"] == tag
    for asked, start, end in (
        ("bytes=0-99", 0, 100), ("bytes=100-", 100, size), ("bytes=-7", size - 7, size),
        (f"bytes=5-{size * 2}", 5, size), (f"bytes=-{size * 2}", 0, size),
    ):  # fmt: skip
        part = other.get(path, headers={"range": asked, "if-range": tag})
        assert (part.status_code, part.content) == (206, whole.content[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        head = other.head(path, headers={"range": asked})
        assert head.headers["content-length"] == part.headers["content-length"]
    for asked in ("bytes=9-3", "pages=1-2", "bytes=-", "bytes=0-1,4-5"):
        assert (other.get(path, headers={"range": asked}).status_code, asked) == (200, asked)
    assert other.get(path, headers={"range": "bytes=0-9", "if-range": '"another"'}).status_code == 200
    beyond = other.get(path, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


def test_what_is_deleted_is_gone_everywhere(one, other, tmp_path):
    film = finished(one)
    assert other.get(f"/v1/videos/{film['id']}/content", params={"variant": "thumbnail"}).status_code == 200
    assert list((tmp_path / "files").rglob("*.mp4"))
    assert one.delete(f"/v1/videos/{film['id']}").json()["deleted"]
    assert {http.get(f"/v1/videos/{film['id']}/content").status_code for http in (one, other)} == {404}
    assert not list((tmp_path / "files").rglob("*.mp4"))


def test_a_deletion_reaches_the_server_that_works_on_it(one, other, engine, tmp_path):
    engine.hold()
    film = one.post("/v1/videos", json=ASKED).json()
    until(lambda: engine.begun)
    other.delete(f"/v1/videos/{film['id']}")
    until(lambda: engine.cancelled)
    assert not list((tmp_path / "files").rglob("*.mp4"))


def test_a_film_that_is_put_into_the_store_after_its_deletion_is_not_kept(one, other, tmp_path, monkeypatch):
    put, films = ObjectStore.put, []

    def too_late(files, path, key):
        if key.endswith(".mp4"):
            other.delete(f"/v1/videos/{one.get('/v1/videos').json()['data'][0]['id']}")
        put(files, path, key)
        films.extend((tmp_path / "files").rglob("*.mp4"))

    monkeypatch.setattr(ObjectStore, "put", too_late)
    one.post("/v1/videos", json=ASKED)
    until(lambda: films)
    one.server._runner.stop()  # which waits for the end of what is worked on
    assert usage(one)["video"]["accepted"] == 0
    assert not list((tmp_path / "files").rglob("*.mp4"))


def test_one_key_makes_one_task_whichever_servers_it_comes_to(one, other):
    def create(number):
        http, key = ((one, other)[number % 2], f"key {number // 8}")
        return key, http.post("/v1/videos", json=ASKED, headers={"idempotency-key": key}).json()["id"]

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(create, range(32)))
    assert len(made) == len({key for key, _ in made}) == 4
    assert usage(other)["video"]["accepted"] == 4


def test_a_server_at_rest_is_told_by_the_database_of_an_order_that_another_one_took(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)
    claim, claimed = Queue.claim, []

    def noted(queue, **options):
        claimed.append(claim(queue, **options))
        return claimed[-1]

    monkeypatch.setattr(Queue, "claim", noted)
    shared = {"database": postgres, "files": (tmp_path / "files").as_uri()}
    with (
        serving(tmp_path / "one", QuickEngine(), **shared),
        serving(tmp_path / "other", QuickEngine(), workers=0, **shared) as other,
    ):
        for number in range(1, 4):  # a line that was just made wakes its server once, as if it had heard something
            assert finished(other)["status"] == "completed"
            assert len([task for task in claimed if task]) == number
            until(lambda: claimed[-1] is None)


def test_an_urgency_comes_with_a_request(other):
    made = other.post("/v1/videos", json=ASKED, headers={"priority": "u=6"}).json()
    assert other.server._store.get(made["id"], "video").urgency == 6


def test_a_server_that_is_drained_hands_back_and_takes_nothing(one, other, engine):
    engine.hold()
    film = one.post("/v1/videos", json=ASKED).json()
    until(lambda: engine.begun)
    assert one.get("/readyz").json() == {"status": "ready", "database": "ok", "files": "ok"}
    one.server._runner.stop()
    found = other.get(f"/v1/videos/{film['id']}").json()
    assert (found["status"], found["progress"]) == ("queued", 0)
    ready = one.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "draining")
    refused = one.post("/v1/videos", json=ASKED)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "draining")
    assert int(refused.headers["retry-after"]) > 0
    assert one.get(f"/v1/videos/{film['id']}").json()["status"] == "queued"
    assert one.get("/healthz").json() == {"status": "ok"}
    assert usage(other)["video"]["accepted"] == 1


def away(*_, **__):
    raise StoreError("The bucket is away.")


def test_a_store_that_is_away_costs_no_order(one, other, engine, monkeypatch, clip):
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.02)
    engine.hold()
    film = one.post("/v1/videos", json=ASKED).json()
    until(lambda: engine.begun)
    with monkeypatch.context() as gone:
        for method in ("put", "open", "get", "check"):
            gone.setattr(ObjectStore, method, away)
        tried = []
        gone.setattr(ObjectStore, "put", lambda *_: tried.append(None) or away())
        engine.go_on()
        until(lambda: len(tried) > 2)
        assert other.get(f"/v1/videos/{film['id']}").json()["status"] == "in_progress"
        ready = other.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "unready", "database": "ok", "files": "down"})
        files = {"name": (None, "Mossy"), "video": ("a.mp4", clip.read_bytes())}
        refused = other.post("/v1/videos/characters", files=files)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) > 0
    done = ended(other, film)
    assert (done["status"], len(engine.requests)) == ("completed", 1)
    monkeypatch.setattr(ObjectStore, "open", away)
    assert other.get(f"/v1/videos/{film['id']}/content").status_code == 503
    assert usage(one)["character"]["accepted"] == 0


def test_a_task_whose_files_cannot_be_fetched_waits(one, other, engine, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.02)
    film = finished(one)
    asked = []
    with monkeypatch.context() as gone:
        gone.setattr(ObjectStore, "get", lambda *_: asked.append(None) or away())
        longer = other.post("/v1/videos/extensions", json={
            "video": {"id": film["id"]}, "prompt": "on", "seconds": "4",
        }).json()  # fmt: skip
        until(lambda: len(asked) > 2)
        assert other.get(f"/v1/videos/{longer['id']}").json()["status"] in {"queued", "in_progress"}
    assert ended(one, longer)["status"] == "completed"


def test_an_order_may_be_sent_again_where_it_was_surely_not_accepted(other, monkeypatch):
    database = other.server._store._database

    def gone(*, late):
        @contextmanager
        def write():
            if late:
                yield real.enter_context(before())
            raise LedgerError("The server closed the connection.")

        return write

    before = database.share
    for late, key, status in ((False, "", 503), (True, "k", 503), (True, "", 500)):
        with ExitStack() as real, monkeypatch.context() as broken:
            broken.setattr(database, "share", gone(late=late))
            answer = other.post("/v1/videos", json=ASKED, headers={"idempotency-key": key})
        assert (answer.status_code, "retry-after" in answer.headers) == (status, status == 503)
        assert (answer.headers.get("x-should-retry") == "false") == (status == 500)
    assert usage(other)["video"]["accepted"] == 2  # one of them with a key, which makes no other


def test_a_store_on_postgresql_finds_what_one_in_a_file_finds(postgres, tmp_path):
    with closing(Store(tmp_path / "a", postgres)) as a, closing(Store(tmp_path / "b", postgres)) as b:
        assert a.secret == b.secret
        start = threading.Barrier(8)

        def accept(number):
            start.wait()
            return (a, b)[number % 2].accept("character", {"prompt": "\0"}, key="k")

        def name(number):
            store = (a, b)[number % 2]
            task, _ = store.accept("character", {"prompt": "a"})
            start.wait()
            return store.claim_username(task, "mossy_%")

        with ThreadPoolExecutor(8) as threads:
            accepted = list(threads.map(accept, range(8)))
            names = list(threads.map(name, range(8)))
        assert len({task.id for task, _ in accepted}) == [new for _, new in accepted].count(True) == 1
        assert sorted(names) == sorted(["mossy_%", *(f"mossy_%{number}" for number in range(2, 9))])

        with Uploads(a) as uploads:
            upload = uploads.save(io.BytesIO(b"a picture"))
            uploads.keep()
        files = [a.accept("file", {"purpose": p, "upload": upload}, status=Status.COMPLETED)[0] for p in "xyx"]
        assert [task.id for task in b.tasks("file", purpose="x", newest_first=False)] == [files[0].id, files[2].id]
        assert [task.id for task in b.tasks("file", after=files[2].id)] == [files[1].id, files[0].id]
        assert (b.file(files[0].id), a.upload(upload).read_bytes()) == (None, b"a picture")  # b has a folder of its own
        film, _ = b.accept("video", {"prompt": "a", "reference": upload}, urgency=0)
        claimed = [a.queue.claim(), b.queue.claim()]
        assert claimed[0].id == film.id != claimed[1].id
        a.queue.take_back([film.id])
        b.queue.take_back([])
        assert a.queue.finish(claimed[0], status=Status.COMPLETED)
        assert not b.queue.finish(claimed[1], status=Status.COMPLETED)
        again = b.queue.claim()
        assert b.queue.finish(again, status=Status.COMPLETED)
        assert a.character(again.id).id == again.id
        a.accept("video", {"prompt": "a"}, urgency=0)
        assert (a.queue.claim().id, a.queue.hand_back()[0].status) == (b.tasks("video")[0].id, Status.QUEUED)
        assert a.counts() == {
            "character": {"completed": 1, "queued": 8}, "file": {"completed": 3}, "video": {"completed": 1, "queued": 1}
        }  # fmt: skip
        with a._database.share() as connection:
            connection.execute(update(FILES).values(used_at=0.0))
            connection.execute(update(TASKS).values(created_at=0.0))
        a.delete_unused()
        assert len(b.tasks("file")) == 3  # the film needs their file
        a.remove(film)
        with a._database.share() as connection:
            connection.execute(update(FILES).values(used_at=0.0))
        a.delete_unused()
        assert b.tasks("file") == []
        assert not a.files.path(upload_key(upload)).exists()
