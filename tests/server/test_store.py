"""Files that were sent to the local server have a life: a day after their last use, longer where they are needed."""

from __future__ import annotations

import io
import os
import time

import pytest
from sqlalchemy import update
from waiting import until

from sora_nb.models import Status
from sora_nb.server.store import SECRET_BYTES, UPLOAD_SECONDS, Store
from sora_nb.server.tables import FILES, upload_key
from sora_nb.server.uploads import Uploads


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    yield made
    made.close()


def save(store, content):
    """Keep a file as an accepted request does."""
    with Uploads(store) as uploads:
        name = uploads.save(io.BytesIO(content))
        uploads.keep()
    return name


def aged(store, name):
    """Let the last use of a file that was sent here be a day and a minute ago, and return it."""
    with store._database.share() as connection:
        used = {"used_at": time.time() - UPLOAD_SECONDS - 60}
        connection.execute(update(FILES).where(FILES.c.key == upload_key(name)).values(used))
    return store.files.path(upload_key(name))


def aged_source(store, name):
    """A file that was fetched a day and a minute ago."""
    path = store.source_path(name)
    path.write_bytes(b"fetched")
    moment = time.time() - UPLOAD_SECONDS - 60
    os.utime(path, (moment, moment))
    return path


def test_a_secret_that_was_not_written_is_made_anew(store):
    """A process killed between making the file and writing it must not leave links that anybody can sign."""
    (store.home / "secret").write_bytes(b"")
    again = Store(store.home)
    assert len(again.secret) == SECRET_BYTES
    again.close()


def test_files_are_kept_once_under_the_hash_of_their_content(store):
    names = {save(store, content) for content in (b"one", b"one", b"two")}
    assert len(names) == 2
    assert {path.name for path in (store.home / "uploads").iterdir()} == {f"{name}.bin" for name in names}


def test_files_of_a_refused_request_go_with_it(store):
    kept = save(store, b"one")
    with Uploads(store) as uploads:
        names = {uploads.save(io.BytesIO(content)) for content in (b"one", b"two", b"two")}
        assert {uploads.path(name).read_bytes() for name in names} == {b"one", b"two"}
    assert [path.name for path in (store.home / "uploads").iterdir()] == [f"{kept}.bin"]


def test_a_file_that_cannot_be_written_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"), Uploads(store) as uploads:
        uploads.save(Broken())
    assert list((store.home / "uploads").iterdir()) == []


def test_files_nobody_used_for_a_day_go(store):
    old, new = save(store, b"old"), save(store, b"new")
    aged(store, old)
    left = aged_source(store, "ch_1")
    store.delete_unused()
    assert store.upload(old) is None
    assert store.upload(new) == store.files.path(upload_key(new))
    assert not left.exists()


def test_a_use_is_another_day(store):
    name = save(store, b"old")
    aged(store, name)
    store.upload(name)
    store.delete_unused()
    assert store.files.path(upload_key(name)).exists()


def test_what_a_task_needs_stays(store):
    names = [save(store, content) for content in (b"picture", b"clip", b"done clip")]
    video, _ = store.accept("video", {"prompt": "a", "reference": names[0]})
    store.queue.finish(video, status=Status.COMPLETED)
    waiting, _ = store.accept("character", {"upload": names[1]})
    done, _ = store.accept("character", {"upload": names[2]})
    store.queue.finish(done, status=Status.COMPLETED)
    fetched = aged_source(store, waiting.id)
    for name in names:
        aged(store, name)
    store.delete_unused()
    # a remix of the video will want the picture; the waiting character its clip; the other one is cut already
    assert [store.files.path(upload_key(name)).exists() for name in names] == [True, True, False]
    assert fetched.exists()
    store.remove(video)
    aged(store, names[0])
    store.delete_unused()
    assert not store.files.path(upload_key(names[0])).exists()


def test_an_upload_that_is_gone_is_forgotten(store, monkeypatch):
    name = save(store, b"a video")
    task, _ = store.accept("file", {"purpose": "video", "upload": name}, status=Status.COMPLETED)
    store.delete_unused()
    assert store.get(task.id, "file") is not None
    aged(store, name)
    monkeypatch.setattr("sora_nb.server.store.UPLOAD_SECONDS", 0.0)
    store.delete_unused()
    assert store.get(task.id, "file") is None


def test_a_server_tidies_when_it_starts(tmp_path, engine):
    from sora_nb.server.server import LocalServer

    store = Store(tmp_path / "home")
    name = save(store, b"old")
    path = aged(store, name)
    store.close()
    server = LocalServer(tmp_path / "home", engine).start()
    until(lambda: not path.exists())
    server.stop()
