"""Whatever a film's container, codecs, pace, order of tracks and offsets are: seconds of it begin with what is on screen then."""

from __future__ import annotations

import tempfile
from itertools import accumulate
from pathlib import Path

import muxing
import pytest
from film_kinds import BETWEEN
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from judging import about_clip, about_numbers, number_in, opened
from muxing import Recipe, Sound
from numbered import number_of

from sora_nb import media
from sora_nb.models import Clip

pytestmark = pytest.mark.release

TICKS = {"webm": 1000, "mkv": 1000, "flv": 1000}
CODECS = {
    "mp4": ("libx264", "libx265", "libvpx-vp9"),
    "mov": ("libx264", "libx265"),
    "mkv": ("libx264", "libvpx", "ffv1", "mjpeg"),
    "webm": ("libvpx", "libvpx-vp9"),
    "ts": ("libx264", "libx265"),
    "flv": ("libx264",),
}
SOUNDS = {"mp4": "aac", "mov": "pcm_s16le", "mkv": "flac", "webm": "libopus", "ts": "aac", "flv": "libmp3lame"}
GAPS = st.sampled_from([0.008, 0.016, 0.02, 0.033, 0.04, 0.042, 0.05, 0.1, 0.4, 1.2])
"""Seconds from one picture to the next."""


@st.composite
def recipes(draw):
    """Films of three seconds or more."""
    kind = draw(st.sampled_from(sorted(CODECS)))
    codec = draw(st.sampled_from(CODECS[kind]))
    begin = draw(st.sampled_from([0.0, 0.0, 0.04, 0.5, 1.1]))
    steps = draw(st.one_of(st.lists(GAPS, min_size=12, max_size=70), st.builds(lambda gap: [gap] * 75, GAPS)))
    times = tuple(round(begin + time, 3) for time in accumulate([0.0, *steps]))
    times = tuple(time for time in times if time < begin + 6)
    sound = draw(st.sampled_from([None, (0.0, times[-1]), (0.3, times[-1] + 1), (0.0, times[-1] / 2)]))
    rate = 44_100 if kind == "flv" else 48_000
    made = sound and Sound(SOUNDS[kind], rate, spans=(sound,), first=draw(st.booleans()))
    more = BETWEEN if codec == "libx264" and draw(st.booleans()) else {}
    if codec in {"libvpx", "libvpx-vp9"}:
        more = {"ticks": 1000}
    container = "mpegts" if kind == "ts" else None
    gop = draw(st.sampled_from([1, 7, 25, 250]))
    return Recipe(
        f"film.{kind}", times, codec, container, made or None, gop, **({"ticks": TICKS.get(kind, 90_000)} | more)
    )


@settings(
    max_examples=60,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # each film is written and read; a smaller one is not worth the minutes
)
@given(recipe=recipes(), place=st.floats(0, 0.9), length=st.sampled_from([0.5, 1.0, 2.0]))
def test_seconds_of_any_film(recipe, place, length):
    with tempfile.TemporaryDirectory() as folder:
        film = muxing.measured(recipe, Path(folder))
        assert sorted(number for _, number in film.pictures) == list(range(len(recipe.times)))
        last = film.pictures[-1][0]  # how long this one is shown is another question
        start = film.clear(round(place * (last - 0.1), 2))
        end = min(start + length, last)
        note(f"{start}..{end} of {recipe.name}, {recipe.codec}, {recipe.sound}, pictures {film.pictures}")
        found = list(media.frames(film.path, start, end))
        assert about_numbers(film, start, end, [number_of(frame.rgb) for frame in found]) == ""
        assert [frame.time for frame in found] == sorted(frame.time for frame in found)
        assert number_in(media.poster(film.path, start)) == film.on_screen(start)
        media.cut(film.path, Clip(start, end), Path(folder) / "cut.mp4")
        assert about_clip(film, start, end, opened(Path(folder) / "cut.mp4")) == ""
