"""Find what a prompt takes away: "no people", "without rain or wind", 没有人, `--no text`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import denominal, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_ENDED = frozenset(["stop", "stops", "stopped"])
_COMING = grammar.words("appear come came join show arrive return attend turn 出现 来 入镜 露面 参加")
"""Verbs that, negated, take away who should do so: the dog does not come along."""
_HAVING_GONE = frozenset(["has", "have", "had", "已经"])
_GONE = grammar.words("left gone departed disappeared vanished 离开 离开了 走了 走 离去")
_CHINESE_GONE = grammar.words("走 离开 走开 离去 离场 消失")
"""Chinese verbs that say so behind a word of _ALREADY or before one of _AFTERWARDS; of others who walk away is seen: 爸爸走了."""
_ALREADY = grammar.words("刚 刚刚 刚才 已经 已 早就 早已")
_JUST_SO = frozenset(["就", "都"])
_AFTERWARDS = grammar.words("之后 以后 后")
_BEHIND_GONE = grammar.PREPOSITIONS | frozenset(["the", "home", "了"])
"""Words behind those for who is gone: has left the room, for work; but has left her bag is somebody who is there."""
_NEAR = frozenset(["closer", "near", "nearer", "alone"])
"""Words that say how somebody comes who is there."""
_REFERRING = grammar.words("he she they who 他 她")
_AWAY = frozenset(["gone", "absent", "missing", "away"])
"""Words that say at the end of a clause, behind a form of be, that somebody is not there."""
_PRESENT = grammar.words("here there present around visible shown seen anywhere")
"""Words that say so where they are negated."""
_TRAILING = frozenset(["along", "up", "today", "tonight", "anymore", "now", "yet", "any", "more"])
"""Words that change nothing behind such a verb."""
_PLACES = frozenset(["scene", "place", "link"])
"""Kinds of the words behind which nobody is said to do anything: 狗不在厨房."""
_NOT_BEING = frozenset(["not", "isn't", "isnt", "aren't", "arent", "wasn't", "weren't", "no longer"])
_PLACED = frozenset(["in", "on"])
_STOPPING = grammar.words("stop quit cease ending 停止 停下 停下来")
"""Verbs that take away what they govern, so that behind a negator it goes on: never stops dancing."""
_APART = frozenset(["avoid", "avoids", "avoiding"])
"""Negators behind which somebody who is mentioned is still there."""
_OVER = grammar.words("过后 之后 以后 后 之前 以前 前 停 停了 停止 散去 散了 消散 已停")
"""Chinese words behind weather that is over, or still to come."""
_NOT_OVER = grammar.words("没 没有 未 尚未 不 还没 还没有")
"""Words before those where the weather goes on: 雨还没停."""
_ENDING = grammar.words("stop end pass clear lift fade cease subside over gone")
"""English words behind weather that is over: the rain stops, the fog has lifted."""
_HAVING = grammar.words("has have had is are was were finally slowly suddenly just being 还 还是 都 也 一直")
_HIDING = frozenset(["hide", "disappear", "vanish"])
_HIDDEN = grammar.words("hidden covered obscured blocked 躲 躲进 躲在 躲到 藏 藏进 藏在 消失 消失了 不见 不见了")
"""Words behind the sun where that is not to be seen: the sun is hidden by clouds, disappears."""
_SHOWING = grammar.words("shine out up visible there here rise risen appear come seen fall show")
"""What weather does that is there."""
_CHINESE_OUT = ("出", "升", "露", "有")
_OWNING = grammar.words("have own bring show include contain")
"""Verbs of which, negated, not even the object is there."""
_CHINESE_NOTICING = tuple(grammar.words("知道 注意 看见 看到 发现 听见 听到 察觉 理 认出 吵醒 碰 追上 抓"))
"""How Chinese verbs begin of which, negated, the object is there."""
_ATTENDING = grammar.words("listen watch see hear notice look help follow ask talk know join greet")
"""English verbs of whose object that is said where nobody does it: nobody listens to a violinist."""
_NOBODY = frozenset(["nobody", "no one", "没人", "没有人", "无人"])
_NOTICING = grammar.words("notice know see care mind realize realise believe hear understand look watch")
"""English verbs of what is there that nobody notices."""
_CHINESE_WILLING = tuple(grammar.words("喜欢 爱 想 肯 敢 愿 打算 准备 会 能 让 许 要 去 来 停 忘 开始 继续"))
"""How Chinese verbs begin of which the next one is the object: 不喜欢跳舞."""
_FILMING = grammar.words("i we you 我 我们 咱们 你")
"""Who does not want what the film is not to show: I don't want people in it."""
_WILLING = grammar.words("want like love know believe care need dare understand remember mind notice realize realise")
"""English verbs for what somebody thinks of something."""
_CHINESE_UNWILLING = tuple(grammar.words("想 肯 敢 愿 喜欢 爱 知道 懂 明白 记得 相信 在乎"))
"""How Chinese verbs for that begin."""
_CHINESE_TOO = grammar.words("也 和 或 或者 又 、 与")
_NOT_YET = grammar.words("unless before until till lest 除非") | {"in case"}
"""Words before weather that is not there yet: before it rains."""
_BUT = grammar.words("but 但 但是 而 而是 instead yet however")
"""Words behind which the prompt says what there is in place of what it takes away."""
_NEITHER = frozenset(["neither", "none"])
_ALTERNATIVES = frozenset(["or", "nor", "或", "或者", "以及"])
_BROUGHT_IN = grammar.INDEFINITE | grammar.DEFINITE
_ABROAD = frozenset(["sin", "ohne", "keine", "kein", "sans"])
_LACKING = frozenset(["without", "without any", "with no", "lacking", "lacks", "sans"])
"""Negators of what somebody has not got, who goes on to do something: a man without a coat running."""
LIST_WORDS = 3
"""Most words of an item in a list that goes on behind a comma: no cars, tall buildings or people."""
PEOPLE = Sense("character", "person")


