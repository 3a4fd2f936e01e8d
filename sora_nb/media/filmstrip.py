"""Draw small pictures of a video at given times, and decode as few pictures as that takes.

Most of a video's pictures are told as changes to others; only key frames stand alone. A strip begins with them: seek,
decode the one key frame, flush, next. Where several pictures of a strip have the same key frame, those after it are
decoded in order, without those no other picture needs; of a long film, whose strip nobody looks at that closely, they
are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.errors import MediaError
from sora_nb.media.clock import MOMENT, Clock
from sora_nb.media.container import open_video
from sora_nb.media.pixels import Converter, decoder_of, jpeg
from sora_nb.media.seeking import key_packet, key_spans, pictures, stands_alone, time_of
from sora_nb.media.timing import END, length_of, rate_of, told_end
from sora_nb.media.video import POSTER_SIDE, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import av.container
    from numpy.typing import NDArray

    from sora_nb.media.arriving import Arriving
    from sora_nb.media.seeking import Packet

    Check = Callable[[], None] | None
    Thumb = NDArray[np.uint8]

IN_ORDER = 40.0
"""Most seconds of a strip whose pictures are decoded in order; that of a longer stretch shows key frames, however few."""


@dataclass(frozen=True)
class Filmstrip:
    """Pictures side by side in one JPEG.

    Attributes:
        sprite: the JPEG.
        times: seconds each picture stands for.
        width, height: pixels of one picture.
        exact: whether each shows what is seen at its time, as far as others need it; else some show the key frame before.
    """

    sprite: bytes
    times: tuple[float, ...]
    width: int
    height: int
    exact: bool = True


@dataclass(frozen=True)
class Glance:
    """What a film looks like, before it is here.

    Attributes:
        strip: of its key frames.
        duration: seconds, as its header tells.
        poster: the first of these that can be decoded, as a JPEG.
    """

    strip: Filmstrip
    duration: float
    poster: bytes


def glance(film: Arriving, count: int, *, height: int) -> Glance:
    """Draw a strip of a film on its way, and bring no more of it for that than its index and some key frames.

    Args:
        film: the film.
        count: how many pictures.
        height: pixels of each picture, as shown.

    Raises:
        MediaError: it cannot be read as a video, or does not tell its length.
        ConnectionError: it does not come.
        SoraError: it cannot be had.
    """
    from av.stream import Discard

    with open_video(film) as container:
        clock = Clock.of(container)
        end = told_end(container, clock)
        if not 0 < end < END:
            raise MediaError(f"{film.name!r} does not tell how long it is.")
        times = _evenly(0.0, end, count)
        for other in container.streams:
            if other is not container.streams.video[0]:
                other.discard = Discard.all  # it lies between the pictures
        film.ask(key_spans(container, clock, times))
        converter = Converter(container.streams.video[0])
        _, thumbs = _at_key_frames(container, times, converter, height, None)
        keys = filter(None, (key_packet(container, clock, time) for time in times))
        first = next(filter(None, (_decode_key(container, packet) for packet in keys)), None)
    found = _filled(thumbs)
    if not found or first is None:
        raise MediaError(f"{film.name!r} has no key frame that can be decoded.")
    return Glance(_joined(found, times, exact=False), end, jpeg(converter.rgb(first, max_side=POSTER_SIDE)))


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
    *_, last = filmstrips(path, count, start, end, height=height, check=check)
    return last


def filmstrips(
    path: Path,
    count: int,
    start: float = 0.0,
    end: float | None = None,
    *,
    height: int = 64,
    check: Check = None,
) -> Iterator[Filmstrip]:
    """Draw a strip of key frames, which is there soon, then the exact one, unless that is the same or would take long.

    Args:
        path, count, start, end, height, check: as of filmstrip().

    Raises:
        MediaError: the file cannot be read as a video.
    """
    # opened once: what FFmpeg reads to open a file costs as much as a picture
    with open_video(path) as container:
        converter = Converter(container.streams.video[0])
        end = length_of(path, container, rate_of(path, container)) if end is None else end
        times = _evenly(start, end, count)
        keys, thumbs = _at_key_frames(container, times, converter, height, check)
    # some containers do not tell of the last key frame before a time
    near = [key is not None and time - key <= (end - start) / count for key, time in zip(keys, times, strict=True)]
    exact = len({*keys} - {None}) == count and _whole(thumbs) and all(near)
    found = _filled(thumbs)
    if found:
        yield _joined(found, times, exact=exact)
    if exact or (found and end - start > IN_ORDER):
        return
    shown = _filled(list(_exact(path, times, keys, thumbs, converter, height, check, near)))
    if not shown:
        raise MediaError(f"{path.name!r} has no picture between {start:g} and {end:g} s.")
    yield _joined(shown, times, exact=True)


class Picker:
    """Picks the pictures of a strip out of those that somebody else looks at.

    Args:
        start, end: seconds of the strip.
        count: how many pictures.
        height: pixels of each picture, as shown.
    """

    def __init__(self, start: float, end: float, count: int, *, height: int = 64) -> None:
        self._times = _evenly(start, end, count)
        self._height = height
        self._thumbs: list[Thumb | None] = []

    def watching(self, pictures: Iterable[Frame]) -> Iterator[Frame]:
        """Pass on pictures, which come in the order of their times."""
        shown: Frame | None = None
        for picture in pictures:
            while shown is not None and self._is_due(picture.time - 2 * MOMENT):
                self._take(shown)
            shown = picture
            yield picture
        while shown is not None and self._is_due(self._times[-1]):
            self._take(shown)

    def _is_due(self, time: float) -> bool:
        return len(self._thumbs) < len(self._times) and self._times[len(self._thumbs)] <= time

    def _take(self, shown: Frame) -> None:
        self._thumbs.append(replace(shown, max_side=None, height=self._height).rgb)

    def strip(self) -> Filmstrip:
        """Return the strip, once the last picture was passed on; there was one."""
        return _joined(_filled(self._thumbs), self._times, exact=True)


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
        _use_one_thread(container)
        clock = Clock.of(container)
        converter = Converter(container.streams.video[0])
        last: int | None = None
        for time in times:
            packet = key_packet(container, clock, time)
            if packet is not None and packet.pts != last:
                last = packet.pts
                decoded = _decode_key(container, packet)
                if decoded is not None:
                    yield Frame(time_of(packet, clock) or 0.0, decoded, converter, height=height)


def _at_key_frames(
    container: av.container.InputContainer, times: Sequence[float], converter: Converter, height: int, check: Check
) -> tuple[list[float | None], list[Thumb | None]]:
    """Find each time's key frame; return when these are shown, and their small pictures; None where there is none."""
    _use_one_thread(container)
    clock = Clock.of(container)
    keys: list[float | None] = []
    shown: dict[float | None, Thumb | None] = {None: None}
    for time in times:
        if check is not None:
            check()
        packet = key_packet(container, clock, time)
        key = None if packet is None else time_of(packet, clock)
        keys.append(key)
        if packet is not None and key not in shown:
            decoded = _decode_key(container, packet)
            shown[key] = None if decoded is None else converter.rgb(decoded, height=height)
    return keys, [shown[key] for key in keys]


