"""Find possible subjects: faces, people, what moves, what stands out by its colours, and what the user points at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout import hint as things
from sora_nb.engines.cutout.masks import bounds, closed, filled, opened, size
from sora_nb.vision.faces import HEAD_SIDE, Face, faces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sora_nb.engines.base import Hint
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Box, Mask, Plane
    from sora_nb.engines.cutout.motion import Scene

MIN_FACE_SHARE = 0.4
"""Least height of a face, as part of what moves, for that to be a head and little else."""
MIN_FACE_SHARE_ALONE = 0.3
"""The same, where nothing moves below it."""


@dataclass(frozen=True)
class Candidate:
    """A possible main subject.

    Attributes:
        score: the higher the likelier; comparable within one clip only.
        frame: index of the picture it was found in.
        kind: "face", "cat", "person", "motion", "saliency" or "hint".
        prior: probability of each pixel of that picture to belong to it.
        box: where it is.
        again: priors of other pictures in which the same face was found, by their index.
        doubts: sentences for the user.
    """

    score: float
    frame: int
    kind: str
    prior: Plane
    box: Box
    again: Mapping[int, Plane] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


@cache
def _people_detector() -> cv2.HOGDescriptor:
    detector = cv2.HOGDescriptor()
    detector.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())
    return detector


def find(scene: Scene, evidence: Evidence, hint: Hint | None = None) -> list[Candidate]:
    """List possible main subjects, the likeliest first.

    Args:
        scene: the analysed pictures.
        evidence: what moves in them.
        hint: where the user says the subject is; then it is the only candidate.

    Raises:
        NoSubject: there is only background where the user points.
    """
    if hint is not None:
        return [_from_hint(scene, evidence, hint)]
    centre = _centre(*scene.shape)
    found = [
        *_moving(scene, evidence, centre),
        *_moving_on_the_spot(scene, evidence, centre),
        *_salient(scene, centre),
    ]
    found += [*_faces(scene, evidence, centre), *_people(scene, evidence, centre)]
    found.sort(key=lambda candidate: -candidate.score)
    found[:1] = [*_faces_in_motion(scene, found[0]), *found[:1]] if found else []
    return [_with_other_pictures(candidate, found) for candidate in found]


def _faces_in_motion(scene: Scene, candidate: Candidate) -> Iterator[Candidate]:
    """Find the face inside a moving region: of a person who talks, the head moves and the body hardly does."""
    if candidate.kind != "motion":
        return
    left, top, wide, tall = candidate.box
    margin = max(wide, tall) // 6
    x, y = max(0, left - margin), max(0, top - margin)
    window = np.s_[y : top + tall + margin, x : left + wide + margin]
    least = MIN_FACE_SHARE if top + tall > 0.9 * scene.shape[0] else MIN_FACE_SHARE_ALONE
    seen: list[tuple[int, Face]] = []
    nearest = sorted(range(len(scene)), key=lambda number: abs(number - candidate.frame))
    # neighbours look so much alike that every second picture tells the same
    for number in nearest[::2]:
        picture = scene.pictures[number][window]
        large = faces(picture, side=HEAD_SIDE, least=least * tall / min(picture.shape[:2]), views=("front", "cat"))
        if not large:
            continue
        face = max(large, key=lambda face: face.width)
        seen.append((number, face._replace(left=face.left + x, top=face.top + y)))
        pair = [(frame, other) for frame, other in seen if _same_face(seen[-1][1], other)]
        if len(pair) > 1:
            for frame, other in pair:
                yield _from_face(scene, candidate.score, frame, other)
            return


def _with_other_pictures(candidate: Candidate, found: Sequence[Candidate]) -> Candidate:
    """Add where the same face was found in other pictures."""
    if candidate.kind not in {"face", "cat"}:
        return candidate
    again = {
        other.frame: other.prior
        for other in found
        if other.kind == candidate.kind and _box_overlap(other.box, candidate.box) > 0.3
    }
    return replace(candidate, again=again)


def _centre(height: int, width: int) -> Plane:
    """Return a soft preference for the middle of the picture, 0 to 1."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(np.exp(-((columns / width - 0.5) ** 2 / 0.2 + (rows / height - 0.55) ** 2 / 0.3)), np.float32)


def _sample(plane: Plane, x: float, y: float) -> float:
    height, width = plane.shape
    return float(plane[int(np.clip(y, 0, height - 1)), int(np.clip(x, 0, width - 1))])


def _motion_inside(evidence: Evidence, frame: int, box: Box) -> float:
    left, top, width, height = box
    return float(np.clip(evidence.energy[frame][top : top + height, left : left + width].mean(), 0, 1))


