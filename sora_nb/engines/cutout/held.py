"""Tell whether a person holds something: next to a bare hand lies what is neither skin nor clothes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import closed, dilated, opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask
    from sora_nb.engines.cutout.motion import Scene
    from sora_nb.vision.faces import Face

LOOKED_AT = 3
"""Pictures with a face in which hands are looked for."""
MIN_AGREED = 0.6
"""Share of them in which something must lie in a hand."""
MIN_AREA = 0.1
"""Least area of what is held, by that of the face."""
SKIN_TINT = 7.0
"""Steps of Lab by which the colour of hands may differ from that of the face, whatever its lightness."""
SKIN_STEPS = 70.0
"""Steps by which its lightness may."""
MIN_TINT = 8.0
"""Tint of a face below which the film is grey, and hands are told from nothing."""
HAND = (0.04, 0.9)
"""Least and largest area of a hand, by that of the face."""
MOST_HANDS = 3
"""Parts of the colour and size of hands; where there are more, the clothes have that colour."""
REACH = 0.4
"""Distance from a hand up to which held colours are looked for, in widths of the face; beyond it are clothes."""
TOUCH = 0.2
"""How far from a hand what it holds may begin, in widths of the face: a hand's shadow or a rim lies between."""
FRONT = 0.5
"""How far to each side of the middle of the face a tie or the front of a shirt may lie, in widths of the face."""
OTHER_ODDS = 0.8
"""Log-odds from which on a colour is rather that of something held than that of the hand or of clothes."""


def holds(scene: Scene, masks: Sequence[Mask], faces: Mapping[int, Face]) -> bool:
    """Whether what a person holds is cut out with him, in most of the pictures that show the face.

    Args:
        scene: the analysed pictures.
        masks: the person in each picture.
        faces: the face, by the number of the picture.
    """
    numbers = sorted(faces)
    some = [numbers[place] for place in np.unique(np.linspace(0, len(numbers) - 1, LOOKED_AT).round().astype(int))]
    shares = [
        _held_share(scene.flow.lab[number], scene.flow.cells[number], masks[number], faces[number]) for number in some
    ]
    return bool(np.mean([share > MIN_AREA for share in shares]) >= MIN_AGREED)


def _held_share(lab: NDArray[np.uint8], cells: NDArray[np.int16], mask: Mask, face: Face) -> float:
    """Return the area of what is held, by that of the face; 0 where no bare hand is seen."""
    side, area = float(face.width), float(face.width * face.height)
    x, y = face.left + face.width / 2, face.top + face.height / 2
    rows, columns = np.ogrid[0 : mask.shape[0], 0 : mask.shape[1]]
    near_face = mask & (np.hypot(columns - x, 0.8 * (rows - y)) < 1.1 * side)
    # what is held before the chest may reach up to the chin, and is no part of the head
    head = near_face & (rows <= face.top + 1.35 * face.height)
    skin = _skin(lab, x, y, side)
    hand = _hands(skin & mask, head, near_face, side, area)
    if not hand.any():
        return 0.0
    body = mask & ~head
    near = dilated(hand, int(REACH * side))
    clothes = body & ~near
    if clothes.sum() < 0.15 * area:
        return 0.0
    beside = body & near & ~hand
    # what hair and hat have of the head; its skin, blurred, would pass for all that is brown
    hair = head & ~skin
    tables = [colour_table.frequencies(cells, part, 2.0) for part in (clothes, hand, hair)]
    own = np.maximum.reduce([tables[0], tables[1], hair.sum() / max(1, head.sum()) * tables[2]])
    # a tie or the front of a shirt hangs down from what is seen at the neck
    neck = colour_table.frequencies(cells, hair & (rows > face.top + face.height), 2.0)
    found = colour_table.frequencies(cells, beside, 2.0)
    usual, before = (np.clip(np.log(found / each), -3, 3)[cells] for each in (own, np.maximum(own, neck)))
    odds = np.where(np.abs(columns - x) < FRONT * side, before, usual)
    other = beside & (cv2.blur(odds, (5, 5)) > OTHER_ODDS)
    # buttons and handles are not broad: what lies close together is one thing
    other = opened(closed(other, max(1, int(0.1 * side))) & beside, max(1, int(0.05 * side)))
    _, labels = cv2.connectedComponents(other.astype(np.uint8))
    touching = np.setdiff1d(labels[dilated(hand, max(2, int(TOUCH * side)))], [0])
    return float(np.isin(labels, touching).sum() / area)


def _skin(lab: NDArray[np.uint8], x: float, y: float, side: float) -> Mask:
    """Return where the picture has the tint of the middle of the face; nowhere where that has none, or is not seen."""
    reach = max(2, int(0.22 * side))
    top, left = max(0, int(y) - reach // 2), max(0, int(x) - reach)
    middle = lab[top : int(y) + reach, left : int(x) + reach].reshape(-1, 3)
    if not len(middle):
        return np.zeros(lab.shape[:2], bool)
    usual = np.median(middle, 0)
    if np.hypot(*(usual[1:] - 128)) < MIN_TINT:
        return np.zeros(lab.shape[:2], bool)
    apart = np.abs(cv2.GaussianBlur(lab, (0, 0), max(0.8, 0.03 * side)) - usual)
    return np.asarray((np.hypot(apart[..., 1], apart[..., 2]) < SKIN_TINT) & (apart[..., 0] < SKIN_STEPS))


def _hands(skin: Mask, head: Mask, near_face: Mask, side: float, area: float) -> Mask:
    """Keep the parts of skin that have the size of hands.

    Face, neck and neckline are none, and nothing is kept where there are many: then the clothes have the colour of skin.
    """
    parts = opened(skin, max(1, int(0.06 * side))).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(parts)
    sizes = stats[:, cv2.CC_STAT_AREA]
    fits = (sizes > HAND[0] * area) & (sizes < HAND[1] * area)
    fits &= np.bincount(labels[near_face], minlength=count) < 0.5 * sizes
    fits[labels[head]] = False
    fits[0] = False
    if np.count_nonzero(fits) > MOST_HANDS:
        return np.zeros_like(skin)
    return np.asarray(fits[labels])
