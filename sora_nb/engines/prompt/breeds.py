"""Find dogs in the short names of breeds that mean something else, too: two dogs, a black lab and a boxer; the lab swims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_PLACES = frozenset(["lab"])
_PEOPLE = grammar.words("shepherd boxer pointer setter")
"""Short names of breeds that are also words for somebody, or for a thing."""
_DEEDS = grammar.words("bark wag howl growl pant whine yelp fetch sniff")
"""What only a dog does, or one before others."""
_AMONG = grammar.JOINING | {"with", "alongside", "beside", "by"}
"""Words between two of a kind."""
_PLACING = grammar.words("in at inside into within through to from outside near of across around")
"""Prepositions before a place that is no dog: a dog in the lab."""


def resolve(units: list[Unit]) -> None:
    """Make dogs of the short names of breeds where the prompt says so."""
    for at, unit in enumerate(units):
        short = unit.is_word and lexicon.listed_stem(unit.word, _PLACES | _PEOPLE)
        if not short or " " in unit.word or not _may_act(units, at):
            continue
        known = _full_name(units, at, short)
        if known or _is_dog(units, at, short):
            unit.word = known or unit.word
            unit.senses = (Sense("character", "dog", near=True),)


def _may_act(units: list[Unit], at: int) -> bool:
    """Whether a word ends a noun phrase that no preposition for a place governs, and so may be for somebody."""
    governor, following = syntax.governor(units, at), syntax.after(units, at)
    placed = governor is not None and governor.word.split(" ")[-1] in _PLACING
    goes_on = following is not None and not following.verb and following.kinds and following.kinds <= syntax.THINGS
    return not placed and not goes_on


def _full_name(units: list[Unit], at: int, short: str) -> str:
    """Return the name of a breed that a short one stands for behind it: a black lab; the lab; or ""."""
    dogs = [unit.word for unit in units[:at] if unit.meaning("character") == "dog"]
    full = (word for word in dogs if word.split(" ")[-1] == short)
    known = at > 0 and units[at - 1].word in grammar.DEFINITE
    return next(full, "") if known else ""


def _is_dog(units: list[Unit], at: int, short: str) -> bool:
    """Whether a short name is a dog's by what he does, or by who stands beside him."""
    place = at + 1
    while place < len(units) and (units[place].word in grammar.AUXILIARIES or syntax.is_adverb(units[place])):
        place += 1
    done = units[place] if place < syntax.end_of_clause(units, at) else units[at]
    if lexicon.listed_stem(done.word.split(" ")[0], _DEEDS) or _is_listed(units, at):
        return True
    return short in _PLACES and _is_beside_dog(units, at)


def _is_listed(units: list[Unit], at: int) -> bool:
    """Whether a word tells who some dogs are in the same sentence: two dogs, a shepherd and a pointer."""
    begin = next((place for place in reversed(range(at)) if units[place].kind == "stop"), -1) + 1
    for place in range(begin, at - 1):
        dogs = units[place].meaning("character") == "dog" and syntax.is_many(units[place])
        if dogs and units[place + 1].kind in {"colon", "pause"}:
            return True
    return False


def _is_beside_dog(units: list[Unit], at: int) -> bool:
    """Whether a word is joined with a word for a dog: a corgi and a lab."""
    begin = at
    while begin and (syntax.is_determiner(units[begin - 1]) or syntax.is_adjective(units[begin - 1])):
        begin -= 1
    before = begin > 1 and units[begin - 1].word in _AMONG and _is_pet(units[begin - 2])
    behind = at + 2 < len(units) and units[at + 1].word in _AMONG and _is_pet(units[syntax.head(units, at + 2)])
    return before or behind


def _is_pet(unit: Unit) -> bool:
    return unit.meaning("character") in {"dog", "corgi", "cat"}
