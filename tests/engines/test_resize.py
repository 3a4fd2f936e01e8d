"""Pictures at another size."""

import cv2
import numpy as np
import pytest

from sora_nb.engines.resize import resize


@pytest.mark.parametrize(
    ("size", "way"), [((4, 3), cv2.INTER_AREA), ((32, 24), cv2.INTER_CUBIC), ((16, 6), cv2.INTER_AREA)]
)
def test_pictures_shrink_by_area_and_grow_bicubic(size, way):
    picture = np.random.default_rng(1).integers(0, 256, (12, 16, 3), np.uint8)
    assert np.array_equal(resize(picture, size), cv2.resize(picture, size, interpolation=way))


def test_a_picture_of_the_wanted_size_stays_as_it_is():
    picture = np.random.default_rng(1).random((12, 16), np.float32)
    assert np.array_equal(resize(picture, (16, 12)), picture)
