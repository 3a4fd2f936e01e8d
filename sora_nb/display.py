"""Render HTML for notebook outputs: text from outside is escaped, and only harmless addresses are shown.

What moves stands in the output itself, as data: a saved notebook is opened elsewhere, and by people whose notebook
trusts nobody. How it is made is not known here; who knows says so with makes().
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import sys
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sora_nb.stills import as_seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    Maker = Callable[[Path], bytes | None]

ORIGIN = "by the local engine of sora_nb, not a Sora model"
"""Label of the local engine's videos, shown with every one of them."""
MAX_TEXT = 400
"""Longer texts are shortened for display."""
_STYLE = (
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,var(--vscode-foreground,"
    "inherit));font-size:13px;line-height:1.45"
)
_DIM = "opacity:.75"
_PLAIN = "sora_nb: texts as they are"
FILM, ANIMATION = "video/mp4", "image/webp"
"""What moves in an output: a small film with sound, and a cut-out, which is transparent."""
POSTER_SIDE = 480
"""Pixels of the longer side of a picture that stands for a film."""
BESIDE_SIDE = 320
"""The same where the film itself is there: few see this one."""
_SEEN = "@keyframes sora-seen { from { opacity: 0.99 } }"
"""Notebooks take what is out of sight off the page, which stops a film; an animation begins whenever it comes back."""
_makers: dict[str, Maker] = {}


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


def has_words(text: str, search: str) -> bool:
    """Whether a text has all words of a search in it, in any case; that of no words is every text."""
    text = text.lower()
    return all(word in text for word in search.lower().split())


def escape(text: object, limit: int = MAX_TEXT) -> str:
    """Like plain(), and safe inside HTML text and quoted attributes."""
    return html.escape(plain(text, limit), quote=True)


def origin(source: str) -> str:
    """Write where footage came from as people call it: a file's name, an address, a generated video.

    Args:
        source: `task:<id>`, `url:<address>` or `file:<name>`, as it is written down.
    """
    kind, _, rest = source.partition(":")
    # what follows "?" in an address is often a signature
    words = {"url": rest.partition("?")[0].partition("//")[2], "file": rest, "task": "a generated video"}
    return plain(words.get(kind, source), 160)


def safe_url(url: str | None) -> str:
    """Return an address that may stand in `href` or `src`, or "": http(s), `blob:`, pictures and films as data only."""
    url = (url or "").strip()
    kinds = ("png", "jpeg", "webp")
    harmless = (*(f"data:image/{kind}" for kind in kinds), f"data:{FILM};base64,")
    return url if urlsplit(url).scheme in {"http", "https", "blob"} or url.startswith(harmless) else ""


def data_url(picture: Path | None, side: int) -> str:
    """Return a picture as a small JPEG data URL, or "" where there is none.

    Args:
        picture: an image file.
        side: most pixels of its longer side; saved notebooks carry every byte.
    """
    from PIL import Image

    if picture is None or not picture.is_file():
        return ""
    buffer = io.BytesIO()
    try:
        with Image.open(picture, formats=("PNG", "JPEG")) as image:
            as_seen(image, side).save(buffer, "JPEG", quality=82, optimize=True)
    except (OSError, ValueError, SyntaxError):
        return ""
    return _data("image/jpeg", buffer.getvalue())


def _data(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Register, as a decorator, the function that makes what moves of a file: its bytes, or None where it cannot.

    Args:
        kind: FILM, of a video file, or ANIMATION, of a cut-out's best picture.
    """

    def register(maker: Maker) -> Maker:
        _makers[kind] = maker
        return maker

    return register


def moving(kind: str, file: Path | None) -> str:
    """Return what moves of a file as a data URL, or "" where there is none; made at its first showing, it takes a second.

    Args:
        kind: FILM or ANIMATION.
        file: see makes().
    """
    maker = _makers.get(kind)
    content = maker(file) if maker is not None and file is not None else None
    return _data(kind, content) if content else ""


def _text(text: object) -> str:
    """Escape a text for the page; a dollar sign or backslash of its own element does not start a formula."""
    return escape(text).replace("$", "<span>$</span>").replace("\\", "<span>\\</span>")


def frame(table: pd.DataFrame) -> pd.DataFrame:
    """Have notebooks show dollar signs and backslashes of a table as they are; two of them would begin a formula.

    Holds for the tables made of it, too, and for no other one.

    Args:
        table: the table, which is marked.
    """
    table.attrs[_PLAIN] = True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        formatter = shell.display_formatter.formatters["text/html"]
        with contextlib.suppress(KeyError):
            formatter.lookup_by_type(type(table))  # somebody, like Colab, shows tables in another way
            return table
        formatter.for_type(type(table), _frame_html)
    return table


def _frame_html(table: pd.DataFrame) -> str | None:
    import pandas as pd

    mathjax = pd.get_option("display.html.use_mathjax") and not table.attrs.get(_PLAIN)
    with pd.option_context("display.html.use_mathjax", mathjax):
        text: str | None = table._repr_html_()  # type: ignore[operator]
    return text


def card(picture: str, alt: str, title: str, lines: list[str], *, animation: str = "", size: int = 96) -> str:
    """Render a picture with a title and lines of text beside it.

    Args:
        picture: address of the picture, or "".
        alt: what the picture shows.
        title: plain text.
        lines: plain texts; empty ones are left out.
        animation: address of a second picture, which moves, or "".
        size: side of the picture in pixels.
    """
    source, moves = (escape(safe_url(url), limit=50_000_000) for url in (picture, animation))
    image = (
        f'<img src="{source}" alt="{escape(alt)}" width="{size}" height="{size}" '
        'style="border-radius:12px;object-fit:cover;flex:none">'
        if source
        else ""
    )
    if moves:
        image += (
            f'<img src="{moves}" alt="{escape(alt)}, moving" height="{size}" '
            f'style="height:{size}px;max-width:{2 * size}px;object-fit:contain;flex:none">'
        )
    body = "".join(f'<div style="{_DIM}">{_text(line)}</div>' for line in lines if line)
    return (
        f'<div class="sora-card" style="display:flex;gap:14px;align-items:center;{_STYLE}">{image}'
        f'<div><div style="font-size:16px;font-weight:600">{_text(title)}</div>{body}</div></div>'
    )


def figure(poster: str, alt: str, lines: list[str], *, film: str = "", width: int = 480) -> str:
    """Render a poster, or a film that plays, with a caption under it.

    Hosts that strip films show the poster: what is inside of an element that they do not know stays.

    Args:
        poster: address of the picture, or "".
        alt: what the picture shows.
        lines: plain texts under it; empty ones are left out.
        film: address of the film, or "".
        width: most pixels wide.
    """
    picture, played = (escape(safe_url(url), limit=50_000_000) for url in (poster, film))
    look = "display:block;width:100%;border-radius:8px"
    image = f'<img src="{picture}" alt="{escape(alt)}" style="{look}">' if picture else ""
    if played:
        image = (
            f"<style>{_SEEN}</style>"
            f'<video src="{played}" aria-label="{escape(alt)}" muted autoplay loop controls playsinline '
            f'onanimationstart="this.play().catch(function () {{}})" style="{look};animation:sora-seen 1ms">'
            f"{image}</video>"
        )
    body = "".join(f'<div style="{_DIM}">{_text(line)}</div>' for line in lines if line)
    return f'<figure class="sora-figure" style="margin:0;max-width:{width}px;{_STYLE}">{image}<figcaption style="overflow-wrap:anywhere">{body}</figcaption></figure>'


def footage(film: Path | None, poster: Path | None, alt: str, lines: list[str], *, width: int = 480) -> str:
    """Render a video file as a small film that plays, or as its poster where it cannot be made small enough.

    Args:
        film: a local video file, or None.
        poster: one picture of it.
        alt, lines, width: see figure().
    """
    played = moving(FILM, film)
    return figure(data_url(poster, BESIDE_SIDE if played else POSTER_SIDE), alt, lines, film=played, width=width)


def matrix(rows: Sequence[str], columns: Sequence[str], cells: Sequence[str]) -> str:
    """Render figures as a table with headings, which scrolls sideways where it is wider than the page.

    Args:
        rows, columns: headings, plain texts.
        cells: HTML of each place, row by row.
    """
    place = "padding:6px 12px 14px 0;text-align:left;vertical-align:top;overflow-wrap:anywhere"
    heads = "".join(f'<th scope="col" style="{place}">{_text(column)}</th>' for column in columns)
    lines = [
        f'<tr><th scope="row" style="{place};min-width:7em;max-width:14em">{_text(row)}</th>'
        + "".join(f'<td style="{place};min-width:160px">{cell}</td>' for cell in cells[start : start + len(columns)])
        + "</tr>"
        for start, row in zip(range(0, len(cells), len(columns)), rows, strict=True)
    ]
    return (
        f'<div class="sora-matrix" tabindex="0" style="overflow-x:auto;{_STYLE}"><table style="border-collapse:collapse">'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def strip(title: str, pictures: list[tuple[str, str]], lines: list[str]) -> str:
    """Render a text with labelled pictures in a row under it, and lines of text.

    Args:
        title: plain text.
        pictures: address and label of each picture; where there is no address the label stands alone.
        lines: plain texts; empty ones are left out.
    """
    shown = "".join(_labelled(picture, label) for picture, label in pictures)
    body = "".join(f'<div style="{_DIM}">{_text(line)}</div>' for line in lines if line)
    return (
        f'<div class="sora-strip" style="max-width:720px;{_STYLE}"><div style="font-size:15px">{_text(title)}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:10px;margin:8px 0">{shown}</div>{body}</div>'
    )


def _labelled(picture: str, label: str) -> str:
    source = escape(safe_url(picture), limit=50_000_000)
    image = (
        f'<img src="{source}" alt="{escape(label)}" style="display:block;height:96px;border-radius:6px">'
        if source
        else ""
    )
    return f'<figure style="margin:0">{image}<figcaption style="{_DIM}">{_text(label)}</figcaption></figure>'


def progress(fraction: float, text: str) -> str:
    """Render a bar filled to `fraction` (0 to 1) with a text beside it."""
    percent = round(100 * min(1.0, max(0.0, fraction)))
    return (
        f'<div class="sora-progress" style="display:flex;gap:10px;align-items:center;{_STYLE}">'
        f'<progress max="100" value="{percent}" style="width:220px">{percent}%</progress><span>{_text(text)}</span></div>'
    )
