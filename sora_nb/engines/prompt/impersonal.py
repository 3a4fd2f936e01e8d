"""Find what nobody does: the deeds of the sky, the weather, the sea, a town or a time: 月亮在跳舞, 城市睡着了, winter arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS
from sora_nb.engines.prompt.scenery import INDOORS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_FALLING = ("雨", "雪", "花", "片", "雾", "云", "霾", "雹", "雷", "电", "风")
"""How Chinese nouns for weather end."""
_SHINING = ("光", "色", "幕", "霞", "阳", "月亮", "月", "辉", "晖", "曦", "霭", "落日", "旭日", "烈日", "夜空", "星空")
"""How Chinese nouns for the sky end; those for a time of day, such as 晚上, only say when."""
_HAPPENING = ("下", "冒", "淋", "刮", "起", "飘", "避", "躲", "打", "落")
"""How Chinese words for weather begin that are clauses of their own: 下雨."""
_PLACED = tuple("上下里中内外边旁前后处间头")
"""How Chinese words end that only say where or when something is: 海边, 月光下."""
_GOING_ON = frozenset(["在", "正", "正在"])
_TOWARD = grammar.words("从 自 向 往 朝 对 对着 给 把 被 跟 和 与 沿着 像 好像 仿佛 如 如同 都 也 又")
_COMING = ("来", "临", "逝")
"""How verbs end that a time of day has: 黄昏走来."""


def acts(units: list[Unit], at: int) -> bool:
    """Whether a word for nature, the sky, weather, a place outdoors or a time begins a clause that tells what that does."""
    unit = units[at]
    if unit.word.isascii():
        return _acts_in_english(units, at)
    if not unit.is_word or not _begins(units, at) or unit.word.endswith(_PLACED):
        return False
    clause = units[at + 1 : syntax.end_of_clause(units, at)]
    rest = [each for each in clause if not (_is_adverbial(each) or each.pictured)]
    verb = next((place for place, each in enumerate(rest) if each.kinds & VERBS), len(rest))
    if not rest or any(syntax.is_agent(each) or each.word == "的" for each in rest[:verb]):
        return False
    led = rest[0].word in _GOING_ON | _TOWARD
    if _is_force(unit):
        return led or verb == 0
    if "scene" in unit.kinds and unit.meaning("scene") not in INDOORS:
        return led or (verb == 0 and rest[-1].word.endswith("了"))
    return "time" in unit.kinds and verb == 0 and len(rest) == 1 and rest[0].word.endswith(_COMING)


def _acts_in_english(units: list[Unit], at: int) -> bool:
    """Whether a word is the subject of a verb right behind it: winter arrives, winter is coming, but no winter clothes."""
    following, last = syntax.after(units, at), units[at + 2 : at + 3]
    if following is not None and following.word in grammar.BEING:
        return last != [] and last[0].form == "ing"
    return following is not None and following.form == "s" and (following.verb or following.kinds == {"idea"})


def _is_adverbial(unit: Unit) -> bool:
    """Whether a word only says how something is done: 慢慢, 静静地."""
    return bool(unit.kinds) and unit.kinds <= {"manner", "mood"}


def _is_force(unit: Unit) -> bool:
    """Whether a noun is for the sky or the weather, and not for when somebody does something."""
    if "weather" in unit.kinds:
        return unit.word.endswith(_FALLING + _SHINING) and not unit.word.startswith(_HAPPENING)
    return "nature" in unit.kinds or ("time" in unit.kinds and unit.word.endswith(_SHINING))


def _begins(units: list[Unit], at: int) -> bool:
    """Whether nothing but a number and words for how it is stand before a noun in its clause: 一轮金色的月亮."""
    before = units[syntax.begin_of_clause(units, at) : at]
    return all(syntax.is_determiner(each) or syntax.is_adjective(each) or each.word == "的" for each in before)
