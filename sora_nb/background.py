"""Run coroutines on one background event loop for the whole process.

A notebook's own loop is busy while a cell runs, so synchronous calls and long work run on this one. Ctrl-C in a cell
stops the waiting only: the work goes on here.

Work on this loop that blocks goes to asyncio.to_thread(), whose threads end with the process; anyio's own worker
threads end with their loop only, and this loop never ends.
"""

from __future__ import annotations

import asyncio
import functools
import os
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
S = TypeVar("S")
P = ParamSpec("P")
NAME = "sora_nb"
"""Name of the thread that runs the loop."""
_starting = threading.RLock()  # the garbage collector may close a session while its own thread is in here


@functools.cache
def _start() -> asyncio.AbstractEventLoop:
    started: Future[asyncio.AbstractEventLoop] = Future()

    async def serve() -> None:
        started.set_result(asyncio.get_running_loop())
        await asyncio.Event().wait()  # for ever: a daemon thread ends with the interpreter

    threading.Thread(target=lambda: asyncio.run(serve()), name=NAME, daemon=True).start()
    return started.result()


if hasattr(os, "register_at_fork"):
    # the thread does not come along into a forked process, which starts a loop of its own instead of waiting for ever
    os.register_at_fork(before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release)
    os.register_at_fork(after_in_child=_start.cache_clear)


def is_here() -> bool:
    """Whether the caller runs on the background loop."""
    return threading.current_thread().name == NAME


def submit(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> Future[T]:
    """Start a coroutine function on the background loop and return its future at once; cancelling that cancels it."""
    with _starting:
        loop = _start()
    return asyncio.run_coroutine_threadsafe(function(*args), loop)


def run(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Run a coroutine function on the background loop and return its result.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the coroutine goes on.
    """
    return submit(function, *args).result()


def at_home(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Run a method on the background loop, whichever loop awaits it: connections, locks and waits belong to one loop."""

    @functools.wraps(method)
    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        # no coroutine around the method's own: a thousand waits may be under way
        here = method(self, *args, **kwargs)
        return here if is_here() else _sent_home(here)

    return call


async def _sent_home(method: Coroutine[Any, Any, T]) -> T:
    async def run() -> T:
        return await method

    return await asyncio.wrap_future(submit(run))
