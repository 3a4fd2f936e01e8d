"""A character that was saved is the same in another library; one that is refused leaves nothing behind there."""

from __future__ import annotations

import os
import re
import shutil
import threading
from pathlib import Path

import archives
import numpy as np
import pytest
from conftest import FOOTAGE
from quick import QuickEngine

from sora_nb import Studio, media
from sora_nb.archive import writer
from sora_nb.engines.cutout import files
from sora_nb.errors import ArchiveError, ConsentNeeded, InvalidInput, MediaError, PromptError, SoraError
from sora_nb.models import ServiceId, State
from sora_nb.server import untrusted_video
from sora_nb.storage.call import Call


@pytest.fixture
def strict(tmp_path):
    """A studio that opens films of strangers as everybody's does, in a process of its own."""
    with Studio(engine=QuickEngine(), home=tmp_path / "home", progress=False) as made:
        yield made


@pytest.fixture
def studio(strict, monkeypatch):
    """The same, quicker, where the film is not the point."""
    monkeypatch.setattr(untrusted_video, "inspect", media.probe)
    return strict


@pytest.fixture
def hero(tmp_path, clip):
    (tmp_path / "theirs").mkdir()
    return archives.hero(tmp_path / "theirs", clip.read_bytes())


@pytest.fixture
def saved(hero, tmp_path):
    return hero.save(tmp_path / "luna.sora.zip")


def kept(studio):
    """Every file of a library, with its size and date, and its characters."""
    found = {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in studio.home.rglob("*")
        if not path.name.startswith("ledger.db")
    }
    return {path: told for path, told in found.items() if path.is_file()}, list(studio.characters())


def test_a_loaded_character_is_the_one_that_was_saved(studio, hero, saved):
    who = studio.load(saved)
    shutil.rmtree(hero.clip_file.parent)
    assert who.consent == hero.consent.model_copy(update={"elsewhere": True})
    same = {"username", "display_name", "description", "clip", "licence", "source", "created_at", "warnings"}
    assert {name: getattr(who, name) for name in same} == {name: getattr(hero, name) for name in same}
    assert (who.service, who.providers["local"].id, str(who)) == (ServiceId("local"), who.id, "@luna")
    assert [(still.width, still.height, still.kind, still.face) for still in who.stills] == [(9, 7, "figure", False)]
    paths = [who.avatar, who.clip_file, who.cutout, *(still.path for still in who.stills)]
    assert {path.parent.parent for path in paths} <= {studio.home, studio.home / "cutouts"}
    assert all(path.is_file() for path in paths)
    assert studio.characters() == [who]
    assert studio.character("@luna") == who
    assert studio.costs().empty
    assert not list((studio.home / "incoming").iterdir())


def test_consent_of_another_library_is_told_and_asked_for_again(studio, saved, hero):
    studio.load(saved)
    with (
        studio.rehearse("minimax"),
        pytest.raises(ConsentNeeded, match=re.escape(f"The archive of @luna says: {hero.consent.by!r}")),
    ):
        studio.generate("@luna walks", model="minimax/MiniMax-H3")


def test_it_plays_without_being_cut_out_again(studio, saved):
    studio._session.services._engine = engine = QuickEngine()
    film = studio.generate(f"{studio.load(saved)} walks on the beach", seconds=1, size="64x64")
    assert (film.characters, engine.begun) == (("luna",), 1)
    (request,) = engine.requests
    assert [int(picture.max()) for picture in request.cast["luna"].frames] == [0, 90, 255]


@pytest.mark.release
def test_one_that_has_no_cutout_is_cut_from_its_clip(studio, hero, tmp_path):
    """As characters that a service made have none."""
    path = hero.model_copy(update={"cutout": None, "clip_file": FOOTAGE}).save(tmp_path / "a.zip")
    who = studio.load(path)
    assert who.cutout is None
    assert studio.consistency(who, FOOTAGE).score > 0.2


def test_what_is_loaded_can_be_saved_and_is_the_same_file(studio, saved, tmp_path):
    again = studio.load(saved).save(tmp_path / "again.zip")
    assert again.read_bytes() == saved.read_bytes()


def test_the_same_archive_is_the_same_character(studio, saved, tmp_path):
    who = studio.load(saved)
    before = kept(studio)[0].keys()
    assert studio.load(str(saved)) == who
    copied = shutil.copy(saved, tmp_path / "copied.zip")
    assert studio.load(copied) == who
    assert kept(studio)[0].keys() == before
    assert studio.characters() == [who]
    studio.rename(who, "The moon")
    assert studio.load(saved).display_name == "The moon"
    with pytest.raises(InvalidInput, match="is here already, as @the_moon"):
        studio.load(saved, name="sol")
    assert kept(studio)[0].keys() == before


def test_it_heals_what_was_deleted(studio, saved):
    who = studio.load(saved)
    for path in (who.clip_file, who.cutout):
        path.unlink()
    assert studio.load(saved) == who
    assert who.clip_file.is_file()
    assert len(files.load(who.cutout.parent).frames) == 3


def test_in_the_library_that_saved_it_it_is_the_one_that_is_there(studio, footage, tmp_path):
    who = studio.extract(footage, 1, 2)
    before = kept(studio)
    assert studio.load(who.save(tmp_path / "a.zip")) == who
    assert kept(studio) == before
    studio.forget(who)
    back = studio.load(tmp_path / "a.zip")
    assert (back.username, back.clip_sha256) == (who.username, who.clip_sha256)


