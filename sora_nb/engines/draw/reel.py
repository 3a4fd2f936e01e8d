"""Order the pictures of a sprite so that they can be played without an end, and without anybody walking backwards.

What goes somewhere is played forwards only: from a picture to a later one that is alike, the two joined; where no two
are alike enough, the joint is drawn out so that nothing jumps. What stays where it is (sways, nods, breathes, talks,
stretches) is played to and fro, unless it goes round and round and a joint without a jump closes the circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.base import Cutout

LEAST_SECONDS = 0.4
"""Shortest loop."""
SMALL = 48
"""Rows at which pictures are compared."""
WEIGHTS = np.array([1, 1, 1, 2], np.float32) / 255
"""Of red, green, blue and alpha in such a comparison, of bytes."""
TURNING = 0.5
"""How much of its motion goes round rather than to and fro from which one that stays may be played as a cycle."""
COVERED = 0.4
"""Part of the pictures that such a cycle shows at least: a shorter one would leave out most of what was filmed."""
JOINT = 1.5
"""Greatest change at a joint, as a multiple of the usual one, that needs no drawing out."""
WAY = 0.6
"""Part of the mean speed at which a round must get on at least: who stood before he walked has pictures of both."""
LONGEST_JOINT = 4
"""Steps that a joint is drawn out to at most."""


@dataclass(frozen=True)
class Reel:
    """A closed round of pictures.

    Attributes:
        stops: the numbers of the pictures, in the order of the round; after the last comes the first again.
        places: the subject's place over the ground at each stop, in parts of its height, and after a whole round.
        lengths: how many pictures' time passes from each stop to the next.
        kind: "cycle", "to and fro" or "still".
    """

    stops: tuple[int, ...]
    places: tuple[float, ...]
    lengths: tuple[int, ...]
    kind: str

    @property
    def length(self) -> int:
        """Pictures' time of a whole round."""
        return sum(self.lengths)

    def at(self, position: float) -> Moment:
        """Return what is shown at a position, in pictures' time since the start."""
        rounds, rest = divmod(position, self.length)
        index = 0
        while index < len(self.lengths) - 1 and rest >= self.lengths[index]:
            rest -= self.lengths[index]
            index += 1
        share = rest / self.lengths[index]
        here, there = self.places[index], self.places[index + 1]
        place = rounds * (self.places[-1] - self.places[0]) + here + (there - here) * share
        after = self.stops[(index + 1) % len(self.stops)]
        return Moment(self.stops[index], after, share, self.lengths[index], place - self.places[0])


class Moment(NamedTuple):
    """What a reel shows at one moment.

    Attributes:
        before, after: numbers of the pictures on both sides.
        share: how far it is from the one to the other, 0 to 1.
        length: pictures' time from the one to the other.
        place: over the ground, parts of the subject's height from the start of the reel.
    """

    before: int
    after: int
    share: float
    length: int
    place: float


def reel(cutout: Cutout, *, reversible: bool | None = None) -> Reel:
    """Find the round that suits a sprite.

    Args:
        cutout: the sprite.
        reversible: whether it may be played backwards; judged by the pictures where None.
    """
    count = len(cutout.frames)
    path = np.array(cutout.path) if cutout.heading else np.zeros(count)
    if count < 3:
        return Reel(tuple(range(count)), (0.0,) * (count + 1), (1,) * count, "still")
    if not reversible:
        looks = _looks(cutout)
        cycle = _cycle(looks, path, max(2, int(np.ceil(LEAST_SECONDS * cutout.fps))))
        round_enough = cycle.lengths[-1] == 1 and len(cycle.stops) >= COVERED * count
        if reversible is False or cutout.heading or (round_enough and _circulation(looks) >= TURNING):
            return cycle
    stops = [*range(count), *range(count - 2, 0, -1)]
    return Reel(tuple(stops), (0.0,) * (len(stops) + 1), (1,) * len(stops), "to and fro")


def _looks(cutout: Cutout) -> NDArray[np.float32]:
    """Shrink the pictures for comparison: premultiplied colour and, twice as important, alpha; one row each."""
    rows, columns = cutout.frames[0].shape[:2]
    size = (max(4, round(columns * SMALL / rows)), SMALL)
    looks = []
    for frame in cutout.frames:
        *color, alpha = cv2.split(frame)
        solid = cv2.merge([*(cv2.multiply(channel, alpha, scale=1 / 255) for channel in color), alpha])
        small = cv2.resize(solid, size, interpolation=cv2.INTER_AREA).astype(np.float32) * WEIGHTS
        looks.append(cv2.GaussianBlur(small, (0, 0), 1.0).ravel())
    return np.array(looks, np.float32)


def _distances(looks: NDArray[np.float32]) -> NDArray[np.float64]:
    exact = looks.astype(np.float64)
    squares = (exact**2).sum(1)
    # by one thread: those of a matrix product wait for each other for longer than it takes
    gram = np.einsum("ik,jk->ij", exact, exact)
    return np.sqrt(np.maximum(0.0, squares[:, None] + squares[None] - 2 * gram))


def _circulation(looks: NDArray[np.float32]) -> float:
    """Return how much of a motion goes round: 0 to and fro along one line, about 1 round a circle.

    The pictures are points; in the plane of their two main directions, a path that retraces itself encloses no area.
    """
    centred = looks - looks.mean(0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    if len(sizes) < 2 or sizes[0] < 1e-6:
        return 0.0
    points = centred @ axes[:2].T
    area = sum(float(a[0] * b[1] - a[1] * b[0]) for a, b in pairwise(points)) / 2
    way = sum(float(np.linalg.norm(b - a)) for a, b in pairwise(points))
    radius = float(np.sqrt((points**2).sum(1).mean()))
    return abs(area) / max(1e-9, way * radius / 2)


def _cycle(looks: NDArray[np.float32], path: NDArray[np.float64], least: int) -> Reel:
    """Loop the pictures from i to j - 1, where picture j is most like picture i and goes on like it."""
    count = len(looks)
    apart = _distances(looks)
    usual = float(np.median([apart[number, number + 1] for number in range(count - 1)])) + 1e-6
    least = min(least, count - 1)
    speed = (path[-1] - path[0]) / (count - 1)
    best: tuple[float, int, int] = (np.inf, 0, count - 1)
    for i in range(count - least):
        for j in range(i + least, count):
            if (path[j] - path[i]) * speed < WAY * speed**2 * (j - i):
                continue
            joint = apart[j - 1, i]  # what is seen when the last picture is followed by the first
            alike = [apart[i, j], *([apart[i + 1, j + 1]] if j + 1 < count else [])]
            alike += [apart[i - 1, j - 1]] if i else []
            # of equals the longer, which repeats itself less
            cost = (float(np.mean(alike)) + 0.5 * joint) / usual - 0.25 * (j - i) / count
            best = min(best, (cost, i, j))
    _, i, j = best
    steps = np.diff(path[i : j + 1])
    joint = apart[j - 1, i]
    drawn_out = int(np.clip(np.ceil(joint / (JOINT * usual)), 1, LONGEST_JOINT))
    last = steps[-1] * drawn_out
    places = [*(path[i:j] - path[i]), path[j - 1] - path[i] + last]
    return Reel(tuple(range(i, j)), tuple(map(float, places)), (*(1,) * (j - 1 - i), drawn_out), "cycle")
