"""Tell two of the same noun apart by what contradicts: the red robot and the blue one, 左边的猫 and 右边的猫."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sora_nb.engines.prompt import attributes, counts, grammar, lexicon, syntax

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit


def _axes(*listed: str) -> tuple[tuple[frozenset[str], ...], ...]:
    """Return the sets of words for the sides of each axis, which "|" parts."""
    return tuple(tuple(grammar.words(side) for side in axis.split("|")) for axis in listed)


_AXES = _axes(
    "big large huge giant 大|small little tiny 小",
    "tall 高 高个子|short small little tiny 矮 矮个子",
    "long 长|short 短",
    "fat chubby plump 胖|thin slim skinny 瘦",
    "old elderly aged 老 年老|young 年轻",
    "rich 富|poor 穷",
    "male|female",
    "good kind|evil bad wicked",
    "baby|mother mom mama|father dad papa",
    "new 新|old 旧 老",
)
"""Qualities of which nobody has two at once."""
_SIDES = _axes(
    "left 左边 左侧 左面|middle 中间|right 右边 右侧 右面",
    "front 前面 前边|back behind 后面 后边",
    "inside indoors|outside outdoors",
    "upstairs|downstairs",
    "near|far",
    "我的|你的",
)
"""Where somebody is or whose he is, of which the same holds."""
_THERE = grammar.words("inside indoors outside outdoors upstairs downstairs behind")
"""Those of them that stand right behind a noun without another one: the robot behind."""
_PASSING = _axes(
    "happy cheerful 开心 快乐|sad unhappy 难过 伤心", "this these 这只 这个 这位|that those 那只 那个 那位"
)
"""Qualities that tell two apart only where neither is brought in by an article: a sad panda may be happy later."""
_COLOURS = grammar.words(
    "red blue green yellow orange purple pink brown black white grey gray golden silver 红 蓝 绿 黄 橙 紫 粉 棕 黑 白 灰 金 银"
)
_BECOMING = ("turn", "become", "grow", "变", "变成", "变得", "变为")
"""Verbs, as stems, of taking on another quality: a white robot turns blue, and is the blue robot then."""
_GROWING = grammar.words("长大 长大了 长高 长高了 变大 变小")
"""Chinese verbs that say so themselves."""
_PLACING = grammar.words("on by at near under behind beside outside inside above below") | {"next to", "in front of"}
"""Prepositions before where somebody is, right behind the noun for him."""
_DESCRIBING = grammar.words("in with from without of")
"""Prepositions before what tells two apart only where neither is brought in by an article: the man with a hat may lose it."""
_WORN = frozenset(["colour", "clothing"])
_DRESSED = frozenset(["wearing", "dressed in"])
"""Words for what somebody has on, of which he may have several."""
_ACCOMPANYING = frozenset(["with", "without"])
_HAVING = {"have": "with", "wear": "wearing", "hold": "holding", "carry": "carrying"}
"""Verbs of relative clauses, and what is said so without one: who wears a hat, that has wheels."""
_BRINGING_IN = frozenset(["named", "called", "whose"])
"""Words before a name, or before what somebody has: the boy named Tom, the man whose hat is red."""
_CONTRARY = (
    frozenset(["in", "outside"]),
    frozenset(["inside", "outside"]),
    frozenset(["on", "under"]),
    frozenset(["above", "below"]),
    frozenset(["in front of", "behind"]),
)
"""Prepositions of which nobody is both to the same thing."""
_NAMED = 5
"""At how many of the first and of the last nouns for somebody is looked."""
_OWNERS = {"my": "i", "our": "i", "your": "you", "his": "he", "her": "she", "their": "they", "its": "it"}
"""Possessives, and whose what follows them is."""
_THIRD = frozenset(["he", "she", "they", "it"])
"""Those of them that may be whom a noun is for, too: Tom's dog is his dog."""


class Phrase(NamedTuple):
    """What stands right behind a noun and says who is meant: on the sofa, in a red dress, holding a pan.

    Attributes:
        relation: its preposition or participle; "" where there is no such phrase.
        noun: the noun in it.
        words: the adjectives before that one.
    """

    relation: str = ""
    noun: str = ""
    words: frozenset[str] = frozenset()


def contradict(units: list[Unit], part: Part, at: int) -> bool:
    """Whether a noun is described as somebody cannot be who came before."""
    if any(_becomes(units, place) for place in range(at)):
        return False
    named = _named(units, part)
    places = [place for place in named if units[place].kind != "mention"]
    before, new = frozenset[str]().union(*(_qualities(units, place) for place in places)), _qualities(units, at)
    fresh = bool(before & grammar.INDEFINITE)
    if _oppose(before, new, *_SIDES, *(() if fresh else _PASSING)) or any(
        _have_others(units, place, at) for place in places
    ):
        return True
    if any(_is_named_beside(units, place, at) for place in places):
        return True
    deeds = [deed for place in (*places, at) if (deed := _attribute(units, place))]
    if not fresh and len({*deeds}) > 1 and deeds[-1] == _attribute(units, at):
        return True
    phrase = phrase_behind(units, at)
    if any(_exclude(phrase_behind(units, place), phrase, fresh=fresh) for place in places):
        return True
    alike = any(attributes.agree(units, other, at) for other in named)
    return not alike and any(attributes.differ(units, other, at) for other in named)


