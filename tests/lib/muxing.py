"""Write small films as the programs of other people do: by container, codecs, pace of pictures, and when the sound begins."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
from numbered import SIZE, picture, pictures_of, sounding

VIDEO = {
    "libx264": {"preset": "ultrafast", "crf": "16"},
    "libx265": {"preset": "ultrafast", "crf": "16", "x265-params": "log-level=error"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "b": "1500k", "error-resilient": "1", "threads": "1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "b": "1500k"},
    "libsvtav1": {"preset": "12", "crf": "30", "svtav1-params": "lookahead=0"},
    "mpeg2video": {"q": "3", "qmin": "2", "qmax": "4"},
    "mpeg4": {"qmin": "2", "qmax": "4"},
}
"""Encoders' options, for speed; the threads of VP8's wait for each other busily, for minutes where others use the cores too."""
PIXELS = {"mjpeg": "yuvj420p", "ffv1": "yuv420p"}
MILLISECONDS, FRAMES = {"webm", "mkv", "flv"}, {"avi", "mpg"}
"""Suffixes of containers that stamp pictures with those."""
SMALL = (112, 112)
"""Width and height of pictures that are quickly coded, and whose number can still be read at 24 pixels."""


@dataclass(frozen=True)
class Sound:
    """The sound of a film.

    Attributes:
        codec: FFmpeg's name of the encoder.
        rate: samples a second.
        layout: FFmpeg's name of the channels.
        spans: (begin, end) of its pieces, stamped with these seconds.
        first: whether its track comes before the pictures'.
        damaged: of which packets nothing but noise is left, by number.
    """

    codec: str = "aac"
    rate: int = 48_000
    layout: str = "stereo"
    spans: tuple[tuple[float, float], ...] = ((0.0, 6.0),)
    first: bool = False
    damaged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Film:
    """A film, and what a player shows of it.

    Attributes:
        path: the file.
        pictures: (second on a player's clock, number) in order of time.
        end: second at which the last picture goes.
        sound: (begin, end) of its pieces on a player's clock; its pitch tells the second of that clock, less `late`.
        late: seconds by which its stamps are behind a player's clock.
    """

    path: object
    pictures: tuple[tuple[float, int], ...]
    end: float
    sound: tuple[tuple[float, float], ...] = ()
    late: float = 0.0

    def on_screen(self, time):
        """Number of the picture at a second: the last that came up by then, or the first where none did."""
        return ([number for at, number in self.pictures if at <= time + 1e-6] or [self.pictures[0][1]])[-1]

    def clear(self, start):
        """Return the first time from `start` on at which no picture is just about to come up."""
        while any(1e-6 < at - start < 0.003 for at, _ in self.pictures):
            start = round(start + 0.002, 3)
        return start

    def shown(self, start, end):
        """Numbers of the pictures from one second up to, not including, another."""
        return [
            self.on_screen(start),
            *(n for at, n in self.pictures if start + 1e-6 < at < end - 1e-6 and n != self.on_screen(start)),
        ]

    def heard(self, time, slack=0.06):
        """Which second its sound tells at a time: a number, None for silence, ... within `slack` of a change."""
        told = {self._heard(time - slack), self._heard(time + slack)}
        return told.pop() if len(told) == 1 else ...

    def _heard(self, time):
        inside = any(begin <= time < end for begin, end in self.sound)
        return int(np.floor(time - self.late)) if inside else None


@dataclass(frozen=True)
class Recipe:
    """How a film is written.

    Attributes:
        name: of the file, with its suffix.
        times: seconds of the pictures' stamps, in order of their numbers; they may jump where all are key frames.
        codec: FFmpeg's name of the encoder.
        container: FFmpeg's name of the muxer.
        sound: its sound, or None.
        gop: pictures from one key frame to the next.
        ticks: a second has so many; for encoders that take only some.
        pace: pictures a second, as the header says.
        options: of the encoder.
        mux: options of the muxer.
        pixels: FFmpeg's name of the pixel format.
        size: (width, height) of the pictures.
        damaged: of which packets of pictures nothing but noise is left, by number.
        change: makes other bytes of the file's.
        draw: draws a picture by number and size.
        colours: how RGB becomes the pixels: FFmpeg's matrix and range, such as ("ITU709", "JPEG"); it is not written down.
        tags: attributes of the encoder's context.
        late: seconds by which the sound's stamps are behind a player's clock, where the pictures' are behind by others.
    """

    name: str
    times: tuple[float, ...]
    codec: str = "libx264"
    container: str | None = None
    sound: Sound | None = Sound()
    gop: int = 25
    ticks: int = 90_000
    pace: int | Fraction = 25
    options: dict = field(default_factory=dict)
    mux: dict = field(default_factory=dict)
    pixels: str = ""
    size: tuple[int, int] = SIZE
    damaged: frozenset[int] = frozenset()
    change: object = None
    draw: object = picture
    colours: tuple[str, str] | None = None
    tags: dict = field(default_factory=dict)
    late: float | None = None


def write(recipe, folder):
    """Write a film; returns its path."""
    path = folder / recipe.name
    with av.open(str(path), "w", format=recipe.container, options=recipe.mux) as target:
        audio = _sound_track(target, recipe.sound) if recipe.sound and recipe.sound.first else None
        video = _picture_track(target, recipe)
        audio = audio or (_sound_track(target, recipe.sound) if recipe.sound else None)
        coded = list(_coded_pictures(video, recipe))
        if audio is not None:
            coded += _coded_sound(audio, recipe.sound)
        coded.sort(key=lambda packet: float((packet.pts if packet.dts is None else packet.dts) * packet.time_base))
        for packet in coded:
            target.mux(packet)
    give_up_priority()
    if recipe.change is not None:
        path.write_bytes(recipe.change(path.read_bytes()))
    return path


def give_up_priority():
    """Take from this thread the real-time priority that SVT-AV1 gives to one that encodes as root, and its children get."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def film(path, times, *, between=0, sound=None, sound_codec="aac", sound_rate=48_000, rate=25, **more):
    """Write a small film with stamps as its suffix has them; returns its path.

    Args:
        path: the file.
        times: seconds of the pictures, rising.
        between: most pictures in a row that are made from those before and behind.
        sound: seconds (from, to) in which there is sound.
        sound_codec, sound_rate: how it is written.
        rate: pictures a second that the header tells of.
        more: of the recipe.
    """
    kind = path.suffix[1:]
    recipe = Recipe(
        path.name,
        tuple(times),
        container="vob" if kind == "mpg" else None,
        sound=sound and Sound(sound_codec, sound_rate, spans=(sound,)),
        pace=rate,
        tags={"max_b_frames": between},
        **{"size": SMALL, "ticks": rate if kind in FRAMES else 1000 if kind in MILLISECONDS else 90_000} | more,
    )
    return write(recipe, path.parent)


def measured(recipe, folder):
    """Write a film and find out what a player shows of it, by decoding it once from its first byte to its last."""
    path = write(recipe, folder)
    pictures = tuple((time, number) for time, number in pictures_of(path))
    late = pictures[-1][0] - recipe.times[pictures[-1][1]] if recipe.late is None else recipe.late
    step = 1 / float(recipe.pace)
    spans = recipe.sound.spans if recipe.sound else ()
    sound = tuple((begin + late, end + late) for begin, end in spans)
    return Film(path, pictures, pictures[-1][0] + step, sound, late)


def _picture_track(target, recipe):
    options = {**VIDEO.get(recipe.codec, {}), **recipe.options}
    if recipe.codec == "libx264":
        options.setdefault("sc_threshold", "0")
    video = target.add_stream(recipe.codec, rate=recipe.pace, options=options)
    video.width, video.height = recipe.size
    video.pix_fmt = recipe.pixels or PIXELS.get(recipe.codec, "yuv420p")
    video.gop_size = recipe.gop
    video.time_base = video.codec_context.time_base = Fraction(1, recipe.ticks)
    for name, value in recipe.tags.items():
        setattr(video.codec_context, name, value)
    return video


def _sound_track(target, sound):
    options = {"strict": "experimental"} if sound.codec == "vorbis" else {}
    return target.add_stream(sound.codec, rate=sound.rate, layout=sound.layout, options=options)


def _coded_pictures(video, recipe):
    coded = []
    base = video.codec_context.time_base
    stamps = [round(time / base) for time in recipe.times]
    for number, stamp in enumerate(sorted(stamps)):
        rgb = recipe.draw(number, recipe.size)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24" if rgb.dtype == np.uint8 else "rgb48le")
        if recipe.colours is not None:
            matrix, span = recipe.colours
            frame = frame.reformat(format=video.pix_fmt, dst_colorspace=matrix, dst_color_range=span)
        frame.pts, frame.time_base = stamp, base
        coded += video.encode(frame)
    coded += video.encode()
    if stamps != sorted(stamps):
        for place, packet in enumerate(coded):
            packet.pts, packet.dts = stamps[place], place  # muxers want the latter to rise
    return _with_noise([packet for packet in coded if packet.size], recipe.damaged)


def _coded_sound(audio, sound):
    resampler = av.AudioResampler(
        audio.codec_context.format, sound.layout, sound.rate, audio.codec_context.frame_size or None
    )
    coded = []
    for begin, end in sound.spans:
        for frame in sounding(sound.rate, sound.layout, begin, end - begin):
            frame.sample_rate = sound.rate
            for piece in resampler.resample(frame):
                coded += audio.encode(piece)
    coded += audio.encode()
    return _with_noise([packet for packet in coded if packet.size], sound.damaged)


def _with_noise(coded, damaged):
    rng = np.random.default_rng(3)
    for number, packet in enumerate(coded):
        if number not in damaged:
            yield packet
            continue
        noise = av.Packet(rng.integers(1, 255, packet.size, np.uint8).tobytes())
        noise.pts, noise.dts, noise.time_base, noise.stream = packet.pts, packet.dts, packet.time_base, packet.stream
        noise.duration = packet.duration or 0
        noise.is_keyframe = packet.is_keyframe
        yield noise
