"""Telling characters apart."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import identity
from tests.quality.drawings import Drawing

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


def drawn(seed, kind, time=0.3):
    solid = Drawing(seed, kind).draw(240, time, "walk")
    colours = solid[..., :3] / np.maximum(solid[..., 3:], 1e-3)
    frame = np.clip(np.dstack([colours, solid[..., 3]]) * 255, 0, 255).astype(np.uint8)
    look = identity.describe(frame)
    return Cutout((frame,), 8.0, 0, False, frame[:64, :64, :3], 1.0, "motion", (0, 0, 1, 1), appearance=look)


def test_a_character_is_like_itself_in_another_pose_and_unlike_another():
    person, later, bear = drawn(1, "person"), drawn(1, "person", time=0.7), drawn(2, "bear")
    assert identity.compare(person, later) > 0.7
    assert identity.compare(person, bear) < 0.3


def test_likeness_does_not_depend_on_the_order():
    person, bear = drawn(1, "person"), drawn(2, "bear")
    assert identity.compare(person, bear) == pytest.approx(identity.compare(bear, person), abs=0.1)


def test_darker_light_does_not_make_another_character():
    person = drawn(1, "person")
    frame = person.frames[0].copy()
    frame[..., :3] = (frame[..., :3] * 0.7).astype(np.uint8)
    dark = dataclasses.replace(person, frames=(frame,), appearance=identity.describe(frame))
    assert identity.compare(person, dark) > 0.6


def test_the_rabbit_is_found_in_his_own_video_where_he_is(rabbit):
    seen = identity.find(rabbit, RABBIT)
    assert seen.score > identity.SAME
    left, top, right, bottom = seen.box
    assert left < 0.33 < right
    assert top < 0.5 < bottom
    assert max(seen.times) > 2


def test_somebody_else_is_not_found_in_it():
    seen = identity.find(drawn(4, "robot"), RABBIT)
    assert seen.score < identity.SAME
