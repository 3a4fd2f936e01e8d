"""Note what a second noun says of somebody who came before: the same again, what he is, or what he wears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts, syntax
from sora_nb.engines.prompt.part import PEOPLE, PLAIN

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit


def describe(units: list[Unit], unit: Unit, part: Part) -> None:
    """Note a second noun for somebody: the same again, or what it is besides."""
    meaning = unit.meaning("character")
    if not part.name:
        return
    behind = counts.behind(units, syntax.place_of(units, unit))
    count, asked = counts.number(unit, behind)
    if part.stock and count > part.count:
        part.count, part.asked = count, asked
        for each in behind:
            each.decides.append(("number", str(count)))
    less = part.name not in PLAIN and (
        meaning in PLAIN if part.name in PEOPLE else not meaning and "animal" in unit.kinds
    )
    if unit.kind == "mention" or meaning == part.name or less:
        unit.decides.append(("character", part.name))
    elif part.stock and part.name == "person" and meaning in PEOPLE and not (meaning == "woman" and _is_man(part)):
        for each in part.units:
            male = syntax.is_male(each)  # a boy dressed as a cowboy; but no zombie bride
            others = [decided for decided in each.decides if decided[0] != "character"]
            each.decides = [("character", meaning), *others] if male and others != each.decides else others
            each.unshown = "" if male else "people"
        part.name = meaning
        unit.decides.append(("character", meaning))
    elif part.stock and part.name and part.name not in PEOPLE and meaning in PEOPLE - PLAIN and not part.costume:
        part.costume = meaning
        unit.decides.append(("costume", meaning))
    elif part.stock and part.name in PEOPLE and meaning and meaning not in PEOPLE and not part.costume:
        _dress(part, meaning)
        unit.decides.append(("character", meaning))
    else:
        unit.unshown = "people"
    part.units.append(unit)


def _is_man(part: Part) -> bool:
    """Whether a noun for somebody says that he is a man or a boy, who may be a nanny as well."""
    return any(map(syntax.is_male, part.units))


def _dress(part: Part, animal: str) -> None:
    """Make an animal of somebody: an astronaut cat is the cat in a suit, a baby lion just the lion."""
    if part.name in PLAIN:
        part.units[-1].decides.clear()
        part.units[-1].unshown = "manner"
    else:
        part.costume = part.name
    part.name = animal
