"""Encode segments of a video independently, and join them with the sound into an MP4, packet by packet."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.codec.context import CodecContext, Flags

from sora_nb.engines.draw.sound import RATE as SOUND_RATE
from sora_nb.media.colours import SMPTE170M, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

    from sora_nb.engines.draw.scenes.noise import Pixels

# one thread: with more, x264 spreads its bits differently from run to run
X264 = {"preset": "superfast", "crf": "21", "threads": "1"}
SOUND_BITS = 128_000
"""Bits a second of the sound."""
AAC_FRAME = 1024
"""Samples in one frame of AAC."""


@dataclass(frozen=True)
class Segment:
    """A few encoded pictures that need no others: (presentation index, decoding index, is key, bytes) in decoding order."""

    packets: tuple[tuple[int, int, bool, bytes], ...]
    pictures: int


def _configure(codec: VideoCodecContext, width: int, height: int, fps: int) -> None:
    codec.width, codec.height = width, height
    codec.pix_fmt = "yuv420p"
    codec.framerate = Fraction(fps)
    codec.time_base = Fraction(1, fps)
    codec.options = {**X264, "g": str(10 * fps)}
    tag(codec, SMPTE170M)  # OpenCV converts to YUV by the matrix of BT.601, in limited range


def encode(pictures: Iterable[Pixels], width: int, height: int, fps: int) -> Segment:
    """Encode pictures, I420 of shape (height * 3 / 2, width), as one closed group."""
    codec = CodecContext.create("libx264", "w")
    _configure(codec, width, height, fps)
    codec.flags |= Flags.global_header
    packets = []
    count = 0
    for count, picture in enumerate(pictures, 1):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts = count - 1
        frame.time_base = Fraction(1, fps)
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return Segment(tuple((_index(p.pts), _index(p.dts), bool(p.is_keyframe), bytes(p)) for p in packets), count)


def _index(stamp: int | None) -> int:
    if stamp is None:
        raise RuntimeError("x264 returned a packet without a time stamp.")
    return stamp


def join(
    segments: Sequence[Segment],
    sound: NDArray[np.float32],
    out: Path,
    *,
    width: int,
    height: int,
    fps: int,
    title: str,
    comment: str,
) -> None:
    """Write segments and sound as one MP4.

    Args:
        segments: in order; made by encode() with the same width, height and fps.
        sound: stereo at SOUND_RATE, shape (samples, 2), -1 to 1.
        out: the file.
        width: pixels.
        height: pixels.
        fps: pictures a second.
        title: written into the file.
        comment: written into the file.
    """
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        target.metadata["title"] = title
        target.metadata["comment"] = comment
        video = target.add_stream("libx264", rate=fps)
        _configure(video.codec_context, width, height, fps)
        audio = target.add_stream("aac", rate=SOUND_RATE, layout="stereo", options={"aac_coder": "fast"})
        audio.bit_rate = SOUND_BITS
        # the encoders of the streams are opened now, because packets made elsewhere do not open them
        target.start_encoding()
        for packet in heapq.merge(_video(segments, video, fps), _audio(sound, audio), key=_seconds):
            target.mux(packet)


def _seconds(packet: av.Packet[Any]) -> float:
    return float((packet.dts or 0) * packet.time_base)


def _video(segments: Sequence[Segment], stream: av.VideoStream, fps: int) -> Iterator[av.Packet[Any]]:
    start = 0
    for segment in segments:
        for shown, decoded, key, data in segment.packets:
            packet = av.Packet(data)
            packet.stream = stream
            packet.time_base = Fraction(1, fps)
            packet.pts = start + shown
            packet.dts = start + decoded
            packet.duration = 1
            packet.is_keyframe = key
            yield packet
        start += segment.pictures


def _audio(sound: NDArray[np.float32], stream: av.AudioStream) -> Iterator[av.Packet[Any]]:
    for start in range(0, len(sound), AAC_FRAME):
        block = np.ascontiguousarray(sound[start : start + AAC_FRAME].T, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SOUND_RATE)
        yield from stream.encode(frame)
    yield from stream.encode(None)
