"""Measure motion: optical flow, the registration of the camera, and the speeds that the camera does not explain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from sora_nb.engines.cutout.colour_table import indices, lab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb

FLOW_SIDE = 320
LAB_WEIGHTS = np.array([0.6, 1.3, 1.3], np.float32)
"""Lightness counts less than colour, because shadows and noise change it first."""
REPLICATE = {"borderMode": cv2.BORDER_REPLICATE}


class Flow:
    """Dense motion between any two sampled pictures, computed on first use.

    Args:
        pictures: RGB pictures of one size.
    """

    def __init__(self, pictures: Sequence[Rgb]) -> None:
        self.lab = [lab(picture) for picture in pictures]
        self.cells = [indices(picture) for picture in self.lab]
        self.height, self.width = pictures[0].shape[:2]
        shrink = max(1, round(max(self.width, self.height) / FLOW_SIDE))
        self.small_size = (max(12, self.width // shrink), max(12, self.height // shrink))
        self.scale = np.array([self.width / self.small_size[0], self.height / self.small_size[1]], np.float32)
        self.small = [
            cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), self.small_size, interpolation=cv2.INTER_AREA)
            for picture in pictures
        ]
        rows, columns = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        self.grid: Plane = np.dstack([columns, rows])
        self._search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._cache: dict[tuple[int, int], Plane] = {}

    def __len__(self) -> int:
        return len(self.lab)

    def between(self, here: int, there: int) -> Plane:
        """Return where each pixel of picture `here` lies in picture `there`: x and y, shape (height, width, 2)."""
        return self._enlarged(self._moved(here, there))

    def between_small(self, here: int, there: int) -> Plane:
        """Return the same in pictures of `small_size`, in their pixels."""
        width, height = self.small_size
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        return np.asarray(self._moved(here, there) / self.scale + np.dstack([columns, rows]), np.float32)

    def _moved(self, here: int, there: int) -> Plane:
        if (here, there) not in self._cache:
            self._cache[here, there] = self._small(self.small[here], self.small[there])
        return self._cache[here, there]

    def measure(self, here: NDArray[np.uint8], there: NDArray[np.uint8]) -> Plane:
        """Return where each pixel lies in the other of two grey pictures of `small_size`, in pixels of the full size."""
        return self._enlarged(self._small(here, there))

    def _small(self, here: NDArray[np.uint8], there: NDArray[np.uint8]) -> Plane:
        """Return how far each pixel moves, in pixels of the full size; a quarter of it tells all, in a quarter of the memory."""
        return np.asarray(self._search.calc(here, there, None) * self.scale, np.float32)

    def _enlarged(self, small: Plane) -> Plane:
        large = cv2.resize(small, (self.width, self.height))
        return np.asarray(cv2.add(large, self.grid, dst=large), np.float32)

    def warp(self, plane: NDArray[Any], here: int, there: int) -> NDArray[Any]:
        """Draw pixels that belong to picture `there` as they look in picture `here`."""
        moved: NDArray[Any] = cv2.remap(plane, self.between(here, there), None, cv2.INTER_LINEAR, **REPLICATE)
        return moved

    def speed(self, here: int, camera: NDArray[np.float64]) -> Plane:
        """Return how far each pixel moves until the next picture beyond what a camera's step explains, in pixels."""
        apart = cv2.subtract(self.between(here, here + 1), cv2.transform(self.grid, camera))
        return np.asarray(cv2.magnitude(*cv2.split(apart)), np.float32)


