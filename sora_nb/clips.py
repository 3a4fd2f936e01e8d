"""Which seconds of a video show a character best: sharp, well lit, somebody to be seen, and no cut between.

A video is looked at once, in small pictures: every picture of a short one, the key frames of a long one. What is
measured becomes a band of short slots, each with its marks; everything after that works on the band alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.filmstrip import key_frames
from sora_nb.local.footage import colours, cuts, difference
from sora_nb.local.subjects import faces
from sora_nb.media import frames, probe
from sora_nb.models import SpanRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.media import Frame

    Check = Callable[[], None] | None
    Floats = NDArray[np.float64]
    Rgb = NDArray[np.uint8]

SHORT = 40.0
"""Up to this many seconds every picture of a video is looked at; of longer ones the key frames."""
HEIGHT = 180
"""Pixels of the pictures looked at."""
SLOT = 0.25
"""Seconds of one slot of the band of a short video."""
LOOKS = 1.0
"""How often a second somebody is looked for."""
BLURRED, SHARP = 0.35, 0.6
"""Sharpness, compared with the video's sharper pictures, below and above which nobody would argue."""
DARK, BRIGHT = 28.0, 232.0
"""Mean lightness (0-255) below and above which little can be told."""


@dataclass(frozen=True)
class Band:
    """What was measured, slot by slot.

    Attributes:
        start, end: seconds it covers; the last slot may be shorter.
        step: seconds of one slot.
        sharp: 0 (blurred) to 1 (sharp), compared with the rest of the video.
        light: 0 (black or white) to 1 (well lit).
        dark: True where too little light is the fault, not too much.
        subject: 0 (nothing stands out) to 1 (a face is seen).
        cuts: seconds where one shot ends and the next begins.
    """

    start: float
    end: float
    step: float
    sharp: Floats
    light: Floats
    dark: NDArray[np.bool_]
    subject: Floats
    cuts: tuple[float, ...]

    @property
    def score(self) -> Floats:
        """How well a character shows in each slot, 0 to 1: the worst of sharpness and light decides."""
        return np.asarray(np.minimum(self.sharp, self.light) * (0.55 + 0.45 * self.subject), np.float64)

    @property
    def marks(self) -> list[str]:
        """What is wrong with each slot: "dark", "bright", "blurred" or ""."""
        blurred = self.sharp < BLURRED
        dim = self.light < BLURRED
        return [
            ("dark" if dark else "bright") if no_light else "blurred" if no_edge else ""
            for dark, no_light, no_edge in zip(self.dark, dim, blurred, strict=True)
        ]

    def slots(self, start: float, end: float) -> slice:
        """Return which slots lie in a window; at least one."""
        first = int(np.clip((start - self.start) / self.step + 1e-6, 0, len(self.sharp) - 1))
        last = int(np.ceil((end - self.start) / self.step - 1e-6))
        return slice(first, min(len(self.sharp), max(last, first + 1)))


@dataclass(frozen=True)
class Window:
    """Seconds of a video that show a character well.

    Attributes:
        start, end: seconds.
        score: 0 to 1.
        reason: why, in a few words.
    """

    start: float
    end: float
    score: float
    reason: str


# --- looking at pictures ----------------------------------------------------------------------------------------------


