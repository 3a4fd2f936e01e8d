"""Read what the camera does where it is the subject: it glides over a city, 镜头缓缓上升; nobody else does that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_FILMING = grammar.words("camera lens shot 镜头 相机 摄像机 摄影机 机位")
_LABELS = grammar.words("camera camera_movement camera_motion movement 镜头 运镜")
"""Labels under which the camera is the subject."""
_MOVES = {
    "pan": "follow track trail pan sweep glide drift slide move travel fly float roam pass truck swing race rush chase "
    "run walk creep crawl inch ease wander pivot step "
    "摇 移 移动 平移 扫 扫过 跟 跟着 跟随 滑过 掠过 飞过 穿过 划过 摇动 ",
    "push in": "push dive approach close 推 推进 靠近 接近 逼近",
    "pull out": "pull retreat recede 拉 拉开 远离 拉远",
    "tilt": "rise climb ascend lift crane descend lower drop boom tilt sink soar "
    "升 上升 下降 升起 缓缓升起 抬升 上摇 下摇 俯冲 抬起 降落",
    "orbit": "circle orbit rotate revolve spin arc swirl turn twirl 旋转 转 绕 绕着 环绕 围绕 转动 转圈",
    "static": "hold stay linger rest remain stop pause freeze wait 停 静止 定格 停在",
    "handheld": "shake tremble wobble jitter bounce 晃动 抖动 摇晃 颤抖",
}
"""How the camera moves by a verb of which it is the subject."""
_MEANT = {verb: move for move, verbs in _MOVES.items() for verb in verbs.split()}
_TOWARD = frozenset(["in", "into", "toward", "towards", "closer", "forward", "forwards", "inside"])
_BACK = frozenset(["back", "away", "out", "backward", "backwards"])
_AROUND = frozenset(["around", "round"])
_MOVING = frozenset(["pan", "push in", "pull out"])
"""Moves of which the word behind the verb says which one it is: glides in, glides away."""
_REACH = 2
"""Among how many words behind its verb that word is looked for."""


def resolve(units: list[Unit]) -> None:
    """Make moves of the camera of the verbs of which it is the subject; others of its verbs are told."""
    for at, unit in enumerate(units):
        if _is_labelled(units, at) if unit.kind == "colon" else _is_subject(units, at):
            _take_verbs(units, at)
        elif (
            unit.kinds == {"lens"}
            and unit.word.split(" ")[0] in _FILMING
            and (verb := lexicon.listed_stem(_last(unit), _MEANT))
        ):
            unit.senses = (Sense("camera", _move(units, at, verb)),)  # camera moves
            unit.verb = True


def _last(unit: Unit) -> str:
    return unit.word.rpartition(" ")[2]


def _is_subject(units: list[Unit], at: int) -> bool:
    """Whether a word for the camera begins a clause: the handheld camera, as the camera; but no man with a camera."""
    if _last(units[at]) not in _FILMING or not units[at].is_word or units[at].negated:
        return False
    for unit in reversed(units[:at]):
        if unit.ends_clause or unit.word in grammar.CONJUNCTIONS or unit.word == "as":
            return True
        if not (syntax.is_determiner(unit) or syntax.is_adjective(unit) or "camera" in unit.kinds):
            return False
    return True


def _is_labelled(units: list[Unit], colon: int) -> bool:
    """Whether a colon ends a label for what the camera does: camera: ..., "camera_movement": ..."""
    name: list[str] = []
    for unit in reversed(units[:colon]):
        if unit.kind not in {"quote", "label"}:
            break
        name.insert(0, unit.word.replace(" ", "_"))
    return "_".join(filter(None, name)) in _LABELS


def _take_verbs(units: list[Unit], at: int) -> None:
    """Take the verbs of a clause for the camera: the first one, in Chinese all that are moves of it."""
    begin = next((place for place in range(at + 1, len(units)) if units[place].kind != "quote"), len(units))
    foreign = any(not unit.word.isascii() for unit in (units[at], *units[begin : begin + 1]))
    for place in range(begin, len(units)):
        unit = units[place]
        verb = lexicon.listed_stem(unit.word.split(" ")[0], _MEANT) if unit.is_word and not unit.negated else ""
        if unit.ends_clause or (unit.kind == "mention" and not foreign):
            return
        if verb:  # what it does is no deed of anybody
            unit.senses = (Sense("camera", _move(units, place, verb)),)
            unit.verb = True
        elif unit.kinds & VERBS and not foreign:
            unit.senses = (Sense("lens"),)
        if not foreign and not syntax.is_adverb(unit) and not syntax.is_adjective(unit):
            return


def _move(units: list[Unit], place: int, verb: str) -> str:
    """Return how the camera moves by its verb and the words right behind it."""
    move = _MEANT[verb]
    words = [*units[place].word.split(" ")[1:], *(unit.word for unit in units[place + 1 : place + 1 + _REACH])]
    behind = set(words if move in _MOVING else ())
    if behind & _BACK:
        return "pull out"
    if behind & _TOWARD:
        return "push in"
    return "orbit" if behind & _AROUND else move
