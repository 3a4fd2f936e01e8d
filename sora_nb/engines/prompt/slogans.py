"""Mark those of whom a slogan or a saying speaks in general, so that nobody draws them: Dogs love it! A dog runs; made for cats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_FEELING = grammar.words(
    "love like hate adore prefer choose trust need want deserve crave enjoy know dream ask swear rely recommend approve "
    "喜欢 爱 最爱 爱吃 讨厌 相信 信赖 需要 想要 选择 推荐"
)
"""Verbs of what all of a kind feel or want, which no film shows."""
_MEANT = grammar.words(
    "made designed built perfect ideal great best good fit safe approved recommended tested loved trusted crafted"
)
"""Words before "for" or "by" and those to whom something is sold."""
_TOWARD = frozenset(["for", "by"])
_ONE = frozenset(["a", "an", *counts.ONE_OF])


def mark(units: list[Unit]) -> None:
    """Mark the nouns for all of a kind, and what those feel or want."""
    for at, unit in enumerate(units):
        if not unit.is_asked or "character" not in unit.kinds or counts.noun_phrase(units, at):
            continue
        felt = _felt(units, at)
        if felt and (_is_shown_later(units, at) or _is_of_thing(units, at)):
            unit.pictured = True
            units[felt].pictured = units[felt].word not in grammar.NEGATORS
        elif syntax.is_many(unit) and _is_sold_to(units, at):
            unit.pictured = True


def _felt(units: list[Unit], at: int) -> int:
    """Return the place of what all of a kind feel or do not do, right behind the noun for them, or 0."""
    if units[at].word.isascii() and not syntax.is_many(units[at]):
        return 0
    place = at + 1
    while place < len(units) and not units[place].ends_clause:
        if lexicon.listed_stem(units[place].word, _FEELING) or units[place].word in grammar.NEGATORS:
            return place
        if not (syntax.is_adverb(units[place]) or units[place].word in grammar.AUXILIARIES):
            return 0
        place += 1
    return 0


def _is_shown_later(units: list[Unit], at: int) -> bool:
    """Whether a later sentence brings in one of them: Dogs love it! A dog runs."""
    stop = next((place for place in range(at, len(units)) if units[place].kind == "stop"), len(units))
    return any(
        units[place].meaning("character") == units[at].meaning("character")
        and any(each.word in _ONE for each in counts.noun_phrase(units, place))
        for place in range(stop, len(units))
        if units[place].is_asked and not syntax.is_many(units[place])
    )


def _is_of_thing(units: list[Unit], at: int) -> bool:
    """Whether a noun begins what is said of a thing right before it: the only kibble cats choose."""
    thing = at > 1 and bool(units[at - 1].kinds & syntax.THINGS) and not units[at - 1].kinds & syntax.SOMEBODY
    return thing and syntax.is_determiner(units[at - 1 - len(counts.noun_phrase(units, at - 1))])


def _is_sold_to(units: list[Unit], at: int) -> bool:
    """Whether a noun is for those to whom something is sold: made for cats, perfect for kids."""
    return at > 1 and units[at - 1].word in _TOWARD and units[at - 2].word in _MEANT
