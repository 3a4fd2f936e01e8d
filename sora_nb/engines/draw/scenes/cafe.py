"""Draw the coffee shop and the kitchen."""

from __future__ import annotations

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import furniture, light, noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Element, Loop
from sora_nb.engines.draw.scenes.noise import Color, mix, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting


def coffee_shop(setting: Setting) -> Scene:
    """Build a coffee shop: a counter with its machine, shelves, a window to the street, lamps, tables."""
    unit, height, wide, rng = setting.unit, setting.height, setting.wide, setting.rng
    floor = int(height * 0.70)
    lit = setting.light.dark or setting.light.weather != "clear"
    wall = furniture.wall(setting, floor, (0.80, 0.66, 0.50), panel=0.20)
    bar = unit * 0.012
    view = (wide * 0.5 - unit * 0.80, floor - unit * 0.60, wide * 0.5 - unit * 0.06, floor - unit * 0.16)
    furniture.window(wall, view, (3, 1), setting.light.shade((0.22, 0.15, 0.11)), bar)
    x = wide * 0.5 + unit * 0.42
    _menu(wall, rng, (x - unit * 0.30, floor - unit * 0.66, x + unit * 0.02, floor - unit * 0.44))
    for row in (0.40, 0.29):
        _shelf(wall, setting, x - unit * 0.32, wide + unit * 0.1, floor - unit * row)
    _shelf(wall, setting, x + unit * 0.10, wide + unit * 0.1, floor - unit * 0.52)
    lamps = [wide * 0.5 + unit * shift for shift in (-0.98, -0.43, 0.12, 0.67, 1.22)]
    drop = floor - unit * 0.66
    for lamp in lamps:
        furniture.pendant(wall, lamp, max(unit * 0.06, drop), unit, lit=lit)
        if lit:
            furniture.lamp_light(wall, lamp, max(unit * 0.06, drop) + unit * 0.07, unit, 0.42)
    ground = furniture.floor(setting, floor, (0.52, 0.36, 0.24), gloss=0.35)
    if lit:
        for lamp in lamps:
            ground.glow(lamp, unit * 0.06, unit * 0.13, furniture.LAMP, 0.16)
    room = setting.canvas()
    _counter(room, setting, x - unit * 0.34, floor + unit * 0.075)
    small = wide * 0.5 - unit * 0.55
    for table_x, foot in ((small, floor + unit * 0.065), (small - unit * 0.60, floor + unit * 0.12)):
        furniture.table(room, setting.light, table_x, foot, unit * 0.20)
        furniture.cup(room, setting.light, table_x - unit * 0.03, foot - unit * 0.195, unit * 0.035)
    furniture.pot_plant(room, rng, setting.light, wide * 0.5 - unit * 0.90, floor + unit * 0.05, unit * 0.30)
    scene = Scene(setting.light, (height * 0.885, height * 0.965), size=0.52, mirror=0.10)
    scene.back += outside(setting, (int(view[1]), int(view[3])))
    scene.back += [wall.layer(0.45, rng), ground.layer(GROUND_DEPTH, rng, top=floor), room.layer(GROUND_DEPTH, rng)]
    scene.back.append(steam(setting, small - unit * 0.03, floor + unit * 0.065 - unit * 0.215))
    return scene


def outside(setting: Setting, rows: tuple[int, int]) -> list[Element]:
    """Draw a street that is out of focus behind a window between two rows."""
    unit, rng, wide = setting.unit, setting.rng, setting.wide
    open_air = light.outdoors(setting.light.time, setting.light.weather)
    top, bottom = max(0, rows[0] - 4), rows[1] + 4
    tall = bottom - top
    canvas = Canvas(wide, bottom)
    canvas.alpha[top:] = 1
    canvas.rgb[top:] = noise.ramp(np.linspace(0.3, 1, tall, dtype=np.float32), open_air.sky)[:, None]
    x = -unit * 0.1
    while x < wide:
        width, high = unit * float(rng.uniform(0.12, 0.30)), tall * float(rng.uniform(0.35, 0.85))
        color = open_air.shade(mix((0.45, 0.36, 0.32), (0.62, 0.60, 0.60), float(rng.random())), 0.25, 0.3)
        canvas.rectangle(x, bottom - high, x + width, bottom, color)
        x += width
    canvas.rgb[top:] = cv2.GaussianBlur(canvas.rgb[top:], (0, 0), unit * 0.012)
    strength = {"night": 0.75, "sunset": 0.5}.get(open_air.time, 0.16)
    furniture.bokeh(canvas, rng, int(26 * wide / unit), (top + tall * 0.35, bottom), unit * 0.016, strength)
    return [canvas.layer(0.2, rng)]


