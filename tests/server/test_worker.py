"""Work on tasks: none waits for longer than it must, and none ends one process after another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from quick import QuickEngine
from waiting import until

from sora_nb.models import Status
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.server import worker
from sora_nb.server.store import Store
from sora_nb.server.worker import WorkerPool

ASKED = {"prompt": "a corgi", "size": "64x64", "seconds": 1, "seed": 1}
TESTS = Path(__file__).parents[1]


def test_a_task_that_comes_between_the_look_and_the_pause_is_not_left_lying(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)
    store = Store(tmp_path)
    runner = WorkerPool(store, QuickEngine(), Films(registry.get("local")))
    claim, made = store.queue.claim, []

    def claim_too_early(**options):
        found = claim(**options)
        if not made:
            made.append(store.accept("video", ASKED)[0])
            runner.wake()
        return found

    monkeypatch.setattr(store.queue, "claim", claim_too_early)
    runner.start()
    until(lambda: made and store.get(made[0].id, "video").status.ended)
    runner.stop()
    assert store.get(made[0].id, "video").status is Status.COMPLETED
    store.close()


@pytest.mark.release
@pytest.mark.usefixtures("each_database")
def test_a_task_that_ends_its_process_fails_at_the_third_and_takes_none_along(tmp_path):
    store = Store(tmp_path)
    asked = ["a corgi", "poison", "a fox", "a cat"]
    tasks = [store.accept("video", {**ASKED, "prompt": prompt})[0].id for prompt in asked]
    path = os.pathsep.join(map(str, (TESTS.parent, TESTS / "lib")))
    command = [sys.executable, TESTS / "lib" / "poisoned.py", tmp_path]
    said = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == [str(-signal.SIGKILL)] * 3 + ["0"]
    ended = dict(zip(asked, (store.get(ident, "video") for ident in tasks), strict=True))
    poison = ended.pop("poison")
    assert {task.status for task in ended.values()} == {Status.COMPLETED}
    assert (poison.status, poison.deaths, poison.error_code) == (Status.FAILED, 3, "engine_error")
    assert "3 servers ended, one after another, while they worked on this" in poison.error
    assert "Nothing was charged." in poison.error
    assert poison.completed_at > poison.created_at
    store.close()
