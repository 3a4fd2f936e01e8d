"""Judge by objectness whether a shape in a picture is one whole thing: its outline, its colours, its form, its motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import bounds, dilated, eroded, size, window_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb

WEIGHTS = {
    "closed": 4.0,
    "compact": 10.0,
    "offset": -0.4,
    "stable": 5.5,
    "border": -8.0,
    "sides": -3.0,
    "contrast": 8.0,
    "own": 5.5,
    "area": 2.5,
    "moving": 8.0,
    "moving_around": -2.0,
    "surrounded": -10.0,
}
"""Fitted so that of the shapes grown from a point the one that overlaps the thing most scores highest."""
STEP = 3
"""Pixels on either side of an outline between which colours are compared."""
EDGE = 9.0
"""Levels of weighted Lab by which the two sides of an outline differ where there is an edge."""
LAB_SHARES = np.array([0.7, 1.2, 1.2], np.float32)
MAX_OFFSET = 6.0
"""Greatest squared distance of a point from a shape's middle that is told apart, in its own deviations."""
MOST_AROUND = 0.5
"""Share of a shape's surroundings that may move before it counts as a part of something larger that moves."""
LEAST_OUTLINE = 8
"""Points of the shortest outline that is judged."""
LEAST_AREA = 40
"""Pixels of the smallest shape that is judged."""


class Objectness:
    """One picture in which shapes are judged.

    Args:
        picture: RGB, a few hundred pixels wide.
        moving: where it moves against its surroundings.
    """

    def __init__(self, picture: Rgb, moving: Mask) -> None:
        lab = colour_table.lab(picture)
        self._cells = colour_table.indices(lab)
        self._soft: Plane = cv2.GaussianBlur(lab, (0, 0), 0.9).astype(np.float32) * LAB_SHARES
        self._moving = moving

    def score(self, shape: Mask, point: tuple[int, int], stable: float) -> float:
        """Return how likely a shape is one whole thing; comparable between pictures.

        Args:
            shape: at least LEAST_AREA pixels.
            point: column and row that the user pointed at.
            stable: overlap of the shape with what is cut out when its bounds are known, 0 to 1.
        """
        values = {"stable": stable, **self._form(shape, point), **self._content(shape)}
        return float(sum(weight * values[name] for name, weight in WEIGHTS.items()))

    def closed(self, shape: Mask) -> float:
        """Return the share of the outline, 0 to 1, on whose two sides the colours differ; 0 where all of it is hidden."""
        points = _inner_outline(shape)
        return float(self._edges(shape, points).mean()) if len(points) >= LEAST_OUTLINE else 0.0

    def unended(self, shape: Mask) -> float:
        """Return the share of the outline, 0 to 1, that runs along the shape's bounds where the colours do not differ.

        What was cut out there was limited by a box, not by an end of its own.
        """
        points = _inner_outline(shape)
        if len(points) < LEAST_OUTLINE:
            return 0.0
        left, top, wide, tall = bounds(shape)
        x, y = points.T
        straight = (x == left) | (y == top) | (x == left + wide - 1) | (y == top + tall - 1)
        return float((straight * (1 - self._edges(shape, points))).mean())

    def _edges(self, shape: Mask, points: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return how clearly the colours differ on the two sides of an outline, 0 to 1, at each of its points."""
        soft = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), 2.0)
        x, y = points.T
        normal = np.stack([cv2.Sobel(soft, cv2.CV_32F, 1, 0)[y, x], cv2.Sobel(soft, cv2.CV_32F, 0, 1)[y, x]], -1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-3)
        apart = np.linalg.norm(self._colours(points + 2 * normal) - self._colours(points - STEP * normal), axis=1)
        return np.asarray(np.clip(apart / EDGE - 0.5, 0, 1), np.float32)

    def still_border(self, shape: Mask) -> float:
        """Return the share of the outline, 0 to 1, that is the picture's border at places that are at rest."""
        return _on_border(shape & ~self._moving) / _outline(shape)

    def _colours(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        x, y = points.astype(np.float32).T
        found: NDArray[np.float32] = cv2.remap(
            self._soft, x[None], y[None], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
        return found[0]

    def _form(self, shape: Mask, point: tuple[int, int]) -> dict[str, float]:
        """Return how compact a shape is, how far its middle is from the point, and how it lies in the picture."""
        rows, columns = np.nonzero(shape)
        spread = np.cov(np.stack([columns, rows]), bias=True) + 0.1 * np.eye(2)
        away = np.array(point) - (columns.mean(), rows.mean())
        lines = shape[:, 0], shape[0], shape[:, -1], shape[-1]
        return {
            "compact": len(rows) / (4 * np.pi * float(np.linalg.det(spread)) ** 0.5),
            "offset": min(MAX_OFFSET, float(away @ np.linalg.inv(spread) @ away)),
            "border": _on_border(shape) / _outline(shape),
            "sides": float(sum(line.any() for line in lines[:3])),  # the lower one cuts most portraits
            "area": float(np.log(len(rows) / shape.size)),
        }

    def _content(self, shape: Mask) -> dict[str, float]:
        """Return how the inside of a shape differs from what is around it."""
        reach = max(4, int(0.3 * size(shape)))
        window = window_of(shape, reach + 2)
        part, cells, moving = shape[window], self._cells[window], self._moving[window]
        ring = dilated(part, reach) & ~dilated(part, 2)
        front, back = (colour_table.frequencies(cells, where) for where in (eroded(part, 1), ring))
        around = float(moving[ring].mean()) if ring.any() else 0.0
        return {
            "closed": self.closed(shape),
            "contrast": float(1 - np.sqrt(front * back).sum()),
            "own": float((front > back)[cells][part].mean()),
            "moving": float(moving[part].mean()),
            "moving_around": around,
            "surrounded": max(0.0, around - MOST_AROUND),
        }


def _inner_outline(shape: Mask) -> NDArray[np.int32]:
    """Return column and row of the points of a shape's outline that are not at the picture's border."""
    outlines, _ = cv2.findContours(shape.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.concatenate([outline[:, 0] for outline in outlines])
    height, width = shape.shape
    x, y = points.T
    inside: NDArray[np.int32] = points[(x > 1) & (y > 1) & (x < width - 2) & (y < height - 2)]
    return inside


def _on_border(shape: Mask) -> int:
    """Count a shape's pixels at the picture's border."""
    return sum(int(line.sum()) for line in (shape[:, 0], shape[0], shape[:, -1], shape[-1]))


def _outline(shape: Mask) -> int:
    """Count the pixels of a shape's outline, those at the picture's border included."""
    return _on_border(shape) + int((shape & ~eroded(shape, 1)).sum())


def judged(shape: Mask) -> bool:
    """Whether a shape is large enough to be judged, in area and in both directions."""
    _, _, wide, tall = bounds(shape)
    return min(wide, tall) > 4 and int(shape.sum()) > LEAST_AREA
