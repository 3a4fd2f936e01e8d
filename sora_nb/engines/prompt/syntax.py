"""Tell parts of speech apart by what words may mean, and find the words beside one in its clause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, things
from sora_nb.engines.prompt.lexicon import VERBS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

NOUNS = frozenset(["character", "scene", *things.TABLES])
ADJECTIVES = frozenset(["colour", "style", "light", "mood", "quality", "manner", "lens"])
RELATIVE = frozenset(["who", "that", "which"])
"""Words that begin a clause which says who is meant: the cat that sleeps."""
RELATIVE_OR_WHOSE = RELATIVE | {"whose"}
"""Words that begin any relative clause: the girl whose cat sleeps."""
_TELLING = grammar.words("tell show promise teach ask remind warn")
"""Verbs behind whose object a clause begins that is what somebody says: tells her mother she dances."""
_ASKED = frozenset(["you", "你"])
_WILLING = grammar.AUXILIARIES | {"请"}
_VIEWED = frozenset(["from", "in", "facing", "turned", "away"])
"""First words of phrases for the side that somebody is seen from: from behind, in profile."""
MANY = grammar.words(
    "people everyone everybody passersby men women children mice geese couple twins couples 人们 大家 其他人 其余人 情侣 夫妻 所有人 人人 全家 全家人 一家人 family 夫妇 老夫妻 老夫妇 老两口 小两口 小情侣 一对新人 新人 恋人 父母 爸妈 爷孙 祖孙 婆孙 师徒 师生 婆媳 母子 父子 父女 母女 兄妹 姐弟 姐妹 双胞胎 龙凤胎 一家三口 一家二口 一家两口 一家四口 一家五口 一家六口 一家七口 一家八口 家人 男女老少"
)
"""Nouns that are more than one as they are."""
SOMEBODY = things.AGENTS | {"character"}
"""Kinds of nouns for who does something."""
_DEGREES = grammar.words("很 非常 太 真 十分 有点 有些 特别 好 更 一脸 满脸 不 looking feeling so too")
"""Words between somebody and how he is."""
_MALE = grammar.words(
    "guy dad father daddy papa grandpa grandfather granddad king prince son brother uncle husband boyfriend groom grandson nephew monk priest santa claus sir lad he"
)
"""Nouns for men and boys that do not end so."""
_MALE_CHARACTERS = frozenset("男爷爸父叔伯哥弟兄王僧汉郎他")
"""Characters of nouns for men and boys."""
_FEMALE = grammar.words(
    "mom mum mama mommy mummy momma grandma granny gran nana nanna auntie aunty aunt sister daughter bride queen lass lassie gal "
    "bridesmaid widow diva nun witch niece ballerina heroine she mrs ms miss"
)
"""Nouns for women and girls that do not end so."""
_FEMALE_ENDINGS = (
    "woman",
    "women",
    "girl",
    "girls",
    "lady",
    "ladies",
    "mother",
    "mothers",
    "wife",
    "wives",
    "ess",
    "esses",
)
_FEMALE_CHARACTERS = frozenset("女妈婆娘姐妹奶姑姨妻嫂媳母妇妞妃后她")
"""Characters of nouns for women and girls."""
AGE = "of age"
"""The word of a unit for how old somebody is."""
AGE_OF = re.compile(r"\w+ (?:year|month|week|day)s? olds?")
"""An age that may be a noun: a 5-year-old."""
THINGS = frozenset(["object", "food", "clothing", "body", "idea", "place", "nature"])
OF_ONES_OWN = frozenset(["body", "clothing"])
"""Kinds of nouns for what somebody has on or about him."""
WEARING = frozenset(["in", "of", "wear", "wears", "wearing", "wore"])
"""Words before clothes that are also people: in trainers, a pair of joggers."""
PLACES = frozenset(["scene", "place"])
"""Kinds of nouns for where somebody is."""
UNDER = grammar.words("under underneath beneath")
"""Prepositions before what is above somebody."""


def before(units: list[Unit], at: int) -> Unit | None:
    """Return the unit before a place in its clause, or None; adverbs are skipped."""
    for unit in reversed(units[:at]):
        if unit.ends_clause:
            return None
        if unit.kind == "mention" or not is_adverb(unit):
            return unit
    return None


def after(units: list[Unit], at: int) -> Unit | None:
    """Return the unit right behind a place in its clause, or None."""
    following = units[at + 1] if at + 1 < len(units) else None
    return None if following is None or following.ends_clause else following


def place_of(units: list[Unit], unit: Unit) -> int:
    """Return the place of a unit."""
    return next(place for place, each in enumerate(units) if each is unit)


def uncontracted(unit: Unit) -> str:
    """Return a word without the verb that is contracted with it: she of she's, i of i'm."""
    return unit.word.split("'")[0]


def end_of_clause(units: list[Unit], at: int) -> int:
    """Return where the clause ends that a place is in."""
    return next((place for place in range(at, len(units)) if units[place].ends_clause), len(units))


def begin_of_clause(units: list[Unit], at: int) -> int:
    """Return where the clause begins that a place is in."""
    return next((place for place in range(at, 0, -1) if units[place - 1].ends_clause), 0)


def is_told(units: list[Unit], at: int) -> bool:
    """Whether the clause that a pronoun begins at a place is what somebody is told."""
    return any(lexicon.listed_stem(unit.word, _TELLING) for unit in units[begin_of_clause(units, at) : at])


def is_relative(unit: Unit) -> bool:
    """Whether a unit is a relative pronoun, also with a verb joined to it: who, who's."""
    return unit.word.removesuffix("'s") in RELATIVE


