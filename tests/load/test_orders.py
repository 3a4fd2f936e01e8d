"""Four servers on one PostgreSQL: how many orders a second they take, what each costs, and that a full table costs no more.

Some thousands of orders are part of a release. `SORA_NB_LOAD_ORDERS=100000 make load` makes as many as it says, and prints
the table from which CONTRIBUTING.md reckons.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import crowd
import httpx
import psutil
import psycopg
import pytest
from conftest import KEY
from speed import in_turns, wall

from sora_nb.server.tables import TASKS

ORDERS = int(os.environ.get("SORA_NB_LOAD_ORDERS", "800"))
FEW, FULL = 100, 100_000
"""Orders of a step beside an empty table and a full one, and rows of that."""
MOST, TURNS = 1.5, 6
"""How many times what an order costs beside an empty table it costs beside a full one, in the best of so many turns."""
FAR = 3
"""How many times what the first page of a full table takes its last one takes."""
SERVERS = 4
CLIENTS = {2: 0.05, 8: 0.15, 32: 0.4, 128: 0.4}
"""Clients at once, and their share of the orders."""
FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


class Server:
    """One of the servers, in a process of its own."""

    def __init__(self, home, database, files):
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "lib")])
        self._process = subprocess.Popen(
            [sys.executable, FOLDER / "order_server.py", home, KEY, database, files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        self.url = self._process.stdout.readline().strip()
        self.pid = self._process.pid
        self.films = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.films = int(self._process.communicate("end\n")[0])


class Database:
    """What PostgreSQL says of itself."""

    def __init__(self, url):
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def one(self, query):
        return self._connection.execute(query).fetchone()[0]

    def run(self, *statements):
        for statement in statements:
            self._connection.execute(statement)

    def count(self):
        return self.one("SELECT count(*) FROM tasks WHERE status = 'completed'")

    def unfinished(self):
        return self.one("SELECT count(*) FROM tasks WHERE status IN ('queued', 'in_progress')")

    def commits(self):
        return self.one("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")

    def connections(self):
        return self.one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()") - 1

    def log_position(self):
        return self.one("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")

    def bytes(self):
        return self.one("SELECT pg_total_relation_size('tasks')")

    def pid(self):
        return psutil.Process(self.one("SELECT pg_backend_pid()")).parent()

    def close(self):
        self._connection.close()


@dataclass(frozen=True)
class Used:
    """Processor seconds until now, of servers, database and clients."""

    servers: float
    database: float
    clients: float

    @classmethod
    def now(cls, servers, database):
        return cls(
            sum(_seconds(psutil.Process(server.pid)) for server in servers),
            _seconds(database) + sum(map(_seconds, database.children())),
            _seconds(psutil.Process()),
        )

    def __sub__(self, other):
        return Used(self.servers - other.servers, self.database - other.database, self.clients - other.clients)


def _seconds(process):
    times = process.cpu_times()
    return times.user + times.system + times.children_user + times.children_system


@dataclass(frozen=True)
class Step:
    """What some clients did to the servers at once, and what that took."""

    made: crowd.Crowd
    done: float
    used: Used
    commits: int
    log: int
    connections: int

    def each(self, what):
        """Processor milliseconds of an order."""
        return 1000 * what / len(self.made.tasks)

    def cost(self):
        """Processor milliseconds of an order in servers and database."""
        return self.each(self.used.servers + self.used.database)

    def line(self):
        """A row of the table that is printed."""
        orders, create, poll = len(self.made.tasks), self.made.creates, self.made.polls
        cells = [
            self.made.clients, orders, f"{self.made.rate():.0f}", f"{orders / self.done:.0f}",
            *(f"{crowd.percentile(values, percent):.0f}" for values in (create, poll) for percent in (50, 99)),
            *(f"{self.each(used):.1f}" for used in (self.used.servers, self.used.database, self.used.clients)),
            f"{self.commits / orders:.1f}", f"{self.log / orders / 1024:.1f}", self.connections,
        ]  # fmt: skip
        return " | ".join(map(str, cells))


HEAD = (
    "clients | orders | accepted/s | done/s | create p50, p99 ms | poll p50, p99 ms | processor ms an order: servers, "
    "database, clients | commits an order | log KiB an order | connections"
)


class Team:
    """Servers on one database, empty at first.

    Args:
        url: the database.
        folder: where the servers have their homes, and the store of files.
        stack: ends them.
    """

    def __init__(self, url, folder, stack):
        files = (folder / "files").as_uri()
        self.servers = [
            stack.enter_context(Server(folder / f"server{number}", url, files)) for number in range(SERVERS)
        ]
        self.database = Database(url)
        stack.callback(self.database.close)
        self._process = self.database.pid()
        self.tasks = []

    def step(self, orders, clients):
        """Have some clients make orders, and wait until all are done; return what that took."""
        database = self.database
        before, commits, log = Used.now(self.servers, self._process), database.commits(), database.log_position()
        start = time.perf_counter()
        made = crowd.order([server.url for server in self.servers], KEY, orders, clients)
        connections = database.connections()
        while database.unfinished():  # counting is no part of an order, and is not done often
            time.sleep(0.2)
        took = time.perf_counter() - start
        used = Used.now(self.servers, self._process) - before
        self.tasks += made.tasks
        return Step(made, took, used, database.commits() - commits, database.log_position() - log, connections)

    def listed(self):
        """Milliseconds of the first page of all orders, of the last one, and of all counts; they take turns."""
        first = self.database.one("SELECT id FROM tasks ORDER BY number OFFSET 20 LIMIT 1")
        with httpx.Client(base_url=self.servers[0].url, headers={"authorization": f"Bearer {KEY}"}) as http:

            def asked(path, **query):
                assert http.get(path, params=query).status_code == 200

            pages = partial(asked, "/v1/videos"), partial(asked, "/v1/videos", after=first)
            taken = in_turns(*pages, rounds=30, seconds=wall, enough=lambda first, last: last <= FAR * first)
            return [1000 * seconds for seconds in (*taken, wall(partial(asked, "/metrics")))]


def rows(orders):
    """SQL that adds finished orders, alike but for their ids."""
    kept = ", ".join(column.name for column in TASKS.c if column.name not in {"number", "id", "key"})
    return (
        f"INSERT INTO tasks (id, {kept}) SELECT 'video_' || md5(added::text), {kept} "
        f"FROM (SELECT * FROM tasks WHERE status = 'completed' LIMIT 1) AS one, generate_series(1, {orders}) AS added"
    )


@pytest.mark.timeout(max(600, ORDERS / 5))
def test_four_servers_share_one_database_and_a_full_table_costs_an_order_no_more(postgres, tmp_path):
    with ExitStack() as stack:
        team = Team(postgres, tmp_path, stack)
        steps = [team.step(round(ORDERS * share), clients) for clients, share in CLIENTS.items()]
        count, size = team.database.count(), team.database.bytes()
        few = [team.step(FEW, 8)]
        team.database.run(rows(FULL), "VACUUM ANALYZE tasks")
        full = [team.step(FEW, 8)]
        while len(full) < TURNS and full[-1].cost() > MOST * few[0].cost():  # others only ever make an order dearer
            full.append(team.step(FEW, 8))
        pages = team.listed()
        team.database.run("DELETE FROM tasks WHERE key IS NULL", "VACUUM ANALYZE tasks")
        few += [team.step(FEW, 8)]
    print(
        f"\n{HEAD}",
        *(step.line() for step in (*steps, *few, *full)),
        f"{count} rows, {size / count:.0f} bytes each with their indexes; among {FULL}, a page of the list takes "
        f"{pages[0]:.1f} ms at its beginning and {pages[1]:.1f} ms at its end, and all counts {pages[2]:.1f} ms",
        sep="\n",
    )
    # each order is one row, and one film of one server
    assert len(set(team.tasks)) == len(team.tasks) == sum(server.films for server in team.servers)
    assert count == sum(len(step.made.tasks) for step in steps)
    assert min(server.films for server in team.servers) > 0
    # no server holds more than its ten connections and the one by which it is known to live
    assert max(step.connections for step in steps) <= 11 * SERVERS
    assert max(step.commits / len(step.made.tasks) for step in steps[1:]) <= 40
    assert min(step.cost() for step in full) <= MOST * max(step.cost() for step in few)
    assert pages[1] <= FAR * pages[0]
