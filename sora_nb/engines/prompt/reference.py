"""Find of whom a noun or a mention speaks who came before: the same again, what he is, or all of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import bystanders, chinese_clauses, counts, grammar, lexicon, opposites, syntax
from sora_nb.engines.prompt.part import PEOPLE, PLAIN, draw_woman, is_animal, is_somebodys_child, is_young, may_be

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit

_LEADS = grammar.words("protagonist hero heroine character lead star boss villain enemy 主角 主人公 反派")
"""Nouns that say only what somebody is for the film: the protagonist, a young robot, walks."""
_KNOWN = frozenset(["the", "this", "that"])
_CHINESE_KNOWN = frozenset(["这", "那", "这个", "那个", "这只", "那只", "这名", "那名", "这位", "那位"])
_ANIMALS = grammar.words("animal pet creature critter beast 动物 小动物 宠物 小家伙")
_GROWN_UP = grammar.words("man woman guy lady person gentleman 男人 女人 男子 女子 女士 人")
"""Nouns that say less of somebody than another one did."""
_NAMED = frozenset(["named", "called", "name", "is"])
_POSING = frozenset(["as", "like", "作为", "扮演", "像"])
_BEING = grammar.words("is are was were am be being as like became becomes become 是 像 如 作为 扮演")
_PLAYING = grammar.words("当 当上 充当 担任 扮 做")
"""Chinese verbs before what somebody is or plays: 小猫当老板; but 当老师走进教室."""
_PLAYED = frozenset(["了", "过", "起"])
"""Words between such a verb and its noun."""
_KIN = grammar.words(
    "cub cubs pup pups baby babies mother father mom mama dad papa parents brother sister siblings family"
)
"""Nouns for the young and the kin of any animal."""
_OWN_KIN = grammar.words("brother sister son daughter kid child children cousin wife husband")
"""Nouns for more of its kin, where a possessive says so."""
_FRIENDS = grammar.words("friend buddy pal playmate companion mate")
"""Nouns for an animal's friends, who are of its kind where nothing else is said."""
_CHINESE_FRIENDS = grammar.words("朋友 好朋友 小伙伴 伙伴 同伴 小朋友 玩伴")
_PARENTS = grammar.words("mother father mom mama mum dad papa parents")
_PETS = grammar.words("kitten puppy pup 小狗 小猫 小猫咪 小狗狗 小奶狗 小奶猫")
"""Nouns for young pets, whose mom and dad, or 妈妈 in another clause, are people."""
_YOUNG_ONES = grammar.words(
    "cub kitten puppy pup calf foal lamb duckling chick gosling piglet joey fawn cygnet owlet tadpole kit whelp baby"
)
"""Nouns for young animals, whose parents need no possessive: a kitten plays, mother nearby."""
_CHINESE_PARENTS = grammar.words("妈妈 爸爸 母亲 父亲")
_OF_CHILDREN = grammar.words("his her their 他的 她的")
_POSSESSIVES = grammar.words("his her its their")
_OF_OTHERS = grammar.DEFINITE - {"my", "our", "your"}
_CHINESE_KIN = grammar.words("妈妈 爸爸 母亲 父亲 宝宝 孩子 哥哥 姐姐 弟弟 妹妹 兄弟 姐妹 爸妈 父母")
_SINCE = grammar.words("now also still already once actually really just only")
"""Adverbs between a form of be and what somebody is."""
_SERVING = grammar.words("work serve volunteer act pose moonlight dress employ hire job")
"""Words before "as" and what the one of whom they are said is: she works as a barista, is hired as a cook."""
_THERE = frozenset(["there", "here", "it", "this", "that"])
_HE, _SHE = "男的", "女的"
"""Words for a man and for a woman, which may stand for any who came before."""
_YOUNG = ("小", "幼", "宝宝", "崽", "仔")
"""How Chinese words for young animals begin or end."""


