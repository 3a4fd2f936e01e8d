"""Paint the picture of a layer: soft-edged shapes, glows and textures, in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.layers import Layer, Loop
from sora_nb.engines.draw.scenes.noise import Color, Floats, Pixels, floats, masked, mix, planar, stack_blur, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EDGE_SOFTNESS = 0.8
"""Pixels over which the line of below() fades, to either side."""
SWAY_PICTURES = 12
"""Pictures of one swing, from one side to the other."""


class Canvas:
    """An RGB picture with alpha, 0 to 1, to paint soft-edged shapes on; coordinates are pixels.

    Args:
        width, height: pixels.
        color: of the background; transparent where None.
    """

    def __init__(self, width: int, height: int, color: Color | Floats | None = None) -> None:
        self.width, self.height = width, height
        self.rgb: Floats = planar(height, width)
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
        soft = stack_blur(mask, blur) if blur else mask
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
        light = masked(floats(color), (down[:, None] * across[None] * strength).astype(np.float32))
        rgb = self.rgb[y0:y1, x0:x1]
        rgb += light * (1 - 0.6 * np.clip(rgb, 0, 1))

    def below(self, profile: Floats, color: Color | Floats) -> None:
        """Fill everything below a line that has one row for each column; color (3,) or (height, width, 3)."""
        top = max(0, int(profile.min()) - 2)
        rows = np.arange(top, self.height, dtype=np.float32)[:, None]
        cover = np.clip((rows - profile[None]) / (2 * EDGE_SOFTNESS) + 0.5, 0, 1).astype(np.float32)
        paint = np.asarray(color, np.float32)
        self._blend(
            np.s_[top : self.height, 0 : self.width], paint[top:] if paint.ndim == 3 else paint, cover, add=False
        )

    def texture(self, noise: Floats, amount: float) -> None:
        """Darken and lighten by noise (mean 0.5), shape (rows, width), from the first row on."""
        rows = min(noise.shape[0], self.height)
        self.rgb[:rows] *= (1 + amount * (noise[:rows] - np.float32(0.5)))[..., None]

    def soften(self, pixels: float) -> None:
        """Blur everything, as a lens does to what is not in focus."""
        flat = cv2.GaussianBlur(self.rgb * self.alpha[..., None], (0, 0), pixels)
        self.alpha = cv2.GaussianBlur(self.alpha, (0, 0), pixels)
        self.rgb = flat / np.maximum(self.alpha, 1e-3)[..., None]

    def layer(self, depth: float, rng: np.random.Generator | None = None, **where: float) -> Layer:
        """Return the painting as a layer; opaque where the canvas is covered everywhere."""
        alpha = None if float(self.alpha.min()) >= 0.999 else self.alpha
        return Layer(self.rgb, alpha, depth, rng=rng, **where)  # type: ignore[arg-type]

    def sway(self, depth: float, *, degrees: float, pivot: tuple[float, float]) -> Loop:
        """Return the painting as a plant or a lamp that rocks by some degrees about a pivot, (x, y) in pixels."""
        color = to_bytes(self.rgb * self.alpha[..., None])
        sheet = cv2.merge([*cv2.split(color), 255 - to_bytes(self.alpha)])
        rows, columns = np.flatnonzero(self.alpha.max(1) > 0.004), np.flatnonzero(self.alpha.max(0) > 0.004)
        reach = int(np.sin(np.radians(degrees)) * self.alpha.shape[0]) + 2
        y0, y1 = max(0, rows[0] - reach), rows[-1] + 1
        x0, x1 = max(0, columns[0] - reach), min(sheet.shape[1], columns[-1] + reach)
        moved: list[tuple[Pixels, Pixels | None]] = []
        for part in np.linspace(-np.pi / 2, np.pi / 2, SWAY_PICTURES):
            matrix = cv2.getRotationMatrix2D(pivot, degrees * float(np.sin(part)), 1)
            matrix[:, 2] -= (x0, y0)
            size = (int(x1 - x0), int(y1 - y0))
            *channels, hole = cv2.split(cv2.warpAffine(sheet, matrix, size, borderValue=(0, 0, 0, 255)))
            moved.append((cv2.merge(channels), cv2.merge([hole] * 3)))
        return Loop(moved, depth, fps=9, top=int(y0), left=int(x0), rock=True)
