"""The size that a model really makes: a size is asked for in pixels, and services name a ratio and a resolution, or have a list."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sora_nb.models import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.providers.profile import ModelRules

_NAMED = {"1k": 1024, "2k": 1440, "4k": 2160}
"""Shorter sides of resolutions that do not say them."""


class Shape(Model):
    """The size of a film.

    Attributes:
        width, height: pixels, as far as a ratio and a resolution tell.
        ratio: like "16:9"; "" where the model takes sizes.
        resolution: like "720p", as the model writes it; "" where the model takes sizes.
    """

    width: int
    height: int
    ratio: str = ""
    resolution: str = ""

    @property
    def size(self) -> str:
        """Like "1280x720"."""
        return f"{self.width}x{self.height}"

    @property
    def pixels(self) -> int:
        """Pixels of one frame."""
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.ratio} at {self.resolution}" if self.ratio and self.resolution else self.size


def shape_of(size: str, rules: ModelRules, resolution: str = "") -> Shape:
    """Return what a model makes where a size is asked for: the nearest of its ratios and resolutions, or of its sizes.

    Args:
        size: like "1280x720".
        rules: of the model.
        resolution: one of the model's, where that is settled.
    """
    width, height = _sides(size)
    if rules.sizes:
        wide, high = _sides(_nearest(rules.sizes, width, height))
        return Shape(width=wide, height=high)
    if not rules.ratios and not rules.resolutions:
        return Shape(width=width, height=height)
    ratio = min(rules.ratios, key=lambda each: _apart(_part(each), width / height)) if rules.ratios else ""
    asked = ratio or f"{width}:{height}"

    def apart(each: str) -> float:
        if not rules.frames:
            return abs(short_side(each) - min(width, height))
        wide, high = frame(asked, each, rules)
        return _apart(wide * high, width * height)

    known = [each for each in rules.resolutions if each.lower() == resolution.lower()]
    found = min(known or rules.resolutions, key=apart, default="")
    wide, high = frame(asked, found or f"{min(width, height)}p", rules)
    return Shape(width=wide, height=high, ratio=ratio, resolution=found)


def frame(ratio: str, resolution: str, rules: ModelRules) -> tuple[int, int]:
    """Return width and height that a model makes of a ratio and a resolution.

    Args:
        ratio: like "16:9".
        resolution: like "720p".
        rules: of the model.
    """
    told = rules.frames.get(resolution, {}).get(ratio)
    if told:
        return _sides(told)
    side, part = short_side(resolution), _part(ratio)
    long = 2 * round(side * max(part, 1 / part) / 2)
    return (long, side) if part >= 1 else (side, long)


def sizes(rules: ModelRules) -> list[str]:
    """Return the sizes a model makes, as far as its rules tell them: smallest first."""
    named = [
        *rules.sizes,
        *(_size(ratio, resolution, rules) for resolution in rules.resolutions for ratio in rules.ratios),
    ]
    return sorted(dict.fromkeys(named), key=lambda size: math.prod(_sides(size)))


def _size(ratio: str, resolution: str, rules: ModelRules) -> str:
    width, height = frame(ratio, resolution, rules)
    return f"{width}x{height}"


def short_side(resolution: str) -> int:
    """Return the pixels of the shorter side of a resolution such as "720p", "768P" or "4k"."""
    digits = re.match(r"\d+", resolution)
    named = _NAMED.get(resolution.lower())
    return named or int(digits[0] if digits else 0)


def _nearest(sizes: Sequence[str], width: int, height: int) -> str:
    def apart(size: str) -> tuple[float, float]:
        wide, high = _sides(size)
        return round(_apart(wide / high, width / height), 2), abs(math.log(wide * high / (width * height)))

    return min(sizes, key=apart)


def _sides(size: str) -> tuple[int, int]:
    width, _, height = size.replace(":", "x").partition("x")
    return int(width), int(height)


def _part(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return float(width) / float(height)


def _apart(first: float, second: float) -> float:
    return abs(math.log(first / second))
