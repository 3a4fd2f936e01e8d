"""Decode the pictures that a cut-out is made from: evenly spaced samples of the longest shot of a clip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines import memory
from sora_nb.engines.resize import resize
from sora_nb.errors import MediaError, NoSubject
from sora_nb.media.seeking import picture_times
from sora_nb.media.video import frames, probe
from sora_nb.vision.cuts import Thumb, cuts, thumb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sora_nb.engines.base import Control
    from sora_nb.engines.cutout.masks import Rgb
    from sora_nb.models import Clip

SAMPLE_COUNTS = (16, 20)
"""Least and most pictures of a clip that are used, if it has as many."""
SAMPLE_RATE = 8
"""Pictures a second that a longer clip is sampled at."""
FULL_SIDE = 1280
"""Longer side in pixels of the pictures that sprites are made from."""
CLOSE_SIDE = 2560
"""The same of the one picture that a close-up is made from."""
THUMB_SIDE = 160
"""Longer side in pixels of the pictures that cuts are looked for in."""
WORK_SIDES = (320, 640)
"""Least and greatest longer side in pixels of the pictures that are analysed."""


@dataclass(frozen=True)
class Footage:
    """Evenly spaced pictures of one shot.

    Attributes:
        times: seconds from the start of the file.
        full: RGB pictures, longer side at most FULL_SIDE.
        work: the same pictures at the size that is analysed.
        shrunk: whether the film has more pixels than `full`.
        warnings: sentences for the user.
    """

    times: tuple[float, ...]
    full: tuple[Rgb, ...]
    work: tuple[Rgb, ...]
    shrunk: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def fps(self) -> float:
        """Samples a second."""
        span = self.times[-1] - self.times[0]
        return (len(self.times) - 1) / span if span > 0 else 1.0

    @property
    def zoom(self) -> float:
        """Pixels of a full picture for one of the analysed picture."""
        return float(self.full[0].shape[1] / self.work[0].shape[1])


def read(video: Path, clip: Clip, control: Control) -> Footage:
    """Decode the longest shot of a clip.

    Raises:
        MediaError: the file is not a video, or ends before the clip does.
        NoSubject: the picture is too narrow to hold one.
        Cancelled: see Control.
    """
    info = probe(video)
    if clip.end > info.duration + 1.5 / info.fps:
        raise MediaError(
            f"{video.name!r} is {info.duration:.2f} s long, the clip ends at {clip.end:g} s.",
            hint="Choose seconds inside the video.",
        )
    told = picture_times(video, clip.start, clip.end)
    # most clips are one shot, and their samples need no second decoding
    chosen = _samples(told)
    times: list[float] = []
    thumbs: list[Thumb] = []
    full: list[Rgb] = []
    lost: list[float] = []
    keeper = control.keeper
    run = frames(video, clip.start, clip.end, lost=lost) if keeper is None else keeper.frames(lost=lost)
    for frame in run:
        control.step(0.07 * min(1.0, len(times) / max(1, len(told))), "looking for cuts")
        rgb = replace(frame, max_side=FULL_SIDE if len(times) in chosen else THUMB_SIDE).rgb
        if len(times) in chosen:
            full.append(rgb)
        times.append(frame.time)
        thumbs.append(thumb(rgb))
    memory.give_back()  # pictures of a large film
    if not thumbs:
        raise MediaError(f"{video.name!r} has no picture between {clip.start:g} and {clip.end:g} s.")
    first, last = longest_shot(thumbs)
    if last - first + 1 < len(thumbs) or len(thumbs) != len(told):
        chosen = {first + number for number in _samples(times[first : last + 1])}
        full = [frame.rgb for frame in frames(video, clip.start, clip.end, max_side=FULL_SIDE, chosen=chosen)]
    control.step(0.08, "decoding")
    work = tuple(_for_analysis(picture) for picture in full)
    if min(work[0].shape[:2]) < 32:
        raise NoSubject("The picture is too narrow to find anybody in it.", hint="Choose another video.")
    warnings = []
    if last - first + 1 < len(thumbs):
        warnings.append(
            f"The clip has a cut inside; only {times[first]:.2f} to {times[last]:.2f} s, its longest shot, were used."
        )
    if damaged := sum(clip.start <= time < clip.end for time in lost):
        warnings.append(f"Damaged pictures left out of the clip: {damaged}.")
    return Footage(
        tuple(times[number] for number in sorted(chosen)),
        tuple(full),
        work,
        shrunk=max(info.width, info.height) > FULL_SIDE,
        warnings=tuple(warnings),
    )


def closest(video: Path, footage: Footage, number: int) -> Rgb:
    """Return one picture of the footage with as many pixels as the film has, longer side at most CLOSE_SIDE.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    if not footage.shrunk:
        return footage.full[number]
    memory.give_back()  # or what was freed before stands beside the pictures of a large film
    close = next(frames(video, footage.times[number], max_side=CLOSE_SIDE)).rgb
    memory.give_back()
    return close


def _samples(times: Sequence[float]) -> set[int]:
    """Choose pictures at even distances in time; return their numbers."""
    if not times:
        return set()
    wanted = int(np.clip(round(SAMPLE_RATE * (times[-1] - times[0])), *SAMPLE_COUNTS))
    places = np.linspace(times[0], times[-1], min(wanted, len(times)))
    # to the nearest picture, and without the noise of times, which differs from file to file
    return set(np.interp(places, times, np.arange(len(times))).round(6).round().astype(int).tolist())


def longest_shot(thumbs: Sequence[Thumb]) -> tuple[int, int]:
    """Return the first and last index of the longest run of consecutive pictures without a cut."""
    starts = [0, *(place + 1 for place in cuts(thumbs)), len(thumbs)]
    shots = [(first, after - 1) for first, after in pairwise(starts)]
    return max(shots, key=lambda shot: shot[1] - shot[0])


def _for_analysis(picture: Rgb) -> Rgb:
    longer = max(picture.shape[:2])
    scale = min(WORK_SIDES[1], max(WORK_SIDES[0], longer)) / longer
    return _resize(picture, scale)


def _resize(picture: Rgb, scale: float) -> Rgb:
    if scale == 1:
        return picture
    side = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    return resize(picture, side)
