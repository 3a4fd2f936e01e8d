"""Complete masks in time: parts that surely move, or did so in other pictures, belong to the subject in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.background import STRONG_ODDS
from sora_nb.engines.cutout.masks import (
    closed,
    dilated,
    eroded,
    filled,
    large_parts,
    largest_part,
    opened,
    size,
    window_of,
)
from sora_nb.engines.cutout.motion import LAB_WEIGHTS
from sora_nb.engines.cutout.still_parts import HOLE_SHARE, colour_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Scene

BLURRED = 2
"""Pixels by which what motion shows is too wide, as it is blurred."""
MIN_LIKENESS = -0.4
"""Least log-odds of the colours of what is added."""
MODEL_SHARE = 0.3
"""By how much the background model's colours may be more like the subject's than the picture's."""
GHOST = 0.8
"""By how much they are more like the subject's where the model shows the subject, and the picture does not."""
MIN_GHOSTS = 3
"""Pictures that must say so."""
KEPT = np.float32(0.98)
"""What is left of a proof from one picture to the next."""
STRAYED = 0.75
"""Pixels by which the flow may miss where it came from."""
PROVEN = 127
"""How much of a proof, of 255, must be left for a pixel to be the subject's."""
ALIKE = np.float32(4)
"""Difference in weighted levels of Lab between two pictures of one point that noise alone makes."""
UNLIKE = np.float32(12)
"""How much greater it is where a third of a proof is left."""
SCENERY_ODDS = -0.9
"""Log-odds below which a pixel that never moved shows the background."""
NOT_FOREIGN = -1.2
"""Log-odds below which colours are clearly those of the background."""
BAY = 0.05
"""Half the width of the widest bay that is filled, in sides of a square of the mask's area."""
GAP_SHARE = 0.02
"""Greatest part of a mask's area that a hole has where it is filled."""
OUTLINE = 4
"""Pixels on either side of an outline that are decided anew."""
CLEARLY = 8.0
"""Levels of weighted Lab by which a pixel must be more like one side than like the other to be decided anew."""
LEAST_PART = 0.005
"""Part of a mask's area that a piece has which is kept: where an ear begins it may be thinner than a pixel."""
NEAR = 0.02
"""Share of a side in what surrounds a pixel, from which on its colours are known."""
GAP = 0.09
"""Widest gap between a mask and a part of it, in sides of a square of the mask's area."""
AROUND = 0.4
"""How far from a mask's bounds parts of it are looked for, in sides of a square of its area."""
MAX_ADDED = 0.5
"""Greatest part of a mask's area that is added to it: more is not a limb but another thing."""


def complete(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> list[Mask]:
    """Add the limbs, ears and tails that masks have lost in some pictures.

    A part is the subject's where it differs from the background and hangs on it. It still is where it comes to rest:
    the flow carries the proof from picture to picture, as long as the colours agree.

    Args:
        scene: the analysed pictures.
        evidence: of second_evidence().
        masks: one for each picture.
    """
    front, back = colour_tables(scene, evidence, masks)
    table = np.log(front / back)
    model = _smooth(table[colour_table.indices(evidence.background)])
    moving = scene.speeds.threshold + 0.5
    strong: list[Mask] = []
    likely: list[Mask] = []
    alike: list[Mask] = []
    ghosts = np.zeros(scene.shape, np.float32)
    for number in range(len(masks)):
        likeness = _smooth(table[scene.flow.cells[number]])
        shown = scene.camera.from_reference(model, number)
        # where the model is more like the subject than the picture is, it is the model that shows the subject
        own = likeness > np.maximum(shown - MODEL_SHARE, MIN_LIKENESS)
        clear = evidence.log_odds[number] > STRONG_ODDS
        strong.append(clear & own | eroded(clear, BLURRED) if evidence.decisive else clear & own)
        likely.append(likeness > NOT_FOREIGN)
        alike.append((likeness > 0) & ~evidence.changed[number])
        ghost = evidence.changed[number] & (likeness < shown - GHOST)
        ghosts += scene.camera.to_reference(ghost.astype(np.float32), number)
    # where that is so in several pictures, those that look like the model show the subject, come to rest
    haunted = np.asarray(ghosts >= MIN_GHOSTS, np.uint8)
    side = scene.flow.small_size
    proofs: list[NDArray[np.uint8]] = []
    for number, mask in enumerate(masks):
        resting = alike[number] & (scene.camera.from_reference(haunted, number) > 0)
        # where the background was never seen, the subject always was
        moved = (scene.speeds.confirmed[number] > moving) | ~evidence.known[number] | resting
        sure = mask & (moved | (strong[number] & evidence.changed[number]))
        strong[number] |= resting
        # what differs is blurred, and so a little too wide
        proof = cv2.erode(255 * sure.astype(np.uint8), np.ones((3, 3), np.uint8))
        proofs.append(np.asarray(cv2.resize(proof, side, interpolation=cv2.INTER_AREA), np.uint8))
    count = len(masks)
    pictures = [cv2.resize(picture, side, interpolation=cv2.INTER_AREA) for picture in scene.flow.lab]
    ahead = _carried(scene, pictures, proofs, range(1, count), -1)
    behind = _carried(scene, pictures, proofs, range(count - 2, -1, -1), 1)
    whole = []
    for number, mask in enumerate(masks):
        if not mask.any():  # it is out of sight
            whole.append(mask)
            continue
        window = window_of(mask, int(AROUND * size(mask)))
        fitting = likely[number][window]
        covered = ~evidence.known[number][window]
        proven = cv2.resize(np.maximum(ahead[number], behind[number]), mask.shape[::-1])[window] > PROVEN
        odds = cv2.GaussianBlur(evidence.log_odds[number][window], (0, 0), max(1.0, 0.02 * size(mask)))
        own = _without(mask[window], (odds < SCENERY_ODDS) & ~covered & ~proven)
        own = _extended(own, strong[number][window] | (proven & fitting), fitting)
        own = _settled(scene.flow.lab[number][window], own)
        completed = np.zeros_like(mask)
        completed[window] = _without_gaps(own, covered & fitting)
        whole.append(completed)
    return whole


def _smooth(plane: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), 1.5), np.float32)


