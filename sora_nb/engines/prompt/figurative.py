"""Take words for places, weather and names for less where they are figures: a sea of people, she storms out, cooking 🌊, 小狗在叫."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import emoji, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense
from sora_nb.engines.prompt.part import is_animal
from sora_nb.engines.prompt.subjects import subject_of

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SETTING = frozenset(["scene", "scene hint", "weather"])
_STORMING = grammar.words("up out off into")
"""Words behind what several do by a word for weather: glasses fog up, soldiers storm into the castle."""
_HEAPS = grammar.words(
    "cloud shower storm rain hail blizzard sea ocean forest mountain river island desert jungle wave bar"
)
"""Words for much, or a piece, of what stands behind "of"."""
_FLOWING = grammar.words("shower storm rain hail blizzard sea ocean river cloud")
"""Those of them that many flowers and leaves may be, too: a rain of petals; but a forest of pines is one."""
_HEAPED = frozenset(["character", "vehicle", "object", "clothing", "food", "idea", "body", "light", "sound", "place"])
_MINDS = frozenset(["idea", "body", "mood"])
"""Kinds of the nouns that an adjective for weather describes without any weather: a foggy mind."""
_POURED = frozenset(["food", "object", "nature"])
_FALLING_ITSELF = _POURED | {"light", "sound", "clothing", "body", "idea", "colour"}
"""Kinds of what pours or rains down itself, as the weather does."""
_DRY = frozenset(["fog", "cloudy", "clear"])
"""Weather of which the same holds: fog pours over the hills."""
_SPREADING = grammar.words("out into onto over through down across from")
"""Words behind what somebody or a waterfall does so."""
_WAVES = frozenset(["wave at", "waves at"])
_FALLING = frozenset(["fall", "falls", "falling"])
_CHINESE_ENDINGS = grammar.words("了 着 个 得 起来 不停")


def resolve(units: list[Unit]) -> None:
    """Leave such words no sense of a place, weather or name."""
    _resolve_decorations(units)
    for at, unit in enumerate(units):
        if not unit.is_word or unit.negated:
            continue
        if unit.word == "left" and _has_left_something(units, at):
            unit.senses, unit.form, unit.verb = (Sense("deed"),), "ed", True
        elif unit.word in _FALLING and at and "weather" in units[at - 1].kinds:
            unit.senses = (Sense("link"),)  # watching the rain fall
        elif unit.word in _WAVES and _is_of_sea(units, at):
            unit.senses = (Sense("nature"),)
        elif unit.kinds & _SETTING and _is_likened(units, at):
            unit.senses = (Sense("idea"),)
        elif "weather" in unit.kinds and _is_poured(units, at):
            unit.keep("action")
        elif "weather" in unit.kinds and (_is_done_by_somebody(units, at) or _falls_itself(units, at)):
            unit.senses = (Sense("deed"),)
        elif unit.word in grammar.CHINESE_NAMING and _is_call(units, at):
            unit.senses = (Sense("sound"),)


def _resolve_decorations(units: list[Unit]) -> None:
    """Take pictures that decorate words for less of a place than those words: cooking dinner 🌊."""
    if all(emoji.is_picture(unit.source) for unit in units if unit.is_word and unit.source):
        return
    for unit in units:
        if unit.source[:1] in emoji.DECORATIONS and "scene" in unit.kinds:
            unit.senses = tuple(
                replace(sense, kind="scene hint") if sense.kind == "scene" else sense for sense in unit.senses
            )


def _is_likened(units: list[Unit], at: int) -> bool:
    """Whether a word for weather or a place only says how much there is: a cloud of dust, a sea of people, a foggy mind."""
    unit, following = units[at], syntax.after(units, at)
    if following is None:
        return False
    if following.word == "of" and at + 2 < len(units) and lexicon.listed_stem(unit.word, _HEAPS):
        heaped = units[syntax.head(units, at + 2)]
        many = syntax.is_many(heaped) and "nature" in heaped.kinds and lexicon.listed_stem(unit.word, _FLOWING)
        return bool(heaped.kinds & _HEAPED or many)
    if "weather" not in unit.kinds:
        return False
    clouded = unit.form == "ed" and bool(units[syntax.head(units, at + 1)].kinds & syntax.THINGS)
    return clouded or (unit.word.endswith("y") and bool(following.kinds) and following.kinds <= _MINDS)


def _is_done_by_somebody(units: list[Unit], at: int) -> bool:
    """Whether a word for weather is what somebody or something does: she storms out, his glasses fog up, windows fogged."""
    unit, previous, following = units[at], syntax.before(units, at), syntax.after(units, at)
    if previous is None or previous.word == "it":
        return False
    subject = syntax.is_agent(previous) or bool(previous.kinds & (syntax.THINGS | {"vehicle", "scene hint"}))
    if not subject or unit.word.endswith("y"):
        return False
    several = previous.word.endswith("s") or previous.word in {"they", "we", "i", "you"}
    return unit.word.endswith(("s", "ed")) or (several and following is not None and following.word in _STORMING)


def _falls_itself(units: list[Unit], at: int) -> bool:
    """Whether a participle of the weather is what something else does: coffee is pouring, confetti raining down, fans pouring in."""
    unit, following = units[at], syntax.after(units, at)
    subject = subject_of(units, at) if unit.word.split(" ")[0].endswith("ing") else None
    if subject is None or subject.word == "it":
        return False
    if syntax.is_agent(subject) or "scene" in subject.kinds:
        return following is not None and following.word in _SPREADING
    weather = subject.meaning("weather")
    return weather in _DRY if weather else bool(subject.kinds & _FALLING_ITSELF)


def _is_poured(units: list[Unit], at: int) -> bool:
    """Whether a word for heavy rain begins a clause with what is poured out: pouring milk into a glass."""
    following = syntax.after(units, at)
    if following is None or syntax.before(units, at) is not None or "action" not in units[at].kinds:
        return False
    return syntax.is_determiner(following) or bool(following.kinds & _POURED)


def _has_left_something(units: list[Unit], at: int) -> bool:
    """Whether a word for a side is a verb: she left her umbrella; but nobody on her left, a girl."""
    previous, following = syntax.before(units, at), syntax.after(units, at)
    agent = previous is not None and syntax.is_agent(previous)
    return agent and following is not None and syntax.is_determiner(following)


def _is_of_sea(units: list[Unit], at: int) -> bool:
    """Whether waves "at" a place greet nobody: big waves at the beach, a wave at sunset."""
    before = units[syntax.begin_of_clause(units, at) : at]
    described = bool(before) and (syntax.is_determiner(before[-1]) or syntax.is_adjective(before[-1]))
    return not syntax.agents_before(units, at) and (described or units[at].word == "waves at")


def _is_call(units: list[Unit], at: int) -> bool:
    """Whether a Chinese verb, which else stands before a name, is what an animal does: 小狗在叫."""
    following = syntax.after(units, at)
    if following is not None and following.word not in _CHINESE_ENDINGS:
        return False
    return any(map(is_animal, syntax.agents_before(units, at)[-1:]))
