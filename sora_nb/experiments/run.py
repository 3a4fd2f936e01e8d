"""A run of an experiment: each service at its own pace, all of them under one budget.

A service that would refuse every further video is stopped, and the others go on. What it was not sent is told with the
reason, and is tried again by the next run.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from sora_nb.calls.job import wait_for_any
from sora_nb.errors import (
    AuthError,
    BudgetExceeded,
    ConfigError,
    Interrupted,
    LedgerError,
    QuotaError,
    RouteRetired,
    SoraError,
)
from sora_nb.models import dollars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sora_nb.calls.job import Job
    from sora_nb.calls.session import Session
    from sora_nb.experiments.plan import Combination
    from sora_nb.models import Video

LOOK_SECONDS = 0.1
"""How often the progress is shown while nothing ends."""
STOPPING_ALL = (BudgetExceeded, LedgerError)
"""Errors that every further video would meet, whoever makes it."""
STOPPING_SERVICE = (AuthError, ConfigError, QuotaError, RouteRetired)
"""Errors that every further video of a service would meet; one of a retired model, every further one of that model."""


class Lane:
    """What one service has to make.

    Attributes:
        waiting: numbers of the combinations that are still to be asked for.
        running: those under way, by their jobs.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self.waiting = deque(numbers)
        self.running: dict[Job[Video], int] = {}


