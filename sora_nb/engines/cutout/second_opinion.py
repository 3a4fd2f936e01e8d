"""Let the network take resting scenery off what was found without a face.

Motion and colours at times take a piece of the room along with somebody, where the camera moves or somebody hardly
does. The network is as sure of an animal or a thing that stands out as of a person, so it is asked no more than this:
is it somebody or something in the midst of the masks, and does nothing of the rest move?
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.cutout import close_look
from sora_nb.engines.cutout.masks import dilated, filled, largest_part
from sora_nb.engines.cutout.segmentation import vote

if TYPE_CHECKING:
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Mask, Plane
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation

ASKED = 5
"""Pictures in which the network is asked first."""
INSIDE = 0.88
"""Least part of what the network finds that lies in the mask."""
MOST_LEFT = 0.75
"""Most of the mask's area that the network leaves: below, it is not a matter of the outline."""
LEAST_LEFT = 0.1
"""Least of the mask's area that the network leaves."""
RESTS = -0.3
"""Log-odds of motion, in the mean over what the network takes off, below which that rests."""
MIN_CONFIDENCE = 0.88
"""Least mean probability inside what the network finds."""


def without_scenery(footage: Footage, scene: Scene, evidence: Evidence, segmentation: Segmentation) -> Segmentation:
    """Return the network's masks where the given ones hold much that rests around what it finds, else the given ones.

    Args:
        footage: the sampled pictures.
        scene: what was measured in them.
        evidence: what moves.
        segmentation: what motion and colours found.
    """
    count = len(segmentation.masks)
    some = np.unique(np.linspace(0, count - 1, ASKED).round().astype(int)).tolist()
    looks = {number: _look(footage, number, segmentation.masks[number]) for number in some}
    found = [_judge(*looks[number], segmentation.masks[number], evidence.log_odds[number]) for number in some]
    inside, left, rests, sure = np.median(found, axis=0)
    if inside < INSIDE or not LEAST_LEFT < left < MOST_LEFT or rests > RESTS or sure < MIN_CONFIDENCE:
        return segmentation
    looks |= {
        number: _look(footage, number, segmentation.masks[number]) for number in range(count) if number not in looks
    }
    drafts = vote(scene, [looks[number][0] for number in range(count)])
    masks = [close_look.refined(footage, number, mask, looks[number][1]) for number, mask in enumerate(drafts)]
    return replace(segmentation, masks=tuple(masks), drafts=tuple(drafts))


def _look(footage: Footage, number: int, mask: Mask) -> tuple[Mask, Plane]:
    """Return what the network finds at a mask, and its probabilities."""
    plane = close_look.ask(footage, mask.shape, number, close_look.around(mask, mask.shape))
    shown = plane > 0.5
    return (filled(largest_part(shown, mask), 0.03) if (shown & mask).any() else np.zeros(mask.shape, bool)), plane


def _judge(shown: Mask, plane: Plane, mask: Mask, odds: Plane) -> tuple[float, float, float, float]:
    """Return how much of what the network finds is in the mask, its area by the mask's, how the rest moves, how sure it is."""
    if not shown.any() or not mask.any():
        return 0.0, 0.0, 0.0, 0.0
    rest = mask & ~dilated(shown, 2)
    return (
        float((shown & mask).sum() / shown.sum()),
        float(shown.sum() / mask.sum()),
        float(odds[rest].mean()) if rest.any() else 0.0,
        float(plane[shown].mean()),
    )
