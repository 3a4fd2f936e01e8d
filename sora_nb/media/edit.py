"""Cut, preview and join videos by decoding and encoding them anew, each picture at its own time."""

from __future__ import annotations

import math
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from sora_nb.errors import MediaError
from sora_nb.media.clock import MOMENT, ROUNDED
from sora_nb.media.colours import tag
from sora_nb.media.container import AGAIN
from sora_nb.media.encodable import Encodable
from sora_nb.media.filmstrip import key_frames
from sora_nb.media.pixels import THREADS
from sora_nb.media.seeking import NEAR, frames_from, picture_times
from sora_nb.media.sound import RATE, silence, sound
from sora_nb.media.video import frames, probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import av
    import av.container
    from numpy.typing import NDArray

    from sora_nb.media.video import Frame, VideoInfo
    from sora_nb.models import Clip

    Check = Callable[[], None] | None

TICK = Fraction(1, 120_000)
"""Unit of time where pictures come unevenly; all usual rates are whole numbers of it."""


UNEVEN = {"flags": "+frame_duration", "bf": "0"}
"""The encoder tells how long a picture lasts, the last one above all; of pictures out of order an MP4 cannot tell it."""
HOLD = 0.25
"""Most seconds a picture is held before it is written again: not every program knows how long the last one lasts."""
SMALL_HEIGHT = 24
"""Pixels at which first pictures are compared."""
UNLIKE = 16
"""Difference (0-255), on average, from which two pictures are not the same one."""
KEPT_SIDE = 1280
"""Most pixels of a kept clip's longer side: the engine of this machine sees no more of a picture."""
KEPT_PIXELS = 1280 * 720
"""Most pixels of a kept clip's pictures: services take clips of 720p. Seedance takes 409,600 to 927,408 pixels, sides of
300 to 6000 (its limits as public ComfyUI nodes for its gateways have them, read 2026-11-26)."""
QUIET = 1e-5
"""Loudness below which nobody hears a thing."""


@dataclass(frozen=True)
class Style:
    """How pictures are encoded.

    Attributes:
        options: of the encoder.
        codec: FFmpeg's name of the encoder.
        pixels: FFmpeg's name of the pixel format.
        sound: whether the sound comes along.
    """

    options: dict[str, str]
    codec: Literal["libx264", "libx264rgb"] = "libx264"
    pixels: str = "yuv420p"
    sound: bool = True


FEW = {"threads": str(THREADS)}
"""x264 otherwise takes half as many threads again as there are cores, each with pictures of its own."""
CLEAN = Style({"crf": "18", "preset": "superfast", **FEW})
"""Encoding that loses nothing one can see."""
QUICK = Style({"crf": "18", "preset": "ultrafast", **FEW})
"""The same for a few seconds that somebody waits for: larger, in half the time."""
SMALL = Style({"crf": "25", "preset": "superfast", "g": "12", **FEW})
"""For a page, which seeks while a handle is dragged: key frames twice a second."""
LOSSLESS = Style({"qp": "0", "preset": "ultrafast", "threads": "1"}, "libx264rgb", "rgb24", sound=False)
"""One thread and no loss: the same clip gives the same pictures everywhere."""


