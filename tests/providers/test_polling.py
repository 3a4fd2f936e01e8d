"""Polling: few requests, a small lag, never faster than the service wants, and one request for many tasks."""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import itertools
import json
import random
import re
import statistics
import tracemalloc

import pytest
from client import unseen

from sora_nb import background
from sora_nb.errors import AuthError, Cancelled, SoraError, StatusUnknown, UpstreamError, WaitTimeout
from sora_nb.models import Status, Video
from sora_nb.providers import registry
from sora_nb.providers.base import Awaited, Ticket
from sora_nb.providers.hosted import HostedProvider
from sora_nb.providers.http import Answer
from sora_nb.providers.polling import Poller, next_poll
from sora_nb.providers.profile import Pace, VideoRules

PACE = Pace(shortest=2, longest=15)


async def wait_for(provider, task):
    """The video of a task once it has ended."""
    return (await provider.wait(Ticket(id=task, video=Video(id=task)), unseen)).video


# --- how long to wait -------------------------------------------------------------------------------------------------------


def test_the_pause_stays_within_the_pace():
    assert next_poll(PACE, 0, 0) == 2
    assert next_poll(PACE, 100, 1) == 15
    assert next_poll(PACE, 100, 99) == 2
    assert next_poll(PACE, 90, 90) == pytest.approx(9)
    assert next_poll(Pace(shortest=30, longest=30), 90, 90) == 30


def test_the_pause_grows_while_nothing_moves():
    assert [next_poll(PACE, elapsed, 0) for elapsed in (2, 4, 15)] == [6, 12, 15]


def test_a_service_may_ask_for_longer_pauses_up_to_a_cap():
    assert next_poll(PACE, 90, 90, asked=30) == 30
    assert next_poll(PACE, 90, 90, asked=0.5) == pytest.approx(9)
    assert next_poll(PACE, 90, 90, asked=0) == pytest.approx(9)
    assert next_poll(PACE, 90, 90, asked=86_400) == 120


# --- a service whose time passes only while somebody sleeps -----------------------------------------------------------------


class Service:
    """A gateway with virtual time; tasks take from 100 to 320 seconds, and their progress is not quite linear."""

    def __init__(self, count, *, queue=0.0, foreign=0, ignores_after=False, breaks=False, lag=0.0, tells=True):
        chance = random.Random(7)
        self.now = 0.0
        self.requests = []
        self.ends = {f"video_{n}": min(320, max(100, chance.lognormvariate(5.19, 0.25))) for n in range(count)}
        self.bends = {task: chance.uniform(0.7, 1.3) for task in self.ends}
        self.queue = {task: chance.uniform(0, queue) for task in self.ends}
        self.foreign, self.ignores_after, self.breaks, self.lag, self.tells = foreign, ignores_after, breaks, lag, tells
        self.seen = {}

    async def sleep(self, seconds):
        for _ in range(5):
            await asyncio.sleep(0)  # whoever was answered asks again first, and may wake the sleeper earlier
        self.now += seconds

    async def send(self, request, _):
        self.requests.append((self.now, request.path))
        await asyncio.sleep(0)
        task = request.path.rpartition("/")[2]
        if task != "videos":
            return Answer(200, {}, json.dumps(self.show(task)).encode())
        if self.breaks:
            return Answer(200, {}, b"<html>")
        tasks = [f"other_{n}" for n in range(self.foreign)] + list(reversed(self.ends))
        after = None if self.ignores_after else request.query.get("after")
        start = tasks.index(after) + 1 if after else 0
        page = [self.show(task, self.lag) for task in tasks[start : start + int(request.query["limit"])]]
        return Answer(200, {}, json.dumps({"object": "list", "data": page}).encode())

    def show(self, task, lag=0.0):
        now = self.now - lag
        if task not in self.ends or now >= self.ends[task]:
            return {"id": task, "status": "completed", "progress": 100}
        if not self.tells:
            return {"id": task, "status": "in_progress"}
        worked, whole = now - self.queue[task], self.ends[task] - self.queue[task]
        progress = int(100 * max(0, worked / whole) ** self.bends[task]) if worked > 0 else 0
        return {"id": task, "status": "in_progress", "progress": min(99, progress)}

    def watch_all(self, *, listing, pace=PACE):
        """Wait for all tasks through one client; return requests a task, and how late each end was seen."""
        rules = registry.get("custom")
        rules = rules.model_copy(update={"listing": listing, "video": rules.video.model_copy(update={"poll": pace})})
        fresh = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)

        async def wait(client, task):
            ended = await client.wait(Ticket(id=task, video=Video(id=task, created_at=fresh)), unseen)
            assert ended.video.status is Status.COMPLETED
            self.seen[task] = self.now

        async def everything():
            settings = registry.settings(rules, base_url="http://127.0.0.1:9", api_key="k")
            client = HostedProvider(settings, sleep=self.sleep, clock=lambda: self.now)
            await client._transport.close()
            client._transport = self
            await asyncio.gather(*(wait(client, task) for task in self.ends))

        background.run(everything)
        assert self.seen.keys() == self.ends.keys()
        lags = [self.seen[task] - end for task, end in self.ends.items()]
        return len(self.requests) / len(self.ends), lags

    def gaps(self, path):
        times = [time for time, asked in self.requests if asked == path]
        return [later - earlier for earlier, later in itertools.pairwise(times)]


