"""Layers: pictures drawn once and moved at quarter-pixel steps, so that a frame of one is a slice of memory.

Layers hold premultiplied colour and inverse alpha as bytes: putting one over a picture is a multiplication and an addition.
Positions are pixels of the panorama: the frame plus a margin on both sides for the camera to move in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.noise import Color, Floats, Pixels, blurred, mix, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PHASES, LARGE = 4, 1700
"""Steps to a pixel, and the width of a layer from which half of them do."""
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
    x0, x1 = max(0, left), min(frame.shape[1], left + width)
    y0, y1 = max(0, top), min(frame.shape[0], top + height)
    if x0 >= x1 or y0 >= y1:
        return
    part = frame[y0:y1, x0:x1]
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    cv2.multiply(part, hole[inside], part, 1 / 255)
    cv2.add(part, color[inside], part)


def shifted(picture: Pixels, pixels: float) -> Pixels:
    """Shift a picture to the left by a part of a pixel."""
    height, width = picture.shape[:2]
    matrix = np.array([[1, 0, -pixels], [0, 1, 0]], np.float32)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


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
            rgb, alpha = self._trimmed(rgb, alpha)
            hole = cv2.merge([255 - to_bytes(alpha)] * 3)
            rgb = rgb * alpha[..., None]
        color = to_bytes(rgb, rng)
        # colour rounded up beyond alpha would glow at the edges
        self._shifted = {0: (color if hole is None else np.minimum(color, 255 - hole), hole)}

    def _phase(self, number: int) -> tuple[Pixels, Pixels | None]:
        """Return colour and hole moved by a part of a pixel; made when first asked for, because many cameras never ask."""
        if number not in self._shifted:
            color, hole = self._shifted[0]
            part = number / self.phases
            self._shifted[number] = (shifted(color, part), None if hole is None else shifted(hole, part))
        return self._shifted[number]

    def _trimmed(self, rgb: Floats, alpha: Floats) -> tuple[Floats, Floats]:
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
            over(frame, color, hole, -whole, self.top)
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


def swaying(canvas: Canvas, depth: float, *, degrees: float, pivot: tuple[float, float], pictures: int = 12) -> Loop:
    """Make a plant or a lamp that rocks about a pivot, (x, y) in pixels of the canvas."""
    color = to_bytes(canvas.rgb * canvas.alpha[..., None])
    hole = cv2.merge([255 - to_bytes(canvas.alpha)] * 3)
    rows, columns = np.flatnonzero(canvas.alpha.max(1) > 0.004), np.flatnonzero(canvas.alpha.max(0) > 0.004)
    reach = int(np.sin(np.radians(degrees)) * canvas.alpha.shape[0]) + 2
    y0, y1 = max(0, rows[0] - reach), rows[-1] + 1
    x0, x1 = max(0, columns[0] - reach), min(color.shape[1], columns[-1] + reach)
    moved: list[tuple[Pixels, Pixels | None]] = []
    for part in np.linspace(-np.pi / 2, np.pi / 2, pictures):
        matrix = cv2.getRotationMatrix2D(pivot, degrees * float(np.sin(part)), 1)
        matrix[:, 2] -= (x0, y0)
        size = (int(x1 - x0), int(y1 - y0))
        white = (255, 255, 255)
        moved.append(
            (cv2.warpAffine(color, matrix, size), cv2.warpAffine(hole, matrix, size, borderValue=white)),
        )
    return Loop(moved, depth, fps=9, top=int(y0), left=int(x0), rock=True)


class Canvas:
    """Paper for a layer: RGB and alpha, 0 to 1, painted with soft-edged shapes given in pixels.

    Args:
        width, height: pixels.
        color: paper colour; transparent where None.
    """

    def __init__(self, width: int, height: int, color: Color | Floats | None = None) -> None:
        self.width, self.height = width, height
        self.rgb: Floats = np.zeros((height, width, 3), np.float32)
        self.alpha: Floats = np.zeros((height, width), np.float32)
        if color is not None:
            self.rgb[:] = color
            self.alpha[:] = 1

    def shape(
        self,
        outline: Callable[[Pixels, int, int], None],
        box: tuple[float, float, float, float],
        color: Color | Floats,
        *,
        opacity: float = 1.0,
        blur: float = 0.0,
        top_color: Color | Floats | None = None,
        add: bool = False,
    ) -> None:
        """Paint what `outline` draws, within its box (left, top, right, bottom).

        Args:
            outline: draws the shape as 255 into a mask whose corner lies at the given column and row.
            box: pixels.
            color: at the bottom where top_color is given, else everywhere.
            opacity: 0 to 1.
            blur: pixels of softness.
            top_color: colour at the top of the box.
            add: add light instead of covering.
        """
        pad = int(blur * 3) + 2
        x0, y0 = max(0, int(box[0]) - pad), max(0, int(box[1]) - pad)
        x1, y1 = min(self.width, int(box[2]) + pad + 1), min(self.height, int(box[3]) + pad + 1)
        if x0 >= x1 or y0 >= y1:
            return
        # the mask reaches past the canvas by the pad, so that a blurred shape does not fade at the canvas's edge
        mask = np.zeros((y1 - y0 + 2 * pad, x1 - x0 + 2 * pad), np.uint8)
        outline(mask, x0 - pad, y0 - pad)
        soft = blurred(mask, blur) if blur else mask
        cover = soft[pad:-pad, pad:-pad].astype(np.float32) * np.float32(opacity / 255)
        paint = np.asarray(color, np.float32)
        if top_color is not None:
            down = np.clip((np.arange(y0, y1) - box[1]) / max(1.0, box[3] - box[1]), 0, 1)[:, None, None]
            paint = mix(np.asarray(top_color, np.float32), paint, down.astype(np.float32))
        self._blend(np.s_[y0:y1, x0:x1], paint, cover, add=add)

    def _blend(self, where: tuple[slice, slice], paint: Floats, cover: Floats, *, add: bool) -> None:
        rgb, alpha = self.rgb[where], self.alpha[where]
        if add:
            rgb += paint * cover[..., None]
            return
        total = cover + alpha * (1 - cover)
        part = np.divide(cover, total, out=np.zeros_like(cover), where=total > 0)
        rgb += (paint - rgb) * part[..., None]
        alpha[:] = total

    def polygon(self, points: Sequence[tuple[float, float]] | Floats, color: Color | Floats, **how: object) -> None:
        """Paint a polygon; `how` as in shape()."""
        corners = np.asarray(points, np.float64)
        low, high = corners.min(0), corners.max(0)

        def outline(mask: Pixels, x: int, y: int) -> None:
            cv2.fillPoly(mask, [np.round((corners - (x, y)) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)

        self.shape(outline, (low[0], low[1], high[0], high[1]), color, **how)  # type: ignore[arg-type]

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, color: Color | Floats, **how: object
    ) -> None:
        """Paint a rectangle; `how` as in shape()."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], color, **how)

    def ellipse(self, x: float, y: float, rx: float, ry: float, color: Color | Floats, **how: object) -> None:
        """Paint an ellipse about (x, y) with radii rx and ry; `how` as in shape()."""

        def outline(mask: Pixels, left: int, top: int) -> None:
            center = (round((x - left) * 16), round((y - top) * 16))
            axes = (max(1, round(rx * 16)), max(1, round(ry * 16)))
            cv2.ellipse(mask, center, axes, 0, 0, 360, 255, -1, cv2.LINE_AA, 4)

        self.shape(outline, (x - rx, y - ry, x + rx, y + ry), color, **how)  # type: ignore[arg-type]

    def line(self, points: Sequence[tuple[float, float]], width: float, color: Color | Floats, **how: object) -> None:
        """Paint a line of some width in pixels; `how` as in shape()."""
        corners = np.asarray(points, np.float64)
        low, high = corners.min(0) - width, corners.max(0) + width

        def outline(mask: Pixels, x: int, y: int) -> None:
            path = [np.round((corners - (x, y)) * 16).astype(np.int32)]
            cv2.polylines(mask, path, False, 255, max(1, round(width)), cv2.LINE_AA, 4)

        self.shape(outline, (low[0], low[1], high[0], high[1]), color, **how)  # type: ignore[arg-type]

    def glow(self, x: float, y: float, radius: float, color: Color | Floats, strength: float = 1.0) -> None:
        """Add light that falls off from (x, y)."""
        x0, x1 = max(0, int(x - 3 * radius)), min(self.width, int(x + 3 * radius) + 1)
        y0, y1 = max(0, int(y - 3 * radius)), min(self.height, int(y + 3 * radius) + 1)
        if x0 >= x1 or y0 >= y1:
            return
        across = np.exp(-(((np.arange(x0, x1) - x) / radius) ** 2))
        down = np.exp(-(((np.arange(y0, y1) - y) / radius) ** 2))
        light = (down[:, None] * across[None] * strength).astype(np.float32)[..., None] * np.asarray(color, np.float32)
        rgb = self.rgb[y0:y1, x0:x1]
        rgb += light * (1 - 0.6 * np.clip(rgb, 0, 1))

    def below(self, profile: Floats, color: Color | Floats, *, softness: float = 0.8) -> None:
        """Fill everything below a line that has one row for each column; color (3,) or (height, width, 3)."""
        top = max(0, int(profile.min()) - 2)
        rows = np.arange(top, self.height, dtype=np.float32)[:, None]
        cover = np.clip((rows - profile[None]) / (2 * softness) + 0.5, 0, 1).astype(np.float32)
        paint = np.asarray(color, np.float32)
        self._blend(
            np.s_[top : self.height, 0 : self.width], paint[top:] if paint.ndim == 3 else paint, cover, add=False
        )

    def texture(self, noise: Floats, amount: float, top: int = 0) -> None:
        """Darken and lighten by noise (mean 0.5), shape (rows, width), from row `top` on."""
        rows = min(noise.shape[0], self.height - top)
        self.rgb[top : top + rows] *= (1 + amount * (noise[:rows] - np.float32(0.5)))[..., None]

    def soften(self, pixels: float) -> None:
        """Blur everything, as a lens does to what is not in focus."""
        flat = cv2.GaussianBlur(self.rgb * self.alpha[..., None], (0, 0), pixels)
        self.alpha = cv2.GaussianBlur(self.alpha, (0, 0), pixels)
        self.rgb = flat / np.maximum(self.alpha, 1e-3)[..., None]

    def layer(self, depth: float, rng: np.random.Generator | None = None, **where: float) -> Layer:
        """Return the painting as a layer; opaque where the canvas is covered everywhere."""
        alpha = None if float(self.alpha.min()) >= 0.999 else self.alpha
        return Layer(self.rgb, alpha, depth, rng=rng, **where)  # type: ignore[arg-type]
