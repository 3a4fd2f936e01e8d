"""Synthesise the ambience of a scene in stereo: shaped noise and small events, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
LEVEL = 0.075
"""Root mean square of the finished sound; about -22.5 dB below full scale."""

Signal = NDArray[np.float64]


@dataclass(frozen=True)
class Bed:
    """A band of noise.

    Attributes:
        low, high: Hz between which it is loud.
        tilt: 0 is bright (white), 0.5 pink, 1 dark (brown).
        level: relative loudness.
        period: seconds of its swelling and ebbing; 0 is steady.
        sharp: how much of the time it is quiet when it swells.
    """

    low: float
    high: float
    tilt: float
    level: float
    period: float = 0.0
    sharp: float = 1.0


@dataclass(frozen=True)
class Event:
    """A sound that comes again at random.

    Attributes:
        kind: a key of TONES.
        every: mean seconds from one to the next.
        level: relative loudness.
    """

    kind: str
    every: float
    level: float


BEDS = {
    "beach": (Bed(60, 900, 0.7, 0.5, 5.5, 1.4), Bed(900, 7000, 0.35, 0.45, 5.5, 2.2), Bed(200, 2500, 0.9, 0.15)),
    "coffee shop": (Bed(180, 1400, 0.6, 0.7, 2.3), Bed(300, 2600, 0.5, 0.35, 1.1, 1.5), Bed(60, 300, 1.0, 0.3)),
    "office": (Bed(90, 420, 0.9, 0.6), Bed(2000, 6000, 0.5, 0.06), Bed(250, 1500, 0.7, 0.12, 3.1)),
    "forest": (Bed(200, 2600, 0.6, 0.4, 6.5), Bed(2500, 9000, 0.4, 0.10, 4.0)),
    "city street": (Bed(40, 420, 1.0, 0.9, 7.0), Bed(400, 3000, 0.7, 0.25, 4.3)),
    "mountains": (Bed(120, 900, 0.8, 0.6, 6.0, 1.4), Bed(900, 3500, 0.6, 0.15, 3.7)),
    "space": (Bed(30, 110, 0.9, 0.9, 9.0), Bed(150, 420, 0.9, 0.18, 5.0)),
    "living room": (Bed(60, 260, 1.0, 0.5), Bed(500, 4000, 0.8, 0.05)),
    "stage": (Bed(250, 2200, 0.5, 0.8, 3.5), Bed(1500, 6500, 0.4, 0.25, 2.1, 1.6), Bed(50, 140, 0.9, 0.4)),
    "snow": (Bed(200, 1400, 0.8, 0.7, 5.0, 1.6), Bed(1400, 5200, 0.6, 0.14, 3.0)),
    "underwater": (Bed(30, 330, 1.0, 0.9, 4.5), Bed(200, 700, 0.9, 0.15, 2.0)),
    "desert": (Bed(150, 1100, 0.7, 0.6, 7.0, 1.5), Bed(2500, 7000, 0.5, 0.06, 4.4)),
    "meadow": (Bed(250, 2400, 0.7, 0.35, 5.5), Bed(3500, 8000, 0.3, 0.10, 0.9)),
    "kitchen": (Bed(80, 380, 0.9, 0.4), Bed(2500, 9000, 0.3, 0.14, 2.4)),
}
"""What one hears in a scene, keyed as vocabulary.SCENES."""

EVENTS = {
    "beach": (Event("gull", 3.2, 0.35),),
    "coffee shop": (Event("clink", 1.1, 0.5),),
    "office": (Event("click", 0.16, 0.22),),
    "forest": (Event("chirp", 0.9, 0.6),),
    "city street": (Event("thump", 2.8, 0.3),),
    "mountains": (Event("chirp", 4.5, 0.3),),
    "space": (Event("blip", 1.9, 0.22),),
    "living room": (Event("tick", 1.0, 0.25),),
    "stage": (Event("thump", 0.5, 0.8), Event("click", 0.09, 0.2)),
    "underwater": (Event("bubble", 0.45, 0.5),),
    "meadow": (Event("chirp", 0.7, 0.6),),
    "kitchen": (Event("clink", 1.6, 0.5), Event("bubble", 0.3, 0.15)),
}

WEATHER = {
    "rain": (Bed(700, 9000, 0.25, 0.85), Bed(150, 900, 0.7, 0.25)),
    "snow": (Bed(250, 1500, 0.8, 0.4, 4.7, 1.5),),
    "fog": (Bed(80, 400, 1.0, 0.2),),
}

TONES = {
    "chirp": (3400.0, 0.16, 0.12),
    "gull": (1500.0, 0.38, 0.30),
    "clink": (2700.0, 0.28, 0.0),
    "click": (1900.0, 0.03, 0.0),
    "tick": (1200.0, 0.04, 0.0),
    "blip": (700.0, 0.5, 0.0),
    "thump": (62.0, 0.24, -0.35),
    "bubble": (420.0, 0.11, 0.9),
}
"""Pitch in Hz, length in seconds, and how far the pitch glides, of each kind of event."""
STEADY = frozenset(["tick", "thump"])
"""Events that keep time."""


def ambience(scene: str, weather: str, samples: int, seed: int) -> NDArray[np.float32]:
    """Synthesise the sound of a place.

    Args:
        scene: a key of BEDS.
        weather: clear, cloudy, rain, snow or fog.
        samples: length at RATE.
        seed: chooses the noise and when events come.

    Returns:
        Stereo, shape (samples, 2), between -1 and 1, faded in and out over a quarter of a second.
    """
    rng = np.random.default_rng([seed, 4800])
    time = np.arange(samples) / RATE
    sound = np.zeros((samples, 2))
    for bed in (*BEDS[scene], *WEATHER.get(weather, ())):
        phase = rng.random() * 2 * np.pi
        spectrum = _spectrum(bed, samples)
        for channel in range(2):
            sound[:, channel] += _band(bed, spectrum, samples, rng) * _swell(bed, time, phase + 0.3 * channel)
    for event in EVENTS.get(scene, ()):
        _add_events(sound, event, rng)
    sound *= LEVEL / max(1e-9, float(np.sqrt(np.mean(sound**2))))
    fade = np.clip(np.minimum(time, time[-1] - time) / 0.25, 0, 1) if samples else time
    return np.asarray(np.tanh(sound * fade[:, None]), np.float32)


def _spectrum(bed: Bed, samples: int) -> Signal:
    """Return how loud each frequency of a bed is."""
    # a length with small factors: the transform of a prime length takes many times longer
    length = -(-samples // 4800) * 4800
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    shape = (
        np.maximum(frequency, 20) ** -bed.tilt
        / (1 + (bed.low / np.maximum(frequency, 1)) ** 4)
        / (1 + (frequency / bed.high) ** 4)
    )
    return np.asarray(shape, np.float64)


def _band(bed: Bed, spectrum: Signal, samples: int, rng: np.random.Generator) -> Signal:
    """Shape noise in the frequency domain; root mean square = level."""
    turned = spectrum * np.exp(2j * np.pi * rng.random(len(spectrum)))
    noise = np.fft.irfft(turned)[:samples]
    return np.asarray(noise * (bed.level / max(1e-12, float(np.sqrt(np.mean(noise**2))))), np.float64)


def _swell(bed: Bed, time: Signal, phase: float) -> Signal | float:
    if not bed.period:
        return 1.0
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * time / bed.period + phase)
    return np.asarray(0.3 + 0.7 * wave**bed.sharp, np.float64)


def _add_events(sound: Signal, event: Event, rng: np.random.Generator) -> None:
    """Put an event into the sound again and again, in place, each time from elsewhere."""
    pitch, length, glide = TONES[event.kind]
    at = event.every * 0.5
    while at < len(sound) / RATE:
        tone = _tone(event.kind, pitch * (1 if event.kind in STEADY else 0.75 + 0.5 * rng.random()), length, glide)
        start = int(at * RATE)
        tone = tone[: len(sound) - start] * event.level
        place = 0.5 if event.kind in STEADY else 0.2 + 0.6 * rng.random()
        sound[start : start + len(tone), 0] += tone * (1 - place)
        sound[start : start + len(tone), 1] += tone * place
        at += event.every * (1 if event.kind in STEADY else 0.3 + 1.4 * rng.random())


def _tone(kind: str, pitch: float, length: float, glide: float) -> Signal:
    time = np.arange(int(length * RATE)) / RATE
    part = time / length
    frequency = pitch * (1 + glide * part)
    if kind in {"chirp", "gull"}:
        frequency = frequency * (1 + 0.12 * np.sin(2 * np.pi * part * (3 if kind == "chirp" else 1)))
    tone = np.sin(2 * np.pi * np.cumsum(frequency) / RATE)
    if kind in {"clink", "gull"}:
        tone += 0.5 * np.sin(2 * np.pi * np.cumsum(frequency) * 2.76 / RATE)
    decay = np.exp(-part * 5) if kind not in {"chirp", "gull", "bubble"} else np.sin(np.pi * part) ** 2
    return np.asarray(tone * decay * np.clip(time / 0.003, 0, 1), np.float64)
