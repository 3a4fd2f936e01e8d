"""Still pictures as a browser shows them: upright, in sRGB with 8 bits, what is transparent over white."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


def as_seen(image: Image.Image, side: int | None = None) -> Image.Image:
    """Return a still picture as RGB.

    Args:
        image: an open picture of any mode; the first one of an animation counts.
        side: shrink so that the longer side has at most this many pixels.

    Raises:
        OSError, ValueError, SyntaxError: the picture is damaged.
    """
    from PIL import Image, ImageOps

    if side is not None:
        image.draft(None, (side, side))  # a JPEG is decoded no larger than it takes
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        # grey of 16 bits, which a plain conversion clips
        upright = upright.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    elif upright.mode in {"P", "PA", "LA", "La", "RGBa"} or "transparency" in upright.info:
        upright = upright.convert("RGBA")
    seen = _in_srgb(upright, profile).convert("RGB")
    if upright.mode == "RGBA":
        ground = Image.new("RGB", upright.size, "white")
        ground.paste(seen, mask=upright.getchannel("A"))
        seen = ground
    if side is not None:
        seen.thumbnail((side, side))
    return seen


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the colours of a profile, which phones and printers write; without one they are sRGB."""
    from PIL import ImageCms

    if not profile:
        return image
    opaque = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # damaged, or of another kind of picture
        return image
    return converted or image
