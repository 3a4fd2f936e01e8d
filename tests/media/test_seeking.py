"""Whatever a container's own seek does: the pictures of a window begin with the one on screen, and none is lost."""

from __future__ import annotations

import bisect
import tempfile
from contextlib import contextmanager
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import av
import muxing
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numbered import number_of

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.media.clock import Clock
from sora_nb.media.filmstrip import filmstrip, key_frames
from sora_nb.media.seeking import is_flash

KINDS = {"mp4": "libx264", "mkv": "libx264", "ts": "libx264", "webm": "libvpx", "flv": "libx264"}
STEPS = st.sampled_from([0.008, 0.017, 0.033, 0.04, 0.1, 0.3, 1.1])


@st.composite
def films(draw):
    """Kind of container, times of the pictures, key frames, pictures between."""
    steps = draw(st.one_of(st.lists(STEPS, min_size=5, max_size=40), st.just([0.04] * 60)))
    begin = draw(st.sampled_from([0.0, 0.5]))
    return (
        draw(st.sampled_from(sorted(KINDS))),
        tuple(round(begin + time, 3) for time in accumulate([0.0, *steps])),
        draw(st.sampled_from([1, 7, 25, 250])),
        draw(st.sampled_from([0, 2])),
    )


def written(folder, film, **more):
    kind, times, gop, between = film
    return muxing.film(Path(folder) / f"film.{kind}", times, codec=KINDS[kind], gop=gop, between=between, **more)


def clock_times(path, times):
    """Return when a player shows pictures written at some times."""
    with av.open(str(path), format=media.container.container_name(path)) as container:
        shift = float(Clock.of(container).origin)
        stream = container.streams.video[0]
        told = stream.start_time is not None  # of short films of key frames alone, it is not
        first = float(stream.start_time * stream.time_base) - times[0] if told else 0.0
    return [time + first - shift for time in times]


def due(times, start, end):
    """Number the pictures that a window shows: the one on screen at its start, and those that follow."""
    first = max(0, bisect.bisect_right(times, start + 1e-4) - 1)
    return [number for number, time in enumerate(times) if number == first or (number > first and time < end - 1e-4)]


def check_window(path, times, start, end):
    found = list(media.frames(path, start, end))
    numbers = [number_of(frame.rgb) for frame in found]
    right = due(times, start, end)
    assert numbers in (right, right[:-1])  # but for a flash at the end
    assert all(a.time < b.time for a, b in pairwise(found))
    assert found[0].time == pytest.approx(max(start, times[right[0]]), abs=0.002)
    listed = media.picture_times(path, start, end)
    assert [max(start, time) for time in listed] == pytest.approx([frame.time for frame in found], abs=1e-6)


@contextmanager
def checked(film, place, length):
    """Write a film and check a window of it; yields the file and the times of its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, film)
        times = clock_times(path, film[1])
        start = round(place * times[-1], 2)
        check_window(path, times, start, start + length)
        yield path, times


EXAMPLES = settings(max_examples=6, suppress_health_check=list(HealthCheck), derandomize=True)


@EXAMPLES
@given(film=films(), place=st.floats(0, 1), length=st.sampled_from([0.3, 2.0]))
@example(film=("ts", tuple(number / 25 for number in range(150)), 50, 2), place=0.4, length=2.0)
@example(film=("ts", tuple(number / 25 for number in range(100)), 250, 2), place=0.7, length=0.3)
@example(film=("mp4", (0, 0.1, 0.2, 0.5, 4.6, 4.7, 4.8, 9.0), 25, 0), place=0.22, length=2.0)
def test_a_window_begins_with_the_picture_on_screen(film, place, length):
    with checked(film, place, length):
        pass


@pytest.mark.release
@settings(EXAMPLES, max_examples=150)
@given(film=films(), place=st.floats(0, 1), length=st.sampled_from([0.1, 0.3, 1.0, 2.0, 5.0]))
def test_a_window_of_any_film_begins_with_the_picture_on_screen(film, place, length):
    with checked(film, place, length) as (path, times):
        assert media.probe(path).duration >= times[-1]
        assert number_of(next(media.frames(path, times[-1] + 9)).rgb) == len(times) - 1
        assert len(filmstrip(path, 5, height=24).times) == 5


def test_pictures_between_two_millisecond_handles(tmp_path):
    """The end of a clip is a millisecond's number, a picture of 29.97 a second comes at none."""
    rate = Fraction(30_000, 1001)
    times = [float(number / rate) for number in range(90)]
    path = muxing.film(tmp_path / "a.mp4", times, rate=rate)
    assert [number_of(frame.rgb) for frame in media.frames(path, 2.0, 2.1)] == [59, 60, 61, 62]
    assert [number_of(frame.rgb) for frame in media.frames(path, float(60 / rate), 2.1)] == [60, 61, 62]


@pytest.mark.parametrize(("shown", "usual", "flash"), [(0.02, 0.04, True), (0.021, 0.04, False), (0.3, 4.2, False)])
def test_a_last_picture_seen_for_less_than_half_its_time_is_left_out(shown, usual, flash):
    assert is_flash(shown, usual) is flash


def test_an_avi_whose_stamps_are_those_of_decoding(tmp_path):
    path = muxing.film(tmp_path / "a.avi", [number / 25 for number in range(60)], between=2)
    assert [number_of(frame.rgb) for frame in media.frames(path)] == list(range(60))
    times = [frame.time for frame in media.frames(path)]
    assert np.diff(times) == pytest.approx([0.04] * 59)


def test_mpeg_program_streams_and_segments_are_opened(tmp_path):
    path = muxing.film(tmp_path / "a.mpg", [number / 25 for number in range(60)], codec="mpeg2video", gop=12, between=2)
    assert number_of(next(media.frames(path, 1.0, 1.2)).rgb) == 25
    whole = muxing.film(tmp_path / "a.mp4", [number / 25 for number in range(30)]).read_bytes()
    (tmp_path / "b.mp4").write_bytes(b"\0\0\0\x18stypmsdh\0\0\0\0msdhmsix" + whole[whole.index(b"ftyp") + 20 :])
    with pytest.raises(MediaError):  # a box was broken off
        media.probe(tmp_path / "b.mp4")


def test_a_damaged_picture_costs_that_picture(tmp_path):
    path = muxing.film(tmp_path / "a.avi", [number / 25 for number in range(50)], codec="mjpeg")
    content = bytearray(path.read_bytes())
    place = [at for at in range(len(content)) if content[at : at + 4] == b"00dc"][
        21
    ] + 8  # the first one is in the index
    size = int.from_bytes(content[place - 4 : place], "little")
    content[place : place + size] = bytes(size)
    path.write_bytes(content)
    lost = []
    found = [number_of(frame.rgb) for frame in media.frames(path, lost=lost)]
    assert found == [number for number in range(50) if number != 20]
    assert lost == pytest.approx([0.8])


@pytest.mark.parametrize("kind", ["ts", "mp4", "webm"])
def test_key_frames_lie_at_or_before_their_times(tmp_path, kind):
    path = written(tmp_path, (kind, tuple(number / 25 for number in range(150)), 25, 0))
    found = list(key_frames(path, [0.5, 2.5, 4.9], height=24))
    assert [number_of(frame.rgb) for frame in found] == [0, 50, 100]
