"""Read what stands before a Chinese 的: it tells two of a noun apart, or stands for somebody without one: 戴帽子的在唱歌."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_OF = "的"
_EXCEPT = frozenset(["除", "除了"])
_WITHOUT = grammar.words("不 没 没有 未")
"""Negators of what somebody has on or does, which describes him, too: 不戴帽子的."""
_HAVING = ("穿", "戴", "拿", "抱", "背", "骑", "提", "举", "牵", "带", "披", "系", "扎")
"""How Chinese words for what somebody has on or about him begin."""
_ABLE = grammar.words("会 不会 爱 不爱 能 不能")
"""Words before what somebody likes to do or can do, and does not yet do."""
_WORN = ("穿", "戴", "披", "系", "扎")
_POSTURES = grammar.words("坐着 站着 躺着 趴着 蹲着 跪着 睡着 立着 坐 站 躺 趴 蹲")
_LOCALIZERS = ("上", "下", "里", "外", "中", "内", "旁", "前", "后", "边", "面", "侧", "间", "口")
"""How Chinese words and phrases for places end."""
_OURS = grammar.words("我 你 我们 你们 咱们 咱")
_THEIRS = grammar.words("他 她 它 他们 她们 它们 自己")
"""Pronouns for whoever was named before as the one whose somebody is."""
_OWNED = frozenset(word for word in grammar.POSSESSIVES if word.endswith(_OF))
_REACH = 2
"""How many characters at the end of a noun for a part of the body say which part that is: 长头发."""


def before(units: list[Unit], at: int) -> list[Unit]:
    """Return the words before the 的 that describes the noun at a place, or that is at it; none where no 的 does.

    Words that only lead to them are not among them: numbers, determiners, times, and 在.
    """
    mark = at if units[at].word == _OF else at - 1
    while mark > 0 and (syntax.is_determiner(units[mark]) or syntax.is_adjective(units[mark])):
        if units[mark].word in _OWNED:
            break
        mark -= 1
    if mark >= 0 and units[mark].word in _OWNED:
        return [units[mark]]
    if mark <= 0 or units[mark].word != _OF:
        return []
    ends = grammar.CONJUNCTIONS | {_OF, *_EXCEPT}
    begin = next((place + 1 for place in reversed(range(mark)) if units[place].word in ends), 0)
    begin = max(begin, syntax.begin_of_clause(units, mark))
    while begin < mark and _leads(units[begin]):
        begin += 1
    return units[begin:mark]


def begin(units: list[Unit], at: int) -> int:
    """Return where the phrase of a noun begins that a 的 describes; its own place where none does."""
    words = before(units, at)
    if not words:
        return at
    place = syntax.place_of(units, words[0])
    while place and _leads(units[place - 1]):
        place -= 1
    return place


def _leads(unit: Unit) -> bool:
    possessive = unit.word in grammar.POSSESSIVES
    counts = syntax.is_determiner(unit) and not possessive and not syntax.is_agent(unit)
    timed = bool(unit.kinds) and unit.kinds <= {"time", "time hint"}
    return counts or timed or unit.word == "在"


def differ(units: list[Unit], one: int, other: int) -> bool:
    """Whether the nouns at two places are described by the same kind of words otherwise: 沙发上的猫, 桌上的猫."""
    first, second = _trait(before(units, one)), _trait(before(units, other))
    if first[0] == "" or first[0] != second[0] or first[1] == second[1]:
        return False
    owners = {first[1], second[1]}
    return not owners & _THEIRS or len(owners & (_THEIRS | _OURS)) > 1  # 小明的猫, 他的猫


def agree(units: list[Unit], one: int, other: int) -> bool:
    """Whether the nouns at two places are described by the same words."""
    first, second = _trait(before(units, one)), _trait(before(units, other))
    return first[0] != "" and first == second


def _trait(words: list[Unit]) -> tuple[str, str]:
    """Return of what kind a description is, and what it says; empty words where it is of no kind that tells two apart."""
    without = bool(words) and words[0].word in _WITHOUT
    described = words[without:]
    if not described or any(unit.word in grammar.CHINESE_NAMING for unit in words):
        return "", ""
    first, rest = described[0], "".join(unit.word for unit in described[1:])
    if syntax.is_agent(first) or first.word in _OWNED | _OURS | _THEIRS:
        return f"whose {rest}", first.word.removesuffix(_OF)
    if first.word in _ABLE:
        return first.word.removeprefix("不"), first.word + rest
    deed = "" if without else first.meaning("action")
    if first.word.startswith(_HAVING) or (first.kinds & VERBS and not deed):
        return first.word[0], f"{'不' if without else ''}{first.word}{rest}"
    return ("deed", deed + rest) if first.kinds & VERBS else _trait_of_noun(described)


def _trait_of_noun(words: list[Unit]) -> tuple[str, str]:
    """Return the same for words for a place, clothes or a part of the body: 沙发上, 红衣服, 长头发."""
    text = "".join(unit.word for unit in words)
    own = words[-1].kinds & syntax.OF_ONES_OWN
    if any(syntax.is_agent(unit) or unit.word in grammar.FILM_WORDS for unit in words):
        return "", ""
    if is_place(words):
        return "place", text
    return ("clothing" if "clothing" in own else text[-_REACH:], text) if own else ("", "")


def is_distinctive(words: list[Unit], *, counted: bool) -> bool:
    """Whether a description tells one of several from others by itself: by what he has on, where he is, how he sits or stands.

    Args:
        words: before a 的.
        counted: whether a number stands before them, so that what somebody does tells him, too: 一个唱歌的.
    """
    kind = _trait(words)[0]
    if kind.startswith("whose"):
        return False
    return kind != "" and (counted or kind != "deed" or words[0].word in _POSTURES)


def is_worn(words: list[Unit]) -> bool:
    """Whether a description is of what people wear."""
    first = words[words[0].word in _WITHOUT] if len(words) > 1 else words[0]
    return first.word.startswith(_WORN)


def is_place(words: list[Unit]) -> bool:
    """Whether words are for where something is: 沙发上, 教室里, 中国."""
    last = words[-1]
    named = bool(last.kinds & syntax.PLACES) or last.word.endswith(_LOCALIZERS)
    return named and not any(unit.kinds & VERBS or syntax.is_agent(unit) for unit in words)
