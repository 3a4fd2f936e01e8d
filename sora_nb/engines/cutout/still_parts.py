"""Correct masks: add still parts of the subject, such as feet on the ground, and take off scenery that hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import closed, dilated, eroded, filled, large_parts, opened, size, window_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Scene

STILL_WEIGHT = 0.4
"""How much of a mask never moving counts as surroundings, against all that is really around: it may be scenery."""
THIN = np.s_[::2, ::2]
"""Pixels that colours are counted in."""
SAMPLES = 3
"""Pictures in which still parts are looked for; most of them must agree."""
MAX_TRAVEL = 0.5
"""Who goes farther than this, in sides of a square of the subject's area, has no part that never moves."""
MAX_DISTANCE = 1.5
"""How far they may lie from what moves, in sides of a square of its area."""
MAX_CHANGED = 0.3
"""Share of the pictures in which a still pixel may differ from the background model."""
BARRIER_ODDS = -1.0
"""Log-odds of colours that are those of the surroundings and not of the subject."""
MIN_PART_ODDS = -0.15
"""Log-odds of its colours below which a still part is not the subject's."""
EDGE_RATIO = 1.5
"""How much steeper than towards the subject the colours must change at a still part's own outline."""
WIDE_EDGE_RATIO = 1.25
"""The same of the steepest change within 4 pixels: where another thing begins, the subject's own outline runs by."""
NEAR_DISTANCE = 0.4
"""How near a still pixel must be to the subject, in the same measure, to get at least MIN_NEAR_ODDS."""
MIN_NEAR_ODDS = -0.6
"""Least log-odds of a still pixel near a subject that stays."""
NO_ODDS = -3.0
STAYS = 0.2
"""Who goes less far, in the same measure, stays; between this and MAX_TRAVEL the log-odds are raised less and less."""
HOLE_SHARE = 0.007
"""A hole with less than this share of a mask's area is an eye or a nose: the subject's, whatever its colours."""
FOREIGN_ODDS = -0.3
"""Below these mean log-odds a mask's colours are those of its surroundings, not those of what moves in it."""
CLEARLY_FOREIGN_ODDS = -1.5
"""The same, where that must be beyond doubt."""
VERY_FAR = 10.0
"""Distance, in doubled sides of a square of the subject's area, from which on nothing counts as its surroundings."""


def prune(scene: Scene, masks: Sequence[Mask], least: float = FOREIGN_ODDS) -> list[Mask]:
    """Take scenery off the masks: what has the colours of the surroundings rather than those of what surely moves.

    What is taken off in one picture counts as surroundings in all others, so it is done twice.
    """
    cells = scene.flow.cells
    moving = _moving(scene)
    left = list(masks)
    for _ in range(2):
        ratio = _ratio(cells, moving, left, shading=1.0)
        if ratio is None:
            return list(masks)
        left = [_without_foreign(mask, ratio[cell], least) for mask, cell in zip(masks, cells, strict=True)]
    return left


def _moving(scene: Scene) -> list[Mask]:
    """Return what surely moves in each picture."""
    limit = scene.speeds.threshold + 0.5
    return [speed > limit for speed in scene.speeds.confirmed]


def _ratio(
    cells: Sequence[NDArray[np.int16]], moving: Sequence[Mask], masks: Sequence[Mask], shading: float
) -> Plane | None:
    """Return the log-odds of each colour, from what moves in the masks and from their surroundings; None if too little moves."""
    thin = [mask[THIN] for mask in masks]
    sure = np.stack([mask & fast[THIN] for mask, fast in zip(thin, moving, strict=True)])
    if sure.sum() < 0.05 * sum(int(mask.sum()) for mask in thin):
        return None
    every = np.stack([cell[THIN] for cell in cells])
    front = colour_table.frequencies(every, sure, shading)
    around = np.stack([_surroundings(mask) for mask in thin])
    still = np.stack(thin) & ~sure
    weight = STILL_WEIGHT * around.sum() / max(1, still.sum())
    back = colour_table.frequencies(every, np.asarray(around + weight * still, np.float32), shading)
    return np.asarray(np.clip(np.log(front / back), -3, 3), np.float32)


