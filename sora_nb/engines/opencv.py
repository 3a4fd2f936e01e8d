"""Keep OpenCV to the thread that calls it.

It divides each picture among all cores of the machine. Pictures of an extraction are so small that its threads wait
more than they work: four of them take a tenth more processor time than one, eight a quarter, and the task is done no
sooner. Those of a film are drawn by several threads anyway; and some of OpenCV's results depend on how many of its own there are.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Setting:
    """OpenCV's number of threads, which the whole process shares, and how many tasks want it to be one."""

    def __init__(self) -> None:
        self._tasks = 0
        self._before = 0
        self.unlock()

    def unlock(self) -> None:
        """Start with a lock that nobody holds: in a forked process another thread's stays locked."""
        self._lock = threading.Lock()

    def hold(self) -> None:
        with self._lock:
            if self._tasks == 0:
                self._before = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._tasks += 1

    def release(self) -> None:
        with self._lock:
            self._tasks -= 1
            if self._tasks == 0:
                cv2.setNumThreads(self._before)


_setting = _Setting()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_setting.unlock)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep OpenCV to the calling threads until the end; then it has as many as it had before."""
    _setting.hold()
    try:
        yield
    finally:
        _setting.release()
