"""Give verbs to those who do what they say: the first one is drawn, and lying and standing where somebody does nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt.part import is_posture, leave_posture
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
    leave_posture(part, unit, action, acted=acted)
    first = not part.action
    part.action = part.action or action
    if part.action == action:
        part.posture = unit if is_posture(unit, action, first=first) else None
        unit.unshown = ""
        if ("action", action) not in unit.decides:
            unit.decides.append(("action", action))
    elif not unit.decides:
        unit.unshown = "vehicle" if "vehicle" in unit.kinds else "deed"
