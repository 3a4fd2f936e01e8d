"""Draw outer space: stars, a nebula, a planet with its ring, tumbling rocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import Layer
from sora_nb.engines.draw.scenes.noise import Color, floats, masked, mix, smoothstep
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Floats

CLOUDS: dict[str, tuple[Color, Color]] = {
    "dawn": ((0.62, 0.26, 0.48), (0.20, 0.42, 0.66)),
    "day": ((0.14, 0.42, 0.62), (0.46, 0.24, 0.62)),
    "sunset": ((0.78, 0.32, 0.20), (0.44, 0.16, 0.44)),
    "night": ((0.28, 0.18, 0.62), (0.08, 0.38, 0.52)),
}
"""Colours of the nebula."""
PLANETS: dict[str, tuple[Color, Color, Color]] = {
    "dawn": ((0.86, 0.66, 0.56), (0.62, 0.40, 0.40), (0.96, 0.86, 0.78)),
    "day": ((0.16, 0.38, 0.66), (0.22, 0.46, 0.28), (0.96, 0.97, 1.0)),
    "sunset": ((0.82, 0.44, 0.24), (0.56, 0.24, 0.16), (0.98, 0.78, 0.52)),
    "night": ((0.40, 0.52, 0.72), (0.24, 0.30, 0.52), (0.82, 0.90, 1.0)),
}
"""Colours of the planet: two kinds of ground, and clouds."""


def outer_space(setting: Setting) -> Scene:
    """Build outer space."""
    height, unit, rng = setting.height, setting.unit, setting.rng
    scene = Scene(_starlight(setting), (height * 0.74, height * 0.82), size=0.50)
    scene.back.append(_nebula(setting))
    planet = setting.canvas()
    x = setting.wide * (0.22 if setting.light.side > 0 else 0.78)
    _planet(planet, setting, x, height * 0.36, unit * 0.25)
    _moon(planet, setting, setting.wide - x + unit * 0.06, height * 0.20, unit * 0.06)
    scene.back.append(planet.layer(0.16, rng))
    scene.back.append(_rocks(setting, int(16 * setting.wide / unit), 0.010, 0.32))
    scene.back.append(_rocks(setting, int(7 * setting.wide / unit), 0.030, 0.55))
    return scene


def _starlight(setting: Setting) -> Light:
    return replace(setting.light, key=(1.05, 1.02, 1.0), ambient=(0.62, 0.66, 0.86), strength=0.9, haze=0.0)


def _nebula(setting: Setting) -> Layer:
    """Paint clouds of glowing gas at half size, then stars at full size."""
    rng, wide, height, unit = setting.rng, setting.wide, setting.height, setting.unit
    rows, columns = (height + 1) // 2, (wide + 1) // 2
    body = noise.fractal(rng, rows, columns, unit * 0.40, octaves=7, gain=0.58)
    veins = noise.fractal(rng, rows, columns, unit * 0.28, octaves=7, gain=0.60)
    grid_y, grid_x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    bent = cv2.remap(
        veins,
        grid_x + (body - 0.5) * unit * 0.30,
        grid_y + (body - 0.5) * unit * 0.24,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    band = np.exp(-(((grid_y / rows - 0.52) + 0.22 * (grid_x / columns - 0.5)) ** 2) / 0.075)
    first, second = CLOUDS[setting.light.time]
    gas = smoothstep(0.40, 0.74, bent) * (0.35 + 0.65 * band)
    glow = smoothstep(0.46, 0.70, body) * band
    picture = floats((0.012, 0.014, 0.035)) + masked(floats(first), gas) * 0.85 + masked(floats(second), glow) * 0.60
    dust = smoothstep(0.50, 0.64, noise.fractal(rng, rows, columns, unit * 0.16, octaves=5, gain=0.6)) * band
    picture = masked(picture, 1 - 0.60 * dust) + (gas * glow)[..., None] ** 2 * floats((0.9, 0.8, 0.75)) * 0.5
    big = cv2.resize(picture, (wide, height), interpolation=cv2.INTER_LINEAR)
    _stars(big, rng, unit)
    return Layer(big, None, 0.05, rng=rng)


def _stars(picture: Floats, rng: np.random.Generator, unit: float) -> None:
    height, width = picture.shape[:2]
    count = height * width // 420
    rows, columns = rng.integers(0, height, count), rng.integers(0, width, count)
    tint = mix((0.72, 0.84, 1.0), (1.0, 0.90, 0.76), rng.random((count, 1), dtype=np.float32))
    picture[rows, columns] += (0.15 + 0.85 * rng.random(count) ** 5)[:, None].astype(np.float32) * tint
    canvas = Canvas(width, height)
    canvas.rgb = picture
    for _ in range(int(34 * width / unit)):
        x, y, size = (
            float(rng.uniform(0, width)),
            float(rng.uniform(0, height)),
            unit * float(rng.uniform(0.001, 0.0026)),
        )
        color = mix((0.72, 0.84, 1.0), (1.0, 0.90, 0.76), float(rng.random()))
        canvas.glow(x, y, size * 5, color, 0.30)
        canvas.glow(x, y, max(0.9, size * 1.3), (1, 1, 1), 1.0)


def _sphere(radius: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return x, y, z of the front of a ball, -1 to 1, and how far inside its edge a pixel lies (0 to 1)."""
    size = int(radius * 2) + 4
    y, x = (np.mgrid[0:size, 0:size].astype(np.float32) - size / 2 + 0.5) / radius
    flat = np.hypot(x, y)
    z = np.sqrt(np.clip(1 - flat**2, 0, 1))
    return x, y, z, np.clip((1 - flat) * radius + 0.5, 0, 1)


