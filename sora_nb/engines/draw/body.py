"""Measure the body in a cut-out's pictures: its size, its head, and which way it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.base import SHOWN
from sora_nb.engines.cutout import sprite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.base import Box, Cutout

HEAD_TO_FACE = 1.45
"""Height of a head, its face being 1."""
USUAL_HEADS = {True: 0.42, False: 0.17}
"""Height of a head as part of a bust and of a whole figure, where it cannot be measured."""
RAISED = 0.06
"""Part of a body's width by which the head of a beast in profile is beside its middle at least."""
TOES = 0.012
"""Part of a body's height by which toes are before ankles at least where somebody is seen from the side."""
LOOKS = 5
"""In how many pictures a head is looked for."""
FRONT = 0.6
"""Height and width of the part of a beast in profile that its head is in, as part of its height."""
UPPER = 0.35
"""Part of an upright body's height that head and shoulders are where no neck is seen."""
SLENDER = 0.84
"""Width of the box of an upright head, as part of its height."""
UNSTEADY = 2.2
"""Room in which what seems to be a head moves about from which on it is none, as a multiple of its own."""
LIVING = frozenset(["face", "person", "motion", "cat"])
"""Kinds of cut-outs that have a head; what stands out or was pointed at may be a thing."""
AGREED = 0.7
"""Part of the pictures that agree on which way a body looks at least."""


@dataclass(frozen=True)
class Figure:
    """What is shown of a cut-out, in pixels of its pictures.

    Attributes:
        rows, columns: of the body.
        head: height of its head.
        bust: whether it has no feet.
        facing: 1 where it looks to the right, -1 to the left, 0 to the camera, or where nobody can tell.
        necked: whether a head was measured, by a face or a neck.
        axis: column about which it is balanced; None for that of all its weight.
    """

    rows: float
    columns: float
    head: float
    bust: bool
    facing: int = 0
    necked: bool = True
    axis: float | None = None


def measure(cutout: Cutout, *, drawn: bool = False) -> Figure:
    """Measure the body in a cut-out's pictures, whose canvas may be far wider than the body is at any time.

    Args:
        cutout: the sprite.
        drawn: the engine drew it itself, looking to the right.
    """
    boxes = np.array([cv2.boundingRect((frame[..., 3] > SHOWN).astype(np.uint8)) for frame in cutout.frames])
    # a picture that shows nothing has no size
    shown = boxes[boxes[:, 3] > 0, 2:]
    columns, rows = np.median(shown, axis=0) if len(shown) else cutout.frames[0].shape[1::-1]
    share = min(0.8, HEAD_TO_FACE * cutout.face) or _head_share(cutout.frames[cutout.best][..., 3])
    head = float(rows * (share or USUAL_HEADS[cutout.bust]))
    facing = 1 if drawn else _facing(cutout, boxes)
    return Figure(float(rows), float(columns), head, cutout.bust, facing, necked=share > 0)


def head(cutout: Cutout, figure: Figure) -> Box | None:
    """Find the place of the head in a cut-out's pictures, so large that it is inside in all of them.

    Args:
        cutout: the sprite.
        figure: its body.

    Returns:
        Left, top, right, bottom in pixels of the pictures; None for what has no head, as a cup.
    """
    numbers = sorted({*np.linspace(0, len(cutout.frames) - 1, LOOKS).round().astype(int).tolist(), cutout.best})
    sheets = [cutout.frames[number] for number in numbers]
    sure = list(cutout.heads) or [box for sheet in sheets if (box := _head_around_face(sheet))]
    if sure:
        return _around(np.array(sure))
    if cutout.kind not in LIVING or not (figure.facing or figure.rows > figure.columns):
        return None
    likely = np.array([box for sheet in sheets if (box := _upper(sheet, figure))])
    if not len(likely):
        return None
    around = _around(likely)
    wide, tall = np.median(likely[:, 2:] - likely[:, :2], axis=0)
    steady = around[2] - around[0] < UNSTEADY * wide and around[3] - around[1] < UNSTEADY * tall
    return around if steady else None


def _around(boxes: NDArray[np.float64]) -> Box:
    left, top = boxes[:, :2].min(0).tolist()
    right, bottom = boxes[:, 2:].max(0).tolist()
    return left, top, right, bottom


def _head_around_face(sheet: NDArray[np.uint8]) -> Box | None:
    shown = sheet[..., 3] > SHOWN
    face = sprite.find_face(np.ascontiguousarray(sheet[..., :3]), shown)
    if face is None:
        return None
    middle, tall = face.left + face.width / 2, HEAD_TO_FACE * face.height
    bottom = face.top + 1.08 * face.height
    return _around_middle(middle, bottom - tall, tall)


