"""Find whose verb a finite verb is in an English clause whose subject goes on before it: a girl holding a cat dances."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sora_nb.engines.prompt import counts, denominal, grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_HAVING = frozenset(["has", "have", "had"])
_FINITE = grammar.BEING | _HAVING | {"am"}
"""Finite verbs that may stand before participles."""
_INFINITIVE = grammar.MODALS | frozenset(["let", "lets"])
_WHEN = frozenset(["time", "weather"])
_PLURAL = frozenset(["i", "we", "you", "they"])
_JOINING = grammar.JOINING | {"or"}
_BREAKING = grammar.CONJUNCTIONS - _JOINING
"""Conjunctions behind which another clause begins."""


_DONE_ALONE = grammar.words(
    "sleep snore nap doze rest dance jump hop leap run jog sprint swim fly soar float hover sing hum laugh giggle smile grin cry weep "
    "sob sit stand kneel wait fall talk speak shout yell scream play read pray meditate surf ski skate smoke bark meow purr growl"
)
"""Verbs of what nobody does to somebody, so that their participles only describe the noun behind them."""


class Clause(NamedTuple):
    """A clause up to a verb.

    Attributes:
        begin: its first place.
        heads: places of the nouns for who does what the verb says.
        verbs: places of the verbs between those and the verb.
    """

    begin: int
    heads: list[int]
    verbs: list[int]


def of(units: list[Unit], at: int) -> Clause | None:
    """Return the clause whose finite verb stands at a place; None where the noun before it is its subject, or nobody.

    Args:
        units: of the whole prompt.
        at: the place of the verb.
    """
    before = syntax.before(units, at)
    if (
        not _is_finite(units, at)
        or before is None
        or before.word in syntax.RELATIVE_OR_WHOSE | grammar.SUBJECT_PRONOUNS
    ):
        return None
    begin = _begin(units, at)
    heads = _heads(units, begin, at)
    if not heads or any(unit.word in _JOINING for unit in units[begin : heads[0]]):  # me and my dog
        return None
    led = before.word in grammar.MODALS | _HAVING
    if _form(units[at]) == "" and not led and not _are_many(units, heads):
        return None  # a nurse helping a man walk
    verbs: list[int] = []
    relative = 0
    for place in range(heads[-1] + 1, at):
        unit, told = units[place], is_of_relative(units, place)
        if unit.word in syntax.RELATIVE_OR_WHOSE:
            relative = place
        elif told or _is_verb(unit):
            verbs.append(place)
        finite = unit.word in _FINITE and not _is_auxiliary_of(units, place, at)
        if told or finite or (_is_verb(unit) and _is_finite(units, place) and not _is_led(units, place)):
            if not relative:
                return None
            relative = 0
    if relative:  # whose cat sleeps, that the dog follows
        heads = [place for place in range(relative + 1, at) if syntax.is_agent(units[place])][:1]
    return Clause(begin, heads, verbs) if heads else None


def is_of_relative(units: list[Unit], at: int) -> bool:
    """Whether a word can only be the verb of a relative clause, in whatever form: who lost his dog, whose dog ran away, that the wizard saved."""
    unit, previous = units[at], syntax.before(units, at)
    if previous is None or not unit.is_word or unit.word in _FINITE | grammar.AUXILIARIES | grammar.PREPOSITIONS:
        return False
    if syntax.is_determiner(unit) or syntax.is_agent(unit) or unit.word in grammar.NEGATORS or syntax.is_adverb(unit):
        return False
    if previous.word in syntax.RELATIVE:
        return True
    place = syntax.place_of(units, previous)
    if syntax.is_in_relative(units, place):
        return True
    phrase = counts.noun_phrase(units, place)
    begin = place - len(phrase)
    whose = begin < place and units[begin].word == "whose"
    that = 0 < begin < place and units[begin - 1].word in syntax.RELATIVE
    return (whose or that) and bool(previous.kinds & (syntax.NOUNS | syntax.SOMEBODY))


def resumed(units: list[Unit], at: int) -> Unit | None:
    """Return the noun that a verb behind a comma goes on with, past a relative clause that is about others: Tom, the man that the robot follows, runs."""
    pause = syntax.begin_of_clause(units, at) - 1
    led = all(unit.word in _FINITE or syntax.is_adverb(unit) for unit in units[pause + 1 : at])
    if pause < 2 or units[pause].kind != "pause" or not led or not _is_finite(units, at):
        return None
    for place in reversed(range(1, pause)):
        if units[place].word in syntax.RELATIVE:
            noun = units[place - 1] if not units[place - 1].ends_clause else units[place - 2]
            others = any(map(syntax.is_agent, units[place + 1 : pause]))
            return noun if others and syntax.is_agent(noun) else None
        if units[place].ends_clause:
            return None
    return None


def is_of_thing(units: list[Unit], at: int) -> bool:
    """Whether a verb is of a thing that a relative clause says somebody has: a boy whose kite flew away."""
    previous = syntax.before(units, at)
    if previous is None or syntax.is_agent(previous) or not previous.kinds & syntax.THINGS:
        return False
    place = syntax.place_of(units, previous)
    return units[place - len(counts.noun_phrase(units, place))].word == "whose"


def is_alone(units: list[Unit], at: int) -> bool:
    """Whether a strange word can be the verb of somebody with a thing: a woman in a red dress arranges tulips."""
    previous, following = syntax.before(units, at), syntax.after(units, at)
    if previous is None or following is None or not previous.kinds & (syntax.THINGS | {"scene"}):
        return False
    onto = syntax.is_determiner(following) or syntax.is_many(following)
    begin = _begin(units, at)
    heads = _heads(units, begin, at)
    return onto and len(heads) == 1 and not any(_is_verb(unit) for unit in units[begin:at])


def behind(units: list[Unit], at: int) -> Unit | None:
    """Return who is named behind what he does, or None: on the roof sleeps a cat, jumping cat."""
    return _inverted(units, at) or _attributed(units, at)


def _inverted(units: list[Unit], at: int) -> Unit | None:
    """Return who is named behind a verb whose clause begins with a place, or None: next to the dog sits a cat."""
    begin, following = _begin(units, at), syntax.after(units, at)
    if not begin < at or not syntax.is_preposition(units[begin]) or following is None or not _is_finite(units, at):
        return None
    if following.word not in grammar.INDEFINITE or _heads(units, begin, at):
        return None
    noun = units[syntax.head(units, at + 1)]
    return noun if syntax.is_agent(noun) else None


def _attributed(units: list[Unit], at: int) -> Unit | None:
    """Return whom a participle describes that stands right before the noun without a determiner, or None: running dog, yells at sleeping boys."""
    unit, following = units[at], syntax.after(units, at)
    if _is_governed(units, at) and following is not None:
        place = syntax.head(units, at + 1)
        alone = not (syntax.is_determiner(following) or syntax.is_noun(syntax.after(units, place)))
        return units[place] if alone and units[place].is_word and syntax.is_agent(units[place]) else None
    begins = at == 0 or units[at - 1].ends_clause or units[at - 1].word in _JOINING
    if not begins or unit.form != "ing" or following is None or not following.is_word:
        return None
    one = "character" in following.kinds and not syntax.is_many(following)
    ends = syntax.after(units, at + 1) is None or units[at + 2].word in _JOINING | grammar.PREPOSITIONS
    return following if one and ends else None


def _is_governed(units: list[Unit], at: int) -> bool:
    """Whether a participle stands right behind a preposition or a verb whose object is the noun behind it: hugs crying kids."""
    unit, previous = units[at], syntax.before(units, at)
    if unit.form != "ing" or previous is None or not lexicon.listed_stem(unit.word, _DONE_ALONE):
        return False
    return syntax.is_preposition(previous) or (_is_verb(previous) and previous.word not in grammar.AUXILIARIES)


def _begin(units: list[Unit], at: int) -> int:
    """Return where the clause begins that a place is in, behind its last conjunction."""
    begin = syntax.begin_of_clause(units, at)
    ended = False
    for place in range(begin, at):
        unit = units[place]
        if unit.word in _BREAKING or (ended and unit.word in _JOINING and _is_noun_next(units, place, at)):
            begin, ended = place + 1, False
        ended = ended or _is_verb(unit) or unit.word in _FINITE
    return begin


def _is_noun_next(units: list[Unit], place: int, at: int) -> bool:
    """Whether somebody is named right behind a place, before another one."""
    return place + 1 < at and syntax.is_agent(units[syntax.head(units, place + 1)])


def _heads(units: list[Unit], begin: int, at: int) -> list[int]:
    """Return the places of the nouns that a clause begins with, which "and" joins; none where a verb comes first."""
    heads: list[int] = []
    governed = False
    for place in range(begin, at):
        unit = units[place]
        if not heads and (_is_verb(unit) or unit.word in _FINITE):
            return []
        if _counts_next(units, place):  # a crowd of girls
            continue
        named = place - 1 in heads  # our twins Max and Moritz
        somebody = syntax.is_agent(unit) and unit.word not in syntax.RELATIVE_OR_WHOSE
        if somebody and (named or _is_joined(units, place) if heads else not governed):
            heads.append(place)
        elif heads and not _are_several(units, at) and not (unit.word in _JOINING or _describes(unit)):
            break
        if syntax.is_preposition(unit):
            governed = True
        elif unit.kinds & (syntax.NOUNS | _WHEN):
            governed = False
    return heads


def _counts_next(units: list[Unit], place: int) -> bool:
    """Whether a word is of the phrase by which a noun is counted: a crowd of girls."""
    group = units[place - 1] if units[place].word == "of" and place else units[place]
    of = units[place].word == "of" or (place + 1 < len(units) and units[place + 1].word == "of")
    return of and ("number" in group.kinds or lexicon.is_group(group.word))


def _are_many(units: list[Unit], heads: list[int]) -> bool:
    return len(heads) > 1 or denominal.are_several(units, heads[0]) or units[heads[0]].word in _PLURAL


def _is_joined(units: list[Unit], place: int) -> bool:
    """Whether "and" stands right before the phrase of a noun."""
    return units[place - len(counts.noun_phrase(units, place)) - 1].word in _JOINING


def _are_several(units: list[Unit], at: int) -> bool:
    """Whether a verb is of several: dance, are dancing."""
    previous = syntax.before(units, at)
    auxiliary = previous.word if previous is not None else ""
    return auxiliary in {"are", "were", "have"} if units[at].form in {"ing", "ed"} else units[at].form == ""


def _describes(unit: Unit) -> bool:
    return syntax.is_determiner(unit) or syntax.is_adjective(unit)


def _is_verb(unit: Unit) -> bool:
    """Whether a word is a verb; one that nobody knows may be one by its form."""
    known = unit.verb or "deed" in unit.kinds if unit.senses else _form(unit) != ""
    adjective = unit.form == "s" and bool(unit.senses) and unit.kinds <= syntax.ADJECTIVES  # opens
    return unit.is_word and (known or adjective)


def _form(unit: Unit) -> str:
    """Return the ending of a verb, known or not."""
    return unit.form or (
        "" if unit.senses else next((end for end in ("ing", "ed", "s") if unit.word.endswith(end)), "")
    )


def _is_finite(units: list[Unit], at: int) -> bool:
    """Whether a verb may be the one of a clause: dances, is dancing, several dance; but no participle and infinitive."""
    previous = syntax.before(units, at)
    auxiliary = previous.word if previous is not None else ""
    if _form(units[at]) in {"ing", "ed"}:
        return auxiliary in _FINITE or (_form(units[at]) == "ed" and is_of_relative(units, at))
    return auxiliary not in _INFINITIVE


def _is_led(units: list[Unit], at: int) -> bool:
    """Whether a verb has a form of be before it, which was found to be finite already."""
    previous = syntax.before(units, at)
    return previous is not None and previous.word in _FINITE


def _is_auxiliary_of(units: list[Unit], place: int, at: int) -> bool:
    return all(syntax.is_adverb(unit) for unit in units[place + 1 : at])