def is_in_relative(units: list[Unit], at: int) -> bool:
    """Whether a pronoun is the subject of a relative clause: the dog that I love."""
    pronoun = uncontracted(units[at]) in grammar.SUBJECT_PRONOUNS - RELATIVE
    if not pronoun or at < 2 or units[at - 1].word not in RELATIVE or units[at - 2].word in grammar.SUBJECT_PRONOUNS:
        return False
    return is_agent(units[at - 2]) and not is_told(units, at)


def is_of_relative(units: list[Unit], at: int) -> bool:
    """Whether a verb stands right behind a relative pronoun, or the pronoun behind one: the dog that sleeps, that she loves."""
    subject = before(units, at)
    return subject is not None and (is_relative(subject) or is_in_relative(units, place_of(units, subject)))


def begins_clause(units: list[Unit], at: int) -> bool:
    """Whether a clause begins at a place: the first one, or behind a mark or a conjunction."""
    return at == 0 or units[at - 1].ends_clause or units[at - 1].word in grammar.CONJUNCTIONS


def is_preposition(unit: Unit) -> bool:
    """Whether a unit begins a phrase for where something is: on, in front of, on the roof."""
    words = unit.word.split(" ")
    return words[0] in grammar.PREPOSITIONS or (unit.kinds == {"link"} and len(words) > 1 and words[-1] in {"of", "to"})


def begin(units: list[Unit], at: int) -> int:
    """Return where the adjectives before a noun begin."""
    while at and is_adjective(units[at - 1]):
        at -= 1
    return at


def head(units: list[Unit], at: int) -> int:
    """Return the place of the noun of a phrase that begins at a place."""
    while at + 1 < len(units) and (is_determiner(units[at]) or is_adjective(units[at])):
        at += 1
    return at


def governor(units: list[Unit], at: int) -> Unit | None:
    """Return the unit that a noun phrase, which another one ends, depends on, or None: in of "in a red pan"."""
    for unit in reversed(units[:at]):
        if unit.ends_clause:
            return None
        plain = unit.is_word and not unit.kinds & VERBS
        if not is_determiner(unit) and not (plain and (is_adjective(unit) or unit.kinds <= THINGS)):
            return unit
    return None


def is_adverb(unit: Unit) -> bool:
    """Whether a unit only says how something is done."""
    if unit.kind == "link" or unit.word in grammar.ADVERBS or unit.word == AGE:
        return True
    if unit.kinds == {"lens"}:
        return unit.word.split(" ")[0] in _VIEWED
    return unit.kinds == {"manner"} and unit.word.endswith(("ly", "地", "渐渐", "缓缓", "慢慢"))


