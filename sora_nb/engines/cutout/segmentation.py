"""Segment the subject in each picture by motion, colour and the neighbour's mask, and cut along edges."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines import memory
from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.background import discount_scenery, first_evidence, restore_still_parts, second_evidence
from sora_nb.engines.cutout.completion import complete
from sora_nb.engines.cutout.masks import bounds, closed, filled, largest_part, opened, overlap, size, window_of
from sora_nb.engines.cutout.matting import GuidedFilter, to_float
from sora_nb.engines.cutout.still_parts import (
    CLEARLY_FOREIGN_ODDS,
    FOREIGN_ODDS,
    THIN,
    colour_tables,
    prune,
    soften_odds,
    still_parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.base import Control
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.candidates import Candidate
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.vision.faces import Face

MOTION_TRUST = {"hint": 0.6, "motion": 1.0, "saliency": 0.4}
"""Weight of motion in the first pass, by what found the subject: what was found by motion moves."""
MIN_MOVING = 0.35
"""Least part of a thing that must move for its motion to tell where it is."""
MIN_AGREED = 0.5
"""Least overlap of what motion finds with the thing that the user points at."""


@dataclass(frozen=True)
class Effort:
    """How carefully to segment.

    Attributes:
        side: longer side in pixels of the region around the subject.
        rounds: how often colours and mask are estimated from each other.
        cuts: iterations of GrabCut at the end, 0 for none.
    """

    side: int
    rounds: int
    cuts: int


COARSE = Effort(side=160, rounds=2, cuts=0)
FINE = Effort(side=256, rounds=3, cuts=1)


@dataclass(frozen=True)
class Signs:
    """How far the masks of a person can be trusted, each 0 to 1.

    Attributes:
        probability: mean of the network's own inside the masks.
        agreed: overlap of each mask with the next one, moved along with the flow.
        face: part of the face that the masks cover.
        seen: share of the pictures in which the face is seen.
        decided: 1 less the area in and around the masks where the network leans neither way, by that of the masks.
    """

    probability: float
    agreed: float
    face: float
    seen: float
    decided: float


@dataclass(frozen=True)
class Segmentation:
    """Masks of one subject.

    Attributes:
        masks: one for each sampled picture.
        drafts: the masks of the first pass.
        evidence: what motion said in the second pass; None where a person was found by the face.
        doubts: sentences for the user.
        signs: what else speaks for the masks of a person; None where motion decided.
        seconded: how far the network finds the same, 0 to 1; told by second_opinion() only.
        merged: whether the masks are only a part: the network is sure of something far larger that they are in, or they show
            hardly more than a face; set after segment() only.
        faces: the face of a person, by the number of the picture it is seen in; in pixels of the analysed picture.
    """

    masks: tuple[Mask, ...]
    drafts: tuple[Mask, ...]
    evidence: Evidence | None
    doubts: tuple[str, ...] = ()
    signs: Signs | None = None
    seconded: float = 0.0
    merged: bool = False
    faces: Mapping[int, Face] = field(default_factory=dict)


def segment(footage: Footage, scene: Scene, evidence: Evidence, candidate: Candidate, control: Control) -> Segmentation:
    """Segment a candidate in all pictures, twice; what the user points at need not move.

    Args:
        footage: the sampled pictures.
        scene: what was measured in them.
        evidence: what moving_evidence() says.
        candidate: the subject.
        control: for progress and cancellation.
    """
    if candidate.kind != "hint":
        return _by_motion(footage, scene, evidence, candidate, control)
    shown = candidate.prior > 0.5
    if _moving_share(scene, evidence, shown, candidate.frame) > MIN_MOVING:
        found = _by_motion(footage, scene, evidence, candidate, control)
        if overlap(found.masks[candidate.frame], shown) > MIN_AGREED:
            return found
    return _by_appearance(footage, scene, evidence, candidate, control)


def _moving_share(scene: Scene, evidence: Evidence, shown: Mask, frame: int) -> float:
    """Return how much of a thing moves, in the mean over the pictures that the flow carries it to."""
    carried = {frame: shown.astype(np.float32)}
    for number, neighbour in _order(frame, len(scene)):
        if neighbour is not None:
            carried[number] = scene.flow.warp(carried[neighbour], number, neighbour)
    shares = []
    for number, plane in carried.items():
        mask = plane > 0.5
        if mask.any():
            shares.append(float((evidence.log_odds[number][mask] > 0.3).mean()))
    return float(np.mean(shares)) if shares else 0.0


def _order(first: int, count: int) -> Iterator[tuple[int, int | None]]:
    """Yield every picture, from one forwards, then backwards, each with the neighbour that came before it."""
    yield first, None
    yield from ((number, number - 1) for number in range(first + 1, count))
    yield from ((number, number + 1) for number in range(first - 1, -1, -1))


def _by_appearance(
    footage: Footage, scene: Scene, evidence: Evidence, candidate: Candidate, control: Control
) -> Segmentation:
    """Follow a thing that is known in one picture by its colours, its edges and the flow: that it rests says nothing."""
    silent = replace(
        evidence,
        log_odds=tuple(np.zeros_like(plane) for plane in evidence.log_odds),
        known=tuple(np.zeros_like(mask) for mask in evidence.known),
    )
    drafts = vote(scene, _Pass(footage, scene, silent, candidate, effort=COARSE).run(control, 0.3, 0.4))
    fine = _Pass(footage, scene, silent, candidate, effort=FINE, drafts=drafts)
    masks = vote(scene, fine.run(control, 0.45, 0.7))
    return Segmentation(tuple(masks), tuple(drafts), silent, candidate.doubts)


def _by_motion(
    footage: Footage, scene: Scene, evidence: Evidence, candidate: Candidate, control: Control
) -> Segmentation:
    """Segment what moves before a background; the first masks give a background model without it."""
    draft = _Pass(footage, scene, evidence, candidate, effort=COARSE)
    shaped = candidate.kind == "hint"
    drafts = vote(scene, draft.run(control, 0.3, 0.4))
    drafts = prune(scene, drafts, CLEARLY_FOREIGN_ODDS if shaped else FOREIGN_ODDS)
    control.step(0.42, "rebuilding the background")
    memory.give_back()
    second = second_evidence(scene, drafts)
    if not second.decisive:
        drafts = with_still_parts(scene, second, drafts)
    discount_scenery(second, scene.flow.cells, colour_table.border_discount(scene.flow.cells), 0.6)
    memory.give_back()
    fine = _Pass(footage, scene, second, candidate, effort=FINE, drafts=drafts)
    masks = vote(scene, fine.run(control, 0.45, 0.7))
    if not second.decisive:
        masks = prune(scene, masks, CLEARLY_FOREIGN_ODDS)
    masks = complete(scene, second, masks)
    return Segmentation(tuple(masks), tuple(drafts), second, candidate.doubts)


def with_still_parts(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> list[Mask]:
    """Add parts of the subject that never move to its masks, and judge anew, in place, where they were found."""
    still = still_parts(scene, evidence, masks)
    if still.any():
        parts = [scene.camera.from_reference(still.astype(np.uint8), number) > 0 for number in range(len(masks))]
        masks = [filled(closed(mask | part, 3), 0.1) for mask, part in zip(masks, parts, strict=True)]
        restore_still_parts(evidence, parts)
    soften_odds(scene, evidence, masks)
    return list(masks)


def moving_evidence(scene: Scene) -> Evidence:
    """Return first_evidence() without what looks like the scenery."""
    evidence = first_evidence(scene)
    discount_scenery(evidence, scene.flow.cells, colour_table.border_discount(scene.flow.cells), 1.0)
    return evidence


def vote(scene: Scene, masks: Sequence[Mask]) -> list[Mask]:
    """Let the masks before and after each mask, moved along with the flow, vote on it.

    Args:
        scene: the analysed pictures.
        masks: one for each picture.
    """
    voted = []
    for number, mask in enumerate(masks):
        total, weight = 1.5 * mask.astype(np.float32), 1.5
        for other in (number - 1, number + 1):
            if 0 <= other < len(masks):
                total += scene.flow.warp(masks[other].astype(np.float32), number, other)
                weight += 1
        agreed = total / weight > 0.5
        voted.append(filled(largest_part(agreed, mask), 0.02) if agreed.any() else mask)
    return voted


class _Pass:
    """One run over all pictures, from the candidate's picture forwards, then backwards."""

    def __init__(
        self,
        footage: Footage,
        scene: Scene,
        evidence: Evidence,
        candidate: Candidate,
        *,
        effort: Effort,
        drafts: Sequence[Mask] = (),
    ) -> None:
        self._footage = footage
        self._scene = scene
        self._evidence = evidence
        self._candidate = candidate
        self._effort = effort
        self._drafts = drafts
        self._colours: tuple[Plane, Plane] | None = None
        self._prior_trust = 0.8
        self._motion_trust = MOTION_TRUST[candidate.kind]
        if drafts:
            self._colours = colour_tables(scene, evidence, drafts)
            seen = np.mean(
                [known[mask].mean() if mask.any() else 0 for known, mask in zip(evidence.known, drafts, strict=True)]
            )
            self._prior_trust = float(np.interp(seen, [0.3, 0.8], [0.8, 0.25]))
            self._motion_trust = float(np.interp(seen, [0.3, 0.8], [self._motion_trust, 1.25]))

    def run(self, control: Control, start: float, end: float) -> list[Mask]:
        """Return a mask for each picture; progress runs from `start` to `end`."""
        masks: dict[int, Mask] = {}
        for done, (number, neighbour) in enumerate(_order(self._candidate.frame, len(self._scene))):
            control.step(start + (end - start) * done / len(self._scene), "cutting out")
            prior = self._prior(number, neighbour, masks)
            masks[number] = self._mask(number, prior, follows=neighbour is not None)
        return [masks[number] for number in range(len(self._scene))]

    def _prior(self, number: int, neighbour: int | None, masks: dict[int, Mask]) -> Plane:
        """Return what to expect in a picture, from the neighbour's mask and the first pass."""
        if neighbour is None and not self._drafts:
            return self._candidate.prior
        expected = [self._drafts[number].astype(np.float32)] if self._drafts else []
        if neighbour is not None:
            expected.append(self._scene.flow.warp(masks[neighbour].astype(np.float32), number, neighbour))
        mean = np.mean(expected, 0, dtype=np.float32)
        blur = max(1.5, 0.035 * size(np.asarray(mean > 0.5)))
        prior = np.clip(cv2.GaussianBlur(mean, (0, 0), blur), 0.02, 0.97)
        if neighbour is None and self._candidate.kind == "hint":
            prior = 0.6 * prior + 0.4 * self._candidate.prior
        return np.asarray(np.clip(prior, 0.02, 0.98), np.float32)

    def _mask(self, number: int, prior: Plane, *, follows: bool) -> Mask:
        expected = prior > 0.5
        region = Region.around(prior > 0.3, self._effort.side)
        if region is None:
            return expected
        picture = region.picture(self._footage.full[number], self._footage.zoom)
        found = self._estimate(region, picture, number, prior, follows=follows)
        mask = region.paste(found)
        change = mask.sum() / max(1, int(expected.sum()))
        lost = mask.sum() < 20 or ((follows or bool(self._drafts)) and not 0.45 < change < 2.2)
        return expected if lost else mask

    def _estimate(self, region: Region, picture: Rgb, number: int, prior: Plane, *, follows: bool) -> Mask:
        """Estimate colours from the mask and the mask from the colours, in turns."""
        share = np.clip(region.plane(prior), 0.02, 0.98)
        odds = self._prior_trust * np.log(share / (1 - share))
        motion = self._motion_trust * region.plane(self._evidence.log_odds[number])
        cells = colour_table.indices(colour_table.lab(picture))
        radius = max(2, int(0.05 * size(share > 0.5)))
        smooth = GuidedFilter(to_float(picture), radius, 2e-3)
        log_odds = odds + motion
        memory = self._colours if follows or self._drafts else None
        trust = (0.7, 0.5) if self._drafts else (0.5, 0.3)
        for _ in range(self._effort.rounds):
            probability = 1 / (1 + np.exp(-np.clip(log_odds, -12, 12)))
            front = colour_table.frequencies(cells, probability**2)
            back = colour_table.frequencies(cells, (1 - probability) ** 2)
            if memory is not None:
                front = (1 - trust[0]) * front + trust[0] * memory[0]
                back = (1 - trust[1]) * back + trust[1] * memory[1]
            colour = np.clip(np.log(front / back), -2.5, 2.5)[cells]
            log_odds = smooth(np.asarray(odds + 0.9 * motion + 1.1 * colour, np.float32))
        if not self._drafts:
            self._update_colours(cells, log_odds > 0)
        mask = refine_edges(picture, log_odds, self._effort.cuts) if self._effort.cuts else log_odds > 0
        mask = opened(mask)
        return filled(largest_part(mask, share > 0.6), 0.03) if mask.any() else mask

    def _update_colours(self, cells: NDArray[np.int16], mask: Mask) -> None:
        """Keep the subject's and the background's colours for the pictures that follow."""
        fresh = colour_table.frequencies(cells, mask), colour_table.frequencies(cells, ~mask)
        old = self._colours or fresh
        self._colours = 0.8 * old[0] + 0.2 * fresh[0], 0.8 * old[1] + 0.2 * fresh[1]