def same_as_before(
    units: list[Unit], parts: list[Part], at: int, phrase: list[Unit], subject: Part | None
) -> Part | None:
    """Return the one of the parts that a noun speaks of again, or describes; None where it is somebody else.

    Args:
        units: of the whole prompt.
        parts: those who came before.
        at: the place of the noun.
        phrase: its determiners, numbers and adjectives.
        subject: who does nothing yet in the clause.
    """
    unit = units[at]
    if any(each.word == "'s" for each in phrase):
        return None
    beside = (
        _beside(units, parts, at, phrase, subject)
        or _served(units, parts, at)
        or _apposed(units, parts, at, phrase)
        or _introduced(units, parts, at - len(phrase) - 1)
        or _defined(units, parts, at)
        or _player(units, parts, at, at - len(phrase) - 1)
        or _their_parent(unit, parts, phrase)
        or _of_sex(unit, parts, phrase)
        or _left_over(unit, parts, phrase)
        or _described_otherwise(units, parts, at, phrase)
    )
    if beside is not None:
        return beside
    if unit.kind == "mention":
        return next((part for part in parts if not part.stock and part.name == unit.word[1:]), None)
    known = sum(part.count for part in parts if part.stock and part.name == unit.meaning("character"))
    fresh = any(
        each.word in grammar.INDEFINITE | counts.CHINESE_OTHERS
        or "number" in each.kinds
        or counts.ordinal(each.word) > known
        for each in phrase
    )
    if fresh or bystanders.are_meant(units, at) or _is_of_another(unit, parts, phrase):
        return None
    meaning = unit.meaning("character")
    described = at > 1 and units[at - 1].word == "的" and bool(units[at - 2].kinds & lexicon.VERBS)  # 围观的人
    foreign = not unit.word.isascii() and not described
    several = any(each.word in counts.ALL for each in phrase)
    for part in reversed(parts):
        if opposites.contradict(units, part, at) or (several and part.count == 1):
            continue
        known_so = phrase or (foreign and part.count == 1 and is_young(part.units[0]) and is_young(unit))
        alike = meaning and part.name == meaning and known_so and may_be(part.units[0], unit)
        alike = alike and _is_elsewhere(units, part, at)
        again = foreign and part.count == 1 and part.units[0].word.endswith(unit.word)
        again = again or (is_paired(units, part) and part.units[0].word in unit.word and is_animal(unit))
        words = [each.word.removesuffix("'s") for each in (part.units if foreign else _nouns(units, part))]
        named = unit.word in words
        if part.stock and (named or alike or again):
            return part
    return None


def _nouns(units: list[Unit], part: Part) -> list[Unit]:
    """Return the noun that named somebody, and one right behind it: a golden retriever puppy."""
    first, *rest = part.units[:2]
    place = syntax.place_of(units, first) + 1
    return [first, *(unit for unit in units[place : place + 1] if rest and unit is rest[0])]


def is_paired(units: list[Unit], part: Part) -> bool:
    """Whether somebody was only named as one of a pair of animals in one word: the rabbit of 龟兔赛跑."""
    paired = any(not unit.source for unit in _joining(units, part))
    return paired and len(part.units) == 1 and part.count == 1


def has_own_deed(units: list[Unit], part: Part, at: int) -> bool:
    """Whether somebody who was only named with others is named anew in Chinese for what he does himself: 爷爷和男孩钓鱼, 爷爷睡着了."""
    begins = syntax.begins_clause(units, at) and _is_elsewhere(units, part, at)
    clause = units[at : syntax.end_of_clause(units, at)]
    if any("笑" in unit.word for unit in clause):
        return False  # who smiles dances on
    return begins and len(part.units) == 1 and part.count == 1 and _joining(units, part) != []


def _joining(units: list[Unit], part: Part) -> list[Unit]:
    """Return the conjunctions right beside the first noun for somebody."""
    place = syntax.place_of(units, part.units[0])
    beside = (*units[max(0, place - 1) : place], *units[place + 1 : place + 2])
    return [unit for unit in beside if unit.word in grammar.JOINING]


