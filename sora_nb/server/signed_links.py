"""Sign links to files, and verify them: such a link needs no API key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

PATH = "/sora/files/"
AVATAR_DAYS = 5
"""The vendor's avatar links lived about five days and ended at midnight UTC."""


def sign(base: str, name: str, secret: bytes, expires: datetime | None = None) -> str:
    """Return an address for a file.

    Args:
        base: scheme and host.
        name: name of the file as the server knows it.
        secret: the server's key.
        expires: when the link ends, or None for never; written into `se`, as the vendor's links have it.
    """
    end = expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if expires else ""
    query = f"?se={quote(end, safe='')}" if end else ""
    return f"{base}{PATH}{_signature(name, end, secret)}/{name}{query}"


def avatar_expiry(now: datetime) -> datetime:
    """Return when an avatar link made now ends."""
    return (now.astimezone(UTC) + timedelta(days=AVATAR_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)


def is_valid(name: str, signature: str, end: str, secret: bytes, now: datetime) -> bool:
    """Whether a link was made here and has not ended."""
    if not hmac.compare_digest(signature.encode(), _signature(name, end, secret).encode()):
        return False
    return not end or now < datetime.fromisoformat(end)


def _signature(name: str, end: str, secret: bytes) -> str:
    return hmac.new(secret, f"{name}\n{end}".encode(), hashlib.sha256).hexdigest()[:40]
