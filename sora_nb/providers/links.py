"""The link to a film, found in an answer by its shape and by the names it stands under; nothing is fetched here.

Services put it anywhere: in a field of their own, a list, an envelope, JSON written as text. Beside it stand links to
pages, pictures, the service's own routes and what the film was made from; these are never taken for it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sora_nb.providers.wire import decode
from sora_nb.times import link_expiry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

SETTLING = timedelta(minutes=10)
"""For so long after a call a link that is refused may still come to work."""
SURE = 2
"""The weight from which a link is one to a film, whatever else the answer says."""
_DEEPEST = 12
_LONGEST_TEXT = 100_000
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\\[\]{}|^`]+", re.IGNORECASE)
_AFTER = ")].,;!*"
"""What stands behind an address in a sentence."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_FILM = re.compile(r"\.(?:mp4|mov|webm|mkv|avi|m4v)$")
_OTHER_FILE = re.compile(
    r"\.(?:jpe?g|png|webp|gif|bmp|svg|avif|heic|ico|mp3|wav|m4a|aac|flac|html?|php|aspx?|json|txt|md|pdf|srt|vtt|ass|log|xml|zip|m3u8|mpd)$"
)
_OTHER_PATH = re.compile(r"/(?:thumbnails?|thumbs?|covers?|posters?|spritesheets?|avatars?)(?:/|$)")
_OTHER_QUERY = re.compile(r"(?:^|&)variant=(?!video)")


def _words(names: Sequence[str]) -> set[str]:
    """Return the words that names of fields are made of: in lower case, without the s of a plural."""
    return {word.lower().removesuffix("s") for name in names for word in _WORDS.findall(name)}


_NOT_MADE = _words(
    [
        "thumb thumbnail cover poster preview image img picture photo avatar frame gif snapshot screenshot sprite",
        "spritesheet storyboard icon logo audio sound music voice subtitle caption lyrics",
        "input source reference ref request param parameter prompt init upload uploaded callback webhook notify",
        "notification hook error",
    ]
)
"""Words in the names of fields in which there is no film that was made."""
_GIVEN = _words(["input source reference ref request param parameter prompt init upload uploaded callback webhook"])
"""Those of them that hold what came with the order; it may stand elsewhere again."""
# words in the name of a field that leads to a page or another route, unless the address says that it is a film
_PAGES = _words(
    [
        "page permalink share shared web website homepage profile doc documentation help console dashboard status poll",
        "polling get self cancel stop delete retrieve response stream log next prev previous detail watch terms invoice",
    ]
)
_RESULT = _words(["video film movie result output download generated final asset content play"])
_LINK = _words(["url uri link href"])
_KINDS = ("type", "kind", "content_type", "contentType", "mime_type", "mimeType", "media_type", "mediaType")
_ROLES = ("role", "purpose", "variant")
"""Fields that say what the link beside them leads to, and what it is for."""


class Found(NamedTuple):
    """A link and its weight: how much speaks for a film."""

    url: str
    weight: int


def find(answer: Any) -> list[Found]:
    """Return the links in an answer that may lead to its film, the likeliest first.

    Args:
        answer: decoded JSON.
    """
    texts = list(_texts(answer))
    sent = {url for path, text, _ in texts for url in addresses(text) if _GIVEN & _words(path)}
    weights: dict[str, int] = {}
    for path, text, label in texts:
        for url in addresses(text):
            weight = _weight(url, path, label, alone=url == text)
            if weight is not None and url not in sent:
                weights[url] = max(weight, weights.get(url, weight))
    return sorted((Found(*each) for each in weights.items()), key=lambda found: -found.weight)


def weight(answer: Any, url: str) -> int:
    """Return the weight of a link in an answer, 0 where find() does not find it."""
    return next((found.weight for found in find(answer) if found.url == url), 0)


def addresses(text: str) -> list[str]:
    """Return the http and https addresses in a text."""
    text = text.strip()
    if _ADDRESS.fullmatch(text):
        return [text]
    return [found.rstrip(_AFTER) for found in _ADDRESS.findall(text)]


