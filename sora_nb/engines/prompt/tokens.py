"""Cut a prompt into tokens: words, mentions, pauses and settings; markup, emoji and what other tools write among them."""

from __future__ import annotations

import html
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sora_nb import prompts
from sora_nb.engines.prompt import emoji, lexicon, segmentation, vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_LETTER = rf"(?:(?![{lexicon.CHINESE}])[^\W_])"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_MIXED = "|".join(
    sorted(
        (word for word in lexicon.INDEX if re.fullmatch(rf"[a-z\d]+[{lexicon.CHINESE}]+", word)), key=len, reverse=True
    )
)
"""Entries of Latin letters and Chinese characters: t恤."""
_TOKEN = re.compile(
    rf"""
    (?P<setting> </?[A-Za-z!][^<>]*> | ```\w* | <\|[^<>|]*\|> | (?<!\S)--(?!no\b|neg)[A-Za-z]\w*(?:[ =]+(?=[\d."'])\S+)?
      | ::?-?\d+(?:\.\d+)?(?=[)\]}}]) | ::-?\d+(?:\.\d+)? | \bBREAK\b )
    | (?P<flag> (?<!\S)--(?:no|neg(?:ative)?)\b )
    | (?P<entity> &(?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z]{{2,31}}); )
    | (?P<escaped> (?:\\u[0-9a-fA-F]{{4}})+ )
    | (?P<worker> [👨👩🧑][\U0001f3fb-\U0001f3ff]?\u200d[{"".join(emoji.WORKING)}] )
    | (?P<break> \\[nrt](?![a-z]) )
    | (?P<stray> @[{lexicon.CHINESE}]+(?![{lexicon.CHINESE}{_KANA}]) )
    | (?P<mixed> (?<![A-Za-z\d])(?:(?i:{_MIXED})) )
    | (?P<foreign> [{lexicon.CHINESE}々]*[{_KANA}][{lexicon.CHINESE}{_KANA}々]* )
    | (?P<chinese> [{lexicon.CHINESE}]+ )
    | (?P<span> \d{{1,2}}(?::\d\d){{1,2}}(?:\.\d+)?\s*[-–—~]\s*\d{{1,2}}(?::\d\d){{1,2}}(?:\.\d+)?
      | \d+(?:\.\d+)?\s?s?\s*[-–—~]\s*\d+(?:\.\d+)?\s?(?:s(?:ec(?:ond)?s?)?\b|秒) )
    | (?P<number> f/\d+(?:\.\d+)? | \d+(?:[.:x×]\d+)+ )
    | (?P<short> (?<![\w/])[wW]/(?:(?:o(?:ut)?)?(?=\s+\w|\s+\Z)|(?=\d|{_LETTER}{{3}})) )
    | (?P<word> (?:(?<!\w)\d{{1,2}})?(?<![^\W\d])[ap]\.m\.(?!\w) | {_LETTER}+(?:['\u2019]{_LETTER}+)* )
    | (?P<dash> (?<=\S\ )-(?=\ ) )
    | (?P<hyphen> (?<=\w)[-_\u2010\u2011](?=\w) )
    | (?P<other> \S | \n )
    """,
    re.VERBOSE,
)
_COUNTED = re.compile(r"(\d{1,2})([A-Za-z]{3,})")
"""A number and a noun in one, as tags of other tools have them: 2girls."""
_SHORT = {"w/": "with", "w/o": "without", "w/out": "without"}
_LONGEST_NAME = 4
"""Most characters of a Chinese name."""
_STOPS = ".!?。！？;；\n|…"
_QUOTES = '"\u201c\u201d「」『』'
_NOTHING = "\\'\u2019\u2018_-"


_SINGLE_QUOTED = re.compile(r"(?<!\w)['\u2018](?=\w)((?:[^'\u2018\u2019\n]|['\u2019](?=\w)){3,}?)['\u2019](?!\w)")
"""What stands in single quotation marks, with apostrophes within words: 'Don't run!'"""

