"""One thread for a widget's slow work, there only while there is some."""

from __future__ import annotations

import atexit
import contextvars
import itertools
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from sora_nb.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[], None]
    Job = Callable[[Check], None]

PATIENCE = 5.0
"""Seconds the end of the process waits for the job that is running to notice."""


class Worker:
    """Runs jobs one after the other; a newer job of a name takes the place of the older one, even of one that runs.

    A job gets a function to call often: it raises Cancelled once nobody wants the job's result.

    Args:
        failed: called with what a job raised.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._lock = threading.Lock()
        self._waiting: dict[str, Job] = {}
        self._running = ""
        self._unwanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._numbers = itertools.count()
        self.done: Future[None] = Future()
        self.done.set_result(None)

    def submit(self, name: str, job: Job) -> None:
        """Have a job done after those that wait."""
        with self._lock:
            self._waiting.pop(name, None)
            self._waiting[name] = job
            if self._running == name:
                self._unwanted.set()
            if self._thread is None:
                self.done = Future()
                # ipykernel 7.0 routes a thread's messages by its context
                context = contextvars.copy_context()
                self._thread = threading.Thread(
                    target=context.run, args=(self._work,), name="sora_nb-widget", daemon=True
                )
                atexit.register(self.stop)
                self._thread.start()

    def call(self, function: Callable[..., Any], *args: Any, **named: Any) -> Future[Any]:
        """Have a function called after the jobs that wait; return the future of its result. No newer call replaces it.

        Args:
            function: called in the context of whoever asks for it.
            args, named: its arguments.
        """
        future: Future[Any] = Future()
        context = contextvars.copy_context()

        def job(_: Check) -> None:
            try:
                future.set_result(context.run(function, *args, **named))
            except BaseException as error:  # noqa: BLE001  # whoever waits for the future is told
                future.set_exception(error)

        self.submit(f"call {next(self._numbers)}", job)
        return future

    def drop(self) -> None:
        """Forget all jobs, the running one too."""
        with self._lock:
            self._waiting.clear()
            self._unwanted.set()

    def stop(self) -> None:
        """Forget all jobs, and wait until the running one has noticed."""
        self.drop()
        thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    def _check(self) -> None:
        if self._unwanted.is_set():
            raise Cancelled("No longer wanted.")

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread, self._running = None, ""
                    atexit.unregister(self.stop)
                    self.done.set_result(None)
                    return
                self._running = next(iter(self._waiting))
                job = self._waiting.pop(self._running)
                self._unwanted.clear()
            try:
                job(self._check)
            except Cancelled:
                continue
            except Exception as error:  # noqa: BLE001 - the thread must go on, and the widget shows what it was
                if not self._unwanted.is_set():
                    self._failed(error)
