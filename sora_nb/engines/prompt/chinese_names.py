"""Find Chinese names of people that are words for something else, or no entries: 小雨在写作业, 乐乐和妈妈在做饭."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import chinese_clauses, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAMILIAR = ("小", "阿", "晓")
"""How names begin by which somebody is called at home."""
_EVERY = frozenset("日夜年家户处个时步层声条只人")
"""Characters that mean each of all where they are doubled: 家家, 夜夜."""
_LENGTH = 2
"""How many characters such names have."""
_GOING_ON = grammar.words("在 正在 正 也 都 刚 又 一起")
"""Words between somebody and what he does."""
_IS = "是"
_NATURE = frozenset(
    ["nature", "scene", "scene hint", "time", "time hint", "food", "manner", "light", "weather", "mood"]
)
"""Kinds of words of which names are made."""
_OF_WEATHER = frozenset(["", "fly", "float"])
_OF_NATURE = _OF_WEATHER | {"dance", "sing", "run", "jump", "walk", "sleep", "look", "stand", "play", "talk", "wave"}
"""Actions which are said of the weather and of nature, too: 小雪飘, 小草在跳舞."""
_AROUND = frozenset(["scene", "scene hint", "time", "time hint", "place", "manner", "mood", "link"])
"""Kinds of the words that may stand before who does something in his clause, and before what he does."""
_SOMEONE = (Sense("character", "person", near=True),)


def resolve(units: list[Unit]) -> None:
    """Make people of Chinese names that do what people do; a name for somebody with a noun, too, says no more than that."""
    _join(units)
    places = [at for at, unit in enumerate(units) if _may_be_name(unit) and not unit.negated]
    nouns = {units[at].word for at in places if _has_noun(units, at)}
    for at in places:
        unit = units[at]
        if _is_of_people(units, at) or (_begins(units, at) and (_acts(units, at) or _owns(units, at))):
            unit.senses = (Sense("link"),) if unit.word in nouns else _SOMEONE
        elif unit.word in nouns and _has_noun(units, at):
            unit.senses = (Sense("link"),)


def _has_noun(units: list[Unit], at: int) -> bool:
    """Whether a noun for somebody stands beside a name, or a word for naming does: 女孩小雨, 小雪公主, 叫小雨, 豆豆是一只猫."""
    before, following = units[at - 1] if at else None, syntax.after(units, at)
    if following is not None and (_is_person(following) or (following.word == _IS and _is_person_next(units, at + 1))):
        return True
    return before is not None and (before.word in grammar.CHINESE_NAMING or (_is_person(before) and _acts(units, at)))


def _is_person_next(units: list[Unit], at: int) -> bool:
    """Whether a noun phrase right behind a place is for somebody."""
    return at + 1 < len(units) and _is_person(units[syntax.head(units, at + 1)])


def _is_of_people(units: list[Unit], at: int) -> bool:
    """Whether somebody is joined to a name, or does something to whom it is for: 老师和小雨, 抱着小雨, 给小雨讲故事."""
    before, led, following = units[at - 1 : at], units[at - 2 : at - 1] if at > 1 else [], units[at + 1 : at + 3]
    joined = bool(led) and syntax.is_agent(led[0]) and before[0].word in grammar.JOINING
    joins = len(following) > 1 and following[0].word in grammar.JOINING and syntax.is_agent(following[1])
    return joined or joins or (bool(before) and chinese_clauses.is_done_to_somebody(before[0]))


def _join(units: list[Unit]) -> None:
    """Join two characters to the name that they are: 糖糖在吃饭, 小海在看书; but 小草在跳舞, 天天跑步."""
    while pairs := [(units[at].word, units[at + 1].word) for at in range(len(units) - 2) if _are_name(units, at)]:
        for at in reversed(range(len(units) - 1)):
            first, second = units[at : at + 2]
            if (first.word, second.word) in pairs:
                units[at : at + 2] = [Unit(first.source + second.source, first.word + second.word, "word")]


def _are_name(units: list[Unit], at: int) -> bool:
    """Whether two characters begin a clause for what only somebody does whose name they are."""
    first, second, following = units[at : at + 3]
    doubled = first.word == second.word
    single = all(len(unit.word) == 1 and unit.is_word and not unit.word.isascii() for unit in (first, second))
    familiar = first.word in _FAMILIAR or (doubled and first.word not in _EVERY)
    if not single or not familiar or not second.kinds <= _NATURE:
        return False
    if following.word not in _GOING_ON | grammar.JOINING or not _begins(units, at):
        return False
    return _deed(units, at + 1) not in (_OF_WEATHER if doubled else _OF_NATURE)


def _may_be_name(unit: Unit) -> bool:
    """Whether a word has the form of a familiar name, and is for nobody and no deed: 小雨, 乐乐."""
    word = unit.word
    if not unit.is_word or len(word) != _LENGTH or word.isascii():
        return False
    if word.startswith(_FAMILIAR):
        return word not in lexicon.INDEX or unit.kinds <= {"weather", "nature"}
    return word[0] == word[1] and word[0] not in _EVERY and word not in lexicon.INDEX


def _begins(units: list[Unit], at: int) -> bool:
    """Whether nothing but times, places and others who do the same stand before a place in its clause."""
    begin = syntax.begin_of_clause(units, at)
    return all(
        _is_person(unit) or _may_be_name(unit) or unit.kinds <= _AROUND or unit.word in grammar.CHINESE_NAMING
        for unit in units[begin:at]
    )


def _acts(units: list[Unit], at: int) -> bool:
    """Whether what follows a name is done by people, and not by the weather or a plant that it may be."""
    kinds, deed = units[at].kinds, _deed(units, at)
    if "weather" in kinds:
        return deed not in _OF_WEATHER
    if units[at].word in lexicon.INDEX:
        return deed not in _OF_NATURE
    sounds = units[at].word[0] == units[at].word[1] and any(map(syntax.is_agent, units[:at]))  # 哇哇大哭
    return _verb(units, at) is not None and not (sounds and units[at + 1].kinds & VERBS)


def _owns(units: list[Unit], at: int) -> bool:
    """Whether a name is of whose somebody is: 小雨的妈妈."""
    return at + 2 < len(units) and units[at + 1].word == "的" and _is_person(units[at + 2])


def _deed(units: list[Unit], at: int) -> str:
    """Return the first action of whom a name at a place is for, or ""."""
    if _verb(units, at) is None:
        return ""
    rest = units[at + 1 : syntax.end_of_clause(units, at)]
    return next((action for unit in rest if (action := unit.meaning("action"))), "")


def _verb(units: list[Unit], at: int) -> Unit | None:
    """Return what somebody does whose name is at a place, alone or with those that are joined to him; None where he may be nobody."""
    rest: Sequence[Unit] = units[at + 1 : syntax.end_of_clause(units, at)]
    while len(rest) > 2 and rest[0].word in grammar.JOINING:
        doubled = rest[1].word == rest[2].word
        if not (doubled or _is_person(rest[1]) or _may_be_name(rest[1])):
            break
        rest = rest[2 + doubled :]
    verb = next((unit for unit in rest if unit.kinds & VERBS), None)
    if verb is None or not (verb is rest[0] or rest[0].word in _GOING_ON):
        return None
    return None if any(unit.word == "的" for unit in rest) and verb is rest[0] else verb


def _is_person(unit: Unit) -> bool:
    return unit.is_word and "character" in unit.kinds
