"""Find the thing that a user points at: what lies under a point, grown from there, or what fills a box.

A hint is meant for the first picture of the clip. Where it shows only background there, the later pictures are looked
at in turn, for what comes to that place: a point only where something moves there, as background stays background, or
where an earlier picture nearly showed a thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout import colour_table
from sora_nb.engines.cutout.masks import bounds, closed, dilated, eroded, filled, largest_part, opened, overlap, size
from sora_nb.engines.cutout.objectness import Objectness, judged
from sora_nb.engines.cutout.still_parts import slopes
from sora_nb.errors import NoSubject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sora_nb.engines.base import Hint
    from sora_nb.engines.cutout.background import Evidence
    from sora_nb.engines.cutout.masks import Box, Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Scene

PICTURES = 4
"""Pictures of a clip that a hint is looked for in."""
SCALES = (0.12, 0.25, 0.45, 0.7)
"""Sides of the first boxes around a point, as parts of the picture's shorter side."""
ROUNDS = 9
"""How often a box is widened at most."""
WIDENED = 0.3
"""By how much of itself a box is widened on a side that its contents touch."""
TOUCH = 0.05
"""Share of a box's side that its contents cover before they count as going on beyond it."""
SURROUNDINGS = 0.6
"""Width of what counts as a box's surroundings, in parts of the box."""
SEEDS = (0.006, 0.02)
"""Radii of what surely belongs to the thing under a point, as parts of the picture's longer side: the second is tried where
nothing grows from the first."""
MOVES = 0.2
"""How far a side of a box is moved, as part of its length, to see whether the thing then shows more clearly."""
TRIES = 3
"""How often all sides are moved."""
REACHES = (0.35, 0.8)
"""How far beyond a shape the rest of its thing is looked for, in parts of its size: a belly has a coat around it."""
BESIDE = 0.15
"""Farthest that a still place of something that moves is from a moving one, in parts of its size."""
MOST_STILL = 0.4
"""Share of a shape that moves, from which on all of it counts as something that moves."""
MARGIN = 0.1
"""Width of what is close around a shape, in parts of its size."""
HELD = 0.85
"""Share of a shape and of what is close around it that a larger one must have to hold it on all sides."""
PART = 1.0
"""By how much objectness what is held on all sides, a label or a belly, may exceed the thing that it is a part of."""
MIN_SCORE = 20.0
"""Below this objectness what lies under a point is background."""
NEARLY = 18.0
"""From this objectness on, what lies under a point at rest is looked at in the later pictures, too."""
STILL_BORDER = 10.0
"""What a shape at rest loses of its objectness if all its outline is the picture's border: ground and walls end there."""
UNENDED = 15.0
"""What a shape loses if all its outline runs along its bounds without an edge: it goes on beyond them, as lawns do."""
PASSED = 16.0
"""What a shape loses if all of it moves though the point is at rest; a thing gains half of that by its motion."""
INNER = (0.0, 0.45, 0.7)
"""Parts of a box, in its middle, that are tried as surely belonging to its thing."""
MIN_FILL = 0.75
"""Least part of a box's width and height that its thing must have."""
SURE_FILL = 0.88
"""The same, for no doubt to be told; of a box that is drawn closer by HAND on each side."""
HAND = 0.02
"""How exactly a hand draws a box, as part of the picture's width and height."""
BAY_ODDS = -0.5
"""Log-odds below which a colour is that of what is around a box rather than that of the thing in it."""
BAY = 0.015
"""Half the width of the narrowest such place that is taken off a thing, in sides of a square of its area."""
CORE, NEARBY = 0.1, 0.5
"""What is taken off a thing to see its own colours, and how far from it those around its box are looked at; the same measure."""
SEAM = 0.8
"""How steeply the colours must change towards the thing, by how they do towards the background: a shaded side has no seam."""
MIN_CLOSED = 0.3
"""Least share of the outline of a box's thing that must lie on edges."""
POINT_HINT = (
    "Draw a box close around it, subject=(left, top, right, bottom), or point at the middle of somebody or something."
)
BOX_HINT = "Draw the box close around all of it, as the first picture of the seconds shows it, or choose other seconds."


@dataclass(frozen=True)
class Thing:
    """What a user pointed at.

    Attributes:
        frame: index of the picture it was found in.
        mask: where it is in that picture.
        doubts: sentences for the user.
    """

    frame: int
    mask: Mask
    doubts: tuple[str, ...] = ()


