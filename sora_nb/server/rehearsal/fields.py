"""Read the fields of a request's body; a malformed field is refused as invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

T = TypeVar("T")
SHORT_SIDES = {"1k": 1024, "2k": 1440, "4k": 2160}
"""Pixels of the smaller side for resolutions that are no number of lines."""


def text(asked: Mapping[str, Any], name: str, *, longest: int = 32_000) -> str:
    """Return a text that must be there."""
    found = asked.get(name)
    if not isinstance(found, str) or not found.strip():
        raise Refused("invalid", f"{name}: a text is required.")
    if len(found) > longest:
        raise Refused("invalid", f"{name}: {len(found)} characters are too many, at most {longest} are taken.")
    return found


def choice(asked: Mapping[str, Any], name: str, allowed: Container[Any], default: T) -> T:
    """Return a field that has one of some values, of the type that the default has; null is as if left out."""
    found = asked.get(name)
    if found is None:
        return default
    # True is a whole number in Python, and in no service
    if isinstance(found, bool) is not isinstance(default, bool) or not isinstance(found, type(default)):
        raise Refused("invalid", f"{name}: {found!r} is not taken.")
    if found not in allowed:
        raise Refused("invalid", f"{name}: {found!r} is not taken.")
    return found


def whole(asked: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number, or None where there is none."""
    found = asked.get(name)
    if found is not None and (isinstance(found, bool) or not isinstance(found, int)):
        raise Refused("invalid", f"{name}: a whole number is expected, not {found!r}.")
    return found


def mapping(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object; empty where there is none."""
    found = asked.get(name)
    if found is not None and not isinstance(found, dict):
        raise Refused("invalid", f"{name}: an object is expected.")
    return found or {}


def items(asked: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of objects; empty where there is none."""
    found = asked.get(name)
    if found is not None and not (isinstance(found, list) and all(isinstance(item, dict) for item in found)):
        raise Refused("invalid", f"{name}: a list of objects is expected.")
    return found or []


def frame_size(ratio: str, resolution: str) -> str:
    """Return a size like "1280x720" for a ratio like "16:9" and a resolution like "720p".

    Raises:
        Refused: one of them is not of this form.
    """
    lines = resolution.lower()
    wide, _, high = ratio.partition(":")
    if not (lines in SHORT_SIDES or (lines[:-1].isdecimal() and lines.endswith("p") and len(lines) <= 5)):
        raise Refused("invalid", f"The resolution {resolution!r} is not taken.")
    if not (wide.isdecimal() and high.isdecimal() and len(ratio) <= 7 and int(wide) > 0 and int(high) > 0):
        raise Refused("invalid", f"The aspect ratio {ratio!r} is not taken.")
    short = SHORT_SIDES.get(lines) or int(lines[:-1])
    long = round(short * max(int(wide), int(high)) / min(int(wide), int(high)) / 2) * 2
    return f"{long}x{short}" if int(wide) > int(high) else f"{short}x{long}"
