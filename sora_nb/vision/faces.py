"""Detect faces of people in a picture."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from sora_nb.vision.networks import FACE_SIDE, face_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Rgb = NDArray[np.uint8]

LEAST = 0.09
"""Smallest face that is looked for, as part of the shorter side."""
TILE_SHARE = 0.11
"""Width of a face, as part of what the network looks at, from which on it is found nearly always."""
POSSIBLE = 0.5
"""Score of a place that is worth a second look."""
OBVIOUS = 0.9
"""Score of the first look that needs no second one."""
CERTAIN = 0.8
"""Score of the second look from which on it is a face: people in photographs reach 0.88 and more, animals stay below 0.8."""
SECOND_LOOK = 0.28
"""Width of the face in what the second look sees, as part of that."""
MOST_PLACES = 6
"""Places of one picture that get a second look, the likeliest ones."""
PROFILE_TURN = 0.35
"""How far the nose is from the middle between the ears, as part of their distance, where a face is seen from the side."""


class Face(NamedTuple):
    """A detected face, in pixels, the view it was seen in ("front" or "profile"), and how sure it is, 0 to 1."""

    left: int
    top: int
    width: int
    height: int
    view: str
    score: float = 1.0


class _Place(NamedTuple):
    """Where the network sees a face: its score, and pairs of x and y: centre, size and six points."""

    score: float
    points: NDArray[np.float32]

    @property
    def width(self) -> float:
        return float(self.points[1].mean())


def faces(picture: Rgb, least: float = LEAST) -> list[Face]:
    """Detect the faces of people, the largest first.

    Args:
        picture: RGB.
        least: smallest face as part of the shorter side; small ones are looked for in more parts of the picture.
    """
    places = [place for tile in _tiles(picture.shape[0], picture.shape[1], least) for place in _look(picture, *tile)]
    best = sorted(_merged(places), key=lambda place: -place.score)[:MOST_PLACES]
    # boxes of one face differ by a tenth from look to look
    shortest = 0.85 * least * min(picture.shape[:2])
    found = [face for face in (_checked(picture, place) for place in best) if face and face.width >= shortest]
    return sorted(distinct(found), key=lambda face: -face.width)


def _tiles(height: int, width: int, least: float) -> Iterator[tuple[float, float, float]]:
    """Yield left, top and side of the squares that are looked at: the whole picture, then ever smaller overlapping parts."""
    longer, shorter = max(height, width), min(height, width)
    yield (width - longer) / 2, (height - longer) / 2, longer
    side = float(shorter if longer > 1.2 * shorter else shorter / 2)
    while side >= FACE_SIDE / 4:
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield left, top, side
        if TILE_SHARE * side <= least * shorter:
            return
        side /= 2


def _starts(length: int, side: float) -> list[float]:
    """Return where squares begin along one edge so that neighbours share half of themselves."""
    count = 1 + int(np.ceil(2 * (length - side) / side - 1e-6))
    return np.linspace(0, length - side, max(1, count)).tolist()


@cache
def _anchors() -> NDArray[np.float32]:
    """Return the centres of BlazeFace's anchors, as parts: two for each cell of 16x16, then six for each of 8x8."""
    grids = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)
        grids.append(grid.repeat(each, 0))
    return np.concatenate(grids).astype(np.float32)


def _look(picture: Rgb, left: float, top: float, side: float, *, mirrored: bool = False) -> list[_Place]:
    """Look at a square of a picture, which may reach beyond its edges; return possible faces in pixels of the picture."""
    zoom = FACE_SIDE / side
    square = _cut(picture, left, top, side)
    logits, offsets = face_outputs(np.ascontiguousarray(square[:, ::-1]) if mirrored else square)
    scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    likely = np.flatnonzero(scores > POSSIBLE)
    places = offsets[likely].copy()
    # the size alone is not measured from the anchor
    places[:, [0, 2, 3, 4, 5, 6, 7]] += FACE_SIDE * _anchors()[likely][:, None]
    if mirrored:
        places[:, [0, 2, 3, 4, 5, 6, 7], 0] = FACE_SIDE - places[:, [0, 2, 3, 4, 5, 6, 7], 0]
        places = places[:, [0, 1, 3, 2, 4, 5, 7, 6]]
    places /= zoom
    places[:, [0, 2, 3, 4, 5, 6, 7]] += np.array([left, top], np.float32)
    return _merged([_Place(float(score), place) for score, place in zip(scores[likely], places, strict=True)])


