"""Detect cuts between shots: from one picture to the next, nothing is where it was, however alike the colours are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

SIDE = 96
"""Longer side in pixels of the pictures that are compared."""
FINE = 4
"""Standard deviation in pixels of the blur that is taken away: light and large surfaces, which are alike everywhere."""
BLOCK, STRIDE = 24, 15
"""Side in pixels of the blocks that are looked for in the other picture, and from one to the next."""
REACH = 3
"""Pixels by which a block may move, besides what the whole picture does."""
GRAIN = 0.8
"""Levels of grey that grain and compression make at this size."""
FAINT = 3.0
"""Levels of contrast up to which a block may be gone in the next picture without a cut."""
SEEN = 0.3
"""Share of the structure that must still be in the picture for the camera's motion to explain it."""
CLEAR = 4
"""Levels of contrast at which a block counts fully."""
OTHER_COLOUR = 60
"""Levels of Lab by which the mean colours of two plain pictures differ if they are of two shots."""
ALIKE = 0.6
"""Correlation of two whole pictures above which no closer look is needed."""
CUT = 0.55
"""Change at which two pictures are of two shots."""
AGAIN = 0.35
"""Change below which a picture shows what another did."""
STANDS_OUT = 1.5
"""How much more than the changes near it a cut changes: fast motion changes every picture."""
NEAR = 4
"""Pictures on either side that are near."""
FLASH = 4
"""Most pictures that a flash takes; what is seen again after it has not been cut."""


class Thumb(NamedTuple):
    """What is kept of a picture: its fine structure at SIDE pixels, and its mean colour (Lab)."""

    structure: Plane
    colour: Plane


def thumb(rgb: NDArray[np.uint8]) -> Thumb:
    """Shrink a picture for cuts()."""
    scale = min(1.0, SIDE / max(rgb.shape[:2]))
    side = (max(BLOCK, round(rgb.shape[1] * scale)), max(BLOCK, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, side, interpolation=cv2.INTER_AREA)
    colour = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3).mean(0)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 0.7)
    structure = grey - cv2.GaussianBlur(grey, (0, 0), FINE)
    return Thumb(np.asarray(structure, np.float32), np.asarray(colour, np.float32))


def cuts(thumbs: Sequence[Thumb]) -> list[int]:
    """Return the places of cuts: n where one shot ends with picture n and the next begins with picture n + 1."""
    found = _cuts(thumbs, 1)
    # where the pace of a film was changed, one picture may show both shots
    return sorted([*found, *(place for place in _cuts(thumbs, 2) if not {place - 1, place, place + 1} & set(found))])


def _cuts(thumbs: Sequence[Thumb], step: int) -> list[int]:
    """Return the places from which to the picture `step` pictures later one shot ends and another begins."""
    changes = [change(before, after) for before, after in zip(thumbs, thumbs[step:], strict=False)]
    found = []
    for place, most in enumerate(changes):
        near = [*changes[max(0, place - NEAR) : max(0, place + 1 - step)], *changes[place + step :][:NEAR]]
        stands_out = most >= max(CUT, min(STANDS_OUT * max(near, default=0.0), 1.0))
        if stands_out and not _comes_back(thumbs, place, place + step):
            found.append(place)
    return found


def _comes_back(thumbs: Sequence[Thumb], last: int, first: int) -> bool:
    """Whether what picture `last` shows is seen again soon, or what picture `first` shows was seen shortly before."""
    later = thumbs[first + 1 : first + 1 + FLASH]
    earlier = thumbs[max(0, last - FLASH) : last]
    return any(change(thumbs[last], other) < AGAIN for other in later) or any(
        change(other, thumbs[first]) < AGAIN for other in earlier
    )


def change(before: Thumb, after: Thumb) -> float:
    """Return how much of a picture is not found again in another: 0 (all is) to 1 (nothing is).

    The light may change, and everything may move. Where neither picture has any structure, the colour decides.
    """
    # pictures that were decoded at different sizes may differ by a row
    height, width = np.minimum(before.structure.shape, after.structure.shape)
    one, two = before.structure[:height, :width], after.structure[:height, :width]
    clear = float(np.clip(2 * max(one.std(), two.std()) / GRAIN - 1, 0, 1))
    lost = _lost(one, two) if clear and _correlation(one, two) < ALIKE else 0.0
    turned = min(1.0, float(np.abs(after.colour - before.colour).max()) / OTHER_COLOUR)
    return clear * lost + (1 - clear) * turned


def _correlation(one: Plane, two: Plane) -> float:
    return float((one * two).sum() / max(1e-6, float(np.linalg.norm(one)) * float(np.linalg.norm(two))))


def _lost(one: Plane, two: Plane) -> float:
    """Return the share of the structure of one picture that is not near where it was in the other, or where the camera took it."""
    lost, total = _unlike(one, two, 0, 0)
    if not total:
        return 0.0
    least = lost / total
    window = cv2.createHanningWindow(one.shape[::-1], cv2.CV_32F)
    # what fills the picture is found best in its middle, what enters and leaves it at its edges
    for weights in (window, np.ones_like(window)):
        # it writes into what it is given
        (x, y), _ = cv2.phaseCorrelate(one.copy(), two.copy(), weights)
        lost, seen = _unlike(one, two, round(x), round(y))
        if seen > SEEN * total:
            least = min(least, lost / seen)
    return least


def _unlike(one: Plane, two: Plane, x: int, y: int) -> tuple[float, float]:
    """Return how much structure has no like, and how much there is, where the camera has moved all by so many pixels."""
    height, width = one.shape
    lost = total = 0.0
    for top in range(max(0, -y), min(height, height - y) - BLOCK + 1, STRIDE):
        for left in range(max(0, -x), min(width, width - x) - BLOCK + 1, STRIDE):
            block = one[top : top + BLOCK, left : left + BLOCK]
            row, column = top + y, left + x
            rows = slice(max(0, row - REACH), row + BLOCK + REACH)
            window = two[rows, max(0, column - REACH) : column + BLOCK + REACH]
            fainter, clearer = sorted((float(block.std()), float(window.std())))
            # a picture that fades out or lights up has some structure left, or next to none
            weight = min(CLEAR, clearer - (GRAIN if fainter > GRAIN / 2 else FAINT))
            if weight > 0:
                likeness = float(cv2.matchTemplate(window, block, cv2.TM_CCOEFF_NORMED).max())
                # grain alone is like any grain
                lost += weight * (1 - max(0.0, likeness) * fainter / (fainter + 0.3 * GRAIN))
                total += weight
    return lost, total
