"""A miniature: a film small enough to stand inside a notebook's output, where no file and no kernel can be reached.

The engine hands its pictures over while it renders; of any other film one is made when it is first shown. It is kept
under the film's name beside the films of a home, and the same film gives the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import math
import secrets
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sora_nb import display
from sora_nb.errors import MediaError
from sora_nb.media.colours import tag
from sora_nb.media.encodable import Encodable
from sora_nb.media.sound import RATE, sound
from sora_nb.media.video import frames, probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import av
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

FOLDER = "miniatures"
"""Where a home keeps them; its films lie in `videos` beside it."""
MOST = 135_000
"""Bytes of a miniature; a notebook carries a third more, since it holds text only, and a poster beside it."""
FAST = "rc-lookahead=5:mbtree=1:b-adapt=0:keyint=240:subme=0:scenecut=0:weightp=0"
"""The last three save a fifth of the time, and cost 3 to 8 percent of the bytes and at most 0.2 dB."""
X264 = {"preset": "superfast", "threads": "1", "x264-params": FAST}
"""A short look ahead halves the bytes; they depend on the number of threads."""
SOUND_BITS = 32_000
"""Bits a second of the sound, one channel."""
AAC_FRAME = 1024
"""Samples in one frame of AAC."""
TICK = Fraction(1, 120_000)
"""Unit of time; all usual rates are whole numbers of it."""
EARLY = Fraction(1, 1000)
"""Seconds by which a picture may come before it is due: files round times to milliseconds."""


class Form(NamedTuple):
    """How small it is.

    Attributes:
        side: most pixels of the longer side.
        rate: most pictures a second.
        crf: x264's measure of quality; less is better.
    """

    side: int
    rate: int
    crf: int


FORMS = (Form(480, 30, 32), Form(360, 15, 34))
"""From the best to the smallest."""


class Miniature:
    """Encodes a film's pictures, as they come, in every form that is still small enough.

    Args:
        width, height: pixels of the film.
        rate: pictures a second of the film, as they usually come.
        forms: the first that is small enough is taken.
    """

    def __init__(self, width: int, height: int, rate: float, forms: Sequence[Form] = FORMS) -> None:
        from av.video.reformatter import VideoReformatter

        self._size = _within(width, height, forms[0].side)
        self._scale = VideoReformatter()
        self._takes = [_Take(form, *self._size, rate) for form in forms]

    @property
    def hopeless(self) -> bool:
        """Whether no form is small enough any more."""
        return not self._takes

    def add(self, picture: av.VideoFrame, time: Fraction | float) -> None:
        """Take the next picture: I420 of BT.709 in limited range, and the second from which it is seen."""
        if self.hopeless:
            return
        small = self._scale.reformat(picture, *self._size, interpolation="AREA")
        for take in self._takes:
            take.add(small, Fraction(time))
        self._takes = [take for take in self._takes if take.size <= MOST]

    def finish(self, heard: Samples) -> bytes | None:
        """Return the MP4, or None where it is too large in every form.

        Args:
            heard: the sound at RATE, one channel; none where it is silent.
        """
        for take in self._takes:
            if take.size + len(heard) / RATE * SOUND_BITS / 8 <= MOST:
                made = take.finish(heard)
                if len(made) <= MOST:
                    return made
        return None


class _Take:
    """One form of a miniature, encoded in memory."""

    def __init__(self, form: Form, width: int, height: int, rate: float) -> None:
        import av
        from av.video.reformatter import VideoReformatter

        self.size = 0
        self._size = _within(width, height, form.side)
        # every picture, or every second, third ... one: others would come unevenly
        self._step = Fraction(max(1, math.ceil(rate / form.rate - 0.05))) / Fraction(rate).limit_denominator(1001 * 60)
        self._due = Fraction(0)
        self._scale = VideoReformatter()
        self._packets: list[av.Packet[av.VideoStream]] = []
        self._file = io.BytesIO()
        self._target = av.open(self._file, "w", format="mp4")
        options = {**X264, "crf": str(form.crf)}
        self._video = self._target.add_stream("libx264", rate=math.ceil(rate), options=options)
        (self._video.width, self._video.height), self._video.pix_fmt = self._size, "yuv420p"
        self._video.codec_context.time_base = TICK
        tag(self._video.codec_context)

    def add(self, picture: av.VideoFrame, time: Fraction) -> None:
        if time + EARLY < self._due:
            return
        self._due = max(self._due + self._step, time + self._step / 2)
        small = self._scale.reformat(picture, *self._size, interpolation="AREA")
        small.pts, small.time_base = round(time / TICK), TICK
        self._keep(small)

    def _keep(self, picture: av.VideoFrame | None) -> None:
        for packet in self._video.encode(picture):
            self.size += packet.size
            self._packets.append(packet)

    def finish(self, heard: Samples) -> bytes:
        self._keep(None)
        with self._target as target:
            audio = None
            if len(heard):
                audio = target.add_stream("aac", rate=RATE, layout="mono", options={"aac_coder": "fast"})
                audio.bit_rate = SOUND_BITS
            for packet in self._packets:
                target.mux(packet)
            if audio is not None:
                for frame in _sounding(heard):
                    target.mux(audio.encode(frame))
                target.mux(audio.encode(None))
        return self._file.getvalue()


def _within(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the even size of a picture whose longer side has at most so many pixels."""
    shrink = min(1.0, side / max(width, height))
    return max(2, round(width * shrink / 2) * 2), max(2, round(height * shrink / 2) * 2)


