"""A character's moving picture: what it shows, how large it may be, and where it is kept."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import animation, files
from sora_nb.engines.draw.characters import stock
from sora_nb.models import Character


def sprite(count=9, size=(120, 80), noise=0):
    """A square that grows and turns from red to blue on no ground."""
    rng = np.random.default_rng(1)
    frames = []
    for number in range(count):
        frame = np.zeros((*size, 4), np.uint8)
        half, blue = size[1] // 4 + min(number, 10), 20 + 10 * min(number, 20)
        frame[size[0] // 2 - half : size[0] // 2 + half, size[1] // 2 - half : size[1] // 2 + half] = (
            270 - blue,
            20,
            blue,
            255,
        )
        if noise:
            frame[..., :3] = rng.integers(0, 255, (*size, 3))
            frame[..., 3] = rng.integers(0, 255, size)
        frames.append(frame)
    avatar = np.zeros((64, 64, 3), np.uint8)
    return Cutout(tuple(frames), 8.0, 0, False, avatar, 0.9, "motion", (0.0, 0.0, 1.0, 1.0))


def pictures(content):
    with Image.open(io.BytesIO(content)) as made:
        assert made.format == "WEBP"
        for number in range(made.n_frames):
            made.seek(number)
            yield np.asarray(made.convert("RGBA")), made.info["duration"]


def test_it_shows_the_round_of_the_cut_out_on_no_ground():
    shown = list(pictures(animation.make(sprite())))
    assert len(shown) == 16  # to and fro
    reds = [int(picture[60, 40, 0]) for picture, _ in shown]
    assert reds[:9] == sorted(reds[:9], reverse=True)
    assert reds[8:] == sorted(reds[8:])
    assert all(picture[2, 2, 3] == 0 for picture, _ in shown)
    assert {duration for _, duration in shown} == {125}


def test_the_same_cut_out_gives_the_same_bytes():
    assert animation.make(sprite()) == animation.make(sprite())


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_a_cut_out_of_any_length_has_one(count):
    made = animation.make(sprite(count, noise=0))
    assert made
    assert len(made) <= animation.MOST


def test_a_rich_cut_out_is_made_smaller_until_it_is_small_enough():
    made = animation.make(sprite(24, (300, 200), noise=1))
    assert made is None or len(made) <= animation.MOST
    drawn = animation.make(stock.character("corgi", "walk", 400))
    assert len(drawn) <= animation.MOST
    assert max(picture.shape[0] for picture, _ in pictures(drawn)) <= 160


def test_a_character_moves_beside_its_avatar_and_it_is_made_once(tmp_path, monkeypatch):
    best = files.save(sprite(), tmp_path / "cut")
    hero = Character(id="ch_1", username="a.b", avatar=tmp_path / "cut" / files.AVATAR, cutout=best)
    shown = hero._repr_mimebundle_()["text/html"]
    assert shown.index("data:image/jpeg") < shown.index("data:image/webp")
    content = base64.b64decode(re.search(r'data:image/webp;base64,([^"]*)', shown)[1])
    assert content == (tmp_path / "cut" / animation.FILE).read_bytes() == animation.make(sprite())
    monkeypatch.setattr(animation, "make", None)
    assert hero._repr_mimebundle_()["text/html"] == shown


@pytest.mark.parametrize("harm", ["no pictures", "damaged", "gone"])
def test_where_the_cut_out_cannot_be_read_the_avatar_stands_alone(tmp_path, harm):
    best = files.save(sprite(), tmp_path / "cut")
    if harm == "gone":
        best = tmp_path / "nowhere" / best.name
    else:
        (tmp_path / "cut" / files.LAST).write_text("{}" if harm == "damaged" else '{"frames": 0}')
    shown = Character(id="ch_1", username="a.b", cutout=best)._repr_mimebundle_()["text/html"]
    assert "image/webp" not in shown
    assert "@a.b" in shown
