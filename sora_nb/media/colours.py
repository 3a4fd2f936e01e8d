"""Which colours a decoded picture means, and how they are brought to BT.709, in which every file is written here.

Pictures are read as Chromium reads them: a film that does not tell its matrix has the one that is usual for its height,
and transfer functions of standard range count as one, that of sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import av
    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

    Light = NDArray[np.float64]
    """Linear light, shape (colours, 3); 1 is the white of a screen of standard range."""

# numbers of ITU-T H.273, which are FFmpeg's
BT709 = 1
UNSPECIFIED = 2
SMPTE170M = 6
PQ = 16
HLG = 18
LIMITED, FULL = 1, 2
_SWSCALE = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
"""swscale's number of each matrix it has coefficients of."""
_ILLUMINANTS = {"C": (0.310, 0.316), "D65": (0.3127, 0.3290), "DCI": (0.314, 0.351)}
_PRIMARIES = {
    BT709: (((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), "D65"),
    4: (((0.67, 0.33), (0.21, 0.71), (0.14, 0.08)), "C"),
    5: (((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)), "D65"),
    8: (((0.681, 0.319), (0.243, 0.692), (0.145, 0.049)), "C"),
    9: (((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)), "D65"),
    11: (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), "DCI"),
    12: (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), "D65"),
}
"""Chromaticities (x, y) of red, green and blue, and the white. SMPTE 170M is not among them: browsers show it as BT.709."""
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_SDR_WHITE = 203.0
"""Nits of the white of standard range in a picture of high range (ITU-R BT.2408)."""
_HDR_PEAK = 1000.0
"""Nits of the brightest light that keeps a shade of its own."""
_STEPS = 33
"""Steps a colour of a table; between them colours are interpolated."""


@dataclass(frozen=True)
class Colours:
    """What the numbers of a picture mean.

    Attributes:
        matrix: of YUV, by swscale's number, or None where the picture is RGB.
        value_range: LIMITED, FULL or 0 where the pixel format decides.
        primaries, transfer: numbers of H.273, BT709 where nothing has to be converted.
    """

    matrix: int | None
    value_range: int
    primaries: int = BT709
    transfer: int = BT709

    @property
    def standard(self) -> bool:
        """Whether RGB of this picture is shown as it is."""
        return (self.primaries, self.transfer) == (BT709, BT709)


def colours_of(picture: av.VideoFrame, codec: str, height: int) -> Colours:
    """Tell the colours of a picture as Chromium does.

    Args:
        picture: as the decoder gave it.
        codec: FFmpeg's name of the film's codec.
        height: pixels of the film's height, as stored.
    """
    return _colours(
        picture.format.name,
        UNSPECIFIED if codec == "vp8" else picture.colorspace,  # whose decoder says BT.601 of every picture
        picture.color_range,
        picture.color_primaries,
        picture.color_trc,
        height >= 720 and codec not in {"vp9", "av1"},  # these two have a default of their own
    )


@lru_cache
def _colours(pixels: str, matrix: int, value_range: int, primaries: int, transfer: int, high: bool) -> Colours:
    from av.video.format import VideoFormat

    if VideoFormat(pixels).is_rgb or pixels == "pal8":
        coefficients = None
    else:
        coefficients = _SWSCALE.get(matrix, BT709 if high else _SWSCALE[SMPTE170M])
    return Colours(
        coefficients,
        value_range,
        primaries if primaries in _PRIMARIES else BT709,
        transfer if transfer in _TO_LIGHT else BT709,
    )


def tag(codec: VideoCodecContext) -> None:
    """Have an encoder, not opened yet, write which colours its pictures have: BT.709, limited range."""
    codec.color_range = LIMITED
    codec.colorspace = BT709
    codec.color_primaries = BT709
    codec.color_trc = BT709


@lru_cache(maxsize=8)
def lookup_table(primaries: int, transfer: int) -> str:
    """Return the table that brings RGB of other primaries or another transfer function to BT.709, in Adobe's CUBE format.

    Light of high range is tone-mapped to standard range: greys keep their shade, what is brighter is rolled off.
    """
    steps = np.linspace(0, 1, _STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    light = _TO_LIGHT.get(transfer, _srgb_to_light)(np.stack([red, green, blue], -1).reshape(-1, 3))
    high = transfer in {PQ, HLG}
    if high:
        light = _tone_map(light)
    light = np.clip(light @ (np.linalg.inv(_to_xyz(BT709)) @ _to_xyz(primaries)).T, 0, 1)
    # what was graded on a screen of high range is meant for the screen of BT.1886
    signal = light ** (1 / 2.4) if high else _light_to_srgb(light)
    lines = (f"{red:.5f} {green:.5f} {blue:.5f}" for red, green, blue in signal.tolist())
    return "\n".join([f"LUT_3D_SIZE {_STEPS}", *lines, ""])


def _to_xyz(primaries: int) -> NDArray[np.float64]:
    """Return the matrix from linear RGB to XYZ under D65 (SMPTE RP 177, Bradford's adaptation)."""
    points, illuminant = _PRIMARIES[primaries]
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in points]).T
    white, daylight = (
        np.array([x / y, 1, (1 - x - y) / y]) for x, y in (_ILLUMINANTS[illuminant], _ILLUMINANTS["D65"])
    )
    adapt = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ daylight) / (_BRADFORD @ white)) @ _BRADFORD
    matrix: NDArray[np.float64] = adapt @ columns @ np.diag(np.linalg.solve(columns, white))
    return matrix


def _srgb_to_light(signal: Light) -> Light:
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def _light_to_srgb(light: Light) -> Light:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _pq_to_nits(signal: Light) -> Light:
    """Apply the EOTF of SMPTE ST 2084."""
    root = signal ** (32 / 2523)
    return 10_000 * (np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)


def _nits_to_pq(nits: Light) -> Light:
    power = (nits / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


def _pq_to_light(signal: Light) -> Light:
    return _pq_to_nits(signal) / _SDR_WHITE


def _hlg_to_light(signal: Light) -> Light:
    """Apply the inverse OETF and the OOTF of a screen of 1000 nits (ITU-R BT.2100)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
    light: Light = scene * (np.maximum(luminance, 1e-9) ** 0.2)[:, None] * (_HDR_PEAK / _SDR_WHITE)
    return light


def _tone_map(light: Light) -> Light:
    """Bring _HDR_PEAK to the white of standard range by the EETF of ITU-R BT.2390, hues kept."""
    brightest: Light = np.maximum(light.max(1), 1e-9)
    peak = _nits_to_pq(np.array(_HDR_PEAK))
    white = _nits_to_pq(np.array(_SDR_WHITE)) / peak
    knee = 1.5 * white - 0.5
    level = np.minimum(_nits_to_pq(brightest * _SDR_WHITE) / peak, 1)
    t = np.maximum(level - knee, 0) / (1 - knee)
    rolled = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * white
    mapped: Light = _pq_to_nits(np.where(level < knee, level, rolled) * peak) / _SDR_WHITE
    return light * (mapped / brightest)[:, None]


_TO_LIGHT: dict[int, Callable[[Light], Light]] = {
    4: lambda signal: signal**2.2,
    5: lambda signal: signal**2.8,
    8: lambda signal: signal,
    17: lambda signal: signal**2.6 * 52.37 / 48,
    PQ: _pq_to_light,
    HLG: _hlg_to_light,
}
"""From signal to light, by the number of a transfer function that is not taken for that of sRGB."""
