"""Mark nouns that a prompt pictures, compares with or mentions, so that nobody draws them: a photo of a dog, 梦见狮子."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import denominal, grammar, lexicon, sought, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import MOVING, PEOPLE
from sora_nb.engines.prompt.scenery import INDOORS
from sora_nb.engines.prompt.subjects import subject_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from sora_nb.engines.prompt.units import Unit

_FIGURES = grammar.words(
    "statue sculpture costume mask toy doll logo mural tattoo letter message email note gift poster sticker cutout hologram billboard "
    "map globe calendar album brochure catalogue catalog stamp flag banner figurine carving tapestry puzzle icon scrapbook"
)
"""What has the looks of somebody."""
_PICTURES = grammar.words(
    "photo photograph picture painting portrait drawing sketch image selfie postcard print story book movie film song poem dream memory show documentary"
)
"""What shows or tells of somebody where it is a thing in the film, and not what the prompt asks for."""
_SCREENS = grammar.words(
    "screen canvas tv television monitor billboard phone laptop tablet hologram display projector newspaper magazine"
)
_SHOWING = grammar.words("show display play depict project broadcast")
_OF = grammar.words("of about from depicting showing")
_MINDS = grammar.words(
    "dream think imagine remember miss wish want hope talk sing read write speak tell learn hear worry know fear dreaming"
)
"""Verbs of what is in somebody's mind or mouth."""
_MIND_OF = frozenset(["of", "about", "for"])
_BARE_MINDS = frozenset(["imagine", "remember", "miss", "fear", "want"])
"""Such verbs that need no preposition."""
_LONGING = frozenset(["miss"])
"""Such verbs of what is elsewhere, known or not: she misses the sea."""
_MAKING = grammar.words("draw paint sketch doodle sculpt carve")
"""Verbs for making a picture of what follows."""
_BELIEVING = grammar.words("think believe imagine dream pretend wish say want hope aspire")
_ACTING = grammar.words("play portray impersonate imitate mimic")
_BECOMING = frozenset(["become", "became"])
_TURNING = grammar.words("turn transform morph change shapeshift grow")
"""Verbs before "into" and what somebody is only later: the waiter turns into a frog."""
_FORMERLY = grammar.words("once formerly previously")
"""Words between a form of be and what somebody is no longer."""
_LEAVING = grammar.words("leave forget lose")
"""Verbs before a thing and where it is, where somebody is not: forgot his keys at the office."""
_BOUND = grammar.words("leave depart head late ready bound")
"""Words before "for" and where somebody is not yet: the kids leave for school."""
_TOWARD = frozenset(["to"])
_COSTUMES = grammar.words("costume outfit")
_GOING_AS = grammar.words("go dress disguise")
"""Verbs before "as" and what somebody wears the costume of."""
_CHINESE_WHATEVER = grammar.words("不管 不论 无论")
"""Words before what may be so or not: 不管下雨还是下雪, 他都跑步."""
_DEGREES = grammar.words("even much just only simply far slightly merely")
"""Words that say how much more what somebody becomes is, before its adjectives: turns into just an even bigger frog."""
_BEING = grammar.words("is are was were be am being becomes became")
_VERBS = _MINDS | _MAKING | _SHOWING | _BELIEVING | _ACTING
_BEING_SHORT = ("it's", "he's", "they're", "i'm", "we're", "you're")
_FEELING = grammar.words("afraid scared terrified frightened allergic jealous")
_PHOTOS = grammar.words("photo photograph picture image portrait selfie snapshot")
_TAKING = grammar.words("take took taken taking snap shoot shot get capture click")
"""Verbs of a photo before which its subject stands: takes a photo of a dog."""
_RECEIVING = frozenset(["get"])
_GIVEN = grammar.words("gift present souvenir birthday christmas mail post prize reward anniversary wedding")
"""Words behind a picture that somebody gets because another one gives it: as a gift, for her birthday."""
_KEPT = grammar.words("wall shelf drawer album wallet box desk bag pocket")
"""Where a picture is that somebody takes in his hands: takes a photo of a dog from the shelf."""
_WALLS = frozenset(["wall", "fridge", "shelf"])
"""Where a picture is that is a thing in the film."""
_PRINTED = grammar.words(
    "card shirt mug cup hat cap bag backpack sweater jacket dress apron sign box plate cake balloon sock towel blanket pillow "
    "pajama coin notebook sticker lunchbox"
)
"""Things with a picture on them: a mug with a cat on it."""
_PAST = grammar.words("used once former formerly previously 曾经 曾 以前 原来 原本 昔日")
"""Words for the past, before a word of _NOW: this used to be a forest, now it is a city."""
_WAS = grammar.words("was were yesterday 刚 刚刚 刚才 之前 昨天 昨晚 昨夜 前天")
"""Words for the past of what is otherwise now."""
_STILL = frozenset(["还", "还是", "还在"])
"""Words behind a time of day that is over by another one."""
_TURNED = frozenset(["就", "已经", "却", "突然", "忽然"])
"""Words behind that one: 早上还下着雪, 中午就出太阳了."""
_CHANGING = frozenset(["scene", "weather", "time"])
_NOW = grammar.words("now today nowadays 现在 如今 今天 而今")
_ON_IT = frozenset(["it", "them"])
_LYING = grammar.words("hang lie lean fall stand rest burn float play")
"""Verbs of a picture that is a thing in the film."""
_ALIKE = frozenset(["like", "looks like", "look like", "looking like", "looked like"])
_DRESSED = frozenset(["dressed", "disguised", "costumed"])
_MEASURED = grammar.words("size shape form speed strength grace height agility courage ferocity elegance stealth pride")
"""What somebody has of whoever is only compared: with the grace of a cat."""
_SIMILAR = grammar.words("similar akin identical compared comparable next")
_RESEMBLING = grammar.words("resemble resembles resembling resembled")
_BOUNDS = grammar.words("soon long far well")
"""Words between "as" and "as" that compare nothing."""
_COUNTS = grammar.words("more less fewer rather other")
"""Words before "than" that only count where a number follows: more than two dogs."""
_AS_REACH = 4
"""Among how many words before "as" the first one is looked for: as fast and brave as a lion."""
_CHINESE_PICTURES = grammar.words(
    "照片 画 画像 雕像 海报 相片 图案 漫画 故事 书 玩偶 面具 雕塑 电影 纹身 贴纸 肖像 素描 剪影 歌 "
    "明信片 地图 日历 挂历 相册 画册 画作 油画 水彩画 国画 壁画 插画 贺卡 卡片 邮票 合影 合照 拼图"
)
CHINESE_FILMS = grammar.words("照片 画 画像 相片 漫画 故事 电影 肖像 素描 剪影 插画 油画 水彩画 国画 画作 合影 合照")
"""Those of them that a prompt may ask for."""
_CHINESE_MINDS = grammar.words(
    "梦见 梦到 梦想 想象 想着 想念 想起 惦记 思念 怀念 回忆 印有 画着 写着 绣着 印着 害怕 怕 讲 谈论 讨论"
)
_CHINESE_ALIKE = grammar.words(
    "像 好像 仿佛 如同 犹如 宛如 宛若 恰似 好比 比 堪比 胜过 变成 变为 变成了 扮成 打扮成 装扮成 扮演 化身 化装成 当作 当成 当做 看作 看成 视为"
)
"""Words before what somebody only looks like or is taken for: 他像猴子一样爬树, 把狗当成孩子."""
_CHINESE_MATCHED = grammar.words("和 跟 与 同 如")
"""Words before what somebody is only as much as, where a word of _CHINESE_ALIKE_BEHIND follows: 他和老虎一样勇敢."""
_CHINESE_ALIKE_BEHIND = grammar.words("一样 般 一般 似的 那样 那般 那么 这样 这么")
_CHINESE_DOING = grammar.words("在 正 正在 都 也")
"""Words behind that with which two do the same: 小明和小红一样在跑步."""
_CHINESE_LIKE = frozenset(["般", "似的"])
"""Words that compare with the noun right before them: 豹子般敏捷."""
_CHINESE_SHAPES = grammar.words("形状 造型 形")
"""Words behind what something is only shaped like: 小猫形状的蛋糕."""
_CHINESE_REACH = 4
"""Among how many words behind the first one that is looked for."""
_CHINESE_MAKING = grammar.words("画 画着 画了 画出 雕 雕刻 捏 剪 刻 绣")
"""Chinese verbs for making a picture of what follows with a number: 画一只猫."""
_CHINESE_BELIEFS = grammar.words("假装 装作 以为 自以为 误以为 觉得 认为 幻想")
_CHINESE_WISHES = grammar.words("想 想要 希望 梦想 渴望")
"""Words before 当 and what somebody would only like to be."""
_CHINESE_SCREENS = grammar.words(
    "电视 电视里 电视上 屏幕 屏幕上 屏幕里 照片里 照片上 画里 画中 海报上 手机里 梦里 梦中 电影里 动画片里"
)
_RECEIVERS = frozenset(["me", "us"])
"""Who is given what is asked for: make me a film."""
_WITHIN = grammar.words("里 上 中 里面")


