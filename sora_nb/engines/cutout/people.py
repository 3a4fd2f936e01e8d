"""Cut a person out: the face says where somebody is, a network what belongs to people, and both whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import close_look
from sora_nb.engines.cutout.held import holds
from sora_nb.engines.cutout.masks import dilated, eroded, filled, largest_part, opened, overlap, shows, size
from sora_nb.engines.cutout.scenery import pictured
from sora_nb.engines.cutout.segmentation import Segmentation, Signs, vote
from sora_nb.engines.cutout.tracks import follow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.base import Control, Hint
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Mask, Plane
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.tracks import Track

MIN_SEEN = 0.25
"""Least share of the pictures in which a face is seen."""
MOST_TRIED = 3
"""People who are tried, the likeliest first."""
BODY = (2.4, 1.2, 8.5)
"""How far a body may reach from the middle of its face: to each side, up and down, in widths of the face."""
FACE = (0.5, 0.6, 0.6)
"""The same of the face itself."""
SHOULDERS = 1.7
"""How far to each side somebody else who passes is looked for, in widths of the face."""
STILL_HIS = 0.15
"""Probability from which on what was his in the neighbouring picture stays his."""
MIN_CONFIDENCE = 0.8
"""Least mean probability inside the masks; below it the network does not know what it sees, as in very old films."""
MIN_AGREEMENT = 0.6
"""Least overlap of a mask with its neighbour's, moved along with the flow."""
MIN_FACE_COVERED = 0.7
"""Least part of the face that the mask covers."""
HOLDS = (
    "Something in a hand is cut out with the person, and stays in every scene: choose seconds with empty hands if it "
    "should not."
)
UNDECIDED = 0.2, 0.8
"""Probabilities between which the network says of a place neither that somebody is there nor that nobody is."""
AROUND = 0.15
"""How far around a mask that is asked, in sides of a square of its area."""
OURS, THEIRS, NOBODYS = 1, 2, 3
"""Labels of the watershed between people."""


@dataclass(frozen=True)
class Person:
    """Somebody whose face is seen in several pictures.

    Attributes:
        track: where the face is.
        others: the faces of everybody else.
        pictures: faces that are only pictures of one.
        score: the higher the likelier to be meant; comparable within one clip only.
    """

    track: Track
    others: tuple[Track, ...]
    pictures: tuple[Track, ...]
    score: float


def find(
    scene: Scene,
    hint: Hint | None = None,
    tracks: Sequence[Track] | None = None,
    pictures: Sequence[Track] | None = None,
) -> list[Person]:
    """List the people of a clip, the likeliest first: near, in the middle, and seen all the time.

    A face in the scenery, such as a poster's, is nobody unless the user points at the face itself.

    Args:
        scene: the sampled pictures.
        hint: where the user says the subject is; nobody else is listed then.
        tracks: what follow() returned, where that is at hand.
        pictures: what pictured() returned for them, where that is at hand.
    """
    tracks = follow(scene) if tracks is None else tracks
    pictures = pictured(scene, tracks) if pictures is None else pictures
    found = []
    for track in tracks:
        if len(track.faces) < _least(scene, track) or (hint is not None and not _is_meant(scene, track, hint)):
            continue
        if track in pictures and (hint is None or not _is_meant(scene, track, hint, FACE)):
            continue
        others = tuple(other for other in tracks if other is not track)
        found.append(Person(track, others, tuple(pictures), _importance(scene, track)))
    return sorted(found, key=lambda person: -person.score)


def _least(scene: Scene, track: Track) -> int:
    """In how many pictures a face must be seen."""
    if len(scene) < 3:
        return 1
    return 2 if track.every > 2 else max(2, round(MIN_SEEN * len(scene) / track.every))


def _importance(scene: Scene, track: Track) -> float:
    height, width = scene.shape
    x, y, side = np.median([track.place(number) for number in track.faces], axis=0)
    middle = float(np.exp(-((x / width - 0.5) ** 2 / 0.25 + (y / height - 0.4) ** 2 / 0.5)))
    return float(side / min(height, width)) * middle * track.seen(len(scene)) ** 0.5


def _is_meant(scene: Scene, track: Track, hint: Hint, reach: tuple[float, float, float] = BODY) -> bool:
    """Whether the hint may mean this person: a box that holds the face, or a point within reach of its middle."""
    height, width = scene.shape
    point = hint.left == hint.right or hint.top == hint.bottom
    for number in track.faces:
        x, y, side = track.place(number)
        if not point:
            if hint.left < x / width < hint.right and hint.top < y / height < hint.bottom:
                return True
        else:
            across, down = (hint.left * width - x) / side, (hint.top * height - y) / side
            if abs(across) < reach[0] and -reach[1] < down < reach[2]:
                return True
    return False


