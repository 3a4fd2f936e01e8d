"""Work on tasks: none waits for longer than it must."""

from __future__ import annotations

from quick import QuickEngine
from waiting import until

from sora_nb.models import Status
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.server import worker
from sora_nb.server.store import Store
from sora_nb.server.worker import WorkerPool

ASKED = {"prompt": "a corgi", "size": "64x64", "seconds": 1, "seed": 1}


def test_a_task_that_comes_between_the_look_and_the_pause_is_not_left_lying(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)
    store = Store(tmp_path)
    runner = WorkerPool(store, QuickEngine(), Films(registry.get("local")))
    claim, made = store.claim, []

    def claim_too_early():
        found = claim()
        if not made:
            made.append(store.accept("video", ASKED)[0])
            runner.wake()
        return found

    monkeypatch.setattr(store, "claim", claim_too_early)
    runner.start()
    until(lambda: made and store.get(made[0].id, "video").status.ended)
    runner.stop()
    assert store.get(made[0].id, "video").status is Status.COMPLETED
    store.close()