def resolve(units: list[Unit]) -> None:
    """Mark the noun phrases that follow a picture, a comparison, or a verb of thought or speech."""
    _mark_past(units)
    for at, unit in enumerate(units):
        if unit.is_asked:
            start = _start(units, at) if unit.word.isascii() else _start_chinese(units, at)
            if start and not unit.senses:
                unit.senses = (Sense("link"),)
            costumes = _costumes(units, at)
            for place in costumes:
                units[place].pictured = units[place].is_word and units[place].word not in grammar.LINKS
            if start and not costumes:
                _mark(
                    units,
                    start,
                    clause=unit.word in _CHINESE_WHATEVER | {"as if"} or (start == at + 1 and _is_screen(units, at)),
                )
            elif not unit.word.isascii():
                _mark_owner(units, at)


def _costumes(units: list[Unit], at: int) -> list[int]:
    """Return the places of an animal, or a list of whom, somebody wears the costume of: dressed as a cat; a ghost, a witch and a pumpkin."""
    words = [unit.word for unit in units[at : at + 2]]
    worn = lexicon.listed_stem(words[0].split(" ")[-1], _COSTUMES) != "" and units[at + 1 : at + 2] != []
    if worn and units[at + 1].kind == "colon":
        return [place for item in _items(units, at + 2) for place in item]
    if words[-1] not in {"as", "like"} or not (words[0] in _DRESSED or lexicon.listed_stem(words[0], _GOING_AS)):
        return []
    wearer = next((place for place in reversed(range(at)) if syntax.is_agent(units[place])), None)
    several = wearer is not None and denominal.are_several(units, wearer)
    items = _items(units, at + 2)[: None if several else 1]
    meaning = units[items[0][-1]].meaning("character") if len(items) == 1 else ""
    return [place for item in items for place in item] if meaning not in PEOPLE else []


