"""Lists of words, as text: what the tables in Python have no room for."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = ("people", "animals", "places", "actions", "things", "toys", "sports")
"""Names of the lists. A line has a kind, a meaning where one is drawn, a colon, and words with commas between."""


def listed(name: str, kind: str) -> frozenset[str]:
    """Return the words of a kind of one list."""
    lines = (line for found, _, line in _lines(name) if found == kind)
    return frozenset(word.strip() for line in lines for word in line.split(","))


def entries() -> Iterator[tuple[str, str, str]]:
    """Yield the kind, the meaning ("" where nothing is drawn) and the words of each line."""
    for name in LISTS:
        yield from _lines(name)


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    for line in files(__name__).joinpath(f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _, listed = line.partition(":")
        kind = "scene hint" if head.startswith("scene hint ") else head.partition(" ")[0]
        yield kind, head[len(kind) :].strip(), listed
