"""A still region continues its subject, or is another thing beside it."""

import numpy as np
import pytest

from sora_nb.engines.cutout.still_parts import _keep_connected

TALL, WIDE, TOP, BOTTOM = 120, 160, 40, 100
LEFT, SEAM, RIGHT = 40, 80, 120
FAINT, STEEP = 10, 100


def beside(outline):
    """Return a subject, a region to its right, and how steep the colours are: steep around it and at the column of an outline."""
    subject, region = np.zeros((2, TALL, WIDE), bool)
    subject[TOP:BOTTOM, LEFT:SEAM] = True
    region[TOP:BOTTOM, SEAM:RIGHT] = True
    edges = np.full((TALL, WIDE), FAINT, np.float32)
    edges[TOP - 2 : TOP + 2, SEAM:] = edges[BOTTOM - 2 : BOTTOM + 2, SEAM:] = STEEP
    edges[TOP:BOTTOM, RIGHT - 2 : RIGHT + 2] = STEEP
    edges[TOP:BOTTOM, outline] = STEEP
    return subject, region, edges


def kept(outline):
    subject, region, edges = beside(outline)
    return _keep_connected(region, subject, np.zeros((TALL, WIDE), np.float32), edges)[region].mean()


@pytest.mark.parametrize("outline", [LEFT, SEAM - 20, SEAM - 10])
def test_what_continues_the_subject_is_kept(outline):
    assert kept(outline) > 0.95


@pytest.mark.parametrize("outline", range(SEAM - 3, SEAM + 6))
def test_what_the_subjects_own_outline_parts_from_it_is_another_thing(outline):
    assert kept(outline) == 0
