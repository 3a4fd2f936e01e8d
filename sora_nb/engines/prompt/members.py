"""Tell who the members of a group are: those whom a colon lists behind it, those who have names, and the two of a pair."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import attributes, counts, grammar, headless, lexicon, opposites, syntax
from sora_nb.engines.prompt.part import PEOPLE, Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.engines.prompt.units import Unit

RELATED = grammar.words(
    "friends pals buddies mates siblings brothers sisters rivals enemies lovers partners companions"
)
"""Nouns for several that say what those before are to each other."""
_BRACKETS = frozenset("(（—–-")
_MEMBERS = {
    pair: grammar.words(members)
    for pairs, members in {
        "couple newlyweds lovers": "wife husband bride groom bridegroom man woman boy girl boyfriend girlfriend lady",
        "夫妻 夫妇 老两口 小两口 情侣 恋人 新人": "妻子 丈夫 老婆 老公 媳妇 新娘 新郎 男人 女人 男子 女子 男生 女生 男孩 女孩 "
        "男友 女友 男朋友 女朋友 老太太 老头 奶奶 爷爷",
        "twins siblings": "boy girl brother sister",
        "双胞胎 龙凤胎 兄妹 姐弟 姐妹 兄弟": "男孩 女孩 哥哥 姐姐 弟弟 妹妹",
        "parents": "mother father mom dad mum",
        "父母 爸妈": "妈妈 爸爸 母亲 父亲",
        "爷孙 祖孙 婆孙": "爷爷 奶奶 外公 外婆 姥姥 姥爷 孙子 孙女 外孙 外孙女 男孩 女孩 孩子",
        "师徒": "师父 师傅 徒弟 徒儿",
        "师生": "老师 学生 同学",
        "婆媳": "婆婆 媳妇 儿媳",
        "母子 父子 父女 母女": "妈妈 爸爸 母亲 父亲 儿子 女儿 男孩 女孩 孩子",
    }.items()
    for pair in pairs.split()
}
"""Nouns for two, and those for either of them."""
_GROUPS = {
    group: grammar.words(members)
    for groups, members in {
        "children kids siblings toddlers teenagers": "boy girl",
        "people persons friends strangers students dancers adults": "man woman boy girl guy lady",
        "family": "mother father mom dad mum mommy daddy child children kid son daughter baby boy girl grandma grandpa grandmother "
        "grandfather brother sister",
        "一家": "妈妈 爸爸 母亲 父亲 孩子 儿子 女儿 爷爷 奶奶 男孩 女孩 宝宝 哥哥 姐姐 弟弟 妹妹",
        "孩子 孩子们 小朋友 小孩": "男孩 女孩 小男孩 小女孩",
        "老人 老年人": "爷爷 奶奶 老爷爷 老奶奶 老头 老太太 老伯 大爷 大妈",
        "人 朋友 好朋友 年轻人 学生": "男孩 女孩 男人 女人 男生 女生 男 女",
    }.items()
    for group in groups.split()
}
"""Nouns for any people of whom two may be told apart, and those for either of them."""
_FAMILIES = {"family": "family", "一家": "一家", "全家": "一家"}
"""How nouns for a family begin, and the noun of _GROUPS for it."""
_COUPLES = grammar.words(
    "couple newlyweds lovers parents grandparents 夫妻 夫妇 老两口 小两口 情侣 恋人 新人 父母 爸妈"
)
"""Nouns for a man and a woman."""
_SAME_SEX = grammar.words("gay lesbian queer 同性 同性恋 男男 女女")
"""Words that say of a couple that it is none."""
_ANYBODY = grammar.words("man woman boy girl 男人 女人 男子 女子 男生 女生 男孩 女孩 孩子")
"""Those of them that may be others who came before, too."""
_BY_SEX = grammar.words("男的 女的")
"""Words for a man and for a woman without a noun."""
_BEGINNING = grammar.CONJUNCTIONS | {"while", "as", "when", "而"}
"""Words behind which somebody begins a clause."""


class Members:
    """Put members in the place of their groups, while a cast is read from a prompt.

    Args:
        parts: of the cast, so far; changed in place.
        named: the noun that each name is for.
    """

    def __init__(self, parts: list[Part], named: Mapping[str, Unit]) -> None:
        self._parts = parts
        self._named = named
        self._names: dict[str, Part] = {}
        self._led: list[tuple[Part, Part]] = []
        self._group: Part | None = None
        self._begun = 0
        self._apposed = False
        self._spoken_of: list[Part] = []
        self._spoken: set[str] = set()

    def pass_mark(self, unit: Unit, before: Unit) -> None:
        """Begin to list the members of a group at a mark that may do so, and end with the sentence.

        Args:
            unit: the mark, or any other unit.
            before: the one before it.
        """
        named = self._parts[self._begun :]
        if unit.kind == "stop":
            self._end_list()
        elif self._group is None and len(named) == 1 and named[0].count > 1:
            self._apposed = unit.kind == "pause" and before is named[0].units[-1]
            if unit.kind == "colon" or unit.source in _BRACKETS or self._apposed:
                self._group = named[0]

    def called(self, unit: Unit) -> Part | None:
        """Return who has the name that a unit is, brought in as one of a group where that is said; None for no name."""
        noun = self._named.get(unit.word) if unit.is_word and "character" in unit.kinds else None
        if noun is None:
            return None
        owner = next((part for part in self._parts if any(each is noun for each in part.units)), None)
        part = self._names.get(unit.word, owner)
        if part is None:
            return None
        if part is owner and (owner.count > 1 or owner.apart):
            part = self._take_out(owner, unit, unit.meaning("character"))
        else:
            unit.senses = (lexicon.Sense("link"),)
            part.units.append(unit)
        self._names[unit.word] = part
        return part

    def one_of_pair(self, units: list[Unit], at: int, start: int) -> Part | None:
        """Return who a noun is that begins a clause, brought in as one of a pair: a couple argues, the wife leaves; None for others.

        Args:
            units: of the whole prompt.
            at: the place of the noun.
            start: the place of the first word of its phrase.
        """
        some = self._some_of_family(units, at, start)
        if some is not None:
            return some
        unit, noun = units[at], units[at].word.removesuffix("'s")
        fresh = any(each.word in grammar.INDEFINITE or "number" in each.kinds for each in units[start:at])
        pair = next((part for part in self._parts if noun in _members_of(part) | _of_either_sex(part)), None)
        if fresh or pair is None or any(each.word == unit.word for part in self._parts for each in part.units):
            return None
        before = units[start - 1]
        acted = pair.action != "" or pair.busy or pair.apart > 0
        acted = acted or (before.ends_clause and not unit.word.isascii() and of_pair(pair.units[0].word) != frozenset())
        tagged = start == at and (pair.apart > 0 or before.ends_clause) and _is_item(units, at)
        if noun in _ANYBODY and not tagged and not (acted and self._is_only(pair, unit)):
            return None
        if not (tagged or pair.apart or before.ends_clause or (acted and before.word in _BEGINNING)):
            return None
        pair.asked = ""
        return self._take_out(pair, unit, unit.meaning("character"))

    def _some_of_family(self, units: list[Unit], at: int, start: int) -> Part | None:
        """Return some of a family by their number, or all who are left by a plural: 一家四口, 爸爸做饭, 两个孩子跳舞; None for others."""
        unit, before = units[at], units[start - 1]
        noun = unit.word.removesuffix(lexicon.PLURAL)
        families = (part for part in self._parts if _noun(part) in _FAMILIES)
        group = next((part for part in families if lexicon.listed_stem(noun, _members_of(part))), None)
        plain = start == at or syntax.is_determiner(units[start])  # 隔壁两个孩子
        if group is None or not plain or not (before.ends_clause or before.word in _BEGINNING):
            return None
        numbers = [each for each in units[start:at] if counts.some_of(each)]
        if not numbers and not (syntax.is_many(unit) and group.apart):
            return None
        count = counts.some_of(numbers[0]) if numbers else group.count
        if numbers and not _is_counted(group):
            group.count = count if group.apart else group.count + count
        if count > group.count:
            return None
        for each in numbers:
            each.decides.append(("number", str(count)))
        group.asked = ""
        return self._take_out(group, unit, unit.meaning("character"), count)

    def by_pronoun(self, units: list[Unit], at: int) -> Part | None:
        """Return the one of a man and a woman who came in one noun of whom a pronoun speaks that begins a clause, or None.

        Such as a couple walks, he sings and she dances. Of other people that is so where both pronouns speak of them.
        """
        unit = units[at]
        pronoun = unit.word.split("'")[0]
        begins = at > 0 and syntax.begins_clause(units, at) and unit.is_word
        if pronoun not in grammar.HE | grammar.SHE or not begins or pronoun in self._spoken:
            return None
        pair = next((part for part in reversed(self._parts) if _is_man_and_woman(part, units)), None)
        name = "woman" if pronoun in grammar.SHE else "person"
        led = [member for member, group in self._led if group is pair]
        others = [part for part in self._parts if part is not pair and not any(part is each for each in led)]
        if pair is None or any(part.count == 1 and (part.name == name or not part.stock) for part in others):
            return None
        done = any(each.kinds & lexicon.VERBS for each in units[at + 1 : syntax.end_of_clause(units, at)])
        if not done:  # he is tall and she is short
            return None
        self._spoken.add(pronoun)
        pair.asked, action = "", pair.action
        part = self._take_out(pair, unit, name)
        part.kept = action
        unit.decides = unit.decides or [("character", name)]
        return part

    def described(self, units: list[Unit], at: int) -> Part | None:
        """Return who is told apart by a description, brought in as some of several; None for others.

        Args:
            units: of the whole prompt.
            at: the place of a noun, of a 的 without one, or of any other word.
        """
        known = [part for part in self._parts if part.stock and part.name and not part.aside]
        if not headless.is_somebody(units, at):
            return self._each(units, at, known) or self._one_of_several(units, at, known)
        worn = attributes.is_worn(attributes.before(units, at))
        known = [part for part in known if part.name in PEOPLE] if worn else known
        same = next((part for part in known if part.count == 1 and opposites.agree(units, part, at)), None)
        group = next((part for part in reversed(known) if part.count > 1 or part.apart), None)
        if same is not None:
            return same
        if group is not None:
            return self._single_out(group, units, at)
        people = headless.are_people(units)
        alike = all(part.name == known[0].name and opposites.contradict(units, part, at) for part in known)
        if len(known) > 1 and not (people or alike):
            return self._next_of(known)
        if not (known or worn or people):
            return None
        part = Part(known[0].name if known else "person", stock=True, units=[units[at]])
        self._parts.append(part)
        return part

    def _next_of(self, known: list[Part]) -> Part | None:
        """Return the first of some who was not spoken of yet."""
        free = [part for part in known if not any(part is each for each in self._spoken_of)]
        self._spoken_of += free[:1]
        return next(iter(free), None)

    def _each(self, units: list[Unit], at: int, known: list[Part]) -> Part | None:
        """Return whom one of as many Chinese numbers as were named stands for: 爷爷和奶奶, 一个在下棋, 一个在跳舞."""
        if (
            not counts.is_chinese_one(units, at)
            or len(known) < 2
            or any(part.count > 1 or part.apart for part in known)
        ):
            return None
        ones = sum(counts.is_chinese_one(units, place) for place in range(len(units)))
        acted = any(part.action for part in known if not any(part is each for each in self._spoken_of))
        return None if acted or not 1 < ones <= len(known) else self._next_of(known)

    def _one_of_several(self, units: list[Unit], at: int, known: list[Part]) -> Part | None:
        """Return whom the noun of a group is for behind a description of one of them: 两只狗, 大的狗在跑; None for others."""
        unit = units[at]
        if not unit.is_word or unit.word.isascii() or "character" not in unit.kinds or syntax.is_many(unit):
            return None
        group = next((part for part in reversed(known) if part.count > 1 or part.apart), None)
        if group is None or group.name != unit.meaning("character") or opposites.agree(units, group, at):
            return None
        fresh = any("number" in each.kinds for each in counts.noun_phrase(units, at))
        if fresh or not headless.is_one_of(units, at, group.units[0].word):
            return None
        return self._single_out(group, units, at)

    def _single_out(self, group: Part, units: list[Unit], at: int) -> Part:
        """Take out of a group whom a description is of; the others stand by until they do something."""
        count = headless.number(units, at, group.count if group.apart else 0)
        counted = headless.number_before(units, at)
        part = self._take_out(group, units[at], group.name, min(count, group.count))
        part.kept = group.action
        self._spoken_of.append(part)
        if counted is not None:
            counted.decides.append(("number", str(part.count)))
        group.still = group.still or not group.action
        return part

    def _is_only(self, pair: Part, unit: Unit) -> bool:
        """Whether nobody but those of a pair may be whom a noun speaks of."""
        known = [pair, *(member for member, group in self._led if group is pair)]
        others = (part for part in self._parts if not any(part is each for each in known))
        return all(part.name != unit.meaning("character") for part in others)

    def finish(self, units: list[Unit]) -> None:
        """End the last list, let members who do nothing of their own do what is said of their group, and part couples."""
        self._end_list()
        for part, group in self._led:
            _follow(part, group)
        fit = sum(part.count for part in self._parts) <= counts.MAX_CAST
        if fit and not any(unit.word in _SAME_SEX for unit in units):
            for part in self._parts[:]:
                self._part_couple(part)

    def _part_couple(self, part: Part) -> None:
        """Draw a man and a woman for a couple of whom nobody else is told."""
        noun = part.units[0]
        couple = _is_couple(noun.word) and part.stock and part.name == "person"
        if not couple or part.count != 2 or part.apart:
            return
        place = next(place for place, each in enumerate(self._parts) if each is part)
        self._parts.insert(place + 1, replace(part, name="woman", units=[*part.units], count=1, asked=""))
        part.count, part.asked = 1, ""
        noun.decides.append(("character", "woman"))

    def _end_list(self) -> None:
        """Let those listed behind a colon be the members of the group before it: a family of four: the father, the mother."""
        group, members = self._group, self._parts[self._begun + 1 :]
        counted = list(accumulate(part.count for part in members))
        if group is not None and group.apart:  # two kids play: one eats
            group = None
        if group is not None and group.count in counted:  # who comes then is somebody else: and their dog
            members = members[: counted.index(group.count) + 1]
        if group is not None and self._apposed and _noun(group) not in _GROUPS and not _members_of(group):
            members = [part for part in members if part.name == group.name]  # two cats, a black cat and a white cat
        if group is not None and members and _are_members(members, group):
            self._parts.remove(group)
            for part in members:
                _follow(part, group)
        self._group = None
        self._begun = len(self._parts)

    def _take_out(self, group: Part, unit: Unit, name: str, count: int = 1) -> Part:
        """Bring in members of a group, who are fewer for it; the last ones are all of it that is left."""
        part = replace(group, name=name, units=[unit], count=count, asked="", action="", busy=False, apart=0, weak=[])
        if "character" in unit.kinds:
            unit.decides.append(("character", name))
        place = next(place for place, each in enumerate(self._parts) if each is group)
        self._parts[place : place + (group.count == count)] = [part]
        group.count -= count
        group.apart += count
        self._group = None
        self._led.append((part, group))
        return part


def _is_couple(noun: str) -> bool:
    """Whether a noun is for a man and a woman: an old couple, 老夫妻."""
    last = noun.rsplit(" ", maxsplit=1)[-1]
    return last in _COUPLES or any(_ends_so(last, each) for each in _COUPLES)


def _is_man_and_woman(part: Part, units: list[Unit]) -> bool:
    """Whether a noun for two people is for a man and a woman, or may be where pronouns for both are in the prompt."""
    if not part.stock or part.name not in PEOPLE or part.count + part.apart != 2 or not part.count:
        return False
    if _is_couple(part.units[0].word):
        return True
    words = {unit.word.split("'")[0] for unit in units if unit.is_word}
    return bool(words & grammar.HE and words & grammar.SHE) and not (
        syntax.is_male(part.units[0]) or part.name == "woman"
    )


def _follow(part: Part, group: Part) -> None:
    """Let a member who does nothing of his own do what his group does."""
    part.action = part.action or ("" if part.busy else group.action)


def _members_of(part: Part) -> frozenset[str]:
    """Return the nouns for either one of a pair, or for any of several, or none where somebody is neither."""
    number = part.count + part.apart if part.stock and part.name in PEOPLE else 1
    pair = of_pair(part.units[0].word) if number == 2 else frozenset()
    return pair or (_GROUPS.get(_noun(part), frozenset()) if number > 1 else frozenset())


def _of_either_sex(part: Part) -> frozenset[str]:
    """Return the words for one of several people by his sex."""
    several = part.stock and part.name in PEOPLE and part.count + part.apart > 1
    return _BY_SEX if several else frozenset()


def _noun(part: Part) -> str:
    """Return the last word of the noun for somebody, of a family whatever its number."""
    word = part.units[0].word
    household = next((begin for begin in _FAMILIES if word.startswith(begin)), "")
    return _FAMILIES.get(household) or word.rsplit(" ", maxsplit=1)[-1]


def _is_counted(family: Part) -> bool:
    """Whether the noun for a family says how many they are: 一家四口, a family of four."""
    noun = family.units[0].word.removeprefix(counts.FAMILY).removeprefix("一家")
    return lexicon.number_of(noun) is not None or any("number" in unit.kinds for unit in family.units)


def of_pair(noun: str) -> frozenset[str]:
    """Return the nouns for either one of those whom a noun for two is for, or none where it is no such noun."""
    found = (
        members
        for pair, members in _MEMBERS.items()
        if noun.rsplit(" ", maxsplit=1)[-1] == pair or _ends_so(noun, pair)
    )
    return next(found, frozenset())


def _is_item(units: list[Unit], at: int) -> bool:
    """Whether a noun without a verb is an item of a list: couple, girl, boy; a couple, man and woman."""
    following = units[at + 1] if at + 1 < len(units) else None
    return following is None or following.ends_clause or following.word in grammar.CONJUNCTIONS


def _ends_so(noun: str, pair: str) -> bool:
    """Whether a Chinese noun ends with one for a pair: 老夫妻."""
    return not pair.isascii() and noun.endswith(pair)


def _are_members(parts: list[Part], group: Part) -> bool:
    """Whether those who are listed may be a group: as many, and people where it is of people."""
    count = sum(part.count for part in parts)
    noun = group.units[-1]
    mixed = not group.name or counts.is_ensemble(noun) or noun.word.split(" ")[-1] in RELATED
    alike = all((part.name in PEOPLE or not part.stock) == (group.name in PEOPLE) for part in parts)
    return (mixed or alike) and (count > 1 if group.asked else count == group.count)
