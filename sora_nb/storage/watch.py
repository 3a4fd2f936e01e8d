"""Notice that a ledger was written to, by whichever kernel: one thread a file looks at its size and time, not into it."""

from __future__ import annotations

import contextvars
import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Mark = list[tuple[int, int, int]]

LOOK_SECONDS = 0.5
"""How often the file is looked at, which takes some microseconds; nothing of it is opened, so a fork is no matter."""
_JOURNALS = ("", "-wal", "-journal")
"""What SQLite writes to beside the file, by the end of the name."""
_NOTHING = (0, 0, 0)


class Listeners:
    """Bound methods that are told of changes, held weakly, until one returns False or its object is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # ipykernel 7 routes what a thread sends by its context
        self._told: list[tuple[weakref.WeakMethod[Callable[[], bool]], contextvars.Context]] = []

    def add(self, method: Callable[[], bool]) -> None:
        """Have a method called; it should return at once."""
        with self._lock:
            self._told.append((weakref.WeakMethod(method), contextvars.copy_context()))

    def __bool__(self) -> bool:
        with self._lock:
            self._told = [told for told in self._told if told[0]() is not None]
            return bool(self._told)

    def call(self) -> None:
        """Call all of them."""
        with self._lock:
            listening = list(self._told)
        ended = [told for told in listening if not told[1].run(told[0]() or _gone)]
        with self._lock:
            self._told = [told for told in self._told if told not in ended]


class FileWatch:
    """Calls functions when a file of SQLite has changed, and ends with the last of them.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._files = [path.with_name(path.name + end) for end in _JOURNALS]
        self._lock = threading.Lock()
        self._listeners = Listeners()
        self._thread: threading.Thread | None = None

    def tell(self, method: Callable[[], bool]) -> None:
        """Call a method after each change; see place.Watch."""
        with self._lock:
            self._listeners.add(method)
            if self._thread is None or not self._thread.is_alive():  # a forked process has none of its parent's
                self._thread = threading.Thread(
                    target=self._work, args=(self._mark(),), name="sora_nb-watch", daemon=True
                )
                self._thread.start()

    @property
    def running(self) -> bool:
        """Whether there is somebody to tell."""
        return self._thread is not None and self._thread.is_alive()

    def _mark(self) -> Mark:
        # no tuple: CPython cannot make one of a generator while another thread holds all objects, as memory profilers do
        return [_stamp(file) for file in self._files]

    def _work(self, before: Mark) -> None:
        pause = threading.Event()
        while True:
            pause.wait(LOOK_SECONDS)
            now = self._mark()
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
            if now != before:
                before = now
                self._listeners.call()


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError:
        return _NOTHING
    # who only reads may make an empty log and take it away: whoever was told and looked would be told of his own look
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found.st_size else _NOTHING


def _gone() -> bool:
    return False


_watches: weakref.WeakValueDictionary[Path, FileWatch] = weakref.WeakValueDictionary()


def watch(path: Path) -> FileWatch:
    """Return the one watch of a file."""
    return _watches.setdefault(path, FileWatch(path))
