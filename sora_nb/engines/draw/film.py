"""Draw the pictures of one video: each is a pure function of its number, over what is prepared once."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.draw import abilities, body, camera, close_up, gait, placement, scenes, surroundings
from sora_nb.engines.draw.actors import Actor
from sora_nb.engines.draw.characters import people, stock
from sora_nb.engines.draw.planes import Converter
from sora_nb.engines.draw.scenes.layers import GROUND_DEPTH, View
from sora_nb.engines.prompt import direction
from sora_nb.engines.prompt.parser import ShotSpec, explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.engines.base import Box, Cutout, RenderRequest
    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.engines.draw.scenes.scene import Scene

WIDE_CAST = 0.74
"""Scale of the cast in a wide shot."""
PORTRAIT_CAST = 1.2
"""Scale of the cast in an upright frame."""
LATER = 0.37
"""Seconds by which each moves after the one before, so that they do not move as one."""
SEATED_CAST = 0.78
"""Scale of a character that is drawn sitting or lying."""


def count(request: RenderRequest) -> int:
    """Return how many pictures a request has."""
    return max(1, round(request.seconds * request.fps))


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
        medium = "ground" if request.reference else scenes.MEDIUMS.get(self.spec.scene, "ground")
        self.roles = [role for role in self.spec.cast if role.stock or role.name in request.cast]
        self.moves = [
            abilities.drawn(role.name, role.action, medium)
            if role.stock
            else abilities.move(role.name, request.cast[role.name], role.action, medium)
            for role in self.roles
        ]
        told = [move.sentence for move in self.moves if move.sentence]
        if self.spec.framing and self.spec.camera == "tilt":
            told.append("The camera does not tilt in a close-up: it stays with the head.")
        self.warnings = (*explanation.warnings(backdrop=request.reference is not None), *told)
        self.pictures = count(request)
        self._lock = threading.Lock()
        self._prepared_scene: _PreparedScene | None = None

    def __reduce__(self) -> tuple[Callable[[str, RenderRequest], Film], tuple[str, RenderRequest]]:
        return _cached_film, (self.digest, self.request)

    @cached_property
    def digest(self) -> str:
        """A hash of the request."""
        request = self.request
        parts = hashlib.sha256(
            repr((request.prompt, request.width, request.height, request.seconds, request.seed, request.fps)).encode()
        )
        parts.update(str(request.reference).encode())
        for name, cutout in request.cast.items():
            parts.update(repr((name, cutout.fps, cutout.bust, cutout.best, cutout.path, cutout.face)).encode())
            for frame in cutout.frames:
                parts.update(repr(frame.shape).encode() + frame.tobytes())
        return parts.hexdigest()

    def frame(self, index: int) -> Pixels:
        """Draw picture number `index`: RGB, shape (height, width, 3)."""
        return self._prepared().frame(index)

    def planes(self, index: int) -> Pixels:
        """Draw picture number `index` as the encoder takes it: I420 of BT.709, shape (height * 3 / 2, width)."""
        return self._prepared().planes(index)

    def boxes(self, index: int) -> list[Box]:
        """Return where the cast is in a picture: left, top, right, bottom in pixels, in the order of the prompt."""
        return self._prepared().boxes(index)

    def _prepared(self) -> _PreparedScene:
        with self._lock:
            if self._prepared_scene is None:
                self._prepared_scene = _PreparedScene(self)
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

    def __init__(self, film: Film) -> None:
        request, spec = film.request, film.spec
        self.size = (request.width, request.height)
        self.fps = request.fps
        self.pictures = film.pictures
        self.spec = spec
        self.toward = direction.toward(request.prompt)
        panning = direction.panning(request.prompt) or (1 if spec.seed % 2 else -1)
        self.camera_way = direction.tilting(request.prompt) if spec.camera == "tilt" else panning
        self.scratch = threading.local()
        self.near = spec.framing == "close-up"
        self.eyes = close_up.EYES
        self.follows = self.near and any(move.way != "stay" for move in film.moves)
        self.scene, self.falling, self.lens, self.margin = surroundings.draw(request, spec)
        if spec.camera not in camera.SIDEWAYS and spec.camera != "handheld" and not self.follows:
            self.scene.flatten(request.width, request.height, View(0.0, 0.0, self.margin))
        self.scenery = close_up.Scenery(self.scene, self.size, alone=not film.roles) if self.near else None
        self.actors = self._cast(film, self.scene)
        self.order = sorted(self.actors, key=lambda actor: actor.place.row)
        if self.near:  # drawn beasts look to the right: none's body may hide the head on its left
            self.order = self.actors[::-1]

    def _cast(self, film: Film, scene: Scene) -> list[Actor]:
        """Take the mentioned characters, in the order of the prompt, or else stock ones."""
        if not film.roles:
            return []
        tall = close_up.drawn_height(len(film.roles), self.size) if self.near else round(scene.size * min(self.size))
        cutouts: list[Cutout] = [
            stock.character(role.name, move.action, max(64, tall), role.costume)
            if role.stock
            else film.request.cast[role.name]
            for role, move in zip(film.roles, film.moves, strict=True)
        ]
        figures = [body.measure(cutout, drawn=role.stock) for role, cutout in zip(film.roles, cutouts, strict=True)]
        if self.near:
            return self._near(film, cutouts, figures)
        frame = (WIDE_CAST if self.spec.camera == "wide" else 1.0) * (
            PORTRAIT_CAST if self.size[1] > self.size[0] else 1.0
        )
        scales = [frame * (SEATED_CAST if role.stock and role.action in people.SEATED else 1.0) for role in film.roles]
        places = placement.place_cast(figures, scene, self.size, scales)
        actors = []
        for number, role in enumerate(film.roles):
            move, cutout, figure = film.moves[number], cutouts[number], figures[number]
            speed = self._speed(move, cutout, places[number], len(figures), film.request.seconds)
            place = self._laid(places[number], move, figure, speed * film.request.seconds)
            if len(figures) == 1 and move.way == "stay":
                size = place.height / figure.rows
                column = placement.calm_column(self._empty(), place, figure.head * size, figure.columns * size / 2)
                place = replace(place, start=column)
            glides = speed if move.way == "glide" else 0.0
            actors.append(
                Actor(cutout, figure, move, place, scene, delay=LATER * number, drawn=role.stock, speed=glides)
            )
        return actors

    def _near(self, film: Film, cutouts: list[Cutout], figures: list[body.Figure]) -> list[Actor]:
        """Frame the cast of a close-up, which the camera follows wherever it goes."""
        actors = []
        standing = self.scene.medium == "ground"
        framed = close_up.frame_cast(cutouts, figures, self.size, standing=standing)
        self.eyes = sum(shown.eyes for shown in framed) / len(framed) / self.size[1]
        for number, (cutout, figure, found, _) in enumerate(framed):
            move = film.moves[number]
            toward = (self.toward if move.way != "stay" else 0) or figure.facing or 1
            stays = replace(move, way="stay")
            place = replace(found, toward=toward)
            drawn = film.roles[number].stock
            actors.append(Actor(cutout, figure, stays, place, self.scene, delay=LATER * number, drawn=drawn))
        return actors

    def _empty(self) -> list[Pixels]:
        """Draw the scene without its cast at the start, in the middle and at the end, as if the ground did not move."""
        pictures = []
        for part in (0.0, 0.5, 1.0):
            _, _, view = self._moment(round(part * (self.pictures - 1)))
            frame = np.zeros((self.size[1], self.size[0], 3), np.uint8)
            for element in self.scene.back:
                element.draw(frame, view)
            pictures.append(np.roll(frame, round(view.left(GROUND_DEPTH) - view.margin), axis=1))
        return pictures

    def _laid(
        self, place: placement.Place, move: abilities.Move, figure: body.Figure, distance: float
    ) -> placement.Place:
        """Lay the path of somebody who covers a distance in pixels."""
        if move.way == "stay":
            return replace(place, toward=figure.facing or 1)
        half = figure.columns * place.height / figure.rows / 2
        toward = self.toward or figure.facing or 1
        return placement.lay_path(place, distance, half, self.size[0], toward=toward, leaves=move.way == "stride")

    def _speed(self, move: abilities.Move, cutout: Cutout, place: placement.Place, count: int, seconds: float) -> float:
        """Return how many pixels a second a move takes somebody over the ground."""
        if move.way == "stride":
            return abs(cutout.heading) * place.height
        if move.way == "hop":
            return gait.HOPS[move.action].speed * place.height
        if move.way == "glide":
            return min(abilities.SPEEDS[move.action], 0.5 / count**0.7 / seconds) * self.size[0]
        return 0.0

    def _moment(self, index: int) -> tuple[float, camera.CameraState, View]:
        """Return the time, and where the camera is."""
        time, part = index / self.fps, index / max(1, self.pictures - 1)
        where = camera.camera_state(self.spec.camera, part, time, self.camera_way)
        if self.near and self.spec.camera != "handheld":
            where = replace(where, center=(0.5, self.eyes))
        if self.follows:
            where = replace(where, track=self.actors[0].place.toward * camera.SIDEWAYS["pan"] * (2 * part - 1))
        return time, where, View(time, where.track * self.margin, self.margin, pivot=self.spec.camera == "orbit")

    def _stand(self, view: View) -> View:
        """Return where the camera is for the cast, which a close-up never leaves."""
        return replace(view, x=0.0) if self.near else view

    def frame(self, index: int) -> Pixels:
        return self._compose(index).copy()

    def _compose(self, index: int) -> Pixels:
        """Draw into memory of this thread, which the next picture overwrites: fresh memory costs more than drawing."""
        time, where, view = self._moment(index)
        if not hasattr(self.scratch, "frame"):
            self.scratch.frame, self.scratch.zoomed = (
                np.empty((self.size[1], self.size[0], 3), np.uint8) for _ in range(2)
            )
        frame: Pixels = self.scratch.frame
        for element in self.scene.back:
            element.draw(frame, view)
        other: Pixels = self.scratch.zoomed
        if self.scenery:
            frame, other = self.scenery.enlarge(frame, other), frame
        stand = self._stand(view)
        for actor in self.order:
            actor.draw_shadow(frame, time, stand)
        for actor in self.order:
            actor.draw(frame, time, stand)
        for element in self.scene.front if not self.near else ():
            element.draw(frame, view)
        return camera.zoom(frame, where, other)

    def planes(self, index: int) -> Pixels:
        if not hasattr(self.scratch, "converter"):
            self.scratch.converter = Converter(*self.size)
        picture: Pixels = self.scratch.converter.i420(self._compose(index))
        luma = picture[: self.size[1]]
        for layer in self.falling:
            layer.draw(luma, index / self.fps)
        self.lens.draw(luma, index)
        return picture

    def boxes(self, index: int) -> list[Box]:
        time, where, view = self._moment(index)
        return [camera.zoomed_box(actor.box(time, self._stand(view)), where, self.size) for actor in self.actors]
