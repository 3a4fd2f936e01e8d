"""Tell a face on a poster or a screen from somebody's: it is fixed to the scenery.

Nobody alive holds the head still to less than a millimetre for a second. Where the camera moves, the test registers it
anew between the pictures that show the face, by corners: dense flow only guesses in a plain sky.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask
    from sora_nb.engines.cutout.motion import Flow, Scene
    from sora_nb.engines.cutout.tracks import Track

LOOKED_AT = 8
"""Pictures with the face that are compared with one of them."""
LEAST_JUDGED = 2
"""How many of them must show the camera's step, where there are as many."""
BESIDE = 1.5
"""How far to each side of a face, in its widths, corners may belong to the same person."""
BORDER = 0.16
"""Part of the picture at its top and sides in which subjects seldom are."""
LEAST_CORNERS = 5
"""Corners that a face, and the border, must show to be judged by."""
OUTLIER = 1.0
"""Pixels by which a corner may miss where the camera's step takes it."""
SUPPORTED = 1 / 3
"""Least share of the border's corners that the camera's step explains; else it was measured on somebody."""
COVERED = 0.2
"""Quantile of the corners' motion on a face that is taken for the face's: who passes before a picture covers most of it."""
STILL = 0.004
"""How far from where the camera's step takes it a picture of a face may seem to be, in its widths; heads sway by more."""
SCATTERS, FINEST = 1.5, 0.1
"""The same as a multiple of how far the scenery's own corners are, and in pixels more; the lesser of the two counts."""
MUCH = 1.5
"""Pixels that something moving exceeds."""
CROWDED = 0.03
"""Part of the picture that moves where a lot does."""
ALIVE = 3.0
"""How far a face strays that is surely somebody's, in what a fixed one does at most."""
FOLLOWING = {
    "winSize": (15, 15),
    "maxLevel": 3,
    "criteria": (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 20, 0.03),
}


def pictured(scene: Scene, tracks: Sequence[Track]) -> list[Track]:
    """Return the faces that are pictures of one: fixed to the scenery, while somebody else, or much else, moves."""
    judged = [(track, judgement) for track in tracks if (judgement := _judge(scene, track)) is not None]
    alive = any(strayed > ALIVE for _, (strayed, _) in judged)
    return [track for track, (strayed, moving) in judged if strayed < 1 and (moving > CROWDED or alive)]


def _judge(scene: Scene, track: Track) -> tuple[float, float] | None:
    """Return how far a face strays from the scenery, and what share of the picture moves; None where corners do not tell.

    A fixed face strays by 1 at most.
    """
    seen = sorted(track.faces)
    base = seen.pop(0)
    if not seen:
        return None
    first = _grey(scene, base)
    face, elsewhere = _parts(first.shape, track.place(base))
    on_face, others = _corners(first, face, most=60, apart=3), _corners(first, elsewhere, most=300, apart=6)
    if len(on_face) < LEAST_CORNERS:
        return None
    strayed, moving = [], []
    for number in (seen[place] for place in np.unique(np.linspace(0, len(seen) - 1, LOOKED_AT).round().astype(int))):
        second = _grey(scene, number)
        guess = (scene.camera.poses[number] @ np.linalg.inv(scene.camera.poses[base]))[:2]
        registered = _registered(first, second, others, guess)
        if registered is None and not scene.camera.still:
            continue
        step, scatter = registered or (guess, 0.0)
        expected = _moved(on_face, step)
        ends, followed = _follow(first, second, on_face, expected)
        if np.count_nonzero(followed) < LEAST_CORNERS:
            continue
        apart = np.quantile(np.hypot(*(ends - expected)[followed].T), COVERED)
        strayed.append(apart / min(STILL * track.place(base)[2], SCATTERS * scatter + FINEST))
        moving.append(_moving_share(scene.flow, base, number, step))
    if len(strayed) < min(LEAST_JUDGED, len(seen)):
        return None
    return float(np.median(strayed)), float(np.median(moving))