def _items(units: list[Unit], start: int) -> list[range]:
    """Return the places of the noun phrases of a list, each with an article, that begins at a place."""
    items: list[range] = []
    while start < len(units) and units[start].word in {"a", "an", "one"}:
        end = syntax.head(units, start) + 1
        if any(unit.word in _DRESSED | {"in", "wearing"} for unit in units[end : end + 1]):
            break  # a boy dressed as a cowboy, a girl dressed as a princess
        items.append(range(start, end))
        start = end
        while start < len(units) and (units[start].kind == "pause" or units[start].word == "and"):
            start += 1
    return items


def _mark_past(units: list[Unit]) -> None:
    """Mark what was there before what is there now: this used to be a forest, now it is a city; it rained all night, now the sun shines."""
    past = next((at for at in range(len(units)) if _is_of_past(units, at)), len(units))
    now = next((at for at in range(past + 1, len(units)) if _is_now(units, at, past)), 0)
    later = {kind for unit in units[now:] if unit.is_asked for kind in unit.kinds & _CHANGING}
    begin = syntax.begin_of_clause(units, past)
    for place, unit in enumerate(units[:now]):
        when = "time" in unit.kinds and place >= begin and "weather" in later
        if unit.kinds & later or when or ("scene" in unit.kinds and units[past].word in _PAST):
            unit.pictured = True


def _is_of_past(units: list[Unit], at: int) -> bool:
    """Whether a word speaks of the past: used to, once, rained, 早上还; but no used car, and nobody once upon a time."""
    unit, following = units[at], units[at + 1].word if at + 1 < len(units) else ""
    if unit.word in _PAST | _WAS:
        return following == "to" if unit.word == "used" else following != "upon"
    return ("weather" in unit.kinds and unit.form == "ed") or ("time" in unit.kinds and following in _STILL)


