"""Invent somebody for a prompt that names nobody, unless it is about something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import (
    attributes,
    counts,
    grammar,
    impersonal,
    occasions,
    owners,
    pronouns,
    subjects,
    syntax,
)
from sora_nb.engines.prompt.explanation import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sora_nb.engines.prompt.cast import Casting
    from sora_nb.engines.prompt.units import Unit

_SCENERY = frozenset(["landscape", "landscapes", "scenery", "skyline", "city skyline", "风景", "天际线", "大自然"])
"""What a film is about where nobody plays in it."""
_FILMED = frozenset(["camera", "framing", "lens", "editing", "link"])
"""Kinds of words before the one of _TOWARD that brings in what a film is about: a drone shot of a bridge, tilt up to the sky."""
_TOWARD = frozenset(["of", "over", "across", "to"])
_FIRST = grammar.words("we us our 我们 咱们 咱")
"""Words of people who ask for a film of themselves."""
_STILL = frozenset(["nature", "clothing", "body", "place", "idea"])
"""Kinds of nouns that a film is about where they come first."""
_VIEWS = frozenset(["scene", "time", "weather"])
"""Kinds of words for a view that a film is about where they come first: sunset over the sea, but not: at the sea."""
_SEASONS = grammar.words(
    "story adventure journey something anything thing moment memory movie film clip animation trailer commercial advertisement meme "
    "party festival ceremony celebration event life love magic show sport dream music_video idea day_off fun "
    "christmas halloween easter holiday birthday wedding 春天 夏天 秋天 冬天 春节 风 微风 季节 自然"
)
"""Words that say when and in what mood a film plays, and not what it is about."""
_FORCES = grammar.words("spring summer autumn fall winter season heatwave breeze wind sunlight sunbeam")
"""Such words for what is also seen by itself: sunlight pouring in, autumn in the mountains."""
_BEGINNING = grammar.COMMANDS | grammar.FILM_WORDS | frozenset(["it", "it's", "is", "there", "there's", "有"])
"""Words before what a film is about: a video of a storm, it is raining."""
_IDIOM = 4
"""How many characters have Chinese idioms, which say what a view is like: 灯火辉煌, 生机勃勃."""
_OF_IDIOMS = frozenset(["light", "colour", "mood", "manner", "sound", "scene hint"])
"""Kinds of such idioms."""
_CHANGING = grammar.words("先 先是 然后 接着 后来 最后 从 由 到 变 变成 变为 转 转为 之后 随后")
"""Chinese words between what a view is first and what it becomes."""
STOCK_CAST = ("corgi", "cat", "robot", "fox", "bear", "person", "panda", "rabbit")
"""Characters to choose from where the prompt names nobody."""
PEOPLE_CAST = ("person", "woman")
"""Characters to choose from where the prompt says what is done, but not by whom."""
NAMED = frozenset(["animal", "people", "vehicle", "object", "food"])
"""Kinds of nouns that a film may be about: where one is named, the engine invents nobody."""


def choose(number: int, options: tuple[str, ...]) -> str:
    """Return one of options by a number."""
    return options[number % len(options)]


def without(options: Iterable[str], read: Iterable[Unit], kind: str) -> tuple[str, ...]:
    """Return the options that the prompt does not leave out; all of them where it leaves nothing else."""
    everything = tuple(options)
    refused = {sense.meaning for unit in read if unit.negated for sense in unit.senses if sense.kind == kind}
    return tuple(option for option in everything if option not in refused) or everything


def invent(read: list[Unit], casting: Casting, seed: int, *, language: str) -> list[Role]:
    """Cast a prompt that names nobody who is drawn: its pronoun, somebody by seed, or nobody where others were asked for."""
    owner = pronouns.owner_of_body(read)
    if owner and not casting.parts and not casting.pronoun:
        return [Role(owner, "stand", stock=True)]
    early = next((meaning for unit in read for kind, meaning in unit.decides if kind == "action"), "")
    busy = any(unit.verb and "deed" in unit.kinds for unit in read)
    action = early or ("stand" if busy else "walk")
    if casting.pronoun and not casting.parts:
        idle = not any("deed" in unit.kinds and unit.is_asked for unit in read)
        return [Role(casting.pronoun, action if idle or early else "stand", stock=True)]
    past = any(unit.pictured and "scene" in unit.kinds for unit in read)
    nobody = (
        past
        or any(unit.word in _SCENERY | subjects.FIRST_PERSON for unit in read)
        or any(unit.kind == "mention" or "character" in unit.kinds for unit in read if unit.negated or unit.pictured)
    )
    bare = not early and any(unit.is_word and unit.negated for unit in read)
    if nobody or bare or language or not all(part.is_vehicle for part in casting.parts):
        return []
    guests = occasions.cast(read, early or "stand")
    if guests or casting.parts or any(owners.is_left_out(unit) for unit in read):
        return guests
    about = _is_filmed_view(read) or _is_change(read) or any(_is_subject(read, at) for at in range(len(read)))
    if about and not early:
        return []
    people = early or any(unit.word in _FIRST for unit in read)
    options = PEOPLE_CAST if people else STOCK_CAST
    return [Role(choose(seed >> 4, without(options, read, "character")), action, stock=True)]


def _is_filmed_view(read: list[Unit]) -> bool:
    """Whether a place is what a film is about: the camera glides over the city, 被大雪覆盖的村庄."""
    moves = any(unit.kinds == {"camera"} and unit.is_asked for unit in read)
    return any("scene" in unit.kinds and (moves or _is_described(read, at)) for at, unit in enumerate(read))


def _is_seen(read: list[Unit], at: int) -> bool:
    """Whether a word for a season, wind or light is told what it does or where that is: wind blowing, golden light on the hills."""
    following = syntax.after(read, at)
    if following is None or impersonal.acts(read, at):
        return following is not None
    if following.word in grammar.PREPOSITIONS:
        return any("scene" in unit.kinds for unit in read[at + 1 : syntax.end_of_clause(read, at)])
    return following.form == "ing" and not following.kinds & syntax.SOMEBODY


def _is_change(read: list[Unit]) -> bool:
    """Whether a film is about how the time of day, the season, the weather or the place changes: 先下雨, 然后出太阳, 从春天到冬天."""
    views = {unit.word for unit in read if unit.is_word and (unit.kinds & _VIEWS or unit.word in _SEASONS)}
    return len(views) > 1 and any(unit.word in _CHANGING or unit.kinds == {"editing"} for unit in read)


def _is_described(read: list[Unit], at: int) -> bool:
    """Whether a noun ends a Chinese clause that describes it: 被大雪覆盖的村庄."""
    return at > 1 and read[at - 1].word == "的" and syntax.after(read, at) is None


def _is_quiet(unit: Unit) -> bool:
    """Whether a word is for how a place sounds or is, or begins its phrase: a quiet village, a hot summer day."""
    return unit.kinds == {"sound"} or syntax.is_determiner(unit) or syntax.is_adjective(unit)


def _is_subject(read: list[Unit], at: int) -> bool:
    """Whether a film may be about a word, though the engine does not draw it: a thing, storms that roll, a zorble."""
    unit = read[at]
    if not unit.is_word or (unit.negated and "weather" not in unit.kinds):
        return False
    worn = "clothing" in unit.kinds and not any(each.verb for each in read)  # sneakers for sale
    if "scene" not in unit.kinds and (unit.kinds & NAMED or worn or _is_idiom(unit)):
        return True
    following = syntax.after(read, at)
    phrase = counts.noun_phrase(read, at)
    place = min(at - len(phrase), attributes.begin(read, at))
    while place > 0 and (read[place - 1].word in _BEGINNING | _FORCES or _is_quiet(read[place - 1])):
        place -= 1
    opens = place == 0 or read[place - 1].ends_clause or read[place - 1].word in grammar.CONJUNCTIONS
    filmed = place > 1 and read[place - 1].word in _TOWARD and bool(read[place - 2].kinds & _FILMED)
    if not unit.senses:
        return bool(phrase) and (following is None or not following.kinds & syntax.NOUNS)
    opens = opens or (_is_described(read, at) and bool(unit.kinds & {"nature", "place"}))  # 微距镜头下的水滴
    acts = unit.word in _SEASONS | _FORCES and impersonal.acts(read, at)
    if not acts and (unit.word in _FORCES or unit.kinds == {"light"}):
        return opens and _is_seen(read, at)
    if not (acts or opens or filmed) or (unit.word in _SEASONS and not acts):
        return False
    flies = "camera" in unit.kinds and bool(phrase) and following is not None and following.verb  # a drone flies
    hinting = unit.form == "" and unit.kinds <= {"scene hint", "time hint"}  # a fireplace
    return flies or hinting or bool(unit.kinds & (_STILL | _VIEWS))


def _is_idiom(unit: Unit) -> bool:
    """Whether a word is a Chinese idiom for how a view looks or sounds."""
    return len(unit.word) == _IDIOM and not unit.word.isascii() and unit.kinds <= _OF_IDIOMS and bool(unit.kinds)
