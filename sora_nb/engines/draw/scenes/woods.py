"""Draw the forest: trunks that fade into the haze, shafts of light, ferns, a path; fireflies at night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Shine
from sora_nb.engines.draw.scenes.noise import floats, masked, mix, smoothstep, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer
    from sora_nb.engines.draw.scenes.noise import Color, Pixels

AIR: dict[str, tuple[Color, Color]] = {
    "dawn": ((0.62, 0.66, 0.60), (0.98, 0.86, 0.66)),
    "day": ((0.42, 0.62, 0.42), (0.86, 0.95, 0.70)),
    "sunset": ((0.42, 0.26, 0.24), (1.0, 0.70, 0.40)),
    "night": ((0.04, 0.07, 0.12), (0.16, 0.26, 0.36)),
}
"""Colour of the air between the trees, above and at the horizon."""


def forest(setting: Setting) -> Scene:
    """Build a clearing in a wood."""
    light, height, rng, unit = setting.light, setting.height, setting.rng, setting.unit
    floor = int(height * 0.66)
    high, low = AIR[light.time]
    if light.weather != "clear":
        low = tuple(float(part) for part in mix(low, light.air, 0.6))  # type: ignore[assignment]
    scene = Scene(light, (height * 0.87, height * 0.96))
    scene.back.append(_air(setting, floor, high, low))
    for distance, depth, gap, thick in (
        (0.74, 0.12, 0.085, 0.024),
        (0.52, 0.24, 0.15, 0.040),
        (0.26, 0.38, 0.27, 0.066),
    ):
        scene.back.append(
            _trunks(setting, floor + unit * (0.10 * (1 - distance)), low, distance, depth, gap * unit, thick * unit)
        )
    ground = _ground(setting, floor, low)
    scene.back.append(ground.layer(GROUND_DEPTH, rng, top=floor))
    scene.back.append(_near_trees(setting, floor))
    if light.weather == "clear" and light.time != "night":
        scene.back.append(_shafts(setting, floor, low))
    if light.time in {"night", "sunset"}:
        scene.back.append(_fireflies(setting))
    scene.back.append(_canopy(setting))
    return scene


def _air(setting: Setting, floor: int, high: Color, low: Color) -> Layer:
    rng, unit, wide = setting.rng, setting.unit, setting.wide
    height = floor + int(unit * 0.05)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    leaves = noise.fractal(rng, height, wide, unit * 0.16, octaves=6, gain=0.66)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    canvas.rgb = mix(high, low, (down**1.2)[..., None]) * np.ones((1, wide, 1), np.float32)
    shade = smoothstep(0.44, 0.60, leaves) * (1 - 0.75 * down)
    canvas.rgb = mix(canvas.rgb, floats(high) * 0.62, (0.55 * shade)[..., None])
    canvas.glow(setting.sun_x, height * 0.62, unit * 0.42, low, 0.45)
    return canvas.layer(0.04, rng)


def _trunks(
    setting: Setting, foot: float, air: Color, distance: float, depth: float, gap: float, thick: float
) -> Layer:
    """Draw a row of trunks at one distance, with bushes at their feet."""
    light, rng, wide, unit = setting.light, setting.rng, setting.wide, setting.unit
    canvas = Canvas(wide, int(foot) + 3)
    x = float(rng.uniform(-gap, 0))
    while x < wide + gap:
        _trunk(canvas, setting, x, foot, thick * float(rng.uniform(0.7, 1.25)), air, distance)
        x += gap * float(rng.uniform(0.6, 1.5))
    bushes = foot - unit * (1 - distance) * 0.10 * noise.ridge(rng, wide, unit * 0.10, octaves=5, gain=0.62)
    shade = noise.fractal(rng, canvas.height, wide, unit * 0.02, octaves=3, gain=0.8)
    own = light.shade((0.17, 0.30, 0.13), 0, np.clip(shade * 1.4 - 0.2, 0, 1)[..., None])
    canvas.below(bushes.astype(np.float32), mix(own, air, distance * 0.92))
    return canvas.layer(depth, rng)


def _trunk(canvas: Canvas, setting: Setting, x: float, foot: float, thick: float, air: Color, distance: float) -> None:
    light, rng = setting.light, setting.rng
    way = np.linspace(0, 1, 10)
    bend = np.cumsum(rng.normal(0, thick * 0.10, 10))
    half = thick * (0.5 - 0.16 * way + 0.30 * np.exp(-way * 22))
    rows = foot * (1 - way)
    middle = x + bend
    dark = mix(light.shade((0.25, 0.18, 0.13), 0, 0.1), air, distance)
    canvas.polygon(np.c_[np.r_[middle - half, (middle + half)[::-1]], np.r_[rows, rows[::-1]]], dark)
    side = 1 if light.side > 0 else -1
    bright = mix(light.shade((0.52, 0.40, 0.28), 0, 1.0), air, distance)
    canvas.polygon(
        np.c_[np.r_[middle + side * half * 0.25, (middle + side * half * 0.95)[::-1]], np.r_[rows, rows[::-1]]],
        bright,
        opacity=0.55,
        blur=max(0.3, thick * 0.06),
    )
    if distance < 0.4:
        for _ in range(int(14 * foot / setting.unit)):
            y, shift = float(rng.uniform(0, foot)), float(rng.uniform(-0.36, 0.36))
            at = float(np.interp(foot - y, foot * way, middle)) + shift * thick * 0.8
            canvas.line(
                [(at, y), (at + thick * 0.03, y + thick * 0.7)], max(1.0, thick * 0.05), (0, 0, 0), opacity=0.22
            )


def _ground(setting: Setting, top: int, air: Color) -> Canvas:
    """Paint a forest floor of moss and leaves with a path down the middle; opaque."""
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    rough = noise.fractal(rng, height, wide, unit * 0.10, octaves=6, gain=0.68, squash=2.2)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    columns = (np.arange(wide, dtype=np.float32)[None] - wide / 2) / unit
    winding = 0.10 * np.sin(down * 4 + 1) * (1 - down)
    path = smoothstep(0.10, -0.06, np.abs(columns - winding) - 0.06 - 0.42 * down**1.2 + 0.5 * (rough - 0.5))
    own = mix((0.23, 0.33, 0.13), (0.44, 0.34, 0.22), path[..., None])
    dapples = noise.fractal(rng, height, wide, unit * 0.20, octaves=3, squash=3.0)
    facing = np.clip(0.10 + 1.5 * (dapples - 0.42), 0, 1) if light.weather == "clear" else 0.4 + 0 * dapples
    canvas.rgb = light.shade(own, 0, facing[..., None]) * (0.55 + 0.75 * rough)[..., None]
    canvas.rgb = mix(canvas.rgb, air, (0.55 * (1 - down) ** 3)[..., None])
    for _ in range(int(190 * wide / unit)):
        part = float(rng.random()) ** 0.7
        x, y, size = float(rng.uniform(0, wide)), height * part, unit * 0.008 * (0.3 + part)
        leaf = mix((0.62, 0.42, 0.16), (0.50, 0.24, 0.12), float(rng.random()))
        canvas.ellipse(x, y, size * 1.2, size * 0.55, light.shade(leaf, 0, float(rng.random())), opacity=0.8)
    return canvas


def _near_trees(setting: Setting, floor: int) -> Layer:
    """Stand two big trunks at the sides, with ferns before them."""
    canvas, unit, rng = setting.canvas(), setting.unit, setting.rng
    side = setting.width / 2
    for shift, thick in ((-0.97, 0.15), (0.95, 0.17)):
        x, foot = setting.wide / 2 + shift * side, floor + unit * 0.12
        canvas.ellipse(x, foot, unit * thick, unit * 0.02, (0, 0, 0), opacity=0.45, blur=unit * 0.015)
        _trunk(canvas, setting, x, foot, unit * thick, (0.0, 0.0, 0.0), 0.0)
        for _ in range(7):
            _fern(
                canvas,
                setting,
                x + float(rng.uniform(-0.16, 0.16)) * unit,
                foot + float(rng.uniform(0.0, 0.05)) * unit,
                unit * float(rng.uniform(0.07, 0.13)),
            )
    for _ in range(int(9 * setting.wide / unit)):
        _fern(
            canvas,
            setting,
            float(rng.uniform(0, setting.wide)),
            floor + unit * float(rng.uniform(0.02, 0.10)),
            unit * float(rng.uniform(0.04, 0.08)),
        )
    return canvas.layer(GROUND_DEPTH, rng)


def _fern(canvas: Canvas, setting: Setting, x: float, foot: float, size: float) -> None:
    light, rng = setting.light, setting.rng
    for lean in np.linspace(-1, 1, 7):
        way = np.linspace(0, 1, 7)
        px = x + lean * size * 0.9 * way**1.3
        py = foot - size * way * (1.1 - 0.7 * abs(float(lean)) * way)
        half = size * 0.085 * np.sin(np.pi * np.clip(way, 0.06, 1)) ** 0.7
        green = light.shade((0.20, 0.42, 0.14), 0, float(rng.uniform(0.1, 0.9)))
        canvas.polygon(
            np.c_[np.r_[px, px[::-1]], np.r_[py - half, (py + half)[::-1]]], green * 0.7, top_color=green * 1.15
        )


def _shafts(setting: Setting, floor: int, color: Color) -> Layer:
    """Let the sun fall through the leaves in soft shafts."""
    canvas, unit, rng = setting.canvas(), setting.unit, setting.rng
    lean = -setting.light.side * 0.55
    for _ in range(6):
        x = float(rng.uniform(0.05, 0.95)) * setting.wide
        width, end = unit * float(rng.uniform(0.03, 0.10)), floor + unit * float(rng.uniform(0.05, 0.20))
        corners = [
            (x, -unit * 0.1),
            (x + width, -unit * 0.1),
            (x + width * 1.9 + lean * end, end),
            (x + lean * end, end),
        ]
        canvas.polygon(corners, color, opacity=0.20, blur=unit * 0.014)
    fade = np.clip(1.15 - np.arange(setting.height, dtype=np.float32) / (floor + unit * 0.12), 0, 1)[:, None]
    canvas.alpha *= fade
    return canvas.layer(0.45, rng)


def _canopy(setting: Setting) -> Layer:
    """Hang dark leaves into the upper edge of the picture."""
    canvas, unit, rng, light = Canvas(setting.wide, int(setting.unit * 0.30)), setting.unit, setting.rng, setting.light
    edges = np.abs(np.linspace(-1, 1, setting.wide, dtype=np.float32)) ** 2
    drop = unit * (0.03 + 0.11 * noise.ridge(rng, setting.wide, unit * 0.3, octaves=2) + 0.08 * edges)
    for _ in range(int(620 * setting.wide / unit)):
        x = int(rng.integers(0, setting.wide))
        y = float(rng.random()) ** 0.6 * float(drop[x])
        size = unit * float(rng.uniform(0.008, 0.018))
        green = light.shade((0.12, 0.25 + 0.12 * float(rng.random()), 0.10), 0, float(rng.uniform(0, 0.7)))
        canvas.ellipse(x, y, size * 1.3, size * 0.7, green)
    canvas.soften(max(0.4, unit * 0.0012))
    return canvas.layer(0.75, rng)


def _fireflies(setting: Setting) -> Shine:
    """Let points of light wander and breathe."""
    scale, rng = max(1.0, setting.unit / 240), setting.rng
    width, height = int(setting.wide / scale) + 1, int(setting.height * 0.45 / scale)
    seeds = rng.random((26, 4))
    pictures: list[Pixels] = []
    for index in range(24):
        turn = index / 24 * 2 * np.pi
        light = np.zeros((height, width), np.float32)
        for x, y, speed, phase in seeds:
            at_x = (x + 0.015 * np.sin(turn + phase * 7)) * width
            at_y = (0.08 + 0.84 * y + 0.03 * np.cos(turn + speed * 9)) * height
            glow = max(0.0, float(np.sin(turn + phase * 6.28))) ** 0.6
            cv2.circle(light, (round(at_x * 16), round(at_y * 16)), 14, glow, -1, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(light, (0, 0), 0.7) * 0.9 + cv2.GaussianBlur(light, (0, 0), 2.4) * 2.2
        pictures.append(to_bytes(masked(floats((0.95, 1.0, 0.55)), soft)))
    return Shine(pictures, scale, 0.5, fps=8, top=int(setting.height * 0.40))
