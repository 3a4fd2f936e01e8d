"""Draw small pictures of a video at given times, and decode as few pictures as that takes.

Most of a video's pictures are told as changes to others; only key frames stand alone. Where there are enough of them,
a strip decodes nothing else: seek, decode the one key frame, flush, next. Where they are sparse, the pictures between
are decoded in order, without those no other picture needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sora_nb.errors import MediaError
from sora_nb.media.pixels import Converter, decoder_of, jpeg
from sora_nb.media.video import Frame, decoded, duration_of, open_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import av.container
    import av.packet
    import av.video.stream

    Check = Callable[[], None] | None
    Draw = Callable[[av.VideoFrame, float], Frame]

IN_ORDER = 120.0
"""Most seconds decoded in order for one strip; longer stretches show their key frames, however few."""


@dataclass(frozen=True)
class Filmstrip:
    """Pictures side by side in one JPEG.

    Attributes:
        sprite: the JPEG.
        times: seconds each picture stands for.
        width, height: pixels of one picture.
    """

    sprite: bytes
    times: tuple[float, ...]
    width: int
    height: int


def filmstrip(
    path: Path,
    count: int,
    start: float = 0.0,
    end: float | None = None,
    *,
    height: int = 64,
    check: Check = None,
) -> Filmstrip:
    """Draw a strip of evenly spaced pictures.

    Args:
        path: a local video file.
        count: how many pictures.
        start, end: seconds; None for the end of the file.
        height: pixels of each picture, as shown.
        check: called for every decoded picture; what it raises ends the work.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with open_video(path) as container:
        end = duration_of(container) if end is None else end
        step = (end - start) / count
        times = tuple(start + (number + 0.5) * step for number in range(count))
        strip = list(_pictures(container, times, _converter(container, height), check))
    if not strip:
        raise MediaError(f"{path.name!r} has no picture between {start:g} and {end:g} s.")
    strip += strip[-1:] * (count - len(strip))
    tall, wide = strip[0].rgb.shape[:2]
    return Filmstrip(jpeg(np.hstack([frame.rgb for frame in strip]), quality=80), times, wide, tall)


def key_frames(path: Path, times: Sequence[float], *, height: int) -> Iterator[Frame]:
    """Decode the key frames shown at, or last before, some times; each once.

    Args:
        path: a local video file.
        times: seconds, rising.
        height: pixels of each picture, as shown.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with open_video(path) as container:
        container.streams.video[0].thread_type = "SLICE"
        draw = _converter(container, height)
        last: int | None = None
        for packet in _key_packets(container, times):
            if packet.pts != last:
                last = packet.pts
                yield _decode_key(container, packet, draw, None)


def _pictures(
    container: av.container.InputContainer, times: Sequence[float], draw: Draw, check: Check
) -> Iterator[Frame]:
    """Yield the picture for each time, approximately: its key frame, or the reference picture at it."""
    keys = list(_key_packets(container, times))
    dense = len({packet.pts for packet in keys}) == len(times)
    if not dense and times[-1] - times[0] <= IN_ORDER:
        yield from _in_order(container, times, [packet.pts or 0 for packet in keys], draw, check)
        return
    container.streams.video[0].thread_type = "SLICE"
    shown: dict[int | None, Frame] = {}
    for packet in keys:
        if packet.pts not in shown:
            shown[packet.pts] = _decode_key(container, packet, draw, check)
        yield shown[packet.pts]


def _key_packets(container: av.container.InputContainer, times: Sequence[float]) -> Iterator[av.packet.Packet[Any]]:
    """Find the packet of the key frame at or last before each time; nothing is decoded."""
    stream = container.streams.video[0]
    for time in times:
        container.seek(int((time + _origin(stream)) / (stream.time_base or 1)), stream=stream)
        packet = next((packet for packet in container.demux(stream) if packet.is_keyframe and packet.size), None)
        if packet is not None:
            yield packet


def _decode_key(
    container: av.container.InputContainer, packet: av.packet.Packet[Any], draw: Draw, check: Check
) -> Frame:
    """Decode one key frame and nothing after it."""
    if check is not None:
        check()
    stream = container.streams.video[0]
    # the decoder keeps pictures back to put them in order; asking for the rest, then flushing, starts it afresh
    decoder = decoder_of(stream)
    pictures = decoder.decode(packet) or decoder.decode(None)
    decoder.flush_buffers()
    if not pictures:
        raise MediaError("A picture of the video is damaged.", hint="Convert it to MP4 (H.264) and try again.")
    return draw(pictures[0], _time(stream, packet.pts))


def _in_order(
    container: av.container.InputContainer, times: Sequence[float], keys: Sequence[int], draw: Draw, check: Check
) -> Iterator[Frame]:
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "NONREF"
    half = 0.5 / float(stream.average_rate or 25)
    pictures: Iterator[av.VideoFrame] = iter(())
    shown: av.VideoFrame | None = None
    for time, key in zip(times, keys, strict=True):
        if shown is None or (shown.pts or 0) < key:
            container.seek(key, stream=stream)
            pictures = decoded(container)
            shown = None
        while shown is None or _time(stream, shown.pts) + half < time:
            following = next(pictures, None)
            if following is None:
                break
            shown = following
            if check is not None:
                check()
        if shown is not None:
            yield draw(shown, _time(stream, shown.pts))


def _origin(stream: av.video.stream.VideoStream) -> float:
    return float((stream.start_time or 0) * (stream.time_base or 1))


def _time(stream: av.video.stream.VideoStream, stamp: int | None) -> float:
    return float((stamp or 0) * (stream.time_base or 1)) - _origin(stream)


def _converter(container: av.container.InputContainer, height: int) -> Draw:
    converter = Converter(container.streams.video[0])

    def draw(picture: av.VideoFrame, time: float) -> Frame:
        return Frame(time, converter.rgb(picture, height=height))

    return draw
