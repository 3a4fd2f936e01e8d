"""A character is found in a video by its cut-out, and somebody else is not."""

from pathlib import Path

import numpy as np
import pytest

from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import identity
from tests.quality.drawings import Drawing

pytestmark = pytest.mark.release  # the loop of the engine finds a character, and misses another, quickly

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


def drawn(seed, kind, time=0.3):
    solid = Drawing(seed, kind).draw(240, time, "walk")
    colours = solid[..., :3] / np.maximum(solid[..., 3:], 1e-3)
    frame = np.clip(np.dstack([colours, solid[..., 3]]) * 255, 0, 255).astype(np.uint8)
    return Cutout((frame,), 8.0, 0, False, frame[:64, :64, :3], 1.0, "motion", (0, 0, 1, 1))


def test_the_rabbit_is_found_in_his_own_video_where_he_is(rabbit):
    seen = identity.find(rabbit, RABBIT)
    assert seen.score > identity.MIN_SCORE
    left, top, right, bottom = seen.box
    assert left < 0.33 < right
    assert top < 0.5 < bottom
    assert max(seen.times) > 2


def test_somebody_else_is_not_found_in_it():
    seen = identity.find(drawn(4, "robot"), RABBIT)
    assert seen.score < identity.MIN_SCORE
