"""Bring in some of several by a word without a noun: one of them sleeps, two play, another, the other one, a third, 第三只."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, excepted, grammar, lexicon, opposites, syntax
from sora_nb.engines.prompt.part import Part

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit


_PARTLY = frozenset(["some", "many"])
_SOME = 2
"""How many are drawn of some, and of the others."""


def told(units: list[Unit], at: int, parts: list[Part], waiting: list[Part], *, acted: bool) -> list[Part]:
    """Return the subjects of the clause that a word begins which is for some of several; nobody where it is no such word.

    Args:
        units: of the whole prompt.
        at: the place of the word.
        parts: those who came before; some of several are added to them, and are then fewer among the others.
        waiting: those of them who do nothing yet.
        acted: whether the clause has its verb.
    """
    unit = units[at]
    if unit.word in counts.ONE_OF and at and counts.means_other(units[at - 1]):
        return waiting  # the other one
    known = next((part for part in reversed(parts) if part.stock and part.name), None)
    left_out = excepted.are_left_out(units, at)
    if known is None or not unit.is_word or not (left_out or counts.stands_alone(units, at)):
        return []
    same = [part for part in parts if part.stock and part.name == known.name]
    number, some = counts.ordinal(unit.word), counts.some_of(unit)
    taken, one = max(1, some), unit.word in counts.ONE_OF
    several = next((part for part in same if part.count > taken), None)
    begins = _begins(units, at, acted=acted)
    in_a_row = number > 0 and any(part.apart for part in same)
    left = next((part for part in same if part.apart and part.count == taken), None)
    if left is not None and (counts.means_other(unit) or some or in_a_row or (one and begins)):
        if some or in_a_row:
            unit.decides.append(("number", str(taken)))
        _begin_anew(left)
        return [left]
    described = counts.is_described_one(units, at)
    alone = several is None and (described or (begins and one and _is_one_more(units, at, same)))
    if (one or some) and not alone and (several is None or not begins):
        return []
    another = several is not None and not number and (len(same) > 1 or units[at - 1].word == "the")
    if one or some or in_a_row or another:
        if several and not several.asked:
            several.count -= taken
            several.apart += taken
    elif number and number <= sum(part.count for part in same):
        return []
    kept = several.action if several and not left_out else ""
    part = Part(known.name, stock=True, units=[unit], count=taken, kept=kept, still=left_out, aside=left_out)
    unit.decides.append(("number", str(taken)))
    parts.append(part)
    return [several] if several and left_out else [*waiting, part] if described else [part]


def rest(units: list[Unit], at: int, parts: list[Part]) -> Part | None:
    """Return those who are left of several for a word such as "others", or as many more behind "some"; None for other words."""
    if units[at].word not in counts.OTHERS:
        return None
    left = next((part for part in parts if part.apart), None)
    some = next((part for part in reversed(parts) if part.stock and part.name and _is_some(units, part)), None)
    if left is not None:
        _begin_anew(left)
        return left
    if some is None or not syntax.begins_clause(units, counts.begin_of_rest(units, at)):
        return None
    some.count = _SOME
    part = Part(some.name, stock=True, units=[units[at]], count=_SOME, asked=some.asked and units[at].source)
    parts.append(part)
    return part


def _begin_anew(left: Part) -> None:
    """Put what those who are left do now before what all did."""
    left.kept, left.action = left.action or left.kept, ""


def _is_some(units: list[Unit], part: Part) -> bool:
    """Whether somebody came in as a part of all who are there: some dogs run, others sleep."""
    return any(each.word in _PARTLY for each in counts.noun_phrase(units, syntax.place_of(units, part.units[0])))


def _begins(units: list[Unit], at: int, *, acted: bool) -> bool:
    """Whether a word begins a clause, and is not whom somebody does something to."""
    before = units[counts.begin_of_rest(units, at) - 1]
    chinese = not units[at].word.isascii() and bool(units[at - 1].kinds & lexicon.VERBS)
    return not acted or before.word in grammar.CONJUNCTIONS or chinese


def _is_one_more(units: list[Unit], at: int, same: list[Part]) -> bool:
    """Whether "one" may be one more than some: one cat sleeps, one plays; a robot dances, the one on the right sleeps."""
    return any(counts.is_one(units, part.units[0]) for part in same) or counts.is_placed(units, at)


def described(units: list[Unit], at: int, parts: list[Part], phrase: list[Unit]) -> Part | None:
    """Return the one of several whom a noun tells from the others, or the last of them, or None: two dogs run, the big dog barks.

    Args:
        units: of the whole prompt.
        at: the place of the noun.
        parts: those who came before; the one is added to them, and they are then fewer.
        phrase: its determiners, numbers and adjectives.
    """
    unit = units[at]
    told_apart = (
        any(map(syntax.is_adjective, phrase)) or " " in unit.word or opposites.phrase_behind(units, at).relation
    )
    counted = any(counts.ordinal(each.word) for each in phrase)
    if not told_apart or counted or phrase[:1] == [] or phrase[0].word != "the" or syntax.is_many(unit):
        return None
    same = [part for part in parts if part.stock and part.name and part.name == unit.meaning("character")]
    several = next((part for part in same if syntax.is_many(part.units[0]) and part.count + part.apart > 1), None)
    again = any(part is not several and not opposites.contradict(units, part, at) for part in same)
    if several is None or again:
        return None
    several.asked = ""
    if several.count == 1:
        several.kept, several.action = several.action, ""
        return several
    several.count -= 1
    several.apart += 1
    part = Part(several.name, stock=True, kept=several.action)
    parts.append(part)
    return part
