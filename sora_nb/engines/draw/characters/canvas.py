"""Paint a character part by part: soft, rounded shapes lit from the upper left, one over the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.noise import Color, Floats, Pixels, floats, fractal, masked, mix, planar, stack_blur

if TYPE_CHECKING:
    from collections.abc import Sequence

TOWARDS_LIGHT = np.array([-0.46, -0.62, 0.64], np.float32)
Point = tuple[float, float]


class Canvas:
    """A transparent picture painted part by part. Coordinates: 1 is the height of the picture, (0, 0) its upper left.

    Args:
        height: pixels.
        aspect: width divided by height.
        fur: strength of the grain on rough parts.
    """

    def __init__(self, height: int, aspect: float, fur: float = 0.10) -> None:
        self.scale = height
        self.fur = fur
        self.lowered = 0.0
        """How much lower than said the next parts are put: a body that sits down."""
        self.head = (0.0, 0.0, 1.0, 1.0)
        """Left, top, right, bottom of what is painted as the head, its hat and ears included."""
        self.shape = (height, round(height * aspect))
        self.rgb: Floats = planar(*self.shape)
        self.alpha: Floats = np.zeros(self.shape, np.float32)
        grain = fractal(np.random.default_rng(7), *self.shape, cell=height * 0.035, octaves=4, gain=0.75, squash=0.6)
        self.grain: Floats = grain - np.float32(0.5)

    def mark_head(self, at: Point, left: float, up: float, right: float, down: float) -> None:
        """Note how far the head reaches around a point in it."""
        y = at[1] + self.lowered
        self.head = at[0] - left, max(0.0, y - up), at[0] + right, y + down

    def blob(
        self, center: Point, rx: float, ry: float, color: Color, *, turn: float = 0.0, **how: float | bool
    ) -> None:
        """Paint an ellipse turned by some degrees; `how` as in paint()."""
        mask = np.zeros(self.shape, np.uint8)
        size = self.scale * 16
        at = (round(center[0] * size), round((center[1] + self.lowered) * size))
        cv2.ellipse(mask, at, (round(rx * size), round(ry * size)), turn, 0, 360, 255, -1, cv2.LINE_AA, 4)
        self.paint(mask, color, **how)  # type: ignore[arg-type]

    def limb(self, joints: Sequence[Point], thick: float, thin: float, color: Color, **how: float | bool) -> None:
        """Paint a bent limb through its joints, getting thinner from radius `thick` to radius `thin`."""
        mask = np.zeros(self.shape, np.uint8)
        path = _smooth(joints)
        size = self.scale * 16
        for (x, y), radius in zip(path, np.linspace(thick, thin, len(path)), strict=True):
            cv2.circle(
                mask,
                (round(x * size), round((y + self.lowered) * size)),
                round(float(radius) * size),
                255,
                -1,
                cv2.LINE_AA,
                4,
            )
        self.paint(mask, color, **how)  # type: ignore[arg-type]

    def patch(self, corners: Sequence[Point], color: Color, *, round_by: float = 0.0, **how: float | bool) -> None:
        """Paint a polygon, its corners rounded; `how` as in paint()."""
        mask = np.zeros(self.shape, np.uint8)
        points = np.round(np.add(corners, (0.0, self.lowered)) * self.scale * 16).astype(np.int32)
        cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, 4)
        if round_by:
            soft = stack_blur(mask, round_by * self.scale).astype(np.float32)
            mask = np.clip((soft - 128) * max(1.0, round_by * self.scale * 1.4) + 128, 0, 255).astype(np.uint8)
        self.paint(mask, color, **how)  # type: ignore[arg-type]

    def paint(
        self,
        mask: Pixels,
        color: Color,
        *,
        puff: float = 1.0,
        rough: bool = True,
        gloss: float = 0.0,
        inside: bool = False,
        contact: float = 0.30,
    ) -> None:
        """Put a rounded part on top.

        Args:
            mask: its outline, 0 to 255, of the picture's shape.
            color: its own colour.
            puff: how round it is; 0 is flat, as a marking is.
            rough: whether it has fur or cloth.
            gloss: strength of the highlight.
            inside: keep within what is painted already, as a marking does.
            contact: darkness of the soft shadow on the parts below.
        """
        x, y, width, height = cv2.boundingRect(mask)
        if not width:
            return
        pad = int(self.scale * 0.04)
        box = np.s_[max(0, y - pad) : y + height + pad, max(0, x - pad) : x + width + pad]
        cut = mask[box]
        rgb, alpha = self.rgb[box], self.alpha[box]
        if puff and contact:
            soft = stack_blur(cut, self.scale * 0.012)
            down = int(self.scale * 0.012) + 1
            rgb[down:] *= 1 - (soft[:-down].astype(np.float32) * np.float32(contact / 255))[..., None]
        cover = cut.astype(np.float32) / 255
        if inside:
            cover *= alpha
        paint = self._shaded(cut, color, puff, gloss)
        if rough:
            paint = paint * (1 + 2.2 * self.fur * self.grain[box])[..., None]
        total = cover + alpha * (1 - cover)
        part = np.divide(cover, total, out=np.zeros_like(cover), where=total > 0)
        rgb += (paint - rgb) * part[..., None]
        alpha[:] = total

    def _shaded(self, mask: Pixels, color: Color, puff: float, gloss: float) -> Floats:
        """Light a part as if its outline were blown up like a cushion."""
        own = np.asarray(color, np.float32)
        if not puff:
            return np.broadcast_to(own, (*mask.shape, 3))
        inner = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5)
        radius = max(2.0, float(inner.max()))
        rim = np.clip(inner / radius, 0, 1)
        bulge = np.sqrt(1 - (1 - rim) ** 2) * radius * puff
        bulge = stack_blur(bulge, max(1.0, radius * 0.16))
        dx, dy = cv2.Sobel(bulge, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(bulge, cv2.CV_32F, 0, 1, scale=1 / 8)
        length = np.sqrt(dx * dx + dy * dy + 1)
        right, down = -dx / length, -dy / length
        normal = cv2.merge([right, down, 1 / length])
        facing = np.clip(normal @ TOWARDS_LIGHT, -0.25, 1)[..., None]
        shadow = own * floats([0.52, 0.46, 0.58]) + floats([0.01, 0.01, 0.04])
        lit = mix(shadow, np.minimum(own * floats([1.10, 1.07, 1.02]) + 0.02, 1.0), np.clip(facing * 0.95 + 0.18, 0, 1))
        back = np.clip(right * 0.75 + down * 0.25, 0, 1) ** 3
        lit += masked(floats([0.75, 0.88, 1.0]), back * 0.22) * (0.4 + 0.6 * own)
        if gloss:
            lit += gloss * np.clip(facing, 0, 1) ** 26
        return np.asarray(lit, np.float32)

    def picture(self) -> Pixels:
        """Return the picture: RGBA bytes, straight alpha."""
        rgba = np.dstack([np.clip(self.rgb, 0, 1), self.alpha])
        return (rgba * 255 + 0.5).astype(np.uint8)


def _smooth(joints: Sequence[Point]) -> list[Point]:
    """Put many points on a soft curve through two or three joints, or on straight lines through more."""
    points = np.asarray(joints, np.float64)
    way = np.linspace(0, 1, 24)[:, None]
    if len(points) == 3:
        middle = 2 * points[1] - (points[0] + points[2]) / 2
        curve = (1 - way) ** 2 * points[0] + 2 * way * (1 - way) * middle + way**2 * points[2]
    else:
        at = np.linspace(0, 1, len(points))
        curve = np.stack([np.interp(way[:, 0], at, points[:, axis]) for axis in (0, 1)], 1)
    return [(float(x), float(y)) for x, y in curve]
