"""Judge how certain a segmentation is, from features that need no ground truth, and say what speaks most against it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import dilated, eroded, opened, overlap, size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sora_nb.engines.cutout.masks import Mask
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation

LOOKED_AT = 6
"""Pictures in which outlines are looked at closely."""
MIN_PIXELS = 50
"""Area in pixels below which there is nothing to judge."""
CLEARLY_APART = 12.0
"""Levels of Lab by which the colours on the two sides of an outline clearly differ."""
FOLLOWED = 4
"""Pictures over which points of a mask are followed."""
POINTS = 600
"""About so many of them."""
EDGE = 2
"""Pixels next to the picture's edge that count as touching it: outlines are not surer than that."""
MOVING = {
    "agreed": 2.8, "sized": 1.5, "contrast": 5.6, "apart": 1.1, "unmixed": 0.5, "kept": 1.1, "edges": 1.2, "jumps": 2.0,
}, -11.9  # fmt: skip
PERSON = {"sized": 3.4, "contrast": 2.8, "kept": 0.7, "seen": 0.9, "whole": 5.9}, -10.0
"""Weights of the features, and the bias, by what found the subject: tests/quality/fit.py fitted them to the tuned clips.

That of jumps was added by hand: none of those clips jumps as real footage does."""
USUAL = {
    "agreed": 0.96, "jumps": 0.94, "sized": 0.92, "contrast": 0.6, "edges": 0.96,
    "whole": 0.99, "apart": 0.97, "unmixed": 0.98, "kept": 0.93, "seen": 0.95,
}  # fmt: skip
"""Means of the features of good cut-outs."""
REASONS = {
    "agreed": "Its outline is found otherwise at a second look.",
    "jumps": "Its outline jumps between pictures.",
    "sized": "Its size jumps between pictures.",
    "contrast": "Its colours are those of the background.",
    "edges": "Its outline does not follow what is seen in the picture.",
    "apart": "Next to its outline the background has the same colours, so that some of it may stick to the subject.",
    "unmixed": "Parts of it have the colours of the background.",
    "kept": "What belongs to it in one picture does not in others.",
    "whole": "The edge of the picture cuts it.",
    "seen": "The face is seen in few pictures only.",
}


@dataclass(frozen=True)
class Confidence:
    """How certain a segmentation is.

    Attributes:
        quality: 0 (a guess) to 1 (certain): the probability that a person would call the cut-out good.
        reason: a sentence on what speaks most against it.
    """

    quality: float
    reason: str


def features(scene: Scene, segmentation: Segmentation) -> dict[str, float]:
    """Return the features of a segmentation, by name, from 0 (bad) to 1; all 0 where there is next to nothing to judge.

    agreed: the two passes agree. jumps: each mask is its neighbour's, moved along with the flow, also that of the worst
    pairs. kept: what is followed for a third of a second stays inside. sized: the area changes slowly. contrast: the
    colours on the two sides of the outline differ, in most pictures. apart: they do so all along it, next to it.
    unmixed: no large part has colours that are commoner around it. edges: the outline lies on edges of the picture.
    whole: the picture's left, right and upper edges do not cut it. Of a person also seen: the face is seen in all
    pictures.

    Args:
        scene: the analysed pictures.
        segmentation: what is judged.
    """
    masks, signs = segmentation.masks, segmentation.signs
    if any(np.count_nonzero(mask) < MIN_PIXELS for mask in masks):
        return {name: 0.0 for name in USUAL if name != "seen" or signs is not None}
    some = np.unique(np.linspace(0, len(masks) - 1, LOOKED_AT).round().astype(int)).tolist()
    bands = {number: _bands(masks[number]) for number in some}
    moved = [
        overlap(here, scene.flow.warp(there.astype(np.float32), number, number + 1) > 0.5)
        for number, (here, there) in enumerate(pairwise(masks))
    ] or [1.0]
    areas = np.log([np.count_nonzero(mask) for mask in masks])
    values = {
        "agreed": float(np.mean([overlap(*pair) for pair in zip(masks, segmentation.drafts, strict=True)])),
        "jumps": float(np.quantile(moved, 0.1)),
        "sized": float(np.exp(-2 * np.abs(np.diff(areas)).max(initial=0.0))),
        "contrast": float(np.quantile([_contrast(scene, number, *bands[number]) for number in some], 0.3)),
        "apart": float(np.mean([_apart(scene, number, masks[number], bands[number]) for number in some])),
        "unmixed": float(np.mean([_unmixed(scene, number, masks[number]) for number in some])),
        "kept": _kept(scene, masks),
        "edges": float(np.mean([_outline(scene, number, masks[number]) for number in some])),
        "whole": float(np.mean([_whole(mask) for mask in masks])),
    }
    if signs is not None:
        values["seen"] = signs.seen
    return values


def weigh(values: Mapping[str, float]) -> Confidence:
    """Return what features come to."""
    weights, bias = PERSON if "seen" in values else MOVING
    total = bias + sum(weight * values[name] for name, weight in weights.items())
    weakest = min(weights, key=lambda name: weights[name] * (values[name] - USUAL[name]))
    return Confidence(float(1 / (1 + np.exp(-total))), REASONS[weakest])


