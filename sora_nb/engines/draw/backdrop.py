"""Build a scene from a picture of the user's (`input_reference`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sora_nb.engines.draw.scenes.layers import Layer
from sora_nb.engines.draw.scenes.scene import Scene, Setting
from sora_nb.engines.resize import resize
from sora_nb.errors import MediaError
from sora_nb.stills import as_seen

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.draw.scenes.noise import Floats

MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")


def load(path: Path) -> Floats:
    """Read a picture: RGB, 0 to 1, shape (height, width, 3), as a browser shows it.

    Raises:
        MediaError: it is not a picture, or has more than MAX_PIXELS pixels.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            small_enough = image.width * image.height <= MAX_PIXELS
            upright = as_seen(image) if small_enough else None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError(
            f"{path.name!r} cannot be read as a picture.", hint="Use a JPEG, PNG or WebP file as the reference."
        ) from error
    if upright is None:
        raise MediaError(f"{path.name!r} has more than 50 megapixels.", hint="Make the picture smaller.")
    return np.asarray(upright, np.float32) / 255


def scene(setting: Setting, path: Path) -> Scene:
    """Stand the cast before a picture that fills the frame and the margins for the camera.

    Raises:
        MediaError: see load().
    """
    picture = _cover(load(path), setting.wide, setting.height)
    lower = picture[int(setting.height * 0.6) :].mean((0, 1))
    tint = 0.55 + 0.5 * lower / max(0.05, float(lower.max()))
    brightness = float(np.clip(0.55 + 0.75 * picture.mean(), 0.65, 1.05))
    color = (float(tint[0] * brightness), float(tint[1] * brightness), float(tint[2] * brightness))
    light = replace(setting.light, key=color, ambient=color, strength=0.2)
    return Scene(
        light, (setting.height * 0.90, setting.height * 0.965), back=[Layer(picture, None, 0.5, rng=setting.rng)]
    )


def _cover(picture: Floats, width: int, height: int) -> Floats:
    """Scale and crop a picture to a size, its middle kept."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale)))
    large = resize(picture, size)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(np.clip(large[top : top + height, left : left + width], 0, 1))
