"""A call in the background, as the person who started it sees it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from sora_nb import background, display
from sora_nb.errors import WaitTimeout
from sora_nb.storage.process_lock import check_process

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    from sora_nb.storage.ledger import Call

T = TypeVar("T")


class Job(Generic[T]):
    """A call that goes on in the background, even while cells run or are interrupted.

    `job.result()` waits for it, `await job` does so in a cell, `job.progress` tells how far it is, `job.cancel()` stops
    it, and `studio.job(job.id)` gives it back after its variable is gone.

    Attributes:
        id: of the call's row in studio.costs().
        kind: "video", "character" or "registration".
        prompt: what was asked for.
        progress: 0 to 100.
    """

    def __init__(
        self,
        call: Call,
        start: Callable[[Callable[[float], None]], Coroutine[Any, Any, T]],
        stop: Callable[[], Awaitable[bool]],
    ) -> None:
        self.id = call.id
        self.prompt = call.prompt
        self.kind = call.kind
        self.progress = 0.0
        self._process = os.getpid()
        self._stop = stop
        self._free = call.reserved == 0
        self._future: concurrent.futures.Future[T] = background.submit(start, self._advance)

    def _advance(self, percent: float) -> None:
        self.progress = max(self.progress, percent)

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._future.done()

    def result(self, timeout: float | None = None) -> T:
        """Wait for the result.

        Args:
            timeout: seconds to wait, or None for as long as it takes.

        Raises:
            WaitTimeout: it has not ended yet; it goes on.
            ConfigError: it goes on in the process that this one was forked from.
            SoraError: why it failed.
        """
        self._check_process()
        try:
            return self._future.result(timeout)
        except concurrent.futures.TimeoutError as error:
            if self._future.done():
                raise
            raise WaitTimeout(
                f"The {self.kind} is at {self.progress:.0f} % after {timeout:g} s.",
                money="It is free." if self._free else None,
                hint="Call result() again, or studio.job(id).result() later.",
            ) from error

    def cancel(self) -> bool:
        """Stop the call: the local engine within a second, a service where it can stop a task.

        Returns:
            Whether it is stopped; result() raises Cancelled then. False where it has ended, or goes on and is paid for.

        Cost: nothing at the local engine; a service may bill what it stopped, see studio.settle().
        """
        self._check_process()
        return not self.done() and background.run(self._stop)

    def __await__(self) -> Generator[Any, None, T]:
        self._check_process()
        # shielded: stopping the cell stops the waiting, not the job
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def show_progress(self) -> T:
        """Wait for the result behind a progress bar."""
        self._check_process()

        from tqdm.auto import tqdm

        label = display.plain(self.prompt or self.kind, 40)
        with tqdm(total=100, desc=label, leave=False, bar_format="{l_bar}{bar}| {elapsed}") as bar:
            while not self._future.done():
                concurrent.futures.wait([self._future], timeout=0.1)
                bar.update(self.progress - bar.n)
            if not self._future.exception():
                bar.update(100 - bar.n)  # a bar that is not full stays in the notebook, in red
        return self._future.result()

    def _check_process(self) -> None:
        if not self._future.done():  # nobody would ever end it here
            check_process(self._process)

    @property
    def state(self) -> Literal["running", "done", "failed"]:
        """Where it stands."""
        if not self._future.done():
            return "running"
        return "failed" if self._future.exception() else "done"

    def __repr__(self) -> str:
        return f"Job({self.kind}, {self.state}, {self.progress:.0f} %, {display.plain(self.prompt, 60)!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        text = f"{self.state}: {self.prompt or self.kind}"
        return {"text/plain": repr(self), "text/html": display.progress(self.progress / 100, text)}
