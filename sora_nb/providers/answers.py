"""What an answer that brings a file says of it: whether it is one, and what tells it from a changed one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from sora_nb.display import plain
from sora_nb.errors import DownloadError, FileNotReady

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = 512
"""So many bytes tell words from a film."""


class Arrived(Protocol):
    """Called with what of a file has arrived."""

    def __call__(self, have: int, size: int | None, /) -> None:
        """Take the bytes that are here, and of how many; None where the server does not tell."""


def check_status(status: int) -> None:
    """Refuse an answer that brings no file.

    Raises:
        FileNotReady: there is none there, not yet or no more.
        ConnectionError: another connection may bring it.
        DownloadError: it was refused.
    """
    if status in {200, 206}:
        return
    if status in {202, 204, 400, 403, 404, 409, 410, 425}:
        there = f"There is no file at its address (HTTP {status}): not yet, or no more."
        raise FileNotReady(there, refused=status in {400, 403, 404, 410})
    if status in {408, 429} or status >= 500:
        raise ConnectionError(f"HTTP {status}")
    raise DownloadError(f"The file was refused (HTTP {status}).")


def too_large(most: int) -> DownloadError:
    """Return the error of a file that is larger than so many bytes."""
    return DownloadError(f"The file has more than {most // 1024**2} MB.", hint="It is not kept.")


def check_head(begins: bytes, headers: Mapping[str, str]) -> None:
    """Refuse a page or a message in place of a film or picture, whatever it is called.

    Raises:
        FileNotReady: it is one.
    """
    text = " ".join(begins[:_HEAD].decode("utf-8", "replace").split())
    said = re.search(r"text/|json|xml", headers.get("content-type", ""))
    if (said or text[:1] in {"{", "[", "<"}) and text.isprintable() and "\ufffd" not in text[:-1]:
        raise FileNotReady(f"Words came in place of the file: {plain(text, 200)!r}.")


def tag_of(headers: Mapping[str, str]) -> str:
    """Return what tells a file from a changed one: its strong ETag, or else its time; "" where the server says neither."""
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else headers.get("last-modified", "")


def is_same(tag: str, headers: Mapping[str, str]) -> bool:
    """Whether an answer continues the file with this tag; a server may leave out the time that was asked for."""
    now = headers.get("etag" if tag.startswith('"') else "last-modified")
    return now == tag or (now is None and not tag.startswith('"'))
