"""Synthesise noise and evaluate the curves that the scenes are made of. Arrays are float32, values about 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

# Any, because OpenCV's type hints promise no more than "some array of numbers"
Floats: TypeAlias = NDArray[Any]
"""float32, values about 0 to 1."""
Pixels: TypeAlias = NDArray[Any]
"""uint8."""
DITHER = 128
"""Side of the tile of dither, pixels."""
Color: TypeAlias = tuple[float, float, float]
"""Red, green, blue, each 0 to 1."""


def floats(values: Sequence[float] | Floats) -> Floats:
    """Return values, such as a colour, as an array."""
    return np.asarray(values, np.float32)


def fractal(
    rng: np.random.Generator,
    height: int,
    width: int,
    cell: float,
    *,
    octaves: int = 5,
    gain: float = 0.5,
    squash: float = 1.0,
) -> Floats:
    """Draw fractal noise, shape (height, width), mean about 0.5.

    Args:
        rng: where the randomness comes from.
        height: pixels.
        width: pixels.
        cell: pixels from one bump of the coarsest octave to the next, across.
        octaves: how many times the bumps are halved.
        gain: strength of each octave relative to the one before.
        squash: how many times flatter than wide the bumps are.
    """
    total = np.zeros((height, width), np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        size = cell / 2**octave
        rows, columns = int(height / size * squash) + 2, int(width / size) + 2
        if size < 1.5:
            break
        grid = rng.random((rows, columns), dtype=np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        weights += weight
        weight *= gain
    return total / np.float32(weights or 1.0)


def tile(rng: np.random.Generator, size: int, cells: int, *, octaves: int = 4, gain: float = 0.55) -> Floats:
    """Draw noise that repeats without a seam, shape (size, size), mean 0 and deviation 1."""
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        count = cells * 2**octave
        grid = np.pad(rng.random((count, count), dtype=np.float32), 2, mode="wrap")
        big = cv2.resize(grid, None, fx=size / count, fy=size / count, interpolation=cv2.INTER_CUBIC)
        edge = 2 * size // count
        total += weight * big[edge : edge + size, edge : edge + size]
        weight *= gain
    return np.asarray((total - total.mean()) / total.std(), np.float32)


def sample_tile(texture: Floats, x: Floats, y: Floats) -> Floats:
    """Look up a texture that repeats, at columns x and rows y (any shapes that broadcast)."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    columns, rows = (np.ascontiguousarray(np.broadcast_to(at, shape), np.float32) for at in (x, y))
    return np.asarray(cv2.remap(texture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32)


def ridge(rng: np.random.Generator, width: int, cell: float, *, octaves: int = 6, gain: float = 0.5) -> Floats:
    """Draw a line of hills: one height, 0 to 1, for each column."""
    line = np.zeros(width, np.float32)
    weight, weights = 1.0, 0.0
    for octave in range(octaves):
        step = max(2.0, cell / 2**octave)
        knots = rng.random(int(width / step) + 4)
        at = np.arange(width) / step
        smooth = at - np.floor(at)
        smooth = smooth * smooth * (3 - 2 * smooth) if octave < 2 else smooth
        low = np.floor(at).astype(int)
        line += (weight * (knots[low] * (1 - smooth) + knots[low + 1] * smooth)).astype(np.float32)
        weights += weight
        weight *= gain
    return line / np.float32(weights)


def stack_blur(picture: Floats | Pixels, sigma: float) -> Floats | Pixels:
    """Blur much like a Gaussian of some deviation in pixels, at a cost that does not grow with it."""
    size = round(sigma * 2.2) * 2 + 1
    return cv2.stackBlur(picture, (size, size)) if size > 3 else cv2.GaussianBlur(picture, (0, 0), max(0.3, sigma))


def smoothstep(low: float, high: float, values: Floats) -> Floats:
    """Rise smoothly from 0 where values reach low to 1 where they reach high; falls where low is above high."""
    part = np.clip((values - low) / (high - low), 0, 1)
    return (part * part * (3 - 2 * part)).astype(np.float32)


def mix(first: Floats | Color, second: Floats | Color, part: Floats | float) -> Floats:
    """Blend two colours or pictures: part 0 is the first, 1 the second."""
    one, two, share = (np.asarray(value, np.float32) for value in (first, second, part))
    if share.ndim < 3:
        return np.asarray(one + (two - one) * share, np.float32)
    shape = np.broadcast_shapes(one.shape, two.shape, share.shape)
    one, two, share = (_channels(np.broadcast_to(value, shape)) for value in (one, two, share))
    mixed = planar(*shape)
    planes = _channels(mixed)
    np.subtract(two, one, out=planes)
    planes *= share
    planes += one
    return mixed


def planar(height: int, width: int, channels: int = 3) -> Floats:
    """Return room for a picture, shape (height, width, channels), whose channels lie one after the other in memory.

    Arithmetic of such a picture with masks and colours is several times faster than of one with its channels side by side,
    over which NumPy goes three numbers at a time.
    """
    return np.moveaxis(np.zeros((channels, height, width), np.float32), 0, 2)


def _channels(picture: Floats) -> Floats:
    """Return a view of a picture, shape (height, width, channels), as (channels, height, width)."""
    return np.moveaxis(picture, 2, 0)


def masked(picture: Floats, mask: Floats) -> Floats:
    """Multiply a colour, or a picture of shape (height, width, 3), by a mask of shape (height, width)."""
    whole = np.broadcast_to(picture, (*mask.shape, 3))
    return np.moveaxis(np.multiply(_channels(whole), mask, order="C"), 0, 2)


def ramp(values: Floats, stops: Sequence[tuple[float, Color]]) -> Floats:
    """Colour values by a gradient of (position, colour) stops, shape values.shape + (3,)."""
    at = [position for position, _ in stops]
    channels = [np.interp(values, at, [color[channel] for _, color in stops]) for channel in range(3)]
    return np.stack(channels, -1).astype(np.float32)


def to_bytes(picture: Floats, rng: np.random.Generator | None = None) -> Pixels:
    """Turn 0 to 1 into 0 to 255; a little dither against bands where rng is given."""
    dither: Floats | np.float32 = np.float32(0.5)
    if rng is not None:
        height, width = picture.shape[:2]
        # a small tile does: nobody sees a pattern of half a step of brightness
        small = rng.random((DITHER, DITHER), dtype=np.float32)
        dither = np.tile(small, (height // DITHER + 1, width // DITHER + 1))[:height, :width]
    if picture.ndim == 2:
        return _to_bytes(picture, dither)
    return cv2.merge([_to_bytes(channel, dither) for channel in _channels(picture)])


def _to_bytes(channel: Floats, dither: Floats | np.float32) -> Pixels:
    scaled = channel * np.float32(255)
    scaled += dither
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)
