"""What is written and shown about a video on a card: in the picker, in the grid, and for readers without a kernel."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from sora_nb import display, media
from sora_nb.errors import MediaError
from sora_nb.models import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sora_nb.models import Character, Video

SIDE = 160
"""Pixels of a poster's longer side in a page; at most about 8 kB."""
FACE_SIDE = 48
"""Pixels of a character's picture."""


def key(video: Video) -> str:
    """Return what the page calls a video: short, always the same for the same one, and telling nothing."""
    known = f"{video.profile}\n{video.id or (video.path, video.url)}"
    return hashlib.sha256(known.encode()).hexdigest()[:16]


def title(video: Video) -> str:
    """Return what a video is called for people: its prompt, or the name of its file, or its address."""
    return display.plain(video.prompt or (video.path.name if video.path else str(video)))


def without_names(prompt: str, cast: Sequence[str]) -> str:
    """Return a prompt without the names of those whose faces are shown beside it, where it begins with them."""
    rest = prompt.strip()
    for name in cast:
        rest = re.sub(rf"^@{re.escape(name)}\b[\s,]*", "", rest, flags=re.IGNORECASE)
    return rest or prompt


def send_faces(found: Mapping[str, Character], send: Callable[[str, str], None]) -> None:
    """Send the pictures of characters to a page, which may have lost them when it was loaded anew.

    Args:
        found: the characters, by the usernames that a film has them under.
        send: called with a username and a picture as a data URL.
    """
    for username, who in found.items():
        send(username, display.data_url(who.avatar, FACE_SIDE))


def about(video: Video) -> str:
    """Return model, size, length and cost of a video on one line."""
    if video.charged is not None:
        cost = written(video.charged)
    else:
        cost = f"about {written(video.estimate)}" if video.estimate is not None else ""
    length = f"{video.seconds:.3g} s" if video.seconds else ""
    return " · ".join(part for part in (video.model, video.size, length, cost) if part)


def poster(video: Video, side: int = SIDE) -> str:
    """Return one picture of a video as a data URL, or "" where there is none; costs a decode if none was stored."""
    stored = display.data_url(video.poster, side)
    return stored or (picture(video.path, side) if video.path is not None else "")


def picture(file: Path, side: int = SIDE) -> str:
    """Return one picture out of a video file as a data URL, or "" where none can be decoded."""
    try:
        return "data:image/jpeg;base64," + base64.b64encode(media.poster(file, max_side=side)).decode()
    except MediaError:
        return ""


def bytes_in_words(size: int) -> str:
    """Write a size in bytes as `1.1 MB`."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
