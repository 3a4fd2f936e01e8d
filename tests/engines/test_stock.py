"""Characters the engine draws itself."""

import numpy as np
import pytest

from sora_nb.engines.draw.characters import stock


@pytest.mark.parametrize("name", ["corgi", "robot", "person", "penguin", "fish"])
def test_a_stock_character_is_an_animated_cut_out(name):
    cutout = stock.character(name, "walk", 120)
    assert len(cutout.frames) >= 6
    assert {frame.shape for frame in cutout.frames} == {cutout.frames[0].shape}
    assert all(frame.dtype == np.uint8 and frame.shape[2] == 4 for frame in cutout.frames)
    alpha = cutout.frames[cutout.best][..., 3]
    assert 0.3 < (alpha > 128).mean() < 0.95
    assert alpha[0].max() <= 255
    assert cutout.avatar.shape == (256, 256, 3)


def test_it_moves():
    frames = stock.character("corgi", "walk", 120).frames
    moved = np.abs(frames[0].astype(int) - frames[-1].astype(int)).max(-1) > 40
    assert moved.mean() > 0.05


def test_it_stands_on_its_lower_edge():
    for frame in stock.character("cat", "walk", 120).frames:
        assert (frame[-6:, :, 3] > 128).any()


def test_it_is_shaded_and_not_flat():
    frame = stock.character("bear", "stand", 160).frames[0]
    body = frame[frame[..., 3] > 250][:, :3]
    assert body.std(0).min() > 20
    assert len(np.unique(body // 8, axis=0)) > 60


def test_the_same_name_draws_the_same_pixels():
    first = stock.character("fox", "run", 90).frames
    stock._character.cache_clear()
    assert all(np.array_equal(a, b) for a, b in zip(first, stock.character("fox", "run", 90).frames, strict=True))


def test_an_animal_can_wear_a_costume():
    plain, dressed = (stock.character("corgi", "stand", 120, costume).frames[0] for costume in ("", "barista"))
    assert plain.shape != dressed.shape or (np.abs(plain.astype(int) - dressed).max(-1) > 40).mean() > 0.02


def test_an_unknown_name_is_refused():
    with pytest.raises(KeyError):
        stock.character("zorb")
