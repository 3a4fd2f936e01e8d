"""Choose what each word means by the words beside it: a walk and he walks, a park bench and a park."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    chinese_clauses,
    counts,
    denominal,
    figurative,
    grammar,
    handled,
    lexicon,
    owners,
    syntax,
    verbs,
    vocabulary,
)
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import PEOPLE, is_animal

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

TOYS = frozenset(["character", "object"])
"""Kinds of a toy that may be somebody: a teddy bear that waves."""
_COUNTING = frozenset(["character", "number"])
"""Kinds of a noun that counts others before "of": a couple, a couple of dogs."""
_MATTER = frozenset(["rain", "snow", "sun", "fog", "mist", "storm", "cloud", "thunder", "lightning", "ice"])
"""Weather whose word makes another of the thing behind it: a rain coat, a snow globe."""
_NOUN_HINTS = frozenset(["wave", "train", "fish", "building"])
"""Verbs that suggest no place, though their nouns do: she waves, but waves of the sea."""
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
_PHOTOS = grammar.words("photo picture portrait photograph selfie snapshot photos pictures portraits album")
_LETTING = frozenset(["let", "lets", "letting"])
"""Auxiliaries of requests that are verbs behind somebody: let's, but: she lets the baby sleep."""
_WORN = frozenset(["clothing", "character"])
_UPON = frozenset(["in", "on", "onto", "into", "with", "from", "atop"])
"""Prepositions before a thing that is also a move of the camera: in a pan, on a pedestal."""
_FILMING = frozenset(["camera", "lens"])
_WHERE = grammar.PREPOSITIONS - grammar.words("of by with for from to like as about against")
"""Prepositions of places."""
_STRUCTURES = grammar.words(
    "bridge lighthouse sofa couch stairs staircase pond fountain corridor hallway 走廊 桥 小桥 石桥 木桥 桥上 灯塔 沙发 沙发上"
)
"""Places that are in others: a bridge in the mountains, a sofa in the garden, a hospital's corridor."""
_PATHS = grammar.words("road roads street streets lane highway avenue boulevard")
"""Places of which the one behind a preposition says more: a road through the woods."""
_THROUGH = frozenset(["through", "in", "into", "across", "over", "along"])
_LOOKING = frozenset(["look", "looks", "looking"])
"""Verbs that join an adjective: it looks old."""
_SHOOTING = frozenset(["shot", "shots"])
_BESIDE = {
    "mouse": grammar.words("keyboard laptop computer monitor pc cursor click trackpad usb gamer 键盘 电脑"),
    "seal": grammar.words("letter envelope wax document scroll stamp parchment"),
}
"""Animals that are things beside some words: a mouse beside a keyboard."""
_AT_BAT = grammar.words("hit bat ball baseball pitcher pitch swing base team stadium plate crowd strike homer inning")
"""Words beside which a batter is somebody, and no dough."""
_MADE_OF = frozenset(["made of", "made out of", "made from", "built of", "carved out of", "carved from"])
_MATERIALS = grammar.words(
    "gold silver bronze copper iron steel stone marble rock wood clay glass crystal ice fire flames smoke water paper straw leather "
    "velvet silk wool chocolate candy dust sand snow mud lava porcelain diamond light lightning shadow shadows metal plastic cardboard"
)
"""What somebody, or a part of him, is of who is made of it: a man of steel, a heart of stone."""
_NAMED_FOR = grammar.words("factory shop store museum zoo planet world kingdom colony")
"""Places that are named for whom or what they have, also where no determiner stands before that: robot factory."""
_THERE = grammar.words("home underwater downtown seaside backstage well safe set stable square ground")
"""Words for places that are adverbs or adjectives behind a noun: a boy home alone, keeps the dog safe."""
_TREES = grammar.words("tree oak willow maple elm birch chestnut")


