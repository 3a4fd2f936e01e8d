"""Look at a clip before anybody is cut out of it: who stands out, with a box in its first picture, or in that of their coming."""

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
    from sora_nb.engines.cutout.tracks import Track

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
TOGETHER = 0.25
"""Share of the smaller one's box that is once in the other one's, from which on what moves side by side may be one creature."""
BESIDE = 0.15
"""Widest gap between the boxes of one creature's parts, in parts of the smaller one's size."""
MOSTLY = 0.6
"""Share of the pictures with both in which the gap is no wider: who only passes somebody is another one."""
INSIDE = 0.6
"""Share of a box that is in a person's, from which on it is a part of that person."""
WIDEST = (9.0, 14.0)
"""Most width and height of what moves around a face, in widths of the face: waves are no part of who bathes."""
EDGE = 2
"""Pixels at the picture's border; who is nearer is just coming."""
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

    def join(self, other: _Course) -> None:
        """Take another course for a part of this one."""
        for number, box in other.boxes.items():
            self.boxes[number] = _union(self.boxes.get(number, box), box)
        self.score = max(self.score, other.score)

    def hold(self, part: _Course) -> None:
        """Take in a course that is inside this one a picture earlier or later: where it is, all of this one is, too."""
        own = dict(self.boxes)
        for number, box in part.boxes.items():
            near = min(own, key=lambda at: abs(at - number))
            if abs(near - number) <= OUT_OF_SIGHT:
                self.boxes[number] = _union(own[near], box)
        self.score = max(self.score, part.score)


