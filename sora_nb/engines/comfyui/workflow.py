"""A workflow in ComfyUI's API format, and its slots: what is put into which input of which node.

A slot is told in a node's title, which ComfyUI's own page changes by a double click and its export keeps, under
`_meta.title`. "sora: prompt" marks the node whose text is the prompt; "sora: width height frames" marks three inputs of one
node; "sora: frames=video_length" names the input where it is called otherwise; "sora: reference 2" is the second picture.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sora_nb.display import plain
from sora_nb.errors import ConfigError, PromptError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sora_nb.engines.comfyui.nodes import Nodes

Graph = dict[str, dict[str, Any]]
"""Nodes by id, each with `class_type` and `inputs`; an input is a value, or [id, output] of another node."""

INPUTS = {
    "prompt": ("text", "prompt", "value"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "frames": ("length", "num_frames", "frames", "value"),
    "reference": ("image",),
    "image": ("image",),
}
"""The slots, and what the inputs of nodes are called that they may mean, the likeliest first."""
NEEDED = ("prompt", "seed", "width", "height", "frames")
"""Slots without which a film would not be the one that is asked for."""
PACE = ("fps", "frame_rate")
"""What inputs of nodes are called that say how many pictures a second there are."""
MOST_PACE = 240
"""Pictures a second that no film goes beyond."""
MOST_BYTES = 16 * 1024**2
_MARK = re.compile(r"\s*sora\s*:\s*(.*)", re.DOTALL | re.IGNORECASE)
_SLOT = re.compile(r"([a-z]+) *(\d+)?(?: *= *(\w+))?", re.IGNORECASE)


class Slot(NamedTuple):
    """One input of a node that is filled.

    Attributes:
        name: one of INPUTS.
        number: of a reference, counted from 1; 0 where none is told.
        node: id of the node.
        field: name of the input.
    """

    name: str
    number: int
    node: str
    field: str


class Workflow:
    """A workflow that can be filled.

    Args:
        graph: its nodes.
        where: what messages call it: the name of its file.

    Raises:
        ConfigError: a slot is missing, there twice, or of a node that has no such input.
    """

    def __init__(self, graph: Graph, where: str) -> None:
        self.graph = graph
        self._where = where
        self.slots = tuple(slot for node in graph for slot in self._marked(node))
        self._check()
        self.fps = self._pace()

    # --- slots ------------------------------------------------------------------------------------------------------

    def _marked(self, node: str) -> Iterator[Slot]:
        mark = _MARK.fullmatch(title(self.graph, node))
        if mark is None:
            return
        for found in _SLOT.finditer(mark[1]):
            name, number, told = found[1].lower(), int(found[2] or 0), found[3]
            if name != "fps":
                yield Slot(name, number, node, self._field(name, node, told))
        if _SLOT.sub("", mark[1]).strip(" ,;\n"):
            raise self._refused(f"The title of {self._called(node)} cannot be read", "")

    def _field(self, name: str, node: str, told: str | None) -> str:
        """Return the input of a node that a slot means."""
        if name not in INPUTS:
            raise self._refused(f"{self._called(node)} has a slot {name!r}, which there is not", "")
        inputs = self.graph[node]["inputs"]
        found = next((each for each in ([told] if told else INPUTS[name]) if each in inputs), None)
        if found is None:
            hint = f"Name the input: 'sora: {name}=INPUT', with one of {', '.join(inputs) or 'none'}."
            raise self._refused(f"{self._called(node)} has no input for the slot {name!r}", hint)
        if isinstance(inputs[found], list):
            hint = f"Mark node {inputs[found][0]}, from which it comes, or remove the connection."
            raise self._refused(f"The input {found!r} of {self._called(node)} is connected", hint)
        return found

    def _check(self) -> None:
        names = [slot.name for slot in self.slots]
        missing = [name for name in NEEDED if name not in names]
        if missing:
            has = ", ".join(dict.fromkeys(names)) or "none"
            raise self._refused(
                f"It lacks the slots {', '.join(missing)}; it has {has}",
                f"Name the node in ComfyUI, such as 'sora: {' '.join(missing)}', and export it again: Export (API).",
            )
        twice = [name for name in (*NEEDED, "image") if names.count(name) > 1]
        if twice:
            raise self._refused(f"Several nodes have the slot {twice[0]!r}", "Mark one of them.")

    def _pace(self) -> float:
        """Return the pictures a second: of the node marked "sora: fps", else what all nodes say that say it."""
        told = {
            node: float(value)
            for node, each in self.graph.items()
            for name, value in each["inputs"].items()
            if name in PACE and isinstance(value, int | float) and 0 < value <= MOST_PACE
        }
        marked = {
            told[node] for node in told if re.search(r"sora\s*:.*\bfps\b", title(self.graph, node), re.IGNORECASE)
        }
        found = marked or set(told.values())
        if len(found) != 1:
            said = "No node says" if not found else f"Nodes say {', '.join(f'{fps:g}' for fps in sorted(found))} of"
            raise self._refused(
                f"{said} how many pictures a second there are",
                "Name the node that saves or makes the video 'sora: fps'.",
            )
        return found.pop()

    def slot(self, name: str) -> Slot:
        """Return a slot that a workflow has once."""
        return next(slot for slot in self.slots if slot.name == name)

    def value(self, name: str) -> Any:
        """Return what a slot holds in the file."""
        slot = self.slot(name)
        return self.graph[slot.node]["inputs"][slot.field]

    @property
    def references(self) -> list[Slot]:
        """The slots of pictures of characters, in order."""
        found = [slot for slot in self.slots if slot.name == "reference"]
        return sorted(found, key=lambda slot: slot.number)

    @property
    def starts(self) -> bool:
        """Whether it has a slot for the picture that the film starts from."""
        return any(slot.name == "image" for slot in self.slots)

    @property
    def steps(self) -> int | None:
        """How many steps its sampler takes, as far as the node with the seed says."""
        found = self.graph[self.slot("seed").node]["inputs"].get("steps")
        return found if isinstance(found, int) else None

    # --- filling ----------------------------------------------------------------------------------------------------

    def filled(self, values: Mapping[str, Any], references: Sequence[str], nodes: Nodes) -> Graph:
        """Return the workflow with its slots filled.

        Slots of more pictures than there are get the last one again. Where there are none, their nodes are left out, and
        whatever cannot be without them.

        Args:
            values: by slot, those of NEEDED, and "image" where the film starts from a picture.
            references: pictures of characters, as ComfyUI calls them.
            nodes: what ComfyUI says of the nodes.

        Raises:
            PromptError: nothing would be filmed without a picture.
        """
        graph = copy.deepcopy(self.graph)
        last = len(references) - 1
        given: dict[Slot, Any] = {}
        if references:
            given = {slot: references[min(place, last)] for place, slot in enumerate(self.references)}
        given |= {slot: values[slot.name] for slot in self.slots if slot.name in values}
        for slot, value in given.items():
            graph[slot.node]["inputs"][slot.field] = value
        _leave_out({slot.node for slot in self.slots if slot not in given}, graph, nodes)
        if not any(nodes.saves(node["class_type"]) for node in graph.values()):
            raise PromptError(
                f"The workflow {self._where} makes no film without a picture.",
                hint="Mention a character, or give the picture that the film starts from: image=.",
            )
        return graph

    # --- words ------------------------------------------------------------------------------------------------------

    def _called(self, node: str) -> str:
        return called(self.graph, node)

    def _refused(self, what: str, hint: str) -> ConfigError:
        return ConfigError(
            f"The workflow {self._where} cannot be used. {what}.",
            hint=hint
            or f"Its slots are {', '.join(INPUTS)}: title a node such as 'sora: prompt' or 'sora: reference 1'.",
        )


def read(path: Path) -> Workflow:
    """Read a workflow's file.

    Raises:
        ConfigError: it is not there, no workflow in API format, or lacks slots.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{path.name!r} is too large for a workflow.", hint="Export it again: Export (API).")
        graph = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"The workflow {str(path)!r} cannot be read: {error.strerror}.", hint="Check the path."
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.name!r} is not JSON.", hint="Export the workflow again: Export (API).") from error
    if isinstance(graph, dict) and isinstance(graph.get("nodes"), list):
        raise ConfigError(
            f"{path.name!r} is a workflow as ComfyUI's page saves it, not one that can be run from outside.",
            hint="Export it as such: in ComfyUI's menu, Export (API).",
        )
    if not isinstance(graph, dict) or not graph or not all(_is_node(node) for node in graph.values()):
        raise ConfigError(
            f"{path.name!r} is no workflow in ComfyUI's API format.", hint="Export it again: Export (API)."
        )
    return Workflow(graph, path.name)


def title(graph: Graph, node: str) -> str:
    """Return a node's title, or ""."""
    meta = graph[node].get("_meta")
    return str(meta.get("title", "")) if isinstance(meta, dict) else ""


def called(graph: Graph, node: str) -> str:
    """Return what messages call a node: its id, class and title."""
    if node not in graph:
        return f"node {plain(node, 40)}"
    kind, name = str(graph[node]["class_type"]), title(graph, node)
    shown = ", ".join(plain(each, 60) for each in dict.fromkeys([kind, name]) if each)
    return f"node {plain(node, 40)} ({shown})"


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)


def _leave_out(gone: set[str], graph: Graph, nodes: Nodes) -> None:
    """Take nodes out of a graph, with every connection to them, and every node that needs one of these."""
    while gone:
        for node in gone:
            del graph[node]
        broken = [
            (node, name)
            for node, each in graph.items()
            for name, value in each["inputs"].items()
            if isinstance(value, list) and value and str(value[0]) in gone
        ]
        gone = {node for node, name in broken if not nodes.is_optional(graph[node]["class_type"], name)}
        for node, name in broken:
            del graph[node]["inputs"][name]
