"""Choose what each word means by the words beside it: a walk and he walks, a park bench and a park."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, things
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

NOUNS = frozenset(["character", "scene", *things.TABLES])
ADJECTIVES = frozenset(["colour", "style", "light", "mood", "quality", "manner", "lens"])
RELATIVE = frozenset(["who", "that", "which"])
"""Words that begin a clause which says who is meant: the cat that sleeps."""
TOYS = frozenset(["character", "object"])
"""Kinds of a toy that may be somebody: a teddy bear that waves."""
_COUNTING = frozenset(["character", "number"])
"""Kinds of a noun that counts others before "of": a couple, a couple of dogs."""
THINGS = frozenset(["object", "food", "clothing", "body", "idea", "place", "nature"])
_VERBS_TOO = grammar.words(
    "guide host coach pitcher model master guard marshal nurse partner mentor fool bat crane fly ram bug hawk swallow lark robin bull bear duck fish fox hound parrot cook man judge coach pilot captain groom chicken ape guy"
)
"""Nouns for characters that are verbs behind "to" and pronouns: can't bear it, he ducks."""
_MATTER = frozenset(["rain", "snow", "sun", "fog", "mist", "storm", "cloud", "thunder", "lightning", "ice"])
"""Weather whose word makes another of the thing behind it: a rain coat, a snow globe."""
_LIGHT = frozenset(["go", "goes", "come", "comes", "help", "helps"])
_LOOKING = frozenset(["look", "looks", "looking"])
"""Verbs that join an adjective: it looks old."""
_SHOOTING = frozenset(["shot", "shots"])


def resolve(units: list[Unit]) -> None:
    """Leave each unit only the senses it has where it stands."""
    for at, unit in enumerate(units):
        if unit.is_word and unit.senses and not unit.negated:
            _resolve(units, at)


def before(units: list[Unit], at: int) -> Unit | None:
    """Return the unit before a place in its clause, or None; adverbs are skipped."""
    for unit in reversed(units[:at]):
        if unit.ends_clause:
            return None
        if unit.kind == "mention" or not is_adverb(unit):
            return unit
    return None


def after(units: list[Unit], at: int) -> Unit | None:
    """Return the unit right behind a place in its clause, or None."""
    following = units[at + 1] if at + 1 < len(units) else None
    return None if following is None or following.ends_clause else following


def is_adverb(unit: Unit) -> bool:
    """Whether a unit only says how something is done."""
    if unit.kind == "link" or unit.word in grammar.ADVERBS:
        return True
    return unit.kinds == {"manner"} and unit.word.endswith(("ly", "地", "渐渐", "缓缓", "慢慢"))


def is_determiner(unit: Unit) -> bool:
    """Whether a noun follows a unit: a, his, two, the dog's."""
    if unit.word in grammar.INDEFINITE or unit.word in grammar.DEFINITE or unit.word in grammar.QUANTIFIERS:
        return unit.word not in {"that", "who", "which", "all"}
    return ("number" in unit.kinds and "character" not in unit.kinds) or unit.word.endswith(("'s", "s'"))


def is_adjective(unit: Unit) -> bool:
    """Whether a unit says what something is like."""
    return unit.is_word and bool(unit.kinds & ADJECTIVES) and not unit.kinds & (NOUNS | VERBS)


def is_agent(unit: Unit) -> bool:
    """Whether a unit is somebody who does something."""
    if unit.kind == "mention" or unit.word in grammar.SUBJECT_PRONOUNS:
        return True
    return unit.is_word and bool(unit.kinds & (things.AGENTS | {"character"}))


def _resolve(units: list[Unit], at: int) -> None:
    unit, previous, following = units[at], before(units, at), after(units, at)
    if unit.kinds & VERBS and not unit.kinds <= {"deed", "link"}:
        _choose_verb(units, at)
    if unit.word in _LOOKING and following is not None and is_adjective(following):
        unit.verb = False
        unit.senses = (Sense("link"),)
    if unit.word in _SHOOTING and previous is not None and is_agent(previous) and "link" in unit.kinds:
        unit.senses = (Sense("deed"),)
    if unit.kinds & ADJECTIVES and unit.kinds & NOUNS and not unit.verb and _is_noun(following):
        unit.keep(*ADJECTIVES)
    if unit.kinds >= _COUNTING:
        counted = following is not None and following.word == "of"
        unit.keep(*(_COUNTING - {"character" if counted else "number"}))
    if "character" in unit.kinds:
        _choose_character(units, at, previous)
    if following is not None and following.is_word and _is_pure_thing(following) and following.word.isascii():
        behind = after(units, at + 1)
        if following.form != "s" or behind is None or behind.word not in grammar.INDEFINITE | grammar.DEFINITE:
            _modify(unit, following)


def _is_noun(unit: Unit | None) -> bool:
    """Whether a unit can only be a noun."""
    if unit is None:
        return False
    return is_agent(unit) or (unit.is_word and bool(unit.kinds & NOUNS) and not unit.kinds & VERBS)


def _choose_character(units: list[Unit], at: int, previous: Unit | None) -> None:
    unit = units[at]
    if unit.kinds >= TOYS and not _acts(units, at):
        unit.keep(*(unit.kinds - {"character"}))
        return
    stem = next((stem for _, stem in lexicon.stems(unit.word) if stem in _VERBS_TOO), unit.word)
    pushed = previous is not None and (previous.word in grammar.SUBJECT_PRONOUNS or previous.word in grammar.MODALS)
    if stem in _VERBS_TOO and pushed and not unit.verb:
        unit.senses = (Sense("deed"),)