def look(video: Path, start: float = 0.0, end: float | None = None, *, check: Check = None) -> Band:
    """Measure a video, or a window of it.

    A window of up to 40 s is decoded whole, about 0.1 s for each second of 1080p; of a longer one the key frames are.

    Args:
        video: a local video file.
        start, end: seconds; None for the end of the video.
        check: called for every picture; what it raises ends the work.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    info = probe(video)
    end = info.duration if end is None else min(end, info.duration)
    if end - start <= SHORT:
        side = round(HEIGHT * max(info.width, info.height) / min(info.width, info.height))
        pictures: Iterable[Frame] = frames(video, start, end, max_side=min(side, 2 * HEIGHT))
        return measure(pictures, start, end, SLOT, check=check)
    times = np.arange(start, end, 1.0)
    return measure(key_frames(video, times.tolist(), height=HEIGHT), start, end, 1.0, check=check, every=True)


def measure(
    pictures: Iterable[Frame], start: float, end: float, step: float, *, every: bool = False, check: Check = None
) -> Band:
    """Measure pictures in the order of their times.

    Args:
        pictures: consecutive pictures, small ones.
        start, end: seconds the band covers.
        step: seconds of one slot.
        every: look for somebody in every picture, because they are far apart.
        check: called for every picture; what it raises ends the work.
    """
    count = max(1, int(np.ceil((end - start) / step - 1e-6)))
    times: list[float] = []
    seen: list[tuple[float, float, float]] = []
    shown: list[float] = []
    differences: list[float] = []
    previous: Floats | None = None
    for picture in pictures:
        if check is not None:
            check()
        grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
        table = colours(picture.rgb)
        if previous is not None:
            differences.append(difference(previous, table))
        previous = table
        due = every or not times or int(picture.time * LOOKS) != int(times[-1] * LOOKS)
        shown.append(presence(picture.rgb) if due else shown[-1])
        seen.append((sharpness(grey), *lightness(grey)))
        times.append(picture.time)
    measured = np.array(seen).reshape(-1, 3)
    place = np.clip(((np.array(times) - start) / step + 1e-6).astype(int), 0, count - 1)
    sharp = _compared(measured[:, 0])
    return Band(
        start=start,
        end=end,
        step=step,
        sharp=_slotted(sharp, place, count),
        light=_slotted(measured[:, 1], place, count),
        dark=_slotted(measured[:, 2], place, count) < 128,
        subject=_slotted(np.array(shown), place, count),
        cuts=tuple(times[number + 1] for number in cuts(differences)),
    )


def sharpness(grey: Rgb) -> float:
    """Return how much detail a grey picture has, compared with its contrast; 0 for a plain surface."""
    small = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
    edges = cv2.Laplacian(small, cv2.CV_32F)
    # the sharpest hundredth of the picture: a sharp subject before a soft background is sharp
    strongest = float(np.percentile(np.abs(edges), 99))
    spread = float(np.percentile(small, 98) - np.percentile(small, 2))
    return strongest / (spread + 12.0)


def lightness(grey: Rgb) -> tuple[float, float]:
    """Return how well lit a grey picture is, 0 to 1, and its mean lightness, 0 to 255."""
    mean = float(grey.mean())
    darker = np.interp(mean, [10, DARK, 60], [0, BLURRED, 1])
    brighter = np.interp(mean, [195, BRIGHT, 250], [1, BLURRED, 0])
    return float(min(darker, brighter)), mean


def presence(rgb: Rgb) -> float:
    """Return how clearly somebody or something is seen: 1 for a face, less for what only stands out in the middle."""
    if faces(rgb, side=200, least=0.18):
        return 1.0
    lab = cv2.cvtColor(cv2.resize(rgb, (64, 36), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB)
    rows, columns = np.mgrid[-1:1:36j, -1:1:64j]
    middle = rows**2 + columns**2 < 0.45
    border = np.maximum(np.abs(rows), np.abs(columns)) > 0.78
    inner, outer = (
        cv2.calcHist([lab], [0, 1, 2], where.astype(np.uint8), [6, 8, 8], [0, 256] * 3) for where in (middle, border)
    )
    shared = float(np.sqrt(inner / inner.sum() * (outer / outer.sum())).sum())
    return float(np.clip(1.1 * (1 - shared), 0, 0.8))


def _compared(sharp: Floats) -> Floats:
    """Scale sharpness so that 1 is the video's own sharper pictures, but never call a wholly blurred one sharp."""
    best = max(0.22, float(np.percentile(sharp, 85))) if len(sharp) else 1.0
    return np.clip(sharp / best, 0, 1)


def _slotted(values: Floats, place: NDArray[np.int_], count: int) -> Floats:
    """Average values by slot; a slot without a picture shows the one before."""
    sums = np.bincount(place, values, count)
    numbers = np.bincount(place, minlength=count)
    filled = np.maximum.accumulate(np.where(numbers > 0, np.arange(count), -1))
    filled[filled < 0] = int(np.argmax(numbers > 0))
    return np.asarray(sums[filled] / np.maximum(1, numbers[filled]), np.float64)