@dataclass(frozen=True)
class Camera:
    """How the camera moved.

    Attributes:
        poses: for each picture the 3x3 matrix that takes pixels of the reference picture to it.
        steps: for each picture but the last the 2x3 matrix that takes its pixels to the next one.
        reference: index of the reference picture.
        still: True where the camera did not move at all.
    """

    poses: tuple[NDArray[np.float64], ...]
    steps: tuple[NDArray[np.float64], ...]
    reference: int
    still: bool

    def to_reference(self, picture: NDArray[Any], index: int, border: int = cv2.BORDER_REPLICATE) -> NDArray[Any]:
        """Draw something of picture `index` as the reference picture's camera saw it."""
        return picture if self.still else self._warp(picture, index, cv2.WARP_INVERSE_MAP, border)

    def from_reference(self, picture: NDArray[Any], index: int, border: int = cv2.BORDER_REPLICATE) -> NDArray[Any]:
        """Draw something of the reference picture as the camera of picture `index` saw it."""
        return picture if self.still else self._warp(picture, index, 0, border)

    def _warp(self, picture: NDArray[Any], index: int, direction: int, border: int) -> NDArray[Any]:
        side = picture.shape[1::-1]
        return np.asarray(
            cv2.warpAffine(picture, self.poses[index][:2], side, flags=cv2.INTER_LINEAR | direction, borderMode=border)
        )


def register(flow: Flow) -> Camera:
    """Find the camera's path: similarities from picture to picture, then each picture against the middle one."""
    steps = [_similarity(flow, flow.between(number, number + 1)) for number in range(len(flow) - 1)]
    chain = [np.eye(3)]
    for step in steps:
        chain.append(_homogeneous(step) @ chain[-1])
    reference = len(flow) // 2
    home = np.linalg.inv(chain[reference])
    poses = [_refine(flow, pose @ home, number, reference) for number, pose in enumerate(chain)]
    if all(_at_rest(pose, flow) for pose in poses):
        return Camera((np.eye(3),) * len(flow), (np.eye(2, 3),) * len(steps), reference, still=True)
    return Camera(tuple(poses), tuple(steps), reference, still=False)


def _at_rest(pose: NDArray[np.float64], flow: Flow) -> bool:
    """Whether no corner of the picture moves by a pixel, which is all that flow can tell."""
    corners = np.array([[x, y, 1] for x in (0, flow.width) for y in (0, flow.height)], float)
    return bool(np.abs(corners @ (pose - np.eye(3)).T).max() < 1.0)