def _is_now(units: list[Unit], at: int, past: int) -> bool:
    """Whether a word ends what a clause tells of the past: now, this morning; 中午 in 早上还下雪, 中午就出太阳了."""
    unit, following = units[at], units[at + 1] if at + 1 < len(units) else None
    if unit.word in _NOW:
        return True
    if unit.word == "this":
        return following is not None and "time" in following.kinds
    turned = following is not None and following.word in _TURNED and "time" in units[past].kinds
    return turned and "time" in unit.kinds


def _mark_owner(units: list[Unit], at: int) -> None:
    """Mark the noun before a place where that is only pictured there, or like what follows: 狗的照片, 小猫形状, 豹子般."""
    unit, following = units[at], syntax.after(units, at)
    pictured = unit.word == "的" and following is not None and following.word in _CHINESE_PICTURES
    pictured = pictured and not _is_chinese_frame(units, at)
    if at and (pictured or unit.word in _CHINESE_SHAPES):
        _mark_before(units, at)
    elif at and syntax.is_agent(units[at - 1]) and (unit.word in _CHINESE_LIKE or _is_quality(units, at)):
        units[at - 1].pictured = True
        unit.senses = (Sense("link"),)


def _is_chinese_frame(units: list[Unit], at: int) -> bool:
    """Whether the picture behind a 的 is the film itself: 一张狗的照片, 一个关于男孩的故事; but 她拿着狗的照片."""
    begin, noun = syntax.begin_of_clause(units, at), units[at + 1]
    if syntax.after(units, at + 1) is not None or any(syntax.is_agent(unit) for unit in units[:begin]):
        return False
    if lexicon.listed_stem(noun.word, CHINESE_FILMS) == "":
        return False
    return all(
        unit.word == "关于" or unit.word not in grammar.PREPOSITIONS | grammar.POSSESSIVES for unit in units[begin:at]
    ) and not any(unit.kinds & VERBS and unit.word not in grammar.COMMANDS for unit in units[begin:at])


def _is_quality(units: list[Unit], at: int) -> bool:
    """Whether a noun that begins the clause before 一样 only says how somebody behind it is: 狮子一样勇敢的骑士."""
    begins = at == 1 or units[at - 2].ends_clause
    rest = itertools.takewhile(lambda unit: not unit.ends_clause, units[at + 1 :])
    return units[at].word == "一样" and begins and any(unit.word == "的" for unit in rest)


def _start(units: list[Unit], at: int) -> int:
    """Return where an English noun phrase begins whose noun is not there itself, because of a word at a place, or 0."""
    unit, following, subject = units[at], syntax.after(units, at), subject_of(units, at)
    if following is None or (subject is not None and syntax.is_in_relative(units, syntax.place_of(units, subject))):
        return 0  # the wizard I dreamt of flies
    compared = (
        _start_of_compared(units, at, following)
        or _start_of_other_times(units, at, following)
        or _start_of_where_bound(units, at)
        or _start_of_where_left(units, at)
        or sought.start(units, at)
    )
    if compared:
        return compared
    last = lexicon.listed_stem(unit.word.split(" ")[-1], _FIGURES | _PICTURES)
    if last and following.word in _OF and (last in _FIGURES or _is_within(units, at)):
        return 0 if last in _PHOTOS and _is_taken(units, at) else at + 2
    if following.word == "with" and lexicon.listed_stem(unit.word.split(" ")[-1], _PRINTED | _FIGURES | _PICTURES):
        return at + 2 if _is_on_it(units, at + 2) else 0
    if unit.word in _FEELING and following.word in {"of", "to"}:
        return at + 2 if not _is_known(units, at + 2) else 0
    return _start_of_object(units, at, following)


def _start_of_where_bound(units: list[Unit], at: int) -> int:
    """Return where the place begins for which somebody is bound behind a word, or 0: leaves for school, walks to it in the rain."""
    if units[at].word not in _TOWARD | {"for"}:
        return 0
    named = units[at + 1]
    place = named if "scene" in named.kinds else units[syntax.head(units, at + 1)]
    if units[at].word == "for" and at and lexicon.listed_stem(units[at - 1].word, _BOUND):
        return at + 1 if place.kinds & {"scene", "place", "scene hint"} else 0
    going = units[at].word in _TOWARD and at > 0 and units[at - 1].meaning("action") in MOVING
    if not going or place.meaning("scene") not in INDOORS:
        return 0
    falls = any(unit.is_asked and unit.meaning("weather") in {"rain", "snow"} for unit in units)
    return at + 1 if falls else 0


