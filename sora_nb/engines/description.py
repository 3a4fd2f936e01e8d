"""Draft a description of a character, in words, of what its extraction saw: what it is, and its colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.base import Cutout

NOUNS = {"face": "person", "person": "person"}
"""What somebody is, by what found it; motion, salience and hints tell of a figure only. Cats were found by earlier versions."""
COLOURS = {
    "black": (("black", 0x161616),),
    "grey": (("dark grey", 0x4A4A4A), ("grey", 0x808080), ("light grey", 0xBEBEBE)),
    "white": (("white", 0xF4F4F4),),
    "red": (("dark red", 0x7A1518), ("red", 0xC8201E)),
    "pink": (("pink", 0xF09CB5), ("pink", 0xE2559A)),
    "orange": (("orange", 0xEE8422), ("orange", 0xD9622B)),
    "brown": (("dark brown", 0x46301F), ("brown", 0x84572F), ("light brown", 0xB98D66)),
    "beige": (("beige", 0xE2CFB4),),
    "yellow": (("yellow", 0xF0D02C),),
    "green": (("dark green", 0x21502A), ("green", 0x469B40), ("light green", 0xA3D48C), ("olive green", 0x77782F)),
    "turquoise": (("turquoise", 0x3CBDB4),),
    "blue": (("dark blue", 0x1D2D5F), ("blue", 0x2F63C6), ("light blue", 0x92BDE6)),
    "purple": (("purple", 0x7B3F9F), ("light purple", 0xBA9BD6)),
}
"""Plain words for shades of each colour, and sRGB values that they name."""
SECOND = 0.2
"""Share of a figure that its second colour has at least to be named."""
SOLID = 200
"""Alpha from which a pixel's colour is the subject's own."""
PIXELS = 40_000
"""About as many are looked at."""

_SHADES = [(colour, word, value) for colour, shades in COLOURS.items() for word, value in shades]


def describe(cutout: Cutout) -> str:
    """Draft a description: what a cut-out shows, and the one or two colours that it has most of.

    Returns:
        Something like "a light grey and brown figure", or "a person, mainly blue and light brown".
    """
    noun = NOUNS.get(cutout.kind, "figure")
    words = " and ".join(colours(cutout.frames[cutout.best]))
    if not words:
        return f"a {noun}"
    if noun == "person":  # the colours are those of clothes, too
        return f"a person, mainly {words}"
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words} {noun}"


def colours(picture: NDArray[np.uint8]) -> list[str]:
    """Name the one or two colours that a picture has most of, the first one first; none where it shows nothing.

    Each pixel counts for the nearest shade in CIE Lab. Shades of one colour, which light and shadow make, count
    together, and the most frequent of them names it.

    Args:
        picture: RGBA with straight alpha.
    """
    solid = picture[picture[..., 3] >= SOLID][:, :3]
    some = solid[:: max(1, len(solid) // PIXELS)]
    if not len(some):
        return []
    values = np.array([value for _, _, value in _SHADES])
    table = np.stack([values >> 16, values >> 8 & 255, values & 255], -1)
    shades = _lab(table)
    # of squared distances, what differs from shade to shade
    nearest = ((shades**2).sum(1) / 2 - _lab(some) @ shades.T).argmin(1)
    counts = np.bincount(nearest, minlength=len(_SHADES))
    totals: dict[str, int] = {}
    names: dict[str, tuple[int, str]] = {}
    for (colour, word, _), count in zip(_SHADES, counts.tolist(), strict=True):
        totals[colour] = totals.get(colour, 0) + count
        names[colour] = max(names.get(colour, (0, word)), (count, word))
    most = sorted(totals, key=totals.__getitem__, reverse=True)[:2]
    return [names[colour][1] for place, colour in enumerate(most) if not place or totals[colour] >= SECOND * len(some)]


def _lab(rgb: NDArray[Any]) -> NDArray[np.float32]:
    """Convert rows of RGB bytes to CIE Lab, lightness from 0 to 100."""
    parts = np.asarray(rgb, np.float32)[None] / 255
    return cv2.cvtColor(parts, cv2.COLOR_RGB2LAB)[0]
