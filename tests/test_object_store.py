"""Files under keys: whole or not at all, in a folder and in a bucket, from threads, forks and while the place is away."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from conftest import FOOTAGE
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import background
from sora_nb.errors import ConfigError, StoreError
from sora_nb.storage import object_store
from sora_nb.storage.object_store import ObjectStore

CONTENT = bytes(range(256)) * 4096


@pytest.fixture(
    params=["folder", *(pytest.param(name, marks=pytest.mark.release) for name in ("bucket", "sftp_folder"))]
)
def place(request, tmp_path):
    """The address of an empty place."""
    if request.param == "folder":
        return f"file://{tmp_path}/a store"
    return f"{request.getfixturevalue(request.param)}/a prefix"


@pytest.fixture
def store(place):
    made = ObjectStore(place)
    made.check()
    yield made
    made.close()


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(CONTENT)
    return path


def test_what_is_put_is_found_read_listed_and_deleted(store, film, tmp_path):
    assert store.keys() == []
    assert not store.exists("videos/a.mp4")
    store.put(film, "videos/a.mp4")
    store.put(film, "cutouts/x/b c.png")
    assert store.exists("videos/a.mp4")
    assert not store.exists("videos")
    assert store.size("videos/a.mp4") == len(CONTENT)
    assert store.keys() == ["cutouts/x/b c.png", "videos/a.mp4"]
    assert store.keys("videos/") == store.keys("vid") == ["videos/a.mp4"]
    assert store.keys("posters/") == []
    there = tmp_path / "there.mp4"
    store.get("videos/a.mp4", there)
    assert there.read_bytes() == CONTENT
    assert abs(store.modified("videos/a.mp4").timestamp() - time.time()) < 3600
    store.delete("videos/a.mp4")
    store.delete("videos/a.mp4")
    assert store.keys() == ["cutouts/x/b c.png"]


def test_what_is_there_already_stays(store, film, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"other")
    store.put(film, "videos/a.mp4")
    store.put(other, "videos/a.mp4")
    assert store.size("videos/a.mp4") == len(CONTENT)


def test_what_is_not_there_is_told(store, film, tmp_path):
    for ask in (store.size, store.open, store.modified, lambda key: store.get(key, tmp_path / "x")):
        with pytest.raises(FileNotFoundError):
            ask("videos/none.mp4")
    with pytest.raises(FileNotFoundError):
        store.put(tmp_path / "none", "videos/a.mp4")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [film.name]


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "videos/../../x", "videos//x", "a\\b", "a\0b", "./x"])
def test_no_key_leads_out_of_the_store(store, film, key):
    with pytest.raises(StoreError, match="is no key"):
        store.put(film, key)
    with pytest.raises(StoreError, match="is no key"):
        store.exists(key)


def test_a_file_is_read_by_parts(store, film):
    store.put(film, "videos/a.mp4")
    with store.open("videos/a.mp4") as file:
        assert file.seekable()
        file.seek(-5, os.SEEK_END)
        assert file.read() == CONTENT[-5:]
        file.seek(300_000)
        assert file.read(7) == CONTENT[300_000:300_007]
        file.seek(len(CONTENT) + 10)
        assert file.read(1) == b""


def test_only_what_is_looked_at_is_fetched_and_more_at_once_by_whoever_reads_on(tmp_path, monkeypatch):
    film = tmp_path / "film.mp4"
    film.write_bytes(CONTENT * 32)
    store = ObjectStore(f"file://{tmp_path}/store")
    store.put(film, "videos/a.mp4")
    asked, read = [], store.read
    monkeypatch.setattr(store, "read", lambda key, start, end: asked.append(end - start) or read(key, start, end))
    with store.open("videos/a.mp4") as file:
        file.seek(-100, os.SEEK_END)
        file.read(10)
        file.seek(5_000_000)
        file.read(10)
    assert sum(asked) < 200_000
    with store.open("videos/a.mp4") as file:
        file.seek(5_000_000)
        asked.clear()
        file.read(10)
        assert asked == [], "it is in memory"
    store.delete("videos/a.mp4")
    store.put(film, "videos/a.mp4")
    with store.open("videos/a.mp4") as file:
        assert b"".join(iter(lambda: file.read(32_000), b"")) == CONTENT * 32
    assert sum(asked) == len(CONTENT) * 32
    assert len(asked) < 20


def test_a_film_is_looked_at_without_all_of_it(tmp_path, monkeypatch):
    """What the strip of a slider decodes, and what a film says of itself."""
    from sora_nb import media
    from sora_nb.storage.shelf import ROOM, Shelf

    large = tmp_path / "large.mp4"
    large.write_bytes(FOOTAGE.read_bytes() + (20_000_008).to_bytes(4, "big") + b"free" + bytes(20_000_000))
    store = ObjectStore(f"file://{tmp_path}/store")
    store.put(large, "videos/a.mp4")
    read, asked = store.read, []
    monkeypatch.setattr(store, "read", lambda key, start, end: asked.append(end - start) or read(key, start, end))
    film = Shelf(tmp_path / "home", store, ROOM, set).at(tmp_path / "home" / "videos" / "a.mp4")
    assert media.probe(film) == media.probe(FOOTAGE)
    (here, there) = (next(media.frames(path, 1.0, 1.5, max_side=160)).rgb for path in (film, FOOTAGE))
    assert (here == there).all()
    assert sum(asked) < 2_500_000
    assert not film.is_here


def test_many_threads_put_one_key_and_read_it_whole(store, film):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.put(film, f"videos/{number % 2}.mp4"), range(16)))
        read = list(pool.map(lambda number: store.read(f"videos/{number % 2}.mp4", 0, len(CONTENT)), range(16)))
    assert set(read) == {CONTENT}
    assert store.keys() == ["videos/0.mp4", "videos/1.mp4"]


def test_the_background_loop_waits_for_it_in_a_thread(store, film):
    async def both():
        await asyncio.to_thread(store.put, film, "videos/a.mp4")
        return await asyncio.to_thread(store.exists, "videos/a.mp4")

    assert background.run(both)


def test_a_put_that_breaks_off_leaves_nothing(tmp_path, film, monkeypatch):
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0)
    store = ObjectStore(f"file://{tmp_path}/store")
    system = type(store._files)

    def half(_, path, target, **__):
        Path(target).write_bytes(Path(path).read_bytes()[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(system, "put_file", half)
    with pytest.raises(
        StoreError, match=r"videos/a\.mp4 in file:.*No space left on device.*Nothing that was paid for.*Make room"
    ):
        store.put(film, "videos/a.mp4")
    assert store.keys() == []
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


def test_a_get_that_comes_short_is_asked_again_and_leaves_nothing(tmp_path, film, monkeypatch):
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0.5)
    store = ObjectStore(f"file://{tmp_path}/store")
    store.put(film, "videos/a.mp4")
    system, asked = type(store._files), []

    def short(_, path, target, **__):
        asked.append(path)
        Path(target).write_bytes(Path(path).read_bytes()[: 100 if len(asked) < 3 else None])

    monkeypatch.setattr(system, "get_file", short)
    store.get("videos/a.mp4", tmp_path / "there")
    assert (tmp_path / "there").read_bytes() == CONTENT
    monkeypatch.setattr(system, "get_file", lambda _, __, target, **___: Path(target).write_bytes(b"short"))
    with pytest.raises(StoreError, match=r"5 of \d+ bytes arrived"):
        store.get("videos/a.mp4", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert not list(tmp_path.glob(".part-*"))


def test_a_folder_that_does_not_answer_is_no_empty_folder(tmp_path, film, monkeypatch):
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0)
    store = ObjectStore(f"file://{tmp_path}/store")
    store.put(film, "cutouts/a/cutout.json")
    system = type(store._files)
    ls = system.ls

    def away(files, path, **options):
        if path.endswith("/a"):
            raise OSError(5, "Input/output error")
        return ls(files, path, **options)

    monkeypatch.setattr(system, "ls", away)
    with pytest.raises(StoreError, match="cannot be listed: OSError"):
        store.keys()


def test_what_a_killed_process_left_is_told_once_it_is_old(tmp_path, film):
    store = ObjectStore(f"file://{tmp_path}/store")
    store.put(film, "videos/a.mp4")
    (tmp_path / "store" / "videos" / ".part-0123456789abcdef-b.mp4").write_bytes(b"half")
    now = dt.datetime.now(dt.UTC)
    assert store.keys() == ["videos/a.mp4"]
    assert store.broken_off(now - dt.timedelta(hours=1)) == []
    assert store.broken_off(now + dt.timedelta(hours=1)) == ["videos/.part-0123456789abcdef-b.mp4"]


@pytest.mark.parametrize("names", [{"status_code": 403}, {"code": 401}])
def test_a_refused_key_is_told_at_once(tmp_path, film, monkeypatch, names):
    """As adlfs and gcsfs have it."""
    store = ObjectStore(f"file://{tmp_path}/store")
    asked = []

    def refused(*_, **__):
        asked.append(1)
        raise type("Refused", (Exception,), names)("no access")

    monkeypatch.setattr(type(store._files), "info", refused)
    with pytest.raises(StoreError, match="no access"):
        store.size("videos/a.mp4")
    assert len(asked) == 1


@pytest.mark.release
def test_an_sftp_server_that_was_restarted_is_connected_to_again(sftp_server, sftp_folder, film):
    store = ObjectStore(sftp_folder)
    store.put(film, "videos/a.mp4")
    sftp_server.stop()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(store.read, "videos/a.mp4", 0, 5)
        sftp_server.start()
        assert asking.result() == CONTENT[:5]
    store.close()


@pytest.mark.release
def test_an_sftp_server_that_says_nothing_more_is_given_up(sftp_server, sftp_folder, film, monkeypatch):
    from sora_nb.storage import sftp

    monkeypatch.setattr(sftp, "SILENCE_SECONDS", 0.5)
    store = ObjectStore(sftp_folder, patience=0)
    store.put(film, "videos/a.mp4")
    with sftp_server.silent(), pytest.raises(StoreError, match="TimeoutError"):
        store.size("videos/a.mp4")
    assert store.size("videos/a.mp4") == len(CONTENT)
    store.close()


@pytest.mark.release
def test_an_sftp_server_that_nobody_knows_is_refused_at_once(sftp_server, sftp_folder):
    (sftp_server.home / ".ssh" / "known_hosts").rename(sftp_server.home / "known")
    try:
        with pytest.raises(StoreError, match=r"is not in ~/\.ssh/known_hosts"):
            ObjectStore(sftp_folder).check()
    finally:
        (sftp_server.home / "known").rename(sftp_server.home / ".ssh" / "known_hosts")


@pytest.mark.release
def test_a_key_that_an_sftp_server_refuses_is_told_at_once(sftp_folder, monkeypatch, tmp_path):
    import asyncssh
    import fsspec.config

    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "key")
    monkeypatch.setitem(fsspec.config.conf, "sftp", {"key_filename": str(tmp_path / "key")})
    with pytest.raises(StoreError, match="PermissionError: Authentication failed"):
        ObjectStore(sftp_folder).check()


@given(st.binary(max_size=3000), st.lists(st.tuples(st.integers(-50, 3200), st.integers(-1, 700)), max_size=12))
def test_any_seeks_and_reads_are_those_of_a_file(tmp_path_factory, content, moves):
    folder = tmp_path_factory.mktemp("any")
    (folder / "film").write_bytes(content)
    store = ObjectStore(f"file://{folder}/store")
    store.put(folder / "film", "a/film")
    with store.open("a/film") as file, (folder / "film").open("rb") as real:
        for place, count in moves:
            assert file.seek(max(place, 0)) == real.seek(max(place, 0))
            assert file.read(count) == real.read(count)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()


@pytest.mark.release
def test_a_bucket_gives_links_and_a_folder_says_that_it_gives_none(bucket, film, tmp_path):
    store = ObjectStore(bucket)
    store.put(film, "videos/a.mp4")
    link = store.link("videos/a.mp4", 60)
    assert httpx.get(link).content == CONTENT
    store.close()
    folder = ObjectStore(f"file://{tmp_path}/store")
    folder.put(film, "a.mp4")
    with pytest.raises(ConfigError, match="gives no links"):
        folder.link("a.mp4", 60)


@pytest.mark.parametrize("url", ["", "folder", 3, None, "nosuch://place"])
def test_what_is_no_place_is_told(url):
    with pytest.raises(ConfigError):
        ObjectStore(url)


@pytest.mark.release
def test_a_place_that_is_not_there_is_told_at_once(bucket, film, tmp_path):
    store = ObjectStore(f"{bucket}-not/prefix")
    with pytest.raises(StoreError, match="cannot be used"):
        store.check()
    with pytest.raises(StoreError, match="cannot be put"):
        store.put(film, "videos/a.mp4")
    store.close()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be used"):
        ObjectStore(f"file://{tmp_path}/file/folder").check()


def test_no_password_is_told(monkeypatch):
    store = ObjectStore("memory://anna:secret@host/folder")
    assert "secret" not in repr(store) + store.place
    assert "anna" in store.place
    assert "secret" not in str(store._error("used", "", OSError(f"cannot reach {store._url}")))


@pytest.mark.release
def test_a_bucket_that_is_away_is_asked_again_until_it_is_back(object_server, bucket, film):
    store = ObjectStore(bucket)
    store.check()
    with object_server.away(), ThreadPoolExecutor(1) as pool:
        putting = pool.submit(store.put, film, "videos/a.mp4")
        time.sleep(1)
        assert not putting.done()
        object_server.come_back()
        putting.result()
        object_server.go_away()
    assert store.exists("videos/a.mp4")
    store.close()


@pytest.mark.release
def test_a_bucket_that_stays_away_is_told(object_server, bucket, film, monkeypatch):
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0.2)
    store = ObjectStore(bucket)
    with object_server.away(), pytest.raises(StoreError, match=r"videos/a\.mp4 in s3://.* cannot be .*resume"):
        store.put(film, "videos/a.mp4")
    store.close()


@pytest.mark.release
def test_closing_ends_a_wait(object_server, bucket, film):
    store = ObjectStore(bucket)
    with object_server.away(), ThreadPoolExecutor(1) as pool:
        putting = pool.submit(store.put, film, "videos/a.mp4")
        threading.Timer(1, store.close).start()
        with pytest.raises(StoreError):
            putting.result()


@pytest.mark.release
@pytest.mark.parametrize("kind", ["bucket", "sftp_folder"])
def test_a_forked_process_has_connections_of_its_own_and_nothing_is_left_open(request, kind, film):
    code = """
        import os, sys, warnings
        from pathlib import Path
        from sora_nb.storage.object_store import ObjectStore
        film = Path(sys.argv[1])
        store = ObjectStore(sys.argv[2])
        store.put(film, "a/parent")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads
            child = os.fork()
        if not child:
            store.put(film, "a/child")
            assert store.read("a/parent", 0, 5) == film.read_bytes()[:5]
            store.close()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        store.put(film, "a/parent2")
        print(*store.keys())
        store.close()
        left = ObjectStore(sys.argv[2])
        left.exists("a/parent")
    """
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), str(film), request.getfixturevalue(kind)]
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a/child a/parent a/parent2\n", "")
