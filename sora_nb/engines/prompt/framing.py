"""Read how near the cast is seen, and of whom a close-up is: close-up of @luna's face, 小狗特写; of all where none is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt.grammar import CONJUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit

_OF = frozenset(["of", "on"])
_FACES = frozenset(["face", "faces", "head", "eyes", "nose", "mouth", "脸", "脸部", "面部", "头部", "眼睛"])
"""Words for what a close-up of somebody shows."""
_ENDING = (CONJUNCTIONS | {"as"}) - {"and", "with"}
"""Words behind which somebody else is spoken of."""


def is_wide_first(read: Sequence[Unit]) -> bool:
    """Whether the first word for how near the cast is seen asks for a wide shot."""
    for unit in read:
        if unit.is_asked and (unit.meaning("framing") or unit.meaning("camera") == "wide"):
            return unit.meaning("camera") == "wide"
    return False


def show_faces(read: Sequence[Unit], framed: str) -> None:
    """Note which words name what a close-up of somebody shows anyway.

    Args:
        read: all units, with what they decide.
        framed: how near the cast is seen.
    """
    for unit in read:
        if unit.is_asked and unit.word in _FACES and not unit.decides:
            unit.decides.append(("framing", framed))


def focus(read: Sequence[Unit], parts: Sequence[Part]) -> list[Part]:
    """Return whom of those that are drawn the prompt's close-up is of; nobody where it does not say.

    Args:
        read: all units, the framing decided.
        parts: who is in the prompt.
    """
    at = next((at for at, unit in enumerate(read) if any(kind == "framing" for kind, _ in unit.decides)), None)
    if at is None:
        return []
    named = _named_behind(read, at) if read[at].word.isascii() else _named_beside(read, at)
    return [part for part in parts if part.name and any(unit is each for unit in named for each in part.units)]


def _named_behind(read: Sequence[Unit], at: int) -> list[Unit]:
    """Return what stands behind "of" or "on", up to a verb: close-up of @luna's face as she walks."""
    behind = read[at + 1 : at + 2]
    if not behind or behind[0].word not in _OF:
        return []
    named: list[Unit] = []
    for unit in read[at + 2 :]:
        if unit.ends_clause or unit.verb or unit.word in _ENDING:
            break
        named.append(unit)
    return named


def _named_beside(read: Sequence[Unit], at: int) -> list[Unit]:
    """Return the clause that a Chinese word stands in: @luna的脸部特写."""
    first = last = at
    while first > 0 and not read[first - 1].ends_clause:
        first -= 1
    while last + 1 < len(read) and not read[last + 1].ends_clause:
        last += 1
    return list(read[first : last + 1])
