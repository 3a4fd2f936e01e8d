"""Draw rain, snow, dust and film grain over the finished picture, on its brightness alone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes.layers import Layer
from sora_nb.engines.draw.scenes.noise import floats, fractal

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.engines.draw.scenes.scene import Setting

BLACK = 16
"""Brightness of black in limited-range video."""


class Falling:
    """Streaks or flakes on a tile that repeats downwards and sideways, moved over the picture.

    Args:
        tile: brightness to add, shape (height, width); repeats without a seam.
        down, right: pixels a second.
        sway: pixels it swings from side to side.
    """

    def __init__(self, tile: Pixels, down: float, right: float, sway: float = 0.0) -> None:
        self.tile = np.tile(tile, (2, 2))
        self.size = tile.shape
        self.down, self.right, self.sway = down, right, sway

    def draw(self, luma: Pixels, time: float) -> None:
        """Add to brightness, shape (height, width) as the tile, in place."""
        y = round(-self.down * time) % self.size[0]
        x = round(-self.right * time + self.sway * np.sin(time * 1.3)) % self.size[1]
        height, width = luma.shape
        cv2.add(luma, self.tile[y : y + height, x : x + width], luma)


def falling(setting: Setting) -> list[Falling]:
    """Return what falls in this weather, the far before the near."""
    unit, rng, light = setting.unit, setting.rng, setting.light
    shape = (setting.height, setting.width)
    bright = 0.55 + 0.45 * min(1.0, light.level)
    if light.weather == "rain":
        return [
            Falling(_streaks(shape, rng, unit, count=260, length=0.035, gray=30 * bright), unit * 1.5, unit * -0.12),
            Falling(_streaks(shape, rng, unit, count=90, length=0.085, gray=46 * bright), unit * 2.3, unit * -0.18),
        ]
    if light.weather == "snow":
        return [
            Falling(
                _flakes(shape, rng, unit, count=420, size=0.0016, gray=95 * bright),
                unit * 0.10,
                unit * 0.02,
                unit * 0.02,
            ),
            Falling(
                _flakes(shape, rng, unit, count=150, size=0.0034, gray=150 * bright),
                unit * 0.17,
                unit * 0.03,
                unit * 0.03,
            ),
            Falling(
                _flakes(shape, rng, unit, count=26, size=0.0085, gray=130 * bright),
                unit * 0.30,
                unit * 0.05,
                unit * 0.05,
            ),
        ]
    return []


def _wrap_edges(shape: tuple[int, int], pad: int, picture: Pixels) -> Pixels:
    """Fold what was drawn beyond the edges back in, so that the tile repeats."""
    height, width = shape
    folded = picture[pad : pad + height, pad : pad + width].copy()
    folded[:pad] = cv2.max(folded[:pad], picture[pad + height :, pad : pad + width])
    folded[-pad:] = cv2.max(folded[-pad:], picture[:pad, pad : pad + width])
    folded[:, :pad] = cv2.max(folded[:, :pad], picture[pad : pad + height, pad + width :])
    folded[:, -pad:] = cv2.max(folded[:, -pad:], picture[pad : pad + height, :pad])
    return folded


def _count(shape: tuple[int, int], unit: float, count: int) -> int:
    return int(count * shape[0] * shape[1] / unit**2 * 0.7)


def _streaks(
    shape: tuple[int, int], rng: np.random.Generator, unit: float, *, count: int, length: float, gray: float
) -> Pixels:
    pad = int(unit * length) + 4
    picture = np.zeros((shape[0] + 2 * pad, shape[1] + 2 * pad), np.uint8)
    for _ in range(_count(shape, unit, count)):
        x, y = int(rng.integers(pad, pad + shape[1])), int(rng.integers(pad, pad + shape[0]))
        long = unit * length * (0.6 + 0.4 * float(rng.random()))
        end = (round((x - long * 0.08) * 16), round((y + long) * 16))
        shade = gray * (0.5 + 0.5 * float(rng.random()))
        cv2.line(picture, (x * 16, y * 16), end, shade, max(1, round(unit / 700)), cv2.LINE_AA, 4)
    return _wrap_edges(shape, pad, cv2.GaussianBlur(picture, (0, 0), max(0.5, unit / 1400)))


def _flakes(
    shape: tuple[int, int], rng: np.random.Generator, unit: float, *, count: int, size: float, gray: float
) -> Pixels:
    pad = int(unit * size * 6) + 6
    picture = np.zeros((shape[0] + 2 * pad, shape[1] + 2 * pad), np.uint8)
    for _ in range(_count(shape, unit, count)):
        x, y = (float(rng.integers(pad, pad + side)) for side in reversed(shape))
        radius = max(0.6, unit * size * (0.6 + 0.8 * float(rng.random())))
        shade = gray * (0.5 + 0.5 * float(rng.random()))
        cv2.circle(picture, (round(x * 16), round(y * 16)), round(radius * 16), shade, -1, cv2.LINE_AA, 4)
    return _wrap_edges(shape, pad, cv2.GaussianBlur(picture, (0, 0), max(0.5, unit * size * 0.45)))


def mist(setting: Setting) -> Layer:
    """Lay fog before the scene, behind the cast: thickest where the ground meets the distance."""
    rng, unit = setting.rng, setting.unit
    size = (setting.wide, setting.height)
    down = np.linspace(0, 1, (setting.height + 3) // 4, dtype=np.float32)[:, None]
    swirls = fractal(rng, len(down), (setting.wide + 3) // 4, unit * 0.12, octaves=4, squash=3.0)
    thick = np.exp(-(((down - 0.60) / 0.26) ** 2)) * (0.48 + 0.5 * (swirls - 0.5))
    alpha = cv2.resize(np.clip(thick, 0, 0.8), size, interpolation=cv2.INTER_LINEAR)
    rgb = np.broadcast_to(floats(setting.light.air), (*alpha.shape, 3))
    return Layer(rgb, alpha, 0.5, rng=rng)


class Lens:
    """What the camera adds: darker corners, and a fine grain that hides bands."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        self.corners = _corners(width, height)
        self.black = np.full((height, width), BLACK, np.uint8)
        grain = BLACK + 1.3 * np.clip(rng.standard_normal((height + 64, width + 64), np.float32), -2.3, 2.3)
        self.grain = np.asarray(grain + 0.5, np.uint8)

    def draw(self, luma: Pixels, index: int) -> None:
        """Finish the brightness of picture number `index`, in place."""
        height, width = luma.shape
        cv2.subtract(luma, self.black, luma)
        cv2.multiply(luma, self.corners, luma, 1 / 255)
        y, x = index * 37 % 64, index * 53 % 64
        cv2.add(luma, self.grain[y : y + height, x : x + width], luma)


@lru_cache(maxsize=2)
def _corners(width: int, height: int) -> Pixels:
    """Return how much light a lens lets through, 0 to 255."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((columns / width - 0.5) * 1.25, (rows / height - 0.5) * 1.15)
    shade = 1 - 0.42 * np.clip(away - 0.34, 0, 1) ** 1.4
    return np.asarray(shade * 255, np.uint8)
