"""Which process works on what. A row names its owner; the owner holds a lock file for as long as it lives.

The system lets a lock go when its process ends, however it ends, so an abandoned row is known at once, and a row of
another living kernel is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path


class Owner:
    """This process, as seen by others on the same folder.

    Args:
        folder: where the lock files are.

    Attributes:
        id: written into the rows this process works on.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.id = uuid4().hex
        self._lock = FileLock(folder / f"{self.id}.lock", thread_local=False)
        self._lock.acquire()

    def is_gone(self, owner: str) -> bool:
        """Whether the process that calls itself `owner` has ended; this one has not."""
        if owner == self.id:
            return False
        path = self._folder / f"{owner}.lock"
        if not owner.isalnum() or not path.exists():
            return True
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)
        except (Timeout, OSError):
            return False
        return True

    def close(self) -> None:
        """End this ownership; its unfinished rows may be taken over."""
        self._lock.release()
        (self._folder / f"{self.id}.lock").unlink(missing_ok=True)
