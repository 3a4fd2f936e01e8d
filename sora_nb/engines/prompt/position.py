"""Find phrases for where in the picture somebody is, which stand between him and what he does: the robot on the left waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SIDES = grammar.words("left right front back rear side foreground background middle center centre top bottom end")
"""Nouns for parts of the picture, behind a preposition."""
_ADVERBS = grammar.words("upstairs downstairs outdoors indoors overhead nearby")
_PREPOSITIONS = grammar.words("outside inside below above behind ahead beneath underneath beyond")
"""Adverbs that are prepositions, too: the cat outside, outside the house."""


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
