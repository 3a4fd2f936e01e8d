"""The calls of a session, each from its plan to its result: begun within the budget, found again, stopped, settled, resumed."""

from __future__ import annotations

import asyncio
import functools
import threading
import weakref
from typing import TYPE_CHECKING, Any

from sora_nb import background
from sora_nb.calls.job import Job, WaitInterrupted
from sora_nb.calls.recovery import Recovery
from sora_nb.calls.runner import Runner
from sora_nb.errors import GenerationFailed, Interrupted, InvalidInput, OutcomeUnknown, WaitTimeout
from sora_nb.models import State, dollars, micros
from sora_nb.money import prices
from sora_nb.money.budget import check_call
from sora_nb.providers.base import Ticket
from sora_nb.storage.call import ENDED, OPEN, Call

if TYPE_CHECKING:
    from sora_nb.calls.lending import Lender
    from sora_nb.calls.recovery import Resumed
    from sora_nb.calls.services import Services
    from sora_nb.models import Character, Dollars, Video
    from sora_nb.money.budget import Allowance
    from sora_nb.providers.base import Order, Provider, Report
    from sora_nb.storage.files import Files
    from sora_nb.storage.ledger import Ledger
    from sora_nb.storage.place import Presence

ANSWER_SECONDS = 0.1
"""How often is looked whether a call that is to be stopped has been accepted."""


