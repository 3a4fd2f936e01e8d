"""Suggest the seconds of a video that show a character best: sharp, well lit, with somebody in them, and without a cut.

quality.measure_video() measures a video once and gives a band of short slots; windows are chosen from that band alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.models import SpanRule
from sora_nb.vision.quality import SHARP, SHORT, Band, measure_video

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.vision.quality import Check


NOBODY = 0.15
"""Mean presence of a subject below which nobody stands out."""


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


def assess(band: Band, start: float, end: float, *, seen: bool = False) -> list[str]:
    """Say in sentences what speaks against a window; [] where nothing does.

    Args:
        band: what was measured.
        start, end: seconds.
        seen: whether it is known better that somebody is there.
    """
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
    if not said and not seen and band.subject[where].mean() < NOBODY:
        said.append("Nobody stands out from the background.")
    return said


def _runs(flags: list[bool]) -> list[tuple[int, int]]:
    """Return first and after-last index of each run of True."""
    edges = np.flatnonzero(np.diff([0, *map(int, flags), 0]))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def windows(band: Band, span: SpanRule | None = None, n: int = 3, *, least: float = NOBODY) -> list[Window]:
    """Choose the best windows of a band that do not overlap, best first.

    Args:
        band: what was measured.
        span: the service's limits.
        n: most windows.
        least: presence of a subject below which a window is left out.
    """
    span = span or SpanRule()
    grid = 0.5 if span.decimals else 1.0
    longest = min(span.longest, band.end - band.start)
    lengths = [
        longest if span.decimals else float(np.floor(longest)),
        *np.arange(span.shortest, longest, grid).tolist(),
    ]
    places = np.arange(np.ceil(band.start / grid), np.floor(band.end / grid) + 1) * grid
    found = [
        # a shorter clip must be better, for it shows less of the character
        replace(window, score=round(window.score * (0.75 + 0.25 * length / longest), 3))
        for length in lengths
        if length >= span.shortest
        for start in places.tolist()
        if start + length <= band.end + 1e-6
        if band.subject[band.slots(start, start + length)].mean() >= least
        for window in [_window(band, start, start + length)]
    ]
    found.sort(key=lambda window: -window.score)
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
        _presence_words(seen),
        "sharp" if band.sharp[where].min() > SHARP else "",
        "well lit" if band.light[where].min() > SHARP else "",
        "one shot" if not any(start < cut < end for cut in band.cuts) else "",
    ]
    reason = ", ".join(word for word in words if word)
    return Window(round(start, 3), round(end, 3), round(total, 3), reason[:1].upper() + reason[1:])


def _presence_words(presence: float) -> str:
    if presence > 0.9:
        return "a face is seen"
    return "a clear subject" if presence > 0.35 else ""


def suggest(
    video: Path,
    span: SpanRule | None = None,
    n: int = 3,
    *,
    band: Band | None = None,
    least: float = NOBODY,
    check: Check = None,
) -> list[Window]:
    """Choose the seconds of a video that show its character best.

    Of a long video the places that look best by their key frames are then decoded whole, so that no cut or blur hides
    between them.

    Args:
        video: a local video file.
        span: the service's limits.
        n: most windows.
        band: what measure_video() found, where that is at hand.
        least: presence of a subject below which a window is left out.
        check: called for every picture; what it raises ends the work.

    Returns:
        Windows that do not overlap, best first.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    span = span or SpanRule()
    band = measure_video(video, check=check) if band is None else band
    if band.end - band.start <= SHORT:
        return windows(band, span, n, least=least)
    closer: list[Window] = []
    for place in windows(replace(band, cuts=()), span, n, least=least):
        near = measure_video(video, max(band.start, place.start - 1), min(band.end, place.end + 1), check=check)
        closer += windows(near, span, 1, least=least)
    return sorted(closer, key=lambda window: -window.score)