def _without_foreign(mask: Mask, likeness: Plane, least: float) -> Mask:
    """Take off what is broad and foreign; the outline itself, where colours mix, is left as it is."""
    if not mask.any():
        return mask
    side = max(3, int(0.04 * size(mask)))
    window = window_of(mask, side)
    part = mask[window]
    foreign = part & (cv2.blur(likeness[window], (side, side)) < least)
    own = opened(part & ~opened(foreign, max(2, side // 2)), 2)
    own = part & filled(large_parts(own, 0.05), HOLE_SHARE)
    if own.sum() <= 0.15 * part.sum():
        return mask
    kept = np.zeros_like(mask)
    kept[window] = own
    return kept


def colour_tables(scene: Scene, evidence: Evidence, masks: Sequence[Mask], shading: float = 1.0) -> tuple[Plane, Plane]:
    """Return colour tables of the subject and of what surrounds it, over all pictures.

    Only pixels that motion confirms count for the subject: what was merely carried along with it does not.
    """
    masks = [mask[THIN] for mask in masks]
    cells = [cell[THIN] for cell in scene.flow.cells]
    sure = [mask & (odds[THIN] > 0) for mask, odds in zip(masks, evidence.log_odds, strict=True)]
    if sum(int(mask.sum()) for mask in sure) < 0.2 * sum(int(mask.sum()) for mask in masks):
        sure = list(masks)
    around = [_surroundings(mask) for mask in masks]
    every = np.stack(cells)
    return colour_table.frequencies(every, np.stack(sure), shading), colour_table.frequencies(
        every, np.stack(around), shading
    )


def _surroundings(mask: Mask) -> Plane:
    """Weigh what lies around a mask: nearer counts more."""
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    # around an empty mask the distance is without end
    return np.asarray(np.exp(-np.square(np.minimum(distance / (2 * size(mask)), VERY_FAR))) * ~mask, np.float32)


def still_parts(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> Mask:
    """Find still regions that belong to the subject, as the reference camera saw them.

    Such a region never changes, touches the subject broadly and without an edge between the two, and ends at edges of
    the picture.

    Args:
        scene: the analysed pictures.
        evidence: with a background model that was made without the subject.
        masks: the moving part of the subject in each picture.
    """
    camera = scene.camera
    shrunk = scene.flow.small_size
    if travel(scene, masks) > MAX_TRAVEL:
        return np.zeros(scene.shape, bool)
    quiet = quiet_parts(scene, evidence)
    cells = scene.flow.cells
    ratio = _ratio(cells, _moving(scene), masks, shading=4.0)
    if ratio is None:
        front, back = colour_tables(scene, evidence, masks, shading=4.0)
        ratio = np.asarray(np.clip(np.log(front / back), -3, 3), np.float32)
    numbers = np.unique(np.linspace(0, len(scene) - 1, SAMPLES + 2).round().astype(int))[1:-1]
    votes = np.zeros(quiet.shape, np.float32)
    for number in numbers:
        mask = cv2.resize(masks[number].astype(np.uint8), shrunk) > 0
        likeness = cv2.resize(ratio[cells[number]], shrunk, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(scene.pictures[number], shrunk, interpolation=cv2.INTER_AREA)
        part = _grow(picture, mask, likeness)
        votes += camera.to_reference(cv2.resize(part.astype(np.float32), quiet.shape[::-1]), number)
    return np.asarray((2 * votes > len(numbers)) & quiet)


def travel(scene: Scene, masks: Sequence[Mask]) -> float:
    """Return how far the masks' centre goes, in sides of a square of their area.

    It has to go that far in the picture and before the scenery: the first is true of a pan, the second of a camera that
    follows the subject, whose own path is uncertain.
    """
    inside, outside = [], []
    for mask, pose in zip(masks, scene.camera.poses, strict=True):
        if mask.any():
            rows, columns = np.nonzero(mask)
            inside.append([columns.mean(), rows.mean(), 1])
            outside.append(np.linalg.inv(pose) @ inside[-1])
    if not inside:
        return 0.0
    way = min(np.ptp(centres, axis=0).max() for centres in (inside, outside))
    return float(way / np.median([size(mask) for mask in masks]))


def quiet_parts(scene: Scene, evidence: Evidence) -> Mask:
    """Return where the picture hardly ever differs from the background model, or there is none, as the reference camera saw it."""
    changed = [
        scene.camera.to_reference((mask & known).astype(np.uint8), number)
        for number, (mask, known) in enumerate(zip(evidence.changed, evidence.known, strict=True))
    ]
    return np.asarray(np.mean(changed, 0) < MAX_CHANGED)


def soften_odds(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> None:
    """Raise, in place, the log-odds of pixels next to the subject that never changed: still parts, if it stays there."""
    least = np.float32(np.interp(travel(scene, masks), [STAYS, MAX_TRAVEL], [MIN_NEAR_ODDS, NO_ODDS]))
    quiet = quiet_parts(scene, evidence).astype(np.uint8)
    for number, (mask, plane) in enumerate(zip(masks, evidence.log_odds, strict=True)):
        near = dilated(mask, max(3, int(NEAR_DISTANCE * size(mask))))
        silent = near & (scene.camera.from_reference(quiet, number) > 0)
        np.maximum(plane, least, out=plane, where=silent)


def _grow(picture: Rgb, mask: Mask, likeness: Plane) -> Mask:
    """Flood what lies around a mask up to the picture's edges, and keep what continues the mask."""
    seed = eroded(mask, 2)
    if seed.sum() < 50:
        return np.zeros(mask.shape, bool)
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    far = distance > MAX_DISTANCE * size(mask)
    labels = np.zeros(mask.shape, np.int32)
    labels[far | eroded((likeness < BARRIER_ODDS) & ~mask, 2)] = 1
    labels[seed] = 2
    smooth = cv2.medianBlur(picture, 3)
    cv2.watershed(smooth, labels)
    return _keep_connected(opened((labels == 2) & ~mask, 1), mask, likeness, slopes(smooth))


def slopes(picture: Rgb) -> Plane:
    """Return how steeply the colours change at each pixel."""
    wide = cv2.GaussianBlur(colour_table.lab(picture), (0, 0), 0.8).astype(np.float32)
    steep = np.hypot(cv2.Sobel(wide, cv2.CV_32F, 1, 0), cv2.Sobel(wide, cv2.CV_32F, 0, 1))
    return np.asarray(steep.max(-1), np.float32)


def _keep_connected(extra: Mask, mask: Mask, likeness: Plane, edges: Plane) -> Mask:
    """Keep the parts that touch the mask broadly, with an edge around them but none towards the mask."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(extra.astype(np.uint8), connectivity=4)
    contact, near = dilated(mask, 3), dilated(mask, 6)
    steepest = cv2.dilate(edges, np.ones((9, 9), np.uint8))
    width = extra.shape[1]
    keep = np.zeros(count, bool)
    for label in range(1, count):
        part = labels == label
        left, top, wide, _, area = stats[label]
        seam, rim = part & contact, dilated(part, 1) & ~eroded(part, 1) & ~near
        if left == 0 or top == 0 or left + wide == width or not seam.any() or not rim.any():
            continue
        broad = seam.sum() / 3 > 0.35 * np.sqrt(area)
        continues = np.median(edges[rim]) > EDGE_RATIO * np.median(edges[seam])
        parted = np.median(steepest[rim]) <= WIDE_EDGE_RATIO * np.median(steepest[seam])
        keep[label] = (
            broad and continues and not parted and area < 2.5 * mask.sum() and likeness[part].mean() > MIN_PART_ODDS
        )
    return filled(closed(keep[labels], 2), 0.1)
