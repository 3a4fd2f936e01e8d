"""Count whom a noun phrase stands for, and share the places in a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import chinese_clauses, grammar, lexicon, position, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

MAX_CAST = 4
"""Characters in one shot."""
_TOGETHER = frozenset(["couple", "family", "duo"])
"""Nouns that are more than one behind "a", too."""
_MULTIPLIERS = frozenset(["pair", "couple", "dozen", "hundred", "thousand"])
"""Numbers that another one multiplies."""


_BOTH = "俩"
"""The number that stands behind a noun."""
_ARTICLES = frozenset(["a", "an", "the"])
_HOUSEHOLD = "一家"
_BEHIND = frozenset([_BOTH, _HOUSEHOLD])
_PERSON = "人"
_SHORT = 2
"""Letters of a unit of measure, such as pm, behind a number."""
_PLURAL_PRONOUNS = grammar.words("他们 她们 我们 咱们 你们")
FAMILY = "family of "


def noun_phrase(units: list[Unit], at: int) -> list[Unit]:
    """Return the determiners, numbers, adjectives and participles right before a noun, in order: a happy dancing."""
    phrase: list[Unit] = []
    for place, unit in reversed(list(enumerate(units[:at]))):
        if unit.ends_clause or not (unit.is_word or unit.kind == "link") or unit.negated:
            break
        if unit.word == "的":
            return [*chinese_clauses.number_before(units, place), *phrase]
        if place and lexicon.number_of(unit.word) and units[place - 1].word in _NUMBERED:
            break  # level 3 boss
        counted = "number" in unit.kinds
        if phrase and phrase[0].word in _ARTICLES and lexicon.is_group(unit.word):
            break  # after school the boy
        acting = unit.form == "ing" and bool(unit.kinds & lexicon.VERBS)
        acting = (
            acting and place > 0 and (syntax.is_determiner(units[place - 1]) or syntax.is_adjective(units[place - 1]))
        )
        of = unit.word == "of" and _counts_before(units, unit)
        if not (
            syntax.is_determiner(unit)
            or syntax.is_adjective(unit)
            or counted
            or acting
            or of
            or _is_kind_of(units, place)
            or unit.word in {"个", "位", "只", "名"}
        ):
            break
        phrase.insert(0, unit)
    return phrase


def _is_kind_of(units: list[Unit], at: int) -> bool:
    """Whether a word between a number and a plural says what kind of somebody that is: four backup dancers, ten village kids."""
    unit, numbered = units[at], at > 0 and some_of(units[at - 1]) > 0
    several = unit.word.endswith("s") and (not unit.senses or unit.form == "s" or unit.word[:-1] in lexicon.INDEX)
    plain = unit.word.isascii() and unit.word.isalpha() and not several and len(unit.word) > _SHORT
    kind = not unit.verb and not unit.kinds & (syntax.SOMEBODY | lexicon.VERBS)
    return numbered and plain and kind and syntax.is_many(units[at + 1])


def behind(units: list[Unit], at: int) -> list[Unit]:
    """Return the number right behind a Chinese noun, in a list, where no other noun follows: 夫妻俩, but not 妈妈俩孩子."""
    counted = any(unit.kinds & syntax.NOUNS for unit in units[at + 2 : at + 3])
    return [unit for unit in units[at + 1 : at + 2] if (unit.word in _BEHIND or is_of_people(unit)) and not counted]


def is_of_people(unit: Unit) -> bool:
    """Whether a unit is a number and 人 behind the noun or pronoun for the same people: 姐妹三人."""
    return "number" in unit.kinds and unit.source.endswith(_PERSON) and unit.word != unit.source


def _are_same_people(units: list[Unit], at: int) -> bool:
    """Whether a number at a place and 人 say how many those are who stand before: 姐妹三人, 他们三人; but not 老师和学生二人."""
    several = some_of(units[at]) or lexicon.is_group(units[at].word)
    if not several or at == 0 or units[at + 1].word != _PERSON:
        return False
    joined = at > 1 and units[at - 2].word in grammar.JOINING
    behind = syntax.after(units, at + 1)
    owned = behind is not None and behind.word == "的"
    people = "character" in units[at - 1].kinds or units[at - 1].word in _PLURAL_PRONOUNS
    return people and not joined and not owned


def _counts_before(units: list[Unit], of: Unit) -> bool:
    place = syntax.place_of(units, of)
    return place > 0 and lexicon.listed_stem(units[place - 1].word, grammar.GROUPS | grammar.NUMBERS.keys()) != ""


def is_ensemble(unit: Unit) -> bool:
    """Whether a noun is for several who do something together: a rock band."""
    return unit.word.split(" ")[-1] in grammar.ENSEMBLES


def _size(unit: Unit) -> int:
    """Return how many each of several is that a plural is for: couples, families; 1 of other nouns."""
    last = unit.word.split(" ")[-1]
    one = lexicon.listed_stem(last, _TOGETHER | grammar.ENSEMBLES)
    return grammar.NUMBERS.get(one, grammar.UNCOUNTED) if one and one != last else 1


def _multiplier(behind: list[Unit]) -> tuple[int, bool]:
    """Return by how much a word right behind a number multiplies it, and whether that is a guess: two dozen, three pairs, two groups."""
    word = behind[0].word if behind else ""
    many = lexicon.listed_stem(word, _MULTIPLIERS)
    group = lexicon.listed_stem(word, grammar.GROUPS) if not many else ""
    return (grammar.NUMBERS[many], False) if many else (grammar.UNCOUNTED if group else 1, group != "")


def number(unit: Unit, phrase: list[Unit]) -> tuple[int, str]:
    """Return how many a noun stands for, and the words for it where that is the engine's guess."""
    asked = " ".join([*(each.source for each in phrase if "number" in each.kinds or each.word == "of"), unit.source])
    size = _size(unit)
    members = grammar.UNCOUNTED if size == 1 and is_ensemble(unit) else size
    for place, each in enumerate(phrase):
        counted = lexicon.number_of(each.word)
        if counted is not None and each.word not in {"一", "一个", "一只", _HOUSEHOLD}:
            unit_of, vague = _multiplier(phrase[place + 1 : place + 2])
            return max(1, counted * unit_of * members), asked if vague or members > 1 else ""
        counted_later = any((lexicon.number_of(later.word) or 0) > 1 for later in phrase[place + 1 :])
        if each.word in ALL or (lexicon.is_group(each.word) and not counted_later):
            return (2 * members if each.word in ALL else grammar.UNCOUNTED * size), asked
    if size > 1 or any(each.word == _HOUSEHOLD for each in phrase):
        return 2 * size if size > 1 else grammar.UNCOUNTED, asked
    if is_ensemble(unit):
        return grammar.UNCOUNTED, asked
    if unit.word.startswith((_HOUSEHOLD, FAMILY)):  # 一家三口
        relatives = lexicon.number_of(unit.word.removeprefix(FAMILY).removeprefix(_HOUSEHOLD))
        return (relatives, "") if relatives else (2, asked)
    single = any(each.word in {"a", "an", "one"} for each in phrase) and unit.word.split(" ")[-1] not in _TOGETHER
    return (2, asked) if syntax.is_many(unit) and not single else (1, "")


