"""Decide where the parts of a model lie while it films: what that needs is computed before anything is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GIB = 2**30
LOADING = GIB // 2
"""Bytes of main memory that loading takes where weights go straight to the card: they come tensor by tensor."""
SPARE = GIB // 2
"""Bytes of a graphics card left for its libraries' own work space."""
MARGIN = 1.1
"""How much more than was computed has to be free on it: its allocator cannot use every gap."""

Way = Literal["whole", "parts", "stages", "layers"]
WAYS: dict[Way, str] = {
    "whole": "all of it on {device}",
    "parts": "in main memory, each part on {device} while it works",
    "stages": "what reads the prompt first, then the rest, each loaded from the disk",
    "layers": "in main memory, each layer on {device} while it works, which is slow",
}
"""How a model may lie, the quickest first: accelerate's offload of models is `parts`, that of layers is `layers`."""


class Card(NamedTuple):
    """What computes.

    Attributes:
        device: "cuda", "mps" or "cpu".
        name: as people know it.
        free: bytes that are free on it.
        memory: bytes of main memory that are free.
        precision: at which it computes best: "bf16", "fp16" or "fp32".
    """

    device: str
    name: str
    free: int
    memory: int
    precision: str

    @property
    def apart(self) -> bool:
        """Whether it has memory of its own, beside the main one."""
        return self.device == "cuda"


class Need(NamedTuple):
    """What a model needs for one film.

    Attributes:
        weights: bytes of each part in memory.
        text: the parts that read the prompt.
        largest: bytes of the largest tensor.
        reading: bytes beside the weights while the prompt is read.
        work: the same while it films, the most for each part that works.
    """

    weights: Mapping[str, int]
    text: frozenset[str]
    largest: int
    reading: int
    work: Mapping[str, int]

    def card(self, way: Way) -> int:
        """Return the bytes that a way needs where it computes."""
        text = sum(self.weights[part] for part in self.text)
        rest = sum(self.weights.values()) - text
        working = max(self.work.values(), default=0)
        if way == "whole":
            return text + rest + max(working, self.reading)
        if way == "stages":
            return max(text + self.reading, rest + working)
        if way == "layers":
            return max(working, self.reading) + 2 * self.largest
        large = max((bytes_ for part, bytes_ in self.weights.items() if part not in self.text), default=0)
        small = rest - sum(bytes_ for part, bytes_ in self.weights.items() if self._is_large(part, large))
        filming = (small + self._part(part, large) + work for part, work in self.work.items())
        return max(text + self.reading, *filming)

    def _is_large(self, part: str, large: int) -> bool:
        """Whether a part is swapped out for others: small ones stay for long where accelerate loads them."""
        return part not in self.text and 2 * self.weights[part] > large

    def _part(self, part: str, large: int) -> int:
        return self.weights.get(part, 0) if part in self.weights and self._is_large(part, large) else 0

    def memory(self, way: Way, *, apart: bool) -> int:
        """Return the bytes of main memory that a way needs, where the card has memory of its own."""
        if way in {"whole", "stages"}:
            return LOADING if apart else 0
        return sum(self.weights.values()) + LOADING


class Placement(NamedTuple):
    """What was decided.

    Attributes:
        way: how the parts lie.
        tiled: whether the VAE works tile by tile, which takes less memory and a little longer.
        card: bytes needed where it computes.
        memory: bytes of main memory needed beside that.
    """

    way: Way
    tiled: bool
    card: int
    memory: int

    def told(self, card: Card) -> str:
        """Say it in a sentence."""
        tiles = ", its VAE tile by tile" if self.tiled else ""
        place = WAYS[self.way].format(device=card.name)
        return f"It needs {gib(self.card)} of the {gib(card.free)} that are free on {card.name}: {place}{tiles}."


def ways(card: Card) -> tuple[Way, ...]:
    """Return the ways that a card has, the quickest first."""
    return ("whole", "parts", "stages", "layers") if card.apart else ("whole", "stages")


def choose(card: Card, need: Callable[[bool], Need], wanted: Way | None = None) -> Placement:
    """Choose the quickest way that fits.

    Args:
        card: what computes.
        need: computes what is needed; takes whether the VAE works tile by tile.
        wanted: the one way that may be chosen.

    Raises:
        ConfigError: none fits; it says what each needs.
    """
    tried = []
    for way in (wanted,) if wanted else ways(card):
        for tiled in (False, True):
            needed = need(tiled)
            found = Placement(way, tiled, needed.card(way), needed.memory(way, apart=card.apart))
            room = found.card * MARGIN + SPARE if card.apart else found.card
            if room <= card.free and found.memory <= card.memory:
                return found
            tried.append(found)
    raise ConfigError(_refusal(card, tried))


def _refusal(card: Card, tried: list[Placement]) -> str:
    least = [
        min((each for each in tried if each.way == way), key=lambda each: each.card)
        for way in {each.way for each in tried}
    ]
    said = "; ".join(
        f"{gib(each.card)}{f' and {gib(each.memory)} of main memory' if each.memory > LOADING else ''} "
        f"({WAYS[each.way].format(device=card.name)})"
        for each in sorted(least, key=lambda each: -each.card)
    )
    main = f" and {gib(card.memory)} of main memory" if card.apart else ""
    return f"This film does not fit: {card.name} has {gib(card.free)} free{main}, and it needs {said}."


def gib(number: float) -> str:
    """Write a number of bytes for people."""
    return f"{number / GIB:.1f} GiB" if number >= GIB / 10 else f"{number / 2**20:.1f} MiB"