def told(name, cost, lags):
    print(f"{name}: {cost:.1f} requests a task, lag {statistics.mean(lags):.2f} s, at most {max(lags):.1f} s")


@pytest.mark.parametrize("queue", [0, 60])
def test_a_task_alone_takes_15_requests(queue, tally):
    services = [Service(1, queue=queue) for _ in range(60)]
    chance = random.Random(3)
    for service in services:  # one task each, of their own length and bend
        service.ends = {"video_0": chance.uniform(150, 210)}
        service.bends = {"video_0": chance.uniform(0.7, 1.3)}
        service.queue = {"video_0": chance.uniform(0, queue)}
    results = [service.watch_all(listing=True) for service in services]
    costs, lags = [cost for cost, _ in results], [lags[0] for _, lags in results]
    told(f"alone, queue up to {queue} s", statistics.mean(costs), lags)
    assert statistics.mean(costs) <= 15
    assert max(costs) <= 20
    assert statistics.mean(lags) < 2
    tally.polls, tally.lag = max(tally.polls, *costs), max(tally.lag, statistics.mean(lags))
    assert all(min(service.gaps("/v1/videos/video_0")) >= PACE.shortest for service in services)


def test_many_tasks_share_a_listing():
    service = Service(400)
    cost, lags = service.watch_all(listing=True)
    told("400 tasks, listed", cost, lags)
    assert cost <= 2
    assert statistics.mean(lags) < 2
    bursts = [gap for gap in service.gaps("/v1/videos") if gap]
    assert min(bursts) >= PACE.shortest


def test_a_listing_keeps_its_distance_though_more_came_to_wait_while_the_poller_slept():
    now, begun = 0.0, []
    come = asyncio.Event()

    async def sleep(seconds):
        nonlocal now
        await come.wait()
        now += seconds + 0.3  # a busy machine wakes late
        await asyncio.sleep(0)

    async def one(task):
        raise AssertionError(task)

    async def page(_):
        begun.append(now)
        return [Video(id=f"video_{number}", status=Status.COMPLETED) for number in range(9)]

    async def wait():
        nonlocal now
        rules = VideoRules(wait_longest=100, poll=PACE)
        poller = Poller(one, page, rules, sleep=sleep, clock=lambda: now)

        def waiting_since(seconds, numbers):
            made = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
            return [
                asyncio.ensure_future(poller.wait(Awaited(f"video_{number}", created_at=made), unseen))
                for number in numbers
            ]

        await asyncio.gather(*waiting_since(9, range(4)))
        now = 0.5
        waits = waiting_since(1.0, [4])
        await asyncio.sleep(0.01)
        waits += waiting_since(0.9, range(5, 9))
        await asyncio.sleep(0.01)
        come.set()
        await asyncio.gather(*waits)

    background.run(wait)
    assert len(begun) == 2
    assert begun[1] - begun[0] >= PACE.shortest


