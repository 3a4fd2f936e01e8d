"""Find the pictures and the sound of a time exactly, whatever a container's own seek does.

A seek lands at the key frame before a time where the file has an index. In transport streams it lands anywhere near, in
others on a picture that needs one before it. So whoever decodes from a time looks where it landed, and goes back, twice as far
each time, until a frame at or before that time comes out of the decoder, or the file's first one does.
"""

from __future__ import annotations

import heapq
import itertools
import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sora_nb.media.clock import MOMENT, SECOND, Clock
from sora_nb.media.container import container_name, open_video, sound_tracks
from sora_nb.media.pixels import decoder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import av
    import av.container
    import av.packet
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

    Packet: TypeAlias = av.packet.Packet[Any]
    Timed: TypeAlias = tuple[float, Any]

GOP_BYTES = 64 * 1024**2
"""Most bytes read ahead in search of a later key frame."""
NEAR = 10.0
"""A key frame that an index gave is believed to be the last one before a time up to so many seconds before it."""
LATE = 1.0
"""Seconds that a picture may be stored before or behind its place in the order of time."""
READ_ERRORS = 100
"""Most errors while reading a file, before the rest of it is given up."""
DISORDER = 4
"""Pictures looked ahead where the order of time stamps is not that of the pictures."""
FLASH = 0.05
"""Seconds of a last picture that nobody sees."""
_INDEXED = ("mp4", "matroska", "avi", "flv")
"""FFmpeg's names of the containers that may have an index of key frames."""


@dataclass(frozen=True)
class Attempt:
    """Packets of a film from a place on.

    Attributes:
        stream: whose they are.
        clock: the film's.
        packets: in the order in which they are stored.
        last: whether there is no earlier place.
    """

    stream: VideoStream | AudioStream
    clock: Clock
    packets: Iterator[Packet]
    last: bool = False


def is_flash(shown: float, usual: float) -> bool:
    """Whether a last picture is seen so shortly that it is left out: for less than half its time.

    Args:
        shown: seconds until the end of the window.
        usual: seconds from the picture before to this one.
    """
    return shown <= min(usual / 2, FLASH) + MOMENT


def packets(container: av.container.InputContainer, stream: VideoStream | AudioStream) -> Iterator[Packet]:
    """Read the packets of one stream from where the file stands; what cannot be read is passed over.

    The last one is empty: it makes a decoder give back what it keeps.
    """
    import av

    for _ in range(READ_ERRORS):
        try:
            yield from container.demux(stream)
        except av.error.FFmpegError:
            continue
        return
    end = av.Packet()
    end.stream, end.time_base = stream, stream.time_base or SECOND
    yield end


def time_of(packet: Packet, clock: Clock) -> float | None:
    """Return the second at which what is in a packet is presented, or None where the file does not tell."""
    stamp = packet.dts if packet.pts is None else packet.pts
    return None if stamp is None else clock.seconds(stamp, packet.time_base)