def _sounding(heard: Samples) -> Iterable[av.AudioFrame]:
    import av

    for start in range(0, len(heard), AAC_FRAME):
        frame = av.AudioFrame.from_ndarray(heard[None, start : start + AAC_FRAME], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), start
        yield frame


def make(film: Path) -> bytes | None:
    """Make the miniature of a film.

    Args:
        film: a local video file.

    Returns:
        An MP4, or None where it would be too large.

    Raises:
        MediaError: the file cannot be read as a video.
    """
    info = probe(film)
    if info.has_audio and info.duration * SOUND_BITS / 8 > MOST:
        return None
    small = Miniature(info.width, info.height, info.fps)
    canvas: Encodable | None = None
    for frame in frames(film, max_side=FORMS[0].side):
        canvas = canvas or Encodable(frame.rgb.shape[1], frame.rgb.shape[0])
        small.add(canvas.frame(frame.rgb), frame.time)
        if small.hopeless:
            return None
    blocks = [block.mean(axis=0) for block in sound(film, 0.0, info.duration)] if info.has_audio else []
    return small.finish(np.concatenate(blocks) if blocks else np.zeros(0, np.float32))


def place_of(film: Path) -> Path | None:
    """Return where the miniature of a home's film is kept; None for other films."""
    folder = film.parent.parent / FOLDER
    return folder / film.name if film.parent.name == "videos" and folder.is_dir() else None


def kept(film: Path) -> Path | None:
    """Return the miniature of a home's film, if there already is one; none is made."""
    place = place_of(film)
    return place if place is not None and place.is_file() and place.stat().st_size else None


def incoming(film: Path) -> Path:
    """Return where the miniature of a film is while the film is not yet in its place."""
    return film.with_suffix(".miniature.mp4")


@display.makes(display.FILM)
def of(film: Path) -> bytes | None:
    """Return the miniature of a film: the one that is kept, or a new one, which is kept from now on.

    Returns:
        An MP4; None where the film is too long for one, damaged, or gone.
    """
    place = place_of(film)
    with contextlib.suppress(MediaError, OSError):
        if place is not None and place.is_file():
            return place.read_bytes() or None
        told = film.stat()
        made = _made(film, told.st_size, told.st_mtime_ns)
        if place is not None:
            keep(place, made or b"")  # nothing, where none is small enough: it need not be tried again
        return made
    return None


@lru_cache(maxsize=8)
def _made(film: Path, size: int, changed: int) -> bytes | None:  # noqa: ARG001  # they tell one content from another
    return make(film)


def keep(place: Path, made: bytes) -> None:
    """Write a miniature to its place, whole or not at all."""
    part = place.with_name(f".{secrets.token_hex(8)}.part")
    try:
        part.touch(mode=0o600)
        part.write_bytes(made)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
