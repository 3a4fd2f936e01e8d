"""Find a character in a video: match SIFT keypoints of its cut-out with those of some pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout.colour_table import lab
from sora_nb.engines.resize import resize
from sora_nb.media.video import frames, probe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.base import Cutout
    from sora_nb.engines.cutout.masks import Mask, Rgb

SPRITE_ROWS = 220
"""Height in pixels at which the keypoints of a sprite are found."""
VIDEO_SIDE = 1152
"""Longer side in pixels at which those of a video's pictures are."""
MAX_KEYPOINTS = 1500
"""Most keypoints of one picture."""
SAMPLES = 6
"""Pictures of a video that a character is looked for in."""
SPRITE_FRAMES = 3
"""Frames of a character that are looked for: in the best one alone he may hold his arms as nowhere in a video."""
MIN_SCORE = 0.2
"""A character counts as found from this score on."""


@dataclass(frozen=True)
class Sighting:
    """Where a character was found in a video.

    Attributes:
        score: 0 (not there) to 1; SAME and more means found.
        times: seconds of the pictures it was found in.
        box: left, top, right, bottom in the clearest of them, as parts of width and height; None if it was not found.
    """

    score: float
    times: tuple[float, ...]
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Keypoints:
    """SIFT points of a picture: positions, shape (n, 2), and descriptors, shape (n, 128)."""

    points: NDArray[np.float32]
    descriptors: NDArray[np.float32]


@cache
def _sift() -> cv2.SIFT:
    return cv2.SIFT_create(MAX_KEYPOINTS, contrastThreshold=0.015)


