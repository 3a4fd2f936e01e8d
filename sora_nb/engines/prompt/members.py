"""Tell who the members of a group are: those whom a colon lists behind it, and those who have names."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, grammar, lexicon
from sora_nb.engines.prompt.part import PEOPLE, Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.engines.prompt.units import Unit

RELATED = grammar.words(
    "friends pals buddies mates siblings brothers sisters rivals enemies lovers partners companions"
)
"""Nouns for several that say what those before are to each other."""
_BRACKETS = frozenset("(（—–")


class Members:
    """Put members in the place of their groups, while a cast is read from a prompt.

    Args:
        parts: of the cast, so far; changed in place.
        named: the noun that each name is for.
    """

    def __init__(self, parts: list[Part], named: Mapping[str, Unit]) -> None:
        self._parts = parts
        self._named = named
        self._names: dict[str, Part] = {}
        self._led: list[tuple[Part, Part]] = []
        self._group: Part | None = None
        self._begun = 0

    def pass_mark(self, unit: Unit) -> None:
        """Begin to list the members of a group at a colon, a dash or a bracket, and end with the sentence."""
        if unit.kind == "stop":
            self._end_list()
        elif (unit.kind == "colon" or unit.source in _BRACKETS) and self._group is None:
            named = self._parts[self._begun :]
            self._group = named[0] if len(named) == 1 and named[0].count > 1 else None

    def called(self, unit: Unit) -> Part | None:
        """Return who has the name that a unit is, brought in as one of a group where that is said; None for no name."""
        noun = self._named.get(unit.word) if unit.is_word and "character" in unit.kinds else None
        if noun is None:
            return None
        owner = next((part for part in self._parts if any(each is noun for each in part.units)), None)
        part = self._names.get(unit.word, owner)
        if part is None:
            return None
        if part is owner and (owner.count > 1 or owner.apart):
            part = self._take_out(owner, unit)
        else:
            unit.senses = (lexicon.Sense("link"),)
            part.units.append(unit)
        self._names[unit.word] = part
        return part

    def finish(self) -> None:
        """End the last list, and let members who do nothing of their own do what is said of their group."""
        self._end_list()
        for part, group in self._led:
            _follow(part, group)

    def _end_list(self) -> None:
        """Let those listed behind a colon be the members of the group before it: a family of four: the father, the mother."""
        group, members = self._group, self._parts[self._begun + 1 :]
        counted = list(accumulate(part.count for part in members))
        if group is not None and group.count in counted:  # who comes then is somebody else: and their dog
            members = members[: counted.index(group.count) + 1]
        if group is not None and _are_members(members, group):
            self._parts.remove(group)
            for part in members:
                _follow(part, group)
        self._group = None
        self._begun = len(self._parts)

    def _take_out(self, group: Part, unit: Unit) -> Part:
        """Bring in a member of a group, who is one fewer for it; the last one is all of it that is left."""
        name = unit.meaning("character")
        part = replace(group, name=name, units=[unit], count=1, asked="", action="", busy=False, apart=0, weak=[])
        unit.decides.append(("character", name))
        place = next(place for place, each in enumerate(self._parts) if each is group)
        self._parts[place : place + (group.count == 1)] = [part]
        group.count -= 1
        group.apart += 1
        self._group = None
        self._led.append((part, group))
        return part


def _follow(part: Part, group: Part) -> None:
    """Let a member who does nothing of his own do what his group does."""
    part.action = part.action or ("" if part.busy else group.action)


def _are_members(parts: list[Part], group: Part) -> bool:
    """Whether those who are listed may be a group: as many, and people where it is of people."""
    count = sum(part.count for part in parts)
    noun = group.units[-1]
    mixed = not group.name or counts.is_ensemble(noun) or noun.word.split(" ")[-1] in RELATED
    alike = all((part.name in PEOPLE or not part.stock) == (group.name in PEOPLE) for part in parts)
    return (mixed or alike) and (count > 1 if group.asked else count == group.count)
