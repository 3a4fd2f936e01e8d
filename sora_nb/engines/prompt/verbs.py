"""Tell whether a word is a verb where it stands, or a noun: a walk and he walks, women in red dance and a red dance shoe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    counts,
    denominal,
    gathered,
    grammar,
    heads,
    lexicon,
    position,
    syntax,
)
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SETTING = frozenset(["scene", "time", "weather"])
_TRANSITIVE = frozenset(["eat", "drink", "read", "play", "work"])
"""Actions that somebody does to a thing."""
_ALONE = frozenset(["one", "1", "another", "other"])
"""Determiners that may stand for somebody: one sleeps."""
_NAMED_TOO = frozenset(["object", "weather"])
"""Kinds of participles that are nouns, too: a painting, it is pouring."""
_GREETING = frozenset(["wave", "bow", "clap", "parade", "cheer", "smile"])
"""Verbs that are nouns, and seldom the head of one that is made of two."""
_LIGHT = frozenset(["go", "goes", "come", "comes", "help", "helps"])
_HAVING = frozenset(["has", "have", "had"])
_BY = grammar.words("by under behind beside near to at with in on") | {"next to", "in front of"}
"""Prepositions before a plant that somebody is at or has, who does what is said then: the dog by the tree sleeps."""
_LYING = grammar.words("on over above in from")
"""Words behind nouns that are verbs, too, where these are nouns at the start: frost on the grass, smoke over a forest."""
_SMOKE = frozenset(["object", "deed"])
"""Kinds that such a noun has where the engine does not draw it."""
_GOING = frozenset(["vehicle"])
"""Kinds of nouns before a participle: train leaving the station."""


def is_verb(units: list[Unit], at: int) -> bool:
    """Whether a word that is a verb and something else is a verb at its place."""
    unit, previous, following = units[at], syntax.before(units, at), syntax.after(units, at)
    if not unit.word.isascii():
        return unit.kinds & VERBS != frozenset()
    if "scene" in unit.kinds and lexicon.listed_stem(unit.word, denominal.VERBS_TOO) and unit.form in {"", "s"}:
        return denominal.is_done_in_place(units, at)
    if unit.kinds & syntax.ADJECTIVES and unit.form == "":
        return previous is not None and syntax.is_agent(previous)
    if unit.word in {"asleep", "seated", "fishing", "yoga"} or " " in unit.word or _is_inverted(units, at, following):
        return True
    if unit.form == "ing":
        return _is_participle(units, at, previous, following)
    one_more = unit.form == "s" and _stands_for_somebody(units, at - 1)
    return one_more or _is_behind_position(units, at) or _is_finite(units, at, previous, following)


def _is_inverted(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a verb stands between a place that its clause begins with and who does it there: on the roof sleeps a cat."""
    placed = syntax.is_preposition(units[syntax.begin_of_clause(units, at)])
    if units[at].form != "s" or not placed or following is None or following.word not in grammar.INDEFINITE:
        return False
    head = syntax.head(units, at + 1)
    ends = syntax.after(units, head) is None
    return ends and syntax.is_agent(units[head]) and not syntax.agents_before(units, at)


def _is_participle(units: list[Unit], at: int, previous: Unit | None, following: Unit | None) -> bool:
    if units[at].kinds & _NAMED_TOO:
        return previous is not None and _is_done(units, at, previous)
    thing = following is not None and syntax.is_pure_thing(following) and following.kinds & syntax.THINGS != frozenset()
    if previous is None:
        done = units[at].meaning("action") in _TRANSITIVE and following is not None and "idea" not in following.kinds
        return not thing or done or any(syntax.is_agent(unit) for unit in units[:at])
    if previous.word in _ALONE and following is None:
        return True  # one sleeping, the other playing
    if syntax.is_determiner(previous) or syntax.is_adjective(previous):
        return (
            following is not None
            and not thing
            and (syntax.is_agent(following) or syntax.is_adjective(following) or not following.senses)
        )
    if previous.word in grammar.PREPOSITIONS:
        tired_of = previous.word == "of" and at > 1 and syntax.is_adjective(units[at - 2])
        return not thing and not tired_of
    return True