# --- judging windows --------------------------------------------------------------------------------------------------


def assess(band: Band, start: float, end: float) -> list[str]:
    """Say in sentences what speaks against a window; [] where nothing does."""
    said = [f"There is a cut at {cut:.1f} s." for cut in band.cuts if start + 0.02 < cut < end - 0.02]
    where = band.slots(start, end)
    marks = band.marks[where]
    for mark, word in (("blurred", "Blurred"), ("dark", "Very dark"), ("bright", "Very bright")):
        runs = _runs([each == mark for each in marks])
        if sum(last - first for first, last in runs) == len(marks):
            said.append(f"{word}.")
        else:
            for first, last in runs:
                since = max(start, band.start + (where.start + first) * band.step)
                until = min(end, band.start + (where.start + last) * band.step)
                said.append(f"{word} from {since:.1f} to {until:.1f} s.")
    if not said and band.subject[where].mean() < 0.15:
        said.append("Nobody stands out from the background.")
    return said


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """Return first and after-last index of each run of True."""
    edges = np.flatnonzero(np.diff([0, *map(int, flags), 0]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def windows(band: Band, span: SpanRule | None = None, n: int = 3) -> list[Window]:
    """Choose the best windows of a band that do not overlap, best first.

    Args:
        band: what was measured.
        span: the service's limits.
        n: most windows.
    """
    span = span or SpanRule()
    wide = min(span.longest, band.end - band.start)
    grid = 1.0 if not span.decimals else max(band.step, 0.25)
    if not span.decimals:
        wide = float(np.floor(wide))
    if wide < span.shortest:
        return []
    starts = np.arange(np.ceil(band.start / grid), np.floor((band.end - wide + 1e-6) / grid) + 1) * grid
    found = sorted((_window(band, float(start), float(start) + wide) for start in starts), key=lambda one: -one.score)
    chosen: list[Window] = []
    for window in found:
        if len(chosen) < n and all(window.start >= one.end or window.end <= one.start for one in chosen):
            chosen.append(window)
    best = chosen[0].score if chosen else 0.0
    return [window for window in chosen if window.score >= max(0.2, 0.5 * best)]


def _window(band: Band, start: float, end: float) -> Window:
    where = band.slots(start, end)
    score = band.score[where]
    # the weakest part counts as much as the whole: a service may look at any picture of the clip
    total = float(0.5 * score.mean() + 0.5 * score.min())
    if any(start < cut < end for cut in band.cuts):
        total *= 0.25
    seen = float(band.subject[where].mean())
    words = [
        "a face is seen" if seen > 0.9 else "a clear subject" if seen > 0.35 else "",
        "sharp" if band.sharp[where].min() > SHARP else "",
        "well lit" if band.light[where].min() > SHARP else "",
        "one shot" if not any(start < cut < end for cut in band.cuts) else "",
    ]
    reason = ", ".join(word for word in words if word)
    return Window(round(start, 3), round(end, 3), round(total, 3), reason[:1].upper() + reason[1:])


def suggest(
    video: Path, span: SpanRule | None = None, n: int = 3, *, band: Band | None = None, check: Check = None
) -> list[Window]:
    """Choose the seconds of a video that show its character best.

    Of a long video the places that look best by their key frames are then decoded whole, so that no cut or blur hides
    between them.

    Args:
        video: a local video file.
        span: the service's limits.
        n: most windows.
        band: what look() found, where that is at hand.
        check: called for every picture; what it raises ends the work.

    Returns:
        Windows that do not overlap, best first.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    span = span or SpanRule()
    band = look(video, check=check) if band is None else band
    if band.end - band.start <= SHORT:
        return windows(band, span, n)
    closer: list[Window] = []
    for place in windows(replace(band, cuts=()), span, n):
        near = look(video, max(band.start, place.start - 1), min(band.end, place.end + 1), check=check)
        closer += windows(near, span, 1)
    return sorted(closer, key=lambda window: -window.score)
