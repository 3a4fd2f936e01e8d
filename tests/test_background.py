"""The background loop: one for each process."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import os
import subprocess
import sys
import threading

import pytest
from waiting import until

from sora_nb import background

FORK = """
import os, warnings
from sora_nb import background

async def answer():
    return 7

warnings.simplefilter("ignore")
background.run(answer)
child = os.fork()
if child == 0:
    os._exit(background.run(answer))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
RACE = """
import threading
from concurrent.futures import ThreadPoolExecutor
from sora_nb import background

async def thread():
    return threading.current_thread()

with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(lambda _: background.run(thread), range(8)))))
"""
END = """
import asyncio
from sora_nb import background
background.submit(asyncio.sleep, 3600)
print("bye")
"""


async def thread():
    return threading.current_thread()


def test_all_work_runs_on_one_thread_which_is_not_this_one():
    one, other = background.run(thread), background.submit(thread).result()
    assert one is other is not threading.current_thread()
    assert one.name == "sora_nb"
    assert one.daemon


def test_several_threads_that_come_first_start_one_loop():
    done = subprocess.run([sys.executable, "-c", RACE], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_submit_returns_before_the_work_is_done():
    go_on = threading.Event()

    async def wait():
        await asyncio.to_thread(go_on.wait)
        return "done"

    future = background.submit(wait)
    assert not future.done()
    go_on.set()
    assert future.result() == "done"


def test_it_runs_where_another_loop_is_running():
    async def cell():
        return background.run(thread)

    assert asyncio.run(cell()).name == "sora_nb"


def test_what_goes_wrong_is_raised_where_it_is_waited_for():
    async def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        background.run(fail)


class Gate:
    """Is awaited on the background loop, and opened from anywhere."""

    def __init__(self):
        self.opened = threading.Event()
        self.loop_goes_on = threading.Event()

    async def passed(self):
        await asyncio.to_thread(self.opened.wait)
        return 7

    async def passed_unheard(self):
        """Leave the loop busy, so that nobody is told of the end."""
        await self.passed()
        asyncio.get_running_loop().call_soon(self.loop_goes_on.wait)
        return 7


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.opened.set()
    made.loop_goes_on.set()


def test_work_ends_for_all_who_wait(gate):
    work = background.Work(gate.passed)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(work.future.result) for _ in range(20)]
        assert not work.done()
        gate.opened.set()
        assert [one.result(10) for one in waiting] == 20 * [7]
    assert work.done()
    assert concurrent.futures.wait([work.future], 0).done == {work.future}


def test_work_that_has_ended_has_a_result_though_the_loop_is_busy(gate):
    work = background.Work(gate.passed_unheard)
    early = work.future
    gate.opened.set()
    until(work.done)
    assert not early.done()
    assert work.future.result(0) == 7
    gate.loop_goes_on.set()
    assert early.result(10) == 7


def test_work_is_cancelled_by_its_future_whenever_that_comes(gate):
    at_once, later = background.Work(gate.passed), background.Work(gate.passed)
    assert at_once.future.cancel()
    background.run(thread)  # by now the other one has begun
    assert later.future.cancel()
    for work in (at_once, later):
        until(work.done)
        assert concurrent.futures.wait([work.future], 10).done == {work.future}
        with pytest.raises(concurrent.futures.CancelledError):
            work.future.result(0)


def test_work_that_fails_tells_whoever_asks_and_nobody_else(caplog):
    async def fail():
        raise ValueError("no")

    work = background.Work(fail)
    until(work.done)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            work.future.result(0)
    unasked = background.Work(fail)
    until(unasked.done)
    del unasked
    gc.collect()
    background.run(thread)
    assert caplog.records == []


def test_work_that_goes_on_does_not_hold_the_process_up():
    done = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("bye\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_a_loop_of_its_own():
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


DROPPED = """
import asyncio, gc, sys, tempfile, threading
from sora_nb import Studio, background

async def answer():
    return 7

def lose_a_studio():
    studio = Studio("local", home=sys.argv[2], progress=False)
    studio.sweep(["a corgi"])
    studio.itself = studio

class Thread(threading.Thread):
    def __init__(self, *args, **options):
        gc.collect()
        super().__init__(*args, **options)

def run(*args, ours=asyncio.run):
    gc.collect()
    return ours(*args)

gc.disable()
lose_a_studio()
if sys.argv[1] == "starts":
    background.threading.Thread = Thread
else:
    background.asyncio.run = run
print(background.run(answer))
"""


@pytest.mark.parametrize("thread", ["starts", "runs"])
def test_a_studio_that_is_collected_while_the_loop_is_started_holds_nobody_up(tmp_path, thread):
    """The collector runs on whichever thread allocates: the one that starts the loop, or the one that is the loop."""
    command = [sys.executable, "-c", DROPPED, thread, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "7\n"