@dataclass(frozen=True)
class Region:
    """A window around the subject, and the size it is worked on in."""

    left: int
    top: int
    right: int
    bottom: int
    side: tuple[int, int]
    shape: tuple[int, int]

    @classmethod
    def around(cls, mask: Mask, side: int) -> Region | None:
        """Choose the window around a mask, its longer side worked on in so many pixels; None around hardly anything."""
        left, top, wide, tall = bounds(mask)
        if wide * tall < 64:
            return None
        margin_x, margin_y = wide // 4 + 8, tall // 5 + 8
        height, width = mask.shape
        x0, y0 = max(0, left - margin_x), max(0, top - margin_y)
        x1, y1 = min(width, left + wide + margin_x), min(height, top + tall + margin_y)
        zoom = min(2.0, side / max(x1 - x0, y1 - y0))
        small = max(16, int((x1 - x0) * zoom)), max(16, int((y1 - y0) * zoom))
        return cls(x0, y0, x1, y1, small, (height, width))

    def picture(self, full: Rgb, zoom: float) -> Rgb:
        """Cut the window out of the full picture, `zoom` times as large as the analysed one."""
        top, left = int(self.top * zoom), int(self.left * zoom)
        part = full[top : max(top + 2, int(self.bottom * zoom)), left : max(left + 2, int(self.right * zoom))]
        way = cv2.INTER_AREA if part.shape[1] > self.side[0] else cv2.INTER_CUBIC
        resized: Rgb = cv2.resize(part, self.side, interpolation=way)
        return resized

    def plane(self, plane: Plane) -> Plane:
        """Cut the window out of a plane."""
        return np.asarray(cv2.resize(plane[self.top : self.bottom, self.left : self.right], self.side), np.float32)

    def paste(self, mask: Mask) -> Mask:
        """Put a mask of the window back into the whole picture."""
        whole = np.zeros(self.shape, bool)
        target = (self.right - self.left, self.bottom - self.top)
        way = cv2.INTER_AREA if self.side[0] > target[0] else cv2.INTER_LINEAR
        part = cv2.resize(mask.astype(np.float32), target, interpolation=way) > 0.5
        whole[self.top : self.bottom, self.left : self.right] = part
        return whole


