"""Video files: read, cut, preview and join them."""

from sora_nb.media.edit import cut, join, preview
from sora_nb.media.video import SOURCE_BYTES, Frame, VideoInfo, check_whole, frames, jpeg, playable, poster, probe

__all__ = [
    "SOURCE_BYTES",
    "Frame",
    "VideoInfo",
    "check_whole",
    "cut",
    "frames",
    "join",
    "jpeg",
    "playable",
    "poster",
    "preview",
    "probe",
]