def _is_elsewhere(units: list[Unit], part: Part, at: int) -> bool:
    """Whether somebody was last named in another clause than the one of a place."""
    return syntax.place_of(units, part.units[-1]) < syntax.begin_of_clause(units, at)


def _described_otherwise(units: list[Unit], parts: list[Part], at: int, phrase: list[Unit]) -> Part | None:
    """Return the only one whom a definite noun can be for that says less or something else: a dog, the animal.

    Who is a doctor first, and then the woman, is drawn as one.
    """
    unit, meaning = units[at], units[at].meaning("character")
    if not phrase or phrase[0].word not in _KNOWN | _CHINESE_KNOWN or syntax.is_many(unit):
        return None
    people = [part for part in parts if part.name in PEOPLE or not part.stock]
    animals = [part for part in parts if part.stock and part.name and part.name not in PEOPLE]
    fitting = animals if unit.word in _ANIMALS else people if unit.word in _GROWN_UP else []
    part = fitting[0] if len(fitting) == 1 else None
    if part is None or part.count > 1 or not part.stock or not _is_elsewhere(units, part, at):
        return None
    noun = part.units[0]
    plain = any(not sense.near for sense in noun.senses if sense.kind == "character") and part.name in PLAIN
    if unit.word in _ANIMALS or (meaning in PLAIN and part.name not in PLAIN):
        return part
    if plain or is_young(noun) or part.name != "person" or meaning != "woman" or syntax.is_male(noun):
        return None
    draw_woman(part)
    return part


def is_kin(units: list[Unit], parts: list[Part], unit: Unit, phrase: list[Unit]) -> bool:
    """Whether a noun is for kin of the animal that came last: her baby, its mother's tail, 熊猫宝宝和妈妈."""
    last = parts[-1]
    if not last.name and "animal" not in last.units[0].kinds:
        return False
    people = any(part.name in PEOPLE or not part.stock for part in parts)
    if unit.word.isascii():
        owner = phrase[0].word if phrase else ""
        # two boys and a dog with their parents; a girl on a horse, her mother
        of_somebody = people and owner in _POSSESSIVES - {"its"}
        noun = unit.word.removesuffix("'s")
        if noun in _PARENTS and not phrase:
            pet = _is_one_of(last.units[0], _PETS)
            young = _is_one_of(last.units[0], _YOUNG_ONES)
            return young and not people and (not pet or noun in {"mother", "father", "parents"})
        if _is_friend(unit) and not any(each.word.endswith("'s") for each in phrase):
            brought = owner in _POSSESSIVES or owner in {"", "a", "an", "some"}
            return brought and not of_somebody and not (people and owner == "") and not _is_specified(units, unit)
        own = owner in _POSSESSIVES and lexicon.listed_stem(noun, _OWN_KIN) != ""
        return (own or (noun in _KIN and owner in _OF_OTHERS)) and not of_somebody
    place = syntax.place_of(units, unit)
    of_it = units[place - 1].word == "的" and units[place - 2] is last.units[-1]  # but: 牛背上的孩子
    owned = of_it or (bool(phrase) and phrase[0].word in grammar.POSSESSIVES)
    young = last.units[0].word.startswith(_YOUNG) or last.units[0].word.endswith(_YOUNG)
    elsewhere = last.units[0].word in _PETS and syntax.begin_of_clause(
        units, syntax.place_of(units, unit)
    ) > syntax.place_of(units, last.units[-1])
    if unit.word.removesuffix(lexicon.PLURAL) in _CHINESE_FRIENDS:
        return owned and not people and not _is_specified(units, unit)
    return unit.word in _CHINESE_KIN and (owned or (young and not people and not elsewhere))


def _is_friend(noun: Unit) -> bool:
    """Whether a noun is for somebody's friends: her best friend."""
    return lexicon.listed_stem(noun.word.split(" ")[-1], _FRIENDS) != ""