def estimate(scene: Scene, segmentation: Segmentation) -> Confidence:
    """Judge a segmentation, see features()."""
    return weigh(features(scene, segmentation))


def cut_sides(mask: Mask) -> dict[str, float]:
    """Return how much of each edge of the picture a mask touches, to two pixels, as part of its own size."""
    side = size(mask)
    touched = {
        "left": mask[:, :EDGE].any(1),
        "right": mask[:, -EDGE:].any(1),
        "top": mask[:EDGE].any(0),
        "bottom": mask[-EDGE:].any(0),
    }
    return {name: float(min(1.0, np.count_nonzero(edge) / side)) for name, edge in touched.items()}


def _whole(mask: Mask) -> float:
    """Return 1 less how much the left, right and upper edge cut; at the lower one busts stand."""
    return 1 - max(share for name, share in cut_sides(mask).items() if name != "bottom")


def _bands(mask: Mask) -> tuple[Mask, Mask]:
    """Return what lies just inside and just outside of the outline."""
    reach = max(3, int(0.08 * size(mask)))
    return mask & ~eroded(mask, reach), dilated(mask, reach) & ~dilated(mask, 1)


def _contrast(scene: Scene, number: int, inner: Mask, outer: Mask) -> float:
    """Return 1 less the overlap of the colours on the two sides of the outline."""
    cells = scene.flow.cells[number]
    shared = np.sqrt(colour_table.frequencies(cells, inner) * colour_table.frequencies(cells, outer)).sum()
    return float(np.clip(1 - shared, 0, 1))


def _apart(scene: Scene, number: int, mask: Mask, bands: tuple[Mask, Mask]) -> float:
    """Return the share of the outline on whose two sides the mean colours clearly differ; what sticks has the same."""
    colours = scene.flow.lab[number].astype(np.float32)
    reach = 2 * max(3, int(0.08 * size(mask))) + 1
    means = []
    for band in bands:
        weight = cv2.blur(band.astype(np.float32), (reach, reach))
        means.append(cv2.blur(colours * band[..., None], (reach, reach)) / np.maximum(weight, 1e-3)[..., None])
    differences = cv2.transform((means[0] - means[1]) ** 2, np.array([[0.5, 1.5, 1.5]]))
    line = _line(mask)
    return float(np.mean(differences[line] > CLEARLY_APART**2)) if line.any() else 0.0


def _unmixed(scene: Scene, number: int, mask: Mask) -> float:
    """Return 1 less the share of the mask in large parts whose colours are commoner around it than in it."""
    around = dilated(mask, max(6, int(0.35 * size(mask)))) & ~dilated(mask, 2)
    cells = scene.flow.cells[number]
    odds = np.log(colour_table.frequencies(cells, mask) / colour_table.frequencies(cells, around))
    usual = cv2.blur(np.clip(odds, -3, 3).astype(np.float32)[cells], (5, 5))
    foreign = opened(mask & (usual < 0), max(1, int(0.04 * size(mask))))
    return 1 - float(np.count_nonzero(foreign) / np.count_nonzero(mask))


def _kept(scene: Scene, masks: Sequence[Mask]) -> float:
    """Return how much of a mask the flow carries to a place inside a later or earlier one: of the worst of some pictures."""
    starts = np.unique(np.linspace(0, len(masks) - 1, LOOKED_AT - 1).round().astype(int)).tolist()
    stayed = []
    for start in starts:
        for way in (-1, 1):
            end = start + way * FOLLOWED
            if 0 <= end < len(masks):
                stayed.append(_carried(scene, masks, start, end))
    return float(np.quantile(stayed, 0.1)) if stayed else 1.0


def _carried(scene: Scene, masks: Sequence[Mask], start: int, end: int) -> float:
    rows, columns = np.nonzero(masks[start])
    step = max(1, len(rows) // POINTS)
    points = np.stack([columns[::step], rows[::step]], -1).astype(np.float32)
    height, width = masks[start].shape
    seen = np.ones(len(points), bool)
    way = 1 if end > start else -1
    for number in range(start, end, way):
        points = scene.flow.carry(points, number, number + way)
        seen &= ((points >= 0) & (points < [width, height])).all(-1)
    if not seen.any():
        return 1.0
    x, y = points[seen].astype(int).T
    return float(dilated(masks[end], 2)[y, x].mean())


def _line(mask: Mask) -> Mask:
    """Return the outline, without the picture's edge."""
    line = mask & ~eroded(mask, 1)
    line[[0, -1]] = line[:, [0, -1]] = False
    return line


def _outline(scene: Scene, number: int, mask: Mask) -> float:
    """Return the share of the outline where the picture changes more than it usually does near it."""
    smooth = cv2.GaussianBlur(scene.flow.lab[number], (0, 0), 1.0).astype(np.float32)
    slopes = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)).max(-1)
    line = _line(mask)
    near = dilated(line, max(4, int(0.12 * size(mask))))
    steepest = cv2.dilate(slopes, np.ones((3, 3), np.uint8))
    if not line.any():
        return 0.0
    usual = float(np.quantile(slopes[near], 0.7))
    return float(np.mean(steepest[line] > max(usual, 6.0)))