def segment(
    footage: Footage, scene: Scene, people: Sequence[Person], control: Control, hint: Hint | None = None
) -> tuple[Person, Segmentation] | None:
    """Cut out the likeliest person whom the network is sure of; None where it is not, or where the hint is on nobody.

    Args:
        footage: the sampled pictures.
        scene: what was measured in them.
        people: what find() lists.
        control: for progress and cancellation.
        hint: a point must lie on the person.
    """
    for tried, person in enumerate(people[:MOST_TRIED]):
        begin, end = (0.12 + 0.16 * (tried + part) / MOST_TRIED for part in (0, 1))
        masks, planes = _Following(footage, scene, person).run(control, begin, end)
        signs = _signs(scene, person, masks, planes)
        if hint is not None and not _holds(masks, hint):
            continue
        if signs.probability < MIN_CONFIDENCE or signs.agreed < MIN_AGREEMENT or signs.face < MIN_FACE_COVERED:
            continue
        drafts = vote(scene, masks)
        fine = []
        for number, (mask, plane) in enumerate(zip(drafts, planes, strict=True)):
            control.step(0.3 + 0.4 * number / len(masks), "cutting out")
            fine.append(close_look.refined(footage, number, mask, plane))
        doubts = (HOLDS,) if holds(scene, fine, person.track.faces) else ()
        return person, Segmentation(tuple(fine), tuple(drafts), None, doubts, signs=signs, faces=person.track.faces)
    return None


def _holds(masks: Sequence[Mask], hint: Hint) -> bool:
    """Whether a hint lies on the person in some picture: a point inside the mask, or a box with much of it."""
    height, width = masks[0].shape
    left, right = (int(np.clip(value * width, 0, width - 1)) for value in (hint.left, hint.right))
    top, bottom = (int(np.clip(value * height, 0, height - 1)) for value in (hint.top, hint.bottom))
    return any(mask[top : bottom + 1, left : right + 1].mean() > 0.2 for mask in masks)


