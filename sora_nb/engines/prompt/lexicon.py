"""Look words up: everything the local engine knows of English and Chinese, in one index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import compounds, direction, grammar, looks, things, vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_PHRASE = 5
"""Most words of an entry."""
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
DRAWN = ("scene", "scene hint", "time", "weather", "camera", "action", "character")
"""Kinds of words that decide what is drawn."""
VERBS = frozenset(["action", "deed"])
INFLECTED = {
    **dict.fromkeys(("action", "deed", "scene hint", "camera", "editing"), frozenset(["", "s", "ing", "ed", "er"])),
    "weather": frozenset(["", "s", "ing", "ed"]),
    **dict.fromkeys(("character", "scene", "time", *things.TABLES), frozenset(["", "s"])),
}
"""In which forms the words of a kind stand for themselves; the others stand as they are written, or in plural."""
_PLAIN = frozenset(["", "s"])
_HINTING = frozenset(["scene hint"])
_MEASURED = re.compile(rf"([零一二两三四五六七八九十几数多]+|\d+)[{grammar.MEASURES}]")
_PATTERNS = (
    (re.compile(r"\d+(?:st|nd|rd|th)"), "manner"),
    (re.compile(r"\d+(?:\.\d+)?mm|f/\d+(?:\.\d+)?|f\d\.\d"), "lens"),
    (re.compile(r"\d+k|\d+(?:fps|hz|p|i)|\d+:\d+|\d+[x×]\d+|\d+bit"), "quality"),
    (re.compile(r"(?:19|20)?\d0s"), "style"),
    (re.compile(r"[a-z]{3,}ly"), "manner"),
    (re.compile(r"\d+(?:\.\d+)?(?:s|sec|secs|seconds?|min|minutes?)"), "setting"),
)
"""Words by what they are, where their form says so: those with digits, and adverbs."""


@dataclass(frozen=True)
class Sense:
    """One meaning of a word.

    Attributes:
        kind: one of DRAWN, a kind of things or looks, or "link" for a word that joins others.
        meaning: what is drawn: a key of the table of its kind in `vocabulary`; otherwise "".
        near: whether it is only the nearest that the engine has.
    """

    kind: str
    meaning: str = ""
    near: bool = False


@dataclass(frozen=True)
class Found:
    """An entry: how many words it covers, its senses, and the ending that was taken off ("s", "ing", "ed", "er")."""

    length: int
    senses: tuple[Sense, ...]
    form: str = ""


_DRAWN_TABLES: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("scene", vocabulary.SCENES, False),
    ("scene", vocabulary.NEAREST_SCENES, True),
    ("scene hint", vocabulary.SCENE_HINTS, False),
    ("time", vocabulary.TIMES, False),
    ("weather", vocabulary.WEATHERS, False),
    ("camera", vocabulary.CAMERAS, False),
    ("time hint", vocabulary.TIME_HINTS, False),
    ("direction", direction.phrases(), False),
    ("action", vocabulary.ACTIONS, False),
    ("character", vocabulary.CHARACTERS, False),
    ("character", vocabulary.NEAREST_CHARACTERS, True),
)
_CONTRACTED = ("'s", "'m", "'re", "'ll", "'ve", "'d")
_JOINING = (
    *grammar.LINKS,
    *grammar.NEGATORS,
    *grammar.NEGATIVE_PHRASES,
    *(pronoun + ending for pronoun in grammar.PRONOUNS if pronoun.isascii() for ending in _CONTRACTED),
)


def _entries() -> Iterator[tuple[str, Sense]]:
    for kind, table, near in _DRAWN_TABLES:
        for meaning, listed in table.items():
            yield from _each(listed, Sense(kind, meaning, near))
    for undrawn in (compounds.TABLES, things.TABLES, looks.TABLES):
        for kind, listed in undrawn.items():
            yield from _each(listed, Sense(kind))
    for kind, meaning, listed in words.entries():
        yield from _each(listed, Sense(kind, meaning, near=meaning != "" and kind != "scene hint"))
    link, number = Sense("link"), Sense("number")
    yield from ((word, link) for word in _JOINING)
    yield from ((word, number) for word in (*grammar.NUMBERS, *grammar.GROUPS))


def _each(listed: str, sense: Sense) -> Iterator[tuple[str, Sense]]:
    return ((word, sense) for word in _split(listed))


def _split(listed: str) -> Iterator[str]:
    for word in " ".join(listed.replace("-", " ").split()).split(","):
        if plain := word.strip():
            yield plain


def _index() -> dict[str, tuple[Sense, ...]]:
    """Join the senses of each entry; of two meanings of one kind the first stands."""
    found: dict[str, tuple[Sense, ...]] = {}
    for word, sense in _entries():
        senses = found.get(word)
        if senses is None:
            found[word] = (sense,)
        elif all(other.kind != sense.kind for other in senses):
            found[word] = (*senses, sense)
    return found


INDEX = _index()
"""All entries."""
_LONGEST_CHINESE = max(len(entry) for entry in INDEX if "\u3400" <= entry[0] <= "\u9fff")


def find(words: Sequence[str]) -> Found | None:
    """Find the longest entry at the start of words, inflected or not."""
    for length in range(min(MAX_PHRASE, len(words)), 0, -1):
        found = _find_exactly(tuple(words[:length]))
        if found is not None:
            return found
    return None


@lru_cache(maxsize=4096)
def _find_exactly(words: tuple[str, ...]) -> Found | None:
    entry = " ".join(words)
    senses = INDEX.get(entry, ())
    if senses and kinds(senses) != _HINTING:
        return Found(len(words), senses)
    inflected = _inflection(words)
    if not senses:
        return inflected
    return Found(len(words), senses + inflected.senses, inflected.form) if inflected else Found(len(words), senses)


def _inflection(words: tuple[str, ...]) -> Found | None:
    """Find an entry that words are an inflection of."""
    *head, last = words
    forms = [(form, " ".join([*head, stem])) for form, stem in stems(last)]
    if head:
        forms += [(form, " ".join([stem, *words[1:]])) for form, stem in stems(words[0])]
    for form, stem in forms:
        senses = _inflected(stem, form)
        if senses:
            return Found(len(words), senses, form)
    kind = "" if head else _kind_of_pattern(last)
    return Found(1, (Sense(kind),)) if kind else None


def _kind_of_pattern(word: str) -> str:
    """Return what a word is by its form, such as one with digits or with the sign of a mention that is none; or ""."""
    if word.startswith("@"):
        return "people"
    if word.isdecimal() or _MEASURED.fullmatch(word):
        return "number"
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(word)), "")


def _inflected(entry: str, form: str) -> tuple[Sense, ...]:
    senses = tuple(sense for sense in INDEX.get(entry, ()) if form in INFLECTED.get(sense.kind, _PLAIN))
    if any(sense.kind == "link" for sense in senses):
        senses = tuple(sense for sense in senses if form == "s" and sense.kind in things.TABLES)
    actions = tuple(sense for sense in senses if sense.kind == "action")
    if form == "er":
        return (Sense("character", "person", near=True), *actions) if actions else ()
    return senses


def stems(word: str) -> Iterator[tuple[str, str]]:
    """Yield what an English word may be an inflection of, with the ending: running -> ing, runn; ing, runne; ing, run."""
    if not word.isascii():
        return
    if word.endswith("'s"):
        yield "s", word.removesuffix("'s")
    for ending, form, restored in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            yield from ((form, stem + letters) for letters in restored)
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield form, stem[:-1]
    if word in _IRREGULAR:
        yield "ed", _IRREGULAR[word]


_ENDINGS = (
    ("s", "s", ("", "e")),
    ("es", "s", ("", "e")),
    ("ed", "ed", ("", "e")),
    ("ing", "ing", ("", "e")),
    ("in'", "ing", ("", "e")),
    ("er", "er", ("", "e")),
    ("ers", "er", ("", "e")),
    ("ies", "s", ("y",)),
    ("ied", "ed", ("y",)),
    ("ves", "s", ("f", "fe")),
)
"""Endings, the form they make, and the letters that they may have taken the place of."""
_IRREGULAR = {
    "ran": "run", "has": "have", "had": "have", "did": "do", "knelt": "kneel", "swept": "sweep", "crept": "creep", "dug": "dig", "fed": "feed", "wept": "weep", "strode": "stride", "wove": "weave", "spun": "spin", "slung": "sling", "met": "meet", "dreamt": "dream", "sprang": "spring", "sped": "speed", "trod": "tread", "bent": "bend", "blew": "blow", "broke": "break", "froze": "freeze", "struck": "strike", "sat": "sit", "slept": "sleep", "went": "go", "gone": "go", "came": "come", "spoke": "speak", "told": "tell",
    "said": "say", "sang": "sing", "sung": "sing", "ate": "eat", "eaten": "eat", "drank": "drink", "stood": "stand",
    "flew": "fly", "flown": "fly", "swam": "swim", "rode": "ride", "ridden": "ride", "drove": "drive", "driven": "drive",
    "made": "make", "wrote": "write", "built": "build", "drew": "draw", "leapt": "leap", "fled": "flee", "slid": "slide",
    "lying": "lie", "lay": "lie", "lies": "lie", "fell": "fall", "held": "hold", "wore": "wear", "worn": "wear", "caught": "catch", "threw": "throw",
    "won": "win", "lost": "lose", "found": "find", "saw": "look", "bought": "buy", "fought": "fight", "hid": "hide", "shook": "shake",
    "gave": "give", "took": "take", "brought": "bring", "stole": "steal", "rose": "rise", "grew": "grow", "left": "leave", "led": "lead",
}  # fmt: skip
"""Forms of verbs that take no ending."""


_PREFIXES = frozenset(["manner", "colour"])
"""What a character before an unknown one is taken for a part of its word of: 长 in 长椅."""


def segment(run: str) -> list[tuple[str, bool]]:
    """Cut a run of Chinese characters into known words and what is between them: (word, known).

    Of all ways to cut it, the one with the fewest unknown characters, then with the fewest words.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # from each place on, the last one first: unknown, words, length
    for at in reversed(range(len(run))):
        unknown, words, _ = best[-1]
        ways = [(unknown + 1, words, 0)]
        for length in _known_lengths(run, at):
            unknown, words, _ = best[-length]
            ways.append((unknown, words + 1, length))
        best.append(min(ways, key=lambda way: (way[0], way[1], -way[2])))
    best.reverse()
    words_found: list[tuple[str, bool]] = []
    strange = ""
    at = 0
    while at < len(run):
        length = best[at][2]
        if length == 1 and at + 1 < len(run) and best[at + 1][2] == 0 and kinds(INDEX.get(run[at], ())) <= _PREFIXES:
            length = 0
        if length == 0:
            strange += run[at]
        if strange and (length or at + 1 == len(run)):
            words_found.append((strange, False))
            strange = ""
        if length:
            words_found.append((run[at : at + length], True))
        at += max(1, length)
    return words_found


def _known_lengths(run: str, at: int) -> Iterator[int]:
    """Yield the lengths of the words that begin at a place of a run."""
    measured = _MEASURED.match(run, at)
    if measured:
        yield len(measured[0])
    for length in range(1, min(_LONGEST_CHINESE, len(run) - at) + 1):
        if run[at : at + length] in INDEX:
            yield length


def number_of(word: str) -> int | None:
    """Return the number that a word names: digits, "two", 两只; None for others."""
    if word in grammar.GROUPS:
        return None
    measured = _MEASURED.fullmatch(word)
    digits = measured[1] if measured else word
    if digits.isdecimal():
        return int(digits[:4])
    return grammar.NUMBERS.get(digits)


def kinds(senses: Iterable[Sense]) -> frozenset[str]:
    """Return the kinds of senses."""
    return frozenset(sense.kind for sense in senses)
