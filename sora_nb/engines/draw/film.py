"""Draw the pictures of one video: each is a pure function of its number, over what is prepared once."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw import backdrop, camera, scenes
from sora_nb.engines.draw.actors import Actor, place_cast
from sora_nb.engines.draw.characters import people, stock
from sora_nb.engines.draw.planes import Converter
from sora_nb.engines.draw.scenes.layers import View
from sora_nb.engines.draw.scenes.weather import Lens, falling
from sora_nb.engines.prompt.parser import ShotSpec, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.engines.base import Cutout, RenderRequest
    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.engines.draw.scenes.scene import Scene

WIDE_CAST = 0.74
"""Scale of the cast in a wide shot."""
PORTRAIT_CAST = 1.2
"""Scale of the cast in an upright frame."""
SEATED_CAST = 0.78
"""Scale of a character that is drawn sitting or lying."""


class Film:
    """One video, drawn on demand; safe to use from several threads.

    A copy sent to another process takes only the request with it, and is drawn there once.

    Args:
        request: what to make.
    """

    def __init__(self, request: RenderRequest) -> None:
        # a plain dict, because any mapping is allowed and not every mapping travels to another process
        self.request = replace(request, cast=dict(request.cast))
        explanation = explain(request.prompt, request.seed, request.cast)
        self.spec: ShotSpec = explanation.spec
        self.warnings = explanation.warnings(backdrop=request.reference is not None)
        self.pictures = max(1, round(request.seconds * request.fps))
        self._lock = threading.Lock()
        self._prepared_scene: _PreparedScene | None = None

    def __reduce__(self) -> tuple[Callable[[str, RenderRequest], Film], tuple[str, RenderRequest]]:
        return _cached_film, (self.digest(), self.request)

    def digest(self) -> str:
        """Return a hash of the request."""
        request = self.request
        parts = hashlib.sha256(
            repr((request.prompt, request.width, request.height, request.seconds, request.seed, request.fps)).encode()
        )
        parts.update(str(request.reference).encode())
        for name, cutout in request.cast.items():
            parts.update(repr((name, cutout.fps, cutout.bust)).encode())
            for frame in cutout.frames:
                parts.update(repr(frame.shape).encode() + frame.tobytes())
        return parts.hexdigest()

    def frame(self, index: int) -> Pixels:
        """Draw picture number `index`: RGB, shape (height, width, 3)."""
        return self._prepared().frame(index)

    def planes(self, index: int) -> Pixels:
        """Draw picture number `index` as the encoder takes it: I420 of BT.709, shape (height * 3 / 2, width)."""
        return self._prepared().planes(index)

    def boxes(self, index: int) -> list[tuple[float, float, float, float]]:
        """Return where the cast is in a picture: left, top, right, bottom in pixels, in the order of the prompt."""
        return self._prepared().boxes(index)

    def _prepared(self) -> _PreparedScene:
        with self._lock:
            if self._prepared_scene is None:
                self._prepared_scene = _PreparedScene(self.request, self.spec, self.pictures)
            return self._prepared_scene


_cache: dict[str, Film] = {}
_cache_lock = threading.Lock()


def _cached_film(digest: str, request: RenderRequest) -> Film:
    """Return the film a worker process drew last, where it is the same, so that its segments share one drawing."""
    with _cache_lock:
        if digest not in _cache:
            _cache.clear()
            _cache[digest] = Film(request)
        return _cache[digest]


class _PreparedScene:
    """The scene with its cast, lit and ready."""

    def __init__(self, request: RenderRequest, spec: ShotSpec, pictures: int) -> None:
        self.size = (request.width, request.height)
        self.fps = request.fps
        self.pictures = pictures
        self.spec = spec
        self.scratch = threading.local()
        setting = scenes.setting(
            spec.scene,
            time=spec.time,
            weather=spec.weather,
            width=request.width,
            height=request.height,
            seconds=request.seconds,
            seed=spec.seed,
        )
        self.margin = setting.margin
        if request.reference is not None:
            self.scene = backdrop.scene(setting, request.reference)
            self.falling = []
        else:
            self.scene = scenes.draw(spec.scene, setting)
            self.falling = [] if spec.scene in scenes.INDOORS or self.scene.medium != "ground" else falling(setting)
        self.lens = Lens(request.width, request.height, setting.rng)
        if spec.camera not in camera.SIDEWAYS and spec.camera != "handheld":
            self.scene.flatten(request.width, request.height, View(0.0, 0.0, self.margin))
        self.actors = self._cast(request, self.scene)
        self.order = sorted(self.actors, key=lambda actor: actor.place.row)

    def _cast(self, request: RenderRequest, scene: Scene) -> list[Actor]:
        """Take the mentioned characters, in the order of the prompt, or else stock ones."""
        tall = round(scene.size * min(self.size))
        roles = [role for role in self.spec.cast if role.stock or role.name in request.cast]
        cutouts: list[Cutout] = [
            stock.character(role.name, role.action, max(64, tall), role.costume)
            if role.stock
            else request.cast[role.name]
            for role in roles
        ]
        frame = (WIDE_CAST if self.spec.camera == "wide" else 1.0) * (
            PORTRAIT_CAST if self.size[1] > self.size[0] else 1.0
        )
        scales = [frame * (SEATED_CAST if role.stock and role.action in people.SEATED else 1.0) for role in roles]
        spots = place_cast(cutouts, [role.action for role in roles], scene, self.size, request.seconds, scales)
        return [
            Actor(cutout, role.action, spot, scene, delay=0.37 * number, restless=role.stock)
            for number, (role, cutout, spot) in enumerate(zip(roles, cutouts, spots, strict=True))
        ]

    def _moment(self, index: int) -> tuple[float, float, camera.CameraState, View]:
        """Return the time, the part of the shot that is over, and where the camera is."""
        time, part = index / self.fps, index / max(1, self.pictures - 1)
        where = camera.camera_state(self.spec.camera, part, time, self.spec.seed)
        return time, part, where, View(time, where.track * self.margin, self.margin, pivot=self.spec.camera == "orbit")

    def frame(self, index: int) -> Pixels:
        return self._compose(index).copy()

    def _compose(self, index: int) -> Pixels:
        """Draw into memory of this thread, which the next picture overwrites: fresh memory costs more than drawing."""
        time, part, where, view = self._moment(index)
        if not hasattr(self.scratch, "frame"):
            self.scratch.frame, self.scratch.zoomed = (
                np.empty((self.size[1], self.size[0], 3), np.uint8) for _ in range(2)
            )
        frame: Pixels = self.scratch.frame
        for element in self.scene.back:
            element.draw(frame, view)
        for actor in self.order:
            actor.draw_shadow(frame, time, part, view)
        for actor in self.order:
            actor.draw(frame, time, part, view)
        for element in self.scene.front:
            element.draw(frame, view)
        return camera.zoom(frame, where, self.scratch.zoomed)

    def planes(self, index: int) -> Pixels:
        if not hasattr(self.scratch, "converter"):
            self.scratch.converter = Converter(*self.size)
        picture: Pixels = self.scratch.converter.i420(self._compose(index))
        luma = picture[: self.size[1]]
        for layer in self.falling:
            layer.draw(luma, index / self.fps)
        self.lens.draw(luma, index)
        return picture

    def boxes(self, index: int) -> list[tuple[float, float, float, float]]:
        time, part, where, view = self._moment(index)
        return [camera.zoomed_box(actor.box(time, part, view), where, self.size) for actor in self.actors]
