"""Say where a match or a film is watched: at home before a TV, where no place is said: dad falls asleep watching football."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, sports, syntax
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_WATCHING = frozenset(["watch"])
_CHINESE_WATCHING = grammar.words("看 观看 看着 在看")
_SHOWN = grammar.words(
    "game match movie cartoon news finals playoffs olympics superbowl anime sitcom film documentary series episode bowl cup "
    "比赛 足球比赛 篮球比赛 足球赛 篮球赛 球赛 世界杯 奥运会 电影 电视剧 动画片 动漫 春晚 综艺 新闻 足球 篮球"
)
"""What is watched on a screen; so is any sport."""
_WHOLE = grammar.words("看球赛 看比赛 看电影 看球 看动画片")
"""Chinese verbs with such an object."""
_AT_THE_GAME = grammar.words(
    "fan fans spectator spectators crowd audience cheerleader cheerleaders coach coaches referee player players 球迷 观众 裁判 教练"
)
"""Who watches a match where it is played, as players and coaches do."""
_WHERE = frozenset(["scene", "scene hint"])


def resolve(units: list[Unit]) -> None:
    """Let who watches a match or a film do so in a living room, and not on the field."""
    if any(unit.is_asked and unit.kinds & syntax.SOMEBODY and _is_at_the_game(unit) for unit in units):
        return
    for at, unit in enumerate(units):
        shown = _object(units, at) if unit.is_asked else None
        if shown is None:
            continue
        for thing in units[at + 1 : shown + 1]:
            kept = tuple(sense for sense in thing.senses if sense.kind not in _WHERE)
            thing.senses = kept or (Sense("idea"),)
        unit.senses = (
            *(sense for sense in unit.senses if sense.kind not in _WHERE),
            Sense("scene hint", "living room"),
        )


def _object(units: list[Unit], at: int) -> int | None:
    """Return the place of what a verb of watching has as its object where that is shown on a screen, or None."""
    unit = units[at]
    if unit.word in _WHOLE:
        return at
    english = unit.word.isascii() and lexicon.listed_stem(unit.word, _WATCHING) != "" and unit.verb
    if not (english or unit.word in _CHINESE_WATCHING):
        return None
    place = syntax.head(units, at + 1)
    if place < len(units) and syntax.is_determiner(units[place]):
        place += 1  # a cartoon
    while place < len(units) - 1 and _is_shown(units[place]) and _is_shown(units[place + 1]):
        place += 1  # 足球比赛
    return place if place < len(units) and _is_shown(units[place]) else None


def _is_shown(unit: Unit) -> bool:
    """Whether a noun is for what is shown on a screen: the game, a horror movie, football."""
    if not unit.is_asked or unit.kinds & syntax.SOMEBODY:
        return False
    last = unit.word.split(" ")[-1]
    return last in _SHOWN or lexicon.listed_stem(last, _SHOWN) != "" or sports.is_sport(unit)


def _is_at_the_game(unit: Unit) -> bool:
    return unit.word.split(" ")[-1] in _AT_THE_GAME or sports.is_sport(unit)
