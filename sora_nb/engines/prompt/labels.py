"""Join somebody with the number that he goes by, which counts nobody: player 23 jumps, runner no. 7, robot number two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SIGNS = (("no", "."), ("nr", "."), ("number",), ("no",), ("nr",), ("#",))
"""What stands before such a number."""
_LABELLED = frozenset(["character", "people", "vehicle"])


def join(units: list[Unit]) -> None:
    """Make one unit of a noun and its number, and somebody of a number that acts: number 23 shoots."""
    at = 0
    while at < len(units):
        unit = units[at]
        labelled = unit.is_word and unit.kinds & _LABELLED and not syntax.is_many(unit) and "number" not in unit.kinds
        sign = _sign(units, at + bool(labelled))
        place = at + bool(labelled) + sign
        if (labelled or (sign and syntax.begins_clause(units, at))) and _is_number(units, place):
            acts = _acts(units, place + 1)
            if acts or (labelled and (sign or (units[place].word.isdecimal() and _ends(units, place + 1)))):
                _join(units, at, place, somebody=not labelled)
        at += 1


def _sign(units: list[Unit], at: int) -> int:
    """Return how many units from a place on only say that a number follows."""
    for sign in _SIGNS:
        if tuple(unit.word or unit.source for unit in units[at : at + len(sign)]) == sign:
            return len(sign)
    return 0


def _is_number(units: list[Unit], at: int) -> bool:
    """Whether a number in digits or in an English word stands at a place."""
    if at >= len(units) or not units[at].is_word or not units[at].word.isascii():
        return False
    return units[at].kinds <= {"number", "link"} and lexicon.number_of(units[at].word) is not None


def _acts(units: list[Unit], at: int) -> bool:
    """Whether what somebody does begins at a place: a finite verb, not a noun that is counted."""
    if at >= len(units) or not units[at].is_word:
        return False
    unit = units[at]
    return unit.word in grammar.AUXILIARIES or (bool(unit.kinds & VERBS) and unit.form != "er")


def _ends(units: list[Unit], at: int) -> bool:
    """Whether a noun phrase ends at a place."""
    return at >= len(units) or units[at].ends_clause or units[at].word in grammar.PREPOSITIONS | grammar.JOINING


def _join(units: list[Unit], at: int, end: int, *, somebody: bool) -> None:
    unit = units[at]
    unit.source = " ".join(each.source for each in units[at : end + 1])
    unit.word = f"{units[end].word} {unit.word}"  # player 7 is not player 23
    if somebody:
        unit.kind, unit.senses, unit.form = "word", (Sense("character", "person", near=True),), ""
    del units[at + 1 : end + 1]