class CutoutLook:
    """A look at a clip; see base.Look.

    Args:
        analysis: what was measured in it.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def picture(self, time: float) -> Rgb:
        """Return the picture of a second, RGB."""
        times = self._analysis.footage.times
        return self._analysis.footage.work[min(range(len(times)), key=lambda number: abs(times[number] - time))]

    @cached_property
    def _evidence(self) -> Evidence:
        """What moves."""
        return moving_evidence(self._analysis.scene)

    @cached_property
    def subjects(self) -> tuple[Found, ...]:
        """Who stands out, the likeliest first: faces, then what moves, else the rarest colours.

        Each has the box of the first picture, or, who comes later, that of the first picture that shows all of it.
        """
        scene, times = self._analysis.scene, self._analysis.footage.times
        found = candidates.find(scene, self._evidence)
        courses = _joined(_courses([candidate for candidate in found if candidate.kind == "motion"]))
        moving = [*_seen(scene, courses, len(scene))]
        people_found = people.find(scene, tracks=self._analysis.tracks, pictures=self._analysis.pictures)
        tracks = [(one.track, one.score) for one in people_found]
        # of who comes later the motion tells more, where there is some: a face is often seen late
        tracks = [(track, score) for track, score in tracks if not _since(track) or not _moves(track, courses)]
        listed: list[tuple[str, float, Box, int]] = []
        for track, score in tracks:
            first = _since(track)
            others = [other.place(first) for other, _ in tracks if other is not track and _since(other) <= first]
            beside = [box for box, _, number in moving if number == first]
            # somebody whose face is seen comes before all that only moves
            listed.append(("face", 1 + score, _around(track.place(first), others, beside, scene), first))
        whole = [(box, first) for _, _, box, first in listed]
        listed += [
            ("motion", score, box, number)
            for box, score, number in moving
            if not any(_holds(box, track.place(number)) for track, _ in tracks if _since(track) <= number)
            and not any(number == first and _inside(box, other) > INSIDE for other, first in whole)
        ]
        if not listed:
            listed = [(one.kind, one.score, _resting(scene, one), 0) for one in found if one.kind == "saliency"]
        listed.sort(key=lambda one: -one[1])
        return tuple(
            Found(kind, round(score, 3), extraction.normalized(box, scene.shape), times[number])
            for kind, score, box, number in listed[:MOST]
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


def _joined(courses: Sequence[_Course]) -> list[_Course]:
    """Join the courses of what goes along with each other: a head and a tail that move are one creature."""
    joined: list[_Course] = []
    for course in sorted(courses, key=lambda one: -len(one.boxes)):
        holder = next((one for one in joined if _is_part(one, course)), None)
        whole = next((one for one in joined if _go_together(one, course)), None)
        if holder is not None:
            holder.hold(course)
        elif whole is not None:
            whole.join(course)
        else:
            joined.append(course)
    return joined


def _go_together(one: _Course, other: _Course) -> bool:
    both = one.boxes.keys() & other.boxes.keys()
    if len(both) < LEAST_SEEN:
        return False
    pairs = [(one.boxes[number], other.boxes[number]) for number in both]
    if max(max(_inside(*pair), _inside(*pair[::-1])) for pair in pairs) < TOGETHER:
        return False
    return sum(_gap(*pair) <= BESIDE for pair in pairs) >= MOSTLY * len(pairs)


def _is_part(one: _Course, other: _Course) -> bool:
    """Whether a course is inside another one, if not at the time: legs are often found apart from a body that has them a picture later."""
    held = [
        any(_inside(box, one.boxes[near]) > INSIDE for near in one.boxes if abs(near - number) <= OUT_OF_SIGHT)
        for number, box in other.boxes.items()
    ]
    return sum(held) >= MOSTLY * len(held)


def _seen(scene: Scene, courses: Sequence[_Course], pictures: int) -> Iterator[tuple[Box, float, int]]:
    """Yield the box and score of each course, and the picture in which it has that: the first, or that of its coming."""
    seen = [course for course in courses if len(course.boxes) >= min(LEAST_SEEN, pictures)]
    best = max((course.score for course in seen), default=0.0)
    seen = sorted(
        (course for course in seen if course.score >= LEAST_SCORE * best), key=lambda course: min(course.boxes)
    )
    for course in seen:
        first = min(course.boxes)
        there, before = (_moved(scene, course.boxes[number], number) for number in (course.last, first))
        rested = first > OUT_OF_SIGHT and overlap_of_boxes(there, before) > STAYS
        number = 0 if first <= OUT_OF_SIGHT or rested else _come(course, scene)
        box = before if rested else course.boxes[number or first]
        if first > OUT_OF_SIGHT:  # or is it a part of somebody who is there?
            rest = [other for other in seen if other is not course and min(other.boxes) < first]
            places = [place for other in rest for n, place in other.boxes.items() if rested or n == number]
            if any(_inside(box, place) > INSIDE for place in places):
                continue
        yield box, course.score, number


def _come(course: _Course, scene: Scene) -> int:
    """Return the first picture in which all of who comes is there; the one with the largest box, where it never is."""
    height, width = scene.shape
    inside = [
        number
        for number, (left, top, wide, tall) in course.boxes.items()
        if min(left, top) > EDGE and left + wide < width - EDGE and top + tall < height - EDGE
    ]
    return (
        min(inside)
        if inside
        else max(course.boxes, key=lambda number: course.boxes[number][2] * course.boxes[number][3])
    )


def _moves(track: Track, courses: Sequence[_Course]) -> bool:
    """Whether something moves where a face is first seen."""
    first = min(track.faces)
    return any(first in course.boxes and _holds(course.boxes[first], track.place(first)) for course in courses)


def _since(track: Track) -> int:
    """Return the picture from which on somebody is there: the first one, where the face was only missed for a moment."""
    first = min(track.faces)
    return 0 if first <= max(OUT_OF_SIGHT, track.every) else first


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
    side = place[2]
    own = [box for box in moving if _holds(box, place) and box[2] <= WIDEST[0] * side and box[3] <= WIDEST[1] * side]
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


def _union(one: Box, other: Box) -> Box:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right, bottom = max(one[0] + one[2], other[0] + other[2]), max(one[1] + one[3], other[1] + other[3])
    return left, top, right - left, bottom - top


def _inside(box: Box, other: Box) -> float:
    """Return which share of a box is in another one."""
    across, down = (
        max(0, min(box[side] + box[side + 2], other[side] + other[side + 2]) - max(box[side], other[side]))
        for side in (0, 1)
    )
    return across * down / (box[2] * box[3])


def _gap(one: Box, other: Box) -> float:
    """Return how far apart two boxes are, in parts of the smaller one's mean side."""
    apart = max(max(one[n], other[n]) - min(one[n] + one[n + 2], other[n] + other[n + 2]) for n in (0, 1))
    return max(0, apart) / min(sum(box[2:]) / 2 for box in (one, other))
