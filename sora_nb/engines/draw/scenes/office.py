"""Draw the office: desks with screens before a wall of glass, the city behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes import furniture, light, noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH
from sora_nb.engines.draw.scenes.noise import mix
from sora_nb.engines.draw.scenes.scene import Scene, Setting

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Color


def office(setting: Setting) -> Scene:
    """Build an office: a wall of glass with the skyline behind, desks with screens, a board."""
    height, unit, rng, wide, lit = setting.height, setting.unit, setting.rng, setting.wide, setting.light
    floor = int(height * 0.69)
    middle = wide / 2
    wall = furniture.wall(setting, floor, (0.84, 0.86, 0.87))
    view = (middle - unit * 0.98, floor - unit * 0.58, middle + unit * 0.30, floor - unit * 0.12)
    furniture.window(wall, view, (5, 1), lit.shade((0.32, 0.35, 0.38), 0, 0.5), unit * 0.010)
    _blinds(wall, setting, view)
    _board(wall, setting, (middle + unit * 0.44, floor - unit * 0.54, middle + unit * 0.92, floor - unit * 0.22))
    _clock(wall, lit, middle + unit * 1.06, floor - unit * 0.48, unit * 0.05)
    _ceiling(wall, setting, floor)
    ground = furniture.floor(setting, floor, (0.44, 0.48, 0.52), kind="carpet")
    room = setting.canvas()
    for x, foot in ((middle - unit * 0.66, floor + unit * 0.085), (middle + unit * 0.66, floor + unit * 0.085)):
        _desk(room, setting, x, foot)
    furniture.pot_plant(room, rng, lit, middle - unit * 0.06, floor + unit * 0.035, unit * 0.30)
    furniture.pot_plant(room, rng, lit, middle + unit * 1.16, floor + unit * 0.06, unit * 0.38)
    scene = Scene(lit, (height * 0.89, height * 0.965), size=0.52)
    scene.back += _towers(setting, (int(view[1]), int(view[3])))
    scene.back += [wall.layer(0.45, rng), ground.layer(GROUND_DEPTH, rng, top=floor), room.layer(GROUND_DEPTH, rng)]
    return scene


def _towers(setting: Setting, rows: tuple[int, int]) -> list[Layer]:
    """Draw the skyline of a city behind the glass between two rows."""
    open_air, rng, unit, wide = (
        light.outdoors(setting.light.time, setting.light.weather),
        setting.rng,
        setting.unit,
        setting.wide,
    )
    top, bottom = max(0, rows[0] - 4), rows[1] + 4
    tall = bottom - top
    canvas = Canvas(wide, bottom)
    canvas.alpha[top:] = 1
    canvas.rgb[top:] = noise.ramp(np.linspace(0.15, 1, tall, dtype=np.float32), open_air.sky)[:, None]
    share = {"night": 0.5, "sunset": 0.3}.get(open_air.time, 0.0)
    for distance in (0.55, 0.25):
        x = -unit * 0.05
        while x < wide:
            width, high = (
                unit * float(rng.uniform(0.06, 0.13)),
                tall * float(rng.uniform(0.25, 0.82)) * (1.05 - 0.5 * (0.55 - distance)),
            )
            own = mix((0.36, 0.40, 0.46), (0.55, 0.52, 0.50), float(rng.random()))
            canvas.rectangle(
                x,
                bottom - high,
                x + width,
                bottom,
                open_air.shade(own, distance + 0.1, 0.4),
                top_color=open_air.shade(own, distance, 0.6),
            )
            for row in np.arange(bottom - high + unit * 0.012, bottom, unit * 0.019):
                for column in np.arange(x + unit * 0.008, x + width - unit * 0.010, unit * 0.015):
                    if rng.random() < share:
                        canvas.rectangle(
                            column, row, column + unit * 0.008, row + unit * 0.009, furniture.LAMP, opacity=0.8
                        )
            x += width * float(rng.uniform(0.85, 1.3))
    return [canvas.layer(0.15, rng)]


def _blinds(wall: Canvas, setting: Setting, view: tuple[float, float, float, float]) -> None:
    unit, lit = setting.unit, setting.light
    for index in range(7):
        y = view[1] + index * unit * 0.011
        wall.rectangle(view[0], y, view[2], y + unit * 0.006, lit.shade((0.90, 0.90, 0.88), 0, 0.6), opacity=0.9)


def _board(wall: Canvas, setting: Setting, box: tuple[float, float, float, float]) -> None:
    """Hang a white board with a chart and notes."""
    unit, lit, rng = setting.unit, setting.light, setting.rng
    left, top, right, bottom = box
    wall.rectangle(
        left,
        top + unit * 0.008,
        right + unit * 0.012,
        bottom + unit * 0.016,
        (0, 0, 0),
        opacity=0.25,
        blur=unit * 0.007,
    )
    wall.rectangle(
        left - unit * 0.010,
        top - unit * 0.010,
        right + unit * 0.010,
        bottom + unit * 0.010,
        lit.shade((0.60, 0.62, 0.64), 0, 0.6),
    )
    wall.rectangle(
        left, top, right, bottom, lit.shade((0.96, 0.97, 0.97), 0, 0.5), top_color=lit.shade((1, 1, 1), 0, 0.8)
    )
    xs = np.linspace(left + unit * 0.03, left + unit * 0.22, 7)
    ys = bottom - unit * 0.05 - np.cumsum(rng.uniform(0.002, 0.035, 7)) * unit
    wall.line([(xs[0], bottom - unit * 0.035), (xs[-1], bottom - unit * 0.035)], max(1, unit * 0.003), (0.2, 0.2, 0.25))
    wall.line([(xs[0], bottom - unit * 0.035), (xs[0], top + unit * 0.05)], max(1, unit * 0.003), (0.2, 0.2, 0.25))
    wall.line(list(zip(xs, ys, strict=True)), max(1, unit * 0.005), (0.80, 0.22, 0.20))
    notes: tuple[Color, ...] = ((0.98, 0.88, 0.40), (0.98, 0.62, 0.62), (0.60, 0.86, 0.62), (0.60, 0.78, 0.96))
    for index in range(6):
        x, y = right - unit * (0.20 - 0.065 * (index % 3)), top + unit * (0.04 + 0.085 * (index // 3))
        wall.rectangle(x, y, x + unit * 0.05, y + unit * 0.05, lit.shade(notes[index % 4], 0, 0.6))
        for line in range(3):
            wall.line(
                [
                    (x + unit * 0.008, y + unit * (0.014 + 0.011 * line)),
                    (x + unit * 0.038, y + unit * (0.014 + 0.011 * line)),
                ],
                max(1, unit * 0.002),
                (0.3, 0.3, 0.3),
                opacity=0.6,
            )
    for line in range(4):
        y = bottom - unit * (0.03 + 0.022 * line)
        wall.line(
            [(right - unit * 0.20, y), (right - unit * float(rng.uniform(0.03, 0.10)), y)],
            max(1, unit * 0.003),
            (0.18, 0.30, 0.55),
            opacity=0.7,
        )


def _clock(wall: Canvas, lit: Light, x: float, y: float, size: float) -> None:
    wall.ellipse(x, y, size, size, lit.shade((0.18, 0.19, 0.20)))
    wall.ellipse(x, y, size * 0.88, size * 0.88, lit.shade((0.97, 0.97, 0.95), 0, 0.7))
    wall.line([(x, y), (x + size * 0.30, y - size * 0.40)], max(1, size * 0.10), (0.1, 0.1, 0.1))
    wall.line([(x, y), (x - size * 0.10, y - size * 0.70)], max(1, size * 0.07), (0.1, 0.1, 0.1))


def _ceiling(wall: Canvas, setting: Setting, floor: int) -> None:
    """Hang long lamps under the ceiling."""
    unit = setting.unit
    y = max(unit * 0.02, floor - unit * 0.665)
    for x in np.arange(setting.wide / 2 - unit * 1.2, setting.wide, unit * 0.48):
        for end in (x + unit * 0.03, x + unit * 0.27):
            wall.line([(end, 0), (end, y)], max(1, unit * 0.002), (0.35, 0.36, 0.38))
        wall.rectangle(x, y, x + unit * 0.30, y + unit * 0.020, (0.30, 0.31, 0.33))
        wall.rectangle(x + unit * 0.006, y + unit * 0.012, x + unit * 0.294, y + unit * 0.022, (1.0, 0.98, 0.92))
        wall.glow(x + unit * 0.15, y + unit * 0.04, unit * 0.10, (1.0, 0.97, 0.90), 0.30)


def _desk(room: Canvas, setting: Setting, x: float, foot: float) -> None:
    """Stand a desk with a screen, a lamp and a chair behind it."""
    unit, lit = setting.unit, setting.light
    wood, metal = lit.shade((0.74, 0.56, 0.38), 0, 0.5), lit.shade((0.24, 0.26, 0.29), 0, 0.5)
    top = foot - unit * 0.235
    room.ellipse(x, foot, unit * 0.33, unit * 0.018, (0, 0, 0), opacity=0.40, blur=unit * 0.012)
    furniture.cushion(
        room,
        (x + unit * 0.02, top - unit * 0.16, x + unit * 0.17, top + unit * 0.10),
        unit * 0.03,
        metal * 0.7,
        metal * 1.3,
    )
    for shift in (-0.28, 0.27):
        room.rectangle(x + shift * unit, top, x + (shift + 0.014) * unit, foot, metal)
    room.rectangle(
        x + unit * 0.10, top + unit * 0.02, x + unit * 0.27, foot - unit * 0.02, wood * 0.70, top_color=wood * 0.85
    )
    for row in range(3):
        y = top + unit * (0.035 + 0.062 * row)
        room.rectangle(x + unit * 0.165, y + unit * 0.012, x + unit * 0.205, y + unit * 0.018, metal * 0.7)
        room.rectangle(x + unit * 0.10, y - unit * 0.008, x + unit * 0.27, y - unit * 0.005, (0, 0, 0), opacity=0.3)
    room.rectangle(
        x - unit * 0.31, top - unit * 0.018, x + unit * 0.31, top + unit * 0.006, wood * 0.8, top_color=wood * 1.15
    )
    base = top - unit * 0.018
    room.rectangle(x - unit * 0.10, base - unit * 0.05, x - unit * 0.085, base, metal)
    room.rectangle(x - unit * 0.15, base - unit * 0.006, x - unit * 0.035, base, metal)
    room.rectangle(x - unit * 0.215, base - unit * 0.195, x + unit * 0.03, base - unit * 0.045, metal * 0.6)
    screen = (x - unit * 0.207, base - unit * 0.187, x + unit * 0.022, base - unit * 0.055)
    room.rectangle(*screen, (0.14, 0.24, 0.40), top_color=(0.30, 0.52, 0.72))
    for line in range(6):
        y = screen[1] + unit * (0.018 + 0.018 * line)
        room.line(
            [(screen[0] + unit * 0.015, y), (screen[0] + unit * float(setting.rng.uniform(0.06, 0.13)), y)],
            max(1, unit * 0.004),
            (0.85, 0.95, 1.0),
            opacity=0.75,
        )
    room.rectangle(
        screen[2] - unit * 0.075,
        screen[1] + unit * 0.015,
        screen[2] - unit * 0.012,
        screen[1] + unit * 0.085,
        (0.95, 0.66, 0.34),
        opacity=0.85,
    )
    furniture.cup(room, lit, x + unit * 0.09, base, unit * 0.032, (0.86, 0.36, 0.30))
    for index in range(4):
        room.rectangle(
            x + unit * 0.16,
            base - unit * 0.014 * (index + 1),
            x + unit * (0.255 - 0.008 * (index % 2)),
            base - unit * 0.014 * index - unit * 0.002,
            lit.shade(furniture.BOOKS[index], 0, 0.6),
        )
