"""Tell nouns that bring in nobody, but say what those before are to each other: a fox and a rabbit, best friends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.members import RELATED

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit

_BECOMING = grammar.words("family neighbors neighbours couple team teammates 朋友 好朋友 邻居 伙伴 好伙伴 好友 一家人")
"""Other nouns for what several are to each other."""
_TURNING_INTO = grammar.words("is are was were become 成 成为 变成 是 成了")


def is_relation(units: list[Unit], parts: list[Part], at: int, place: int) -> bool:
    """Whether a noun says what those before are to each other: a fox and a rabbit, best friends, share a cake.

    Args:
        units: of the whole prompt.
        parts: those who came before.
        at: the place of the noun.
        place: the one before its phrase.
    """
    ends = at + 1 == len(units) or units[at + 1].ends_clause
    aside = place >= 0 and units[place].kind == "pause" and ends
    several = sum(part.count for part in parts) > 1
    related = units[at].word.split(" ")[-1] in RELATED | _BECOMING
    said = place > 0 and _is_said_of_all(units, place) and (parts or any(unit.word == "they" for unit in units[:at]))
    return related and ((aside and several) or bool(said))


def _is_said_of_all(units: list[Unit], place: int) -> bool:
    """Whether the word at a place, or the one before 了, says what those before are or become."""
    while place > 0 and (units[place].word == "了" or syntax.is_adverb(units[place])):
        place -= 1
    there = units[place - 1].word in {"there", "here"} if place else False
    return lexicon.listed_stem(units[place].word, _TURNING_INTO) != "" and not there
