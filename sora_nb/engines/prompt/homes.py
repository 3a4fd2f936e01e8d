"""Choose a place where the prompt names none: one that fits who is in the film."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt.scenery import INDOORS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sora_nb.engines.prompt.explanation import Role
    from sora_nb.engines.prompt.units import Unit

_PETS = ("meadow", "living room")
_WILD = ("forest", "meadow")
HOMES = {
    "corgi": _PETS, "dog": _PETS, "cat": ("living room", "meadow"), "mouse": _PETS, "rabbit": ("meadow",), "pig": ("meadow",),
    "duck": ("meadow",), "fox": _WILD, "bear": _WILD, "panda": ("forest",), "monkey": ("forest",), "frog": _WILD, "tiger": _WILD,
    "lion": ("desert", "meadow"), "polar bear": ("snow",), "penguin": ("snow",), "snowman": ("snow",), "fish": ("underwater",),
    "diver": ("underwater", "beach"), "alien": ("space", "desert"), "astronaut": ("space",), "robot": ("city street", "meadow"),
    "barista": ("coffee shop",), "chef": ("kitchen",), "wizard": ("forest", "mountains"), "superhero": ("city street",),
    "knight": ("meadow", "mountains"), "cowboy": ("desert",), "woman": ("meadow", "city street"), "person": ("meadow", "city street"),
}  # fmt: skip
"""Places where nobody wonders to see a character."""
BUSINESS = {
    "swim": ("underwater",), "sleep": ("living room",), "read": ("living room",), "drink": ("coffee shop", "living room"),
    "eat": ("living room",), "sing": ("stage",), "work": ("living room", "office"), "sit": ("living room", "meadow"),
}  # fmt: skip
"""Places for what people and pets do, where that says more than who they are."""
_ABROAD = frozenset(["fly", "run", "float"])
"""What nobody does in a room."""
_UNTAMED = frozenset(
    ["wolf", "wolves", "coyote", "jackal", "lynx", "bobcat", "werewolf", "rat", "raven", "crow", "owl", "hawk"]
)
"""Who is drawn as a pet, and is none."""
_IN_THE_SKY = ("stars", "starry sky", "星空", "星星")
_SEASONS = frozenset(["spring", "summer", "autumn"])
"""Seasons that are seen in the woods and meadows; winter is seen in the snow."""
_HOUSEHOLD = frozenset(["object", "food", "clothing"])
_OUTDOORS = frozenset(["weather", "animal", "vehicle", "nature", "place"])
_STUDIOS = frozenset(["studio", "set"])
"""Places that are rooms, where products are shown."""
PLAIN = ("meadow", "city street")
"""Places for everybody else."""
_PEOPLE = frozenset(["woman", "person", "robot"])
_AT_HOME = frozenset(["corgi", "dog", "cat", "mouse", *_PEOPLE])


def fitting(roles: list[Role], read: Iterable[Unit]) -> tuple[str, ...]:
    """Return the places that fit who is in the film and what they do, or what it shows."""
    shown = [unit for unit in read if unit.is_word and not unit.negated]
    if not roles and any(unit.word in _SEASONS for unit in shown):
        return _WILD
    if not roles:
        outdoors = any(unit.kinds & _OUTDOORS and unit.word.split(" ")[-1] not in _STUDIOS for unit in shown)
        return ("living room",) if not outdoors and any(unit.kinds & _HOUSEHOLD for unit in shown) else PLAIN
    first = next((role for role in roles if role.action == "swim"), roles[0])
    name = first.name if first.stock else "person"
    places = _WILD if any(unit.word in _UNTAMED for unit in shown) else HOMES.get(name, PLAIN)
    if name in (_PEOPLE if first.action == "sing" else _AT_HOME):
        places = BUSINESS.get(first.action, places)
    if first.action in _ABROAD or any(_is_sky(unit) for unit in shown):
        places = tuple(place for place in places if place not in INDOORS) or PLAIN
    return places


def _is_sky(unit: Unit) -> bool:
    """Whether a word is for weather or for light that is seen outdoors."""
    return "weather" in unit.kinds or unit.meaning("time") in {"dawn", "sunset"} or unit.word.endswith(_IN_THE_SKY)