def _start_of_where_left(units: list[Unit], at: int) -> int:
    """Return where the place begins of what somebody is without behind a word at a place, or 0: she left her umbrella at home."""
    if (
        not lexicon.listed_stem(units[at].word, _LEAVING)
        or at + 2 >= len(units)
        or not syntax.is_determiner(units[at + 1])
    ):
        return 0
    thing = syntax.head(units, at + 1)
    behind = syntax.after(units, thing)
    if (
        not units[thing].kinds & syntax.THINGS
        or behind is None
        or behind.word not in {"at", "in"}
        or thing + 2 == len(units)
    ):
        return 0
    return thing + 2 if units[syntax.head(units, thing + 2)].kinds & {"scene", "place"} else 0


def _start_of_other_times(units: list[Unit], at: int, following: Unit) -> int:
    """Return where what somebody was or will be begins behind a word at a place, or 0: used to be a teacher, turns into a frog."""
    words = [unit.word for unit in units[at : at + 3]]
    if words == ["used", "to", "be"]:
        return at + 3
    if words[0] in _BEING and words[1] in _FORMERLY and at + 2 < len(units) and _is_somebody(units, at + 2):
        return at + 2
    if lexicon.listed_stem(words[0], _BECOMING):
        return at + 1 if following.word in _DEGREES | {"a", "an"} and _is_somebody(units, at + 1) else 0
    if not lexicon.listed_stem(words[0].split(" ")[0], _TURNING):
        return 0
    into = at if words[0].endswith(" into") else _place_of_into(units, at)
    return into + 1 if into >= 0 and _is_somebody(units, into + 1) else 0


def _place_of_into(units: list[Unit], at: int) -> int:
    """Return the place of "into" behind a verb and its object, or -1: turns a boy into a frog."""
    end = min(at + 6, syntax.end_of_clause(units, at))
    return next((place for place in range(at + 1, end) if units[place].word == "into" and place + 1 < end), -1)


def _start_of_compared(units: list[Unit], at: int, following: Unit) -> int:
    """Return where who is only compared begins behind a word at a place, or 0."""
    word = units[at].word
    if word in _ALIKE:
        return at + 1 if _is_alike(units, at) else 0
    if word == "as if":
        return at + 1 if following.word not in grammar.PREPOSITIONS else 0  # as if by magic, a cat
    if word in _RESEMBLING or (word in {"as", "than"} and _compares(units, at)):
        return at + 1
    measured = word in _MEASURED and following.word == "of" and at + 2 < len(units) and _is_one(units[at + 2])
    return at + 2 if measured or (word in _SIMILAR and following.word == "to") else 0


def _is_alike(units: list[Unit], at: int) -> bool:
    """Whether "like" compares, and is no verb: runs like a cheetah, shaped like a cat, but: kids like dogs, dressed like a pirate."""
    previous = syntax.before(units, at)
    if " " in units[at].word:
        return previous is None or previous.word not in _DRESSED
    if previous is None:
        pause = syntax.end_of_clause(units, at)
        return _is_one(units[at + 1]) and any(syntax.is_agent(unit) for unit in (*units[:at], *units[pause:]))
    if previous.word in _DRESSED or previous.word in grammar.COMMANDS:
        return False
    if not previous.senses:
        previous.senses = (Sense("manner"),)  # shaped
    named = bool(previous.kinds & syntax.SOMEBODY) or previous.kind == "mention"
    if named and not previous.verb:
        return _is_one(units[at + 1]) and not denominal.are_several(units, syntax.place_of(units, previous))
    return previous.word in _BEING or previous.kinds != {"link"}