@dataclass
class Piece:
    """Seconds of a film that are encoded, and what was seen of them on the way.

    Attributes:
        path: the film.
        start, end: seconds.
        info: what the film says about itself.
        times: seconds of its pictures, by what the file tells.
        first: its first picture, small.
        passing: its pictures that nobody else has got yet.
        shown: seconds of its pictures that came out of the decoder.
        written: how many were written.
        mute: seconds of damaged sound.
        loudness: square of the samples, summed over channels, on average.
    """

    path: Path
    start: float
    end: float
    info: VideoInfo
    times: list[float]
    first: NDArray[np.uint8] | None = None
    passing: deque[Frame] = field(default_factory=deque)
    shown: list[float] = field(default_factory=list)
    written: int = 0
    mute: list[float] = field(default_factory=list)
    loudness: float = 0.0

    @classmethod
    def of(cls, path: Path, start: float, end: float | None = None) -> Piece:
        """Look at the seconds of a film that have pictures; all where no end is given.

        Raises:
            MediaError: the file cannot be read as a video, or has no picture there.
        """
        info = probe(path)
        stop = info.duration if end is None else min(end, info.duration)
        if stop - start < MOMENT:
            raise MediaError(f"{path.name!r} has no picture between {start:g} and {end or stop:g} s.")
        return cls(path, start, stop, info, picture_times(path, start, stop))

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.start

    @property
    def samples(self) -> int:
        """How many samples its sound has."""
        return round(self.seconds * RATE)

    @property
    def kept_side(self) -> int:
        """How many pixels the longer side of a kept clip has at most."""
        sides = self.info.width, self.info.height
        return min(KEPT_SIDE, int(math.sqrt(KEPT_PIXELS * max(sides) / min(sides))))

    def fits(self, rate: Fraction) -> bool:
        """Whether its pictures come exactly at a rate, from its start to its end."""
        due = [self.start + float(number / rate) for number in range(round(self.seconds * rate) + 1)]
        shown = [max(self.start, time) for time in self.times] + [self.end]
        return len(due) == len(shown) and all(abs(a - b) <= ROUNDED for a, b in zip(due, shown, strict=True))

    def missing(self) -> list[float]:
        """List the times of pictures that did not come out of the decoder, where that leaves a gap."""
        due = [max(self.start, time) for time in self.times]
        usual = max((after - before for before, after in pairwise([*due, self.end])), default=0.0)
        gaps = pairwise([self.start - usual, *self.shown, self.end])
        wide = [(before, after) for before, after in gaps if after - before > usual + 1 / self.info.fps]
        return [time for time in due if any(before + MOMENT < time < after - MOMENT for before, after in wide)]

    def notes(self) -> list[str]:
        """Say in sentences what it lacks."""
        pictures, pieces = len(self.missing()), sum(self.start <= time < self.end for time in self.mute)
        said = [f"Damaged pictures left out of the clip: {pictures}."] if pictures else []
        said += [f"Damaged pieces of sound left silent in the clip: {pieces}."] if pieces else []
        if self.info.has_audio and not self.loudness:
            said.append("The film has no sound in these seconds.")
        return said


def cut(path: Path, clip: Clip, out: Path) -> list[str]:
    """Write the seconds of `clip` to a new MP4 (H.264, AAC where there is sound), and check that it holds them.

    It begins with the picture on screen at the clip's start; every picture keeps its own time, and the sound its place.
    Pictures are encoded anew, because copying packets would start at the key frame before the clip; larger ones shrink
    to what an engine or a service makes use of.

    Returns:
        What it lacks, in sentences: damaged pictures and sound, sound that is not there.

    Raises:
        MediaError: the file cannot be read as a video, the clip holds no picture, or what was written is not the clip.
    """
    piece = Piece.of(path, clip.start, clip.end)
    _encode([piece], out, QUICK, max_side=piece.kept_side)
    check_cut(piece, out)
    return piece.notes()


def rewrite(path: Path, clip: Clip, out: Path, *, max_side: int) -> None:
    """Write the pictures of `clip` to a new MP4 without loss and without sound, and check that it holds them.

    Args:
        path: a local video file.
        clip: its seconds.
        out: the file to write.
        max_side: most pixels of the longer side.

    Raises:
        MediaError: as cut().
    """
    piece = Piece.of(path, clip.start, clip.end)
    _encode([piece], out, LOSSLESS, max_side=max_side)
    check_cut(piece, out)


def preview(path: Path, start: float, end: float, out: Path, *, max_side: int = 480, check: Check = None) -> None:
    """Write a window of a video as a small MP4 (H.264, AAC) that every browser plays, its index in front.

    Args:
        path, start, end, out, max_side, check: as of previewing().

    Raises:
        MediaError: the file cannot be read as a video, or the window holds no picture.
    """
    deque(previewing(path, start, end, out, max_side=max_side, check=check), maxlen=0)


def previewing(
    path: Path, start: float, end: float, out: Path, *, max_side: int = 480, check: Check = None
) -> Iterator[Frame]:
    """Write what preview() writes, and yield the window's pictures meanwhile; the file is whole after the last one.

    Args:
        path: a local video file.
        start, end: seconds.
        out: the file to write.
        max_side: most pixels of the longer side.
        check: called for every picture; what it raises ends the work.

    Raises:
        MediaError: the file cannot be read as a video, or the window holds no picture.
    """
    yield from _encoding([Piece.of(path, start, end)], out, SMALL, max_side=max_side, check=check)


def join(paths: Sequence[Path], out: Path, *, max_side: int | None = None) -> None:
    """Write videos one after another to a new MP4 (H.264, AAC where any has sound).

    Args:
        paths: local video files; the first one decides the size.
        out: the file.
        max_side: shrink so that the longer side has at most this many pixels, or None for full size.

    Raises:
        MediaError: one of them cannot be read as a video, or holds no picture.
    """
    _encode([Piece.of(path, 0.0) for path in paths], out, CLEAN, max_side=max_side)


