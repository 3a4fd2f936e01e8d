"""Cuts are found by what is in the pictures: made films whose cuts are known, and what is often mistaken for one."""

from __future__ import annotations

import av
import cv2
import numpy as np
import pytest
import shots
from quality import clips

from sora_nb.vision.cuts import cuts, thumb

NIGHT = 0.08


def seeds(start, few, many):
    """A few seeds for every day, more of them for a release."""
    return [
        pytest.param(seed, marks=() if seed < start + few else pytest.mark.release)
        for seed in range(start, start + many)
    ]


def found(path, pictures, *, grain=0.0, crf=28):
    """Encode pictures of floats as a camera would, and return where cuts are found in what is decoded."""
    clips.write(shots.developed(pictures, grain=grain), path, crf=crf)
    with av.open(str(path)) as container:
        return cuts([thumb(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "film.mp4"


@pytest.mark.parametrize("grain", [0, 4])
@pytest.mark.parametrize("light", [1.0, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("seed", seeds(0, 3, 14))
def test_a_cut_is_found_at_its_place(path, seed, light, grain):
    before, after = (shots.shot(number, 14, light=light) for number in (seed, 51 + seed))
    assert found(path, [*before, *after], grain=grain) == [13]


def test_a_cut_between_two_plain_pictures_is_told_by_their_colours(path):
    red, blue = (np.full((90, 160, 3), colour, float) for colour in ((0.8, 0.2, 0.1), (0.1, 0.2, 0.8)))
    assert found(path, [red] * 8 + [blue] * 8) == [7]


@pytest.mark.parametrize("seed", seeds(0, 2, 8))
def test_a_cut_through_a_picture_of_both_shots_is_found(path, seed):
    before, after = list(shots.shot(seed, 10)), list(shots.shot(93 + seed, 10))
    assert found(path, [*before, (before[-1] + after[0]) / 2, *after]) in ([9], [10])


@pytest.mark.parametrize("light", [1.0, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("camera", shots.CAMERAS)
@pytest.mark.parametrize("seed", seeds(200, 1, 6))
def test_motion_is_no_cut(path, seed, camera, light):
    assert found(path, shots.shot(seed, 24, light=light, camera=camera), grain=3) == []


@pytest.mark.parametrize("seed", seeds(210, 2, 14))
@pytest.mark.parametrize(
    "change",
    [
        lambda seed: shots.flash(shots.shot(seed, 30), 14, 1 + seed % 3),
        lambda seed: shots.lamp(shots.shot(seed, 30), 14),
        lambda seed: shots.faded(shots.shot(seed, 48), 24, 20),
        lambda seed: shots.whipped(seed, 30, 12, (5, 8, 12)[seed % 3]),
    ],
    ids=["flash", "lamp", "fade", "whip pan"],
)
def test_what_is_often_mistaken_for_a_cut_is_none(path, change, seed):
    assert found(path, change(seed), grain=seed % 4) == []


@pytest.mark.parametrize("level", [0, 255])
def test_pictures_without_anything_in_them_are_one_shot(path, level):
    assert found(path, [np.full((90, 160, 3), level / 255)] * 12, grain=3) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_and_tiny_pictures_are_looked_at(count):
    assert cuts([thumb(np.zeros((2, 2, 3), np.uint8))] * count) == []


def test_pictures_that_were_decoded_at_different_sizes_are_compared():
    random = np.random.default_rng(3)
    picture = cv2.resize(random.integers(0, 255, (30, 41, 3), np.uint8), (1000, 691), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(picture, (160, 111), interpolation=cv2.INTER_AREA)
    assert thumb(picture).structure.shape != thumb(small).structure.shape
    assert cuts([thumb(picture), thumb(small), thumb(picture), thumb(small)]) == []
