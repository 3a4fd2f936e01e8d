"""Draw the thumbnail and the spritesheet that the OpenAI shape offers beside a finished video."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sora_nb import media

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = 5
ROWS = 4
TILE_SIDE = 256
"""Longer side of one picture of a spritesheet in pixels."""


def thumbnail(video: Path) -> bytes:
    """Return one picture of a video as WebP.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    buffer = io.BytesIO()
    Image.open(io.BytesIO(media.poster(video, max_side=640))).save(buffer, "WEBP", quality=85)
    return buffer.getvalue()


def spritesheet(video: Path) -> bytes:
    """Return pictures of a video at even distances as one JPEG, in rows from left to right.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    count = max(1, len(media.picture_times(video, 0.0, media.probe(video).duration)))
    wanted = [int(index) for index in np.linspace(0, count - 1, COLUMNS * ROWS)]
    found = list(media.frames(video, max_side=TILE_SIDE, chosen=set(wanted)))
    places = {index: number for number, index in enumerate(dict.fromkeys(wanted))}
    height, width = found[0].rgb.shape[:2]
    sheet = np.zeros((ROWS * height, COLUMNS * width, 3), np.uint8)
    for tile, index in enumerate(wanted):
        row, column = divmod(tile, COLUMNS)
        picture = found[min(places[index], len(found) - 1)].rgb
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    return media.jpeg(sheet)