def _is_specified(units: list[Unit], friend: Unit) -> bool:
    """Whether the noun right behind one for a friend says who that is: his friend the mouse; her friend, a dog, sleeps."""
    place = syntax.place_of(units, friend) + 1
    place += place < len(units) and units[place].kind == "pause"
    if not friend.word.isascii():
        return place < len(units) and syntax.is_agent(units[place])
    named = place + 1 < len(units) and syntax.is_determiner(units[place])
    return named and syntax.is_agent(units[syntax.head(units, place)])


def _is_one_of(unit: Unit, nouns: frozenset[str]) -> bool:
    """Whether a word of a noun phrase is one of some nouns, in whatever form."""
    return any(lexicon.listed_stem(word, nouns) for word in unit.word.split(" "))


def _is_of_another(unit: Unit, parts: list[Part], phrase: list[Unit]) -> bool:
    """Whether a possessive brings in somebody else: a man, his coach; but the dog of "his dog" may be there."""
    owned = bool(phrase) and phrase[0].word in grammar.POSSESSIVES
    return owned and all(unit.word != each.word for part in parts for each in part.units)


def _their_parent(unit: Unit, parts: list[Part], phrase: list[Unit]) -> Part | None:
    """Return who came with a child and is now spoken of as its parent: a woman and her daughter; her mother smiles."""
    if not phrase or phrase[0].word not in _OF_CHILDREN or unit.word not in _PARENTS | _CHINESE_PARENTS:
        return None
    children = [part for part in parts if part.name in PEOPLE and is_somebodys_child(part.units[0])]
    meaning = unit.meaning("character")
    grown_up = [part for part in parts if part.name == meaning and part.count == 1 and not is_young(part.units[0])]
    return grown_up[0] if children and len(grown_up) == 1 else None


def _of_sex(unit: Unit, parts: list[Part], phrase: list[Unit]) -> Part | None:
    """Return the only man or woman of those who came before for whom 男的 or 女的 stands without a number: 一个男孩和一个女孩, 女的坐着."""
    if unit.word not in {_HE, _SHE} or any(
        "number" in each.kinds or each.word in grammar.INDEFINITE for each in phrase
    ):
        return None
    people = [part for part in parts if part.stock and part.name in PEOPLE and part.count == 1]
    women = [part for part in people if part.name == "woman" or syntax.is_female(part.units[0])]
    men = [part for part in people if syntax.is_male(part.units[0])]
    men = men or [part for part in people if not any(part is each for each in women)]
    fitting = women if unit.word == _SHE else men
    return fitting[0] if len(fitting) == 1 else None


def _left_over(unit: Unit, parts: list[Part], phrase: list[Unit]) -> Part | None:
    """Return those who are left of several, of whom others were told apart: 三只狗, 黑的在跑, 其他的狗在睡觉."""
    if not any(each.word in counts.CHINESE_OTHERS for each in phrase):
        return None
    return next((part for part in parts if part.apart and part.name == unit.meaning("character")), None)


def _beside(units: list[Unit], parts: list[Part], at: int, phrase: list[Unit], subject: Part | None) -> Part | None:
    """Return the part that a noun stands right beside, or that it is said to be: @rex the dog, the cat is a DJ."""
    unit, place = units[at], at - len(phrase) - 1
    if not parts or place < 0:
        return None
    before = units[place]
    last = parts[-1]
    near = bool(last.units) and before is last.units[-1]
    new = any(each.word in grammar.INDEFINITE or "number" in each.kinds for each in phrase)
    if near and (unit.kind == "mention") != (not last.stock):
        if new:
            return None
        return _rename(last, unit) if unit.kind == "mention" else last
    if near and last.stock and last.name in PLAIN and [each.word for each in phrase] == ["the"]:
        return last  # his friend the mouse
    if near and last.stock and not phrase and unit.kind != "mention":
        return None if chinese_clauses.are_two(before, unit) or unit.word.startswith("@") else last
    return _called(units, parts[-1], place, unit, subject or _said_to_be(units, parts, place))