class Jobs:
    """The jobs of this process, and the calls of the ledger that can be made jobs of.

    Args:
        services: who takes orders.
        ledger: where the rows are.
        files: where the results are kept.
        lender: as of Recovery.
        lock: this process, as the rows name it.
        allowance: what may be spent.
        person: whose calls these are.

    Attributes:
        runner: what carries them out.
    """

    def __init__(
        self,
        services: Services,
        ledger: Ledger,
        files: Files,
        lender: Lender,
        lock: Presence,
        *,
        allowance: Allowance,
        person: str,
    ) -> None:
        self._services = services
        self._ledger = ledger
        self._lock = lock
        self._allowance = allowance
        self._person = person
        self.runner = Runner(ledger, files, lock)
        self._recovery = Recovery(self.runner, ledger, lender, lock, services.opened)
        self._jobs: weakref.WeakValueDictionary[str, Job[Any]] = weakref.WeakValueDictionary()
        # a row can be read, and asked about, as soon as it is written: before its job is here, too
        self._naming = threading.RLock()

    def begin(
        self, call: Call, order: Order, provider: Provider, *, most: Dollars | None, copy: int | None = None
    ) -> Job[Any]:
        """Write the row of a call, within the budget, and start it.

        Args:
            call: the row, without its price.
            order: what is asked for, let pass by the provider.
            provider: the service.
            most: the most dollars that it may cost, whatever the budget has left.
            copy: as of Ledger.add().

        Returns:
            Its job, or that of the call that there is for this copy.

        Raises:
            BudgetExceeded: it would cost more; there is no row.
        """
        work = {
            "video": self.runner.video,
            "character": self.runner.character,
            "registration": self.runner.registration,
        }[order.kind]
        # what a job keeps holds these Jobs for as long as it is known, and no more of the call than its id
        stop = functools.partial(self._stop, call.id, provider)
        with self._naming:
            planned = self._plan(call, order, provider, most, copy)
            if planned.id != call.id:
                return self.get(planned.id)
            job = Job(planned, functools.partial(work, planned, order, provider), stop, self.stakes(planned))
            self._jobs[call.id] = job
        return job

    def _plan(self, call: Call, order: Order, provider: Provider, most: Dollars | None, copy: int | None) -> Call:
        price = prices.of_order(provider.profile, order)
        planned = {
            "estimate": price.micros,
            "reserved": price.charged_micros,
            "price": price.origin,
            "person": self._person,
        }
        if provider.profile.rehearsal:
            planned |= {"reserved": 0, "currency": "rehearsed"}
        check_call(price.charged_micros, most)
        return self.runner.plan(call.model_copy(update=planned), self._allowance, copy)

    async def _stop(self, ident: str, provider: Provider) -> bool:
        """Stop a call that this process has begun; False where that cannot be done."""
        if self.runner.cancel(ident):
            return True
        now = await asyncio.to_thread(self._row, ident)
        # it is being sent; once it is accepted it has an id by which it can be stopped
        while provider.profile.cancels and (now.state, now.kind, now.route) == (State.SENT, "video", "async"):
            await asyncio.sleep(ANSWER_SECONDS)
            now = await asyncio.to_thread(self._row, ident)
        return await provider.cancel(now.key, Ticket(id=now.task) if now.task else None)

    def stakes(self, call: Call) -> str:
        """Say what it would mean for money to cancel a call now, "" where it is free; see Job.stakes."""
        if call.reserved == 0:
            return ""
        name, provider = call.profile, self._services.opened(call.service)
        profile = provider.profile if provider is not None else None
        price = "" if call.estimate is None else f" (list price {dollars(call.estimate)})"
        if profile is not None and profile.cancels:
            bill = f"{name} may bill what it has done so far{price}"
            return f"{bill}; studio.settle(id, charged=...) writes down what its bill says."
        return f"{name} cannot stop what it has accepted: that goes on there, is billed{price}, and is kept when it is ready."

    def get(self, ident: str) -> Job[Any]:
        """Return the job of a call, running or ended; see Studio.job()."""
        with self._naming:
            return self._get(ident)

    def _get(self, ident: str) -> Job[Any]:
        known = self._jobs.get(ident) if isinstance(ident, str) else None
        if known is not None and known.state != "failed":
            return known
        call = self._row(ident)
        # any other may have been finished since
        if known is not None and call.state in {State.FAILED, State.INTERRUPTED}:
            return known
        if call.state in OPEN:
            self._services.open_known([call.service])

        async def start(report: Report) -> Any:
            note = "" if call.state in ENDED else await self._recovery.finish(call)
            result = await asyncio.to_thread(lambda: self._result(self._row(ident), note))
            report(100)
            return result

        async def stop() -> bool:
            provider = self._services.opened(call.service)
            return provider is not None and await provider.cancel(call.key, Ticket(id=call.task))

        job: Job[Any] = Job(call, start, stop, self.stakes(call))
        self._jobs[ident] = job
        return job

    def _result(self, call: Call, note: str) -> Video | Character:
        if call.state is State.UNKNOWN:
            raise OutcomeUnknown(call.error or "Nobody knows what became of the call.")
        if call.state in OPEN:
            raise WaitTimeout(f"The call has not ended: {note}.", money="")
        if call.state is State.INTERRUPTED:
            raise Interrupted(call.error, money="", hint="")
        if call.state is not State.DONE:
            raise GenerationFailed(call.error or "It failed, and gave no reason.", money="")
        if call.kind == "video":
            return call.video()
        return self._ledger.characters.of_call(call) or self._ledger.characters.get(call.characters[0], call.service)

    def _row(self, ident: object) -> Call:
        call = self._ledger.call(ident) if isinstance(ident, str) else None
        if call is None:
            raise InvalidInput(f"There is no call {ident!r} in this ledger.", hint="studio.costs() shows their ids.")
        return call

    def resume(self, *, remake: bool = False) -> list[Resumed]:
        """Finish what earlier kernels left open; see Studio.resume()."""
        self._services.provider()
        self._services.open_known(self._ledger.services((*OPEN, State.INTERRUPTED)))
        try:
            return background.run(lambda: self._recovery.resume(remake=remake))
        except KeyboardInterrupt:
            raise WaitInterrupted(
                "You stopped waiting; what was left open is being finished in the background.",
                hint="studio.resume() waits for it again, studio.costs() shows how far it is; nothing is paid again.",
            ) from None

    def is_under_way(self, call: Call) -> bool:
        """Whether somebody works on a call now: this process, or another one that lives."""
        return self._recovery.is_under_way(call)

    def settle(self, call: str | Call | Job[Any], charged: Dollars) -> Call:
        """Write down what a call cost, as the person read it on the bill; see Studio.settle()."""
        row = self._row(call.id if isinstance(call, (Call, Job)) else call)
        if self.runner.is_active(row):
            raise InvalidInput(
                "This call is under way here.", money="", hint="Wait for studio.job(id).result(), or cancel it."
            )
        if self.is_under_way(row):
            raise InvalidInput(
                "Another kernel works on this call.",
                money="",
                hint="Wait until it has ended there, or close that kernel and run studio.resume().",
            )
        self._services.open_known([row.service])
        # what no resume() has looked up may be fetched yet, unless its service cannot be asked from here
        looked_up = row.owner == self._lock.id or self._services.opened(row.service) is None
        return self._ledger.settle(row, micros(charged), unfinished=looked_up)
