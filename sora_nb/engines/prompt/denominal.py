"""Make verbs of words that the lists know as nouns alone, where the clause leaves them no other reading: a goalie blocks a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import is_animal

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

VERBS_TOO = grammar.words(
    "crow guide host coach pitcher model master guard marshal nurse partner mentor fool bat crane fly ram bug hawk swallow lark robin bull bear duck fish fox hound parrot cook man judge coach pilot captain groom chicken ape guy garden farm park leave volunteer"
)
"""Words that are nouns and verbs: can't bear it, he ducks, they garden, she leaves."""
_ACTIONS = {
    "walk": "head inch edge board foot tail trail bus",
    "run": "speed motor rocket barrel jet",
    "jump": "hurdle leapfrog spring",
    "play": "fence pitch spike block bench volley tag quarterback bat bowl paw",
    "talk": "voice chair text ring mouth lip",
    "eat": "fork lunch",
    "look": "eye",
    "sit": "saddle",
    "stand": "shoulder shelter",
    "work": "toast butter plate pot bag bottle can tape glue pin nail screw bolt brick shelve shell pit oil grease salt pepper "
    "spice sauce peel sugar flour dust sponge hose water bathe soap lather towel comb thread needle tailor stitch "
    "tile floor roof wall wire pipe plumb file staple label stamp mail ship crate box dress cloak sketch ink frame "
    "gate book film tape table tray scoop ladle bucket basket shear harness hay trap net bait hook",
}
"""Nouns that are verbs only where the clause leaves no other reading, by the nearest action."""
_DONE = {noun: action for action, nouns in _ACTIONS.items() for noun in nouns.split()}
_FELT = grammar.words("love hope fear trust dream desire")
"""Nouns for what somebody feels, which are verbs between several and a thing or somebody: kids love pizza."""
_LIKED = syntax.NOUNS | syntax.PLACES | {"weather"}
"""Kinds of what is felt so, but for ideas: dogs love water; a boy and girl love story."""
_CALLED = grammar.words("grandpa grandma granddad granny dad daddy mom mum mommy uncle aunt")
"""Kin who need no determiner: Grandpa fishes."""
_COLLECTIVE = frozenset(["family", "couple"])
"""Nouns for several that a noun may follow: a family garden."""
OF_ANIMALS = grammar.words("baby mother father mama papa mommy daddy mom mum dad pet adult male female parent")
"""Nouns before those for animals: the baby ducks."""
_NAMED_SO = frozenset(["character", "nature"])
"""Kinds of such words that the lists know as nouns alone."""
_GROWING = frozenset(["nature", "weather"])
"""Kinds of what leaves of trees are named beside."""
_OBJECTS = grammar.words(
    "him them it us me you himself herself itself themselves everyone everybody something somebody"
)
"""Pronouns to whom something is done."""
_PARTICLES = grammar.words(
    "out up down off away over past toward towards through into across home forward back along onto"
)
"""Words behind what somebody does, and seldom behind a plural that somebody has."""
_ONE = grammar.words("a an one each every another")
"""Determiners before which no plural ends the noun phrase."""


def resolve(units: list[Unit]) -> None:
    """Make verbs of nouns that agree with who stands before them."""
    for at, unit in enumerate(units):
        if unit.is_word and not unit.negated and unit.word.isascii() and not unit.kinds & VERBS:
            _resolve(units, at)


def _resolve(units: list[Unit], at: int) -> None:
    unit, previous = units[at], syntax.before(units, at)
    stem = lexicon.listed_stem(unit.word, VERBS_TOO) if unit.kinds & _NAMED_SO else ""
    pushed = previous is not None and (previous.word in grammar.SUBJECT_PRONOUNS or previous.word in grammar.MODALS)
    if (stem and (pushed or is_done_by(units, at, previous) or _is_done_next(units, at))) or _must_be_done(
        units, at, previous
    ):
        stems = (stem,) if stem else (unit.word, *(stem for _, stem in lexicon.stems(unit.word)))
        known = [sense for stem in stems for sense in lexicon.INDEX.get(stem, ()) if sense.kind in VERBS]
        near = [Sense("action", _DONE[stem], near=True) for stem in stems if stem in _DONE]
        unit.verb = True
        actions = [sense for sense in known if sense.kind == "action"]
        unit.senses = tuple((actions or known or near)[:1]) or (Sense("deed"),)


