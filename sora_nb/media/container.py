"""Open local video files, and tell one that was cut off.

Files are opened as one of a few named containers and over the `file` protocol only, because FFmpeg would otherwise
follow playlists and `concat:` names inside a hostile file to other files and hosts. Nothing here opens a URL.
"""

from __future__ import annotations

import io
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sora_nb.errors import MediaError
from sora_nb.media.pixels import MAX_PIXELS, THREADS
from sora_nb.media.stored_path import StoredPath

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import av.container
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

    from sora_nb.media.arriving import Arriving

CONVERT = "Convert it to MP4 (H.264) and try again."
AGAIN = "Copy or download it again, or have a video editor write it anew."
LARGE = 2560 * 1440
"""Pixels of a picture above which half as many threads decode, for each holds several."""
_BOXES = (b"ftyp", b"styp", b"moov", b"mdat", b"free", b"wide", b"skip")
_MARKS: tuple[tuple[str, dict[int, bytes]], ...] = (
    *(("mp4", {4: box}) for box in _BOXES),
    ("matroska", {0: b"\x1a\x45\xdf\xa3"}),
    ("avi", {0: b"RIFF", 8: b"AVI "}),
    ("ogg", {0: b"OggS"}),
    ("flv", {0: b"FLV"}),
    ("mpegts", {0: b"\x47", 188: b"\x47"}),
    ("mpeg", {0: b"\x00\x00\x01\xba"}),
)
"""FFmpeg's names of containers, and the bytes at places by which each is known."""
_STILLS = (
    {0: b"\xff\xd8\xff"},
    {0: b"\x89PNG"},
    *({4: b"ftyp" + brand} for brand in (b"heic", b"heix", b"mif1", b"avif")),
)
"""The same of photographs: JPEG, PNG, HEIC and AVIF, the last two of which lie in boxes as an MP4 does."""
_SEGMENT = b"\x18\x53\x80\x67"
"""The element of a Matroska file that holds all the rest."""


@contextmanager
def open_video(path: Path | Arriving) -> Iterator[av.container.InputContainer]:
    """Open a video file for reading: a local one, or one on its way here.

    Raises:
        MediaError: it is missing, not one of the named containers, damaged, or has no picture that can be decoded.
    """
    with open_container(path) as container:
        stream = container.streams.video[0]
        if not _decodable(stream):
            raise MediaError(f"{path.name!r} is in a format that cannot be decoded here.", hint=CONVERT)
        context = stream.codec_context
        large = context.width * context.height > LARGE
        context.thread_type, context.thread_count = "AUTO", THREADS // 2 if large else THREADS
        if not 0 < context.width * context.height <= MAX_PIXELS:
            if error := cut_off(path):
                raise error
            raise MediaError(f"{path.name!r} has pictures of {context.width}x{context.height} pixels.")
        yield container


@contextmanager
def open_container(path: Path | Arriving) -> Iterator[av.container.InputContainer]:
    """Open a file that has a video track, which this machine may have no decoder for.

    Raises:
        MediaError: it is missing, not one of the named containers, damaged, or has no video track.
    """
    import av

    if isinstance(path, Path) and not path.is_file():
        raise MediaError(f"There is no file {path.name!r} in {str(path.parent)!r}.")
    kind, options = container_name(path), {"protocol_whitelist": "file"}
    try:
        with (
            nullcontext(str(path)) if _is_here(path) else path.open("rb") as file,
            av.open(file, format=kind, options=options, **_any_title()) as container,
        ):
            if not container.streams.video:
                raise cut_off(path) or MediaError(f"{path.name!r} has no picture, only sound.")
            yield container
    except av.error.FFmpegError as error:
        raise cut_off(path) or MediaError(
            f"{path.name!r} cannot be read as a video: {error.strerror or 'it ends too early'}.", hint=AGAIN
        ) from error


def _is_here(path: Path | Arriving) -> bool:
    return path.is_here if isinstance(path, StoredPath) else isinstance(path, Path)


