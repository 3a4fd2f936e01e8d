"""Find everybody's place in a shot: how large, where, and which way over the ground."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.draw.body import Figure
    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.engines.draw.scenes.scene import Scene

BUST_HEIGHTS = (0.44, 0.64)
"""Least and greatest height of a bust beside whole figures, as part of the frame's shorter side."""
NEARER = 1.3
"""How much larger the head of a bust may be than one of a whole figure beside it: it stands nearer to the camera."""
CLOSER = 2.0
"""How much larger than usual a whole figure is shown beside a bust at most."""
MARGIN = 0.14
"""Part of the frame's width that a path keeps from its sides where it stays inside."""
SLOWEST = 0.7
"""Least part of its own pace at which somebody moves so that he does not leave the frame."""
STRAY = 0.2
"""Part of the frame's width that somebody steps aside at most so that nothing sticks out of his head."""
AWAY = 0.3
"""Unrest, as a multiple of the usual one, that is put up with before somebody steps aside that far."""


@dataclass(frozen=True)
class Place:
    """Where a character plays.

    Attributes:
        start: column of the frame where its path begins.
        row: row of the frame where its feet stand.
        height: of its body, pixels.
        toward: 1 where its path leads to the right, -1 to the left.
        low, high: columns where it turns round and comes back.
        pace: how fast it plays, its own pace being 1.
        zoom: how much its pictures are enlarged while they are drawn.
    """

    start: float
    row: float
    height: float
    toward: int = 1
    low: float = -np.inf
    high: float = np.inf
    pace: float = 1.0
    zoom: float = 1.0


def place_cast(figures: Sequence[Figure], scene: Scene, size: tuple[int, int], scales: Sequence[float]) -> list[Place]:
    """Give everybody room side by side, every other one a step nearer to the camera.

    Args:
        figures: the cast.
        scene: where.
        size: of the frame, (width, height).
        scales: how much larger or smaller than usual each is shown.
    """
    width, height = size
    count = len(figures)
    heights = _heights(figures, scene, size, scales)
    edge = [height + 0.03 * tall for tall in heights]
    tops = [row - tall for figure, row, tall in zip(figures, edge, heights, strict=True) if figure.bust]
    found: list[Place] = []
    for index, (figure, tall) in enumerate(zip(figures, heights, strict=True)):
        near = index % 2 if count > 1 else 0.55
        row = scene.ground[0] + (scene.ground[1] - scene.ground[0]) * near
        if figure.bust:
            row = edge[index]
        elif tops:
            # their heads are level, and what does not fit is below the frame
            row = max(row, min(tops) + 0.92 * tall)
        found.append(Place(width * (index + 1) / (count + 1), row, tall))
    return found


def _heights(figures: Sequence[Figure], scene: Scene, size: tuple[int, int], scales: Sequence[float]) -> list[float]:
    """Return how high each body is shown; heads of busts and of whole figures agree."""
    width, height = size
    count, unit = len(figures), min(size)
    heights = []
    for index, (figure, scale) in enumerate(zip(figures, scales, strict=True)):
        tall = scene.size * unit * scale * min(1.0, (0.80 * figure.rows / figure.columns) ** 0.5)
        tall *= 1.0 + 0.06 * (2 * (index % 2) - 1) if count > 1 else 1.006
        heights.append(1.25 * tall if figure.bust else tall)
    heights = _agreed(figures, heights, unit)
    limits = [1.25 * width / count * figure.rows / figure.columns for figure in figures]
    mixed = any(figure.bust for figure in figures) and not all(figure.bust for figure in figures)
    most = CLOSER * scene.size * unit if mixed else 0.86 * height
    return [min(tall, limit, most) for tall, limit in zip(heights, limits, strict=True)]


def _agreed(figures: Sequence[Figure], heights: Sequence[float], unit: float) -> list[float]:
    heads = [tall * figure.head / figure.rows for figure, tall in zip(figures, heights, strict=True)]
    busts = [head for figure, head in zip(figures, heads, strict=True) if figure.bust]
    wholes = [head for figure, head in zip(figures, heads, strict=True) if not figure.bust]
    if not busts:
        return list(heights)
    usual = float(np.exp(np.mean(np.log(busts))))
    if wholes:
        usual = min(usual, NEARER * CLOSER * float(np.median(wholes)))
    agreed = []
    for figure, tall in zip(figures, heights, strict=True):
        share = figure.head / figure.rows
        if figure.bust:
            agreed.append(float(np.clip(usual / share, BUST_HEIGHTS[0] * unit, max(tall, BUST_HEIGHTS[1] * unit))))
        else:
            agreed.append(float(np.clip(usual / NEARER / share, tall, CLOSER * tall)))
    return agreed


def calm_column(pictures: Sequence[Pixels], place: Place, head: float, half: float) -> float:
    """Find a column near a place where nothing that stands out is behind the head, or grows out of it.

    Args:
        pictures: of the scene without its cast, RGB, as the camera shows it at several times, none moved sideways.
        place: where somebody would stand.
        head: height of the head, pixels.
        half: of the body's width, pixels.
    """
    height, width = pictures[0].shape[:2]
    top = place.row - place.height
    rows = slice(max(0, int(top - 0.8 * head)), int(np.clip(top + 1.2 * head, 1, height)))
    reach, side = int(STRAY * width), max(2, int(min(0.9 * head, 0.7 * half)))
    low, high = max(side, int(place.start) - reach), min(width - side - 1, int(place.start) + reach)
    if high <= low or rows.start >= rows.stop:
        return place.start
    unrest = np.zeros(width)
    for picture in pictures:
        part = cv2.GaussianBlur(picture[rows].astype(np.float32), (0, 0), max(1.0, 0.04 * head))
        # what stands upright behind a head is seen by its sides; a horizon or a roof is not taken amiss
        unrest += np.abs(np.diff(part, axis=1, append=part[:, -1:])).mean((0, 2))
    # the nearer to the middle of the head the worse
    weights = np.exp(-0.5 * (np.arange(-2 * side, 2 * side + 1) / (0.6 * side)) ** 2)
    around = np.convolve(np.pad(unrest / len(pictures), 2 * side, mode="edge"), weights, "valid")[low : high + 1]
    columns = np.arange(low, high + 1)
    away = (np.abs(columns - place.start) / reach) ** 2
    return float(columns[np.argmin(around + away * AWAY * (1 + float(np.median(around))))])


def lay_path(place: Place, distance: float, half: float, width: int, *, toward: int, leaves: bool) -> Place:
    """Lay a character's path through the frame: about its place, or else from one side of the frame to the other.

    Args:
        place: where it would stand.
        distance: that it covers in the shot at its own pace, pixels.
        half: of its width, pixels.
        width: of the frame.
        toward: 1 to the right, -1 to the left.
        leaves: whether it may leave the frame, and come back from there.
    """
    inside = (1 - 2 * MARGIN) * width
    pace = float(np.clip(inside / max(1.0, distance), SLOWEST, 1.0))
    covered = distance * pace
    low, high = (-1.1 * half, width + 1.1 * half) if leaves else (MARGIN * width, (1 - MARGIN) * width)
    start = place.start - toward * min(covered, inside) / 2
    start = float(np.clip(start, MARGIN * width, (1 - MARGIN) * width))
    if covered >= inside:
        start = MARGIN * width if toward > 0 else (1 - MARGIN) * width
    elif not low <= start + toward * covered <= high:
        start = float(np.clip(start + toward * covered, low, high)) - toward * covered
    return replace(place, start=start, toward=toward, low=low, high=high, pace=pace)
