"""Somebody whom a prompt names, with all that is found out about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit


PEOPLE = frozenset(
    ["astronaut", "barista", "chef", "wizard", "superhero", "knight", "cowboy", "diver", "woman", "person"]
)
"""Characters that are people in a costume."""
PLAIN = frozenset(["person", "woman"])
"""Characters without a costume of their own."""
_WITH = frozenset(["with", "alongside", "和", "与", "跟", "带着"])
_FROM = frozenset(["from", "after", "behind", "by"])
_FIGHTING = ("fight", "battle", "wrestle", "box", "duel", "spar")
_CHINESE_FIGHTING = ("大战", "对战", "对抗", "决斗", "对决", "单挑", "打败", "迎战")
_BY = frozenset(["by"])
_TOWARD = ("向", "到", "近")
MOVING = frozenset(["run", "walk", "swim", "fly", "float"])
"""Actions that who is followed or led does, too."""

_LYING = frozenset(["lie", "lay", "sprawl", "sunbathe"])
_CHINESE_LYING = ("躺", "趴", "卧", "晒太阳")
_YOUNG = grammar.words(
    "boy boys girl girls kid kids child children toddler toddlers baby babies teenager teenagers youngster infant "
    "男孩 女孩 孩子 小孩 小朋友 小男孩 小女孩 宝宝 婴儿 少年 少女"
)
_CHILDREN = grammar.words(
    "son sons daughter daughters grandson grandsons granddaughter granddaughters grandchild brother sister "
    "儿子 女儿 孙子 孙女 外孙 外孙女 弟弟 妹妹 哥哥 姐姐"
)
"""Nouns for somebody's children."""
_ANYBODY = frozenset(
    [
        "old man",
        "young man",
        "old woman",
        "old lady",
        "young woman",
        "guy",
        "lady",
        "gentleman",
        "stranger",
        "figure",
        "bird",
        "birds",
        "hero",
        "couple",
        "老人",
        "鸟",
    ]
)
"""Nouns that say nothing of what somebody is: they speak of anybody grown up that came before."""


@dataclass(eq=False)
class Part:
    """Somebody whom the prompt names.

    Attributes:
        name: the username, or the noun that is drawn; "" where the engine draws nobody for it.
        stock: whether the engine draws the character itself.
        units: the words that name it.
        count: how many.
        asked: in the words of the prompt, where it is a number that needs telling.
        action: a key of vocabulary.ACTIONS, or "".
        busy: whether it does something else, which is not drawn.
        follows: whether it came in as what somebody does something to.
        costume: what an animal wears, or "".
        still: whether it stands by while others do something to it.
        aside: whether it is only whose something is, or to whom it is done.
        apart: how many of them were told apart, and are parts of their own.
        alone: whether it begins a clause of its own: ..., birds flying.
        posture: the word for how it lies, stands or smiles, which is drawn where it does nothing else, or None.
        kept: what it did among several, and still does where its own verb is not drawn.
        weak: what it does in an attribute or a subordinate clause: drawn where it does nothing else.
    """

    name: str
    stock: bool
    units: list[Unit] = field(default_factory=list)
    count: int = 1
    asked: str = ""
    action: str = ""
    busy: bool = False
    follows: bool = False
    alone: bool = False
    costume: str = ""
    still: bool = False
    aside: bool = False
    apart: int = 0
    posture: Unit | None = None
    kept: str = ""
    weak: list[Unit] = field(default_factory=list)

    @property
    def is_vehicle(self) -> bool:
        """Whether it is what somebody goes by."""
        return not self.name and self.units[0].kinds <= {"vehicle", "scene hint"}


def is_animal(noun: Unit) -> bool:
    """Whether a noun is for an animal, drawn or not."""
    meaning = noun.meaning("character")
    return noun.is_word and ("animal" in noun.kinds or (meaning != "" and meaning not in PEOPLE))


def is_taken_along(before: Unit, actors: list[Part]) -> bool:
    """Whether somebody does what others do to him, by the word before him: with her dog, chases a thief, talks to a man."""
    if before.word in _WITH:
        return True
    if before.word.endswith(_TOWARD):
        return False  # 跑向妈妈
    if before.verb and (lexicon.listed_stem(before.word, _FIGHTING) or before.word in _CHINESE_FIGHTING):
        return True
    actions = {part.action for part in actors}
    talking = "talk" in actions
    return (talking or bool(actions & {*MOVING})) and (before.verb or before.word in (_BY if talking else _FROM))


def is_lying(unit: Unit) -> bool:
    """Whether a word says that somebody lies, and not that he sleeps."""
    return unit.word.startswith(_CHINESE_LYING) or lexicon.listed_stem(unit.word.split(" ")[0], _LYING) != ""


def draw_woman(part: Part) -> None:
    """Draw a woman for somebody whose noun leaves that open."""
    part.name = "woman"
    for unit in part.units:
        others = tuple(each for each in unit.senses if each.kind != "character")
        unit.senses = (lexicon.Sense("character", "woman", near=True), *others)
        unit.decides = [(kind, "woman" if kind == "character" else meaning) for kind, meaning in unit.decides]


def is_young(noun: Unit) -> bool:
    """Whether a noun is for a child, or for one by its kin."""
    return noun.word.split(" ")[-1] in _YOUNG | _CHILDREN


def is_somebodys_child(noun: Unit) -> bool:
    """Whether a noun is for somebody's child: a woman and her daughter; but a boy may have another mother."""
    return noun.word.split(" ")[-1] in _CHILDREN


def may_be(known: Unit, noun: Unit) -> bool:
    """Whether a noun may speak of somebody whom another one named: the man of a sailor, but the thief of no policeman."""
    if counts.is_ensemble(known):
        return False
    if is_young(known) or is_young(noun):
        return is_young(known) and noun.word.split(" ")[-1] in _YOUNG
    if any(not sense.near for unit in (known, noun) for sense in unit.senses if sense.kind == "character"):
        return True
    return noun.word in _ANYBODY or known.word in _ANYBODY
