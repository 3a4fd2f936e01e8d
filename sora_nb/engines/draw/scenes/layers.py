"""Move layers past the camera: pictures drawn once, so that a frame of one is a slice of memory.

Layers hold premultiplied colour and inverse alpha as bytes: putting one over a picture is a multiplication and an addition.
Positions are pixels of the panorama: the frame plus a margin on both sides for the camera to move in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.noise import Floats, Pixels, masked, to_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

PHASES = 4
"""Steps to a pixel."""
LARGE = 1700
"""Width of a layer, in pixels, from which half as many steps are taken."""
BLOCK = 48
"""Side of the squares, in pixels, of which a layer knows whether they show nothing, or hide all that is behind them."""
GROUND_DEPTH = 0.6
"""Depth of the ground the cast stands on."""


@dataclass(frozen=True)
class View:
    """Where the camera is.

    Attributes:
        time: seconds.
        x: pixels that things at depth 1 have moved to the left, from -margin to margin.
        margin: pixels of panorama on either side of the frame.
        pivot: turn about the cast: what is far moves against what is near, and the cast stays.
    """

    time: float
    x: float
    margin: int
    pivot: bool = False

    def left(self, depth: float) -> float:
        """Column of the panorama at the left edge of the frame, for a layer at some depth (0 far, 1 near)."""
        return self.margin + self.x * (depth - (GROUND_DEPTH if self.pivot else 0.0))


class Element(Protocol):
    """Something that draws itself into a frame."""

    def draw(self, frame: Pixels, view: View) -> None:
        """Draw into frame, shape (height, width, 3)."""


def over(frame: Pixels, color: Pixels, hole: Pixels, left: int, top: int) -> None:
    """Put a premultiplied picture over a frame, in place, cut at the frame's edges.

    Args:
        frame: RGB, shape (height, width, 3).
        color: premultiplied RGB.
        hole: 255 minus alpha, as three channels.
        left: column of the picture's corner; may lie outside.
        top: its row.
    """
    height, width = color.shape[:2]
    _blend(frame, color, hole, left, top, Patch(0, 0, height, width, solid=False))


def dim(frame: Pixels, kept: Pixels, left: int, top: int) -> None:
    """Darken a frame, in place.

    Args:
        frame: RGB, shape (height, width, 3).
        kept: how much of its light remains, 0 to 255, one channel.
        left, top: see over().
    """
    x0, x1 = max(0, left), min(frame.shape[1], left + kept.shape[1])
    y0, y1 = max(0, top), min(frame.shape[0], top + kept.shape[0])
    if x0 < x1 and y0 < y1:
        part = frame[y0:y1, x0:x1]
        cv2.multiply(part, cv2.merge([kept[y0 - top : y1 - top, x0 - left : x1 - left]] * 3), part, 1 / 255)


class Patch(NamedTuple):
    """A part of a picture that is put over a frame.

    Attributes:
        top, left, bottom, right: in the picture, pixels.
        solid: whether it hides all that is behind it.
    """

    top: int
    left: int
    bottom: int
    right: int
    solid: bool


def patches(hole: Pixels) -> list[Patch]:
    """Return what a picture shows, as rectangles of blocks: copied where they are solid, blended elsewhere.

    What they leave out shows nothing, so that the frame is the same as if the whole picture were put over it, also where
    the picture is shifted to the left by a part of a pixel.

    Args:
        hole: 255 minus alpha, one channel.
    """
    rows, columns = (range(0, side, BLOCK) for side in hole.shape)
    low, high = (_of_blocks(hole, rows, columns, extreme) for extreme in (np.minimum, np.maximum))
    kinds = np.where(low == 255, 0, np.where(high == 0, 2, 1))
    found: list[Patch] = []
    open_now: dict[tuple[int, int, bool], Patch] = {}
    for top, line in zip(rows, kinds, strict=True):
        ends = [0, *(np.flatnonzero(np.diff(line)) + 1), len(line)]
        below: dict[tuple[int, int, bool], Patch] = {}
        for first, after in pairwise(ends):
            if line[first]:
                where = (columns[first], min(int(after) * BLOCK, hole.shape[1]), bool(line[first] == 2))
                above = open_now.pop(where, None)
                start = above.top if above else top
                below[where] = Patch(start, where[0], min(top + BLOCK, len(hole)), where[1], where[2])
        found += open_now.values()
        open_now = below
    return [*found, *open_now.values()]


def _of_blocks(hole: Pixels, rows: range, columns: range, extreme: np.ufunc) -> Pixels:
    """Return the least or the greatest of each block and the column to its right."""
    lines = extreme.reduceat(hole, rows, axis=0)
    lines[:, :-1] = extreme(lines[:, :-1], lines[:, 1:])
    return np.asarray(extreme.reduceat(lines, columns, axis=1))


def _blend(frame: Pixels, color: Pixels, hole: Pixels, left: int, top: int, patch: Patch) -> None:
    """Put a patch of a picture over a frame; arguments as of over()."""
    x0, x1 = max(0, left + patch.left), min(frame.shape[1], left + patch.right)
    y0, y1 = max(0, top + patch.top), min(frame.shape[0], top + patch.bottom)
    if x0 >= x1 or y0 >= y1:
        return
    part = frame[y0:y1, x0:x1]
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    if patch.solid:
        part[:] = color[inside]
        return
    cv2.multiply(part, hole[inside], part, 1 / 255)
    cv2.add(part, color[inside], part)


def shift(picture: Pixels, pixels: float) -> Pixels:
    """Shift a picture to the left by a quarter, a half or three quarters of a pixel."""
    moved = picture.copy()
    if picture.shape[1] > 1:
        # an eighth, less than all that is ever rounded down, has halves rounded up
        moved[:, :-1] = cv2.addWeighted(picture[:, :-1], 1 - pixels, picture[:, 1:], pixels, 0.125)
    return moved


class Layer:
    """A picture at a depth. Opaque where alpha is None, and then as wide as the panorama.

    Args:
        rgb: shape (height, width, 3), 0 to 1, not premultiplied.
        alpha: shape (height, width), 0 to 1.
        depth: 0 (endlessly far) to 1 (as near as things get).
        top, left: where its corner lies in the panorama.
        drift: pixels a second it moves to the right by itself.
        rng: dithers against bands.
    """

    def __init__(
        self,
        rgb: Floats,
        alpha: Floats | None,
        depth: float,
        *,
        top: int = 0,
        left: int = 0,
        drift: float = 0.0,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.depth, self.top, self.left, self.drift = depth, top, left, drift
        # half a pixel of a large picture is as small a step as a quarter of a small one
        self.phases = PHASES if rgb.shape[1] < LARGE else PHASES // 2
        hole = None
        if alpha is not None:
            rgb, alpha = self._trim(rgb, alpha)
            hole = cv2.merge([255 - to_bytes(alpha)] * 3)
            rgb = masked(rgb, alpha)
        color = to_bytes(rgb, rng)
        # colour rounded up beyond alpha would glow at the edges
        self._shifted = {0: (color if hole is None else np.minimum(color, 255 - hole), hole)}

    def __copy__(self) -> Layer:
        """Share the picture, but not what it becomes when it is moved by a part of a pixel."""
        other = object.__new__(Layer)
        other.__dict__ |= self.__dict__
        other._shifted = {0: self._shifted[0]}
        return other

    @cached_property
    def _patches(self) -> list[Patch]:
        hole = self._shifted[0][1]
        return [] if hole is None else patches(np.ascontiguousarray(hole[..., 0]))

    def _phase(self, number: int) -> tuple[Pixels, Pixels | None]:
        """Return colour and hole moved by a part of a pixel; made when first asked for, because many cameras never ask."""
        if number not in self._shifted:
            color, hole = self._shifted[0]
            part = number / self.phases
            self._shifted[number] = (shift(color, part), None if hole is None else shift(hole, part))
        return self._shifted[number]

    def _trim(self, rgb: Floats, alpha: Floats) -> tuple[Floats, Floats]:
        """Cut away empty rows and columns."""
        rows = np.flatnonzero(alpha.max(1) > 0.004)
        columns = np.flatnonzero(alpha.max(0) > 0.004)
        if not len(rows):
            return rgb[:1, :1], alpha[:1, :1] * 0
        y0, y1, x0, x1 = rows[0], rows[-1] + 1, max(0, columns[0] - 1), columns[-1] + 2
        self.top, self.left = self.top + int(y0), self.left + int(x0)
        return rgb[y0:y1, x0:x1], alpha[y0:y1, x0:x1]

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        position = self.left + self.drift * view.time - view.left(self.depth)
        whole, phase = divmod(round(-position * self.phases), self.phases)
        color, hole = self._phase(phase)
        if hole is not None:
            for patch in self._patches:
                _blend(frame, color, hole, -whole, self.top, patch)
            return
        y1 = min(frame.shape[0], self.top + color.shape[0])
        x = min(max(whole, 0), color.shape[1] - frame.shape[1])
        frame[self.top : y1] = color[: y1 - self.top, x : x + frame.shape[1]]


class Loop:
    """Moving pictures at a depth, played round and round at `fps`; each as in Layer, at whole pixels.

    Args:
        pictures: (premultiplied colour, hole or None) of one size, as bytes.
        depth, top, left: as in Layer.
        fps: pictures a second.
        rock: play to and fro instead of round.
    """

    def __init__(
        self,
        pictures: Sequence[tuple[Pixels, Pixels | None]],
        depth: float,
        *,
        fps: float,
        top: int = 0,
        left: int = 0,
        rock: bool = False,
    ) -> None:
        self.pictures = [*pictures, *pictures[-2:0:-1]] if rock else list(pictures)
        self.depth, self.fps, self.top, self.left = depth, fps, top, left

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        color, hole = self.pictures[int(view.time * self.fps + 1e-6) % len(self.pictures)]
        x = round(self.left - view.left(self.depth))
        if hole is not None:
            over(frame, color, hole, x, self.top)
            return
        y1 = min(frame.shape[0], self.top + color.shape[0])
        x = min(max(-x, 0), color.shape[1] - frame.shape[1])
        frame[self.top : y1] = color[: y1 - self.top, x : x + frame.shape[1]]


class Shine:
    """Light that plays over what is drawn: small pictures, enlarged and added, played round and round.

    Args:
        pictures: RGB bytes, `scale` times smaller than they are shown.
        scale: how many times.
        depth, top: as in Layer.
        fps: pictures a second.
    """

    def __init__(self, pictures: Sequence[Pixels], scale: float, depth: float, *, fps: float, top: int = 0) -> None:
        self.pictures, self.scale, self.depth, self.fps, self.top = list(pictures), scale, depth, fps, top

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        small = self.pictures[int(view.time * self.fps + 1e-6) % len(self.pictures)]
        rows = min(int(small.shape[0] * self.scale), frame.shape[0] - self.top)
        half = (self.scale - 1) / 2
        matrix = np.array([[self.scale, 0, half - view.left(self.depth)], [0, self.scale, half]])
        large = cv2.warpAffine(small, matrix, (frame.shape[1], rows), flags=cv2.INTER_LINEAR)
        part = frame[self.top : self.top + rows]
        cv2.add(part, large, part)
