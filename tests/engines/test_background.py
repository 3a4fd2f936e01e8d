"""What a background plate says about the pixels of a picture."""

import numpy as np

from sora_nb.engines.cutout.background import second_evidence
from sora_nb.engines.cutout.motion import analyse

WIDE, TALL, SIDE = 160, 120, 30


def walk(shadow):
    """Return pictures of a red square that crosses a rough wall, a shadow under it, and the square's masks."""
    random = np.random.default_rng(5)
    wall = random.integers(120, 220, (TALL // 4, WIDE // 4, 3)).repeat(4, 0).repeat(4, 1)
    pictures, masks = [], []
    for number in range(10):
        left = 10 + 12 * number
        picture = wall.astype(float)
        picture[70:90, left : left + SIDE] *= shadow
        picture[40:70, left : left + SIDE] = (210, 40, 30)
        mask = np.zeros((TALL, WIDE), bool)
        mask[40:70, left : left + SIDE] = True
        pictures.append(picture.astype(np.uint8))
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