def without(answer: Any, urls: Sequence[str], depth: int = 0) -> Any:
    """Return a copy of an answer from whose texts these addresses are taken, as deep as find() looks.

    Args:
        answer: decoded JSON.
        urls: the addresses.
        depth: of the answer in a larger one.
    """
    if depth > _DEEPEST:
        return answer
    if isinstance(answer, dict):
        return {name: without(value, urls, depth + 1) for name, value in answer.items()}
    if isinstance(answer, list):
        return [without(value, urls, depth + 1) for value in answer]
    if isinstance(answer, str) and urls:
        return _ADDRESS.sub(
            lambda found: "" if {found[0], found[0].rstrip(_AFTER)} & set(urls) else found[0], _plain(answer)
        )
    return answer


def has_ended(url: str, begun: datetime, *ends: datetime | None, now: datetime) -> bool:
    """Whether a link that is refused has ended for good; a service may also be slow to serve a new file.

    Args:
        url: the link, which may say itself when it ends.
        begun: when the call was made. An end before that is nonsense, such as an age where a time should be.
        ends: when the service says that it ends.
        now: the time.
    """
    known = (*ends, link_expiry(url))
    return now - begun >= SETTLING and any(end is not None and begun < end < now for end in known)


_Text = tuple[tuple[str, ...], str, set[str]]
"""A text of an answer, with the names of the fields it stands in before it and the words that label it after it."""


def _texts(value: Any, path: tuple[str, ...] = (), label: Collection[str] = ()) -> Iterator[_Text]:
    """Yield every text of an answer that holds an address."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, dict):
        kinds = _words([str(value.get(name, "")) for name in _KINDS])
        # "image_to_video" is a kind of video, "reference_video" is the role of an input
        label = ({"video"} if "video" in kinds else kinds) | _words([str(value.get(name, "")) for name in _ROLES])
        for name, inner in value.items():
            yield from _texts(inner, (*path, str(name)), label)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, (*path, ""), label)
    elif isinstance(value, str) and "http" in value[:_LONGEST_TEXT].lower():
        text = _plain(value[:_LONGEST_TEXT])
        try:
            inner = decode(text) if text[:1] in {"[", "{", '"'} else None
        except ValueError:
            inner = None
        if inner is None:
            yield path, text, set(label)
        else:
            yield from _texts(inner, (*path, ""), label)


def _plain(text: str) -> str:
    """Undo a percent encoding of the whole text."""
    text = text.strip()
    return unquote(text) if re.match(r"%5B|%7B|%22|https?%3A", text, re.IGNORECASE) else text


def is_film(url: str) -> bool:
    """Whether an address says itself that it leads to a film."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return False
    query = unquote(parts.query)
    return bool(
        _FILM.search(unquote(parts.path))
        or parts.path.endswith("/content")
        or re.search(r"video/|\.mp4(?:\W|$)", query)
    )


def is_other(url: str) -> bool:
    """Whether an address says itself that it leads to something else than a film, or is none."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return True
    path, query = unquote(parts.path), unquote(parts.query)
    elsewhere = path.strip("/") or query
    return not elsewhere or bool(_OTHER_FILE.search(path) or _OTHER_PATH.search(path) or _OTHER_QUERY.search(query))


def _weight(url: str, path: tuple[str, ...], label: set[str], *, alone: bool) -> int | None:
    """Weigh a link by its address and the names it stands under; None where it is none to a film.

    Args:
        url: the link.
        path: names of the fields it stands in, from the outermost on.
        label: words that say what it leads to.
        alone: whether the field holds nothing else; an address in a sentence may be one to read on.
    """
    names = [name for name in path if name]
    leaf, branch = _words(names[-1:]), _words(names[:-1])
    film = is_film(url)
    if (leaf | branch | label) & _NOT_MADE or is_other(url):
        return None
    if not film and (leaf & _PAGES or not alone):
        return None
    weight = 4 * film + 3 * ("video" in label) + 2 * bool(leaf & _RESULT) + bool(leaf & _LINK) + bool(branch & _RESULT)
    marked = "watermark" in leaf and not leaf & {"no", "without", "free", "less", "non"}
    return weight - marked
