"""Model the background as the median of registered pictures, and tell the subject from it, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout.masks import dilated, size
from sora_nb.engines.cutout.motion import LAB_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Camera, Flow, Scene, Speeds


CLEAR_DIFFERENCE = 18
"""Difference from the background model in levels of Lab that shading alone does not make."""
MAX_STILL_ODDS = np.float32(0.7)
"""Most that a difference counts where nothing moves: the background model itself may show the subject, come to rest."""
SPEED_PENALTY = np.float32(2.5)
"""What speed alone loses where the background model shows the very same pixel."""
SHADOW_LIGHT = (0.5, 0.97)
"""Least and greatest part of the light that a shadow leaves."""
SHADOW_TINT = 5
"""Most levels of Lab by which a shadow changes a colour."""
MAX_SHADOW_ODDS = np.float32(-0.5)
"""Most log-odds of what may be a shadow: a grey subject before grey has only its shape and neighbours to speak for it."""
MIN_STILL_ODDS = np.float32(0.5)
"""Least log-odds of a still part of the subject."""
MAX_PICTURES = 16
"""Pictures at most that a background model is made of."""
SEEN_BEHIND = 0.7
"""Least share of the masks' area behind which the background was seen, for motion to be decisive."""
BESIDE = 0.12, 1.0
"""Least and greatest distance from a mask, in sides of a square of its area, of the scenery beside its subject."""
STRONG_ODDS = 1.2
"""Log-odds from which motion alone says that a pixel is the subject's, if its colours do not speak against it."""
ASTRAY = 0.01
"""Most of the scenery beside a subject that may exceed these, by the subject's area, for motion to be decisive."""


@dataclass(frozen=True)
class Evidence:
    """What motion says, for each picture.

    Attributes:
        log_odds: above 0 where a pixel looks like the subject, below 0 where it looks like background.
        known: where the background model is known.
        background: the background model in Lab, as the reference camera saw it.
        energy: 0 and more: how much a pixel moves or differs from the background model; told by first_evidence() only.
        changed: where the picture clearly differs from the background model; told by second_evidence() only.
        decisive: whether the background model tells all of the subject from the scenery: it was seen behind the masks,
            and beside them nothing looks like the subject; told by second_evidence() only.
    """

    log_odds: tuple[Plane, ...]
    known: tuple[Mask, ...]
    background: Rgb
    energy: tuple[Plane, ...] = ()
    changed: tuple[Mask, ...] = ()
    decisive: bool = False


def first_evidence(scene: Scene) -> Evidence:
    """Judge with a background model made of the pixels that did not move."""
    flow, camera, speeds = scene.flow, scene.camera, scene.speeds
    median, seen = _median_background(flow, camera, [~fast for fast in speeds.fast])
    view = _compare(flow, camera, median, seen >= 2)
    log_odds, energy = [], []
    for number, difference in enumerate(view.differences):
        most = np.where(speeds.fast[number], np.float32(3), MAX_STILL_ODDS)
        by_background = np.where(view.known[number], np.clip((difference - (3 * view.noise + 5)) / 6, -1, most), 0)
        best = np.maximum(by_background, _by_speed(speeds, number))
        hidden = ~view.known[number] & speeds.fast[number]
        log_odds.append(np.where(hidden, np.maximum(best, 0.6), best))
        energy.append(_energy(speeds, view, number, difference))
    return replace(_evidence(scene, log_odds, view, quiet_penalty=0.35), energy=tuple(energy))


def second_evidence(scene: Scene, masks: Sequence[Mask]) -> Evidence:
    """Judge with a background model made of everything outside the first masks."""
    flow, camera, speeds = scene.flow, scene.camera, scene.speeds
    outside = [~dilated(mask, max(3, int(0.1 * size(mask)))) for mask in masks]
    median, seen = _median_background(flow, camera, outside)
    view = _compare(flow, camera, median, seen >= 1)
    log_odds, changed = [], []
    for number, difference in enumerate(view.differences):
        changed.append(difference > 2 * view.noise + CLEAR_DIFFERENCE)
        by_background = np.clip((difference - (2 * view.noise + 5)) / 3, -2.2, 3)
        by_speed = _by_speed(speeds, number)
        allowed = np.minimum(by_speed, 0.3) - np.where(by_background < -1, SPEED_PENALTY, np.float32(0))
        odds = np.where(view.known[number], np.maximum(by_background, allowed), by_speed)
        shade = view.known[number] & _in_shadow(flow.lab[number], camera.from_reference(median, number))
        log_odds.append(np.where(shade, np.minimum(odds, MAX_SHADOW_ODDS), odds))
    found = _evidence(scene, log_odds, view, quiet_penalty=0.7)
    return replace(found, changed=tuple(changed), decisive=_decisive(masks, view.known, found.log_odds))


