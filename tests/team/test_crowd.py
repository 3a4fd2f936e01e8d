"""Three servers on one PostgreSQL and one bucket, ended and cut off at random: no order is lost, doubled or half done."""

from __future__ import annotations

import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from serving import Served
from sqlalchemy import select
from waiting import until

from sora_nb.models import Status
from sora_nb.server.store import Store
from sora_nb.server.tables import TASKS

ORDERS = 200
CLIENTS = 10
SMALL = {"seconds": "1", "size": "64x64"}
SERVE = Path(__file__).parents[1] / "lib" / "quick_serve.py"
AWAY_SECONDS = 30
"""How long the bucket does not answer: longer than any server asks again within one request."""


class Team:
    """Servers that come and go, and what stands before them: it sends each request to one that answers.

    Attributes:
        servers: those that there are.
        drained: with what status those ended that were asked to.
        done: the numbers of the orders whose films have arrived.
        ids: which tasks each order was answered with.
    """

    def __init__(self, folder, database, files):
        self._folder, self._shared = folder, (database, files)
        self._http = httpx.Client(timeout=90)
        self.servers = []
        self.drained = []
        self.done = set()
        self.ids = {number: set() for number in range(ORDERS)}

    def start(self):
        """Start one more server; each has a home of its own."""
        number = len(list(self._folder.glob("*.log")))
        database, files = self._shared
        options = ["--workers", "2", "--database", database, "--files", files]
        self.servers.append(Served(self._folder / f"home{number}", *options, program=[SERVE]))

    def end_one(self, how):
        """End a server, and start another one."""
        server = self.servers.pop(random.randrange(len(self.servers)))
        status = server.end(how)
        if how == signal.SIGTERM:
            self.drained.append(status)
        self.start()

    def send(self, method, path, **options):
        """Send a request to any server until one answers it, and return the answer."""
        while True:
            try:
                answer = self._http.request(method, f"{random.choice(self.servers).url}{path}", **options)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code != 503:
                assert answer.status_code == 200, answer.text
                return answer
            assert int(answer.headers["retry-after"]) > 0
            time.sleep(0.5)

    def close(self):
        """End the servers that there are."""
        for server in self.servers:
            server.end(signal.SIGKILL)
        self._http.close()

    def order(self, number):
        """Order a film, wait for it and fetch it, as a client does that may be told to come again."""
        asked = {"prompt": f"a corgi and {number} ducks", **SMALL}
        task = self.send("POST", "/v1/videos", json=asked, headers={"idempotency-key": f"order {number}"}).json()
        self.ids[number].add(task["id"])
        while task["status"] != "completed":
            assert task["status"] in {"queued", "in_progress"}, task
            time.sleep(0.6)
            task = self.send("GET", f"/v1/videos/{task['id']}").json()
        film = self.send("GET", f"/v1/videos/{task['id']}/content").content
        assert film[4:8] == b"ftyp"
        assert task["id"].encode() in film[-80:]  # its mark is the last that its engine wrote
        self.done.add(number)


def has_failed(order):
    return order.done() and order.exception() is not None


@pytest.fixture
def team(postgres, bucket, tmp_path):
    team = Team(tmp_path, postgres, bucket)
    yield team
    team.close()


@pytest.mark.timeout(900)
def test_a_crowd_of_orders_outlives_whatever_ends(team, postgres_server, postgres, object_server, bucket, tmp_path):
    for _ in range(3):
        team.start()

    def go_away():
        with object_server.away():
            time.sleep(AWAY_SECONDS)

    def crash():
        postgres_server.restart(signal.SIGQUIT)
        team.end_one(signal.SIGKILL)

    happenings = [
        lambda: team.end_one(signal.SIGKILL),
        lambda: team.end_one(signal.SIGTERM),
        postgres_server.restart,
        go_away,
        crash,
    ]
    with ThreadPoolExecutor(CLIENTS) as clients:
        under_way = []
        for turn, happen in enumerate(happenings):
            part = range(turn, ORDERS, len(happenings))
            # each fourth order is sent twice, as by a client that heard nothing
            under_way += [clients.submit(team.order, number) for number in sorted([*part, *part[::4]])]
            until(lambda part=part, sent=under_way: team.done & {*part} or any(map(has_failed, sent)))
            assert not team.done.issuperset(part)
            happen()
        for one in under_way:
            one.result()
    assert team.drained == [0]
    ids = [ident for found in team.ids.values() for ident in found]
    assert len(set(ids)) == len(ids) == ORDERS
    with closing(Store(tmp_path / "looking", postgres, bucket)) as store:
        with store._database.read() as connection:
            rows = connection.execute(select(TASKS.c.id, TASKS.c.status)).all()
        assert sorted(rows) == sorted((ident, Status.COMPLETED) for ident in ids)
        keys = store.files._store.keys("server/")
        assert keys == sorted(f"server/videos/{ident}.mp4" for ident in ids)
        httpx.delete(f"{team.servers[0].url}/v1/videos/{ids[0]}").raise_for_status()
        assert f"server/videos/{ids[0]}.mp4" not in store.files._store.keys("server/")
    for server in team.servers:
        assert httpx.get(f"{server.url}/v1/videos/{ids[0]}/content").status_code == 404
