"""Find possible subjects: what moves, what stands out by its colours, and what the user points at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout import hint as things
from sora_nb.engines.cutout.masks import bounds, closed, filled, opened, overlap_of_boxes, size, window_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sora_nb.engines.base import Hint
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Box, Mask, Plane
    from sora_nb.engines.cutout.motion import Scene


MOST_MOVING = 9
"""Regions of one picture, the largest first, that are looked at as possible subjects: a few friends who walk, not a crowd."""
EARLY = 3
"""Pictures, the first ones, in one of which what is in the box of a hint has to move: the box is one of the first."""
SAME_BOX = 0.75
"""Least overlap of that box and of the box of what moves, for the two to mean the same."""


@dataclass(frozen=True)
class Candidate:
    """A possible main subject.

    Attributes:
        score: the higher the likelier; comparable within one clip only.
        frame: index of the picture it was found in.
        kind: "motion", "saliency" or "hint".
        box: where it is.
        shape: its pixels in the box.
        picture: height and width of the whole picture.
        doubts: sentences for the user.
    """

    score: float
    frame: int
    kind: str
    box: Box
    shape: Mask
    picture: tuple[int, int]
    doubts: tuple[str, ...] = ()

    @cached_property
    def prior(self) -> Plane:
        """Probability of each pixel of the picture to belong to it; made when first asked for, as few are."""
        left, top, wide, tall = self.box
        whole = np.zeros(self.picture, np.float32)
        whole[top : top + tall, left : left + wide] = self.shape
        return _sure_prior(whole) if self.kind == "hint" else _soft_prior(whole, self.box)


def find(scene: Scene, evidence: Evidence, hint: Hint | None = None) -> list[Candidate]:
    """List possible main subjects, the likeliest first.

    Args:
        scene: the analysed pictures.
        evidence: what moves in them.
        hint: where the user says the subject is; then it is the only candidate.

    Raises:
        NoSubject: there is only background where the user points.
    """
    centre = _centre(*scene.shape)
    if hint is not None:
        seen = _boxed(_moving(scene, evidence, centre), scene, hint)
        return [_from_hint(scene, evidence, hint) if seen is None else seen]
    found = [
        *_moving(scene, evidence, centre),
        *_moving_on_the_spot(scene, evidence, centre),
        *_salient(scene, centre),
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def _centre(height: int, width: int) -> Plane:
    """Return a soft preference for the middle of the picture, 0 to 1."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.asarray(np.exp(-((columns / width - 0.5) ** 2 / 0.2 + (rows / height - 0.55) ** 2 / 0.3)), np.float32)


def _moving(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """What moves in single pictures."""
    gap = max(1, int(0.006 * max(scene.shape)))
    for number, odds in enumerate(evidence.log_odds):
        regions = closed(opened(odds > 0.3), gap)
        weights = np.minimum(evidence.energy[number], 1) * centre
        yield from _regions(regions, weights, number, "motion", most=MOST_MOVING, least=0.0012, hole=0.25)


def _moving_on_the_spot(scene: Scene, evidence: Evidence, centre: Plane) -> Iterator[Candidate]:
    """What moves on the spot over the whole clip."""
    if len(scene) < 4:
        return
    camera = scene.camera
    aligned = [camera.to_reference(np.minimum(plane, 1), number) for number, plane in enumerate(evidence.energy)]
    side = max(scene.shape)
    mean = reduce(np.add, aligned) / np.float32(len(aligned))
    sum_ = cv2.GaussianBlur(mean, (0, 0), 0.008 * side)
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
        # of foliage and other lace nothing is left above any threshold
        strength = float(np.average(contrast, weights=candidate.prior))
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
        window = np.s_[top : top + tall, left : left + wide]
        shape = filled(labels[window] == label, hole)
        touches = (left <= 2) + (left + wide >= width - 2) + (top <= 2)
        moves = float(weights[window][shape].sum() / (width * height))
        score = moves**0.5 * 0.6**touches * (1 if share < 0.5 else 0.25)
        yield Candidate(score, frame, kind, (left, top, wide, tall), shape, (height, width))


def _soft_prior(shape: Plane, box: Box) -> Plane:
    """Blur a shape into a prior that leaves room for parts it missed."""
    blurred = cv2.GaussianBlur(shape, (0, 0), max(1.0, 0.03 * size(shape > 0)))
    left, top, wide, tall = box
    near = np.zeros(shape.shape, np.float32)
    margin_x, margin_y = wide // 6 + 3, tall // 6 + 3
    cv2.rectangle(near, (left - margin_x, top - margin_y), (left + wide + margin_x, top + tall + margin_y), 0.12, -1)
    return np.asarray(np.maximum(0.8 * blurred + 0.02, near), np.float32)


def _boxed(moving: Iterable[Candidate], scene: Scene, hint: Hint) -> Candidate | None:
    """Return what moves in the box of a hint, early in the clip, and fills it: its motion tells more than the box does."""
    height, width = scene.shape
    box = hint.left * width, hint.top * height, (hint.right - hint.left) * width, (hint.bottom - hint.top) * height
    early = [(overlap_of_boxes(box, one.box), one) for one in moving if one.frame < EARLY]
    share, best = max(early, key=lambda pair: pair[0], default=(0.0, None))
    return best if share > SAME_BOX else None


def _from_hint(scene: Scene, evidence: Evidence, hint: Hint) -> Candidate:
    """Make a candidate of the thing that the user points at."""
    thing = things.find(scene, evidence, hint)
    box = bounds(thing.mask)
    shape = thing.mask[window_of(thing.mask)]
    return Candidate(1.0, thing.frame, "hint", box, shape, scene.shape, doubts=thing.doubts)


def _sure_prior(shape: Plane) -> Plane:
    """Blur a shape that is known well into a prior."""
    blurred = cv2.GaussianBlur(shape, (0, 0), max(1.0, 0.02 * size(shape > 0)))
    return np.asarray(0.94 * blurred + 0.02, np.float32)
