"""What a user points at: the thing under a point, or what fills a box."""

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.engines.base import Control, Hint
from sora_nb.engines.cutout.extraction import extract
from sora_nb.engines.cutout.hint import find
from sora_nb.engines.cutout.masks import bounds, overlap
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.objectness import Objectness
from sora_nb.engines.cutout.segmentation import moving_evidence
from sora_nb.errors import NoSubject
from sora_nb.models import Clip
from tests.quality import clips, filmed, things

pytestmark = pytest.mark.release
LABELLED, VASE, TWINS, RABBIT, BOTTLE, BALL = 0, 10, 14, 15, 22, 30
"""Clips by seed; the twins are two bears, and what is labelled is a parcel before a cup."""


def measured(pictures):
    scene = analyse(pictures)
    return scene, moving_evidence(scene)


@cache
def clip(seed):
    pictures = list(things.frames(things.recipe(seed)))[::3]
    return *measured([picture.rgb for picture in pictures]), pictures


@cache
def hills():
    """A chameleon before hills."""
    return measured([rgb for rgb, _, _ in list(filmed.frames(filmed.recipe(6)))[::4]])


def at(x, y, shape):
    return Hint(x / shape[1], y / shape[0], x / shape[1], y / shape[0])


@settings(max_examples=12)
@given(seed=st.sampled_from([VASE, BOTTLE, BALL]), part=st.floats(0, 1))
def test_a_point_inside_a_thing_gives_that_thing(seed, part):
    scene, evidence, pictures = clip(seed)
    truth = pictures[0].mask
    rows, columns = np.nonzero(cv2.distanceTransform(truth.astype(np.uint8), cv2.DIST_L2, 5) > 9)
    number = int(part * (len(rows) - 1))
    found = find(scene, evidence, at(columns[number], rows[number], truth.shape))
    assert found.mask[rows[number], columns[number]]
    assert overlap(found.mask, truth) > overlap(found.mask, pictures[0].other)
    assert (found.mask & truth).sum() > 0.5 * found.mask.sum()


@pytest.mark.parametrize(("seed", "x", "y"), [(RABBIT, 364, 300), (LABELLED, 360, 242)])
def test_a_point_on_a_belly_or_a_label_gives_the_whole_thing(seed, x, y):
    scene, evidence, pictures = clip(seed)
    truth = pictures[0].mask
    assert overlap(find(scene, evidence, at(x, y, truth.shape)).mask, truth) > 0.8


@settings(max_examples=8)
@given(seed=st.sampled_from([VASE, BALL]), x=st.floats(0.02, 0.3), y=st.floats(0.75, 0.98))
def test_a_point_on_the_table_is_refused(seed, x, y):
    scene, evidence, _ = clip(seed)
    with pytest.raises(NoSubject, match="only background"):
        find(scene, evidence, Hint(x, y, x, y))


@settings(max_examples=6)
@given(x=st.floats(0.02, 0.15), y=st.floats(0.65, 0.9))
def test_what_moves_beside_the_point_is_not_taken(x, y):
    scene, evidence = hills()
    with pytest.raises(NoSubject, match="only background"):
        find(scene, evidence, Hint(x, y, x, y))


@pytest.mark.parametrize("seed", [VASE, TWINS, BALL])
def test_a_box_around_a_thing_gives_that_thing_to_all_four_sides(seed):
    scene, evidence, pictures = clip(seed)
    truth = pictures[0].mask
    height, width = truth.shape
    left, top, wide, tall = bounds(truth)
    found = find(scene, evidence, Hint(left / width, top / height, (left + wide) / width, (top + tall) / height))
    assert overlap(found.mask, truth) > 0.85
    assert np.abs(np.subtract(bounds(found.mask), (left, top, wide, tall))).max() < 0.1 * max(wide, tall)


def plain(level=120):
    random = np.random.default_rng(level)
    return [np.clip(random.normal(level, 4, (180, 320, 3)), 0, 255).astype(np.uint8) for _ in range(5)]


@cache
def nothing():
    return measured(plain())


@settings(max_examples=8)
@given(x=st.floats(0, 1), y=st.floats(0, 1))
def test_a_point_on_plain_background_is_refused(x, y):
    with pytest.raises(NoSubject, match="only background") as refused:
        find(*nothing(), Hint(x, y, x, y))
    assert "box" in refused.value.hint


def test_a_box_that_nothing_fills_is_refused():
    pictures = plain()
    for picture in pictures:
        cv2.circle(picture, (100, 90), 8, (230, 40, 30), -1)
    with pytest.raises(NoSubject, match="does not fill"):
        find(*measured(pictures), Hint(0.1, 0.1, 0.8, 0.9))