def _put(canvas: Canvas, rgb: Floats, alpha: Floats, x: float, y: float) -> None:
    """Put a finished square picture onto the canvas about (x, y)."""
    size = rgb.shape[0]
    left, top = int(x - size / 2), int(y - size / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(canvas.width, left + size), min(canvas.height, top + size)
    if x0 >= x1 or y0 >= y1:
        return
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    cover = alpha[inside]
    old = canvas.alpha[y0:y1, x0:x1]
    total = cover + old * (1 - cover)
    part = np.divide(cover, total, out=np.zeros_like(cover), where=total > 0)[..., None]
    canvas.rgb[y0:y1, x0:x1] += (rgb[inside] - canvas.rgb[y0:y1, x0:x1]) * part
    canvas.alpha[y0:y1, x0:x1] = total


def _planet(canvas: Canvas, setting: Setting, x: float, y: float, radius: float) -> None:
    """Draw a planet lit from one side, with clouds, an atmosphere and a ring."""
    rng, light = setting.rng, setting.light
    first, second, cloud = PLANETS[light.time]
    canvas.ellipse(
        x, y, radius * 1.03, radius * 1.03, mix(first, (0.7, 0.85, 1.0), 0.5), opacity=0.45, blur=radius * 0.06
    )
    px, py, pz, inside = _sphere(radius)
    scale = radius * 1.6
    ground = noise.sample_tile(
        noise.tile(rng, 512, 5, octaves=6, gain=0.6), np.arctan2(px, pz + 0.05) * 80, np.arcsin(np.clip(py, -1, 1)) * 90
    )
    haze = noise.sample_tile(
        noise.tile(rng, 512, 6, octaves=6, gain=0.6),
        np.arctan2(px, pz + 0.05) * 60,
        np.arcsin(np.clip(py, -1, 1)) * 150,
    )
    own = mix(first, second, smoothstep(-0.1, 0.35, ground)[..., None])
    own = mix(own, cloud, (0.85 * smoothstep(0.3, 1.3, haze))[..., None])
    side = 1.0 if light.side > 0 else -1.0
    facing = px * side * 0.72 - py * 0.42 + pz * 0.56
    shade = smoothstep(-0.15, 0.95, facing) + 0.025
    edge = (1 - pz) ** 3
    lit = own * shade[..., None] * 1.15 + (edge * smoothstep(-0.2, 0.8, facing) * 0.75)[..., None] * floats(
        (0.55, 0.78, 1.0)
    )
    _put(canvas, lit, inside, x, y)
    if light.time in {"dawn", "sunset", "night"}:
        _ring(canvas, x, y, scale, cloud)


def _ring(canvas: Canvas, x: float, y: float, radius: float, color: Color) -> None:
    """Draw a ring: behind the planet it is hidden."""
    size = int(radius * 2) + 4
    rows, columns = (np.mgrid[0:size, 0:size].astype(np.float32) - size / 2 + 0.5) / radius
    tilt = 0.32
    u, v = columns * np.cos(tilt) + rows * np.sin(tilt), (rows * np.cos(tilt) - columns * np.sin(tilt)) / 0.20
    away = np.hypot(u, v)
    bands = 0.55 + 0.30 * np.sin(away * 70) + 0.15 * np.sin(away * 173)
    alpha = smoothstep(0.72, 0.75, away) * smoothstep(1.0, 0.97, away) * bands * 0.75
    behind = (np.hypot(columns, rows) < 1 / 1.6) & (v < 0)
    alpha = np.where(behind, 0, alpha).astype(np.float32)
    _put(canvas, np.broadcast_to(floats(color) * 0.85, (*alpha.shape, 3)), alpha, x, y)


def _moon(canvas: Canvas, setting: Setting, x: float, y: float, radius: float) -> None:
    rng = setting.rng
    px, py, pz, inside = _sphere(radius)
    rough = noise.fractal(rng, px.shape[0], px.shape[1], radius * 0.7, octaves=5, gain=0.62)
    side = 1.0 if setting.light.side > 0 else -1.0
    shade = smoothstep(-0.1, 0.9, px * side * 0.72 - py * 0.42 + pz * 0.56) + 0.02
    tone = 0.42 + 0.5 * rough
    _put(canvas, (tone * shade)[..., None] * floats((1.0, 0.97, 0.92)), inside, x, y)


def _rocks(setting: Setting, count: int, size: float, depth: float) -> Layer:
    """Scatter drifting rocks."""
    rng, unit, light = setting.rng, setting.unit, setting.light
    canvas = setting.canvas()
    side = 1.0 if light.side > 0 else -1.0
    for _ in range(count):
        x, y, radius = (
            float(rng.uniform(0, setting.wide)),
            float(rng.uniform(0, setting.height)),
            unit * size * float(rng.uniform(0.3, 1.2)),
        )
        angles = np.linspace(0, 2 * np.pi, 11, endpoint=False)
        reach = radius * rng.uniform(0.75, 1.15, 11)
        points = np.c_[x + np.cos(angles) * reach, y + np.sin(angles) * reach * 0.8]
        canvas.polygon(points, (0.07, 0.06, 0.08))
        lit = points * 0.72 + np.array([x + side * radius * 0.16, y - radius * 0.14]) * 0.28
        canvas.polygon(lit, (0.50, 0.45, 0.42), blur=max(0.4, radius * 0.10), opacity=0.9)
    return canvas.layer(depth, rng)