def is_determiner(unit: Unit) -> bool:
    """Whether a noun follows a unit: a, his, two, the dog's."""
    if unit.word in grammar.INDEFINITE or unit.word in grammar.DEFINITE or unit.word in grammar.QUANTIFIERS:
        return unit.word not in {"that", "who", "which", "all"}
    owner, mark, _ = unit.word.rpartition("'s")
    owned = unit.word.endswith("s'") or (mark != "" and owner not in {"let", *grammar.PRONOUNS})  # she's is she is
    return ("number" in unit.kinds and not unit.kinds & SOMEBODY) or owned


def is_adjective(unit: Unit) -> bool:
    """Whether a unit says what something is like."""
    return unit.is_word and bool(unit.kinds & ADJECTIVES) and not unit.kinds & (NOUNS | VERBS)


def is_predicate(units: list[Unit], at: int) -> bool:
    """Whether an adjective ends a clause whose verb it is, or is without one: grandpa is tired, 爷爷很开心."""
    unit, following = units[at], after(units, at)
    if not is_adjective(unit) or (following is not None and following.word not in grammar.CONJUNCTIONS | {"了"}):
        return False
    place = at - 1
    while place > 0 and (units[place].word in grammar.ADVERBS | grammar.NEGATORS | _DEGREES):
        place -= 1
    said = place < at - 1 or not unit.word.isascii()
    return place >= 0 and (units[place].word in grammar.BEING or (said and is_agent(units[place])))


def is_agent(unit: Unit) -> bool:
    """Whether a unit is somebody who does something."""
    if unit.kind == "mention" or unit.word in grammar.SUBJECT_PRONOUNS:
        return True
    return unit.is_word and bool(unit.kinds & SOMEBODY)


def is_request(units: list[Unit], at: int) -> bool:
    """Whether a word asks whoever makes the film for it: can you make, I want you to show, 你能画."""
    if units[at].word not in grammar.COMMANDS:
        return False
    place = at - 1
    while place >= 0 and (units[place].word in grammar.AUXILIARIES or is_adverb(units[place])):
        place -= 1
    asked = units[place].word if place >= 0 else ""
    before = units[place - 1].word if place > 0 else ""
    willing = place < at - 1 or before in _WILLING
    return asked.endswith(" you") or (asked in _ASKED and willing)  # "can you" is one word


def agents_before(units: list[Unit], at: int) -> list[Unit]:
    """Return who does something, or may, before a place in its clause."""
    return [unit for unit in units[begin_of_clause(units, at) : at] if is_agent(unit)]


def is_male(unit: Unit) -> bool:
    """Whether a noun for a person says that he is a man or a boy."""
    last = unit.word.split(" ")[-1]
    named = last.endswith(("man", "men", "boy", "boys")) and not last.endswith(("woman", "women", "human"))
    return last in _MALE or named or bool(_MALE_CHARACTERS & {*unit.word})


def is_female(unit: Unit) -> bool:
    """Whether a noun for a person says that she is a woman or a girl."""
    last = unit.word.split(" ")[-1]
    named = last in _FEMALE or last.removesuffix("s") in _FEMALE or last.endswith(_FEMALE_ENDINGS)
    return named or bool(_FEMALE_CHARACTERS & {*unit.word})


def is_many(unit: Unit) -> bool:
    """Whether a noun is a plural."""
    last = unit.word.split(" ")[-1]
    if last in MANY or last.endswith(("men", "children", lexicon.PLURAL)):
        return True
    stems = (stem for form, stem in lexicon.stems(unit.word) if form == "s")
    listed = unit.form == "" and any(
        stem == unit.word[:-1] or lexicon.kinds(lexicon.INDEX[stem]) & unit.kinds
        for stem in stems
        if stem in lexicon.INDEX
    )
    return last.endswith("s") and not last.endswith(("'s", "s'", "ss")) and (unit.form in {"s", "er"} or listed)


def is_noun(unit: Unit | None) -> bool:
    """Whether a unit can only be a noun."""
    if unit is None:
        return False
    return is_agent(unit) or (unit.is_word and bool(unit.kinds & NOUNS) and not unit.kinds & VERBS)


def is_pure_thing(unit: Unit) -> bool:
    """Whether a noun can only be for a thing, such as one that another noun says more of: a dog bowl."""
    return (
        not unit.negated
        and bool(unit.kinds & THINGS)
        and unit.kinds <= (THINGS | {"scene hint", "time hint", "vehicle"})
    )
