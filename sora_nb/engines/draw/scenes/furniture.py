"""Draw what stands in rooms and streets: windows, lamps, tables, plants in pots, plank floors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.noise import Color, Floats, floats, masked, mix

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.scene import Setting

LAMP: Color = (1.0, 0.78, 0.46)
"""Colour of a lamp that is lit."""
LAMPSHADE: Color = (0.12, 0.12, 0.13)
WOOD: Color = (0.45, 0.28, 0.17)
"""Colour of a table."""
BOOKS: tuple[Color, ...] = (
    (0.62, 0.22, 0.18),
    (0.20, 0.34, 0.44),
    (0.80, 0.66, 0.38),
    (0.28, 0.40, 0.28),
    (0.86, 0.82, 0.74),
    (0.38, 0.24, 0.36),
)
"""Colours of the backs of books."""


def wall(setting: Setting, floor: int, color: Color, *, panel: float = 0.0) -> Canvas:
    """Paint a plastered wall down to the row of the floor, darker towards the corners; opaque.

    Args:
        setting: see Setting.
        floor: row where the wall ends.
        color: of the plaster.
        panel: height of wooden panelling as part of the unit.
    """
    light, rng, unit = setting.light, setting.rng, setting.unit
    canvas = Canvas(setting.wide, floor)
    plaster = noise.fractal(rng, floor, setting.wide, unit * 0.12, octaves=6, gain=0.6)
    fine = noise.fractal(rng, floor, setting.wide, unit * 0.015, octaves=3, gain=0.8)
    down = np.linspace(0, 1, floor, dtype=np.float32)[:, None]
    across = np.abs(np.linspace(-1, 1, setting.wide, dtype=np.float32))[None]
    shade = 1.04 - 0.24 * (1 - down) ** 2 - 0.14 * across**2 + 0.10 * (plaster - 0.5) + 0.07 * (fine - 0.5)
    canvas.rgb[:] = light.shade(color)
    canvas.rgb *= shade[..., None]
    canvas.alpha[:] = 1
    if panel:
        top = floor - panel * unit
        canvas.rectangle(
            0,
            top,
            setting.wide,
            floor,
            light.shade((0.42, 0.27, 0.17), 0, 0.4),
            top_color=light.shade((0.52, 0.34, 0.21), 0, 0.6),
        )
        canvas.rectangle(0, top, setting.wide, top + unit * 0.012, light.shade((0.62, 0.42, 0.27), 0, 0.8))
        for x in np.arange(0, setting.wide, unit * 0.09):
            canvas.rectangle(x, top + unit * 0.012, x + unit * 0.004, floor, (0.05, 0.03, 0.02), opacity=0.35)
        canvas.rectangle(0, floor - unit * 0.02, setting.wide, floor, (0.05, 0.03, 0.02), opacity=0.35)
    return canvas


def floor(setting: Setting, top: int, color: Color, *, kind: str = "planks", gloss: float = 0.0) -> Canvas:
    """Paint a floor in perspective below a row; opaque.

    Args:
        setting: see Setting.
        top: row where it begins.
        color: of the wood or the tiles.
        kind: "planks", "tiles" or "carpet".
        gloss: strength of the sheen.
    """
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0.02, 1, height, dtype=np.float32)[:, None]
    depth = 1 / (0.35 + down)
    columns = (np.arange(wide, dtype=np.float32)[None] - wide / 2) / unit * depth
    rows = np.broadcast_to(depth * 2.4, columns.shape)
    shade = np.ones((height, wide), np.float32)
    if kind == "planks":
        board = np.floor(columns * 7)
        tone = noise.sample_tile(
            noise.tile(rng, 256, 40, octaves=1), board * 37, np.floor(rows * 2.1 + board * 0.37) * 23
        )
        grain = noise.sample_tile(noise.tile(rng, 512, 24, octaves=4), columns * 900 + board * 60, rows * 90)
        gap = np.abs(columns * 7 - board - 0.5) > 0.485
        shade += 0.07 * np.clip(tone, -2, 2) + 0.045 * grain
        shade[gap] *= 0.62
    elif kind == "tiles":
        u, v = columns * 4, rows * 4
        check = (np.floor(u) + np.floor(v)) % 2
        line = (np.abs(u - np.floor(u) - 0.5) > 0.485) | (np.abs(v - np.floor(v) - 0.5) > 0.48)
        shade += 0.10 * (check - 0.5)
        shade[line] *= 0.80
    else:
        shade += 0.10 * (noise.fractal(rng, height, wide, unit * 0.02, octaves=3, gain=0.8) - 0.5)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    lit = light.shade(color, 0, 0.45)
    spread = 1.06 - 0.18 * np.abs(np.linspace(-1, 1, wide, dtype=np.float32))[None] ** 2 - 0.12 * down
    canvas.rgb = masked(lit, cv2.GaussianBlur(shade, (0, 0), 0.6) * spread)
    if gloss:
        sheen = gloss * np.exp(-4.0 * down) * np.ones((1, wide), np.float32)
        canvas.rgb += masked(floats(light.key), sheen) * 0.5
    skirting = canvas.rgb[: max(2, int(unit * 0.02))]
    skirting[:] = skirting * 0.8
    return canvas


def pendant(canvas: Canvas, x: float, drop: float, unit: float, *, lit: bool) -> None:
    """Hang a lamp from the ceiling at column x, its shade at row `drop`."""
    canvas.line([(x, 0), (x, drop)], max(1, unit * 0.003), (0.08, 0.07, 0.07))
    half, tall = unit * 0.055, unit * 0.055
    canvas.polygon(
        [(x - half * 0.25, drop), (x + half * 0.25, drop), (x + half, drop + tall), (x - half, drop + tall)], LAMPSHADE
    )
    canvas.polygon(
        [(x - half * 0.2, drop), (x, drop), (x - half * 0.3, drop + tall), (x - half * 0.8, drop + tall)],
        (1, 1, 1),
        opacity=0.12,
    )
    canvas.ellipse(x, drop + tall, half * 0.95, unit * 0.008, LAMP if lit else (0.5, 0.5, 0.48))
    if lit:
        canvas.ellipse(x, drop + tall + unit * 0.004, unit * 0.016, unit * 0.014, (1.0, 0.95, 0.80))


def lamp_light(canvas: Canvas, x: float, y: float, unit: float, strength: float = 0.5) -> None:
    """Let a lamp shine on what is painted around it."""
    canvas.glow(x, y, unit * 0.09, LAMP, strength)
    canvas.glow(x, y + unit * 0.05, unit * 0.30, LAMP, strength * 0.42)


def pot_plant(canvas: Canvas, rng: np.random.Generator, light: Light, x: float, foot: float, size: float) -> None:
    """Put a pot with long leaves on the floor."""
    canvas.ellipse(x, foot, size * 0.26, size * 0.05, (0, 0, 0), opacity=0.35, blur=size * 0.03)
    for lean in np.linspace(-1, 1, 11):
        long = size * (0.55 + 0.30 * float(rng.random()))
        way = np.linspace(0, 1, 9)
        px = x + lean * size * 0.45 * way**1.5
        py = (
            foot
            - size * 0.28
            - long * way * (1.0 - 0.35 * abs(float(lean)))
            + size * 0.25 * abs(float(lean)) * way**2.4
        )
        half = size * 0.055 * np.sin(np.pi * np.clip(way, 0.04, 1)) ** 0.8
        green = light.shade((0.16, 0.40 + 0.12 * float(rng.random()), 0.20), 0, 0.3 + 0.5 * float(rng.random()))
        canvas.polygon(
            np.c_[np.r_[px - half, (px + half)[::-1]], np.r_[py, py[::-1]]], green * 0.75, top_color=green * 1.1
        )
    clay = light.shade((0.72, 0.40, 0.28), 0, 0.5)
    canvas.polygon(
        [
            (x - size * 0.20, foot - size * 0.32),
            (x + size * 0.20, foot - size * 0.32),
            (x + size * 0.15, foot),
            (x - size * 0.15, foot),
        ],
        clay,
    )
    canvas.polygon(
        [
            (x + size * 0.04, foot - size * 0.32),
            (x + size * 0.20, foot - size * 0.32),
            (x + size * 0.15, foot),
            (x + size * 0.03, foot),
        ],
        (0, 0, 0),
        opacity=0.22,
    )


def table(canvas: Canvas, light: Light, x: float, foot: float, size: float) -> None:
    """Put a round table with one leg on the floor; its top lies `size` above its foot."""
    dark = light.shade((0.10, 0.09, 0.09), 0, 0.4)
    canvas.ellipse(x, foot, size * 0.62, size * 0.11, (0, 0, 0), opacity=0.40, blur=size * 0.05)
    canvas.ellipse(x, foot - size * 0.03, size * 0.26, size * 0.05, dark)
    canvas.rectangle(x - size * 0.03, foot - size, x + size * 0.03, foot - size * 0.03, dark)
    canvas.ellipse(x, foot - size + size * 0.035, size * 0.60, size * 0.13, light.shade(WOOD, 0, 0.1) * 0.7)
    canvas.ellipse(
        x,
        foot - size,
        size * 0.60,
        size * 0.13,
        light.shade(WOOD, 0, 0.4),
        top_color=light.shade(mix(WOOD, (1, 1, 1), 0.18), 0, 0.9),
    )


def cup(canvas: Canvas, light: Light, x: float, foot: float, size: float, color: Color = (0.95, 0.94, 0.90)) -> None:
    """Put a cup on a saucer."""
    white = light.shade(color, 0, 0.55)
    canvas.ellipse(x, foot, size * 0.75, size * 0.18, white * 0.82)
    canvas.polygon(
        [
            (x - size * 0.42, foot - size * 0.62),
            (x + size * 0.42, foot - size * 0.62),
            (x + size * 0.26, foot),
            (x - size * 0.26, foot),
        ],
        white,
    )
    canvas.polygon(
        [
            (x + size * 0.10, foot - size * 0.62),
            (x + size * 0.42, foot - size * 0.62),
            (x + size * 0.26, foot),
            (x + size * 0.06, foot),
        ],
        (0, 0, 0),
        opacity=0.15,
    )
    canvas.ellipse(x, foot - size * 0.62, size * 0.42, size * 0.11, white * 1.05)
    canvas.ellipse(x, foot - size * 0.61, size * 0.34, size * 0.08, (0.24, 0.13, 0.07))


def window(
    canvas: Canvas, box: tuple[float, float, float, float], panes: tuple[int, int], frame: Floats, bar: float
) -> None:
    """Cut a window into a wall: transparent panes (columns, rows) with bars of a colour and width in pixels."""
    left, top, right, bottom = (round(side) for side in box)
    canvas.rectangle(left - 2.2 * bar, top - 2.2 * bar, right + 2.2 * bar, bottom + 2.2 * bar, frame * 0.72)
    canvas.rectangle(left - 1.6 * bar, top - 1.6 * bar, right + 1.6 * bar, bottom + 1.6 * bar, frame)
    canvas.alpha[max(0, top) : bottom, max(0, left) : right] = 0
    for index in range(1, panes[0]):
        x = left + (right - left) * index / panes[0]
        canvas.rectangle(x - bar / 2, top, x + bar / 2, bottom, frame * 0.92)
    for index in range(1, panes[1]):
        y = top + (bottom - top) * index / panes[1]
        canvas.rectangle(left, y - bar / 2, right, y + bar / 2, frame * 0.92)
    canvas.rectangle(left - 3 * bar, bottom + 1.4 * bar, right + 3 * bar, bottom + 3.4 * bar, frame * 1.06)


def bokeh(
    canvas: Canvas, rng: np.random.Generator, count: int, band: tuple[float, float], size: float, strength: float
) -> None:
    """Sprinkle lights that are out of focus between two rows."""
    colors = ((1.0, 0.75, 0.40), (1.0, 0.88, 0.65), (1.0, 0.45, 0.32), (0.55, 0.80, 1.0), (0.60, 1.0, 0.75))
    for _ in range(count):
        x, y = float(rng.random()) * canvas.width, float(rng.uniform(*band))
        radius = size * float(0.5 + rng.random())
        color = floats(colors[int(rng.integers(0, len(colors)))]) * strength * float(0.3 + 0.7 * rng.random())
        canvas.ellipse(x, y, radius, radius, color, add=True, blur=radius * 0.10)


def cushion(room: Canvas, box: tuple[float, float, float, float], bend: float, low: Floats, high: Floats) -> None:
    """Draw a box with round corners, lit from above."""
    left, top, right, bottom = box
    points: list[tuple[float, float]] = []
    for cx, cy, start in (
        (right - bend, top + bend, -90),
        (right - bend, bottom - bend, 0),
        (left + bend, bottom - bend, 90),
        (left + bend, top + bend, 180),
    ):
        turn = np.radians(np.linspace(start, start + 90, 7))
        points += zip((cx + bend * np.cos(turn)).tolist(), (cy + bend * np.sin(turn)).tolist(), strict=True)
    room.polygon(
        [(px + bend * 0.06, py + bend * 0.14) for px, py in points], (0, 0, 0), opacity=0.30, blur=max(0.4, bend * 0.10)
    )
    room.polygon(points, low, top_color=high)
