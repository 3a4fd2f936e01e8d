"""Find of which of those who came before a noun or a number for several speaks: a boy and a girl play, the kids run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import bystanders, counts, grammar, lexicon, members, syntax
from sora_nb.engines.prompt.lexicon import VERBS
from sora_nb.engines.prompt.part import PEOPLE, is_young

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit

_EVERYBODY = frozenset(["everybody", "everyone", "大家", "所有人"])
_ALL = grammar.words(
    "friends pals buddies mates companions family families group gang team "
    "朋友 朋友们 好朋友 好朋友们 伙伴 伙伴们 小伙伴 小伙伴们 小家伙 小家伙们 一家 一家人 全家 全家人 一家三口 一家二口 一家两口 一家四口 一家五口 一家六口 一家七口 一家八口"
)
_HUMANS = grammar.words("people adults persons folks guys 人 人们 大人 大人们")
_CHILDREN = grammar.words("kids children youngsters siblings 孩子 孩子们 小孩 小朋友 小朋友们")
_WOMEN = grammar.words("women ladies girls gals 女人 女人们 女士们 女孩 女孩们 女生 女生们")
_MEN = grammar.words("men gentlemen boys lads 男人 男人们 男士们 男孩 男孩们 男生 男生们")
_CREATURES = grammar.words("animals pets creatures critters 动物 动物们 小动物 小动物们 宠物 宠物们")
_PARENTS = grammar.words("parents grandparents 父母 爸妈")
"""Pairs that nobody is who is no such kin."""
_A_PAIR = frozenset(["一对", "一双"])
_SINGULARS = grammar.words("family group gang team couple pair duo trio")
"""Nouns for several that are no plurals."""
_COLLECTIVE = grammar.words("pair duo trio quartet")
"""Numbers that stand for somebody like a noun: the pair dances."""
_GATHERING = grammar.words("the all these those both 这 那 这对 那对 这两 这些 那些")
"""Determiners behind which a noun speaks of those who came before."""
_AFTER_NUMBER = grammar.words("of them us 都 也 一起 在 正在 正 all both")
"""Words between a number for several and what they do."""
_PLURAL = grammar.words("they we them 他们 她们 它们 我们 咱们 他 她 它")
"""Pronouns before a number for the same: they both, 它们俩."""


def by_noun(units: list[Unit], at: int, parts: list[Part], phrase: list[Unit]) -> list[Part]:
    """Return those of the parts of whom a noun for several speaks; nobody where it brings in others.

    Args:
        units: of the whole prompt.
        at: the place of the noun.
        parts: those who came before.
        phrase: its determiners, numbers and adjectives.
    """
    unit = units[at]
    known = [part for part in parts if part.name]
    if unit.word in _EVERYBODY:
        return known if _number(known) > 1 else []
    if any(each.word == unit.word for part in parts for each in part.units):
        return []
    counted = [
        number
        for each in (*phrase, *counts.behind(units, at))
        if (number := lexicon.number_of(each.word)) is not None and each.word != "一家"
    ]
    definite = bool(phrase) and phrase[0].word in _GATHERING
    fresh = any(each.word in grammar.INDEFINITE | grammar.POSSESSIVES | _A_PAIR for each in phrase)
    many = syntax.is_many(unit) or unit.word in _SINGULARS or not unit.word.isascii()
    bare = not unit.word.isascii() and (counted or unit.word.endswith(lexicon.PLURAL) or _is_pair(unit.word))
    if fresh or not many or not (definite or bare) or bystanders.are_meant(units, at):
        return []
    meant = _meant(unit.word, known)
    total = _number(meant)
    return meant if total > 1 and {*counted} <= {total} and (len(known) > 1 or definite) else []


def by_number(units: list[Unit], at: int, parts: list[Part]) -> list[Part]:
    """Return all the parts where a number stands for them and for what they do: the two dance, all three of them, 它们俩."""
    unit = units[at]
    number = counts.some_of(unit)
    known = [part for part in parts if part.name]
    if not number or number != _number(known):
        return []
    before = units[at - 1].word if at else ""
    echoes = before in _PLURAL
    of_them = [each.word for each in units[at + 1 : at + 3]] in (["of", "them"], ["of", "us"])
    definite = before in _GATHERING or unit.word == "both" or of_them or not unit.word.isascii()
    return known if echoes or (definite and _begins(units, at) and _acts(units, at)) else []


def are_meant(units: list[Unit], at: int) -> bool:
    """Whether a number may stand for those who came before and for what the next word says that they do."""
    begins = counts.some_of(units[at]) > 0 and _begins(units, at)
    return begins and any(syntax.is_agent(unit) for unit in units[:at])


def is_collective(unit: Unit) -> bool:
    """Whether a number stands for somebody as a noun does, and so has a verb as one has: the pair dances."""
    return unit.word in _COLLECTIVE


def _begins(units: list[Unit], at: int) -> bool:
    """Whether the phrase of a number, or the one it is, begins a clause."""
    while at and units[at - 1].word in _GATHERING | {"other"}:
        at -= 1
    return at > 0 and syntax.begins_clause(units, at)


def _acts(units: list[Unit], at: int) -> bool:
    rest = [unit for unit in units[at + 1 : syntax.end_of_clause(units, at)] if unit.word not in _AFTER_NUMBER]
    following = rest[0] if rest else None
    if following is None or not following.is_word:
        return False
    return following.verb or bool(following.kinds & VERBS) or following.word in grammar.AUXILIARIES


def _meant(noun: str, known: list[Part]) -> list[Part]:
    """Return who of those who came before a noun for several may be."""
    people = [part for part in known if part.name in PEOPLE or not part.stock]
    if _is_pair(noun):
        kin = members.of_pair(noun)
        pair = [part for part in people if part.units[0].word.split(" ")[-1] in kin]
        others = [] if noun in _PARENTS else people or known
        return next((each for each in (pair, others) if _number(each) == 2), [])
    return next((list(filter(fits, known)) for nouns, fits in _FITTING if noun in nouns), [])


def _is_pair(noun: str) -> bool:
    return bool(members.of_pair(noun))


def _number(parts: list[Part]) -> int:
    return sum(part.count for part in parts)


_FITTING: tuple[tuple[frozenset[str], Callable[[Part], bool]], ...] = (
    (_ALL, lambda _: True),
    (_HUMANS, lambda part: part.name in PEOPLE or not part.stock),
    (_CHILDREN, lambda part: is_young(part.units[0])),
    (_WOMEN, lambda part: part.name == "woman"),
    (_MEN, lambda part: part.name in PEOPLE and syntax.is_male(part.units[0])),
    (_CREATURES, lambda part: part.stock and part.name not in PEOPLE),
)
"""Nouns for several, and who is one of them."""
