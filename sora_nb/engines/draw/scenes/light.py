"""Choose the light of a scene: what the time of day and the weather do to sky, colours and shadows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes.noise import Color, Floats, mix

if TYPE_CHECKING:
    from collections.abc import Sequence

GREY: dict[str, Color] = {
    "dawn": (0.66, 0.66, 0.72),
    "day": (0.72, 0.76, 0.80),
    "sunset": (0.56, 0.50, 0.54),
    "night": (0.13, 0.15, 0.21),
}


@dataclass(frozen=True)
class Light:
    """The light of one place at one time.

    Attributes:
        time: dawn, day, sunset or night.
        weather: clear, cloudy, rain, snow or fog.
        key: colour of the main light; multiplies the colour of things.
        ambient: colour of what fills the shadows.
        side: where the main light comes from, -1 (left) to 1 (right).
        strength: of the bright edge that the main light gives, 0 to 1.
        shadow: darkness of cast shadows, 0 to 1.
        reach: length of a cast shadow as part of the height of the thing.
        sky: gradient stops from the zenith (0) to the horizon (1).
        sun: colour of the sun or the moon and its halo.
        cloud: colours of the lit and the dark side of clouds.
        air: what things far away fade into.
        haze: how thick the air is, 0 to 1.
    """

    time: str
    weather: str
    key: Color
    ambient: Color
    side: float
    strength: float
    shadow: float
    reach: float
    sky: Sequence[tuple[float, Color]]
    sun: Color
    cloud: tuple[Color, Color]
    air: Color
    haze: float = 0.35

    @property
    def dark(self) -> bool:
        """Whether lamps are on."""
        return self.time in {"night", "sunset"}

    @property
    def level(self) -> float:
        """Brightness of a white thing: 1 is daylight."""
        return float(np.mean(self.key) * 0.5 + np.mean(self.ambient) * 0.5)

    def shade(self, albedo: Floats | Color, distance: float = 0.0, facing: Floats | float = 0.5) -> Floats:
        """Light a surface.

        Args:
            albedo: its own colour, shape (3,) or (..., 3).
            distance: 0 (here) to 1 (lost in the haze).
            facing: 0 where it faces away from the main light, 1 where it faces it; shape () or (..., 1).
        """
        lit = np.asarray(albedo, np.float32) * mix(self.ambient, self.key, facing)
        return mix(lit, self.air, min(1.0, distance * (0.75 + self.haze)))


_TIMES = {
    "dawn": Light(
        "dawn",
        "clear",
        key=(1.12, 0.97, 0.86),
        ambient=(0.70, 0.70, 0.84),
        side=-0.55,
        strength=0.5,
        shadow=0.32,
        reach=1.5,
        sky=((0, (0.30, 0.42, 0.66)), (0.45, (0.66, 0.64, 0.78)), (0.8, (0.98, 0.78, 0.68)), (1, (1.0, 0.90, 0.76))),
        sun=(1.0, 0.92, 0.78),
        cloud=((1.0, 0.86, 0.80), (0.62, 0.58, 0.72)),
        air=(0.93, 0.82, 0.78),
    ),
    "day": Light(
        "day",
        "clear",
        key=(1.06, 1.03, 0.97),
        ambient=(0.76, 0.82, 0.90),
        side=-0.45,
        strength=0.3,
        shadow=0.40,
        reach=0.7,
        sky=((0, (0.16, 0.44, 0.80)), (0.5, (0.42, 0.69, 0.92)), (1, (0.84, 0.93, 0.97))),
        sun=(1.0, 0.98, 0.90),
        cloud=((1.0, 1.0, 1.0), (0.70, 0.78, 0.88)),
        air=(0.80, 0.90, 0.96),
        haze=0.28,
    ),
    "sunset": Light(
        "sunset",
        "clear",
        key=(1.14, 0.84, 0.60),
        ambient=(0.58, 0.50, 0.66),
        side=0.5,
        strength=0.75,
        shadow=0.38,
        reach=1.25,
        sky=(
            (0, (0.16, 0.18, 0.40)),
            (0.35, (0.46, 0.29, 0.50)),
            (0.62, (0.90, 0.46, 0.38)),
            (0.84, (1.0, 0.70, 0.38)),
            (1, (1.0, 0.86, 0.58)),
        ),
        sun=(1.0, 0.88, 0.62),
        cloud=((1.0, 0.72, 0.50), (0.46, 0.33, 0.50)),
        air=(0.86, 0.56, 0.48),
    ),
    "night": Light(
        "night",
        "clear",
        key=(0.58, 0.69, 0.90),
        ambient=(0.24, 0.30, 0.45),
        side=0.4,
        strength=0.7,
        shadow=0.30,
        reach=1.0,
        sky=((0, (0.025, 0.04, 0.12)), (0.6, (0.07, 0.11, 0.26)), (1, (0.18, 0.23, 0.40))),
        sun=(0.92, 0.95, 0.94),
        cloud=((0.34, 0.39, 0.56), (0.09, 0.11, 0.23)),
        air=(0.16, 0.21, 0.36),
        haze=0.3,
    ),
}

_VEIL = {"clear": 0.0, "cloudy": 0.55, "rain": 0.8, "snow": 0.65, "fog": 0.85}
_HAZE = {"clear": 0.0, "cloudy": 0.08, "rain": 0.25, "snow": 0.3, "fog": 0.75}


def outdoors(time: str, weather: str) -> Light:
    """Return the light under the open sky."""
    light = _TIMES[time]
    veil, grey = _VEIL[weather], GREY[time]
    bright = max(grey)
    sky = [(at, _mix(color, _scale(grey, 0.78 + 0.26 * at), veil)) for at, color in light.sky]
    flat = (light.level * 0.98,) * 3
    return replace(
        light,
        weather=weather,
        sky=tuple(sky),
        key=_mix(light.key, flat, 0.65 * veil),
        ambient=_mix(light.ambient, _scale(grey, 0.85 * light.level / bright), 0.45 * veil),
        strength=light.strength * (1 - 0.8 * veil),
        shadow=light.shadow * (1 - 0.65 * veil),
        reach=light.reach * (1 - 0.6 * veil),
        cloud=(_mix(light.cloud[0], _scale(grey, 1.06), veil), _mix(light.cloud[1], _scale(grey, 0.72), veil)),
        air=_mix(light.air, _scale(grey, 1.02), veil),
        haze=min(1.0, light.haze + _HAZE[weather]),
    )


def indoors(time: str, weather: str) -> Light:
    """Return the light of a room with a window and, from sunset on, lamps."""
    light = outdoors(time, weather)
    lamps: dict[str, tuple[Color, Color]] = {
        "dawn": ((1.05, 0.96, 0.86), (0.80, 0.78, 0.82)),
        "day": ((1.05, 1.02, 0.96), (0.84, 0.86, 0.88)),
        "sunset": ((1.12, 0.88, 0.66), (0.72, 0.60, 0.60)),
        "night": ((1.02, 0.82, 0.60), (0.54, 0.46, 0.48)),
    }
    key, ambient = lamps[time]
    return replace(light, key=key, ambient=ambient, strength=0.35, shadow=0.34, reach=0.45, haze=0.05)


def _mix(color: Color, other: Color, part: float) -> Color:
    red, green, blue = (one + (two - one) * part for one, two in zip(color, other, strict=True))
    return red, green, blue


def _scale(color: Color, factor: float) -> Color:
    red, green, blue = (min(1.0, part * factor) for part in color)
    return red, green, blue
