"""Parts of the subject that never move: feet on the ground, a body under a waving arm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.local import palette
from sora_nb.local.masks import closed, eroded, filled, grown, opened, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.local.masks import Mask, Plane, Rgb
    from sora_nb.local.motion import Scene
    from sora_nb.local.plate import Evidence

VIEWS = 3
"""Pictures in which still parts are looked for; most of them must agree."""
REACH = 1.5
"""How far they may lie from what moves, in sides of a square of its area."""
QUIET = 0.3
"""Share of the pictures in which a still pixel may differ from the plate."""
NEAR, SILENT = 0.4, -0.6
"""Within NEAR of the subject, in the same measure, a still pixel's log-odds are at least SILENT."""


def colours(scene: Scene, evidence: Evidence, masks: Sequence[Mask], shading: float = 1.0) -> tuple[Plane, Plane]:
    """Return colour tables of the subject and of what surrounds it, over all pictures.

    Only pixels that motion confirms count for the subject: what was merely carried along with it does not.
    """
    cells = [palette.indices(picture) for picture in scene.flow.lab]
    sure = [mask & (odds > 0) for mask, odds in zip(masks, evidence.log_odds, strict=True)]
    if sum(int(mask.sum()) for mask in sure) < 0.2 * sum(int(mask.sum()) for mask in masks):
        sure = list(masks)
    around = [_surroundings(mask) for mask in masks]
    every = np.stack(cells)
    return palette.frequencies(every, np.stack(sure), shading), palette.frequencies(every, np.stack(around), shading)


def _surroundings(mask: Mask) -> Plane:
    """Weigh what lies around a mask: nearer counts more."""
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.exp(-np.square(distance / (2 * size(mask)))) * ~mask, np.float32)


def still_parts(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> Mask:
    """Find still regions that belong to the subject, as the reference camera saw them.

    Such a region never changes, touches the subject broadly, shares its colours rather than those around it, and
    ends at edges of the picture.

    Args:
        scene: the analysed pictures.
        evidence: with a plate that was made without the subject.
        masks: the moving part of the subject in each picture.
    """
    camera, shrunk = scene.camera, scene.flow.small_size
    quiet = quiet_parts(scene, evidence)
    free = [camera.from_reference(quiet.astype(np.uint8), number) > 0 for number in range(len(scene))]
    tables = colours(scene, evidence, masks, shading=2.0)
    ratio = np.asarray(np.clip(np.log(tables[0] / tables[1]), -3, 3), np.float32)
    numbers = np.unique(np.linspace(0, len(scene) - 1, VIEWS + 2).round().astype(int))[1:-1]
    votes = np.zeros(quiet.shape, np.float32)
    for number in numbers:
        mask, still = (cv2.resize(part.astype(np.uint8), shrunk) > 0 for part in (masks[number], free[number]))
        likeness = cv2.resize(ratio[palette.indices(scene.flow.lab[number])], shrunk, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(scene.pictures[number], shrunk, interpolation=cv2.INTER_AREA)
        part = _grown(picture, mask, still & ~mask, likeness)
        votes += camera.to_reference(cv2.resize(part.astype(np.float32), quiet.shape[::-1]), number)
    return np.asarray((2 * votes > len(numbers)) & quiet)


def quiet_parts(scene: Scene, evidence: Evidence) -> Mask:
    """Return where the picture hardly ever differs from the plate, as the reference camera saw it."""
    changed = [scene.camera.to_reference(mask.astype(np.uint8), number) for number, mask in enumerate(evidence.changed)]
    return np.asarray(np.mean(changed, 0) < QUIET)


def softened(scene: Scene, evidence: Evidence, masks: Sequence[Mask]) -> Evidence:
    """Take back what the plate says against pixels next to the subject that never changed: they may be still parts."""
    quiet = quiet_parts(scene, evidence).astype(np.uint8)
    odds = []
    for number, (mask, plane) in enumerate(zip(masks, evidence.log_odds, strict=True)):
        near = grown(mask, max(3, int(NEAR * size(mask))))
        silent = near & (scene.camera.from_reference(quiet, number) > 0)
        odds.append(np.asarray(np.where(silent, np.maximum(plane, SILENT), plane), np.float32))
    return replace(evidence, log_odds=tuple(odds))


def _grown(picture: Rgb, mask: Mask, free: Mask, likeness: Plane) -> Mask:
    """Run GrabCut from a mask into the still region around it, and keep what hangs on the mask broadly."""
    sure = eroded(mask, 2)
    if sure.sum() < 50 or free.sum() < 50:
        return np.zeros(mask.shape, bool)
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    near = free & (distance < REACH * size(mask))
    labels = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    labels[near] = cv2.GC_PR_BGD
    labels[near & (likeness > 0)] = cv2.GC_PR_FGD
    labels[mask] = cv2.GC_PR_FGD
    labels[sure] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    model = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), labels, None, *model, 2, cv2.GC_INIT_WITH_MASK)
    return _kept(opened((labels == cv2.GC_PR_FGD) & free, 1), mask, likeness)


def _kept(extra: Mask, mask: Mask, likeness: Plane) -> Mask:
    """Keep the parts that touch the mask broadly, share its colours and do not run out of the picture."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(extra.astype(np.uint8), connectivity=4)
    contact = grown(mask, 3)
    width = extra.shape[1]
    keep = np.zeros(count, bool)
    for label in range(1, count):
        part = labels == label
        left, top, wide, _, area = stats[label]
        escapes = left == 0 or top == 0 or left + wide == width
        broad = (part & contact).sum() / 3 > 0.35 * np.sqrt(area)
        keep[label] = broad and not escapes and area < 2.5 * mask.sum() and likeness[part].mean() > 0.3
    return filled(closed(keep[labels], 2), 0.1)
