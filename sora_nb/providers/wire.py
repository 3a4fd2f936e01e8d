"""What the wires of all services share, without any I/O: requests, JSON, numbers, pictures."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sora_nb.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

IDEMPOTENCY_HEADER = "Idempotency-Key"
IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
MEDIA_TYPES = {**IMAGE_TYPES, ".mp4": "video/mp4"}
"""Of files that are sent inside a request."""
MAX_IMAGE_BYTES = 10 * 1024 * 1024
"""apiyi's manual: an input_reference is PNG or JPEG below 10 MB."""
MAX_ANSWER = 8 * 1024 * 1024
"""Bytes of an answer, where a request does not expect more."""


@dataclass(frozen=True)
class Request:
    """One HTTP request below the base URL.

    Attributes:
        method, path: as in HTTP.
        json: a JSON body, or None.
        form: multipart fields, or None; a multipart body is sent even without a file.
        files: multipart files: field name to path, or to paths, each of which is a part of that name.
        query: parameters of the address.
        headers: headers of this request, beside those that show the key.
        at: the whole address where it goes to another host, which never gets the key; else "".
        connect, extensions: the same with an IP address in place of its host, where that is settled, and httpx's
            extensions for that; else "" and none.
        idempotency_key: sent as a header; set for paid creates only.
        streamed: whether the answer is a stream of events.
        most: largest answer in bytes.
    """

    method: str
    path: str
    json: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    files: Mapping[str, Path | Sequence[Path]] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    connect: str = ""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str = ""
    streamed: bool = False
    most: int = MAX_ANSWER

    @property
    def paid(self) -> bool:
        """Whether the request may cost money, so that it must never be sent twice on its own."""
        return bool(self.idempotency_key)


def data_uri(path: Path) -> str:
    """Return a picture's or clip's bytes as a data URI."""
    return f"data:{MEDIA_TYPES[path.suffix.lower()]};base64,{as_base64(path)}"


def image_type(path: Path) -> str:
    """Return the media type of a picture that may be sent.

    Raises:
        InvalidInput: missing, of another kind, or 10 MB and more.
    """
    kind = IMAGE_TYPES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise InvalidInput(f"{path.name!r} is not a PNG, JPEG or WebP file on this machine.")
    if path.stat().st_size >= MAX_IMAGE_BYTES:
        raise InvalidInput(f"{path.name!r} has 10 MB or more; services take smaller pictures.")
    return kind


def as_base64(path: Path) -> str:
    """Return a file's bytes as base64."""
    return base64.b64encode(path.read_bytes()).decode()


def decode(body: bytes | str) -> Any:
    """Decode JSON from outside. Half surrogate pairs, which no database and no page takes, are replaced.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig", "replace")
    try:
        data = json.loads(text)
        if "\\u" in text:
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return data


def number(value: Any) -> float | None:
    """Read the first number in a value, such as "4" or "4s"; None where there is none."""
    match = re.search(r"\d+(?:\.\d+)?", str(value or ""))
    return float(match[0]) if match else None


def percent(value: Any) -> float:
    """Read a progress, 0 to 100, such as 40, "40" or "40%"."""
    return min(100.0, number(value) or 0.0)
