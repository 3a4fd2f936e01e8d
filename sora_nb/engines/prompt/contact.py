"""Put in the relative pronoun that an English clause leaves out: the man (that) the robot follows runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense
from sora_nb.engines.prompt.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

_THAT = "that"
_AUXILIARIES = grammar.BEING | frozenset(["has", "had", "have", "been", "being"])


def resolve(units: list[Unit]) -> None:
    """Put "that" before each relative clause without a pronoun, and in place of "whom"."""
    for at, unit in enumerate(units):
        following = syntax.after(units, at) if unit.word == "whom" else None
        if following is not None and (syntax.is_determiner(following) or syntax.is_agent(following)):
            unit.word, unit.senses = _THAT, (Sense("link"),)
    for at in reversed(range(1, len(units))):
        if syntax.is_determiner(units[at]) and _begins(units, at):
            units.insert(at, Unit("", _THAT, "word", (Sense("link"),)))


def _begins(units: list[Unit], at: int) -> bool:
    """Whether a relative clause begins at a determiner: a subject is right before it, and two verbs are behind its noun."""
    noun = units[at - 1]
    start = at - 1 - len(counts.noun_phrase(units, at - 1))
    named = noun.is_word and "character" in noun.kinds and start < at - 1 and not noun.word.endswith(("'s", "s'"))
    agent = syntax.head(units, at)
    if not named or not syntax.begins_clause(units, start) or not syntax.is_agent(units[agent]):
        return False
    verb = _past_auxiliaries(units, agent + 1)
    main = verb + 1
    while main < len(units) and syntax.is_adverb(units[main]) and not units[main].ends_clause:
        main += 1
    if main >= len(units) or not _is_verb(units[verb]):
        return False
    several = "" if syntax.is_many(noun) else "s"
    finite = bool(units[main].kinds & lexicon.VERBS) and units[main].form in {several, "ed"}
    return finite or units[main].word in grammar.BEING


def _past_auxiliaries(units: Sequence[Unit], at: int) -> int:
    while at < len(units) - 1 and (units[at].word in _AUXILIARIES or syntax.is_adverb(units[at])):
        at += 1
    return at if at < len(units) else len(units) - 1


def _is_verb(unit: Unit) -> bool:
    """Whether a word may be a verb, known or not."""
    strange = not unit.senses and unit.word.endswith(("s", "ed", "ing"))
    return unit.is_word and (bool(unit.kinds & lexicon.VERBS) or strange)
