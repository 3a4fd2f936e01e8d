"""Tell a building that is seen from outside from one that the film plays in: a house on a hill, in the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import Sense
from sora_nb.engines.prompt.scenery import INDOORS

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SURROUNDINGS = {
    "meadow": "house cottage farmhouse villa mansion chalet bungalow hut shack shed church chapel "
    "房子 屋 屋子 小屋 木屋 瓦房 茅屋 老宅 古宅 豪宅 别墅 教堂 农舍 房屋",
    "forest": "cabin 小木屋",
    "mountains": "castle fortress palace temple monastery shrine 城堡 寺庙 宫殿 寺 庙 道观 古寺",
    "city street": "cathedral mosque townhouse garage hangar 车库",
}
_HOUSES = {name: scene for scene, names in _SURROUNDINGS.items() for name in names.split()}
"""Buildings that are seen from outside where nothing says that somebody is in them, and what is around them."""
_ANY = frozenset(["building"])
"""The noun for all of them, which is not what somebody does: building a boat."""
_ROOMS = grammar.words(
    "home cafe café bistro restaurant diner bakery bar pub tavern shop store hotel motel hostel school university library "
    "museum gallery theatre theater cinema club nightclub disco prison jail hospital lab laboratory office apartment "
    "stadium arena gym 咖啡馆 咖啡店 咖啡厅 餐厅 饭店 酒店 宾馆 学校 图书馆 剧院 剧场 体育馆 酒吧 茶馆 面包店 博物馆 办公楼 公司 家"
)
"""Buildings that a film plays in where nothing says that it is outside."""
_NAMES = _HOUSES.keys() | _ROOMS
_DWELLINGS = grammar.words("house mansion villa bungalow 房子 屋 屋子 房屋 豪宅 别墅")
"""Buildings of which those that burn stand at a street, as others are run to."""
_BURNING = grammar.words("burning blazing ablaze aflame flaming 着火 着火了 燃烧 燃烧着 起火 失火") | {
    "on fire",
    "in flames",
}
_AROUND = "city street"
_WITHIN = "living room"
_WORKSHOPS = dict.fromkeys(["garage", "hangar", "车库"], "office")
"""Buildings that nobody lives in, and what is drawn for their rooms."""
_OUTSIDE = grammar.words(
    "outside past behind beside near nearby by from toward towards opposite facing against atop above over alongside beyond along"
) | {"in front of", "next to", "on top of"}
"""Words before a building that somebody is not in."""
_INSIDE = grammar.words("in inside into within at through throughout around enter clean tidy vacuum decorate search")
_LEAVING = grammar.words("leave exit pass build 走出 离开 冲出 跑出 经过 路过 走过 跑过 飞过 看着 望着")
_ENTERING = grammar.words("在 走进 进入 冲进 跑进 回到 住在 坐在 躺在 睡在")
_OUTER_PARTS = grammar.words(
    "out front outside exterior porch roof rooftop step steps door doorway entrance gate garden yard facade façade back side view top foot ruins"
)
"""What of a building is seen from outside: the front of a barn."""
_INNER_PARTS = grammar.words("inside interior corner middle room rooms floor hall basement attic")
_BEHIND = {
    **dict.fromkeys(
        grammar.words("前 前面 外 外面 外边 门口 门外 门前 旁 旁边 后 后面 边 背后 上空 对面 周围 四周 门"), True
    ),
    **dict.fromkeys(grammar.words("里 内 中 里面 里边 内部 当中"), False),
}
"""Chinese words behind a building, and whether they mean outside of it."""
_GROUNDS = grammar.words("院子 院落 庭院 后院 前院 花园 后花园 菜园 广场 操场 草坪 草地 球场 足球场 篮球场 停车场")
"""Chinese words for open ground that belongs to the building before: 寺庙院子, 学校的操场."""
_WITHIN_CHINESE = "里内中上"


def resolve(units: list[Unit]) -> None:
    """Make of a building that is seen from outside something that is not drawn and only suggests what is around it."""
    for at, unit in enumerate(units):
        if unit.kinds == {"scene hint"} and lexicon.listed_stem(unit.word, _ANY):
            unit.senses = (*unit.senses, Sense("place"))
        name = _name(unit)
        if (name or unit.meaning("scene") in INDOORS) and unit.is_asked and _has_ground(units, at):
            unit.senses = (Sense("place"),)
            continue
        if not name or _only_describes(units, at):
            continue
        outside = _outside(units, at, name) if unit.word.isascii() else _outside_chinese(units, at, name)
        if outside:
            burning = name in _DWELLINGS and _is_burning(units, at)
            unit.senses = (Sense("scene hint", _AROUND if burning else _HOUSES.get(name, _AROUND)), Sense("place"))
        elif outside is False and name in _WORKSHOPS and "scene" not in unit.kinds:
            unit.senses = (Sense("scene", _WORKSHOPS[name], near=True),)
        elif outside is False and name in _HOUSES.keys() - _WORKSHOPS.keys():
            unit.senses = (Sense("scene", _WITHIN, near=name != "house"),)


def _name(unit: Unit) -> str:
    """Return the building that a word means, or ""; a coffee house is no house to live in."""
    if not unit.is_word or unit.negated or not unit.kinds & {"scene", "place"}:
        return ""
    if not unit.word.isascii():
        known = [name for name in (*_HOUSES, *_ROOMS) if not name.isascii() and unit.word.endswith(name)]
        return max(known, key=len, default="")
    name = lexicon.listed_stem(unit.word.split(" ")[-1], _NAMES)
    return "home" if name in _HOUSES and unit.meaning("scene") not in {"", _WITHIN, _HOUSES[name]} else name


def _only_describes(units: list[Unit], at: int) -> bool:
    """Whether a building only says what kind of thing or character follows: a house cat."""
    following = syntax.after(units, at)
    return (
        following is not None
        and following.word.isascii()
        and not following.verb
        and following.word not in grammar.LINKS
        and bool(following.kinds & syntax.NOUNS)
    )


def _outside(units: list[Unit], at: int, name: str) -> bool | None:
    """Return whether a building is seen from outside, by the nearest word before it that tells; None where none does."""
    for place in reversed(range(at)):
        unit = units[place]
        if unit.ends_clause:
            bare = at + 1 == len(units) or units[at + 1].ends_clause
            return (
                False
                if bare and unit.kind in {"colon", "quote", "label"} and name in _HOUSES
                else name in _HOUSES or None
            )
        stems = {unit.word, *(stem for _, stem in lexicon.stems(unit.word))}
        if stems & (_OUTSIDE | _LEAVING) or unit.word.endswith(" out of"):
            return True
        if stems & _INSIDE:
            return False
        if unit.word == "of" and place and units[place - 1].word in _OUTER_PARTS | _INNER_PARTS:
            return units[place - 1].word in _OUTER_PARTS
        if unit.verb or unit.word in grammar.PREPOSITIONS | grammar.CONJUNCTIONS or syntax.is_agent(unit):
            break
    return name in _HOUSES or None


def _outside_chinese(units: list[Unit], at: int, name: str) -> bool | None:
    """Return whether a Chinese building is seen from outside, by what stands behind it, then by what is done."""
    if units[at].word != name and units[at].word[-1:] in _BEHIND:
        return None
    following = syntax.after(units, at)
    if _is_come_out_of(units, at):
        return True
    if following is not None and following.word in _BEHIND:
        return _BEHIND[following.word]
    for unit in reversed(units[:at]):
        if unit.ends_clause:
            break
        if unit.word in _LEAVING:
            return True
        if unit.word in _ENTERING:
            return False
    return name in _HOUSES or None


def _has_ground(units: list[Unit], at: int) -> bool:
    """Whether a Chinese building only says whose the open ground behind it is: 医院花园里, 学校里的操场."""
    place = at + 1
    while place < len(units) and units[place].word in {"的", *_WITHIN_CHINESE}:
        place += 1
    ground = units[place].word if place < len(units) else ""
    return not units[at].word.isascii() and ground.rstrip(_WITHIN_CHINESE) in _GROUNDS


def _is_come_out_of(units: list[Unit], at: int) -> bool:
    """Whether somebody comes out of a Chinese building: 从房子里跑出来."""
    begin, end = _clause(units, at)
    out = any("出" in unit.word for unit in units[at + 1 : end])
    return out and any(unit.word == "从" for unit in units[begin:at])


def _is_burning(units: list[Unit], at: int) -> bool:
    """Whether the clause of a building says that it burns: a house on fire, 着火的房子."""
    begin, end = _clause(units, at)
    return any(unit.word in _BURNING for unit in units[begin:end])


def _clause(units: list[Unit], at: int) -> tuple[int, int]:
    begin = next((place + 1 for place in reversed(range(at)) if units[place].ends_clause), 0)
    return begin, syntax.end_of_clause(units, at)
