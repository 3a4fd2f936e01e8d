"""Read who a prompt binds to which picture, and word the prompt for the local engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb import prompts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERO = "hero"
"""The username of whoever picture 1 shows, where the prompt binds nobody to a picture."""
_NUMBERED = r"(?:(?:Image|Picture|Video|Audio) ?\d+(?:, and |, | and )?)+"
_ALL = r"(?:(?:the|this|these|its|both|all|and) |[\w-]{1,20},? ){0,24}?(?:image|picture|photo|video|clip)s?"
_BINDING = re.compile(
    r"(?:^|(?<=[.!?\n]))\s*"
    r"(?:(?P<told>[^\s.!?,][^.!?,\n]{0,80}?(?:\.\w[^.!?,\n]{0,80}?){0,8}), (?:(?! is the? )[^\n]){1,600},"
    r"|(?P<name>[^\s.!?,][^.!?\n]{0,80}?(?:\.\w[^.!?\n]{0,80}?){0,8}))"
    r" is (?:the|an?) [^.!?\n]{1,600}? in "
    rf"(?:(?P<numbered>{_NUMBERED})|(?P<all>{_ALL}(?: and {_ALL})?))"
    r"(?:: [^\n]{1,600}?)?(?:[.!](?=\s|$)|$)",
    re.IGNORECASE,
)
_SAME = re.compile(r"(?P<which>[^.!?\n]{1,600}?) show the same character\.")
_NUMBER = re.compile(r"(?P<kind>Image|Picture|Video|Audio) ?(?P<number>\d{1,4})", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<number>\d{{1,3}})th)\b", re.IGNORECASE)

_NOUN = re.compile(r"(.*?)\b(image|picture|photo|video|clip)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """Where a character is seen.

    Attributes:
        pictures: numbers of pictures, counted from 0.
        clips: numbers of clips, counted from 0.
    """

    pictures: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()


def read(
    prompt: str, pictures: int, clips: int, tokens: Mapping[str, Shown] | None = None
) -> tuple[str, dict[str, Shown]]:
    """Read who is seen where.

    Args:
        prompt: as it was sent, with its binding sentences or tokens.
        pictures, clips: how many came with it.
        tokens: what stands in the text for a character that the request's own fields bind, such as "@luna".

    Returns:
        The prompt as the local engine reads it, without binding sentences and with its @mentions, and where each
        mentioned character is seen, by username.
    """
    if not (pictures or clips):
        return prompt, {}
    sentences = _sentences(prompt, pictures, clips)
    given, text = _merged(tokens or {}, _BINDING.sub("", prompt).strip())
    bound = {name: shown for name, shown in given.items() if _words([name]).search(prompt)} | sentences
    seen = {name: _within(shown, pictures, clips) for name, shown in bound.items()}
    seen = {name: shown for name, shown in seen.items() if shown.pictures or shown.clips}
    if not seen:
        seen = {HERO: Shown((0,)) if pictures else Shown(clips=(0,))}
    handles = _handles(list(seen))
    text = _mention(text, handles)
    silent = [f"@{handle}" for handle in handles.values() if handle not in prompts.candidates(text)]
    if silent:
        text = ", with ".join(part for part in (text.rstrip(" ."), " and ".join(silent)) if part)
    return text, {handles[name]: shown for name, shown in seen.items()}


def binds(prompt: str) -> bool:
    """Whether a prompt says of anybody where they are seen."""
    return _BINDING.search(prompt) is not None


def _sentences(prompt: str, pictures: int, clips: int) -> dict[str, Shown]:
    """Return who the binding sentences speak of; those who are "in the images" share them in turn."""
    found = {(match["told"] or match["name"]).strip(): match for match in _BINDING.finditer(prompt)}
    read = {name: _numbers(match["numbered"]) for name, match in found.items() if match["numbered"]}
    prose = {name: match["all"] for name, match in found.items() if match["all"]}
    shares = dict(zip(prose, _shares(pictures, clips, len(prose)), strict=True))
    return {name: read[name] if name in read else _in_prose(prose[name], shares[name]) for name in found}


def _in_prose(where: str, share: Shown) -> Shown:
    """Return where "the first and second reference images" and "the reference video" are."""
    found: dict[str, tuple[int, ...]] = {"pictures": (), "clips": ()}
    for words, noun in _NOUN.findall(where):
        kind = "clips" if noun.lower() in {"video", "clip"} else "pictures"
        found[kind] += tuple(_place(match) for match in _ORDINAL.finditer(words)) or getattr(share, kind)
    return Shown(**found)


def _place(match: re.Match[str]) -> int:
    return _ORDINALS.index(match["word"].lower()) if match["word"] else int(match["number"]) - 1


def _merged(tokens: Mapping[str, Shown], text: str) -> tuple[dict[str, Shown], str]:
    """Put together the tokens of which a sentence says that they show the same character, and drop that sentence."""
    found = dict(tokens)
    for match in _SAME.finditer(text):
        same = [token for token in found if _words([token]).search(match["which"])]
        shown = [found.pop(token) for token in same]
        if same:
            pictures = tuple(number for each in shown for number in each.pictures)
            found[same[0]] = Shown(pictures, tuple(number for each in shown for number in each.clips))
    return found, _SAME.sub("", text).strip() if tokens else text


def _shares(pictures: int, clips: int, count: int) -> list[Shown]:
    """Divide pictures and clips among characters, in order."""

    def part(total: int, turn: int) -> tuple[int, ...]:
        return tuple(range(total * turn // count, total * (turn + 1) // count))

    return [Shown(part(pictures, turn), part(clips, turn)) for turn in range(count)]


def _numbers(where: str) -> Shown:
    found: dict[str, list[int]] = {"image": [], "picture": [], "video": [], "audio": []}
    for match in _NUMBER.finditer(where):
        found[match["kind"].lower()].append(int(match["number"]) - 1)
    return Shown((*found["image"], *found["picture"]), tuple(found["video"]))


def _within(shown: Shown, pictures: int, clips: int) -> Shown:
    return Shown(
        tuple(number for number in shown.pictures if 0 <= number < pictures),
        tuple(number for number in shown.clips if 0 <= number < clips),
    )


def _handles(names: list[str]) -> dict[str, str]:
    """Return a username of its own for each name."""
    found: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        handle = prompts.make_handle(name) or f"character{number}"
        found[name] = handle if handle not in found.values() else f"{handle}_{number}"
    return found


def _mention(text: str, handles: Mapping[str, str]) -> str:
    """Put mentions in the places of names and tokens."""
    # one pass, so that a handle put in is not read as a name
    return _words(handles).sub(lambda found: f"@{handles[found[0]]}", text) if handles else text


def _words(names: Iterable[str]) -> re.Pattern[str]:
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w@.])(?:{either})(?!\w)", re.ASCII)
