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


def shape_of(size: str, rules: ModelRules) -> Shape:
    """Return what a model makes where a size is asked for: the nearest of its ratios and resolutions, or of its sizes.

    Args:
        size: like "1280x720".
        rules: of the model.
    """
    width, height = _sides(size)
    if rules.sizes:
        wide, high = _sides(_nearest(rules.sizes, width, height))
        return Shape(width=wide, height=high)
    if not rules.ratios and not rules.resolutions:
        return Shape(width=width, height=height)
    ratio = min(rules.ratios, key=lambda each: _apart(_part(each), width / height)) if rules.ratios else ""
    resolution = min(rules.resolutions, key=lambda each: abs(short_side(each) - min(width, height)), default="")
    side = short_side(resolution) if resolution else min(width, height)
    part = _part(ratio) if ratio else width / height
    long = 2 * round(side * max(part, 1 / part) / 2)
    wide, high = (long, side) if part >= 1 else (side, long)
    return Shape(width=wide, height=high, ratio=ratio, resolution=resolution)


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
