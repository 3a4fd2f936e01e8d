"""Local video files: read their facts, decode their pictures, draw a poster."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from sora_nb.errors import ClipError, MediaError
from sora_nb.media.clock import MOMENT, Clock
from sora_nb.media.container import container_name, cut_off, open_video, sound_tracks
from sora_nb.media.pixels import Converter, deinterlaced, framed, jpeg
from sora_nb.media.seeking import Attempt, decoded, is_flash, packets, pictures
from sora_nb.media.timing import length_of, rate_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import av
    import av.container
    import numpy as np
    from numpy.typing import NDArray

    from sora_nb.media.seeking import Timed
    from sora_nb.models import Clip, SpanRule

SOURCE_BYTES = 512 * 1024**2
"""A longer source is not fetched from the web."""
POSTER_SIDE = 480
"""Pixels of a poster's longer side."""
_PICTURES = {"h264": {"yuv420p", "yuvj420p"}, "vp8": {"yuv420p"}, "vp9": {"yuv420p"}, "av1": {"yuv420p"}}
_SOUNDS = {"", "aac", "mp3", "opus", "vorbis"}
_KINDS = {"mp4": {"h264", "vp9", "av1"}, "matroska": {"vp8", "vp9", "av1"}}


@dataclass(frozen=True)
class VideoInfo:
    """What a video file says about itself.

    Attributes:
        width, height: pixels, as shown: square ones, turned as the file says.
        fps: pictures a second, as they usually come.
        duration: the second at which the last picture ends; sound may go on.
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
    """One picture of a film, converted once it is asked for its pixels.

    Attributes:
        time: the second of the film from which it is seen.
        decoded: as the decoder gave it, and as large; None once it was converted and let go.
        converter: the film's.
        max_side: most pixels of its longer side; None for full size.
        height: pixels of its height, in place of that.
    """

    time: float
    decoded: av.VideoFrame | None
    converter: Converter
    max_side: int | None = None
    height: int | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        assert self.decoded is not None
        return self.converter.size_within(self.decoded, max_side=self.max_side, height=self.height)

    @property
    def i420(self) -> av.VideoFrame | None:
        """The picture as an encoder takes it, where that needs no way through RGB; see Converter.i420()."""
        assert self.decoded is not None
        return None if self.height else self.converter.i420(self.decoded, max_side=self.max_side)

    @cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture as RGB of shape (height, width, 3)."""
        assert self.decoded is not None
        return self.converter.rgb(self.decoded, max_side=self.max_side, height=self.height)

    def converted(self) -> Frame:
        """Return the picture in RGB alone, without what the decoder gave, which may be many times as large."""
        alone = replace(self, decoded=None)
        alone.__dict__["rgb"] = self.rgb
        return alone


