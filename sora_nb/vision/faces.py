"""Detect faces of people and cats in a picture."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import cv2

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

CASCADES = {
    "front": ("haarcascade_frontalface_alt2.xml", 4),
    "cat": ("haarcascade_frontalcatface_extended.xml", 6),
    "profile": ("haarcascade_profileface.xml", 6),
}
"""OpenCV's file and the neighbours it must find, by view."""
DETECTION_SIDE = 400
"""Longer side in pixels of the pictures that faces are looked for in."""
HEAD_SIDE = 160
"""The same, for parts of a picture that show little but a head."""


class Face(NamedTuple):
    """A detected face and the view it was seen in: "front", "profile" or "cat"."""

    left: int
    top: int
    width: int
    height: int
    view: str


_CASCADE_LOCK = Lock()
"""Held while a cascade is used: it keeps its place in the picture in itself, and threads share it."""


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / name))


def faces(
    picture: NDArray[np.uint8], side: int = DETECTION_SIDE, least: float = 0.09, views: Sequence[str] = tuple(CASCADES)
) -> list[Face]:
    """Detect faces of people and cats.

    Args:
        picture: RGB.
        side: the longer side is shrunk to this many pixels first.
        least: smallest face as part of the shorter side.
        views: keys of CASCADES.
    """
    shrink = max(1.0, max(picture.shape[:2]) / side)
    small = cv2.resize(picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    grey = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    smallest = max(18, int(min(grey.shape) * least))
    found: list[Face] = []
    for view in views:
        name, neighbours = CASCADES[view]
        # the slowest cascade last, and only where nobody looks into the camera
        if view == "profile" and found:
            break
        with _CASCADE_LOCK:
            places = _cascade(name).detectMultiScale(grey, 1.15, neighbours, minSize=(smallest, smallest))
        found += [
            Face(int(left * shrink), int(top * shrink), int(wide * shrink), int(tall * shrink), view)
            for left, top, wide, tall in places
        ]
    return found
