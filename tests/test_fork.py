"""After a fork: a new studio works in the child, the parent's own says at once that it belongs to the parent."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.release,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
]
LIB = Path(__file__).parent / "lib"
BEGIN = """
import multiprocessing, os, signal, sqlite3, sys, threading, time, warnings
from pathlib import Path
from quick import QuickEngine
from sora_nb import Studio
from sora_nb.errors import ConfigError
from sora_nb.storage.process_lock import ProcessLock

warnings.simplefilter("ignore")  # newer Pythons warn of any fork beside a thread
home = Path(sys.argv[1])

def made(engine=QuickEngine):
    return Studio("local", home=home, progress=False, engine=engine())

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


def said(code, home):
    """What a program prints that begins as above."""
    command = [sys.executable, "-c", BEGIN + textwrap.dedent(code), str(home)]
    path = os.pathsep.join([str(LIB), *filter(None, sys.path)])
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_a_new_studio_in_the_child_works_and_so_does_the_parents(tmp_path):
    code = """
        studio = made()
        studio.generate("first", seconds=4)
        child = os.fork()
        if not child:
            with made() as mine:
                mine.generate("second", seconds=4)
            os._exit(0)
        print(ended(child))
        studio.generate("third", seconds=4)
        print(*studio.costs()["prompt"])
        studio.close()
    """
    assert said(code, tmp_path) == ["0", "first second third"]


@pytest.mark.parametrize("engine", ["QuickEngine", "AnimaticEngine"])
def test_a_process_of_multiprocessing_works(tmp_path, engine):
    code = f"""
        from sora_nb.engines.animatic import AnimaticEngine

        small = {{"seconds": 1, "size": "160x96"}}

        def work(queue):
            with made({engine}) as mine:
                queue.put(mine.generate("second", **small).status.value)

        studio = made({engine})
        studio.generate("first", **small)
        forks = multiprocessing.get_context("fork")
        queue = forks.Queue()
        process = forks.Process(target=work, args=(queue,))
        process.start()
        print(queue.get())
        process.join()
        print(process.exitcode, len(studio.costs()))
        studio.close()
    """
    assert said(code, tmp_path) == ["completed", "0 2"]


def test_the_parents_studio_says_in_the_child_whose_it_is_and_still_reads(tmp_path):
    code = """
        engine = QuickEngine()
        engine.hold()
        studio = Studio("local", home=home, progress=False, engine=engine)
        job = studio.submit("slow", seconds=4)
        child = os.fork()
        if not child:
            for ask in (lambda: studio.generate("x", seconds=4), job.result, job.cancel, job.show_progress, studio.resume):
                try:
                    ask()
                except ConfigError as error:
                    print(error, flush=True)
            print(len(studio.costs()), flush=True)
            studio.close()
            os._exit(0)
        print(ended(child))
        print(job.state, ProcessLock(home / "kernels").is_gone(studio._session.lock.id))
        print(bool(job.cancel()))
        studio.close()
    """
    *words, rows, status, state, cancelled = said(code, tmp_path)
    (word,) = set(words)
    assert word.startswith("This studio belongs to the process that this one was forked from, and works only there.")
    assert word.endswith("Make a new Studio() in this process; the ledger and the files are the same.")
    assert (len(words), rows, status, state, cancelled) == (5, "1", "0", "running False", "True")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
def test_no_connection_comes_along(tmp_path):
    code = """
        def databases():
            opened = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                      if os.path.lexists(f"/proc/self/fd/{name}")]
            return sum(".db" in name for name in opened)

        studio = made()
        studio.costs()
        print(databases() > 0)
        child = os.fork()
        if not child:
            print(databases(), flush=True)
            os._exit(0)
        ended(child)
        studio.close()
    """
    assert said(code, tmp_path) == ["True", "0"]


def test_forks_in_the_midst_of_writing_lose_no_row_and_leave_no_lock_held(tmp_path):
    code = """
        from sora_nb.storage.call import Call
        from sora_nb.storage.ledger import Ledger

        ledger = Ledger(home / "ledger.db")
        going = threading.Event()

        def row(prompt):
            return Call(kind="video", profile="local", base_url="", model="m", prompt=prompt)

        def write(number):
            for turn in range(25):
                ledger.add(row(f"{number}-{turn}"))
                going.set()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        going.wait()
        children = []
        for number in range(8):
            child = os.fork()
            if not child:
                ledger.add(row(f"child {number}"))
                os._exit(0)
            children.append(child)
        print([ended(child) for child in children])
        for thread in threads:
            thread.join()
        print(len(ledger.calls()))
        ledger.close()
        print(sqlite3.connect(home / "ledger.db").execute("PRAGMA integrity_check").fetchone()[0])
    """
    assert said(code, tmp_path) == [str([0] * 8), "83", "ok"]


def test_a_child_that_outlives_its_parent_does_not_hold_its_rows(tmp_path):
    code = """
        reader, writer = os.pipe()
        kernel = os.fork()
        if not kernel:
            lock = ProcessLock(home)
            if not os.fork():
                os.write(writer, f"{lock.id} {os.getpid()}".encode())  # by now it has let go of what it inherited
                time.sleep(60)
                os._exit(0)
            signal.pause()
        holder, child = os.read(reader, 100).decode().split()
        looking = ProcessLock(home)
        print(looking.is_gone(holder))
        os.kill(kernel, signal.SIGKILL)
        os.waitpid(kernel, 0)
        print(looking.is_gone(holder))
        os.kill(int(child), signal.SIGKILL)
    """
    assert said(code, tmp_path) == ["False", "True"]
