"""Draw the sky: gradient, sun or moon with its halo, stars, and clouds lit from where the sun stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import noise
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import Element, Layer
from sora_nb.engines.draw.scenes.noise import Floats, floats, masked, mix, smoothstep

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.scene import Setting

SUN_HEIGHT = {"dawn": 0.80, "day": 0.20, "sunset": 0.80, "night": 0.24}
"""Row of the sun or the moon, as part of the way from the top down to the horizon."""
CLOUD_COVER = {"clear": 0.30, "cloudy": -0.75, "rain": -1.1, "snow": -0.9, "fog": -0.6}
"""Where clouds begin, in deviations of their noise."""
HAZE = 0.06
"""How far haze is seen below the horizon, in units: far hills and trees have gaps down to where the ground begins."""


def sky(setting: Setting, horizon: int) -> list[Element]:
    """Draw everything above the row of the horizon.

    The sky is soft, so it is painted at half size and enlarged.
    """
    light, rng = setting.light, setting.rng
    width, height = (setting.wide + 1) // 2, horizon // 2 + 2
    unit, sun_x, sun_y = setting.unit / 2, setting.sun_x / 2, height * SUN_HEIGHT[light.time]
    down = np.linspace(0, 1, height, dtype=np.float32)
    picture = np.repeat(noise.ramp(down, light.sky)[:, None], width, 1)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(columns - sun_x, rows - sun_y) / unit
    clear = {"clear": 1.0, "fog": 0.12, "cloudy": 0.3}.get(light.weather, 0.0)
    picture += masked(floats(light.sun), _halo(away, light.time)) * (1 - picture) * np.float32(0.25 + 0.75 * clear)
    big = cv2.resize(picture, (setting.wide, horizon + 4), interpolation=cv2.INTER_LINEAR)
    if light.time == "night" and clear > 0.5:
        _stars(big, rng)
    if clear > 0.1:
        _disc(big, setting, horizon, clear)
    haze = np.full((round(2 * unit * HAZE), setting.wide, 3), light.sky[-1][1], np.float32)
    return [
        Layer(haze, None, 0.03, top=horizon),
        Layer(big, None, 0.03, rng=rng),
        _clouds(setting, rows / height, columns, away, height),
    ]


def _halo(away: Floats, time: str) -> Floats:
    if time == "night":
        return np.asarray(0.30 * np.exp(-away / 0.10) + 0.10 * np.exp(-away / 0.5), np.float32)
    near = 0.55 if time in {"dawn", "sunset"} else 0.35
    return np.asarray(near * np.exp(-away * away / 0.05) + 0.45 * np.exp(-away / 0.22), np.float32)


def _stars(picture: Floats, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    count = height * width // 1500
    rows, columns = rng.integers(0, int(height * 0.95), count), rng.integers(0, width, count)
    bright = (0.15 + 0.85 * rng.random(count) ** 4) * (1 - 0.6 * rows / height)
    tint = mix((0.8, 0.88, 1.0), (1.0, 0.93, 0.82), rng.random((count, 1), dtype=np.float32))
    picture[rows, columns] += bright[:, None].astype(np.float32) * tint


def _disc(picture: Floats, setting: Setting, horizon: int, clear: float) -> None:
    light = setting.light
    x, y, radius = setting.sun_x, horizon * SUN_HEIGHT[light.time], setting.unit * (0.036 if light.dark else 0.042)
    x0, x1 = max(0, int(x - 2 * radius)), min(picture.shape[1], int(x + 2 * radius))
    y0, y1 = max(0, int(y - 2 * radius)), min(picture.shape[0], int(y + 2 * radius))
    rows, columns = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    away = np.hypot(columns - x, rows - y)
    inside = smoothstep(radius, radius - max(1.2, radius * 0.06), away)[..., None] * clear
    if light.time == "night":
        seas = noise.fractal(setting.rng, y1 - y0, x1 - x0, radius * 0.9)[..., None]
        face = mix(floats(light.sun) * 0.78, light.sun, smoothstep(0.40, 0.56, seas))
    else:
        face = floats([1.0, 0.98, 0.90]) * np.ones((1, 1, 1), np.float32)
    picture[y0:y1, x0:x1] = mix(picture[y0:y1, x0:x1], face, inside)


def _clouds(setting: Setting, down: Floats, columns: Floats, away: Floats, height: int) -> Layer:
    """Look up at a deck of clouds: noise in perspective, brighter towards the sun, thinner towards the horizon."""
    light, rng = setting.light, setting.rng
    speed = 0.012 * setting.unit
    extra = int(min(speed * setting.seconds, setting.wide * 0.25)) + 2
    pad = extra // 2 + 1
    down = np.pad(down, ((0, 0), (pad, 0)), mode="edge")
    away = np.pad(away, ((0, 0), (pad, 0)), mode="edge")
    columns = np.pad(columns, ((0, 0), (pad, 0)), mode="linear_ramp", end_values=-pad)
    # at night the moon and the stars matter more
    cover = CLOUD_COVER[light.weather] + (0.5 if light.time == "night" and light.weather == "clear" else 0)
    texture = noise.tile(rng, 512, 6, octaves=6, gain=0.56)
    depth = 1 / (1.16 - down)
    across = (columns - columns.shape[1] * 0.45) / (setting.unit / 2) * depth * 75 + rng.integers(0, 512)
    along = depth * 105
    body = noise.sample_tile(texture, across, along)
    towards = noise.sample_tile(texture, across + light.side * 12, along + 9)
    density = np.clip((body - cover) * 0.95, 0, 1) * smoothstep(1.02, 0.80, down)
    lit = np.clip(0.55 + 0.55 * (body - towards) + 0.25 * np.exp(-away / 0.5) - 0.22 * density, 0, 1)[..., None]
    color = mix(light.cloud[1], light.cloud[0], lit)
    color = mix(color, light.air, (0.55 * down**2)[..., None])
    size = (setting.wide + extra, (height - 2) * 2)
    alpha = cv2.resize(density * density * (3 - 2 * density) * 0.94, size, interpolation=cv2.INTER_LINEAR)
    color = cv2.resize(color, size, interpolation=cv2.INTER_LINEAR)
    return Layer(color, alpha, 0.06, left=-extra, drift=(extra - 2) / setting.seconds, rng=rng)


def hills(
    setting: Setting,
    horizon: float,
    *,
    tall: float,
    cell: float,
    distance: float,
    color: tuple[float, float, float],
    depth: float,
) -> Layer:
    """Draw a chain of hills against the sky.

    Args:
        setting: see Setting.
        horizon: row of their feet.
        tall: their height as part of the unit.
        cell: width of one hill as part of the unit.
        distance: 0 to 1; how much of them is lost in the haze.
        color: their own colour.
        depth: see Layer.
    """
    rng, unit = setting.rng, setting.unit
    line = horizon - unit * tall * (0.15 + 0.95 * noise.ridge(rng, setting.wide, unit * cell))
    bottom = int(horizon) + 3
    canvas = Canvas(setting.wide, bottom)
    shade = noise.fractal(rng, bottom, setting.wide, unit * 0.06, squash=0.7)
    facing = np.clip(0.5 + np.gradient(cv2.GaussianBlur(line[None], (0, 0), 3)[0]) * setting.light.side * 0.9, 0, 1)
    against = 0.45 if setting.light.time in {"dawn", "sunset"} else 1.0
    lit = setting.light.shade(
        color, distance, (against * (facing[None, :, None] * 0.7 + 0.3 * shade[..., None])).astype(np.float32)
    )
    canvas.below(line.astype(np.float32), lit)
    canvas.texture(shade, 0.30 * (1 - distance))
    return canvas.layer(depth, rng)
