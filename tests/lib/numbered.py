"""Pictures that carry their number, and sound whose pitch tells its second, so that what of a film is shown can be counted.

A picture's number is an ArUco marker: it is found by its shape, whatever a picture was shrunk to, turned, mirrored, cropped or
recompressed, and its corners tell how it was turned and squeezed. A figure walks beside it, for who looks for somebody.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

SIZE = (320, 192)
COUNT = 1000
"""Pictures that can be told apart."""
MARKER = 84
"""Pixels of a marker's side; it lies in the lower right corner."""
LOWEST, STEP = 400, 200
"""Hertz of second 0, and how much higher each second is than the one before."""
HISS = 0.001
"""Loudness of the noise below each tone: AAC's encoder takes four times as long over tones that have none."""
_MARKERS = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_1000)


@dataclass(frozen=True)
class Seen:
    """A number that was found in a picture.

    Attributes:
        number: of the picture.
        corners: pixels (x, y) of the marker's corners, upper left of the upright marker first, then clockwise.
        mirrored: whether it is seen from behind.
    """

    number: int
    corners: np.ndarray
    mirrored: bool

    @property
    def wide(self):
        """Pixels of the marker's upper edge."""
        return float(np.hypot(*(self.corners[1] - self.corners[0])))

    @property
    def tall(self):
        """Pixels of the marker's left edge."""
        return float(np.hypot(*(self.corners[3] - self.corners[0])))

    @property
    def turned(self):
        """Degrees clockwise that the marker was turned by: 0, 90, 180 or 270."""
        x, y = self.corners[1] - self.corners[0]
        return round(np.degrees(np.arctan2(y, x)) / 90) % 4 * 90


@functools.cache
def _wall(width, height):
    rng = np.random.default_rng(11)
    tiles = rng.integers(95, 145, (height // 12 + 1, width // 12 + 1, 3), np.uint8)
    return tiles.repeat(12, 0).repeat(12, 1)[:height, :width]


def picture(number, size=SIZE):
    """Draw picture `number` of a film as RGB, `size` (width, height) in pixels."""
    width, height = size
    rgb = _wall(width, height).copy()
    middle = (round(width * (0.3 + 0.1 * np.sin(number / 12))), round(height * 0.55))
    cv2.ellipse(rgb, middle, (width // 9, height // 3), 0, 0, 360, (205, 35, 60), -1)
    for stripe in range(-2, 3):
        x = middle[0] + stripe * width // 24
        cv2.line(rgb, (x, middle[1] - height // 4), (x, middle[1] + height // 4), (235, 200, 50), 4)
    ground = MARKER * 7 // 6
    rgb[height - ground :, width - ground :] = 235
    marker = cv2.aruco.generateImageMarker(_MARKERS, number, MARKER)
    edge = (ground - MARKER) // 2
    rgb[height - edge - MARKER : height - edge, width - edge - MARKER : width - edge] = np.clip(marker, 20, 235)[
        ..., None
    ]
    return rgb


@functools.cache
def _finder():
    how = cv2.aruco.DetectorParameters()
    how.errorCorrectionRate = 0.3
    how.adaptiveThreshWinSizeMin = how.adaptiveThreshWinSizeMax = 23  # one look instead of three
    how.minMarkerPerimeterRate = 0.2
    return cv2.aruco.ArucoDetector(_MARKERS, how)


def look(picture):
    """Find the number in a grey or RGB picture; returns it as Seen, or None where none can be read."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)
    for larger in (1, 3):
        shown = grey if larger == 1 else cv2.resize(grey, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
        for mirrored in (False, True):
            corners, found, _ = _finder().detectMarkers(np.ascontiguousarray(shown[:, ::-1]) if mirrored else shown)
            if found is not None and len(found) == 1:
                place = corners[0][0] / larger
                if mirrored:
                    place[:, 0] = grey.shape[1] - 1 - place[:, 0]
                return Seen(int(found[0][0]), place, mirrored)
    return None


def number_of(picture):
    """Read a picture's number, or None where none can be read."""
    seen = look(picture)
    return seen.number if seen else None


def tone(start, seconds, rate):
    """Make mono samples of a film's sound from second `start` on."""
    time = start + np.arange(round(seconds * rate)) / rate
    pure = 0.4 * np.sin(2 * np.pi * (LOWEST + STEP * np.floor(time + 1e-6)) * time)
    return (pure + np.random.default_rng(1).normal(0, HISS, len(time))).astype(np.float32)


def second_of(samples, rate):
    """Tell which second some mono samples are from, or None where they are silent."""
    if float(np.sqrt(np.mean(samples**2))) < 0.03:
        return None
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return round((np.argmax(spectrum) * rate / len(samples) - LOWEST) / STEP)


def zero(container):
    """Return the stamp, in seconds, at which a player's clock begins.

    In what browsers play that is stamp 0, or where the first of the tracks begins if that is earlier;
    `tests/browser/test_same_as_chromium.py` holds this to Chromium. The stamps of all else begin anywhere, and the clocks of its players
    with the first of the tracks.
    """
    begin = min((float(s.start_time * s.time_base) for s in container.streams if s.start_time is not None), default=0.0)
    return min(0.0, begin) if container.format.name.partition(",")[0] in {"mov", "matroska"} else begin


def pictures_of(path):
    """Decode all pictures of a file from its first byte on: (second on a player's clock, number), in order of time."""
    with av.open(str(path), metadata_errors="replace") as container:
        begin = zero(container)
        grey = VideoReformatter()  # to_ndarray(format="gray") makes a new one a picture
        return sorted(
            (
                float(shown.pts * shown.time_base) - begin,
                number_of(grey.reformat(shown, format="gray", threads=1).to_ndarray()),
            )
            for shown in container.decode(video=0)
        )


def heard_in(path, step=0.1):
    """Tell of every tenth of a second of a file's sound which second it is from: {its middle: second or None}."""
    with av.open(str(path), metadata_errors="replace") as container:
        if not container.streams.audio:
            return {}
        begin = zero(container)
        rate = container.streams.audio[0].rate
        mono = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        whole = np.zeros(0, np.float32)
        for coded in container.decode(audio=0):
            at = round((float(coded.pts * coded.time_base) - begin) * rate)
            coded.pts = None
            for piece in mono.resample(coded):
                samples = piece.to_ndarray()[0]
                whole = np.concatenate([whole, np.zeros(max(0, at + len(samples) - len(whole)), np.float32)])
                whole[max(0, at) : at + len(samples)] = samples[max(0, -at) :]
                at += len(samples)
    size = round(step * rate)
    return {
        (place + size / 2) / rate: second_of(whole[place : place + size], rate)
        for place in range(0, len(whole) - size + 1, size)
    }


def sounding(rate, layout, begin, seconds, start=None):
    """Yield the frames of a film's sound, its first sample at stamp `begin` and from second `start` (else `begin`)."""
    channels = av.AudioLayout(layout).nb_channels
    whole = tone(begin if start is None else start, seconds, rate)
    for place in range(0, len(whole), 1024):
        piece = np.ascontiguousarray(np.repeat(whole[None, place : place + 1024], channels, 0))
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(begin * rate) + place
        yield frame
