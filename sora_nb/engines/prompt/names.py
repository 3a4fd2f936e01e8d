"""Find the names that a prompt gives: our cat Muffin, a boy named Tom, two boys: Tom and Max; and whom each of them is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, denominal, grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sora_nb.engines.prompt.units import Unit

_NAMES = frozenset(
    [
        "character",
        "animal",
        "food",
        "object",
        "nature",
        "mood",
        "idea",
        "people",
        "colour",
        "manner",
        "body",
        "scene hint",
        "time",
        "time hint",
        "weather",
    ]
)
"""Kinds of words that are names where they are written so: our cat Muffin."""
_NAMING = frozenset(["named", "called"])
_OPENING = frozenset("(（")
_DASHES = frozenset("—–-")
_MARKS = frozenset(["quote", "colon"])
_NOBODY = syntax.SOMEBODY | {
    "scene",
    "time",
    "weather",
    "camera",
    "style",
    "quality",
    "lens",
    "number",
    "link",
}
"""Kinds of words that are no names, however they are written."""
_FEMININE = ("a", "ie", "elle")
"""How names of women often end."""
_GIRLS = grammar.words(
    "anna emma mary maria sarah laura julia sophie sophia olivia mia ella lisa linda susan jane kate emily alice amy nina lena marie "
    "clara hannah lucy chloe zoe eva elena jenny jessica karen helen nancy betty martha sandra rachel rebecca tina monica sofia"
)
_BOYS = grammar.words(
    "tom peter john paul david michael james robert thomas daniel ben max leo felix tim jack harry george henry adam alex oliver noah "
    "liam lucas luke marcus martin mike steve bob bill charlie fred frank kevin brian eric simon oscar jacob joseph samuel andrew"
)
"""First names that many people have: one of them alone is somebody."""
_LINK = (Sense("link"),)
_SOMEONE = (Sense("character", "person", near=True),)
_WOMAN = (Sense("character", "woman", near=True),)
_OWNERS = frozenset(["his", "her"])
_ACTING = grammar.AUXILIARIES | {"在", "正在"}


def resolve(units: list[Unit]) -> dict[str, Unit]:
    """Make characters of names, and links of those that stand beside whom they are for.

    Returns:
        the noun that each name is given to; that of a group where it is for one of its members.
    """
    given = dict(_given(units))
    words = {unit.word for unit in units}
    if (words & grammar.SHE and words & grammar.HE) or any(unit.is_word and not unit.senses for unit in units):
        given |= _members(units)
        _take_pairs(units, given)
        _take_actors(units, given)
    for unit in units:
        spoken = unit.senses != _LINK or unit.word in grammar.SHE | grammar.HE
        if unit.word in given and unit.is_word and not unit.negated and spoken:
            known = tuple(sense for sense in given[unit.word].senses if sense.kind in syntax.SOMEBODY)
            unit.senses = _WOMAN if unit.word in grammar.SHE else known or _SOMEONE
    return given


def _given(units: list[Unit]) -> Iterator[tuple[str, Unit]]:
    """Yield the names that stand beside the noun that they are for, with that noun; they become links."""
    for at, unit in enumerate(units):
        if _is_called_so(units, at):
            unit.senses = _LINK
        if not unit.is_word or unit.negated or not unit.source.istitle():
            continue
        noun = _noun(units, at)
        if noun is not None:
            unit.senses = _LINK
            yield unit.word, noun


def _is_called_so(units: list[Unit], at: int) -> bool:
    """Whether a Chinese word only says what somebody is called: 女孩名叫小雨, 一只叫老虎的猫."""
    unit, following = units[at], syntax.after(units, at)
    if at == 0 or units[at - 1].word not in grammar.CHINESE_NAMING or not unit.kinds <= _NAMES:
        return False
    return following.word == "的" if following is not None else "character" not in unit.kinds


def _noun(units: list[Unit], at: int) -> Unit | None:
    """Return the noun that a word written as a name is for by what stands beside it, or None."""
    before = units[at - 1] if at else None
    if before is not None and before.word in _NAMING:
        named = units[at].kinds <= _NAMES | VERBS and at > 1 and syntax.is_agent(units[at - 2])
        return units[at - 2] if named and not syntax.is_many(units[at - 2]) else None
    if units[at].kinds <= _NAMES and before is not None and before.kind == "word" and _is_one(units, at - 1):
        return before
    if "character" in units[at].kinds or not _is_told_who(units, at):
        return None
    return next((unit for unit in units[at + 1 :] if unit.kind == "mention" or syntax.is_agent(unit)), None)


def _is_one(units: list[Unit], at: int) -> bool:
    """Whether a noun in small letters is for one who may be named right behind it: our cat."""
    noun = units[at]
    known = at > 0 and syntax.is_determiner(units[at - 1])
    one = noun.form == "" and not syntax.is_many(noun)
    return known and one and "character" in noun.kinds and noun.source.islower()


def _is_told_who(units: list[Unit], at: int) -> bool:
    """Whether what is named is told behind its name: "name": "Mia", "description": "girl"; Mia (a girl)."""
    behind = units[at + 1 : at + 4]
    if len(behind) == 3 and behind[0].source in _OPENING and syntax.is_determiner(behind[1]):
        return not units[at].kinds & _NOBODY
    place = at - 1
    while place >= 0 and units[place].kind in _MARKS:
        place -= 1
    return 0 <= place < at - 1 and units[place].kind == "label" and units[place].word == "name"


def _members(units: list[Unit]) -> dict[str, Unit]:
    """Return the names of the members of a group, with its noun: two boys: Tom runs, Max sleeps; the twins Max and Moritz."""
    for at, unit in enumerate(units):
        if unit.is_word and "character" in unit.kinds and not unit.negated and denominal.are_several(units, at):
            count, guessed = counts.number(unit, counts.noun_phrase(units, at))
            named = list(dict.fromkeys(units[place].word for place in _listed(units, at)))
            if named:
                return dict.fromkeys(named[: counts.MAX_CAST if guessed else count], unit)
            if count == 2 and unit.meaning("character") in PEOPLE:
                return dict.fromkeys(_he_and_she(units, at), unit)
    return {}


def _he_and_she(units: list[Unit], at: int) -> list[str]:
    """Return the pronouns that stand for two people at the start of clauses behind a colon: a couple: he reads, she sings."""
    spoken = [units[place].word for place in _starts(units, at) if units[place].word in grammar.SHE | grammar.HE]
    both = bool(grammar.SHE & {*spoken}) and bool(grammar.HE & {*spoken})
    return list(dict.fromkeys(spoken)) if both else []


def _listed(units: list[Unit], at: int) -> list[int]:
    """Return the places of names right behind the noun of a group, and at the start of clauses behind a colon."""
    beside: list[int] = []
    for place in range(at + 1, len(units)):
        if _is_name(units, place):
            beside.append(place)
        elif _opens(units[place]) or (
            units[place].kind != "pause" and units[place].word not in grammar.JOINING | _NAMING
        ):
            break
    starts = _starts(units, at)
    if not starts:
        return beside if len(beside) > 1 else []
    return [*beside, *(place for place in starts if _is_name(units, place))]


def _starts(units: list[Unit], at: int) -> list[int]:
    """Return where clauses and members of lists start behind the first colon or dash of a sentence; none without one."""
    end = next(
        (place for place in range(at + 1, len(units)) if _opens(units[place]) or units[place].kind == "stop"),
        len(units),
    )
    if end == len(units) or not _opens(units[end]):
        return []
    return [
        place
        for place in range(end + 1, len(units))
        if units[place - 1].ends_clause or units[place - 1].word in grammar.JOINING
    ]


def _opens(unit: Unit) -> bool:
    """Whether a mark begins a list of who a group are: a colon, a dash."""
    return unit.kind == "colon" or unit.source in _DASHES


def _is_name(units: list[Unit], at: int) -> bool:
    """Whether a word may be a name: a strange one in capitals, or a known one before what it does or in a list."""
    unit, following = units[at], syntax.after(units, at)
    if not unit.is_word or unit.negated or unit.kinds & _NOBODY:
        return False
    acts = following is not None and (bool(following.kinds & VERBS) or following.word in _ACTING)
    if not unit.word.isascii():
        return not unit.senses and acts
    if not unit.source.istitle() or unit.form:
        return False
    listed = following is None or following.word in grammar.JOINING | syntax.RELATIVE
    if unit.senses:
        joined = at > 0 and units[at - 1].word in grammar.JOINING
        return (joined and (listed or acts)) or (acts and following is not None and following.form == "s")
    return acts or listed


def _take_pairs(units: list[Unit], given: Collection[str]) -> None:
    """Make people of several names that a clause begins with: Anna and Ben dance; she is a woman of whom "she" speaks."""
    for at, unit in enumerate(units):
        if unit.source.istitle() and (at == 0 or units[at - 1].ends_clause):
            names = _pair(units, at)
            if names and not any(name in given for name in names):
                _take_people(units, names, at)


def _pair(units: list[Unit], at: int) -> list[str]:
    """Return the names in a list from a place on that does something or that a colon ends, or none."""
    names: list[Unit] = []
    place = at
    while place < len(units) and units[place].source.istitle() and not units[place].kinds & _NOBODY:
        names.append(units[place])
        place += 1
        if place < len(units) and (units[place].word in grammar.JOINING or units[place].source == ","):
            place += 1
    behind = units[place] if place < len(units) else None
    acts = behind is not None and (behind.kind == "colon" or behind.kinds & VERBS or behind.word in grammar.AUXILIARIES)
    joined = len(names) > 1 and units[place - 2].word in grammar.JOINING
    strange = any(unit.is_word and not unit.senses for unit in names)
    return [unit.word for unit in names] if joined and acts and strange else []


def _take_actors(units: list[Unit], given: Collection[str]) -> None:
    """Make people of names that begin clauses and act, where they are several or a pronoun is for one: Tom runs, Max sleeps."""
    starts = [at for at in range(len(units)) if syntax.begins_clause(units, at)]
    places = [at for at in starts if _is_first_name(units, at) or (_is_name(units, at) and _acts(units, at))]
    places += [at for at in range(len(units)) if _is_common(units, at)]
    names = dict.fromkeys(units[at].word for at in places)
    people = len(names) > 1 or any(units[at].word in _GIRLS | _BOYS or _is_spoken_of(units, at) for at in places)
    if people and not any(name in given for name in names):
        _take_people(units, [*names], 0)


def _is_first_name(units: list[Unit], at: int) -> bool:
    """Whether a word is a name that many people have, before what one of them does: Tom opens the door."""
    unit, following = units[at], syntax.after(units, at)
    if unit.word not in _GIRLS | _BOYS or not unit.source.istitle() or unit.senses or following is None:
        return False
    return following.word in grammar.AUXILIARIES or not following.kinds & syntax.NOUNS


def _is_common(units: list[Unit], at: int) -> bool:
    """Whether a word is a name that many people have, wherever it stands: Tom dances with Anna; but no Anna Street."""
    unit, following = units[at], syntax.after(units, at)
    common = unit.is_word and unit.word in _GIRLS | _BOYS and unit.source.istitle() and not unit.senses
    named = following is not None and (following.source.istitle() or bool(following.kinds & {"scene", "place"}))
    return common and not named


def _acts(units: list[Unit], at: int) -> bool:
    """Whether a name stands before what one does, or before whom one has: Tom runs, is running; Lena and her dog."""
    following = syntax.after(units, at)
    if following is None:
        return False
    behind = syntax.after(units, at + 1)
    if behind is not None and (following.word in grammar.BEING or following.word in grammar.JOINING):
        being = following.word in grammar.BEING
        return bool(behind.kinds & VERBS) and behind.form == "ing" if being else behind.word in _OWNERS
    return bool(following.kinds & VERBS) and following.form == "s"


def _is_spoken_of(units: list[Unit], at: int) -> bool:
    """Whether a pronoun for a person is for a strange name, before which nobody came: Marcus drinks coffee, his cat sleeps."""
    first = not any(syntax.is_agent(unit) for unit in units[:at])
    spoken = any(unit.word in _OWNERS | grammar.SHE | grammar.HE for unit in units[at + 1 :])
    return not units[at].senses and first and spoken


def _take_people(units: list[Unit], names: list[str], at: int) -> None:
    spoken = [unit.word for unit in units[at:] if unit.word in grammar.SHE | grammar.HE]
    likely = [name for name in names if name in _GIRLS or (name.endswith(_FEMININE) and name not in _BOYS)] or names[
        bool(spoken) and spoken[0] in grammar.HE :
    ]
    women = [*(name for name in names if name in _GIRLS), *(likely[:1] if grammar.SHE & {*spoken} else [])]
    for unit in units:
        if unit.is_word and unit.word in names:
            unit.senses = _WOMAN if unit.word in women else _SOMEONE
