"""How arguments are written: numbers of any kind and text become one form, and what is neither is refused in words."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from numbers import Integral, Real
from pathlib import Path

from sora_nb import display
from sora_nb.errors import ClipError, InvalidInput

NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
"""Seconds as text."""
_TIME = re.compile(r"(?:(?P<hours>[0-9]{1,3}):)?(?P<minutes>[0-9]{1,3}):(?P<seconds>[0-9]{1,2}(?:\.[0-9]{1,9})?)")
_SIZE = re.compile(r"([0-9]{1,9})\s*[xX*×]\s*([0-9]{1,9})")
_WHOLE = re.compile(r"[0-9]{1,18}")
SAME_PICTURE = 0.25
"""Seconds by which a clip may begin beside the picture in which its subject was found."""
LABEL_LONGEST = 80
"""Letters of a name of a person or an experiment."""
_LONGEST = 1_000_000
"""Seconds; no video is that long, and times below it are exact to the millisecond as text and as float."""


def number(value: object) -> float | None:
    """Return a number of any kind as a float, NumPy's, Decimal and Fraction too; None for anything else.

    True and False, NaN and the infinities are no numbers here.
    """
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):  # a signalling NaN, or more than a float holds
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """Return a whole number of any kind, or digits as text, as an int; None for anything else."""
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value.strip()) and value.isascii() else None
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)  # exact, where a float would round a large seed
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def pair(value: object) -> tuple[object, object] | None:
    """Return both members of a pair, like a tuple, list or NumPy array; None for anything else."""
    if isinstance(value, (str, bytes, AbstractSet, Mapping)) or not isinstance(value, Iterable):
        return None
    try:
        first, second = value
    except (TypeError, ValueError):  # more or less than two, or an array without dimensions
        return None
    return first, second


def moment(value: object, name: str) -> float:
    """Read a moment of a video.

    Args:
        value: seconds as a number of any kind, or as text like "1.5", "0:02.5" or "1:02:03.25".
        name: what it is the moment of, for the refusal: "start" or "end".

    Returns:
        Seconds, to the millisecond; below zero where a number is.

    Raises:
        ClipError: it is neither.
    """
    found = _clock(value.strip()) if isinstance(value, str) else number(value)
    if found is None or abs(found) >= _LONGEST:
        raise ClipError(
            f"The {name} of a clip is a number of seconds or a time as text, not {display.plain(repr(value), 80)}.",
            hint='Write it like 2.5, "0:02.5" or "1:02:03.25".',
        )
    return round(found, 3)


def _clock(text: str) -> float | None:
    if NUMBER.fullmatch(text):
        return float(text)
    told = _TIME.fullmatch(text)
    if told is None:
        return None
    hours, minutes, seconds = int(told["hours"] or 0), int(told["minutes"]), Decimal(told["seconds"])
    if seconds >= 60 or (told["hours"] and minutes >= 60):
        return None
    return float(3600 * hours + 60 * minutes + seconds)


def size(value: object) -> str:
    """Read the size of a video in pixels.

    Args:
        value: width and height, as (1280, 720), "1280x720", "1280*720" or with the multiplication sign.

    Returns:
        As services want it, like "1280x720". Whether a service has that size is not known here.

    Raises:
        InvalidInput: it is none of these.
    """
    told = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    sides = pair(told.groups() if told else value)
    width, height = (whole(side) for side in sides or (None, None))
    if not width or not height or min(width, height) < 1:
        raise InvalidInput(
            f"{display.plain(repr(value), 80)} is not the size of a video.",
            hint='Write width and height in pixels, like "1280x720" or (1280, 720).',
        )
    return f"{width}x{height}"


def seconds(value: object) -> int:
    """Read the length of a video to generate.

    Args:
        value: a whole number of any kind, or as text.

    Returns:
        Seconds, 1 or more. Whether a service has that length is not known here.

    Raises:
        InvalidInput: it is not a whole number, or below 1.
    """
    return _from_one(value, "The length of a video is a whole number of seconds", example=8)


def seed(value: object) -> int:
    """Read the seed of a video.

    Args:
        value: a whole number of any kind, or as text.

    Returns:
        The seed, 0 to 2**63 - 1, as a database keeps it.

    Raises:
        InvalidInput: it is not a whole number, below 0, or larger.
    """
    found = whole(value)
    if found is None or not 0 <= found < 2**63:
        raise InvalidInput(
            f"A seed is a whole number from 0 to 2**63 - 1, not {display.plain(repr(value), 80)}.",
            hint="Write it like 7.",
        )
    return found


def subject(value: object, start: float | None = None) -> tuple[float, ...]:
    """Read where in the picture a character is.

    Args:
        value: a point (x, y) or a box (left, top, right, bottom), as parts of width and height; or what has such a
            `box`, as the entries of Studio.subjects().
        start: second at which the clip begins, in whose first picture that is; None where nobody knows it yet.

    Returns:
        Two or four numbers from 0 to 1.

    Raises:
        InvalidInput: it is neither, or was found in a picture of another second.
    """
    time = getattr(value, "time", None)
    if start is not None and time is not None and abs(time - start) > SAME_PICTURE:
        raise InvalidInput(
            f"That subject has its box at second {time:.2f}, and these seconds begin at {start:.2f}.",
            hint=f"Begin them where it is: extract(video, {time:.2f}, ..., subject=...).",
        )
    value = getattr(value, "box", value)
    is_row = isinstance(value, Iterable) and not isinstance(value, (str, bytes, AbstractSet, Mapping))
    found = [number(part) for part in value] if is_row and isinstance(value, Iterable) else []
    parts = tuple(part for part in found if part is not None and 0 <= part <= 1)
    ordered = len(parts) == 2 or (len(parts) == 4 and parts[0] <= parts[2] and parts[1] <= parts[3])
    if len(parts) != len(found) or not ordered:
        hint = "Write (x, y) or (left, top, right, bottom), as parts of width and height, like (0.5, 0.3)."
        if isinstance(value, str) and len(value) == 1:
            hint = f"A letter is one of a list: who = studio.subjects(...), then subject=who[{value!r}]."
        raise InvalidInput(
            f"A subject is a point or a box in the picture, not {display.plain(repr(value), 80)}.", hint=hint
        )
    return parts


def path(value: object, name: str) -> Path:
    """Read a path on this machine; `~` stands for the user's folder.

    Args:
        value: a path, as text or Path.
        name: what is there, for the refusal.

    Raises:
        InvalidInput: it is neither, or begins with the folder of a user there is not.
    """
    try:
        if isinstance(value, (str, os.PathLike)) and "\0" not in str(value):
            path = value if isinstance(value, Path) else Path(value)
            return path.expanduser()
    except (RuntimeError, TypeError):  # no such user, a path of bytes
        pass
    raise InvalidInput(
        f"The path of the {name} cannot be {display.plain(repr(value), 80)}.", hint="Give text or a Path."
    )


def text(value: object, name: str) -> str:
    """Read a text.

    Args:
        value: the text.
        name: what it is, for the refusal.

    Raises:
        InvalidInput: it is something else.
    """
    if not isinstance(value, str):
        raise InvalidInput(f"The {name} is a text, not {display.plain(repr(value), 80)}.")
    return value


def label(value: object, name: str) -> str:
    """Return a short name, such as a person's or an experiment's, without the spaces around it.

    Args:
        value: a text of 1 to 80 letters in one line.
        name: what it names, for the refusal, like "a person".

    Raises:
        InvalidInput: it is no such text.
    """
    found = value.strip() if isinstance(value, str) else ""
    if not 0 < len(found) <= LABEL_LONGEST or not found.isprintable():
        raise InvalidInput(
            f"{display.plain(repr(value), 80)} is no name of {name}.",
            hint=f"Give a text of 1 to {LABEL_LONGEST} letters in one line.",
        )
    return found


def count(value: object, name: str) -> int:
    """Read a number of things, 1 or more.

    Args:
        value: a whole number of any kind, or as text.
        name: the things, for the refusal.

    Raises:
        InvalidInput: it is not a whole number, or below 1.
    """
    return _from_one(value, f"The number of {name} is a whole number", example=2)


def _from_one(value: object, what: str, *, example: int) -> int:
    """Read a whole number of 1 or more.

    Args:
        value: as of whole().
        what: how the refusal begins.
        example: how it is written right.

    Raises:
        InvalidInput: it is not a whole number, or below 1.
    """
    found = whole(value)
    if found is None or found < 1:
        raise InvalidInput(f"{what} from 1 on, not {display.plain(repr(value), 80)}.", hint=f"Write it like {example}.")
    return found