def resolve(units: list[Unit]) -> None:
    """Leave each unit only the senses it has where it stands."""
    body = any("body" in unit.kinds and "character" not in unit.kinds for unit in units)
    figurative.resolve(units)
    owners.resolve(units)
    _resolve_alone(units)
    _resolve_stuff(units)
    _resolve_batter(units)
    denominal.resolve(units)
    for at, unit in enumerate(units):
        if owners.is_text(units, at):
            unit.senses = (Sense("object"),)
        if unit.is_word and unit.senses and not unit.negated:
            if unit.kinds >= {"body", "character"}:
                unit.keep(*(unit.kinds - {"character" if body else "body"}))
            _resolve_noun(units, at)
            if chinese_clauses.arrives(units, at):
                unit.senses, unit.verb = (Sense("action", "walk", near=True),), True
            if unit.word in _LETTING and syntax.agents_before(units, at):
                unit.senses, unit.verb = (Sense("deed"),), True
            handled.drive(units, at)
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
    if unit.kinds & _SOILED and not (syntax.is_agent(unit) or "action" in unit.kinds) and _is_stuck(units, at):
        unit.senses = (*(sense for sense in unit.senses if sense.kind == "weather"), Sense("object"))
    if unit.kinds >= _WORN:
        unit.keep(*(unit.kinds - (VERBS | {"character"} if _is_worn(units, at) else {"clothing"})))


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
    """Take what somebody is made of for no place and no light: a robot made of wood, a cat of clay, a heart of ice."""
    for at in range(1, len(units)):
        somebody = at > 1 and (syntax.is_agent(units[at - 2]) or units[at - 2].kinds & {"body", "animal"})
        stuff = somebody and units[at - 1].word in _MADE_OF | {"of"} and units[at].word in _MATERIALS
        thing = units[at].kinds & (syntax.NOUNS | {"light", "colour", "style"})
        if stuff or (units[at - 1].word in _MADE_OF and thing):
            units[at].senses, units[at].form = (Sense("object"),), ""


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
        if governor is not None and governor.word in syntax.UNDER and not unit.word.startswith("christmas"):
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
    """Whether a word for clothes and for people is clothes: in trainers, a pair of joggers; but no group of joggers."""
    governor = syntax.governor(units, at)
    grouped = governor is not None and lexicon.is_group(units[syntax.place_of(units, governor) - 1].word)
    return governor is not None and governor.word in syntax.WEARING and not grouped


def _is_at_hand(units: list[Unit], at: int) -> bool:
    """Whether a word for a thing and for a move of the camera is the thing: eggs in a pan, she holds a red pan."""
    governor = syntax.governor(units, at)
    if governor is None or any(unit.word in _FILMING for unit in units[:at]):
        return False
    return governor.word in _UPON or bool(governor.kinds & VERBS)


def _resolve(units: list[Unit], at: int) -> None:
    unit, previous, following = units[at], syntax.before(units, at), syntax.after(units, at)
    if unit.kinds & VERBS and (not unit.kinds <= {"deed", "link"} or unit.word.endswith(handled.OUT_OF)):
        _choose_verb(units, at)
    if unit.word in _LOOKING and following is not None and syntax.is_adjective(following):
        unit.verb = False
        unit.senses = (Sense("link"),)
    if previous is not None and syntax.is_agent(previous) and _is_done_off_screen(unit, following):
        unit.senses, unit.verb = (Sense("deed"),), True
    if unit.kinds & syntax.ADJECTIVES and unit.kinds & syntax.NOUNS and not unit.verb and syntax.is_noun(following):
        unit.keep(*syntax.ADJECTIVES)
    if unit.kinds >= _COUNTING:
        counted = following is not None and following.word == "of"
        unit.keep(*(_COUNTING - {"character" if counted else "number"}))
    if unit.kinds >= TOYS and not _acts(units, at) and not _is_shown(units, at):
        unit.keep(*(unit.kinds - {"character"}))
    if _is_less_of_a_place(units, at, following):
        unit.senses = tuple(Sense("scene hint", sense.meaning) for sense in unit.senses if sense.kind == "scene")
    if following is not None and following.is_word and syntax.is_pure_thing(following) and following.word.isascii():
        behind = syntax.after(units, at + 1)
        if following.form != "s" or behind is None or behind.word not in grammar.INDEFINITE | grammar.DEFINITE:
            _modify(unit, following)


def _is_done_off_screen(unit: Unit, following: Unit | None) -> bool:
    """Whether a word of film makers is what somebody before it does: a girl shot a goal, a barber cuts a man's hair; no scene cuts."""
    shooting = unit.word in _SHOOTING and "link" in unit.kinds
    onto = following is not None and (syntax.is_determiner(following) or bool(following.kinds & syntax.THINGS))
    return shooting or (unit.kinds == {"editing"} and onto)


