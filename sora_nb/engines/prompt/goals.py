"""Find places that somebody only goes to, where another one is said as where the film plays: runs to school, a quiet street."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.part import MOVING

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_GOING = MOVING | {"jump"}
_TO = frozenset(["to", "toward", "towards"])
_WHERE = grammar.words("on along through down across over up")
"""Prepositions before where somebody is while he goes; but in, at: to a cafe in the mountains."""


def is_goal(units: list[Unit], at: int) -> bool:
    """Whether somebody goes to the place that a word is for, and the sentence says beside it where he is then."""
    governor = syntax.governor(units, at) if units[at].is_word and "scene" in units[at].kinds else None
    if governor is None or governor.word not in _TO or not _goes(units, syntax.place_of(units, governor)):
        return False
    for place in range(at + 1, len(units)):
        unit = units[place]
        if unit.kind == "stop" or unit.verb or syntax.is_agent(unit):
            return False
        if unit.is_asked and unit.meaning("scene"):
            return _is_around(units, place)
    return False


def _goes(units: list[Unit], to: int) -> bool:
    """Whether somebody walks or runs before a place in its clause, and does nothing else behind that."""
    done = [unit for unit in units[syntax.begin_of_clause(units, to) : to] if unit.verb]
    return bool(done) and done[-1].meaning("action") in _GOING


def _is_around(units: list[Unit], at: int) -> bool:
    """Whether a place is where somebody goes along, or makes up a clause of its own: on a street; a quiet street."""
    governor = syntax.governor(units, at)
    if governor is not None and governor.word.split(" ")[0] in grammar.PREPOSITIONS:
        return governor.word in _WHERE
    alone = all(unit.is_word or unit.kind == "link" for unit in units[syntax.begin_of_clause(units, at) : at])
    return alone and syntax.begin_of_clause(units, at) > 0 and syntax.after(units, at) is None
