"""Find who is described without a noun in Chinese: 大的在睡觉, 戴帽子的在唱歌; and how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import attributes, chinese_clauses, excepted, grammar, lexicon, opposites, syntax
from sora_nb.engines.prompt.lexicon import VERBS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_OF = "的"
_MOST = "最"
_DEGREES = frozenset([_MOST, "更", "比较", "较"])
"""Words before a quality that tell somebody from all others."""
_SETTING_OUT = grammar.words("在 正在 正 也 都 则 却 就 还 一直 已经 便 先 只 仍 仍然 开始 一起 爱 会 想 要 能")
"""Words between somebody and what he does."""
_THAT_ONE = grammar.words("那个 那只 那位 那名 那条 那头 这个 这只 这位 这名")
"""Determiners with a measure that may stand for a noun behind 的: 胖的那只."""
_VERY = grammar.words("很 非常 十分 特别 更 最 太 真")
"""Words before a quality that is said of somebody."""


def describes(units: list[Unit], at: int) -> bool:
    """Whether a word is only of what describes somebody without a noun, and no deed: 坐着的在看书, 没穿鞋的在跑."""
    mark = next((place for place in range(at, len(units)) if units[place].word == _OF or units[place].ends_clause), at)
    return mark - len(attributes.before(units, mark)) <= at < mark and is_somebody(units, mark)


def is_somebody(units: list[Unit], at: int) -> bool:
    """Whether a 的 ends a phrase for somebody who does something, and whose noun is left out."""
    if not _may_be(units, at):
        return False
    words = attributes.before(units, at)
    named = any(syntax.is_agent(unit) and unit.is_asked for unit in units[: at - len(words)])
    return named or attributes.is_worn(words) or are_people(units)


def are_people(units: list[Unit]) -> bool:
    """Whether a prompt is about people who are only described: 胖的在吃, 瘦的在看; but no cars, and no flowers by colours."""
    if any(syntax.is_agent(unit) for unit in units):
        return False
    marks = [at for at in range(len(units)) if _may_be(units, at)]
    described = [unit for at in marks for unit in attributes.before(units, at)]
    before = units[: marks[0]] if len(marks) > 1 else units
    coloured = any("colour" in unit.kinds for unit in described)
    return not coloured and not any(unit.kinds & syntax.NOUNS - syntax.PLACES for unit in before)


def _may_be(units: list[Unit], at: int) -> bool:
    """Whether what tells somebody apart stands before a 的, and what he does behind it."""
    if units[at].word != _OF or not _acts(units, at):
        return False
    return bool(attributes.before(units, at)) and tells_apart(units, at)


def is_one_of(units: list[Unit], at: int, noun: str) -> bool:
    """Whether a noun that begins a clause is for one of several by what describes it: 大的狗, 小狗, 穿红裙子的女孩.

    Args:
        units: of the whole prompt.
        at: the place of the noun.
        noun: for all of them.
    """
    word, place = units[at].word, syntax.begin(units, at) - 1
    marked = place >= 0 and units[place].word == _OF
    begin = place - len(attributes.before(units, at)) if marked else place + 1
    if not (syntax.begins_clause(units, begin) or excepted.is_behind_except(units, begin)):
        return False
    if word != noun:
        return word[1:] == noun and opposites.is_quality(word[0])
    qualified = any(opposites.is_quality(unit.word) for unit in units[place + 1 : at])
    return qualified or (marked and tells_apart(units, place))


def tells_apart(units: list[Unit], at: int) -> bool:
    """Whether what stands before the 的 at a place tells one of several from the others."""
    words = attributes.before(units, at)
    qualities = [unit for unit in words if unit.word not in _DEGREES]
    if qualities and all(opposites.is_quality(unit.word) for unit in qualities):
        return True
    that_one = at + 1 < len(units) and units[at + 1].word in _THAT_ONE
    return attributes.is_distinctive(words, counted=that_one or number_before(units, at) is not None)


def number(units: list[Unit], at: int, left: int) -> int:
    """Return how many of several a description is of: as many as it says, the last time all that are left, or one.

    Args:
        units: of the whole prompt.
        at: the place of the 的, or of the noun.
        left: how many of them were not told apart yet; 0 where none was told apart.
    """
    counted = number_before(units, at)
    if counted is not None:
        return lexicon.number_of(counted.word) or 1
    most = any(unit.word == _MOST for unit in attributes.before(units, at))
    noun = units[at].word
    last = not any(is_somebody(units, place) or units[place].word == noun != _OF for place in range(at + 1, len(units)))
    return max(1, left) if last and not most else 1


def number_before(units: list[Unit], at: int) -> Unit | None:
    """Return the number right before a description, or None: 一个胖的."""
    place = at - len(attributes.before(units, at)) - 1
    return units[place] if place >= 0 and "number" in units[place].kinds else None


def _acts(units: list[Unit], at: int) -> bool:
    """Whether what somebody does follows a 的, and no noun that it describes."""
    rest = units[at + 1 : syntax.end_of_clause(units, at)]
    rest = rest[bool(rest) and rest[0].word in _THAT_ONE :]
    set_out = 0
    while set_out < len(rest) and rest[set_out].word in _SETTING_OUT:
        set_out += 1
    placed = any(unit.word == "在" for unit in rest[:set_out])
    behind = rest[set_out] if set_out < len(rest) else None
    if behind is not None and behind.word in _VERY and syntax.is_adjective(rest[-1]):
        return True
    verb = next((unit for unit in rest if unit.kinds & VERBS), None)
    if verb is None or not (verb is behind or placed) or _is_of_trade(units, syntax.place_of(units, verb)):
        return False
    return chinese_clauses.described(units, syntax.place_of(units, verb)) is None


def _is_of_trade(units: list[Unit], at: int) -> bool:
    """Whether a verb says what somebody right behind it does for a living, who then does something: 卖菜大妈在唱歌."""
    noun = syntax.after(units, at)
    behind = syntax.after(units, at + 1) if noun is not None and syntax.is_agent(noun) else None
    acts = behind is not None and (bool(behind.kinds & VERBS) or behind.word in _SETTING_OUT)
    return acts and units[at].meaning("action") == "work"
