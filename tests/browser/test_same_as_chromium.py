"""What posters, strips, previews and clips show of a film is what Chromium shows of it: which picture, how it lies, its colours."""

from __future__ import annotations

import io

import looks
import muxing
import numpy as np
import pytest
from film_kinds import KINDS
from numbered import look, number_of
from PIL import Image
from player import Player

from sora_nb import media
from sora_nb.media.filmstrip import filmstrip
from sora_nb.models import Clip

CLOCKS = [
    "h264.mp4", "index in front.mp4", "av1.mp4", "vp9.mp4", "vp8.webm", "vp9.webm", "h264.mov", "fragmented.mp4",
    "segment.mp4", "length 0.mp4", "length too long.mp4", "front trimmed.mp4", "two pieces.mp4", "late by edit.mp4",
    "late and trimmed.mp4", "late pictures.mp4", "late pictures alone.mp4", "late pictures.webm", "all late.webm", "late sound.mp4",
    "longer sound.mp4", "29.97.mp4", "60.webm", "240.mp4", "jitter.mp4", "drops.mp4", "darker.mp4", "slow motion.mp4", "changes.mp4",
    "changes.webm", "recorder.mp4",
]  # fmt: skip
"""Films of tests/media that this Chromium plays, and seeks in exactly: from open groups of pictures it shows nothing after a seek, and
where pictures of a live WebM are uneven, one that is a few hundredths of a second older."""
TIMES = (0.31, 0.53, 1.31, 2.13)
AT = 0.53
"""Second at which looks are compared; in the middle of a picture."""
COLOUR = 4.0
"""Levels of 255 by which a square may differ on average; chroma is rounded, and Chromium's rounding is another."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shown")


@pytest.fixture
def player(browser, folder):
    page = browser.new_page()
    yield Player(page, folder)
    page.close()


def opened(jpeg):
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture.convert("RGB"))


def made(path, folder, player, start=0.0, end=1.5):
    """Return what Chromium shows of the preview and of a clip of a film's seconds, and our poster and strip."""
    media.preview(path, start, end, folder / f"preview of {path.stem}.mp4", max_side=2000)
    media.cut(path, Clip(start, end), folder / f"clip of {path.stem}.mp4")
    strip = filmstrip(path, 1, AT - 0.01, AT + 0.01, height=192)
    return {
        "poster": opened(media.poster(path, AT, max_side=2000)),
        "strip": opened(strip.sprite),
        "preview": player.show(folder / f"preview of {path.stem}.mp4", [AT - start]).pictures[0],
        "clip": player.show(folder / f"clip of {path.stem}.mp4", [AT - start]).pictures[0],
    }


@pytest.mark.parametrize("name", CLOCKS)
def test_the_same_picture_at_the_same_second(name, folder, player):
    film = muxing.measured(KINDS[name], folder)
    seconds = [film.clear(time) for time in TIMES if time < film.end]
    theirs = player.show(film.path, seconds)
    assert theirs.problem == ""
    numbers = [number_of(rgb) for rgb in theirs.pictures]
    assert numbers == [film.on_screen(second) for second in seconds]
    assert [number_of(opened(media.poster(film.path, second))) for second in seconds] == numbers
    assert [number_of(next(media.frames(film.path, second)).rgb) for second in seconds] == numbers
    start = seconds[0]
    media.cut(film.path, Clip(start, start + 2), folder / "clip.mp4")
    shown = player.show(folder / "clip.mp4", [second - start + 0.0005 for second in seconds])
    assert [number_of(rgb) for rgb in shown.pictures] == numbers


@pytest.mark.parametrize("name", looks.TURNS)
def test_a_film_lies_as_chromium_lays_it(name, folder, player):
    path = muxing.write(looks.turned(name), folder)
    theirs = player.show(path, [AT]).pictures[0]
    right = look(theirs)
    for what, rgb in made(path, folder, player).items():
        seen = look(rgb)
        assert (seen.turned, seen.mirrored) == (right.turned, right.mirrored), what
        assert what == "strip" or seen.number == right.number, what  # strips may show the key frame of their slot
        assert rgb.shape[1] / rgb.shape[0] == pytest.approx(theirs.shape[1] / theirs.shape[0], rel=0.03), what


@pytest.mark.parametrize("aspect", ["16/9", "9/16", "4/3", "10/11"])
def test_what_is_square_is_shown_square(aspect, folder, player):
    path = muxing.write(looks.squeezed(aspect), folder)
    theirs = player.show(path, [AT]).pictures[0]
    assert look(theirs).wide == pytest.approx(look(theirs).tall, rel=0.05)
    for what, rgb in made(path, folder, player).items():
        assert look(rgb).wide == pytest.approx(look(rgb).tall, rel=0.06), what
        assert rgb.shape[1] / rgb.shape[0] == pytest.approx(theirs.shape[1] / theirs.shape[0], rel=0.03), what


@pytest.mark.parametrize("recipe", looks.COLOURS, ids=[recipe.name for recipe in looks.COLOURS])
def test_colours_are_those_that_chromium_shows(recipe, folder, player):
    path = muxing.write(recipe, folder)
    theirs = looks.patches_of(player.show(path, [AT]).pictures[0])
    for what, rgb in made(path, folder, player).items():
        off = np.abs(looks.patches_of(rgb) - theirs).mean(1)
        assert off.max() < COLOUR + 3 * (what == "strip"), (what, off.round(1).tolist())


@pytest.mark.parametrize("recipe", looks.HIGH_RANGE, ids=[recipe.name for recipe in looks.HIGH_RANGE])
def test_a_high_range_is_brought_to_a_screen(recipe, folder, player):
    """Chromium's tone mapping is its own, and darker: what counts is that colours stay as apart as they were drawn."""
    path = muxing.write(recipe, folder)
    theirs = looks.patches_of(player.show(path, [AT]).pictures[0])
    drawn = np.array(looks.PATCHES, float)
    for what, rgb in made(path, folder, player).items():
        seen = looks.patches_of(rgb)
        assert seen.std() > 0.85 * min(theirs.std(), drawn.std()), what
        low, high = np.minimum(theirs, drawn) - 25, np.maximum(theirs, drawn) + 25
        assert ((low <= seen) & (seen <= high)).all(), (what, seen.round().tolist())