_SETTING = frozenset(["scene", "time", "weather"])


@dataclass(frozen=True)
class Token:
    """A piece of a prompt.

    Attributes:
        source: as it is written.
        word: as it is looked up, in small letters; of a mention, with its sign.
        kind: "word", "mention", "hyphen", "pause", "stop", "colon", "quote", "flag" (leaves out what follows), or "setting".
        known: whether Chinese characters are a known word.
    """

    source: str
    word: str
    kind: str
    known: bool = True


def cut(prompt: str, known: Collection[str] = ()) -> list[Token]:
    """Cut a prompt into tokens; `known` are usernames that are mentioned even where they look like a measure."""
    tokens: list[Token] = []
    place = 0
    mentions = prompts.find(prompt, known)
    prompt = _SINGLE_QUOTED.sub(r'"\1"', prompt)
    for mention in mentions:
        tokens += _cut_text(prompt[place : mention.start])
        tokens.append(Token(prompt[mention.start : mention.end], f"@{mention.username}", "mention"))
        place = mention.end
    tokens += _cut_text(prompt[place:])
    return [*_set_apart(_told_apart(tokens))]


def _set_apart(tokens: list[Token]) -> Iterator[Token]:
    """Part pictures of where and when something is from what is beside them: a dog on the beach 🏖."""
    for token in tokens:
        apart = _is_pictured(token, _SETTING)
        if apart:
            yield Token("", "", "pause")
        yield token
        if apart:
            yield Token("", "", "pause")


def _told_apart(tokens: list[Token]) -> list[Token]:
    """Count somebody whose picture is repeated, and part him from the next picture that is nothing he does: 🐧🐧🐧, 🐶🐱, 🐶🎂."""
    apart: list[Token] = []
    for word, group in itertools.groupby(tokens, key=lambda token: token.word if _is_somebody(token) else ""):
        first, *others = group
        if apart and _is_somebody(apart[-1]) and (word or _is_thing(first)):
            apart.append(Token("", "and", "word") if word else Token("", "", "pause"))
        if word and others:
            apart.append(Token("".join(each.source for each in others), str(len(others) + 1), "word"))
            others = []
        apart += [first, *others]
    return apart


def _is_thing(token: Token) -> bool:
    """Whether a token is a picture of what is neither done nor where somebody is."""
    return emoji.is_picture(token.source) and not _is_pictured(token, lexicon.VERBS | {"character", "scene"})


def _is_pictured(token: Token, kinds: frozenset[str]) -> bool:
    """Whether a token is a picture that has a meaning of some kinds."""
    found = lexicon.find(token.word.split(" ")) if emoji.is_picture(token.source) else None
    return found is not None and bool(lexicon.kinds(found.senses) & kinds)


def _is_somebody(token: Token) -> bool:
    """Whether a token is a picture of somebody, and not of what he does."""
    return token.source not in emoji.DOING and _is_pictured(token, frozenset(["character"]))


def _counted(word: str) -> tuple[str, ...]:
    """Return the number and the noun for somebody that a word is made of: 2girls; or else the word."""
    parts = _COUNTED.fullmatch(word)
    noun = lexicon.find([parts[2].lower()]) if parts else None
    return parts.groups() if parts and noun and "character" in lexicon.kinds(noun.senses) else (word,)


def _looked_up(written: str) -> str:
    """Return a word as it is looked up."""
    if written[-1] in emoji.WORKING:
        return _worker(written)
    word = written.lower().replace("\u2019", "'")
    return _SHORT.get(word, word)