def _named(units: list[Unit], part: Part) -> list[int]:
    """Return where somebody is named: at first, when he is described, and last; a text of any length has no more of them."""
    nouns = [*part.units[:_NAMED], *part.units[_NAMED:][-_NAMED:]]
    return [syntax.place_of(units, unit) for unit in nouns]


def is_quality(word: str) -> bool:
    """Whether a word is for what tells two apart: a colour, a size, an age, a side."""
    return word.removesuffix("色") in _COLOURS or any(word in side for axis in (*_AXES, *_SIDES) for side in axis)


def agree(units: list[Unit], part: Part, at: int) -> bool:
    """Whether somebody who came before is described as a noun, or a 的 without one, is at a place."""
    known = [place for place in _named(units, part) if units[place].kind != "mention"]
    new = {word for word in _qualities(units, at) if is_quality(word)}
    return any(new & _qualities(units, place) or attributes.agree(units, place, at) for place in known)


def are_comparable(units: list[Unit], one: int, other: int) -> bool:
    """Whether two nouns are described in the same respect: the red robot, a blue one; the cat on the sofa, the one on the table."""
    words = [_qualities(units, place) for place in (one, other)]
    axes = (*_AXES, *_SIDES, *_PASSING, (_COLOURS,))
    if any(all(any(side & each for side in axis) for each in words) for axis in axes):
        return True
    relations = [phrase_behind(units, place).relation for place in (one, other)]
    return relations[0] != "" and (relations[0] == relations[1] or {*relations} in (_ACCOMPANYING, *_CONTRARY))


def _oppose(one: frozenset[str], other: frozenset[str], *axes: tuple[frozenset[str], ...]) -> bool:
    """Whether nothing can be described by two sets of words, which differ in colour or on an axis."""
    coloured = one & _COLOURS and other & _COLOURS and not _COLOURS & one & other
    return bool(coloured) or any(_differ(axis, one, other) for axis in (*_AXES, *axes))


def _exclude(one: Phrase, other: Phrase, *, fresh: bool) -> bool:
    """Whether nobody can be described by two phrases: on the sofa, on the table; with a hat, without one; in a red coat, in a blue one."""
    relations = {one.relation, other.relation}
    if relations == _ACCOMPANYING or (relations in _CONTRARY and one.noun == other.noun):
        return True
    if one.relation and one.noun == other.noun and (len(relations) == 1 or relations <= _DRESSED):
        return _oppose(one.words, other.words)
    if one.relation != other.relation or not one.relation:
        return False
    return one.relation in _PLACING or not fresh or _oppose(one.words, other.words)


def _is_named_beside(units: list[Unit], one: int, other: int) -> bool:
    """Whether a noun stands twice in a clause for two: the big dog and the dog with a ball, the man in a suit hugs the man in black."""
    begin = other - len(counts.noun_phrase(units, other))
    between = units[one + 1 : begin]
    owner = units[one].word.endswith(("'s", "s'"))
    if owner or not units[other].word.isascii() or begin == other or any(unit.ends_clause for unit in between):
        return False
    first = not any(map(_is_done, units[syntax.begin_of_clause(units, one) : one]))
    if between and between[-1].word == "and":
        return first and not any(map(_is_done, between))
    done = next((place for place, unit in enumerate(between) if _is_done(unit)), len(between))
    onto = done < len(between) and all(map(syntax.is_preposition, between[done + 1 :]))
    return first and onto and all(phrase_behind(units, place).relation for place in (one, other))


def _is_done(unit: Unit) -> bool:
    return unit.verb or unit.kinds == {"deed"}


def _attribute(units: list[Unit], at: int) -> str:
    """Return the participle by which a noun is told from others, or "": the sleeping cat, the man reading a book waves."""
    if at and units[at - 1].form == "ing" and units[at - 1].kinds & lexicon.VERBS:
        return units[at - 1].word
    rest = units[at + 1 : syntax.end_of_clause(units, at)]
    doing = rest and rest[0].form == "ing" and rest[0].kinds & lexicon.VERBS
    finite = any((unit.form == "s" and unit.kinds & lexicon.VERBS) or unit.word in grammar.BEING for unit in rest[1:])
    return rest[0].word if doing and finite else ""


def _have_others(units: list[Unit], one: int, other: int) -> bool:
    """Whether two nouns are for those whom different people have: my cat, the neighbour's cat; but Tom's dog may be his dog."""
    owners = [_owner(units, place) for place in (one, other)]
    if "" in owners or owners[0] == owners[1]:
        return False
    third = [owner not in {"i", "you"} for owner in owners]
    if not all(third):
        return True
    pronouns = _THIRD & {*owners}
    return not pronouns or pronouns == {"he", "she"}


