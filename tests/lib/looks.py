"""Films that differ in how they look: turned, of pixels that are not square, in other colours, of a high dynamic range."""

from __future__ import annotations

from fractions import Fraction

import boxes
import cv2
import numpy as np
from film_kinds import even
from muxing import Recipe
from numbered import SIZE, picture

PATCHES = ((200, 30, 60), (40, 180, 60), (40, 70, 200), (230, 200, 60), (128, 128, 128))
"""RGB of the squares along the upper edge."""
TURNS = {
    "upright": ((1, 0), (0, 1), (0, 0)),
    "turned by 90": ((0, 1), (-1, 0), (1, 0)),
    "turned by 180": ((-1, 0), (0, -1), (1, 1)),
    "turned by 270": ((0, -1), (1, 0), (0, 1)),
    "mirrored": ((-1, 0), (0, 1), (1, 0)),
    "flipped": ((1, 0), (0, -1), (0, 1)),
    "transposed": ((0, 1), (1, 0), (0, 0)),
    "transposed the other way": ((0, -1), (-1, 0), (1, 1)),
}
"""Display matrices: what a pixel to the right and one down become, and which sides of the picture the origin moves by."""


def patched(number, size=SIZE):
    """Draw a picture with squares of known colours along its upper edge."""
    rgb = picture(number, size)
    side = size[0] // len(PATCHES)
    for place, colour in enumerate(PATCHES):
        rgb[: size[1] // 4, place * side : (place + 1) * side] = colour
    return rgb


def patches_of(rgb):
    """Measure the squares of an upright picture, of whatever size: mean RGB of each."""
    height, width = rgb.shape[:2]
    side = width / len(PATCHES)
    return np.array([
        rgb[height // 16 : height * 3 // 16, round((place + 0.3) * side) : round((place + 0.7) * side)].reshape(-1, 3).mean(0)
        for place in range(len(PATCHES))
    ])  # fmt: skip


def turned(name):
    """A film whose file says how its pictures are turned."""
    across, down, (right, low) = TURNS[name]
    wide, tall = SIZE if across[0] else SIZE[::-1]
    return Recipe(
        f"{name}.mp4", even(seconds=2), sound=None,
        change=lambda content: boxes.with_matrix(content, across, down, (right * wide, low * tall)),
    )  # fmt: skip


def squeezed(aspect):
    """A film of pixels that are not square: as it is shown, its marker is."""
    aspect = Fraction(aspect)
    shown = (round(SIZE[0] * aspect), SIZE[1]) if aspect > 1 else (SIZE[0], round(SIZE[1] / aspect))

    def draw(number, size):
        return cv2.resize(picture(number, shown), size, interpolation=cv2.INTER_AREA)

    name = f"pixels {aspect.numerator} to {aspect.denominator}.mp4"
    return Recipe(name, even(seconds=2), sound=None, draw=draw, tags={"sample_aspect_ratio": aspect})


def coloured(name, matrix, span, *, size=SIZE, **tags):
    """A film in a matrix and range, tagged by the encoder's context, or not."""
    return Recipe(
        f"{name}.mp4", even(seconds=1.6), sound=None, size=size, draw=patched, colours=(matrix, span), tags=tags,
        options={"crf": "8"},
    )  # fmt: skip


BT709 = {"colorspace": 1, "color_primaries": 1, "color_trc": 1}
BT601 = {"colorspace": 6, "color_primaries": 6, "color_trc": 6}
LIMITED, FULL = {"color_range": 1}, {"color_range": 2}
HD = (1280, 720)
COLOURS = [
    coloured("bt709", "ITU709", "MPEG", **BT709, **LIMITED),
    coloured("bt709 hd", "ITU709", "MPEG", size=HD, **BT709, **LIMITED),
    coloured("bt709 full range", "ITU709", "JPEG", **BT709, **FULL),
    coloured("bt601", "ITU601", "MPEG", **BT601, **LIMITED),
    coloured("bt601 hd", "ITU601", "MPEG", size=HD, **BT601, **LIMITED),
    coloured("bt601 full range", "ITU601", "JPEG", **BT601, **FULL),
    coloured("untagged", "ITU601", "MPEG"),
    coloured("untagged hd", "ITU709", "MPEG", size=HD),
]


def _linear(rgb):
    """Light of sRGB pixels, 0 to 1, in the primaries of BT.2020."""
    light = (rgb.astype(float) / 255) ** 2.4  # what BT.1886 screens make of video
    return light @ np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]).T


def pq(number, size):
    """Draw a picture as SMPTE ST 2084 has it, white at 203 nits."""
    light = np.clip(_linear(patched(number, size)), 0, 1) * 203 / 10_000
    power = light ** (2610 / 16384)
    shown = ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)
    return (shown * 65535).round().astype(np.uint16)


def hlg(number, size):
    """Draw a picture as BT.2100 HLG has it on a screen of 1,000 nits, white at 203 nits (BT.2408)."""
    display = np.clip(_linear(patched(number, size)), 0, 1) * 203 / 1000
    bright = (display @ np.array([0.2627, 0.6780, 0.0593]))[..., None]
    scene = display * np.maximum(bright, 1e-6) ** (1 / 1.2 - 1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    shown = np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)
    return (np.clip(shown, 0, 1) * 65535).round().astype(np.uint16)


HIGH_RANGE = [
    Recipe(
        f"{name}.mp4", even(seconds=1.6), codec="libsvtav1", pixels="yuv420p10le", sound=None, draw=draw, colours=("bt2020", "MPEG"),
        options={"crf": "12"}, tags={"colorspace": 9, "color_primaries": 9, "color_trc": transfer, **LIMITED},
    )
    for name, draw, transfer in (("pq", pq, 16), ("hlg", hlg, 18))
]  # fmt: skip
