"""Detect cuts between shots, from the difference of the colours of consecutive pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CUT = 0.45
"""Share of the colours that changes from one picture to the next at a cut."""


def cuts(differences: list[float]) -> list[int]:
    """Return the places of cuts in a list of differences between consecutive pictures."""
    # fast motion changes every picture; a cut stands out from its neighbours
    usual = float(np.median(differences)) if differences else 0.0
    return [place for place, change in enumerate(differences) if change > max(CUT, 3 * usual)]


def difference(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Return the share of the colours that changes from one table of them to the next."""
    return float(0.5 * np.abs(after - before).sum())


def colours(thumb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Count the colours of a small picture: a table of shares."""
    table = cv2.calcHist([cv2.cvtColor(thumb, cv2.COLOR_RGB2LAB)], [0, 1, 2], None, [8, 8, 8], [0, 256] * 3)
    return np.asarray(table / max(1.0, float(table.sum())), np.float32)
