"""What a ComfyUI says of its nodes, from GET /object_info: which inputs may be missing, and which numbers they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Nodes:
    """The classes of nodes that a workflow has.

    Args:
        classes: by name, as ComfyUI describes each.
    """

    def __init__(self, classes: Mapping[str, Any]) -> None:
        self._classes = classes

    def saves(self, kind: str) -> bool:
        """Whether nodes of a class are an end of the workflow: they save or show something."""
        return bool(self._classes.get(kind, {}).get("output_node"))

    def is_optional(self, kind: str, field: str) -> bool:
        """Whether an input may be missing."""
        return field in self._inputs(kind, "optional")

    def _inputs(self, kind: str, part: str) -> Mapping[str, Any]:
        told = self._classes.get(kind, {}).get("input")
        found = told.get(part) if isinstance(told, dict) else None
        return found if isinstance(found, dict) else {}

    def rule(self, kind: str, field: str) -> Mapping[str, Any]:
        """Return what is said of a whole number: default, min, max, step; empty where it is none."""
        told = self._inputs(kind, "required").get(field) or self._inputs(kind, "optional").get(field)
        if isinstance(told, list) and len(told) > 1 and told[0] == "INT" and isinstance(told[1], dict):
            return told[1]
        return {}
