"""A film on its way to this machine: a file with gaps, each of which comes once somebody reads there."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeAlias

from sora_nb.media.seekable import Seekable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Span: TypeAlias = tuple[int, int]

BLOCK = 16 * 1024
"""Bytes that are noted as here together."""
MOST_AHEAD = 1024**2
"""Most bytes that are asked for beyond what is read, where somebody reads on and on."""


class Arriving:
    """A file of a known size, of which some blocks are here; media.container opens it like a path.

    Args:
        path: what is here, each byte in its place; it is made, and empty at first.
        size: bytes of the whole.
        bring: has the bytes of some spans written here, on the thread of whoever reads, and returns once they are.
    """

    def __init__(self, path: Path, size: int, bring: Callable[[Sequence[Span]], None]) -> None:
        self.path = path
        self.size = size
        self._bring = bring
        self._here = bytearray(-(-size // BLOCK))
        self._file = path.open("wb", buffering=0)
        self._file.truncate(size)

    @property
    def name(self) -> str:
        """Its name, as errors tell it."""
        return self.path.name

    @property
    def have(self) -> int:
        """Bytes that are here."""
        blocks = self._here.count(1)
        return blocks * BLOCK - (-self.size % BLOCK if blocks and self._here[-1] else 0)

    def open(self, mode: Literal["rb"]) -> BinaryIO:  # noqa: ARG002  # as of Path.open()
        """Open the film for reading; bytes that have not arrived are downloaded when they are read."""
        return io.BufferedReader(_Reader(self), 512)

    def missing(self, start: int = 0, stop: int | None = None) -> list[Span]:
        """Return the spans that are not here, in whole blocks, of those that have a byte from `start` up to `stop`."""
        last = -(-(self.size if stop is None else min(stop, self.size)) // BLOCK)
        found: list[Span] = []
        block = self._here.find(0, start // BLOCK, last)
        while block >= 0:
            end = self._here.find(1, block, last)
            end = last if end < 0 else end
            found.append((block * BLOCK, min(end * BLOCK, self.size)))
            block = self._here.find(0, end, last)
        return found

    def ask(self, spans: Sequence[Span]) -> None:
        """Have what is missing of some spans brought, all at once.

        Raises:
            ConnectionError: it did not come.
            SoraError: it cannot be had.
        """
        wanted = sorted({gap for start, stop in spans for gap in self.missing(start, stop)})
        if wanted:
            self._bring(wanted)

    def write(self, at: int, piece: bytes) -> None:
        """Write a piece to its place; blocks that it ends are here.

        Args:
            at: its place; whatever is before it in its block was written just before.
            piece: the bytes.
        """
        self._file.seek(at)
        self._file.write(piece)
        end = at + len(piece)
        first, last = at // BLOCK, len(self._here) if end == self.size else end // BLOCK
        self._here[first:last] = b"\1" * (last - first)

    def close(self) -> None:
        """Write no more."""
        self._file.close()


class _Reader(Seekable):
    """Reads a film on its way from any place."""

    def __init__(self, film: Arriving) -> None:
        super().__init__(film.size)
        self._film = film
        self._file = film.path.open("rb", buffering=0)
        self._brought = -1  # where the last bytes that had to be brought end
        self._ahead = 0

    def read_at(self, at: int, into: memoryview) -> int:
        self._need(at, at + len(into))
        self._file.seek(at)
        return self._file.readinto(into) or 0

    def _need(self, start: int, stop: int) -> None:
        gaps = self._film.missing(start, stop)
        if not gaps:
            return
        on = gaps[0][0] == self._brought
        self._ahead = min(MOST_AHEAD, 2 * self._ahead + BLOCK) if on else 0
        wanted = self._film.missing(start, stop + self._ahead)
        self._film.ask(wanted)
        self._brought = wanted[-1][1]

    def close(self) -> None:
        self._file.close()
        super().close()
