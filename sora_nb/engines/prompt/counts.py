"""Count whom a noun phrase stands for, and share the places in a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import chinese_clauses, grammar, lexicon, senses

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

MAX_CAST = 4
"""Characters in one shot."""
MANY = grammar.words(
    "people men women children mice geese couple twins couples 人们 情侣 夫妻 一家人 family 夫妇 老夫妻 老夫妇 老两口 小两口 小情侣 一对新人 新人 恋人 父母 爸妈 母子 父子 父女 母女 兄妹 姐弟 姐妹 双胞胎 龙凤胎 一家三口 一家四口 家人 男女老少"
)
"""Nouns that are more than one as they are."""
_TOGETHER = frozenset(["couple", "family", "duo"])
"""Nouns that are more than one behind "a", too."""


def noun_phrase(units: list[Unit], at: int) -> list[Unit]:
    """Return the determiners, numbers and adjectives right before a noun, in order."""
    phrase: list[Unit] = []
    for place, unit in reversed(list(enumerate(units[:at]))):
        if unit.ends_clause or not (unit.is_word or unit.kind == "link") or unit.negated:
            break
        if unit.word == "的":
            return [*chinese_clauses.number_before(units, place), *phrase]
        counted = "number" in unit.kinds
        of = unit.word == "of" and _counts_before(units, unit)
        if not (
            senses.is_determiner(unit)
            or senses.is_adjective(unit)
            or counted
            or of
            or unit.word in {"个", "位", "只", "名"}
        ):
            break
        phrase.insert(0, unit)
    return phrase


def _counts_before(units: list[Unit], of: Unit) -> bool:
    place = next(place for place, unit in enumerate(units) if unit is of)
    return place > 0 and (units[place - 1].word in grammar.GROUPS or units[place - 1].word in grammar.NUMBERS)


def number(unit: Unit, phrase: list[Unit]) -> tuple[int, str]:
    """Return how many a noun stands for, and the words for it where that is the engine's guess."""
    asked = " ".join([*(each.source for each in phrase if "number" in each.kinds or each.word == "of"), unit.source])
    for each in phrase:
        counted = lexicon.number_of(each.word)
        if counted is not None and each.word not in {"一", "一个", "一只"}:
            return max(1, counted), ""
        if lexicon.is_group(each.word):
            return grammar.UNCOUNTED, asked
    if _is_many(unit):
        definite = any(each.word in {"a", "an", "one"} for each in phrase) and unit.word.split(" ")[-1] not in _TOGETHER
        return (1, "") if definite else (2, asked)
    return 1, ""


def _is_many(unit: Unit) -> bool:
    """Whether a noun is a plural."""
    last = unit.word.split(" ")[-1]
    if last in MANY or last.endswith(("men", "children", lexicon.PLURAL)):
        return True
    listed = unit.form == "" and unit.word[:-1] in lexicon.INDEX
    return last.endswith("s") and not last.endswith(("'s", "s'", "ss")) and (unit.form == "s" or listed)


def share(counts: list[int]) -> list[int]:
    """Share the places in a shot: everybody one, as far as they go, then more in the order of the prompt."""
    shown = [1 if number < MAX_CAST else 0 for number in range(len(counts))]
    for number, count in enumerate(counts):
        while shown[number] and shown[number] < count and sum(shown) < MAX_CAST:
            shown[number] += 1
    return shown
