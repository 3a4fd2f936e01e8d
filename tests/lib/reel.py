"""Small films for tests of time: every picture carries its number in black and white, every second of sound has its pitch."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np

BITS, SIDE = 10, 8
WIDE, TALL = BITS * SIDE, 48
FORMATS = {"ts": "mpegts", "mkv": "matroska", "mpg": "vob"}
MILLISECONDS = {"webm", "mkv", "flv"}
RATE = 48_000


def drawn(number):
    """Draw a picture: its number in bits, the highest on the left."""
    bits = [number >> (BITS - 1 - bit) & 1 for bit in range(BITS)]
    return np.repeat(np.array(bits, np.uint8) * 200 + 25, SIDE)[None, :, None].repeat(TALL, 0).repeat(3, 2)


def number_of(rgb):
    """Read the number of a picture of any size."""
    grey = rgb.mean(axis=(0, 2))
    middles = (np.arange(BITS) + 0.5) * len(grey) / BITS
    return int("".join(str(int(grey[int(middle)] > 128)) for middle in middles), 2)


def tone(start, seconds, rate=RATE):
    """Make samples: 400 Hz, and 200 more for each second begun."""
    time = start + np.arange(round(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * (400 + 200 * np.floor(time + 1e-6)) * time)).astype(np.float32)


def second_of(samples, rate=RATE):
    """Tell which second some samples are from; None where they are silent."""
    if np.abs(samples).max() < 0.05:
        return None
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return round((np.argmax(spectrum) * rate / len(samples) - 400) / 200)


def write(path, times, *, codec="libx264", gop=25, between=0, sound=None, sound_codec="aac", sound_rate=RATE, rate=25):
    """Write a film; returns its path.

    Args:
        path: the file; its suffix decides the container.
        times: seconds of the pictures, rising.
        codec: of the pictures.
        gop: pictures from one key frame to the next.
        between: most pictures in a row that are made from those before and behind.
        sound: seconds (from, to) in which there is sound.
        sound_codec, sound_rate: how it is written.
        rate: pictures a second that the header tells of.
    """
    kind = path.suffix[1:]
    tick = Fraction(1, rate) if kind in {"avi", "mpg"} else Fraction(1, 1000 if kind in MILLISECONDS else 90_000)
    options = {"preset": "ultrafast", "crf": "12", "sc_threshold": "0"} if codec == "libx264" else {"b": "2M"}
    with av.open(str(path), "w", format=FORMATS.get(kind)) as target:
        video = target.add_stream(codec, rate=rate, options=options | {"bf": str(between)})
        video.width, video.height, video.pix_fmt = WIDE, TALL, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        video.gop_size, video.codec_context.time_base = gop, tick
        audio = target.add_stream(sound_codec, rate=sound_rate, layout="stereo") if sound else None
        packets = []
        for number, time in enumerate(times):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(drawn(number)), format="rgb24")
            picture.pts, picture.time_base = round(time / tick), tick
            packets += video.encode(picture)
        packets += video.encode()
        if audio is not None:
            first, last = (round(second * sound_rate) for second in sound)
            samples = tone(sound[0], sound[1] - sound[0], sound_rate)
            for at in range(0, last - first, 1024):
                piece = np.ascontiguousarray(samples[None, at : at + 1024].repeat(2, 0))
                frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                frame.sample_rate, frame.time_base, frame.pts = sound_rate, Fraction(1, sound_rate), first + at
                packets += audio.encode(frame)
            packets += audio.encode()
        packets.sort(key=lambda packet: float(packet.dts * packet.time_base))
        for packet in packets:
            target.mux(packet)
    return path