def probe(path: Path) -> VideoInfo:
    """Read size, pace, length and tracks of a video file; one that was read before is not read again.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    try:
        told = path.stat()
    except OSError:
        return _read(path)  # which says what is wrong
    return _known(path, told.st_ino, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=32)
def _known(path: Path, *_content: int) -> VideoInfo:
    """Read a file whose content its number, time and size tell."""
    return _read(path)


def _read(path: Path) -> VideoInfo:
    with open_video(path) as container:
        stream = container.streams.video[0]
        sound = sound_tracks(container)
        width, height = _shown_size(container)
        rate = rate_of(path, container)
        return VideoInfo(
            width=width,
            height=height,
            fps=rate,
            duration=length_of(path, container, rate),
            codec=stream.codec_context.codec.canonical_name,
            has_audio=bool(sound),
            pixels=stream.codec_context.pix_fmt or "",
            audio=sound[0].codec_context.name if sound else "",
            container=container_name(path),
        )


def check_clip(path: Path, clip: Clip, rule: SpanRule) -> VideoInfo:
    """Check that a clip is one that a service takes, and that a film has its seconds; return what the film is.

    Args:
        path: a local video file.
        clip: its seconds.
        rule: the service's limits.

    Raises:
        ClipError: too short, too long, fractions where none are allowed, or beyond the last picture.
        MediaError: the file cannot be read as a video.
    """
    info = probe(path)
    try:
        clip.check(rule, info.duration)
    except ClipError as error:
        reason = cut_off(path)
        if reason is None or clip.end <= info.duration:
            raise
        raise ClipError(f"{error.message} {reason.message}", hint=error.hint) from error
    return info


def playable(info: VideoInfo) -> bool:
    """Whether every current browser plays a file as it is: 8-bit H.264 in MP4, VP8, VP9 or AV1 in WebM, common sound."""
    return (
        info.codec in _KINDS.get(info.container, ())
        and info.pixels in _PICTURES[info.codec]
        and info.audio.removesuffix("float") in _SOUNDS
    )


def mime(info: VideoInfo) -> str:
    """Return what a playable file is called on the web."""
    return "video/webm" if info.container == "matroska" else "video/mp4"


def _shown_size(container: av.container.InputContainer) -> tuple[int, int]:
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1  # more decode the pictures after it, too
    converter = Converter(stream)
    for _, picture in decoded(Attempt(stream, Clock.of(container), packets(container, stream))):
        return converter.size(picture)
    raise MediaError("The file holds no picture that can be decoded.")


def frames(
    path: Path,
    start: float = 0.0,
    end: float | None = None,
    *,
    max_side: int | None = None,
    chosen: Collection[int] | None = None,
    lost: list[float] | None = None,
) -> Iterator[Frame]:
    """Decode the picture on screen at `start`, and those that follow before `end`, but for a flash of a last one.

    The first one's time is `start`, if it came before; where the film shows nothing yet, its first picture comes first. Past the
    film's end its last picture stays.

    Args:
        path: a local video file.
        start: seconds.
        end: seconds, or None for the end of the file.
        max_side: shrink so that the longer side has at most this many pixels, or None for full size.
        chosen: yield only these, counted from 0 at `start`; None for all.
        lost: takes the seconds of damaged pictures, which are left out.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with open_video(path) as container:
        converter = Converter(container.streams.video[0])
    run = deinterlaced(pictures(path, start, lost=lost))
    for number, (time, picture) in enumerate(_window(run, start, math.inf if end is None else end)):
        if chosen is not None and number not in chosen:
            continue
        frame = Frame(max(time, start), picture, converter, max_side)
        yield frame.converted() if max_side else frame


def _window(run: Iterator[Timed], start: float, end: float) -> Iterator[Timed]:
    """Yield pictures up to, not including, `end`; the first one in any case, and no flash of a last one."""
    before: float | None = None
    flash: Timed | None = None
    for time, picture in run:
        if before is not None and time >= end - MOMENT:
            return
        if flash is not None:
            yield flash
            flash = None
        if before is not None and is_flash(end - time, time - before):
            flash = time, picture  # not the last one, if another follows
        else:
            yield time, picture
        before = max(time, start)


def incoming_poster(film: Path) -> Path:
    """Return where the poster of a film is while the film is not yet in its place."""
    return film.with_suffix(".poster.jpg")


def poster(path: Path, at: float | None = None, *, max_side: int = POSTER_SIDE) -> bytes:
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


def poster_of(planes: NDArray[np.uint8]) -> bytes:
    """Return a picture that has not been encoded yet as the poster of its film.

    Args:
        planes: I420 of BT.709 in limited range, shape (height * 3 / 2, width).
    """
    from av.video.reformatter import Colorspace

    picture = framed(planes)
    scale = min(1.0, POSTER_SIDE / max(picture.width, picture.height))
    wide, tall = (max(2, 2 * round(side * scale / 2)) for side in (picture.width, picture.height))
    rgb = picture.reformat(wide, tall, "rgb24", src_colorspace=Colorspace.ITU709, interpolation="AREA")
    return jpeg(rgb.to_ndarray().astype("uint8", copy=False))