def _compares(units: list[Unit], at: int) -> bool:
    """Whether "as" or "than" stands before who is only compared: as brave as a lion, faster than a cheetah, quick as a fox."""
    place, previous = at + 1, syntax.before(units, at)
    while place < len(units) and (
        syntax.is_determiner(units[place]) or syntax.is_adjective(units[place]) or units[place].form == "ing"
    ):
        place += 1
    if place == len(units) or not _is_name(units[place]) or previous is None:
        return False
    if units[at].word == "than":
        if previous.word.endswith("er") and previous is units[at - 1] and previous.kinds <= {"character", "action"}:
            previous.senses = (Sense("manner"),)
        return not (previous.word in _COUNTS and "number" in units[at + 1].kinds)
    if previous.word == "as well":
        return at > 1 and units[at - 2].verb
    between = [unit.word for unit in units[max(0, at - _AS_REACH) : at]]
    if "as" in between:
        return not _BOUNDS & {*between}
    described = syntax.is_adjective(previous) or previous.kinds <= {"sound"}
    somebody = units[place].kind == "mention" or units[place].meaning("character") in PEOPLE
    ends = place + 1 == len(units) or units[place + 1].ends_clause or not units[place + 1].verb
    return described and previous is units[at - 1] and _is_one(units[at + 1]) and not somebody and ends


def _is_name(unit: Unit) -> bool:
    """Whether a word names who or what may be compared with."""
    return unit.kind == "mention" or (unit.is_word and bool(unit.kinds & (syntax.NOUNS | {"weather", "scene hint"})))


def _is_one(unit: Unit) -> bool:
    return unit.word in {"a", "an"}


def _start_of_object(units: list[Unit], at: int, following: Unit) -> int:
    """Return where what is shown, made or only in somebody's mind begins behind a verb at a place, or 0."""
    unit = units[at]
    verb = lexicon.listed_stem(unit.word, _VERBS) if unit.verb or unit.kinds & (VERBS | {"link"}) else ""
    if verb in _SHOWING and _is_screen(units, at):
        return at + 1
    if verb in _BELIEVING and (being := _being(units, at)):
        return being + 1
    if verb in _ACTING:
        acted = _is_somebody(units, at + 1) and not _describes(units, at)
        return at + 1 if acted and syntax.agents_before(units, at) else 0
    if verb in _MINDS and (verb in _LONGING or not _is_known(units, at + 1)):
        behind = syntax.after(units, syntax.head(units, at + 1))
        asked = verb == "want" and behind is not None and behind.word == "to"  # a boy wants his dog to sit
        bare = verb in _BARE_MINDS and syntax.is_determiner(following) and not asked
        return at + 1 if bare and at else at + 2 if following.word in _MIND_OF else 0
    made = verb in _MAKING and at > 0 and following.word in grammar.INDEFINITE
    return at + 1 if made and not syntax.is_request(units, at) else 0


def _being(units: list[Unit], at: int) -> int:
    """Return the place of the verb behind what somebody believes himself to be, or 0: thinks he is a lion, pretends to be."""
    for place in range(at + 1, min(at + 4, len(units))):
        if units[place].word in _BEING or units[place].word.endswith(_BEING_SHORT):
            return place if place > at + 1 or units[place].word not in _BEING else 0  # the robot I want is here
        if units[place].word not in grammar.SUBJECT_PRONOUNS | {"to", "that"}:
            return 0
    return 0


def _is_somebody(units: list[Unit], at: int) -> bool:
    """Whether the noun of the phrase that begins at a place is for somebody: plays a pirate, but no game."""
    at = syntax.head(units, at)
    while at + 1 < len(units) and units[at].word in _DEGREES:  # an even bigger frog
        at = syntax.head(units, at + 1)
    return at < len(units) and "character" in units[at].kinds and not _goes_on(units, at)


def _describes(units: list[Unit], at: int) -> bool:
    """Whether a participle only says what the noun right behind it does: near playing children, a playing child."""
    before = units[at - 1] if at and not syntax.is_determiner(units[at + 1]) else units[at]
    governs = before.word.split(" ")[-1] in grammar.PREPOSITIONS or before.kinds & VERBS
    return before is not units[at] and (bool(governs) or syntax.is_determiner(before))


def _is_known(units: list[Unit], at: int) -> bool:
    return at < len(units) and units[at].word in {"the", "this", "that"}


