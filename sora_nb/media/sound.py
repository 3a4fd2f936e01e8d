"""The sound of some seconds of a film, to the sample, whatever form and pieces the file keeps it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sora_nb.media.seeking import frames_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

RATE = 48_000
"""Samples a second."""
CHANNELS = 2
PREROLL = 0.5
"""Seconds decoded in front: a decoder of sound needs some before it is right."""
APART = 0.03
"""Seconds from which two pieces of sound that should meet have a gap between them; stamps are rounded to milliseconds."""


def sound(path: Path, start: float, end: float, *, lost: list[float] | None = None) -> Iterator[Samples]:
    """Decode the sound of a window, shape (2, samples) at RATE, without a gap: silence where the film has none.

    Args:
        path: a local video file with a sound track.
        start, end: seconds.
        lost: takes the seconds of packets that are damaged; each is silent.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    total = round((end - start) * RATE)
    done = 0
    for at, block in _pieces(path, start, end, lost):
        samples = block[:, max(0, done - at) : max(0, total - at)]
        if not samples.shape[1]:
            continue
        yield from silence(max(0, at - done))
        done = max(done, at)
        yield samples
        done += samples.shape[1]
    yield from silence(total - done)


def silence(count: int) -> Iterator[Samples]:
    """Yield so many samples of silence, a second at most at a time."""
    for first in range(0, count, RATE):
        yield np.zeros((CHANNELS, min(RATE, count - first)), np.float32)


def _pieces(path: Path, start: float, end: float, lost: list[float] | None) -> Iterator[tuple[int, Samples]]:
    """Decode sound to pieces, each with the number of its first sample, counted from `start`.

    One resampler works as long as the sound goes on without a gap and in one form. It is given no time stamps, for it
    would round them to units of its own.
    """
    from av import AudioResampler

    resampler: Any = None
    form: tuple[Any, ...] = ()
    at = 0
    expected = 0.0
    for time, frame in frames_from(path, start - PREROLL, sound=True, lost=lost):
        if time >= end:
            break
        new = frame.format.name, frame.layout.name, frame.sample_rate
        if new != form or abs(time - expected) > APART:
            for block in _resampled(resampler, None):
                yield at, block
                at += block.shape[1]
            resampler, form = AudioResampler(format="fltp", layout="stereo", rate=RATE), new
            at, expected = round((time - start) * RATE), time
        frame.pts = None
        for block in _resampled(resampler, frame):
            yield at, block
            at += block.shape[1]
        expected += frame.samples / frame.sample_rate
    for block in _resampled(resampler, None):
        yield at, block
        at += block.shape[1]


def _resampled(resampler: Any, frame: Any) -> Iterator[Samples]:
    """Convert a frame, or give back what is kept for the next one."""
    pieces = [] if resampler is None else resampler.resample(frame)
    for piece in pieces:
        if piece is not None:  # a resampler with nothing to do gives back what it got
            yield piece.to_ndarray()
