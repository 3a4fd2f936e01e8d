"""Join tokens to units: words and phrases with all that they may mean, labels, and what is said or written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, spelling, vocabulary
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.prompt.tokens import Token

_QUALIFYING = frozenset(["weather", "time", "scene"])
_SCRIPTS = {"Japanese": re.compile("[\u3041-\u3096\u30a1-\u30fa]"), "Korean": re.compile("[\uac00-\ud7a3]")}
"""Letters by which a language is known."""
_STUFF = grammar.words(
    "porcelain ceramic wooden plastic bronze marble stone clay glass crystal rubber plush stuffed toy knitted crocheted felted origami "
    "paper lego balloon inflatable carved taxidermied 瓷 陶瓷 木 木头 木雕 石 石头 石雕 布 毛绒 毛绒玩具 泰迪 塑料 铜 青铜 玻璃 纸 泥 陶 玩具 水晶 充气 橡胶"
)
"""Words before an animal that say what its likeness is made of: a porcelain cat, 毛绒小熊."""
_LIKENESSES = vocabulary.ANIMALS | {"robot"}
_OF_HOUSEHOLD = frozenset(["character", "animal", "scene"])
"""Kinds of what a Chinese home is named before where it only says whose that is."""
_WHERE = frozenset(["scene", "scene hint"])
_POSSESSIVES = {"咱": "我的"}
"""Possessives of pronouns, where they are not made by 的."""
_UNFINISHED = grammar.words("into become becomes becoming became 变成 变成了 变为 成了")
"""Words that the noun of what somebody becomes must follow: turns into... a frog."""
_HESITATING = frozenset(".…,，:：-–—")
"""Marks between those."""
_LEFT_OUT = "free"
"""The ending that takes away what stands before it: crowd-free."""


@dataclass
class Unit:
    """A word or phrase of a prompt, with everything found out about it so far.

    Attributes:
        source: as it is written.
        word: as it is looked up, in small letters.
        kind: as of Token, or "label", "link", or "speech".
        senses: what it may mean, later what it does mean; none where it is unknown.
        form: the ending that was taken off: "", "s", "ing", "ed" or "er".
        negated: whether it is left out because the prompt says so.
        corrections: words of it that seem to be misspelt, and what they were read as.
        verb: whether it stands for what somebody does.
        unshown: why a word that could be drawn is not: a sentence's part, or "".
        pictured: whether the prompt only pictures it, compares with it or mentions it, so that nothing draws it.
        decides: what of the shot it decided, as (kind, meaning).
    """

    source: str
    word: str
    kind: str
    senses: tuple[Sense, ...] = ()
    form: str = ""
    negated: bool = False
    verb: bool = False
    corrections: list[tuple[str, str]] = field(default_factory=list)
    unshown: str = ""
    pictured: bool = False
    decides: list[tuple[str, str]] = field(default_factory=list)
    _kinds: tuple[tuple[Sense, ...], frozenset[str]] = field(
        default=((), frozenset()), init=False, repr=False, compare=False
    )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its senses; they are asked for far more often than the senses change."""
        if self._kinds[0] is not self.senses:
            self._kinds = self.senses, lexicon.kinds(self.senses)
        return self._kinds[1]

    @property
    def is_word(self) -> bool:
        """Whether it is a word with or without a known meaning, not a mark, a label or a mention."""
        return self.kind == "word"

    @property
    def is_asked(self) -> bool:
        """Whether it is a word for what the film shows: neither left out nor only pictured."""
        return self.is_word and not self.negated and not self.pictured

    @property
    def ends_clause(self) -> bool:
        """Whether nothing before it belongs directly to what follows."""
        return self.kind in {"pause", "stop", "colon", "label", "flag", "quote", "setting", "speech"}

    def meaning(self, kind: str) -> str:
        """Return what it means as a word of a kind, or ""."""
        return next((sense.meaning for sense in self.senses if sense.kind == kind), "")

    def keep(self, *kinds: str) -> None:
        """Keep only its senses of some kinds."""
        self.senses = tuple(sense for sense in self.senses if sense.kind in kinds)


def join(tokens: Sequence[Token]) -> list[Unit]:
    """Join tokens to units, in order; misspelt words are read as the nearest known ones."""
    units: list[Unit] = []
    if not guess_language([token.word for token in tokens]):
        tokens = _completed([_corrected(token) for token in tokens])
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "word":
            length, unit = _unit(tokens, at, units[-1] if units else None)
            units.append(unit)
            at += length
        else:
            if token.kind != "hyphen":
                units.append(Unit(token.source, token.word, token.kind))
            at += 1
            if token.kind == "mention" and at < len(tokens) and tokens[at].word == "s":
                units.append(Unit(tokens[at].source, "'s", "link"))
                at += 1
    _join_homes(units)
    _join_hesitating(units)
    _mark_labels(units)
    return units