def _said_to_be(units: list[Unit], parts: list[Part], place: int) -> Part | None:
    """Return who is said to be or to work as something behind a place: who is now a gardener, he works as a chef."""
    before = place
    while before and (units[before].word in grammar.ADVERBS or units[before].word in grammar.BEING | {"as"}):
        before -= 1
    if units[place].word == "as" and not lexicon.listed_stem(units[before].word, _SERVING):
        return None
    if units[place].word == "as" or units[before].word in syntax.RELATIVE:
        return parts[-1]
    known = units[before].word in grammar.SUBJECT_PRONOUNS - _THERE
    woman = parts[-1].name == "woman" or not syntax.is_male(parts[-1].units[0])
    known = known and (units[before].word not in grammar.SHE or woman)
    return parts[-1] if len(parts) == 1 and (known or units[before] is parts[-1].units[-1]) else None


def _served(units: list[Unit], parts: list[Part], at: int) -> Part | None:
    """Return who works as what a noun says that another one says more of: as an office employee, as a very busy waiter."""
    place = at - 1
    while place > 0 and _says_more(units[place]):
        place -= 1
    served = parts and place > 0 and units[place].word == "as" and not _brings_in(units, place)
    before = syntax.before(units, place) if served else None
    return parts[-1] if before is not None and lexicon.listed_stem(before.word, _SERVING) else None


def _says_more(unit: Unit) -> bool:
    """Whether a word before a noun belongs to its phrase: a determiner, an adjective with its adverb, or a noun."""
    plain = unit.is_word and not unit.verb and not unit.kinds & syntax.SOMEBODY and not syntax.is_preposition(unit)
    return plain and unit.word not in grammar.CONJUNCTIONS | {"as"}


def _defined(units: list[Unit], parts: list[Part], at: int) -> Part | None:
    """Return whom a Chinese noun is said to be behind what it does: 主角是一只会弹钢琴的狗."""
    if not parts or units[at].kind == "mention" or at < 4 or units[at - 1].word != "的":
        return None
    begin = syntax.begin_of_clause(units, at)
    place = next((place for place in range(begin, at) if units[place].word == "是"), 0)
    counted = place and "number" in units[place + 1].kinds
    others = any(syntax.is_agent(unit) for unit in units[place + 1 : at])
    return parts[-1] if counted and not others and units[place - 1] is parts[-1].units[-1] else None


def _player(units: list[Unit], parts: list[Part], at: int, place: int) -> Part | None:
    """Return whose role a Chinese noun is behind a verb at a place: 猫坐在柜台后面当老板; but 当老师走进教室, 妈妈做兔子.

    Args:
        units: of the whole prompt.
        parts: those who came before.
        at: the place of the noun.
        place: the one before its phrase.
    """
    while place > 0 and units[place].word in _PLAYED:
        place -= 1
    if place < 0 or units[place].word not in _PLAYING or units[at].meaning("character") not in PEOPLE:
        return None
    begin = syntax.begin_of_clause(units, place)
    named = {id(unit) for unit in units[begin:place]}
    for part in reversed(parts):
        if not part.aside and any(id(unit) in named for unit in part.units):
            part.busy = True
            return part
    alone = not named and syntax.after(units, at) is None
    return parts[-1] if parts and alone else None


def _called(units: list[Unit], last: Part, place: int, unit: Unit, subject: Part | None) -> Part | None:
    """Return the part that the word at a place says a noun is, or is named: is a dog, as a pirate, named @rex."""
    while place and units[place].word in _SINCE and units[place - 1].word in _BEING:
        place -= 1
    word = units[place].word
    if unit.kind == "mention":
        names = word in _NAMED and place > 0 and units[place - 1] is last.units[-1] and last.stock
        return _rename(last, unit) if names else None
    if word in grammar.CHINESE_NAMING and syntax.after(units, syntax.place_of(units, unit)) is None:
        return subject
    if word not in _BEING or (word == "as" and _brings_in(units, place)):
        return None
    if word in _POSING and not last.stock:
        return last
    return subject


