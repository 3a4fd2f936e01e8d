"""The model that a workflow is: its own size and length, and what its nodes let one ask for."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from sora_nb.engines.film import FilmModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sora_nb.engines.comfyui.nodes import Nodes
    from sora_nb.engines.comfyui.workflow import Slot, Workflow

MOST_SIDE = 16384
"""Pixels of a side that no node goes beyond; numbers of free nodes have no bounds of their own."""
LEAST_SIDE = 16


def model_of(workflow: Workflow, nodes: Nodes, *, name: str, host: str) -> FilmModel:
    """Return what a workflow makes: its own size and length where nobody says, by the rules of its nodes.

    Args:
        workflow: the workflow.
        nodes: what ComfyUI says of its nodes.
        name: of the file, from which the model's name is made.
        host: the machine where ComfyUI works; "" for this one.
    """
    sides = [rule for slot in ("width", "height") for rule in _rules(workflow, nodes, workflow.slot(slot))]
    lengths = list(_rules(workflow, nodes, workflow.slot("frames")))
    return FilmModel(
        name=re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:80] or "workflow",
        size=(_whole(workflow.value("width"), 832), _whole(workflow.value("height"), 480)),
        seconds=max(1, round(_whole(workflow.value("frames"), 81) / workflow.fps)),
        fps=workflow.fps,
        multiple=math.lcm(2, *(_whole(rule.get("step"), 1) for rule in sides)),
        sides=(
            max(LEAST_SIDE, *(_whole(rule.get("min"), 1) for rule in sides)),
            min(_whole(rule.get("max"), MOST_SIDE) for rule in sides),
        ),
        frames=(
            max(_whole(rule.get("min"), 1) for rule in lengths),
            min(_whole(rule.get("max"), MOST_SIDE) for rule in lengths),
        ),
        frame_step=math.lcm(*(_whole(rule.get("step"), 1) for rule in lengths)),
        references=len(workflow.references),
        image=workflow.starts,
        host=host,
        source=f"the workflow {name}, and what ComfyUI says of its nodes",
    )


def _rules(workflow: Workflow, nodes: Nodes, slot: Slot) -> Iterator[Mapping[str, Any]]:
    """Yield the rules of a slot's number; a node that is nothing but a number goes by those of whatever it is connected to."""
    graph = workflow.graph
    yield nodes.rule(graph[slot.node]["class_type"], slot.field)
    if slot.field == "value":
        for node in graph.values():
            for name, value in node["inputs"].items():
                if isinstance(value, list) and value and str(value[0]) == slot.node:
                    yield nodes.rule(node["class_type"], name)


def _whole(value: object, otherwise: int) -> int:
    """Return the number within 1 to MOST_SIDE, or the default where the value is no number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:  # noqa: PLR0124  NaN
        return otherwise
    return int(min(MOST_SIDE, max(1, value)))
