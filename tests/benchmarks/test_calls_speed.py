"""What stands between a call and its engine: ratios in one run against the least that the same work takes."""

from __future__ import annotations

import gc
import http.client
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from quick import MarkedEngine

from sora_nb import Studio
from sora_nb.models import State

SMALL = {"seconds": 1, "size": "64x64"}
ENGINE_SECONDS = 0.15
KEY = "a-key"
ROOT = Path(__file__).parents[2]


class PacedEngine(MarkedEngine):
    """Takes the same time for every video, and knows when it worked."""

    def __init__(self):
        super().__init__()
        self.spans = []

    def generate(self, request, out, control):
        begun = time.perf_counter()
        time.sleep(ENGINE_SECONDS)
        told = super().generate(request, out, control)
        self.spans.append((begun, time.perf_counter()))
        return told


def test_a_sweep_keeps_its_engine_busy(benchmark, tmp_path):
    engine = PacedEngine()
    with Studio(home=tmp_path, progress=False, engine=engine) as studio:
        studio.generate("a fox", **SMALL)
        engine.spans.clear()
        sweep = studio.sweep([f"a corgi and {number} ducks" for number in range(24)], **SMALL)
        cpu = time.process_time()
        benchmark.pedantic(sweep.run, rounds=1)
        cpu = time.process_time() - cpu
    busy = sum(end - begun for begun, end in engine.spans) / (engine.spans[-1][1] - engine.spans[0][0])
    benchmark.extra_info.update(busy=round(busy, 3), a_second=round(24 / cpu, 1))
    assert busy >= 0.9  # 0.98 on a free machine


def test_the_local_server_answers_without_waiting_for_more(benchmark, tmp_path):
    """A request on a connection that stays open, against the processor time of both sides: nothing else is waited for."""
    from sora_nb.server.server import LocalServer

    server = LocalServer(tmp_path, MarkedEngine(), api_key=KEY).start()
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))

    def ask():
        begun, cpu = time.perf_counter(), time.process_time()
        connection.request("GET", "/v1/models", headers={"authorization": f"Bearer {KEY}"})
        assert connection.getresponse().read()
        return time.perf_counter() - begun, time.process_time() - cpu

    turns = benchmark.pedantic(lambda: [ask() for _ in range(60)], rounds=1)
    connection.close()
    server.stop()
    seconds, cpu = (min(times) for times in zip(*turns, strict=True))
    benchmark.extra_info.update(milliseconds=round(1000 * seconds, 2), ratio=round(seconds / cpu, 2))
    assert seconds <= 0.01  # 40 ms and more where small answers wait for others


@pytest.fixture
def service(tmp_path):
    """The local server in a process of its own; what is said to it lets its engine go, and then ends it."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "lib")])
    command = [sys.executable, ROOT / "tests" / "load" / "null_server.py", tmp_path / "server", KEY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, env={**os.environ, "PYTHONPATH": path}) as process:
        process.url = process.stdout.readline().strip()
        yield process
        process.communicate("go on\n" * 2)


def test_a_call_that_waits_keeps_little(benchmark, tmp_path, service):
    """What Python holds for each call that its service has accepted, its job included."""
    warm, count, jobs = 20, 100, []

    def wait_for(studio, accepted):
        while len(studio.ledger.calls([State.RUNNING])) < accepted:
            time.sleep(0.2)

    with Studio("local", base_url=service.url, api_key=KEY, home=tmp_path / "home", progress=False) as studio:
        jobs += [studio.submit(f"a fox and {number} cats", **SMALL) for number in range(warm)]
        wait_for(studio, warm)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            jobs += [studio.submit(f"a corgi and {number} ducks", **SMALL) for number in range(count)]
            benchmark.pedantic(lambda: wait_for(studio, warm + count), rounds=1)
            gc.collect()
            held = (tracemalloc.get_traced_memory()[0] - before) / count / 1024
        finally:
            tracemalloc.stop()
        service.stdin.write("go on\n")
        service.stdin.flush()
        assert all(job.result().path.is_file() for job in jobs)
    benchmark.extra_info.update(kib_a_call=round(held, 1))
    assert held <= 12
