"""Follow faces through the pictures, so that two people are never taken for each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.vision.faces import distinct, faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Plane
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.vision.faces import Face

LARGE, SMALL = 0.11, 0.06
"""Smallest faces that are looked for, as part of the picture's shorter side.

The second where there are none of the first, or where smaller ones are seen beside them.
"""
MAX_STEP = 1.5
"""How far from where it is expected a face may be, in its widths."""
MAX_UNLIKENESS = 0.75
"""How much the colours of two sightings of one person may differ, 0 to 1."""
MAX_GAP = 10
"""Pictures for which a face may be out of sight."""
FIRST, SPARSE = 2, 3
"""Faces are looked for in every second picture first, and in the others only where people may be taken for each other;
small ones in every third one only, because that means many looks at each."""


@dataclass(eq=False)
class Track:
    """One person's face.

    Attributes:
        faces: by the index of the picture it is seen in.
        colours: of hair, face and chest.
        every: in one of how many pictures it was looked for.
    """

    faces: dict[int, Face] = field(default_factory=dict)
    colours: Plane | None = None
    every: int = 1

    @property
    def last(self) -> int:
        """Index of the picture it was seen in last."""
        return max(self.faces)

    def seen(self, pictures: int) -> float:
        """Return the share of so many pictures in which it is seen, of those in which it was looked for."""
        return min(1.0, len(self.faces) * self.every / pictures)

    def place(self, number: int) -> tuple[float, float, float]:
        """Return where the face is expected in any picture: middle and width, between the sightings in a straight line."""
        seen = sorted(self.faces)
        values = np.array([middle(self.faces[one]) for one in seen])
        if number > seen[-1] and len(seen) > 1:
            return _ahead(seen, values, number)
        if number < seen[0] and len(seen) > 1:
            return _ahead([-one for one in seen[::-1]], values[::-1], -number)
        x, y, width = (float(np.interp(number, seen, values[:, axis])) for axis in range(3))
        return x, y, width


def middle(face: Face) -> tuple[float, float, float]:
    """Return a face's middle and its width, in pixels."""
    return face.left + face.width / 2, face.top + face.height / 2, float(face.width)


def _ahead(seen: list[int], values: NDArray[np.float64], number: int) -> tuple[float, float, float]:
    """Continue a path beyond its last sighting, at the speed of the last four."""
    recent = slice(-4, None)
    span = seen[-1] - seen[recent][0]
    speed = (values[-1] - values[recent][0]) / span
    x, y = (values[-1] + speed * (number - seen[-1]))[:2]
    return float(x), float(y), float(values[-1][2])


def follow(scene: Scene) -> list[Track]:
    """Detect and follow the faces of all people who are seen in several pictures, the most often seen first."""
    every = FIRST
    seen = _sightings(scene, every, LARGE)
    if sum(map(bool, seen)) < len(seen) / every / 4:
        every = SPARSE
        seen = _sightings(scene, every, SMALL)
    else:
        if max(map(len, seen)) > 1:
            every = 1
            for number in range(1, len(seen), FIRST):
                seen[number] = faces(scene.pictures[number], LARGE)
        _look_behind(scene, seen)
    tracks: list[Track] = []
    for number, found in enumerate(seen):
        _continue(scene, tracks, number, found)
    for track in tracks:
        track.every = every
    return tracks


def _sightings(scene: Scene, every: int, least: float) -> list[list[Face]]:
    """Look for faces in one of so many pictures: in every second of these, and in the others where there is anybody."""
    seen: list[list[Face]] = [[] for _ in scene.pictures]
    for start in (0, every):
        for number in range(start, len(scene), 2 * every):
            seen[number] = faces(scene.pictures[number], least)
        if not any(seen):
            break
    return seen


def _look_behind(scene: Scene, seen: list[list[Face]]) -> None:
    """Look for smaller faces, too, where somebody is farther away: the network does not tell his body from the others'."""
    numbers = range(0, len(seen), FIRST)
    tried = {
        number: faces(scene.pictures[number], SMALL)
        for number in (numbers[len(numbers) * part // 3] for part in (1, 2))
    }
    if all(len(found) <= len(seen[number]) for number, found in tried.items()):
        return
    for number in numbers:
        small = tried[number] if number in tried else faces(scene.pictures[number], SMALL)
        # of a crowd, the surest few are found each time
        seen[number] = distinct([*seen[number], *small])


def _continue(scene: Scene, tracks: list[Track], number: int, found: list[Face]) -> None:
    """Give each face of a picture to the track it continues best, or to a new one."""
    colours = [_colours(scene, number, face) for face in found]
    pairs = []
    for track in tracks:
        if number - track.last > MAX_GAP:
            continue
        x, y, width = track.place(number)
        for index, face in enumerate(found):
            across, down, wide = middle(face)
            apart = np.hypot(across - x, down - y) / max(width, wide)
            unlike = _unlikeness(track.colours, colours[index])
            grown = abs(np.log(wide / width))
            # the longer out of sight, the less is known of where it is
            reach = MAX_STEP * (1 + 0.25 * (number - track.last - 1))
            if apart < reach and unlike < MAX_UNLIKENESS and grown < 0.6:
                pairs.append((apart / reach + 1.5 * unlike + grown, id(track), track, index))
    taken: set[int] = set()
    given: set[int] = set()
    for _, key, track, index in sorted(pairs, key=lambda pair: pair[0]):
        if key in given or index in taken:
            continue
        given.add(key)
        taken.add(index)
        track.faces[number] = found[index]
        track.colours = 0.7 * track.colours + 0.3 * colours[index] if track.colours is not None else colours[index]
    tracks += [Track({number: face}, colours[index]) for index, face in enumerate(found) if index not in taken]


def _colours(scene: Scene, number: int, face: Face) -> Plane:
    """Return the colours of hair, face and chest."""
    cells = scene.flow.cells[number]
    left, right = face.left - face.width // 3, face.left + face.width + face.width // 3
    part = cells[max(0, face.top - face.height // 3) : face.top + 2 * face.height, max(0, left) : max(1, right)]
    return colour_table.frequencies(part, np.ones(part.shape, bool))


def _unlikeness(first: Plane | None, second: Plane) -> float:
    """Return 0 for the same colours to 1 for others."""
    return 0.0 if first is None else float(1 - np.sqrt(first * second).sum())