def _signs(scene: Scene, person: Person, masks: Sequence[Mask], planes: Sequence[Plane]) -> Signs:
    """Measure how sure the network is, how steady the masks are, and whether the face is in them."""
    sure = [float(plane[mask].mean()) if mask.any() else 0.0 for mask, plane in zip(masks, planes, strict=True)]
    decided = [_decided(mask, plane) for mask, plane in zip(masks, planes, strict=True)]
    steady = [
        overlap(masks[number], scene.flow.warp(masks[number + 1].astype(np.float32), number, number + 1) > 0.5)
        for number in range(len(masks) - 1)
    ]
    covered = []
    for number in person.track.faces:
        x, y, side = (int(value) for value in person.track.place(number))
        part = masks[number][max(0, y - side // 3) : y + side // 3, max(0, x - side // 3) : x + side // 3]
        covered.append(float(part.mean()) if part.size else 0.0)
    return Signs(
        probability=float(np.median(sure)),
        agreed=float(np.median(steady)) if steady else 1.0,
        face=float(np.median(covered)),
        seen=person.track.seen(len(masks)),
        decided=float(np.mean(decided)),
    )


def _decided(mask: Mask, plane: Plane) -> float:
    """Return 1 less the area in and around a mask where the network leans neither way, by that of the mask."""
    if not mask.any():
        return 0.0
    least, most = UNDECIDED
    undecided = (plane > least) & (plane < most) & dilated(mask, max(3, int(AROUND * size(mask))))
    return max(0.0, 1 - float(np.count_nonzero(undecided) / np.count_nonzero(mask)))


class _Following:
    """Follows one person from the picture with the clearest face, forwards, then backwards."""

    def __init__(self, footage: Footage, scene: Scene, person: Person) -> None:
        self._footage = footage
        self._scene = scene
        self._person = person
        self._masks: dict[int, Mask] = {}
        self._planes: dict[int, Plane] = {}
        self._theirs: dict[int, Mask] = {}

    def run(self, control: Control, begin: float, end: float) -> tuple[list[Mask], list[Plane]]:
        """Return a mask, and the network's probabilities, for each picture; progress runs from `begin` to `end`."""
        for done, (number, neighbour) in enumerate(self._order()):
            control.step(begin + (end - begin) * done / len(self._scene), "following the person")
            self._take(number, neighbour)
        numbers = range(len(self._scene))
        return [self._masks[number] for number in numbers], [self._planes[number] for number in numbers]

    def _order(self) -> Iterator[tuple[int, int | None]]:
        seen = self._person.track.faces
        centre = len(self._scene) / 2
        first = max(seen, key=lambda number: seen[number].score * seen[number].width - 0.1 * abs(number - centre))
        yield first, None
        yield from ((number, number - 1) for number in range(first + 1, len(self._scene)))
        yield from ((number, number + 1) for number in range(first - 1, -1, -1))

    def _take(self, number: int, neighbour: int | None) -> None:
        """Look at the person, and again where more of him may lie outside what was looked at."""
        carried = None
        shape = self._scene.shape
        theirs = np.zeros(shape, bool)
        if neighbour is not None:
            carried, theirs = (
                self._scene.flow.warp(masks[neighbour].astype(np.float32), number, neighbour) > 0.5
                for masks in (self._masks, self._theirs)
            )
        self._theirs[number] = theirs
        expected = self._face(number) if carried is None else carried | self._face(number)
        if carried is None or not carried.any():
            whole = close_look.ask(self._footage, shape, number, (0, 0, shape[1], shape[0]))
            mask = self._own(number, whole, None)
            expected = mask | expected
            if mask.sum() < 4 * self._face(number).sum():
                expected = self._body(number)
        mask, plane = expected, np.zeros(shape, np.float32)
        for _ in range(3 if carried is None else 2):
            box = close_look.around(mask | self._face(number), shape)
            plane = close_look.ask(self._footage, shape, number, box)
            mask = self._own(number, plane, carried)
            if not mask.any() or not close_look.reaches(mask, box):
                break
        self._masks[number], self._planes[number] = mask, plane

    def _place(self, track: Track, number: int) -> tuple[float, float, float] | None:
        """Return where a face is in a picture, or None where it was not seen shortly before or after."""
        near = [abs(number - other) for other in track.faces]
        return track.place(number) if min(near) <= max(2, track.every) else None

    def _face(self, number: int) -> Mask:
        """Return where the person's face is, as far as it is seen."""
        shape = np.zeros(self._scene.shape, np.uint8)
        place = self._place(self._person.track, number)
        if place:
            cv2.ellipse(shape, ((place[0], place[1]), (0.7 * place[2], 0.9 * place[2]), 0), 1, -1)
        return shape > 0

    def _body(self, number: int) -> Mask:
        """Return the region in which the body below the face may be."""
        x, y, side = self._person.track.place(number)
        shape = np.zeros(self._scene.shape, bool)
        left, top = max(0, int(x - BODY[0] * side)), max(0, int(y - BODY[1] * side))
        shape[top : int(y + BODY[2] * side), left : int(x + BODY[0] * side)] = True
        return shape

    def _own(self, number: int, plane: Plane, carried: Mask | None) -> Mask:
        """Return which part of all people is this person."""
        everybody = plane > 0.5
        if carried is not None:
            everybody |= carried & (plane > STILL_HIS)
        face = self._face(number)
        ours = self._apart(number, everybody, carried)
        if not ours.any():
            return ours
        main = largest_part(ours, face if (ours & face).any() else carried)
        if carried is not None:
            # an arm or a leg that something hides in part was his before
            count, labels = cv2.connectedComponents(ours.astype(np.uint8), connectivity=4)
            for label in range(1, count):
                part = labels == label
                if (part & carried).sum() > 0.5 * part.sum():
                    main |= part
        return filled(main, 0.03)

    def _rivals(self, number: int, everybody: Mask) -> list[tuple[float, tuple[float, float, float]]]:
        """Return how near everybody else is, and where the face is."""
        rivals = []
        for other in self._person.others:
            place = self._place(other, number)
            if place is not None and shows(everybody, place):
                # a picture of somebody hangs behind everybody, however large it is
                rivals.append((0.0 if other in self._person.pictures else place[2], place))
        return rivals

    def _apart(self, number: int, everybody: Mask, carried: Mask | None) -> Mask:
        """Divide people who touch each other: a watershed from their heads and chests, and from where each was before."""
        near = dilated(everybody, 3)
        rivals = self._rivals(number, near)
        if not rivals:
            return everybody
        mine = self._place(self._person.track, number)
        # what is far from all of them was taken for theirs while somebody passed
        beside = np.zeros(everybody.shape, bool)
        for _, (x, _, side) in rivals:
            beside[:, max(0, int(x - SHOULDERS * side)) : max(0, int(x + SHOULDERS * side))] = True
        labels = np.zeros(everybody.shape, np.int32)
        nearness = (mine or self._person.track.place(number))[2]
        for near_by, place in rivals:
            if near_by < nearness:
                _seed_chest(labels, place, THEIRS)
        # who is nearer hides who is farther away: where somebody was before, only what is nearer takes from him
        if carried is not None:
            for mask, label in ((self._theirs[number] & beside, THEIRS), (carried, OURS)):
                labels[eroded(mask, max(2, int(0.06 * size(mask)))) & everybody] = label
        seeds = [(near_by, place, THEIRS) for near_by, place in rivals]
        if mine:
            seeds.append((nearness, mine, OURS))
        for near_by, place, label in sorted(seeds):
            _seed_head(labels, place, label)
            if near_by >= nearness:
                _seed_chest(labels, place, label)
        labels[~near] = NOBODYS
        cv2.watershed(self._scene.pictures[number], labels)
        self._theirs[number] = everybody & (labels == THEIRS) & beside
        return opened(everybody & ~dilated(self._theirs[number], 1), 1)


def _seed_head(labels: NDArray[np.int32], place: tuple[float, float, float], label: int) -> None:
    x, y, side = place
    cv2.ellipse(labels, ((x, y), (0.8 * side, 1.1 * side), 0), label, -1)


def _seed_chest(labels: NDArray[np.int32], place: tuple[float, float, float], label: int) -> None:
    x, y, side = place
    chest = (int(x - 0.45 * side), int(y + 0.5 * side)), (int(x + 0.45 * side), int(y + 1.9 * side))
    cv2.rectangle(labels, *chest, label, -1)
