"""What is around the cast: the drawn scene, what falls in it, and the lens.

Films that are made one after the other often play in the same place, so the last place is kept for a while.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.engines import memory
from sora_nb.engines.draw import backdrop, scenes
from sora_nb.engines.draw.scenes.weather import Falling, Lens, falling

if TYPE_CHECKING:
    from sora_nb.engines.base import RenderRequest
    from sora_nb.engines.draw.scenes.scene import Scene
    from sora_nb.engines.prompt.parser import ShotSpec

KEPT_SECONDS = 60.0
"""How long a place is kept after a film was begun there."""
KEPT_PIXELS = 1280 * 720
"""Most pixels of a frame of a place that is kept: the beach, of all the largest, takes 70 MB then."""


class Surroundings(NamedTuple):
    """What is around the cast.

    Attributes:
        scene: the layers behind and in front of it.
        falling: rain or snow.
        lens: what the camera adds.
        margin: pixels of panorama on either side of the frame.
    """

    scene: Scene
    falling: list[Falling]
    lens: Lens
    margin: int


class _Kept:
    """The place of the last film. What a film draws for itself, such as layers shifted for its camera, ends with the film."""

    def __init__(self) -> None:
        self._last: tuple[object, Surroundings] | None = None
        self._timer: threading.Timer | None = None

    def find(self, key: object) -> Surroundings | None:
        """Return the place with a key, or else drop the one that is kept, so that two never take memory."""
        last = self._last
        if last is not None and last[0] == key:
            self.keep(*last)
            return last[1]
        self._last = None
        return None

    def keep(self, key: object, place: Surroundings) -> None:
        self._last = key, place
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(KEPT_SECONDS, self.drop)
        self._timer.daemon = True
        self._timer.start()

    def drop(self) -> None:
        self._last = None
        memory.give_back()


kept = _Kept()


def draw(request: RenderRequest, spec: ShotSpec) -> Surroundings:
    """Draw the surroundings of a film, or take them from the last film where they are the same.

    Args:
        request: what to make.
        spec: its prompt, read.

    Raises:
        MediaError: see backdrop.scene().
    """
    if request.reference is not None or request.width * request.height > KEPT_PIXELS:
        return _drawn(request, spec)
    size = request.width, request.height, request.seconds
    key = spec.scene, spec.time, spec.weather, spec.seed, *size
    place = kept.find(key)
    if place is None:
        place = _drawn(request, spec)
        kept.keep(key, place)
    back, front = ([copy.copy(element) for element in elements] for elements in (place.scene.back, place.scene.front))
    return place._replace(scene=replace(place.scene, back=back, front=front))


def _drawn(request: RenderRequest, spec: ShotSpec) -> Surroundings:
    setting = scenes.setting(
        spec.scene,
        time=spec.time,
        weather=spec.weather,
        width=request.width,
        height=request.height,
        seconds=request.seconds,
        seed=spec.seed,
    )
    if request.reference is not None:
        scene, drops = backdrop.scene(setting, request.reference), []
    else:
        scene = scenes.draw(spec.scene, setting)
        dry = spec.scene in scenes.INDOORS or scene.medium != "ground"
        drops = [] if dry else falling(setting)
    return Surroundings(scene, drops, Lens(request.width, request.height, setting.rng), setting.margin)