def _join_homes(units: list[Unit]) -> None:
    """Take 家 between somebody and what is his for what says whose that is, and for no home: 邻居家的狗, 我家猫, 他家院子."""
    for at in reversed(range(1, len(units) - 1)):
        owner, home, owned = units[at - 1 : at + 2]
        pronoun = owner.word in grammar.PRONOUNS
        if home.word != "家" or not (pronoun or "character" in owner.kinds):
            continue
        of = owned.word == "的"
        theirs = of or bool(owned.kinds & _OF_HOUSEHOLD)
        if pronoun:
            owner.word = _POSSESSIVES.get(owner.word[0], f"{owner.word[0]}的")
            elsewhere = any(unit.kinds & _WHERE and "character" not in unit.kinds for unit in units if unit is not home)
            hint = () if elsewhere or not theirs else (Sense("scene hint", "living room"),)
            owner.senses = (Sense("link"), *hint)
        if theirs and pronoun:
            owner.source += "".join(unit.source for unit in units[at : at + 1 + of])
            del units[at : at + 1 + of]
        elif theirs:
            of_owner = "".join(unit.source for unit in units[at : at + 1 + of])
            units[at : at + 1 + of] = [Unit(of_owner, "的", "word", (Sense("link"),))]


def _join_hesitating(units: list[Unit]) -> None:
    """Leave out marks between a verb for becoming and what somebody becomes, but not a full stop: turns into... a frog."""
    for at in reversed(range(len(units) - 2)):
        if units[at].word.split(" ")[-1] not in _UNFINISHED:
            continue
        end = at + 1 + (units[at + 1].word == "了")
        begin = end
        while end < len(units) and units[end].source in _HESITATING and units[end].ends_clause:
            end += 1
        marks = "".join(unit.source for unit in units[begin:end])
        if end < len(units) and units[end].kind in {"word", "mention"} and marks != ".":
            del units[begin:end]


def guess_language(words: Sequence[str]) -> str:
    """Return the language that a prompt seems to be in where it is one the engine does not understand, or ""."""
    for language, letters in _SCRIPTS.items():
        if 2 * sum(bool(letters.search(word)) for word in words) > len([word for word in words if word]):
            return language
    latin = [word for word in words if word.isalpha() and word[0] < "\u0250"]
    scores = {
        language: sum(word in common and word not in grammar.LINKS and word not in lexicon.INDEX for word in latin)
        for language, common in grammar.FOREIGN.items()
    }
    best = max(scores, key=lambda language: scores[language])
    english = sum(word in grammar.LINKS or word in lexicon.INDEX for word in latin)
    return best if scores[best] >= 2 and scores[best] > len(latin) / 8 and english < len(latin) / 2 else ""


def _unit(tokens: Sequence[Token], at: int, before: Unit | None) -> tuple[int, Unit]:
    """Make the unit that begins at a token behind another unit: how many tokens it takes, and the unit."""
    places = _run(tokens, at)
    words = [tokens[place].word for place in places]
    found = _likeness(words) or (lexicon.find(words) if tokens[at].known else None)
    group = _hyphenated(tokens, at)
    if group and (found is None or places[found.length - 1] < group[-1]):
        return group[-1] - at + 1, _compound([tokens[place] for place in group])
    if found is None:
        return 1, Unit(tokens[at].source, tokens[at].word, "word")
    found = _participle(words, found, before) or found
    called = tokens[at].source.islower() and tokens[places[found.length - 1]].source.istitle()
    fights = found.form == "s" and bool(lexicon.kinds(found.senses) & lexicon.VERBS)  # the boss fights a robot
    if found.length == 2 and (called or fights):
        alone = lexicon.find(words[:1])
        found = alone if alone and "character" in lexicon.kinds(alone.senses) else found  # our dog Biscuit
    last = places[found.length - 1]
    source = _written(tokens[at : last + 1])
    unit = Unit(source, " ".join(words[: found.length]), "word", found.senses, found.form)
    unit.corrections = [
        (token.source, token.word)
        for token in tokens[at : last + 1]
        if token.kind == "word"
        and token.source.isalpha()
        and token.source.isascii()
        and token.source.lower() != token.word
    ]
    return last - at + 1, unit


def _participle(words: list[str], found: lexicon.Found, before: Unit | None) -> lexicon.Found | None:
    """Return the participle of a compound that is a verb and its object, or None: a dog drinking water; a bottle of drinking water."""
    if found.length < 2 or not words[0].endswith("ing") or lexicon.kinds(found.senses) & (_QUALIFYING | lexicon.VERBS):
        return None
    first = lexicon.find(words[:1])
    does = before is not None and before.is_word and ("character" in before.kinds or before.word in grammar.BEING)
    return first if does and first is not None and lexicon.kinds(first.senses) & lexicon.VERBS else None


