"""When to ask about tasks under way, and how to ask about many at once. Waiting is apart from deciding how long.

A listing answers a hundred tasks with one request, so tasks that are due together are looked up there where the service
has one; whatever it does not show is asked for one by one, a few at a time. A listing may lag behind, for ever at some
gateways: the task that it has shown without a change for longest is asked for by itself as well, and where the answer is
another, so is every task for a while.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.display import plain
from sora_nb.errors import (
    Cancelled,
    NotDelivered,
    NotFound,
    RateLimited,
    StatusUnknown,
    UpstreamError,
    WaitTimeout,
)
from sora_nb.models import Status
from sora_nb.providers.base import filled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from sora_nb.errors import SoraError
    from sora_nb.models import Video
    from sora_nb.providers.base import Awaited, Report
    from sora_nb.providers.profile import Pace, VideoRules

FEW = 4
"""Requests about single tasks under way at once; httpx slows down badly above eight (measured)."""
MANY = 4
"""From so many tasks on they are asked for together."""
REST_SECONDS = 60.0
"""How long a listing that did not help, or lags behind, is left alone."""
STALE_PAUSES = 2
"""After so many of the longest pauses without a change in the listing a task is asked for by itself."""
STILL_SECONDS = 600.0
"""How long a task may stand still under a status word that nobody knows; one that is older is looked at twice."""
ASKED_LONGEST = 120.0
"""A service may ask for longer pauses than the profile's, but not for any length."""
_STAGES = {Status.QUEUED: "waiting at the service", Status.IN_PROGRESS: "being made at the service"}
LOST_SECONDS = 120.0
"""How long polling goes on while no poll is answered, and how long a new task may be unknown to its own service."""


def cancelled() -> Cancelled:
    """Return the error of whoever waits for a task that was stopped at a service, which has not said what that costs."""
    return Cancelled(
        "The task was cancelled at the service.",
        money="Whether that is billed is not known, so it is counted at its estimate.",
        hint="studio.settle(id, charged=...) writes down what the bill says.",
    )


def next_poll(pace: Pace, elapsed: float, progress: float, asked: float | None = None) -> float:
    """Decide how many seconds to wait before the next poll.

    The end is extrapolated from the progress made: a task of three minutes takes about 15 polls at a mean lag of one
    second that way, against 185 polls at a fixed second. Without progress the pause grows threefold each time.

    Args:
        pace: the gateway's bounds in seconds.
        elapsed: seconds since the task was last seen without progress, or was created.
        progress: 0 to 100.
        asked: the shortest pause in seconds the service itself asked for, or None.
    """
    # a little less than what seems to be left, for progress is told late and in whole percents
    pause = 0.9 * elapsed * (100 - progress) / progress if progress > 0 else 3 * elapsed
    return max(min(pace.longest, max(pace.shortest, pause)), min(ASKED_LONGEST, asked or 0))


class Polled(NamedTuple):
    """What a service said about a task.

    Attributes:
        video: the task.
        asked: seconds that the service asked to be left alone, if it did.
        listed: whether its listing said so.
    """

    video: Video
    asked: float | None = None
    listed: bool = False


@dataclass(slots=True, eq=False)
class _Question:
    """A task to ask about.

    Attributes:
        awaited: as it was when the wait for it began.
        due: when to ask.
        deadline: when nobody waits for the answer any more, in the loop's time.
        checked: when what the listing shows of it last changed, or was seen to be so.
        answer: what was said.
        shown: what the listing shows of it, where it is asked for by itself all the same.
    """

    awaited: Awaited
    due: float
    deadline: float
    checked: float
    answer: asyncio.Future[Polled]
    shown: Video | None = None

    @property
    def task(self) -> str:
        return self.awaited.id


@dataclass(slots=True, eq=False)
class _Seen:
    """What is remembered of a task from one poll to the next.

    Attributes:
        created: the task as it was when the wait for it began.
        begun: when that was.
        heard: when the service last said anything.
        moved: when the task last changed; before there was a change, when it was created.
        checked: when the listing last showed a change of it, or it was asked for by itself.
        progress, word: its progress, and its status word where nobody knows that.
    """

    created: Awaited
    begun: float
    heard: float
    moved: float
    checked: float
    progress: float
    word: str | None = None

    def answered(self, video: Video, now: float, *, listed: bool) -> Video:
        """Take an answer, and return the task as it is, with what the answer does not repeat of it.

        Raises:
            StatusUnknown: it has stood still for long under a word that nobody knows, and has no link.
        """
        created = self.created
        created_at = video.created_at or created.created_at
        video = filled(video, created).model_copy(update={"id": created.id, "created_at": created_at})
        still = (self.word, self.progress) == (video.status_word, video.progress)
        if not still and self.word is not None:
            self.moved = now
        if not listed or self.moved == now:
            self.checked = now
        self.heard, self.progress, self.word = now, video.progress, video.status_word
        if still and self.word and now - self.moved > STILL_SECONDS:
            if not video.url:
                raise self.unknown(now)
            return video.model_copy(update={"status": Status.COMPLETED, "status_word": ""})
        return video

    def unanswered(self, error: SoraError, now: float, *, old: bool) -> float | None:
        """Take an error of asking, and return for how many seconds the service asked to be left alone.

        A service may not know its own new task for a while, or be away for a moment; polling is free.

        Raises:
            WaitTimeout: it has been away for long, or has forgotten an old task.
        """
        task = self.created.id
        if isinstance(error, RateLimited):
            self.heard = now
        if isinstance(error, NotFound) and old:
            raise WaitTimeout(
                f"The service does not know {task} any more: {error}", money="It may have been billed."
            ) from error
        if now - self.heard > LOST_SECONDS:
            raise WaitTimeout(f"The service no longer answers about {task}: {error}") from error
        return getattr(error, "retry_after", None)

    def unknown(self, now: float) -> StatusUnknown:
        """Return the error that tells of a word that nobody knows."""
        since = datetime.now(UTC) - timedelta(seconds=now - max(self.begun, self.moved))
        return StatusUnknown(self.created.id, plain(self.word, 60), since)