def mark(units: list[Unit], *, foreign: bool) -> None:
    """Mark the units that are left out; negators themselves become links.

    Args:
        units: of the whole prompt, in place.
        foreign: whether it is in a language whose negators may be words of English.
    """
    for at, unit in enumerate(units):
        if unit.kind == "flag":
            _leave_out_all(units, at)
        elif unit.is_word and "weather" in unit.kinds and _is_no_more(units, at):
            _negate(unit)
        elif _is_unnoticed(units, at):
            for noticing in units[at + 1 : _noticing(units, at) + 1]:
                noticing.pictured = True
        elif not _mark_absent(units, at) and _negates(units, at, foreign=foreign):
            _begin(units, at)


def _mark_absent(units: list[Unit], at: int) -> bool:
    """Mark what a word says to be over or gone, or not to do something; False for words that say nothing of that kind."""
    unit = units[at]
    if unit.word in _OVER and not (at and units[at - 1].word in _NOT_OVER):
        _end_weather(units, at)
    elif unit.negated or not unit.is_word:
        return True
    elif _is_absence(units, at) and _leave_out_subjects(units, at):
        _leave_out(units, at, begun=False)
    elif unit.word in _CHINESE_GONE and _has_left(units, at) and _leave_out_subjects(units, at):
        _negate(unit)
    elif unit.word in _NEITHER and (verb := _denied(units, at)):
        for each in units[at:verb]:
            each.kind = "link" if each.word in _NEITHER | _ALTERNATIVES else each.kind
        _leave_out(units, verb - 1, begun=False)
    else:
        return False
    return True


def _begin(units: list[Unit], at: int) -> None:
    """Take a negator for a link, or for the people whom it denies, and leave out what it speaks of."""
    unit = units[at]
    unit.kind = "link"
    if unit.word in grammar.NEGATED_PEOPLE or unit.word == "no one":
        unit.kind = "word"
        unit.senses = (PEOPLE,)
        unit.negated = True
    _leave_out(units, at, begun=unit.negated)


