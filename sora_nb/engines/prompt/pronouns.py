"""Tell which pronouns bring somebody in of whom no noun speaks: she walks, a dog follows her; he and his parents; 你和我."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS
from sora_nb.engines.prompt.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.prompt.units import Unit

_DRAWN = {
    "i": ("person", 1), "you": ("person", 1), "he": ("person", 1), "she": ("woman", 1), "they": ("person", 2),
    "我": ("person", 1), "你": ("person", 1), "他": ("person", 1), "她": ("woman", 1), "他们": ("person", 2), "她们": ("woman", 2),
}  # fmt: skip
"""Pronouns that may bring somebody in: who is drawn, and how many."""
_FORMS = {"me": "i", "myself": "i", "him": "he", "her": "she", "them": "they"}
"""Their forms that are no subjects, which bring somebody in beside "and"."""
_SPEAKING = frozenset(["i", "you", "我", "你"])
"""Those for who speaks and who is spoken to: no noun is for them."""
_JOINING = frozenset(["and", "和", "跟", "与"])
_HAVING = frozenset(["has", "had", "wears", "wore"])
_SUBORDINATE = frozenset(["when", "as", "while", "if", "before", "after", "until", "because", "since", "once"])
"""Words that begin subordinate clauses: as she walks by, a girl finds a fox."""
_WATCHING = frozenset(["look", "talk"])
"""What who films does, too: you see a cat, I tell of a dog."""
_TO = frozenset(["between", "for", "to"])
"""Words before those who are not in the film: a film for you and me."""


def bring_in(units: list[Unit], at: int, parts: Sequence[Part], *, mentioned: bool) -> Part | None:
    """Return whom a unit brings in where that is a pronoun for somebody who has not come yet, or None.

    Args:
        units: of the whole prompt.
        at: the place of the unit.
        parts: those who came before.
        mentioned: whether somebody has an @mention, for whom a pronoun may be.
    """
    unit = units[at]
    spoken = unit.word.split("'")[0]
    pronoun = _FORMS.get(spoken, spoken)
    if pronoun not in _DRAWN or any(pronoun in _said(part) for part in parts):
        return None
    if pronoun not in _SPEAKING and (mentioned or not all(_said(part) for part in parts)):
        return None
    joined = _is_joined(units, at, parts)
    if not joined and (spoken in _FORMS or mentioned or not _acts(units, at, pronoun, first=not parts)):
        return None
    name, count = _DRAWN[pronoun]
    return Part(name, stock=True, units=[unit], count=count, asked=unit.source if count > 1 else "")


def _said(part: Part) -> set[str]:
    """Return the pronouns, as subjects, that brought somebody in."""
    spoken = part.units[0].word.split("'")[0]
    return {_FORMS.get(spoken, spoken)} & _DRAWN.keys()


def _is_joined(units: list[Unit], at: int, parts: Sequence[Part]) -> bool:
    """Whether "and" joins a pronoun to somebody: dad and I, me and my dog, he and his parents."""
    before, behind = units[:at][-2:], units[at + 1 : at + 3]
    if len(before) == 2 and before[1].word in _JOINING and any(before[0] is part.units[-1] for part in parts):
        return True
    if len(behind) < 2 or behind[0].word not in _JOINING or (before and before[-1].word in _TO):
        return False
    return syntax.is_determiner(behind[1]) or syntax.is_agent(behind[1]) or behind[1].word in _FORMS


def _acts(units: list[Unit], at: int, pronoun: str, *, first: bool) -> bool:
    """Whether a pronoun is the subject of a verb; of the first one a noun behind a subordinate clause may say who it is."""
    if not pronoun.isascii():
        return pronoun not in _SPEAKING or _is_done(_chinese_verb(units, at))
    before = syntax.before(units, at)
    if first and before is not None and before.word in _SUBORDINATE:
        return False
    rest = [unit for unit in units[at + 1 : syntax.end_of_clause(units, at)] if not _is_auxiliary(unit)]
    verb = rest[0] if rest else None
    if pronoun in _SPEAKING:
        return _is_done(verb)
    if verb is None:
        return False
    placed = verb.word in grammar.PREPOSITIONS  # she is at the beach
    return verb.verb or "deed" in verb.kinds or verb.form == "s" or placed or verb.word in _HAVING


def _is_auxiliary(unit: Unit) -> bool:
    return syntax.is_adverb(unit) or unit.word in (grammar.AUXILIARIES - _HAVING) | grammar.MODALS | grammar.NEGATORS


def _is_done(verb: Unit | None) -> bool:
    """Whether a verb is something that is drawn, and no wish of who asks for a film."""
    if verb is None or not verb.verb or lexicon.listed_stem(verb.word, grammar.COMMANDS):
        return False
    return verb.meaning("action") not in {"", *_WATCHING}


def _chinese_verb(units: list[Unit], at: int) -> Unit | None:
    """Return the verb of the clause that a pronoun begins, or None where somebody else comes before it."""
    for unit in units[at + 1 :]:
        if unit.ends_clause or syntax.is_agent(unit) or unit.word == "的":
            return None
        if unit.kinds & VERBS:
            return unit
    return None
