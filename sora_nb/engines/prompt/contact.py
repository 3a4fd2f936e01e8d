"""Put in the relative pronoun that an English clause leaves out: the man (that) the robot follows runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense
from sora_nb.engines.prompt.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

_THAT = "that"
_SPEAKING = grammar.words("i we you")
_SUBJECTS = _SPEAKING | grammar.words("he she they")
_EVERYBODY = frozenset(["everyone", "everybody"])
_AUXILIARIES = grammar.BEING | frozenset(["has", "had", "have", "been", "being"])


def resolve(units: list[Unit]) -> None:
    """Put "that" before each relative clause without a pronoun, and in place of "whom"."""
    for at, unit in enumerate(units):
        following = syntax.after(units, at) if unit.word == "whom" else None
        if following is not None and (syntax.is_determiner(following) or syntax.is_agent(following)):
            unit.word, unit.senses = _THAT, (Sense("link"),)
    for at in reversed(range(1, len(units))):
        pronoun = syntax.uncontracted(units[at]) in _SUBJECTS
        verb = _verb(units, at) if _is_named(units[at]) and not pronoun else 0
        if verb and units[verb].kinds == {"idea"}:
            units[verb].senses = (Sense("deed"),)  # the panda the kids love
        if verb or (pronoun and _begins_with_pronoun(units, at)):
            units.insert(at, Unit("", _THAT, "word", (Sense("link"),)))


def _is_named(unit: Unit) -> bool:
    """Whether a word begins what names somebody: the robot, @ann, everyone."""
    return syntax.is_determiner(unit) or unit.kind == "mention" or unit.word in _EVERYBODY


def _begins_with_pronoun(units: list[Unit], at: int) -> bool:
    """Whether a relative clause begins at a pronoun: the dog I love; but no: with my dog I walk, tells the dog I love it."""
    start = _start_of_noun(units, at)
    if start is None or syntax.is_told(units, at):
        return False
    before = units[syntax.begin_of_clause(units, at) : start]
    behind = any(_is_finite(units, place, start) for place in range(at + 2, syntax.end_of_clause(units, at)))
    fronted = bool(before) and before[-1].word in grammar.PREPOSITIONS and not any(map(syntax.is_agent, before))
    return behind or (units[at].word in _SPEAKING and not fronted)


def _verb(units: list[Unit], at: int) -> int:
    """Return the place of the verb of the relative clause that a noun phrase begins, or 0: a subject is right before it, and two verbs are behind."""
    start = _start_of_noun(units, at)
    agent = syntax.head(units, at)
    if start is None or not _is_first(units, start) or not syntax.is_agent(units[agent]):
        return 0
    verb = _past_auxiliaries(units, agent + 1)
    main = verb + 1
    while main < len(units) and syntax.is_adverb(units[main]) and not units[main].ends_clause:
        main += 1
    if main < len(units) - 1 and units[main].kind == "pause" and start and units[start - 1].kind == "pause":
        main += 1  # Tom, the man the robot follows, runs
    return verb if main < len(units) and _is_verb(units[verb]) and _is_finite(units, main, start) else 0


def _start_of_noun(units: list[Unit], at: int) -> int | None:
    """Return where the phrase begins of the noun for somebody that stands right before a place, or None for other words."""
    noun = units[at - 1]
    start = at - 1 - len(counts.noun_phrase(units, at - 1))
    somebody = noun.is_word and bool(noun.kinds & syntax.SOMEBODY) and not noun.word.endswith(("'s", "s'"))
    return start if somebody and start < at - 1 else None


def _is_first(units: list[Unit], start: int) -> bool:
    """Whether a phrase is the first one in its clause for somebody: in the park the girl."""
    before = units[syntax.begin_of_clause(units, start) : start]
    others = any(syntax.is_agent(unit) or (_is_verb(unit) and not unit.kinds & syntax.NOUNS) for unit in before)
    when = any("time" in unit.kinds for unit in before)
    return syntax.begins_clause(units, start) or not (others or (syntax.is_determiner(before[0]) and not when))


def _is_finite(units: list[Unit], at: int, start: int) -> bool:
    """Whether the word at a place may be the verb of the noun whose phrase begins at another one."""
    joined = start > 0 and units[start - 1].word in grammar.JOINING
    several = "" if joined or syntax.is_many(units[syntax.head(units, start)]) else "s"
    done = bool(units[at].kinds & lexicon.VERBS) and units[at].form in {several, "ed"}
    return done or units[at].word in grammar.BEING


def _past_auxiliaries(units: Sequence[Unit], at: int) -> int:
    while at < len(units) - 1 and (units[at].word in _AUXILIARIES or syntax.is_adverb(units[at])):
        at += 1
    return at if at < len(units) else len(units) - 1


def _is_verb(unit: Unit) -> bool:
    """Whether a word may be a verb, known or not."""
    strange = (not unit.senses and unit.word.endswith(("s", "ed", "ing"))) or unit.kinds == {"idea"}  # love
    return unit.is_word and (bool(unit.kinds & lexicon.VERBS) or strange)