def _is_less_of_a_place(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a place only says more of another one behind it: a beach café, a road through the woods."""
    if "scene" not in units[at].kinds or not (units[at].word.isascii() or units[at].word in _STRUCTURES):
        return False
    beside = following is not None and "scene" in following.kinds and not _is_structure(following)
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


def _names_place(units: list[Unit], at: int, following: Unit | None) -> bool:
    """Whether a noun for somebody only says what a place is: a butcher shop, an alien desert, across robot city; but no tags."""
    unit = units[at]
    if "character" not in unit.kinds or unit.verb or unit.word.endswith("'s") or syntax.is_many(unit):
        return False
    if following is None or not _is_place(following) or _is_no_end(syntax.after(units, at + 1)):
        return False
    if (following.kinds & VERBS and denominal.is_done_in_place(units, at + 1)) or _acts_alone(units, at):
        return False  # a man and his granddaughter garden
    begin = at - 1
    while begin >= 0 and units[begin].is_word and (syntax.is_adjective(units[begin]) or not units[begin].senses):
        begin -= 1
    before = units[begin] if begin >= 0 else unit
    there = before.word in _WHERE
    if following.form == "s" and not there and (begin < 1 or units[begin - 1].word not in _WHERE):
        return False  # the robot parks
    named = lexicon.listed_stem(following.word.split(" ")[0], _NAMED_FOR) != ""
    return there or syntax.is_determiner(before) or (named and unit.meaning("character") not in PEOPLE)


def _acts_alone(units: list[Unit], at: int) -> bool:
    """Whether a participle begins a clause that only somebody before a place may do: a man office, typing."""
    if any(syntax.is_agent(unit) for unit in units if unit is not units[at]):
        return False
    behind = range(at + 2, len(units))
    return any(
        units[place].form == "ing" and "action" in units[place].kinds and units[place - 1].ends_clause
        for place in behind
    )


def _is_place(unit: Unit) -> bool:
    """Whether a word is for a place and nothing else: a desert, but neither home nor well."""
    place = bool(unit.kinds & syntax.PLACES) and not unit.verb and not unit.kinds & {"manner", "quality", "vehicle"}
    return place and unit.word.split(" ")[0] not in grammar.PREPOSITIONS | _THERE


def _is_no_end(unit: Unit | None) -> bool:
    """Whether a word behind a place goes on with the phrase, or is done there: a woman beach photo, a girl street dancing."""
    if unit is None or not unit.is_word or _is_place(unit):
        return False
    done = unit.kinds & VERBS and unit.form
    noun = bool(unit.kinds & syntax.NOUNS) and not done and not unit.kinds & {"link", "manner"}
    return not unit.senses or noun or (unit.form == "ing" and "action" in unit.kinds)


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
    if noun is None or not (noun.kinds & syntax.OF_ONES_OWN or syntax.is_agent(noun)):
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
    return bool(units[syntax.head(units, at + 1)].kinds & syntax.OF_ONES_OWN)


def _is_covered(unit: Unit) -> bool:
    """Whether a word says that something else is on somebody: covered, full."""
    return unit.word in _FULL or (unit.form == "ed" and lexicon.listed_stem(unit.word, _COVERED) != "")


def _is_stuck_in_chinese(units: list[Unit], at: int) -> bool:
    for unit in reversed(units[:at]):
        if unit.ends_clause or unit.kinds & syntax.OF_ONES_OWN or syntax.is_agent(unit) or unit.word in {"在", "的"}:
            return bool(unit.kinds & syntax.OF_ONES_OWN)
        if unit.word.startswith(_CHINESE_COVERED):
            ahead = [each for each in units[:at] if each.kinds & syntax.OF_ONES_OWN]
            return bool(ahead) or unit.word.startswith(_CHINESE_STICKING)
        if unit.kinds - {"link", "manner", "colour", "number"}:
            return False
    return False


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
    elif verbs.is_verb(units, at) or denominal.takes_object(units, at):
        unit.verb = True
        noun = lexicon.listed_stem(unit.word, _NOUN_HINTS) and unit.word != "fishing"
        unit.keep(*VERBS, *(() if noun else ("scene hint", "time hint")))
        handled.refine(units, at)
    elif unit.kinds <= VERBS | {"scene hint", "link"} and unit.kinds != {"link"}:
        hints = tuple(sense for sense in unit.senses if sense.kind == "scene hint")
        unit.senses = hints or (Sense("idea"),)
    else:
        unit.senses = tuple(sense for sense in unit.senses if sense.kind not in VERBS)
        previous = units[at - 1] if at else None
        if previous is not None and previous.is_word and "character" in previous.kinds and syntax.is_pure_thing(unit):
            _modify(previous, unit)  # a fish tattoo
