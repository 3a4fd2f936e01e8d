"""One background event loop for the whole process.

A notebook's own loop is busy while a cell runs, so synchronous calls and long work run on this one. Ctrl-C in a cell
stops the waiting only: the work goes on here.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from anyio.from_thread import start_blocking_portal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from anyio.from_thread import BlockingPortal

T = TypeVar("T")
_starting = threading.Lock()


@cache
def _start() -> tuple[BlockingPortal, object]:
    # kept and never left: the thread is a daemon and ends with the process
    context = start_blocking_portal(name="sora_nb")
    return context.__enter__(), context


def submit(function: Callable[..., Awaitable[T]], *args: Any) -> Future[T]:
    """Start a coroutine function on the background loop and return its future at once."""
    with _starting:
        portal, _ = _start()
    return portal.start_task_soon(function, *args)


def run(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Run a coroutine function on the background loop and return its result.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the coroutine goes on.
    """
    return submit(function, *args).result()
