"""Find phrases for where somebody is: between him and what he does, as in the robot on the left waves, or instead of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SIDES = grammar.words("left right front back rear side foreground background middle center centre top bottom end")
"""Nouns for parts of the picture, behind a preposition."""
_ADVERBS = grammar.words("upstairs downstairs outdoors indoors overhead nearby")
_PREPOSITIONS = grammar.words("outside inside below above behind ahead beneath underneath beyond")
"""Adverbs that are prepositions, too: the cat outside, outside the house."""
_WHERE = grammar.words(
    "in on at by over under across around between near next front behind beside along inside outside above below beneath "
    "underneath beyond among amid atop overhead outdoors indoors upstairs nearby "
    "在 里 中 上 下 里面 外面 旁边 前面 后面 之间 中间 中央 边 下面 上面 身边 身后 底下 上空 周围 四周 背后 面前 旁"
)
"""Words for where somebody is, in a phrase or alone."""


def all_said(units: list[Unit], at: int) -> list[int]:
    """Return the places of the words for where somebody is, if a clause behind another one says nothing else of him.

    He does nothing then: a cat on the sofa, 旁边有一只狗. A clause that repeats the form of the one before leaves out its verb: foxes dance in the forest,
    rabbits in the meadow.
    """
    begins, ends = syntax.begin_of_clause(units, at), syntax.end_of_clause(units, at)
    clause = units[begins:ends]
    others = [unit for unit in clause if unit is not units[at]]
    if begins < 2 or any(unit.kinds & lexicon.VERBS or (unit.is_word and not unit.senses) for unit in others):
        return []
    where = [place for place in range(begins, ends) if _is_where(units, place)]
    return where if where and (is_by_another(units, where[-1]) or not _is_placed_verb(units, begins - 1)) else []


def _is_where(units: list[Unit], at: int) -> bool:
    """Whether a word says or begins to say where somebody is: nearby, on the sofa, 沙发上; but not in red."""
    words, following = units[at].word.split(" "), units[at + 1] if at + 1 < len(units) else None
    if following is not None and following.kinds & {"colour", "clothing"}:
        return False
    chinese_place = not words[0].isascii() and "scene" in units[at].kinds
    return words[0] in _WHERE or chinese_place


def is_by_another(units: list[Unit], at: int) -> bool:
    """Whether a word for a place puts somebody by another one: beside her, at his feet, nearby, 旁边."""
    following = syntax.after(units, at)
    return (
        following is None
        or following.word in grammar.PRONOUNS
        or any(unit.word in grammar.POSSESSIVES for unit in units[at + 1 : at + 2])
    )


def _is_placed_verb(units: list[Unit], at: int) -> bool:
    """Whether the clause that ends at a place has a finite English verb and says where: foxes dance in the forest."""
    clause = range(syntax.begin_of_clause(units, at), at)
    finite = any(
        units[place].kinds & lexicon.VERBS and units[place].form != "ing" and units[place].word.isascii()
        for place in clause
    )
    return finite and any(_is_where(units, place) for place in clause)


def begin(units: list[Unit], at: int) -> int | None:
    """Return where a phrase for a position begins that ends right before a place, or None.

    Args:
        units: of the whole prompt.
        at: the place of a verb, or of a noun that the phrase may be a part of.
    """
    place = at - 1
    while place > 0 and units[place].kinds == {"manner"} and units[place].word.endswith("ly"):
        place -= 1
    if place < 1 or units[place].ends_clause:
        return None
    first, *rest = units[place].word.split(" ")
    if first in _ADVERBS or (first in _PREPOSITIONS and not units[at].kinds & syntax.THINGS):
        return place
    if rest:
        return place if first in grammar.PREPOSITIONS and rest[-1] in _SIDES else None
    if first not in _SIDES:
        return None
    while place and _describes(units[place - 1]):
        place -= 1
    governor = units[place - 1] if place else units[at]
    return place - 1 if governor.word in grammar.PREPOSITIONS - {"of"} else None


def _describes(unit: Unit) -> bool:
    """Whether a word stands between a preposition and its noun: the far, the very."""
    return syntax.is_determiner(unit) or syntax.is_adjective(unit) or unit.word in grammar.ADVERBS