def test_a_thing_that_never_moves_is_cut_out(tmp_path):
    plan = things.recipe(VASE)
    truth = things.make(plan, tmp_path / "vase.mp4")[0].mask
    rows, columns = np.nonzero(truth)
    hint = at(columns.mean(), rows.mean(), truth.shape)
    cutout = extract(tmp_path / "vase.mp4", Clip(start=0, end=clips.SECONDS), Control(), hint)
    left, top, right, bottom = cutout.box
    box = bounds(truth)
    assert (left * 640, top * 360, (right - left) * 640, (bottom - top) * 360) == pytest.approx(box, abs=8)


@pytest.mark.parametrize("seed", [VASE, BALL])
def test_a_box_as_close_as_a_hand_draws_it_is_no_doubt(seed):
    scene, evidence, pictures = clip(seed)
    left, top, wide, tall = bounds(pictures[0].mask)
    height, width = scene.shape
    edges = left / width - 0.02, top / height - 0.02, (left + wide) / width + 0.02, (top + tall) / height + 0.02
    assert find(scene, evidence, Hint(*edges)).doubts == ()


def waisted(seed, shaded):
    """Return pictures of two discs with a waist between them on grass, the true mask, and the box around it.

    Args:
        seed: of the grass.
        shaded: whether their right sides are in the shade, as dark as the grass.
    """
    random = np.random.default_rng(seed)
    grass = cv2.GaussianBlur(random.normal(0, 60, (180, 320, 1)), (0, 0), 1.5)[..., None]
    ground = np.array([40, 90, 30]) + grass
    mask = np.zeros((180, 320), np.uint8)
    for row, radius in ((60, 34), (125, 40)):
        cv2.circle(mask, (160, row), radius, 1, -1)
    light = np.ones((1, 320, 1)) if not shaded else 1 - 0.8 * np.clip((np.arange(320) - 160) / 40, 0, 1)[None, :, None]
    thing = np.array([190, 160, 60]) * light
    picture = np.where(mask[..., None] > 0, thing, ground)
    pictures = [np.clip(picture + random.normal(0, 2, picture.shape), 0, 255).astype(np.uint8) for _ in range(3)]
    left, top, wide, tall = bounds(mask > 0)
    hint = Hint((left - 3) / 320, (top - 3) / 180, (left + wide + 3) / 320, (top + tall + 3) / 180)
    return pictures, mask > 0, hint


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6))
def test_a_box_does_not_take_the_grass_beside_a_waist(seed):
    pictures, mask, hint = waisted(seed, shaded=False)
    assert overlap(find(*measured(pictures), hint).mask, mask) > 0.93


@settings(max_examples=6)
@given(seed=st.integers(0, 10**6))
def test_a_side_in_the_shade_stays_though_it_is_as_dark_as_the_grass(seed):
    pictures, mask, hint = waisted(seed, shaded=True)
    found = find(*measured(pictures), hint).mask
    assert np.count_nonzero(found & mask) > 0.93 * np.count_nonzero(mask)


@pytest.mark.parametrize(("x", "y"), [(0.312, 0.25), (0.876, 0.35), (0.876, 0.45)])
def test_a_piece_of_the_hills_that_ends_without_an_edge_is_background(x, y):
    with pytest.raises(NoSubject, match="only background"):
        find(*hills(), Hint(x, y, x, y))


@settings(max_examples=30)
@given(x=st.integers(40, 280), y=st.integers(40, 140), radius=st.integers(12, 30), cut=st.floats(-0.5, 0.5))
def test_what_a_box_ends_is_told_from_what_ends_by_itself(x, y, radius, cut):
    picture = plain()[0]
    cv2.circle(picture, (x, y), radius, (230, 40, 30), -1)
    disc = cv2.circle(np.zeros(picture.shape[:2], np.uint8), (x, y), radius, 1, -1) > 0
    patch = cv2.rectangle(np.zeros_like(disc, np.uint8), (x - 9, y - 9), (x + 9, y + 9), 1, -1) > 0
    half = disc.copy()
    half[:, x + round(cut * radius) :] = False
    objectness = Objectness(picture, np.zeros_like(disc))
    assert objectness.unended(disc) < 0.05
    assert objectness.unended(half) > 0.15
    picture = plain()[0]
    assert Objectness(picture, np.zeros_like(disc)).unended(patch) > 0.5
