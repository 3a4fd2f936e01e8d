"""Operations on masks: morphology, the largest part, holes, bounds. Pictures here are NumPy arrays, rows first."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb: TypeAlias = NDArray[np.uint8]
"""Colours, shape (height, width, 3)."""
Plane: TypeAlias = NDArray[np.float32]
"""One number for each pixel, shape (height, width)."""
Mask: TypeAlias = NDArray[np.bool_]
"""True where the subject is, shape (height, width)."""
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""
EDGE = 2
"""Pixels next to the picture's edge that count as touching it: outlines are not surer than that."""


def bounds(mask: Mask) -> Box:
    """Return the smallest box around a mask; all zeros where it is empty."""
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return left, top, width, height


def window_of(mask: Mask, margin: int = 0) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest box around a mask, and of a margin around that."""
    left, top, width, height = bounds(mask)
    return (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )


def disc(radius: int) -> NDArray[np.uint8]:
    """Return a round structuring element."""
    element: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return element


def dilated(mask: Mask, radius: int) -> Mask:
    """Widen a mask by a number of pixels."""
    wide = np.zeros_like(mask)
    if mask.any():
        window = window_of(mask, int(radius) + 1)
        wide[window] = cv2.distanceTransform((~mask[window]).astype(np.uint8), cv2.DIST_L2, 3) <= radius
    return wide


def eroded(mask: Mask, radius: int) -> Mask:
    """Narrow a mask by a number of pixels; the frame's edge does not eat into it."""
    return _lessened(mask, radius, cv2.MORPH_ERODE)


def opened(mask: Mask, radius: int = 1) -> Mask:
    """Remove specks and threads thinner than the radius."""
    return _lessened(mask, radius, cv2.MORPH_OPEN)


def _lessened(mask: Mask, radius: int, operation: int) -> Mask:
    """Apply an operation of morphology that only takes away, and so needs no more than the mask's bounds."""
    less = np.zeros_like(mask)
    if mask.any():
        window = window_of(mask, 1)
        less[window] = cv2.morphologyEx(mask[window].astype(np.uint8), operation, disc(radius)) > 0
    return less


def closed(mask: Mask, radius: int) -> Mask:
    """Close gaps thinner than the radius."""
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, disc(radius)) > 0)


def largest_part(mask: Mask, seed: Mask | None = None) -> Mask:
    """Keep the largest connected part, or the part that shares most with `seed`."""
    if not mask.any():
        return mask
    window = window_of(mask)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask[window].astype(np.uint8), connectivity=4)
    if count <= 2:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    shared = areas if seed is None else np.bincount(labels[seed[window]], minlength=count)[1:]
    part = np.zeros_like(mask)
    part[window] = labels == 1 + int(np.argmax(shared if shared.any() else areas))
    return part


def large_parts(mask: Mask, share: float) -> Mask:
    """Keep the connected parts that have at least a share of the mask's area: a neck may be foreign, a head is not."""
    if not mask.any():
        return mask
    window = window_of(mask)
    part = mask[window]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(part.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= share * np.count_nonzero(part)
    large[0] = False
    parts = np.zeros_like(mask)
    parts[window] = large[labels]
    return parts


def filled(mask: Mask, share: float) -> Mask:
    """Fill holes smaller than `share` of the mask's area."""
    if not mask.any():
        return mask
    window = window_of(mask)
    part = mask[window]
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~part).astype(np.uint8), connectivity=4)
    if count <= 1:
        return mask
    height, width = part.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    inside = (left > 0) & (top > 0)
    inside &= (left + stats[:, cv2.CC_STAT_WIDTH] < width) & (top + stats[:, cv2.CC_STAT_HEIGHT] < height)
    holes = inside & (stats[:, cv2.CC_STAT_AREA] < share * np.count_nonzero(part))
    holes[0] = False
    whole = mask.copy()
    whole[window] |= holes[labels]
    return whole


def cut_sides(mask: Mask) -> dict[str, float]:
    """Return how much of each edge of the picture a mask touches, to two pixels, as part of its own size."""
    side = size(mask)
    touched = {
        "left": mask[:, :EDGE].any(1),
        "right": mask[:, -EDGE:].any(1),
        "top": mask[:EDGE].any(0),
        "bottom": mask[-EDGE:].any(0),
    }
    return {name: float(min(1.0, np.count_nonzero(edge) / side)) for name, edge in touched.items()}


def most_cut(mask: Mask) -> float:
    """Return how much the left, right or upper edge of the picture cuts a mask, as cut_sides() does; at the lower one busts stand."""
    return max(share for name, share in cut_sides(mask).items() if name != "bottom")


def overlap_of_boxes(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Return intersection over union of two boxes: left, top, width, height."""
    across, down = (
        max(0.0, min(first[side] + first[side + 2], second[side] + second[side + 2]) - max(first[side], second[side]))
        for side in (0, 1)
    )
    shared = across * down
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def overlap(first: Mask, second: Mask) -> float:
    """Intersection over union, 0 to 1; two empty masks are equal."""
    union = np.count_nonzero(first | second)
    return float(np.count_nonzero(first & second) / union) if union else 1.0


def size(mask: Mask) -> float:
    """Side in pixels of the square with the mask's area, at least 1."""
    return max(1, int(np.count_nonzero(mask))) ** 0.5


def shows(mask: Mask, place: tuple[float, ...]) -> bool:
    """Whether a mask covers a place, x and y in pixels, or the pixel of the picture next to it."""
    height, width = mask.shape
    return bool(mask[int(np.clip(place[1], 0, height - 1)), int(np.clip(place[0], 0, width - 1))])