def _owner(units: list[Unit], at: int) -> str:
    """Return who is said right before a noun, or its adjectives, to have it, or ""."""
    place = syntax.begin(units, at) - 1
    if place < 0 or not units[place].word.isascii():
        return ""
    word = units[place].word
    if word == "'s":
        return units[place - 1].word
    return _OWNERS.get(word, word.rstrip("s").rstrip("'") if word.endswith(("'s", "s'")) else "")


def _becomes(units: list[Unit], at: int) -> bool:
    """Whether a verb brings in another quality: turns blue, 变成了大狗, 长大; but not turns round."""
    if units[at].word in _GROWING:
        return True
    if not lexicon.listed_stem(units[at].word, _BECOMING):
        return False
    following = syntax.after(units, at)
    if not units[at].word.isascii():
        following = next((unit for unit in units[at + 1 :] if unit.kinds - {"link", "number"}), None)
    word = following.word.removesuffix("色") if following is not None else ""
    return word in _COLOURS or any(word in side for axis in (*_AXES, *_PASSING) for side in axis)


def _differ(axis: tuple[frozenset[str], ...], one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each of two has a quality of an axis, and they share none."""
    of_one, of_other = ({side for side in axis if side & words} for words in (one, other))
    return bool(of_one and of_other) and not of_one & of_other


def _qualities(units: list[Unit], at: int) -> frozenset[str]:
    """Return the words that describe a noun: those in it, those before it, and what it is or is in behind it."""
    found = set(units[at].word.split(" ")[:-1])
    for place in reversed(range(at)):
        unit = units[place]
        joins = unit.word == "的" or syntax.is_determiner(unit) or syntax.is_adjective(unit) or "number" in unit.kinds
        joins = joins or (unit.word == "that" and not (place and syntax.is_agent(units[place - 1])))
        if unit.ends_clause or not (joins or any(unit.word in side for axis in (*_AXES, *_SIDES) for side in axis)):
            break
        found |= {unit.word, unit.word.removesuffix("色"), *lexicon.compared(unit.word)}
    if not units[at].word.isascii():
        found.add(units[at].word[0])  # 小狗
        found |= {unit.word[0] for unit in units[:at][-1:] if unit.kinds & syntax.OF_ONES_OWN}  # 金发女孩
    behind = units[at + 1 : at + 4]
    words = [unit.word for unit in behind]
    if words[:2] == ["in", "front"] and words[2:] != ["of"]:
        found.add("front")
    elif words and words[0] in _THERE and not any(map(syntax.is_determiner, behind[1:2])):
        found.add(words[0])
    elif words and words[0] == "in":
        found |= {unit.word for unit in behind[1:2] if "colour" in unit.kinds}
    elif _is_said_to_be(units, at):
        found |= {unit.word for unit in behind[2:] if syntax.is_adjective(unit)}
    return frozenset(found)


def _is_said_to_be(units: list[Unit], at: int) -> bool:
    """Whether a relative clause behind a noun says how or where somebody is: the cat that is black, who is on the sofa."""
    behind = units[at + 1 : at + 3]
    return len(behind) == 2 and behind[0].word in syntax.RELATIVE and behind[1].word in grammar.BEING


def phrase_behind(units: list[Unit], at: int) -> Phrase:
    """Return the phrase right behind a noun by which somebody is told from others."""
    rest = units[at + 1 : syntax.end_of_clause(units, at)][2 if _is_said_to_be(units, at) else 0 :]
    if len(rest) > 1 and rest[0].word in _BRINGING_IN:
        return Phrase(rest[0].word, rest[1].word, frozenset(unit.word for unit in rest[2:4]))
    has = len(rest) > 1 and rest[0].word in syntax.RELATIVE and lexicon.listed_stem(rest[1].word, _HAVING)
    rest = rest[1:] if has else rest
    relation = _HAVING[has] if has else rest[0].word if rest else ""
    first, _, noun = relation.partition(" ")
    if noun and first in grammar.PREPOSITIONS and rest[0].kinds - {"link"}:
        return Phrase(first, noun.removeprefix("the "))  # on the left
    known = has or relation in _PLACING | _DESCRIBING | _DRESSED
    return (
        _phrase(relation, rest)
        if known or (rest and rest[0].form == "ing" and rest[0].kinds & lexicon.VERBS)
        else Phrase()
    )


def _phrase(relation: str, units: list[Unit]) -> Phrase:
    """Return the phrase that units begin with, the first of which is its preposition or verb."""
    place = 1
    while place < len(units) and (
        syntax.is_determiner(units[place]) or syntax.is_adjective(units[place]) or units[place].form == "ing"
    ):
        place += 1
    if place == len(units) or not units[place].is_word or (units[place].senses and units[place].kinds <= lexicon.VERBS):
        place -= 1  # in red, without one
    if place == 0 or not (units[place].kinds - {"link"} or not units[place].senses):
        return Phrase()
    worn = relation == "in" and units[place].kinds & _WORN
    words = frozenset(unit.word for unit in units[1:place])
    return Phrase("dressed in" if worn else relation, units[place].word, words)
