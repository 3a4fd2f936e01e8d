"""What is in somebody's hand is told, and empty hands and clothes are not taken for it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from sora_nb.engines.cutout.held import holds
from sora_nb.engines.cutout.motion import analyse
from sora_nb.vision.faces import Face

SKIN, SHIRT, TROUSERS, CUP = (205, 160, 135), (60, 80, 150), (50, 60, 110), (40, 150, 60)
FACE = Face(135, 20, 50, 60, "front")
HAND, BEFORE_THE_CHEST = (90, 160), (160, 158)
BROWN = (150, 110, 60)
FRONT = ([(120, 80), (200, 80), (160, 165)], (240, 240, 235))
"""What a jacket leaves open of a shirt, from the collar downwards."""
TIE = ([(152, 80), (168, 80), (168, 185), (152, 185)], (120, 20, 30))
PATCHES = [
    (
        [
            (x - grown, y - grown),
            (x + 22 + grown, y - grown),
            (x + 22 + grown, y + 22 + grown),
            (x - grown, y + 22 + grown),
        ],
        colour,
    )
    for x, y in ((80, 105), (80, 160), (145, 165), (215, 105), (215, 160))
    for grown, colour in ((6, (90, 40, 40)), (0, SKIN))
]
HEIGHT, WIDTH = 240, 320


def filmed(*, cup=None, skin=SKIN, hand=True, grey=False, at=HAND, high=45, worn=()):
    """Draw somebody in a shirt, with a hand and something in it, four times with other noise; return scene and masks.

    Args:
        at: where the hand is.
        high: the height of what is held.
        worn: outlines on the shirt, with their colours.
    """
    picture = np.full((HEIGHT, WIDTH, 3), 220, np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for drawn, colours in ((picture, (skin, SHIRT, TROUSERS)), (mask, (1, 1, 1))):
        cv2.ellipse(drawn, ((160, 50), (50, 64), 0), colours[0], -1)
        cv2.rectangle(drawn, (70, 95), (250, 200), colours[1], -1)
        cv2.rectangle(drawn, (90, 200), (230, 239), colours[2], -1)
    for outline, colour in worn:
        cv2.fillPoly(picture, [np.array(outline)], colour)
    x, y = at
    if cup:
        cv2.rectangle(picture, (x - 10, y - high), (x + 22, y), cup, -1)
    if hand:
        cv2.ellipse(picture, (at, (36, 26), 0), skin, -1)
    random = np.random.default_rng(3)
    pictures = [np.clip(picture + random.normal(0, 2, picture.shape), 0, 255).astype(np.uint8) for _ in range(4)]
    if grey:
        pictures = [cv2.cvtColor(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) for each in pictures]
    return analyse(pictures), [mask > 0] * 4


FACES = dict.fromkeys(range(4), FACE)


@pytest.mark.parametrize("skin", [SKIN, (110, 75, 55), (235, 200, 180)])
def test_what_is_in_a_hand_is_seen(skin):
    assert holds(*filmed(cup=CUP, skin=skin), FACES)


@pytest.mark.parametrize(("cup", "worn"), [(CUP, ()), (BROWN, [FRONT])], ids=["green", "brown, before a white shirt"])
def test_what_is_held_up_to_the_chin_is_seen(cup, worn):
    assert holds(*filmed(cup=cup, at=BEFORE_THE_CHEST, high=50, worn=worn), FACES)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"hand": False},
        {"cup": CUP, "hand": False},
        {"cup": SHIRT},
        {"cup": CUP, "grey": True},
        {"at": (160, 135), "worn": [FRONT]},
        {"at": (160, 140), "worn": [TIE]},
        {"hand": False, "worn": PATCHES},
    ],
    ids=[
        "an empty hand",
        "no hand",
        "a print without a hand",
        "a cuff",
        "a grey film",
        "a hand before a white shirt",
        "a hand before a tie",
        "patches that have the colour of skin",
    ],
)
def test_what_may_be_clothes_is_not(shown):
    assert not holds(*filmed(**shown), FACES)


def test_a_face_at_the_edge_of_the_picture_is_no_error():
    scene, masks = filmed(cup=CUP)
    for face in (Face(-40, -50, 50, 60, "front"), Face(315, 230, 50, 60, "front"), Face(0, 0, 1, 1, "front")):
        assert not holds(scene, masks, {0: face})


def test_an_empty_mask_holds_nothing():
    scene, masks = filmed(cup=CUP)
    assert not holds(scene, [np.zeros_like(mask) for mask in masks], FACES)