def _brings_in(units: list[Unit], place: int) -> bool:
    """Whether "as" brings in somebody else: as her mother watches, a cat as well as a dog."""
    return units[place + 1].word in grammar.POSSESSIVES or (place > 0 and units[place - 1].word == "as well")


def _rename(part: Part, unit: Unit) -> Part:
    """Make the one who is mentioned of a noun that explains who it is: my cat @whiskers."""
    part.name, part.stock, part.count, part.asked = unit.word[1:], False, 1, ""
    part.units[0].unshown = ""
    part.units[0].decides = [("character", part.name)]
    unit.decides.append(("character", part.name))
    return part


def _apposed(units: list[Unit], parts: list[Part], at: int, phrase: list[Unit]) -> Part | None:
    """Return whom a noun explains: @luna, a brave robot, walks; @rex runs. The dog jumps; a driver, an old man, waves."""
    unit = units[at]
    if unit.kind == "mention" or not parts or not phrase:
        return None
    place = at - len(phrase) - 1
    last = parts[-1]
    if place >= 0 and units[place].kind in {"pause", "stop"} and phrase[0].word in _KNOWN:
        mentions = [part for part in parts if not part.stock]
        return mentions[0] if len(mentions) == len(parts) == 1 else None
    if place < 1 or units[place].kind != "pause" or units[place - 1] is not last.units[-1]:
        return None
    if place > 1 and units[place - 2].word in grammar.CONJUNCTIONS:
        return None
    if last.stock:
        return (
            last if _is_said_friend(units, last, at) or (_are_alike(last, unit) and _is_enclosed(units, at)) else None
        )
    following = syntax.after(units, at)
    ends = following is None or following.word in grammar.PREPOSITIONS or following.word in grammar.SUBJECT_PRONOUNS
    return last if ends else None


def _introduced(units: list[Unit], parts: list[Part], colon: int) -> Part | None:
    """Return the one who plays the lead, of whom a noun right behind a colon says who that is: the final boss: a giant penguin."""
    if colon < 1 or units[colon].kind != "colon" or not parts or units[colon - 1] is not parts[-1].units[-1]:
        return None
    return parts[-1] if parts[-1].stock and units[colon - 1].word.split(" ")[-1] in _LEADS else None


def _is_said_friend(units: list[Unit], last: Part, at: int) -> bool:
    """Whether a noun for an animal that ends a clause says who somebody's friend is: her best friend, a dog."""
    friend = _is_friend(last.units[0]) and last.name in PLAIN and not syntax.is_many(last.units[0])
    return friend and is_animal(units[at]) and syntax.after(units, at) is None


def _are_alike(part: Part, unit: Unit) -> bool:
    """Whether one noun may explain another: both people, the same animal, or whoever plays the lead."""
    meaning = unit.meaning("character")
    alike = part.name == meaning or {part.name, meaning} <= PEOPLE or part.units[0].word.split(" ")[-1] in _LEADS
    return part.count == 1 and meaning != "" and alike


def _is_enclosed(units: list[Unit], at: int) -> bool:
    """Whether commas enclose what explains a noun, since a verb follows: the driver, a bearded man in a hat, taps the wheel."""
    if syntax.is_many(units[at]):
        return False
    for place in range(at + 1, len(units) - 1):
        if units[place].kind == "pause":
            verb = next((unit for unit in units[place + 1 :] if not syntax.is_adverb(unit)), units[place])
            return (verb.verb or bool(verb.kinds & lexicon.VERBS)) and verb.form in {"s", "ed"}
        if units[place].ends_clause or syntax.is_agent(units[place]) or units[place].word in grammar.CONJUNCTIONS:
            return False
    return False
