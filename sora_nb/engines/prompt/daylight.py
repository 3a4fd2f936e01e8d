"""Read the time of day from what the sun does, in whatever form: the sun is slowly going down, 太阳慢慢升起."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SUN = grammar.words("sun 太阳 夕阳 日头 红日 旭日")
_MEANT = {
    "sunset": "set sink sank dip descend disappear vanish drop 下山 落山 落下 落 下沉 西沉 沉 沉入 西下 落入",
    "dawn": "rise rose climb ascend emerge 升起 升 初升 爬",
}
_VERBS = {verb: time for time, verbs in _MEANT.items() for verb in verbs.split()}
_GOING = frozenset(["go", "come"])
_PARTICLES = {"down": "sunset", "up": "dawn"}
_BEGINNING = frozenset(["begin", "start", "begun", "began"])
_SOON = grammar.words("about 快要 快 即将 刚刚 刚 开始 慢慢 缓缓 渐渐 逐渐")


def resolve(units: list[Unit]) -> None:
    """Make a time of day of the sun and what it does; its verb is no deed of anybody."""
    for at, unit in enumerate(units):
        if unit.word in _SUN and unit.is_word and not unit.negated:
            _resolve(units, at)


def _resolve(units: list[Unit], at: int) -> None:
    passed: list[Unit] = []
    for place in range(at + 1, len(units)):
        unit = units[place]
        time = "" if unit.negated or unit.ends_clause else _time(units, place)
        if time:
            weather = tuple(sense for sense in units[at].senses if sense.kind == "weather")
            units[at].senses = (Sense("time", time), *weather)
            for each in (*passed, unit):
                each.senses = (Sense("link"),)
            return
        begins = lexicon.listed_stem(unit.word, _BEGINNING) != ""
        if unit.negated or unit.ends_clause or not (begins or unit.word in _SOON or _is_passed(unit)):
            return
        if begins:
            passed.append(unit)


def _is_passed(unit: Unit) -> bool:
    return unit.word in grammar.AUXILIARIES or syntax.is_adverb(unit)


def _time(units: list[Unit], at: int) -> str:
    """Return the time of day of what the sun does at a place, or ""."""
    word = units[at].word
    stem = lexicon.listed_stem(word, _VERBS.keys() | _GOING)
    following = syntax.after(units, at)
    if stem in _GOING:
        return _PARTICLES.get(following.word, "") if following is not None else ""
    return _VERBS.get(stem, "")
