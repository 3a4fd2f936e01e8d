"""Times as services write them: one reading for numbers, texts, headers and signed links."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FROM, _TO = 1e8, 1e10
"""Unix seconds from 1973 to 2286; a number outside, in any unit, is an age or a mistake, not a time."""
_PER_SECOND = (1, 10**3, 10**6, 10**9)
"""Seconds, milliseconds, microseconds and nanoseconds; a number fits one of them at most."""
_ENDS = ("se", "expires", "expire", "expires_at", "exp")
"""Parameters of signed links that say when they end."""
_BEGINS = "-date"
_LIVES = "-expires"
"""Parameters of signed links that say, after their vendor's prefix, when they were signed and for how many seconds."""


def moment(value: Any) -> datetime | None:
    """Read a time: Unix time in any unit, as number or text, ISO 8601, or an HTTP date; without a zone it is UTC.

    Returns:
        The time in UTC, or None where it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return _of_number(float(value))
    except OverflowError:
        return None
    except ValueError:
        return _of_text(str(value).strip())


def _of_number(value: float) -> datetime | None:
    for unit in _PER_SECOND:
        if _FROM <= value / unit < _TO:
            return _EPOCH + timedelta(seconds=value / unit)
    return None


def _of_text(text: str) -> datetime | None:
    for read, written in (
        (datetime.fromisoformat, text.upper().replace("/", "-").removesuffix(" UTC").removesuffix(" GMT")),
        (parsedate_to_datetime, text),
    ):
        try:
            found = read(written)
            found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
            return found if found >= _EPOCH + timedelta(seconds=_FROM) else None  # the year 1 is Go's word for none
        except (ValueError, OverflowError):  # no time, or one that in UTC is after the year 9999
            continue
    return None


def link_expiry(url: str | None) -> datetime | None:
    """Read when a signed link ends from its parameters, or None where it does not say."""
    try:
        values = {name.lower(): value for name, value in parse_qsl(urlsplit(url or "").query)}
    except ValueError:  # no address
        return None
    for name in _ENDS:
        if (end := moment(values.get(name))) is not None:
            return end
    for name, value in values.items():
        begun = moment(values.get(name.removesuffix(_LIVES) + _BEGINS)) if name.endswith(_LIVES) else None
        if begun is not None and value.isdecimal() and len(value) < 9:
            return begun + timedelta(seconds=int(value))
    return None


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, clamped to 0-120 s; None where it says nothing usable."""
    try:
        seconds = float(value or "")
    except ValueError:
        until = moment(value)
        if until is None:
            return None
        seconds = (until - now).total_seconds()
    return None if math.isnan(seconds) else min(120.0, max(0.0, seconds))
