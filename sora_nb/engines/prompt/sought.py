"""Find whom somebody looks, listens or waits for, who so is not seen: a fox listens for mice, a boy waiting for his dad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.subjects import subject_of

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SEEKING = grammar.words("look search listen wait hunt watch hope wish long")
"""Words before "for", or "of", and whom somebody has not found."""
_SEARCHED = frozenset(["search"])
_CHINESE_SEEKING = grammar.words("寻找 找 在找 等待 等着 等 在等 期待 盼着 盼望 听")
_PLAIN = grammar.words("寻找 等待 等着")
"""Those that mean nothing else."""
_GOING_ON = frozenset(["在", "正在", "正", "一直"])
"""Words before such a verb that is no "etc.": 小狗在等爸爸, but 猫等动物."""
_CHINESE_SEEN = grammar.words("它 他 她 它们 他们 她们 找到 发现 看到 看见 终于")
_ASKING = frozenset(["i", "im", "we", "you"])
"""Pronouns of who asks for the film."""
_SEEN = grammar.words("it them they who that which whom whose")
"""Pronouns behind that noun which may be for who is found."""
_FINDING = grammar.words("find discover spot meet hug catch greet arrive come appear")
"""Verbs at which who was sought is seen."""


def start(units: list[Unit], at: int) -> int:
    """Return where the noun phrase begins of whom a word at a place seeks, and whom nothing behind it shows, or 0."""
    verb, _, particle = units[at].word.partition(" ")
    stem = lexicon.listed_stem(verb, _SEEKING)
    if not stem or particle not in {"", "for"} or not units[at].senses or not _is_of_another(units, at):
        return 0
    place = at + (particle == "")
    while place < len(units) and not particle and _says_how(units[place]):
        place += 1
    if place >= len(units) - 1 or not (particle or units[place].word == "for" or _is_search(units, stem, place)):
        return 0
    head = syntax.head(units, place + 1)
    noun = units[head] if head < syntax.end_of_clause(units, place) else units[at]
    absent = noun.is_word and noun is not units[at] and noun.kinds & {"character", "animal", "people"}
    return place + 1 if absent and not _is_seen(units, at, head) else 0


def start_chinese(units: list[Unit], at: int) -> int:
    """Return where that phrase begins behind a Chinese verb, where its noun ends the clause: 小狗在等爸爸; or 0."""
    before, head = syntax.before(units, at), syntax.head(units, at + 1)
    if units[at].word not in _CHINESE_SEEKING or before is None or head >= syntax.end_of_clause(units, at):
        return 0
    ahead = units[syntax.begin_of_clause(units, at) : at]
    doing = before.word in _GOING_ON or (not syntax.is_agent(before) and any(unit.word == "在" for unit in ahead))
    seeks = (doing or units[at].word in _PLAIN) and any(map(syntax.is_agent, ahead))
    absent = units[head].is_word and units[head].kinds & {"character", "animal"} and syntax.after(units, head) is None
    shown = any(unit.word in _CHINESE_SEEN for unit in units[head + 1 :])
    return at + 1 if seeks and absent and not shown else 0


def _is_of_another(units: list[Unit], at: int) -> bool:
    """Whether somebody in the film seeks, and not whoever asks for it: I'm looking for a cat on a beach."""
    return any(syntax.is_agent(unit) and syntax.uncontracted(unit) not in _ASKING for unit in units[:at])


def _says_how(unit: Unit) -> bool:
    return unit.word != "for" and (syntax.is_adverb(unit) or unit.kinds == {"manner"})


def _is_search(units: list[Unit], stem: str, place: int) -> bool:
    return stem in _SEARCHED and units[place].word == "of"


def _is_seen(units: list[Unit], at: int, noun: int) -> bool:
    """Whether a word behind the noun for whom somebody seeks may show that one: she finds it, his dad comes, who sleeps."""
    following, subject = syntax.after(units, noun), subject_of(units, at)
    if following is not None and (following.form == "ing" or following.verb or following.word == "to"):
        return True
    seeker = subject if subject is not None else units[at]
    he = syntax.is_male(units[noun]) or not syntax.is_male(seeker)
    she = syntax.is_female(units[noun]) or not syntax.is_female(seeker)
    pronouns = _SEEN | (grammar.HE if he else frozenset()) | (grammar.SHE if she else frozenset())
    behind = [unit.word for unit in units[noun + 1 :]]
    return any(word in pronouns or lexicon.listed_stem(word, _FINDING) for word in behind)
