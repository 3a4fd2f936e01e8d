"""Give verbs to those who do what they say: the first one is drawn, and lying and standing where somebody does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt.part import MOVING, is_awake, is_lying
from sora_nb.engines.prompt.subjects import interrupted

if TYPE_CHECKING:
    from sora_nb.engines.prompt.part import Part
    from sora_nb.engines.prompt.units import Unit


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
    if part.action == "stand" and action != "stand" and acted:
        if action in MOVING:
            _get_up(part)
        part.action = ""  # who stands may sing
    if is_awake(unit, action):
        _wake(part)
    part.action = part.action or action
    if part.action == action:
        part.posture = unit if action == "stand" or (action == "sleep" and is_lying(unit)) else None
        unit.unshown = ""
        if ("action", action) not in unit.decides:
            unit.decides.append(("action", action))
    elif not unit.decides:
        unit.unshown = "vehicle" if "vehicle" in unit.kinds else "deed"


def _wake(part: Part) -> None:
    """Take how somebody lies for no sleep: lies on the grass looking at the sky."""
    if part.posture is not None and part.action == "sleep":
        _get_up(part)


def _get_up(part: Part) -> None:
    """Tell that the posture of somebody who does something else is not drawn."""
    if part.posture is not None:
        part.posture.decides = [each for each in part.posture.decides if each != ("action", part.action)]
        part.posture.unshown = "deed"
    part.action = ""