def attempts(path: Path, time: float, *, sound: bool = False) -> Iterator[Attempt]:
    """Read a file's packets from the last key frame at or before a time on, then from ever earlier places.

    Args:
        path: a local video file.
        time: seconds.
        sound: read the first sound track, not the pictures.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    with _open(path, sound) as (container, stream):
        clock = Clock.of(container)
        begins = clock.seconds(stream.start_time or 0, stream.time_base)
        if time <= begins:
            yield Attempt(stream, clock, packets(container, stream), last=True)
            return
        back = 0.0
        while time - back > begins and land(container, clock, time - back + MOMENT):
            run = from_key(packets(container, stream), clock, time)
            head = next(run, None)
            if head is not None:
                yield Attempt(stream, clock, itertools.chain([head], run))
            back = max(1.0, 2 * back)
    # as it was opened, a file stands at its first packet; not all can be made to go back there
    for last in (False, True):
        with _open(path, sound) as (container, stream):
            run = packets(container, stream)
            yield Attempt(stream, clock, run if last else from_key(run, clock, time, anyhow=True), last=last)


@contextmanager
def _open(path: Path, sound: bool) -> Iterator[tuple[av.container.InputContainer, VideoStream | AudioStream]]:
    with open_video(path) as container:
        yield container, sound_tracks(container)[0] if sound else container.streams.video[0]


def land(container: av.container.InputContainer, clock: Clock, time: float) -> bool:
    """Seek to about a time, by the pictures, which more indexes know than sound; return whether that was possible."""
    import av

    stream = container.streams.video[0]
    try:
        container.seek(clock.stamp(time, stream.time_base), stream=stream)
    except av.error.FFmpegError:
        return False
    return True


def from_key(run: Iterator[Packet], clock: Clock, time: float, *, anyhow: bool = False) -> Iterator[Packet]:
    """Leave out what comes before the last key frame at or before a time.

    Args:
        run: packets as they are stored.
        clock: the film's.
        time: seconds.
        anyhow: yield the packets where there is no such key frame, too; otherwise nothing is.
    """
    kept: list[Packet] = []
    size = 0
    for packet in run:
        at = time_of(packet, clock)
        if packet.is_keyframe and at is not None and at <= time + MOMENT:
            kept.clear()
            size = 0
            anyhow = True
        kept.append(packet)
        size += packet.size
        passed = packet.dts is not None and clock.seconds(packet.dts, packet.time_base) > time + MOMENT
        if passed or size > GOP_BYTES:
            break
    if anyhow:
        yield from kept
        yield from run


def key_packet(container: av.container.InputContainer, clock: Clock, time: float) -> Packet | None:
    """Find the packet of the last key frame at or before a time, or of the first one of all; nothing is decoded.

    Returns:
        It, or None where the file can only be read from its beginning.
    """
    stream = container.streams.video[0]
    begins = clock.seconds(stream.start_time or 0, stream.time_base)
    indexed = container.format.name in _INDEXED
    back = 0.0
    while time - back > begins and land(container, clock, time - back + MOMENT):
        run = packets(container, stream)
        first = next((packet for packet in run if packet.is_keyframe and packet.size), None)
        at = None if first is None else time_of(first, clock)
        if first is not None and at is not None and at <= time + MOMENT:
            if indexed and at > time - NEAR:
                return first
            return next(from_key(itertools.chain([first], run), clock, time))
        back = max(1.0, 2 * back)
    if not land(container, clock, begins - LATE):
        return None
    return next((packet for packet in packets(container, stream) if packet.is_keyframe and packet.size), None)


def key_spans(container: av.container.InputContainer, clock: Clock, times: Sequence[float]) -> list[tuple[int, int]]:
    """Return where in its file the key frames at, or last before, some times are, as far as an index tells that.

    Returns:
        The first byte of each, and the one behind its last.
    """
    stream = container.streams.video[0]
    index = stream.index_entries
    stamps = [clock.stamp(time + MOMENT, stream.time_base) for time in times]
    numbers = {index.search_timestamp(stamp) for stamp in stamps}
    return [(index[number].pos, index[number].pos + index[number].size) for number in sorted(numbers) if number >= 0]


def decoded(attempt: Attempt, lost: list[float] | None = None) -> Iterator[Timed]:
    """Decode packets to frames and their seconds, in the order in which they are presented.

    Args:
        attempt: where to read.
        lost: takes the seconds of packets that are damaged; each is left out.
    """
    import av

    unit = attempt.stream.time_base or SECOND
    decoder = decoder_of(attempt.stream)
    expected = 0.0
    for packet in attempt.packets:
        try:
            frames = decoder.decode(packet)
        except av.error.FFmpegError:
            if lost is not None:
                lost.append(time_of(packet, attempt.clock) or expected)
            continue
        for frame in frames:
            stamp = frame.dts if frame.pts is None else frame.pts
            time = expected if stamp is None else attempt.clock.seconds(stamp, unit)
            expected = time + float(frame.duration * unit)
            yield time, frame


def stands_alone(picture: av.VideoFrame) -> bool:
    """Whether a decoded picture needs none before it; some files call each of their packets a key frame."""
    from av.video.frame import PictureType

    return picture.key_frame or picture.pict_type == PictureType.I


def frames_from(
    path: Path, time: float, *, sound: bool = False, quick: bool = False, lost: list[float] | None = None
) -> Iterator[Timed]:
    """Decode a film from the last frame at or before a time on; from its first one where it begins later.

    Args:
        path: a local video file.
        time: seconds.
        sound: decode the first sound track, not the pictures.
        quick: leave out pictures that no other one needs.
        lost: takes the seconds of packets that are damaged; each is left out.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    lost = [] if lost is None else lost
    for attempt in attempts(path, time, sound=sound):
        lost.clear()
        if quick:
            attempt.stream.codec_context.skip_frame = "NONREF"
        run = decoded(attempt, lost)
        head = next(run, None)
        if head is not None and (attempt.last or (head[0] <= time + MOMENT and (sound or stands_alone(head[1])))):
            yield head
            yield from run
            return


