"""Draw the beach: sea with a glittering path of light, waves that run up the sand, a palm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise, plants
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, Loop
from sora_nb.engines.draw.scenes.noise import Floats, floats, mix, smoothstep, to_bytes
from sora_nb.engines.draw.scenes.scene import Scene, Setting
from sora_nb.engines.draw.scenes.sky import hills, sky

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Color, Pixels

LOOP_PICTURES = 40
LOOP_FPS = 10
DEEP: dict[str, Color] = {
    "dawn": (0.22, 0.33, 0.45),
    "day": (0.05, 0.37, 0.54),
    "sunset": (0.15, 0.17, 0.32),
    "night": (0.03, 0.06, 0.15),
}
SHALLOW: dict[str, Color] = {
    "dawn": (0.56, 0.60, 0.62),
    "day": (0.44, 0.76, 0.74),
    "sunset": (0.62, 0.45, 0.46),
    "night": (0.12, 0.17, 0.28),
}


def beach(setting: Setting) -> Scene:
    """Build a beach seen from the sand."""
    light, height, unit = setting.light, setting.height, setting.unit
    horizon, shore = int(height * 0.47), int(height * 0.655)
    swash = int(unit * 0.16)
    top = shore - int(unit * 0.03)
    sand = _sand(setting, top)
    scene = Scene(light, (height * 0.865, height * 0.955), size=0.50)
    scene.back += sky(setting, horizon)
    scene.back.append(
        hills(setting, horizon, tall=0.085, cell=0.55, distance=0.55, color=(0.30, 0.40, 0.34), depth=0.10),
    )
    scene.back.append(sand.layer(GROUND_DEPTH, setting.rng, top=top))
    scene.back.append(_sea(setting, horizon, shore, sand.rgb[:swash]))
    scene.back.append(plants.palm(setting, height * 0.80, -1 if light.side > 0 else 1))
    return scene


def _sand(setting: Setting, top: int) -> Canvas:
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    dunes = noise.fractal(rng, height, wide, unit * 0.5, octaves=3, squash=2.5)
    bumps = noise.fractal(rng, height, wide, unit * 0.06, octaves=5, gain=0.62, squash=1.8)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    canvas.rgb = light.shade((0.88, 0.75, 0.56), 0.0, (0.25 + 0.5 * dunes + 0.25 * bumps)[..., None])
    ripples = np.sin((down * height) ** 0.85 * (40 / unit**0.85 * 22) ** 0.5 + dunes * 14)
    relief = 1 + 0.30 * (bumps - 0.5) + 0.16 * (dunes - 0.5) + 0.035 * ripples * smoothstep(0.2, 0.7, down)
    grains = rng.standard_normal((height, wide), dtype=np.float32)
    canvas.rgb *= (relief * (1.04 - 0.22 * down) * (1 + 0.028 * grains * (0.3 + 0.7 * down)))[..., None]
    canvas.glow(setting.sun_x, 0, unit * 0.55, light.key, 0.16 * light.strength)
    for _ in range(int(wide / unit * 36)):
        _pebble(canvas, light, rng, unit)
    return canvas


def _pebble(canvas: Canvas, light: Light, rng: np.random.Generator, unit: float) -> None:
    far = 0.35 + 0.65 * float(rng.random())
    x, y = float(rng.integers(0, canvas.width)), canvas.height * far
    size = unit / 720 * (1.0 + 4.2 * far**2 * float(rng.random()))
    canvas.ellipse(
        x - size * light.side * 1.6,
        y + size * 0.5,
        size * 1.7,
        size * 0.8,
        light.shade((0.40, 0.31, 0.24)),
        opacity=0.6,
    )
    color = mix((0.45, 0.40, 0.38), (0.95, 0.90, 0.82), float(rng.random()))
    canvas.ellipse(x, y, size * 1.25, size * 0.85, light.shade(color, 0, 0.35), top_color=light.shade(color, 0, 0.9))


def _sea(setting: Setting, horizon: int, shore: int, sand: Floats) -> Loop:
    """Precompute the sea and the waves on the sand; half as wide as shown, because waves are long and flat.

    Colours are kept as three planes here, shape (3, rows, columns): arithmetic on them is several times faster.
    """
    light, rng, unit = setting.light, setting.rng, setting.unit
    swash_top = shore - int(unit * 0.03)
    rows, width = swash_top - horizon + sand.shape[0], (setting.wide + 1) // 2
    y = np.arange(rows, dtype=np.float32)[:, None] + 1
    near = y / (shore - horizon)
    depth = (1 / (near + 0.045)).astype(np.float32)
    columns = np.arange(width, dtype=np.float32)[None]
    from_sun = (columns * 2 - setting.sun_x) / unit
    waves = _Waves(rng, from_sun * depth**0.85 * 330, np.log(depth) * 260)

    mirror = noise.ramp(np.clip(1 - near**0.8 * 0.9, 0, 1), light.sky)
    base = mix(DEEP[light.time], mirror, np.interp(near, [0, 1], [0.85, 0.34]).astype(np.float32)[..., None])
    if light.weather != "clear":
        base = mix(base, floats(light.air) * 0.72, 0.5)
    base = mix(
        base,
        light.shade(SHALLOW[light.time], 0, 0.8) if light.time == "day" else SHALLOW[light.time],
        0.6 * smoothstep(0.7, 1.2, near)[..., None],
    )
    base = _planes(np.broadcast_to(base, (rows, width, 3)))
    shine = {"clear": 1.0, "cloudy": 0.25, "fog": 0.15}.get(light.weather, 0.05) * (0.4 if light.time == "day" else 1.0)
    path = (shine * np.exp(-((from_sun / (0.035 + 0.20 * near)) ** 2))).astype(np.float32)
    # only the columns under the sun glitter
    lit = np.flatnonzero(path.max(0) > 0.01)
    shining = slice(int(lit[0]), int(lit[-1]) + 1) if len(lit) else slice(0)
    sun = floats(light.sun)[:, None, None]
    swell = np.interp(near, [0, 0.15, 1], [0.03, 0.09, 0.10]).astype(np.float32)
    glint = np.interp(near, [0, 1], [0.1, 0.75]).astype(np.float32)
    foam = mix(light.shade((0.97, 0.98, 1.0), 0, 0.75), (1, 1, 1), 0.1)[:, None, None]
    wobble = 0.030 * np.sin(from_sun * 5.1 + 1) + 0.018 * np.sin(from_sun * 11 + 2)
    wet = _wet_sand(setting, sand, width)
    edge = (noise.ridge(rng, width, unit * 0.22, octaves=4) - 0.5)[None] * sand.shape[0] * 0.42
    lace = noise.tile(rng, 256, 9, gain=0.62)
    pictures: list[tuple[noise.Pixels, None]] = []
    for index in range(LOOP_PICTURES):
        turn = index / LOOP_PICTURES
        wave = waves.at(turn)
        picture = base * (1 + swell * wave)
        glitter = picture[..., shining]
        sparkle = np.clip(wave[:, shining] - glint, 0, 1.2) * 1.25 + 0.16
        glitter += np.minimum(sparkle * path[:, shining], 1) * sun * (1 - 0.4 * glitter)
        _breakers(picture, near - wobble, wave, turn, foam)
        _run_up(picture[:, -sand.shape[0] :], wet, edge, lace, turn, foam)
        finished = cv2.merge([to_bytes(plane) for plane in picture])
        pictures.append((cv2.resize(finished, (setting.wide, rows), interpolation=cv2.INTER_LINEAR), None))
    return Loop(pictures, GROUND_DEPTH, fps=LOOP_FPS, top=horizon)


class _Waves:
    """Two textures that run over each other. The texture is rolled and looked up at fixed places, which costs least.

    Args:
        rng: see noise.tile.
        across, along: column and row of the texture for each pixel.
    """

    def __init__(self, rng: np.random.Generator, across: Floats, along: Floats) -> None:
        self.textures = [noise.tile(rng, 512, cells, gain=0.6) for cells in (10, 14)]
        along = np.broadcast_to(along, across.shape)
        self.maps = [self._fixed(across, along), self._fixed(across * 1.7, along * 1.9)]

    def _fixed(self, across: Floats, along: Floats) -> tuple[Pixels, Pixels]:
        x, y = (np.asarray(at % 512, np.float32) for at in (across, along))
        return cv2.convertMaps(x, y, cv2.CV_16SC2)

    def at(self, turn: float) -> Floats:
        """Return the height of the water at a part of the loop, 0 to 1."""
        shift = round(turn * 512)
        rolls = ((-shift, -shift), (-2 * shift, shift))
        layers = [
            cv2.remap(np.roll(texture, roll, (0, 1)), *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
            for texture, roll, maps in zip(self.textures, rolls, self.maps, strict=True)
        ]
        return cv2.addWeighted(layers[0], 0.6, layers[1], 0.55, 0)


def _planes(picture: Floats) -> Floats:
    return np.ascontiguousarray(np.moveaxis(picture, 2, 0), np.float32)


def _breakers(picture: Floats, near: Floats, wave: Floats, turn: float, foam: Floats) -> None:
    """Draw two lines of white water that wander towards the shore and fade in and out, in place."""
    first = int(0.4 * len(near))
    crests = np.clip(0.6 * wave[first:] + 0.3, 0, 1) * np.float32(np.sin(np.pi * turn) ** 0.6)
    white = np.zeros_like(crests)
    for start, thickness in ((0.58, 0.016), (0.78, 0.022)):
        at = (near[first:] - np.float32(start + 0.16 * turn)) / np.float32(thickness)
        white += np.clip(1 - 0.4 * at * at, 0, 1) ** 2 * crests
    water = picture[:, first:]
    water += (foam - water) * np.clip(white, 0, 0.85)


def _wet_sand(setting: Setting, sand: Floats, width: int) -> tuple[Floats, Floats]:
    """Return dry and wet sand at half width; wet sand is darker and mirrors the sky."""
    dry = cv2.resize(sand, (width, sand.shape[0]), interpolation=cv2.INTER_AREA)
    down = np.linspace(0.9, 0.55, sand.shape[0], dtype=np.float32)
    mirror = noise.ramp(down, setting.light.sky)[:, None]
    return _planes(dry), _planes(mix(dry * 0.52, mirror, 0.42))


def _run_up(strip: Floats, sand: tuple[Floats, Floats], edge: Floats, lace: Floats, turn: float, foam: Floats) -> None:
    """Let the last wave run up the sand and back, in place: water, then foam and wet sand, then dry sand."""
    dry, wet = sand
    rows = strip.shape[1]
    y = np.arange(rows, dtype=np.float32)[:, None]
    run = float((0.5 - 0.5 * np.cos(2 * np.pi * turn)) ** 1.3)
    line = rows * (0.26 + 0.42 * run) + edge
    ground = mix(dry, wet, smoothstep(4, -8, y - rows * 0.84 - edge * 0.7) * 0.85)
    water = smoothstep(1.5, -1.5, y - line)
    strip[:] = mix(ground, strip, water)
    columns = np.arange(strip.shape[2], dtype=np.float32)[None] * 2
    net = noise.sample_tile(lace, columns, (y - line) * 2.2)
    bubbles = water * np.clip(net * 0.75, 0, 1) * np.exp(np.minimum(y - line, 0) / (rows * 0.22)) * (1.3 - 0.5 * run)
    white = np.clip(0.95 * np.exp(-(((y - line) / max(1.5, rows * 0.026)) ** 2)) + 0.85 * bubbles, 0, 0.95)
    strip += (foam - strip) * white