def _is_absence(units: list[Unit], at: int) -> bool:
    """Whether a word begins what says that its subject is not there: is gone, does not come along, 没有出现."""
    word, rest = units[at].word, _rest(units, at)
    words = [unit.word for unit in rest if unit.word not in _TRAILING]
    if word in grammar.ABSENCES:
        return word.isascii() or (all(unit.kinds <= _PLACES for unit in rest) and not _is_elsewhere(units, at))
    if word in grammar.BEING:
        return bool(words) and words[0] in _AWAY and len(words) == 1
    if word in _HAVING_GONE:
        return _has_gone(units, at, words)
    if word not in grammar.NEGATORS and word not in grammar.NEGATIVE_PHRASES:
        return False
    if word in _NOT_BEING and words and words[0] in _PLACED:
        return words[-1] in grammar.FILM_WORDS
    absent = word in _NOT_BEING and len(words) == 1 and words[0] in _PRESENT
    coming = bool(words) and lexicon.listed_stem(words[0], _COMING) != "" and not _NEAR & {*words}
    return absent or (coming and (len(rest) == 1 or rest[1].kinds <= {"link"}))


def _is_elsewhere(units: list[Unit], at: int) -> bool:
    """Whether the next Chinese clause tells, without a subject of its own, where somebody is instead: 不在厨房, 而在花园跳舞."""
    end = syntax.end_of_clause(units, at)
    if end == len(units) or units[end].kind != "pause":
        return False
    rest = units[end + 1 : syntax.end_of_clause(units, end + 1)]
    first = next((unit for unit in rest if unit.word not in _BUT | grammar.ADVERBS), None)
    placed = first is not None and (first.word in grammar.PREPOSITIONS or bool(first.kinds & VERBS))
    return placed and units[at].word.startswith("不在")


def _has_gone(units: list[Unit], at: int, words: list[str]) -> bool:
    """Whether words behind a form of have say that somebody is gone, of whom no more is told: has already left the room."""
    words = [each for each in words if each not in grammar.ADVERBS]
    if not words or words[0].split(" ")[0] not in _GONE or grammar.JOINING & {*words}:
        return False
    return not _is_told_of(units, at) and (len(words) == 1 or words[1] in _BEHIND_GONE)


def _is_told_of(units: list[Unit], at: int) -> bool:
    """Whether a prompt tells more of the one who is gone: he was there before he left, or is spoken of again."""
    subject = syntax.before(units, at)
    if subject is None or sum(unit.word == subject.word for unit in units[:at]) > 1:
        return True
    others = [unit for unit in units if unit.kind == "mention" or "character" in unit.kinds]
    return len(others) == 1 and any(unit.word in _REFERRING for unit in units[at:])


def _has_left(units: list[Unit], at: int) -> bool:
    """Whether a Chinese verb says that its subject is gone, from wherever: 已经走了, 刚刚离开, 离开以后; but 走了, 走了进来."""
    rest = _rest(units, at)
    place = at - 1
    while place > 0 and units[place].word in _JUST_SO:
        place -= 1
    already = place >= 0 and units[place].word in _ALREADY
    done = bool(rest) and rest[0].word == "了"
    afterwards = bool(rest) and rest[-1].word in _AFTERWARDS
    behind = [unit for unit in rest[done:] if unit.word not in _AFTERWARDS]
    left = not behind or (units[at].word == "离开" and all(unit.kinds <= _PLACES for unit in behind))
    return (already or afterwards or units[at].word == "消失") and left and not _is_told_of(units, at)


def _rest(units: list[Unit], at: int) -> list[Unit]:
    """Return what stands behind a place in its clause."""
    return units[at + 1 : syntax.end_of_clause(units, at + 1)]


def _leave_out_subjects(units: list[Unit], at: int) -> bool:
    """Leave out whoever a clause is about at a place; False where that is nobody who is named."""
    found = False
    for unit in reversed(units[:at]):
        named = unit.kind == "mention" or "character" in unit.kinds
        if unit.ends_clause or (found and not named and unit.word not in grammar.JOINING | _ALTERNATIVES | _BROUGHT_IN):
            break
        if unit.is_word and not named and unit.word not in grammar.LINKS:
            break
        if (
            not named
            and unit.word in (grammar.CONJUNCTIONS | grammar.SUBJECT_PRONOUNS) - grammar.JOINING - _ALTERNATIVES
        ):
            break
        if named:
            _negate(unit)
            found = True
    return found or _leave_out_referred(units, at)


