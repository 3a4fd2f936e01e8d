"""Films with damaged packets, and films whose end is missing: what is whole of them is shown, and it is said where they end."""

from __future__ import annotations

import muxing
import pytest
from film_kinds import KINDS, VP8, even
from judging import about_numbers, about_sound, opened, strip_numbers
from muxing import Recipe, Sound
from numbered import number_of

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.media.filmstrip import filmstrip
from sora_nb.models import Clip

pytestmark = pytest.mark.release

NOISY_SOUND = [
    Recipe("aac.mp4", even(), sound=Sound(damaged=frozenset({110}))),
    Recipe("aac.mkv", even(), sound=Sound(damaged=frozenset({110}))),
    Recipe("mp3.avi", even(), codec="mpeg4", ticks=25, sound=Sound("libmp3lame", 44_100, damaged=frozenset({90}))),
    Recipe("vorbis.ogv", even(), codec="libvpx", ticks=25, sound=Sound("vorbis", damaged=frozenset({110}))),
    Recipe("opus.webm", even(), **(VP8 | {"sound": Sound("libopus", damaged=frozenset({120}))})),
    Recipe("aac.ts", even(), container="mpegts", sound=Sound(damaged=frozenset({110}))),
]
NOISY_PICTURES = [
    Recipe("between.mp4", even(), damaged=frozenset({60})),
    Recipe("key.mp4", even(), damaged=frozenset({50})),
    Recipe("first.mp4", even(), damaged=frozenset({0})),
    Recipe("key.mkv", even(), damaged=frozenset({50})),
    Recipe("mjpeg.avi", even(), codec="mjpeg", ticks=25, damaged=frozenset({60, 61})),
    Recipe("between.ts", even(), container="mpegts", damaged=frozenset({60})),
    Recipe("vp9.webm", even(), codec="libvpx-vp9", ticks=1000, sound=None, damaged=frozenset({60})),
]


def called(recipes):
    return pytest.mark.parametrize("recipe", recipes, ids=[recipe.name for recipe in recipes])


@called(NOISY_SOUND)
def test_a_damaged_packet_of_sound_costs_that_packet(recipe, tmp_path):
    film = muxing.Film(
        muxing.write(recipe, tmp_path), tuple(zip(even(), range(150), strict=True)), 6.0, recipe.sound.spans
    )
    for start in (1.3, 2.02):
        media.cut(film.path, Clip(start, start + 2), tmp_path / "cut.mp4")
        clip = opened(tmp_path / "cut.mp4")
        assert 49 <= len({number for _, number in clip.pictures}) <= 52
        wrong = about_sound(film, start, start + 2, clip.heard)
        lost = int(wrong[0].split()[3]) if wrong else 0
        assert lost <= 4, wrong


@called(NOISY_PICTURES)
def test_a_damaged_packet_of_pictures_costs_what_is_made_of_it(recipe, tmp_path):
    """That is at most all up to the next key frame, which comes once a second."""
    path = muxing.write(recipe, tmp_path)
    bad = min(recipe.damaged)
    spoilt = set(range(bad - 2, (bad // 25 + 1) * 25 + 2))
    for start in (0.5, 1.3, 2.1)[bad == 0 :]:
        media.cut(path, Clip(start, start + 2), tmp_path / "cut.mp4")
        clip = opened(tmp_path / "cut.mp4")
        right = set(range(int(start * 25) + 2, int((start + 2) * 25) - 1)) - spoilt
        assert right <= {number for _, number in clip.pictures}
        assert clip.length == pytest.approx(2, abs=0.05)
    shown = {number_of(frame.rgb) for frame in media.frames(path)}
    assert set(range(2, 148)) - spoilt <= shown
    assert len(filmstrip(path, 8, height=72).times) == 8


@pytest.mark.parametrize(
    "name", ["index in front.mp4", "between.ts", "h264.mkv", "no index.mkv", "mjpeg.avi", "h264.flv", "vp8.webm", "fragmented.mp4"]
)  # fmt: skip
def test_what_is_there_of_a_film_that_was_cut_off_is_shown(name, film_of, tmp_path):
    whole = film_of(name)
    content = whole.path.read_bytes()
    path = tmp_path / name
    path.write_bytes(content[: len(content) * 6 // 10])
    found = [number_of(frame.rgb) for frame in media.frames(path, 0.5, 2.5)]
    assert about_numbers(whole, 0.5, 2.5, found) == ""
    numbers = [number for number in strip_numbers(filmstrip(path, 12, height=72)) if number is not None]
    assert numbers
    assert numbers == sorted(numbers)
    with pytest.raises(MediaError, match=r"cut off|is \d.* s long|no picture"):
        media.cut(path, Clip(4.2, 5.9), tmp_path / "cut.mp4")


@pytest.mark.parametrize("name", ["h264.mp4", "h264.mov", "hevc.mp4"])
def test_a_film_whose_index_did_not_come_says_so(name, film_of, tmp_path):
    assert name in KINDS
    content = film_of(name).path.read_bytes()
    size = len(content) * 2 // 3
    (tmp_path / name).write_bytes(content[:size])
    with pytest.raises(MediaError, match=rf"cut off after {size:,}".replace(",", ",?")):
        media.probe(tmp_path / name)
