"""Scenery that hangs on a mask is taken off, and what has its colours and moves is not."""

import cv2
import numpy as np
import pytest

from sora_nb.engines.cutout.motion import analyse
from sora_nb.engines.cutout.still_parts import prune

WIDE, TALL, COUNT = 320, 180, 16
BROWN, ORANGE = (110, 70, 45), (235, 140, 40)


def textured(shape, colour, seed):
    """Return a plane of one colour with the grain by which motion is seen."""
    grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 40, (*shape, 1)).repeat(3, 2), (0, 0), 1.5)
    return np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)


def swaying(by):
    """Film somebody orange with a brown chest before a brown wall, swaying by so many pixels.

    Returns:
        what is measured in the pictures; in each the whole of him, his chest, and a piece of wall beside him.
    """
    wall, figure = textured((TALL, WIDE), BROWN, 1), textured((120, 90), ORANGE, 2)
    figure[40:80, 50:] = textured((40, 40), BROWN, 3)
    pictures, wholes, chests, pieces = [], [], [], []
    for number in range(COUNT):
        left = 110 + round(by * np.sin(number))
        picture, whole, chest, piece = wall.copy(), *np.zeros((3, TALL, WIDE), bool)
        picture[40:160, left : left + 90] = figure
        whole[40:160, left : left + 90] = True
        chest[80:120, left + 50 : left + 90] = True
        piece[100:160, 60 : 110 - by] = True
        pictures.append(picture)
        wholes.append(whole)
        chests.append(chest)
        pieces.append(piece)
    return analyse(pictures), wholes, chests, pieces


def share(masks, parts):
    """Return how much of the parts the masks hold."""
    return np.mean([mask[part].mean() for mask, part in zip(masks, parts, strict=True)])


@pytest.mark.parametrize("by", [8, 11, 14])
def test_who_sways_keeps_what_has_the_colours_of_the_scenery(by):
    scene, wholes, chests, pieces = swaying(by)
    left = prune(scene, [whole | piece for whole, piece in zip(wholes, pieces, strict=True)])
    assert share(left, chests) > 0.9
    assert share(left, wholes) > 0.95
    assert share(left, pieces) < 0.3
