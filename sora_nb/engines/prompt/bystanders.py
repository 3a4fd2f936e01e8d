"""Tell people who are only said to be around others, and so are none of them: 周围的人看手机, the people around them stare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_PERSON, _PEOPLE = "人", "人们"
_ALL_AROUND = grammar.words("周围 四周 附近 身边 围观")
"""Chinese words behind which 人 is for several."""
_BESIDE = grammar.words("旁边 身旁 身后 背后 后面 前面 对面 面前 边上 隔壁 里 里面 中 上 下") | _ALL_AROUND
"""Chinese words for where somebody is who is none of those named before."""
_ALL = "都"
_AROUND = grammar.words("around near behind beside opposite surrounding")
"""English prepositions for the same, before a pronoun for those named before."""
_SURROUNDING = frozenset(["around", "nearby", "surrounding", "passing"])
"""English words for the same beside a noun."""
_ENGLISH_PEOPLE = grammar.words("people folks everyone everybody others")


def resolve(units: list[Unit]) -> None:
    """Make a plural of the Chinese noun for people who are all around: 周围的人, 房间里的人都在睡觉."""
    for at, unit in enumerate(units):
        place = _place_before(units, at) if unit.word == _PERSON else None
        following = units[at + 1].word if at + 1 < len(units) else ""
        if place is not None and (place.word in _ALL_AROUND or following == _ALL):
            unit.word = _PEOPLE


def are_meant(units: list[Unit], at: int) -> bool:
    """Whether a noun for people is for those around others: 旁边的人, people nearby."""
    if not units[at].word.isascii():
        return units[at].word in {_PERSON, _PEOPLE} and _place_before(units, at) is not None
    words = [unit.word for unit in units[at + 1 : at + 3]]
    around = len(words) == 2 and words[0] in _AROUND and words[1] in grammar.PRONOUNS
    beside = {*words[:1], *(unit.word for unit in units[:at][-1:])} & _SURROUNDING
    return units[at].word in _ENGLISH_PEOPLE and (around or bool(beside))


def _place_before(units: list[Unit], at: int) -> Unit | None:
    """Return the word for where somebody is right before a Chinese noun, with a 的 or without, or None."""
    marked = at > 0 and units[at - 1].word == "的"
    place = units[at - 1 - marked] if at > marked else None
    if place is None or place.ends_clause:
        return None
    there = place.word in _BESIDE or bool(place.kinds & syntax.PLACES)
    return place if (there and marked) or place.word in _ALL_AROUND else None
