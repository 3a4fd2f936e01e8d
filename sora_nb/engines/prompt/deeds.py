"""Give verbs to those who do what they say: the first one is drawn, and lying and standing where somebody does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import grammar, lexicon, syntax
from sora_nb.engines.prompt.part import MOVING, is_lying
from sora_nb.engines.prompt.subjects import interrupted

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit


_AWAKE = frozenset(["look", "read", "talk", "sing", "play", "eat", "drink", "work", "wave"])
"""Actions of somebody who lies and does not sleep."""
_SMILING = frozenset(["smile", "laugh", "grin", "giggle", "beam", "frown", "blush"])
_CHINESE_SMILING = ("笑着", "微笑着", "大笑着", "含笑")
_BEGINNING = grammar.words("start begin")
_CHINESE_BEGINNING = grammar.words("开始 开口")
"""Verbs before what somebody does after something else."""
_DREAMING = frozenset(["dream", "daydream"])


def give(units: list[Unit], part: Part, unit: Unit, *, acted: bool) -> None:
    """Give a verb to somebody, whose first one is drawn.

    Args:
        units: of the whole prompt.
        part: who does it.
        unit: the verb.
        acted: whether the clause has its verb already.
    """
    doer = interrupted(units, unit, part.units)
    if doer is not None:
        give(units, part, doer, acted=acted)
    action = unit.meaning("action") if doer is None else ""
    if not action or not part.name:
        part.busy = True
        if not unit.decides:
            unit.unshown = unit.unshown or "deed"
        return
    acted = (acted or not unit.word.isascii()) and unit not in part.weak
    _leave_posture(part, unit, action, acted=acted)
    if part.action == "look" and action != "look" and _is_begun(units, unit):
        part.action = ""
    first = not part.action
    part.action = part.action or action
    if part.action == action:
        part.posture = unit if _is_posture(unit, action, first=first) else None
        unit.unshown = ""
        if ("action", action) not in unit.decides:
            unit.decides.append(("action", action))
    elif not unit.decides:
        unit.unshown = "vehicle" if "vehicle" in unit.kinds else "deed"


def _is_begun(units: list[Unit], unit: Unit) -> bool:
    """Whether somebody who looked somewhere begins to do something, or looks on meanwhile: 抬头看镜头开始唱歌, 看着观众唱歌."""
    place = syntax.place_of(units, unit)
    before = [each for each in units[:place] if each.word != "to" and not syntax.is_adverb(each)][-1:]
    begun = bool(before) and (
        before[0].word in _CHINESE_BEGINNING or lexicon.listed_stem(before[0].word, _BEGINNING) != ""
    )
    clause = units[syntax.begin_of_clause(units, place) : place]
    return begun or any(each.word.endswith("着") and ("action", "look") in each.decides for each in clause)


def tell_undrawn(units: list[Unit], parts: list[Part]) -> None:
    """Tell what several do of whom in the end each does something of his own; who stands may do that standing."""
    drawn = {"stand", *(part.action or part.kept for part in parts)}
    for unit in units:
        if any(kind == "action" and meaning not in drawn for kind, meaning in unit.decides):
            unit.decides = [each for each in unit.decides if each[0] != "action"]
            unit.unshown = unit.unshown or "deed"


def _is_awake(unit: Unit, action: str) -> bool:
    """Whether nobody does something asleep that he may do lying: looks, reads, watches TV."""
    first = unit.word.split(" ")[0]
    return (action in _AWAKE and not lexicon.listed_stem(first, _DREAMING)) or first.startswith("watch")


def _is_smiling(unit: Unit) -> bool:
    """Whether a word only says how somebody looks, which is drawn where he does nothing else."""
    first = unit.word.split(" ")[0]
    return lexicon.listed_stem(first, _SMILING) != "" or first in _CHINESE_SMILING


def _is_posture(unit: Unit, action: str, *, first: bool) -> bool:
    """Whether a word says how somebody stands or lies, or, as his first deed, that he smiles."""
    return action == "stand" or (action == "sleep" and is_lying(unit)) or (first and _is_smiling(unit))


def _leave_posture(part: Part, unit: Unit, action: str, *, acted: bool) -> None:
    """Take how somebody stands, smiles or lies for less than what else he does: smiles and waves, lies looking at the sky.

    Args:
        part: somebody.
        unit: the word for what else he does.
        action: what that is.
        acted: whether it belongs to the clause that says how he stands or smiles.
    """
    if part.action == "stand" and action != "stand" and acted:
        if action in MOVING:
            _get_up(part)
        part.action = ""  # who stands may sing
    smiling = part.posture is not None and _is_smiling(part.posture) and acted and action not in {"look", "stand"}
    if smiling or (part.posture is not None and part.action == "sleep" and _is_awake(unit, action)):
        _get_up(part)


def _get_up(part: Part) -> None:
    """Tell that the posture of somebody who does something else is not drawn."""
    if part.posture is not None:
        part.posture.decides = [each for each in part.posture.decides if each != ("action", part.action)]
        part.posture.unshown = "deed"
    part.action = ""
