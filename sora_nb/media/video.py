"""Open local video files: read their facts, decode their pictures, draw a poster.

Files are opened as one of a few named containers and over the `file` protocol only, because FFmpeg would otherwise
follow playlists and `concat:` names inside a hostile file to other files and hosts. Nothing here opens a URL.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sora_nb.errors import MediaError
from sora_nb.media.pixels import MAX_PIXELS, Converter, decoder_of, deinterlaced, jpeg

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    import av.container
    import numpy as np
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

SOURCE_BYTES = 512 * 1024**2
"""A longer source is not fetched from the web."""
_PICTURES = {"h264": {"yuv420p", "yuvj420p"}, "vp8": {"yuv420p"}, "vp9": {"yuv420p"}, "av1": {"yuv420p"}}
_SOUNDS = {"", "aac", "mp3", "opus", "vorbis"}
_KINDS = {"mp4": {"h264", "vp9", "av1"}, "matroska": {"vp8", "vp9", "av1"}}


@dataclass(frozen=True)
class VideoInfo:
    """What a video file says about itself.

    Attributes:
        width, height: pixels, as shown: square ones, turned as the file says.
        fps: pictures a second.
        duration: seconds.
        codec: FFmpeg's name of the video codec.
        has_audio: whether there is a sound track that can be decoded.
        pixels: FFmpeg's name of the pixel format.
        audio: FFmpeg's name of the sound's codec, "" without sound.
        container: FFmpeg's name of the kind of file.
    """

    width: int
    height: int
    fps: float
    duration: float
    codec: str
    has_audio: bool
    pixels: str = ""
    audio: str = ""
    container: str = ""


@dataclass(frozen=True)
class Frame:
    """One picture: its time in seconds from the start of the file, and RGB bytes, shape (height, width, 3)."""

    time: float
    rgb: NDArray[np.uint8]


@contextmanager
def open_video(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a local video file for reading.

    Raises:
        MediaError: it is missing, not one of the named containers, damaged, or has no picture that can be decoded.
    """
    with _container(path) as container:
        stream = container.streams.video[0]
        if not _decodable(stream):
            raise MediaError(
                f"{path.name!r} is in a format that cannot be decoded here.",
                hint="Convert it to MP4 (H.264) and try again.",
            )
        stream.thread_type = "AUTO"
        context = stream.codec_context
        if not 0 < context.width * context.height <= MAX_PIXELS:
            raise MediaError(f"{path.name!r} has pictures of {context.width}x{context.height} pixels.")
        yield container


