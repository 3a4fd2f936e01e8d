"""Estimate how certain a segmentation is, from features that need no ground truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import dilated, eroded, overlap, size

if TYPE_CHECKING:
    from sora_nb.engines.cutout.masks import Mask
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation

WEIGHTS = {"agreed": 3.4, "contrast": 2.5, "motion": 1.2, "solid": 2.5}
BIAS = -5.5
"""Fitted to the overlap with the truth on fifty drawn and composed clips."""


def estimate(scene: Scene, segmentation: Segmentation) -> float:
    """Return 0 (a guess) to 1 (certain)."""
    if segmentation.signs is not None:
        signs = segmentation.signs
        return float(np.clip(signs.probability * signs.agreed * signs.face, 0, 1))
    values = features(scene, segmentation)
    total = BIAS + sum(weight * values[name] for name, weight in WEIGHTS.items())
    return float(1 / (1 + np.exp(-total)))


def features(scene: Scene, segmentation: Segmentation) -> dict[str, float]:
    """Return the features of a segmentation, by name; most lie between 0 and 1.

    agreed: the two passes agree. contrast: colours just inside and just outside differ. motion: it moves and its
    surroundings do not. solid: it is one compact shape.
    """
    masks = segmentation.masks
    if any(mask.sum() < 50 for mask in masks):
        return dict.fromkeys(WEIGHTS, 0.0)
    some = range(0, len(masks), max(1, len(masks) // 5))
    return {
        "agreed": float(np.mean([overlap(*pair) for pair in zip(masks, segmentation.drafts, strict=True)])),
        "contrast": float(np.mean([_contrast(scene, number, masks[number]) for number in some])),
        "motion": float(np.mean([_motion(segmentation, number) for number in some])),
        "solid": float(np.mean([_solid(masks[number]) for number in some])),
    }


def _bands(mask: Mask) -> tuple[Mask, Mask]:
    reach = max(3, int(0.08 * size(mask)))
    return mask & ~eroded(mask, reach), dilated(mask, reach) & ~dilated(mask, 1)


def _contrast(scene: Scene, number: int, mask: Mask) -> float:
    """Return 1 less the overlap of the colours on the two sides of the outline."""
    inner, outer = _bands(mask)
    cells = scene.flow.cells[number]
    shared = np.sqrt(colour_table.frequencies(cells, inner) * colour_table.frequencies(cells, outer)).sum()
    return float(np.clip(1 - shared, 0, 1))


def _motion(segmentation: Segmentation, number: int) -> float:
    if segmentation.evidence is None:
        return 0.0
    energy, mask = np.minimum(segmentation.evidence.energy[number], 1), segmentation.masks[number]
    _, outer = _bands(mask)
    return float(energy[mask].mean() - (energy[outer].mean() if outer.any() else 0))


def _solid(mask: Mask) -> float:
    """Return the mask's area as part of its convex hull's."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.contourArea(cv2.convexHull(np.vstack(outlines)))
    return float(min(1.0, mask.sum() / max(1.0, hull)))
