"""Layers are put over a frame patch by patch: nothing is drawn that a whole picture would draw in another way."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.engines.draw.scenes.layers import BLOCK, Layer, View, over, patches

SIZES = st.integers(1, 3 * BLOCK + 5)


def drawn(rng, height, width, shapes):
    """Colour and alpha, 0 to 1, of solid and soft ellipses on nothing."""
    alpha = np.zeros((height, width), np.float32)
    for x, y, radius, cover in shapes:
        cv2.circle(alpha, (round(x * width), round(y * height)), radius, cover, -1, cv2.LINE_AA)
    return rng.random((height, width, 3), np.float32), alpha


@settings(max_examples=60)
@given(
    st.integers(0, 99),
    SIZES,
    SIZES,
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 150), st.sampled_from([0.3, 1.0])), max_size=3),
    st.floats(-40, 40),
    st.integers(-30, 60),
)
def test_a_layer_is_put_over_a_frame_as_a_whole_picture_would_be(seed, height, width, shapes, x, top):
    rng = np.random.default_rng(seed)
    layer = Layer(*drawn(rng, height, width, shapes), 1.0, top=top)
    frame = rng.integers(0, 256, (100, 120, 3)).astype(np.uint8)
    whole, view = frame.copy(), View(0.0, x, 20)
    layer.draw(frame, view)
    columns, phase = divmod(round((view.left(1.0) - layer.left) * layer.phases), layer.phases)
    over(whole, *layer._phase(phase), -columns, layer.top)
    assert np.array_equal(frame, whole)


def test_what_shows_nothing_is_left_out_and_what_is_solid_is_copied():
    hole = np.full((4 * BLOCK, 6 * BLOCK), 255, np.uint8)
    hole[BLOCK : 3 * BLOCK, : 3 * BLOCK + 1] = 0
    assert patches(hole) == [
        (BLOCK, 0, 3 * BLOCK, 3 * BLOCK, True),
        (BLOCK, 3 * BLOCK, 3 * BLOCK, 4 * BLOCK, False),
    ]