CHINESE_OTHERS = grammar.words("其他 其它 其余 别的 剩下的")
"""Words before a noun for all who are not spoken of yet."""
ALL = CHINESE_OTHERS | {"every", "each", "所有", "全体", "每个", "每只", "每位", "每名", "每条"}
"""Words before a noun for all of those whom nobody counts."""
ONE_OF = frozenset(["one", "1", "one of them", "老大", "一只", "一个", "一位", "一名", "一条", "一头", "一匹"])
"""Words for one of several who were named before."""
_ONE_MORE = frozenset(
    ["another", "another one", "second", "另一只", "另一个", "另一名", "另一位", "另一条", "另外一只", "又一只"]
)
_OTHER = frozenset(["other", "other one"])
OTHERS = grammar.words("others rest 其他 其余 其他人 其余人")
"""Words for all the others of several."""
_REST = frozenset(["the", "other", "另外"])
_ORDINALS = {
    **{word: number for number, word in enumerate(["third", "fourth", "fifth", "sixth"], 3)},
    **{f"第{word}": number for number, word in enumerate("二三四五六", 2)},
    **{f"老{word}": number for number, word in enumerate("二三四", 2)},
}
_IN_A_ROW = frozenset(["first", "second", "third", "fourth"])
_CHINESE_FIRST = "第一"
_MEASURES = grammar.words("只 个 位 名 条 头 匹")
_NUMBERED = grammar.words("level stage chapter episode gate floor act phase day")
"""Nouns with a number behind them that counts nobody."""
_BETWEEN = _MEASURES | grammar.words("one of them 在 正 正在 则 却 还")
"""Words between one of several and what he does."""


def resolve(units: list[Unit]) -> None:
    """Take the first of a row for one of several, and "one" behind an ordinal for nothing: the first sleeps, the second one plays.

    The 的 between others and a noun is nothing, either, and 人 behind a number for those before it: 其他的猫, 姐妹三人.
    """
    for at in range(len(units) - 2, -1, -1):
        unit = units[at]
        others = unit.word in CHINESE_OTHERS and units[at + 1].word == "的"
        if _are_same_people(units, at) or (others and syntax.is_noun(syntax.after(units, at + 1))):
            unit.source = f"{unit.source}{units.pop(at + 1).source}"
        if unit.word in _IN_A_ROW and units[at + 1].word == "one":
            unit.source = f"{unit.source} {units.pop(at + 1).source}"
        following = units[at + 1] if at + 1 < len(units) else unit
        known = at > 0 and units[at - 1].word == "the"
        acts = bool(following.kinds & lexicon.VERBS) or following.word in grammar.AUXILIARIES
        if (unit.word == "first" and known and acts) or (unit.word == _CHINESE_FIRST and following.word in _MEASURES):
            unit.word, unit.senses = "one", (lexicon.Sense("number"),)


