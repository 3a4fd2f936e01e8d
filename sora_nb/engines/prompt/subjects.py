"""Find who does what a verb says by the words beside it: who stands before it, and who behind a passive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax
from sora_nb.engines.prompt.part import MOVING

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

MEANWHILE = frozenset(["while", "when", "whereas", "because", "同时"])
"""Words at which somebody else begins to do something."""
_STOPPING = frozenset(["stop", "pause", "halt"])
_BETWEEN = frozenset(["how", "all", "both", "each"])
"""Words between somebody and what he does, or is taught: they all dance, teaches the kids how to swim."""


def subject_of(units: list[Unit], at: int) -> Unit | None:
    """Return what stands before a verb, its auxiliaries and relative pronoun."""
    subject = syntax.before(units, at)
    while subject is not None and (subject.word in grammar.AUXILIARIES | syntax.RELATIVE | _BETWEEN):
        subject = syntax.before(units, syntax.place_of(units, subject))
    return subject


def agent_behind(units: list[Unit], at: int, *, moving: bool = False) -> Unit | None:
    """Return the agent of a passive, or None: is repaired by a young engineer.

    Args:
        units: of the whole prompt.
        at: the place of the verb.
        moving: whether that may be a motion; who is chased runs, too, but no ball does.
    """
    unit = units[at]
    if unit.form != "ed" or (unit.meaning("action") in {"talk", *MOVING} and not moving):
        return None
    place = at + 1
    while place < len(units) and syntax.is_adverb(units[place]) and units[place].word != "by":
        place += 1
    if place + 1 >= len(units) or units[place].word != "by":
        return None
    head = units[syntax.head(units, place + 1)]
    return head if head.kind == "mention" or head.kinds & syntax.SOMEBODY else None


def interrupted(units: list[Unit], verb: Unit, nouns: list[Unit]) -> Unit | None:
    """Return the noun for what somebody does until he stops in a clause behind it, or None: a runner; she stops.

    Args:
        units: of the whole prompt.
        verb: what he does.
        nouns: the words for him.
    """
    doer = next((noun for noun in nouns if noun.form == "er" and "action" in noun.kinds), None)
    if doer is None or not lexicon.listed_stem(verb.word, _STOPPING):
        return None
    begin = syntax.begin_of_clause(units, syntax.place_of(units, verb))
    return doer if syntax.place_of(units, doer) < begin else None


def is_of_stranger(units: list[Unit], at: int) -> bool:
    """Whether a word that nobody knows is who does something: the glimper is dancing while a cat sits."""
    subject = subject_of(units, at)
    return subject is not None and subject.is_word and not subject.senses and not subject.pictured


def is_of_new_stranger(units: list[Unit], at: int) -> bool:
    """Whether such a word begins a clause of its own behind others: and a glimper dances."""
    subject = subject_of(units, at)
    if subject is None or not is_of_stranger(units, at):
        return False
    place = syntax.place_of(units, subject)
    phrase = counts.noun_phrase(units, place)
    before = units[place - len(phrase) - 1 : place - len(phrase)]
    begins = not before or before[0].ends_clause or before[0].word in grammar.CONJUNCTIONS | MEANWHILE
    return begins and (bool(phrase) or subject.source.istitle())
