"""Clients of several servers at once: each makes an order, looks at it once, and makes the next."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp

ORDER = {"prompt": "a corgi", "seconds": "1", "size": "64x64"}


@dataclass
class Crowd:
    """What some clients did.

    Attributes:
        clients: how many.
        seconds: how long all of it took.
        creates, polls: seconds of each request.
        tasks: the id of each order.
    """

    clients: int
    seconds: float = 0.0
    creates: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)

    def rate(self):
        """Orders a second that were accepted."""
        return len(self.tasks) / self.seconds


def percentile(values, percent):
    """A percentile, in milliseconds."""
    return 1000 * statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def order(servers, key, orders, clients):
    """Make orders by some clients at once, in turns at each server, each polled at another one; return what they did."""
    return asyncio.run(_order(servers, key, orders, clients))


async def _order(servers, key, orders, clients):
    crowd = Crowd(clients)
    numbers, turn = iter(range(orders)), itertools.cycle(servers)
    headers = {"authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=0)) as http:

        async def one():
            for _ in numbers:
                start = time.perf_counter()
                sent = http.post(f"{next(turn)}/v1/videos", json=ORDER, headers={"idempotency-key": uuid4().hex})
                async with sent as answer:
                    assert answer.status == 200, await answer.text()
                    task = (await answer.json())["id"]
                crowd.creates.append(time.perf_counter() - start)
                crowd.tasks.append(task)
                start = time.perf_counter()
                async with http.get(f"{next(turn)}/v1/videos/{task}") as answer:
                    assert answer.status == 200, await answer.text()
                    await answer.read()
                crowd.polls.append(time.perf_counter() - start)

        start = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(clients)))
        crowd.seconds = time.perf_counter() - start
    return crowd
