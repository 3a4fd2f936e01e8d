"""Find in Chinese clauses whom a verb before a noun describes, and who is named without doing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax, vocabulary
from sora_nb.engines.prompt.lexicon import VERBS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_OF = "的"
_IS = "是"
_ASIDE_VERBS = grammar.words("围着 绕着 围绕 环绕 帮 抱着 抱 抱起 背着 背 搂着 举着 捧着 推着 扛着 抱住")
"""Verbs for what is done to somebody who is held or helped."""
_ASIDE = grammar.words("给 向 对 为 把 替 朝 对着 朝着") | _ASIDE_VERBS
"""Words behind which somebody stands to whom something is done."""
_HELD = frozenset(["vehicle", "object", "food", "clothing", "link"])
"""Kinds of the words for what somebody who is held does something with."""
_DESCRIBING = _HELD | {"colour", "manner", "style", "body"}
"""Kinds of the words behind a verb that say with it what somebody has on or about him."""
_DOING = grammar.words("在 正在 正 也 都 很")
"""Words between somebody and what he does or is."""
_ALONG = grammar.words("带着 牵着 领着 陪着 遛着 带领 遛 陪 拉着")
"""Verbs whose object moves with the subject."""
_FEELING = grammar.words("爱 喜欢 讨厌 恨 想念 认识")
"""Verbs for what somebody thinks of others, which are nouns, too, or no entries."""
_ARRIVING = grammar.words("来 到 过来 进来 出来 上来 下来 过去 进去 出去 上去 下去")
_AT_LAST = grammar.words("也 都 又 就 终于 突然 忽然 一起")
"""Words between somebody and one of _ARRIVING."""
_FETCHING = grammar.words("接 去接 来接")
_BESIDE = grammar.words(
    "旁 旁边 身边 身旁 身后 身上 背后 面前 后面 前面 脚边 脚下 怀里 怀中 背上 头上 头顶 手里 手中 手上 肩上 腿上 周围 眼前 上方 下方 对面 之间 中间"
)
"""Words that make a place of whoever stands before them."""
_BRINGING = grammar.words(
    "蹲着 坐着 站着 躺着 趴着 睡着 跪着 立着 飞着 游着 卧着 走来 跑来 飞来 游来 走出 跑出 飞出 跳出 飘着 走过 跑过 飞过 游过 出现 来了 有"
)
"""Verbs that bring in whoever stands with a number right behind them: 旁边蹲着一只猫."""
_RELATIVES = grammar.words(
    "爸爸 妈妈 爷爷 奶奶 外公 外婆 姥姥 姥爷 哥哥 姐姐 弟弟 妹妹 父亲 母亲 叔叔 阿姨 伯伯 男孩 女孩 男人 女人 新郎 新娘 老师 学生 爸 妈"
)
"""Nouns that stand beside each other without a word between: 爸爸妈妈."""
_UNRELATED = grammar.words("男孩 女孩 男人 女人 新郎 新娘 老师 学生")
_KIN = (_RELATIVES - _UNRELATED) | grammar.words("儿子 女儿 妻子 丈夫 朋友")
"""Nouns for who is somebody else than the one whose kin he is."""
_PRONOUNS = frozenset(["他", "她"])
_WHEN = frozenset(["当", "在", "每当", "等"])
_ENDS_WHEN = ("时", "时候", "后", "之前")
"""How clauses begin and end that say when something is."""
_WHERE = syntax.PLACES | {"scene hint", "nature", "object"}
"""Kinds of the words for where somebody does something."""
_AROUND = frozenset(["scene", "scene hint", "time", "weather", "manner", "mood", "place", "nature", "object"])


def described(units: list[Unit], at: int) -> Unit | None:
    """Return the character that a verb describes, as in 骑车的女孩; None where somebody does it in a clause of its own."""
    brought = _head(units, at, counted=True) if units[at].word in _BRINGING else None
    if brought is not None:
        return brought
    mark = _next_of(units, at)
    if mark is None:
        return _behind_object(units, at)
    counts_head = "number" in units[at + 1].kinds and not units[at + 2].kinds & syntax.NOUNS  # 看到一只会说话的猫
    head = _head(units, mark)
    if head is None or counts_head:
        return None
    ends_here = all(unit.kinds == {"link"} for unit in units[at + 1 : mark])
    first = not any(syntax.is_agent(unit) for unit in units[:at])
    said = ends_here or first or _brings_in(units, at) or _begins_with(units, at, mark, head)
    return head if said or _is_of_object(units, at, mark) else None


def _behind_object(units: list[Unit], at: int) -> Unit | None:
    """Return the subject of a clause that begins with a verb whose object is somebody, too, or None: 抱着狗的女孩在跳舞."""
    mark = at + 1
    while mark < len(units) and (
        (units[mark].kinds == {"link"} and units[mark].word != _OF) or syntax.is_agent(units[mark])
    ):
        mark += 1
    if mark == len(units) or units[mark].word != _OF:
        return None
    head = _head(units, mark)
    return head if head is not None and _begins_with(units, at, at, head) else None


def _begins_with(units: list[Unit], at: int, mark: int, head: Unit) -> bool:
    """Whether a clause begins with what a verb and its object say of its subject: 拿着球的女孩在跑步."""
    behind = syntax.after(units, syntax.place_of(units, head))
    acts = behind is not None and (bool(behind.kinds & VERBS) or behind.word in _DOING)
    held = all(unit.kinds & _DESCRIBING for unit in units[at + 1 : mark])
    begin = at - 1 if at and syntax.is_determiner(units[at - 1]) else at
    return acts and held and syntax.begins_clause(units, begin)


def _is_of_object(units: list[Unit], at: int, mark: int) -> bool:
    """Whether a verb and its object say more of somebody whom somebody else holds or takes along: 推着坐轮椅的老爷爷."""
    before = "".join(unit.word for unit in units[:at][-2:])
    between = all(unit.kinds & _HELD for unit in units[at + 1 : mark])
    return between and before.endswith(tuple(_ASIDE_VERBS | _ALONG))


def number_before(units: list[Unit], mark: int) -> list[Unit]:
    """Return the number of the noun behind a 的, in a list, where it stands before what describes the noun: 两只睡着的猫."""
    for at in reversed(range(mark)):
        unit = units[at]
        if unit.ends_clause or syntax.is_agent(unit):
            break
        if "number" in unit.kinds:
            counted = units[syntax.head(units, at + 1)]
            noun = counted.kinds & syntax.NOUNS and not counted.kinds & (syntax.PLACES | syntax.OF_ONES_OWN)
            return [] if noun else [unit]
    return []


def is_aside(units: list[Unit], at: int, start: int) -> bool:
    """Whether a noun is no subject: whose something is, beside whom it is, or to whom it is done.

    Args:
        units: of the whole prompt.
        at: the place of the noun.
        start: the place of the first word of its phrase.
    """
    following = units[at + 1] if at + 1 < len(units) else None
    if following is not None and following.word == _OF:
        if comes_along(units, start) and described(units, start - 1) is not None:
            return False  # 牵着狗的老人
        behind = units[at + 2] if at + 2 < len(units) else None
        return _head(units, at + 1) is not None or (behind is not None and behind.word in _BESIDE)
    if following is not None and following.word in _BESIDE:
        return True
    if deed_in_attribute(units, at, start) is not None:
        return True
    done = start - 1 if start > 0 and units[start - 1].word in _ASIDE else _held_at(units, start - 1)
    return done is not None and any(syntax.is_agent(unit) for unit in units[:done])


def deed_in_attribute(units: list[Unit], at: int, start: int) -> Unit | None:
    """Return what somebody does only in what describes the next noun, or None: 被妈妈抱着的婴儿, 女孩喂的猫, 狗跑了的男孩.

    Args:
        units: of the whole prompt.
        at: the place of the noun for him.
        start: the place of the first word of its phrase.
    """
    mark = next((place for place in range(at + 1, len(units)) if units[place].word == _OF), at)
    said = [unit for unit in units[at + 1 : mark] if unit.kinds != {"link"}]
    verbs = [unit for unit in said if unit.kinds & VERBS or unit.word in _FEELING or not unit.senses]
    around = all(unit is verbs[-1] or unit.kinds & _AROUND for unit in said) if verbs else False
    led = units[start - 1].word if start else ""
    where = units[mark + 1 : mark + 2] if led == "在" else []  # 在妈妈做饭的厨房里看书
    head = next((unit for unit in where if unit.kinds & _WHERE), None) or _head(units, mark)
    if not around or verbs[-1] is not said[-1] or head is None or any(unit.ends_clause for unit in units[at:mark]):
        return None
    if led not in {"被", "在"} and not syntax.begins_clause(units, start):
        return None
    behind = units[syntax.place_of(units, head) + 1 : syntax.end_of_clause(units, mark)]
    return verbs[-1] if any(unit.kinds & VERBS for unit in behind) else None


def _held_at(units: list[Unit], mark: int) -> int | None:
    """Return the place of the verb whose object a 的 describes by what that does, or None: 背着睡着的女儿."""
    if mark < 1 or units[mark].word != _OF:
        return None
    for place in reversed(range(mark - 1)):
        unit = units[place]
        if unit.word in _ASIDE_VERBS or (unit.word.endswith("着") and unit.kinds & VERBS):
            head = _head(units, mark)
            begins = head is not None and (_begins_with(units, place, mark, head) or _behind_object(units, place))
            return None if begins else place
        if unit.ends_clause or not unit.kinds & (_HELD | VERBS):
            return None
    return None


def arrives(units: list[Unit], at: int) -> bool:
    """Whether a word that says only where to is all that somebody does: 狗来了, 老师进来了; but 跑过来, 来看书."""
    if units[at].word not in _ARRIVING or any(
        unit.word != "了" for unit in units[at + 1 : syntax.end_of_clause(units, at)]
    ):
        return False
    place = at - 1
    while place > 0 and units[place].word in _AT_LAST:
        place -= 1
    return place >= 0 and syntax.is_agent(units[place])


def is_fetched(units: list[Unit], at: int) -> bool:
    """Whether a verb for catching has somebody as its object, who is met somewhere: 接孙女放学; but 接球."""
    following = syntax.after(units, at)
    return units[at].word in _FETCHING and following is not None and syntax.is_agent(following)


def is_done_to_somebody(unit: Unit) -> bool:
    """Whether a word is for what is done to somebody, or with somebody: 抱着, 带着, 给."""
    return unit.word in _ASIDE_VERBS | _ALONG or unit.word == "给"


def comes_along(units: list[Unit], start: int) -> bool:
    """Whether the noun whose phrase starts at a place does what the one does who takes it along: 她带着狗跑步."""
    return start > 0 and units[start - 1].word in _ALONG


def begins_clause(units: list[Unit], start: int) -> bool:
    """Whether a noun phrase begins a Chinese clause behind one that says more than who somebody is."""
    while start and (units[start - 1].word == _OF or units[start - 1].word in _BESIDE):
        start -= 1
    if start < 2 or units[start - 1].kind not in {"pause", "stop"} or units[start - 1].source == "、":
        return False
    before = units[start - 2]
    chinese = any(not unit.word.isascii() for unit in units[syntax.begin_of_clause(units, start - 2) : start - 1])
    named = before.kind == "mention" or "character" in before.kinds or before.word in grammar.PRONOUNS
    return chinese and (not named or _is_role(before))


def _is_role(noun: Unit) -> bool:
    """Whether a noun only says what somebody before it is, plays or thinks of: 猫当服务员, 猫像老虎."""
    return noun.pictured or noun.unshown == "people" or any(kind == "costume" for kind, _ in noun.decides)


def is_told_later(units: list[Unit], at: int, start: int, pronoun: Unit) -> bool:
    """Whether a noun whose phrase starts at a place says who a pronoun in the clause before it is: 当他醒来时, 男孩在太空.

    Args:
        units: of the whole prompt.
        at: the place of the noun.
        start: the place of the first word of its phrase.
        pronoun: 他 or 她.
    """
    noun, place = units[at], syntax.place_of(units, pronoun)
    if start != at or noun.word in _KIN or syntax.is_many(noun) or not begins_clause(units, start):
        return False
    between = units[place + 1 : start - 1]
    if any(unit.ends_clause for unit in between) or pronoun.word not in _PRONOUNS:
        return False
    when = units[place - 1 : place][:1]
    subordinate = (bool(when) and when[0].word in _WHEN) or between[-1].word.endswith(_ENDS_WHEN)
    if any("action" in unit.kinds or (unit.kinds & VERBS and not subordinate) for unit in between):
        return False
    woman = noun.meaning("character") == "woman"
    return not woman if pronoun.word == "他" else woman or not syntax.is_male(noun)


def are_two(first: Unit, second: Unit) -> bool:
    """Whether two nouns right beside each other are two people or animals: 爸爸妈妈, 小猫小狗, but not 机器人厨师."""
    meanings = {first.meaning("character"), second.meaning("character")}
    if len(meanings) > 1 and meanings <= vocabulary.ANIMALS and not second.word.isascii():
        return True
    return first.word in _RELATIVES and second.word in _RELATIVES and first.word != second.word


def _next_of(units: list[Unit], at: int) -> int | None:
    for place in range(at + 1, len(units)):
        if units[place].word == _OF:
            return place
        if units[place].ends_clause or (units[place].is_word and units[place].kinds & {"character", "people"}):
            return None
    return None


def _head(units: list[Unit], mark: int, *, counted: bool = False) -> Unit | None:
    """Return the character right behind a 的 and words for how many and how it is; with a number, where it must be counted."""
    said_of = units[mark].word == _OF and mark + 1 < len(units) and units[mark + 1].word == _IS  # 跳舞的是猫
    for unit in units[mark + 1 + said_of :]:
        if unit.is_word and syntax.is_agent(unit):
            return None if counted else unit
        counted = counted and "number" not in unit.kinds
        if not (syntax.is_adjective(unit) or syntax.is_determiner(unit)) or unit.ends_clause:
            return None
    return None


def _brings_in(units: list[Unit], at: int) -> bool:
    """Whether a number, a determiner or "and" stands before a verb and where it is done: 一群在草地上玩耍的小狗."""
    for unit in reversed(units[:at]):
        if syntax.is_determiner(unit) or unit.word in grammar.JOINING or unit.source == "、":
            return True
        around = unit.kinds & _AROUND and not syntax.is_agent(unit)
        if unit.ends_clause or not (around or unit.kinds == {"link"}):
            return False
    return False
