"""Draw trees and other plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer, Loop
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Color
    from sora_nb.engines.draw.scenes.scene import Setting


def palm(setting: Setting, foot: float, side: int) -> Loop:
    """Draw a palm that sways, rooted at row `foot` near the left (side -1) or the right edge of the frame."""
    rng, light, unit = setting.rng, setting.light, setting.unit
    canvas = setting.canvas()
    base = setting.wide / 2 + side * setting.width * 0.43
    tall = unit * 0.62
    way = np.linspace(0, 1, 24)
    x = base - side * unit * 0.09 * way**1.7
    y = foot - tall * way
    half = unit * 0.016 * (1 - 0.5 * way) * (1 + 0.12 * (np.arange(24) % 2))
    bark = light.shade((0.42, 0.31, 0.22), 0, 0.25)
    canvas.ellipse(base, foot, unit * 0.06, unit * 0.012, (0, 0, 0), opacity=light.shadow, blur=unit * 0.006)
    canvas.polygon(np.c_[np.r_[x - half, (x + half)[::-1]], np.r_[y, y[::-1]]], bark)
    lit = -light.side * half * 0.35
    canvas.polygon(
        np.c_[np.r_[x - half - lit, (x + half - lit)[::-1]], np.r_[y, y[::-1]]],
        light.shade((0.55, 0.42, 0.30), 0, 0.8),
        opacity=0.45,
    )
    for angle in np.linspace(-0.12, 1.12, 12) * np.pi:
        _frond(canvas, light, rng, (float(x[-1]), float(y[-1])), float(angle), unit * float(0.24 + 0.07 * rng.random()))
    return canvas.sway(0.72, degrees=0.9, pivot=(base, foot))


def _frond(
    canvas: Canvas, light: Light, rng: np.random.Generator, root: tuple[float, float], angle: float, length: float
) -> None:
    """Draw one palm leaf: a drooping rib with blades on both sides."""
    way = np.linspace(0, 1, 18)
    droop = length * 0.62 * way**2 * (1.05 - 0.4 * np.sin(angle))
    x = root[0] + np.cos(angle) * length * way
    y = root[1] - np.sin(angle) * length * 0.72 * way + droop
    facing = float(np.clip(0.4 + 0.4 * np.sin(angle) + 0.2 * np.cos(angle) * light.side, 0, 1))
    color = light.shade((0.20 + 0.08 * float(rng.random()), 0.42, 0.17), 0, facing) * (0.75 + 0.35 * facing)
    along = np.stack([np.gradient(x), np.gradient(y)], 1)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    for part in (-1, 1):
        size = length * 0.25 * np.sin(np.pi * np.clip(0.14 + 0.84 * way, 0, 1)) * (0.8 + 0.3 * rng.random(18))
        tip_x = x + (-along[:, 1] * part * 0.7 + along[:, 0] * 0.7) * size
        tip_y = y + (along[:, 0] * part * 0.7 + along[:, 1] * 0.7) * size + size * 0.4
        for index in range(1, 18):
            blade = [(x[index - 1], y[index - 1]), (x[index], y[index]), (tip_x[index], tip_y[index])]
            canvas.polygon(blade, color)
    canvas.line(list(zip(x, y, strict=True)), max(1.0, length * 0.015), color * 0.8)


def treeline(
    setting: Setting, foot: float, *, tall: float, distance: float, color: Color, depth: float, snow: float = 0.0
) -> Layer:
    """Draw a far row of conifers as one jagged edge.

    Args:
        setting: see Setting.
        foot: row of their feet.
        tall: height of a tree, as part of the unit.
        distance: 0 to 1; how much the haze hides.
        color: of the needles.
        depth: see Layer.
        snow: how white they are, 0 to 1.
    """
    rng, unit, wide = setting.rng, setting.unit, setting.wide
    columns = np.arange(wide, dtype=np.float32)
    line = np.full(wide, foot, np.float32)
    jag = noise.ridge(rng, wide, unit * tall * 0.10, octaves=3)
    for x in np.arange(-unit * tall * 0.2, wide + unit * tall * 0.2, unit * tall * 0.17):
        high = unit * tall * float(rng.uniform(0.55, 1.1))
        away = np.abs(columns - x - unit * tall * float(rng.uniform(-0.1, 0.1))) / (high * 0.20)
        line = np.minimum(line, foot - high * np.clip(1 - away * (0.75 + 0.5 * jag), 0, 1))
    canvas = Canvas(wide, int(foot) + 3)
    shade = noise.fractal(rng, canvas.height, wide, unit * tall * 0.10, octaves=4, gain=0.7)
    down = np.clip((np.arange(canvas.height, dtype=np.float32) - (foot - unit * tall)) / (unit * tall), 0, 1)[:, None]
    own = noise.mix(
        color, (0.92, 0.95, 1.0), (snow * noise.smoothstep(0.40, 0.62, shade) * (1 - 0.5 * down))[..., None]
    )
    lit = setting.light.shade(own, distance, (0.75 - 0.55 * down + 0.5 * (shade - 0.5))[..., None])
    canvas.below(line, lit)
    return canvas.layer(depth, rng)


def conifer(
    canvas: Canvas, rng: np.random.Generator, light: Light, x: float, foot: float, tall: float, *, snow: float = 0.0
) -> None:
    """Draw a conifer of some height in pixels, its branches in tiers."""
    canvas.ellipse(x, foot, tall * 0.17, tall * 0.025, (0, 0, 0), opacity=0.7 * light.shadow, blur=tall * 0.015)
    canvas.rectangle(
        x - tall * 0.016, foot - tall * 0.16, x + tall * 0.016, foot, light.shade((0.30, 0.21, 0.15), 0, 0.3)
    )
    green = (0.13, 0.30 + 0.06 * float(rng.random()), 0.18)
    tiers = 8
    for tier in range(tiers):
        part = tier / (tiers - 1)
        y = foot - tall * (0.10 + 0.80 * part)
        half = tall * 0.19 * (1 - part) ** 0.85 + tall * 0.018
        rise = tall * (0.20 - 0.06 * part)
        teeth = np.linspace(-1, 1, 11)
        low = y + tall * 0.035 * (np.abs(teeth) ** 1.5) + tall * 0.022 * rng.random(11) * (1 - 0.5 * part)
        edge = [(x + half * float(t), float(row)) for t, row in zip(teeth, low, strict=True)]
        lit = light.shade(green, 0, 0.25 + 0.5 * part)
        canvas.polygon([*edge, (x, y - rise)], lit * 0.62, top_color=lit * 1.25)
        bright = [(px, py) for px, py in edge if (px - x) * light.side >= 0]
        canvas.polygon([*bright, (x, y - rise)], light.shade((0.24, 0.44, 0.24), 0, 0.9), opacity=0.30)
        if snow:
            cap = [(x + (px - x) * 0.92, py - tall * 0.012) for px, py in edge[::2]]
            canvas.polygon(
                [*cap, (x, y - rise)],
                light.shade((0.82, 0.88, 0.98), 0, 0.35),
                opacity=snow,
                top_color=light.shade((1, 1, 1), 0, 0.85),
            )


def leafy_tree(canvas: Canvas, rng: np.random.Generator, light: Light, x: float, foot: float, tall: float) -> None:
    """Draw a round tree: many clumps of leaves, dark below and lit on the side of the sun."""
    canvas.ellipse(x, foot, tall * 0.40, tall * 0.045, (0, 0, 0), opacity=0.75 * light.shadow, blur=tall * 0.03)
    bark = light.shade((0.34, 0.24, 0.17), 0, 0.3)
    canvas.polygon(
        [
            (x - tall * 0.045, foot),
            (x - tall * 0.025, foot - tall * 0.5),
            (x + tall * 0.025, foot - tall * 0.5),
            (x + tall * 0.05, foot),
        ],
        bark,
    )
    for level in range(3):
        for _ in range(34):
            angle, away = float(rng.uniform(0, 2 * np.pi)), float(rng.random()) ** 0.5
            px = x + np.cos(angle) * away * tall * 0.33 * (1 - 0.12 * level) + light.side * level * tall * 0.035
            py = foot - tall * 0.66 + np.sin(angle) * away * tall * 0.27 * (1 - 0.12 * level) - level * tall * 0.035
            green = light.shade((0.20 + 0.06 * level, 0.40 + 0.07 * level, 0.14), 0, 0.15 + 0.36 * level)
            size = tall * float(rng.uniform(0.035, 0.075))
            canvas.ellipse(px, py, size, size * 0.85, green * float(rng.uniform(0.82, 1.12)), opacity=0.85)


def grass(
    canvas: Canvas, rng: np.random.Generator, light: Light, count: int, rows: tuple[float, float], size: float
) -> None:
    """Scatter tufts of grass between two rows, larger towards the lower."""
    for y in np.sort(rng.uniform(rows[0], rows[1], count)):
        near = (y - rows[0]) / max(1.0, rows[1] - rows[0])
        x, long = float(rng.uniform(0, canvas.width)), size * (0.35 + 0.8 * near)
        tone = float(rng.uniform(0.7, 1.2))
        for lean in (-0.5, -0.1, 0.3, 0.6):
            tip = (x + lean * long * 0.8, float(y) - long * float(rng.uniform(0.6, 1.0)))
            color = light.shade((0.25 * tone, 0.46 * tone, 0.15), 0, 0.35 + 0.4 * near)
            canvas.polygon(
                [
                    (x - long * 0.07 + lean * long * 0.15, float(y)),
                    (x + long * 0.07 + lean * long * 0.15, float(y)),
                    tip,
                ],
                color,
            )