def find(scene: Scene, evidence: Evidence, hint: Hint) -> Thing:
    """Find the thing that a hint means.

    Raises:
        NoSubject: there is only background under the point, or nothing fills the box.
    """
    point = hint.left == hint.right or hint.top == hint.bottom
    numbers = np.unique(np.linspace(0, len(scene) - 1, PICTURES).round().astype(int)).tolist()
    doubtful, nearly = None, False
    for number in numbers:
        view = _View(scene, evidence, number)
        if point and number != numbers[0] and not nearly and not view.moves_at(hint):
            continue
        found = view.under_point(hint) if point else view.inside_box(hint)
        nearly = nearly or view.nearly
        if found is not None and not found.doubts:
            return found
        doubtful = doubtful or found
    if doubtful is not None:
        return doubtful
    if point:
        raise NoSubject(
            f"At ({hint.left:g}, {hint.top:g}) there is only background: nothing that ends in an outline of its own.",
            hint=POINT_HINT,
        )
    raise NoSubject("What is in the box does not fill it, or cannot be told from what is around it.", hint=BOX_HINT)


class _View:
    """One picture, shrunk, in which outlines are looked for."""

    def __init__(self, scene: Scene, evidence: Evidence, number: int) -> None:
        side = scene.flow.small_size
        self.nearly = False
        self._number = number
        self._shape = scene.shape
        picture = cv2.resize(scene.pictures[number], side, interpolation=cv2.INTER_AREA)
        moving = cv2.resize(evidence.log_odds[number], side, interpolation=cv2.INTER_AREA) > 0.3
        self._moving: Mask = closed(moving, 2)
        self._to_motion: Plane = cv2.distanceTransform((~self._moving).astype(np.uint8), cv2.DIST_L2, 5)
        self._colours: Rgb = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        self._objectness = Objectness(picture, moving)
        self._width, self._height = side
        self._cuts: dict[tuple[tuple[int, int, int, int], bytes], Mask] = {}

    def moves_at(self, hint: Hint) -> bool:
        """Whether something moves at a point."""
        return bool((self._moving & self._seed(*self._place(hint))).any())

    def under_point(self, hint: Hint) -> Thing | None:
        """Find what lies under a point, or None where that is background."""
        column, row = self._place(hint)
        seed, best = self._first(column, row)
        for reach in REACHES:
            for shape in self._around(best, seed, reach):
                best = _larger(best, self._better(None, shape, seed, (column, row)))
        for _ in range(TRIES):
            before = best
            for place in self._moved(best):
                best = self._better(best, self._cut(place, seed), seed, (column, row))
            if best is before:
                break
        if best is None:
            return None
        score = best[0] - self._speaks_against(best[1], (column, row))
        self.nearly = score >= NEARLY
        if score < MIN_SCORE:
            return None
        return self._thing(best[1])

    def _speaks_against(self, shape: Mask, point: tuple[int, int]) -> float:
        """Return what the best shape loses of its objectness where ground or a wall may lie under the point."""
        lost = STILL_BORDER * self._objectness.still_border(shape) + UNENDED * self._objectness.unended(shape)
        if self._is_beside_motion(shape, point):
            # who walks over the ground is not a part of it
            lost += PASSED * float(self._moving[shape].mean())
        return lost

    def _first(self, column: int, row: int) -> tuple[Mask, tuple[float, Mask] | None]:
        """Return the smallest seed from which shapes grow, and the best of these."""
        best: tuple[float, Mask] | None = None
        for radius in SEEDS:
            seed = self._seed(column, row, radius)
            for shape in self._grown(seed, column, row):
                best = self._better(best, shape, seed, (column, row))
            if best is not None:
                break
        return seed, best

    def _place(self, hint: Hint) -> tuple[int, int]:
        """Return column and row of a point."""
        column = int(np.clip(hint.left * self._width, 0, self._width - 1))
        return column, int(np.clip(hint.top * self._height, 0, self._height - 1))

    def _seed(self, column: int, row: int, radius: float = SEEDS[0]) -> Mask:
        """Return what surely belongs to the thing under a point."""
        disc = np.zeros(self._moving.shape, np.uint8)
        cv2.circle(disc, (column, row), max(2, round(radius * max(self._width, self._height))), 1, -1)
        return disc > 0

    def _around(self, best: tuple[float, Mask] | None, seed: Mask, reach: float) -> Iterator[Mask]:
        """Grow the best shape so far into what is around it, if that is unlike what is farther away."""
        if best is None:
            return
        left, top, wide, tall = bounds(best[1])
        margin = max(6, int(reach * size(best[1])))
        place = left - margin, top - margin, wide + 2 * margin, tall + 2 * margin
        yield from self._settled(seed | eroded(best[1], 2), place)

    def _better(
        self, best: tuple[float, Mask] | None, shape: Mask, seed: Mask, point: tuple[int, int]
    ) -> tuple[float, Mask] | None:
        """Return the better of the best shape so far, a new one, and what is cut out when its bounds are known."""
        if not judged(shape) or self._moves_beside(shape, point):
            return best
        tight = self._cut(bounds(shape), seed)
        stable = overlap(tight, shape)
        for one in (shape, tight):
            if judged(one) and not self._moves_beside(one, point):
                score = self._objectness.score(one, point, stable)
                if best is None or score > best[0]:
                    best = score, one
        return best

    def _moves_beside(self, shape: Mask, point: tuple[int, int]) -> bool:
        """Whether what moves in a shape is beside the point, which then only shows background that was taken along."""
        return self._is_beside_motion(shape, point) and float(self._moving[shape].mean()) > MOST_STILL

    def _is_beside_motion(self, shape: Mask, point: tuple[int, int]) -> bool:
        """Whether the point is farther from what moves than still places of a moving shape of that size are."""
        return float(self._to_motion[point[1], point[0]]) > BESIDE * size(shape)

    def _moved(self, best: tuple[float, Mask] | None) -> Iterator[Box]:
        """Move each side of the bounds of the best shape, inwards and outwards."""
        if best is None:
            return
        left, top, wide, tall = bounds(best[1])
        across, down = max(3, int(MOVES * wide)), max(3, int(MOVES * tall))
        for sign in (-1, 1):
            yield left + sign * across, top, wide - sign * across, tall
            yield left, top + sign * down, wide, tall - sign * down
            yield left, top, wide + sign * across, tall
            yield left, top, wide, tall + sign * down

    def inside_box(self, hint: Hint) -> Thing | None:
        """Find what fills a box, or None where nothing does."""
        left, top = int(hint.left * self._width), int(hint.top * self._height)
        wide = max(8, round(hint.right * self._width) - left)
        tall = max(8, round(hint.bottom * self._height) - top)
        place = left, top, wide, tall
        best, value = None, 0.0
        for inner in INNER:
            seed = np.zeros(self._moving.shape, np.uint8)
            if inner:
                cv2.ellipse(seed, ((left + wide / 2, top + tall / 2), (inner * wide, inner * tall), 0), 1, -1)
            shape = self._cut(place, seed > 0)
            if not judged(shape):
                continue
            fits = _fill(shape, place) * (0.4 + self._objectness.closed(shape))
            # the less is taken for granted, the better
            if fits > 1.03 * value:
                best, value = shape, fits
        if best is not None:
            best = self._without_bays(best, place)
        if best is None or _fill(best, place) < MIN_FILL or self._objectness.closed(best) < MIN_CLOSED:
            return None
        loose = round(HAND * self._width), round(HAND * self._height)
        close = left, top, max(1, wide - 2 * loose[0]), max(1, tall - 2 * loose[1])
        if _fill(best, close) < SURE_FILL:
            return self._thing(best, "What was found does not reach all four sides of the box; check the preview.")
        return self._thing(best)

    def _without_bays(self, shape: Mask, place: Box) -> Mask:
        """Take off what has the colours of what is around the box and an edge towards the thing, as between head and arm."""
        left, top, right, bottom = self._limits(place)
        side = size(shape)
        around = dilated(shape, max(4, int(NEARBY * side)))
        around[top:bottom, left:right] = False
        core = eroded(shape, max(2, int(CORE * side)))
        picture = cv2.cvtColor(self._colours, cv2.COLOR_BGR2RGB)
        cells = colour_table.indices(colour_table.lab(picture))
        odds = np.log(colour_table.frequencies(cells, core) / colour_table.frequencies(cells, around))
        foreign = cv2.blur(np.clip(odds, -3, 3).astype(np.float32)[cells], (3, 3)) < BAY_ODDS
        bays = opened(shape & foreign, max(1, int(BAY * side)))
        steepness = slopes(cv2.medianBlur(picture, 3))
        to_thing, to_background = dilated(shape & ~bays, 2), dilated(~shape, 2)
        count, labels = cv2.connectedComponents(bays.astype(np.uint8), connectivity=4)
        own = shape.copy()
        for label in range(1, count):
            near = dilated(labels == label, 2)
            seam, rim = near & to_thing, near & to_background
            if seam.any() and rim.any() and np.median(steepness[seam]) > SEAM * np.median(steepness[rim]):
                own &= labels != label
        return filled(largest_part(opened(own), shape), 0.02)

    def _thing(self, shape: Mask, *doubts: str) -> Thing:
        height, width = self._shape
        large = cv2.resize(shape.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        return Thing(self._number, large > 0.5, doubts)

    def _grown(self, seed: Mask, column: int, row: int) -> Iterator[Mask]:
        """Grow shapes from a point, and from what moves there: in boxes, widened where their contents go on."""
        for scale in SCALES:
            side = max(12, int(scale * min(self._width, self._height)))
            yield from self._settled(seed, (column - side // 2, row - side // 2, side, side))
        if not (self._moving & seed).any():
            return
        region = filled(largest_part(self._moving, seed), 0.25)
        if judged(region):
            yield region
            left, top, wide, tall = bounds(region)
            margin = max(4, int(0.1 * size(region)))
            yield from self._settled(
                seed | eroded(region, 2), (left - margin, top - margin, wide + 2 * margin, tall + 2 * margin)
            )

    def _settled(self, seed: Mask, place: Box) -> Iterator[Mask]:
        """Widen a box until what is cut out inside it ends inside it."""
        for _ in range(ROUNDS):
            left, top, right, bottom = self._limits(place)
            shape = self._cut(place, seed)
            part = shape[top:bottom, left:right]
            over_left = left > 0 and part[:, 0].mean() > TOUCH
            over_right = right < self._width and part[:, -1].mean() > TOUCH
            over_top = top > 0 and part[0].mean() > TOUCH
            over_bottom = bottom < self._height and part[-1].mean() > TOUCH
            if not (over_left or over_right or over_top or over_bottom):
                yield shape
                return
            across, down = max(4, int(WIDENED * (right - left))), max(4, int(WIDENED * (bottom - top)))
            left, top = left - across * over_left, top - down * over_top
            place = left, top, right + across * over_right - left, bottom + down * over_bottom - top

    def _limits(self, place: Box) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of a box inside the picture, at least one pixel apart."""
        left, top = int(np.clip(place[0], 0, self._width - 1)), int(np.clip(place[1], 0, self._height - 1))
        right, bottom = place[0] + place[2], place[1] + place[3]
        return left, top, int(np.clip(right, left + 1, self._width)), int(np.clip(bottom, top + 1, self._height))

    def _cut(self, place: Box, seed: Mask) -> Mask:
        """Cut out what in a box is unlike what surrounds the box, and holds together with the seed."""
        limits = self._limits(place)
        key = limits, seed.tobytes()  # many shapes have the same bounds
        if key not in self._cuts:
            self._cuts[key] = self._cut_out(limits, seed)
        return self._cuts[key]

    def _cut_out(self, limits: tuple[int, int, int, int], seed: Mask) -> Mask:
        left, top, right, bottom = limits
        reach_x, reach_y = (max(10, int(SURROUNDINGS * side)) for side in (right - left, bottom - top))
        x0, y0 = max(0, left - reach_x), max(0, top - reach_y)
        window = np.s_[y0 : bottom + reach_y, x0 : right + reach_x]
        labels = np.full(self._moving.shape, cv2.GC_BGD, np.uint8)[window]
        labels[top - y0 : bottom - y0, left - x0 : right - x0] = cv2.GC_PR_FGD
        labels[seed[window]] = cv2.GC_FGD
        whole = np.zeros(self._moving.shape, bool)
        around = np.count_nonzero(labels == cv2.GC_BGD)
        if around < 50 or labels.size - around < 16:
            return whole
        cv2.setRNGSeed(1)
        colours = np.ascontiguousarray(self._colours[window])
        labels = np.ascontiguousarray(labels)
        cv2.grabCut(colours, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
        whole[window] = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
        return filled(largest_part(opened(whole) | seed, seed if seed.any() else None), 0.05)


def _larger(best: tuple[float, Mask] | None, around: tuple[float, Mask] | None) -> tuple[float, Mask] | None:
    """Return the better of a shape and of what was grown around it; where that holds it on all sides, it may score less."""
    if best is None or around is None:
        return best
    near = dilated(best[1], max(2, int(MARGIN * size(best[1]))))
    held = np.count_nonzero(near & around[1]) > HELD * np.count_nonzero(near)
    return around if around[0] > best[0] - PART * held else best


def _fill(shape: Mask, place: Box) -> float:
    """Return the smaller of the parts of a box's width and height that a shape has."""
    _, _, wide, tall = bounds(shape)
    return min(1.0, wide / place[2], tall / place[3])