def refine_edges(picture: Rgb, log_odds: Plane, iterations: int) -> Mask:
    """Settle the doubtful band with GrabCut, unless it changes the mask's area beyond belief."""
    mask = log_odds > 0
    labels = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    labels[log_odds > -1.6] = cv2.GC_PR_BGD
    labels[mask] = cv2.GC_PR_FGD
    labels[log_odds > 1.6] = cv2.GC_FGD
    if min(mask.sum(), (~mask).sum()) <= 30:
        return mask
    # what lies far off is background in any case, and costs as much as the rest
    window = window_of(labels != cv2.GC_BGD, max(6, int(0.25 * size(mask))))
    settled = np.zeros_like(mask)
    settled[window] = _grabcut(picture[window], labels[window].copy(), iterations, mask[window])
    return settled


def _grabcut(picture: Rgb, labels: NDArray[np.uint8], iterations: int, mask: Mask) -> Mask:
    cv2.setRNGSeed(1)
    model = np.zeros((1, 65)), np.zeros((1, 65))
    colours = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    # a quarter of the pixels says what the colours are, and finding them costs as much as the cut
    thin = np.ascontiguousarray(labels[THIN])
    front = np.count_nonzero(mask[THIN])
    first = cv2.GC_INIT_WITH_MASK
    if 8 < front < thin.size - 8:
        cv2.grabCut(np.ascontiguousarray(colours[THIN]), thin, None, *model, 0, first)
        first = cv2.GC_EVAL
    cv2.grabCut(colours, labels, None, *model, iterations, first)
    found = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    return found if 0.6 < found.sum() / mask.sum() < 1.6 else mask
