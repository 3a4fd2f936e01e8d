"""Make a character's stills: pictures of it alone on a plain light ground, which show services who is meant."""

from __future__ import annotations

import hashlib
import io
import math
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import numpy as np
from PIL import Image

from sora_nb.engines.base import SHOWN
from sora_nb.engines.cutout import sprite
from sora_nb.engines.cutout.masks import bounds, window_of
from sora_nb.engines.likeness import cutout_of
from sora_nb.errors import InvalidInput
from sora_nb.models import Still
from sora_nb.stills import as_seen
from sora_nb.vision.faces import faces

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.base import Cutout
    from sora_nb.engines.cutout.masks import Mask, Rgb
    from sora_nb.models import Character
    from sora_nb.vision.faces import Face

FOLDER = "stills"
"""Where they are kept, below the studio's folder."""
GROUND = (245, 245, 245)
"""Colour of the ground: light, and not the white that is taken for a missing picture."""
GOOD_SIDE = 512
"""Pixels that a still's shorter side should have."""
LEAST_SIDE = 300
"""Pixels that it has at least: Kling takes none with fewer, as ComfyUI's nodes for it say (2026-11-20)."""
MOST_SIDE = 2048
"""Pixels that its longer side has at most."""
MOST_ENLARGED = 2.0
"""By how much the subject is enlarged at most; beyond that there is nothing but blur."""
NARROWEST = 2.5
"""Longer side for one of the shorter side at most; Kling and Vidu take none that is narrower (2026-11-20)."""
UPRIGHT = 1.2
"""Height for one of the width from which a figure without a face has its head above; others lie, or are all head."""
MARGIN = 0.05
"""Ground around a figure, as part of its longer side."""
QUALITY = 92
"""Of the JPEG files."""


def save(cutout: Cutout, folder: Path) -> tuple[Still, ...]:
    """Make the stills of a cut-out, and write each under the hash of its content.

    Args:
        cutout: the character.
        folder: where they are written; made where it is missing.

    Returns:
        The whole figure, or the bust of which the footage shows no more, and the head where it is told.
    """
    sheet = cutout.frames[cutout.best] if cutout.close_up is None else cutout.close_up
    shown = sheet[..., 3] > SHOWN
    picture = _on_ground(sheet)
    figure = _figure(picture, shown, bust=cutout.bust)
    face = sprite.find_face(picture, shown)
    whole = _write(figure, folder, "figure", standing=cutout.bust, face=face is not None)
    head = _head(picture, shown, face)
    if head is None:
        return (whole,)
    return whole, _write(head, folder, "head", standing=True, face=face is not None)


def stills_of(character: Character, home: Path) -> tuple[Still, ...]:
    """Return a character's stills: those that are kept, or new ones of its cut-out, or else of its avatar alone.

    Args:
        character: whichever service made it.
        home: the studio's folder.

    Raises:
        InvalidInput: there is no picture of it on this machine.
    """
    if character.stills and all(still.path.is_file() for still in character.stills):
        return character.stills
    try:
        return save(cutout_of(character, home), home / FOLDER)
    except InvalidInput as error:  # nothing of it is here, or nobody stands out in its clip
        avatar = _avatar(character)
        if avatar is None:
            raise InvalidInput(
                f"There is no picture of {character.mention} on this machine: {error.message}",
                money="Nothing was sent, nothing was charged.",
                hint="Extract the character again from the video that it was cut from.",
            ) from error
    return (_write(avatar, home / FOLDER, "avatar"),)


def _avatar(character: Character) -> Rgb | None:
    if character.avatar is None:
        return None
    try:
        with Image.open(character.avatar, formats=("PNG", "JPEG")) as picture:
            return np.asarray(as_seen(picture))
    except (OSError, ValueError, SyntaxError):  # deleted or damaged
        return None


def _on_ground(sheet: NDArray[np.uint8]) -> Rgb:
    """Lay straight RGBA on the ground."""
    alpha = sheet[..., 3:].astype(np.float32) / 255
    ground = np.array(GROUND, np.float32)
    return np.asarray(ground + (sheet[..., :3] - ground) * alpha + 0.5, np.uint8)


def _figure(picture: Rgb, shown: Mask, *, bust: bool) -> Rgb:
    """Crop to what is shown, with ground around it; a bust ends where its footage did."""
    part = picture[window_of(shown)] if shown.any() else picture
    margin = math.ceil(MARGIN * max(part.shape[:2]))
    return _padded(part, margin, margin, top=margin, bottom=0 if bust else margin)


def _head(picture: Rgb, shown: Mask, face: Face | None) -> Rgb | None:
    """Crop a square around the head, with its face where there is one, or return None where nothing tells which part that is.

    What lies outside of the picture is ground. Where the head has few pixels, more of the body is shown below it.
    """
    _, _, wide, tall = bounds(shown)
    if face is None and tall <= UPRIGHT * wide:
        return None
    x, y, extent = sprite.head_square(shown, face)
    side = round(max(extent, LEAST_SIDE / MOST_ENLARGED))
    left, top = round(x - side / 2), round(y - extent / 2)
    height, width = picture.shape[:2]
    part = picture[max(0, top) : top + side, max(0, left) : left + side]
    return _padded(
        part,
        max(0, -left),
        max(0, left + side - width),
        top=max(0, -top),
        bottom=max(0, top + side - height),
    )


def _padded(picture: Rgb, left: int, right: int, *, top: int, bottom: int) -> Rgb:
    height, width = picture.shape[:2]
    padded = np.empty((top + height + bottom, left + width + right, 3), np.uint8)
    padded[:] = GROUND
    padded[top : top + height, left : left + width] = picture
    return padded


def _widened(picture: Rgb, least: int, *, standing: bool) -> Rgb:
    """Add ground until no side is too short, by itself or beside the other; what stands keeps its lower edge."""
    height, width = picture.shape[:2]
    more = max(least, math.ceil(height / NARROWEST)) - width, max(least, math.ceil(width / NARROWEST)) - height
    across, down = (max(0, count) for count in more)
    top = down if standing else down // 2
    return _padded(picture, across // 2, across - across // 2, top=top, bottom=down - top)


def _sized(picture: Rgb, *, standing: bool) -> Image.Image:
    """Bring a picture to a size that services take."""
    image = Image.fromarray(_widened(picture, 1, standing=standing))
    shorter, longer = sorted(image.size)
    scale = min(max(1.0, GOOD_SIDE / shorter), MOST_ENLARGED, MOST_SIDE / longer)
    width, height = (max(1, round(side * scale)) for side in image.size)
    resized = image.resize((width, height), Image.Resampling.LANCZOS)
    return Image.fromarray(_widened(np.asarray(resized), LEAST_SIDE, standing=standing))


def _write(
    picture: Rgb,
    folder: Path,
    kind: Literal["figure", "head", "avatar"],
    *,
    standing: bool = False,
    face: bool = False,
) -> Still:
    """Write a still; a face is looked for where nobody has found one in it yet."""
    image = _sized(picture, standing=standing)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=QUALITY)
    path = folder / f"{hashlib.sha256(encoded.getvalue()).hexdigest()[:32]}.jpg"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(f".{uuid4().hex}")  # another call may be writing the same still
    part.write_bytes(encoded.getvalue())
    part.chmod(0o600)
    part.replace(path)
    face = face or bool(faces(np.asarray(image)))
    return Still(path=path, width=image.width, height=image.height, kind=kind, face=face)
