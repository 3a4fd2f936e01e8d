"""A limb that the masks have lost in some pictures is found again; what never moves is not added."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sora_nb.engines.cutout.background import second_evidence
from sora_nb.engines.cutout.completion import complete
from sora_nb.engines.cutout.masks import overlap
from sora_nb.engines.cutout.motion import analyse

SIDE = (240, 320)
SWING = (0, 6, 12, 18, 24, 24, 24, 24, 24, 18, 12, 6)
"""How far the arm is lowered in each picture: it also rests."""


@pytest.fixture(scope="module")
def filmed():
    """Return pictures of a body whose thin arm swings before a rough wall, the true masks, and those without the arm."""
    random = np.random.default_rng(3)
    rough = cv2.GaussianBlur(random.normal(0, 60, (*SIDE, 3)), (0, 0), 2)
    wall = np.clip(np.array([60, 120, 50]) + 2 * rough, 0, 255).astype(np.uint8)
    fur = np.clip(np.array([190, 185, 200]) + rough, 0, 255).astype(np.uint8)
    pictures, whole, armless = [], [], []
    for number, low in enumerate(SWING):
        x = 130 + number
        body, arm = np.zeros(SIDE, np.uint8), np.zeros(SIDE, np.uint8)
        cv2.ellipse(body, (x, 150), (40, 65), 0, 0, 360, 1, -1)
        cv2.line(arm, (x + 30, 120), (x + 100, 80 + 2 * low), 1, 12)
        moved = np.roll(fur, number, axis=1)
        true = (body | arm) > 0
        pictures.append(np.where(true[..., None], moved, wall))
        whole.append(true)
        armless.append(body > 0)
    return pictures, whole, armless


def test_a_lost_arm_is_found_again(filmed):
    pictures, whole, armless = filmed
    masks = [
        short if 3 <= number <= 8 else true for number, (true, short) in enumerate(zip(whole, armless, strict=True))
    ]
    scene = analyse(pictures)
    found = complete(scene, second_evidence(scene, masks), masks)
    assert min(overlap(*pair) for pair in zip(found, whole, strict=True)) > 0.95


def test_whole_masks_stay_as_they_are(filmed):
    pictures, whole, _ = filmed
    scene = analyse(pictures)
    found = complete(scene, second_evidence(scene, whole), whole)
    assert min(overlap(*pair) for pair in zip(found, whole, strict=True)) > 0.95


def test_pictures_without_the_subject_stay_without_it(filmed):
    pictures, whole, _ = filmed
    masks = [np.zeros_like(true) if number in {0, 5, 11} else true for number, true in enumerate(whole)]
    scene = analyse(pictures)
    found = complete(scene, second_evidence(scene, masks), masks)
    assert not found[5].any()
    assert overlap(found[6], whole[6]) > 0.95


@pytest.fixture(scope="module")
def crossing():
    """Return pictures of somebody who crosses a wall, his head as grey as its upper part, and the masks with and without it."""
    random = np.random.default_rng(8)
    rough = cv2.GaussianBlur(random.normal(0, 30, (*SIDE, 1)), (0, 0), 2)[..., None]
    rows = np.arange(SIDE[0])[:, None, None]
    wall = np.where(rows < 110, 150, 60) + rough + np.array([0, 0, 0])
    pictures, whole, headless = [], [], []
    for number in range(12):
        x = 50 + 18 * number
        body, head = np.zeros(SIDE, np.uint8), np.zeros(SIDE, np.uint8)
        cv2.rectangle(body, (x - 25, 100), (x + 25, 210), 1, -1)
        cv2.circle(head, (x, 80), 24, 1, -1)
        picture = np.where(body[..., None] > 0, np.array([200.0, 60, 60]), wall)
        picture = np.where(head[..., None] > 0, np.array([185.0, 185, 185]), picture)
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
        whole.append((body | head) > 0)
        headless.append((body > 0) & (head == 0))
    return pictures, whole, headless


def test_a_head_as_grey_as_the_wall_is_found_where_motion_decides(crossing):
    pictures, whole, headless = crossing
    scene = analyse(pictures)
    evidence = second_evidence(scene, whole)
    assert evidence.decisive
    found = complete(scene, evidence, headless)
    undecided = complete(scene, replace(evidence, decisive=False), headless)
    assert min(overlap(*pair) for pair in zip(found, whole, strict=True)) > 0.9
    assert np.mean([overlap(*pair) for pair in zip(undecided, whole, strict=True)]) < 0.9
