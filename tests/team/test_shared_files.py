"""Two homes, one ledger, one store: what one person makes, the other lists, plays, films with and deletes."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import FOOTAGE

from sora_nb import ConfigError, StoreError, Studio, media
from sora_nb.media.stored_path import StoredPath
from sora_nb.models import State
from sora_nb.storage import object_store, shelf
from sora_nb.storage.object_store import ObjectStore


@pytest.fixture(params=["a folder and SQLite", "a bucket and PostgreSQL"])
def shared(request, tmp_path):
    """The addresses of an empty store and an empty ledger."""
    if request.param == "a folder and SQLite":
        return f"file://{tmp_path}/store", f"sqlite:///{tmp_path}/shared/ledger.db"
    return f"{request.getfixturevalue('bucket')}/team", request.getfixturevalue("postgres")


@pytest.fixture
def place(shared):
    """The address of the store."""
    return shared[0]


@pytest.fixture
def home_of(tmp_path):
    """Tell the homes of people."""
    return lambda name: tmp_path / name


@pytest.fixture
def studio_of(home_of, shared, engine):
    """Open studios of people."""
    opened = []

    def make(name, **options):
        given = {"engine": engine, "files": shared[0], "ledger": shared[1], "progress": False} | options
        opened.append(Studio("local", home=home_of(name), **given))
        return opened[-1]

    yield make
    for studio in opened:
        studio.close()


def kept(home):
    """The files of a home that are in stores, by key."""
    return sorted(
        path.relative_to(home).as_posix()
        for name in shelf.FOLDERS
        for path in (home / name).rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize("shared", ["a bucket and PostgreSQL"], indirect=True)
def test_another_home_lists_plays_films_with_and_extracts_what_one_made(studio_of, home_of, place):
    ada, bob = studio_of("ada", engine=None), studio_of("bob", engine=None)
    hero = ada.extract(FOOTAGE, 2, 4)
    film = ada.generate(f"{hero} walks on the beach", seconds=1, size="320x180")
    store = ObjectStore(place)
    assert store.keys() == kept(home_of("ada"))
    assert kept(home_of("bob")) == []
    (seen,) = bob.videos()
    (known,) = bob.characters()
    assert (seen.path, seen.poster) == (
        home_of("bob") / film.path.relative_to(home_of("ada")),
        home_of("bob") / film.poster.relative_to(home_of("ada")),
    )
    assert repr(bob.costs()["file"].iloc[-1]) == repr(str(seen.path))
    assert kept(home_of("bob")) == [], "listing brings nothing"
    assert seen.path.is_file()
    assert seen.path.stat().st_size == film.path.stat().st_size
    assert media.probe(seen.path) == media.probe(film.path)
    assert kept(home_of("bob")) == [], "what reads parts has them by parts"
    assert "<video" in seen._repr_mimebundle_()["text/html"]
    assert hashlib.sha256(Path(os.fspath(seen.path)).read_bytes()).hexdigest() == seen.sha256
    assert seen.path.relative_to(home_of("bob")).as_posix() in kept(home_of("bob"))
    theirs = bob.generate(f"{known} in the snow", seconds=1, size="320x180")
    assert theirs.characters == (hero.username,)
    assert bob.consistency(known, theirs).score >= 0
    again = bob.extract(ada.videos()[-1].id, 0, 1)
    assert ada.character(again.username).avatar.read_bytes() == again.avatar.read_bytes()
    assert known.save(home_of("bob") / "known.zip").read_bytes() == hero.save(home_of("ada") / "hero.zip").read_bytes()
    assert ada.videos()[0].save(home_of("ada") / "theirs.mp4").read_bytes() == theirs.path.read_bytes()
    store.close()


def test_what_one_deletes_is_gone_for_all_and_what_another_row_needs_stays(studio_of, place):
    ada, bob = studio_of("ada"), studio_of("bob")
    asked = {"seconds": 1, "size": "320x180", "seed": 7}
    first = ada.generate("a corgi", **asked)
    second = bob.generate("a corgi", **asked)
    assert first.sha256 == second.sha256
    store = ObjectStore(place)
    keys = store.keys()
    ada.delete(first)
    assert store.keys() == keys, "bob's row names the same film"
    assert bob.videos()[0].path.read_bytes() == second.path.read_bytes()
    removed = ada.delete(ada.videos()[0])
    assert removed.size > 0
    assert store.keys() == []
    assert bob.videos() == []
    store.put(FOOTAGE, "videos/" + "f" * 32 + ".mp4")
    assert [path.name for path in bob.prune().paths if path.parent.name == "videos"]
    assert store.keys() == []
    store.close()


def test_a_film_that_went_between_its_keeping_and_its_row_is_put_again(studio_of, place, monkeypatch):
    """Another kernel tidied just then: it saw no row that names it."""
    ada = studio_of("ada")
    store = ObjectStore(place)
    change, keys = type(ada.ledger).change, store.keys

    def tidied(ledger, call, **values):
        if values.get("state") is State.DONE:
            for key in keys():
                store.delete(key)
        return change(ledger, call, **values)

    monkeypatch.setattr(type(ada.ledger), "change", tidied)
    film = ada.generate("a corgi", seconds=1, size="320x180")
    assert store.read("/".join(film.path.parts[-2:]), 0, 1 << 30) == film.path.read_bytes()
    store.close()


def test_the_home_has_what_was_used_lately_and_what_is_needed(studio_of, home_of, place, monkeypatch):
    monkeypatch.setattr(shelf, "IN_USE_SECONDS", 0.0)
    ada = studio_of("ada")
    films = [ada.generate(f"a corgi, part {number}", seconds=number, size="320x180") for number in range(1, 5)]
    ada.close()
    sizes = [film.path.stat().st_size for film in films]
    for age, film in enumerate(reversed(films)):
        os.utime(film.path.here, (time.time() - 1000 * age,) * 2)
        os.utime(film.poster.here, (time.time() - 1000 * age,) * 2)
    mine = home_of("ada") / "videos" / ("e" * 32 + ".mp4")  # from before there was a store
    mine.write_bytes(b"x" * 10)
    os.utime(mine, (1, 1))
    ada = studio_of("ada", cache_gb=(sum(sizes[2:]) + 20_000) / 1e9)
    call = ada.ledger.calls()[0]
    ada.ledger.change(call, state=State.RUNNING, details={"file": str(films[0].path)})
    newest = ada.generate("one more corgi", seconds=5, size="320x180")
    here = {path.name for path in (home_of("ada") / "videos").iterdir()}
    assert newest.path.name in here
    assert films[0].path.name in here, "a call under way needs it"
    assert films[1].path.name not in here
    assert mine.name in here
    assert films[1].path.read_bytes()
    assert films[1].path.is_here


@pytest.mark.parametrize("shared", ["a bucket and PostgreSQL"], indirect=True)
def test_a_store_that_is_away_costs_nothing(studio_of, object_server, monkeypatch):
    """A film that was made waits here, and resume() keeps it; a reader is told."""
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0.5)
    ada, bob = studio_of("ada"), studio_of("bob")
    first = ada.generate("a corgi", seconds=1, size="320x180")
    with object_server.away():
        with pytest.raises(StoreError, match=r"Nothing that was paid for is lost.*resume\(\)"):
            ada.generate("a fox", seconds=2, size="320x180")
        (open_now,) = ada._session.unfinished()
        assert "cannot be" in open_now.error
        with pytest.raises(StoreError):
            bob.videos()[0].path.read_bytes()
        assert first.path.read_bytes(), "what is here is played"
        assert [video.prompt for video in bob.videos()] == ["a corgi"]
    assert list(ada.resume()["note"]) == ["finished"]
    assert [video.prompt for video in bob.videos()] == ["a fox", "a corgi"]
    assert bob.videos()[0].path.read_bytes() == ada.videos()[0].path.read_bytes()


@pytest.mark.parametrize("shared", ["a bucket and PostgreSQL"], indirect=True)
def test_a_store_that_comes_back_is_waited_for(studio_of, object_server):
    ada = studio_of("ada")
    with object_server.away(), ThreadPoolExecutor(1) as pool:
        making = pool.submit(ada.generate, "a corgi", seconds=1, size="320x180")
        time.sleep(2)
        object_server.come_back()
        assert making.result().path.is_file()
        object_server.go_away()


def test_a_film_that_the_store_lost_is_told(studio_of, place):
    ada, bob = studio_of("ada"), studio_of("bob")
    ada.generate("a corgi", seconds=1, size="320x180")
    store = ObjectStore(place)
    (film,) = bob.videos()
    assert isinstance(film.path, StoredPath)
    for key in store.keys("videos/"):
        store.delete(key)
    with pytest.raises(FileNotFoundError):
        film.path.read_bytes()
    store.close()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"files": "nosuch://x"}, "cannot be used"),
        ({"files": "films"}, "no place for files"),
        ({"cache_gb": -1}, "gigabytes"),
        ({"cache_gb": float("nan")}, "gigabytes"),
    ],
)
def test_what_cannot_be_used_is_told_at_once(tmp_path, options, told):
    with pytest.raises(ConfigError, match=told):
        Studio(home=tmp_path, **options)


def test_a_bucket_that_is_not_there_is_told_at_once(tmp_path, bucket, monkeypatch):
    monkeypatch.setattr(object_store, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setenv("SORA_NB_FILES", f"{bucket}-not")
    with pytest.raises(ConfigError, match=r"SORA_NB_FILES"):
        Studio(home=tmp_path)
