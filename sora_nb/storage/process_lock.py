"""Which process works on what. A row names a lock; its process holds the lock file for as long as it lives.

The system lets a lock go when its process ends, however it ends, so an abandoned row is known at once, and a row of
another living kernel is left alone.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock, Timeout

from sora_nb.errors import ConfigError
from sora_nb.storage.home import no_locks, private_folder

if TYPE_CHECKING:
    from pathlib import Path


class ProcessLock:
    """This process, as seen by others on the same folder. Dropping the object without close() releases it as well.

    Args:
        folder: where the lock files are.

    Attributes:
        id: written into the rows this process works on.

    Raises:
        LedgerError: the file system has no locks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self.id = uuid4().hex
        path = folder / f"{self.id}.lock"
        lock = FileLock(path, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except (OSError, NotImplementedError) as error:
            raise no_locks(folder) from error
        self._release = weakref.finalize(self, _release, lock, path, os.getpid())

    @property
    def is_held(self) -> bool:
        """Whether it was not released yet."""
        return self._release.alive

    def is_gone(self, holder: str) -> bool:
        """Whether the process that holds the lock of this id has ended; this one has not.

        Args:
            holder: the id. Where its lock file is lost, its process counts as ended.
        """
        if holder == self.id and self.is_held:
            return False
        path = self._folder / f"{holder}.lock"
        if not holder.isalnum() or not path.exists():
            return True
        try:
            # one look at a time: to another thread or process that looks, this one's lock would be the holder's
            with FileLock(self._folder / "looking", mode=0o600), FileLock(path, timeout=0, mode=0o600):
                path.unlink(missing_ok=True)
        except (Timeout, OSError):
            return False
        return True

    def close(self) -> None:
        """Release the lock; unfinished rows of this process may be taken over."""
        self._release()


def check_process(maker: int) -> None:
    """Refuse to go on in a process that was forked from the one that made an object.

    Args:
        maker: id of the process that made it.

    Raises:
        ConfigError: this is another one, in which its threads and connections do not run.
    """
    if os.getpid() != maker:
        raise ConfigError(
            "This studio belongs to the process that this one was forked from, and works only there.",
            hint="Make a new Studio() in this process; the ledger and the files are the same.",
        )


def _release(lock: FileLock, path: Path, holder: int) -> None:
    if os.getpid() == holder:  # a forked child ends with the same objects, and must not release its parent's lock
        lock.release()
        path.unlink(missing_ok=True)
