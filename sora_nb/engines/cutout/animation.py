"""A cut-out in motion, small enough to stand inside a notebook's output: an animated WebP on no ground."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sora_nb import display
from sora_nb.engines.base import SHOWN
from sora_nb.engines.cutout import files
from sora_nb.engines.draw.reel import reel
from sora_nb.errors import MediaError
from sora_nb.media import miniature

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.base import Cutout

FILE = "moving.webp"
"""Its name in the cut-out's folder."""
MOST = 60_000
"""Bytes."""
HEIGHTS = (160, 128, 96, 64, 48)
"""Pixels; the first that makes it small enough is taken."""
LONGEST_JOINT = 2
"""Pictures' time that the last picture of a round stays at most: nothing is drawn in between here."""


def make(cutout: Cutout) -> bytes | None:
    """Return a cut-out's round of pictures as an animated WebP, or None where it would be too large."""
    played = reel(cutout)
    times = [round(1000 * min(length, LONGEST_JOINT) / cutout.fps) for length in played.lengths]
    for height in HEIGHTS:
        small = {number: _small(cutout.frames[number], height) for number in sorted({*played.stops})}
        first, *others = (small[number] for number in played.stops)
        made = io.BytesIO()
        # alpha takes most of the bytes where it is kept exactly; and what changes slowly would stay behind, but for whole pictures;
        # a greater method would take two thirds more time to save a twentieth of the bytes
        how = {"quality": 50, "alpha_quality": 20, "method": 2, "loop": 0, "kmin": 0, "kmax": 1}
        first.save(made, "WEBP", save_all=True, append_images=others, duration=times, **how)
        if made.tell() <= MOST:
            return made.getvalue()
    return None


def _small(frame: NDArray[np.uint8], height: int) -> Image.Image:
    """Shrink a frame, and empty what nobody sees: a veil of almost nothing takes bytes."""
    picture = Image.fromarray(frame)
    if picture.height > height:
        picture = picture.resize((max(1, round(picture.width * height / picture.height)), height), Image.Resampling.BOX)
    pixels = np.array(picture)
    pixels[pixels[..., 3] < SHOWN] = 0
    return Image.fromarray(pixels)


def save(cutout: Cutout, best: Path) -> bytes | None:
    """Make the animation of a cut-out, and keep it.

    Args:
        cutout: the cut-out.
        best: the file of its best frame, as files.save() returns it.

    Returns:
        A WebP, or None where it would be too large.
    """
    made = make(cutout)
    with contextlib.suppress(OSError):
        miniature.keep(best.with_name(FILE), made or b"")
    return made


@display.makes(display.ANIMATION)
def of(best: Path) -> bytes | None:
    """Return the animation of a cut-out: the one that is kept, or a new one, which is kept from now on.

    Args:
        best: the file of its best frame, as a character has it.

    Returns:
        A WebP; None where the cut-out is too large for one, damaged, or gone.
    """
    kept = best.with_name(FILE)
    with contextlib.suppress(MediaError, OSError):
        if kept.is_file():
            return kept.read_bytes() or None
        return save(files.load(best.parent), best)
    return None
