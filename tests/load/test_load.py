"""A thousand tasks in flight through one studio: none lost, no request beyond the poll pace, few requests at once."""

from __future__ import annotations

import collections
import gc
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import KEY

from sora_nb.models import State
from sora_nb.providers import registry
from sora_nb.studio import Studio

TASKS = 1000
SMALL = {"seconds": 1, "size": "64x64"}
FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


class Server:
    """The local server with its null engine, in a process of its own."""

    def __init__(self, home):
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "lib")])
        self._process = subprocess.Popen(
            [sys.executable, FOLDER / "null_server.py", home, KEY],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self.url = self._process.stdout.readline().strip()

    def say(self):
        self._process.stdin.write("go on\n")
        self._process.stdin.flush()

    def end(self):
        """Return when, for what and beside how many others each request came."""
        self.say()
        return json.loads(self._process.communicate()[0])


def resident():
    """Bytes of memory this process has now."""
    return psutil.Process().memory_info().rss


def gaps(times):
    return [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.mark.timeout(900)  # a minute on two free cores
def test_a_thousand_tasks_in_flight(tmp_path, tally):
    server = Server(tmp_path / "server")
    with Studio("local", base_url=server.url, api_key=KEY, home=tmp_path / "home", progress=False) as studio:
        first = studio.submit("a corgi", **SMALL)  # what everything needs once
        start, before = time.monotonic(), resident()
        jobs = [first, *(studio.submit(f"a corgi and {number} ducks", **SMALL) for number in range(1, TASKS))]
        while collections.Counter(call.state for call in studio.ledger.calls())[State.RUNNING] < TASKS:
            time.sleep(1)
        gc.collect()
        accepted, memory = time.monotonic(), (resident() - before) / TASKS / 1024
        server.say()  # until now no task could end
        videos = [job.result() for job in jobs]
        done = time.monotonic()
        calls = studio.ledger.calls()
    requests = server.end()

    # none lost, none twice
    assert {video.prompt for video in videos} == {job.prompt for job in jobs}
    assert all(video.path.is_file() for video in videos)
    assert [call.state for call in calls] == [State.DONE] * TASKS
    assert len({call.task for call in calls}) == TASKS
    assert len([address for _, method, address, _ in requests if method == "POST"]) == TASKS

    # no faster than the pace, few at once
    times = collections.defaultdict(list)
    for moment, method, address, _ in requests:
        if method == "GET" and "/content" not in address:
            times[address].append(moment)
    polls = sum(map(len, times.values()))
    begins = [moments for address, moments in times.items() if "limit" in address and "after" not in address]
    shortest = registry.get("local").video.poll.shortest
    assert all(gap >= shortest for moments in begins for gap in gaps(moments))
    assert all(gap >= shortest for address, moments in times.items() if "limit" not in address for gap in gaps(moments))
    most = max(beside for *_, beside in requests)
    print(
        f"{TASKS} tasks: accepted in {accepted - start:.1f} s, fetched in {done - accepted:.1f} s more; {memory:.1f} KiB "
        f"of memory and {polls / TASKS:.2f} polls a task, {most} requests at once at most"
    )
    # by pages of a hundred, however many rounds a slow machine takes
    rounds = sum(map(len, begins))
    one_by_one = sum(len(moments) for address, moments in times.items() if "limit" not in address)
    assert polls - one_by_one <= rounds * (TASKS // 100 + 1)
    assert one_by_one <= TASKS / 10 + 4 * rounds  # fewer than are worth a page, and the one that stands still longest
    assert most <= 12  # four of each sort
    assert memory < 32  # the official SDK takes 58 to poll as many, without rows, jobs or files
    tally.in_flight = len(videos)
