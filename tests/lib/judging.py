"""Say what is wrong with the seconds of a film that arrived: which pictures are missing, when they come, what is heard."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass

import av
import numpy as np
from numbered import heard_in, number_of, pictures_of, zero
from PIL import Image

SLACK = 0.002
"""Seconds by which a stamp may be rounded."""
LAST = 0.05
"""Seconds before the end of a clip in which pictures are not counted on: a clip may be one picture shorter."""


@dataclass(frozen=True)
class Clip:
    """What a clip's file holds.

    Attributes:
        pictures: (second, number) in order of time.
        length: seconds until the last picture goes.
        heard: {second: which second its sound tells}.
    """

    pictures: tuple[tuple[float, int], ...]
    length: float
    heard: dict[float, int | None]


def opened(path):
    """Read a clip's file."""
    with av.open(str(path)) as container:
        ends = [
            float((packet.pts + (packet.duration or 0)) * packet.time_base)
            for packet in container.demux(video=0)
            if packet.pts is not None
        ]
        length = max(ends) - zero(container)
    return Clip(tuple(pictures_of(path)), length, heard_in(path))


def about_numbers(film, start, end, numbers):
    """Say which pictures of a stretch are missing, too many, or out of order; "" where none is.

    The first has to be the one on screen at `start`; what comes within a twentieth of a second of the end may be missing, and one more
    picture may be there.
    """
    numbers = [number for number, _ in itertools.groupby(numbers)]
    right = film.shown(start, end)
    needed = film.shown(start, max(start, end - LAST))
    following = [number for time, number in film.pictures if time >= end - 1e-6][:1]
    if numbers[: len(needed)] == needed and numbers == (right + following)[: len(numbers)]:
        return ""
    if not numbers:
        return f"no picture instead of {len(right)}"
    missing, more = sorted(set(right) - set(numbers)), sorted(set(numbers) - set(right), key=str)
    return f"{numbers[0]}..{numbers[-1]} ({len(numbers)}) for {right[0]}..{right[-1]} ({len(right)}), missing {missing[:4]}, too many {more[:4]}"


def about_clip(film, start, end, clip, *, thinned=False):
    """Say what is wrong with a clip of a film's seconds; "" where nothing is.

    Args:
        film: what it was cut from.
        start, end: seconds asked for.
        clip: as opened().
        thinned: whether pictures that come quicker than 60 a second may be left out.
    """
    end = min(end, film.end)
    rests = [b - a for (a, _), (b, _) in itertools.pairwise(film.pictures) if start <= a < end] or [0.0]
    picture = max(0.02, min(0.05, sorted(rests)[len(rests) // 2])) + SLACK
    first = {}
    for time, number in clip.pictures:
        first.setdefault(number, time)
    numbers = [number for _, number in clip.pictures]
    said = about_numbers(film, start, end, numbers)
    if (
        thinned
        and first
        and set(numbers) <= set(film.shown(start, end))
        and numbers[0] == film.on_screen(start)
        and numbers == sorted(numbers)
    ):
        said = ""
    told = [said] if said else []
    late = [
        (number, round(first[number] - (time - start), 3))
        for time, number in film.pictures
        if number in first
        and number != film.on_screen(start)  # it is shown from the clip's begin on, also where it comes later
        and start <= time < end
        and abs(first[number] - (time - start)) > picture
    ]
    if clip.pictures and clip.pictures[0][0] > SLACK:
        told.append(f"it begins {clip.pictures[0][0]:.3f} s late")
    if late:
        told.append(f"{len(late)} pictures at other times, such as {late[:2]}")
    if abs(clip.length - (end - start)) > picture:
        told.append(f"{clip.length:.2f} s for {end - start:.2f}")
    told += about_sound(film, start, end, clip.heard)
    return "; ".join(told)


def about_sound(film, start, end, heard):
    """Say where the sound of a clip is from other seconds, or missing."""
    wrong = []
    for place in np.arange(0.05, end - start - 0.1, 0.1):
        right = film.heard(start + place, slack=0.09)
        near = min(heard, key=lambda middle: abs(middle - place), default=None)
        told = heard[near] if near is not None and abs(near - place) < 0.051 else None
        if right is not ... and told != right:
            wrong.append((round(float(place), 2), told, right))
    return (
        [f"sound wrong at {len(wrong)} tenths of a second, such as {wrong[:2]} (when, heard, right)"] if wrong else []
    )


def strip_numbers(strip):
    """Read the numbers of a filmstrip's pictures."""
    with Image.open(io.BytesIO(strip.sprite)) as sprite:
        pixels = np.asarray(sprite.convert("RGB"))
    return [number_of(part) for part in np.split(pixels, len(strip.times), axis=1)]


def about_strip(film, strip):
    """Say which pictures of a strip are not those of their times; it may show the nearest key frame of their slot."""
    step = strip.times[1] - strip.times[0]
    wrong = []
    for time, number in zip(strip.times, strip_numbers(strip), strict=True):
        if number not in film.shown(time - step, time + step):
            wrong.append((round(time, 2), number, film.on_screen(time)))
    return (
        f"{len(wrong)} of {len(strip.times)} from elsewhere, such as {wrong[:3]} (when, seen, right)" if wrong else ""
    )


def number_in(jpeg):
    """Read the number of a picture in a JPEG's bytes."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        return number_of(np.asarray(picture.convert("RGB")))
