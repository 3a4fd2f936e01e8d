"""Cutting a character out of real footage."""

from pathlib import Path

import pytest

from sora_nb.errors import Cancelled, MediaError
from sora_nb.local.engine import Control
from sora_nb.local.extract import candidates, extract
from sora_nb.models import Clip

RABBIT = Path(__file__).parents[1] / "data" / "bigbuckbunny.mp4"


@pytest.fixture(scope="module")
def rabbit():
    return extract(RABBIT, Clip(start=3, end=5), Control())


def test_the_rabbit_becomes_a_moving_sprite_on_one_canvas(rabbit):
    assert 14 <= len(rabbit.frames) <= 24
    assert {frame.shape for frame in rabbit.frames} == {rabbit.frames[0].shape}
    assert rabbit.frames[0].shape[2] == 4
    assert rabbit.quality > 0.5


def test_the_avatar_is_square_and_large_enough(rabbit):
    assert rabbit.avatar.shape[0] == rabbit.avatar.shape[1] >= 256


def test_the_likeliest_candidate_covers_the_rabbit():
    first = candidates(RABBIT, Clip(start=3, end=5))[0]
    left, top, right, bottom = first.box
    assert left < 0.33 < right
    assert top < 0.4 < bottom


def test_a_clip_past_the_end_of_the_file_is_refused():
    with pytest.raises(MediaError, match=r"5\.\d+ s long"):
        extract(RABBIT, Clip(start=4, end=7), Control())


def test_cancelling_stops_the_work():
    control = Control(lambda fraction, _: control.cancel() if fraction > 0.05 else None)
    with pytest.raises(Cancelled):
        extract(RABBIT, Clip(start=3, end=5), control)
