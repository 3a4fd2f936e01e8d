"""Find from which side a prompt wants somebody seen, which is told, for nobody is turned: from behind, 从背后拍摄."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, syntax
from sora_nb.engines.prompt.lexicon import VERBS, Sense

if TYPE_CHECKING:
    from sora_nb.engines.prompt.units import Unit

_SIDES = grammar.words("behind back rear side front below beneath underneath")
_SEEN = grammar.words("seen shot filmed viewed captured photographed framed")
"""Participles before "from" that say no more than that."""
_VIEWS = grammar.words("view shot angle look")
"""Nouns for what is seen from a side: the view from behind of a man."""
_AHEAD = (grammar.PREPOSITIONS | grammar.CONJUNCTIONS | grammar.AUXILIARIES) - {"of"}
"""Words behind a side that begin something else."""
_CHINESE_SIDES = grammar.words("背后 后面 身后 后方 背面 侧面 侧方 旁边 正面 正前方 前面 前方 下方 下面 斜后方 侧后方")
_CHINESE_FILMING = grammar.words("拍 拍摄 拍着 拍到 拍下 看 看着 看去 望去 取景 跟拍 视角 角度 镜头")
_LENS = Sense("lens")


def resolve(units: list[Unit]) -> None:
    """Make words about the lens of a side that somebody is seen from; where a noun follows they say where he is: from behind a tree."""
    for at in reversed(range(len(units))):
        unit = units[at]
        if unit.word in {"from", "从"} and not unit.negated:
            begin, end = _side(units, at) if unit.word.isascii() else _chinese_side(units, at)
            if begin < end:
                units[begin:end] = [_joined(units[begin:end], " " if unit.word.isascii() else "")]


def _joined(phrase: list[Unit], blank: str) -> Unit:
    words = [unit.word for unit in phrase if unit.word not in _SEEN]
    return replace(
        phrase[0], source=blank.join(unit.source for unit in phrase), word=blank.join(words), senses=(_LENS,)
    )


def _side(units: list[Unit], at: int) -> tuple[int, int]:
    """Return where the words begin and end that name a side behind "from" at a place; no words where none is meant."""
    side = at + (2 if at + 1 < len(units) and units[at + 1].word == "the" else 1)
    if side >= len(units) or units[side].word not in _SIDES:
        return at, at
    previous, following = syntax.before(units, at), syntax.after(units, side)
    ends = following is None or following.word in _AHEAD or syntax.is_adverb(following) or following.kinds & VERBS
    viewed = previous is not None and previous.word.split(" ")[-1] in _VIEWS
    if not ends and not (viewed and following is not None and following.word == "of"):
        return at, at
    return at - (at > 0 and units[at - 1].word in _SEEN), side + 1


def _chinese_side(units: list[Unit], at: int) -> tuple[int, int]:
    """Return the same for 从: 从背后拍摄, 从侧面的角度; but 从后面跑来 says where somebody comes from."""
    rest = [place for place in range(at + 2, min(at + 4, len(units))) if units[place].word != "的"]
    if (
        at + 1 < len(units)
        and units[at + 1].word in _CHINESE_SIDES
        and rest
        and units[rest[0]].word in _CHINESE_FILMING
    ):
        return at, rest[0] + 1
    return at, at