def _cut(picture: Rgb, left: float, top: float, side: float) -> Rgb:
    """Cut a square out of a picture, black beyond its edges, and scale it to what the network reads."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = (round(value) for value in (left, top, left + side, top + side))
    inside = picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
    zoom = FACE_SIDE / max(1, x1 - x0)
    square = np.zeros((FACE_SIDE, FACE_SIDE, 3), np.uint8)
    if not inside.size:
        return square
    x, y = round(max(0, -x0) * zoom), round(max(0, -y0) * zoom)
    wide = min(FACE_SIDE - x, max(1, round((min(width, x1) - max(0, x0)) * zoom)))
    tall = min(FACE_SIDE - y, max(1, round((min(height, y1) - max(0, y0)) * zoom)))
    if wide > 0 and tall > 0:
        way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        square[y : y + tall, x : x + wide] = cv2.resize(inside, (wide, tall), interpolation=way)
    return square


def _merged(places: list[_Place]) -> list[_Place]:
    """Merge overlapping detections by their mean, weighted by the scores (weighted non-maximum suppression)."""
    left = sorted(places, key=lambda place: -place.score)
    merged = []
    while left:
        group = [place for place in left if _shared(left[0].points, place.points) > 0.3]
        left = [place for place in left if _shared(left[0].points, place.points) <= 0.3]
        weights = np.array([place.score for place in group], np.float32)
        points = np.average([place.points for place in group], axis=0, weights=weights)
        merged.append(_Place(group[0].score, np.asarray(points, np.float32)))
    return merged


def _shared(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return intersection over union of the boxes of two places."""
    low = np.maximum(first[0] - first[1] / 2, second[0] - second[1] / 2)
    high = np.minimum(first[0] + first[1] / 2, second[0] + second[1] / 2)
    both = float(np.prod(np.maximum(0, high - low)))
    return both / max(1e-6, float(np.prod(first[1]) + np.prod(second[1])) - both)


def _checked(picture: Rgb, place: _Place) -> Face | None:
    """Look a second time, at the face alone, plain and mirrored: what only resembles a face does so from one view."""
    if place.score >= OBVIOUS:
        return _face(place.points, place.score)
    side = max(8.0, place.width / SECOND_LOOK)
    seen = []
    for mirrored in (False, True):
        left, top = place.points[0] - side / 2
        again = _look(picture, float(left), float(top), side, mirrored=mirrored)
        same = [one for one in again if np.hypot(*(one.points[0] - place.points[0])) < 0.5 * place.width]
        if not same:
            return None
        seen.append(max(same, key=lambda one: one.score))
    score = (seen[0].score + seen[1].score) / 2
    return _face(np.asarray((seen[0].points + seen[1].points) / 2, np.float32), score) if score >= CERTAIN else None


def _face(points: NDArray[np.float32], score: float) -> Face:
    """Make a face of the network's points: centre, size, two eyes, nose, mouth, two ears."""
    centre, size, _, _, nose, _, *ears = points
    across = ears[1] - ears[0]
    apart = max(1e-3, float(np.hypot(*across)))
    turn = abs(float(np.dot(nose - (ears[0] + ears[1]) / 2, across))) / apart**2
    left, top = centre - size / 2
    view = "profile" if turn > PROFILE_TURN else "front"
    return Face(round(float(left)), round(float(top)), round(float(size[0])), round(float(size[1])), view, score)


def distinct(found: list[Face]) -> list[Face]:
    """Keep the surest of those that lie on one another."""
    kept: list[Face] = []
    for face in sorted(found, key=lambda face: -face.score):
        apart = [
            np.hypot(
                face.left - one.left + (face.width - one.width) / 2, face.top - one.top + (face.height - one.height) / 2
            )
            > 0.5 * max(face.width, one.width)
            for one in kept
        ]
        if all(apart):
            kept.append(face)
    return kept