def _encode(pieces: Sequence[Piece], out: Path, style: Style, *, max_side: int | None = None) -> None:
    deque(_encoding(pieces, out, style, max_side=max_side), maxlen=0)


class Keeper:
    """Cuts the seconds of a clip while somebody else looks at their pictures, so that they are decoded once.

    Args:
        path: a local video file.
        clip: its seconds.
        out: the file that cut() would write.

    Attributes:
        notes: what cut() would return; None as long as the file is not whole.
    """

    def __init__(self, path: Path, clip: Clip, out: Path) -> None:
        self._path, self._clip, self._out = path, clip, out
        self.notes: list[str] | None = None

    def frames(self, *, lost: list[float] | None = None) -> Iterator[Frame]:
        """Yield these seconds' pictures as video.frames() does; what goes wrong with the file does not end that.

        Args:
            lost: takes the seconds of damaged pictures, which are left out.

        Raises:
            MediaError: the file cannot be read as a video.
        """
        given = 0
        try:
            piece = Piece.of(self._path, self._clip.start, self._clip.end)
            for frame in _encoding([piece], self._out, QUICK, max_side=piece.kept_side, lost=lost):
                given += 1
                yield frame
            check_cut(piece, self._out)
            self.notes = piece.notes()
        except (MediaError, OSError):
            # cut() tells what it was
            yield from islice(frames(self._path, self._clip.start, self._clip.end, lost=lost), given, None)
        finally:
            if self.notes is None:
                self._out.unlink(missing_ok=True)


def _encoding(
    pieces: Sequence[Piece],
    out: Path,
    style: Style,
    *,
    max_side: int | None = None,
    check: Check = None,
    lost: list[float] | None = None,
) -> Iterator[Frame]:
    """Encode pieces, and yield each of their pictures as it was decoded."""
    rate = Fraction(pieces[0].info.fps).limit_denominator(1001 * 60)
    even = all(piece.fits(rate) for piece in pieces)
    with _output(out, pieces[0].path.name) as target:
        track = _Track(target, style, rate, even=even)
        with_sound = style.sound and any(piece.info.has_audio for piece in pieces)
        # the encoder's usual search takes four times as long, and comes no closer to what it is given
        fast = {"aac_coder": "fast"}
        audio = target.add_stream("aac", rate=RATE, layout="stereo", options=fast) if with_sound else None
        for begins, piece in _placed(pieces):
            for frame, lasts in _shown(piece, max_side, lost):
                if check is not None:
                    check()
                piece.written += track.add(frame, begins + frame.time - piece.start, lasts)
                while piece.passing:
                    yield piece.passing.popleft()
            yield from piece.passing
            if piece.first is None:
                raise MediaError(f"{piece.path.name!r} has no picture between {piece.start:g} and {piece.end:g} s.")
        track.end()
        if audio is not None:
            for sounding in _sounding(pieces):
                target.mux(audio.encode(sounding))
            target.mux(audio.encode())


class _Track:
    """Encodes the pictures of a file, each at its own time.

    Args:
        target: the file.
        style: how.
        rate: pictures a second.
        even: whether they come exactly at that rate.
    """

    def __init__(self, target: av.container.OutputContainer, style: Style, rate: Fraction, *, even: bool) -> None:
        self._target, self._pixels = target, style.pixels
        self._unit = 1 / rate if even else TICK
        options = style.options if even else style.options | UNEVEN
        self._video = target.add_stream(style.codec, rate=rate, options=options)
        self._video.pix_fmt = style.pixels
        self._video.codec_context.time_base = self._unit
        if style.pixels == "yuv420p":
            tag(self._video.codec_context)
        self._canvas: Encodable | None = None
        self._last = -1

    def add(self, frame: Frame, time: float, lasts: float) -> bool:
        """Encode a picture, or leave it out where another one has its time; return whether it was encoded.

        Args:
            frame: the first one decides the size.
            time: seconds, from the file's beginning.
            lasts: seconds for which it is seen.
        """
        stamp = round(time / self._unit)
        if stamp <= self._last:
            return False
        self._last = stamp
        if self._canvas is None:
            self._canvas = Encodable(*frame.size, self._pixels)
            self._video.width, self._video.height = self._canvas.width, self._canvas.height
        picture = self._canvas.take(frame)
        picture.pts, picture.duration, picture.time_base = stamp, round(lasts / self._unit), self._unit
        self._target.mux(self._video.encode(picture))
        return True

    def end(self) -> None:
        """Write what the encoder still keeps."""
        self._target.mux(self._video.encode())


