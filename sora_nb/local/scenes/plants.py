"""Trees and other plants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.local.scenes.layers import Canvas, Loop, swaying

if TYPE_CHECKING:
    from sora_nb.local.scenes.light import Light
    from sora_nb.local.scenes.scene import Setting


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
    bark = light.on((0.42, 0.31, 0.22), 0, 0.25)
    canvas.ellipse(base, foot, unit * 0.06, unit * 0.012, (0, 0, 0), opacity=light.shadow, blur=unit * 0.006)
    canvas.polygon(np.c_[np.r_[x - half, (x + half)[::-1]], np.r_[y, y[::-1]]], bark)
    lit = -light.side * half * 0.35
    canvas.polygon(
        np.c_[np.r_[x - half - lit, (x + half - lit)[::-1]], np.r_[y, y[::-1]]],
        light.on((0.55, 0.42, 0.30), 0, 0.8),
        opacity=0.45,
    )
    for angle in np.linspace(-0.12, 1.12, 12) * np.pi:
        _frond(canvas, light, rng, (float(x[-1]), float(y[-1])), float(angle), unit * float(0.24 + 0.07 * rng.random()))
    return swaying(canvas, 0.72, degrees=0.9, pivot=(base, foot))


def _frond(
    canvas: Canvas, light: Light, rng: np.random.Generator, root: tuple[float, float], angle: float, length: float
) -> None:
    """Draw one palm leaf: a drooping rib with blades on both sides."""
    way = np.linspace(0, 1, 18)
    droop = length * 0.62 * way**2 * (1.05 - 0.4 * np.sin(angle))
    x = root[0] + np.cos(angle) * length * way
    y = root[1] - np.sin(angle) * length * 0.72 * way + droop
    facing = float(np.clip(0.4 + 0.4 * np.sin(angle) + 0.2 * np.cos(angle) * light.side, 0, 1))
    color = light.on((0.20 + 0.08 * float(rng.random()), 0.42, 0.17), 0, facing) * (0.75 + 0.35 * facing)
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