def _is_screen(units: list[Unit], at: int) -> bool:
    """Whether a screen is what shows something."""
    place = at - (2 if at and units[at - 1].word in syntax.RELATIVE else 1)
    if at and units[at - 1].word == "it":
        place = next((place for place in reversed(range(at)) if units[place].kinds & syntax.THINGS), -1)
    if place < 0 or not lexicon.listed_stem(units[place].word.split(" ")[-1], _SCREENS | _PICTURES | _FIGURES):
        return False
    return not lexicon.listed_stem(units[place].word.split(" ")[-1], _PICTURES) or not _is_frame(units, place)


def _is_frame(units: list[Unit], at: int) -> bool:
    """Whether a picture is the film itself, of which the prompt says what it shows: the movie shows two dogs."""
    if any(syntax.is_agent(unit) for unit in units[:at]):
        return False
    begin = at
    while begin and _describes_picture(units[begin - 1]):
        begin -= 1
    return begin == 0 or units[begin - 1].ends_clause


def _describes_picture(unit: Unit) -> bool:
    return syntax.is_determiner(unit) or syntax.is_adjective(unit) or unit.word in grammar.COMMANDS | grammar.FILM_WORDS


def _is_taken(units: list[Unit], at: int) -> bool:
    """Whether a photo is being taken, so that before the camera is whom it is of: takes a photo, snaps a quick picture."""
    for unit in reversed(units[: at + 1]):
        if unit.ends_clause:
            return False
        if lexicon.listed_stem(unit.word.split(" ")[0], _TAKING):
            return not _is_handed(units, at, got=lexicon.listed_stem(unit.word, _RECEIVING) != "")
        if unit is not units[at] and not _describes_picture(unit):
            return False
    return False


def _is_handed(units: list[Unit], at: int, *, got: bool) -> bool:
    """Whether what stands behind a picture in its clause says that it goes from hand to hand, and none is being taken."""
    rest = units[at : syntax.end_of_clause(units, at)]
    if not got:
        return any(
            unit.word in {"off", "from"} and _names(rest[place : place + 4], _KEPT) for place, unit in enumerate(rest)
        )
    giver = any(
        unit.word == "from" and any(map(syntax.is_agent, rest[place : place + 4])) for place, unit in enumerate(rest)
    )
    return giver or _names(rest, _GIVEN)


def _names(units: list[Unit], listed: Collection[str]) -> bool:
    return any(lexicon.listed_stem(unit.word, listed) for unit in units)


def _is_on_it(units: list[Unit], start: int) -> bool:
    """Whether the noun phrase from a place on is on the thing before it: a mug with a cat on it."""
    for place in range(start, len(units) - 1):
        if units[place].ends_clause or units[place].verb:
            return False
        if units[place].word == "on":
            return units[place + 1].word in _ON_IT
    return False


def _is_within(units: list[Unit], at: int) -> bool:
    """Whether a picture is a thing in the film: she holds a photo, not: a photo of a cat."""
    rest = units[at : syntax.end_of_clause(units, at)]
    hangs = any(unit.word == "on" and _names(rest[place : place + 3], _WALLS) for place, unit in enumerate(rest))
    if hangs or _is_hung(units, at):
        return True
    for place, unit in reversed([*enumerate(units[:at])]):
        if unit.ends_clause or syntax.is_request(units, place):
            return False
        if unit.word == "style" or "style" in unit.kinds:
            return False
        if syntax.is_agent(unit) or unit.kinds & VERBS or unit.word in grammar.PREPOSITIONS | grammar.AUXILIARIES:
            return unit.word not in _RECEIVERS
    return False


def _is_hung(units: list[Unit], at: int) -> bool:
    """Whether a verb behind a picture is its own, and not of whom it shows: a photo of a dog hangs, but: of kids playing."""
    for place in range(at + 1, syntax.end_of_clause(units, at)):
        stem = lexicon.listed_stem(units[place].word, _LYING)
        if stem and (units[place].form == "s" or stem == "hang"):
            return units[place - 1].word not in syntax.RELATIVE
    return False


