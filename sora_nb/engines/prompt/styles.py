"""Find Chinese names of a style that are nouns for somebody, whom nobody sees: 银翼杀手风格, 哈利波特风."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_MARKS = grammar.words("风格 画风 质感 风")
"""Words behind whose style it is."""
_WIND = "风"
"""The one of them that is a style only where nothing or what is in that style follows."""
_OF = "的"


def resolve(units: list[Unit]) -> None:
    """Join a word for a style with whom it is named for; a number or a determiner before him says that he is there."""
    at = 0
    while at < len(units):
        if units[at].kind == "colon" and at and units[at - 1].word in _MARKS:
            _read_label(units, at + 1)
        begin = _begin(units, at) if units[at].word in _MARKS and units[at].is_word else at
        if begin < at:
            units[begin : at + 1] = [_joined(units[begin : at + 1])]
        at = begin + 1


def _read_label(units: list[Unit], at: int) -> None:
    """Make a style of somebody who is named alone behind a label for a style: 银翼杀手."""
    end = syntax.end_of_clause(units, at)
    if at < end and _is_somebody(units[end - 1]) and all(map(_says_more, units[at : end - 1])):
        units[at:end] = [_joined(units[at:end])]


def _begin(units: list[Unit], at: int) -> int:
    """Return where the name of a style begins, or the place of its last word where it is no name of somebody."""
    following = syntax.after(units, at)
    ends = following is None or following.word == _OF
    marked = at > 0 and units[at - 1].word == _OF
    name = at - 1 - marked
    noun = following is not None and bool(following.kinds & syntax.NOUNS - syntax.SOMEBODY)
    if units[at].word == _WIND and not (ends or noun):
        return at
    if marked and following is not None and not (ends or following.kinds & VERBS):
        return at
    begin = syntax.begin_of_clause(units, at)
    if ends and _is_title(units, begin, name + 1):
        return begin
    if name < 0 or not _is_somebody(units[name]):
        return at
    begin = name
    while begin and _says_more(units[begin - 1]):
        begin -= 1
    return at if begin and syntax.is_determiner(units[begin - 1]) else begin


def _is_title(units: list[Unit], begin: int, end: int) -> bool:
    """Whether a clause has nothing but nouns before its word for a style, while who is in the film is named elsewhere: 福尔摩斯侦探."""
    title, others = units[begin:end], (*units[:begin], *units[end:])
    named = all(_is_somebody(unit) or _says_more(unit) for unit in title) and any(map(_is_somebody, title))
    return named and any(map(syntax.is_agent, others))


def _is_somebody(unit: Unit) -> bool:
    named = unit.word.isascii() or unit.word.startswith("@")
    return unit.is_word and not named and bool(unit.kinds & syntax.SOMEBODY)


def _says_more(unit: Unit) -> bool:
    """Whether a word is a part of the name that somebody behind it ends: 黑暗骑士, 星球大战绝地武士."""
    named = not unit.senses or bool(unit.kinds & (syntax.NOUNS | syntax.ADJECTIVES | {"weather", "time"}))
    return unit.is_word and named and not unit.kinds & (VERBS | syntax.SOMEBODY | {"link", "number", "manner"})


def _joined(name: list[Unit]) -> Unit:
    """Return one word for a style."""
    source = "".join(unit.source for unit in name)
    return replace(name[0], source=source, word=source, senses=(Sense("style"),))
