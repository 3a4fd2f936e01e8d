"""Say for whom there is no place in a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.engines.prompt import counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.engines.prompt.part import Part


def told(parts: Sequence[Part], shown: Sequence[int]) -> list[str]:
    """Return a sentence about those for whom there is no place, or none: 1 of 2 girls is drawn; the fox is left out."""
    fewer: list[str] = []
    absent: list[str] = []
    few = 0
    for part, count in zip(parts, shown, strict=True):
        noun = part.units[-1].source
        if 0 < count < part.count:
            few += count
            fewer.append(_share(part, count))
        elif not count:
            absent.append(noun)
    many = len(absent) > 1 or any(part.count > 1 for part, count in zip(parts, shown, strict=True) if not count)
    clauses = [
        f"{_joined(fewer)} {'is' if few == 1 else 'are'} drawn" if fewer else "",
        f"{_joined(absent)} {'are' if many else 'is'} left out" if absent else "",
    ]
    said = "; ".join(clause for clause in clauses if clause)
    return [f"Only {counts.MAX_CAST} characters fit: {said}."] if said else []


def _share(part: Part, count: int) -> str:
    """Say how many are drawn of those whom a part stands for: 1 of 2 girls, 4 of a family of six, 1 of two."""
    noun = part.units[-1].source
    if part.asked:
        return f"{count} for {part.asked!r}"
    if counts.some_of(part.units[-1]):
        return f"{count} of {noun}"
    if part.apart:
        return f"{count} of the other {part.count} {noun}"
    return f"{count} of a {noun}" if noun.startswith(counts.FAMILY) else f"{count} of {part.count} {noun}"


def _joined(items: list[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
