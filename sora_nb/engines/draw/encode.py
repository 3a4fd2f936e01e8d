"""Encode pictures and sound to an MP4 (H.264, AAC)."""

from __future__ import annotations

import heapq
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from sora_nb.engines.draw.sound import RATE as SOUND_RATE
from sora_nb.media.colours import tag
from sora_nb.media.pixels import framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.media.miniature import Miniature

X264 = {"preset": "superfast", "crf": "21", "x264-params": "b-adapt=0:scenecut=0"}
"""A film is one shot: x264 need not look ahead for cuts, which would take a sixth of its time."""
SLICES = 4
"""Threads of x264, which divide every picture among them. The bytes depend on their number, so it is not the machine's."""
KEY_SECONDS = 30
"""Most time between two key pictures. Each is seen to come, as all grain changes with it: films of usual length have one."""
SOUND_BITS = 128_000
"""Bits a second of the sound."""
AAC_FRAME = 1024
"""Samples in one frame of AAC."""


def write(
    pictures: Iterable[Pixels],
    sound: NDArray[np.float32],
    out: Path,
    *,
    width: int,
    height: int,
    fps: int,
    title: str,
    comment: str,
    small: Miniature | None = None,
) -> None:
    """Encode pictures, as they come, and their sound to an MP4.

    Args:
        pictures: I420 of BT.709 in limited range, shape (height * 3 / 2, width), in order.
        sound: stereo at SOUND_RATE, shape (samples, 2), -1 to 1.
        out: the file.
        width: pixels.
        height: pixels.
        fps: pictures a second.
        title: written into the file.
        comment: written into the file.
        small: takes the same pictures.
    """
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        target.metadata["title"] = title
        target.metadata["comment"] = comment
        video = target.add_stream("libx264", rate=fps, options={**X264, "g": str(KEY_SECONDS * fps)})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.thread_type, video.thread_count = "SLICE", SLICES
        tag(video.codec_context)
        audio = target.add_stream("aac", rate=SOUND_RATE, layout="stereo", options={"aac_coder": "fast"})
        audio.bit_rate = SOUND_BITS
        for packet in heapq.merge(_video(pictures, video, small), _audio(sound, audio), key=_seconds):
            target.mux(packet)


def _seconds(packet: av.Packet[Any]) -> float:
    return float((packet.dts or 0) * packet.time_base)


def _video(pictures: Iterable[Pixels], stream: av.VideoStream, small: Miniature | None) -> Iterator[av.Packet[Any]]:
    for number, picture in enumerate(pictures):
        frame = framed(picture)
        frame.pts = number
        frame.time_base = 1 / Fraction(stream.codec_context.framerate)
        yield from stream.encode(frame)
        if small is not None:
            small.add(frame, number * frame.time_base)
    yield from stream.encode(None)


def _audio(sound: NDArray[np.float32], stream: av.AudioStream) -> Iterator[av.Packet[Any]]:
    for start in range(0, len(sound), AAC_FRAME):
        block = np.ascontiguousarray(sound[start : start + AAC_FRAME].T, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SOUND_RATE)
        yield from stream.encode(frame)
    yield from stream.encode(None)