def _leave_out_referred(units: list[Unit], at: int) -> bool:
    """Leave out of whom the pronoun before a place speaks: waits for @ben, but he never shows up."""
    subject = syntax.before(units, at)
    if subject is None or subject.word not in _REFERRING:
        return False
    for unit in reversed(units[:at]):
        if unit.kind == "stop":
            return False
        if unit.kind == "mention" or _may_refer(subject.word, unit):
            for each in units[:at]:
                if each is unit or (each.kind == "mention" and each.word == unit.word):
                    _negate(each)
            return True
    return False


def _may_refer(pronoun: str, unit: Unit) -> bool:
    """Whether a pronoun may speak of a noun."""
    woman = unit.meaning("character") == "woman"
    return "character" in unit.kinds and (pronoun in {"they", "who"} or woman == (pronoun in grammar.SHE))


def _end_weather(units: list[Unit], at: int) -> None:
    """Leave out the weather that a word right behind it, or behind an adverb, says to be over: 台风过后."""
    for unit in reversed(units[:at]):
        if unit.is_word and "weather" in unit.kinds:
            _negate(unit)
        if unit.ends_clause or unit.kinds - {"link", "manner"}:
            return


def _is_no_more(units: list[Unit], at: int) -> bool:
    """Whether words behind weather, or before it, say that it is over, not to be seen or still to come."""
    begin = syntax.begin_of_clause(units, at)
    later = any(unit.word in _NOT_YET for unit in units[begin:at])
    over = units[at].word.isascii() and _is_over(units, at)
    return later != over or _is_hidden(units, at)  # until the snow stops it snows


def _is_hidden(units: list[Unit], at: int) -> bool:
    """Whether weather is said not to be there: the sun is not shining, hides behind clouds, 太阳没出来."""
    said = [unit.word for unit in _rest(units, at) if unit.word not in _HAVING]
    while len(said) > 1 and said[0] in grammar.ADVERBS:
        said = said[1:]
    if len(said) > 1 and said[0] in grammar.NEGATORS:
        return lexicon.listed_stem(said[1], _SHOWING) != "" or said[1].startswith(_CHINESE_OUT)
    hiding = bool(said) and (said[0] in _HIDDEN or lexicon.listed_stem(said[0].split(" ")[0], _HIDING) != "")
    return hiding and units[at].meaning("weather") == "clear"


def _denied(units: list[Unit], at: int) -> int:
    """Return the place of the verb that "neither" denies of those who are there, or 0: neither the dog nor the cat is moving."""
    named = False
    for place in range(at + 1, syntax.end_of_clause(units, at)):
        unit = units[place]
        done = unit.word in grammar.DOING_SO or (unit.kinds & VERBS and unit.form == "s")
        if named and done and not syntax.is_agent(unit):
            return place
        named = named or syntax.is_agent(unit)
    return 0


def _is_over(units: list[Unit], at: int) -> bool:
    """Whether English words say that weather is over: after the storm, the rain has stopped."""
    place = at
    while (
        place
        and (units[place - 1].word in _BROUGHT_IN or units[place - 1].kinds <= {"manner"})
        and not units[place - 1].ends_clause
    ):
        place -= 1
    if place and units[place - 1].word == "after":
        return True
    if units[at].form == "s" and [unit.word for unit in _rest(units, at)] == ["over"]:
        return False  # the window fogs over
    rest = [unit for unit in _rest(units, at) if unit.word not in _HAVING]
    ends = len(rest) == 1 or (bool(rest) and rest[0].word not in {"over", "gone"})
    return bool(rest) and ends and lexicon.listed_stem(rest[0].word.split(" ")[0], _ENDING) != ""


def _negates(units: list[Unit], at: int, *, foreign: bool) -> bool:
    word = units[at].word
    following = next((unit for unit in units[at + 1 :] if unit.kind in {"word", "mention", "stop"}), None)
    if word in _ENDED:
        return following is not None and "weather" in following.kinds
    if word in _ABROAD and not foreign:
        return False
    if word not in grammar.NEGATORS and word not in grammar.NEGATIVE_PHRASES:
        return False
    if word in grammar.NEGATED_PEOPLE:
        return True
    if following is None or following.kind == "stop":
        return False
    begins = following.word.split(" ")[0]
    behind = syntax.after(units, syntax.place_of(units, following))
    helpless = begins == "help" and behind is not None and behind.form == "ing"  # she couldn't help laughing
    affirmed = (
        helpless
        or begins in grammar.AFFIRMED
        or any(begins == f"{word}{end}" for word in grammar.AFFIRMED for end in ("s", "ping"))
    )
    return not affirmed


