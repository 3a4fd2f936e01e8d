"""Which process lives: told by a lock that the system lets go when it ends, however it ends."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from sora_nb.storage.ledger import Ledger
from sora_nb.storage.process_lock import ProcessLock

HOLDER = """
import sys
from pathlib import Path
from sora_nb.storage.process_lock import ProcessLock
lock = ProcessLock(Path(sys.argv[1]))
print(lock.id, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def lock(tmp_path):
    made = ProcessLock(tmp_path)
    yield made
    made.close()


def files(folder):
    return list(folder.glob("*.lock"))


def test_a_lock_lives_until_it_is_closed(lock, tmp_path):
    other = ProcessLock(tmp_path)
    assert (lock.is_gone(lock.id), lock.is_gone(other.id), other.is_gone(lock.id)) == (False, False, False)
    other.close()
    other.close()
    assert (lock.is_gone(other.id), other.is_gone(other.id)) == (True, True)
    assert len(files(tmp_path)) == 1


def test_a_killed_process_is_gone_and_a_living_one_is_not(lock, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        ident = holder.stdout.readline().strip()
        assert not lock.is_gone(ident)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert lock.is_gone(ident)
    assert len(files(tmp_path)) == 1


def test_all_who_look_at_once_see_that_a_process_is_gone(tmp_path):
    """A look takes the lock for a moment, and must not be what another one sees."""
    locks = [ProcessLock(tmp_path) for _ in range(8)]
    together = threading.Barrier(len(locks))

    def look(lock, ident):
        together.wait()
        return lock.is_gone(ident)

    with ThreadPoolExecutor(len(locks)) as pool:
        for number in range(50):
            (tmp_path / f"gone{number}.lock").touch()
            assert all(pool.map(look, locks, [f"gone{number}"] * len(locks)))
    for lock in locks:
        lock.close()


def test_a_process_that_ends_leaves_no_lock_file(tmp_path):
    subprocess.run(
        [sys.executable, "-c", HOLDER, str(tmp_path)], input="\n", text=True, check=True, capture_output=True
    )
    assert files(tmp_path) == []


def test_a_lock_file_that_is_lost_counts_as_gone(lock, tmp_path):
    other = ProcessLock(tmp_path)
    (tmp_path / f"{other.id}.lock").unlink()
    assert lock.is_gone(other.id)
    other.close()


def test_an_id_that_is_no_name_of_a_file_is_gone(lock):
    assert lock.is_gone("../elsewhere")
    assert lock.is_gone("")


def test_a_lock_that_was_dropped_counts_as_gone(lock, tmp_path):
    dropped = ProcessLock(tmp_path)
    ident = dropped.id
    del dropped
    gc.collect()
    assert lock.is_gone(ident)
    assert len(files(tmp_path)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_child_that_ends_does_not_release_its_parents_lock(tmp_path):
    forking = (
        "import os, sys, gc; from pathlib import Path; from sora_nb.storage.process_lock import ProcessLock\n"
        "folder = Path(sys.argv[1]); lock = ProcessLock(folder); child = os.fork()\n"
        "if not child: sys.exit()\n"
        "os.waitpid(child, 0); print(ProcessLock(folder).is_gone(lock.id))"
    )
    said = subprocess.run([sys.executable, "-c", forking, str(tmp_path)], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_ledgers_and_locks_that_were_dropped_leave_nothing_open(tmp_path):
    def make():
        ledger, lock = Ledger(tmp_path / "ledger.db"), ProcessLock(tmp_path / "kernels")
        assert (ledger.calls(), lock.is_gone(lock.id)) == ([], False)

    def opened():
        gc.collect()
        return [file.path for file in psutil.Process().open_files() if tmp_path in Path(file.path).parents]

    make()
    before = opened()
    for _ in range(50):
        make()
    assert opened() == before
    assert files(tmp_path / "kernels") == []
