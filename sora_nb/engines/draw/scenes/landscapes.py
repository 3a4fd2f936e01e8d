"""Draw wide open places: mountains, a snow field, a desert, a meadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.draw.scenes import furniture, noise, plants
from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH
from sora_nb.engines.draw.scenes.noise import floats, mix, smoothstep
from sora_nb.engines.draw.scenes.scene import Scene, Setting
from sora_nb.engines.draw.scenes.sky import hills, sky

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.layers import Layer
    from sora_nb.engines.draw.scenes.noise import Color

SNOW: Color = (0.94, 0.96, 1.0)


def mountains(setting: Setting) -> Scene:
    """Build a high valley: snowy peaks, wooded hills, an alpine meadow with stones."""
    light, height, rng, unit = setting.light, setting.height, setting.rng, setting.unit
    horizon = int(height * 0.66)
    scene = Scene(light, (height * 0.87, height * 0.96))
    scene.back += sky(setting, horizon)
    scene.back.append(_peaks(setting, horizon, tall=0.46, cell=0.62, distance=0.46, depth=0.10))
    scene.back.append(_peaks(setting, horizon, tall=0.30, cell=0.48, distance=0.26, depth=0.18, snow=0.10))
    scene.back.append(
        plants.treeline(setting, horizon + 2, tall=0.085, distance=0.24, color=(0.13, 0.27, 0.19), depth=0.30)
    )
    scene.back.append(
        plants.treeline(setting, horizon + unit * 0.03, tall=0.13, distance=0.08, color=(0.11, 0.25, 0.16), depth=0.42)
    )
    ground = field(setting, horizon + int(unit * 0.015), (0.36, 0.47, 0.22), patches=(0.52, 0.50, 0.30))
    for _ in range(int(7 * setting.wide / unit)):
        near = float(rng.uniform(0.10, 1.0)) ** 1.4
        _stone(
            ground, setting, float(rng.uniform(0, setting.wide)), ground.height * near, unit * (0.008 + 0.030 * near)
        )
    plants.grass(ground, rng, light, int(240 * setting.wide / unit), (unit * 0.03, ground.height), unit * 0.028)
    scene.back.append(ground.layer(GROUND_DEPTH, rng, top=setting.height - ground.height))
    scene.back.append(_conifers(setting, horizon + unit * 0.10, snow=0.0))
    return scene


def snow_field(setting: Setting) -> Scene:
    """Build a winter valley: peaks, frosted woods, a cabin with lit windows, deep snow."""
    light, height, rng, unit = setting.light, setting.height, setting.rng, setting.unit
    horizon = int(height * 0.60)
    scene = Scene(light, (height * 0.87, height * 0.96))
    scene.back += sky(setting, horizon)
    scene.back.append(_peaks(setting, horizon, tall=0.34, cell=0.55, distance=0.45, depth=0.10, snow=0.9))
    scene.back.append(
        plants.treeline(
            setting, horizon + unit * 0.01, tall=0.11, distance=0.34, color=(0.20, 0.30, 0.30), depth=0.25, snow=0.7
        )
    )
    scene.back.append(
        plants.treeline(
            setting, horizon + unit * 0.035, tall=0.17, distance=0.14, color=(0.16, 0.27, 0.25), depth=0.40, snow=0.7
        )
    )
    ground = _snow_ground(setting, horizon + int(unit * 0.02))
    scene.back.append(ground.layer(GROUND_DEPTH, rng, top=setting.height - ground.height))
    scene.back.append(_cabin(setting, setting.wide / 2 + unit * 0.44, horizon + unit * 0.115))
    scene.back.append(_conifers(setting, horizon + unit * 0.10, snow=0.85))
    return scene


def desert(setting: Setting) -> Scene:
    """Build a desert of dunes with cactuses, table mountains on the horizon."""
    light, height, rng, unit = setting.light, setting.height, setting.rng, setting.unit
    horizon = int(height * 0.58)
    scene = Scene(light, (height * 0.87, height * 0.96))
    scene.back += sky(setting, horizon)
    scene.back.append(_mesas(setting, horizon))
    scene.back.append(_dune(setting, horizon - unit * 0.012, tall=0.07, cell=0.85, distance=0.34, depth=0.22))
    scene.back.append(_dune(setting, horizon + unit * 0.04, tall=0.10, cell=1.1, distance=0.16, depth=0.36))
    scene.back.append(_dune(setting, horizon + unit * 0.14, tall=0.10, cell=1.5, distance=0.03, depth=GROUND_DEPTH))
    plants_here = setting.canvas()
    for x, tall in ((-0.70, 0.34), (0.78, 0.26), (0.52, 0.15), (-1.15, 0.20), (1.2, 0.3)):
        _cactus(
            plants_here, setting, setting.wide / 2 + x * unit, horizon + unit * 0.135 + 0.12 * unit * tall, unit * tall
        )
    scene.back.append(plants_here.layer(GROUND_DEPTH, rng))
    return scene


def meadow(setting: Setting) -> Scene:
    """Build a park in flower: rolling hills, round trees, high grass."""
    light, height, rng, unit = setting.light, setting.height, setting.rng, setting.unit
    horizon = int(height * 0.58)
    scene = Scene(light, (height * 0.87, height * 0.96))
    scene.back += sky(setting, horizon)
    scene.back.append(hills(setting, horizon, tall=0.15, cell=0.8, distance=0.58, color=(0.30, 0.44, 0.30), depth=0.10))
    scene.back.append(
        hills(setting, horizon + unit * 0.02, tall=0.10, cell=0.6, distance=0.34, color=(0.34, 0.50, 0.24), depth=0.20)
    )
    ground = field(setting, horizon, (0.40, 0.58, 0.20), patches=(0.56, 0.64, 0.26))
    plants.grass(ground, rng, light, int(420 * setting.wide / unit), (unit * 0.02, ground.height), unit * 0.034)
    _flowers(ground, setting, int(230 * setting.wide / unit))
    trees = setting.canvas()
    for x, tall in ((-0.95, 0.42), (-0.60, 0.30), (0.70, 0.36), (1.05, 0.50), (0.36, 0.16), (-0.28, 0.14)):
        plants.leafy_tree(
            trees, rng, light, setting.wide / 2 + x * unit, horizon + unit * (0.015 + 0.13 * tall), unit * tall
        )
    scene.back.append(ground.layer(GROUND_DEPTH, rng, top=horizon))
    scene.back.append(trees.layer(0.5, rng))
    return scene


def field(setting: Setting, top: int, color: Color, *, patches: Color) -> Canvas:
    """Paint ground of two colours in perspective below a row; opaque."""
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    depth = 1 / (0.16 + down)
    across = (np.arange(wide, dtype=np.float32)[None] - wide / 2) / unit * depth * 60
    coarse = noise.sample_tile(noise.tile(rng, 512, 8, octaves=5, gain=0.6), across, depth * 110)
    fine = noise.fractal(rng, height, wide, unit * 0.018, octaves=3, gain=0.8, squash=1.6)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    own = mix(color, patches, np.clip(0.45 + 0.32 * coarse, 0, 1)[..., None])
    facing = np.clip(0.5 + 0.16 * coarse + 0.35 * (fine - 0.5), 0, 1)[..., None]
    canvas.rgb = light.shade(own, 0, facing) * (0.86 + 0.28 * fine)[..., None]
    canvas.rgb = mix(canvas.rgb, light.air, (0.42 * (0.4 + light.haze) * (1 - down) ** 3)[..., None])
    return canvas


def _peaks(
    setting: Setting, foot: int, *, tall: float, cell: float, distance: float, depth: float, snow: float = 0.55
) -> Layer:
    """Draw a range of rocky mountains; above `snow` of the way down from the highest it is bare."""
    rng, unit, wide, light = setting.rng, setting.unit, setting.wide, setting.light
    # folding the noise makes pointed summits
    coarse = 1 - 2.0 * np.abs(noise.ridge(rng, wide, unit * cell, octaves=1) - 0.5)
    jags = noise.ridge(rng, wide, unit * cell * 0.4, octaves=6, gain=0.50)
    rise = np.clip(0.12 + 0.66 * coarse + 0.50 * (jags - 0.4), 0.05, 1.1)
    line = (foot - unit * tall * rise).astype(np.float32)
    canvas = Canvas(wide, foot + 3)
    relief = noise.fractal(rng, canvas.height, wide, unit * 0.16, octaves=6, gain=0.60, squash=0.75)
    slope = cv2.Sobel(cv2.GaussianBlur(relief, (0, 0), 1.2), cv2.CV_32F, 1, 0, ksize=3)
    broad = cv2.GaussianBlur(np.gradient(line)[None].astype(np.float32), (0, 0), unit * 0.02)
    facing = np.clip(0.46 + light.side * (slope / (slope.std() + 1e-6) * 0.20 + broad * 0.45), 0, 1)
    rows = np.arange(canvas.height, dtype=np.float32)[:, None]
    white = smoothstep(
        0.10, -0.06, (rows - line[None]) / (unit * tall) - snow * (0.25 + 0.55 * rise[None]) + 0.75 * (relief - 0.5)
    )
    own = mix((0.40, 0.37, 0.40), SNOW, white[..., None])
    # valleys fill with haze
    low = np.clip((rows - (foot - unit * tall * 0.5)) / (unit * tall * 0.5), 0, 1) ** 2 * 0.35
    lit = mix(light.shade(own, distance, facing[..., None]), light.air, np.broadcast_to(low, facing.shape)[..., None])
    canvas.below(line, lit)
    return canvas.layer(depth, rng)


def _conifers(setting: Setting, foot: float, *, snow: float) -> Layer:
    """Stand a few near conifers at both sides of the frame."""
    canvas, unit = setting.canvas(), setting.unit
    middle = setting.wide / 2
    side = setting.width / 2
    for shift, tall, down in (
        (-0.92, 0.44, 0.02),
        (-0.70, 0.30, 0.0),
        (0.96, 0.50, 0.03),
        (0.74, 0.26, 0.0),
        (-1.12, 0.56, 0.05),
        (1.15, 0.36, 0.01),
    ):
        plants.conifer(
            canvas, setting.rng, setting.light, middle + shift * side, foot + down * unit, unit * tall, snow=snow
        )
    return canvas.layer(GROUND_DEPTH, setting.rng)


def _stone(canvas: Canvas, setting: Setting, x: float, y: float, size: float) -> None:
    light, rng = setting.light, setting.rng
    angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    reach = rng.uniform(0.75, 1.1, 9)
    points = np.c_[x + np.cos(angles) * size * 1.3 * reach, y - size * 0.3 + np.sin(angles) * size * 0.75 * reach]
    canvas.ellipse(
        x - light.side * size * 0.4,
        y + size * 0.32,
        size * 1.5,
        size * 0.28,
        (0, 0, 0),
        opacity=light.shadow,
        blur=size * 0.12,
    )
    tone = float(rng.uniform(0.42, 0.58))
    canvas.polygon(
        points,
        light.shade((tone, tone * 0.97, tone * 0.94), 0, 0.15),
        top_color=light.shade((tone * 1.25, tone * 1.22, tone * 1.18), 0, 0.9),
    )


def _snow_ground(setting: Setting, top: int) -> Canvas:
    light, rng, unit, wide = setting.light, setting.rng, setting.unit, setting.wide
    height = setting.height - top
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    drifts = noise.fractal(rng, height, wide, unit * 0.55, octaves=4, gain=0.42, squash=3.2)
    slope = cv2.Sobel(cv2.GaussianBlur(drifts, (0, 0), 3), cv2.CV_32F, 1, 1, ksize=5)
    dx = cv2.Sobel(cv2.GaussianBlur(drifts, (0, 0), 2), cv2.CV_32F, 0, 1, ksize=5)
    shade = np.clip(0.62 - 0.22 * dx / (dx.std() + 1e-6) + 0.06 * slope / (slope.std() + 1e-6), 0, 1)
    canvas = Canvas(wide, height)
    canvas.alpha[:] = 1
    canvas.rgb = light.shade(mix((0.70, 0.80, 0.95), SNOW, shade[..., None]), 0, (0.2 + 0.75 * shade)[..., None])
    sparkle = rng.random((height, wide), dtype=np.float32)
    canvas.rgb += (smoothstep(0.9975, 1.0, sparkle) * 0.35 * light.level)[..., None]
    canvas.rgb *= (1 + 0.02 * (sparkle - 0.5))[..., None]
    canvas.rgb = mix(canvas.rgb, light.air, (0.35 * (0.3 + light.haze) * (1 - down) ** 2)[..., None])
    return canvas


def _cabin(setting: Setting, x: float, foot: float) -> Layer:
    """Draw a log cabin with snow on its roof."""
    canvas, light, unit = setting.canvas(), setting.light, setting.unit
    half, wall = unit * 0.15, unit * 0.13
    canvas.ellipse(x, foot, half * 1.3, unit * 0.014, (0.10, 0.14, 0.24), opacity=0.45, blur=unit * 0.008)
    for index in range(7):
        y = foot - wall * (index + 1) / 7
        log = light.shade((0.42, 0.27, 0.17), 0.02, 0.5)
        canvas.rectangle(x - half, y, x + half, y + wall / 7, log * 0.6, top_color=log * 1.15)
    warm = light.dark or light.weather != "clear"
    glass = floats(furniture.LAMP) if warm else light.shade((0.30, 0.38, 0.46))
    for shift in (-0.52, 0.52):
        canvas.rectangle(
            x + (shift - 0.19) * half,
            foot - wall * 0.78,
            x + (shift + 0.19) * half,
            foot - wall * 0.36,
            light.shade((0.28, 0.17, 0.11)),
        )
        canvas.rectangle(
            x + (shift - 0.15) * half, foot - wall * 0.74, x + (shift + 0.15) * half, foot - wall * 0.40, glass
        )
        canvas.rectangle(
            x + (shift - 0.01) * half,
            foot - wall * 0.74,
            x + (shift + 0.01) * half,
            foot - wall * 0.40,
            light.shade((0.28, 0.17, 0.11)),
        )
    canvas.rectangle(
        x - 0.16 * half, foot - wall * 0.72, x + 0.16 * half, foot, light.shade((0.30, 0.17, 0.11), 0, 0.4)
    )
    canvas.rectangle(
        x + half * 0.45, foot - wall * 2.15, x + half * 0.68, foot - wall * 1.3, light.shade((0.45, 0.40, 0.40), 0, 0.4)
    )
    roof = [(x - half * 1.22, foot - wall * 0.94), (x, foot - wall * 1.95), (x + half * 1.22, foot - wall * 0.94)]
    canvas.polygon(roof, light.shade((0.74, 0.82, 0.94), 0, 0.4), top_color=light.shade(SNOW, 0, 0.9))
    canvas.polygon(
        [(x - half, foot - wall), (x, foot - wall * 1.80), (x + half, foot - wall)],
        light.shade((0.34, 0.22, 0.14), 0, 0.3),
    )
    canvas.ellipse(x, foot - wall * 1.28, half * 0.13, half * 0.13, glass)
    canvas.rectangle(
        x + half * 0.42, foot - wall * 2.22, x + half * 0.71, foot - wall * 2.12, light.shade(SNOW, 0, 0.8)
    )
    if warm:
        for shift in (-0.52, 0.52):
            canvas.ellipse(
                x + shift * half,
                foot - wall * 0.57,
                half * 0.30,
                half * 0.30,
                furniture.LAMP,
                opacity=0.30,
                blur=half * 0.16,
            )
            canvas.ellipse(
                x + shift * half,
                foot + wall * 0.16,
                half * 0.36,
                wall * 0.10,
                furniture.LAMP,
                opacity=0.35,
                blur=half * 0.10,
            )
    return canvas.layer(GROUND_DEPTH, setting.rng)


def _mesas(setting: Setting, foot: int) -> Layer:
    """Draw table mountains far away."""
    rng, unit, wide, light = setting.rng, setting.unit, setting.wide, setting.light
    columns = np.arange(wide, dtype=np.float32)
    rise = np.full(wide, 0.008, np.float32)
    for x in np.arange(0, wide, unit * 0.40):
        middle, half = x + unit * float(rng.uniform(0, 0.3)), unit * float(rng.uniform(0.05, 0.14))
        rise = np.maximum(
            rise, float(rng.uniform(0.06, 0.15)) * smoothstep(half * 1.45, half, np.abs(columns - middle))
        )
    line = (foot - unit * (rise + 0.010 * noise.ridge(rng, wide, unit * 0.06, octaves=4))).astype(np.float32)
    canvas = Canvas(wide, foot + 3)
    strata = noise.fractal(rng, canvas.height, wide, unit * 0.05, octaves=4, squash=4.0)
    facing = np.clip(0.45 + 0.5 * (strata - 0.5) - light.side * np.gradient(line)[None] * -0.15, 0, 1)
    canvas.below(line, light.shade((0.66, 0.36, 0.25), 0.46, facing[..., None]) * (0.9 + 0.2 * strata)[..., None])
    return canvas.layer(0.10, rng)


def _dune(setting: Setting, foot: float, *, tall: float, cell: float, distance: float, depth: float) -> Layer:
    """Draw a chain of dunes with sharp crests: one side in the light, the other in the shade."""
    rng, unit, wide, light = setting.rng, setting.unit, setting.wide, setting.light
    top = int(foot - unit * tall) - 4
    height = setting.height - top
    rise = noise.ridge(rng, wide, unit * cell * 0.5, octaves=2, gain=0.4)
    line = (foot - unit * tall * rise - top).astype(np.float32)
    canvas = Canvas(wide, height)
    rows = np.arange(height, dtype=np.float32)[:, None]
    below = (rows - line[None]) / unit
    lean = noise.fractal(rng, height, wide, unit * 0.9, octaves=2, squash=2.4) - 0.5
    slope = np.gradient(cv2.GaussianBlur(line[None], (0, 0), unit * 0.01)[0])[None] * light.side
    facing = np.clip(0.55 + slope * 2.6 * np.exp(-below * 5) + lean * 0.9, 0, 1)
    ripple = np.sin(
        (rows * 1.0 + noise.fractal(rng, height, wide, unit * 0.3, octaves=3) * unit * 0.32)
        * (2 * np.pi / (unit * 0.018))
    )
    grain = noise.fractal(rng, height, wide, unit * 0.01, octaves=2, gain=0.8) - 0.5
    own = light.shade((0.90, 0.67, 0.42), distance, facing[..., None])
    relief = 0.92 + 0.16 * facing + 0.045 * ripple * np.clip(below * 6, 0, 1) + 0.10 * grain
    canvas.below(line, own * relief[..., None])
    return canvas.layer(depth, rng, top=top)


def _cactus(canvas: Canvas, setting: Setting, x: float, foot: float, tall: float) -> None:
    light = setting.light
    canvas.ellipse(
        x - light.side * tall * 0.22,
        foot,
        tall * 0.34,
        tall * 0.035,
        (0.2, 0.08, 0.05),
        opacity=light.shadow,
        blur=tall * 0.02,
    )
    green, bright = light.shade((0.22, 0.42, 0.22), 0, 0.25), light.shade((0.42, 0.62, 0.32), 0, 0.9)
    arms: list[list[tuple[float, float]]] = [
        [(0, 0), (0, -1)],
        [(0, -0.36), (-0.24, -0.38), (-0.26, -0.72)],
        [(0, -0.50), (0.22, -0.52), (0.24, -0.88)],
    ]
    for index, arm in enumerate(arms):
        points = [(x + px * tall, foot + py * tall) for px, py in arm]
        thick = tall * (0.15 if index == 0 else 0.10)
        for point in points[1:]:
            canvas.ellipse(*point, thick * 0.5, thick * 0.5, green)
        canvas.line(points, thick, green)
        shift = light.side * thick * 0.22
        canvas.line([(px + shift, py) for px, py in points], thick * 0.30, bright, opacity=0.55, blur=thick * 0.10)
        for offset in (-0.28, 0.0, 0.28):
            canvas.line(
                [(px + offset * thick, py) for px, py in points], max(1.0, tall * 0.006), (0, 0, 0), opacity=0.16
            )


def _flowers(canvas: Canvas, setting: Setting, count: int) -> None:
    colors: tuple[Color, ...] = (
        (0.98, 0.95, 0.92),
        (0.98, 0.80, 0.22),
        (0.92, 0.30, 0.30),
        (0.66, 0.42, 0.86),
        (0.98, 0.56, 0.70),
    )
    light, rng, unit = setting.light, setting.rng, setting.unit
    for part in np.sort(rng.random(count) ** 0.8):
        x, y, size = (
            float(rng.uniform(0, canvas.width)),
            canvas.height * float(part),
            unit * 0.0095 * (0.25 + float(part)),
        )
        petal = light.shade(colors[int(rng.integers(0, len(colors)))], 0, 0.7)
        canvas.line([(x, y), (x, y + size * 2.6)], max(1.0, size * 0.3), light.shade((0.22, 0.42, 0.14)))
        for angle in np.linspace(0, 2 * np.pi, 5, endpoint=False):
            canvas.ellipse(
                x + np.cos(angle) * size * 0.6, y + np.sin(angle) * size * 0.5, size * 0.52, size * 0.46, petal
            )
        canvas.ellipse(x, y, size * 0.36, size * 0.32, light.shade((0.95, 0.72, 0.18), 0, 0.7))
