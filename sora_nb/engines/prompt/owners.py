"""Tell nouns that only say whose something is: the neighbor's kitten, on @ann's sofa."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import is_animal
from sora_nb.engines.prompt.pictured import CHINESE_FILMS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_OWNED = frozenset(["character", "animal"])
"""Kinds of what is in the film without whose it is: the king's horse."""
_TEXTS = grammar.words(
    "作文 日记 周记 游记 故事 诗 诗歌 古诗 词 画 画作 漫画 信 情书 歌 小说 评语 留言 笔记 剧本 梦 博客 作品 自传 回忆录 寓言 童话 "
    "文章 短文 随笔 作业 朋友圈"
)
"""What somebody has written, painted or dreamt, which a prompt tells behind a colon: 小明的作文."""

_THINGS = (syntax.THINGS - {"body", "idea"}) | {"scene", "vehicle", "camera"}
"""Kinds of what may be in the film while its owner is not: a chair, a car, a kitchen; but no hand, and no adventure."""
_OF_SOMEBODY = CHINESE_FILMS | {"home"}
"""Nouns for what is of whom the film is about: 女人的照片, the boy's home."""


def resolve(units: list[Unit]) -> None:
    """Take who is named only as the owner of a thing for a word about the thing: the girl's toy rabbit, 奶奶的旧椅子."""
    for at, unit in enumerate(units):
        owner = unit.is_word and "character" in unit.kinds and not unit.negated
        begin = _owned(units, at) if owner else None
        if begin is not None and _is_thing(units, begin):
            unit.senses, unit.unshown = (Sense("manner"),), "people"


def is_left_out(unit: Unit) -> bool:
    """Whether a word is for somebody who was found to be named only as the owner of a thing."""
    return unit.unshown == "people" and unit.kinds == {"manner"}


def _owned(units: list[Unit], at: int) -> int | None:
    """Return where the noun phrase begins for what somebody has, or None where he is named otherwise."""
    if units[at].word.isascii():
        return at + 1 if units[at].word.endswith(("'s", "s'")) else None
    begins = at == syntax.begin_of_clause(units, at) + len(counts.noun_phrase(units, at))
    return at + 2 if begins and at + 2 < len(units) and units[at + 1].word == "的" else None


def _is_thing(units: list[Unit], at: int) -> bool:
    """Whether a noun phrase that begins behind an owner at a place is for a thing: red scarf, false teeth, toy robot."""
    place = at
    while place < len(units) and (syntax.is_adjective(units[place]) or _describes(units[place])):
        place += 1
    if place >= len(units) or not units[place].is_word or units[place].negated:
        return False
    noun = units[place]
    if noun.form == "ing" and noun.kinds & VERBS:
        return False  # the girl's painting a wall
    behind = syntax.after(units, place)
    if noun.kinds & _OWNED and "object" not in noun.kinds and behind is not None and behind.kinds & _THINGS:
        return _is_thing(units, place + 1)  # grandma's cat bowl
    return bool(noun.kinds & _THINGS) and noun.word not in _OF_SOMEBODY


def _describes(unit: Unit) -> bool:
    """Whether a word is a number, or one that nobody knows, which may say what a thing is like."""
    if "number" in unit.kinds:
        return not unit.kinds & syntax.SOMEBODY
    return unit.is_word and not unit.senses and unit.word not in grammar.LINKS and not unit.word.endswith("ing")


def owns(units: list[Unit], at: int) -> bool:
    """Whether a noun or a mention only says whose somebody is: the neighbor's kitten, @ann's dog."""
    if units[at].kind == "mention" and at + 2 < len(units) and units[at + 1].word == "的":
        return "character" in units[at + 2].kinds or is_text(units, at + 2)
    if units[at].kind == "mention":
        place = at + 2
        if at + 1 >= len(units) or units[at + 1].word != "'s":
            return False
        while place < len(units) and syntax.is_adjective(units[place]):
            place += 1
        return place < len(units) and ("character" in units[place].kinds or _has_others(units, at, place))
    if not units[at].word.isascii():
        return _owns_in_chinese(units, at)
    ahead = syntax.after(units, at)
    if ahead is None or not units[at].word.endswith(("'s", "s'")):
        return False
    return "character" in ahead.kinds or bool(units[syntax.head(units, at + 1)].kinds & _OWNED)


def is_text(units: list[Unit], at: int) -> bool:
    """Whether a Chinese word is what somebody has written or painted, and what it tells or shows follows a colon: 小红的画."""
    told = at + 2 < len(units) and units[at + 1].kind == "colon"
    return told and at > 1 and units[at].word in _TEXTS and units[at - 1].word == "的"


def _owns_in_chinese(units: list[Unit], at: int) -> bool:
    """Whether somebody who begins a clause is only whose another one is: 小明的狗在跑; but 熊猫的妈妈 is a panda, too."""
    owned = units[at + 2 : at + 3] if at + 1 < len(units) and units[at + 1].word == "的" else []
    if is_text(units, at + 2):
        return True
    begins = at == syntax.begin_of_clause(units, at)
    return begins and bool(owned) and "character" in owned[0].kinds and not is_animal(units[at])


def _has_others(units: list[Unit], at: int, place: int) -> bool:
    """Whether somebody else is in the film of which only the thing at a place is somebody's: on @ann's sofa."""
    there = at > 0 and units[at - 1].word in grammar.PREPOSITIONS
    owned = there and units[place].kinds & syntax.NOUNS and not units[place].kinds & {"body", "clothing"}
    named = (unit for unit in units if not unit.negated and not unit.pictured and unit.word != units[at].word)
    return bool(owned) and any(unit.kind == "mention" or (unit.is_word and "character" in unit.kinds) for unit in named)