def _start_chinese(units: list[Unit], at: int) -> int:
    likened = units[at].word in _CHINESE_MINDS | _CHINESE_ALIKE and (at > 0 or _is_attribute(units, at))
    if likened or units[at].word in _CHINESE_WHATEVER:
        return at + 1
    if units[at].word in _CHINESE_ALIKE | _CHINESE_MATCHED and _is_matched(units, at):
        return at + 1
    if units[at].word in _CHINESE_MAKING and syntax.agents_before(units, at) and not syntax.is_request(units, at):
        place = at + 1 + (units[at + 1 : at + 2] != [] and units[at + 1].word in {"着", "了"})
        return place if place < len(units) and "number" in units[place].kinds else 0
    if units[at].word in _CHINESE_BELIEFS:
        return next((place + 1 for place in range(at + 1, min(at + 3, len(units))) if units[place].word == "是"), 0)
    if units[at].word in _CHINESE_SCREENS:
        return at + 2 if at + 1 < len(units) and units[at + 1].word in _WITHIN else at + 1
    return _start_of_taken(units, at) if units[at].word == "当" else sought.start_chinese(units, at)


def _start_of_taken(units: list[Unit], at: int) -> int:
    """Return where begins what somebody is only taken for behind 当, or 0: 把狗当孩子养, 你当我是猫, 想当警察; but 当他醒来时."""
    clause = [unit.word for unit in units[syntax.begin_of_clause(units, at) : at]]
    if "把" in clause or (clause and clause[-1] in _CHINESE_WISHES):
        return at + 1
    being = [unit.word for unit in units[at + 1 : at + 3]]
    return at + 3 if len(being) == 2 and being[1] == "是" and at + 3 < len(units) else 0


def _is_attribute(units: list[Unit], at: int) -> bool:
    """Whether a comparison that a prompt begins with describes somebody behind it: 比爸爸还高的机器人; 比爸爸高, 女孩在跳舞."""
    end = syntax.end_of_clause(units, at)
    mark = next((place for place in range(at, end) if units[place].word == "的"), end)
    behind = units[mark : None if units[at].word == "比" else end]
    return any(map(_is_name, units[at + 1 : mark])) and any(map(syntax.is_agent, behind))


def _is_matched(units: list[Unit], at: int) -> bool:
    """Whether a word behind the noun that follows says that somebody is only as that is: 像小鸟一样, 和老虎一样勇敢."""
    for place in range(at + 2, min(at + 2 + _CHINESE_REACH, len(units))):
        if units[place].word in _CHINESE_ALIKE_BEHIND:
            doing = place + 1 < len(units) and units[place + 1].word in _CHINESE_DOING
            return not doing and "一起" not in [unit.word for unit in units[at:place]]
        if units[place].ends_clause or units[place].verb:
            return False
    return False


def _mark(units: list[Unit], start: int, *, clause: bool) -> None:
    """Mark a noun phrase, and those that "and" joins; of a screen all of the clause."""
    found = False
    for place in range(start, len(units)):
        unit = units[place]
        if unit.source == "、":
            found = False
            continue
        if unit.ends_clause or unit.word in grammar.CONJUNCTIONS - {"and", "or", "和", "与"}:
            return
        if found and not clause and not _joins(units, place):
            return
        named = _is_name(unit)
        if unit.word not in grammar.LINKS | {"'s"} and (unit.is_word or unit.kind == "mention"):
            unit.pictured = True
        found = named and not syntax.is_adjective(unit) and not _goes_on(units, place)


def _joins(units: list[Unit], at: int) -> bool:
    """Whether a word joins one more noun, and no verb or clause: like a king and a clown, but: and dances, and a dog barks."""
    if units[at].word not in {"and", "or", "和", "与"}:
        return False
    place = syntax.head(units, at + 1)
    if place == len(units) or units[place].verb:
        return False
    behind = syntax.after(units, place)
    finite = behind is not None and behind.verb and behind.form != "ing"
    return not finite and (behind is None or behind.word not in grammar.AUXILIARIES)


def _goes_on(units: list[Unit], place: int) -> bool:
    following = syntax.after(units, place)
    if following is None or following.verb or following.word.split(" ")[0] in grammar.PREPOSITIONS:
        return False
    return following.word == "'s" or bool(following.kinds & syntax.NOUNS)


def _mark_before(units: list[Unit], mark: int) -> None:
    """Mark the noun before a 的 that a picture follows: 狗的照片."""
    for unit in reversed(units[:mark]):
        if unit.ends_clause or unit.kinds & {"number", *VERBS}:
            return
        unit.pictured = unit.is_word or unit.kind == "mention"
