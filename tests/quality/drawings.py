"""Drawn characters with exact alpha: people, animals, robots and birds that walk, wave or sway, by seed."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import cv2
import numpy as np

FINE = 3
"""Pictures are drawn this many times larger, then shrunk, so that edges are soft."""
WHITE, DARK = (245, 245, 240), (38, 32, 42)


class Sheet:
    """A transparent sheet in units where the character is 1 high and 1 wide."""

    def __init__(self, rows):
        self.side = rows * FINE
        self.pixels = np.zeros((self.side, self.side, 4), np.uint8)

    def oval(self, x, y, wide, tall, colour, *, turn=0.0):
        centre, axes = (int(x * self.side), int(y * self.side)), (int(wide * self.side), int(tall * self.side))
        cv2.ellipse(self.pixels, centre, axes, turn, 0, 360, (*colour, 255), -1)

    def shape(self, points, colour):
        cv2.fillPoly(self.pixels, [(np.array(points) * self.side).astype(np.int32)], (*colour, 255))

    def limb(self, start, end, thick, colour):
        places = [tuple(int(value * self.side) for value in point) for point in (start, end)]
        cv2.line(self.pixels, *places, (*colour, 255), max(1, int(2 * thick * self.side)))
        for x, y in (start, end):
            self.oval(x, y, thick, thick, colour)

    def finished(self, light):
        """Return RGBA as premultiplied floats from 0 to 1, shaded by a light."""
        solid = self.pixels.astype(np.float32) / 255
        solid[..., :3] = np.clip(solid[..., :3] * light[..., None], 0, 1) * solid[..., 3:]
        return cv2.resize(solid, (self.side // FINE, self.side // FINE), interpolation=cv2.INTER_AREA)


def _colour(random, saturation=(0.35, 0.9), value=(0.45, 0.95)):
    shade = colorsys.hsv_to_rgb(random.random(), random.uniform(*saturation), random.uniform(*value))
    return tuple(int(255 * part) for part in shade)


def _mixed(one, two, share):
    return tuple(int(a * (1 - share) + b * share) for a, b in zip(one, two, strict=True))


@dataclass
class Drawing:
    """One character. Kinds: "person", "bear", "cat", "rabbit", "robot", "bird"."""

    seed: int
    kind: str

    def __post_init__(self):
        random = np.random.default_rng(self.seed)
        self.coat, self.second, self.third = (_colour(random) for _ in range(3))
        self.skin = _colour_of_skin(random)
        self.hair = _mixed(DARK, (190, 130, 60), random.random())
        self.plump = random.uniform(0.85, 1.2)
        self.striped = random.random() < 0.4
        self.texture = random.normal(0, 0.05, (40, 40)).astype(np.float32)
        self.lights = {}

    def draw(self, rows, time, action):
        """Return premultiplied RGBA floats, shape (rows, rows, 4), at `time` seconds of "walk", "wave" or "sway"."""
        sheet = Sheet(rows)
        swing = np.sin(7 * time) if action == "walk" else 0.0
        wave = np.sin(6 * time) if action == "wave" else 0.0
        if self.kind in {"person", "robot"}:
            self._upright(sheet, swing, wave, action)
        else:
            self._animal(sheet, swing, wave, action)
        return sheet.finished(self._light(sheet.side))

    def _light(self, side):
        """The light on a sheet, the same in all pictures: from one side, and slightly rough."""
        if side not in self.lights:
            rows, columns = np.mgrid[0:side, 0:side] / side
            self.lights[side] = 1.08 - 0.28 * columns - 0.12 * rows + cv2.resize(self.texture, (side, side))
        return self.lights[side]

    def _upright(self, sheet, swing, wave, action):
        skin = self.skin if self.kind == "person" else (185, 190, 200)
        for side in (-1, 1):
            foot = 0.5 + side * 0.05 + side * swing * 0.07, 0.95
            sheet.limb((0.5 + side * 0.05, 0.62), foot, 0.045 * self.plump, self.second)
            sheet.oval(foot[0] + 0.015, 0.965, 0.055, 0.025, DARK)
        self._arms(sheet, (0.115 * self.plump, 0.4), swing, wave, action=action, hand=skin)
        if self.kind == "robot":
            sheet.shape([(0.38, 0.36), (0.62, 0.36), (0.62, 0.66), (0.38, 0.66)], self.coat)
            sheet.shape([(0.43, 0.42), (0.57, 0.42), (0.57, 0.52), (0.43, 0.52)], self.third)
            sheet.shape([(0.4, 0.08), (0.6, 0.08), (0.6, 0.32), (0.4, 0.32)], skin)
            sheet.limb((0.5, 0.08), (0.5, 0.03), 0.01, DARK)
            sheet.limb((0.5, 0.3), (0.5, 0.38), 0.03, skin)
        else:
            sheet.oval(0.5, 0.5, 0.115 * self.plump, 0.17, self.coat)
            if self.striped:
                for y in (0.44, 0.5, 0.56):
                    sheet.shape([(0.4, y), (0.6, y), (0.6, y + 0.025), (0.4, y + 0.025)], self.third)
            sheet.oval(0.5, 0.19, 0.125, 0.14, self.hair)
            sheet.oval(0.5, 0.22, 0.105, 0.125, skin)
        self._face(sheet, 0.5, 0.2, 0.045)

    def _animal(self, sheet, swing, wave, action):
        pale = _mixed(self.coat, (255, 255, 255), 0.55)
        for side in (-1, 1):
            sheet.oval(
                0.5 + side * 0.09 + side * swing * 0.03, 0.95 - 0.02 * max(0, side * swing), 0.08, 0.045, self.second
            )
        if self.kind == "cat":
            sheet.limb((0.66, 0.85), (0.82 + 0.03 * swing, 0.6), 0.03, self.coat)
        sheet.oval(0.5, 0.69, 0.2 * self.plump, 0.25, self.coat)
        sheet.oval(0.5, 0.73, 0.12 * self.plump, 0.17, pale)
        self._arms(sheet, (0.17 * self.plump, 0.58), swing, wave, action=action, hand=self.coat)
        for side in (-1, 1):
            if self.kind == "cat":
                sheet.shape([(0.5 + side * 0.19, 0.3), (0.5 + side * 0.17, 0.06), (0.5 + side * 0.03, 0.18)], self.coat)
            if self.kind == "bear":
                sheet.oval(0.5 + side * 0.15, 0.17, 0.065, 0.065, self.second)
            if self.kind == "rabbit":
                sheet.oval(0.5 + side * 0.07, 0.12, 0.04, 0.12, self.coat, turn=side * 8)
                sheet.oval(0.5 + side * 0.07, 0.12, 0.02, 0.08, pale, turn=side * 8)
        sheet.oval(0.5, 0.31, 0.2, 0.17, self.coat)
        self._face(sheet, 0.5, 0.29, 0.075)
        if self.kind == "bird":
            sheet.shape([(0.45, 0.34), (0.55, 0.34), (0.5, 0.42)], (240, 165, 40))
        else:
            sheet.oval(0.5, 0.38, 0.07, 0.05, pale)
            sheet.oval(0.5, 0.355, 0.022, 0.016, DARK)

    def _arms(self, sheet, shoulder, swing, wave, *, action, hand):
        reach, height = shoulder
        for side in (-1, 1):
            joint = 0.5 + side * reach, height
            end = 0.5 + side * (reach + 0.05) - 0.05 * swing, height + 0.2
            if action == "wave" and side == 1:
                end = 0.5 + reach + 0.12 + 0.06 * wave, height - 0.17 + 0.03 * wave
            sheet.limb(joint, end, 0.035, self.coat)
            sheet.oval(*end, 0.034, 0.034, hand)

    @staticmethod
    def _face(sheet, x, y, apart):
        for side in (-1, 1):
            sheet.oval(x + side * apart, y, 0.03, 0.034, WHITE)
            sheet.oval(x + side * apart + 0.005, y + 0.004, 0.015, 0.02, DARK)


def _colour_of_skin(random):
    return _mixed((240, 205, 175), (95, 60, 40), random.random())
