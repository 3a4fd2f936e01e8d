"""Run accepted tasks in threads, one after another in each, and write their ends."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from sora_nb.engines.base import Control
from sora_nb.errors import (
    Cancelled,
    ConfigError,
    DownloadError,
    GenerationFailed,
    LedgerError,
    SoraError,
    StoreError,
)
from sora_nb.models import Status
from sora_nb.server import logs
from sora_nb.server.maker import Maker
from sora_nb.server.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.engines.base import Engine
    from sora_nb.providers.films import Films
    from sora_nb.server.store import Store
    from sora_nb.server.task import Task

T = TypeVar("T")
LOG = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.25
"""Least seconds between two writes of a task's progress."""
POLL_SECONDS = 2.0
"""Seconds between two searches for tasks of ended processes."""
CLEANUP_SECONDS = 3600.0
"""Seconds between two searches for unused files."""


class WorkerPool:
    """A few threads, each of which runs the tasks of a store one after another.

    Args:
        store: where the tasks are.
        engine: what does the work.
        films: engines that only film, each for its own model.
        workers: tasks worked on at once.
        private_sources: whether videos may be fetched from private networks.
        metrics: where waits and work are counted; None for nobody to read.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        films: Films,
        *,
        workers: int = 1,
        private_sources: bool = False,
        metrics: Metrics | None = None,
    ) -> None:
        self._store = store
        self._metrics = metrics or Metrics(store.counts)
        self.films = films
        self._maker = Maker(store, engine, films, self._metrics, self._lasting, private_sources=private_sources)
        self._wake = threading.Condition()
        self._stopping = False
        self._wakeups = 0
        self._deleted_unused_at = float("-inf")
        self._took_back_at = float("-inf")
        self._claiming = threading.Lock()
        self._controls: dict[str, Control] = {}
        self._alone = ""
        """The id of a task beside which nothing else is begun."""
        self._threads = [
            threading.Thread(target=self._work, name=f"sora_nb-job-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        """Start the threads."""
        if self._threads:
            self._store.queue.tell(self._hear)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hand back the tasks being worked on, which wait for the next process, and end the threads."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for control in list(self._controls.values()):
            control.cancel()
        is_handed_back = self._hand_back()  # at once, whenever the engine notices
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)
        if is_handed_back:
            self._hand_back()  # what was claimed at the last moment

    def _hand_back(self) -> bool:
        try:
            for task in self._store.queue.hand_back():
                logs.task_changed(task)
        except LedgerError:
            LOG.warning("what this server works on waits until others see that it has ended", exc_info=True)
            return False
        return True

    @property
    def stopping(self) -> bool:
        """Whether the tasks that have not ended will not end in this process."""
        return self._stopping

    def wake(self) -> None:
        """Say that there is a new task."""
        with self._wake:
            self._wakeups += 1
            self._wake.notify_all()

    def _hear(self) -> bool:
        self.wake()
        return not self._stopping

    def cancel(self, task: Task) -> None:
        """Stop a task, if it is being worked on here."""
        control = self._controls.get(task.id)
        if control is not None:
            control.cancel()

    def _work(self) -> None:
        while not self._stopping:
            woken = self._wakeups
            try:
                task = self._next()
                if task is not None:
                    self._execute(task)
                    continue
            except SoraError:
                LOG.exception("the database or the files of the local server cannot be used; trying again")
            with self._wake:
                # a task that came after the look at the store is not left lying
                if self._wakeups == woken and not self._stopping:
                    self._wake.wait(POLL_SECONDS)

    def _next(self) -> Task | None:
        if time.monotonic() - self._deleted_unused_at > CLEANUP_SECONDS:
            self._deleted_unused_at = time.monotonic()
            self._store.delete_unused()
        with self._claiming:  # what this process has claimed and does not work on was claimed without its knowledge
            if time.monotonic() - self._took_back_at > POLL_SECONDS:
                self._took_back_at = time.monotonic()
                for ended in self._store.queue.take_back(self._controls.keys()):
                    logs.task_changed(ended)
            if self._alone in self._controls:
                return None
            task = self._store.queue.claim(alone=not self._controls)
            if task is not None:
                self._controls[task.id] = self._control(task)
                self._alone = task.id if task.is_suspect else ""
        if task is not None:
            waited = max(0.0, time.time() - task.created_at)
            self._metrics.waited(task.kind, waited)
            logs.task_changed(task, waited=round(waited, 3))
        return task

    def _control(self, task: Task) -> Control:
        control = Control(_Progress(self._store, task))
        control.urgency = task.urgency
        return control

    def _execute(self, task: Task) -> None:
        control = self._controls[task.id]
        if self._stopping:  # it was claimed at the last moment
            control.cancel()
        try:
            make = self._maker.extract if task.kind == "character" else self._maker.generate
            done = make(task, control)
            self._end(task, status=Status.COMPLETED, progress=100, **done)
        except Cancelled:  # it was deleted, another server has taken it over, or it was handed back
            if self._stopping:
                logs.task_changed(task, state=Status.QUEUED.value)
                return
        except (LedgerError, StoreError):
            LOG.exception("task %s waits until the database and the files can be used", task.id)
            self._lasting(lambda: self._store.queue.update(task, status=Status.QUEUED, owner="", progress=0))
            logs.task_changed(task, state=Status.QUEUED.value)
            self._pause()
            return
        except SoraError as error:
            # what to do about a failed download is written for the client, whose download it is not
            code, hint = ("invalid_url", "") if isinstance(error, DownloadError) else ("unusable_video", error.hint)
            engine = task.request.get("model") in self.films or isinstance(error, (ConfigError, GenerationFailed))
            code = "engine_error" if engine else code
            message = " ".join(part for part in (error.message, hint) if part)
            self._end(task, status=Status.FAILED, error_code=code, error=message)
        except Exception:
            LOG.exception("task %s failed", task.id)
            message = "The engine failed on this request."
            self._end(task, status=Status.FAILED, error_code="engine_error", error=message)
        finally:
            with self._claiming:
                if self._controls.get(task.id) is control:  # else it was handed back, and claimed again
                    del self._controls[task.id]
            if task.is_suspect:
                self.wake()  # the other threads have waited for its end
        self._store.source_path(task.id).unlink(missing_ok=True)

    def _end(self, task: Task, **values: Any) -> None:
        if self._lasting(lambda: self._store.queue.finish(task, **values)):
            logs.task_changed(task.model_copy(update=values))
        else:
            self._lasting(lambda: self._store.delete_orphan(task))

    def _lasting(self, step: Callable[[], T]) -> T:
        """Do a step when the database and the files can be used, however long that takes.

        Raises:
            Cancelled: the server stops before.
        """
        while True:
            try:
                return step()
            except (LedgerError, StoreError) as error:
                if self._stopping:
                    raise Cancelled("The server stops.") from error
                LOG.warning("trying again: %s", error)
                self._pause()

    def _pause(self) -> None:
        with self._wake:
            if not self._stopping:
                self._wake.wait(POLL_SECONDS)


class _Progress:
    """Writes a task's progress, but not so often that the database is busy with it."""

    def __init__(self, store: Store, task: Task) -> None:
        self._store = store
        self._task = task
        self._written = 0.0

    def __call__(self, fraction: float, _: str) -> None:
        now = time.monotonic()
        if now - self._written >= PROGRESS_SECONDS:
            self._written = now
            try:
                goes_on = self._store.queue.update(self._task, progress=round(min(99.0, 100 * fraction), 1))
            except LedgerError:
                return  # the work does not depend on it
            if not goes_on:
                raise Cancelled("It was deleted by way of another server, or is another one's now.")