def _faces(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """Faces that are seen in several pictures: a single one is more often a mistake than a face."""
    probes = np.unique(np.linspace(0, len(scene) - 1, 3).astype(int)).tolist()
    seen = {number: faces(scene.pictures[number]) for number in probes}
    height, width = scene.shape
    for number, found in seen.items():
        for face in found:
            support = sum(any(_same_face(face, other) for other in seen[probe]) for probe in probes) / len(probes)
            if support < 0.3 or face.left + face.width > width or face.top + face.height > height:
                continue
            share = face.width * face.height / (width * height)
            score = 1.6 * support * share**0.25 * (0.5 + _motion_inside(evidence, number, face[:4]))
            score *= _sample(centre, face.left + face.width / 2, face.top + face.height / 2) ** 0.5
            score *= 1.0 if face.view == "front" else 0.7
            yield _from_face(scene, score, number, face)


def _from_face(scene: Scene, score: float, number: int, face: Face) -> Candidate:
    """Make a candidate of the body that a detected face belongs to."""
    kind = "cat" if face.view == "cat" else "face"
    return Candidate(score, number, kind, _body_prior(face, *scene.shape), face[:4])


def _same_face(first: Face, second: Face) -> bool:
    apart_x = abs(first.left + first.width / 2 - second.left - second.width / 2)
    apart_y = abs(first.top + first.height / 2 - second.top - second.height / 2)
    alike = 0.6 < second.width / first.width < 1.6 and (first.view == "cat") == (second.view == "cat")
    return alike and apart_x < 0.9 * first.width and apart_y < 0.9 * first.height


def _body_prior(face: Face, height: int, width: int) -> Plane:
    """Draw where the body below a face would be: neck, shoulders, trunk; hair and ears above."""
    side, tall = face.width, face.height
    middle, top = face.left + side / 2, face.top
    columns = np.arange(width)[None, :]
    rows = np.arange(height)[:, None]
    prior = np.full((height, width), 0.04, np.float32)
    prior[(np.abs(columns - middle) < 0.75 * side) & (rows > top - 0.5 * tall)] = 0.18
    prior[(np.abs(columns - middle) < 2.2 * side) & (rows > top + 0.9 * tall)] = 0.18
    cat = face.view == "cat"
    neck, shoulder, drop, length = (0.6, 1.3, 1.8, 3.5) if cat else (0.5, 1.45, 1.9, 7.0)
    bottom = min(height, int(top + tall * length))
    trunk = [(neck, 0.8 if cat else 1.0), (shoulder, drop)]
    right = [(middle + side * x, top + tall * y) for x, y in trunk] + [(middle + side * shoulder, bottom)]
    outline = right + [(2 * middle - x, y) for x, y in reversed(right)]
    cv2.fillPoly(prior, [np.array(outline, np.int32)], 0.75)
    cv2.ellipse(prior, ((middle, top + tall * 0.42), (side * 1.2, tall * 1.6), 0), 0.82, -1)
    prior = np.asarray(cv2.GaussianBlur(prior, (0, 0), side * 0.1), np.float32)
    cv2.ellipse(prior, ((middle, top + tall * 0.5), (side * 0.72, tall * 1.0), 0), 0.99, -1)
    return prior


def _people(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """Upright people, seen whole."""
    height, width = scene.shape
    if min(height, width) < 140:
        return
    for number in np.unique(np.linspace(0, len(scene) - 1, 4).astype(int)[1:3]).tolist():
        boxes, weights = _people_detector().detectMultiScale(
            scene.pictures[number], hitThreshold=0.3, winStride=(8, 8), padding=(8, 8), scale=1.12
        )
        for box, weight in zip(boxes, np.ravel(weights), strict=True):
            left, top = max(0, int(box[0] + 0.14 * box[2])), max(0, int(box[1] + 0.06 * box[3]))
            wide, tall = min(int(0.72 * box[2]), width - left), min(int(0.88 * box[3]), height - top)
            if wide < 8 or tall < 16:
                continue
            place = (left, top, wide, tall)
            score = 0.55 * min(1.5, float(weight)) * (tall / height) ** 0.7
            score *= 0.2 + _motion_inside(evidence, number, place)
            score *= _sample(centre, left + wide / 2, top + tall / 2) ** 0.5
            yield Candidate(score, number, "person", _upright_prior(place, height, width), place)


def _upright_prior(box: Box, height: int, width: int) -> Plane:
    left, top, wide, tall = box
    middle = (left + wide / 2, top + tall / 2)
    prior = np.full((height, width), 0.03, np.float32)
    margin_x, margin_y = wide // 5, tall // 14
    cv2.rectangle(prior, (left - margin_x, top - margin_y), (left + wide + margin_x, top + tall + margin_y), 0.25, -1)
    cv2.ellipse(prior, (middle, (wide * 0.95, tall), 0), 0.62, -1)
    prior = np.asarray(cv2.GaussianBlur(prior, (0, 0), wide * 0.08), np.float32)
    cv2.ellipse(prior, ((middle[0], top + tall * 0.4), (wide * 0.35, tall * 0.5), 0), 0.9, -1)
    return prior


def _moving(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """What moves in single pictures."""
    gap = max(1, int(0.006 * max(scene.shape)))
    for number, odds in enumerate(evidence.log_odds):
        regions = closed(opened(odds > 0.3), gap)
        weights = np.minimum(evidence.energy[number], 1) * centre
        yield from _regions(regions, weights, number, "motion", most=6, least=0.0012, hole=0.25)


def _moving_on_the_spot(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """What moves on the spot over the whole clip."""
    if len(scene) < 4:
        return
    camera = scene.camera
    aligned = [camera.to_reference(np.minimum(plane, 1), number) for number, plane in enumerate(evidence.energy)]
    side = max(scene.shape)
    sum_ = cv2.GaussianBlur(np.mean(aligned, 0, dtype=np.float32), (0, 0), 0.008 * side)
    regions = closed(sum_ > max(0.06, 0.35 * float(np.quantile(sum_, 0.98))), max(2, int(0.015 * side)))
    for candidate in _regions(regions, 2.2 * sum_ * centre, camera.reference, "motion", most=3, least=0.004, hole=0.6):
        stays = 1.6 - 2.6 * _travel(aligned, candidate)
        yield replace(candidate, score=candidate.score * float(np.clip(stays, 0.15, 1)))


def _travel(aligned: Sequence[Plane], candidate: Candidate) -> float:
    """How far the motion's centre goes, in widths or heights of the candidate: a walker leaves a streak, not a shape."""
    left, top, width, height = candidate.box
    window = np.s_[top : top + height, left : left + width]
    shape = candidate.prior[window] > 0.3
    rows, columns = np.mgrid[0:height, 0:width]
    centres = []
    for plane in aligned:
        weights = plane[window] * shape
        total = float(weights.sum())
        if total > 20:
            centres.append(((weights * columns).sum() / total / width, (weights * rows).sum() / total / height))
    return float(np.ptp(np.array(centres), axis=0).max()) if len(centres) > 2 else 0.0


def _salient(scene: Scene, centre: Plane) -> Iterator[Candidate]:
    """The region whose colours are rare at the frame's border; the weakest of all reasons."""
    height, width = scene.shape
    number = scene.camera.reference
    cells = scene.flow.cells[number]
    border = np.ones((height, width), bool)
    border[int(height * 0.16) :, int(width * 0.16) : width - int(width * 0.16)] = False
    ratio = np.log(colour_table.frequencies(cells, ~border) / colour_table.frequencies(cells, border))
    contrast = cv2.GaussianBlur(np.clip(ratio, -1, 3)[cells], (0, 0), 4) * centre
    regions = closed(contrast > max(0.35, float(np.quantile(contrast, 0.85))), 4)
    for candidate in _regions(regions, contrast, number, "saliency", most=1, least=0.004, hole=0.25):
        strength = float(contrast[candidate.prior > 0.4].mean())
        yield replace(candidate, score=0.02 + 0.05 * strength)


def _regions(
    regions: Mask, weights: Plane, frame: int, kind: str, *, most: int, least: float, hole: float
) -> Iterator[Candidate]:
    """Turn the largest connected regions into candidates: compact, central, not touching the frame, not too large."""
    height, width = regions.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats(regions.astype(np.uint8))
    if count < 2:
        return
    for label in np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:most] + 1:
        left, top, wide, tall, area = (int(value) for value in stats[label])
        share = area / (width * height)
        if share < least:
            return
        shape = filled(labels == label, hole)
        touches = (left <= 2) + (left + wide >= width - 2) + (top <= 2)
        score = float(weights[shape].sum() / (width * height)) ** 0.5 * 0.6**touches * (1 if share < 0.5 else 0.25)
        box = (left, top, wide, tall)
        yield Candidate(score, frame, kind, _soft_prior(shape, box), box)


def _soft_prior(shape: Mask, box: Box) -> Plane:
    """Blur a shape into a prior that leaves room for parts it missed."""
    blurred = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), max(1.0, 0.03 * size(shape)))
    left, top, wide, tall = box
    near = np.zeros(shape.shape, np.float32)
    margin_x, margin_y = wide // 6 + 3, tall // 6 + 3
    cv2.rectangle(near, (left - margin_x, top - margin_y), (left + wide + margin_x, top + tall + margin_y), 0.12, -1)
    return np.asarray(np.maximum(0.8 * blurred + 0.02, near), np.float32)


def _from_hint(scene: Scene, evidence: Evidence, hint: Hint) -> Candidate:
    """Make a candidate of the thing that the user points at."""
    thing = things.find(scene, evidence, hint)
    place = bounds(thing.mask)
    return Candidate(1.0, thing.frame, "hint", _sure_prior(thing.mask), place, doubts=thing.doubts)


def _sure_prior(shape: Mask) -> Plane:
    """Blur a shape that is known well into a prior."""
    blurred = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), max(1.0, 0.02 * size(shape)))
    return np.asarray(0.94 * blurred + 0.02, np.float32)


def _box_overlap(first: Box, second: Box) -> float:
    across = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    down = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(0, across) * max(0, down)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)
