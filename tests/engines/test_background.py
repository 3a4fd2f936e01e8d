"""What a background model says about the pixels of a picture, and when it decides."""

import numpy as np
import pytest

from sora_nb.engines.cutout.background import second_evidence
from sora_nb.engines.cutout.motion import analyse

WIDE, TALL, SIDE = 160, 120, 30


def walk(shadow, step=12, flicker=0):
    """Return pictures of a red square that crosses a rough wall, a shadow under it, and the square's masks.

    Args:
        shadow: part of the light that the shadow leaves.
        step: pixels that the square goes from picture to picture.
        flicker: levels by which specks of the wall beside it change.
    """
    random = np.random.default_rng(5)
    wall = random.integers(120, 220, (TALL // 4, WIDE // 4, 3)).repeat(4, 0).repeat(4, 1)
    pictures, masks = [], []
    for number in range(10):
        left = 10 + step * number
        picture = wall.astype(float)
        picture[20:36] += flicker * random.choice([-1, 1], (4, WIDE // 4, 1)).repeat(4, 0).repeat(4, 1)
        picture[70:90, left : left + SIDE] *= shadow
        picture[40:70, left : left + SIDE] = (210, 40, 30)
        mask = np.zeros((TALL, WIDE), bool)
        mask[40:70, left : left + SIDE] = True
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
        masks.append(mask)
    return pictures, masks


def test_a_cast_shadow_is_not_the_subject():
    pictures, masks = walk(shadow=0.7)
    odds = second_evidence(analyse(pictures), masks).log_odds[5]
    assert odds[45:65, 75:95].mean() > 1
    assert odds[74:86, 75:95].mean() < 0


def test_a_black_part_is_no_shadow():
    pictures, masks = walk(shadow=0.1)
    odds = second_evidence(analyse(pictures), masks).log_odds[5]
    assert odds[74:86, 75:95].mean() > 1


@pytest.mark.parametrize(
    ("how", "decisive"),
    [({}, True), ({"step": 1}, False), ({"flicker": 60}, False)],
    ids=["walks", "stays before what it hides", "leaves flicker beside it"],
)
def test_the_model_decides_where_it_was_seen_behind_the_subject_and_nothing_else_differs_from_it(how, decisive):
    pictures, masks = walk(shadow=1.0, **how)
    assert second_evidence(analyse(pictures), masks).decisive == decisive