def _is_done_next(units: list[Unit], at: int) -> bool:
    """Whether a noun that is a verb, too, is what somebody does after something else: grabs his hat and leaves the house."""
    previous, following = syntax.before(units, at), syntax.after(units, at)
    joined = previous is not None and previous.word in grammar.CONJUNCTIONS
    if not units[at].word.endswith("s") or not (previous is None or joined):
        return False
    if following is not None and is_object(following):
        return any(syntax.is_agent(unit) for unit in units[:at])
    if not any(unit.kinds & VERBS and unit.form for unit in units[:at]):
        return False
    ends = following is None or following.word in grammar.PREPOSITIONS
    beside = units[at - 2] if joined and at > 1 else units[at]
    listed = not beside.kinds & VERBS and (beside.kinds & _GROWING or syntax.is_many(beside))
    return ends and "character" not in units[at].kinds and not listed


def _must_be_done(units: list[Unit], at: int, previous: Unit | None) -> bool:
    """Whether a noun, or a strange word, can only be what the noun right before it does."""
    unit = units[at]
    if (
        previous is None
        or previous is not units[at - 1]
        or " " in unit.word
        or previous.kind not in {"word", "mention"}
    ):
        return False
    if not unit.kinds <= syntax.NOUNS | {"scene hint", "time hint"}:
        return False
    if takes_object(units, at):
        to = units[at + 1].word in _OBJECTS
        return to or syntax.is_agent(previous) or not unit.kinds & syntax.OF_ONES_OWN
    if unit.kinds & {"character", "people", "animal"}:
        return False
    if previous.word in grammar.SUBJECT_PRONOUNS - {"that", "which"}:
        return unit.kinds != frozenset()
    return syntax.is_agent(previous) and _is_done_alone(units, at)


def _is_done_alone(units: list[Unit], at: int) -> bool:
    """Whether a noun right behind somebody is what he does, by how both end and what stands behind: kids board a train."""
    unit, previous, following = units[at], units[at - 1], syntax.after(units, at)
    onto = following is not None and (is_object(following) or following.word in _PARTICLES)
    if _agrees(units, at):
        return (
            onto
            or _is_done_to_food(units, at)
            or (_is_one(units, at - 1) and bool(unit.kinds - syntax.OF_ONES_OWN) and not _is_head(following))
        )
    if unit.word.endswith("s") or not are_several(units, at - 1) or previous.word in _COLLECTIVE:
        return False
    if unit.word in _FELT and following is not None and following.kinds & _LIKED and "idea" not in following.kinds:
        return True
    ends = following is None or syntax.is_many(following) or following.word in grammar.PREPOSITIONS
    return onto or (unit.word in _DONE and ends)


def _is_done_to_food(units: list[Unit], at: int) -> bool:
    """Whether a word that is a verb, too, stands before food and nothing else: fries squid, toasts bread."""
    known = any(
        stem in _DONE or lexicon.kinds(lexicon.INDEX.get(stem, ())) & VERBS for _, stem in lexicon.stems(units[at].word)
    )
    food = syntax.after(units, at)
    eaten = food is not None and ("food" in food.kinds or is_animal(food))
    return known and eaten and not _is_head(syntax.after(units, at + 1))


def takes_object(units: list[Unit], at: int) -> bool:
    """Whether a word agrees with the noun before it and stands before what it is done to: a sandstorm swallows a man."""
    following = syntax.after(units, at)
    return following is not None and is_object(following) and _agrees(units, at)


