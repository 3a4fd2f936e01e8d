"""Video files: read, cut, preview and join them."""

from sora_nb.media.edit import cut, join, preview
from sora_nb.media.pixels import jpeg
from sora_nb.media.video import SOURCE_BYTES, Frame, VideoInfo, check_whole, frames, playable, poster, probe
from sora_nb.media.video_like import VideoLike, file_of, video_of, videos_of

__all__ = [
    "SOURCE_BYTES",
    "Frame",
    "VideoInfo",
    "VideoLike",
    "check_whole",
    "cut",
    "file_of",
    "frames",
    "join",
    "jpeg",
    "playable",
    "poster",
    "preview",
    "probe",
    "video_of",
    "videos_of",
]
