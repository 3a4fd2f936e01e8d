"""Cut, preview and join videos by decoding and encoding them anew."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

from sora_nb.errors import MediaError
from sora_nb.media.colours import tag
from sora_nb.media.pixels import Encodable
from sora_nb.media.video import Frame, frames, open_video, probe, sound_tracks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import av.container

    from sora_nb.models import Clip

SOUND_RATE = 48_000
"""Samples a second of the sound written."""
CLEAN = {"crf": "18", "preset": "superfast"}
"""Encoding that loses nothing one can see."""
QUICK = {"crf": "18", "preset": "ultrafast"}
"""The same for a few seconds that somebody waits for: larger, in half the time."""


def cut(path: Path, clip: Clip, out: Path) -> None:
    """Write the seconds of `clip` to a new MP4 (H.264, AAC where there was sound), exact to the picture.

    Pictures are encoded anew, because copying packets would start at the key frame before the clip.

    Raises:
        MediaError: the file cannot be read as a video, or the clip holds no picture.
    """
    _encode([(path, clip.start, clip.end)], out, QUICK)


def preview(
    path: Path, start: float, end: float, out: Path, *, max_side: int = 480, check: Callable[[], None] | None = None
) -> None:
    """Write a window of a video as a small MP4 (H.264, AAC) that every browser plays, its index in front.

    Args:
        path: a local video file.
        start, end: seconds.
        out: the file to write.
        max_side: most pixels of the longer side.
        check: called for every picture; what it raises ends the work.

    Raises:
        MediaError: the file cannot be read as a video, or the window holds no picture.
    """
    # key frames twice a second: the page seeks while a handle is dragged
    options = {"crf": "25", "preset": "superfast", "g": "12"}
    _encode([(path, start, end)], out, options, max_side=max_side, check=check)


def join(paths: Sequence[Path], out: Path, *, max_side: int | None = None) -> None:
    """Write videos one after another to a new MP4 (H.264, AAC where any has sound).

    Args:
        paths: local video files; the first one decides size and pictures a second.
        out: the file.
        max_side: shrink so that the longer side has at most this many pixels, or None for full size.

    Raises:
        MediaError: one of them cannot be read as a video, or holds no picture.
    """
    _encode([(path, 0.0, probe(path).duration) for path in paths], out, CLEAN, max_side=max_side)


def _encode(
    pieces: Sequence[tuple[Path, float, float]],
    out: Path,
    options: dict[str, str],
    *,
    max_side: int | None = None,
    check: Callable[[], None] | None = None,
) -> None:
    infos = [probe(path) for path, _, _ in pieces]
    rate = Fraction(infos[0].fps).limit_denominator(1001 * 60)
    with _output(out, pieces[0][0].name) as target:
        video = target.add_stream("libx264", rate=rate, options=options)
        video.pix_fmt = "yuv420p"
        tag(video.codec_context)
        encodable: Encodable | None = None
        with_sound = any(info.has_audio for info in infos)
        audio = target.add_stream("aac", rate=SOUND_RATE, layout="stereo") if with_sound else None
        count = 0
        begun: list[tuple[int, float]] = []
        for (path, start, end), info in zip(pieces, infos, strict=True):
            first = count
            taken = frames(path, start, end, max_side=max_side)
            same_pace = abs(info.fps / infos[0].fps - 1) < 0.01
            for frame in taken if same_pace else _at_rate(taken, start, end, float(rate)):
                if check is not None:
                    check()
                if encodable is None:
                    encodable = Encodable(frame.rgb.shape[1], frame.rgb.shape[0])
                    video.width, video.height = encodable.width, encodable.height
                picture = encodable.frame(frame.rgb)
                picture.pts = count
                picture.time_base = 1 / rate
                target.mux(video.encode(picture))
                count += 1
            if count == first:
                raise MediaError(f"{path.name!r} has no picture between {start:g} and {end:g} s.")
            begun.append((first, min(end, start + float((count - first) / rate))))
        target.mux(video.encode())
        if audio is not None:
            for (path, start, _), info, (first, end) in zip(pieces, infos, begun, strict=True):
                for sound in _sound(path, start, end) if info.has_audio else ():
                    sound.pts = (sound.pts or 0) + round(first / rate * SOUND_RATE)
                    target.mux(audio.encode(sound))
            target.mux(audio.encode())


@contextmanager
def _output(out: Path, name: str) -> Iterator[av.container.OutputContainer]:
    """Open an MP4 for writing; it is made of a file of this name, whose times FFmpeg may find no sense in."""
    import av

    try:
        with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
            yield target
    except av.error.ArgumentError as error:
        raise MediaError(
            f"{name!r} cannot be cut: {error.strerror}.", hint="Convert it to MP4 (H.264) and try again."
        ) from error


def _at_rate(taken: Iterator[Frame], start: float, end: float, rate: float) -> Iterator[Frame]:
    """Show pictures at another pace: each as often as is due."""
    count = 0
    shown: Frame | None = None
    for frame in taken:
        due = round((frame.time - start) * rate)
        yield from [shown or frame] * (due - count)
        count = max(count, due)
        shown = frame
    if shown is not None:
        yield from [shown] * (round((end - start) * rate) - count)


def _sound(path: Path, start: float, end: float) -> Iterator[av.AudioFrame]:
    """Decode the sound of a window as stereo at SOUND_RATE, its first sample at time 0, gaps kept."""
    import av

    rate = SOUND_RATE
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
    with open_video(path) as container:
        stream = sound_tracks(container)[0]
        if stream.time_base:
            container.seek(int(max(0.0, start - 0.1) / stream.time_base), stream=stream)
        for coded in container.decode(stream):
            if coded.time is not None and coded.time >= end:
                return
            for sound in resampler.resample(coded):
                at = (sound.pts or 0) - round(start * rate)
                samples = sound.to_ndarray()[:, max(0, -at) : max(0, round((end - start) * rate) - at)]
                if samples.shape[1]:
                    piece = av.AudioFrame.from_ndarray(samples.copy(order="C"), format="fltp", layout="stereo")
                    piece.sample_rate = rate
                    piece.time_base = Fraction(1, rate)
                    piece.pts = max(0, at)
                    yield piece
