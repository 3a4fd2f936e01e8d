"""A home in front of a store: what is cleared, brought and deleted, with another kernel in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sora_nb.errors import StoreError
from sora_nb.models import State
from sora_nb.storage import shelf
from sora_nb.storage.files import Files
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.storage.object_store import ObjectStore
from sora_nb.storage.shelf import Shelf

CUTOUT = "cutouts/" + "a" * 32


@pytest.fixture
def store(tmp_path):
    return ObjectStore(f"file://{tmp_path}/store")


@pytest.fixture
def home(tmp_path):
    for name in ("incoming", *shelf.FOLDERS):
        (tmp_path / "home" / name).mkdir(parents=True)
    return tmp_path / "home"


def stored(store, tmp_path, *keys):
    (tmp_path / "content").write_bytes(b"x" * 1000)
    for key in keys:
        store.put(tmp_path / "content", key)


def put(home, key):
    path = home / key
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * 1000)
    os.utime(path, (1, 1))
    return path


def test_a_cut_out_is_brought_whole_and_its_last_file_last(store, home, tmp_path, monkeypatch):
    names = ["avatar.png", "cutout.json", "frame-00.png", "frame-01.png"]
    stored(store, tmp_path, *(f"{CUTOUT}/{name}" for name in names))
    order, get = [], store.get
    monkeypatch.setattr(store, "get", lambda key, path: (get(key, path), order.append(key.rpartition("/")[2])))
    behind = Shelf(home, store, shelf.ROOM, set)
    frame = behind.at(home / CUTOUT / "frame-01.png")
    folder = frame.parent
    assert (folder / "cutout.json").is_file()
    assert not (folder / "close-up.png").exists()
    assert not (home / CUTOUT).exists()
    assert (folder / "cutout.json").read_bytes()
    assert sorted(path.name for path in (home / CUTOUT).iterdir()) == names
    assert order[-1] == "cutout.json"
    assert not list((home / "incoming").iterdir())


def test_what_is_not_in_the_store_or_needed_is_never_cleared(store, home, tmp_path):
    keys = [f"videos/{number}.mp4" for number in range(4)]
    stored(store, tmp_path, *keys[:3])
    for key in keys:
        put(home, key)
    Shelf(home, store, 1500, lambda: {keys[0]}).share([home / keys[3]])
    assert not (home / keys[1]).exists()
    assert (home / keys[0]).exists(), "a call under way needs it"
    alone = put(home, "videos/alone.mp4")
    Shelf(home, store, 0, set).share([])
    assert alone.exists(), "nowhere else"


def test_a_store_that_does_not_tell_keeps_no_file_back(store, home, monkeypatch):
    film = put(home, "videos/0.mp4")
    behind = Shelf(home, store, 0, set)
    monkeypatch.setattr(store, "exists", lambda _: (_ for _ in ()).throw(StoreError("away")))
    monkeypatch.setattr(store, "put", lambda *_: None)
    behind.share([film])
    assert film.exists()


@pytest.mark.parametrize("here", [True, False])
def test_a_row_that_comes_to_need_what_is_being_deleted_has_it_again(store, home, tmp_path, monkeypatch, here):
    ledger = Ledger(home / "ledger.db")
    files = Files(home, Shelf(home, store, shelf.ROOM, ledger.needs.in_work))
    film = home / "videos" / "0.mp4"
    stored(store, tmp_path, "videos/0.mp4")
    if here:
        put(home, "videos/0.mp4")
    call = ledger.add(Call(kind="video", profile="local", state=State.RUNNING))
    delete = store.delete

    def deleted(key):
        ledger.change(call, state=State.DONE, file=film)
        delete(key)

    monkeypatch.setattr(store, "delete", deleted)
    assert files.remove([film], ledger).paths == ()
    assert store.exists("videos/0.mp4")
    assert film.exists()
    monkeypatch.undo()
    ledger.drop_file(call)
    assert files.remove([film], ledger).paths == (film,)
    assert store.keys() == []
    ledger.close()


def test_what_is_in_no_store_has_no_key(store, home):
    behind = Shelf(home, store, shelf.ROOM, set)
    for path in (home / "incoming" / "a.mp4", home / "videos", home / "miniatures" / "a.mp4", Path("/videos/a.mp4")):
        assert behind.key(path) is None
        assert behind.at(path) is path
    assert behind.key(home / "videos" / "a.mp4") == "videos/a.mp4"
