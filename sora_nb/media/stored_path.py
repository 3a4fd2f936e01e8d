"""The path of a file that may still be in a store of files, and comes here once it is used."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, Self

if TYPE_CHECKING:
    _Base = Path
else:
    _Base = type(Path())  # that of the system, for a Path itself cannot be made


class Shelf(Protocol):
    """Where files of a folder come from that are not in it."""

    def knows(self, path: Path) -> bool:
        """Whether a file of this path, or below it, may be in the store."""

    def bring(self, path: Path) -> None:
        """Bring a file to its place."""

    def open(self, path: Path) -> BinaryIO:
        """Open a file for reading by parts; it does not come here."""

    def size(self, path: Path) -> int:
        """Return how many bytes a file has."""

    def has(self, path: Path) -> bool:
        """Whether there is such a file."""

    def use(self, path: Path) -> None:
        """Take note that a file which is here is used."""


class StoredPath(_Base):
    """A path that brings its file when a program asks for it; what only reads parts of it gets those alone.

    `open("rb")` of a file that is not here reads by parts. All else that opens it, such as `open(path)`, has it brought
    first. `str(path)` is text, and brings nothing.
    """

    _shelf: Shelf | None = None
    _named = False

    @classmethod
    def of(cls, path: Path, shelf: Shelf, *, named: bool = True) -> Self:
        """Return a path that a shelf stands behind.

        Args:
            path: where the file is, or will be.
            shelf: where it comes from.
            named: whether a row names it, so that nobody need ask whether there is such a file.
        """
        made = cls(path)
        made._shelf, made._named = shelf, named
        return made

    @property
    def here(self) -> Path:
        """The same path, which brings nothing."""
        return Path(self)

    @property
    def is_here(self) -> bool:
        """Whether the file is at its place."""
        return self._shelf is None or self.here.exists()

    def _derived(self, path: Path) -> Path:
        here = Path(path)
        if self._shelf is None or not self._shelf.knows(here):
            return here
        return StoredPath.of(here, self._shelf, named=False)

    @property
    def parent(self) -> Any:
        """Its folder, whose files come as this one does."""
        return self._derived(super().parent)

    def __truediv__(self, key: Any) -> Any:
        return self._derived(super().__truediv__(key))

    def __fspath__(self) -> str:
        if self._shelf is not None:
            if self.is_here:
                self._shelf.use(self)
            else:
                self._shelf.bring(self)
        return str(self)

    def open(self, mode: str = "r", *rest: Any, **options: Any) -> Any:
        """Open the file; for reading its bytes, it need not be here."""
        if mode == "rb" and self._shelf is not None and not self.is_here:
            return self._shelf.open(self)
        return super().open(mode, *rest, **options)

    def read_bytes(self) -> bytes:
        """Read the whole file, which stays here."""
        return Path(os.fspath(self)).read_bytes()

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Tell of the file; of one that is not here its size alone."""
        if self._shelf is None or self.is_here:
            return self.here.stat(follow_symlinks=follow_symlinks)
        return os.stat_result((stat.S_IFREG | 0o600, 0, 0, 1, 0, 0, self._shelf.size(self), 0, 0, 0))

    def is_file(self, **_: Any) -> bool:
        """Whether there is such a file, here or in the store."""
        if self._shelf is None or self.is_here:
            return self.here.is_file()
        return self._named or self._shelf.has(self)

    def exists(self, **_: Any) -> bool:
        """Whether there is such a file or folder."""
        return self.here.exists() or self.is_file()
