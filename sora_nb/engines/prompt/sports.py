"""Read what is done in a sport: who plays serves a ball and no soup, and a goalkeeper dives without swimming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax, words
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SPORTS = words.listed("sports", "scene hint")
"""Words for sports, who plays them, with what and where."""
_MOVES = {
    "play": "serve swing strike head set pass cross drive draw aim shoot save block smash drop steal bat bowl putt chip lob "
    "tip slam pound punt clear push pull lift press catch throw hit pitch make tag tackle spike volley score defend attack",
    "run": "carve cut slide glide round",
    "jump": "lunge fly flip",
}
"""What a player does by a verb that means something else elsewhere."""
_MEANT = {verb: action for action, verbs in _MOVES.items() for verb in verbs.split()}
_DIVES = frozenset(["dive", "plunge", "dove"])
_LEAPING = grammar.words(
    "into in off from for after left right across over onto to at through headfirst head toward towards under"
)
"""Words behind a dive that begins in the air."""
_SWIMMERS = frozenset(["fish", "diver"])
_PRACTISED = grammar.words(
    "practice practise perform attempt try do demonstrate execute nail land learn show master rehearse train swim race finish start"
)
"""Verbs behind which a noun says what is done: practises the butterfly stroke, lands a kickflip."""
_GOING = frozenset(["go", "come"])
_REACH = 4
"""Among how many words behind such a verb its noun is looked for."""


def resolve(units: list[Unit]) -> None:
    """Give verbs what they mean in a sport, and in the air; a move that is practised is what is done."""
    sporting = any(is_sport(unit) for unit in units)
    for at, unit in enumerate(units):
        if not unit.is_word or unit.negated or not unit.word.isascii() or not unit.verb or not unit.kinds & VERBS:
            continue
        stem = unit.word.split(" ")[0]
        if lexicon.listed_stem(stem, _DIVES):
            _dive(units, at, sporting=sporting)
        elif (lexicon.listed_stem(stem, _PRACTISED) or _goes(units, at)) and (move := _practised(units, at)):
            unit.senses = (Sense("action", move, near=True),)
        elif sporting and " " not in unit.word and (known := lexicon.listed_stem(unit.word, _MEANT)):
            unit.senses = (Sense("action", _MEANT[known], near=True),)


def _goes(units: list[Unit], at: int) -> bool:
    """Whether somebody goes to do what the next word says: goes bowling."""
    following = syntax.after(units, at)
    return following is not None and following.form == "ing" and lexicon.listed_stem(units[at].word, _GOING) != ""


def is_sport(unit: Unit) -> bool:
    """Whether a word is for a sport, or for who or what belongs to one."""
    if not unit.is_word or unit.negated:
        return False
    return bool(lexicon.listed_stem(unit.word, _SPORTS))


def _dive(units: list[Unit], at: int, *, sporting: bool) -> None:
    """Make a jump of a dive that begins in the air; it says nothing of where that is."""
    following = syntax.after(units, at)
    swims = any(unit.meaning("character") in _SWIMMERS for unit in units[:at])
    if not swims and (sporting or (following is not None and following.word.split(" ")[0] in _LEAPING)):
        units[at].senses = (Sense("action", "jump", near=True),)


def _practised(units: list[Unit], at: int) -> str:
    """Return the action of the noun that a verb stands before, or ""."""
    for unit in units[at + 1 : at + 1 + _REACH]:
        if unit.ends_clause or unit.word in grammar.PREPOSITIONS | grammar.CONJUNCTIONS | grammar.AUXILIARIES:
            return ""
        found = lexicon.find(unit.word.split(" "))
        action = next((sense.meaning for sense in found.senses if sense.kind == "action"), "") if found else ""
        if action and not unit.kinds & {"character", "animal"}:
            return action
    return ""
