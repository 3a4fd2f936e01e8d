"""Streams that are read from any place, of which another class has the bytes."""

from __future__ import annotations

import io
from abc import abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Seekable(io.RawIOBase):
    """A stream for reading, of known size; subclasses implement read_at().

    Args:
        size: in bytes.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0

    @abstractmethod
    def read_at(self, at: int, into: memoryview) -> int:
        """Read bytes from a place on.

        Args:
            at: the place, before the end.
            into: what is filled from its beginning; it does not reach beyond the end.

        Returns:
            How many bytes were read, 1 or more.
        """

    def readable(self) -> bool:
        """Whether it can be read, which it can."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from any place, which it can."""
        return True

    def tell(self) -> int:
        """Return the place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, and return it."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer as far as may be, and return how many bytes that are; 0 at the end."""
        into = memoryview(buffer).cast("B")[: max(0, self._size - self._at)]
        read = self.read_at(self._at, into) if into else 0
        self._at += read
        return read
