"""Draw the city street: skylines in the haze, shop fronts with lit windows, lamps, passing cars, a pavement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import furniture, noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, over
from sora_nb.engines.draw.scenes.noise import Color, Floats, Pixels, floats, masked, mix, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting
from sora_nb.engines.draw.scenes.sky import sky

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer, View

BRICKS: tuple[Color, ...] = (
    (0.56, 0.33, 0.27),
    (0.66, 0.56, 0.46),
    (0.42, 0.43, 0.48),
    (0.60, 0.43, 0.33),
    (0.36, 0.42, 0.46),
)
AWNINGS: tuple[Color, ...] = ((0.78, 0.22, 0.20), (0.16, 0.44, 0.40), (0.90, 0.66, 0.24), (0.22, 0.30, 0.52))
NEON: tuple[Color, ...] = ((1.0, 0.25, 0.50), (0.25, 0.85, 1.0), (1.0, 0.70, 0.20), (0.55, 1.0, 0.55))


def street(setting: Setting) -> Scene:
    """Build a street of shops seen from the other pavement."""
    height, unit, rng, light = setting.height, setting.unit, setting.rng, setting.light
    kerb = int(height * 0.68)
    wet = 0.30 if light.weather == "rain" else 0.0
    scene = Scene(light, (height * 0.89, height * 0.965), size=0.50, mirror=wet)
    scene.back += sky(setting, int(height * 0.62))
    scene.back.append(_skyline(setting, kerb, distance=0.62, tall=0.62, depth=0.12))
    scene.back.append(_skyline(setting, kerb, distance=0.34, tall=0.50, depth=0.24))
    front, glows = _shop_fronts(setting, kerb)
    scene.back.append(front.layer(0.42, rng))
    road = _road(setting, kerb, glows, wet)
    scene.back.append(road.layer(GROUND_DEPTH, rng, top=kerb))
    scene.back.append(Car(setting, kerb + unit * 0.085, start=rng.random() * 0.5, speed=0.30, color=(0.75, 0.20, 0.18)))
    scene.back.append(
        Car(setting, kerb + unit * 0.125, start=0.6 + rng.random() * 0.5, speed=-0.24, color=(0.22, 0.36, 0.55))
    )
    posts = setting.canvas()
    for x in np.arange(setting.wide / 2 - 1.15 * unit, setting.wide, unit * 1.05):
        if x > -unit * 0.2:
            _lamp_post(posts, setting, float(x), height * 0.80)
    scene.back.append(posts.layer(GROUND_DEPTH, rng))
    return scene


def _skyline(setting: Setting, foot: int, *, distance: float, tall: float, depth: float) -> Layer:
    """Draw towers far away, some windows lit."""
    light, rng, unit = setting.light, setting.rng, setting.unit
    canvas = Canvas(setting.wide, foot)
    x = -unit * 0.1
    while x < setting.wide:
        width, high = unit * float(rng.uniform(0.10, 0.22)), unit * tall * float(rng.uniform(0.55, 1.15))
        top, own = foot - high, mix((0.34, 0.36, 0.42), (0.52, 0.48, 0.46), float(rng.random()))
        canvas.rectangle(
            x, top, x + width, foot, light.shade(own, distance + 0.16, 0.3), top_color=light.shade(own, distance, 0.4)
        )
        lit_side = (x, x + width * 0.22) if light.side < 0 else (x + width * 0.78, x + width)
        canvas.rectangle(
            lit_side[0],
            top,
            lit_side[1],
            foot,
            light.shade(own, distance + 0.12, 0.9),
            opacity=0.55,
            top_color=light.shade(own, distance, 1.0),
        )
        if rng.random() < 0.4:
            canvas.rectangle(x + width * 0.3, top - unit * 0.03, x + width * 0.7, top, light.shade(own, distance, 0.3))
            canvas.line(
                [(x + width * 0.5, top - unit * 0.03), (x + width * 0.5, top - unit * 0.09)],
                max(1, unit * 0.003),
                light.shade(own, distance, 0.2),
            )
        _small_windows(canvas, setting, (x, top, x + width, foot), distance)
        x += width * float(rng.uniform(0.8, 1.15))
    return canvas.layer(depth, rng)


def _small_windows(canvas: Canvas, setting: Setting, box: tuple[float, float, float, float], distance: float) -> None:
    light, rng, unit = setting.light, setting.rng, setting.unit
    cell_x, cell_y = unit * 0.022, unit * 0.030
    share = {"night": 0.50, "sunset": 0.28}.get(light.time, 0.0)
    columns, rows = int((box[2] - box[0]) / cell_x) - 1, int((box[3] - box[1]) / cell_y) - 1
    glass = mix(light.shade((0.24, 0.28, 0.36), distance), light.air, 0.25)
    bright = rng.random((max(rows, 0), max(columns, 0)))
    for row in range(rows):
        for column in range(columns):
            x, y = round(box[0] + (column + 0.8) * cell_x), round(box[1] + (row + 0.8) * cell_y)
            on = bright[row, column] < share
            color = mix(furniture.LAMP, light.air, 0.55 * distance) if on else glass
            x1, y1 = round(x + cell_x * 0.55), round(y + cell_y * 0.55)
            if x1 > 0 and y1 > 0:
                # thousands of tiny rectangles: straight into the pixels
                part = canvas.rgb[max(0, y) : y1, max(0, x) : x1]
                part += (color - part) * (0.85 if on else 0.45)


def _shop_fronts(setting: Setting, kerb: int) -> tuple[Canvas, list[tuple[float, Color]]]:
    """Draw a row of houses with shops; also return columns and colours of the light they cast on the road."""
    light, rng, unit = setting.light, setting.rng, setting.unit
    canvas = Canvas(setting.wide, kerb)
    glows: list[tuple[float, Color]] = []
    x = -unit * float(rng.uniform(0.05, 0.25))
    number = int(rng.integers(0, 4))
    while x < setting.wide:
        width = unit * float(rng.uniform(0.40, 0.58))
        high = unit * float(rng.uniform(0.44, 0.60))
        number += 1
        _house(canvas, setting, (x, kerb - high, x + width, float(kerb)), number)
        glows.append((x + width / 2, furniture.LAMP if number % 3 else NEON[number % 4]))
        x += width + (unit * float(rng.uniform(0.05, 0.14)) if rng.random() < 0.45 else 0)
    canvas.texture(noise.fractal(rng, kerb, setting.wide, unit * 0.04, octaves=4, gain=0.7), 0.16)
    if light.dark:
        for column, color in glows:
            canvas.glow(column, kerb - unit * 0.10, unit * 0.14, color, 0.30)
    return canvas, glows


def _house(canvas: Canvas, setting: Setting, box: tuple[float, float, float, float], number: int) -> None:
    light, rng, unit = setting.light, setting.rng, setting.unit
    left, top, right, bottom = box
    own = BRICKS[number % len(BRICKS)]
    canvas.rectangle(*box, light.shade(own, 0.06, 0.25), top_color=light.shade(own, 0.02, 0.65))
    canvas.rectangle(left, top, left + unit * 0.012, bottom, (0, 0, 0), opacity=0.25)
    canvas.rectangle(
        left - unit * 0.008,
        top - unit * 0.012,
        right + unit * 0.008,
        top + unit * 0.012,
        light.shade(mix(own, (1, 1, 1), 0.2), 0, 0.7),
    )
    canvas.rectangle(left, top + unit * 0.012, right, top + unit * 0.03, (0, 0, 0), opacity=0.22, blur=unit * 0.004)
    shop = bottom - unit * 0.20
    count = max(2, int((right - left) / (unit * 0.12)))
    y = top + unit * 0.055
    while y + unit * 0.095 < shop - unit * 0.05:
        for index in range(count):
            middle = left + (right - left) * (index + 0.5) / count
            _sash(canvas, setting, (middle - unit * 0.028, y, middle + unit * 0.028, y + unit * 0.085))
        y += unit * 0.135
    glass = (left + unit * 0.035, shop + unit * 0.03, right - unit * 0.13, bottom - unit * 0.03)
    warm = light.dark or light.weather != "clear"
    inside: Floats = floats(furniture.LAMP) if warm else light.shade((0.30, 0.36, 0.40), 0.1)
    canvas.rectangle(
        left + unit * 0.015, shop, right - unit * 0.015, bottom, light.shade(mix(own, (0.08, 0.08, 0.1), 0.6), 0, 0.3)
    )
    canvas.rectangle(*glass, inside * 0.62, top_color=inside * 0.98)
    for _ in range(7):
        x = float(rng.uniform(glass[0], glass[2] - unit * 0.03))
        tall = unit * float(rng.uniform(0.03, 0.10))
        canvas.rectangle(x, glass[3] - tall, x + unit * 0.03, glass[3], inside * float(rng.uniform(0.25, 0.6)))
    canvas.polygon(
        [
            (glass[0], glass[3]),
            (glass[0] + unit * 0.05, glass[1]),
            (glass[0] + unit * 0.10, glass[1]),
            (glass[0] + unit * 0.05, glass[3]),
        ],
        (1, 1, 1),
        opacity=0.10,
    )
    door = (right - unit * 0.105, shop + unit * 0.03, right - unit * 0.035, bottom)
    canvas.rectangle(*door, light.shade((0.26, 0.18, 0.13), 0, 0.4))
    canvas.rectangle(
        door[0] + unit * 0.012, door[1] + unit * 0.012, door[2] - unit * 0.012, door[1] + unit * 0.095, inside * 0.8
    )
    _awning(
        canvas, setting, (left + unit * 0.02, shop + unit * 0.005, right - unit * 0.12), AWNINGS[number % len(AWNINGS)]
    )
    if light.dark and number % 2:
        _neon(canvas, unit, ((left + right) / 2 - unit * 0.05, shop - unit * 0.055), NEON[number % 4])


def _sash(canvas: Canvas, setting: Setting, box: tuple[float, float, float, float]) -> None:
    """Draw one window of a flat, lit or not."""
    light, rng, unit = setting.light, setting.rng, setting.unit
    left, top, right, bottom = box
    lit = rng.random() < {"night": 0.55, "sunset": 0.40}.get(light.time, 0.0)
    frame = light.shade((0.88, 0.86, 0.82), 0.04, 0.5)
    glass: Floats = (
        floats(furniture.LAMP) * float(rng.uniform(0.75, 1.0))
        if lit
        else mix(light.shade((0.20, 0.25, 0.32)), light.air, 0.18)
    )
    canvas.rectangle(left - unit * 0.006, top - unit * 0.006, right + unit * 0.006, bottom + unit * 0.008, frame)
    canvas.rectangle(*box, glass * 0.75, top_color=glass)
    if not lit:
        canvas.polygon(
            [(left, bottom), (right, top), (right, (top + bottom) / 2), ((left + right) / 2, bottom)],
            (1, 1, 1),
            opacity=0.10,
        )
    canvas.rectangle((left + right) / 2 - unit * 0.002, top, (left + right) / 2 + unit * 0.002, bottom, frame)
    canvas.rectangle(left, (top + bottom) / 2 - unit * 0.002, right, (top + bottom) / 2 + unit * 0.002, frame)


def _awning(canvas: Canvas, setting: Setting, place: tuple[float, float, float], own: Color) -> None:
    light, unit = setting.light, setting.unit
    left, top, right = place
    stripes = max(4, int((right - left) / (unit * 0.035)))
    bottom, flare = top + unit * 0.05, unit * 0.018
    for index in range(stripes):
        color = light.shade(own if index % 2 else (0.94, 0.92, 0.87), 0, 0.75)
        x0, x1 = (left + (right - left) * (index + step) / stripes for step in (0, 1))
        y0, y1 = (left - flare + (right - left + 2 * flare) * (index + step) / stripes for step in (0, 1))
        canvas.polygon([(x0, top), (x1, top), (y1, bottom), (y0, bottom)], color * 0.85, top_color=color)
        canvas.ellipse((y0 + y1) / 2, bottom, (y1 - y0) / 2, unit * 0.010, color * 0.85)
    canvas.rectangle(
        left, bottom + unit * 0.008, right, bottom + unit * 0.03, (0, 0, 0), opacity=0.25, blur=unit * 0.006
    )


def _neon(canvas: Canvas, unit: float, at: tuple[float, float], color: Color) -> None:
    x, y = at
    bright, thick = mix(color, (1, 1, 1), 0.35), max(1.0, unit * 0.005)
    turns = np.linspace(0, 2 * np.pi, 20)
    ring = [
        (x + unit * (0.016 + 0.016 * float(np.cos(a))), y + unit * (0.014 + 0.016 * float(np.sin(a)))) for a in turns
    ]
    canvas.line(ring, thick, bright)
    for row, end in ((0.002, 0.098), (0.014, 0.080), (0.026, 0.098)):
        canvas.line([(x + unit * 0.046, y + unit * row), (x + unit * end, y + unit * row)], thick, bright)
    canvas.glow(x + unit * 0.05, y + unit * 0.012, unit * 0.07, color, 0.55)


def _road(setting: Setting, kerb: int, glows: list[tuple[float, Color]], wet: float) -> Canvas:
    """Paint the far pavement, the road, and the near pavement with its slabs; opaque."""
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - kerb
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    near = int(height * 0.47)
    canvas.rectangle(
        0,
        0,
        wide,
        height,
        light.shade((0.23, 0.23, 0.25), 0, 0.45),
        top_color=light.shade((0.29, 0.29, 0.31), 0.06, 0.5),
    )
    canvas.rectangle(0, 0, wide, unit * 0.022, light.shade((0.55, 0.53, 0.50), 0.05, 0.5))
    canvas.rectangle(0, unit * 0.022, wide, unit * 0.030, light.shade((0.36, 0.35, 0.34), 0, 0.2))
    for x in np.arange(-unit * 0.1, wide, unit * 0.24):
        canvas.polygon(
            [
                (x, near * 0.56),
                (x + unit * 0.12, near * 0.56),
                (x + unit * 0.115, near * 0.62),
                (x - unit * 0.008, near * 0.62),
            ],
            light.shade((0.82, 0.80, 0.74), 0, 0.6),
            opacity=0.8,
        )
    canvas.rectangle(
        0,
        near,
        wide,
        height,
        light.shade((0.50, 0.48, 0.46), 0, 0.35),
        top_color=light.shade((0.60, 0.58, 0.55), 0, 0.6),
    )
    canvas.rectangle(0, near, wide, near + unit * 0.020, light.shade((0.70, 0.68, 0.64), 0, 0.7))
    canvas.rectangle(0, near + unit * 0.020, wide, near + unit * 0.026, (0, 0, 0), opacity=0.25)
    for part in (0.30, 0.62):
        y = near + (height - near) * part
        canvas.rectangle(0, y, wide, y + max(1.0, unit * 0.003), (0, 0, 0), opacity=0.28)
    for index in range(-30, 31):
        x = wide / 2 + index * unit * 0.17
        canvas.line(
            [(wide / 2 + (x - wide / 2) * 0.82, near + unit * 0.026), (x * 1.0 + (x - wide / 2) * 0.25, height)],
            max(1, unit * 0.003),
            (0, 0, 0),
            opacity=0.25,
        )
    grit = rng.standard_normal((height, wide), dtype=np.float32)
    blots = noise.fractal(rng, height, wide, unit * 0.16, octaves=5, gain=0.6, squash=2.0)
    canvas.rgb *= (1 + 0.03 * grit + 0.34 * (blots - 0.5))[..., None]
    if light.dark or wet:
        _reflections(canvas, setting, glows, blots, max(0.22, 2.2 * wet))
    return canvas


def _reflections(
    canvas: Canvas, setting: Setting, glows: list[tuple[float, Color]], blots: Floats, strength: float
) -> None:
    """Smear the light of the shops down the road, more where it is wet."""
    unit = setting.unit
    down = np.linspace(0, 1, canvas.height, dtype=np.float32)[:, None]
    columns = np.arange(canvas.width, dtype=np.float32)[None]
    puddle = 0.35 + 0.9 * noise.smoothstep(0.46, 0.58, blots)
    lamps = 1.0 if setting.light.dark else 0.35
    for column, color in glows:
        smear = np.exp(-(((columns - column) / (unit * (0.09 + 0.05 * down))) ** 2)) * np.exp(-1.7 * down) * puddle
        canvas.rgb += masked(floats(color), smear * strength * lamps * 0.42) * (1 - 0.5 * canvas.rgb)
    if strength > 0.4:
        canvas.rgb = mix(canvas.rgb * 0.85, setting.light.air, (0.16 * puddle * (1 - 0.5 * down))[..., None])


def _lamp_post(canvas: Canvas, setting: Setting, x: float, foot: float) -> None:
    light, unit = setting.light, setting.unit
    iron = light.shade((0.12, 0.14, 0.15), 0, 0.4)
    top = foot - unit * 0.56
    canvas.ellipse(x, foot, unit * 0.035, unit * 0.008, (0, 0, 0), opacity=0.4, blur=unit * 0.004)
    canvas.rectangle(x - unit * 0.006, top, x + unit * 0.006, foot, iron)
    canvas.rectangle(x - unit * 0.012, foot - unit * 0.07, x + unit * 0.012, foot, iron * 0.9)
    canvas.rectangle(x - unit * 0.003, top, x, foot, (1, 1, 1), opacity=0.12)
    canvas.polygon(
        [
            (x - unit * 0.018, top),
            (x + unit * 0.018, top),
            (x + unit * 0.026, top - unit * 0.05),
            (x - unit * 0.026, top - unit * 0.05),
        ],
        (1.0, 0.90, 0.66) if light.dark else light.shade((0.80, 0.84, 0.86)),
    )
    canvas.polygon(
        [(x - unit * 0.032, top - unit * 0.05), (x + unit * 0.032, top - unit * 0.05), (x, top - unit * 0.078)], iron
    )
    if light.dark:
        _halo(canvas, x, top - unit * 0.025, unit)


def _halo(canvas: Canvas, x: float, y: float, unit: float) -> None:
    """Put a soft ball of light around a lamp on a transparent layer."""
    for radius, opacity in ((0.11, 0.14), (0.055, 0.28), (0.024, 0.55)):
        canvas.ellipse(
            x, y, unit * radius * 0.6, unit * radius * 0.6, furniture.LAMP, opacity=opacity, blur=unit * radius * 0.35
        )


class Car:
    """A car that passes on the road again and again.

    Args:
        setting: see Setting.
        foot: row of its wheels.
        start: part of its way already made at second 0.
        speed: parts of the panorama a second; negative drives to the left.
        color: of its paint.
    """

    def __init__(self, setting: Setting, foot: float, *, start: float, speed: float, color: Color) -> None:
        unit = setting.unit
        canvas = Canvas(int(unit * 0.62), int(unit * 0.24))
        _paint_car(canvas, setting, color)
        rgb = canvas.rgb if speed > 0 else canvas.rgb[:, ::-1]
        alpha = np.ascontiguousarray(canvas.alpha if speed > 0 else canvas.alpha[:, ::-1])
        self.hole: Pixels = cv2.merge([255 - to_bytes(alpha)] * 3)
        self.color = np.minimum(to_bytes(rgb * alpha[..., None]), 255 - self.hole)
        self.top = int(foot - canvas.height * 0.90)
        self.start, self.speed, self.wide = start, speed, setting.wide

    def draw(self, frame: Pixels, view: View) -> None:
        """See Element."""
        width = self.color.shape[1]
        span = self.wide * 1.6 + width
        x = (self.start * span + self.speed * self.wide * view.time) % span - width
        over(frame, self.color, self.hole, round(x - view.left(GROUND_DEPTH)), self.top)


def _paint_car(canvas: Canvas, setting: Setting, own: Color) -> None:
    light = setting.light
    u = canvas.height
    dusk = replace(light, haze=0.0)
    body, glass = dusk.shade(own, 0, 0.4), mix(dusk.shade((0.16, 0.20, 0.25)), light.air, 0.3)
    canvas.ellipse(u * 1.25, u * 0.90, u * 1.02, u * 0.06, (0, 0, 0), opacity=0.55, blur=u * 0.025)
    canvas.polygon(
        [(u * 0.58, u * 0.46), (u * 0.80, u * 0.17), (u * 1.50, u * 0.15), (u * 1.82, u * 0.46)],
        body * 0.85,
        top_color=body * 1.25,
    )
    canvas.polygon(
        [(u * 0.70, u * 0.45), (u * 0.86, u * 0.23), (u * 1.14, u * 0.22), (u * 1.14, u * 0.45)],
        glass,
        top_color=glass * 1.3,
    )
    canvas.polygon(
        [(u * 1.20, u * 0.45), (u * 1.20, u * 0.22), (u * 1.46, u * 0.22), (u * 1.69, u * 0.45)],
        glass,
        top_color=glass * 1.3,
    )
    outline = [(0.20, 0.52), (0.30, 0.45), (1.85, 0.44), (2.18, 0.52), (2.30, 0.62), (2.30, 0.80), (0.20, 0.80)]
    canvas.polygon([(u * x, u * y) for x, y in outline], body * 0.62, top_color=body * 1.3)
    canvas.rectangle(u * 0.22, u * 0.555, u * 2.26, u * 0.575, (1, 1, 1), opacity=0.18)
    canvas.rectangle(u * 1.165, u * 0.46, u * 1.18, u * 0.78, (0, 0, 0), opacity=0.3)
    for x in (0.66, 1.86):
        canvas.ellipse(u * x, u * 0.79, u * 0.165, u * 0.165, (0.05, 0.05, 0.055))
        canvas.ellipse(u * x, u * 0.79, u * 0.085, u * 0.085, dusk.shade((0.55, 0.56, 0.58)))
        canvas.ellipse(u * x, u * 0.79, u * 0.035, u * 0.035, (0.12, 0.12, 0.12))
    canvas.ellipse(u * 2.22, u * 0.60, u * 0.055, u * 0.045, (1.0, 0.95, 0.78))
    canvas.ellipse(u * 0.24, u * 0.58, u * 0.04, u * 0.045, (0.92, 0.12, 0.10))
    if light.dark or light.weather in {"rain", "fog", "snow"}:
        canvas.ellipse(u * 2.24, u * 0.60, u * 0.12, u * 0.10, (1.0, 0.93, 0.72), opacity=0.55, blur=u * 0.07)
        canvas.ellipse(u * 2.40, u * 0.88, u * 0.14, u * 0.03, (1.0, 0.92, 0.70), opacity=0.5, blur=u * 0.03)
