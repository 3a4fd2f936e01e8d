"""Clips that nobody can be cut out of, or hardly: each gives a cut-out or a refusal, and never a warning of NumPy or OpenCV."""

from __future__ import annotations

import warnings

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quality.clips import write

from sora_nb.engines.base import Control, Hint
from sora_nb.engines.cutout.extraction import extract, measure
from sora_nb.engines.cutout.look import CutoutLook
from sora_nb.errors import MediaError, NoSubject
from sora_nb.models import Clip

SIZES = [(64, 64), (360, 640), (90, 160), (160, 90), (36, 320), (180, 320)]
COUNTS = [1, 2, 3, 5, 24]


def plain(level):
    return lambda height, width, count, random: [np.full((height, width, 3), level, np.uint8)] * count


def noise(height, width, count, random):
    return [random.integers(0, 256, (height, width, 3), np.uint8) for _ in range(count)]


def still(height, width, count, random):
    return [cv2.resize(random.integers(0, 256, (9, 16, 3), np.uint8), (width, height))] * count


def block(share):
    """A block of one colour that goes across a plain wall; it takes this share of the height and the width."""

    def drawn(height, width, count, random):
        wall, coat = random.integers(0, 256, (2, 3), np.uint8)
        tall, wide = max(1, int(share * height)), max(1, int(share * width))
        for number in range(count):
            picture = np.full((height, width, 3), wall, np.uint8)
            left = int((width - wide) * number / count)
            picture[(height - tall) // 2 :, left : left + wide] = coat
            yield picture

    return drawn


def blinking(height, width, count, random):
    return [np.full((height, width, 3), 255 * (number % 2), np.uint8) for number in range(count)]


def bars(height, width, count, random):
    """A film between black bars, which are most of it."""
    for picture in block(0.5)(height, width, count, random):
        framed = np.zeros_like(picture)
        framed[int(0.3 * height) : int(0.7 * height), int(0.3 * width) : int(0.7 * width)] = cv2.resize(
            picture, (int(0.7 * width) - int(0.3 * width), int(0.7 * height) - int(0.3 * height))
        )
        yield framed


def lace(height, width, count, random):
    """Thin twigs all over the middle, of a colour that is nowhere else."""
    picture = np.full((height, width, 3), 200, np.uint8)
    for x in range(width // 5, 4 * width // 5, 9):
        cv2.line(picture, (x, height // 5), (x + 4, 4 * height // 5), (40, 90, 20), 1)
    cv2.line(picture, (width // 5, height // 2), (4 * width // 5, height // 2), (40, 90, 20), 1)
    return [np.roll(picture, number % 2, 1) for number in range(count)]


FILMS = {
    "black": plain(0), "white": plain(255), "grey": plain(128), "noise": noise, "still": still, "blinking": blinking,
    "speck": block(0.02), "small": block(0.2), "half": block(0.5), "covering": block(0.97), "everything": block(1.0),
    "bars": bars, "lace": lace,
}  # fmt: skip
HINTS = [None, Hint(0.5, 0.5, 0.5, 0.5), Hint(0, 0, 1, 1), Hint(0.99, 0.99, 1, 1), Hint(0.1, 0.1, 0.11, 0.11)]


def tried(video, clip, hint):
    """Extract with every warning an error; None where the clip is refused."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        try:
            return extract(video, clip, Control(), hint)
        except (NoSubject, MediaError):
            return None


@pytest.mark.parametrize("kind", FILMS)
def test_a_hostile_clip_is_cut_out_or_refused_in_silence(tmp_path, kind):
    height, width, count = (64, 96, 6)
    write(FILMS[kind](height, width, count, np.random.default_rng(3)), tmp_path / "a.mp4", crf=20)
    cutout = tried(tmp_path / "a.mp4", Clip(start=0, end=count / 24), None)
    assert cutout is None or (cutout.frames[0].shape[2] == 4 and 0 <= cutout.quality <= 1)


@pytest.mark.release
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    kind=st.sampled_from(sorted(FILMS)),
    size=st.sampled_from(SIZES),
    count=st.sampled_from(COUNTS),
    hint=st.sampled_from(HINTS),
    seed=st.integers(0, 99),
)
def test_whatever_is_filmed_is_cut_out_or_refused_in_silence(tmp_path, kind, size, count, hint, seed):
    write(FILMS[kind](*size, count, np.random.default_rng(seed)), tmp_path / "a.mp4", crf=20)
    clip = Clip(start=0, end=count / 24)
    cutout = tried(tmp_path / "a.mp4", clip, hint)
    assert cutout is None or all(np.isfinite(frame).all() for frame in cutout.frames)


@pytest.mark.parametrize("kind", ["black", "noise", "everything"])
def test_subjects_of_a_hostile_clip_are_found_in_silence(tmp_path, kind):
    write(FILMS[kind](64, 96, 5, np.random.default_rng(1)), tmp_path / "a.mp4", crf=20)
    with np.errstate(all="raise", under="ignore"):
        look = CutoutLook(measure(tmp_path / "a.mp4", Clip(start=0, end=0.2), Control()))
        assert all(0 <= one.time <= 1 and min(one.box) >= 0 and max(one.box) <= 1 for one in look.subjects)
