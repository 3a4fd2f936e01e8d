"""Draw the living room: a sofa, books, a window, a fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes import furniture, noise
from sora_nb.engines.draw.scenes.cafe import outside
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Shine
from sora_nb.engines.draw.scenes.noise import floats, mix, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.canvas import Canvas
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Color


def living_room(setting: Setting) -> Scene:
    """Build a living room: a sofa, a window, books, a fireplace, a rug."""
    height, unit, rng, wide, lit = setting.height, setting.unit, setting.rng, setting.wide, setting.light
    floor = int(height * 0.70)
    middle = wide / 2
    wall = furniture.wall(setting, floor, (0.62, 0.68, 0.66))
    wall.rectangle(
        0,
        floor - unit * 0.045,
        wide,
        floor,
        lit.shade((0.92, 0.91, 0.88), 0, 0.4),
        top_color=lit.shade((0.97, 0.96, 0.94), 0, 0.8),
    )
    view = (middle - unit * 0.82, floor - unit * 0.62, middle - unit * 0.42, floor - unit * 0.24)
    furniture.window(wall, view, (2, 2), lit.shade((0.93, 0.92, 0.90), 0, 0.7), unit * 0.012)
    _drapes(wall, setting, view)
    _pictures(wall, setting, middle - unit * 0.02, floor - unit * 0.52)
    hearth = middle + unit * 0.62
    _fireplace(wall, setting, hearth, floor)
    ground = furniture.floor(setting, floor, (0.58, 0.40, 0.27), gloss=0.2)
    _rug(ground, setting, middle, ground.height * 0.58)
    if lit.dark:
        ground.glow(hearth, unit * 0.03, unit * 0.22, (1.0, 0.55, 0.22), 0.35)
    room = setting.canvas()
    _bookcase(room, setting, middle + unit * 0.98, floor + unit * 0.02)
    _sofa(room, lit, middle - unit * 0.22, floor + unit * 0.075, unit * 0.66)
    _floor_lamp(room, lit, middle - unit * 0.68, floor + unit * 0.05, unit)
    furniture.pot_plant(room, rng, lit, middle - unit * 0.96, floor + unit * 0.07, unit * 0.34)
    scene = Scene(lit, (height * 0.89, height * 0.965), size=0.50)
    scene.back += outside(setting, (int(view[1]), int(view[3])))
    scene.back += [
        wall.layer(0.45, rng),
        ground.layer(GROUND_DEPTH, rng, top=floor),
        _fire(setting, hearth, floor),
        room.layer(GROUND_DEPTH, rng),
    ]
    return scene


def _drapes(wall: Canvas, setting: Setting, view: tuple[float, float, float, float]) -> None:
    """Hang curtains at both sides of a window."""
    unit, lit = setting.unit, setting.light
    left, top, right, bottom = view
    wall.rectangle(
        left - unit * 0.13, top - unit * 0.055, right + unit * 0.13, top - unit * 0.045, lit.shade((0.35, 0.24, 0.16))
    )
    for start, sign in ((left - unit * 0.11, 1), (right + unit * 0.11, -1)):
        for fold in range(8):
            x = start + sign * fold * unit * 0.018
            tone = 0.70 + 0.30 * float(np.sin(fold * 1.9 + 0.5)) ** 2
            cloth = lit.shade((0.80, 0.52, 0.36), 0, 0.6) * tone
            end = x + sign * unit * 0.020
            wall.polygon(
                [
                    (x, top - unit * 0.05),
                    (end, top - unit * 0.05),
                    (end - sign * unit * 0.006, bottom + unit * 0.07),
                    (x - sign * unit * 0.006, bottom + unit * 0.07),
                ],
                cloth * 0.9,
                top_color=cloth,
            )


def _pictures(wall: Canvas, setting: Setting, x: float, y: float) -> None:
    """Hang three framed pictures: a landscape, a sun, waves."""
    unit, lit = setting.unit, setting.light
    sizes = ((-0.20, 0.00, 0.15, 0.20), (0.00, -0.05, 0.19, 0.15), (0.02, 0.14, 0.15, 0.11))
    papers: tuple[tuple[Color, Color], ...] = (
        ((0.86, 0.74, 0.54), (0.30, 0.44, 0.44)),
        ((0.92, 0.86, 0.76), (0.82, 0.42, 0.28)),
        ((0.80, 0.88, 0.90), (0.22, 0.38, 0.52)),
    )
    for (dx, dy, width, tall), (paper, ink) in zip(sizes, papers, strict=True):
        left, top = x + dx * unit, y + dy * unit
        right, bottom = left + width * unit, top + tall * unit
        wall.rectangle(
            left + unit * 0.004,
            top + unit * 0.006,
            right + unit * 0.012,
            bottom + unit * 0.014,
            (0, 0, 0),
            opacity=0.3,
            blur=unit * 0.006,
        )
        wall.rectangle(left, top, right, bottom, lit.shade((0.22, 0.16, 0.12), 0, 0.6))
        wall.rectangle(
            left + unit * 0.008,
            top + unit * 0.008,
            right - unit * 0.008,
            bottom - unit * 0.008,
            lit.shade((0.97, 0.96, 0.93), 0, 0.7),
        )
        inner = (left + unit * 0.022, top + unit * 0.022, right - unit * 0.022, bottom - unit * 0.022)
        wall.rectangle(*inner, lit.shade(paper, 0, 0.6))
        across = np.linspace(inner[0], inner[2], 12)
        hill = inner[3] - (inner[3] - inner[1]) * (0.35 + 0.18 * np.sin(np.linspace(0, 4 + dx * 9, 12)))
        wall.polygon(
            [*zip(across, hill, strict=True), (inner[2], inner[3]), (inner[0], inner[3])], lit.shade(ink, 0, 0.6)
        )
        wall.ellipse(
            inner[0] + (inner[2] - inner[0]) * 0.66,
            inner[1] + (inner[3] - inner[1]) * 0.28,
            unit * 0.014,
            unit * 0.014,
            lit.shade((0.95, 0.70, 0.36), 0, 0.7),
        )


def _fireplace(wall: Canvas, setting: Setting, x: float, floor: int) -> None:
    unit, lit, rng = setting.unit, setting.light, setting.rng
    wall.rectangle(x - unit * 0.19, 0, x + unit * 0.19, floor, lit.shade((0.56, 0.60, 0.58), 0, 0.5))
    wall.rectangle(x - unit * 0.23, floor - unit * 0.34, x + unit * 0.23, floor, lit.shade((0.80, 0.77, 0.72), 0, 0.4))
    rows = 9
    for row in range(rows):
        for column in range(7):
            left = x - unit * 0.20 + unit * 0.0575 * (column + (0.5 if row % 2 else 0)) - unit * 0.012
            brick = mix((0.56, 0.31, 0.24), (0.66, 0.40, 0.30), float(rng.random()))
            top = floor - unit * 0.31 + unit * 0.034 * row
            right = min(left + unit * 0.053, x + unit * 0.205)
            wall.rectangle(max(left, x - unit * 0.205), top, right, top + unit * 0.030, lit.shade(brick, 0, 0.45))
    wall.rectangle(
        x - unit * 0.26,
        floor - unit * 0.365,
        x + unit * 0.26,
        floor - unit * 0.325,
        lit.shade((0.40, 0.26, 0.17), 0, 0.3),
        top_color=lit.shade((0.60, 0.41, 0.27), 0, 0.9),
    )
    wall.rectangle(
        x - unit * 0.115,
        floor - unit * 0.20,
        x + unit * 0.115,
        floor,
        (0.03, 0.025, 0.025),
        top_color=(0.07, 0.05, 0.045),
    )
    for shift, tall, color in (
        (-0.18, 0.075, (0.30, 0.44, 0.46)),
        (-0.11, 0.050, (0.90, 0.86, 0.78)),
        (0.17, 0.085, (0.78, 0.56, 0.30)),
    ):
        wall.ellipse(
            x + shift * unit,
            floor - unit * 0.365 - tall * unit * 0.42,
            unit * 0.020,
            tall * unit * 0.45,
            lit.shade(color, 0, 0.25),
            top_color=lit.shade(color, 0, 0.95),
        )
    for shift in (-0.04, 0.0, 0.045):
        wall.line(
            [(x + (shift - 0.04) * unit, floor - unit * 0.018), (x + (shift + 0.04) * unit, floor - unit * 0.03)],
            unit * 0.020,
            (0.17, 0.10, 0.07),
        )


def _fire(setting: Setting, x: float, floor: int) -> Shine:
    """Let a fire burn; a small loop of flames with their glow."""
    scale = max(1.0, setting.unit / 360)
    wide, unit = int(setting.wide / scale) + 1, setting.unit / scale
    tall = int(unit * 0.30)
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    up = 1 - rows / tall
    texture = noise.tile(setting.rng, 256, 12, octaves=3)
    across = (columns - x / scale) / (unit * 0.075)
    near = np.abs(across[0]) < 4
    pictures = []
    for index in range(24):
        turn = 256 * index / 24
        flames = np.zeros((tall, wide, 3), np.float32)
        part, high = across[:, near], up[:, near] / 0.50
        lick = noise.sample_tile(texture, part * 26 + 40, rows[:, near] / unit * 420 + 2 * turn)
        body = np.clip(1.15 - np.abs(part) ** 1.6 - high * (1.0 - 0.40 * lick), 0, 1)
        flicker = 0.85 + 0.15 * np.sin(2 * np.pi * index / 24 * 3)
        glow = 0.22 * flicker * np.exp(-((part / 2.2) ** 2)) * np.exp(-high * 0.9)
        color = noise.ramp(
            body, ((0, (0, 0, 0)), (0.25, (0.55, 0.12, 0.02)), (0.6, (1.0, 0.50, 0.08)), (1, (1.0, 0.90, 0.50)))
        )
        flames[:, near] = color + glow[..., None] * floats((1.0, 0.50, 0.18))
        pictures.append(to_bytes(flames))
    return Shine(pictures, scale, 0.45, fps=12, top=int(floor - tall * scale))


def _rug(ground: Canvas, setting: Setting, x: float, y: float) -> None:
    unit, lit = setting.unit, setting.light
    colors: tuple[Color, ...] = (
        (0.30, 0.36, 0.46),
        (0.90, 0.85, 0.76),
        (0.66, 0.30, 0.25),
        (0.90, 0.85, 0.76),
        (0.30, 0.36, 0.46),
    )
    ground.ellipse(x, y + unit * 0.008, unit * 0.71, unit * 0.115, (0, 0, 0), opacity=0.25, blur=unit * 0.006)
    for size, color in zip((1.0, 0.90, 0.85, 0.52, 0.47), colors, strict=True):
        ground.ellipse(x, y, unit * 0.70 * size, unit * 0.112 * size, lit.shade(color, 0, 0.45))


def _bookcase(room: Canvas, setting: Setting, x: float, foot: float) -> None:
    unit, lit, rng = setting.unit, setting.light, setting.rng
    half, tall = unit * 0.145, unit * 0.60
    wood = lit.shade((0.46, 0.31, 0.20), 0, 0.5)
    room.rectangle(x - half, foot - tall, x + half, foot, wood * 0.45)
    for shelf in range(6):
        y = foot - tall * shelf / 5.0 * 0.985
        if shelf < 5:
            at = x - half + unit * 0.016
            while at < x + half - unit * 0.03:
                wide, high = unit * float(rng.uniform(0.010, 0.022)), tall * float(rng.uniform(0.11, 0.165))
                color = lit.shade(furniture.BOOKS[int(rng.integers(0, len(furniture.BOOKS)))], 0, 0.5)
                room.rectangle(at, y - high, at + wide, y, color * 0.85, top_color=color)
                room.rectangle(at + wide * 0.75, y - high, at + wide, y, (0, 0, 0), opacity=0.3)
                at += wide + (unit * 0.022 if rng.random() < 0.10 else 0)
        room.rectangle(x - half, y, x + half, y + unit * 0.010, wood)
    for side in (x - half, x + half - unit * 0.012):
        room.rectangle(side, foot - tall, side + unit * 0.012, foot, wood * 0.9, top_color=wood * 1.1)


def _sofa(room: Canvas, lit: Light, x: float, foot: float, wide: float) -> None:
    """Draw a soft sofa of some width in pixels."""
    cloth: Color = (0.26, 0.44, 0.50)
    dark, mid, high = (
        lit.shade(cloth, 0, 0.1) * 0.7,
        lit.shade(cloth, 0, 0.5),
        lit.shade(mix(cloth, (1, 1, 1), 0.14), 0, 0.9),
    )
    u = wide
    room.ellipse(x, foot, u * 0.54, u * 0.035, (0, 0, 0), opacity=0.5, blur=u * 0.02)
    for shift in (-0.42, 0.42):
        room.rectangle(
            x + shift * u - u * 0.012, foot - u * 0.06, x + shift * u + u * 0.012, foot, lit.shade((0.26, 0.17, 0.11))
        )
    furniture.cushion(room, (x - 0.46 * u, foot - 0.46 * u, x + 0.46 * u, foot - 0.12 * u), 0.05 * u, dark, mid)
    for left, right in ((-0.44, -0.005), (0.005, 0.44)):
        furniture.cushion(
            room, (x + left * u, foot - 0.445 * u, x + right * u, foot - 0.20 * u), 0.04 * u, mid * 0.85, high
        )
        furniture.cushion(
            room, (x + left * u, foot - 0.245 * u, x + right * u, foot - 0.13 * u), 0.035 * u, mid * 0.75, high * 1.03
        )
    furniture.cushion(room, (x - 0.47 * u, foot - 0.15 * u, x + 0.47 * u, foot - 0.045 * u), 0.025 * u, dark, mid)
    for left, right in ((-0.54, -0.41), (0.41, 0.54)):
        furniture.cushion(room, (x + left * u, foot - 0.33 * u, x + right * u, foot - 0.045 * u), 0.05 * u, dark, high)
    for shift, color in ((-0.31, (0.90, 0.66, 0.30)), (0.30, (0.86, 0.46, 0.36))):
        bright = lit.shade(color, 0, 0.8)
        furniture.cushion(
            room,
            (x + (shift - 0.085) * u, foot - 0.375 * u, x + (shift + 0.085) * u, foot - 0.215 * u),
            0.04 * u,
            bright * 0.65,
            bright,
        )


def _floor_lamp(room: Canvas, lit: Light, x: float, foot: float, unit: float) -> None:
    metal = lit.shade((0.30, 0.26, 0.22), 0, 0.5)
    room.ellipse(x, foot, unit * 0.045, unit * 0.010, metal * 0.8)
    room.rectangle(x - unit * 0.004, foot - unit * 0.46, x + unit * 0.004, foot, metal)
    warm = floats((1.0, 0.86, 0.60)) if lit.dark else lit.shade((0.94, 0.90, 0.82), 0, 0.7)
    if lit.dark:
        for radius, opacity in ((0.16, 0.22), (0.08, 0.30)):
            room.ellipse(
                x,
                foot - unit * 0.51,
                unit * radius,
                unit * radius,
                furniture.LAMP,
                opacity=opacity,
                blur=unit * radius * 0.45,
            )
    room.polygon(
        [
            (x - unit * 0.050, foot - unit * 0.565),
            (x + unit * 0.050, foot - unit * 0.565),
            (x + unit * 0.080, foot - unit * 0.45),
            (x - unit * 0.080, foot - unit * 0.45),
        ],
        warm * 0.90,
        top_color=warm,
    )