def _is_unnoticed(units: list[Unit], at: int) -> bool:
    """Whether "nobody" only says that those who may be there do not notice what somebody does: nobody notices, 没人发现."""
    place = _noticing(units, at)
    if place >= len(units) or not any(syntax.is_agent(unit) for unit in units[:at]):
        return False
    verb = units[place]
    nobody = units[at].word in _NOBODY or place > at + 1
    english = verb.form != "ing" and lexicon.listed_stem(verb.word, _NOTICING) != ""
    return nobody and (english or verb.word.startswith(_CHINESE_NOTICING))


def _noticing(units: list[Unit], at: int) -> int:
    """Return the place of the verb behind a word for nobody: behind 没人, or behind 没有 and 人."""
    apart = units[at].word in {"没有", "没"} and at + 1 < len(units) and units[at + 1].word == "人"
    return at + 1 + apart


def _leave_out_all(units: list[Unit], at: int) -> None:
    """Leave out everything up to the next label, setting or line."""
    for unit in units[at + 1 :]:
        if unit.kind in {"label", "flag", "setting"} or (unit.kind == "stop" and unit.source == "\n"):
            if unit.source.startswith(":") or unit.source.startswith("<"):
                continue
            return
        _negate(unit)


def _negate(unit: Unit) -> None:
    if unit.kind == "mention":
        unit.negated = True
    if unit.kind in {"word", "speech"} and unit.kinds != {"link"}:
        unit.kind = "word"
        unit.negated = True


def _leave_out(units: list[Unit], at: int, *, begun: bool) -> None:
    """Leave out what a negator speaks of: to the end of the clause, or of a list with "or"."""
    end = _end_of_list(units, at)
    for place in range(at + 1, len(units)):
        unit = units[place]
        if unit.ends_clause and place >= end and unit.source not in {"、", '"', "“", "”"}:
            return
        joined = begun and units[place - 1].word in _ALTERNATIVES
        if unit.kind == "mention" and units[at].word not in _APART and (joined or not begun):
            _negate(unit)
            begun = True
            continue
        if begun and (
            unit.kind == "mention" or unit.word.split(" ")[0] in grammar.RESUMERS or _brings_in(units, place)
        ):
            return
        if unit.kind == "mention" or unit.word in grammar.NEGATORS:
            return
        if _goes_on(units, place):
            unit.kind = "link"
            return
        if unit.word in _BUT:
            return
        if begun and (_resumes(units, at, place) or _is_spared(units, at, place) or _is_next_deed(units, at, place)):
            return
        _negate(unit)
        unit.unshown = "pictured" if unit.negated and _is_unwilling(units, at) else unit.unshown
        if unit.word in grammar.FILM_WORDS and units[at].word in _LACKING and _agent(units, at) is not None:
            unit.negated = True  # without a camera
        begun = begun or unit.negated


def _is_unwilling(units: list[Unit], negator: int) -> bool:
    """Whether somebody in the film does not want or know something, which is no wish about the film: the dog doesn't want a bath."""
    verb = units[negator + 1] if negator + 1 < len(units) else units[negator]
    unwilling = lexicon.listed_stem(verb.word, _WILLING) != "" or verb.word.startswith(_CHINESE_UNWILLING)
    return unwilling and any(unit.word not in _FILMING for unit in syntax.agents_before(units, negator))


def _goes_on(units: list[Unit], at: int) -> bool:
    """Whether a negated word means that something goes on: never stops, but no stop sign and no stopping to look."""
    following = units[at + 1] if at + 1 < len(units) else None
    return lexicon.listed_stem(units[at].word, _STOPPING) != "" and (following is None or following.word != "to")


