"""Choose what a verb means by what it is done to, or where: flies a kite, runs a shop, runs out of the house, 接孙女."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    chinese_clauses,
    denominal,
    grammar,
    lexicon,
    syntax,
)
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import is_animal, is_lying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sora_nb.engines.prompt.units import Unit

_WITH_OBJECT = frozenset(["fly", "run", "swing", "flip"])
"""Verbs that are no motion of somebody's own where an object follows: flies a plane, runs a stall, flips pancakes."""
_LEAVING = frozenset(["leave"])
_LEFT_LYING = frozenset(["object", "food", "clothing", "body", "light"])
"""Kinds of what somebody leaves and does not go away from: leaves her keys on the table, leaves the oven on."""
_LEFT_SO = grammar.words("open on off ajar unlocked closed shut running behind unattended")
"""Words behind anything for how somebody leaves it: leaves the door open."""
_TAKING = frozenset(["take off", "set off", "set out", "move back", "turn back", "hang out"])
"""Verbs of two words that are so where an object follows: takes off his coat."""
_NO_OBJECTS = frozenset(["time", "weather", "scene"])
"""Kinds of nouns that say when and where somebody does something: takes off this morning."""
_HANDLED = frozenset(["object", "vehicle", "food", "animal", "camera"])
"""Kinds of such objects; a drone is also a camera."""
_RUNNING = frozenset(["run"])
_BUSINESSES = grammar.words(
    "cafe café shop store restaurant bakery bar business company farm hotel school gym salon studio kitchen stand stall booth"
)
"""What somebody who runs it works in: runs a small flower shop."""
_KITES = frozenset(["kite"])
"""What somebody flies who stays on the ground."""
_COOKING = (Sense("action", "work", near=True), Sense("scene hint", "kitchen"))
"""What flipping is where it is done to food."""
OUT_OF = " out of"
_CHINESE_UNDER = grammar.words("下 下面 底下 下边 下方")
_SHELTERS = grammar.words(
    "blanket blankets covers duvet quilt sheet sheets comforter umbrella parasol awning canopy net lamp lantern "
    "毯子 毛毯 被子 被窝 伞 雨伞 遮阳伞 太阳伞 蚊帐 灯"
)
"""Things under which somebody may sleep."""
_CHINESE_DRIVING = grammar.words("开 开着 驾 驾着 驾驶 驾驶着")
"""Verbs by which somebody goes where a vehicle is their object: 开敞篷车."""
_CHINESE_PLANES = ("机", "火箭", "飞船")
"""How nouns for vehicles end that fly, whoever is in them."""
_GOING_OFF = frozenset(["go", "head"])


def _takes_something(units: list[Unit], at: int) -> bool:
    """Whether an object follows a verb of two words that is a motion without one: takes off his coat, but: takes off at dawn."""
    first, _, particle = units[at].word.partition(" ")
    following = syntax.after(units, at)
    if following is None or not any(f"{stem} {particle}" in _TAKING for stem in (first, *_stems(first))):
        return False
    head = units[syntax.head(units, at + 1)]
    taken = denominal.is_object(following) or syntax.is_many(following) or bool(following.kinds & syntax.OF_ONES_OWN)
    return taken and not head.kinds & _NO_OBJECTS


def _stems(word: str) -> Iterator[str]:
    return (stem for _, stem in lexicon.stems(word))


def refine(units: list[Unit], at: int) -> None:
    """Choose what a verb means by what it is done to, or where."""
    unit = units[at]
    if _is_lying_under(units, at) or _is_left_lying(units, at):
        unit.senses = (Sense("deed"),)
    if chinese_clauses.is_fetched(units, at):
        unit.senses = (Sense("action", "walk", near=True),)
    if _goes_for(units, at):
        unit.senses = (Sense("link"),)
    if _is_state(units, at):
        unit.senses, unit.verb = (Sense("manner"),), False
    if unit.kinds == {"deed"} and unit.word.endswith(OUT_OF) and _is_left(syntax.after(units, at)):
        unit.senses = (Sense("action", "run"),)
    stem = lexicon.listed_stem(unit.word, _WITH_OBJECT)
    handled = _object(units, at) if stem else None
    if handled is not None:
        unit.senses = _handling(stem, handled)
    elif " " in unit.word and _takes_something(units, at):
        unit.senses = (Sense("deed"),)


def drive(units: list[Unit], at: int) -> None:
    """Let who drives a vehicle on the ground go: 开敞篷车, 开着一辆红色的卡车; but 开飞机 and 开门 only keep somebody busy."""
    if units[at].word not in _CHINESE_DRIVING:
        return
    rest = units[at + 1 : syntax.end_of_clause(units, at)]
    thing = next((unit for unit in rest if not _is_of_phrase(unit)), None)
    if thing is not None and "vehicle" in thing.kinds and not thing.word.endswith(_CHINESE_PLANES):
        units[at].senses, units[at].verb = (Sense("action", "run", near=True),), True


