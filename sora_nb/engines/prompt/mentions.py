"""Find the names that stand without their sign for who is mentioned elsewhere in a prompt: @luna dances, Luna's dog sleeps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.units import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWNED = "'s"
_FIRST = re.compile(r"[^\W\d_]{2,}")
"""The first name in a username: anna of anna.k."""
_NAMING = frozenset(["named", "called"])
"""Words before the name of somebody else: a boy named Max."""
_BEHIND = grammar.AUXILIARIES | grammar.JOINING | {"的"}
"""Words behind a name."""
_NEVER = frozenset(["time", "weather", "scene", "link", "number"])
"""Kinds of words that are no names, even in capitals: @may walks in May."""


def resolve(units: list[Unit]) -> None:
    """Make mentions of names without a sign whose bearers are mentioned with one before or behind."""
    bearers = _bearers(units)
    at = 0
    while bearers and at < len(units):
        unit = units[at]
        name = unit.source.lower().replace("\u2019", "'").removesuffix(_OWNED)
        if name in bearers and _is_name(units, at, name, bearers):
            owns = len(name) < len(unit.source)
            units[at] = Unit(unit.source[: len(name)], bearers[name], "mention")
            if owns:
                at += 1
                units.insert(at, Unit(unit.source[len(name) :], _OWNED, "word", (Sense("link"),)))
        at += 1


def _bearers(units: list[Unit]) -> dict[str, str]:
    """Return the mention that each username, and each first name of only one of them, is for."""
    mentioned = dict.fromkeys(unit.word for unit in units if unit.kind == "mention")
    firsts = [(first[0].lower(), word) for word in mentioned if (first := _FIRST.match(word[1:]))]
    names = [name for name, _ in firsts]
    alone = {name: word for name, word in firsts if names.count(name) == 1}
    return alone | {word[1:].lower(): word for word in mentioned}


def _is_name(units: list[Unit], at: int, name: str, bearers: Mapping[str, str]) -> bool:
    """Whether a word that a username is made of is a name here: no noun of a phrase, and a known word only where it acts."""
    unit, following = units[at], syntax.after(units, at)
    if not unit.is_word or (at and (syntax.is_determiner(units[at - 1]) or units[at - 1].word in _NAMING)):
        return False
    if not unit.senses or unit.corrections:
        return True
    whole = name == bearers[name][1:].lower()
    if (
        not whole
        or unit.kinds & _NEVER
        or unit.form
        or (unit.word.isascii() and not (unit.source.istitle() or _is_foreign(units)))
    ):
        return False
    if len(name) < len(unit.source):
        return True
    if following is None:
        return at > 0 and (units[at - 1].word in grammar.JOINING or bool(units[at - 1].kinds & VERBS))
    named = following.kind == "mention" or following.source.lower() in bearers
    acts = bool(following.kinds & VERBS) or following.word in _BEHIND
    return named or acts


def _is_foreign(units: list[Unit]) -> bool:
    """Whether a prompt is in Chinese, in which a word of Latin letters is a name."""
    words = [unit.word for unit in units if unit.is_word]
    return 2 * sum(not word.isascii() for word in words) > len(words)
