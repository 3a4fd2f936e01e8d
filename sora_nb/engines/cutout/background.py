"""The background plate, and what it says about each pixel: background that was uncovered, or the subject before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout.masks import grown, size
from sora_nb.engines.cutout.motion import LAB_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb
    from sora_nb.engines.cutout.motion import Camera, Flow, Scene, Speeds


CLEARLY = 18
"""Difference from the plate in levels of Lab that shading alone does not make."""
GHOST = np.float32(0.7)
"""Most that a difference counts where nothing moves: the plate itself may show the subject, come to rest."""
REBUTTED = np.float32(2.5)
"""What speed alone loses where the plate shows the very same pixel."""
SHADOWS, SAME_TINT = (0.5, 0.97), 5
"""Part of the light that shadows leave, and levels of Lab by which they change a colour."""
SHADE = np.float32(-0.5)
"""Most log-odds of what may be a shadow: a grey subject before grey has only its shape and neighbours to speak for it."""
STILL = 0.5
"""Least log-odds of a still part of the subject."""
VIEWS = 16
"""Pictures at most that a plate is made of."""


@dataclass(frozen=True)
class Evidence:
    """What motion says, for each picture.

    Attributes:
        log_odds: above 0 where a pixel looks like the subject, below 0 where it looks like background.
        energy: 0 and more: how much a pixel moves or differs from the plate.
        known: where the plate is known.
        changed: where the picture differs from the plate.
        plate: the background in Lab, as the reference camera saw it, shape (height, width, 3).
    """

    log_odds: tuple[Plane, ...]
    energy: tuple[Plane, ...]
    known: tuple[Mask, ...]
    changed: tuple[Mask, ...]
    plate: Rgb


def first_evidence(scene: Scene) -> Evidence:
    """Judge with a plate made of the pixels that did not move."""
    flow, camera, speeds = scene.flow, scene.camera, scene.speeds
    limit = speeds.threshold + 0.4
    plate, seen = _plate(flow, camera, [speed < limit for speed in speeds.raw])
    view = _compared(flow, camera, plate, seen >= 2)
    log_odds = []
    for number, difference in enumerate(view.differences):
        most = np.where(speeds.raw[number] > limit, np.float32(3), GHOST)
        by_plate = np.where(view.known[number], np.clip((difference - (3 * view.noise + 5)) / 6, -1, most), 0)
        best = np.maximum(by_plate, _by_speed(speeds, number))
        hidden = ~view.known[number] & (speeds.raw[number] > limit)
        log_odds.append(np.where(hidden, np.maximum(best, 0.6), best))
    return _evidence(scene, log_odds, view, quiet_penalty=0.35)


def second_evidence(scene: Scene, masks: Sequence[Mask]) -> Evidence:
    """Judge with a plate made of everything outside the first masks."""
    flow, camera, speeds = scene.flow, scene.camera, scene.speeds
    outside = [~grown(mask, max(3, int(0.1 * size(mask)))) for mask in masks]
    plate, seen = _plate(flow, camera, outside)
    view = _compared(flow, camera, plate, seen >= 1)
    log_odds = []
    for number, difference in enumerate(view.differences):
        by_plate = np.clip((difference - (2 * view.noise + 5)) / 3, -2.2, 3)
        by_speed = _by_speed(speeds, number)
        allowed = np.minimum(by_speed, 0.3) - np.where(by_plate < -1, REBUTTED, np.float32(0))
        odds = np.where(view.known[number], np.maximum(by_plate, allowed), by_speed)
        shade = view.known[number] & _shaded(flow.lab[number], camera.from_reference(plate, number))
        log_odds.append(np.where(shade, np.minimum(odds, SHADE), odds))
    return _evidence(scene, log_odds, view, quiet_penalty=0.7)


def _shaded(picture: Rgb, background: Rgb) -> Mask:
    """Whether a pixel may be the background with a shadow on it: darker, but of the same colour."""
    here, there = (cv2.GaussianBlur(lab, (0, 0), 1.5).astype(np.float32) for lab in (picture, background))
    light = here[..., 0] / np.maximum(there[..., 0], 1)
    one, two = (np.abs(here[..., axis] - 128 - light * (there[..., axis] - 128)) for axis in (1, 2))
    tint = np.maximum(one, two)
    return np.asarray((light > SHADOWS[0]) & (light < SHADOWS[1]) & (tint < SAME_TINT))


def withheld(evidence: Evidence, parts: Sequence[Mask]) -> Evidence:
    """Judge anew where still parts of the subject were found, which the plate took for background.

    Args:
        evidence: of second_evidence().
        parts: the still parts in each picture.
    """
    known, log_odds = [], []
    for part, sure, odds in zip(parts, evidence.known, evidence.log_odds, strict=True):
        around = grown(part, max(3, int(0.1 * size(part))))
        known.append(sure & ~around)
        log_odds.append(np.where(part, np.maximum(odds, STILL), np.where(around, np.maximum(odds, 0), odds)))
    return replace(evidence, known=tuple(known), log_odds=tuple(log_odds))


def discounted(evidence: Evidence, border: Sequence[Plane], strength: float) -> Evidence:
    """Lower what looks like the scenery at the frame's border: waves, leaves, traffic.

    Args:
        evidence: of the same pictures.
        border: log-odds by colour for each picture, see palette.border_discount().
        strength: 0 (not at all) to 1.
    """
    log_odds = [odds + strength * low for odds, low in zip(evidence.log_odds, border, strict=True)]
    energy = [
        np.asarray(plane * np.clip(1 + 0.55 * strength * low, 0.25, 1), np.float32)
        for plane, low in zip(evidence.energy, border, strict=True)
    ]
    return replace(evidence, log_odds=tuple(log_odds), energy=tuple(energy))


def _plate(flow: Flow, camera: Camera, usable: Sequence[Mask]) -> tuple[Rgb, NDArray[np.int64]]:
    """Return the median over the usable pixels as the reference camera saw them, and how many there were."""
    views = range(0, len(flow), -(-len(flow) // VIEWS))
    pictures = np.stack([camera.to_reference(flow.lab[number], number) for number in views], -1)
    valid = np.stack(
        [camera.to_reference(usable[number].astype(np.uint8), number, cv2.BORDER_CONSTANT) > 0 for number in views], -1
    )
    pictures[~valid[:, :, None, :].repeat(3, 2)] = 255
    pictures.sort(-1)
    seen = valid.sum(-1)
    middle = np.maximum((seen - 1) // 2, 0)[:, :, None, None]
    return np.take_along_axis(pictures, middle, -1)[..., 0], seen


@dataclass(frozen=True)
class _View:
    """The pictures against a plate: differences, where the plate is known, and the usual difference."""

    plate: Rgb
    differences: tuple[Plane, ...]
    known: tuple[Mask, ...]
    noise: float


def _compared(flow: Flow, camera: Camera, plate: Rgb, sure: Mask) -> _View:
    differences, known = [], []
    for number, picture in enumerate(flow.lab):
        background = camera.from_reference(plate, number)
        known.append(camera.from_reference(sure.astype(np.uint8), number, cv2.BORDER_CONSTANT) > 0)
        differences.append(_difference(picture, background, exact=camera.still))
    # a quarter of the pixels tells the usual difference as well as all of them
    pairs = zip(differences, known, strict=True)
    values = np.concatenate([difference[::2, ::2][where[::2, ::2]] for difference, where in pairs])
    noise = float(np.median(values)) if values.size else 0.0
    return _View(plate, tuple(differences), tuple(known), noise)


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


def _evidence(scene: Scene, log_odds: list[Plane], view: _View, *, quiet_penalty: float) -> Evidence:
    camera, speeds = scene.camera, scene.speeds
    quiet = _never_moved(camera, log_odds)
    energy = []
    for number, difference in enumerate(view.differences):
        by_plate = np.clip((difference - (2 * view.noise + 4)) / 20, 0, 1)
        hidden = 0.35 * (speeds.raw[number] > speeds.threshold + 0.4)
        by_speed = 0.5 * np.clip((speeds.confirmed[number] - speeds.threshold) / 4, 0, 1)
        energy.append(np.asarray(np.where(view.known[number], by_plate, hidden) + by_speed, np.float32))
    lowered = [
        np.asarray(plane - quiet_penalty * camera.from_reference(quiet, number), np.float32)
        for number, plane in enumerate(log_odds)
    ]
    changed = [difference > 2 * view.noise + CLEARLY for difference in view.differences]
    return Evidence(tuple(lowered), tuple(energy), view.known, tuple(changed), view.plate)


def _never_moved(camera: Camera, log_odds: Sequence[Plane]) -> Plane:
    """Return 1 where no picture shows motion, as the reference camera saw it, else 0."""
    most = np.maximum.reduce([camera.to_reference(plane, number) for number, plane in enumerate(log_odds)])
    return np.asarray(cv2.dilate(most.astype(np.float32), np.ones((5, 5), np.uint8)) < -0.2, np.float32)
