"""Tell two of the same noun apart by what contradicts: the red robot and the blue one, 左边的猫 and 右边的猫."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import attributes, grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit


def _axes(*listed: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """Return the sets of words for the sides of each axis, which "|" parts."""
    return tuple(tuple(grammar.words(side) for side in axis.split("|")) for axis in listed)


_AXES = _axes(
    "big large huge giant 大|small little tiny 小",
    "tall 高 高个子|short 矮 矮个子",
    "fat chubby plump 胖|thin slim skinny 瘦",
    "old elderly aged 老 年老|young 年轻",
    "rich 富|poor 穷",
    "new 新|old 旧 老",
)
"""Qualities of which nobody has two at once."""
_SIDES = _axes(
    "left 左边 左侧 左面|middle 中间|right 右边 右侧 右面", "front 前面 前边|back 后面 后边", "my 我的|your 你的"
)
"""Where somebody is or whose he is, of which the same holds."""
_PASSING = _axes("happy cheerful 开心 快乐|sad unhappy 难过 伤心", "this 这只 这个 这位|that 那只 那个 那位")
"""Qualities that tell two apart only where neither is brought in by an article: a sad panda may be happy later."""
_COLOURS = grammar.words(
    "red blue green yellow orange purple pink brown black white grey gray golden silver 红 蓝 绿 黄 橙 紫 粉 棕 黑 白 灰 金 银"
)
_BECOMING = ("turn", "become", "grow", "变", "变成", "变得", "变为")
"""Verbs, as stems, of taking on another quality: a white robot turns blue, and is the blue robot then."""
_GROWING = grammar.words("长大 长大了 长高 长高了 变大 变小")
"""Chinese verbs that say so themselves."""
_PLACING = grammar.words("on by at near under behind beside")
"""Prepositions before where somebody is, right behind the noun for him."""


def contradict(units: list[Unit], part: Part, at: int) -> bool:
    """Whether a noun is described as somebody cannot be who came before."""
    if any(_becomes(units, place) for place in range(at)):
        return False
    known = [_qualities(units, syntax.place_of(units, unit)) for unit in part.units if unit.kind != "mention"]
    new = _qualities(units, at)
    before = frozenset[str]().union(*known)
    fresh = bool(before & grammar.INDEFINITE)
    if any(_differ(axis, before, new) for axis in (*_AXES, *_SIDES, *(() if fresh else _PASSING))):
        return True
    if before & _COLOURS and new & _COLOURS and not before & new & _COLOURS:
        return True
    places = {_place_behind(units, syntax.place_of(units, unit)) for unit in part.units} - {("", "")}
    place = _place_behind(units, at)
    if any(place[0] == preposition and place[1] != noun for preposition, noun in places):
        return True
    named = [syntax.place_of(units, unit) for unit in part.units]
    alike = any(attributes.agree(units, other, at) for other in named)
    return not alike and any(attributes.differ(units, other, at) for other in named)


def is_quality(word: str) -> bool:
    """Whether a word is for what tells two apart: a colour, a size, an age, a side."""
    return word.removesuffix("色") in _COLOURS or any(word in side for axis in (*_AXES, *_SIDES) for side in axis)


def agree(units: list[Unit], part: Part, at: int) -> bool:
    """Whether somebody who came before is described as a noun, or a 的 without one, is at a place."""
    known = [syntax.place_of(units, unit) for unit in part.units if unit.kind != "mention"]
    new = {word for word in _qualities(units, at) if is_quality(word)}
    return any(new & _qualities(units, place) or attributes.agree(units, place, at) for place in known)


def _becomes(units: list[Unit], at: int) -> bool:
    """Whether a verb brings in another quality: turns blue, 变成了大狗, 长大; but not turns round."""
    if units[at].word in _GROWING:
        return True
    if not lexicon.listed_stem(units[at].word, _BECOMING):
        return False
    following = syntax.after(units, at)
    if not units[at].word.isascii():
        following = next((unit for unit in units[at + 1 :] if unit.kinds - {"link", "number"}), None)
    word = following.word.removesuffix("色") if following is not None else ""
    return word in _COLOURS or any(word in side for axis in (*_AXES, *_PASSING) for side in axis)


def _differ(axis: tuple[frozenset[str], ...], one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each of two has a quality of an axis, and they share none."""
    of_one, of_other = ({side for side in axis if side & words} for words in (one, other))
    return bool(of_one and of_other) and not of_one & of_other


def _qualities(units: list[Unit], at: int) -> frozenset[str]:
    """Return the words that describe a noun: those in it, those before it, and the colour that it is in."""
    found = {*units[at].word.split(" ")[:-1], *units[at].word[:1]}
    for unit in reversed(units[:at]):
        joins = unit.word == "的" or syntax.is_determiner(unit) or syntax.is_adjective(unit) or "number" in unit.kinds
        if unit.ends_clause or not (joins or any(unit.word in side for axis in (*_AXES, *_SIDES) for side in axis)):
            break
        found |= {unit.word, unit.word.removesuffix("色")}
    if at and units[at - 1].kinds & syntax.OF_ONES_OWN and not units[at - 1].word.isascii():
        found.add(units[at - 1].word[0])  # 金发女孩
    behind = units[at + 1 : at + 3]
    if len(behind) == 2 and behind[0].word == "in" and "colour" in behind[1].kinds:
        found.add(behind[1].word)
    return frozenset(found)


def _place_behind(units: list[Unit], at: int) -> tuple[str, str]:
    """Return the preposition and the noun of where somebody is before he does something; empty words where none is said."""
    if at + 1 >= len(units) or units[at + 1].word not in _PLACING:
        return "", ""
    for unit in units[at + 2 : syntax.end_of_clause(units, at)]:
        if syntax.is_determiner(unit):
            continue
        named = bool(unit.senses) and not unit.kinds & lexicon.VERBS and not syntax.is_agent(unit)
        return (units[at + 1].word, unit.word) if named else ("", "")
    return "", ""
