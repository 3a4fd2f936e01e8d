"""Define a scene: layers behind and in front of the cast, the ground it stands on, and the light."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw.scenes.canvas import Canvas
from sora_nb.engines.draw.scenes.layers import Element, Layer, View

if TYPE_CHECKING:
    from sora_nb.engines.draw.scenes.light import Light
    from sora_nb.engines.draw.scenes.noise import Pixels


@dataclass(frozen=True)
class Setting:
    """What a scene is built from.

    Attributes:
        width, height: of a frame, pixels.
        margin: pixels of panorama beyond either side of the frame, for the camera to move in.
        seconds: length of the video.
        light: time of day and weather.
        rng: all randomness of the scene.
    """

    width: int
    height: int
    margin: int
    seconds: float
    light: Light
    rng: np.random.Generator

    @property
    def wide(self) -> int:
        """Width of the panorama."""
        return self.width + 2 * self.margin

    @property
    def unit(self) -> float:
        """What sizes are measured by, so that a cup looks alike in portrait and landscape: the shorter side."""
        return float(min(self.width, self.height))

    @property
    def sun_x(self) -> float:
        """Column of the panorama where the sun or the moon stands."""
        return self.wide * (0.5 + 0.40 * self.light.side)

    def canvas(self) -> Canvas:
        """Return an empty canvas as wide as the panorama."""
        return Canvas(self.wide, self.height)


@dataclass
class Scene:
    """A place, ready to be drawn at any time.

    Attributes:
        light: what falls on the cast.
        ground: rows where the feet of the farthest and of the nearest character stand.
        size: height of a standing character, as part of the shorter side of the frame.
        back: drawn before the cast.
        front: drawn over the cast.
        medium: "ground", "space" or "water": how bodies move.
        mirror: how strongly the floor reflects, 0 to 1.
    """

    light: Light
    ground: tuple[float, float]
    size: float = 0.5
    back: list[Element] = field(default_factory=list)
    front: list[Element] = field(default_factory=list)
    medium: str = "ground"
    mirror: float = 0.0

    def flatten(self, width: int, height: int, view: View) -> None:
        """Paint still layers that touch each other in the stack into one, for a camera that does not move sideways."""
        self.back = _flatten(self.back, width, height, view)


class FlatPicture:
    """Finished pixels that fill the frame."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def draw(self, frame: Pixels, view: View) -> None:  # noqa: ARG002 (one picture fits every view)
        """See Element."""
        frame[:] = self.pixels


def _flatten(elements: list[Element], width: int, height: int, view: View) -> list[Element]:
    """Draw the still layers at the bottom of the stack into one picture, and keep the rest."""
    pixels = np.zeros((height, width, 3), np.uint8)
    still = 0
    for element in elements:
        if not isinstance(element, Layer) or element.drift:
            break
        element.draw(pixels, view)
        still += 1
    return [FlatPicture(pixels), *elements[still:]] if still else elements