def _homogeneous(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([matrix, [0, 0, 1]])


def _refine(flow: Flow, pose: NDArray[np.float64], number: int, reference: int) -> NDArray[np.float64]:
    """Correct what the chain of steps has drifted, by measuring against the reference picture itself."""
    if number == reference:
        return pose
    shrink = np.diag([1 / flow.scale[0], 1 / flow.scale[1], 1.0])
    seen = cv2.warpAffine(
        flow.small[number],
        (shrink @ pose @ np.linalg.inv(shrink))[:2],
        flow.small_size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        **REPLICATE,
    )
    rest = flow.measure(flow.small[reference], np.asarray(seen, np.uint8))
    return np.asarray(pose @ _homogeneous(_similarity(flow, rest)))


def _similarity(flow: Flow, ends: Plane) -> NDArray[np.float64]:
    """Fit shift, turn and zoom to where pixels lie in another picture, on the frame's border first, where subjects seldom are.

    Returns:
        2x3 matrix; the identity where nothing fits.
    """
    rows, columns = np.mgrid[6 : flow.height - 6 : 10, 6 : flow.width - 6 : 10]
    points = np.stack([columns, rows], -1).reshape(-1, 2).astype(np.float32)
    targets = ends[rows, columns].reshape(-1, 2)
    x, y = points[:, 0] / flow.width, points[:, 1] / flow.height
    border = (y < 0.16) | (x < 0.16) | (x > 0.84)
    best, support = np.eye(2, 3), 0.3
    for chosen in (border, np.ones_like(border)):
        matrix, inliers = cv2.estimateAffinePartial2D(
            points[chosen], targets[chosen], method=cv2.RANSAC, ransacReprojThreshold=1.2, maxIters=500
        )
        if matrix is not None and inliers.mean() > support:
            best, support = matrix, float(inliers.mean()) * 1.25
        if support > 0.75:
            break
    return np.asarray(best, np.float64)


@dataclass(frozen=True)
class Speeds:
    """Motion that the camera does not explain, in pixels from one sample to the next.

    Attributes:
        confirmed: one plane for each picture; 0 where the flow explains the neighbours no better than the camera does.
        fast: for each picture where the speed, confirmed or not, is clearly above the threshold.
        noise: the usual speed of what does not move.
    """

    confirmed: tuple[Plane, ...]
    fast: tuple[Mask, ...]
    noise: float

    @property
    def threshold(self) -> float:
        """Speed from which a pixel counts as moving."""
        return _threshold(self.noise)


def measure_speeds(flow: Flow, camera: Camera) -> Speeds:
    """Measure what moves in each picture.

    A pixel moves only if that holds towards the picture before and the picture after: an edge that a subject has just
    covered or uncovered fails one of the two.
    """
    count = len(flow)
    if count < 2:
        return Speeds(
            (np.zeros((flow.height, flow.width), np.float32),), (np.zeros((flow.height, flow.width), bool),), 0.0
        )
    ahead = [_speed(flow, number, number + 1, camera.steps[number]) for number in range(count - 1)]
    noise = float(np.median([speed[::2, ::2] for speed in ahead]))
    threshold = _threshold(noise)
    confirmed: list[Plane] = []
    for number in range(count):
        views = []
        if number < count - 1:
            gain = _gain(flow, number, number + 1, camera.steps[number])
            views.append(_confirm(ahead[number], gain, threshold))
        if number > 0:
            back = cv2.invertAffineTransform(camera.steps[number - 1])
            gain = _gain(flow, number, number - 1, back)
            views.append(_confirm(_speed(flow, number, number - 1, back), gain, threshold))
        confirmed.append(np.minimum.reduce(views))
    fast = [
        np.asarray(np.maximum(ahead[min(number, count - 2)], ahead[max(number - 1, 0)]) > threshold + 0.4)
        for number in range(count)
    ]
    return Speeds(tuple(confirmed), tuple(fast), noise)


def _threshold(noise: float) -> float:
    return 3 * noise + 0.4


def _speed(flow: Flow, here: int, there: int, camera: NDArray[np.float64]) -> Plane:
    """Return the speed against the camera."""
    apart = cv2.subtract(flow.between(here, there), cv2.transform(flow.grid, camera))
    return np.asarray(cv2.magnitude(*cv2.split(apart)), np.float32)


def _gain(flow: Flow, here: int, there: int, camera: NDArray[np.float64]) -> Plane:
    """Return how much better than the camera the flow explains the other picture, in levels of Lab."""
    other = flow.lab[there]
    by_camera = cv2.warpAffine(
        other, camera, (flow.width, flow.height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, **REPLICATE
    )
    by_flow = flow.warp(other, here, there)
    gain = np.subtract(_difference(by_camera, flow.lab[here]), _difference(by_flow, flow.lab[here]))
    return np.asarray(cv2.GaussianBlur(np.clip(gain, 0, 40), (0, 0), 1.5), np.float32)


def _difference(first: Rgb, second: Rgb) -> Plane:
    return np.asarray(cv2.transform(cv2.absdiff(first, second).astype(np.float32), LAB_WEIGHTS[None]), np.float32)


def _confirm(speed: Plane, gain: Plane, threshold: float) -> Plane:
    return np.asarray(np.where(speed > threshold, speed, 0) * np.clip((gain - 2.5) / 5, 0, 1), np.float32)


@dataclass(frozen=True)
class Scene:
    """Everything that is measured once about the sampled pictures of a shot."""

    pictures: Sequence[Rgb]
    flow: Flow
    camera: Camera

    @cached_property
    def speeds(self) -> Speeds:
        """What the camera does not explain, measured on first use."""
        return measure_speeds(self.flow, self.camera)

    def __len__(self) -> int:
        return len(self.flow)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.flow.height, self.flow.width


def analyse(pictures: Sequence[Rgb]) -> Scene:
    """Measure flow and camera of RGB pictures of one size."""
    flow = Flow(pictures)
    return Scene(pictures, flow, register(flow))