def test_many_tasks_without_a_listing_cost_no_more_than_alone():
    service = Service(100)
    cost, lags = service.watch_all(listing=False)
    told("100 tasks, not listed", cost, lags)
    assert cost <= 16
    assert statistics.mean(lags) < 2
    assert not service.gaps("/v1/videos")
    assert min(min(service.gaps(f"/v1/videos/{task}")) for task in service.ends) >= PACE.shortest


@pytest.mark.release
def test_a_task_that_waits_takes_little_memory():
    """All of it: the user's coroutine and task, the video, and what the client keeps."""
    service, sizes = Service(1000), []
    sleep = service.sleep

    async def weigh(seconds):
        if seconds > 2:  # nothing is asked for, everybody waits
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        await sleep(seconds)
        if len(sizes) == 3:
            service.now = 1000.0

    service.sleep = weigh
    Service(5).watch_all(listing=True)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        service.watch_all(listing=True)
    finally:
        tracemalloc.stop()
    each = (max(sizes) - before) / 1000 / 1024
    print(f"{each:.2f} KiB a task")
    assert each <= 3.5


@pytest.mark.parametrize("lag", [5, 60, 1e9])
@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("count", [4, 16, 100])
def test_a_listing_that_lags_is_not_believed_alone(count, lag, tells):
    service = Service(count, lag=lag, tells=tells)
    cost, lags = service.watch_all(listing=True)
    told(f"{count} tasks, the listing is {lag:g} s late{'' if tells else ', no progress'}", cost, lags)
    assert cost <= 15
    assert statistics.mean(lags) < min(lag, 60) + 60


def test_a_task_that_ends_between_the_listing_and_the_question_does_not_stop_listing():
    service, alone = Service(200, tells=False), []
    honest = service.send

    async def send(request, timeout):
        if not request.path.endswith("videos"):
            alone.append(request.path)
            if len(alone) == 1:
                service.ends[request.path.rpartition("/")[2]] = service.now
        return await honest(request, timeout)

    service.send = send
    service.watch_all(listing=True)
    assert 0 < len(alone) < 200


@pytest.mark.parametrize("trouble", [{"foreign": 1000}, {"breaks": True}, {"ignores_after": True}])
def test_a_listing_that_does_not_help_costs_next_to_nothing(trouble):
    service = Service(150, **trouble)
    cost, lags = service.watch_all(listing=True)
    told(f"150 tasks, {trouble}", cost, lags)
    assert cost <= 17
    assert statistics.mean(lags) < 2


# --- one asks, another waits ---------------------------------------------------------------------------------------------------


def waiting(service, *jobs):
    """Run waits on a provider of a service; a job is a function of the provider."""

    async def everything():
        client = HostedProvider(
            registry.settings("custom", base_url="http://127.0.0.1:9", api_key="k"),
            sleep=service.sleep, clock=lambda: service.now,
        )  # fmt: skip
        await client._transport.close()
        client._transport = service
        return await asyncio.gather(*(job(client) for job in jobs), return_exceptions=True)

    return background.run(everything)


@pytest.mark.parametrize("count", [2, 50])
def test_a_service_that_asks_for_quiet_gets_it(count):
    service = Service(count)
    send, refused = service.send, []

    async def busy(request, timeout):
        answered = await send(request, timeout)
        if 60 < service.now < 70 or (refused and service.now < refused[0] + 100):
            refused.append(service.now)
            return Answer(429, {"retry-after": "100"}, b"")
        return answered

    service.send = busy
    _, lags = service.watch_all(listing=True)
    assert len(lags) == count
    assert refused
    assert len(refused) <= 4  # those that were under way together
    assert not [moment for moment, _ in service.requests if refused[-1] < moment < refused[0] + 100]


def test_two_who_wait_for_the_same_task_both_get_it():
    service = Service(1)
    videos = waiting(service, *[lambda client: wait_for(client, "video_0")] * 5)
    assert [video.status for video in videos] == [Status.COMPLETED] * 5


def test_whoever_stops_waiting_does_not_disturb_the_others():
    service = Service(5)

    async def give_up(client):
        job = asyncio.create_task(wait_for(client, "video_0"))
        await asyncio.sleep(0)
        job.cancel()
        await job

    results = waiting(service, give_up, *(lambda client, n=n: wait_for(client, f"video_{n}") for n in range(1, 5)))
    assert isinstance(results[0], asyncio.CancelledError)
    assert [video.id for video in results[1:]] == [f"video_{n}" for n in range(1, 5)]


