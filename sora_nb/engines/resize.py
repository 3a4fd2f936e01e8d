"""Resize pictures: by area where they shrink, which keeps thin lines, and bicubic where they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resize(picture: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture, shape (height, width) or (height, width, channels), at another size.

    Args:
        picture: bytes or float32.
        size: width and height in pixels.
    """
    height, width = picture.shape[:2]
    shrinks = size[0] < width or size[1] < height
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC))
