"""Cast an occasion of people that a prompt names with nobody else: whose it is, or guests: grandpa's birthday party, a wedding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax, things
from sora_nb.engines.prompt.explanation import Role

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_OUTSIDE = grammar.words(
    "wedding funeral graduation ceremony recital coronation christening parade festival concert tournament"
)
"""Occasions that nobody holds in a kitchen, whatever there is to eat."""
_OCCASIONS = _OUTSIDE | grammar.words("birthday party anniversary celebration reunion banquet")
_FUNERALS = grammar.words("funeral wake burial")
"""Occasions at which whose it is does nothing."""
_PLAYS = frozenset(["school play"])
_THINGS = frozenset(["object", "food", "clothing", "vehicle", "animal"])
"""Kinds of what a film may be about, and is no occasion: a wedding cake."""
_SEEN = frozenset(["nature", "body"])
"""Kinds of what a film is about that is at an occasion."""
_GUESTS = ("woman", "person")
_BETWEEN = 4
"""Among how many words before an occasion whose it is is looked for: grandpa's big 80th birthday party."""


def cast(units: list[Unit], action: str) -> list[Role]:
    """Return who is at the occasion that a prompt is about; nobody where it is about something else.

    Args:
        units: of the whole prompt, which names nobody who is drawn.
        action: what they do.
    """
    at = next((at for at in range(len(units)) if _is_about(units, at)), -1)
    if at < 0 or any(map(_is_other, units[: at - 1 if at else 0])):
        return []
    host = None if _is_one_of(units[at], _FUNERALS) else _host(units, at)
    if host is None:
        return [Role(name, action, stock=True) for name in _GUESTS]
    noun = replace(host, word=host.word.removesuffix("'s").removesuffix("'"), senses=_person(host))
    name = noun.meaning("character")
    host.senses, host.unshown = noun.senses, ""
    host.decides.append(("character", name))
    return [Role(name, action, stock=True)] * min(counts.MAX_CAST, counts.number(noun, [])[0])


def are_elsewhere(units: list[Unit]) -> bool:
    """Whether a prompt is of an occasion at which food does not say where somebody is: a wedding; but no birthday party."""
    return any(_is_occasion(unit) and _is_one_of(unit, _OUTSIDE) for unit in units)


def _is_about(units: list[Unit], at: int) -> bool:
    """Whether the word at a place is for an occasion that a film may be about; but no: a wedding hall, flowers at a wedding."""
    following, governor = syntax.after(units, at), syntax.governor(units, at)
    noun = following is not None and following.kinds & (syntax.NOUNS | _THINGS) - {"idea"}
    hall = following is not None and noun and not syntax.is_preposition(following)  # but no: on a boat
    place = syntax.place_of(units, governor) if governor is not None else 0
    there = place > 0 and bool(units[place - 1].kinds & _SEEN) and syntax.is_preposition(units[place])
    return _is_occasion(units[at]) and not (hall or there)


def _is_occasion(unit: Unit) -> bool:
    occasion = unit.word in _PLAYS or _is_one_of(unit, _OCCASIONS | _FUNERALS)
    return unit.is_asked and occasion and not unit.kinds & _THINGS


def _is_one_of(unit: Unit, nouns: frozenset[str]) -> bool:
    """Whether the first or last word of a noun is one of some: a wedding day, a birthday party."""
    words = unit.word.split(" ")
    return any(lexicon.listed_stem(word, nouns) for word in (words[0], words[-1]))


def _is_other(unit: Unit) -> bool:
    """Whether a word before an occasion is for what the film is about instead: a gift for a wedding; but no: a dinner party."""
    return unit.is_asked and bool(unit.kinds & (_THINGS | things.AGENTS)) and not (_person(unit) or _is_occasion(unit))


def _host(units: list[Unit], at: int) -> Unit | None:
    """Return the word for whose an occasion is that is drawn, or None."""
    for unit in reversed(units[max(0, at - _BETWEEN) : at]):
        if unit.ends_clause or unit.word in grammar.PREPOSITIONS:
            return None
        if _person(unit):
            return unit
    return None


def _person(owner: Unit) -> tuple[lexicon.Sense, ...]:
    """Return what a word that says whose something is means as a noun for somebody who is drawn, or nothing: king's, kids."""
    noun = owner.word.removesuffix("'s").removesuffix("'")
    owns = noun != owner.word or (owner.kinds == {"object"} and syntax.is_many(owner))
    found = lexicon.find(noun.split(" ")) if owns else None
    drawn = found is not None and found.length == len(noun.split(" "))
    return tuple(sense for sense in found.senses if sense.kind == "character") if drawn and found else ()
