"""Video files: read, cut, preview and join them."""

from sora_nb.media.container import check_whole, cut_off
from sora_nb.media.edit import cut, join, preview, previewing, rewrite
from sora_nb.media.file_name import file_name
from sora_nb.media.pixels import jpeg
from sora_nb.media.seeking import picture_times
from sora_nb.media.video import (
    SOURCE_BYTES,
    Frame,
    VideoInfo,
    check_clip,
    frames,
    incoming_poster,
    mime,
    playable,
    poster,
    poster_of,
    probe,
)
from sora_nb.media.video_like import VideoLike, file_of, video_of, videos_of

__all__ = [
    "SOURCE_BYTES",
    "Frame",
    "VideoInfo",
    "VideoLike",
    "check_clip",
    "check_whole",
    "cut",
    "cut_off",
    "file_name",
    "file_of",
    "frames",
    "incoming_poster",
    "join",
    "jpeg",
    "mime",
    "picture_times",
    "playable",
    "poster",
    "poster_of",
    "preview",
    "previewing",
    "probe",
    "rewrite",
    "video_of",
    "videos_of",
]
