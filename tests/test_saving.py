"""Videos and characters are saved where a person says, whole or not at all, and over another file only when told."""

from __future__ import annotations

import os
from pathlib import Path

import archives
import pytest

from sora_nb import saving
from sora_nb.errors import InvalidInput
from sora_nb.models import Video


@pytest.fixture(params=["video", "character"])
def thing(request, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    hero = archives.hero(folder, b"film")
    return hero if request.param == "character" else Video(path=hero.clip_file)


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_it_is_saved_and_the_path_returned(thing, here):
    path = thing.save("beach.mp4")
    assert path == Path("beach.mp4")
    assert path.stat().st_size > 3
    assert names(here) == ["beach.mp4"]
    assert thing.save(str(here / "other.mp4")).read_bytes() == path.read_bytes()


def test_a_film_is_copied_byte_for_byte(tmp_path, here):
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(3_000_000))
    video = Video(path=film)
    assert video.save("a.mp4").read_bytes() == film.read_bytes()
    assert video.save(film, replace=True).read_bytes() == Path("a.mp4").read_bytes()


def test_a_file_that_is_there_stays_until_it_may_be_replaced(thing, here):
    (here / "beach.mp4").write_text("holiday")
    with pytest.raises(InvalidInput, match=r"There is a file 'beach\.mp4' already\. .*replace=True"):
        thing.save("beach.mp4")
    assert (here / "beach.mp4").read_text() == "holiday"
    assert thing.save("beach.mp4", replace=True).read_bytes() != b"holiday"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (".", r"'\.' is a folder\. Name the file in it, like '"),
        ("no/such/a.mp4", r"There is no folder 'no/such'\. Make it first"),
        ("a\0.mp4", "path of the file cannot be"),
        (7, "path of the file cannot be 7"),
        ("~nobody.here/a.mp4", "path of the file cannot be"),
        ("x" * 300, "cannot be written: File name too long"),
    ],
)
def test_where_nothing_can_be_written_is_told(thing, here, path, told):
    with pytest.raises(InvalidInput, match=told) as error:
        thing.save(path)
    assert error.value.money == "" or "path of" in told
    assert names(here) == []


@pytest.mark.parametrize("path", [None, Path("gone.mp4")])
def test_a_video_without_a_file_is_told(here, path):
    with pytest.raises(InvalidInput, match="no file on this machine"):
        Video(path=path, url="https://a.example/b.mp4").save("a.mp4")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_breaks_off_leaves_the_old_file(here, error):
    def save():
        with saving.writing(Path("a")) as file:
            file.write(b"new")
            raise error

    (here / "a").write_text("old")
    with pytest.raises((KeyboardInterrupt, InvalidInput), match=r"^$|'a' cannot be written: No space left on device"):
        save()
    assert names(here) == ["a"]
    assert (here / "a").read_text() == "old"