def _grey(scene: Scene, number: int) -> NDArray[np.uint8]:
    """Return a picture without colours and grain."""
    return np.asarray(cv2.GaussianBlur(cv2.cvtColor(scene.pictures[number], cv2.COLOR_RGB2GRAY), (0, 0), 1.0), np.uint8)


def _parts(shape: tuple[int, ...], place: tuple[float, float, float]) -> tuple[Mask, Mask]:
    """Return where a face is, and where nothing is that may belong to the same person."""
    x, y, side = place
    face, elsewhere = np.zeros(shape, bool), np.ones(shape, bool)
    face[
        max(0, int(y - side / 2)) : max(0, int(y + side / 2)), max(0, int(x - side / 2)) : max(0, int(x + side / 2))
    ] = 1
    elsewhere[:, max(0, int(x - BESIDE * side)) : max(0, int(x + BESIDE * side))] = False
    return face, elsewhere


def _corners(picture: NDArray[np.uint8], where: Mask, *, most: int, apart: int) -> NDArray[np.float32]:
    """Return the clearest corners in a part of a picture, x and y."""
    found = cv2.goodFeaturesToTrack(picture, most, 0.01, apart, mask=where.astype(np.uint8))
    return np.zeros((0, 2), np.float32) if found is None else np.asarray(found[:, 0], np.float32)


def _moved(points: NDArray[np.float32], step: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(cv2.transform(points[None], step)[0], np.float32)


def _follow(
    first: NDArray[np.uint8], second: NDArray[np.uint8], points: NDArray[np.float32], expected: NDArray[np.float32]
) -> tuple[NDArray[np.float32], Mask]:
    """Find points of one picture in another (Lucas and Kanade); also return which of them lead back to where they came from."""
    ends, there, _ = cv2.calcOpticalFlowPyrLK(
        first, second, points, expected.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **FOLLOWING
    )
    back, here, _ = cv2.calcOpticalFlowPyrLK(
        second, first, ends, points.copy(), flags=cv2.OPTFLOW_USE_INITIAL_FLOW, **FOLLOWING
    )
    same = np.abs(back - points).max(1) < 0.5
    return np.asarray(ends, np.float32), np.asarray((there[:, 0] > 0) & (here[:, 0] > 0) & same)


def _registered(
    first: NDArray[np.uint8], second: NDArray[np.uint8], corners: NDArray[np.float32], guess: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float] | None:
    """Return the camera's step between two pictures, 2x3, and how many pixels off the scenery is; None where corners do not tell."""
    if not len(corners):
        return None
    ends, followed = _follow(first, second, corners, _moved(corners, guess))
    corners, ends = corners[followed], ends[followed]
    height, width = first.shape
    x, y = corners[:, 0] / width, corners[:, 1] / height
    border = (y < BORDER) | (x < BORDER) | (x > 1 - BORDER)
    if np.count_nonzero(border) < LEAST_CORNERS:
        return None
    step, kept = cv2.estimateAffinePartial2D(corners, ends, method=cv2.RANSAC, ransacReprojThreshold=OUTLIER)
    if step is None or kept[border].mean() < SUPPORTED:
        return None
    off = np.hypot(*(ends - _moved(corners, step))[kept[:, 0] > 0].T)
    return step, float(np.median(off))


def _moving_share(flow: Flow, base: int, number: int, step: NDArray[np.float64]) -> float:
    """Return how much of a picture is elsewhere in another than the camera's step takes it, of what both show."""
    shrink = np.diag([1 / flow.scale[0], 1 / flow.scale[1], 1.0])
    small = (shrink @ np.vstack([step, [0, 0, 1]]) @ np.linalg.inv(shrink))[:2]
    backwards = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(flow.small[number], small, flow.small_size, flags=backwards, borderMode=cv2.BORDER_REPLICATE)
    shown = cv2.warpAffine(np.ones_like(flow.small[number]), small, flow.small_size, flags=backwards) > 0
    apart = flow.measure(flow.small[base], np.asarray(seen, np.uint8)) - flow.grid
    moves = cv2.resize(np.hypot(apart[..., 0], apart[..., 1]), flow.small_size) > MUCH
    return float(moves[shown].mean()) if shown.any() else 0.0
