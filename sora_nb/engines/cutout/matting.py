"""Turn a mask into RGBA: soft alpha along the picture's own edges, and colours without the background in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from sora_nb.engines.cutout.masks import bounds, disc, size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb

REFLECT = {"borderType": cv2.BORDER_REFLECT}


class GuidedFilter:
    """He's guided filter with a colour guide: smooths a plane, but keeps to the edges of a picture.

    Args:
        guide: RGB picture, float32 from 0 to 1.
        radius: of the window, in pixels.
        softness: variance of colour that counts as flat.
    """

    def __init__(self, guide: Plane, radius: int, softness: float) -> None:
        self._guide = guide
        self._window = (2 * radius + 1, 2 * radius + 1)
        self._mean = self._box(guide)
        self._inverse = _invert(self._spreads(), softness)

    def _box(self, plane: Plane) -> Plane:
        smooth: Plane = cv2.blur(plane, self._window, **REFLECT)
        return smooth

    def _spreads(self) -> list[Plane]:
        """Return the covariances of the channels: rr, rg, rb, gg, gb, bb."""
        channels, means = cv2.split(self._guide), cv2.split(self._mean)
        pairs = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
        return [self._box(channels[one] * channels[two]) - means[one] * means[two] for one, two in pairs]

    def __call__(self, plane: Plane) -> Plane:
        """Filter a float32 plane of the guide's size."""
        slope, offset = self._coefficients(plane)
        return _dot(slope, self._guide) + offset

    def upsampled(self, plane: Plane, guide: Plane) -> Plane:
        """Filter a plane, and draw the result along the edges of a larger picture than the one it was found with."""
        side = guide.shape[1::-1]
        slope, offset = (cv2.resize(part, side) for part in self._coefficients(plane))
        return _dot(slope, guide) + np.asarray(offset, np.float32)

    def _coefficients(self, plane: Plane) -> tuple[Plane, Plane]:
        mean = self._box(plane)
        shared = cv2.split(self._box(self._guide * plane[..., None]) - self._mean * mean[..., None])
        slope = cv2.merge([row[0] * shared[0] + row[1] * shared[1] + row[2] * shared[2] for row in self._inverse])
        return self._box(slope), self._box(mean - _dot(slope, self._mean))


def _dot(slope: Plane, colours: Plane) -> Plane:
    """Return the scalar product of each pixel."""
    products = slope * colours
    return np.asarray(products[..., 0] + products[..., 1] + products[..., 2], np.float32)


def _invert(spreads: list[Plane], softness: float) -> list[list[Plane]]:
    """Invert the symmetric 3x3 covariance of each pixel; return its rows."""
    a, b, c, d, e, f = spreads
    a, d, f = a + softness, d + softness, f + softness
    one, two, three = d * f - e * e, c * e - b * f, b * e - c * d
    scale = 1 / (a * one + b * two + c * three)
    one, two, three = one * scale, two * scale, three * scale
    middle, low = (a * f - c * c) * scale, (b * c - a * e) * scale
    rows = [[one, two, three], [two, middle, low], [three, low, (a * d - b * b) * scale]]
    return [[np.asarray(plane, np.float32) for plane in row] for row in rows]


def matte(picture: Rgb, mask: Mask) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Cut the subject out of a picture.

    Args:
        picture: RGB, any size.
        mask: the subject, at any scale of the same picture.

    Returns:
        RGBA with straight alpha, cropped to the subject, and its left and top corner in the picture.
    """
    height, width = picture.shape[:2]
    zoom = width / mask.shape[1]
    radius = int(np.clip(round(size(mask) * zoom * 0.02), 2, 12))
    left, top, wide, tall = bounds(mask)
    reach = 4 * radius + 4
    x0, y0 = max(0, int(left * zoom) - reach), max(0, int(top * zoom) - reach)
    x1, y1 = min(width, int((left + wide) * zoom) + reach), min(height, int((top + tall) * zoom) + reach)
    matrix = np.array([[zoom, 0, (zoom - 1) / 2 - x0], [0, zoom, (zoom - 1) / 2 - y0]])
    large = cv2.warpAffine(
        mask.astype(np.float32), matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    hard = (cv2.GaussianBlur(large, (0, 0), max(0.7, 0.6 * zoom)) > 0.5).astype(np.float32)
    part = picture[y0:y1, x0:x1]
    guide, small = to_float(part), to_float(_halved(part))
    alpha = soft_alpha(guide, small, hard, radius)
    colours = foreground(guide, small, alpha, radius)
    return np.dstack([_to_bytes(colours), _to_bytes(alpha)]), (x0, y0)


def _halved(plane: NDArray[Any]) -> NDArray[Any]:
    half = plane.shape[1] // 2 + 1, plane.shape[0] // 2 + 1
    halved: NDArray[Any] = cv2.resize(plane, half, interpolation=cv2.INTER_AREA)
    return halved


def soft_alpha(guide: Plane, small: Plane, hard: Plane, radius: int) -> Plane:
    """Turn a hard mask into alpha that follows the picture's edges within `radius` pixels; `small` is the guide halved."""
    smooth = GuidedFilter(small, max(1, radius // 2), 3e-4).upsampled(_halved(hard), guide)
    bits = hard.astype(np.uint8)
    inside = cv2.erode(bits, disc(radius), borderValue=1)
    outside = cv2.dilate(bits, disc(radius))
    edge = np.clip((smooth - 0.2) / 0.65, 0, 1) * (outside > 0)
    return np.asarray(np.where(inside > 0, 1, edge), np.float32)


def foreground(guide: Plane, small: Plane, alpha: Plane, radius: int) -> Plane:
    """Estimate the subject's own colours where alpha is partial (blur-fusion, Forte 2021); others are the picture's.

    Args:
        guide: RGB picture, float32 from 0 to 1.
        small: the same, halved.
        alpha: 0 to 1.
        radius: width of the soft edge in pixels.
    """
    share = _halved(alpha)
    front, behind = small, small
    for window in (max(4, 3 * radius), max(2, (radius + 1) // 2)):
        square = (window, window)
        around = cv2.blur(share, square)[..., None]
        weight = share[..., None]
        own = cv2.blur(front * weight, square) / (around + 1e-5)
        behind = cv2.blur(behind * (1 - weight), square) / (1 - around + 1e-5)
        front = np.clip(own + weight * (small - weight * own - (1 - weight) * behind), 0, 1)
    partial = (alpha > 0) & (alpha < 1)
    weight = alpha[partial][:, None]
    own, behind = (cv2.resize(part, guide.shape[1::-1])[partial] for part in (own, behind))
    colours = guide.copy()
    colours[partial] = np.clip(own + weight * (guide[partial] - weight * own - (1 - weight) * behind), 0, 1)
    return colours


def to_float(picture: Rgb) -> Plane:
    """Turn bytes into numbers from 0 to 1."""
    return np.divide(picture, 255, dtype=np.float32)


def _to_bytes(plane: Plane) -> NDArray[np.uint8]:
    return np.asarray(cv2.convertScaleAbs(plane, alpha=255), np.uint8)
