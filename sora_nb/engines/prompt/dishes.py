"""Tell animals that are food: what somebody fries, eats or sells is no character and suggests no place; 卖鱼, a plate of crabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense
from sora_nb.engines.prompt.part import is_animal

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_EATING = grammar.words(
    "fry grill roast bake boil steam smoke cook slice chop mince dice gut fillet sear braise stew barbecue bbq poach marinate "
    "debone prepare eat devour taste gobble savor savour"
)
"""Verbs whose object is food, whatever animal it is."""
_SERVING = grammar.words("sell buy order serve weigh unload haggle")
"""Verbs whose object is food where it is mostly eaten."""
_COOKED = grammar.words(
    "fried grilled roasted roast smoked baked boiled steamed barbecued braised stewed poached marinated"
)
"""Adjectives of food."""
_FOODS = grammar.words(
    "fish chicken duck goose turkey salmon tuna cod trout herring eel shrimp prawn crab lobster squid octopus oyster clam "
    "mussel crayfish"
)
"""Animals that are mostly eaten where they are on a plate or sold."""
_WARES = grammar.words("plate platter grill pan pot wok skillet oven skewer")
"""What food lies on or in, and no pet does."""
_HELPINGS = _WARES | {"bowl", "tray", "dish", "bucket", "basket"}
"""What there is food of: a bowl of shrimp."""
_UPON = frozenset(["on", "in"])
_MEALS = grammar.words("sale dinner lunch supper breakfast")
_JOINING = frozenset(["and", "or"])
_CHINESE_EATING = grammar.words(
    "偷 抢 钓 捞 抓 叼 叼着 吃 吃着 偷吃 吃掉 卖 杀 烤 煮 炸 煎 炒 蒸 切 尝 品尝 买 端着 端来 做 炖 红烧 清蒸 啃 啃着 咬 一盘 一碗 一锅 一碟 一份 一桌 夹 夹着 剁 烹饪 享用"
)
"""Words behind which an animal is a dish."""
_CHINESE_FOODS = frozenset(["fish", "duck", "pig", "rabbit", "frog", "mouse"])


def resolve(units: list[Unit]) -> None:
    """Make food of animals that somebody cooks, eats or sells."""
    for at, unit in enumerate(units):
        if not unit.is_asked or unit.verb or not is_animal(unit):
            continue
        if _is_eaten(units, at) if unit.word.isascii() else _is_eaten_chinese(units, at):
            unit.senses = (Sense("food"),)


def _is_eaten(units: list[Unit], at: int) -> bool:
    """Whether an English noun is food by its adjectives, by the verb that it is the object of, or by what stands behind it."""
    food = lexicon.listed_stem(units[at].word, _FOODS) != ""
    for place in reversed(range(at)):
        unit = units[place]
        if unit.word in _COOKED and not unit.verb:
            return True
        if unit.word == "of" and food and place and lexicon.listed_stem(units[place - 1].word, _HELPINGS):
            return True
        if verb := _governing(unit):
            pets = any("pet" in each.word.split(" ") for each in units)
            return verb in _EATING or (food and not pets)
        if not _belongs(units, place):
            break
    return _is_cooked(units, at) or (food and _is_served(units, at))


def _governing(unit: Unit) -> str:
    """Return the verb of cooking, eating or selling that a unit is, or ""."""
    known = unit.verb or unit.kinds & VERBS or not unit.senses
    return lexicon.listed_stem(unit.word, _EATING | _SERVING) if known and unit.is_word else ""


def _belongs(units: list[Unit], at: int) -> bool:
    """Whether a unit before a noun is of its phrase, or of a list of dishes: a plate of fried eggs and fish."""
    unit = units[at]
    if unit.word in _JOINING:
        listed = at > 0 and bool(units[at - 1].kinds & {"food", "nature"})
        return listed and not syntax.is_determiner(units[at + 1]) and not _is_followed_by_verb(units, at + 1)
    if syntax.is_determiner(unit) or syntax.is_adjective(unit) or unit.word == "of":
        return True
    return unit.is_word and not unit.verb and bool(unit.kinds & {"food", "object", "number"})


def _is_followed_by_verb(units: list[Unit], at: int) -> bool:
    following = syntax.after(units, at)
    return following is not None and (following.verb or following.word in grammar.AUXILIARIES)


def _is_cooked(units: list[Unit], at: int) -> bool:
    """Whether the clause says behind an animal that it is cooked: a duck is being roasted."""
    rest = units[at + 1 : at + 4]
    cooked = next((unit for unit in rest if unit.word not in grammar.AUXILIARIES), None)
    passive = bool(rest) and rest[0].word in grammar.AUXILIARIES and cooked is not None
    done = cooked is not None and cooked.form != "ing"  # a cat is eating
    return passive and done and cooked is not None and (cooked.word in _COOKED or _governing(cooked) in _EATING)


def _is_served(units: list[Unit], at: int) -> bool:
    """Whether words behind an animal that is mostly eaten say that it is: a fish in a pan, crabs for sale."""
    following = syntax.after(units, at)
    if following is None:
        return False
    behind = [unit for unit in units[at + 2 : at + 5] if not (syntax.is_determiner(unit) or syntax.is_adjective(unit))]
    last = behind[0].word.split(" ")[-1] if behind else ""
    if following.word == "for":
        return last in _MEALS
    return following.word in _UPON and lexicon.listed_stem(last, _WARES) != ""


def _is_eaten_chinese(units: list[Unit], at: int) -> bool:
    """Whether a Chinese noun is what somebody eats, cooks or sells: 卖鱼."""
    if units[at].meaning("character") not in _CHINESE_FOODS:
        return False
    for unit in reversed(units[:at]):
        if unit.ends_clause or syntax.is_agent(unit):
            return False
        if unit.word in _CHINESE_EATING:
            return True
    return False