def _decisive(masks: Sequence[Mask], known: Sequence[Mask], log_odds: Sequence[Plane]) -> bool:
    """Whether the background was seen behind the masks, and hardly anything beside them looks like the subject."""
    behind, astray = [], []
    for mask, sure, odds in zip(masks, known, log_odds, strict=True):
        area = np.count_nonzero(mask)
        if area:
            nearest, farthest = (max(3, int(distance * size(mask))) for distance in BESIDE)
            scenery = dilated(mask, farthest) & ~dilated(mask, nearest)
            behind.append(np.count_nonzero(mask & sure) / area)
            astray.append(np.count_nonzero((odds > STRONG_ODDS) & sure & scenery) / area)
    return bool(behind) and float(np.mean(behind)) > SEEN_BEHIND and float(np.mean(astray)) < ASTRAY


def _in_shadow(picture: Rgb, background: Rgb) -> Mask:
    """Whether a pixel may be the background with a shadow on it: darker, but of the same colour."""
    here, there = (cv2.GaussianBlur(lab, (0, 0), 1.5).astype(np.float32) for lab in (picture, background))
    light = here[..., 0] / np.maximum(there[..., 0], 1)
    one, two = (np.abs(here[..., axis] - 128 - light * (there[..., axis] - 128)) for axis in (1, 2))
    tint = np.maximum(one, two)
    return np.asarray((light > SHADOW_LIGHT[0]) & (light < SHADOW_LIGHT[1]) & (tint < SHADOW_TINT))


def restore_still_parts(evidence: Evidence, parts: Sequence[Mask]) -> None:
    """Judge anew, in place, where still parts of the subject were found, which the background model took for background.

    Args:
        evidence: of second_evidence().
        parts: the still parts in each picture.
    """
    for part, sure, odds in zip(parts, evidence.known, evidence.log_odds, strict=True):
        around = dilated(part, max(3, int(0.1 * size(part))))
        np.maximum(odds, 0, out=odds, where=around)
        np.maximum(odds, MIN_STILL_ODDS, out=odds, where=part)
        np.logical_and(sure, ~around, out=sure)


def discount_scenery(evidence: Evidence, cells: Sequence[NDArray[np.int16]], table: Plane, strength: float) -> None:
    """Lower, in place, what looks like the scenery at the frame's border: waves, leaves, traffic.

    Args:
        evidence: of the same pictures.
        cells: the pictures as colour_table.indices().
        table: log-odds by colour, see colour_table.border_discount().
        strength: 0 (not at all) to 1.
    """
    for number, (cell, odds) in enumerate(zip(cells, evidence.log_odds, strict=True)):
        low = strength * table[cell]
        np.add(odds, low, out=odds)
        if evidence.energy:
            energy = evidence.energy[number]
            np.multiply(energy, np.clip(1 + 0.55 * low, 0.25, 1), out=energy)