class Poller:
    """Asks about all the tasks of one service.

    Args:
        one: asks about one task.
        page: lists the tasks after the one named, newest first; None where the service has no listing.
        rules: the gateway's pace and longest wait; where many tasks wait, requests come in bursts no closer than the
            shortest pause.
        sleep, clock: as HostedProvider has them.
    """

    def __init__(
        self,
        one: Callable[[Awaited], Awaitable[Polled]],
        page: Callable[[str | None], Awaitable[list[Video]]] | None,
        rules: VideoRules,
        *,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self._one = one
        self._page = page
        self._pace = rules.poll
        self._longest = rules.wait_longest
        self._sleep = sleep
        self._clock = clock
        self._questions: list[_Question] = []
        self._dropped: set[str] = set()
        self._few = asyncio.Semaphore(FEW)
        self._asking: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._asleep_until: float | None = None
        self._served = self._list_from = self._quiet_until = -math.inf
        self._depth = 1  # pages to read until all tasks that were due have been seen
        self._ended_unlisted = ""  # a task that ended after the listing was read, or which the listing lags behind

    async def wait(self, created: Awaited, report: Report) -> Video:
        """Ask about a task until it has ended, well or badly, and return it as it is then.

        Args:
            created: the task as it was last seen; it had not ended.
            report: told the progress with each answer.

        Raises:
            WaitTimeout: it did not end in time, or the service stopped answering, or does not know it any more.
            StatusUnknown: the service has only a word for it that nobody knows.
        """
        pace = self._pace
        start = self._clock()
        deadline = asyncio.get_running_loop().time() + self._longest
        age = (datetime.now(UTC) - created.created_at).total_seconds() if created.created_at else pace.shortest
        begun, pause = start - max(0.0, age), min(pace.shortest, max(0.0, pace.shortest - age))
        seen = _Seen(created, start, start, begun, begun, created.progress)
        video: Video | None = None
        while video is None or not video.status.ended:
            asked = video = None  # between two polls no answer is kept: thousands of tasks may wait
            try:
                video, asked, listed = await self._ask_once(created, pause, deadline, seen.checked)
            except WaitTimeout as error:
                if not seen.word or asyncio.get_running_loop().time() < deadline:
                    raise
                raise seen.unknown(self._clock()) from error
            except (UpstreamError, NotDelivered, RateLimited, NotFound) as error:
                asked = seen.unanswered(error, self._clock(), old=age > LOST_SECONDS)
            else:
                video = seen.answered(video, self._clock(), listed=listed)
                report(video.progress, _STAGES.get(video.status, ""))
            now = self._clock()
            if (video is None or not video.status.ended) and now - start > self._longest:
                late = WaitTimeout(f"{created.id} has not ended after {now - start:.0f} s.")
                raise seen.unknown(now) if seen.word else late
            pause = next_poll(pace, now - begun, seen.progress, asked)
            begun = begun if seen.progress else now
        return video

    def _ask_once(self, created: Awaited, pause: float, deadline: float, checked: float) -> asyncio.Future[Polled]:
        """Have a task asked about once.

        Args:
            created: the task.
            pause: seconds before that.
            deadline: the loop's time at which nobody waits for the answer any more.
            checked: when what the listing shows of it last changed, or was seen to be so.

        Returns:
            What will be answered, or raised: a SoraError of asking, or WaitTimeout where the deadline passes or the
            provider is closed first. No coroutine: thousands of tasks may wait, each with the frames of whoever waits.
        """
        loop = asyncio.get_running_loop()
        question = _Question(created, self._clock() + pause, deadline, checked, loop.create_future())
        self._questions.append(question)
        self._end_dropped(question)  # it may have been cancelled before anybody waited for it
        if self._watchdog is None:
            self._watchdog = loop.call_at(deadline, self._end_overdue)
        early = self._asleep_until is not None and question.due < self._asleep_until
        if early and self._runner is not None:
            self._runner.cancel()
        if early or self._runner is None or self._runner.done():
            self._asleep_until = None
            self._runner = asyncio.create_task(self._run())
        return question.answer

    def _end_overdue(self) -> None:
        """End the waits whose deadline has passed, though nothing was answered; whatever became of those who ask."""
        loop = asyncio.get_running_loop()
        for question in _open(self._questions):
            if question.deadline <= loop.time():
                late = WaitTimeout(f"{question.task} has not ended after {self._longest:.0f} s.")
                question.answer.set_exception(late)
        left = min((question.deadline for question in _open(self._questions)), default=None)
        self._watchdog = None if left is None else loop.call_at(left, self._end_overdue)

    def drop(self, task: str) -> None:
        """Stop asking about a task that was cancelled; who waits for it, now or later, gets a Cancelled."""
        self._dropped.add(task)
        for question in _open(self._questions):
            self._end_dropped(question)

    def _end_dropped(self, question: _Question) -> None:
        if question.task in self._dropped:
            question.answer.set_exception(cancelled())

    def close(self) -> None:
        """Stop asking."""
        for running in (self._runner, self._watchdog, *self._asking):
            if running is not None:
                running.cancel()
        for question in self._questions:
            if not question.answer.done():
                question.answer.set_exception(WaitTimeout("The studio was closed while it waited."))

    async def _run(self) -> None:
        while (until := self._next()) < math.inf:
            if until > self._clock():
                self._asleep_until = until
                await self._sleep(min(ASKED_LONGEST, until - self._clock()))  # a clock may have been set back
                self._asleep_until = None
            else:  # more may wait since it fell asleep: then it is still too early
                await self._serve()

    def _next(self) -> float:
        """When the next question falls due; where many wait, those that fall due a little later go along."""
        self._questions = _open(self._questions)
        until = min((question.due for question in self._questions), default=math.inf)
        together = self._served + self._pace.shortest if len(self._questions) >= MANY else until
        return max(until, together, self._quiet_until)

    async def _serve(self) -> None:
        now = self._clock()
        due = [question for question in _open(self._questions) if question.due <= now]
        if self._page is not None and len(due) >= MANY and len(due) > self._depth and now >= self._list_from:
            await self._list(due, self._page)
        for question in _open(due):
            await self._few.acquire()
            if self._clock() < self._quiet_until:
                self._few.release()
                break
            question.due = math.inf  # under way
            task = asyncio.create_task(self._ask(question))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        self._served = self._clock()

    async def _ask(self, question: _Question) -> None:
        try:
            polled = await self._one(question.awaited)
        except Exception as error:  # noqa: BLE001  the one who asked gets it
            self._back_off(error)
            if not question.answer.done():
                question.answer.set_exception(error)
        else:
            if question.shown is not None and question.shown.status.ended < polled.video.status.ended:
                self._ended_unlisted = question.task
            if not question.answer.done():
                question.answer.set_result(polled)
        finally:
            self._few.release()

    def _back_off(self, error: Exception) -> None:
        """Leave the service alone for as long as it asks; it means all requests, not one task."""
        asked = getattr(error, "retry_after", None) or 0
        self._quiet_until = max(self._quiet_until, self._clock() + min(ASKED_LONGEST, asked))

    async def _list(self, due: list[_Question], page: Callable[[str | None], Awaitable[list[Video]]]) -> None:
        """Answer every question whose task is on the first pages, due or not."""
        stalest = min(due, key=lambda question: question.checked)
        doubted = stalest if self._clock() - stalest.checked > STALE_PAUSES * self._pace.longest else None
        due = [question for question in due if question is not doubted]
        wanted: dict[str, list[_Question]] = {}
        for question in _open(self._questions):
            wanted.setdefault(question.task, []).append(question)
        before, self._ended_unlisted = self._ended_unlisted, ""  # what ends from here on this listing may not show yet
        pages, last, ended, lags = 0, None, False, False
        try:
            while _open(due) and not ended and pages < max(self._depth, len(due) // 2):
                videos = await page(last)
                pages += 1
                for video in videos:
                    lags = lags or (video.id == before and not video.status.ended)
                    for question in _open(wanted.pop(video.id, ())):
                        if question is doubted:
                            question.shown = video
                        else:
                            question.answer.set_result(Polled(video, listed=True))
                ended = not videos or videos[-1].id == last
                last = None if ended else videos[-1].id
        except Exception as error:  # noqa: BLE001  for whatever reason it cannot be read, tasks are asked for one by one
            self._back_off(error)
            self._list_from = self._clock() + REST_SECONDS
            return
        left = len(_open(due))
        self._depth = 2 * pages if left and not ended else pages
        if lags or (left == len(due) and ended):
            self._list_from = self._clock() + REST_SECONDS


def _open(questions: Iterable[_Question]) -> list[_Question]:
    return [question for question in questions if not question.answer.done()]
