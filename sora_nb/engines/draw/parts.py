"""Divide a long film into parts that are encoded each by itself: every one begins with a key picture of its own.

How a film is divided depends on the film alone, never on who makes it, so that one encoder after another in this process
and several at a time on other machines come to the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PART_SECONDS = 15
"""Most seconds of a part of a film that is divided."""
LONGEST = 2
"""How many times that a film may last before it is divided. A key picture is seen to come, as all grain changes with it:
films of usual length have one."""


def divide(pictures: int, fps: int) -> tuple[range, ...]:
    """Return the numbers of the pictures of each part, in order; no part is longer than another by more than a picture.

    Args:
        pictures: how many the film has, 1 or more.
        fps: pictures a second.
    """
    most = PART_SECONDS * fps
    count = 1 if pictures <= LONGEST * most else -(-pictures // most)
    bounds = [pictures * number // count for number in range(count + 1)]
    return tuple(range(bounds[number], bounds[number + 1]) for number in range(count))


@dataclass(frozen=True)
class Coded:
    """One coded picture.

    Attributes:
        data: what the encoder made of it.
        shown, decoded: when, in pictures from the start of its part; a picture may be decoded before its part is shown.
        key: whether it can be decoded without others.
    """

    data: bytes
    shown: int
    decoded: int
    key: bool


def save(part: Sequence[Coded], path: Path) -> None:
    """Write a coded part to a file of NumPy's."""
    facts = np.array([(len(one.data), one.shown, one.decoded, one.key) for one in part], np.int64)
    with path.open("wb") as file:
        np.savez(file, facts=facts, data=np.frombuffer(b"".join(one.data for one in part), np.uint8))


def load(path: Path) -> list[Coded]:
    """Read what save() wrote."""
    with np.load(path, allow_pickle=False) as file:
        facts, data = file["facts"], file["data"].tobytes()
    ends = np.cumsum(facts[:, 0])
    return [
        Coded(data[end - size : end], int(shown), int(decoded), bool(key))
        for end, (size, shown, decoded, key) in zip(ends, facts, strict=True)
    ]
