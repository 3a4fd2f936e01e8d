"""Read the clips that a request brings."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.server.rehearsal.refused import Refused


def seconds_of(clip: bytes) -> float:
    """Return the length of a clip.

    Raises:
        Refused: it is no video.
    """
    with tempfile.TemporaryDirectory(prefix="sora-nb-") as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(clip)
        try:
            return media.probe(path).duration
        except MediaError as error:
            raise Refused("invalid", f"A reference video cannot be read: {error}") from error
