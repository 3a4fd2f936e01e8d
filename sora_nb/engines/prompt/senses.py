"""Choose what each word means by the words beside it: a walk and he walks, a park bench and a park."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    chinese_clauses,
    counts,
    denominal,
    figurative,
    gathered,
    grammar,
    lexicon,
    syntax,
    vocabulary,
)
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import PEOPLE, is_animal, is_lying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sora_nb.engines.prompt.units import Unit

TOYS = frozenset(["character", "object"])
"""Kinds of a toy that may be somebody: a teddy bear that waves."""
_COUNTING = frozenset(["character", "number"])
"""Kinds of a noun that counts others before "of": a couple, a couple of dogs."""
_SETTING = frozenset(["scene", "time", "weather"])
_TRANSITIVE = frozenset(["eat", "drink", "read", "play", "work"])
"""Actions that somebody does to a thing."""
_ALONE = frozenset(["one", "1", "another", "other"])
"""Determiners that may stand for somebody: one sleeps."""
_MATTER = frozenset(["rain", "snow", "sun", "fog", "mist", "storm", "cloud", "thunder", "lightning", "ice"])
"""Weather whose word makes another of the thing behind it: a rain coat, a snow globe."""
_NOUN_HINTS = frozenset(["wave", "train", "fish", "building"])
"""Verbs that suggest no place, though their nouns do: she waves, but waves of the sea."""
_NAMED_TOO = frozenset(["object", "weather"])
"""Kinds of participles that are nouns, too: a painting, it is pouring."""
_OF_ONES_OWN = frozenset(["body", "clothing"])
"""Kinds of nouns for what somebody has on or about him."""
_SOILED = frozenset(["scene", "scene hint"])
_SOILING = grammar.words("on in off from under between across over beneath onto to")
"""Words between what is stuck to somebody and where: mud on his boots."""
_STUCK = grammar.words("stuck caked smeared dried splashed")
"""Participles between what is stuck to somebody and such a word."""
_SOILED_WITH = frozenset(["in", "with", "of", "by"])
_COVERED = grammar.words("cover cake smear stain splatter spatter splash coat dust soak fill plaster streak smudge")
"""Verbs before what somebody is dirty with: hands covered in mud."""
_FULL = grammar.words("full dirty sticky black wet stained smeared drenched")
"""Adjectives before that."""
_CHINESE_COVERED = ("沾", "糊", "溅", "裹", "涂", "抹", "蹭", "粘", "落满", "满是", "全是", "都是", "是", "有", "挂")
"""How Chinese words before those begin."""
_CHINESE_STICKING = ("沾", "糊", "溅", "裹", "蹭", "粘")
"""Such beginnings that say so also where nobody's body or clothes come before them."""
_WITH_OBJECT = frozenset(["fly", "run", "swing", "flip"])
"""Verbs that are no motion of somebody's own where an object follows: flies a plane, runs a stall, flips pancakes."""
_PHOTOS = grammar.words("photo picture portrait photograph selfie snapshot photos pictures portraits album")
_LETTING = frozenset(["let", "lets", "letting"])
"""Auxiliaries of requests that are verbs behind somebody: let's, but: she lets the baby sleep."""
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
_WORN = frozenset(["clothing", "character"])
_WEARING = frozenset(["in", "of", "wear", "wears", "wearing", "wore"])
"""Words before clothes that are also people: in trainers, a pair of joggers."""
_UPON = frozenset(["in", "on", "onto", "into", "with", "from", "atop"])
"""Prepositions before a thing that is also a move of the camera: in a pan, on a pedestal."""
_OUT_OF = " out of"
_PLACES = frozenset(["scene", "place"])
_FILMING = frozenset(["camera", "lens"])
_WHERE = grammar.PREPOSITIONS - grammar.words("of by with for from to like as about against")
"""Prepositions of places."""
_UNDER = grammar.words("under underneath beneath")
_CHINESE_UNDER = grammar.words("下 下面 底下 下边 下方")
_SHELTERS = grammar.words(
    "blanket blankets covers duvet quilt sheet sheets comforter umbrella parasol awning canopy net lamp lantern "
    "毯子 毛毯 被子 被窝 伞 雨伞 遮阳伞 太阳伞 蚊帐 灯"
)
"""Things under which somebody may sleep."""
_STRUCTURES = grammar.words(
    "bridge lighthouse sofa couch stairs staircase pond fountain 桥 小桥 石桥 木桥 桥上 灯塔 沙发 沙发上"
)
"""Places that are in others: a bridge in the mountains, a sofa in the garden."""
_PATHS = grammar.words("road roads street streets lane highway avenue boulevard")
"""Places of which the one behind a preposition says more: a road through the woods."""
_THROUGH = frozenset(["through", "in", "into", "across", "over", "along"])
_GREETING = frozenset(["wave", "bow", "clap", "parade", "cheer", "smile"])
"""Verbs that are nouns, and seldom the head of one that is made of two."""
_LIGHT = frozenset(["go", "goes", "come", "comes", "help", "helps"])
_LOOKING = frozenset(["look", "looks", "looking"])
"""Verbs that join an adjective: it looks old."""
_RELATIVE = syntax.RELATIVE | {"whose"}
_GOING_OFF = frozenset(["go", "head"])
_GOING = frozenset(["vehicle"])
"""Kinds of nouns before a participle: train leaving the station."""
_SHOOTING = frozenset(["shot", "shots"])
_BESIDE = {
    "mouse": grammar.words("keyboard laptop computer monitor pc cursor click trackpad usb gamer 键盘 电脑"),
    "seal": grammar.words("letter envelope wax document scroll stamp parchment"),
}
"""Animals that are things beside some words: a mouse beside a keyboard."""
_AT_BAT = grammar.words("hit bat ball baseball pitcher pitch swing base team stadium plate crowd strike homer inning")
"""Words beside which a batter is somebody, and no dough."""
_MADE_OF = frozenset(["made of", "made out of", "made from", "built of", "carved out of", "carved from"])
_TREES = grammar.words("tree oak willow maple elm birch chestnut")


