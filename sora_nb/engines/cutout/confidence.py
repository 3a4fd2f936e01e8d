"""Judge how certain a segmentation is, from features that need no ground truth, and say what speaks most against it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import cut_sides, dilated, eroded, opened, overlap, size, window_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Mask, Rgb
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation
    from sora_nb.vision.faces import Face

LOOKED_AT = 5
"""Pictures in which outlines are looked at closely."""
MIN_PIXELS = 50
"""Area in pixels below which there is nothing to judge."""
CLEARLY_APART = 12.0
"""Levels of Lab by which the colours on the two sides of an outline clearly differ."""
LEAST_TOLD = 0.75
"""How often the colours tell a pixel of the subject from one beside it, at and below which they tell nothing."""
REGROWN_SIDE = 200
"""Longer side in pixels of the region in which a mask is grown anew."""
CORE = 0.12
"""How much of a mask is taken off before it is grown anew, in sides of a square of its area."""
MOVING_SHARE = 0.1
"""Part of the subject that has to move for motion to say where it is."""
BUST = 0.3
"""Part of a mask's size that the lower edge must cut for it to be a bust."""
SECONDED = 0.8, 0.9
"""Overlap with what the network finds at and below which that says nothing of where it is, and from which on it does."""
HEAD = (1.3, 0.9, 0.5)
"""How far a head with its hair reaches to each side of the middle of its face, in widths of that, and above the face, in
heights; and how far below the top of the face shoulders may begin."""
MOST_BESIDE = 0.25
"""Area beside and above a head, by that of the face, above which it is of somebody or something else."""
BESIDE = 1.15
"""From where on it counts to each side of the middle of the face, in widths of that: hair that reaches farther is thin."""
THICK = 0.33
"""Least radius of what counts, in widths of the face: two thirds of a face across, which an arm is not."""
BOUNDING = ("separate", "alone")
"""Features that have no weight: each bounds the quality where it is 0."""
MERGED_QUALITY = 0.5
"""That bound. The cut-out is doubted then; it is not refused, for it may be whole."""
PARTED = 3.0
"""Difference in log-odds of motion between the two sides of an outline from which on the feature "parted" is 1."""
MOST_PARTED = 2.0
"""Most that the log-odds of one pixel count in that difference."""
UNTOLD = 0.4
"""That feature where motion was not asked."""
DECIDED = 0.6, 0.85
"""Values of Signs.decided at and below which the feature of that name is 0, and from which on it is 1."""
MOVING = {
    "agreed": 1.9, "jumps": 2.0, "sized": 1.3, "colours": 3.3, "apart": 2.4, "edges": 1.9, "regrown": 1.3, "found": 3.3,
    "parted": 1.5,
}, -16.2  # fmt: skip
PERSON = {"sized": 4.1, "unmixed": 0.9, "seen": 1.3, "whole": 4.9, "decided": 1.1}, -11.1
"""Weights of the features, and the bias, by what found the subject: tests/quality/fit.py fitted them to the tuned clips.

That of jumps was added by hand: none of those clips jumps as real footage does. So were that of parted, for the quality of
what moves to be comparable with that of a person, and that of decided: in none of those clips does a floor join the feet."""
USUAL = {
    "agreed": 0.94, "jumps": 0.94, "sized": 0.97, "colours": 0.98, "edges": 0.96, "regrown": 0.95, "found": 1.0,
    "whole": 0.99, "apart": 0.99, "unmixed": 0.96, "seen": 0.97, "separate": 1.0, "alone": 1.0,
    "parted": 0.51, "decided": 0.93,
}  # fmt: skip
"""Means of the features of good cut-outs."""
REASONS = {
    "agreed": "Its outline is found otherwise at a second look.",
    "jumps": "Its outline jumps between pictures.",
    "sized": "It is much larger in some pictures than in the others.",
    "colours": "Its colours are those of the background.",
    "edges": "Its outline does not follow what is seen in the picture.",
    "apart": "Next to its outline the background has the same colours, so that some of it may stick to the subject.",
    "regrown": "Grown anew from its middle it has another outline.",
    "found": "Next to nothing of it moves, and at a second look it is larger or smaller: only its colours say where it is.",
    "unmixed": "Parts of it have the colours of the background.",
    "whole": "The edge of the picture cuts it.",
    "seen": "The face is seen in few pictures only.",
    "decided": "Parts of it may be of what is around: what tells people from their surroundings leans neither way there.",
    "parted": "Motion does not tell it from what is around it.",
    "separate": "At a second look it is one with something larger, which it is a part of or touches.",
    "alone": "Beside or above the head there is nearly as much as another head: somebody else may be cut out with it.",
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


def features(scene: Scene, segmentation: Segmentation, kind: str) -> dict[str, float]:
    """Return the features of a segmentation, by name, from 0 (bad) to 1; all 0 where there is next to nothing to judge.

    sized: no picture shows much more of it than is usual. Of a person also seen: the face is seen in all pictures;
    unmixed: no large part has colours that are commoner around it; whole: the picture's left, right and upper edges
    do not cut it, but for the shoulders of a bust and the hair of a close-up; alone: beside and above the head there is
    nothing nearly as thick as a face;
    decided: nowhere in or around it the network leans neither way.
    Of all else also agreed: the two passes agree. jumps: each mask is
    its neighbour's, moved along with the flow, also that of the worst pairs. colours: they tell the subject from what
    is around it. apart: they differ all along the outline, next to it. edges: the outline lies on edges of the
    picture. regrown: a watershed from the middle of the mask and from far around it meets at the outline. found: some
    of it moves, somebody pointed at it, or the network finds the same. separate: the network does not find it as one
    with something far larger. parted: motion tells the two sides of the outline apart, also in the worst pictures.
    Those of BOUNDING are 0 or 1.

    Args:
        scene: the analysed pictures.
        segmentation: what is judged.
        kind: what found the subject, as in Found, or "hint".
    """
    masks, signs = segmentation.masks, segmentation.signs
    if any(np.count_nonzero(mask) < MIN_PIXELS for mask in masks):
        return dict.fromkeys((MOVING if signs is None else PERSON)[0], 0.0)
    some = np.unique(np.linspace(0, len(masks) - 1, LOOKED_AT).round().astype(int)).tolist()
    areas = np.array([np.count_nonzero(mask) for mask in masks], float)
    sized = float(np.median(areas) / areas.max())
    if signs is not None:
        return {
            "sized": sized,
            "unmixed": float(np.mean([_unmixed(scene, number, masks[number]) for number in some])),
            "seen": signs.seen,
            "whole": float(1 - np.mean([_cut(mask, _nearest(segmentation.faces, n)) for n, mask in enumerate(masks)])),
            "decided": float(np.interp(signs.decided, DECIDED, (0, 1))),
            "alone": float(_beside_head(masks, segmentation.faces) <= MOST_BESIDE),
        }
    moved = [
        overlap(here, scene.flow.warp(there.astype(np.float32), number, number + 1) > 0.5)
        for number, (here, there) in enumerate(pairwise(masks))
    ] or [1.0]
    told = float(np.mean([_told(scene.flow.cells[number], masks[number]) for number in some]))
    return {
        "agreed": float(np.mean([overlap(*pair) for pair in zip(masks, segmentation.drafts, strict=True)])),
        "jumps": float(np.quantile(moved, 0.1)),
        "sized": sized,
        "colours": float(np.clip((told - LEAST_TOLD) / (1 - LEAST_TOLD), 0, 1)),
        "apart": float(np.mean([_apart(scene, number, masks[number]) for number in some])),
        "edges": float(np.mean([_outline(scene, number, masks[number]) for number in some])),
        "regrown": float(np.mean([_regrown(scene.pictures[number], masks[number]) for number in some])),
        "found": max(float(np.interp(segmentation.seconded, SECONDED, (0, 1))), _found(scene, masks, some, kind)),
        "parted": UNTOLD if kind == "hint" or segmentation.evidence is None else _parted(segmentation.evidence, masks),
        "separate": float(not segmentation.merged),
    }


def weigh(values: Mapping[str, float]) -> Confidence:
    """Return what features come to."""
    weights, bias = PERSON if "seen" in values else MOVING
    total = bias + sum(weight * values[name] for name, weight in weights.items())
    quality = float(1 / (1 + np.exp(-total)))
    for name in BOUNDING:
        if quality > MERGED_QUALITY and not values.get(name, 1.0):
            return Confidence(MERGED_QUALITY, REASONS[name])
    weakest = min(weights, key=lambda name: weights[name] * (values[name] - USUAL[name]))
    return Confidence(quality, REASONS[weakest])


def estimate(scene: Scene, segmentation: Segmentation, kind: str) -> Confidence:
    """Judge a segmentation, see features()."""
    return weigh(features(scene, segmentation, kind))


def _nearest(faces: Mapping[int, Face], number: int) -> Face:
    """Return the face that was seen nearest in time to a picture."""
    return faces[min(faces, key=lambda other: abs(other - number))]


def _cut(mask: Mask, face: Face) -> float:
    """Return how much the left, right or upper edge of the picture cuts a person, as part of the mask's size.

    Of a bust they may cut what is below the chin, and in a close-up the hair: that is seen, and told elsewhere.
    """
    counted = mask.copy()
    if cut_sides(mask)["bottom"] >= BUST:
        counted[max(0, face.top + face.height) :] = False
    aside, above, _ = HEAD
    middle = face.left + face.width / 2
    near = {
        "left": middle < aside * face.width,
        "right": middle > mask.shape[1] - aside * face.width,
        "top": face.top < above * face.height,
        "bottom": True,
    }
    cut = max((share for name, share in cut_sides(counted).items() if not near[name]), default=0.0)
    return cut * size(counted) / size(mask)


def _beside_head(masks: Sequence[Mask], faces: Mapping[int, Face]) -> float:
    """Return the area beside and above the head of what is nearly as thick as the face, by the face's; the median over pictures.

    An arm, a brim or a chignon is thinner, and a shoulder is lower.
    """
    numbers = sorted(faces)
    _, above, below = HEAD
    areas = []
    for place in np.unique(np.linspace(0, len(numbers) - 1, LOOKED_AT).round().astype(int)):
        face, beyond = faces[numbers[place]], masks[numbers[place]].copy()
        middle = face.left + face.width / 2
        left, right = (max(0, int(middle + side * BESIDE * face.width)) for side in (-1, 1))
        beyond[max(0, int(face.top + below * face.height)) :] = False
        beyond[max(0, int(face.top - above * face.height)) :, left:right] = False
        thick = opened(beyond, max(1, int(THICK * face.width)))
        areas.append(np.count_nonzero(thick) / (face.width * face.height))
    return float(np.median(areas))


def _bands(mask: Mask) -> tuple[Mask, Mask]:
    """Return what lies just inside and just outside of the outline."""
    reach = max(3, int(0.08 * size(mask)))
    return mask & ~eroded(mask, reach), dilated(mask, reach) & ~dilated(mask, 1)


def _parted(evidence: Evidence, masks: Sequence[Mask]) -> float:
    """Return how far the log-odds of motion just inside of the outline exceed those just outside, of the worst pictures."""
    apart = []
    for mask, odds in zip(masks, evidence.log_odds, strict=True):
        limited = np.clip(odds, -MOST_PARTED, MOST_PARTED)
        inner, outer = _bands(mask)
        if inner.any() and outer.any():
            apart.append(float(limited[inner].mean() - limited[outer].mean()))
    return float(np.clip(np.quantile(apart, 0.1) / PARTED, 0, 1)) if apart else UNTOLD


def _found(scene: Scene, masks: Sequence[Mask], some: Sequence[int], kind: str) -> float:
    """Return how much more than its colours says where a subject is: 1 where much of it moves, or somebody pointed at it."""
    if kind != "motion":
        return float(kind == "hint")
    speeds = scene.speeds
    moving = [np.mean(speeds.confirmed[number][masks[number]] > speeds.threshold) for number in some]
    return float(min(1.0, np.mean(moving) / MOVING_SHARE))


def _told(cells: NDArray[np.int16], mask: Mask) -> float:
    """Return how often a pixel of the subject has a colour more typical of it than a pixel around it has: 0.5 is a guess."""
    side = size(mask)
    inner = mask & eroded(mask, max(1, int(0.03 * side)))
    ring = dilated(mask, max(6, int(0.3 * side))) & ~dilated(mask, max(2, int(0.03 * side)))
    if not inner.any() or not ring.any():
        return 0.0
    order = np.argsort(colour_table.frequencies(cells, inner) / colour_table.frequencies(cells, ring))
    front, back = (np.bincount(cells[part], minlength=colour_table.BINS)[order] for part in (inner, ring))
    lower = np.cumsum(back) - 0.5 * back
    return float((front * lower).sum() / (front.sum() * back.sum()))


def _regrown(picture: Rgb, mask: Mask) -> float:
    """Return the overlap of a mask with what a watershed grows from its middle against what is far around it."""
    window = window_of(mask, int(0.4 * size(mask)) + 4)
    part, shown = picture[window], mask[window]
    zoom = min(1.0, REGROWN_SIDE / max(shown.shape))
    small = max(8, int(shown.shape[1] * zoom)), max(8, int(shown.shape[0] * zoom))
    shown = cv2.resize(shown.astype(np.float32), small, interpolation=cv2.INTER_AREA) > 0.5
    reach = max(2, int(CORE * size(shown)))
    labels = np.zeros(shown.shape, np.int32)
    labels[~dilated(shown, reach)] = 1
    labels[eroded(shown, reach)] = 2
    cv2.watershed(cv2.GaussianBlur(cv2.resize(part, small, interpolation=cv2.INTER_AREA), (0, 0), 1), labels)
    grown = labels == 2
    # the watershed draws its line on one side of the outline
    return overlap(grown, eroded(shown, 1) | (shown & grown))


def _apart(scene: Scene, number: int, mask: Mask) -> float:
    """Return the share of the outline on whose two sides the mean colours clearly differ; what sticks has the same."""
    colours = scene.flow.lab[number].astype(np.float32)
    reach = 2 * max(3, int(0.08 * size(mask))) + 1
    means = []
    for band in _bands(mask):
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
