"""Join the words for how old somebody is, which count nobody: a 5 year old girl, a woman in her 60s, 一个60多岁的老人."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_TENS = "teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties"
_NUMBER = r"(?:\d+|" + "|".join(sorted(word for word in grammar.NUMBERS if word.isascii() and word.isalpha())) + ")"
_OLD = re.compile(
    rf"{_NUMBER} (?:years?|months?|weeks?|days?|yrs?) olds?|{_NUMBER} ?(?:yo|y o)|aged? {_NUMBER}"
    rf"|in (?:his|her|their) (?:(?:early|mid|late) )?(?:\d0s|{_TENS})"
    r"|[\d零一二两三四五六七八九十百几]+[多来余]?(?:岁|个多?月大)(?:多|大|左右)?"
)
"""An age, of units apart by blanks, or in Chinese by nothing."""
_YEARS = re.compile(rf"{_NUMBER} years?")
_LONGEST = 8
"""Most units of an age."""


def join(units: list[Unit]) -> None:
    """Make one unit of each age, which says more of a noun, or is a noun where none follows: a 5-year-old dances."""
    for at in range(len(units)):
        length = _length(units, at)
        if not length:
            continue
        age = units[at : at + length]
        blank = " " if age[0].word[-1:].isascii() and age[-1].word.isascii() else ""
        age[0].source = blank.join(unit.source for unit in age)
        noun = length == 1 and syntax.AGE_OF.fullmatch(age[0].word) and not _goes_on(units, at + 1)
        age[0].word = age[0].word if noun else syntax.AGE
        age[0].senses = (Sense("character", "person", near=True),) if noun else (Sense("manner"),)
        age[0].form, age[0].kind, age[0].corrections = "", "word", []
        del units[at + 1 : at + length]


def _length(units: list[Unit], at: int) -> int:
    """Return how many units from a place on are an age; 0 for none."""
    if at >= len(units):
        return 0
    following = units[at + 2].word if at + 2 < len(units) else ""
    if following.startswith("old ") and _YEARS.fullmatch(" ".join(unit.word for unit in units[at : at + 2])):
        return 2  # a 90 year old man
    for length in range(min(_LONGEST, len(units) - at), 0, -1):
        part = units[at : at + length]
        words = [unit.word for unit in part if unit.kind in {"word", "link"}]
        if len(words) == length and (_OLD.fullmatch(" ".join(words)) or _OLD.fullmatch("".join(words))):
            return length
    return 0


def _goes_on(units: list[Unit], at: int) -> bool:
    """Whether a noun that is so old, or an adjective of it, stands at a place."""
    following = units[at] if at < len(units) else None
    return (
        following is not None
        and not following.ends_clause
        and (syntax.is_agent(following) or syntax.is_adjective(following) or following.word == "的")
    )
