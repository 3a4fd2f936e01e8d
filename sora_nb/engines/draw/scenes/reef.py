"""Draw the scene under water: light from above, corals, kelp that sways, bubbles, a shoal in the distance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Loop, Shine, over
from sora_nb.engines.draw.scenes.noise import floats, masked, mix, smoothstep, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer, View
    from sora_nb.engines.draw.scenes.noise import Color, Pixels

WATER: dict[str, tuple[Color, Color]] = {
    "dawn": ((0.50, 0.78, 0.80), (0.06, 0.26, 0.40)),
    "day": ((0.36, 0.82, 0.88), (0.02, 0.24, 0.46)),
    "sunset": ((0.86, 0.66, 0.52), (0.08, 0.24, 0.40)),
    "night": ((0.10, 0.26, 0.44), (0.01, 0.05, 0.14)),
}
"""Colour of the water near the surface and in the deep."""
CORALS: tuple[Color, ...] = (
    (0.92, 0.36, 0.38),
    (0.96, 0.62, 0.30),
    (0.72, 0.40, 0.72),
    (0.96, 0.80, 0.42),
    (0.36, 0.70, 0.66),
)


def underwater(setting: Setting) -> Scene:
    """Build a reef."""
    height, unit = setting.height, setting.unit
    shallow, deep = WATER[setting.light.time]
    level = 0.55 + 0.45 * float(np.mean(shallow)) / 0.69
    light = replace(
        setting.light,
        key=(0.80 * level, 1.0 * level, 1.02 * level),
        ambient=(0.42 * level, 0.66 * level, 0.80 * level),
        side=-0.2,
        strength=0.45,
        haze=0.3,
    )
    floor = int(height * 0.76)
    scene = Scene(light, (height * 0.76, height * 0.84), size=0.48)
    scene.back.append(_water(setting, floor, shallow, deep))
    scene.back.append(_rocks(setting, floor, deep, 0.62, 0.20, 0.24))
    scene.back.append(Shoal(setting, deep))
    scene.back.append(_rocks(setting, floor + unit * 0.03, deep, 0.34, 0.36, 0.20))
    scene.back.append(_rays(setting, shallow))
    scene.back.append(_floor(setting, floor, shallow, deep))
    scene.back.append(_reef(setting, floor, deep))
    for side in (-1, 1):
        scene.back.append(_kelp(setting, side, floor, deep))
    scene.front.append(Bubbles(setting))
    return scene


def _water(setting: Setting, floor: int, shallow: Color, deep: Color) -> Layer:
    height = floor + 4
    down = np.linspace(0, 1, height, dtype=np.float32)
    canvas = Canvas(setting.wide, height)
    canvas.alpha[:] = 1
    middle = mix(shallow, deep, 0.55)
    part = down[:, None]
    canvas.rgb[:] = mix(
        mix(shallow, middle, np.clip(part / 0.3, 0, 1)), floats(deep) * 1.15, smoothstep(0.25, 1.1, part)
    )[:, None]
    canvas.glow(setting.wide * 0.42, -setting.unit * 0.05, setting.unit * 0.36, (1, 1, 0.94), 0.60)
    ripple = noise.fractal(
        setting.rng, int(setting.unit * 0.16), setting.wide, setting.unit * 0.10, octaves=4, squash=3.0
    )
    fade = np.linspace(1, 0, ripple.shape[0], dtype=np.float32)[:, None] ** 2
    canvas.rgb[: ripple.shape[0]] += (np.clip(ripple - 0.5, 0, 1) * 2.4 * fade)[..., None]
    return canvas.layer(0.03, setting.rng)


def _rays(setting: Setting, shallow: Color) -> Shine:
    """Let shafts of light wave down from the surface."""
    scale = max(1.0, setting.unit / 180)
    width, height = int(setting.wide / scale) + 1, int(setting.height * 0.80 / scale)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    fan = (columns - width * 0.42) * scale / (1 + 1.1 * rows / height) / setting.unit * 280
    waves = noise.tile(setting.rng, 256, 10, octaves=3, gain=0.6)
    fade = (1 - rows / height) ** 1.3 * (0.16 if setting.light.time == "night" else 0.26)
    color = mix(shallow, (1, 1, 1), 0.5)
    pictures = []
    for index in range(40):
        bright = noise.sample_tile(waves, fan, np.full_like(fan, 256 * index / 40))
        pictures.append(to_bytes(masked(color, np.clip(bright - 0.35, 0, 1.4) * fade)))
    return Shine(pictures, scale, 0.25, fps=6)


def _floor(setting: Setting, top: int, shallow: Color, deep: Color) -> Layer:
    """Paint sand with a net of light on it."""
    rng, unit, wide = setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    depth = 1 / (0.25 + down)
    columns = (np.arange(wide, dtype=np.float32)[None] - wide / 2) / unit * depth
    web = noise.sample_tile(noise.tile(rng, 512, 12, octaves=3), columns * 150, depth * 260)
    net = np.exp(-((web / 0.22) ** 2))
    rough = noise.fractal(rng, height, wide, unit * 0.05, octaves=5, gain=0.6, squash=2.0)
    own = mix(floats((0.80, 0.74, 0.56)) * floats(shallow) * 1.10, deep, 0.28)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    canvas.rgb = masked(own, 0.72 + 0.5 * rough) + masked(floats(shallow), 0.22 * net)
    canvas.rgb = mix(canvas.rgb, floats(deep) * 1.1, (0.85 * (1 - down) ** 2.2)[..., None])
    return canvas.layer(GROUND_DEPTH, rng, top=top)


def _rocks(setting: Setting, foot: float, deep: Color, distance: float, depth: float, tall: float) -> Layer:
    rng, unit, wide = setting.rng, setting.unit, setting.wide
    edges = np.abs(np.linspace(-1, 1, wide, dtype=np.float32)) ** 1.5
    line = foot - unit * tall * (0.15 + 0.55 * noise.ridge(rng, wide, unit * 0.4, octaves=6, gain=0.55) + 0.6 * edges)
    canvas = Canvas(wide, int(foot) + 3)
    shade = noise.fractal(rng, canvas.height, wide, unit * 0.06, octaves=5, gain=0.62)
    own = masked(floats((0.30, 0.40, 0.42)), 0.4 + 1.1 * shade)
    canvas.below(
        line.astype(np.float32), mix(own * floats(WATER[setting.light.time][0]), floats(deep) * 1.25, distance)
    )
    return canvas.layer(depth, rng)


def _reef(setting: Setting, floor: int, deep: Color) -> Layer:
    """Grow corals at both sides of the picture."""
    canvas, unit, rng = setting.canvas(), setting.unit, setting.rng
    tint = mix(floats(WATER[setting.light.time][0]), (1, 1, 1), 0.35)
    spots = [side * float(rng.uniform(0.50, 1.02)) for side in (-1, 1) for _ in range(9)]
    for index, shift in enumerate(sorted(spots, key=abs)):
        x, foot = setting.wide / 2 + shift * setting.width / 2, floor + unit * float(rng.uniform(0.02, 0.10))
        color = mix(floats(CORALS[index % len(CORALS)]) * tint, deep, 0.12)
        size = unit * float(rng.uniform(0.06, 0.13))
        canvas.ellipse(x, foot, size * 0.8, size * 0.12, (0, 0.05, 0.1), opacity=0.4, blur=size * 0.06)
        (_branches, _brain, _tubes)[index % 3](canvas, rng, (x, foot), size, color)
    return canvas.layer(GROUND_DEPTH, rng)


def _branches(
    canvas: Canvas, rng: np.random.Generator, root: tuple[float, float], size: float, color: noise.Floats
) -> None:
    """Draw a coral that forks."""
    stems = [(root[0], root[1], -np.pi / 2 + lean, size * 0.52, size * 0.12) for lean in (-0.5, 0.0, 0.5)]
    for _ in range(3):
        grown = []
        for x, y, angle, long, thick in stems:
            end = (x + np.cos(angle) * long, y + np.sin(angle) * long)
            canvas.line([(x, y), end], thick, color * 0.72)
            canvas.line([(x - thick * 0.18, y), (end[0] - thick * 0.18, end[1])], thick * 0.45, color * 1.12)
            canvas.ellipse(*end, thick * 0.52, thick * 0.52, color)
            grown += [
                (*end, angle + turn * float(rng.uniform(0.3, 0.6)), long * 0.66, thick * 0.72) for turn in (-1, 1)
            ]
        stems = grown


def _brain(
    canvas: Canvas, rng: np.random.Generator, root: tuple[float, float], size: float, color: noise.Floats
) -> None:
    """Draw a round coral with furrows."""
    x, y = root
    canvas.ellipse(x, y - size * 0.35, size * 0.75, size * 0.55, color * 0.55, top_color=color * 1.15)
    for _ in range(16):
        px, py = x + size * float(rng.uniform(-0.6, 0.6)), y - size * float(rng.uniform(0.05, 0.75))
        canvas.ellipse(px, py, size * 0.09, size * 0.05, color * 0.5, opacity=0.5)
        canvas.ellipse(px - size * 0.02, py - size * 0.03, size * 0.07, size * 0.03, color * 1.3, opacity=0.4)


def _tubes(
    canvas: Canvas, rng: np.random.Generator, root: tuple[float, float], size: float, color: noise.Floats
) -> None:
    """Draw a bundle of tube sponges."""
    for shift in (-0.45, 0.42, -0.15, 0.18):
        x, tall, half = root[0] + shift * size, size * float(rng.uniform(0.8, 1.5)), size * 0.14
        y = root[1] - tall
        canvas.polygon(
            [(x - half * 0.7, root[1]), (x - half, y), (x + half, y), (x + half * 0.7, root[1])],
            color * 0.65,
            top_color=color * 1.1,
        )
        canvas.polygon(
            [(x - half * 0.6, root[1]), (x - half * 0.8, y), (x - half * 0.3, y), (x - half * 0.2, root[1])],
            color * 1.35,
            opacity=0.5,
        )
        canvas.ellipse(x, y, half, half * 0.38, color * 1.2)
        canvas.ellipse(x, y, half * 0.66, half * 0.24, color * 0.35)


def _kelp(setting: Setting, side: int, floor: int, deep: Color) -> Loop:
    canvas, unit, rng = setting.canvas(), setting.unit, setting.rng
    base = setting.wide / 2 + side * setting.width * 0.44
    for _ in range(5):
        x, tall = base + unit * float(rng.uniform(-0.10, 0.10)), unit * float(rng.uniform(0.35, 0.62))
        way = np.linspace(0, 1, 16)
        px = x + unit * 0.022 * np.sin(way * 7 + float(rng.uniform(0, 6)))
        py = floor + unit * 0.07 - tall * way
        green = mix(floats((0.26, 0.42, 0.16)) * float(rng.uniform(0.8, 1.2)), deep, 0.22)
        canvas.line(list(zip(px, py, strict=True)), max(1.0, unit * 0.006), green)
        for index in range(1, 16):
            turn = -1 if index % 2 else 1
            long = unit * 0.055 * (1.1 - 0.6 * way[index])
            tip = (px[index] + turn * long, py[index] - long * 0.5)
            leaf = [
                (px[index], py[index]),
                (px[index] + turn * long * 0.5, py[index] - long * 0.55),
                tip,
                (px[index] + turn * long * 0.5, py[index] - long * 0.05),
            ]
            canvas.polygon(leaf, green * 0.8, top_color=green * 1.35)
    return canvas.sway(GROUND_DEPTH, degrees=2.4, pivot=(base, floor + unit * 0.07))


class Shoal:
    """Small fish far away that cross the picture together."""

    def __init__(self, setting: Setting, deep: Color) -> None:
        unit, rng = setting.unit, setting.rng
        size = max(5, int(unit * 0.030))
        canvas = Canvas(size * 2, size)
        color = mix(floats((0.85, 0.80, 0.50)), deep, 0.45)
        canvas.ellipse(size * 1.05, size * 0.5, size * 0.58, size * 0.24, color * 0.8, top_color=color * 1.2)
        canvas.polygon(
            [
                (size * 0.55, size * 0.5),
                (size * 0.12, size * 0.18),
                (size * 0.22, size * 0.5),
                (size * 0.12, size * 0.82),
            ],
            color,
        )
        canvas.ellipse(size * 1.38, size * 0.44, size * 0.05, size * 0.05, (0.05, 0.06, 0.08))
        self.hole: Pixels = cv2.merge([255 - to_bytes(canvas.alpha)] * 3)
        self.color = np.minimum(to_bytes(canvas.rgb * canvas.alpha[..., None]), 255 - self.hole)
        self.fish = [
            (float(rng.uniform(0, 0.55)) * unit, float(rng.normal(0, 0.05)) * unit, float(rng.uniform(0, 6)))
            for _ in range(14)
        ]
        self.row, self.span, self.unit = setting.height * 0.34, setting.wide + unit * 0.8, unit

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        head = (view.time * self.unit * 0.085 + self.unit * 0.7) % self.span
        for back, down, phase in self.fish:
            x = head - back + self.unit * 0.010 * np.sin(view.time * 2.2 + phase)
            y = self.row + down + self.unit * 0.010 * np.sin(view.time * 1.3 + phase * 2)
            over(frame, self.color, self.hole, round(x - view.left(0.3) + view.margin - self.unit * 0.1), round(y))


class Bubbles:
    """Bubbles that rise along the edges of the picture, wobbling."""

    def __init__(self, setting: Setting) -> None:
        unit, rng = setting.unit, setting.rng
        self.pictures: list[tuple[Pixels, Pixels]] = []
        for radius in (0.004, 0.007, 0.011):
            size = max(3.0, unit * radius)
            canvas = Canvas(int(size * 2) + 4, int(size * 2) + 4)
            middle = canvas.width / 2
            canvas.ellipse(middle, middle, size, size, (0.85, 0.96, 1.0), opacity=0.30)
            canvas.ellipse(middle, middle, size * 0.80, size * 0.80, (0.45, 0.75, 0.90), opacity=0.25)
            canvas.ellipse(
                middle - size * 0.32, middle - size * 0.36, size * 0.26, size * 0.22, (1, 1, 1), opacity=0.85
            )
            hole = cv2.merge([255 - to_bytes(canvas.alpha)] * 3)
            self.pictures.append((np.minimum(to_bytes(canvas.rgb * canvas.alpha[..., None]), 255 - hole), hole))
        self.columns = [
            float(x) for x in rng.choice([0.08, 0.14, 0.88, 0.93, 0.30, 0.74], 26) + rng.normal(0, 0.02, 26)
        ]
        self.phases = [float(x) for x in rng.random(26)]
        self.unit, self.height, self.width = unit, setting.height, setting.width

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        for index, (column, phase) in enumerate(zip(self.columns, self.phases, strict=True)):
            color, hole = self.pictures[index % 3]
            rise = (phase + view.time * (0.10 + 0.035 * (index % 3))) % 1.0
            x = column * self.width + self.unit * 0.012 * np.sin(view.time * 2.4 + phase * 20)
            over(
                frame, color, hole, round(x - (view.left(0.8) - view.margin)), round(self.height * (1.05 - 1.15 * rise))
            )