class Purse:
    """What a run may still spend: the list price of a video is held until its charge is known.

    Args:
        limit: micro-dollars, or None for no limit.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._spent = 0

    def hold(self, price: int | None) -> None:
        """Take out the list price of a video, in micro-dollars.

        Raises:
            BudgetExceeded: less than that is left.
        """
        if self._limit is not None and price and self._spent + price > self._limit:
            raise BudgetExceeded(
                f"The next video costs {dollars(price)}, but what this run has made and asked for comes to "
                f"{dollars(self._spent)} of the {dollars(self._limit)} allowed.",
                hint="Services charged more than their list prices; run() again with what the rest may cost.",
            )
        self._spent += price or 0

    def settle(self, price: int | None, charged: int | None) -> None:
        """Put the charge of a video in place of its list price, where it is known."""
        self._spent += 0 if charged is None else charged - (price or 0)


class Run:
    """Makes what is missing, and waits for what others are making.

    Args:
        session: who sends.
        combinations: the experiment.
        missing: numbers of those that are to be made.
        under_way: numbers of those that another run is making.
        budget: micro-dollars that it may cost, or None for no limit.
        at_once: videos asked for at the same time, by the names of services; others take what their profiles say.
        experiment, consent: as of Studio.sweep().

    Attributes:
        unsent: why a combination was not sent, by its number.
    """

    def __init__(
        self,
        session: Session,
        combinations: Sequence[Combination],
        missing: Sequence[int],
        under_way: Sequence[int],
        *,
        budget: int | None,
        at_once: Mapping[str, int],
        experiment: str,
        consent: str | None,
    ) -> None:
        self._session = session
        self._combinations = combinations
        self._elsewhere = frozenset(under_way)
        self._purse = Purse(budget)
        self._at_once = at_once
        self._experiment = experiment
        self._consent = consent
        self._numbers = (*missing, *under_way)
        services = dict.fromkeys(combinations[number].service for number in self._numbers)
        self._lanes = [
            Lane(number for number in self._numbers if combinations[number].service == one) for one in services
        ]
        self._errors: list[SoraError] = []
        self._failed: set[int] = set()
        self._ended = 0
        self.unsent: dict[int, str] = {}

    def make(self, advance: Callable[[float], None]) -> None:
        """Make all, a few at a time.

        Args:
            advance: told how many have ended, with parts of those under way.

        Raises:
            BudgetExceeded, LedgerError: nothing more can be made.
        """
        lanes = self._lanes
        try:
            while any(lane.waiting or lane.running for lane in lanes):
                for lane in lanes:
                    self._submit(lane)
                    self._collect(lane)
                running = [job for lane in lanes for job in lane.running]
                advance(self._ended + len(self.unsent) + sum(job.progress for job in running) / 100)
                wait_for_any(running, LOOK_SECONDS)
        except STOPPING_ALL as error:
            for lane in lanes:
                self._leave(lane, error, lane.waiting)
            raise

    def _submit(self, lane: Lane) -> None:
        """Ask for as many videos of a service as it takes at once."""
        while lane.waiting:
            number = lane.waiting[0]
            try:
                if len(lane.running) >= self._width(number):
                    return
                job = self._ask(number)
            except STOPPING_ALL:
                raise
            except STOPPING_SERVICE as error:
                self._stop(lane, error, number)
            except SoraError as error:  # refused here, though planning let it pass: its character is gone, for example
                self._leave(lane, error, [number])
            else:
                lane.waiting.popleft()
                lane.running[job] = number

    def _width(self, number: int) -> int:
        service = self._combinations[number].service
        return self._at_once.get(service.provider) or self._session.services.provider(service).profile.at_once

    def _ask(self, number: int) -> Job[Video]:
        wanted = self._combinations[number]
        price = self._due(number)
        self._purse.hold(price)
        try:
            return self._session.submit_video(
                wanted.prompt,
                model=wanted.model_name,
                size=wanted.size,
                seconds=wanted.seconds,
                seed=wanted.seed,
                experiment=self._experiment,
                consent=self._consent,
                copy=wanted.repeat,
            )
        except SoraError:
            self._purse.settle(price, 0)
            raise

    def _due(self, number: int) -> int | None:
        """Return what a combination will be charged in micro-dollars; one that another run makes costs this one nothing."""
        return 0 if number in self._elsewhere else self._combinations[number].due

    def _collect(self, lane: Lane) -> None:
        """Take what has ended out of a lane."""
        for job in [job for job in lane.running if job.done()]:
            number = lane.running.pop(job)
            call = self._session.ledger.call(job.id)
            if call is not None and number not in self._elsewhere:
                self._purse.settle(self._due(number), call.charged)
            try:
                job.result()
            except STOPPING_ALL:
                raise
            except STOPPING_SERVICE as error:
                self._failed.add(number)
                self._stop(lane, error, number)
            except Interrupted:  # its process ended
                lane.waiting.appendleft(number)
                continue
            except SoraError:  # its row tells
                pass
            self._ended += 1

    def _stop(self, lane: Lane, error: SoraError, number: int) -> None:
        """Leave out what would meet an error, too."""
        model = self._combinations[number].model if isinstance(error, RouteRetired) else None
        self._leave(lane, error, [one for one in lane.waiting if model in {None, self._combinations[one].model}])

    def _leave(self, lane: Lane, error: SoraError, numbers: Iterable[int]) -> None:
        left = set(numbers)
        self._errors.append(error)
        self._failed |= left
        self.unsent |= dict.fromkeys(left, " ".join(filter(None, (error.message, error.hint))))
        lane.waiting = deque(number for number in lane.waiting if number not in left)

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def failure(self) -> SoraError | None:
        """Return the one reason why nothing came of a run: its only service was stopped, or all met the same error."""
        if not self._errors:
            return None
        first = self._errors[0]
        stopped = [error for error in self._errors if isinstance(error, STOPPING_SERVICE)]
        if len(self._lanes) == 1 and stopped and not isinstance(stopped[0], RouteRetired):
            return stopped[0]
        alike = all(str(error) == str(first) for error in self._errors)
        return first if alike and self._failed.issuperset(self._numbers) else None

    def left_out(self) -> list[str]:
        """Say of each service what it was not sent, and why."""
        counted = Counter((self._combinations[number].service.provider, why) for number, why in self.unsent.items())
        return [
            f"{service}: {count} video{'s' * (count != 1)} not sent; the next run() tries again. {why}"
            for (service, why), count in counted.items()
        ]