def test_an_error_goes_to_the_one_who_asked():
    service = Service(2)
    show, refused = service.show, []

    def lost(task):
        if task == "video_1":
            refused.append(service.now)
            return {"status": "in_progress"}  # names no task
        return show(task)

    service.show = lost
    results = waiting(service, *(lambda client, n=n: wait_for(client, f"video_{n}") for n in range(2)))
    assert results[0].status is Status.COMPLETED
    assert isinstance(results[1], WaitTimeout)
    assert isinstance(results[1].__cause__, UpstreamError)
    assert refused[-1] < 200


def test_a_wait_ends_though_nothing_is_ever_answered():
    async def nothing(_):
        await asyncio.Event().wait()

    async def wait():
        rules = VideoRules(wait_longest=0.05, poll=Pace(shortest=0.01, longest=0.01))
        poller = Poller(nothing, None, rules, sleep=asyncio.sleep, clock=asyncio.get_running_loop().time)
        try:
            await poller.wait(Awaited("video_1"), unseen)
        finally:
            poller.close()

    with pytest.raises(WaitTimeout, match="video_1 has not ended after"):
        background.run(wait)


def test_a_task_cancelled_before_anybody_waits_for_it_is_cancelled():
    async def cancel_then_wait(client):
        client._poller.drop("video_0")
        return await wait_for(client, "video_0")

    [result] = waiting(Service(1), cancel_then_wait)
    assert isinstance(result, Cancelled)


def test_closing_the_provider_ends_the_waiting():
    service = Service(1)

    async def close(client):
        await asyncio.sleep(0)
        service.close = lambda: asyncio.sleep(0)
        await client.close()

    results = waiting(service, lambda client: wait_for(client, "video_0"), close)
    assert isinstance(results[0], SoraError)
    assert "studio was closed" in str(results[0])


# --- a word that nobody knows --------------------------------------------------------------------------------------------


def waits(service, *, age=0.0, task="video_0"):
    """What a wait comes to for a task of so many seconds ago, and how long it took."""

    async def wait(client):
        created = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
        return (await client.wait(Ticket(id=task, video=Video(id=task, created_at=created)), unseen)).video

    [result] = waiting(service, wait)
    return result, service.now


def saying(**fields):
    service = Service(1)
    service.show = lambda task, _=0.0: {"id": task, **fields}
    return service


def test_a_word_that_nobody_knows_ends_the_wait_where_nothing_moves():
    error, took = waits(saying(status="frobnicating"))
    assert isinstance(error, StatusUnknown)
    assert isinstance(error, WaitTimeout)
    assert re.search(r"says 'frobnicating' of video_0 since 20\d\d-.* UTC.*studio\.settle", str(error))
    assert 600 < took < 700


def test_an_old_task_under_such_a_word_is_looked_at_twice():
    service = saying(status="frobnicating")
    error, took = waits(service, age=3600)
    assert isinstance(error, StatusUnknown)
    assert len(service.requests) == 2
    assert took <= PACE.longest


def test_a_task_that_moves_under_such_a_word_is_waited_for():
    service = Service(1)
    service.ends = {"video_0": 1500.0}
    honest = service.show
    service.show = lambda task, _=0.0: honest(task) | ({} if service.now >= 1500 else {"status": "frobnicating"})
    video, took = waits(service)
    assert video.status is Status.COMPLETED
    assert took < 1520


def test_a_link_that_does_not_say_what_it_is_is_tried_where_nothing_moves():
    video, took = waits(saying(status="frobnicating", url="https://relay.example/8f6c"))
    assert (video.status, video.url, video.status_word) == (Status.COMPLETED, "https://relay.example/8f6c", "")
    assert took > 600


def test_a_refused_key_does_not_end_the_task():
    service = Service(1)

    async def send(_, __):
        return Answer(401, {}, b'{"error": {"message": "no such key"}}')

    service.send = send
    error, _ = waits(service)
    assert isinstance(error, AuthError)
    assert re.search(r"no such key.*The task goes on.*SORA_NB_API_KEY.*studio\.resume\(\)", str(error))
