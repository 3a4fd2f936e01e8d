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
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

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


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:
        return _start()


def is_here() -> bool:
    """Whether the caller runs on the background loop."""
    return threading.current_thread().name == NAME


def submit(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> Future[T]:
    """Start a coroutine function on the background loop and return its future at once; cancelling that cancels it."""
    return asyncio.run_coroutine_threadsafe(function(*args), _loop())


def run(function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
    """Run a coroutine function on the background loop and return its result.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the coroutine goes on.
    """
    return submit(function, *args).result()


class Work(Generic[T]):
    """A coroutine function started on the background loop, with a future as of submit() once somebody asks for that.

    A future with its condition and its ties to a task takes 2 KiB; a thousand calls may be under way, and few are waited for.

    Args:
        function: the coroutine function.
        args: what it is called with.
    """

    __slots__ = ("_future", "_task")

    def __init__(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> None:
        self._task: asyncio.Task[T] | None = None
        self._future: Future[T] | None = None
        _loop().call_soon_threadsafe(self._begin, function(*args))

    def _begin(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._task = asyncio.create_task(coroutine)
        self._task.add_done_callback(_retrieve)

    def done(self) -> bool:
        """Whether it has ended, well or not; its future has ended then, too."""
        return self._task is not None and self._task.done()

    @property
    def future(self) -> Future[T]:
        """The future, which has ended where the work has."""
        future, task = self._future, self._task
        if task is not None and task.done():
            if future is None or not future.done():  # a new one need not wait until the loop tells it
                self._future = future = Future()
                _settle(future, task)
        elif future is None:
            # two threads that come at once make two, and both are told
            self._future = future = Future()
            _loop().call_soon_threadsafe(self._join, future)
        return future

    def _join(self, future: Future[T]) -> None:
        """Tie a future to the task, which has begun by now: the loop calls in order."""
        task = self._task
        assert task is not None
        task.add_done_callback(functools.partial(_settle, future))
        future.add_done_callback(functools.partial(_pass_cancellation, task))


def _pass_cancellation(task: asyncio.Task[T], future: Future[T]) -> None:
    if future.cancelled():
        task.get_loop().call_soon_threadsafe(task.cancel)


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Look at an error, or asyncio logs it where nobody else does."""
    if not task.cancelled():
        task.exception()


def _settle(future: Future[T], task: asyncio.Task[T]) -> None:
    """Tell a future how a task has ended, unless it was cancelled."""
    if task.cancelled():
        future.cancel()
    if not future.set_running_or_notify_cancel():
        return
    error = task.exception()
    if error is None:
        future.set_result(task.result())
    else:
        future.set_exception(error)


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
