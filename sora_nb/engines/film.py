"""Define the Filmer protocol: an engine that only films. Characters are cut out elsewhere, and shown to it by their stills."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sora_nb.engines.base import Control

_EXACT = 1e-9
"""What a rounded number may be off by."""


class Fit(NamedTuple):
    """What a model makes of a size and a length that are asked for.

    Attributes:
        width, height: pixels.
        frames: how many pictures.
        seconds: how long these are shown.
        warnings: what is made in place of what was asked for, in sentences.
    """

    width: int
    height: int
    frames: int
    seconds: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FilmModel:
    """What the one model of an engine makes, and what it takes.

    Attributes:
        name: what a person asks for it by, as in model="local/NAME": letters, digits, dots, hyphens and underscores.
        size: what is made where nobody says: width and height in pixels.
        seconds: what is made where nobody says.
        fps: pictures a second.
        multiple: what both sides are multiples of, in pixels; an even number.
        sides: least and most pixels of a side.
        pixels: most pixels of a picture; None for any.
        frames: least and most pictures of a film; None where there is no most.
        frame_step: from one length that can be made to the next one, in pictures: 4 for models that make 4n + 1.
        references: most pictures that show it characters, 0 where it takes none.
        image: whether a film may start from a picture.
        host: the other machine that does the work, and to which pictures of characters go; "" for this one.
        source: where all this was read: a file, an address, a manual.
    """

    name: str
    size: tuple[int, int]
    seconds: int
    fps: float
    multiple: int = 2
    sides: tuple[int, int] = (64, 4096)
    pixels: int | None = None
    frames: tuple[int, int | None] = (1, None)
    frame_step: int = 1
    references: int = 0
    image: bool = False
    host: str = ""
    source: str = ""

    def fitted(self, width: int, height: int, seconds: float) -> Fit:
        """Return the nearest size and length that it makes.

        A picture that is too large is made smaller, and one that is too small larger, in its own shape as far as both
        sides can be kept.

        Args:
            width, height: pixels asked for.
            seconds: length asked for.
        """
        wide, high = self._size(width, height)
        count = self._count(seconds)
        made = count / self.fps
        told = []
        if (wide, high) != (width, height):
            told.append(f"{self.name} makes {wide}x{high}, in place of {width}x{height}.")
        if abs(made - seconds) > self.frame_step / self.fps + _EXACT:  # less is what rounding to its lengths comes to
            told.append(f"{self.name} makes {made:.3g} s, in place of {seconds:g} s.")
        return Fit(wide, high, count, made, tuple(told))

    def _size(self, width: int, height: int) -> tuple[int, int]:
        least, most = self._limits()
        scale = min(1.0, most / max(width, height))
        if self.pixels is not None:
            scale = min(scale, math.sqrt(self.pixels / (width * height)))
        scale = max(scale, least / min(width, height))
        sides = [min(most, max(least, self._round(side * scale))) for side in (width, height)]
        while self.pixels is not None and sides[0] * sides[1] > self.pixels and max(sides) > least:
            sides[sides.index(max(sides))] -= self.multiple  # rounding made it too large, or its shape cannot be kept
        return sides[0], sides[1]

    def _limits(self) -> tuple[int, int]:
        """Return the least and the most pixels of a side that are multiples; where there are none, the next one above."""
        least = math.ceil(self.sides[0] / self.multiple) * self.multiple
        return least, max(least, self.sides[1] // self.multiple * self.multiple)

    def _round(self, side: float) -> int:
        return math.floor(side / self.multiple + 0.5) * self.multiple

    def _count(self, seconds: float) -> int:
        least, most = self.frames
        steps = max(0, math.floor((seconds * self.fps - least) / self.frame_step + 0.5))
        if most is not None:
            steps = min(steps, max(0, (most - least) // self.frame_step))
        return least + steps * self.frame_step

    @property
    def lengths(self) -> tuple[int, int | None]:
        """The shortest and the longest film in whole seconds, each 1 or more; None where there is no longest."""
        least, most = self.frames
        longest = None if most is None else max(1, math.floor(most / self.fps + _EXACT))
        return max(1, math.ceil(least / self.fps - _EXACT)), longest


@dataclass(frozen=True, kw_only=True)
class FilmRequest:
    """One film to make; size and length are ones that the model makes.

    Attributes:
        prompt: what is seen, worded for a model that is shown pictures: names in place of @mentions.
        references: pictures of its characters on a plain ground (JPEG), in the order of the first mentions.
        width, height: pixels.
        frames: how many pictures.
        fps: pictures a second.
        seed: 0 or more; the same one makes the same film on the same machine.
        image: the picture that the film starts from, or None.
        out: where the film goes: an MP4 that browsers play; one that the engine encodes itself has a track of silence.
    """

    prompt: str
    references: tuple[Path, ...]
    width: int
    height: int
    frames: int
    fps: float
    seed: int
    image: Path | None
    out: Path


@dataclass(frozen=True, kw_only=True)
class Film:
    """What was made, and of what; the file is where the request said.

    Attributes:
        width, height: pixels.
        seconds: its length.
        seed: as it was used.
        steps: of the sampler; None where nobody knows.
        warnings: what a person should know about it, in sentences.
        about: what else the ledger keeps of it: revision and licence of the weights, device, precision; JSON values.
    """

    width: int
    height: int
    seconds: float
    seed: int
    steps: int | None = None
    warnings: tuple[str, ...] = ()
    about: Mapping[str, str | int | float] = field(default_factory=dict)


class Filmer(Protocol):
    """An engine that only films, with one model. It is handed one request at a time, each from another thread perhaps."""

    name: str
    """The engine, as an entry point names it."""
    model: FilmModel

    def film(self, request: FilmRequest, control: Control) -> Film:
        """Make a film, and write it to request.out.

        Args:
            request: what is wanted.
            control: told the progress by step(fraction, stage), at least every second; that raises Cancelled where the
                work is to end.

        Raises:
            SoraError: why there is none, in words, with what to do.
            Cancelled: see Control.
        """

    def close(self) -> None:
        """Give back memory and connections; nothing is being filmed. A second call does nothing."""
