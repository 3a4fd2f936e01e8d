"""Ask the network for a second opinion on what was found without a face.

Of somebody who lies there and moves the head, motion shows the head; where the camera moves or somebody hardly does,
motion and colours take a piece of the room along. The network finds the whole of somebody or something near the camera,
but also who stands behind. Its shapes are taken where it is sure of them, finds the same from nearer and from farther
away, and the picture's edges cut them no more than the masks; or where all that it takes off the masks rests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import close_look
from sora_nb.engines.cutout.masks import dilated, filled, largest_part, most_cut, overlap
from sora_nb.engines.cutout.segmentation import vote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Box, Mask, Plane
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.engines.cutout.segmentation import Segmentation

ASKED = 5
"""Pictures in which the network is asked first."""
CLOSER = (1.3, 1.8, 2.6, 3.7, 5.2)
"""Sides of what it is asked about, by the mask's, until what it finds ends in there; the last one is the whole picture.

Of somebody far away only the head may be found at first: in the whole picture he would be too small to be seen."""
LOST = 0.5
"""Part of what it showed from nearer that it must still show from farther away."""
SAME = 0.9
"""Overlap of its shapes and the masks from which on they are the same: the outline of the masks is the finer one."""
INSIDE = 0.88
"""Least part of one of the two that lies in the other for it to do so."""
RESTS = -0.3
"""Log-odds of motion, in the mean over what the network takes off the masks, below which that rests."""
MOST_LEFT, LEAST_LEFT = 0.75, 0.1
"""Most and least of the masks' area that is left where all it does is to take off what rests."""
LESS_SURE = 0.88
"""Least mean probability inside its shapes in that case."""
SURE = 0.955
"""The same in any other case."""
SURE_OF_MORE, COVERED, MERGED = 0.9, 0.8, 0.5
"""Where the masks are in something far larger: least mean probability inside its shapes, least part of the masks that is
in them, and the part of them that is in the masks, below which they show more than the masks.

The network is less sure of the drawn hills and rooms that it takes for a part of a drawn figure."""
SAME_FROM_AFAR = 0.75
"""Least overlap of its shapes from near and from farther away."""
CUT = 0.05
"""How much more than the masks an edge of the picture may then cut them, as part of their size."""


@dataclass(frozen=True)
class _Look:
    """What the network finds at a mask in one picture.

    Attributes:
        shown: its shape.
        plane: its probabilities.
        box: what it was asked about.
    """

    shown: Mask
    plane: Plane
    box: Box


def second_opinion(
    footage: Footage, scene: Scene, evidence: Evidence, segmentation: Segmentation, *, pointed: bool
) -> Segmentation:
    """Return the network's masks where they are to be believed, else the given ones; and what it says of those.

    Args:
        footage: the sampled pictures.
        scene: what was measured in them.
        evidence: what moves.
        segmentation: what motion and colours found.
        pointed: whether somebody pointed at the subject; then the masks stay as they are, as where motion is decisive.
    """
    masks = segmentation.masks
    decisive = segmentation.evidence is not None and segmentation.evidence.decisive
    some = np.unique(np.linspace(0, len(masks) - 1, ASKED).round().astype(int)).tolist()
    looks = {number: _look(footage, number, masks[number]) for number in some}
    seconded = float(np.median([overlap(looks[number].shown, masks[number]) for number in some]))
    if pointed or decisive or seconded >= SAME:
        return replace(segmentation, seconded=seconded)
    verdict = np.median([_judge(look, masks[number], evidence.log_odds[number]) for number, look in looks.items()], 0)
    if not _believed(footage, masks, looks, verdict):
        return replace(segmentation, seconded=seconded, merged=_merged(verdict) and not _travels(scene, masks, some))
    found = [_closer(footage, number, mask, looks.get(number)) for number, mask in enumerate(masks)]
    drafts = vote(scene, [look.shown for look in found])
    fine = [
        close_look.refined(footage, number, mask, look.plane)
        for number, (mask, look) in enumerate(zip(drafts, found, strict=True))
    ]
    return replace(segmentation, masks=tuple(fine), drafts=tuple(drafts), seconded=1.0)


