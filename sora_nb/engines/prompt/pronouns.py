"""Tell of whom pronouns speak: of those who came before, or of somebody for whom no noun is: he and his parents; 你和我."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS
from sora_nb.engines.prompt.part import PEOPLE, Part, draw_woman

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.prompt.units import Unit

_DRAWN = {
    "i": ("person", 1), "we": ("person", 2), "you": ("person", 1), "he": ("person", 1), "she": ("woman", 1), "they": ("person", 2),
    "我": ("person", 1), "我们": ("person", 2), "咱们": ("person", 2), "咱": ("person", 2), "你": ("person", 1), "他": ("person", 1), "她": ("woman", 1), "他们": ("person", 2), "她们": ("woman", 2),
}  # fmt: skip
"""Pronouns that may bring somebody in: who is drawn, and how many."""
_FORMS = {"me": "i", "myself": "i", "us": "we", "let's": "we", "him": "he", "her": "she", "them": "they"}
"""Their forms that are no subjects, which bring somebody in beside "and"."""
_WE = frozenset(["we", "我们", "咱们"])
_OWN = grammar.words("i my me 我 我的")
_SPEAKING = frozenset(["i", "we", "you", "我", "我们", "咱们", "咱", "你"])
"""Those for who speaks and who is spoken to: no noun is for them."""
_HAVING = frozenset(["has", "had", "wears", "wore"])
_SUBORDINATE = frozenset(["when", "as", "while", "if", "before", "after", "until", "because", "since", "once"])
"""Words that begin subordinate clauses: as she walks by, a girl finds a fox."""
_WATCHING = frozenset(["look", "talk"])
"""What who films does, too: you see a cat, I tell of a dog."""
_WISHING = grammar.words(
    "like love hate wish hope think know see hear believe remember mean guess ask request prefer get have feel try plan find "
    "想 要 想要 需要 希望 喜欢 爱 觉得 认为 知道 看到 看见 听到 梦见 求"
)
"""Verbs of what who asks for a film has in mind."""
_TO = frozenset(["between", "for", "to"])
"""Words before those who are not in the film: a film for you and me."""
_OWNERS = {"his": "person", "her": "woman"}
"""Possessives, and who is drawn where nobody else is named whose something is."""
_HOLDING = frozenset(["in", "into", "on", "onto"])
_OWN_SUBJECTS = frozenset(["i", "we", "i'm", "we're"])
_BESIDE = grammar.words("to behind near beside after at toward towards before around past")
_HELD = frozenset(["arms", "lap", "shoulders"])
"""Where one sits or lies with somebody else."""
_OF_A_WOMAN = grammar.SHE | {"herself", "she's"}
_NEUTRAL = frozenset(["it", "它"])
_SINGULAR = frozenset(["it", "它", "他", "她"])
_PLURAL = frozenset(["they", "we", "他们", "她们", "它们", "我们"])


def bring_in(units: list[Unit], at: int, parts: Sequence[Part], *, mentioned: bool) -> Part | None:
    """Return whom a unit brings in where that is a pronoun for somebody who has not come yet, or None.

    Args:
        units: of the whole prompt.
        at: the place of the unit.
        parts: those who came before.
        mentioned: whether somebody has an @mention, for whom a pronoun may be.
    """
    unit = units[at]
    spoken = unit.word if unit.word in _FORMS else unit.word.split("'")[0]
    pronoun = _FORMS.get(spoken, spoken)
    if pronoun not in _DRAWN or any(pronoun in _said(part) for part in parts) or syntax.is_in_relative(units, at):
        return None
    mentioned = mentioned and not _is_beside_mention(units, at)
    met = not all(_said(part) for part in parts if not part.is_vehicle) and not _is_another(units, at, pronoun)
    if pronoun not in _SPEAKING and (mentioned or met):
        return None
    joined = _is_joined(units, at, parts) or _is_along(units, at, parts)
    if not joined and (
        (spoken in _FORMS and spoken != "let's") or mentioned or not _acts(units, at, pronoun, first=not parts)
    ):
        return None
    name, count = _DRAWN[pronoun]
    if pronoun in _WE and parts and any(each.word in _OWN for each in units[:at]):
        count = 1  # I have a dog. We run
    asked = unit.source if count > 1 else ""
    counted = [each for each in units[at + 1 : at + 2] if counts.is_of_people(each)]  # 他们三人
    count, asked = counts.number(unit, counted) if counted and count > 1 else (count, asked)
    return Part(name, stock=True, units=[unit], count=count, asked=asked)


def is_we(part: Part) -> bool:
    """Whether somebody speaks of himself and of those who came before: I have a dog, we run."""
    return part.count == 1 and bool(_said(part) & _WE)


def _is_another(units: list[Unit], at: int, pronoun: str) -> bool:
    """Whether he or she begins a clause and is none of those who were named before: a woman waves; he dances."""
    if pronoun not in grammar.SHE | grammar.HE:
        return False
    begins = at > 0 and syntax.begins_clause(units, at)
    done = pronoun.isascii() or _chinese_verb(units, at) is not None
    return begins and done and not any(_may_mean(pronoun, unit) for unit in units[:at])


def is_stranger(units: list[Unit], at: int) -> bool:
    """Whether a pronoun is for somebody of whom nothing else is told: she treats him to dinner, a baby sleeps in her arms."""
    unit = units[at]
    if unit.is_asked and (_is_holder(units, at) or _is_speaker_beside(units, at)):
        return True
    if unit.word not in {"him", "her"} or not unit.is_asked or _is_possessive(units, at):
        return False
    pronoun = _FORMS[unit.word]
    named = any(each.word in {pronoun, "who", "they"} for each in units)
    return not named and not any(_may_mean(pronoun, each) for each in units if each is not unit)


def _may_mean(pronoun: str, unit: Unit) -> bool:
    """Whether he or she may be whom a word names, be that nobody whom anybody knows; several animals are neither."""
    if unit.kind == "mention" or (unit.is_word and not unit.senses):
        return True
    if not unit.is_word or not unit.kinds & syntax.SOMEBODY:
        return False
    meaning = unit.meaning("character")
    if meaning not in PEOPLE:
        return not syntax.is_many(unit)
    other = syntax.is_male if pronoun in grammar.SHE else syntax.is_female
    return not other(unit)


def _is_beside_mention(units: list[Unit], at: int) -> bool:
    """Whether the first mention is behind a pronoun in its clause, and so for somebody else: she waves at @luna."""
    first = next((place for place, unit in enumerate(units) if unit.kind == "mention"), len(units))
    return at < first < syntax.end_of_clause(units, at)


def _said(part: Part) -> set[str]:
    """Return the pronouns, as subjects, that brought somebody in."""
    spoken = part.units[0].word.split("'")[0]
    return {_FORMS.get(spoken, spoken)} & _DRAWN.keys()


def _is_joined(units: list[Unit], at: int, parts: Sequence[Part]) -> bool:
    """Whether "and" joins a pronoun to somebody: dad and I, me and my dog, he and his parents."""
    before, behind = units[:at][-2:], units[at + 1 : at + 3]
    if len(before) == 2 and before[1].word in grammar.JOINING and any(before[0] is part.units[-1] for part in parts):
        return True
    if len(behind) < 2 or behind[0].word not in grammar.JOINING or (before and before[-1].word in _TO):
        return False
    return syntax.is_determiner(behind[1]) or syntax.is_agent(behind[1]) or behind[1].word in _FORMS


def _is_along(units: list[Unit], at: int, parts: Sequence[Part]) -> bool:
    """Whether somebody does something with who asks for the film: a dog plays with me."""
    return at > 0 and units[at - 1].word == "with" and units[at].word in {"me", "us"} and bool(parts)


def _acts(units: list[Unit], at: int, pronoun: str, *, first: bool) -> bool:
    """Whether a pronoun is the subject of a verb; of the first one a noun behind a subordinate clause may say who it is."""
    if not pronoun.isascii():
        return pronoun not in _SPEAKING or _is_done(_chinese_verb(units, at)) or _is_denied(units, at)
    before = syntax.before(units, at)
    if first and before is not None and before.word in _SUBORDINATE:
        return False
    rest = [unit for unit in units[at + 1 : syntax.end_of_clause(units, at)] if not _is_auxiliary(unit)]
    verb = rest[0] if rest else None
    if pronoun in _SPEAKING:
        return _is_done(verb)
    if verb is None:  # he runs, she doesn't
        return any(unit.word in grammar.NEGATORS for unit in units[at + 1 : syntax.end_of_clause(units, at)])
    placed = verb.word in grammar.PREPOSITIONS  # she is at the beach
    denied = verb.negated and not verb.senses  # she doesn't see
    return verb.verb or "deed" in verb.kinds or verb.form == "s" or placed or denied or verb.word in _HAVING


def _is_auxiliary(unit: Unit) -> bool:
    return syntax.is_adverb(unit) or unit.word in (grammar.AUXILIARIES - _HAVING) | grammar.MODALS | grammar.NEGATORS


def _is_done(verb: Unit | None) -> bool:
    """Whether a verb is something that somebody does, and no wish of who asks for a film."""
    if verb is None or lexicon.listed_stem(verb.word, grammar.COMMANDS | _WISHING):
        return False
    if "deed" in verb.kinds:
        return True
    return verb.verb and verb.meaning("action") not in {"", *_WATCHING}


def _is_denied(units: list[Unit], at: int) -> bool:
    """Whether a Chinese clause says only of its pronoun what that does not do: 我不跳, 我什么也不干; but 我不想要狗."""
    clause = units[at + 1 : syntax.end_of_clause(units, at)]
    rest = [unit for unit in clause if unit.word not in grammar.ADVERBS | grammar.QUANTIFIERS]
    if len(rest) != 2 or rest[0].word not in grammar.NEGATORS or not rest[1].negated:
        return False
    return not rest[1].kinds & syntax.NOUNS and lexicon.listed_stem(rest[1].word, grammar.COMMANDS | _WISHING) == ""


def _chinese_verb(units: list[Unit], at: int) -> Unit | None:
    """Return the verb of the clause that a pronoun begins, or None where somebody else comes before it."""
    for unit in units[at + 1 :]:
        if unit.ends_clause or syntax.is_agent(unit) or unit.word == "的":
            return None
        if unit.kinds & VERBS:
            return unit
    return None


def in_relative(units: list[Unit], at: int, parts: list[Part]) -> list[Part]:
    """Return those of whom the pronoun at a place in a relative clause speaks; nobody where that is who asks for the film, or no one known."""
    pronoun = units[at].word.split("'")[0]
    others = [part for part in parts if all(unit is not units[at - 2] for unit in part.units)]
    fitting = [part for part in others if any(_may_mean(pronoun, unit) for unit in part.units)]
    return [] if pronoun in _SPEAKING or not fitting else referred(pronoun, fitting, [])


def referred(pronoun: str, parts: list[Part], recent: list[list[Part]]) -> list[Part]:
    """Return whom a pronoun speaks of.

    Args:
        pronoun: in small letters.
        parts: those who came before, at least one.
        recent: groups of them who are likelier than others, the likeliest first.
    """
    if pronoun in _PLURAL:
        return parts[:]
    people = pronoun not in _NEUTRAL
    fitting = [part for part in parts if (part.name or not people) and _is_person(part) == people]
    called = [part for part in fitting if _may_be_called(part, pronoun)]
    fitting = called or [part for part in fitting if pronoun in grammar.SHE and _may_be_woman(part)] or fitting
    if fitting and pronoun in _SINGULAR:
        return fitting[-1:]
    nearest = [*recent, [part for part in parts if not part.follows and part.name], parts]
    if pronoun in grammar.SHE | grammar.HE:
        nearest = [[part for part in near if any(part is each for each in fitting)] for near in nearest] + nearest
    return next(near for near in nearest if near)[-1:]


def _is_person(part: Part) -> bool:
    """Whether somebody, drawn or not, is he or she rather than it."""
    return part.name in PEOPLE or not part.stock or (not part.name and "animal" not in part.units[0].kinds)


def _may_be_called(part: Part, pronoun: str) -> bool:
    """Whether he or she may be somebody: he is no woman, and where there are women she is one of them."""
    if pronoun in grammar.SHE:
        return part.name == "woman" or not part.stock
    return pronoun not in grammar.HE or part.name != "woman"


def owner_of_body(units: list[Unit]) -> str:
    """Return who is drawn where nobody is named but a part of the body or clothes of somebody: the wind blows her hair; ""."""
    for unit, following in pairwise(units):
        if unit.word in _OWNERS and unit.is_asked and following.kinds & {"body", "clothing"}:
            return _OWNERS[unit.word]
    return ""


def owner(units: list[Unit], at: int) -> str:
    """Return who does something to what is his or hers, by the possessive behind the verb: takes off his coat."""
    for unit in units[at + 1 :]:
        if unit.ends_clause or syntax.is_agent(unit):
            return ""
        if unit.word in _OWNERS:
            return _OWNERS[unit.word]
    return ""


def take_sex(units: list[Unit], parts: Sequence[Part]) -> None:
    """Draw a woman for the one person whose noun leaves that open where a pronoun says so: a doctor takes off her coat.

    Where others are in the film, the pronoun is a subject: a reporter asks a man, she laughs.
    """
    playing = [part for part in parts if not part.is_vehicle]
    open_to = [part for part in playing if _may_be_woman(part)]
    women = any(part.name == "woman" or not part.stock or _is_undrawn_animal(part) for part in playing)
    if len(open_to) != 1 or women:
        return
    alone = len(playing) == 1
    if any(_is_of_woman(units, at) if alone else _is_she(units, at) for at in range(len(units))):
        draw_woman(open_to[0])


def _is_undrawn_animal(part: Part) -> bool:
    return not part.name and "animal" in part.units[0].kinds


def _may_be_woman(part: Part) -> bool:
    """Whether a noun for one person leaves open whether that is a woman: a doctor; but no boy."""
    return part.stock and part.name == "person" and part.count == 1 and not syntax.is_male(part.units[0])


def _is_she(units: list[Unit], at: int) -> bool:
    """Whether a pronoun that begins a clause speaks of a woman."""
    unit = units[at]
    return unit.is_asked and unit.word in grammar.SHE | {"she's"} and syntax.begins_clause(units, at)


def _is_of_woman(units: list[Unit], at: int) -> bool:
    """Whether a pronoun speaks of a woman who acts or has something: she, her coat; but no: waves at her."""
    unit = units[at]
    return unit.is_asked and (unit.word in _OF_A_WOMAN or (_is_possessive(units, at) and not _is_holder(units, at)))


def _is_speaker_beside(units: list[Unit], at: int) -> bool:
    """Whether who asks for the film is somebody in it to whom or beside whom something is done: a dog follows me."""
    before = syntax.before(units, at)
    if units[at].word not in {"me", "us"} or before is None or any(each.word in _OWN_SUBJECTS for each in units):
        return False
    done = (
        before.verb and before.meaning("action") != "" and not syntax.is_request(units, syntax.place_of(units, before))
    )
    beside = before.word.split(" ")[-1] in _BESIDE
    return (done or beside) and any(syntax.is_agent(unit) for unit in units[:at])


def _is_holder(units: list[Unit], at: int) -> bool:
    """Whether a possessive is of somebody else than whoever is held: a baby sleeps in her arms, a boy sits on her lap."""
    if units[at].word not in _OWNERS or not 1 < at < len(units) - 1 or not units[at - 2].kinds & VERBS:
        return False
    held = units[at - 1].word in _HOLDING and units[at + 1].word in _HELD
    pronoun = "she" if units[at].word == "her" else "he"
    others = [unit for unit in units[:at] if syntax.is_agent(unit)][:-1]
    return held and not any(_may_mean(pronoun, unit) for unit in others)


def _is_possessive(units: list[Unit], at: int) -> bool:
    """Whether "her" says whose something is: her coat, but not: waves at her."""
    following = syntax.after(units, at)
    owned = following is not None and following.kinds & (syntax.NOUNS | syntax.ADJECTIVES)
    return units[at].word == "her" and bool(owned)
