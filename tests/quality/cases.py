"""All clips whose truth is known, by what they show: drawings, people, pets and objects; tuned ones, held-out ones, and
films of the local engine itself.

Seeds of one generator are never in both parts: what is held out has seeds of its own, and photographs of its own where
there are enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sora_nb.engines.base import Hint
from tests.quality import animatics, clips, filmed, people, photographs, things

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


GROUPS = ("people", "pets", "objects", "drawings")
PARTS = ("tuned", "held out")
OWN = "own films"
"""The part of those that the local engine made."""
PHOTOGRAPHED = {"astronaut": "people", "chelsea": "pets"}
"""What the photographs among the drawings show."""


@dataclass(frozen=True)
class Case:
    """One clip.

    Attributes:
        group: one of GROUPS.
        part: one of PARTS, or OWN; what is held out was never looked at while anything was tuned.
        name: unique within its group.
        who: what it shows; clips of one subject are alike.
        make: writes the clip at 24 pictures a second to a path, and returns the truth of each picture: 1 where the
            subject is, 2 where what it holds is, else 0.
        seconds: its length.
        hint: where the subject is, if the clip needs to be told.
    """

    group: str
    part: str
    name: str
    who: str
    make: Callable[[Path], list[np.ndarray]] = field(compare=False)
    seconds: float = clips.SECONDS
    hint: Hint | None = None


@cache
def every() -> tuple[Case, ...]:
    """List all cases, in the order of the table; drawing the outlines of what must be pointed at takes a second."""
    found = [*_drawn(), *_photographed(), *_people(), *_things(), *_filmed(), *_animatics()]
    return tuple(sorted(found, key=lambda case: ((*PARTS, OWN).index(case.part), GROUPS.index(case.group))))


def _drawn() -> Iterator[Case]:
    """Drawings; the few photographs among them were tuned with."""
    tuned, held_out = (*range(0, 40, 2), *range(101, 121, 2)), (*range(41, 81, 2), *range(201, 221, 2))
    for part, seeds in zip(PARTS, (tuned, held_out), strict=True):
        for seed in seeds:
            plan = clips.recipe(seed)
            if plan.who in {"astronaut", "chelsea"} and part == "held out":
                continue
            group = PHOTOGRAPHED.get(plan.who, "drawings")
            yield Case(group, part, plan.name, plan.who, lambda path, plan=plan: clips.make(plan, path))


def _photographed() -> Iterator[Case]:
    for seed in (*range(40), *range(40, 80, 2), *range(101, 129, 2)):
        plan = photographs.recipe(seed)
        part = PARTS[seed % 2]
        group = photographs.SHOWN[plan.who]
        yield Case(group, part, plan.name, plan.who, lambda path, plan=plan: photographs.make(plan, path))


def _people() -> Iterator[Case]:
    """People who talk, nod and walk, alone and several: every third plan is held out, and the recipes from 1000 on."""
    planned = [(plan, PARTS[number % 3 == 2]) for number, plan in enumerate(people.EVERY)]
    chosen = [(people.recipe(seed), PARTS[seed >= 1000]) for seed in (*range(30), *range(1000, 1012))]
    for plan, part in planned + chosen:
        who = plan.actors[0].who
        yield Case("people", part, plan.name, who, lambda path, plan=plan: people.make(plan, path), plan.seconds)


def _things() -> Iterator[Case]:
    for seed in (*range(20), *range(20, 48, 2), *range(101, 117, 2)):
        plan = things.recipe(seed)
        if plan.who == "photo" or plan.twin:
            continue
        group = "objects" if plan.who in things.OBJECTS else "drawings"

        def make(path: Path, plan=plan):
            return [picture.mask for picture in things.make(plan, path)]

        # what stands still must be pointed at, as a person would
        hint = _box(plan) if plan.way == "still" else None
        yield Case(group, PARTS[seed % 2], f"thing {plan.name}", plan.who, make, hint=hint)


def _filmed() -> Iterator[Case]:
    """As a hand camera films; then somebody with something in hand."""
    for seed in (*range(72), *range(72, 92, 2)):
        plan = filmed.recipe(seed)
        group = filmed.SHOWN[plan.who]
        yield Case(
            group, PARTS[seed % 2], f"film {plan.name}", plan.who, lambda path, plan=plan: filmed.make(plan, path)
        )
    for seed in range(24):
        plan = filmed.holding(seed)
        yield Case(
            "people", PARTS[seed % 2], f"holds {plan.name}", plan.who, lambda path, plan=plan: filmed.make(plan, path)
        )


def _animatics() -> Iterator[Case]:
    for seed in range(40):
        plan = animatics.Recipe(seed)
        yield Case("drawings", OWN, plan.name, plan.shot[0], lambda path, plan=plan: animatics.make(plan, path))


def _box(plan: things.Recipe) -> Hint:
    """Return the box around the thing in the first picture, a little too large, as drawn by hand."""
    rows, columns = np.nonzero(next(things.frames(plan)).mask)
    height, width = things.HEIGHT, things.WIDTH
    return Hint(
        max(0.0, columns.min() / width - 0.02),
        max(0.0, rows.min() / height - 0.02),
        min(1.0, columns.max() / width + 0.02),
        min(1.0, rows.max() / height + 0.02),
    )
