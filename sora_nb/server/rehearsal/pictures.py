"""Read the pictures that a request brings, and cut the character out of one."""

from __future__ import annotations

import base64
import binascii
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from sora_nb.engines.base import Cutout
from sora_nb.engines.cutout import sprite
from sora_nb.engines.cutout.masks import largest_part, window_of
from sora_nb.engines.cutout.matting import matte

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sora_nb.engines.cutout.masks import Mask, Rgb

MAX_BYTES = 30_000_000
"""Largest file in a request."""
MAX_PIXELS = 50_000_000
"""Most pixels of a picture."""
SIDE = 720
"""Greatest side of a picture that a character is cut from, in pixels."""
LIGHT = 150
"""Least brightness of a plain ground, 0 to 255."""
LIKE_GROUND = 16
"""How far a channel may lie from the ground's colour: as much as JPEG leaves around a figure."""
SEEN = 12
"""Alpha from which on a pixel is seen, 0 to 255."""
WHITE = 250
"""Least channel of a ground that figures may have in themselves."""
FLAT = 4
"""How far a channel of most pixels of a hole in the figure lies from the ground's colour."""
FLAT_SHARE = 0.6
"""How many pixels of a hole are most of them."""
HOLE_PIXELS = 100
"""Smallest hole in a figure; smaller ones are its own light spots."""
GROUND_SHARE = 0.5
"""Part of the picture's edge that a plain ground takes at least; a bust stands on the lower edge."""
FEATHER = 0.08
"""Width of the soft border of a picture without a plain ground, as a part of its smaller side."""
_DATA = re.compile(r"data:(?P<type>[\w.+/-]*)(?:;[\w.+=-]+)*;base64,", re.ASCII)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class PictureRules:
    """What pictures a service takes.

    Attributes:
        most: how many in one request.
        least_side: of the smaller side, in pixels.
        widest: greatest ratio of the larger side to the smaller.
        most_bytes: of one file.
        formats: as Pillow names them.
    """

    most: int
    least_side: int = 1
    widest: float = float("inf")
    most_bytes: int = MAX_BYTES
    formats: tuple[str, ...] = ("JPEG", "PNG", "WEBP")


def is_address(text: str) -> bool:
    """Whether a text names a file elsewhere, `https://...` or `asset://...`, and does not hold it."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) is not None


def decode(text: str, most: int = MAX_BYTES) -> bytes:
    """Read a file out of a data URI or plain base64.

    Args:
        text: what the request holds.
        most: largest file, in bytes.

    Raises:
        ValueError: it is neither, or too large.
    """
    head = _DATA.match(text)
    if head is None and text.startswith("data:"):
        raise ValueError("the data URI is not of the form data:image/png;base64,...")
    held = text[head.end() :] if head else text
    try:
        found = base64.b64decode(held, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it is no valid base64") from error
    if not found:
        raise ValueError("it is empty")
    if len(found) > most:
        raise ValueError(f"the file has more than {most / 1e6:g} MB")
    return found


def check(content: bytes, rules: PictureRules) -> None:
    """Refuse a file that is no picture, or one that the rules do not allow.

    Raises:
        ValueError: says what is wrong, in the service's manner.
    """
    if len(content) > rules.most_bytes:
        raise ValueError(f"the file has {len(content) / 1e6:.1f} MB, at most {rules.most_bytes / 1e6:g} MB are taken")
    try:
        with Image.open(io.BytesIO(content)) as picture:
            kind, (width, height) = picture.format, picture.size
            if width * height > MAX_PIXELS:
                raise ValueError(f"the picture has {width}x{height} pixels")
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, *_BOMBS) as error:
        raise ValueError("it is no picture that can be decoded") from error
    if kind not in rules.formats:
        raise ValueError(f"the format {kind} is not taken, only {', '.join(rules.formats)}")
    if min(width, height) < rules.least_side:
        raise ValueError(f"the picture has {width}x{height} pixels, its sides must have {rules.least_side} at least")
    if max(width, height) > rules.widest * min(width, height):
        raise ValueError(f"the picture has {width}x{height} pixels, its ratio must be within 1:{rules.widest:g}")


def cut(contents: list[bytes]) -> Cutout:
    """Cut a character out of the pictures that show it: the first whole figure among them, else the first.

    Args:
        contents: picture files that check() let pass, at least one.
    """
    found = [_cut(content) for content in contents]
    return next((cutout for cutout in found if not cutout.bust), found[0])


def _cut(content: bytes) -> Cutout:
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    rgba = np.array(picture)
    rgb = np.ascontiguousarray(rgba[..., :3])
    mask = rgba[..., 3] > 127 if rgba[..., 3].min() < 128 else _figure(rgb)
    if mask is None or not mask.any():
        sheet, quality, bust = _feathered(rgb), 0.3, True
        avatar = np.array(picture.convert("RGB").resize((256, 256)))
    else:
        cut_out = matte(rgb, mask)[0]
        sheet = cut_out[window_of(cut_out[..., 3] > SEEN)]
        quality, bust = 0.8, sprite.is_bust([mask])
        avatar = sprite.portrait(rgb, mask, None)
    # a transparent margin, so that the figure's edge is drawn soft
    margin = ((sprite.MARGIN, 0 if bust else sprite.MARGIN), (sprite.MARGIN, sprite.MARGIN), (0, 0))
    return Cutout(
        frames=(np.pad(sheet * (sheet[..., 3:] > 0), margin),),
        fps=1.0,
        best=0,
        bust=bust,
        avatar=avatar,
        quality=quality,
        kind="saliency",
        box=(0.0, 0.0, 1.0, 1.0),
    )


def _figure(rgb: Rgb) -> Mask | None:
    """Return who stands before a plain light ground, or None where there is no such ground."""
    edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]]).astype(np.int16)
    # the commonest colour of the edge; a median of an edge half ground, half figure would be neither
    steps, counts = np.unique(edge // LIKE_GROUND, axis=0, return_counts=True)
    middle = steps[counts.argmax()] * LIKE_GROUND + LIKE_GROUND // 2
    near = edge[np.abs(edge - middle).max(-1) <= LIKE_GROUND]
    colour = np.median(near, axis=0)
    if colour.mean() < LIGHT or (np.abs(edge - colour).max(-1) <= LIKE_GROUND).mean() < GROUND_SHARE:
        return None
    away = np.abs(rgb.astype(np.int16) - colour).max(-1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((away <= LIKE_GROUND).astype(np.uint8), connectivity=4)
    outside = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    # seen through the figure, as under an arm: as flat as the ground itself, which no fur or shirt is; on plain white
    # it may be a drawn eye
    areas = stats[:, cv2.CC_STAT_AREA]
    flat = np.bincount(labels.ravel(), (away <= FLAT).ravel(), count) >= FLAT_SHARE * areas
    hole = flat & (areas >= HOLE_PIXELS) & (colour.min() < WHITE)
    ground = np.isin(np.arange(count), outside) | hole
    ground[0] = False
    return largest_part(~ground[labels])


def _feathered(rgb: Rgb) -> NDArray[np.uint8]:
    """Return the whole picture with a soft border above and at the sides."""
    height, width = rgb.shape[:2]
    reach = max(1.0, FEATHER * min(height, width))
    across = np.minimum(np.arange(width), np.arange(width)[::-1])
    distance = np.minimum(across[None, :], np.arange(height)[:, None])
    alpha = np.clip((distance + 1) / reach, 0, 1) * 255
    return np.dstack([rgb, alpha.astype(np.uint8)])