def resolve(units: list[Unit]) -> None:
    """Leave each unit only the senses it has where it stands."""
    body = any("body" in unit.kinds and "character" not in unit.kinds for unit in units)
    figurative.resolve(units)
    _resolve_alone(units)
    _resolve_stuff(units)
    _resolve_batter(units)
    denominal.resolve(units)
    for at, unit in enumerate(units):
        if unit.is_word and unit.senses and not unit.negated:
            if unit.kinds >= {"body", "character"}:
                unit.keep(*(unit.kinds - {"character" if body else "body"}))
            _resolve_noun(units, at)
            if chinese_clauses.arrives(units, at):
                unit.senses, unit.verb = (Sense("action", "walk", near=True),), True
            if unit.word in _LETTING and syntax.agents_before(units, at):
                unit.senses, unit.verb = (Sense("deed"),), True
            _resolve(units, at)
            if _names_place(units, at, syntax.after(units, at)) or _is_device(units, at):
                unit.senses = (Sense("object"),)
    _resolve_shade(units)


def _resolve_noun(units: list[Unit], at: int) -> None:
    """Choose what a noun is for of several things that it may be for."""
    unit, following = units[at], syntax.after(units, at)
    if "camera" in unit.kinds and unit.kinds & syntax.THINGS and _is_at_hand(units, at):
        unit.keep(*syntax.THINGS)
    qualifies = unit.word in denominal.OF_ANIMALS and following is not None and is_animal(following)
    if qualifies or ("character" in unit.kinds and following is not None and following.word in _PHOTOS):
        unit.senses = (Sense("manner"),)  # a baby rabbit, a family portrait
    if "scene" in unit.kinds and _says_who(units, at):
        unit.senses = _hinting(unit)
    if unit.kinds & _SOILED and not syntax.is_agent(unit) and _is_stuck(units, at):
        unit.senses = (*(sense for sense in unit.senses if sense.kind == "weather"), Sense("object"))
    if unit.kinds >= _WORN:
        unit.keep(*(unit.kinds - {"character" if _is_worn(units, at) else "clothing"}))