def _any_title() -> dict[str, Any]:
    """Return how av.open() is told that titles, which are not read, may be in any encoding; PyAV 19 takes all by itself."""
    import av

    return {"metadata_errors": "replace"} if int(av.__version__.partition(".")[0]) < 19 else {}


def container_name(path: Path | Arriving) -> str:
    """Tell the container from the first bytes, so that FFmpeg does not guess and open a playlist.

    Raises:
        MediaError: it is none of those that are opened here.
    """
    with path.open("rb") as file:
        head = file.read(400)
    if any(_has(head, marks) for marks in _STILLS):
        raise MediaError(f"{path.name!r} is a still picture, not a video.", hint="Choose a video of who is in it.")
    for name, marks in _MARKS:
        if _has(head, marks):
            return name
    raise MediaError(
        f"{path.name!r} is not a video file this package opens (MP4, MOV, WebM, MKV, AVI, OGG, FLV, TS, MPEG).",
        hint=CONVERT,
    )


def _has(head: bytes, marks: Mapping[int, bytes]) -> bool:
    """Whether the first bytes of a file have all marks at their places."""
    return all(head[place : place + len(mark)] == mark for place, mark in marks.items())


def _decodable(stream: VideoStream | AudioStream) -> bool:
    """Whether there is a decoder for a track; PyAV gives no context to one without."""
    return getattr(stream, "codec_context", None) is not None


def sound_tracks(container: av.container.InputContainer) -> list[AudioStream]:
    """Return the sound tracks of an open file that can be decoded."""
    return [stream for stream in container.streams.audio if _decodable(stream)]


def check_whole(path: Path) -> None:
    """Check that a file is a video, and ends where it says it does, if its container tells.

    Raises:
        MediaError: it is none, or was cut off.
    """
    with open_container(path):
        pass
    if error := cut_off(path):
        raise error


def cut_off(path: Path | Arriving) -> MediaError | None:
    """Return the error of a file that ends before it should, or None where its container does not tell so."""
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(0)
        should = {"mp4": _end_of_boxes, "avi": _end_of_chunks, "matroska": _end_of_segment}.get(container_name(path))
        least = should(file, end) if should else 0
    if least <= end:
        return None
    return MediaError(
        f"{path.name!r} was cut off after {end:,} of {least:,} bytes.", hint="Copy or download it again, whole."
    )


def _end_of_boxes(file: BinaryIO, end: int) -> int:
    """Return where the last box of an MP4 ends; there may be more after one that was cut off."""
    start = 0
    while start < end:
        head = file.read(16)
        large = head[:4] == b"\0\0\0\1"
        size = int.from_bytes(head[8:16] if large else head[:4])
        if size == 0 and len(head) >= 8:
            return end  # the box reaches to the end, wherever that is
        stop = start + max(8, size)
        if size < 8 or stop > end:
            return max(stop, end + 1)
        start = file.seek(stop)
    return end


def _end_of_chunks(file: BinaryIO, end: int) -> int:
    """Return where the last chunk of an AVI ends; one of size 0 was never closed by whoever recorded it."""
    start = 0
    while start + 8 <= end:
        head = file.read(8)
        size = int.from_bytes(head[4:], "little")
        if head[:4] != b"RIFF" or size in {0, 0xFFFFFFFF}:
            return end
        stop = start + 8 + size
        if stop > end:
            return stop
        start = file.seek(stop + size % 2)
    return end


def _end_of_segment(file: BinaryIO, end: int) -> int:
    """Return where the segment of a Matroska file ends; recorders leave its size open."""
    head = file.read(4096)
    place = head.find(_SEGMENT)
    if place < 0 or place + 5 >= len(head):
        return end
    width = 9 - head[place + 4].bit_length()
    coded = head[place + 4 : place + 4 + width]
    size = int.from_bytes(coded) & ~(1 << 7 * width)
    return end if width > 8 or size == (1 << 7 * width) - 1 else place + 4 + width + size
