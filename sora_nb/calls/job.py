"""A call in the background, as the person who started it sees it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import time
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from sora_nb import background, display
from sora_nb.calls.pace import Pace, in_words
from sora_nb.errors import WaitTimeout
from sora_nb.storage.process_lock import check_process

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable

    from sora_nb.providers.base import Report
    from sora_nb.storage.ledger import Call

T = TypeVar("T")


class WaitInterrupted(KeyboardInterrupt):
    """A cell was interrupted while it waited; a KeyboardInterrupt, since whoever catches errors does not mean it.

    Args:
        message: what became of what was waited for, in one line.
        hint: how to go on, in one line.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(f"{message}\n{hint}")
        self.message = message
        self.hint = hint

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: two lines, and no traceback, since nothing went wrong."""
        return [self.message, self.hint]


class Cancellation:
    """What became of a job that was to be stopped; true where it is stopped.

    Attributes:
        words: what it means, for money too.
    """

    def __init__(self, words: str, *, stopped: bool) -> None:
        self._stopped = stopped
        self.words = words

    def __bool__(self) -> bool:
        return self._stopped

    def __repr__(self) -> str:
        return self.words


def wait_for_any(jobs: Iterable[Job[Any]], seconds: float) -> None:
    """Wait until one of some jobs has ended, but no longer than that many seconds; not at all where there is none."""
    ending = [job._future for job in jobs]  # noqa: SLF001  a job's own module
    concurrent.futures.wait(ending, timeout=seconds, return_when=concurrent.futures.FIRST_COMPLETED)


class Job(Generic[T]):
    """A call that goes on in the background, even while cells run or are interrupted.

    `job.result()` waits for it, `await job` does so in a cell, `job.progress` tells how far it is, `job.cancel()` stops
    it, and `studio.job(job.id)` gives it back after its variable is gone.

    Attributes:
        id: of the call's row in studio.costs().
        kind: "video", "character" or "registration".
        prompt: what was asked for.
        progress: 0 to 100.
        stage: what is being done now, in words, where the service or the engine tells.
        stakes: what cancel() would mean for money, in words; "" where it is free.
    """

    def __init__(
        self,
        call: Call,
        start: Callable[[Report], Coroutine[Any, Any, T]],
        stop: Callable[[], Coroutine[Any, Any, bool]],
        stakes: str = "",
    ) -> None:
        self.id = call.id
        self.prompt = call.prompt
        self.kind = call.kind
        self.progress = 0.0
        self.stage = ""
        self.stakes = stakes
        self._pace = Pace(time.monotonic())
        self._process = os.getpid()
        self._stop = stop
        self._free = call.reserved == 0
        self._work = background.Work(start, self._advance)

    @property
    def _future(self) -> concurrent.futures.Future[T]:
        return self._work.future

    def _advance(self, percent: float, stage: str = "", /) -> None:
        self.progress = max(self.progress, percent)
        self.stage = stage
        self._pace.note(self.progress, time.monotonic())

    @property
    def seconds_left(self) -> float | None:
        """The seconds it will still take at its pace so far; None while nobody can say, and once it has ended."""
        return None if self.done() else self._pace.left(time.monotonic())

    @property
    def doing(self) -> str:
        """What is being done and how long that will take, in words: "looking for faces, about 8 s left"."""
        return "" if self.done() else ", ".join(filter(None, [self.stage, in_words(self.seconds_left)]))

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._work.done()

    def result(self, timeout: float | None = None) -> T:
        """Wait for the result.

        Args:
            timeout: seconds to wait, or None for as long as it takes.

        Raises:
            WaitTimeout: it has not ended yet; it goes on.
            WaitInterrupted: the cell was interrupted; it goes on.
            ConfigError: it goes on in the process that this one was forked from.
            SoraError: why it failed.
        """
        self._check_process()
        try:
            return self._future.result(timeout)
        except concurrent.futures.TimeoutError as error:
            if self.done():  # just now, or with such an error
                return self._future.result()
            raise WaitTimeout(
                f"The {self.kind} is at {self.progress:.0f} % after {timeout:g} s.",
                money="It is free." if self._free else None,
                hint="Call result() again, or studio.job(id).result() later.",
            ) from error
        except KeyboardInterrupt:
            raise self._interrupted() from None

    def _interrupted(self) -> WaitInterrupted:
        """Tell whoever interrupted a cell what the call does now, and how to go on."""
        at = ", ".join(filter(None, [f"{self.progress:.0f} %", self.stage]))
        price = "it may be billed all the same" if self.stakes else "free"
        return WaitInterrupted(
            f"You stopped waiting; the {self.kind} goes on in the background ({at}), as call {self.id}.",
            hint=f'studio.job("{self.id}").result() waits again, .cancel() stops it ({price}); '
            "after a restart of the kernel use studio.resume().",
        )

    def cancel(self) -> Cancellation:
        """Stop the call: the local engine within a second, a service where it can stop a task.

        Returns:
            Whether it is stopped, and in words what that means for money; result() raises Cancelled then. False where
            it has ended, or goes on and is paid for.

        Raises:
            SoraError: the service could not be asked.

        Cost: nothing at the local engine; a service may bill what it stopped, see studio.settle().
        """
        self._check_process()
        if self.done():
            return Cancellation(f"The {self.kind} has ended already.", stopped=False)
        if not background.run(self._stop):
            if self.done():
                return Cancellation(f"The {self.kind} has just ended.", stopped=False)
            goes_on = self.stakes or f"The {self.kind} goes on, and costs nothing."
            return Cancellation(f"Not stopped. {goes_on}", stopped=False)
        return Cancellation(f"Stopped. {self.stakes or 'It costs nothing.'}", stopped=True)

    def __await__(self) -> Generator[Any, None, T]:
        self._check_process()
        # shielded: stopping the cell stops the waiting, not the job
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def show_progress(self) -> T:
        """Wait for the result behind a progress bar."""
        self._check_process()

        from tqdm.auto import tqdm

        label = display.plain(self.prompt or self.kind, 40)
        shape = "{l_bar}{bar}| {elapsed}{postfix}"
        try:
            with tqdm(total=100, desc=label, leave=False, bar_format=shape) as bar:
                while not self._future.done():
                    concurrent.futures.wait([self._future], timeout=0.1)
                    bar.set_postfix_str(self.doing, refresh=False)
                    bar.update(self.progress - bar.n)
                    bar.refresh()
                if not self._future.exception():
                    bar.set_postfix_str("", refresh=False)
                    bar.update(100 - bar.n)  # a bar that is not full stays in the notebook, in red
        except KeyboardInterrupt:
            raise self._interrupted() from None
        return self._future.result()

    def _check_process(self) -> None:
        if not self.done():  # nobody would ever end it here
            check_process(self._process)

    @property
    def state(self) -> Literal["running", "done", "failed"]:
        """Where it stands."""
        if not self.done():
            return "running"
        return "failed" if self._future.exception() else "done"

    def __repr__(self) -> str:
        return f"Job({self.kind}, {self.state}, {self.progress:.0f} %, {display.plain(self.prompt, 60)!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        doing = f" ({self.doing})" if self.doing else ""
        text = f"{self.state}{doing}: {self.prompt or self.kind}"
        return {"text/plain": repr(self), "text/html": display.progress(self.progress / 100, text)}