def _is_device(units: list[Unit], at: int) -> bool:
    """Whether a noun for an animal is a thing: next to a keyboard, clicks his mouse; but no mouse that dances on a laptop."""
    following = syntax.after(units, at)
    marks = _BESIDE.get(lexicon.listed_stem(units[at].word, _BESIDE))
    if marks is None or units[at].verb or (following is not None and following.kinds & VERBS):
        return False
    return _is_beside(units, marks)


def _is_beside(units: list[Unit], marks: frozenset[str]) -> bool:
    """Whether a prompt has one of some words."""
    beside = {word for unit in units if unit.is_word for word in unit.word.split(" ")}
    return any(lexicon.listed_stem(word, marks) for word in beside)


def _resolve_stuff(units: list[Unit]) -> None:
    """Take what somebody is made of for no place and no light: a robot made of wood."""
    for at in range(1, len(units)):
        if units[at - 1].word in _MADE_OF and units[at].kinds & (syntax.NOUNS | {"light", "colour"}):
            units[at].senses = (Sense("object"),)


def _resolve_batter(units: list[Unit]) -> None:
    """Make dough of a batter who does nothing and plays no baseball."""
    for at, unit in enumerate(units):
        following = syntax.after(units, at)
        if unit.word.split(" ")[-1] != "batter" or (following is not None and following.kinds & VERBS):
            continue
        if not _is_beside(units[:at] + units[at + 1 :], _AT_BAT):
            unit.senses = (Sense("food"), Sense("scene hint", "kitchen"))


def _resolve_shade(units: list[Unit]) -> None:
    """Make an outdoor place of the tree that somebody is under where the prompt names no other place: play chess under a tree."""
    if any("scene" in unit.kinds for unit in units):
        return
    for at, unit in enumerate(units):
        governor = syntax.governor(units, at) if unit.word.split(" ")[-1] in _TREES and unit.is_asked else None
        if governor is not None and governor.word in _UNDER and not unit.word.startswith("christmas"):
            unit.senses = (*unit.senses, Sense("scene", "meadow"))


def _resolve_alone(units: list[Unit]) -> None:
    """Take "one person" behind somebody for no more people."""
    for at in [at for at in range(1, len(units)) if _is_alone(units, at)]:
        for unit in units[at - 1 : at + 1]:
            unit.senses = (Sense("manner"),)


def _is_alone(units: list[Unit], at: int) -> bool:
    """Whether a word ends "one person" right behind whoever does something alone: 他一个人在跑步."""
    if units[at].word != "人" or units[at - 1].word != "一个":
        return False
    begin = at - 1
    while begin and units[begin - 1].kinds == {"manner"}:
        begin -= 1
    previous = syntax.before(units, begin)
    return previous is not None and syntax.is_agent(previous)


def _is_worn(units: list[Unit], at: int) -> bool:
    """Whether a word for clothes and for people is clothes: in trainers, a pair of joggers."""
    governor = syntax.governor(units, at)
    return governor is not None and governor.word in _WEARING


def _is_at_hand(units: list[Unit], at: int) -> bool:
    """Whether a word for a thing and for a move of the camera is the thing: eggs in a pan, she holds a red pan."""
    governor = syntax.governor(units, at)
    if governor is None or any(unit.word in _FILMING for unit in units[:at]):
        return False
    return governor.word in _UPON or bool(governor.kinds & VERBS)