@contextmanager
def _container(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a file that has a video track, which this machine may have no decoder for."""
    import av

    if not path.is_file():
        raise MediaError(f"There is no file {path.name!r} in {str(path.parent)!r}.")
    kind, options = _container_name(path), {"protocol_whitelist": "file"}
    try:
        with av.open(str(path), format=kind, options=options, **_any_title()) as container:
            if not container.streams.video:
                raise MediaError(f"{path.name!r} has no picture, only sound.")
            yield container
    except av.error.FFmpegError as error:
        raise MediaError(
            f"{path.name!r} cannot be read as a video: {error.strerror or 'it ends too early'}.",
            hint="Convert it to MP4 (H.264) and try again.",
        ) from error


def _any_title() -> dict[str, Any]:
    """Return how av.open() is told that titles, which are not read, may be in any encoding; PyAV 19 takes all by itself."""
    import av

    return {"metadata_errors": "replace"} if int(av.__version__.partition(".")[0]) < 19 else {}


def _container_name(path: Path) -> str:
    """Tell the container from the first bytes, so that FFmpeg does not guess and open a playlist."""
    with path.open("rb") as file:
        head = file.read(400)
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"}:
        return "mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:3] == b"FLV":
        return "flv"
    if head[:1] == b"\x47" and head[188:189] == b"\x47":
        return "mpegts"
    raise MediaError(
        f"{path.name!r} is not a video file this package opens (MP4, MOV, WebM, MKV, AVI, OGG, FLV, TS).",
        hint="Convert it to MP4 (H.264) and try again.",
    )


def _decodable(stream: VideoStream | AudioStream) -> bool:
    """Whether there is a decoder for a track; PyAV gives no context to one without."""
    return getattr(stream, "codec_context", None) is not None


def sound_tracks(container: av.container.InputContainer) -> list[AudioStream]:
    """Return the sound tracks of an open file that can be decoded."""
    return [stream for stream in container.streams.audio if _decodable(stream)]


def check_whole(path: Path) -> None:
    """Check that a file is a video, and an MP4 ends where its last box does; other containers do not tell.

    Raises:
        MediaError: it is none, or was cut off.
    """
    with _container(path):
        pass
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        start = file.seek(0)
        while start < end and _container_name(path) == "mp4":
            head = file.read(16)
            size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4])
            if 0 < size < 8 or len(head) < 8 or start + size > end:
                raise MediaError(f"{path.name!r} was cut off after {end} bytes.")
            start = file.seek(start + size) if size else end  # 0: the box reaches to the end, wherever that is


def probe(path: Path) -> VideoInfo:
    """Read size, pace, length and tracks of a video file.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    kind = _container_name(path) if path.is_file() else ""
    with open_video(path) as container:
        stream = container.streams.video[0]
        sound = sound_tracks(container)
        width, height = _shown_size(container)
        return VideoInfo(
            width=width,
            height=height,
            fps=float(stream.average_rate or stream.guessed_rate or 25),
            duration=duration_of(container),
            codec=stream.codec_context.codec.canonical_name,
            has_audio=bool(sound),
            pixels=stream.codec_context.pix_fmt or "",
            audio=sound[0].codec_context.name if sound else "",
            container=kind,
        )


def playable(info: VideoInfo) -> bool:
    """Whether every current browser plays a file as it is: 8-bit H.264 in MP4, VP8, VP9 or AV1 in WebM, common sound."""
    return (
        info.codec in _KINDS.get(info.container, ())
        and info.pixels in _PICTURES[info.codec]
        and info.audio.removesuffix("float") in _SOUNDS
    )


def duration_of(container: av.container.InputContainer) -> float:
    """Return how many seconds the pictures of an open file last."""
    stream = container.streams.video[0]
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return container.duration / 1_000_000
    last = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.time_base:
            last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    container.seek(0)
    return last


def _shown_size(container: av.container.InputContainer) -> tuple[int, int]:
    converter = Converter(container.streams.video[0])
    for picture in container.decode(video=0):
        container.seek(0)
        return converter.size(picture)
    raise MediaError("The file holds no picture that can be decoded.")


def decoded(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    """Decode the pictures of an open file from where it stands."""
    stream = container.streams.video[0]
    decoder = decoder_of(stream)
    for packet in container.demux(stream):
        yield from decoder.decode(packet)


def frames(
    path: Path,
    start: float = 0.0,
    end: float | None = None,
    *,
    max_side: int | Callable[[int], int] | None = None,
    chosen: Collection[int] | None = None,
) -> Iterator[Frame]:
    """Decode the pictures shown from `start` up to, not including, `end`.

    Args:
        path: a local video file.
        start: seconds.
        end: seconds, or None for the end of the file.
        max_side: shrink so that the longer side has at most this many pixels, or None for full size; a function gives
            it for a picture's number.
        chosen: yield only these, counted from 0 at `start`; None for all.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with open_video(path) as container:
        number = -1
        stream = container.streams.video[0]
        converter = Converter(stream)
        origin = float((stream.start_time or 0) * (stream.time_base or Fraction(1)))
        if start > 0 and stream.time_base:
            container.seek(int((start + origin) / stream.time_base), stream=stream)
        half = 0.5 / float(stream.average_rate or 25)
        timed = (((picture.time or 0.0) - origin, picture) for picture in decoded(container))
        for time, picture in deinterlaced(timed):
            if time < start - half:
                continue
            if end is not None and time >= end - half:
                return
            number += 1
            if chosen is not None and number not in chosen:
                continue
            side = max_side(number) if callable(max_side) else max_side
            yield Frame(time, converter.rgb(picture, max_side=side))


def poster(path: Path, at: float | None = None, *, max_side: int = 480) -> bytes:
    """Return one picture of a video as JPEG bytes.

    Args:
        path: a local video file.
        at: seconds; by default a third into the file, where titles and fades are usually over.
        max_side: the longer side in pixels.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    at = probe(path).duration / 3 if at is None else at
    picture = next(frames(path, at, max_side=max_side), None) or next(frames(path, max_side=max_side), None)
    if picture is None:
        raise MediaError(f"{path.name!r} holds no picture that can be decoded.")
    return jpeg(picture.rgb)
