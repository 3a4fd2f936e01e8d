"""Encode pictures and sound to an MP4 (H.264, AAC)."""

from __future__ import annotations

import heapq
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.codec.context import Flags

from sora_nb.engines.draw.parts import LONGEST, PART_SECONDS, Coded
from sora_nb.engines.draw.sound import RATE as SOUND_RATE
from sora_nb.media.colours import tag
from sora_nb.media.pixels import framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.draw.scenes.noise import Pixels
    from sora_nb.media.miniature import Miniature

X264 = {"preset": "superfast", "crf": "21", "x264-params": "b-adapt=0:scenecut=0"}
"""A film is one shot: x264 need not look ahead for cuts, which would take a sixth of its time."""
SLICES = 4
"""Threads of x264, which divide every picture among them. The bytes depend on their number, so it is not the machine's."""
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
    parts: Sequence[range] = (),
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
        parts: the numbers of the pictures of each part, as of parts.divide(); () for one part.
        small: takes the same pictures.
    """
    coming = iter(pictures)
    pieces: list[Iterator[Pixels]] = [*(islice(coming, len(piece)) for piece in parts[:-1]), coming]
    coded = (part(piece, width=width, height=height, fps=fps, small=small) for piece in pieces)
    join(coded, parts, sound, out, width=width, height=height, fps=fps, title=title, comment=comment)


def part(
    pictures: Iterable[Pixels], *, width: int, height: int, fps: int, small: Miniature | None = None
) -> Iterator[Coded]:
    """Encode the pictures of one part, as they come; see write()."""
    encoder = _set(av.CodecContext.create("libx264", "w"), width, height, fps)
    encoder.flags |= Flags.global_header
    for number, picture in enumerate(pictures):
        frame = framed(picture)
        frame.pts = number
        frame.time_base = 1 / Fraction(fps)
        yield from map(_coded, encoder.encode(frame))
        if small is not None:
            small.add(frame, number * frame.time_base)
    yield from map(_coded, encoder.encode(None))


def join(
    coded: Iterable[Iterable[Coded]],
    parts: Sequence[range],
    sound: NDArray[np.float32],
    out: Path,
    *,
    width: int,
    height: int,
    fps: int,
    title: str,
    comment: str,
) -> None:
    """Write parts, as they come, and their sound to an MP4: the bytes depend on nothing else.

    Args:
        coded: each as of part().
        parts, sound, out, width, height, fps, title, comment: as of write().
    """
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        target.metadata["title"] = title
        target.metadata["comment"] = comment
        video = target.add_stream("libx264", rate=fps)  # its own encoder tells the header what the others write
        _set(video.codec_context, width, height, fps)
        audio = target.add_stream("aac", rate=SOUND_RATE, layout="stereo", options={"aac_coder": "fast"})
        audio.bit_rate = SOUND_BITS
        shown = _placed(coded, [piece.start for piece in parts] or [0], video, fps)
        for packet in heapq.merge(shown, _audio(sound, audio), key=_seconds):
            target.mux(packet)


def _set(encoder: av.VideoCodecContext, width: int, height: int, fps: int) -> av.VideoCodecContext:
    """Tell an encoder of H.264 what comes, and how it is encoded."""
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(fps), 1 / Fraction(fps)
    encoder.options = X264 | {
        "g": str(LONGEST * PART_SECONDS * fps)
    }  # the first picture of a part is its only key picture
    encoder.thread_type, encoder.thread_count = "SLICE", SLICES
    tag(encoder)
    return encoder


def _seconds(packet: av.Packet[Any]) -> float:
    return float((packet.dts or 0) * packet.time_base)


def _coded(packet: av.Packet[Any]) -> Coded:
    return Coded(bytes(packet), packet.pts or 0, packet.dts or 0, packet.is_keyframe)


def _placed(
    coded: Iterable[Iterable[Coded]], starts: Sequence[int], stream: av.VideoStream, fps: int
) -> Iterator[av.Packet[Any]]:
    """Return coded pictures where they are in the whole film."""
    for start, pictures in zip(starts, coded, strict=True):
        for one in pictures:
            packet: av.Packet[Any] = av.Packet(one.data)
            packet.pts, packet.dts, packet.time_base = start + one.shown, start + one.decoded, 1 / Fraction(fps)
            packet.is_keyframe = one.key
            packet.stream = stream
            yield packet


def _audio(sound: NDArray[np.float32], stream: av.AudioStream) -> Iterator[av.Packet[Any]]:
    for start in range(0, len(sound), AAC_FRAME):
        block = np.ascontiguousarray(sound[start : start + AAC_FRAME].T, np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = start
        frame.time_base = Fraction(1, SOUND_RATE)
        yield from stream.encode(frame)
    yield from stream.encode(None)