def ordinal(word: str) -> int:
    """Return which of a row a word means, such as 3 of third and 第三; 0 for others."""
    return _ORDINALS.get(word, 0)


def means_other(unit: Unit) -> bool:
    """Whether a word means the rest of two, or one more: the other sleeps, another, 另一只."""
    return unit.word in _ONE_MORE | _OTHER


def some_of(unit: Unit) -> int:
    """Return the number that a unit names, 2 of two and 两只; 0 where it names one or none."""
    number = lexicon.number_of(unit.word) or 0
    return number if number > 1 and "number" in unit.kinds else 0


def begin_of_rest(units: list[Unit], at: int) -> int:
    """Return where the phrase of a number begins that may be for the rest of several: the other two."""
    while at and units[at - 1].word in _REST:
        at -= 1
    return at


def is_one(units: list[Unit], noun: Unit) -> bool:
    """Whether a noun has the number one, so that another one may follow: one cat sleeps, one plays."""
    return any(each.word in ONE_OF for each in noun_phrase(units, syntax.place_of(units, noun)))


def is_described_one(units: list[Unit], at: int) -> bool:
    """Whether "one" stands behind an article and adjectives for one more that is otherwise: a big dog and a small one."""
    begin = syntax.begin(units, at)
    return units[at].word == "one" and begin < at and begin > 0 and units[begin - 1].word in {"a", "another"}


def rest_of(phrase: list[Unit]) -> int:
    """Return how many are left of those whom a phrase takes some of: 2 of one of the three."""
    of = next((place for place, unit in enumerate(phrase) if unit.word == "of"), len(phrase))
    some, all_ = (
        [number for unit in part if (number := lexicon.number_of(unit.word))] for part in (phrase[:of], phrase[of:])
    )
    return (
        max(0, all_[-1] - some[0]) if some and all_ and not any(lexicon.is_group(unit.word) for unit in phrase) else 0
    )


def stands_alone(units: list[Unit], at: int) -> bool:
    """Whether one, two, another or an ordinal stands for somebody: no noun, but what he does or is follows."""
    unit = units[at]
    if not (unit.word in ONE_OF or means_other(unit) or ordinal(unit.word) or some_of(unit)):
        return False
    behind = _behind_position(units, at) or at + 1
    rest = [each for each in units[behind : behind + 5] if each.word not in _BETWEEN]
    following = _done_there(units, behind) or (rest[0] if rest else None)
    told = at > 0 and (units[at - 1].word in _ONE_MORE or ordinal(units[at - 1].word))
    if following is None or not following.is_word or told or (some_of(unit) and following.form == "s"):
        return False
    if any(each.word == "的" for each in units[at : syntax.end_of_clause(units, at) - 1]):
        return False  # 一个跑步的人, but: 一个跑步的
    return following.verb or "deed" in following.kinds or following.word in grammar.AUXILIARIES | syntax.RELATIVE


def _done_there(units: list[Unit], at: int) -> Unit | None:
    """Return what somebody does behind 在 and the place where he does it, or None: 一只在沙发上睡觉."""
    clause = units[at : syntax.end_of_clause(units, at)]
    verb = next((place for place, unit in enumerate(clause) if unit.kinds & lexicon.VERBS), 0)
    where = clause[1:verb]
    placed = bool(where) and clause[0].word == "在" and not any(syntax.is_agent(unit) for unit in where)
    return clause[verb] if placed else None


def is_chinese_one(units: list[Unit], at: int) -> bool:
    """Whether a Chinese number stands for one of those who were named: 一个在下棋, 另一个在跳舞."""
    one = units[at].word in ONE_OF or means_other(units[at])
    return one and not units[at].word.isascii() and stands_alone(units, at)


def _behind_position(units: list[Unit], at: int) -> int:
    """Return the place behind a phrase for where in the picture one of several is, or 0: the one on the left dances."""
    ends = range(at + 2, syntax.end_of_clause(units, at))
    return next((place for place in ends if position.begin(units, place) == at + 1), 0)


def is_placed(units: list[Unit], at: int) -> bool:
    """Whether "the one" is told from others by where it is: a robot dances, the one on the right sleeps."""
    return at > 0 and units[at - 1].word == "the" and _behind_position(units, at) > 0


def share(counts: list[int]) -> list[int]:
    """Share the places in a shot: everybody one, as far as they go, then more in the order of the prompt."""
    shown = [1 if number < MAX_CAST else 0 for number in range(len(counts))]
    for number, count in enumerate(counts):
        while shown[number] and shown[number] < count and sum(shown) < MAX_CAST:
            shown[number] += 1
    return shown
