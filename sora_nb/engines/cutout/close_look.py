"""Look closely at who is in the foreground: ask the network about a part of a picture, and cut along its edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.engines.cutout.masks import bounds, dilated, eroded, filled, largest_part, opened, size
from sora_nb.engines.cutout.matting import GuidedFilter, to_float
from sora_nb.engines.cutout.segmentation import Region, refine_edges
from sora_nb.vision.networks import people_probability

if TYPE_CHECKING:
    from sora_nb.engines.cutout.footage import Footage
    from sora_nb.engines.cutout.masks import Box, Mask, Plane

CLOSER = 1.3
"""Side of what the network looks at, by that of the person in it."""
FINE_SIDE = 256
"""Longer side in pixels of the region around the person in which edges are refined."""
BAND = 0.04
"""How far refining may move the outline, in sides of a square of the mask's area."""


def ask(footage: Footage, shape: tuple[int, int], number: int, box: Box) -> Plane:
    """Ask the network about a part of a picture; what lies outside is nobody.

    Args:
        footage: the sampled pictures.
        shape: height and width of the analysed pictures.
        number: which picture.
        box: the part, in pixels of the analysed picture.
    """
    left, top, wide, tall = box
    zoom = footage.zoom
    rows, columns = (
        slice(int(a * zoom), max(int(a * zoom) + 2, int((a + b) * zoom))) for a, b in ((top, tall), (left, wide))
    )
    plane = np.zeros(shape, np.float32)
    plane[top : top + tall, left : left + wide] = cv2.resize(
        people_probability(footage.full[number][rows, columns]), (wide, tall)
    )
    return plane


def around(mask: Mask, shape: tuple[int, int], closer: float = CLOSER) -> Box:
    """Return the square around a person, so many times as large, as far as it lies in the picture."""
    left, top, wide, tall = bounds(mask)
    side = max(16.0, closer * max(wide, tall))
    x, y = left + wide / 2, top + tall / 2
    height, width = shape
    x0, y0 = int(np.clip(x - side / 2, 0, width - 8)), int(np.clip(y - side / 2, 0, height - 8))
    x1, y1 = int(np.clip(x + side / 2, x0 + 8, width)), int(np.clip(y + side / 2, y0 + 8, height))
    return x0, y0, x1 - x0, y1 - y0


def reaches(mask: Mask, box: Box) -> bool:
    """Whether a mask reaches an edge of what was looked at that is not the picture's."""
    left, top, wide, tall = bounds(mask)
    height, width = mask.shape
    gap = 0.03 * max(box[2], box[3])
    return bool(
        (left - box[0] < gap and box[0] > 0)
        or (top - box[1] < gap and box[1] > 0)
        or (box[0] + box[2] - left - wide < gap and box[0] + box[2] < width)
        or (box[1] + box[3] - top - tall < gap and box[1] + box[3] < height)
    )


def refined(footage: Footage, number: int, mask: Mask, plane: Plane) -> Mask:
    """Move the outline to the picture's edges, but no farther than the network may err."""
    region = Region.around(mask, FINE_SIDE)
    if region is None:
        return mask
    reach = max(2, int(BAND * size(mask)))
    # where the network sees others, they stay out
    known = np.where(mask, np.maximum(plane, 0.55), np.where(plane > 0.5, 0.0, plane)).astype(np.float32)
    picture = region.picture(footage.full[number], footage.zoom)
    share = np.clip(region.plane(known), 0.01, 0.99)
    odds = np.clip(np.log(share / (1 - share)), -4, 4).astype(np.float32)
    radius = max(2, int(0.03 * size(share > 0.5)))
    smooth = GuidedFilter(to_float(picture), radius, 1e-3)(odds)
    found = region.paste(opened(refine_edges(picture, smooth, 1)))
    kept = (found | eroded(mask, reach)) & dilated(mask, reach)
    return filled(largest_part(kept, mask), 0.03)
