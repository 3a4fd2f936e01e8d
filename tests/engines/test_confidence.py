"""A segmentation that is spoilt on purpose loses quality, and the reason fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from quality import clips

from sora_nb.engines.base import Control
from sora_nb.engines.cutout import confidence, extraction, people
from sora_nb.engines.cutout.masks import dilated
from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.segmentation import Segmentation, Signs
from sora_nb.engines.cutout.tracks import Track
from sora_nb.models import Clip
from sora_nb.vision.faces import Face

SIDES = {"left": np.s_[20:80, :40], "right": np.s_[20:80, -40:], "top": np.s_[:60, 40:80], "bottom": np.s_[30:, 40:80]}


def mask_at(place):
    mask = np.zeros((90, 160), bool)
    mask[place] = True
    return mask


@pytest.mark.parametrize("side", SIDES)
def test_every_side_at_which_the_picture_cuts_is_told(side):
    sure = confidence.Confidence(1.0, "")
    said = extraction._doubts([mask_at(SIDES[side])] * 3, sure, " Choose others.", bust=False)
    assert said == [f"The subject is cut off at the {side} of the picture. Choose others."]
    assert extraction._doubts([mask_at(np.s_[20:80, 40:80])] * 3, sure, " Choose others.", bust=False) == []


def test_a_bust_is_told_as_such_and_not_as_a_fault():
    [said] = extraction._doubts([mask_at(np.s_[20:, 40:80])] * 3, confidence.Confidence(1.0, ""), "", bust=True)
    assert "without feet" in said


def test_a_doubt_says_why_and_what_to_do():
    [said] = extraction._doubts(
        [mask_at(np.s_[20:80, 40:80])] * 3, confidence.Confidence(0.0, "It is small."), "", bust=False
    )
    assert "It is small." in said
    assert "subject=(x, y)" in said


@pytest.mark.parametrize("names", [confidence.MOVING[0], confidence.PERSON[0]])
def test_nothing_to_judge_is_no_quality(names):
    assert confidence.weigh(dict.fromkeys(names, 0.0)).quality < extraction.MIN_QUALITY


def test_every_weight_has_a_reason_and_a_usual_value():
    assert set(confidence.MOVING[0]) | set(confidence.PERSON[0]) <= set(confidence.REASONS) == set(confidence.USUAL)


@pytest.mark.parametrize(
    ("weights", "bounding", "weak"),
    [(confidence.MOVING[0], "separate", "colours"), (confidence.PERSON[0], "alone", "whole")],
    ids=["with something larger", "a person with somebody else"],
)
def test_what_is_one_with_something_else_is_doubted_with_the_reason_and_not_refused(weights, bounding, weak):
    usual = {name: confidence.USUAL[name] for name in weights}
    assert confidence.weigh({**usual, bounding: 1.0}).quality >= extraction.DOUBTFUL_QUALITY
    merged = confidence.weigh({**usual, bounding: 0.0})
    assert extraction.MIN_QUALITY < merged.quality < extraction.DOUBTFUL_QUALITY
    assert merged.reason == confidence.REASONS[bounding]
    worse = {**usual, weak: 0.3}
    assert confidence.weigh({**worse, bounding: 0.0}) == confidence.weigh({**worse, bounding: 1.0})


@pytest.mark.parametrize(
    ("undecided", "expected"),
    [(np.s_[:0], 1.0), (np.s_[80:86, 40:80], 0.9), (np.s_[68:80, 40:80], 0.8), (np.s_[20:80, 120:], 1.0)],
    ids=["nowhere", "at the feet", "the feet", "far away"],
)
def test_where_the_network_leans_neither_way_in_and_around_a_person_is_measured(undecided, expected):
    mask = mask_at(np.s_[20:80, 40:80])
    plane = mask.astype(np.float32)
    plane[undecided] = 0.5
    assert people._decided(mask, plane) == pytest.approx(expected)
    assert people._decided(~mask & False, plane) == 0.0


def test_a_person_whom_the_network_does_not_tell_from_the_floor_is_doubted_with_the_reason():
    usual = {name: confidence.USUAL[name] for name in confidence.PERSON[0]}
    doubted = confidence.weigh({**usual, "decided": 0.0})
    assert extraction.MIN_QUALITY < doubted.quality < extraction.DOUBTFUL_QUALITY
    assert doubted.reason == confidence.REASONS["decided"]


@pytest.mark.parametrize(
    ("place", "alone"),
    [
        (np.s_[15:90, 20:56], False),
        (np.s_[:30, 70:120], False),
        (np.s_[20:44, 34:72], False),
        (np.s_[:40, 44:53], True),
        (np.s_[18:26, 20:140], True),
        (np.s_[40:90, 20:140], True),
        (np.s_[20:52, 62:98], True),
    ],
    ids=[
        "somebody beside",
        "somebody above",
        "half of a head behind",
        "an arm that is raised",
        "an arm or a brim",
        "shoulders",
        "hair",
    ],
)
def test_what_is_nearly_as_thick_as_a_face_beside_a_head_is_somebody_else(place, alone):
    mask = mask_at(np.s_[26:90, 68:92])
    mask[place] = True
    face = Face(71, 30, 18, 20, "front")
    segmentation = Segmentation((mask,), (mask,), None, signs=Signs(1, 1, 1, 1, 1), faces={0: face})
    scene = analyse([np.where(mask[..., None], np.uint8(200), np.uint8(60)).repeat(3, 2)])
    assert confidence.features(scene, segmentation, "face")["alone"] == alone


@pytest.mark.parametrize(
    ("place", "alone"),
    [(np.s_[30:52, 68:92], True), (np.s_[20:60, 62:98], False), (np.s_[26:90, 40:120], False)],
    ids=["a face", "a head with its hair", "a bust"],
)
def test_a_face_alone_is_told_from_a_head(place, alone):
    track = Track({0: Face(70, 30, 20, 20, "front"), 1: Face(70, 30, 20, 20, "front")})
    elsewhere = Track({0: Face(10, 10, 20, 20, "front")})
    assert extraction._is_face_alone([mask_at(place)] * 2, [elsewhere, track]) == alone


@pytest.mark.parametrize(
    ("rows", "cut"), [(np.s_[50:], False), (np.s_[20:], True), (np.s_[50:80], True)], ids=["bust", "head", "stands"]
)
def test_shoulders_that_the_sides_cut_are_no_fault_of_a_bust(rows, cut):
    mask = mask_at(np.s_[10:80, 60:100])
    mask[rows, :100] = True
    assert (confidence._cut(mask, Face(60, 15, 30, 30, "front")) > 0.2) == cut


@pytest.mark.parametrize(
    ("place", "near", "far"),
    [
        (np.s_[:, 50:110], Face(60, 15, 40, 40, "front"), Face(73, 50, 14, 14, "front")),
        (np.s_[10:, :60], Face(10, 20, 36, 36, "front"), Face(40, 60, 14, 14, "front")),
        (np.s_[10:, 100:], Face(114, 20, 36, 36, "front"), Face(106, 60, 14, 14, "front")),
    ],
    ids=["top", "left", "right"],
)
def test_hair_that_an_edge_cuts_is_no_fault_of_a_close_up(place, near, far):
    assert confidence._cut(mask_at(place), near) < 0.1
    assert confidence._cut(mask_at(place), far) > 0.2


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "walk.mp4"
    clips.make(clips.recipe(14), path)
    _, scene, segmentation, _ = extraction.track(path, Clip(start=0, end=1), Control())
    return scene, segmentation


def jumping(number, mask):
    return np.roll(mask, (number % 3) * mask.shape[1] // 9, axis=1)


def swollen(_, mask):
    return dilated(mask, 25)


def halved(number, mask):
    half = mask.copy()
    half[: int(np.flatnonzero(mask.any(1)).mean())] = False
    return half if number % 2 else mask


@pytest.mark.release
@pytest.mark.parametrize("spoil", [jumping, swollen, halved])
def test_spoilt_masks_are_less_certain(found, spoil):
    scene, segmentation = found
    spoilt = replace(segmentation, masks=tuple(spoil(number, mask) for number, mask in enumerate(segmentation.masks)))
    good, bad = (confidence.estimate(scene, each, "motion") for each in (segmentation, spoilt))
    assert good.quality >= extraction.DOUBTFUL_QUALITY
    assert bad.quality < good.quality - 0.1
    assert bad.quality < extraction.DOUBTFUL_QUALITY


@pytest.mark.release
def test_motion_parts_the_two_sides_of_a_right_outline_and_of_no_other(found):
    scene, segmentation = found
    parted = {}
    for spoil in (None, swollen, halved):
        masks = [mask if spoil is None else spoil(number, mask) for number, mask in enumerate(segmentation.masks)]
        spoilt = replace(segmentation, masks=tuple(masks))
        parted[spoil] = confidence.features(scene, spoilt, "motion")["parted"]
    assert parted[None] > 0.8
    assert max(parted[swollen], parted[halved]) < parted[None] - 0.1
    assert confidence.features(scene, segmentation, "hint")["parted"] == confidence.UNTOLD


def test_what_rests_is_found_where_the_network_seconds_it(monkeypatch):
    monkeypatch.setattr(confidence, "_found", lambda *_: 0.0)
    shape = np.zeros((90, 160), bool)
    shape[20:70, 50:110] = True
    picture = np.where(shape[..., None], np.uint8(200), np.uint8(60)).repeat(3, 2)
    scene = analyse([picture] * 2)
    qualities = []
    for seconded in (0.0, 0.7, 0.86, 1.0):
        segmentation = Segmentation((shape,) * 2, (shape,) * 2, None, seconded=seconded)
        qualities.append(confidence.estimate(scene, segmentation, "saliency").quality)
    assert qualities[0] == qualities[1] < qualities[2] < qualities[3]
