"""What a video file that comes from elsewhere is called here: by the name it had, as far as every system takes that."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".ogg", ".ogv", ".flv", ".ts", ".mpg", ".mpeg", ".3gp", ".wmv"})  # fmt: skip
"""Endings of video files."""
LONGEST = 80
"""Letters of a name without its ending."""
_BYTES = 200
"""Bytes of such a name; file systems take 255, and parts of it are written under longer names."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""What Windows takes for a device."""


def file_name(told: str, suffix: str = "") -> str:
    """Return a name for a file, never a path, after one that a browser or an address told.

    Args:
        told: the name, perhaps with folders before it, perhaps hostile.
        suffix: the ending where the name has none of a video.
    """
    base = unicodedata.normalize("NFC", told.replace("\\", "/")).rpartition("/")[2]
    shown = "".join(letter for letter in base if unicodedata.category(letter)[0] not in "CZ" or letter == " ")
    named = PurePosixPath(re.sub(r'[<>:"|?*]', "-", shown).strip(" .") or "video")
    ending = named.suffix.lower()
    if ending in SUFFIXES:
        # as it was written: a phone's IMG_4711.MOV stays that
        stem, ending = named.stem, named.suffix
    else:
        stem, ending = named.name.replace(".", "-"), suffix
    # no letter is cut in half
    stem = stem[:LONGEST].encode()[:_BYTES].decode(errors="ignore").strip(" .-")
    if not stem or _RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"video-{stem}".rstrip("-")
    return f"{stem}{ending}"
