"""Draw the stage: curtains, a glossy floor, moving spotlights, the heads of the audience."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes import furniture, noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Shine
from sora_nb.engines.draw.scenes.noise import floats, masked, mix, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer
    from sora_nb.engines.draw.scenes.noise import Color

SPOTS: dict[str, tuple[Color, Color, Color]] = {
    "dawn": ((1.0, 0.72, 0.55), (0.75, 0.62, 1.0), (1.0, 0.90, 0.70)),
    "day": ((1.0, 0.95, 0.80), (0.55, 0.80, 1.0), (1.0, 0.80, 0.60)),
    "sunset": ((1.0, 0.60, 0.25), (1.0, 0.30, 0.40), (1.0, 0.82, 0.50)),
    "night": ((0.45, 0.45, 1.0), (1.0, 0.30, 0.75), (0.35, 0.85, 1.0)),
}
"""Colours of the lamps."""
VELVET: dict[str, Color] = {
    "dawn": (0.50, 0.16, 0.26),
    "day": (0.62, 0.08, 0.10),
    "sunset": (0.58, 0.12, 0.06),
    "night": (0.34, 0.06, 0.22),
}


def stage(setting: Setting) -> Scene:
    """Build a stage seen from the stalls."""
    height = setting.height
    light = replace(
        setting.light,
        key=(1.12, 1.02, 0.92),
        ambient=(0.52, 0.44, 0.60),
        side=0.3,
        strength=0.9,
        shadow=0.45,
        reach=0.6,
        haze=0.0,
    )
    floor = int(height * 0.64)
    scene = Scene(light, (height * 0.80, height * 0.855), size=0.50, mirror=0.12)
    scene.back.append(_back(setting, floor))
    scene.back.append(_floor(setting, floor))
    scene.back.append(_beams(setting, floor))
    scene.back.append(_curtains(setting, floor))
    scene.front.append(_audience(setting))
    return scene


def _back(setting: Setting, floor: int) -> Layer:
    """Paint the dark back wall with lamps that are out of focus."""
    unit, rng = setting.unit, setting.rng
    canvas = Canvas(setting.wide, floor, (0.05, 0.035, 0.08))
    spots = SPOTS[setting.light.time]
    for index, shift in enumerate((-0.85, -0.28, 0.28, 0.85)):
        canvas.glow(setting.wide / 2 + shift * unit, floor, unit * 0.36, spots[index % 3], 0.42)
    smoke = noise.fractal(rng, floor, setting.wide, unit * 0.30, octaves=5, gain=0.55)
    canvas.rgb *= (0.45 + 1.1 * smoke)[..., None]
    for row in range(5):
        for x in np.arange(-unit * 0.02, setting.wide, unit * 0.075):
            color = floats(spots[int(rng.integers(0, 3))]) * float(rng.uniform(0.10, 0.75))
            y = floor - unit * (0.10 + 0.085 * row)
            canvas.ellipse(float(x), y, unit * 0.013, unit * 0.013, color, add=True, blur=unit * 0.003)
            canvas.glow(float(x), y, unit * 0.03, color, 0.28)
    canvas.rectangle(0, floor - unit * 0.02, setting.wide, floor, (0.02, 0.015, 0.03), opacity=0.8, blur=unit * 0.006)
    return canvas.layer(0.30, rng)


def _floor(setting: Setting, top: int) -> Layer:
    unit, wide = setting.unit, setting.wide
    canvas = furniture.floor(setting, top, (0.30, 0.19, 0.15))
    canvas.rgb *= 0.55
    spots = SPOTS[setting.light.time]
    middle = canvas.height * 0.48
    for shift, color, size in ((-0.55, spots[0], 0.34), (0.55, spots[1], 0.34), (0.0, spots[2], 0.46)):
        rows = (np.arange(canvas.height, dtype=np.float32)[:, None] - middle) / (unit * size * 0.26)
        columns = (np.arange(wide, dtype=np.float32)[None] - wide / 2 - shift * unit) / (unit * size)
        pool = np.exp(-((rows**2 + columns**2) ** 1.4))
        canvas.rgb += masked(floats(color), pool) * 0.34 * (0.4 + canvas.rgb * 2.2)
    edge = canvas.height * 0.82
    canvas.rectangle(0, edge, wide, canvas.height, (0.03, 0.02, 0.03), top_color=(0.10, 0.06, 0.05))
    canvas.rectangle(0, edge - unit * 0.006, wide, edge, (0.55, 0.40, 0.26))
    for x in np.arange(unit * 0.06, wide, unit * 0.16):
        canvas.ellipse(float(x), edge + unit * 0.012, unit * 0.020, unit * 0.012, (1.0, 0.86, 0.60))
        canvas.glow(float(x), edge, unit * 0.035, (1.0, 0.80, 0.50), 0.5)
    return canvas.layer(GROUND_DEPTH, setting.rng, top=top)


def _beams(setting: Setting, floor: int) -> Shine:
    """Swing beams of light through the smoke."""
    scale = max(1.0, setting.unit / 180)
    width, height = int(setting.wide / scale) + 1, int((floor + setting.unit * 0.14) / scale)
    unit = setting.unit / scale
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    smoke = 0.6 + 0.8 * noise.fractal(setting.rng, height, width, unit * 0.25, octaves=4)
    spots = SPOTS[setting.light.time]
    lamps = ((-0.80, 0.34, 0.0), (-0.32, -0.16, 1.7), (0.32, 0.16, 3.1), (0.80, -0.34, 4.4))
    pictures = []
    for index in range(64):
        turn = 2 * np.pi * index / 64
        light = noise.planar(height, width)
        for number, (shift, lean, phase) in enumerate(lamps):
            slope = lean + 0.20 * np.sin(turn + phase)
            along = rows + unit * 0.05
            off = (columns - width / 2 - shift * unit - slope * along) / (unit * 0.018 + along * 0.085)
            beam = np.exp(-(off**2)) * np.exp(-along / (unit * 0.62))
            light += masked(floats(spots[number % 3]), beam * smoke) * 0.40
        pictures.append(to_bytes(light))
    return Shine(pictures, scale, 0.45, fps=8)


def _curtains(setting: Setting, floor: int) -> Layer:
    """Hang velvet at both sides and along the top."""
    unit, wide = setting.unit, setting.wide
    bottom = floor + int(unit * 0.07)
    canvas = Canvas(wide, bottom)
    velvet = VELVET[setting.light.time]
    columns = np.arange(wide, dtype=np.float32)
    rows = np.arange(bottom, dtype=np.float32)[:, None]
    waves = columns / (unit * 0.052) * 2 * np.pi
    folds = 0.5 + 0.5 * np.sin(waves + 0.9 * np.sin(columns / (unit * 0.21)) + 0.25 * np.sin(rows / unit * 5))
    shade = (0.16 + 1.05 * folds**1.6) * (0.78 + 0.34 * rows / bottom)
    canvas.rgb[:] = masked(floats(velvet), shade) + masked(floats((1.0, 0.75, 0.70)), folds**9 * 0.10)
    side = (setting.width * 0.5) - unit * 0.16
    inner = side + unit * 0.05 * (1 - np.cos(np.clip(rows / bottom, 0, 1) * np.pi)) - unit * 0.04
    away = np.abs(columns[None] - wide / 2)
    drapes = np.clip((away - inner) / 1.5 + 0.5, 0, 1)
    swag = unit * (0.085 + 0.035 * np.abs(np.sin((columns - wide / 2) / (unit * 0.36) * np.pi / 2)))
    pelmet = np.clip((swag[None] - rows) / 1.5 + 0.5, 0, 1)
    fringe = np.exp(-(((swag[None] - rows) / (unit * 0.008)) ** 2))
    canvas.rgb = mix(canvas.rgb * (1 - 0.35 * pelmet)[..., None], (0.86, 0.66, 0.30), (0.8 * fringe)[..., None])
    canvas.alpha = np.maximum(drapes, np.maximum(pelmet, fringe * 0.9)).astype(np.float32)
    return canvas.layer(0.55, setting.rng)


def _audience(setting: Setting) -> Layer:
    """Draw the heads of the first rows, dark against the stage, low enough to hide nobody."""
    unit, rng, wide = setting.unit, setting.rng, setting.wide
    canvas = setting.canvas()
    rim = floats(SPOTS[setting.light.time][2])
    for row, tone in ((0.905, 0.07), (0.955, 0.035)):
        x = float(rng.uniform(-0.05, 0.0)) * unit
        while x < wide + unit * 0.1:
            size = unit * float(rng.uniform(0.030, 0.038))
            y = setting.height * row + unit * float(rng.uniform(0.0, 0.018))
            dark = floats((tone, tone * 0.85, tone * 1.2))
            canvas.ellipse(x, y + size * 3.0, size * 2.1, size * 2.1, dark)
            canvas.ellipse(x, y - size * 0.08, size * 0.96, size * 1.10, dark + rim * 0.20)
            canvas.ellipse(x, y + size * 0.05, size * 0.94, size * 1.10, dark)
            x += size * float(rng.uniform(3.0, 4.2))
    return canvas.layer(0.85, rng)
