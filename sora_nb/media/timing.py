"""How long a film shows pictures, and how many a second: from the pictures' own time stamps, not from a file's header."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from statistics import fmean, median_low
from typing import TYPE_CHECKING

from sora_nb.media.clock import MOMENT, Clock
from sora_nb.media.container import open_video
from sora_nb.media.seeking import LATE, land, packets, picture_times, time_of

if TYPE_CHECKING:
    from pathlib import Path

    import av.container


SAMPLE = 3.0
"""Seconds of the beginning that tell a film's rate."""
USUAL = 0.3
"""How far, as a part, the distance of two pictures may be from the usual one to count as usual."""
SAME = 0.01
"""How far, as a part, a rate may be from the one that the file tells to be the same."""
DEFAULT_RATE = 25.0
END = 1e6
"""Seconds at which the end of a film is looked for that does not tell its length."""

_NO_DURATIONS = ("mpegts", "mpeg")
"""FFmpeg's names of the containers that do not hold how long a picture lasts; FFmpeg makes that up."""


def rate_of(path: Path, container: av.container.InputContainer) -> float:
    """Return how many pictures a second a film usually shows: a mean says little where they come unevenly."""
    stream = container.streams.video[0]
    told = float(stream.average_rate or stream.guessed_rate or 0)
    if told and stream.average_rate == stream.base_rate and stream.duration and _holds_durations(container):
        return told
    begins = Clock.of(container).seconds(stream.start_time or 0, stream.time_base)
    times = picture_times(path, begins, begins + SAMPLE)
    steps = [after - before for before, after in pairwise(times)]
    if not steps:
        return told or DEFAULT_RATE
    middle = median_low(steps)  # one of them, so that the mean below is of one at least
    usual = 1 / fmean(step for step in steps if abs(step / middle - 1) <= USUAL)
    return told if told and abs(usual / told - 1) < SAME else usual


def length_of(path: Path, container: av.container.InputContainer, rate: float) -> float:
    """Return the second at which the last picture of a film ends; a header is believed where the pictures agree.

    Only the end of the file is read, and nothing is decoded.

    Args:
        path: a local video file.
        container: the same, open; it is left somewhere else.
        rate: pictures a second.
    """
    stream = container.streams.video[0]
    clock = Clock.of(container)
    begins = clock.seconds(stream.start_time or 0, stream.time_base)
    told = told_end(container, clock)
    back = LATE
    span: tuple[float, float] | None = None
    # a transport stream's seek may land behind a picture that is stored before its turn
    least = told - 2 / rate if told < END and not _holds_durations(container) else 0.0
    while _is_short(span, least) and told - back > begins and land(container, clock, told - back):
        span = _last_picture(container, clock, rate)
        back *= 2
    if _is_short(span, least):
        with open_video(path) as fresh:
            span = _last_picture(fresh, clock, rate)
    if span is None:
        return 0.0
    start, end = span
    # an MP4's edit list may end within the last picture
    return told if stream.duration and start < told <= end + MOMENT and _holds_durations(container) else end


def _is_short(span: tuple[float, float] | None, least: float) -> bool:
    return span is None or span[1] < least


def _holds_durations(container: av.container.InputContainer) -> bool:
    return container.format.name not in _NO_DURATIONS


def told_end(container: av.container.InputContainer, clock: Clock) -> float:
    """Return the second at which the pictures end, if the header is right; END where it does not tell."""
    from av import time_base

    stream = container.streams.video[0]
    if stream.duration:
        return clock.seconds((stream.start_time or 0) + stream.duration, stream.time_base)
    if container.duration:
        return clock.seconds((container.start_time or 0) + container.duration, 1 / Fraction(time_base))
    return END


def _last_picture(container: av.container.InputContainer, clock: Clock, rate: float) -> tuple[float, float] | None:
    """Return when the last picture from where a file stands begins and ends, or None where there is none."""
    told = _holds_durations(container)
    last: tuple[float, float] | None = None
    for packet in packets(container, container.streams.video[0]):
        at = time_of(packet, clock)
        if at is None or not packet.size or packet.is_discard or packet.is_corrupt:
            continue
        lasts = float((packet.duration or 0) * (packet.time_base or 0)) if told else 0.0
        last = max(last or (at, at), (at, at + (lasts or 1 / rate)))
    return last
