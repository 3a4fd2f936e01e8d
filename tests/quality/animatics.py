"""The local engine's own films of one figure each, which people cut out first; the truth is where its pixels were laid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb import media
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.engines.draw import camera, render
from sora_nb.engines.draw.film import Film
from sora_nb.models import Clip
from tests.quality import clips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDTH, HEIGHT, LENGTH = 640, 360, 4
FIGURES = (
    "a corgi barista pours latte art", "an old fisherman looks around", "a robot waves", "a cat sleeps",
    "a girl in a red coat dances", "a bear nods", "a fox plays the guitar", "a grandmother knits", "an astronaut walks",
    "a rabbit jumps", "a golden retriever runs", "a chef cooks",
)  # fmt: skip
PLACES = (
    "in a cosy coffee shop", "in the kitchen", "in a living room", "in a city street", "in a forest", "on the beach",
    "in the snow", "in a park", "in the desert", "on a stage",
)  # fmt: skip
SHOTS = tuple(product(FIGURES, PLACES))
STEP = 37
"""From one seed's shot to the next one's: it has no divisor with their number in common, so each comes once."""


@dataclass(frozen=True)
class Recipe:
    """One film; its seed chooses the figure, the place and the seconds."""

    seed: int

    @property
    def shot(self) -> tuple[str, str]:
        """The figure and what it does, and the place."""
        return SHOTS[self.seed * STEP % len(SHOTS)]

    @property
    def start(self) -> float:
        """From when on the figure is cut out, in seconds."""
        return (1.0, 0.0, 2.0)[self.seed % 3]

    @property
    def name(self) -> str:
        return f"own {self.seed:02} {' '.join(self.shot)}"


def make(plan: Recipe, path: Path) -> list[np.ndarray]:
    """Write the seconds of a film, and return where its figure is in each picture."""
    prompt = " ".join(plan.shot)
    request = RenderRequest(prompt=prompt, cast={}, width=WIDTH, height=HEIGHT, seconds=LENGTH, seed=plan.seed)
    whole = path.with_name("whole.mp4")
    render.generate(request, whole, Control())
    media.cut(whole, Clip(start=plan.start, end=plan.start + clips.SECONDS), path)
    film, first = Film(request), round(plan.start * clips.FPS)
    return [_truth(film, index) for index in range(first, first + clips.SECONDS * clips.FPS)]


def _truth(film: Film, index: int) -> np.ndarray:
    """Return 1 where the figure is, less what stands before it, as the camera shows it."""
    scene = film._prepared()
    time, where, view = scene._moment(index)
    figure = _alpha(lambda ground: [actor.draw(ground, time, scene._stand(view)) for actor in scene.actors])
    before = _alpha(lambda ground: [element.draw(ground, view) for element in scene.scene.front])
    picture = cv2.merge([(255 * figure * (1 - before)).astype(np.uint8)] * 3)
    return (camera.zoom(picture, where, np.empty_like(picture))[..., 0] > 127).astype(np.uint8)


def _alpha(draw: Callable[[np.ndarray], object]) -> np.ndarray:
    """Return how much is covered of what is drawn on: that looks the same on black and on white."""
    black, white = (np.full((HEIGHT, WIDTH, 3), value, np.uint8) for value in (0, 255))
    for ground in (black, white):
        draw(ground)
    return 1 - (white[..., 0].astype(np.float32) - black[..., 0]) / 255