def _carried(
    scene: Scene, pictures: Sequence[Rgb], proofs: Sequence[NDArray[np.uint8]], order: Iterable[int], step: int
) -> list[NDArray[np.uint8]]:
    """Carry proofs, from 0 to 255, from picture to picture along the flow; all in the flow's own size."""
    carried = list(proofs)
    for number in order:
        other = number + step
        places = scene.flow.between_small(number, other)
        apart = cv2.absdiff(_at(pictures[other], places), pictures[number]).astype(np.float32)
        unlike = cv2.GaussianBlur(cv2.transform(apart, LAB_WEIGHTS[None]), (0, 0), 0.7)
        alike = np.exp(-np.square(np.maximum(unlike - ALIKE, 0) / UNLIKE))
        # the flow must also lead back to where it came from
        ends = _at(scene.flow.between_small(other, number), places)
        rows, columns = np.mgrid[0 : ends.shape[0], 0 : ends.shape[1]]
        found = np.hypot(ends[..., 0] - columns, ends[..., 1] - rows) < STRAYED
        left = KEPT * alike * found * _at(carried[other], places)
        carried[number] = np.maximum(proofs[number], left.astype(np.uint8))
    return carried


def _at(plane: NDArray[Any], places: Plane) -> NDArray[Any]:
    found: NDArray[Any] = cv2.remap(plane, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return found


def _extended(mask: Mask, found: Mask, likely: Mask) -> Mask:
    """Add to a mask what was found next to it, over a gap as narrow as where an ear begins."""
    if not mask.any():
        return mask
    gap = max(2, int(GAP * size(mask)))
    reached = dilated(mask, gap)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        opened(found & ~mask, 1).astype(np.uint8), connectivity=4
    )
    near = np.zeros(count, bool)
    near[np.unique(labels[reached])] = True
    near &= (stats[:, cv2.CC_STAT_AREA] > LEAST_PART * np.count_nonzero(mask)) | _touching(labels, count, mask)
    near[0] = False
    parts = near[labels]
    bridges = closed(mask | parts, gap // 2 + 1) & reached & dilated(parts, gap) & likely
    whole = filled(largest_part(mask | parts | bridges, mask), HOLE_SHARE)
    added = np.count_nonzero(whole & ~mask)
    return whole if added < MAX_ADDED * np.count_nonzero(mask) else mask


def _touching(labels: NDArray[np.int32], count: int, mask: Mask) -> NDArray[np.bool_]:
    """Return which labelled parts touch a mask."""
    touching = np.zeros(count, bool)
    touching[np.unique(labels[dilated(mask, 1)])] = True
    return touching


def _without(mask: Mask, scenery: Mask) -> Mask:
    """Take broad scenery off a mask, unless it is most of it."""
    left = mask & ~opened(mask & scenery, max(2, int(0.03 * size(mask))))
    left = largest_part(opened(left, 1), mask)
    return left if np.count_nonzero(left) > 0.4 * np.count_nonzero(mask) else mask


def _settled(picture: Rgb, mask: Mask) -> Mask:
    """Decide along the outline by the colours nearby on its two sides: what differs is blurred, and leaves a fringe."""
    if not mask.any():
        return mask
    colours = picture.astype(np.float32)
    inner, outer = eroded(mask, OUTLINE), ~dilated(mask, OUTLINE)
    (own, near), (other, far) = (_unlikeness(colours, side) for side in (inner, outer))
    moved = np.where(near & far & (np.abs(own - other) > CLEARLY), own < other, mask)
    # an ear is thinner than that, and has no colours nearby to go by
    sure = inner | outer | (mask & ~opened(mask, OUTLINE))
    settled = np.where(sure, mask, moved)
    return filled(large_parts(closed(settled, 1), LEAST_PART), HOLE_SHARE)


def _unlikeness(colours: Plane, side: Mask) -> tuple[Plane, Mask]:
    """Return how far colours are from those of a side near by, in weighted levels of Lab, and where it is near."""
    reach = (6 * OUTLINE + 1, 6 * OUTLINE + 1)
    weight = side.astype(np.float32)
    share = cv2.blur(weight, reach)
    usual = cv2.blur(colours * weight[..., None], reach) / np.maximum(share, 1e-3)[..., None]
    apart = cv2.transform(cv2.absdiff(colours, usual), LAB_WEIGHTS[None])
    return np.asarray(apart, np.float32), share > NEAR


def _without_gaps(mask: Mask, covered: Mask) -> Mask:
    """Fill holes and narrow bays, such as an open mouth, where the background was never seen."""
    round_ = filled(closed(mask, max(2, int(BAY * size(mask)))), GAP_SHARE)
    return filled(mask | opened(round_ & covered, 1), HOLE_SHARE)
