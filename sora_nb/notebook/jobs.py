"""The jobs that an app shows, from their beginning to their end: its own, other cells', and what an earlier kernel left open."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import TYPE_CHECKING, Any

from sora_nb import display
from sora_nb.errors import Cancelled, OutcomeUnknown, SoraError
from sora_nb.models import State, dollars
from sora_nb.notebook.widgets.job_list import JobList
from sora_nb.storage.call import OPEN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sora_nb.calls.job import Job
    from sora_nb.calls.recovery import Resumed
    from sora_nb.calls.session import Session
    from sora_nb.storage.call import Call

LOOK_SECONDS = 0.3
"""How often a job's progress is shown anew."""


class Jobs:
    """Follows jobs in two lists.

    Args:
        session: whose jobs.
        apart: calls a function that changes widgets, away from the background loop.
        costs: shows what everything has cost.

    Attributes:
        making, rendering: the lists of those that make characters and videos.
    """

    def __init__(self, session: Session, apart: Callable[..., Awaitable[Any]], costs: Callable[[], None]) -> None:
        self._session = session
        self._apart = apart
        self._costs = costs
        self.making = JobList("Make a character", ready=False, note="Choose a video first.")
        self.rendering = JobList()

    def of(self, call: Call) -> JobList:
        """Return the list in which a call is shown."""
        return self.rendering if call.kind == "video" else self.making

    async def follow(self, jobs: JobList, job: Job[Any], label: str) -> Any:
        """Show a job until it ends; return its result, or None where it has none."""
        await self._apart(self._costs)
        while not job.done():
            told = {"percent": job.progress, "stage": job.doing, "stakes": job.stakes}
            await self._apart(jobs.show, job.id, label, "running", **told)
            await asyncio.sleep(LOOK_SECONDS)
        try:
            return job.result()
        except OutcomeUnknown as error:
            await self._apart(jobs.show, job.id, label, "unknown", note=str(error))
        except Cancelled as error:
            await self._apart(jobs.show, job.id, label, "cancelled", note=str(error))
        except SoraError as error:
            await self._apart(jobs.show, job.id, label, "failed", note=str(error))
        except concurrent.futures.CancelledError:
            await self._apart(jobs.show, job.id, label, "cancelled", note="The call was cancelled.")
        finally:
            await self._apart(self._costs)
        return None

    async def cancel(self, jobs: JobList, key: str) -> None:
        """Stop a job, or say beside it why it goes on and what that means for money."""
        job = await asyncio.to_thread(self._session.job, key)
        told = await asyncio.to_thread(job.cancel)
        if not told:
            await self._apart(jobs.remark, key, told.words)

    def show(self, call: Call) -> None:
        """Show where a call stands that was not made here."""
        note = call.error or ("" if call.state in OPEN else f"charged {dollars(call.charged)}")
        mine = call.state in OPEN and call.owner == self._session.lock.id
        stakes = self._session.stakes(call) if mine else None
        self.of(call).show(call.id, _title(call), _shown(call.state), note=note, stakes=stakes)

    # --- what an earlier kernel left open -----------------------------------------------------------------------------

    def left_open(self) -> set[str]:
        """Show the calls that an earlier kernel left open; return their ids."""
        rows = self._session.unfinished()
        with self.making.hold_sync(), self.rendering.hold_sync():
            for call in rows:
                lost = call.state in {State.SENT, State.UNKNOWN}
                state = "unknown" if lost else "running"
                stakes = self._session.stakes(call)
                self.of(call).show(call.id, _title(call), state, note="from an earlier session", stakes=stakes)
        return {call.id for call in rows}

    def show_resumed(self, resumed: Sequence[Resumed]) -> None:
        """Show what became of them."""
        # those of this kernel that go on are not among them, and keep what is shown of them
        with self.making.hold_sync(), self.rendering.hold_sync():
            for found in resumed:
                state = _shown(found.call.state)
                self.of(found.call).show(found.call.id, _title(found.call), state, note=found.note)


def _shown(state: State) -> str:
    """Return what a list of jobs calls a state."""
    if state in {State.DONE, State.FAILED, State.UNKNOWN}:
        return state.value
    return "running" if state in OPEN else "failed"


def _title(call: Call) -> str:
    return call.prompt or f"Character from {call.clip} of {display.origin(call.source)}"
