"""Somebody whom a prompt names, with all that is found out about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
_TO = frozenset(["to", "by"])
_MOVING = frozenset(["run", "walk", "swim", "fly", "float"])
"""Actions that who is followed or led does, too."""


@dataclass
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
        standing: whether it only stands so far, by a Chinese word.
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
    costume: str = ""
    still: bool = False
    aside: bool = False
    standing: bool = False
    weak: list[Unit] = field(default_factory=list)

    @property
    def is_vehicle(self) -> bool:
        """Whether it is what somebody goes by."""
        return not self.name and self.units[0].kinds <= {"vehicle", "scene hint"}


def is_taken_along(before: Unit, actors: list[Part]) -> bool:
    """Whether somebody does what others do to him, by the word before him: with her dog, chases a thief, talks to a man."""
    if before.word in _WITH:
        return True
    actions = {part.action for part in actors}
    joining = _TO if "talk" in actions else _FROM
    return bool(actions & {"talk", *_MOVING}) and (before.verb or before.word in joining)
