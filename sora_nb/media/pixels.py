"""Turn decoded pictures into RGB as a player shows them, and RGB into files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import av
    from av.video.reformatter import VideoReformatter
    from numpy.typing import NDArray


def to_rgb(picture: av.VideoFrame, converter: VideoReformatter, **shape: Any) -> NDArray[np.uint8]:
    """Return a decoded picture as RGB, turned as its file says: a phone held upright writes pictures lying on their side.

    Args:
        picture: as the decoder gave it.
        converter: one for all pictures of a video, because the tables it makes cost as much as a small picture.
        shape: size before the turn, and how to get there, as PyAV's reformat() takes them.
    """
    rgb = converter.reformat(picture, format="rgb24", **shape).to_ndarray().astype(np.uint8, copy=False)
    return np.ascontiguousarray(np.rot90(rgb, int(picture.rotation) // 90))


def shrunk_size(picture: av.VideoFrame, max_side: int | None) -> dict[str, Any]:
    """Return how reformat() shrinks a picture so that its longer side has at most `max_side` pixels."""
    scale = (max_side or 0) / max(picture.width, picture.height)
    if not max_side or scale >= 1:
        return {}
    # AREA looks clean at thumbnail sizes; the decoder's own resize is far cheaper than one on full pictures
    return {
        "width": max(2, round(picture.width * scale / 2) * 2),
        "height": max(2, round(picture.height * scale / 2) * 2),
        "interpolation": "AREA",
    }


def jpeg(rgb: NDArray[np.uint8], *, quality: int = 85) -> bytes:
    """Encode RGB pixels, shape (height, width, 3), as JPEG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
