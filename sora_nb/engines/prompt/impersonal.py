"""Find what nobody does: the deeds of the sky, the weather, the sea, a town or a time: 月亮在跳舞, 城市睡着了, winter arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS
from sora_nb.engines.prompt.scenery import INDOORS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_FALLING = ("雨", "雪", "花", "片", "雾", "云", "霾", "雹", "雷", "电", "风", "声")
"""How Chinese nouns for weather end."""
_SHINING = ("光", "色", "幕", "霞", "阳", "月亮", "月", "辉", "晖", "曦", "霭", "落日", "旭日", "烈日")
"""How Chinese nouns for the sky end; those for a time of day, such as 晚上, only say when."""
_HAPPENING = ("下", "冒", "淋", "刮", "起", "飘", "避", "躲", "打", "落")
"""How Chinese words for weather begin that are clauses of their own: 下雨."""
_PLACED = tuple("上下里中内外边旁前后处间头")
"""How Chinese words end that only say where or when something is: 海边, 月光下."""
_GOING_ON = frozenset(["在", "正", "正在"])
_PREPOSITIONS = grammar.words("从 自 向 往 朝 沿着 也 都 又 跟 和 与")
_TOWARD = grammar.words("从 自 向 往 朝 对 对着 给 把 被 跟 和 与 沿着 像 好像 仿佛 如 如同 都 也 又")
_COMING = ("来", "临", "逝")
"""How verbs end that a time of day has: 黄昏走来."""
_SEASONS = grammar.words("春天 夏天 秋天 冬天 春季 夏季 秋季 冬季 盛夏 寒冬 初春 深秋 初夏 初冬 春节")
_ENGLISH_SEASONS = grammar.words("spring summer autumn winter")
_IT_IS = frozenset(["it's", "is", "was"])
_HAVING = frozenset(["has", "had"])
_THERE = grammar.words("here back there near over in upon around")
"""Words behind a form of be for a season that has come: autumn is here, spring is in the air."""
_ENTERING = (*_COMING, "进", "过", "去", "开", "到", "入")
"""How verbs end that a season has: 秋天走进森林; somebody else does what others say: 冬天跑步."""


def acts(units: list[Unit], at: int) -> bool:
    """Whether a word for nature, the sky, weather, a place outdoors or a time begins a clause that tells what that does."""
    unit = units[at]
    if unit.word.isascii():
        return _acts_in_english(units, at)
    named = unit.is_word and not syntax.is_agent(unit) and not unit.word.endswith(_PLACED)
    return named and _begins(units, at) and _acts_in_chinese(units, at)


def _acts_in_chinese(units: list[Unit], at: int) -> bool:
    """Whether the clause that a noun begins tells what that does, and not what somebody does then or there."""
    unit = units[at]
    clause = units[at + 1 : syntax.end_of_clause(units, at)]
    rest = [each for each in clause if not (_is_adverbial(each) or each.pictured)]
    verb = next((place for place, each in enumerate(rest) if each.kinds & VERBS), len(rest))
    if not rest or any(syntax.is_agent(each) or each.word == "的" for each in rest[:verb]):
        return False
    if unit.word in _SEASONS:
        return _enters(rest, verb)
    led = rest[0].word in _GOING_ON | _TOWARD
    if _is_force(unit):
        return led or verb == 0
    there = unit.word.endswith("空") or ("scene" in unit.kinds and unit.meaning("scene") not in INDOORS)
    if there:
        return led or (verb == 0 and rest[-1].word.endswith("了"))
    return "time" in unit.kinds and verb == 0 and len(rest) == 1 and rest[0].word.endswith(_COMING)


def is_thing(unit: Unit) -> bool:
    """Whether a noun is for a thing, and for no Chinese season, in which somebody may do something: 冬天跑步."""
    return bool(unit.kinds & syntax.THINGS) and unit.word not in _SEASONS


def _enters(rest: list[Unit], verb: int) -> bool:
    """Whether what is said of a season is its own deed: 春天来了, 秋天像画家, 夏天在跳舞; but 夏天在海边游泳."""
    if verb == len(rest):
        return True
    alone = all(unit.word in _GOING_ON for unit in rest[:verb])
    comes = rest[verb].word.endswith(_ENTERING) or any(unit.word.endswith(_COMING) for unit in rest[verb + 1 :])
    if comes and (alone or rest[0].word == "从"):
        return True
    return (alone and verb > 0) or rest[0].word in _TOWARD - _PREPOSITIONS


def _acts_in_english(units: list[Unit], at: int) -> bool:
    """Whether a word is the subject of a verb right behind it: winter arrives, winter is coming, but no winter clothes."""
    following, last = syntax.after(units, at), units[at + 2 : at + 3]
    season = units[at].word in _ENGLISH_SEASONS
    if (
        season
        and at
        and units[at - 1].word in _IT_IS
        and (following is None or following.word in grammar.CONJUNCTIONS | grammar.PREPOSITIONS)
    ):
        return True
    if following is not None and following.word in grammar.BEING | _HAVING and last:
        come = (
            last[0].word in _THERE
            or (last[0].form == "ed" and following.word in _HAVING)
            or last[0].word in {"come", "begun"}
        )
        return last[0].form == "ing" or (season and come)
    finite = following is not None and (following.form == "s" or (season and following.form == "ed"))
    return following is not None and finite and (following.verb or following.kinds == {"idea"})


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
