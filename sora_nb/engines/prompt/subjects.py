"""Find who does what a verb says by the words beside it: who stands before it, and who behind a passive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import chinese_clauses, counts, grammar, lexicon, syntax
from sora_nb.engines.prompt.part import MOVING, PEOPLE

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit

MEANWHILE = frozenset(["while", "when", "whereas", "because", "同时"])
"""Words at which somebody else begins to do something."""
_STOPPING = frozenset(["stop", "pause", "halt"])
FIRST_PERSON = frozenset(
    [
        *("pov", "pov shot", "first person", "first person view", "point of view"),
        *("第一人称", "第一视角", "主观视角", "第一人称视角", "第一人称镜头", "第一视角镜头"),
    ]
)
"""Words for a film that is seen with the eyes of who acts in it."""
_TO_SOMEBODY = frozenset(["look", "work", "eat", "drink", "read"])
"""Actions that are done to whoever is named right behind them."""
_PRONOUNS = frozenset(word for word in grammar.SUBJECT_PRONOUNS if not word.isascii())
_BETWEEN = frozenset(["how", "all", "both", "each"])
"""Words between somebody and what he does, or is taught: they all dance, teaches the kids how to swim."""


def subject_of(units: list[Unit], at: int) -> Unit | None:
    """Return what stands before a verb, its auxiliaries and relative pronoun, and a comma before that."""
    subject = syntax.before(units, at)
    while subject is not None and _leads_to(subject):
        place = syntax.place_of(units, subject)
        subject = syntax.before(units, place) or (
            _antecedent(units, place) if syntax.is_relative(units[place]) else None
        )
    return subject


def _leads_to(unit: Unit) -> bool:
    """Whether a word stands between somebody and what he does: is, who, who's."""
    return unit.word in grammar.AUXILIARIES | _BETWEEN or syntax.is_relative(unit)


def _antecedent(units: list[Unit], at: int) -> Unit | None:
    """Return whom the clause before a relative pronoun named last, where a comma parts them: a girl by her dog, who sleeps.

    A person is no "which", and "that" is for what happens.
    """
    if at < 1 or units[at - 1].kind != "pause" or units[at].word.startswith("that"):
        return None
    named = syntax.agents_before(units, at - 1)[-1:]
    happens = named and units[at].word.startswith("which") and named[0].meaning("character") in PEOPLE
    return named[0] if named and not happens else None


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


def is_told_aside(units: list[Unit], at: int, parts: list[Part]) -> bool:
    """Whether a word is of an attribute with a subject of its own: who that is, if but a pronoun, or what he was said to do.

    Args:
        units: of the whole prompt.
        at: the place of the word.
        parts: those who came before.
    """
    unit = units[at]
    if any(unit is deed for part in parts if part.aside for deed in part.weak):
        return True
    once = unit.word in _PRONOUNS and sum(each.word == unit.word for each in units) == 1
    return once and chinese_clauses.deed_in_attribute(units, at, at) is not None


def is_of_viewer(units: list[Unit], verb: Unit, start: int) -> bool:
    """Whether nobody who is seen does what a Chinese verb without a subject says, but who sees or holds him: 第一视角, 看到一只猫.

    Args:
        units: of the whole prompt.
        verb: that nobody came before.
        start: the place where the phrase of the noun begins that comes first.
    """
    if verb.word.isascii():
        return False
    seen = any(unit.word in FIRST_PERSON for unit in units)
    return seen or (units[start - 1] is verb and verb.meaning("action") in _TO_SOMEBODY and start > 0)
