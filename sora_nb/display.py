"""HTML for notebook outputs. Whatever came from outside is escaped, and only harmless addresses are shown."""

from __future__ import annotations

import base64
import html
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

MAX_TEXT = 400
"""Longer texts are shortened for display."""
_STYLE = (
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,var(--vscode-foreground,"
    "inherit));font-size:13px;line-height:1.45"
)
_DIM = "opacity:.75"


def plain(text: object, limit: int = MAX_TEXT) -> str:
    """Make a text safe to show on one line: no control, bidirectional or invisible characters, not too long.

    Args:
        text: anything; str() is taken.
        limit: most characters kept.
    """
    kept = []
    for char in str(text)[: limit * 4]:
        category = unicodedata.category(char)
        if char in "\n\t":
            kept.append(" ")
        elif category not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} or char == "\u200d":
            kept.append(char)
    cleaned = "".join(kept)
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"


def escape(text: object, limit: int = MAX_TEXT) -> str:
    """Like plain(), and safe inside HTML text and quoted attributes."""
    return html.escape(plain(text, limit), quote=True)


def safe_url(url: str | None) -> str:
    """Return an address that may stand in `href` or `src`, or "": http(s), `data:image/` and `blob:` only."""
    url = (url or "").strip()
    if urlsplit(url).scheme in {"http", "https", "blob"} or url.startswith(("data:image/png", "data:image/jpeg")):
        return url
    return ""


def data_url(picture: bytes | Path | None) -> str:
    """Return a JPEG or PNG as a data URL, or "" where there is none."""
    if isinstance(picture, Path):
        picture = picture.read_bytes() if picture.is_file() else None
    if not picture:
        return ""
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def card(picture: str, alt: str, title: str, lines: list[str], *, size: int = 96) -> str:
    """A picture with a title and lines of text beside it.

    Args:
        picture: address of the picture, or "".
        alt: what the picture shows.
        title: plain text.
        lines: plain texts; empty ones are left out.
        size: side of the picture in pixels.
    """
    source = escape(safe_url(picture), limit=50_000_000)
    image = (
        f'<img src="{source}" alt="{escape(alt)}" width="{size}" height="{size}" '
        'style="border-radius:12px;object-fit:cover;flex:none">'
        if source
        else ""
    )
    body = "".join(f'<div style="{_DIM}">{escape(line)}</div>' for line in lines if line)
    return (
        f'<div class="sora-card" style="display:flex;gap:14px;align-items:center;{_STYLE}">{image}'
        f'<div><div style="font-size:16px;font-weight:600">{escape(title)}</div>{body}</div></div>'
    )


def figure(poster: str, alt: str, lines: list[str], *, width: int = 480) -> str:
    """A poster with a caption under it.

    Args:
        poster: address of the picture, or "".
        alt: what the picture shows.
        lines: plain texts under it; empty ones are left out.
        width: most pixels wide.
    """
    source = escape(safe_url(poster), limit=50_000_000)
    image = (
        f'<img src="{source}" alt="{escape(alt)}" style="display:block;width:100%;border-radius:8px">' if source else ""
    )
    body = "".join(f'<div style="{_DIM}">{escape(line)}</div>' for line in lines if line)
    return f'<figure class="sora-figure" style="margin:0;max-width:{width}px;{_STYLE}">{image}<figcaption>{body}</figcaption></figure>'


def progress(fraction: float, text: str) -> str:
    """A bar filled to `fraction` (0 to 1) with a text beside it."""
    percent = round(100 * min(1.0, max(0.0, fraction)))
    return (
        f'<div class="sora-progress" style="display:flex;gap:10px;align-items:center;{_STYLE}">'
        f'<progress max="100" value="{percent}" style="width:220px">{percent}%</progress><span>{escape(text)}</span></div>'
    )
