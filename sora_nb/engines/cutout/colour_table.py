"""Count colours: index pixels into a coarse Lab table, and build smoothed tables of their frequencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Plane, Rgb

SHAPE = (24, 16, 16)
"""Steps of lightness, and of the two colour axes over the part of Lab that pictures use."""
BINS = SHAPE[0] * SHAPE[1] * SHAPE[2]
COMMON = 0.3
"""From this share on, a colour of the frame's border says little about the subject."""


def lab(picture: Rgb) -> Rgb:
    """Convert RGB to 8-bit Lab."""
    converted: Rgb = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    return converted


def indices(picture: Rgb) -> NDArray[np.int16]:
    """Number each pixel of an 8-bit Lab picture by its cell of the table."""
    wide = picture.astype(np.int16)
    lightness = wide[..., 0] * SHAPE[0] >> 8
    green_red = np.clip((wide[..., 1] - 64) >> 3, 0, SHAPE[1] - 1)
    blue_yellow = np.clip((wide[..., 2] - 64) >> 3, 0, SHAPE[2] - 1)
    return np.asarray((lightness * SHAPE[1] + green_red) * SHAPE[2] + blue_yellow, np.int16)


def frequencies(cells: NDArray[np.int16], weights: Plane | Mask, shading: float = 1.0) -> Plane:
    """Return the smoothed share of each cell, shape (BINS,).

    Args:
        cells: a picture as indices().
        weights: how much each pixel counts.
        shading: blur in steps of lightness; more than 1 treats lit and shaded parts of one thing alike.
    """
    if weights.dtype == bool:
        counts = np.bincount(cells[weights], minlength=BINS)
    else:
        counts = np.bincount(cells.ravel(), weights=weights.ravel(), minlength=BINS)
    table = counts.astype(np.float32).reshape(SHAPE)
    for axis in range(3):
        turned = np.ascontiguousarray(np.moveaxis(table, axis, 0))
        sigma = shading if axis == 0 else 1.0
        kernel = (1, 2 * int(2 * sigma) + 1)
        smooth = cv2.GaussianBlur(turned.reshape(SHAPE[axis], -1), kernel, sigmaX=0, sigmaY=sigma)
        table = np.moveaxis(smooth.reshape(turned.shape), 0, axis)
    flat = np.ascontiguousarray(table).ravel()
    total = float(flat.sum())
    return np.asarray((flat + 0.01 * total / BINS + 1e-6) / (total + 1e-3), np.float32)


def border_discount(cells: Sequence[NDArray[np.int16]]) -> Plane:
    """Return log-odds for each cell, 0 or less: colours as common in the border as inside belong to the scenery.

    Args:
        cells: frames as indices(), all of one size.
    """
    height, width = cells[0].shape
    margin = max(2, int(min(height, width) * 0.10))
    border = np.zeros((height, width), bool)
    border[:margin] = True
    border[:, :margin] = border[:, -margin:] = True
    some = np.stack(cells[::3])
    outside = frequencies(some, np.broadcast_to(border, some.shape))
    inside = frequencies(some, np.broadcast_to(~border, some.shape))
    share = outside / (outside + inside)
    return np.asarray(-1.4 * np.clip((share - COMMON) / 0.3, 0, 1), np.float32)