def pictures(path: Path, start: float, *, quick: bool = False, lost: list[float] | None = None) -> Iterator[Timed]:
    """Decode the picture on screen at a time, then those that follow, each with its own time; times rise.

    Where the film shows nothing yet at that time, its first picture comes first.

    Args:
        path: a local video file.
        start: seconds.
        quick: leave out pictures that no other one needs.
        lost: takes the seconds of packets that are damaged; each is left out.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    shown: Timed | None = None
    run = frames_from(path, start, quick=quick, lost=lost)
    for time, picture in _in_order(run, stamps_alone=container_name(path) == "avi"):
        if time > start + MOMENT:
            if shown is not None:
                yield shown
            shown = None
            yield time, picture
        else:
            shown = time, picture
    if shown is not None:
        yield shown


def _in_order(run: Iterator[Timed], *, stamps_alone: bool) -> Iterator[Timed]:
    """Put pictures in the order of their times, looking ahead wherever one comes later than usual.

    Args:
        run: pictures as the decoder gave them.
        stamps_alone: the pictures are in order, and the stamps alone are not: an AVI has those of decoding.
    """
    last, usual = -math.inf, math.inf
    times: list[tuple[float, int]] = []
    waiting: dict[int, Any] = {}
    for number, (time, picture) in enumerate(run):
        if time > last:
            heapq.heappush(times, (time, number))
            waiting[number] = picture
        while times and (len(times) > DISORDER or times[0][0] <= last + 1.5 * usual):
            shown, place = heapq.heappop(times)
            yield shown, waiting.pop(min(waiting) if stamps_alone else place)
            usual, last = min(usual, shown - last), shown
    for shown, place in sorted(times):
        yield shown, waiting.pop(min(waiting) if stamps_alone else place)


def picture_times(path: Path, start: float, end: float) -> list[float]:
    """List the times of the pictures shown from `start` up to, not including, `end`, from what the file tells of them.

    Nothing is decoded: a picture that is damaged is listed. The first one may have come before `start`.

    Args:
        path: a local video file.
        start, end: seconds.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    for attempt in attempts(path, start):
        times: list[float] = []
        for packet in attempt.packets:
            at = time_of(packet, attempt.clock)
            if at is None or not packet.size or packet.is_discard:
                continue
            times.append(at)
            stored = at - LATE if packet.dts is None else attempt.clock.seconds(packet.dts, packet.time_base)
            if stored >= end:
                break
        shown = max((time for time in times if time <= start + MOMENT), default=None)
        if shown is not None or attempt.last:
            first = min(times, default=start) if shown is None else shown
            listed = sorted({first, *(time for time in times if first <= time < end - MOMENT)} if times else ())
            if len(listed) > 1 and is_flash(end - listed[-1], listed[-1] - max(start, listed[-2])):
                listed.pop()
            return listed
    return []