def _resolve(units: list[Unit], at: int) -> None:
    unit, previous, following = units[at], syntax.before(units, at), syntax.after(units, at)
    if unit.kinds & VERBS and (not unit.kinds <= {"deed", "link"} or unit.word.endswith(_OUT_OF)):
        _choose_verb(units, at)
    if unit.word in _LOOKING and following is not None and syntax.is_adjective(following):
        unit.verb = False
        unit.senses = (Sense("link"),)
    if unit.word in _SHOOTING and previous is not None and syntax.is_agent(previous) and "link" in unit.kinds:
        unit.senses = (Sense("deed"),)
    if unit.kinds & syntax.ADJECTIVES and unit.kinds & syntax.NOUNS and not unit.verb and _is_noun(following):
        unit.keep(*syntax.ADJECTIVES)
    if unit.kinds >= _COUNTING:
        counted = following is not None and following.word == "of"
        unit.keep(*(_COUNTING - {"character" if counted else "number"}))
    if unit.kinds >= TOYS and not _acts(units, at) and not _is_shown(units, at):
        unit.keep(*(unit.kinds - {"character"}))
    if _is_less_of_a_place(units, at, following):
        unit.senses = tuple(Sense("scene hint", sense.meaning) for sense in unit.senses if sense.kind == "scene")
    if following is not None and following.is_word and _is_pure_thing(following) and following.word.isascii():
        behind = syntax.after(units, at + 1)
        if following.form != "s" or behind is None or behind.word not in grammar.INDEFINITE | grammar.DEFINITE:
            _modify(unit, following)


