"""All clips whose truth is known, by what they show: drawings, people, pets and objects; tuned ones and held-out ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.quality import clips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np

    from sora_nb.engines.base import Hint

GROUPS = ("people", "pets", "objects", "drawings")
PARTS = ("tuned", "held out")
PHOTOGRAPHED = {"astronaut": "people", "chelsea": "pets"}


@dataclass(frozen=True)
class Case:
    """One clip.

    Attributes:
        group: one of GROUPS.
        part: one of PARTS; what is held out was never looked at while anything was tuned.
        name: unique within its group.
        make: writes the clip at 24 pictures a second to a path, and returns the true mask of each picture.
        seconds: its length.
        hint: where the subject is, if the clip needs to be told.
    """

    group: str
    part: str
    name: str
    make: Callable[[Path], list[np.ndarray]] = field(compare=False)
    seconds: float = clips.SECONDS
    hint: Hint | None = None


def every() -> list[Case]:
    """List all cases, in the order of the table."""
    found = [*_drawn()]
    return sorted(found, key=lambda case: (PARTS.index(case.part), GROUPS.index(case.group)))


def _drawn() -> Iterator[Case]:
    for part, seeds in (("tuned", range(0, 40, 2)), ("held out", range(41, 81, 2))):
        for seed in seeds:
            plan = clips.recipe(seed)
            group = PHOTOGRAPHED.get(plan.who, "drawings")
            yield Case(group, part, plan.name, lambda path, plan=plan: clips.make(plan, path))
