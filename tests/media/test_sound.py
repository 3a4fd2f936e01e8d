"""The sound of a window is that of its seconds, to the sample, in whatever pieces and units a file keeps it."""

from __future__ import annotations

import muxing
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numbered import second_of, tone

from sora_nb.media.sound import RATE, sound

TIMES = [number / 25 for number in range(125)]
KINDS = {
    "a.mp4": {},
    "b.webm": {"codec": "libvpx", "sound_codec": "libopus"},
    "c.mkv": {},
    "d.ts": {},
    "e.avi": {"codec": "mjpeg", "sound_codec": "pcm_s16le", "sound_rate": 44_100},
    "f.mkv": {"sound_codec": "flac", "sound_rate": 44_100},
}


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Films of five seconds whose sound goes from 0.4 to 4.2."""
    folder = tmp_path_factory.mktemp("films")
    spans = {name: (0.0, 4.2) if name.endswith("avi") else (0.4, 4.2) for name in KINDS}
    return {
        name: (muxing.film(folder / name, TIMES, sound=spans[name], **more), spans[name])
        for name, more in KINDS.items()
    }


def heard(path, start, end):
    return np.concatenate(list(sound(path, start, end)), axis=1)[0]


def right(span, start, end):
    """The samples that a window should have."""
    samples = np.zeros(round((end - start) * RATE), np.float32)
    first, last = max(start, span[0]), min(end, span[1])
    if last > first:
        at = round((first - start) * RATE)
        piece = tone(first, last - first, RATE)
        samples[at : at + len(piece)] = piece[: len(samples) - at]
    return samples


def lag(samples, other):
    """By how many samples the second is behind the first."""
    size = len(samples) * 2
    match = np.fft.irfft(np.conj(np.fft.rfft(samples, size)) * np.fft.rfft(other, size))
    best = int(np.argmax(match))
    return best - size if best > size // 2 else best


@settings(max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(KINDS)), start=st.integers(0, 450), length=st.sampled_from([0.2, 1.0, 2.5]))
def test_sound_lies_at_its_seconds(films, name, start, length):
    path, span = films[name]
    begin, end = start / 100, start / 100 + length
    found = heard(path, begin, end)
    assert len(found) == round(length * RATE)
    for number in range(round(length * 10)):
        time = begin + number / 10
        if any(time - 0.03 < edge < time + 0.13 for edge in (*span, *range(6))):
            continue  # a coder smears where sound begins, ends or changes
        second = int(time) if span[0] < time < span[1] else None
        assert second_of(found[number * RATE // 10 : (number + 1) * RATE // 10], RATE) == second


@pytest.mark.parametrize("name", sorted(KINDS))
def test_sound_is_in_step_to_the_millisecond(films, name):
    path, span = films[name]
    assert abs(lag(right(span, 1.53, 3.1), heard(path, 1.53, 3.1))) <= RATE // 500


def test_where_there_is_no_sound_there_is_silence(films):
    path, _ = films["b.webm"]
    assert not np.abs(heard(path, 4.6, 5.0)).max()
