"""How an experiment is looked at: one axis goes from left to right, and what else varies from top to bottom."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.experiments.plan import Combination


NOBODY = "no character"
"""Heading of the column of prompts that have no place for a character."""


class Matrix(NamedTuple):
    """Where each video of an experiment has its place.

    Attributes:
        rows, columns: headings; none where nothing but the prompt varies, and the videos stand one after another.
        cells: numbers of the combinations, row by row; None where nothing was asked for, which is so only among
            prompts with and without a place for a character.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[int | None, ...]


def arranged(combinations: Sequence[Combination]) -> Matrix:
    """Give each video its place: columns are models where several are compared, else characters, else repeats.

    Rows are the prompts, or the characters where one text has a place for several of them.
    """
    several_services = len({one.service for one in combinations}) > 1
    models = [one.model_name if several_services else one.model for one in combinations]
    characters = [one.who for one in combinations]
    takes = _takes([(one.prompt, model) for one, model in zip(combinations, models, strict=True)])
    one_text = len({one.text for one in combinations}) == 1 and len(set(characters)) > 1
    names = [one.who if one_text else one.prompt for one in combinations]
    axes = [(_joined(names, takes), models), (names, takes)]
    mixed = any(characters) and not all(characters)
    if any(characters) and not one_text:
        columns = [who or NOBODY for who in characters]
        axes.insert(1, (_joined([one.text or one.prompt for one in combinations], takes), columns))
    for place, (rows, columns) in enumerate(axes):
        cells = {(row, column): number for number, (row, column) in enumerate(zip(rows, columns, strict=True))}
        down, across = tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(columns))
        whole = len(cells) == len(down) * len(across) or (mixed and place == 1)
        if len(across) > 1 and len(cells) == len(combinations) and whole:
            return Matrix(down, across, tuple(cells.get((row, column)) for row in down for column in across))
    return Matrix((), (), tuple(range(len(combinations))))


def _takes(requests: Sequence[tuple[str, str]]) -> list[str]:
    """Name the repeats of each request: "take 1", "take 2"; all are "" where nothing is repeated."""
    seen: Counter[tuple[str, str]] = Counter()
    counted = []
    for request in requests:
        seen[request] += 1
        counted.append(seen[request])
    return [f"take {count}" if max(counted) > 1 else "" for count in counted]


def _joined(names: Sequence[str], takes: Sequence[str]) -> list[str]:
    return [" · ".join(filter(None, parts)) for parts in zip(names, takes, strict=True)]