def _likeness(words: Sequence[str]) -> lexicon.Found | None:
    """Find the likeness of an animal at the start of words, by what it is made of; None where they are an entry or no animal."""
    if words[0] not in _STUFF or len(words) == 1:
        return None
    whole, animal = lexicon.find(words), lexicon.find(words[1:])
    if animal is None or (whole is not None and whole.length > 1):
        return None
    meanings = [sense.meaning for sense in animal.senses if sense.kind == "character" and sense.meaning in _LIKENESSES]
    if not meanings and "animal" not in lexicon.kinds(animal.senses):
        return None
    drawn = tuple(Sense("character", meaning, near=True) for meaning in meanings[:1])
    return lexicon.Found(1 + animal.length, (*drawn, Sense("object")), animal.form)


def _run(tokens: Sequence[Token], at: int) -> list[int]:
    """Return the places of the words that may be one phrase from a place on; hyphens are skipped."""
    places = [at]
    place = at + 1
    while place < len(tokens) and len(places) < lexicon.MAX_PHRASE:
        if tokens[place].kind == "word":
            places.append(place)
        elif tokens[place].kind != "hyphen":
            break
        place += 1
    return places


def _hyphenated(tokens: Sequence[Token], at: int) -> list[int]:
    """Return the places of the parts of a word with hyphens, or none."""
    places = [at]
    while at + 2 < len(tokens) and tokens[at + 1].kind == "hyphen" and tokens[at + 2].kind == "word":
        at += 2
        places.append(at)
    return places if len(places) > 1 else []


def _compound(parts: list[Token]) -> Unit:
    """Read a hyphenated word that is no entry: snow-covered is of snow, but dog-friendly is no dog."""
    source = "-".join(part.source for part in parts)
    word = " ".join(part.word for part in parts)
    found = [lexicon.find([part.word]) for part in parts]
    if parts[-1].word == _LEFT_OUT and found[0] is not None:
        return Unit(source, word, "word", found[0].senses, negated=True)
    if any(each is None for each in found):
        known = [each for each in found if each is not None]
        told = any(sense.kind in _QUALIFYING for each in known for sense in each.senses)
        if not told and not parts[0].word.isdecimal():
            return Unit(source, word, "word")
    senses = [sense for each in found if each for sense in each.senses if sense.kind in _QUALIFYING]
    return Unit(source, word, "word", (*senses, Sense("manner")))


def _corrected(token: Token) -> Token:
    if token.kind != "word" or not token.source.isascii():
        return token
    return replace(token, word=spelling.correct(token.word) or token.word)


def _completed(tokens: list[Token]) -> list[Token]:
    """Correct what is misspelt in a phrase of two words."""
    for at, (first, token) in enumerate(pairwise(tokens), 1):
        if first.kind == token.kind == "word" and token.source.isascii():
            tokens[at] = replace(token, word=spelling.complete(first.word, token.word) or token.word)
    return tokens


def _written(tokens: Sequence[Token]) -> str:
    text = ""
    for token in tokens:
        joined = token.kind == "hyphen" or text.endswith(("-", "_")) or not text or not text[-1].isascii()
        text += token.source if joined else f" {token.source}"
    return text


def _mark_labels(units: list[Unit]) -> None:
    """Find the words that name a part of the prompt: scene: ..., "camera": ..."""
    start = 0
    for at, unit in enumerate(units):
        if unit.kind == "colon":
            words = [each for each in units[start:at] if each.kind in {"word", "mention"}]
            name = _name(words)
            plain = all(word.kind == "word" for word in words)
            key = at > start + 1 and units[at - 1].kind == "quote"  # as in JSON
            if words and plain and (begin := _negative_label(words)) is not None:
                _relabel(words[begin:], "flag")
            elif words and plain and len(words) <= 3 and (key or name in grammar.LABELS):
                _relabel(words, "label")
        if unit.kind in {"pause", "stop", "colon"} or (unit.kind == "quote" and start < at and not _opens(units, at)):
            start = at + 1


def _name(words: list[Unit]) -> str:
    joint = "_" if all(word.word.isascii() for word in words) else ""
    return joint.join(word.word.replace(" ", "_") for word in words)


def _negative_label(words: list[Unit]) -> int | None:
    """Return where a label under which everything is left out begins among the words before a colon, or None."""
    for begin in range(len(words)):
        name = _name(words[begin:])
        if name in grammar.NEGATIVE_LABELS and (begin == 0 or "prompt" in name or not name.isascii()):
            return begin
    return None


def _opens(units: list[Unit], at: int) -> bool:
    """Whether the mark behind a quotation mark is a colon: the mark closes a label, as in JSON."""
    return at + 1 < len(units) and units[at + 1].kind == "colon"


def _relabel(words: list[Unit], kind: str) -> None:
    for word in words:
        word.kind = kind
        word.senses = ()
        word.corrections = []
