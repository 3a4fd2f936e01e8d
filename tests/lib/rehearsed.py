"""What tests of rehearsal servers send them: a figure alone on a plain light ground."""

from __future__ import annotations

import base64
import io

from PIL import Image

GROUND = (238, 238, 236)
BODY = (60, 90, 160)


def still(ground=GROUND, body=BODY, size=(360, 480), kind="PNG"):
    """A figure with a hole under its arm, alone on a plain ground, as a file."""
    picture = Image.new("RGB", size, ground)
    wide, high = size
    picture.paste(body, (wide // 4, high // 6, 3 * wide // 4, 5 * high // 6))
    picture.paste(ground, (wide // 2, high // 3, wide // 2 + 40, high // 3 + 40))
    return encoded(picture, kind)


def encoded(picture, kind="PNG"):
    """A picture as a file."""
    held = io.BytesIO()
    picture.save(held, kind)
    return held.getvalue()


def data_uri(content, kind="png"):
    """A picture's file as a data URI."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def body_of(frame):
    """The mean colour of what is solid in a frame of a cut-out."""
    return frame[frame[..., 3] > 250][:, :3].mean(0)
