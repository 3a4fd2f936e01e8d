"""Measure the pictures of a video: sharpness, light, presence of a subject, cuts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from sora_nb.errors import MediaError
from sora_nb.media.filmstrip import key_frames
from sora_nb.media.video import frames, probe
from sora_nb.vision.cuts import Thumb, cuts, thumb
from sora_nb.vision.faces import faces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.media.video import Frame

    Check = Callable[[], None] | None
    Floats = NDArray[np.float64]
    Rgb = NDArray[np.uint8]

SHORT = 40.0
"""A video of up to this many seconds is decoded whole; of a longer one the key frames are."""
HEIGHT = 180
"""Pixels of the pictures that are measured."""
SLOT = 0.25
"""Seconds of one slot of the band of a short video."""
DETECTION_RATE = 1.0
"""Face detections a second of a short video."""
BLURRED = 0.35
"""Sharpness, relative to the video's sharper pictures, below which a picture is blurred."""
SHARP = 0.6
"""Sharpness, relative to the video's sharper pictures, above which a picture is sharp."""
DARK = 28.0
"""Mean lightness (0-255) below which a picture is too dark."""
BRIGHT = 232.0
"""Mean lightness (0-255) above which a picture is too bright."""


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
        exposure = np.where(self.dark, "dark", "bright")
        found: list[str] = np.where(dim, exposure, np.where(blurred, "blurred", "")).tolist()
        return found

    def slots(self, start: float, end: float) -> slice:
        """Return which slots lie in a window; at least one."""
        first = int(np.clip((start - self.start) / self.step + 1e-6, 0, len(self.sharp) - 1))
        last = int(np.ceil((end - self.start) / self.step - 1e-6))
        return slice(first, min(len(self.sharp), max(last, first + 1)))


def measure_video(
    video: Path,
    start: float = 0.0,
    end: float | None = None,
    *,
    pictures: Iterable[Frame] | None = None,
    check: Check = None,
) -> Band:
    """Measure a video, or a window of it.

    A window of up to 40 s is decoded whole, about 0.1 s for each second of 1080p; of a longer one the key frames are.

    Args:
        video: a local video file.
        start, end: seconds; None for the end of the video.
        pictures: those of a window of up to 40 s, where they are decoded anyway.
        check: called for every picture; what it raises ends the work.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    info = probe(video)
    end = info.duration if end is None else min(end, info.duration)
    if end - start <= SHORT:
        side = round(HEIGHT * max(info.width, info.height) / min(info.width, info.height))
        shown = frames(video, start, end) if pictures is None else pictures
        small = (replace(picture, max_side=min(side, 2 * HEIGHT)) for picture in shown)
        return measure_frames(small, start, end, SLOT, check=check)
    times = np.arange(start, end, 1.0)
    return measure_frames(key_frames(video, times.tolist(), height=HEIGHT), start, end, 1.0, check=check, every=True)


def measure_frames(
    pictures: Iterable[Frame], start: float, end: float, step: float, *, every: bool = False, check: Check = None
) -> Band:
    """Measure pictures in the order of their times.

    Args:
        pictures: consecutive pictures, small ones.
        start, end: seconds the band covers.
        step: seconds of one slot.
        every: detect faces in every picture, because they are far apart.
        check: called for every picture; what it raises ends the work.

    Raises:
        MediaError: there is no picture.
    """
    count = max(1, int(np.ceil((end - start) / step - 1e-6)))
    times: list[float] = []
    places: list[int] = []
    seen: list[tuple[float, float, float, float]] = []
    thumbs: list[Thumb] = []
    due = -np.inf
    detection_due = -np.inf
    for picture in pictures:
        if check is not None:
            check()
        thumbs.append(thumb(picture.rgb))
        times.append(picture.time)
        if not every and picture.time < due:
            continue  # cuts need every picture, the rest two a slot
        due = picture.time + step / 2
        if every or picture.time >= detection_due:
            detection_due = picture.time + 1 / DETECTION_RATE
            shown = presence(picture.rgb)
        grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
        seen.append((sharpness(grey), *lightness(grey), shown))
        places.append(int(np.clip((picture.time - start) / step + 1e-6, 0, count - 1)))
    if not seen:
        raise MediaError(f"There is no picture between {start:g} and {end:g} s.")
    measured = np.array(seen)
    place = np.array(places)
    sharp = _normalize(measured[:, 0])
    return Band(
        start=start,
        end=end,
        step=step,
        sharp=_average_by_slot(sharp, place, count),
        light=_average_by_slot(measured[:, 1], place, count),
        dark=_average_by_slot(measured[:, 2], place, count) < 128,
        subject=_average_by_slot(measured[:, 3], place, count),
        cuts=tuple(times[number + 1] for number in cuts(thumbs)),
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
    """Return how clearly a subject is seen: 1 for a face, less for what only stands out in the middle."""
    if faces(rgb, least=0.18):
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


def _normalize(sharp: Floats) -> Floats:
    """Scale sharpness so that 1 is the video's own sharper pictures, but never call a wholly blurred one sharp."""
    best = max(0.22, float(np.percentile(sharp, 85))) if len(sharp) else 1.0
    return np.clip(sharp / best, 0, 1)


def _average_by_slot(values: Floats, place: NDArray[np.int_], count: int) -> Floats:
    """Average values by slot; a slot without a picture shows the one before."""
    sums = np.bincount(place, values, count)
    numbers = np.bincount(place, minlength=count)
    filled = np.maximum.accumulate(np.where(numbers > 0, np.arange(count), -1))
    filled[filled < 0] = int(np.argmax(numbers > 0))
    return np.asarray(sums[filled] / np.maximum(1, numbers[filled]), np.float64)
