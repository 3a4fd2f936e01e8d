"""Read what the camera does where it is the subject: it glides over a city, 镜头缓缓上升; nobody else does that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax, vocabulary
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_FILMING = grammar.words("camera lens shot 镜头 相机 摄像机 摄影机 机位")
_CHINESE_FILMING = ("镜头", "相机", "摄像机", "摄影机", "机位", "无人机", "画面", "运镜")
"""Words that Chinese ones for a camera begin or end in: 航拍镜头, 镜头后退."""
_LABELS = grammar.words("camera camera_movement camera_motion movement 镜头 运镜")
"""Labels under which the camera is the subject."""
_MEANT = {verb: move for move, verbs in vocabulary.CAMERA_VERBS.items() for verb in verbs.split()}
_COMPLEMENTS = grammar.words(
    "起来 过来 过去 下来 下去 上去 上来 出去 出来 进去 进来 回来 回去 而起 而过 而下 不动 向 到 在 入 进 出 过 回 开 起 上 下 着 了 向前 向后 往前 往后 远 近 给"
)
"""What stands behind a Chinese verb and leaves it the same move: 升起来, 推向."""
_SIDES = frozenset("上下")
_AT = ("在", "从", "到")
"""How words end before where somebody is or comes from."""
_CUTS = grammar.words("切换 切 切到 切至 切入 跳切 转场 回到 来到 给到 给 闪回")
"""Chinese verbs for a cut to something else."""
_TOWARD = frozenset(["in", "into", "toward", "towards", "closer", "forward", "forwards", "inside"])
_BACK = frozenset(["back", "away", "out", "backward", "backwards"])
_AROUND = frozenset(["around", "round"])
_UPRIGHT = frozenset(["up", "upward", "upwards", "down", "downward", "downwards"])
_MOVING = frozenset(["pan", "push in", "pull out"])
"""Moves of which the word behind the verb says which one it is: glides in, glides away."""
_SERVICE = "zoom"
_CALLS = grammar.words("call meeting class lecture interview conference chat session webinar lesson course party date")
"""Nouns for what is held with the service of that name."""
_CALLED_ON = frozenset(["on", "over", "via"])
"""Words between what is done and that service."""
_CAMERA = frozenset(["camera", "lens", "editing"])
_MOVES = frozenset(vocabulary.CAMERA_VERBS) - {"static", "wide"}
_MOVEMENTS = frozenset(["movement", "movements", "motion", "move", "moves", "moving", "shake", "work"])
_VIEWING = grammar.words("俯瞰 俯视 鸟瞰 仰视")
"""Chinese words for how a camera looks that are what somebody does who looks at something: 站在楼顶俯瞰城市."""
_REACH = 2
"""Among how many words behind its verb that word is looked for."""


def resolve(units: list[Unit]) -> None:
    """Make moves of the camera of the verbs of which it is the subject; others of its verbs are told."""
    for at in reversed(range(1, len(units))):
        _part(units, at)
    for at, unit in enumerate(units):
        if _is_labelled(units, at) if unit.kind == "colon" else _is_subject(units, at):
            _take_verbs(units, at)
        elif unit.kinds & _CAMERA and (verb := _own_verb(unit)):
            unit.senses = (Sense("camera", _move(units, at, verb)),)  # camera moves, 镜头转向
            unit.verb = True
        elif "camera" in unit.kinds and _is_done(units, at):
            unit.senses = (Sense("deed"),)
        elif unit.word in _VIEWING and _is_viewed(units, at):
            unit.senses = (Sense("action", "look", near=True),)


def _part(units: list[Unit], at: int) -> None:
    """Part a verb for a move from the 上 or 下 before it that ends a phrase for where somebody is: 坐在椅子上摇着扇子."""
    unit, before = units[at], units[at - 1]
    verb = unit.word[1:]
    if unit.word[:1] not in _SIDES or verb not in _MEANT or unit.word not in _MEANT or unit.kind != "word":
        return
    clause = units[syntax.begin_of_clause(units, at) : at]
    placed = any(each.word.endswith(_AT) for each in clause) and not any(map(_is_camera, clause))
    if placed and before.kinds & (syntax.NOUNS | {"body"}) and not syntax.is_agent(before):
        side = replace(unit, source=unit.word[0], word=unit.word[0], senses=(Sense("link"),))
        unit.source, unit.word, unit.senses = verb, verb, lexicon.INDEX.get(verb, (Sense("deed"),))
        units.insert(at, side)


def _is_done(units: list[Unit], at: int) -> bool:
    """Whether a Chinese verb for a move is what somebody does to a thing: 他把箱子推进房间, 鸟环绕着树飞."""
    clause = units[syntax.begin_of_clause(units, at) : at]
    if (
        units[at].word.isascii()
        or _stem(units[at].word) == ""
        or units[at].meaning("camera") not in _MOVES
        or any(map(_is_camera, clause))
    ):
        return False
    following = next((unit for unit in units[at + 1 : at + 3] if unit.word not in _COMPLEMENTS), None)
    onto = following is not None and following.kinds & syntax.NOUNS - syntax.SOMEBODY and not _is_camera(following)
    return bool(onto) and any(map(syntax.is_agent, clause))


def _is_viewed(units: list[Unit], at: int) -> bool:
    """Whether somebody who is named before a word for looking looks at what is named behind it: 女孩俯视城市."""
    begin, end = syntax.begin_of_clause(units, at), syntax.end_of_clause(units, at)
    seen = any(unit.kinds & syntax.NOUNS for unit in units[at + 1 : end])
    return seen and any(map(syntax.is_agent, units[begin:at])) and not any(map(_is_camera, units[begin:end]))


def tell_calls(units: list[Unit]) -> None:
    """Take the service that a call is held with for no move of the camera."""
    for at, unit in enumerate(units):
        if _is_call(units, at):
            unit.senses = (Sense("manner"),)


def _is_call(units: list[Unit], at: int) -> bool:
    """Whether a word for a move is the service for calls of that name: on a zoom call, a zoom meeting, she talks on Zoom."""
    unit, following, before = units[at], syntax.after(units, at), syntax.before(units, at)
    if not unit.is_word or unit.word != _SERVICE:
        return False
    if following is None or following.word in grammar.PREPOSITIONS | grammar.CONJUNCTIONS:
        return before is not None and before.word in _CALLED_ON
    return any(lexicon.listed_stem(word, _CALLS) for word in following.word.split(" "))


def held(units: list[Unit]) -> Unit | None:
    """Return the word for a move that the prompt forbids the camera, or None: no camera movement, 镜头不要移动."""
    for at, unit in enumerate(units):
        if not unit.is_word or not unit.negated:
            continue
        only = unit.kinds <= _CAMERA and (unit.meaning("camera") in _MOVES or _is_movement(unit))
        if only or (_verb(unit) and _is_camera_beside(units, at)):
            return unit
    return None


def _is_movement(unit: Unit) -> bool:
    """Whether a word is one for whatever a camera does: camera movement, 运镜."""
    if unit.word.isascii():
        ends = {unit.word.split(" ")[0], _last(unit)}
        return bool(ends & _FILMING) and bool(ends & _MOVEMENTS)
    return unit.word.startswith(_CHINESE_FILMING)


def _is_camera_beside(units: list[Unit], at: int) -> bool:
    """Whether a clause speaks of the camera and nobody else before a place, or right behind it."""
    for unit in reversed(units[:at]):
        if unit.ends_clause or syntax.is_agent(unit):
            break
        if _is_camera(unit):
            return True
    behind = [unit for unit in units[at + 1 : at + 3] if not syntax.is_determiner(unit)]
    return bool(behind) and _is_camera(behind[0])


def is_move(unit: Unit) -> bool:
    """Whether a phrase says what the camera does: camera pans left."""
    return unit.is_asked and " " in unit.word and unit.word.split(" ")[0] in _FILMING


def _own_verb(unit: Unit) -> str:
    """Return the move that a word for the camera ends in, or ""."""
    if unit.word.isascii():
        return lexicon.listed_stem(_last(unit), _MEANT) if unit.word.split(" ")[0] in _FILMING else ""
    name = next((name for name in _CHINESE_FILMING if unit.word.startswith(name)), "")
    return _stem(unit.word.removeprefix(name)) if name and unit.kinds != {"camera"} else ""


def _stem(word: str) -> str:
    """Return the Chinese verb for a move that a word is, with or without a complement, or ""."""
    for length in range(len(word), 0, -1):
        rest = word[length:]
        if word[:length] in _MEANT and (not rest or rest in _COMPLEMENTS):
            return word[:length]
    return ""


def _is_camera(unit: Unit) -> bool:
    """Whether a word is one for a camera: 镜头, 航拍镜头, the camera; 画面 is one where it moves."""
    if unit.word.isascii() or unit.word in _FILMING:
        return _last(unit) in _FILMING
    return unit.word.endswith(_CHINESE_FILMING) and (
        unit.kinds & _CAMERA != frozenset() or unit.word in grammar.FILM_WORDS
    )


def _last(unit: Unit) -> str:
    return unit.word.rpartition(" ")[2]


def _is_subject(units: list[Unit], at: int) -> bool:
    """Whether a word for the camera begins a clause: the handheld camera, as the camera; but no man with a camera."""
    if not _is_camera(units[at]) or not units[at].is_word or units[at].negated:
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
        verb = _verb(unit) if unit.is_word and not unit.negated else ""
        if unit.ends_clause or (unit.kind == "mention" and not foreign):
            return
        if verb:  # what it does is no deed of anybody
            unit.senses = (Sense("camera", _move(units, place, verb)),)
            unit.verb = True
        elif unit.word in _COMPLEMENTS and units[place - 1].kinds == {"camera"}:
            unit.senses = (Sense("link"),)
        elif unit.word in _CUTS:
            unit.senses = (Sense("editing"),)
        elif unit.kinds & VERBS and not foreign:
            unit.senses = (Sense("lens"),)
        skipped = syntax.is_adverb(unit) or syntax.is_adjective(unit) or unit.word in grammar.AUXILIARIES
        if not foreign and not skipped:
            return


def _verb(unit: Unit) -> str:
    """Return the move that a word is a form of, or ""."""
    return lexicon.listed_stem(unit.word.split(" ")[0], _MEANT) if unit.word.isascii() else _stem(unit.word)


def _move(units: list[Unit], place: int, verb: str) -> str:
    """Return how the camera moves by its verb and the words right behind it."""
    move = _MEANT[verb]
    words = [*units[place].word.split(" ")[1:], *(unit.word for unit in units[place + 1 : place + 1 + _REACH])]
    behind = set(words if move in _MOVING else ())
    if behind & _BACK:
        return "pull out"
    if behind & _TOWARD:
        return "push in"
    if move == "pan" and behind & _UPRIGHT:
        return "tilt"
    return "orbit" if behind & _AROUND else move