@pytest.mark.parametrize(("service", "name"), [("local", "luna"), ("laozhang", "luna"), ("local", "Luna")])
def test_a_name_that_another_character_has_is_refused_until_another_is_given(studio, saved, hero, service, name):
    other = hero.model_copy(update={"id": "ch_other", "username": name, "profile": service})
    studio.ledger.characters.put(other)
    before = kept(studio)
    with pytest.raises(InvalidInput, match=rf'another character @{name} here.*name="\.\.\."'):
        studio.load(saved)
    assert kept(studio) == before
    who = studio.load(saved, name="@luna.two")
    assert (str(who), who.display_name) == ("@luna.two", "Luna")
    assert studio.character("luna.two") == who


@pytest.mark.parametrize("name", ["", "a b", "a..b", ".a", "é", "@", "../x", "a\n", 7])
def test_a_name_that_is_none_is_refused(studio, saved, name):
    with pytest.raises(InvalidInput, match="name"):
        studio.load(saved, name=name)
    assert not studio.characters()


def test_its_files_go_with_it(studio, saved):
    who = studio.load(saved)
    studio.prune()
    assert who.cutout.is_file()
    studio.delete(who)
    studio.prune()
    left = {path for folder in ("clips", "avatars", "stills", "cutouts") for path in (studio.home / folder).rglob("*")}
    assert not left
    with pytest.raises(PromptError):
        studio.character("luna")


# --- refused ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def contents(saved):
    return archives.opened(saved.read_bytes())


HOSTILE = {
    "no archive": lambda _: b"not a zip",
    "a name": lambda contents: archives.packed({**contents, "../evil": b"x"}),
    "a hash": lambda contents: archives.packed({**contents, "clip.mp4": b"other"}, listed=False),
    "a newer version": lambda contents: archives.packed(contents, version=3),
    "a page as film": lambda contents: archives.packed({**contents, "clip.mp4": b"<html></html>"}),
    "a playlist as film": lambda contents: archives.packed(
        {**contents, "clip.mp4": b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"}
    ),
    "half a film": lambda contents: archives.packed({**contents, "clip.mp4": contents["clip.mp4"][:3000]}),
    "a handle": lambda contents: archives.packed(contents, username="../x"),
    "seconds that end before they begin": lambda contents: archives.packed(contents, clip={"start": 3.0, "end": 2.0}),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_of_what_is_refused_nothing_is_kept(strict, contents, tmp_path, make):
    path = tmp_path / "stranger.zip"
    path.write_bytes(make(contents))
    before = kept(strict)
    with pytest.raises(ArchiveError) as error:
        strict.load(path)
    assert str(error.value).startswith("'stranger.zip' cannot be loaded. ")
    assert "Nothing of it was kept, nothing was charged." in str(error.value)
    assert str(strict.home) not in str(error.value)
    assert kept(strict) == before


def test_a_film_is_no_clip_of_a_character(studio, contents, tmp_path, monkeypatch):
    monkeypatch.setattr("sora_nb.storage.archives.CLIP_SECONDS", 2.0)
    path = tmp_path / "a.zip"
    path.write_bytes(archives.packed(contents))
    with pytest.raises(ArchiveError, match=r"Its clip is 2\.5 s long, and may be 2 s"):
        studio.load(path)


def test_a_film_from_a_stranger_is_opened_in_another_process(strict, saved, monkeypatch):
    def probe(path):
        raise AssertionError("in this process")

    monkeypatch.setattr(media, "probe", probe)
    assert strict.load(saved).clip_file.is_file()


@pytest.mark.parametrize("path", ["gone.zip", ".", 7, "pipe", "x" * 300])
def test_what_is_no_file_is_told(studio, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with pytest.raises(InvalidInput, match=r"There is no file|cannot be 7|cannot be read: File name too long"):
        studio.load(path)


@pytest.mark.parametrize("number", [0, 3, 6])
def test_where_there_is_no_room_nothing_is_kept(studio, saved, monkeypatch, number):
    before, replace, left = kept(studio), Path.replace, [number]

    def full(path, target):
        if not left[0]:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(MediaError, match="No space left on device"):
        studio.load(saved)
    monkeypatch.undo()
    assert kept(studio) == before
    assert not list((studio.home / "cutouts").iterdir())


def test_loaded_at_once_it_is_one_character(studio, saved):
    found = []

    def load():
        try:
            found.append(studio.load(saved))
        except SoraError as error:
            found.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == set(studio.characters())
    (who,) = studio.characters()
    assert np.array_equal(files.load(who.cutout.parent).frames[1].max(), 90)


def test_a_call_under_way_is_not_disturbed(studio, saved):
    row = studio.ledger.add(Call(kind="character", profile="local", state=State.RUNNING))
    studio.load(saved)
    assert studio.ledger.call(row.id).state is State.RUNNING


@pytest.mark.release
def test_a_real_character_is_played_on_another_machine(made, tmp_path):
    path = made.rabbit.save(tmp_path / "rabbit.sora.zip")
    with Studio(home=tmp_path / "home", progress=False) as studio:
        rabbit = studio.load(path, name="rabbit")
        assert rabbit.warnings == made.rabbit.warnings
        assert np.array_equal(
            files.load(rabbit.cutout.parent).frames[0], files.load(made.rabbit.cutout.parent).frames[0]
        )
        assert len(rabbit.stills) == len(made.rabbit.stills) > 0
        assert [still.path.read_bytes() for still in rabbit.stills] == [
            still.path.read_bytes() for still in made.rabbit.stills
        ]
        studio.prune()
        assert all(still.path.is_file() for still in rabbit.stills)
        film = studio.generate("@rabbit dances on the beach", seconds=1, size="320x176")
        assert film.warnings == ()
    assert writer.pack(rabbit.model_dump()) != path.read_bytes()  # it has another name