def _agrees(units: list[Unit], at: int) -> bool:
    """Whether a word ends as a verb does behind the one who stands right before it."""
    if (
        at == 0
        or units[at - 1].word.endswith(("'s", "s'"))
        or not units[at].word.endswith("s")
        or units[at].word.endswith(("ss", "'s", "s'"))
    ):
        return False
    return _is_named(units, at - 1) and not syntax.is_many(units[at - 1]) and not _is_joined(units, at - 1)


def _is_joined(units: list[Unit], place: int) -> bool:
    begin = _begin(units, place) - 1
    return begin > 0 and units[begin - 1].word == "and"


def is_object(unit: Unit) -> bool:
    """Whether a unit begins what something is done to."""
    return syntax.is_determiner(unit) or unit.kind == "mention" or unit.word in _OBJECTS


def _is_head(unit: Unit | None) -> bool:
    """Whether a noun goes on with the noun before it: a cat pyjamas party."""
    return unit is not None and unit.is_word and bool(unit.kinds & syntax.NOUNS)


def _is_named(units: list[Unit], place: int) -> bool:
    """Whether a noun is one that a sentence may begin with: a wave, the old goalie, @mia, Grandpa."""
    noun = units[place]
    if noun.kind == "mention" or noun.word in _CALLED:
        return True
    if not noun.kinds & (syntax.NOUNS | {"weather", "scene hint"}):
        return False
    return syntax.is_determiner(units[_begin(units, place) - 1]) if _begin(units, place) else False


def _is_one(units: list[Unit], place: int) -> bool:
    begin = _begin(units, place)
    return begin > 0 and units[begin - 1].word in _ONE


def _begin(units: list[Unit], place: int) -> int:
    """Return where the adjectives and nouns before a noun begin: old hockey of "the old hockey goalie"."""
    while (
        place
        and units[place - 1].is_word
        and units[place - 1].word not in grammar.LINKS
        and _describes(units[place - 1])
    ):
        place -= 1
    return place


def _describes(unit: Unit) -> bool:
    return syntax.is_adjective(unit) or (
        bool(unit.kinds & syntax.NOUNS) and not unit.kinds & {"number"} and not syntax.is_determiner(unit)
    )


def is_done_by(units: list[Unit], at: int, previous: Unit | None) -> bool:
    """Whether a noun agrees with somebody right before it as a verb does: two boxers duck, a boxer ducks, @mia ducks."""
    unit = units[at]
    if previous is None or not syntax.is_agent(previous) or previous.word in grammar.SUBJECT_PRONOUNS:
        return False
    place = syntax.place_of(units, previous)
    if not unit.word.endswith("s"):
        return are_several(units, place) and previous.word not in _COLLECTIVE
    if previous.kind == "mention" or "character" not in unit.kinds:
        return not syntax.is_many(previous)
    start = syntax.begin(units, place)
    known = start > 0 and syntax.is_determiner(units[start - 1])
    named = previous.word in _CALLED or known
    of_animal = previous.word in OF_ANIMALS and known  # the baby ducks, but: dad fishes
    return named and not syntax.is_many(previous) and not of_animal


def is_done_in_place(units: list[Unit], at: int) -> bool:
    """Whether a noun for a place is what is done: they garden, park the car."""
    previous, following = syntax.before(units, at), syntax.after(units, at)
    onto = following is not None and (syntax.is_determiner(following) or following.kind == "mention")
    if previous is None or previous.word in grammar.MODALS:
        return onto and units[at].form == ""
    if previous.word in grammar.SUBJECT_PRONOUNS - syntax.RELATIVE:
        return True
    return is_done_by(units, at, previous)


def are_several(units: list[Unit], place: int) -> bool:
    """Whether a noun or a mention is one of several before a verb: pigs, a cat and a dog, two."""
    ahead = units[max(0, place - 3) : place]
    numbers = [lexicon.number_of(unit.word) or 2 for unit in ahead if "number" in unit.kinds]
    joined = any(unit.word in {"and", "和"} for unit in ahead)
    return syntax.is_many(units[place]) or joined or any(number > 1 for number in numbers)