def _resumes(units: list[Unit], negator: int, at: int) -> bool:
    """Whether a word begins what somebody before a negator does: a knight without helmet eats, a man with no hat is running."""
    agent = _agent(units, negator)
    if agent is None:
        return False
    if units[at].word in grammar.BEING | {"who"}:
        return True
    verb = at
    while verb + 1 < len(units) and units[verb].kinds <= {"manner"} and syntax.is_adverb(units[verb]):
        verb += 1
    unit = units[verb]
    if not units[at - 1].negated or not unit.kinds & VERBS or unit.ends_clause:
        return False
    if unit.form == "s":
        return True
    if units[negator].word not in _LACKING or syntax.is_agent(units[at - 1]):
        return False
    several = unit.kinds <= VERBS | {"scene hint", "link"} and denominal.are_several(units, agent)
    return unit.form == "ed" or unit.word.endswith("ing") or several


def _is_next_deed(units: list[Unit], negator: int, at: int) -> bool:
    """Whether a word is what somebody does who does not do something else: 他不说话就走了, she doesn't talk and walks away."""
    unit = units[at]
    if unit.word.isascii():
        done = units[at + 1 : at + 2]
        finite = unit.word in grammar.JOINING and bool(done) and done[0].kinds & VERBS and done[0].form == "s"
        return bool(finite) and units[negator].word.endswith(("n't", "not"))
    denied = next((place for place in reversed(range(negator + 1, at)) if _is_predicate(units[place])), None)
    if not unit.kinds & VERBS or denied is None or units[denied].word.startswith(_CHINESE_WILLING):
        return False
    if not syntax.agents_before(units, negator) or any(each.word in _CHINESE_TOO for each in units[denied:at]):
        return False
    return at > denied + 1 or syntax.after(units, at) is not None


def _is_predicate(unit: Unit) -> bool:
    """Whether a Chinese word may be all that is said of somebody: what he does, or how he is, but not how he does it."""
    return bool(unit.kinds & VERBS) or (syntax.is_adjective(unit) and not syntax.is_adverb(unit))


def _is_spared(units: list[Unit], negator: int, at: int) -> bool:
    """Whether a phrase is for somebody there to whom somebody else does not do something: he doesn't hear the dog, 猫没看到老鼠."""
    if units[negator].word in _LACKING:
        return units[at].word in grammar.PERSONAL  # without her umbrella she runs
    nobody = units[negator].negated
    if not nobody and not syntax.agents_before(units, negator):
        return False
    verb = next((unit for unit in units[negator + 1 : at] if unit.negated), units[at])
    if not units[at].word.isascii():
        return verb.word.startswith(_CHINESE_NOTICING) and syntax.is_agent(units[at])
    attended = nobody and any(lexicon.listed_stem(unit.word, _ATTENDING) for unit in units[negator + 1 : at])
    known = attended or units[at].word in grammar.DEFINITE or units[at].kind == "mention"
    noun = units[syntax.head(units, at)]
    return known and bool(noun.kinds & syntax.SOMEBODY) and lexicon.listed_stem(verb.word, _OWNING) == ""


def _agent(units: list[Unit], at: int) -> int | None:
    """Return the place of who is named before a place in its clause, or None."""
    for place in reversed(range(at)):
        if units[place].ends_clause:
            return None
        if units[place].kind == "mention" or units[place].kinds & syntax.SOMEBODY:
            return place
    return None


def _brings_in(units: list[Unit], at: int) -> bool:
    """Whether somebody new comes in: no rain and a dog, but not in: no rain and wind."""
    if units[at].word not in grammar.JOINING or at + 1 >= len(units):
        return False
    following = units[at + 1]
    return following.word in _BROUGHT_IN or following.kind == "mention" or "number" in following.kinds


def _end_of_list(units: list[Unit], at: int) -> int:
    """Return the place up to which commas go on with the list that a negator began: that of its last "or"."""
    end = at
    words = 0
    for place in range(at + 1, len(units)):
        unit = units[place]
        if unit.kind == "pause" and unit.source in {",", "，"}:
            words = 0
        elif unit.ends_clause or words > LIST_WORDS or unit.kind == "mention" or unit.word in grammar.NEGATORS:
            break
        elif unit.word in _ALTERNATIVES:
            end = place
            words = 0
        elif unit.is_word and unit.word not in grammar.LINKS:
            words += 1
    return end
