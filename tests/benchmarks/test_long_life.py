"""A kernel that runs for months: studios that are made again and never closed, and many lost calls in a large ledger."""

from __future__ import annotations

import gc
import json
import threading
import time
from functools import partial

import httpx
import psutil
import pytest
from conftest import KEY
from faulty import Faulty, answer
from library import film, write
from quick import QuickEngine
from speed import in_turns
from waiting import until

from sora_nb import Studio
from sora_nb.models import State

AGAIN = 200
LOST, FEW, MANY = 80, 100, 20_000
MOST = 15
"""Times of asking as often and nothing else."""
SMALL = {"seconds": 1, "size": "64x64"}


def open_it(home, number):
    Studio(home=home, progress=False)


def make_a_film(home, number):
    Studio(engine=QuickEngine(), home=home, progress=False).generate("a corgi", seed=number, **SMALL)


def ask_a_service(home, number):
    Studio("custom", base_url="http://127.0.0.1:9", api_key=KEY, home=home, progress=False).provider  # noqa: B018


def start_a_film(home, number):
    Studio(engine=QuickEngine(), home=home, progress=False).submit("a corgi", seed=number, **SMALL)


def look_at_videos(home, number):
    studio = Studio(home=home, progress=False)
    list(studio.videos().search("corgi"))
    studio.videos().search("corgi")[:5]


def threads_and_files():
    gc.collect()
    return threading.active_count(), psutil.Process().num_fds()


@pytest.mark.parametrize("work", [open_it, make_a_film, ask_a_service, start_a_film, look_at_videos])
def test_studios_that_were_dropped_hold_neither_threads_nor_files(tmp_path, work):
    """As a cell that is run again does: `studio = Studio()`, without close()."""
    for number in range(AGAIN // 10):
        work(tmp_path, number)
    until(lambda: threads_and_files()[1] < 60)  # calls under way end
    threads, files = threads_and_files()
    for number in range(AGAIN):
        work(tmp_path, number)
    # pools begin some of their threads late
    until(lambda: threads_and_files()[0] <= threads + 4 and threads_and_files()[1] <= files + 4)


def lost(studio, number):
    service = {"profile": "custom", "base_url": studio._session.service.base_url}
    return film(studio, number).model_copy(update={
        **service, "id": f"lost{number}", "key": f"lost{number}", "state": State.UNKNOWN, "task": "", "file": None,
        "charged": None, "reserved": 1, "prompt": f"lost {number}",
    })  # fmt: skip


def with_lost_calls(home, server, videos):
    studio = Studio("custom", base_url=server.url, api_key=KEY, home=home, progress=False)
    service = {"profile": "custom", "base_url": studio._session.service.base_url}
    made = [film(studio, number).model_copy(update=service) for number in range(videos)]
    write(studio.ledger, [*made, *(lost(studio, number) for number in range(LOST))])
    return studio


def test_many_lost_calls_are_looked_up_as_fast_in_a_large_ledger(benchmark, tmp_path):
    listing = [{"id": f"video_{number}", "prompt": f"a corgi {number}", "created_at": int(time.time()) - 60 * number}
               for number in range(20)]  # fmt: skip
    with Faulty(answer(json.dumps({"data": listing}).encode())) as server:
        studios = [with_lost_calls(tmp_path / str(videos), server, videos) for videos in (FEW, MANY)]

        def resume(studio):
            start = time.process_time()
            table = studio.resume()
            assert table["now"].tolist() == ["unknown"] * LOST
            return time.process_time() - start

        def asking():
            """Only ask, as often as there are lost calls, and read the answers."""
            start = time.process_time()
            with httpx.Client(headers={"authorization": f"Bearer {KEY}"}) as client:
                assert all(len(client.get(f"{server.url}/v1/videos").json()["data"]) == 20 for _ in range(LOST))
            return time.process_time() - start

        def enough(few, many, floor):
            return many <= min(1.5 * few, MOST * floor)

        works = *(partial(resume, studio) for studio in studios), asking
        taken = benchmark.pedantic(
            lambda: in_turns(*works, rounds=3, seconds=lambda work: work(), enough=enough), rounds=1
        )
        for studio in studios:
            studio.close()
    few, many, floor = taken
    benchmark.extra_info.update(few=round(few, 2), many=round(many, 2), floor=round(floor, 2))
    assert enough(*taken)
