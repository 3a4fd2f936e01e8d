"""The thread of a widget: there while there is work, newest wins, nothing left running."""

import subprocess
import sys
import threading

import pytest

from sora_nb.notebook.widgets._worker import Worker

EXIT = """
import itertools, time
from sora_nb.notebook.widgets._worker import Worker
def endless(check):
    for _ in itertools.count():
        check()
        time.sleep(0.01)
Worker(print).submit("a", endless)
print("bye")
"""


def test_jobs_run_in_order_and_the_thread_ends():
    said = []
    worker = Worker(said.append)
    started = threading.Event()
    worker.submit("a", lambda check: started.wait())
    worker.submit("b", lambda check: said.append("b"))
    worker.submit("c", lambda check: said.append("c"))
    started.set()
    worker.done.result()
    assert said == ["b", "c"]
    assert not any(thread.name == "sora_nb-widget" for thread in threading.enumerate())


def test_a_newer_job_takes_the_place_of_one_that_waits_and_of_one_that_runs():
    said, started = [], threading.Event()
    worker = Worker(said.append)

    def long(check):
        started.set()
        while True:
            check()

    worker.submit("a", long)
    started.wait()
    worker.submit("b", lambda check: said.append("old b"))
    worker.submit("b", lambda check: said.append("new b"))
    worker.submit("a", lambda check: said.append("new a"))
    worker.done.result()
    assert said == ["new b", "new a"]


def test_what_goes_wrong_is_told_and_the_rest_is_done():
    said = []
    worker = Worker(lambda error: said.append(str(error)))
    worker.submit("a", lambda check: 1 / 0)
    worker.submit("b", lambda check: said.append("b"))
    worker.done.result()
    assert said == ["division by zero", "b"]


def test_every_call_is_done_in_turn_and_its_result_or_error_told():
    worker = Worker(print)
    numbers = [worker.call(lambda number: number * 2, number) for number in range(5)]
    assert [future.result(5) for future in numbers] == [0, 2, 4, 6, 8]
    with pytest.raises(ZeroDivisionError):
        worker.call(lambda: 1 / 0).result(5)


def test_the_process_ends_although_a_job_would_go_on_for_ever():
    ended = subprocess.run([sys.executable, "-c", EXIT], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("bye\n", "")


def test_what_goes_wrong_in_a_job_nobody_wants_is_not_told():
    said, started, go_on = [], threading.Event(), threading.Event()
    worker = Worker(said.append)

    def late(check):
        started.set()
        go_on.wait()
        raise ValueError("too late")

    worker.submit("a", late)
    started.wait()
    worker.drop()
    go_on.set()
    worker.done.result()
    assert said == []
