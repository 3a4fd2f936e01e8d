"""Frame the cast from near: heads and shoulders, and behind them the scenery, enlarged and out of focus."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from sora_nb.engines.draw import body
from sora_nb.engines.draw.actors import MOST_BYTES
from sora_nb.engines.draw.camera import ZOOM
from sora_nb.engines.draw.placement import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.base import Box, Cutout
    from sora_nb.engines.draw.body import Figure
    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.engines.draw.scenes.scene import Scene

HEAD = 0.66
"""Height of a head, as part of the frame's."""
LEAST, MOST_ENLARGED = 0.42, 4.0
"""Height of a head that has few pixels, as part of the frame's at least; it is enlarged no further than so many times."""
EYES = 0.47
"""Row of the frame in which the middle of a head is, as part of its height."""
INSIDE = 1 / ZOOM
"""Part of the frame's width that the cast has: what a camera that zooms never cuts."""
WIDE = 0.86
"""Part of the room each has that a head is wide at most."""
THING = 0.80
"""Height of what has no head, as part of the frame's, and its width at most, as part of the room it has."""
REST = 0.94
"""Row of the frame on which a thing stands."""
EDGE = 1.03
"""Row below the frame at which a bust ends at least, as part of the frame's height: swaying does not show its edge."""
DRAWN = 1.1
"""Height of a body that is drawn for a close-up, as part of the frame's."""
BROAD = 1.3
"""The same as part of the width of the room that it has."""
SCENERY = 2.0
"""How much the scenery is enlarged."""
HIGH, LOW = 0.8, 0.45
"""How far above the ground the middle of the picture is, as part of a standing body's height: with a cast, and without."""
BLURRED = 4
"""How many times smaller scenery is while it is blurred."""
BLUR = 0.004
"""How far it is out of focus, as part of the frame's shorter side, when it is that small."""


class Framed(NamedTuple):
    """Somebody as a close-up shows him: what is in the picture of his sprite and body, where that is, and the head's row."""

    cutout: Cutout
    figure: Figure
    place: Place
    eyes: float


def drawn_height(count: int, size: tuple[int, int]) -> int:
    """Return how high a body is drawn of which a head and shoulders are shown, one of some side by side."""
    width, height = size
    return round(min(DRAWN * height, BROAD * width / count))


def frame_cast(
    cutouts: Sequence[Cutout], figures: Sequence[Figure], size: tuple[int, int], *, standing: bool
) -> list[Framed]:
    """Frame everybody by the head, side by side; what has no head is shown whole.

    Args:
        cutouts: the cast.
        figures: their bodies.
        size: of the frame, (width, height).
        standing: whether all stand on the ground, which is out of the picture; others hover.
    """
    width, height = size
    room = INSIDE * width / len(cutouts)
    found = []
    for number, (cutout, figure) in enumerate(zip(cutouts, figures, strict=True)):
        column = width / 2 + (number - (len(cutouts) - 1) / 2) * room
        head = body.head(cutout, figure)
        if head is None:
            tall = THING * min(height, room * figure.rows / figure.columns)
            row = REST * height if standing else (height + tall) / 2
            found.append(Framed(cutout, figure, Place(column, row, tall), row - tall / 2))
        else:
            found.append(_framed(cutout, figure, head, room, column, size, standing=standing or cutout.bust))
    return found


def _framed(
    cutout: Cutout, figure: Figure, head: Box, room: float, column: float, size: tuple[int, int], *, standing: bool
) -> Framed:
    """Cut a sprite to what the frame shows of it; below, it ends as a bust does."""
    width, height = size
    left, top, right, bottom = head
    scale = min(max(LEAST * height / (bottom - top), MOST_ENLARGED), HEAD * height / (bottom - top))
    scale = min(scale, WIDE * room / (right - left))
    row = EYES * height - scale * (bottom - top) / 2
    reach = (0.1 * width + max(column, width - column)) / scale
    axis = (left + right) / 2
    rows, columns = cutout.frames[0].shape[:2]
    last = min(rows, round(top + (EDGE * height - row) / scale))
    low, high = max(0, round(axis - reach)), min(columns, round(axis + reach))
    frames = tuple(frame[:last, low:high] for frame in cutout.frames)
    end = row + (last - top) * scale
    if standing:  # feet, or the edge of a bust, are not for anybody to see
        end = max(end, EDGE * height)
    bytes_of_two = 8 * len(frames) * last * (high - low) * scale**2
    return Framed(
        replace(cutout, frames=frames, bust=True),
        replace(figure, rows=last, columns=min(figure.columns, high - low), bust=True, axis=axis - low),
        Place(column, end, last * scale, zoom=max(1.0, (bytes_of_two / MOST_BYTES) ** 0.5)),
        end - (last - (top + bottom) / 2) * scale,
    )


class Scenery:
    """The part of a scene that a close-up shows.

    Args:
        scene: the whole.
        size: of the frame, (width, height).
        alone: whether nobody is before it: it is nearer, and sharp.
    """

    def __init__(self, scene: Scene, size: tuple[int, int], *, alone: bool) -> None:
        width, height = size
        wide, high = round(width / SCENERY), round(height / SCENERY)
        eyes = scene.ground[0] - (LOW if alone else HIGH) * scene.size * min(size)
        top = int(np.clip(eyes - EYES * high, 0, height - high))
        left = (width - wide) // 2
        self._part = np.s_[top : top + high, left : left + wide]
        self._alone = alone
        self._small = max(1, width // BLURRED), max(1, height // BLURRED)
        self._sigma = BLUR * min(size)

    def enlarge(self, frame: Pixels, target: Pixels) -> Pixels:
        """Enlarge the part of a frame to the whole, into `target`."""
        part, size = frame[self._part], target.shape[1::-1]
        if self._alone:
            return np.asarray(cv2.resize(part, size, target, interpolation=cv2.INTER_CUBIC))
        small = cv2.resize(part, self._small, interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small, (0, 0), self._sigma)
        return np.asarray(cv2.resize(soft, size, target, interpolation=cv2.INTER_LINEAR))
