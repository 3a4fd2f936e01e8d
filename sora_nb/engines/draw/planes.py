"""Convert pictures to the planes an encoder takes: I420 by the matrix of BT.709, in limited range.

OpenCV's own conversion to I420 has the matrix of BT.601, and takes the colour of one pixel for that of four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.noise import Pixels

RED, BLUE = 0.2126, 0.0722
"""Parts of red and blue in the brightness of white (ITU-R BT.709)."""
BLACK, WHITE = 16, 235
"""Brightness of black and white in limited range."""
GREY, SWING = 128, 112
"""Chroma of what has no colour, and its greatest distance from there, in limited range."""


def _matrix() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return what brings (red, green, blue, 1), 0 to 255, to brightness and both chromas."""
    luma = np.array([RED, 1 - RED - BLUE, BLUE])
    blue, red = (([0, 0, 1] - luma) / (1 - BLUE), ([1, 0, 0] - luma) / (1 - RED))
    rows = np.stack([luma * (WHITE - BLACK), blue * SWING, red * SWING]) / 255
    return np.column_stack([rows, [BLACK, GREY, GREY]])


class Converter:
    """Converts pictures of one size, in memory of its own; not safe to share between threads.

    Args:
        width, height: pixels, even numbers.
    """

    MATRIX = _matrix()

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._yuv = np.empty((height, width, 3), np.uint8)
        self._chroma = [np.empty((height, width), np.uint8) for _ in range(2)]

    def i420(self, picture: Pixels) -> Pixels:
        """Convert RGB, shape (height, width, 3), to I420, shape (height * 3 / 2, width)."""
        width, height = self._width, self._height
        planes = np.empty((height * 3 // 2, width), np.uint8)
        cv2.transform(picture, self.MATRIX, self._yuv)
        cv2.split(self._yuv, [planes[:height], *self._chroma])
        halves = planes[height:].reshape(2, height // 2, width // 2)
        for whole, half in zip(self._chroma, halves, strict=True):
            cv2.resize(whole, (width // 2, height // 2), half, interpolation=cv2.INTER_AREA)
        return planes
