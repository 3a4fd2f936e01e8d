"""Take "one" for the noun that it stands for where both are described: the red robot and the blue one, this cat and that one."""

from __future__ import annotations

from dataclasses import replace

from sora_nb.engines.prompt import grammar, lexicon, opposites, syntax
from sora_nb.engines.prompt.lexicon import Sense
from sora_nb.engines.prompt.units import Unit

_ONES = frozenset(["one", "ones"])
_BEFORE = grammar.words("the a an another this that these those")
_POINTING = grammar.words("this that these those")


_OWNED = {"mine": "my", "yours": "your", "hers": "her", "ours": "our", "theirs": "their"}
"""Words for what somebody has, and the possessives that its noun follows."""


def resolve(units: list[Unit]) -> None:
    """Make the noun of each "one" and "ones" that is described in the same respect as that noun, or is one of several; and of "mine"."""
    for at in reversed(range(1, len(units))):
        unit = units[at]
        owned = _owned(units, at) if unit.word in _OWNED and syntax.begins_clause(units, at) else None
        if owned is not None:
            units.insert(at, Unit("", _OWNED[unit.word], "word", (Sense("link"),)))
            unit.word, unit.senses, unit.form = owned.word, owned.senses, owned.form
    for at, unit in enumerate(units):
        noun = _noun(units, at) if unit.word in _ONES and at else None
        if noun is not None:
            unit.word, unit.form = _in_number(noun, many=unit.word == "ones")
            unit.senses = noun.senses


def _owned(units: list[Unit], at: int) -> Unit | None:
    """Return the last noun that says whose it is, for which a word that begins a clause stands, or None: my cat plays, yours sleeps."""
    for place in reversed(range(1, at)):
        owner = units[syntax.begin(units, place) - 1]
        if _is_noun(units[place]) and (owner.word in grammar.POSSESSIVES or owner.word.endswith(("'s", "s'"))):
            return units[place]
    return None


def _noun(units: list[Unit], at: int) -> Unit | None:
    """Return the last noun that the word at a place may stand for, or None: a red bag and a blue one."""
    begin = syntax.begin(units, at)
    article = units[begin - 1].word if begin else ""
    described = begin < at or article in _POINTING or opposites.phrase_behind(units, at).relation != ""
    if article not in _BEFORE or not described:
        return None
    nouns = [place for place in reversed(range(begin)) if _is_noun(units[place])]
    alike = [place for place in nouns if opposites.are_comparable(units, place, at)]
    if article == "the" and units[at].word == "one":
        alike += [place for place in nouns if syntax.is_agent(units[place]) and syntax.is_many(units[place])]
    return units[alike[0]] if alike else None


def _is_noun(unit: Unit) -> bool:
    return unit.is_word and bool(unit.kinds & syntax.NOUNS) and not syntax.is_adjective(unit)


def _in_number(noun: Unit, *, many: bool) -> tuple[str, str]:
    """Return a noun in singular or plural, with its form, less what it says itself of how somebody is: the red panda, the blue one."""
    last = noun.word.rsplit(" ", maxsplit=1)[-1]
    found = lexicon.find([last]) if last != noun.word else None
    plain = replace(noun, word=last, form=found.form, senses=found.senses) if found is not None else noun
    if plain is not noun and plain.meaning("character") == noun.meaning("character"):
        return _in_number(plain, many=many)
    if many == syntax.is_many(noun):
        return noun.word, noun.form
    if many:
        return f"{noun.word}s", "s"
    singular = (stem for form, stem in lexicon.stems(noun.word) if form == "s" and stem in lexicon.INDEX)
    return next(singular, noun.word), ""
