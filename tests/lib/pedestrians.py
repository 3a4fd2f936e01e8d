"""A film of seven figures who walk in a street; which pixels are whose is known exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import films
import numpy as np

from sora_nb.engines.draw.characters.canvas import Canvas
from sora_nb.engines.draw.characters.people import Costume, person

SIZE = (640, 360)
FPS = 24
SHIRTS = (
    (0.85, 0.20, 0.18), (0.95, 0.80, 0.20), (0.13, 0.62, 0.30), (0.20, 0.35, 0.85),
    (0.60, 0.25, 0.70), (0.95, 0.55, 0.15), (0.15, 0.70, 0.75),
)  # fmt: skip
"""Colour of each figure's shirt, from left to right."""
ALL = tuple(range(len(SHIRTS)))
TALL = 104
"""Pixels of a figure's height."""
STEPS = 6
"""Drawings of one stride."""


@dataclass(frozen=True)
class Walker:
    """One figure: where its left edge is at second 0, how many pixels a second it goes, and where its feet stand."""

    left: float
    speed: float
    foot: float

    def at(self, seconds):
        """Left and upper edge of its drawing."""
        return self.left + self.speed * seconds, self.foot - TALL


WALKERS = tuple(
    Walker(left=6 + 88 * number, speed=speed, foot=foot)
    for number, (speed, foot) in enumerate(
        [(14, 300), (12, 330), (15, 285), (13, 345), (11, 300), (14, 335), (12, 290)]
    )
)


@cache
def _drawings(number):
    """The figure's stride, RGBA."""
    costume = Costume(SHIRTS[number], (0.25, 0.25, 0.3), hair=((0.2, 0.13, 0.1), (0.6, 0.45, 0.2))[number % 2])
    drawn = []
    for beat in np.sin(np.linspace(0, 2 * np.pi, STEPS, endpoint=False)):
        canvas = Canvas(TALL, 0.8)
        person(canvas, costume, "walk", float(beat))
        drawn.append((np.clip(canvas.rgb * 255, 0, 255), np.clip(canvas.alpha, 0, 1)))
    return drawn


@cache
def _street():
    """Houses with windows behind a pavement of slabs."""
    width, height = SIZE
    random = np.random.default_rng(3)
    rgb = np.empty((height, width, 3), np.float32)
    rgb[:] = (172, 160, 148)
    for left in range(0, width, 128):
        rgb[:230, left : left + 128] = random.uniform(120, 190, 3)
        for x in range(left + 14, left + 120, 36):
            for y in (20, 90, 160):
                rgb[y : y + 44, x : x + 22] = random.uniform(60, 110, 3)
    rgb[230:] = (150, 150, 146)
    rgb[232:236] = (110, 110, 108)
    for x in range(0, width, 64):
        rgb[236:, x : x + 2] = (128, 128, 126)
    grain = cv2.GaussianBlur(random.normal(0, 26, (height, width, 3)).astype(np.float32), (0, 0), 1.2)
    return np.clip(rgb + grain, 0, 255)


def picture(seconds, who=ALL):
    """The street at a second, and each figure's opacity in it."""
    rgb = _street().copy()
    width, height = SIZE
    masks = np.zeros((len(SHIRTS), height, width), np.float32)
    for number in who:
        left, top = WALKERS[number].at(seconds)
        drawn, alpha = _drawings(number)[int(seconds * 9 + number) % STEPS]
        move = np.float32([[1, 0, left], [0, 1, top]])
        own = cv2.warpAffine(alpha, move, SIZE)
        colours = cv2.warpAffine(drawn, move, SIZE)
        rgb += own[..., None] * (colours - rgb)
        masks *= 1 - own
        masks[number] = own
    return np.clip(rgb + 0.5, 0, 255).astype(np.uint8), masks


def box(number, seconds):
    """A figure's box at a second: left, top, right, bottom as parts of width and height."""
    _, masks = picture(seconds)
    rows, columns = np.nonzero(masks[number] > 0.5)
    width, height = SIZE
    return columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height


def film(path, seconds=4, who=ALL):
    """Write the film; returns its path."""
    return films.write(path, (picture(number / FPS, who)[0] for number in range(round(seconds * FPS))), fps=FPS)


def shirt_of(rgba):
    """Which figure a cut-out shows: the one whose shirt most of its pixels have."""
    pixels = rgba[rgba[..., 3] > 200][:, :3].astype(np.float32)
    hues = _hue(pixels)
    colourful = np.ptp(pixels, axis=1) > 70
    own = _hue(np.array(SHIRTS, np.float32) * 255)
    apart = np.abs((hues[colourful, None] - own[None] + 90) % 180 - 90)
    return int(np.argmax(np.bincount(apart.argmin(1), minlength=len(SHIRTS))))


def _hue(colours):
    return cv2.cvtColor((np.atleast_2d(colours) / 255).astype(np.float32)[None], cv2.COLOR_RGB2HSV)[0, :, 0] / 2
