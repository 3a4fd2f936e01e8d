"""Run on a worker: do a job once, tell the caller how far it is, and stop where it is no longer wanted."""

from __future__ import annotations

import pickle
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import get_worker
from distributed.core import Status

from sora_nb.engines.base import Control
from sora_nb.engines.dask import jobs
from sora_nb.engines.dask.exchange import Exchange
from sora_nb.errors import ConfigError, SoraError

if TYPE_CHECKING:
    from distributed import Worker

    from sora_nb.engines.dask.jobs import Job

PROGRESS_SECONDS = 0.2
"""Least seconds between two words about the progress."""
_LEAVING = {Status.closing, Status.closed, Status.failed, Status.stopping, Status.stopped}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A job, and who asked for it.

    Attributes:
        job: what is to be done.
        order: the order that it is part of.
        name: which part of it.
        topic: under which Dask takes the progress to the caller.
        files: address of the store, which may have a password in it.
    """

    job: Job
    order: str
    name: str
    topic: str
    files: str = field(repr=False)

    @property
    def result(self) -> str:
        """What its result is called in the exchange."""
        return f"{self.order}/{self.name}"


@dataclass(frozen=True)
class Outcome:
    """How a task ended.

    Attributes:
        error: why there is no result, or None.
        value: what was asked, where that is no file.
    """

    error: SoraError | None = None
    value: Any = None


def run(asked: str, parcel: bytes, *before: Outcome, **_: object) -> Outcome:
    """Do a task, unless its result is there already.

    Args:
        asked: the caller's version of this package.
        parcel: the Task, pickled: another version may not even be able to read it.
        before: how the tasks ended that it builds on.
        _: what Dask is told about the task, where its version takes no note of it.

    Raises:
        Exception: a fault of the engine.
    """
    failed = next((outcome for outcome in before if outcome.error is not None), None)
    if failed is not None:
        return failed
    try:
        _check_version(asked)
        task: Task = pickle.loads(parcel)  # noqa: S301  from Dask, which runs whatever its clients send
        _do(task)
    except SoraError as error:
        return Outcome(error)
    return Outcome()


def describe(asked: str, engine: str, **_: object) -> Outcome:
    """Tell the model of an engine; see jobs.model_of().

    Args:
        asked, _: as of run().
        engine: its name.
    """
    try:
        _check_version(asked)
        return Outcome(value=jobs.model_of(engine))
    except SoraError as error:
        return Outcome(error)


def _check_version(asked: str) -> None:
    here = version("sora_nb")
    if asked != here:
        raise ConfigError(
            f"The worker at {get_worker().address} has sora_nb {here}, and this is sora_nb {asked}.",
            money="Nothing was charged.",
            hint="Install the same version on both: two versions need not make the same films.",
        )


@cache
def _exchange(files: str) -> Exchange:
    return Exchange(files)


def _do(task: Task) -> None:
    exchange = _exchange(task.files)
    if exchange.has(task.result):  # the worker that made it ended before it could say so
        return
    control = _control(task)
    with tempfile.TemporaryDirectory(dir=get_worker().local_directory) as folder:
        scratch, out = Path(folder, "scratch"), Path(folder, "out")
        scratch.mkdir()
        out.mkdir()
        control.step(0.0, "fetching what it needs")
        task.job.do(jobs.Bench(exchange, control, scratch, out))
        control.step(1.0, "done")
        exchange.put_result(out, task.result)


def _control(task: Task) -> Control:
    """Return what takes the progress to the caller, and stops the work where the caller, or this worker, has left."""
    worker = get_worker()
    key = worker.get_current_task()
    words = _Words(worker, task.topic)

    def report(fraction: float, stage: str) -> None:
        # Dask marks a task that nobody waits for any more, and leaves its thread to itself
        state = worker.state.tasks.get(key)
        if state is None or state.state == "cancelled" or worker.status in _LEAVING:
            control.cancel()
            control.step(fraction)
        words.put({"order": task.order, "name": task.name, "fraction": fraction, "stage": stage})

    control = Control(report)
    return control


class _Words:
    """Tells words about the progress, the newest one and not too often.

    The last one before a silence is told as well: a step that takes a minute is known when it begins.

    Args:
        worker: whose events they are.
        topic: as of Task.
    """

    def __init__(self, worker: Worker, topic: str) -> None:
        self._worker = worker
        self._topic = topic
        self._newest: dict[str, Any] = {}
        self._planned = False
        self._told = -PROGRESS_SECONDS

    def put(self, word: dict[str, Any]) -> None:
        """Take a word, from the thread of the task."""
        self._newest = word
        if not self._planned:
            self._planned = True
            wait = max(0.0, self._told + PROGRESS_SECONDS - time.monotonic())
            self._worker.loop.add_callback(self._worker.loop.call_later, wait, self._tell)

    def _tell(self) -> None:
        """Tell the newest word, from the worker's loop."""
        self._planned = False  # first: a word that is put meanwhile is told in its turn
        self._told = time.monotonic()
        self._worker.log_event(self._topic, self._newest)
