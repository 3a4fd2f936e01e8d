"""One server whose orders Dask workers carry out, on PostgreSQL: workers and scheduler are killed, and no order is lost or doubled."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
from dask_cluster import DaskCluster, kill, register
from prompted import PromptedEngine
from quick import marked
from serving import Served, ended
from sqlalchemy import select
from waiting import until

from sora_nb import Studio
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.errors import GenerationFailed
from sora_nb.models import State, Status
from sora_nb.server.store import Store
from sora_nb.server.tables import TASKS

ORDERS = 40
CLIENTS = 8
SMALL = {"seconds": "1", "size": "64x64"}
DEATHS = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
"""How many workers a task may outlive; 3 where nothing is set."""
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A scheduler with two workers that know an engine which marks each film with its prompt."""
    monkeypatch.setenv(DEATHS, "2")
    plugins = register(tmp_path, prompted="prompted:make")
    with DaskCluster(tmp_path, plugins) as made:
        made.start_worker()
        made.start_worker()
        yield made


@pytest.fixture
def places(tmp_path, postgres):
    """Where the server has its tasks and its files."""
    return postgres, f"file://{tmp_path}/store"


@pytest.fixture
def url(cluster, places, tmp_path):
    """Where `sora-nb serve --workers dask:...` answers."""
    database, files = places
    options = ["--database", database, "--files", files, "--engine", "prompted"]
    path = tmp_path / "plugins"
    server = Served(tmp_path / "home", *options, "--workers", f"dask:{cluster.address}", path=path)
    yield server.url
    server.end()


def test_a_crowd_of_orders_outlives_a_worker_and_the_scheduler(cluster, places, url, tmp_path):
    done = {}

    def order(number):
        prompt = f"a corgi and {number} ducks"
        with httpx.Client(base_url=url, timeout=90) as http:
            made = http.post("/v1/videos", json={"prompt": prompt, **SMALL}, headers={"idempotency-key": prompt})
            task = ended(http, made.raise_for_status().json())
            film = http.get(f"/v1/videos/{task['id']}/content").raise_for_status().content
        done[prompt] = (task["id"], task["status"], film)

    with ThreadPoolExecutor(CLIENTS) as clients:
        orders = [clients.submit(order, number) for number in range(ORDERS)]

        def wait_for(count):
            until(lambda: len(done) >= count or any(one.done() and one.exception() for one in orders))
            assert len(done) < ORDERS

        wait_for(ORDERS // 4)
        kill(cluster.workers.pop())
        cluster.start_worker()
        wait_for(ORDERS // 2)
        kill(cluster.scheduler)
        for worker in cluster.workers:
            kill(worker)
        cluster.workers.clear()
        cluster.start_scheduler()
        cluster.start_worker()
        cluster.start_worker()
        for one in orders:
            one.result()
    alone = tmp_path / "alone.mp4"
    PromptedEngine().generate(RenderRequest("", {}, 64, 64, 1), alone, Control())
    whole = alone.read_bytes().removesuffix(marked(b"", ""))
    ids = [ident for ident, _, _ in done.values()]
    assert done == {prompt: (ident, "completed", marked(whole, prompt)) for prompt, (ident, _, _) in done.items()}
    assert len(done) == len(set(ids)) == ORDERS
    with closing(Store(tmp_path / "looking", *places)) as store:
        with store._database.read() as connection:
            rows = connection.execute(select(TASKS.c.id, TASKS.c.status)).all()
        assert sorted(rows) == sorted((ident, Status.COMPLETED) for ident in ids)
        assert store.files._store.keys("server/") == sorted(f"server/videos/{ident}.mp4" for ident in ids)
        assert store.files._store.keys("workers/results/") == []


def test_an_order_that_ends_three_workers_fails_alone_and_is_free(cluster, url, tmp_path):
    with (
        httpx.Client(base_url=url, timeout=90) as http,
        Studio("local", base_url=url, home=tmp_path / "mine", progress=False) as studio,
    ):
        poison = studio.submit("poison", **{**SMALL, "seconds": 1})
        others = [http.post("/v1/videos", json={"prompt": f"a fox, {number}", **SMALL}).json() for number in range(6)]
        dead = []
        while not poison.done():
            for worker in [worker for worker in cluster.workers if worker.poll() is not None]:
                cluster.workers.remove(worker)
                dead.append(worker)
                cluster.start_worker()
            time.sleep(0.02)
        with pytest.raises(GenerationFailed, match="3 workers died of it, one after another") as failed:
            poison.result()
        assert failed.value.money
        [call] = studio.ledger.calls()
        assert (call.state, call.charged) == (State.FAILED, 0)
        assert {ended(http, task)["status"] for task in others} == {"completed"}
        assert len(dead) == 3