def _acts(units: list[Unit], at: int) -> bool:
    """Whether a noun stands before what it does itself: a teddy bear waves, but no girl hugging her teddy bear."""
    if any(is_agent(unit) and not unit.kinds >= TOYS for unit in units[:at]):
        return False
    following = after(units, at)
    return following is not None and (bool(following.kinds & VERBS) or following.word in grammar.AUXILIARIES)


def _is_pure_thing(unit: Unit) -> bool:
    return (
        not unit.negated
        and bool(unit.kinds & THINGS)
        and unit.kinds <= (THINGS | {"scene hint", "time hint", "vehicle"})
    )


def _modify(unit: Unit, thing: Unit) -> None:
    """Take a noun that only says what kind of thing follows for less: a dog bowl is no dog, a park bench no whole park."""
    if unit.word.endswith("'s") and "body" in thing.kinds:
        return
    if ("character" in unit.kinds and not unit.verb and not thing.word.endswith("ing")) or (
        "weather" in unit.kinds and (unit.word in _MATTER) and thing.kinds & {"object", "food", "clothing"}
    ):
        unit.senses = (Sense("object"),)
    elif "scene" in unit.kinds and thing.kinds & {"object", "food", "clothing", "idea"}:
        unit.senses = tuple(Sense("scene hint", sense.meaning) for sense in unit.senses if sense.kind == "scene")


def _choose_verb(units: list[Unit], at: int) -> None:
    unit = units[at]
    if not unit.word.isascii() and unit.word in grammar.COMMANDS and not any(is_agent(each) for each in units[:at]):
        unit.senses = (Sense("link"),)
    elif _is_verb(units, at):
        unit.verb = True
        unit.keep(*VERBS, "scene hint", "time hint")
        if unit.form == "er":
            unit.verb = False
    elif unit.kinds <= VERBS | {"scene hint", "link"}:
        hints = tuple(sense for sense in unit.senses if sense.kind == "scene hint")
        unit.senses = hints or (Sense("idea"),)
    else:
        unit.senses = tuple(sense for sense in unit.senses if sense.kind not in VERBS)


def _is_verb(units: list[Unit], at: int) -> bool:
    unit, previous, following = units[at], before(units, at), after(units, at)
    if unit.form == "er":
        return False
    if not unit.word.isascii():
        return unit.kinds & VERBS != frozenset()
    if unit.kinds & ADJECTIVES and unit.form == "":
        return previous is not None and is_agent(previous)
    if unit.word in {"asleep", "seated", "fishing", "yoga"} or " " in unit.word:
        return True
    if unit.form == "ing":
        return _is_participle(units, at, previous, following)
    return _is_finite(units, at, previous, following)


def _is_participle(units: list[Unit], at: int, previous: Unit | None, following: Unit | None) -> bool:
    thing = following is not None and _is_pure_thing(following) and following.kinds & THINGS != frozenset()
    if previous is None:
        return not thing or any(is_agent(unit) for unit in units[:at])
    if is_determiner(previous) or is_adjective(previous):
        return (
            following is not None
            and not thing
            and (is_agent(following) or is_adjective(following) or not following.senses)
        )
    if previous.word in grammar.PREPOSITIONS:
        return not thing
    return True


def _is_finite(units: list[Unit], at: int, previous: Unit | None, following: Unit | None) -> bool:
    unit = units[at]
    if previous is None:
        return _begins_clause(units, at, following)
    if is_determiner(previous):
        return _is_light(units, at)
    if previous.word in grammar.MODALS | grammar.AUXILIARIES or is_agent(previous):
        return True
    if previous.word in grammar.PREPOSITIONS or is_adjective(previous):
        return False
    if previous.word in grammar.CONJUNCTIONS:
        return any(each.verb or (unit.form != "" and is_agent(each)) for each in units[:at])
    return _follows_noun(units, at, previous)


def _follows_noun(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a word behind a noun or verb is a verb of its own: a girl with a red umbrella walks, but maple leaves."""
    form = units[at].form
    if previous.kinds & THINGS:
        return form != "" and _has_idle_agent(units, at) and "nature" not in previous.kinds
    if previous.kinds & VERBS:
        return previous.word.split(" ")[0] in _LIGHT
    return not previous.kinds & {"scene", "time", "weather"} or (form == "s" and _has_idle_agent(units, at))


def _begins_clause(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a verb may begin a clause: an order, or one more thing that somebody does."""
    unit = units[at]
    if unit.word in grammar.COMMANDS and not any(is_agent(each) for each in units[:at]):
        unit.senses = (Sense("link"),)
        return False
    if unit.meaning("action") == "talk" and following is not None and (is_determiner(following) or is_agent(following)):
        return True  # "hello", says the robot
    if unit.form == "":
        return following is None or not (following.kinds & THINGS and not is_determiner(following))
    acting = any(each.verb or (unit.form == "s" and is_agent(each)) for each in units[:at])
    return acting and "nature" not in unit.kinds


def _is_light(units: list[Unit], at: int) -> bool:
    """Whether the noun is what somebody takes, has or goes for: takes a nap."""
    place = at - 1
    while place > 0 and (is_determiner(units[place]) or is_adjective(units[place])):
        place -= 1
    return units[place].word in grammar.VERB_FINALS and units[at].form == "" and place < at - 1


def _has_idle_agent(units: list[Unit], at: int) -> bool:
    """Whether somebody in the clause does nothing yet: a girl with a red umbrella walks."""
    for place in reversed(range(at)):
        unit = units[place]
        relative = place > 0 and units[place - 1].word in RELATIVE
        if unit.ends_clause or (unit.verb and not relative):
            return False
        if is_agent(unit) and unit.word not in RELATIVE:
            return True
    return False
