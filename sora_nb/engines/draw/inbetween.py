"""Draw the pictures between two pictures of a sprite: what moves from one to the other is moved part of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.draw.scenes.noise import Pixels

FLOW_ROWS = 180
"""Height at which motion is measured."""
GROUND = 96
"""Grey that stands behind the sprite while its motion is measured."""


def inbetweens(before: Pixels, after: Pixels, shares: list[float]) -> list[Pixels]:
    """Return pictures between two.

    Args:
        before, after: premultiplied RGB and a fourth channel, 255 minus alpha.
        shares: 0 is before, 1 after.
    """
    there, back = _flow(before, after), _flow(after, before)
    rows, columns = np.mgrid[0 : before.shape[0], 0 : before.shape[1]].astype(np.float32)
    grid = np.dstack([columns, rows])
    made = []
    for share in shares:
        first = _pulled(before, grid - there * share)
        second = _pulled(after, grid - back * (1 - share))
        made.append(cv2.addWeighted(first, 1 - share, second, share, 0))
    return made


def _pulled(picture: Pixels, places: NDArray[np.float32]) -> Pixels:
    return np.asarray(cv2.remap(picture, places, None, cv2.INTER_LINEAR, borderValue=(0, 0, 0, 255)), np.uint8)


def _flow(here: Pixels, there: Pixels) -> NDArray[np.float32]:
    """Return how far each pixel moves from one picture to the other, pixels."""
    height, width = here.shape[:2]
    scale = min(1.0, FLOW_ROWS / height)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    greys = [cv2.resize(_grey(picture), size, interpolation=cv2.INTER_AREA) for picture in (here, there)]
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    small = search.calc(*greys, None) * np.array([width / size[0], height / size[1]], np.float32)
    return np.asarray(cv2.resize(small, (width, height)), np.float32)


def _grey(picture: Pixels) -> Pixels:
    colour = cv2.cvtColor(picture, cv2.COLOR_RGBA2GRAY)
    return np.asarray(cv2.addWeighted(colour, 1.0, cv2.extractChannel(picture, 3), GROUND / 255, 0), np.uint8)
