"""Find for whom a film is a present, who is not in it, nor what she likes: a clip for my mom, she loves cats: a fox runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_MINE = frozenset(["my", "our"])
_FILMS = grammar.FILM_WORDS | grammar.words("animation cartoon reel gif")
_LIKING = grammar.words("love like adore enjoy collect turn")
"""Verbs for what is said of whom a film is for, and not of what it shows."""
_SOMEBODY = frozenset(["character", "animal", "vehicle"])
"""Kinds of what a film is about."""


def resolve(units: list[Unit]) -> None:
    """Mark whom a film is for, and what he likes, as no part of it where the prompt says what it shows."""
    for at, unit in enumerate(units):
        if not (unit.word == "for" and unit.is_asked and _is_of_film(units, at)):
            continue
        end = _end(units, at + 1)
        told = [*range(at + 1, end), *_likes(units, end)]
        if _is_about_others(units, told):
            for place in told:
                units[place].pictured = units[place].is_word and _tells(units[place])


def _is_of_film(units: list[Unit], at: int) -> bool:
    """Whether a film is for somebody of whom the words behind a place speak: a short video for my, for our."""
    film = syntax.before(units, at)
    mine = at + 1 < len(units) and units[at + 1].word in _MINE
    return mine and film is not None and film.word.split(" ")[-1] in _FILMS


def _end(units: list[Unit], at: int) -> int:
    """Return where the noun phrase ends that begins at a place: my moms birthday."""
    for place in range(at, len(units)):
        unit = units[place]
        ends = unit.ends_clause or unit.verb or syntax.is_relative(unit) or unit.word in grammar.CONJUNCTIONS
        if ends or syntax.is_preposition(unit):
            return place
    return len(units)


def _likes(units: list[Unit], at: int) -> range:
    """Return the places of the clause at a place that says what somebody likes: she loves horses and the sea, who is 60."""
    begin = at + 1 if at < len(units) and units[at].ends_clause else at
    subject = units[begin : begin + 1]
    spoken = bool(subject) and syntax.uncontracted(subject[0]) in grammar.SUBJECT_PRONOUNS
    verb = next((unit for unit in units[begin + 1 :] if not syntax.is_adverb(unit)), None)
    likes = verb is not None and lexicon.listed_stem(verb.word, _LIKING) != ""
    if not (spoken and likes):
        return range(0)
    end = syntax.end_of_clause(units, begin)
    return range(begin, next((place for place in range(begin, end) if units[place].word == "so"), end))


def _tells(unit: Unit) -> bool:
    return unit.word not in grammar.LINKS or syntax.uncontracted(unit) in grammar.SUBJECT_PRONOUNS


def _is_about_others(units: list[Unit], told: list[int]) -> bool:
    """Whether who or what a film shows first is said beside what is told of whom it is for, and is none of his pronouns."""
    others = (unit for place, unit in enumerate(units) if place not in told and not unit.negated)
    first = next((unit for unit in others if _is_shown(unit)), None)
    return first is not None and syntax.uncontracted(first) not in grammar.SUBJECT_PRONOUNS


def _is_shown(unit: Unit) -> bool:
    personal = syntax.uncontracted(unit) in grammar.SHE | grammar.HE | {"they"}
    return personal or unit.kind == "mention" or (unit.is_word and bool(unit.kinds & _SOMEBODY))