def keypoints(picture: Rgb, inside: Mask | None = None) -> Keypoints:
    """Find the strongest SIFT points of an RGB picture, those of a mask only if one is given."""
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    mask = None if inside is None else cv2.erode(inside.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    points, descriptors = _sift().detectAndCompute(grey, mask)
    if descriptors is None:
        return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    order = np.argsort([-point.response for point in points], kind="stable")[:MAX_KEYPOINTS]
    return Keypoints(np.array([points[number].pt for number in order], np.float32), descriptors[order])


def _match(first: Keypoints, second: Keypoints, ratio: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the positions of points whose best match is clearly better than the second best."""
    if len(first.points) < 4 or len(second.points) < 4:
        return np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)
    pairs = cv2.BFMatcher().knnMatch(first.descriptors, second.descriptors, 2)
    good = [best for best, other in pairs if best.distance < ratio * other.distance]
    return first.points[[match.queryIdx for match in good]], second.points[[match.trainIdx for match in good]]


@dataclass(frozen=True)
class View:
    """One picture of a video, and its points."""

    time: float
    picture: Rgb
    points: Keypoints


def survey(video: Path) -> list[View]:
    """Find the points of some pictures of a video, once for all characters that are looked for in it.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    return [View(time, picture, keypoints(picture)) for time, picture in _pictures(video)]


def find(cutout: Cutout, video: Path) -> Sighting:
    """Look for a character in a video, whatever else it shows.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    return find_in(cutout, survey(video))


def find_in(cutout: Cutout, views: Sequence[View]) -> Sighting:
    """Look for a character in the surveyed pictures of a video."""
    count = len(cutout.frames)
    looks = {(cutout.best + turn * count // SPRITE_FRAMES) % count for turn in range(SPRITE_FRAMES)}
    poses = [pose for look in sorted(looks) for pose in _poses(cutout.frames[look])]
    hits = []
    for view in views:
        fits = (_fit(pose, view.picture, view.points) for pose in poses)
        hits += [(score, view.time, box) for score, box in fits if score > 0]
    if not hits:
        return Sighting(0.0, (), None)
    score, _, box = max(hits)
    times = sorted({time for value, time, _ in hits if value >= min(MIN_SCORE, score)})
    return Sighting(score, tuple(times), box)


@dataclass(frozen=True)
class _Pose:
    """A sprite as it is looked for: RGB without holes, alpha, and its points."""

    colours: Rgb
    alpha: NDArray[np.uint8]
    points: Keypoints


def _poses(sprite: NDArray[np.uint8]) -> list[_Pose]:
    """Return the sprite and its mirror image."""
    scale = SPRITE_ROWS / sprite.shape[0]
    shape = (max(8, round(sprite.shape[1] * scale)), SPRITE_ROWS)
    small = resize(sprite, shape)
    alpha = small[..., 3:].astype(np.float32) / 255
    solid = small[..., 3] > 128
    mean = small[..., :3][solid].mean(0) if solid.any() else np.full(3, 128.0)
    colours = (small[..., :3] * alpha + mean * (1 - alpha)).astype(np.uint8)
    return [
        _Pose(picture, opacity, keypoints(picture, opacity > 128))
        for picture, opacity in (
            (colours, np.ascontiguousarray(small[..., 3])),
            (np.ascontiguousarray(colours[:, ::-1]), np.ascontiguousarray(small[:, ::-1, 3])),
        )
    ]


def _pictures(video: Path) -> list[tuple[float, Rgb]]:
    """Return evenly spaced pictures of a video, enlarged to a size at which points are found well."""
    info = probe(video)
    wanted = np.linspace(0.05, 0.95, SAMPLES) * info.duration
    found: list[tuple[float, Rgb]] = []
    for frame in frames(video, max_side=VIDEO_SIDE):
        if len(found) < SAMPLES and frame.time >= wanted[len(found)]:
            found.append((frame.time, frame.rgb))
    return [(time, _enlarge(picture)) for time, picture in found]


def _enlarge(picture: Rgb) -> Rgb:
    scale = VIDEO_SIDE / max(picture.shape[:2])
    if scale <= 1:
        return picture
    large: Rgb = cv2.resize(picture, None, fx=min(scale, 2), fy=min(scale, 2), interpolation=cv2.INTER_CUBIC)
    return large


def _fit(pose: _Pose, picture: Rgb, seen: Keypoints) -> tuple[float, tuple[float, float, float, float]]:
    """Fit the sprite into a picture, and compare colours under it; return score and box."""
    nowhere = (0.0, 0.0, 0.0, 0.0)
    here, there = _match(pose.points, seen, 0.84)
    if len(here) < 4:
        return 0.0, nowhere
    matrix, inliers = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=5, maxIters=1500, confidence=0.99
    )
    if matrix is None or inliers.sum() < 4:
        return 0.0, nowhere
    zoom, turn = np.hypot(*matrix[:, 0]), np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))
    if not 0.3 < zoom < 3 or abs(turn) > 25:
        return 0.0, nowhere
    height, width = picture.shape[:2]
    alpha = cv2.warpAffine(pose.alpha, matrix, (width, height)) > 200
    if alpha.sum() < 200:
        return 0.0, nowhere
    left, top, wide, tall = cv2.boundingRect(alpha.astype(np.uint8))
    window = np.s_[top : top + tall, left : left + wide]
    drawn = cv2.warpAffine(pose.colours, matrix, (width, height))[window]
    points = int(inliers.sum())
    score = points / (points + 6) * (0.25 + 0.75 * _colour_agreement(drawn, picture[window], alpha[window]))
    return score, (left / width, top / height, (left + wide) / width, (top + tall) / height)


def _colour_agreement(first: Rgb, second: Rgb, inside: Mask) -> float:
    """Correlate two pictures channel by channel, so that brighter or warmer light does not count much; 0 to 1."""
    one, two = (lab(cv2.GaussianBlur(picture, (0, 0), 2))[inside].astype(np.float32) for picture in (first, second))
    spread = [(float(one[:, axis].std()), float(two[:, axis].std())) for axis in range(3)]
    centred = one - one.mean(0), two - two.mean(0)
    matches = [
        float((centred[0][:, axis] * centred[1][:, axis]).mean() / (here * there))
        for axis, (here, there) in enumerate(spread)
        if here > 2 and there > 2
    ]
    tint = float(np.hypot(*(one.mean(0) - two.mean(0))[1:]))
    return max(0.0, float(np.mean(matches)) if matches else 0.0) * float(np.exp(-tint / 40))