def _median_background(flow: Flow, camera: Camera, usable: Sequence[Mask]) -> tuple[Rgb, NDArray[np.int64]]:
    """Return the median over the usable pixels as the reference camera saw them, and how many there were."""
    views = range(0, len(flow), -(-len(flow) // MAX_PICTURES))
    pictures = np.empty((len(views), flow.height, flow.width, 3), np.uint8)
    seen = np.zeros((flow.height, flow.width), np.int64)
    for place, number in enumerate(views):
        valid = camera.to_reference(usable[number].astype(np.uint8), number, cv2.BORDER_CONSTANT) > 0
        pictures[place] = camera.to_reference(flow.lab[number], number)
        pictures[place][~valid] = 255
        seen += valid
    # whole pictures are compared at a time, which is much faster than to sort pixel by pixel
    for turn in range(len(views)):
        for lower in range(turn % 2, len(views) - 1, 2):
            pair = pictures[lower], pictures[lower + 1]
            pictures[lower], pictures[lower + 1] = cv2.min(*pair), cv2.max(*pair)
    middle = np.maximum((seen - 1) // 2, 0)[None, :, :, None]
    return np.take_along_axis(pictures, middle, 0)[0], seen


@dataclass(frozen=True)
class _Comparison:
    """The pictures against a background model.

    Attributes:
        background: the model.
        known: where it is known, for each picture.
        noise: the usual difference from it.
        differences: how much each picture differs; handed out once, as all of them together take much memory.
    """

    background: Rgb
    known: tuple[Mask, ...]
    noise: float
    differences: Iterator[Plane]


def _compare(flow: Flow, camera: Camera, median: Rgb, sure: Mask) -> _Comparison:
    differences, known = [], []
    for number, picture in enumerate(flow.lab):
        background = camera.from_reference(median, number)
        known.append(camera.from_reference(sure.astype(np.uint8), number, cv2.BORDER_CONSTANT) > 0)
        differences.append(_difference(picture, background, exact=camera.still))
    # a quarter of the pixels tells the usual difference as well as all of them
    pairs = zip(differences, known, strict=True)
    values = np.concatenate([difference[::2, ::2][where[::2, ::2]] for difference, where in pairs])
    noise = float(np.median(values)) if values.size else 0.0
    return _Comparison(median, tuple(known), noise, _emptied(differences))


def _emptied(planes: list[Plane]) -> Iterator[Plane]:
    """Take planes out of a list, the first one first."""
    planes.reverse()
    while planes:
        yield planes.pop()


def _difference(picture: Rgb, background: Rgb, *, exact: bool) -> Plane:
    """Distance in weighted Lab; if not exact, from the nearest of the 3x3 pixels around, for sub-pixel errors."""
    if exact:
        apart = cv2.absdiff(picture, background)
    else:
        square = np.ones((3, 3), np.uint8)
        below = cv2.subtract(cv2.erode(background, square), picture)
        apart = cv2.max(below, cv2.subtract(picture, cv2.dilate(background, square)))
    squares = cv2.transform(np.square(apart.astype(np.float32)), np.square(LAB_WEIGHTS)[None])
    return np.asarray(cv2.GaussianBlur(np.sqrt(squares), (0, 0), 1.2), np.float32)


def _by_speed(speeds: Speeds, number: int) -> Plane:
    speed = speeds.confirmed[number]
    return np.asarray(np.where(speed > 0, np.clip((speed - speeds.threshold) / 1.5, 0, 1.5), -1), np.float32)


def _energy(speeds: Speeds, view: _Comparison, number: int, difference: Plane) -> Plane:
    by_background = np.clip((difference - (2 * view.noise + 4)) / 20, 0, 1)
    hidden = np.float32(0.35) * speeds.fast[number]
    by_speed = 0.5 * np.clip((speeds.confirmed[number] - speeds.threshold) / 4, 0, 1)
    return np.asarray(np.where(view.known[number], by_background, hidden) + by_speed, np.float32)


def _evidence(scene: Scene, log_odds: list[Plane], view: _Comparison, *, quiet_penalty: float) -> Evidence:
    quiet = _at_rest(scene.camera, log_odds)
    for number, plane in enumerate(log_odds):
        log_odds[number] = np.asarray(plane - quiet_penalty * scene.camera.from_reference(quiet, number), np.float32)
    return Evidence(tuple(log_odds), view.known, view.background)


def _at_rest(camera: Camera, log_odds: Sequence[Plane]) -> Plane:
    """Return 1 where no picture shows motion, as the reference camera saw it, else 0."""
    most = reduce(np.maximum, (camera.to_reference(plane, number) for number, plane in enumerate(log_odds)))
    return np.asarray(cv2.dilate(most, np.ones((5, 5), np.uint8)) < -0.2, np.float32)