def steam(setting: Setting, x: float, foot: float) -> Loop:
    """Let steam rise from (x, foot): a soft loop."""
    unit = setting.unit
    width, height = max(8, int(unit * 0.09)), max(12, int(unit * 0.16))
    texture = noise.tile(setting.rng, 256, 5, octaves=3)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    up = 1 - rows / height
    pictures: list[tuple[noise.Pixels, noise.Pixels | None]] = []
    for index in range(24):
        turn = index / 24
        bend = 0.5 + 0.18 * np.sin(up * 5 - turn * 2 * np.pi) * up
        body = np.exp(-(((columns / width - bend) / (0.09 + 0.16 * up)) ** 2)) * np.clip(up * 6, 0, 1) * (1 - up) ** 1.2
        veil = noise.sample_tile(texture, columns * 2.4, rows * 1.6 + turn * 256)
        alpha = np.clip(body * (0.5 + 0.4 * veil), 0, 1) * 0.42
        hole = cv2.merge([255 - to_bytes(alpha.astype(np.float32))] * 3)
        pictures.append((255 - hole, hole))
    return Loop(pictures, GROUND_DEPTH, fps=12, left=int(x - width / 2), top=int(foot - height))


def _menu(wall: Canvas, rng: np.random.Generator, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    edge = (right - left) * 0.03
    wall.rectangle(left - edge, top - edge, right + edge, bottom + edge, (0.40, 0.26, 0.15))
    wall.rectangle(left, top, right, bottom, (0.10, 0.12, 0.12), top_color=(0.14, 0.16, 0.16))
    row = (bottom - top) / 7
    for line in range(6):
        y, x = top + row * (line + 0.9), left + edge * 3
        while x < right - edge * 9:
            long = (right - left) * float(rng.uniform(0.05, 0.14))
            wall.line(
                [(x, y), (min(x + long, right - edge * 9), y)], max(1, row * 0.20), (0.86, 0.85, 0.80), opacity=0.75
            )
            x += long + edge
        wall.line([(right - edge * 6, y), (right - edge * 3, y)], max(1, row * 0.20), (0.95, 0.80, 0.45), opacity=0.8)


def _shelf(wall: Canvas, setting: Setting, left: float, right: float, y: float) -> None:
    unit, rng, lit = setting.unit, setting.rng, setting.light
    wall.rectangle(left, y + unit * 0.016, right, y + unit * 0.055, (0, 0, 0), opacity=0.28, blur=unit * 0.008)
    palette: tuple[Color, ...] = (
        (0.86, 0.84, 0.78),
        (0.30, 0.42, 0.40),
        (0.62, 0.30, 0.20),
        (0.80, 0.62, 0.32),
        (0.24, 0.20, 0.20),
    )
    x = left + unit * 0.02
    while x < right:
        wide, tall = unit * float(rng.uniform(0.022, 0.042)), unit * float(rng.uniform(0.035, 0.085))
        color = lit.shade(palette[int(rng.integers(0, len(palette)))], 0, 0.5)
        wall.rectangle(x, y - tall, x + wide, y, color, top_color=color * 1.2)
        wall.rectangle(x + wide * 0.65, y - tall, x + wide, y, (0, 0, 0), opacity=0.25)
        wall.rectangle(x + wide * 0.12, y - tall, x + wide * 0.24, y, (1, 1, 1), opacity=0.18)
        if rng.random() < 0.4:
            wall.rectangle(x + wide * 0.30, y - tall * 1.3, x + wide * 0.70, y - tall, color * 0.85)
        x += wide + unit * float(rng.uniform(0.004, 0.03))
    wall.rectangle(
        left,
        y,
        right,
        y + unit * 0.016,
        lit.shade((0.40, 0.25, 0.15), 0, 0.2),
        top_color=lit.shade((0.60, 0.40, 0.25), 0, 0.9),
    )


def _counter(room: Canvas, setting: Setting, left: float, foot: float) -> None:
    unit, lit, rng = setting.unit, setting.light, setting.rng
    top, right = foot - unit * 0.27, setting.wide + unit * 0.1
    room.rectangle(left, foot - unit * 0.01, right, foot + unit * 0.03, (0, 0, 0), opacity=0.45, blur=unit * 0.015)
    room.rectangle(
        left, top, right, foot, lit.shade((0.20, 0.30, 0.29), 0, 0.2), top_color=lit.shade((0.26, 0.40, 0.38), 0, 0.6)
    )
    for x in np.arange(left, right, unit * 0.075):
        room.rectangle(x, top, x + unit * 0.004, foot, (0, 0, 0), opacity=0.25)
        room.rectangle(x + unit * 0.004, top, x + unit * 0.010, foot, (1, 1, 1), opacity=0.06)
    room.rectangle(
        left - unit * 0.02,
        top - unit * 0.028,
        right,
        top,
        lit.shade((0.46, 0.29, 0.17), 0, 0.3),
        top_color=lit.shade((0.74, 0.52, 0.34), 0, 0.9),
    )
    machine = left + unit * 0.30
    steel = lit.shade((0.72, 0.74, 0.77), 0, 0.6)
    base = top - unit * 0.028
    room.rectangle(machine, base - unit * 0.17, machine + unit * 0.26, base, steel * 0.55, top_color=steel * 1.05)
    room.rectangle(machine - unit * 0.01, base - unit * 0.185, machine + unit * 0.27, base - unit * 0.165, steel * 0.8)
    room.rectangle(
        machine + unit * 0.02, base - unit * 0.095, machine + unit * 0.24, base - unit * 0.02, (0.08, 0.08, 0.09)
    )
    for shift in (0.07, 0.17):
        room.rectangle(
            machine + unit * shift, base - unit * 0.11, machine + unit * (shift + 0.03), base - unit * 0.07, steel * 0.9
        )
    room.ellipse(machine + unit * 0.13, base - unit * 0.135, unit * 0.016, unit * 0.016, (0.95, 0.95, 0.92))
    for index in range(4):
        furniture.cup(room, lit, machine + unit * (0.04 + 0.06 * index), base - unit * 0.185, unit * 0.030)
    _cakes(room, setting, left + unit * 0.04, base)
    for index in range(3):
        furniture.cup(
            room,
            lit,
            machine + unit * (0.36 + 0.075 * index),
            base,
            unit * 0.038,
            (0.93, 0.90 - 0.05 * float(rng.random()), 0.84),
        )


def _cakes(room: Canvas, setting: Setting, left: float, base: float) -> None:
    """Put a glass case with cakes on the counter."""
    unit, lit = setting.unit, setting.light
    room.rectangle(left, base - unit * 0.13, left + unit * 0.20, base, (0.95, 0.90, 0.80), opacity=0.30)
    for row in (0.008, 0.070):
        for index, color in enumerate(((0.78, 0.42, 0.34), (0.93, 0.80, 0.58), (0.40, 0.24, 0.16))):
            x, y = left + unit * (0.035 + 0.063 * index), base - unit * row
            room.ellipse(x, y - unit * 0.018, unit * 0.024, unit * 0.022, lit.shade(color, 0, 0.6))
            room.ellipse(x, y - unit * 0.034, unit * 0.018, unit * 0.008, lit.shade((0.98, 0.94, 0.88), 0, 0.8))
        room.rectangle(
            left, base - unit * row, left + unit * 0.20, base - unit * (row - 0.004), (0.9, 0.9, 0.9), opacity=0.7
        )
    room.polygon(
        [
            (left + unit * 0.02, base - unit * 0.13),
            (left + unit * 0.06, base - unit * 0.13),
            (left + unit * 0.02, base),
        ],
        (1, 1, 1),
        opacity=0.20,
    )
    room.rectangle(left, base - unit * 0.136, left + unit * 0.20, base - unit * 0.128, lit.shade((0.75, 0.76, 0.78)))


def kitchen(setting: Setting) -> Scene:
    """Build a kitchen: cupboards, a window over the sink, a stove with a steaming pot."""
    unit, height, wide, rng, lit = setting.unit, setting.height, setting.wide, setting.rng, setting.light
    floor = int(height * 0.72)
    middle = wide / 2
    wall = furniture.wall(setting, floor, (0.93, 0.90, 0.83))
    _tiles(wall, setting, floor - unit * 0.45, floor - unit * 0.24)
    view = (middle - unit * 0.62, floor - unit * 0.68, middle - unit * 0.20, floor - unit * 0.36)
    furniture.window(wall, view, (2, 1), lit.shade((0.94, 0.93, 0.91), 0, 0.7), unit * 0.012)
    for left, right in ((-1.30, -0.70), (0.42, 1.40)):
        _cupboards(
            wall, setting, (middle + left * unit, floor - unit * 0.74, middle + right * unit, floor - unit * 0.47)
        )
    stove = middle + unit * 0.16
    _hood(wall, setting, stove, floor - unit * 0.47)
    _cupboards(wall, setting, (-unit * 0.1, floor - unit * 0.22, wide + unit * 0.1, floor + 1.0))
    wall.rectangle(
        0,
        floor - unit * 0.245,
        wide,
        floor - unit * 0.215,
        lit.shade((0.50, 0.36, 0.25), 0, 0.4),
        top_color=lit.shade((0.78, 0.60, 0.43), 0, 0.9),
    )
    _stove(wall, setting, stove, floor)
    _worktop(wall, setting, middle, floor - unit * 0.245)
    ground = furniture.floor(setting, floor, (0.72, 0.66, 0.58), kind="tiles", gloss=0.3)
    scene = Scene(lit, (height * 0.89, height * 0.965), size=0.52, mirror=0.10)
    scene.back += outside(setting, (int(view[1]), int(view[3])))
    scene.back += [wall.layer(GROUND_DEPTH, rng), ground.layer(GROUND_DEPTH, rng, top=floor)]
    scene.back.append(steam(setting, stove - unit * 0.07, floor - unit * 0.335))
    return scene


def _tiles(wall: Canvas, setting: Setting, top: float, bottom: float) -> None:
    unit, lit, rng = setting.unit, setting.light, setting.rng
    size = unit * 0.042
    wall.rectangle(0, top, setting.wide, bottom, lit.shade((0.70, 0.72, 0.70)))
    for row in range(int((bottom - top) / size)):
        for column in range(int(setting.wide / size) + 1):
            color = lit.shade(mix((0.62, 0.76, 0.76), (0.80, 0.88, 0.86), float(rng.random())), 0, 0.5)
            x, y = column * size, top + row * size
            wall.rectangle(x + 1, y + 1, x + size - 1, y + size - 1, color * 0.93, top_color=color * 1.08)


def _cupboards(wall: Canvas, setting: Setting, box: tuple[float, float, float, float]) -> None:
    """Draw a row of cupboard doors with knobs."""
    unit, lit = setting.unit, setting.light
    left, top, right, bottom = box
    own: Color = (0.34, 0.48, 0.46)
    wall.rectangle(left, bottom, right, bottom + unit * 0.03, (0, 0, 0), opacity=0.30, blur=unit * 0.010)
    wall.rectangle(left, top, right, bottom, lit.shade(own, 0, 0.2) * 0.6)
    width = unit * 0.20
    for x in np.arange(left, right - width * 0.5, width):
        face = lit.shade(own, 0, 0.5)
        wall.rectangle(
            x + unit * 0.005,
            top + unit * 0.005,
            x + width - unit * 0.005,
            bottom - unit * 0.006,
            face * 0.92,
            top_color=face * 1.1,
        )
        wall.rectangle(
            x + unit * 0.025,
            top + unit * 0.026,
            x + width - unit * 0.025,
            bottom - unit * 0.026,
            face * 0.80,
            top_color=face * 0.95,
        )
        wall.ellipse(
            x + width - unit * 0.018,
            (top + bottom) / 2,
            unit * 0.006,
            unit * 0.006,
            lit.shade((0.86, 0.70, 0.42), 0, 0.9),
        )


def _hood(wall: Canvas, setting: Setting, x: float, bottom: float) -> None:
    unit, steel = setting.unit, setting.light.shade((0.76, 0.78, 0.80), 0, 0.6)
    wall.rectangle(x - unit * 0.06, 0, x + unit * 0.06, bottom - unit * 0.10, steel * 0.75)
    wall.polygon(
        [
            (x - unit * 0.06, bottom - unit * 0.10),
            (x + unit * 0.06, bottom - unit * 0.10),
            (x + unit * 0.17, bottom),
            (x - unit * 0.17, bottom),
        ],
        steel * 0.8,
        top_color=steel * 1.05,
    )
    wall.rectangle(x - unit * 0.17, bottom, x + unit * 0.17, bottom + unit * 0.022, steel * 0.95)
    wall.glow(x, bottom + unit * 0.06, unit * 0.13, furniture.LAMP, 0.35)


def _stove(wall: Canvas, setting: Setting, x: float, floor: int) -> None:
    unit, lit = setting.unit, setting.light
    steel, top = lit.shade((0.80, 0.81, 0.83), 0, 0.6), floor - unit * 0.245
    wall.rectangle(x - unit * 0.17, top, x + unit * 0.17, floor, steel * 0.72, top_color=steel)
    wall.rectangle(x - unit * 0.14, top + unit * 0.075, x + unit * 0.14, floor - unit * 0.025, (0.07, 0.07, 0.08))
    wall.rectangle(
        x - unit * 0.12,
        top + unit * 0.10,
        x + unit * 0.12,
        floor - unit * 0.045,
        (0.30, 0.15, 0.07),
        top_color=(0.16, 0.09, 0.06),
    )
    wall.rectangle(x - unit * 0.13, top + unit * 0.060, x + unit * 0.13, top + unit * 0.068, steel * 0.6)
    for index in range(5):
        wall.ellipse(
            x + unit * (-0.12 + 0.06 * index), top + unit * 0.034, unit * 0.012, unit * 0.012, (0.15, 0.15, 0.16)
        )
    wall.rectangle(x - unit * 0.17, top - unit * 0.010, x + unit * 0.17, top, (0.12, 0.12, 0.13))
    red = lit.shade((0.80, 0.24, 0.18), 0, 0.6)
    wall.rectangle(
        x - unit * 0.125, top - unit * 0.085, x - unit * 0.015, top - unit * 0.008, red * 0.7, top_color=red * 1.15
    )
    wall.ellipse(x - unit * 0.07, top - unit * 0.085, unit * 0.058, unit * 0.010, red * 1.2)
    wall.rectangle(x - unit * 0.142, top - unit * 0.066, x + unit * 0.002, top - unit * 0.056, red * 0.6)
    wall.polygon(
        [
            (x + unit * 0.04, top - unit * 0.036),
            (x + unit * 0.14, top - unit * 0.036),
            (x + unit * 0.125, top - unit * 0.008),
            (x + unit * 0.055, top - unit * 0.008),
        ],
        (0.12, 0.12, 0.13),
    )
    wall.line(
        [(x + unit * 0.14, top - unit * 0.030), (x + unit * 0.21, top - unit * 0.050)],
        max(1, unit * 0.010),
        (0.20, 0.14, 0.10),
    )


def _worktop(wall: Canvas, setting: Setting, middle: float, y: float) -> None:
    """Put a tap, jars, fruit and herbs on the worktop."""
    unit, lit, rng = setting.unit, setting.light, setting.rng
    steel = lit.shade((0.80, 0.82, 0.84), 0, 0.7)
    tap = middle - unit * 0.41
    wall.line(
        [
            (tap, y),
            (tap, y - unit * 0.10),
            (tap + unit * 0.03, y - unit * 0.12),
            (tap + unit * 0.06, y - unit * 0.10),
            (tap + unit * 0.06, y - unit * 0.075),
        ],
        unit * 0.010,
        steel,
    )
    for index, color in enumerate(((0.86, 0.70, 0.46), (0.70, 0.32, 0.22), (0.90, 0.86, 0.78))):
        x = middle + unit * (0.50 + 0.085 * index)
        wall.rectangle(
            x, y - unit * 0.085, x + unit * 0.060, y, lit.shade(color, 0, 0.5), top_color=lit.shade(color, 0, 0.9)
        )
        wall.rectangle(
            x - unit * 0.003,
            y - unit * 0.100,
            x + unit * 0.063,
            y - unit * 0.085,
            lit.shade((0.56, 0.40, 0.27), 0, 0.6),
        )
        wall.rectangle(x + unit * 0.008, y - unit * 0.080, x + unit * 0.014, y - unit * 0.01, (1, 1, 1), opacity=0.35)
    bowl = middle - unit * 0.82
    for shift, color in (
        (-0.04, (0.90, 0.34, 0.22)),
        (0.0, (0.96, 0.66, 0.18)),
        (0.04, (0.56, 0.72, 0.24)),
        (0.015, (0.92, 0.40, 0.25)),
    ):
        wall.ellipse(
            bowl + shift * unit,
            y - unit * 0.056,
            unit * 0.026,
            unit * 0.026,
            lit.shade(color, 0, 0.3),
            top_color=lit.shade(color, 0, 1.0),
        )
    wall.polygon(
        [
            (bowl - unit * 0.08, y - unit * 0.05),
            (bowl + unit * 0.08, y - unit * 0.05),
            (bowl + unit * 0.04, y),
            (bowl - unit * 0.04, y),
        ],
        lit.shade((0.92, 0.92, 0.94), 0, 0.6),
    )
    furniture.pot_plant(wall, rng, lit, middle - unit * 0.22, y, unit * 0.13)
