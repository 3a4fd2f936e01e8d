"""Draw small pictures of a video at given times, and decode as few pictures as that takes.

Most of a video's pictures are told as changes to others; only key frames stand alone. Where there are enough of them,
a strip decodes nothing else: seek, decode the one key frame, flush, next. Where they are sparse, the pictures between
are decoded in order, without those no other picture needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.errors import MediaError
from sora_nb.media.clock import MOMENT, Clock
from sora_nb.media.container import open_video
from sora_nb.media.pixels import Converter, decoder_of, jpeg
from sora_nb.media.seeking import key_packet, pictures, stands_alone, time_of
from sora_nb.media.timing import length_of, rate_of
from sora_nb.media.video import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import av
    import av.container

    from sora_nb.media.seeking import Packet, Timed

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
    # opened once: what FFmpeg reads to open a file costs as much as a picture
    with open_video(path) as container:
        draw = _converter(container, height)
        end = length_of(path, container, rate_of(path, container)) if end is None else end
        step = (end - start) / count
        times = tuple(start + (number + 0.5) * step for number in range(count))
        strip = _filled(_pictures(path, container, times, draw, check))
    if not strip:
        raise MediaError(f"{path.name!r} has no picture between {start:g} and {end:g} s.")
    tall, wide = strip[0].rgb.shape[:2]
    return Filmstrip(jpeg(np.hstack([frame.rgb for frame in strip]), quality=80), times, wide, tall)


def key_frames(path: Path, times: Sequence[float], *, height: int) -> Iterator[Frame]:
    """Decode the key frames shown at, or last before, some times; each once. A damaged one is left out.

    Args:
        path: a local video file.
        times: seconds, rising.
        height: pixels of each picture, as shown.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with open_video(path) as container:
        container.streams.video[0].thread_type = "SLICE"
        clock = Clock.of(container)
        draw = _converter(container, height)
        last: int | None = None
        for time in times:
            packet = key_packet(container, clock, time)
            if packet is not None and packet.pts != last:
                last = packet.pts
                frame = _decode_key(container, clock, packet, draw)
                if frame is not None:
                    yield frame


def _pictures(
    path: Path, container: av.container.InputContainer, times: Sequence[float], draw: Draw, check: Check
) -> list[Frame | None]:
    """Draw the picture for each time, approximately: its key frame, or the picture at it that others need."""
    clock = Clock.of(container)
    packets = [key_packet(container, clock, time) for time in times]
    keys = [None if packet is None else time_of(packet, clock) for packet in packets]
    dense = None not in keys and len(set(keys)) == len(times)
    if not dense and (times[-1] - times[0] <= IN_ORDER or None in keys):
        return list(_in_order(path, times, keys, draw, check))
    container.streams.video[0].thread_type = "SLICE"
    shown: dict[float | None, Frame | None] = {}
    for key, packet in zip(keys, packets, strict=True):
        if check is not None:
            check()
        if packet is not None and key not in shown:
            shown[key] = _decode_key(container, clock, packet, draw)
    found = [shown.get(key) for key in keys]
    if None in found and times[-1] - times[0] <= IN_ORDER:
        return list(_in_order(path, times, [None] * len(times), draw, check))
    return found


def _decode_key(container: av.container.InputContainer, clock: Clock, packet: Packet, draw: Draw) -> Frame | None:
    """Decode one key frame and nothing after it; return None where it is damaged, or only called one."""
    import av

    decoder = decoder_of(container.streams.video[0])
    try:
        # the decoder keeps pictures back to put them in order; asking for the rest, then flushing, starts it afresh
        decoded = decoder.decode(packet) or decoder.decode(None)
    except av.error.FFmpegError:
        decoded = []
    decoder.flush_buffers()
    alone = bool(decoded) and stands_alone(decoded[0])
    return draw(decoded[0], time_of(packet, clock) or 0.0) if alone else None


def _in_order(
    path: Path, times: Sequence[float], keys: Sequence[float | None], draw: Draw, check: Check
) -> Iterator[Frame | None]:
    """Decode the pictures that others need, from one time to the next; over the stretches that end at a key frame."""
    run: Iterator[Timed] = iter(())
    shown: Timed | None = None
    following: Timed | None = None
    for time, key in zip(times, keys, strict=True):
        if shown is None or (key is not None and key > shown[0] + MOMENT):
            run = pictures(path, time, quick=True)
            shown, following = next(run, None), next(run, None)
        while following is not None and following[0] <= time + MOMENT:
            shown, following = following, next(run, None)
            if check is not None:
                check()
        if check is not None:
            check()
        yield None if shown is None else draw(shown[1], shown[0])


def _filled(strip: list[Frame | None]) -> list[Frame]:
    """Put the picture before in the place of one that is missing, and the first one in front; [] where there is none."""
    shown = next((frame for frame in strip if frame is not None), None)
    filled = []
    for frame in strip:
        shown = frame or shown
        if shown is not None:
            filled.append(shown)
    return filled


def _converter(container: av.container.InputContainer, height: int) -> Draw:
    converter = Converter(container.streams.video[0])

    def draw(picture: av.VideoFrame, time: float) -> Frame:
        return Frame(time, converter.rgb(picture, height=height))

    return draw
