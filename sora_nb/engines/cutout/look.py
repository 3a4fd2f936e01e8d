"""Look at a clip before anybody is cut out of it: who stands out, with a box in its first picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.base import Found
from sora_nb.engines.cutout import candidates, extraction, people
from sora_nb.engines.cutout.masks import bounds, overlap_of_boxes
from sora_nb.engines.cutout.segmentation import moving_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sora_nb.engines.base import Control, Hint, Preview
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.candidates import Candidate
    from sora_nb.engines.cutout.extraction import Analysis
    from sora_nb.engines.cutout.masks import Box, Rgb
    from sora_nb.engines.cutout.motion import Scene

MOST = 9
"""Subjects that are listed: one digit names each."""
SAME = 0.3
"""Least overlap of the boxes of one subject in neighbouring pictures."""
OUT_OF_SIGHT = 3
"""Pictures for which a subject may be missed."""
LEAST_SEEN = 3
"""Pictures in which something must move to be somebody."""
LEAST_SCORE = 0.25
"""Least score, as part of the best one's."""
STAYS = 0.5
"""Overlap of its first and last box from which on what moves stays where it is."""
BUST = (1.3, 0.9, 3.0)
"""How far from the middle of a face its person is boxed, to each side, up and down, in widths of the face."""
HEAD = (0.6, 0.8, 0.7)
"""The same, where somebody else's face is near."""


@dataclass
class _Course:
    """What moves, picture by picture."""

    boxes: dict[int, Box] = field(default_factory=dict)
    score: float = 0.0

    def take(self, candidate: Candidate) -> None:
        if candidate.frame not in self.boxes or candidate.score > self.score:
            self.boxes[candidate.frame] = candidate.box
        self.score = max(self.score, candidate.score)

    @property
    def last(self) -> int:
        return max(self.boxes)


class CutoutLook:
    """A look at a clip; see base.Look.

    Args:
        analysis: what was measured in it.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    @property
    def picture(self) -> Rgb:
        """The first picture, in which the subjects have their boxes."""
        return self._analysis.footage.work[0]

    @cached_property
    def _evidence(self) -> Evidence:
        """What moves."""
        return moving_evidence(self._analysis.scene)

    @cached_property
    def subjects(self) -> tuple[Found, ...]:
        """Who stands out in the first picture, the likeliest first: faces, then what moves, else the rarest colours."""
        scene, time = self._analysis.scene, self._analysis.footage.times[0]
        found = candidates.find(scene, self._evidence)
        moving = [candidate for candidate in found if candidate.kind == "motion"]
        courses = dict(_at_first(scene, _courses(moving), len(scene)))
        listed: list[tuple[str, float, Box]] = []
        faces = [
            (person.score, person.track.place(0))
            for person in people.find(scene, tracks=self._analysis.tracks)
            if min(person.track.faces) <= max(OUT_OF_SIGHT, person.track.every)
        ]
        for score, place in faces:
            others = [other for _, other in faces if other != place]
            # somebody whose face is seen comes before all that only moves
            listed.append(("face", 1 + score, _around(place, others, list(courses), scene)))
        listed += [
            ("motion", score, box)
            for box, score in courses.items()
            if not any(_holds(box, place) for _, place in faces)
        ]
        if not listed:
            listed = [(one.kind, one.score, _resting(scene, one)) for one in found if one.kind == "saliency"]
        listed.sort(key=lambda one: -one[1])
        return tuple(
            Found(kind, round(score, 3), extraction.normalized(box, scene.shape), time)
            for kind, score, box in listed[:MOST]
        )

    def preview(self, control: Control, hint: Hint | None = None) -> Preview:
        """Cut a subject out as extract() would, and show one picture of it; see base.Look."""
        return extraction.preview(self._analysis, self._evidence, control, hint)


def _courses(moving: Sequence[Candidate]) -> list[_Course]:
    """Join what moves in single pictures to courses, by the places."""
    courses: list[_Course] = []
    for candidate in sorted(moving, key=lambda one: (one.frame, -one.score)):
        near = [
            (overlap_of_boxes(course.boxes[course.last], candidate.box), number)
            for number, course in enumerate(courses)
            if candidate.frame - course.last <= OUT_OF_SIGHT
        ]
        best, number = max(near, default=(0.0, 0))
        if best < SAME:
            number = len(courses)
            courses.append(_Course())
        courses[number].take(candidate)
    return courses


def _at_first(scene: Scene, courses: Sequence[_Course], pictures: int) -> Iterator[tuple[Box, float]]:
    """Yield the box and score of each course in the first picture; of what comes later, only if it rested there before."""
    seen = [course for course in courses if len(course.boxes) >= min(LEAST_SEEN, pictures)]
    best = max((course.score for course in seen), default=0.0)
    for course in seen:
        if course.score < LEAST_SCORE * best:
            continue
        first = min(course.boxes)
        if first <= OUT_OF_SIGHT:
            yield course.boxes[first], course.score
            continue
        there, before = (_moved(scene, course.boxes[number], number) for number in (course.last, first))
        if overlap_of_boxes(there, before) > STAYS:
            yield before, course.score


def _resting(scene: Scene, candidate: Candidate) -> Box:
    """Return the box that something at rest has in the first picture."""
    return _moved(scene, candidate.box, candidate.frame)


def _moved(scene: Scene, box: Box, number: int) -> Box:
    """Return where something at rest that has a box in a picture is in the first one, as the camera moves."""
    left, top, wide, tall = box
    shape = np.zeros(scene.shape, np.uint8)
    shape[top : top + tall, left : left + wide] = 1
    there = scene.camera.from_reference(scene.camera.to_reference(shape, number), 0) > 0
    return bounds(there) if there.any() else box


def _around(
    place: tuple[float, float, float], others: Sequence[tuple[float, float, float]], moving: Sequence[Box], scene: Scene
) -> Box:
    """Return the box of the person with a face: what moves there, or a bust, or the head where others are near."""
    own = [box for box in moving if _holds(box, place)]
    for box in [*own, _box(place, BUST, scene)]:
        if not any(_holds(box, other) for other in others):
            return box
    return _box(place, HEAD, scene)


def _box(place: tuple[float, float, float], reach: tuple[float, float, float], scene: Scene) -> Box:
    x, y, side = place
    height, width = scene.shape
    left, right = max(0, int(x - reach[0] * side)), min(width, int(x + reach[0] * side))
    top, bottom = max(0, int(y - reach[1] * side)), min(height, int(y + reach[2] * side))
    return left, top, max(1, right - left), max(1, bottom - top)


def _holds(box: Box, place: tuple[float, float, float]) -> bool:
    left, top, wide, tall = box
    return left <= place[0] <= left + wide and top <= place[1] <= top + tall