def _around_middle(middle: float, top: float, tall: float) -> Box:
    """Return the box of an upright head by its middle column, its top and its height."""
    return middle - SLENDER * tall / 2, top, middle + SLENDER * tall / 2, top + tall


def _upper(sheet: NDArray[np.uint8], figure: Figure) -> Box | None:
    """Return where the head of an outline is: before a beast in profile, above a neck, or else in the upper part."""
    shown = sheet[..., 3] > SHOWN
    left, top, wide, tall = cv2.boundingRect(shown.astype(np.uint8))
    if not wide:
        return None
    if figure.columns > figure.rows:
        front = left + wide if figure.facing > 0 else left
        back = front - figure.facing * FRONT * tall
        return min(front, back), top, max(front, back), top + FRONT * tall
    high = (figure.head / figure.rows if figure.necked else UPPER) * tall
    middle = float(np.median(np.flatnonzero(shown[top : top + max(2, round(high))].any(0))))
    return _around_middle(middle, top, high)


def _head_share(alpha: NDArray[np.uint8]) -> float:
    """Find head and neck in an outline: the head's part of its height, or 0 where it has no neck."""
    rows = np.flatnonzero((alpha > SHOWN).any(1))
    if len(rows) < 20:
        return 0.0
    outline = _trunk(alpha[rows[0] : rows[-1] + 1] > 127)
    widths = cv2.GaussianBlur(outline[:, None], (1, 0), 0.01 * len(rows) + 0.5, sigmaY=0.01 * len(rows) + 0.5)[:, 0]
    top = int(np.flatnonzero(outline)[0]) if outline.any() else 0
    for row in range(top + len(rows) // 12, int(0.7 * len(rows))):
        above, below = widths[top:row].max(), widths[row : row + max(4, int(1.2 * (row - top)))].max()
        narrow = widths[row] <= widths[max(top, row - 3) : row + 4].min() + 1e-3
        if narrow and widths[row] < 0.85 * above and below > 1.15 * widths[row]:
            return (row - top) / len(rows)
    return 0.0


def _trunk(body: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how wide trunk, neck and head are in each row: raised arms beside them do not count.

    From the middle of the body upwards, each row goes on with the run that is over the middle of the one below.
    """
    widths = body.sum(1).astype(np.float32)
    start = int(0.55 * len(body))
    shown = np.flatnonzero(body[start])
    if not len(shown):
        return widths
    axis = float(np.median(shown))
    for row in range(start, -1, -1):
        edges = np.flatnonzero(np.diff(np.pad(body[row].astype(np.int8), 1)))
        runs = edges.reshape(-1, 2)
        over = runs[(runs[:, 0] <= axis) & (axis < runs[:, 1])]
        if not len(over):
            widths[: row + 1] = 0  # above the head
            break
        left, right = over[0]
        widths[row] = right - left
        # a shoulder or an arm that begins here must not carry the middle away
        axis += float(np.clip((left + right - 1) / 2 - axis, -1, 1))
    return widths


def _facing(cutout: Cutout, boxes: NDArray[np.intp]) -> int:
    """Return which way a body looks: where it went, or else by the head of a beast, or by toes."""
    if cutout.heading:
        return 1 if cutout.heading > 0 else -1
    if cutout.bust:
        return 0
    signs = [_look(frame[..., 3], box) for frame, box in zip(cutout.frames, boxes, strict=True)]
    total = sum(signs)
    return int(np.sign(total)) if abs(total) >= AGREED * len(signs) else 0


def _look(alpha: NDArray[np.uint8], box: NDArray[np.intp]) -> int:
    """Return which way the outline in a box looks: 1, -1 or 0."""
    left, top, wide, tall = box.tolist()
    if tall < 20:
        return 0
    body = alpha[top : top + tall, left : left + wide] > 127
    if wide > tall:  # a beast on four legs carries its head high and before its body
        side = (_middle(body[: tall * 3 // 10]) - (wide - 1) / 2) / wide
        return int(np.sign(side)) if abs(side) >= RAISED else 0
    toes = (_middle(body[-max(2, tall // 25) :]) - _middle(body[-tall // 7 : -tall // 14])) / tall
    return int(np.sign(toes)) if abs(toes) >= TOES else 0


def _middle(body: NDArray[np.bool_]) -> float:
    columns = np.flatnonzero(body)
    return float((columns % body.shape[1]).mean()) if len(columns) else (body.shape[1] - 1) / 2