def _cut_text(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        source, kind = match[0], match.lastgroup or ""
        if kind == "chinese":
            yield from _paired(segmentation.segment(source))
        elif kind in {"word", "short", "number", "span", "worker", "mixed"}:
            yield from (Token(part, _looked_up(part), "word") for part in _counted(source))
        elif kind == "entity":
            yield from _standing_for(source, html.unescape(source))
        elif kind == "escaped":
            codes = "".join(chr(int(code, 16)) for code in source.split("\\u")[1:])
            yield from _standing_for(source, codes.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        elif kind in {"stray", "foreign"}:
            yield from _stray(source) if kind == "stray" else [Token(source, source, "word", known=False)]
        elif kind in {"break", "dash"}:
            yield Token(source, "", "stop" if kind == "break" else "pause")
        elif kind == "other":
            yield from _mark(source)
        else:
            yield Token(source, source.lower(), kind)


def _paired(pieces: Iterable[tuple[str, bool]]) -> Iterator[Token]:
    """Part the animals of a pair that stand in one word, a character each: 龟兔赛跑."""
    before = False
    for piece, known in pieces:
        beast = len(piece) == 1 and _is_beast(lexicon.INDEX.get(piece, ()))
        if before and beast:
            yield Token("", "和", "word")
        yield Token(piece, piece, "word", known=known)
        before = beast


def _is_beast(senses: tuple[lexicon.Sense, ...]) -> bool:
    """Whether a word means an animal, drawn or not."""
    return any(sense.kind == "animal" or sense.meaning in vocabulary.ANIMALS for sense in senses)


def _stray(source: str) -> Iterator[Token]:
    """Cut a Chinese mention, which no service takes for one, and what is said right behind the name: @小明跑步."""
    name, *rest = segmentation.segment(source[1:])
    done = any(lexicon.kinds(lexicon.INDEX.get(piece, ())) & lexicon.VERBS for piece, _ in rest)
    longer = len(source) > _LONGEST_NAME + 1
    kinds = lexicon.kinds(lexicon.INDEX.get(name[0], ()))
    behind = rest if longer or "scene" in kinds or (done and all(known for _, known in rest)) else []
    if (longer and name[1] and "character" not in kinds) or "scene" in kinds:
        yield Token("@", "at", "word")  # @海边
        yield Token(name[0], name[0], "word")
    else:
        called = source[: len(name[0]) + 1] if behind else source
        yield Token(called, called, "word")
    for piece, known in behind:
        yield Token(piece, piece, "word", known=known)


def _standing_for(source: str, text: str) -> Iterator[Token]:
    """Cut what a code stands for; the first token is written as the code is."""
    if text == source:
        yield Token(source, source.lower(), "setting")
        return
    pieces = list(_cut_text(text)) or [Token("", "", "pause")]
    yield Token(source, pieces[0].word, pieces[0].kind, pieces[0].known)
    for piece in pieces[1:]:
        yield Token("", piece.word, piece.kind, piece.known)


def _mark(letter: str) -> Iterator[Token]:
    if letter in _STOPS:
        yield Token(letter, "", "stop")
    elif letter in ":：":
        yield Token(letter, "", "colon")
    elif letter in _QUOTES:
        yield Token(letter, "", "quote")
    elif letter in "&+":
        yield Token(letter, "and", "word")
    elif letter == "@":
        yield Token(letter, "at", "word")
    elif emoji.is_joiner(letter) or letter in _NOTHING:
        return
    elif emoji.is_emoji(letter):
        yield from _picture(letter)
    else:
        yield Token(letter, "", "pause")


def _worker(source: str) -> str:
    """Return the noun for a picture of a person that is joined to one of what he works with: 👩‍🚀."""
    noun = emoji.WORKING[source[-1]]
    female = f"female {noun}"
    return female if source[0] == "👩" and female in lexicon.INDEX else noun


def _picture(letter: str) -> Iterator[Token]:
    words = emoji.words(letter)
    pieces = [words] if words in lexicon.INDEX or letter not in emoji.WORDS else words.split(" ")
    for number, piece in enumerate(pieces):
        known = lexicon.find(piece.split(" ")) is not None
        yield Token(letter if number == 0 else "", piece or letter, "word", known=known)