def _is_done(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a participle that is a noun, too, is what somebody does: she is painting, pouring tea; but: a painting, it is pouring."""
    following = syntax.after(units, at)
    poured = following is not None and "weather" in units[at].kinds and following.kinds & syntax.THINGS  # milk, to milk
    if following is not None and (poured or denominal.is_object(following) or syntax.is_noun(following)):
        return syntax.is_agent(previous) or previous.word in grammar.AUXILIARIES or _has_idle_agent(units, at)
    if "weather" in units[at].kinds or (following is not None and following.word == "of"):
        return False
    return syntax.is_agent(previous) or previous.word in grammar.AUXILIARIES or bool(previous.kinds & VERBS)


def _begins_behind_somebody(units: list[Unit], at: int) -> bool:
    """Whether a clause begins at a place, and somebody was named before."""
    return syntax.begins_clause(units, at) and any(syntax.is_agent(unit) for unit in units[:at])


def _stands_for_somebody(units: list[Unit], at: int) -> bool:
    """Whether an ordinal behind an article begins a clause for one more of those who were named before: a third plays."""
    if at < 1 or units[at - 1].word not in {"a", "the"}:
        return False
    one_more = counts.ordinal(units[at].word) > 0 or units[at].word == "second"
    return one_more and _begins_behind_somebody(units, at - 1)


def _is_finite(units: list[Unit], at: int, previous: Unit | None, following: Unit | None) -> bool:
    unit = units[at]
    if previous is None:
        return _begins_clause(units, at, following)
    if syntax.is_determiner(previous):
        form = "s" if gathered.is_collective(previous) else ""
        counted = unit.form == form and not syntax.is_noun(following) and gathered.are_meant(units, at - 1)
        one = previous.word in _ALONE and unit.form == "s"
        one = one or (counts.is_described_one(units, at - 1) and not syntax.is_noun(following))
        return counted or one or _is_light(units, at)
    if previous.word in grammar.MODALS | grammar.AUXILIARIES or syntax.is_agent(previous):
        thing = unit.form == "" and bool(unit.kinds & (syntax.THINGS | {"scene hint"})) and _is_one(units, at, previous)
        had = previous.word in _HAVING and unit.form == "s" and not unit.kinds <= VERBS  # has wheels
        return not had and (not thing or _heads_several(units, at))  # a fish tattoo
    if previous.word in grammar.PREPOSITIONS or syntax.is_adjective(previous):
        spoken = any(syntax.is_in_relative(units, place) for place in range(syntax.begin_of_clause(units, at), at))
        being = at > 2 and units[at - 3].word in syntax.RELATIVE and units[at - 2].word in grammar.BEING  # that is big
        ended = spoken or being or any(heads.is_of_relative(units, place) for place in (at - 2, at - 1))
        ended = ended and (unit.form == "s" or _is_of_several(units, at))  # the cat I look at sleeps
        return ended or _is_behind_looks(units, at, previous) or _is_light(units, at)  # whose cat ran off
    if previous.word in grammar.CONJUNCTIONS:
        done = (
            each.verb or each.kinds == {"deed"} or (unit.form != "" and syntax.is_agent(each)) for each in units[:at]
        )
        return any(done)
    return _follows_noun(units, at, previous)


def _is_behind_position(units: list[Unit], at: int) -> bool:
    """Whether a verb stands behind where its subject is in the picture: the robot on the left waves; but no ship above waves."""
    begin = position.begin(units, at)
    onto = units[at].form == "s" or units[at].meaning("action") in _TRANSITIVE
    if not begin or (syntax.is_noun(syntax.after(units, at)) and not onto):
        return False
    one = units[begin - 1].word in counts.ONE_OF or counts.means_other(units[begin - 1])
    return one or heads.of(units, at) is not None


def _is_behind_looks(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a verb stands behind how somebody looks or is: a woman in red walks, boys in pajamas sleep; but no women in red shoes."""
    place, following = _idle_agent(units, at), syntax.after(units, at)
    worn = previous.word.startswith("in ") or ("colour" in previous.kinds and _governs(units, previous) == "in")
    if place is None or previous.word in grammar.PREPOSITIONS or syntax.is_noun(following):
        return False
    if units[at].form == "s":
        return worn or "colour" in previous.kinds
    return worn and units[at].form == "" and denominal.are_several(units, place)


def _governs(units: list[Unit], noun: Unit) -> str:
    governor = syntax.governor(units, syntax.place_of(units, noun))
    return governor.word if governor is not None else ""


def _heads_several(units: list[Unit], at: int) -> bool:
    """Whether the noun before a place is governed, and several head the clause: two people in the crowd wave."""
    begin = syntax.begin_of_clause(units, at)
    heads = [place for place in range(begin, at) if syntax.is_agent(units[place])]
    if len(heads) < 2 or any(unit.verb for unit in units[begin:at]):
        return False
    governed = any(unit.word in grammar.PREPOSITIONS for unit in units[heads[0] : heads[-1]])
    return governed and denominal.are_several(units, heads[0])


def _is_one(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a noun right before a place is one, behind a determiner."""
    pronoun = previous.word in grammar.SUBJECT_PRONOUNS | grammar.MODALS | grammar.AUXILIARIES
    if previous is not units[at - 1] or previous.kind == "mention" or pronoun:
        return False
    return at > 1 and syntax.is_determiner(units[at - 2]) and not denominal.are_several(units, at - 1)


def _follows_noun(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a word behind a noun or verb is a verb of its own: a girl with a red umbrella walks, but maple leaves."""
    form = units[at].form
    if form == "" and previous.kinds & (syntax.THINGS | _SETTING):
        return _agrees(units, at)
    if previous.kinds & syntax.THINGS:
        grows = "nature" in previous.kinds and not syntax.is_many(previous) and not _is_governed(units, previous)
        idle = _idle_agent(units, at, goes_on=form == "s") is not None
        return idle and not grows
    if previous.kinds & VERBS:
        light = previous.word.split(" ")[0] in _LIGHT
        behind = _relative(units, at) > 0 and (form == "s" or _is_of_several(units, at))
        return light or behind or (previous.negated and form == "s" and _has_idle_agent(units, at))
    return not previous.kinds & _SETTING or (form == "s" and _has_idle_agent(units, at))


def _relative(units: list[Unit], at: int) -> int:
    """Return the place of the word that begins the relative clause before a place, or 0."""
    clause = range(syntax.begin_of_clause(units, at) + 1, at)
    return next((place for place in clause if units[place].word in syntax.RELATIVE_OR_WHOSE), 0)


def _is_of_several(units: list[Unit], at: int) -> bool:
    """Whether a base form is what several do, of whom a relative clause with a pronoun tells: the cats we feed sleep."""
    begin = _relative(units, at)
    spoken = begin > 0 and units[at].form == "" and syntax.is_in_relative(units, begin + 1)
    return spoken and denominal.are_several(units, begin - 1)


def _is_governed(units: list[Unit], noun: Unit) -> bool:
    """Whether a noun is what somebody is only compared with, or has: as red as a rose, holding a flower; but: melts as spring arrives."""
    governor = syntax.governor(units, syntax.place_of(units, noun))
    if governor is None:
        return False
    if governor.form == "ing" and governor.kinds & VERBS:
        return True
    if governor.word not in {"as", "than", "like"}:
        return governor.word in _BY
    return governor.word != "as" or syntax.is_adjective(units[syntax.place_of(units, governor) - 1])


def _agrees(units: list[Unit], at: int) -> bool:
    """Whether a base form is what several do: three pigs in hard hats build a house, but no girl on a bike ride."""
    place = _idle_agent(units, at)
    if place is None:
        return False
    if not denominal.are_several(units, place):
        return False
    if units[at].word in _GREETING and (syntax.is_many(units[at - 1]) or place < at - 1):
        return True  # workers in yellow helmets wave
    if units[at - 2].word == "of" and place == at - 3:
        return True  # knights of steel fight
    if "clothing" in units[at - 1].kinds and _governs(units, units[at - 1]) in syntax.WEARING:
        return True  # two men in armor fight
    return syntax.after(units, at) is not None or units[at].kinds <= VERBS | {"scene hint", "time hint"}


def _begins_clause(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a verb may begin a clause: an order, or one more thing that somebody does."""
    unit = units[at]
    if unit.word in grammar.COMMANDS and not any(syntax.is_agent(each) for each in units[:at]):
        unit.senses = (Sense("link"),)
        return False
    if (
        unit.meaning("action") == "talk"
        and following is not None
        and (syntax.is_determiner(following) or syntax.is_agent(following))
    ):
        return True  # "hello", says the robot
    if unit.form == "":
        goes = following is not None and following.form == "ing" and bool(unit.kinds & (syntax.THINGS | _GOING))
        stuff = "nature" in unit.kinds or unit.kinds == _SMOKE
        goes = goes or (stuff and following is not None and following.word in _LYING)
        if goes or _is_quoted_name(units, at):
            return False
        subject = "character" in unit.kinds and following is not None and following.kinds & VERBS  # fish swim
        return following is None or not (
            subject or (following.kinds & syntax.THINGS and not syntax.is_determiner(following))
        )
    if (unit.form == "s" and _resumes(units, at)) or _is_passive_aside(units, at, following):
        return True
    acting = any(each.verb or (unit.form == "s" and syntax.is_agent(each)) for each in units[:at])
    return acting and "nature" not in unit.kinds


def _is_passive_aside(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a participle tells behind a comma what is done to somebody: a girl, watched by her mother, dances."""
    passive = units[at].form == "ed" and following is not None and following.word == "by"
    return passive and any(syntax.is_agent(unit) for unit in units[:at])


def _resumes(units: list[Unit], at: int) -> bool:
    """Whether a clause goes on behind what explains its subject between commas: the teacher, an old man, waves."""
    pauses = [place for place in range(at) if units[place].kind in {"pause", "stop"}][-2:]
    if len(pauses) < 2 or pauses[1] != at - 1 or units[pauses[0]].kind == "stop" or not pauses[0]:
        return False
    inside = units[pauses[0] + 1 : pauses[1]]
    plain = not any(unit.verb or unit.word in grammar.CONJUNCTIONS for unit in inside)
    return plain and bool(inside) and syntax.is_determiner(inside[0]) and syntax.is_agent(units[pauses[0] - 1])


def _is_quoted_name(units: list[Unit], at: int) -> bool:
    """Whether a word stands behind what is written on it: an "OPEN" sign."""
    place = at - 1
    while place >= 0 and units[place].kind in {"quote", "speech"}:
        place -= 1
    return 0 <= place < at - 1 and (syntax.is_determiner(units[place]) or syntax.is_adjective(units[place]))


def _is_light(units: list[Unit], at: int) -> bool:
    """Whether the noun is what somebody takes, has or goes for: takes a nap."""
    place = at - 1
    while place > 0 and (syntax.is_determiner(units[place]) or syntax.is_adjective(units[place])):
        place -= 1
    return units[place].word in grammar.VERB_FINALS and units[at].form == "" and place < at - 1


def _has_idle_agent(units: list[Unit], at: int) -> bool:
    """Whether somebody in the clause does nothing yet: a girl with a red umbrella walks."""
    return _idle_agent(units, at) is not None


def _idle_agent(units: list[Unit], at: int, *, goes_on: bool = False) -> int | None:
    """Return the place of who does nothing yet in the clause, or None.

    Args:
        units: of the whole prompt.
        at: the place of a verb.
        goes_on: whether he may have a participle: the man reading a book sits.
    """
    for place in reversed(range(at)):
        unit, previous = units[place], syntax.before(units, place)
        relative = place > 0 and (units[place - 1].word in syntax.RELATIVE or heads.is_of_relative(units, place))
        described = goes_on and unit.form == "ing" and previous is not None and syntax.is_agent(previous)
        if unit.ends_clause or (unit.verb and not (relative or described)):
            return None
        if syntax.is_agent(unit) and unit.word not in syntax.RELATIVE:
            return place
    return None