def _use_one_thread(container: av.container.InputContainer) -> None:
    """Have pictures decoded one at a time: threads of a single picture cost more than they save."""
    container.streams.video[0].codec_context.thread_count = 1


def _decode_key(container: av.container.InputContainer, packet: Packet) -> av.VideoFrame | None:
    """Decode one key frame and nothing after it; return None where it is damaged, or only called one."""
    import av

    decoder = decoder_of(container.streams.video[0])
    try:
        # the decoder keeps pictures back to put them in order; asking for the rest, then flushing, starts it afresh
        decoded = decoder.decode(packet) or decoder.decode(None)
    except av.error.FFmpegError:
        decoded = []
    decoder.flush_buffers()
    return decoded[0] if decoded and stands_alone(decoded[0]) else None


def _exact(
    path: Path,
    times: Sequence[float],
    keys: Sequence[float | None],
    thumbs: Sequence[Thumb | None],
    converter: Converter,
    height: int,
    check: Check,
    near: Sequence[bool],
) -> Iterator[Thumb | None]:
    """Yield the pictures that stand for their times: a key frame where no other one has it, else those after it."""
    # where a key frame is damaged, or none is told of, only what is decoded in order is sure to be right
    whole = None not in keys and _whole(thumbs)
    for _, group in groupby(range(len(times)), key=lambda number: keys[number] if whole else None):
        run = list(group)
        if len(run) == 1 and whole and near[run[0]]:
            yield thumbs[run[0]]
        else:
            yield from _in_order(path, [times[number] for number in run], converter, height, check)


def _in_order(
    path: Path, times: Sequence[float], converter: Converter, height: int, check: Check
) -> Iterator[Thumb | None]:
    """Decode the pictures that others need, from one time to the next."""
    run = pictures(path, times[0], quick=True)
    shown, following = next(run, None), next(run, None)
    for time in times:
        while following is not None and following[0] <= time + MOMENT:
            shown, following = following, next(run, None)
            if check is not None:
                check()
        if check is not None:
            check()
        yield None if shown is None else converter.rgb(shown[1], height=height)


def _evenly(start: float, end: float, count: int) -> tuple[float, ...]:
    step = (end - start) / count
    return tuple(start + (number + 0.5) * step for number in range(count))


def _whole(thumbs: Sequence[Thumb | None]) -> bool:
    return all(thumb is not None for thumb in thumbs)


def _filled(strip: list[Thumb | None]) -> list[Thumb]:
    """Put the picture before in the place of one that is missing, and the first one in front; [] where there is none."""
    shown = next((thumb for thumb in strip if thumb is not None), None)
    filled = []
    for thumb in strip:
        shown = shown if thumb is None else thumb
        if shown is not None:
            filled.append(shown)
    return filled


def _joined(thumbs: Sequence[Thumb], times: tuple[float, ...], *, exact: bool) -> Filmstrip:
    tall, wide = thumbs[0].shape[:2]
    return Filmstrip(jpeg(np.hstack(thumbs), quality=80), times, wide, tall, exact)