def _boxes(mask: Mask) -> list[Box]:
    """Return what the network is asked about, one after the other."""
    height, width = mask.shape
    boxes = [*(close_look.around(mask, mask.shape, closer) for closer in CLOSER), (0, 0, width, height)]
    return list(dict.fromkeys(boxes))


def _look(footage: Footage, number: int, mask: Mask) -> _Look:
    """Ask about the mask and a little around it, then about more, until what is found there ends there or is lost."""
    first, *wider = _boxes(mask)
    look = _asked(footage, number, mask, first)
    for box in wider:
        if look.shown.any() and not close_look.reaches(look.shown, look.box):
            break
        farther = _asked(footage, number, mask, box)
        if np.count_nonzero(farther.shown) < LOST * np.count_nonzero(look.shown):
            break  # from there it is too small to be seen
        look = farther
    return look


def _closer(footage: Footage, number: int, mask: Mask, look: _Look | None) -> _Look:
    """Ask once more, about no more than the mask and what a first look showed."""
    look = look or _look(footage, number, mask)
    box = close_look.around(look.shown | mask, mask.shape)
    return look if box == look.box else _asked(footage, number, mask, box)


def _asked(footage: Footage, number: int, mask: Mask, box: Box) -> _Look:
    plane = close_look.ask(footage, mask.shape, number, box)
    shown = plane > 0.5
    own = filled(largest_part(shown, mask), 0.03) if (shown & mask).any() else np.zeros(mask.shape, bool)
    return _Look(own, plane, box)


def _believed(footage: Footage, masks: Sequence[Mask], looks: dict[int, _Look], verdict: NDArray[np.float64]) -> bool:
    """Whether the network's shapes are better than the masks; the verdict is what _judge() says of some pictures."""
    inside, left, rests, sure = verdict
    if sure < LESS_SURE or (inside * left < INSIDE and rests > RESTS):  # it takes off what moves
        return False
    if inside >= INSIDE and LEAST_LEFT < left < MOST_LEFT:
        return True
    near = {number: _closer(footage, number, masks[number], look) for number, look in looks.items()}
    whole = [not close_look.reaches(look.shown, look.box) for look in near.values()]
    same = [overlap(look.shown, looks[number].shown) for number, look in near.items()]
    cut = [most_cut(look.shown) - most_cut(masks[number]) for number, look in near.items()]
    sure = np.median([_sure(look) for look in near.values()])
    return bool(sure >= SURE and np.median(whole) and np.median(same) >= SAME_FROM_AFAR and np.median(cut) <= CUT)


def _merged(verdict: NDArray[np.float64]) -> bool:
    """Whether the network finds the masks as one with something far larger, which they are a part of or touch."""
    inside, left, _, sure = verdict
    return bool(sure >= SURE_OF_MORE and inside * left >= COVERED and inside < MERGED)


def _travels(scene: Scene, masks: Sequence[Mask], some: Sequence[int]) -> bool:
    """Whether no place of the scenery is in the masks of all these pictures: who goes away from it is no part of it."""
    places = [scene.camera.to_reference(masks[number].astype(np.uint8), number, cv2.BORDER_CONSTANT) for number in some]
    return not np.logical_and.reduce(places).any()


def _sure(look: _Look) -> float:
    """Return the mean probability inside a shape."""
    return float(look.plane[look.shown].mean()) if look.shown.any() else 0.0


def _judge(look: _Look, mask: Mask, odds: Plane) -> tuple[float, ...]:
    """Return how much of what the network finds is in the mask, its area by the mask's, how the rest moves, how sure it is."""
    shown = look.shown
    if not shown.any() or not mask.any():
        return 0.0, 0.0, 0.0, 0.0
    rest = mask & ~dilated(shown, 2)
    return (
        float((shown & mask).sum() / shown.sum()),
        float(shown.sum() / mask.sum()),
        float(odds[rest].mean()) if rest.any() else 0.0,
        _sure(look),
    )