def _is_of_phrase(unit: Unit) -> bool:
    """Whether a word may stand in a phrase before its noun."""
    return syntax.is_determiner(unit) or syntax.is_adjective(unit) or unit.word in {"的", "着", "了"}


def _is_lying_under(units: list[Unit], at: int) -> bool:
    """Whether somebody lies under something that nobody but an animal sleeps under: under a truck, 躺在卡车下面; but under a blanket, a tree."""
    who = next((unit for unit in reversed(units[:at]) if syntax.is_agent(unit)), None)
    if not is_lying(units[at]) or (who is not None and is_animal(who)):
        return False
    cover = _cover(units, at) if units[at].word.isascii() else _chinese_cover(units, at)
    return (
        cover is not None and bool(cover.kinds & {"vehicle", "object"}) and cover.word.split(" ")[-1] not in _SHELTERS
    )


def _cover(units: list[Unit], at: int) -> Unit | None:
    """Return what somebody is under by the words right behind a verb, or None."""
    under = at + 2 < len(units) and units[at + 1].word in syntax.UNDER
    return units[syntax.head(units, at + 2)] if under else None


def _chinese_cover(units: list[Unit], at: int) -> Unit | None:
    for unit, following in pairwise(units[at + 1 :]):
        if unit.ends_clause or unit.kinds & VERBS:
            break
        if following.word in _CHINESE_UNDER:
            return unit
    return None


def _goes_for(units: list[Unit], at: int) -> bool:
    """Whether the noun behind a verb of going says what is done: goes for a swim."""
    words = [unit.word for unit in units[at + 1 : at + 3]]
    if not lexicon.listed_stem(units[at].word, _GOING_OFF) or words != ["for", "a"]:
        return False
    return bool(units[syntax.head(units, at + 2)].kinds & VERBS)


def _is_state(units: list[Unit], at: int) -> bool:
    """Whether a participle says only what was done to somebody: a man wrapped in a blanket walks; but: the robot is repaired."""
    previous, following = syntax.before(units, at), syntax.after(units, at)
    if units[at].form != "ed" or units[at].meaning("action") != "work" or previous is None or following is None:
        return False
    return syntax.is_agent(previous) and (following.word == "in" or "colour" in following.kinds)


def _is_left(following: Unit | None) -> bool:
    """Whether what stands behind "runs out of" is a place that somebody leaves: a house, school; but no milk."""
    return following is not None and (syntax.is_determiner(following) or bool(following.kinds & syntax.PLACES))


def _is_left_lying(units: list[Unit], at: int) -> bool:
    """Whether what follows a verb is a thing that stays behind, and no place that somebody leaves."""
    following = syntax.after(units, at) if lexicon.listed_stem(units[at].word, _LEAVING) else None
    if following is None or not (syntax.is_determiner(following) or following.kinds & _LEFT_LYING):
        return False
    head = syntax.head(units, at + 1)
    behind = syntax.after(units, head)
    return bool(units[head].kinds & _LEFT_LYING) or (behind is not None and behind.word in _LEFT_SO)


def _business(units: list[Unit], at: int) -> Unit | None:
    """Return the noun for what somebody runs in the phrase right behind a verb, or None."""
    if not lexicon.listed_stem(units[at].word, _RUNNING) or not syntax.is_determiner(units[at + 1]):
        return None
    for unit in units[at + 2 : at + 6]:
        if _is_business(unit):
            return unit
        if unit.ends_clause or unit.word in grammar.PREPOSITIONS or syntax.is_agent(unit):
            return None
    return None


def _handling(stem: str, handled: Unit) -> tuple[Sense, ...]:
    """Return what a verb of _WITH_OBJECT means with its object."""
    if stem == "run" and _is_business(handled):
        return (Sense("action", "work", near=True),)
    if stem == "fly" and lexicon.listed_stem(handled.word, _KITES):
        return (Sense("action", "play", near=True),)
    return _COOKING if stem == "flip" and "food" in handled.kinds else (Sense("deed"),)


def _is_business(unit: Unit) -> bool:
    """Whether a noun is for what somebody runs who works there."""
    return unit.word.split(" ")[-1] in _BUSINESSES


def _object(units: list[Unit], at: int) -> Unit | None:
    """Return the thing that something is done to, or None: flies a small drone, flips pancakes."""
    if at + 1 == len(units):
        return None
    if units[at + 1].word in {"it", "them"}:
        return next((unit for unit in reversed(units[:at]) if unit.kinds & _HANDLED), None)
    business = _business(units, at)
    if business is not None:
        return business
    rest = [unit for unit in units[at + 1 : at + 6] if not syntax.is_adjective(unit)]
    known = bool(rest) and syntax.is_determiner(rest[0])
    thing = next(iter(rest[1:] if known else rest), None)
    if thing is None or not thing.kinds & _HANDLED or not (known or syntax.is_many(thing)):
        return None
    if "camera" in thing.kinds:
        thing.senses = (Sense("vehicle"),)
    return thing