def _is_less_of_a_place(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a place only says more of another one behind it: a beach café, a road through the woods."""
    if "scene" not in units[at].kinds or not (units[at].word.isascii() or units[at].word in _STRUCTURES):
        return False
    beside = following is not None and "scene" in following.kinds
    if _is_structure(units[at]) and any(_says_more(unit) for unit in units):
        return True
    return beside or (units[at].word in _PATHS and _leads_elsewhere(units, at))


def _says_more(unit: Unit) -> bool:
    """Whether a word names a place, and nothing that stands in many places."""
    return unit.is_asked and "scene" in unit.kinds and not _is_structure(unit)


def _is_structure(unit: Unit) -> bool:
    """Whether a word names what stands in many places."""
    return lexicon.listed_stem(unit.word.split(" ")[-1], _STRUCTURES) != ""


def _leads_elsewhere(units: list[Unit], at: int) -> bool:
    """Whether a way leads through a place that says more of the film: a road through autumn woods."""
    following = syntax.after(units, at)
    if following is None or following.word not in _THROUGH:
        return False
    for unit in units[at + 2 :]:
        if unit.ends_clause or syntax.is_agent(unit) or unit.kinds & VERBS or unit.word in grammar.PREPOSITIONS:
            return False
        if "scene" in unit.kinds:
            return unit.meaning("scene") != units[at].meaning("scene")
    return False


def _is_noun(unit: Unit | None) -> bool:
    """Whether a unit can only be a noun."""
    if unit is None:
        return False
    return syntax.is_agent(unit) or (unit.is_word and bool(unit.kinds & syntax.NOUNS) and not unit.kinds & VERBS)


def _acts(units: list[Unit], at: int) -> bool:
    """Whether a noun stands before what it does itself: a teddy bear waves, but no girl hugging her teddy bear."""
    if any(syntax.is_agent(unit) and not unit.kinds >= TOYS for unit in units[:at]):
        return False
    following = syntax.after(units, at)
    return following is not None and (bool(following.kinds & VERBS) or following.word in grammar.AUXILIARIES)


def _is_shown(units: list[Unit], at: int) -> bool:
    """Whether the film is about the likeness of an animal: no verb or preposition governs it, and nobody else is there."""
    if units[at].meaning("character") not in vocabulary.ANIMALS:
        return False
    others = any(syntax.is_agent(unit) and unit.is_asked for unit in units if unit is not units[at])
    before = units[at - len(counts.noun_phrase(units, at)) - 1 : at][:1] if at else []
    governed = before and (before[0].word in grammar.PREPOSITIONS or before[0].kinds & VERBS)
    return not others and not governed


def _is_pure_thing(unit: Unit) -> bool:
    return (
        not unit.negated
        and bool(unit.kinds & syntax.THINGS)
        and unit.kinds <= (syntax.THINGS | {"scene hint", "time hint", "vehicle"})
    )


def _names_place(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a noun for somebody only says what place others are at: a man in a butcher shop."""
    unit = units[at]
    if unit.meaning("character") not in PEOPLE | {"fish"} or unit.verb or syntax.is_many(unit):
        return False
    if following is None or not following.kinds & _PLACES or following.word.split(" ")[0] in grammar.PREPOSITIONS:
        return False
    begin = syntax.begin(units, at) - 1
    if begin < 1 or not syntax.is_determiner(units[begin]) or unit.word.endswith("'s"):
        return False
    governor = units[begin - 1]
    there = governor.word in _WHERE or (governor.kinds & VERBS and not syntax.is_agent(governor))
    return bool(there) and any(syntax.is_agent(each) for each in units[:begin])


def _modify(unit: Unit, thing: Unit) -> None:
    """Take a noun that only says what kind of thing follows for less: a dog bowl is no dog, a park bench no whole park."""
    if unit.word.endswith("'s") and "body" in thing.kinds:
        return
    if ("character" in unit.kinds and not unit.verb and not thing.word.endswith("ing")) or (
        "weather" in unit.kinds and (unit.word in _MATTER) and thing.kinds & {"object", "food", "clothing"}
    ):
        unit.senses = (Sense("object"),)
    elif "scene" in unit.kinds and thing.kinds & {"object", "food", "clothing", "idea"}:
        unit.senses = _hinting(unit)


def _is_stuck(units: list[Unit], at: int) -> bool:
    """Whether a word names what is on somebody and no place where he is: hands covered in mud, sand on his feet, 手上沾满泥."""
    if not units[at].word.isascii():
        return _is_stuck_in_chinese(units, at)
    governor = syntax.governor(units, at)
    if (governor is None or governor.word not in _WHERE) and _is_on_body(units, at + 1):
        return True
    if governor is None or governor.word not in _SOILED_WITH:
        return False
    place = syntax.place_of(units, governor) - 1
    if place < 0 or not _is_covered(units[place]):
        return False
    noun = next((unit for unit in reversed(units[:place]) if unit.kinds - {"link", "manner"}), None)
    if noun is None or not (noun.kinds & _OF_ONES_OWN or syntax.is_agent(noun)):
        return False
    if units[place].form == "ed":
        units[place].senses = (Sense("deed"),)  # caked
    return True


def _is_on_body(units: list[Unit], at: int) -> bool:
    """Whether somebody's body or clothes follow a preposition at a place: all over his jeans, stuck to her legs."""
    while at + 1 < len(units) and (units[at].word in _STUCK or units[at].word == "all"):
        at += 1
    if at + 1 >= len(units) or units[at].word not in _SOILING or units[at].ends_clause:
        return False
    return bool(units[syntax.head(units, at + 1)].kinds & _OF_ONES_OWN)


def _is_covered(unit: Unit) -> bool:
    """Whether a word says that something else is on somebody: covered, full."""
    return unit.word in _FULL or (unit.form == "ed" and lexicon.listed_stem(unit.word, _COVERED) != "")


def _is_stuck_in_chinese(units: list[Unit], at: int) -> bool:
    for unit in reversed(units[:at]):
        if unit.ends_clause or unit.kinds & _OF_ONES_OWN or syntax.is_agent(unit) or unit.word in {"在", "的"}:
            return bool(unit.kinds & _OF_ONES_OWN)
        if unit.word.startswith(_CHINESE_COVERED):
            ahead = [each for each in units[:at] if each.kinds & _OF_ONES_OWN]
            return bool(ahead) or unit.word.startswith(_CHINESE_STICKING)
        if unit.kinds - {"link", "manner", "colour", "number"}:
            return False
    return False


def _takes_something(units: list[Unit], at: int) -> bool:
    """Whether an object follows a verb of two words that is a motion without one: takes off his coat, but: takes off at dawn."""
    first, _, particle = units[at].word.partition(" ")
    following = syntax.after(units, at)
    if following is None or not any(f"{stem} {particle}" in _TAKING for stem in (first, *_stems(first))):
        return False
    head = units[syntax.head(units, at + 1)]
    taken = denominal.is_object(following) or syntax.is_many(following) or bool(following.kinds & _OF_ONES_OWN)
    return taken and not head.kinds & _NO_OBJECTS


def _stems(word: str) -> Iterator[str]:
    return (stem for _, stem in lexicon.stems(word))


def _hinting(unit: Unit) -> tuple[Sense, ...]:
    """Return the places of a word as hints, which another word for a place overrules."""
    return tuple(Sense("scene hint", sense.meaning) for sense in unit.senses if sense.kind == "scene")


def _says_who(units: list[Unit], at: int) -> bool:
    """Whether a word for a place says who somebody is, and not where: a street reporter, but in the park people sit."""
    following = units[at + 1] if at + 1 < len(units) else None
    if following is None or following.kind != "word" or "character" not in following.kinds:
        return False
    begin = syntax.begin(units, at)
    if not begin or not syntax.is_determiner(units[begin - 1]):
        return False
    return begin == 1 or units[begin - 2].word not in _WHERE


def _choose_verb(units: list[Unit], at: int) -> None:
    unit = units[at]
    if unit.form == "er":
        return
    ordered = not unit.word.isascii() and unit.word in grammar.COMMANDS
    if syntax.is_request(units, at) or (ordered and not any(syntax.is_agent(each) for each in units[:at])):
        unit.senses = (Sense("link"),)
    elif _is_verb(units, at) or denominal.takes_object(units, at):
        unit.verb = True
        noun = lexicon.listed_stem(unit.word, _NOUN_HINTS) and unit.word != "fishing"
        unit.keep(*VERBS, *(() if noun else ("scene hint", "time hint")))
        _refine_verb(units, at)
    elif unit.kinds <= VERBS | {"scene hint", "link"} and unit.kinds != {"link"}:
        hints = tuple(sense for sense in unit.senses if sense.kind == "scene hint")
        unit.senses = hints or (Sense("idea"),)
    else:
        unit.senses = tuple(sense for sense in unit.senses if sense.kind not in VERBS)
        previous = units[at - 1] if at else None
        if previous is not None and previous.is_word and "character" in previous.kinds and _is_pure_thing(unit):
            _modify(previous, unit)  # a fish tattoo


def _refine_verb(units: list[Unit], at: int) -> None:
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
    if unit.kinds == {"deed"} and unit.word.endswith(_OUT_OF) and _is_left(syntax.after(units, at)):
        unit.senses = (Sense("action", "run"),)
    stem = lexicon.listed_stem(unit.word, _WITH_OBJECT)
    handled = _object(units, at) if stem else None
    if handled is not None:
        unit.senses = _handling(stem, handled)
    elif " " in unit.word and _takes_something(units, at):
        unit.senses = (Sense("deed"),)


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
    under = at + 2 < len(units) and units[at + 1].word in _UNDER
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
    return following is not None and (syntax.is_determiner(following) or bool(following.kinds & _PLACES))


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


def _is_verb(units: list[Unit], at: int) -> bool:
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
    return (unit.form == "s" and _stands_for_somebody(units, at - 1)) or _is_finite(units, at, previous, following)


def _is_inverted(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a verb stands between a place that its clause begins with and who does it there: on the roof sleeps a cat."""
    begin = syntax.begin_of_clause(units, at)
    first = units[begin].word
    placed = first.split(" ")[0] in grammar.PREPOSITIONS or first.endswith((" of", " to"))
    if units[at].form != "s" or not placed or following is None or following.word not in grammar.INDEFINITE:
        return False
    head = syntax.head(units, at + 1)
    ends = syntax.after(units, head) is None
    return ends and syntax.is_agent(units[head]) and not syntax.agents_before(units, at)


def _is_participle(units: list[Unit], at: int, previous: Unit | None, following: Unit | None) -> bool:
    if units[at].kinds & _NAMED_TOO:
        return previous is not None and _is_done(units, at, previous)
    thing = following is not None and _is_pure_thing(following) and following.kinds & syntax.THINGS != frozenset()
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
        return not thing
    return True


def _is_done(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a participle that is a noun, too, is what somebody does: she is painting, pouring tea; but: a painting, it is pouring."""
    following = syntax.after(units, at)
    if following is not None and (denominal.is_object(following) or _is_noun(following)):
        return syntax.is_agent(previous) or previous.word in grammar.AUXILIARIES or _has_idle_agent(units, at)
    if "weather" in units[at].kinds or (following is not None and following.word == "of"):
        return False
    return syntax.is_agent(previous) or previous.word in grammar.AUXILIARIES or bool(previous.kinds & VERBS)


def _begins_behind_somebody(units: list[Unit], at: int) -> bool:
    """Whether a clause begins at a place, and somebody was named before."""
    begins = at > 0 and (units[at - 1].ends_clause or units[at - 1].word in grammar.CONJUNCTIONS)
    return begins and any(syntax.is_agent(unit) for unit in units[:at])


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
        counted = unit.form == form and not _is_noun(following) and gathered.are_meant(units, at - 1)
        one = previous.word in _ALONE and unit.form == "s"
        one = one or (counts.is_described_one(units, at - 1) and not _is_noun(following))
        return counted or one or _is_light(units, at)
    if previous.word in grammar.MODALS | grammar.AUXILIARIES or syntax.is_agent(previous):
        thing = unit.form == "" and bool(unit.kinds & (syntax.THINGS | {"scene hint"})) and _is_one(units, at, previous)
        return not thing or _heads_several(units, at)  # a fish tattoo
    if previous.word in grammar.PREPOSITIONS or syntax.is_adjective(previous):
        return _is_behind_looks(units, at, previous) or _is_light(units, at)
    if previous.word in grammar.CONJUNCTIONS:
        done = (
            each.verb or each.kinds == {"deed"} or (unit.form != "" and syntax.is_agent(each)) for each in units[:at]
        )
        return any(done)
    return _follows_noun(units, at, previous)


def _is_behind_looks(units: list[Unit], at: int, previous: Unit) -> bool:
    """Whether a verb stands behind how somebody looks or is: a woman in red walks, boys in pajamas sleep; but no women in red shoes."""
    place, following = _idle_agent(units, at), syntax.after(units, at)
    worn = previous.word.startswith("in ") or ("colour" in previous.kinds and _governs(units, previous) == "in")
    if place is None or previous.word in grammar.PREPOSITIONS or _is_noun(following):
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
        grows = "nature" in previous.kinds and not _is_compared(units, previous)
        return _has_idle_agent(units, at) and not grows
    if previous.kinds & VERBS:
        light = previous.word.split(" ")[0] in _LIGHT
        behind = form == "s" and any(unit.word in _RELATIVE for unit in units[syntax.begin_of_clause(units, at) : at])
        return light or behind or (previous.negated and form == "s" and _has_idle_agent(units, at))
    return not previous.kinds & _SETTING or (form == "s" and _has_idle_agent(units, at))


def _is_compared(units: list[Unit], noun: Unit) -> bool:
    """Whether a noun is only compared with: as red as a rose."""
    governor = syntax.governor(units, syntax.place_of(units, noun))
    return governor is not None and governor.word in {"as", "than", "like"}


def _agrees(units: list[Unit], at: int) -> bool:
    """Whether a base form is what several do: three pigs in hard hats build a house, but no girl on a bike ride."""
    place = _idle_agent(units, at)
    if place is None:
        return False
    if not denominal.are_several(units, place):
        return False
    if units[at].word in _GREETING and (syntax.is_many(units[at - 1]) or place < at - 1):
        return True  # workers in yellow helmets wave
    if "clothing" in units[at - 1].kinds and _governs(units, units[at - 1]) in _WEARING:
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


def _idle_agent(units: list[Unit], at: int) -> int | None:
    """Return the place of who does nothing yet in the clause, or None."""
    for place in reversed(range(at)):
        unit = units[place]
        relative = place > 0 and units[place - 1].word in syntax.RELATIVE
        if unit.ends_clause or (unit.verb and not relative):
            return None
        if syntax.is_agent(unit) and unit.word not in syntax.RELATIVE:
            return place
    return None