def _placed(pieces: Sequence[Piece]) -> Iterator[tuple[float, Piece]]:
    """Give pieces the seconds at which they begin in the new file."""
    begins = 0.0
    for piece in pieces:
        yield begins, piece
        begins += piece.seconds


def _shown(piece: Piece, max_side: int | None, lost: list[float] | None) -> Iterator[tuple[Frame, float]]:
    """Decode the pictures of a piece, each with how long it is shown; the first one is shown from its start on."""
    shown: Frame | None = None
    for whole in frames(piece.path, piece.start, piece.end, lost=lost):
        piece.shown.append(whole.time)
        piece.passing.append(whole)
        frame = replace(whole, max_side=max_side)
        if shown is None:
            piece.first = replace(frame, max_side=None, height=SMALL_HEIGHT).rgb
            shown = replace(frame, time=piece.start)
            continue
        yield from _held(shown, frame.time)
        shown = frame
    if shown is not None:
        yield from _held(shown, piece.end)


def _held(frame: Frame, end: float) -> Iterator[tuple[Frame, float]]:
    """Show a picture until some second: once, or again and again where that is long."""
    turns = max(1, math.ceil((end - frame.time) / HOLD - MOMENT))
    step = (end - frame.time) / turns
    for turn in range(turns):
        yield replace(frame, time=frame.time + turn * step), step


def _sounding(pieces: Sequence[Piece]) -> Iterator[av.AudioFrame]:
    """Decode the sound of pieces, one after another."""
    import av

    at = 0
    for piece in pieces:
        blocks = (
            sound(piece.path, piece.start, piece.end, lost=piece.mute)
            if piece.info.has_audio
            else silence(piece.samples)
        )
        for block in blocks:
            piece.loudness += float(np.square(block).sum()) / piece.samples
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
            frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), at
            at += block.shape[1]
            yield frame


def check_cut(piece: Piece, out: Path) -> None:
    """Check that a file holds the seconds it was cut for: length, first picture, all pictures, sound.

    What was asked for is read from the film's time stamps, not from what its decoder gave.

    Args:
        piece: the seconds, as they were encoded.
        out: what was written.

    Raises:
        MediaError: what is wrong with it.
    """
    info = probe(out)
    wrong = _wrong_length(piece, info) or _wrong_pictures(piece, out) or _wrong_sound(piece, out, info)
    if wrong:
        raise MediaError(
            f"The clip cut from {piece.path.name!r} is not what was asked for: {wrong}.",
            hint="Choose other seconds, or have a video editor write the film anew.",
        )


def _wrong_length(piece: Piece, info: VideoInfo) -> str:
    apart = abs(info.duration - piece.seconds) > 1 / piece.info.fps + MOMENT
    return f"it lasts {info.duration:.2f} s, not {piece.seconds:.2f} s" if apart else ""


def _wrong_pictures(piece: Piece, out: Path) -> str:
    assert piece.first is not None
    small = next(key_frames(out, [0.0], height=SMALL_HEIGHT), None)
    if small is None or np.abs(_small(piece.first, small.rgb.shape) - small.rgb).mean() > UNLIKE:
        return "its first picture is another one"
    if len(picture_times(out, 0, piece.seconds + 1)) != piece.written:
        return "pictures got lost"
    missing = piece.missing()
    if missing and _can_be_decoded(piece.path, missing):
        return f"the pictures of {missing[0]:.2f} to {missing[-1]:.2f} s are missing"
    return ""


def _can_be_decoded(path: Path, times: list[float]) -> bool:
    """Whether any picture of some times comes out of the decoder when it begins well before them."""
    for time, _ in frames_from(path, times[0] - NEAR):
        if time > times[-1] + MOMENT:
            break
        if any(abs(time - wanted) <= MOMENT for wanted in times):
            return True
    return False


def _wrong_sound(piece: Piece, out: Path, info: VideoInfo) -> str:
    if piece.loudness < QUIET:
        return ""
    if not info.has_audio:
        return "its sound is missing"
    heard = sum(float(np.square(block).sum()) for block in sound(out, 0, piece.seconds)) / piece.samples
    return "" if 0.25 < heard / piece.loudness < 4 else "its sound is another one"


def _small(rgb: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.float32]:
    from PIL import Image

    small = Image.fromarray(rgb).resize((shape[1], shape[0]), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


@contextmanager
def _output(out: Path, name: str) -> Iterator[av.container.OutputContainer]:
    """Open an MP4 for writing; it is made of a file of this name, whose times FFmpeg may find no sense in."""
    import av

    try:
        with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
            yield target
    except av.error.ArgumentError as error:
        raise MediaError(f"{name!r} cannot be cut: {error.strerror}.", hint=AGAIN) from error
