"""One ledger on PostgreSQL, many processes: budgets stay exact, and a server that is away costs nobody anything."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import waiting

from sora_nb.errors import ConfigError, LedgerError
from sora_nb.models import State
from sora_nb.money.budget import allowance
from sora_nb.storage import line
from sora_nb.storage.ledger import Call, Ledger

PROCESSES, ATTEMPTS, DOLLARS = 20, 12, 10
SPENDER = f"""
import json, random, sys
from sora_nb.errors import BudgetExceeded
from sora_nb.money.budget import allowance
from sora_nb.storage.ledger import Call, Ledger

ledger, chance, budget = Ledger(sys.argv[1]), random.Random(int(sys.argv[2])), allowance("{DOLLARS}", None)
print("ready", flush=True)
sys.stdin.readline()
for _ in range({ATTEMPTS}):
    price = 10_000 * chance.randint(1, 20)
    call = Call(kind="video", profile="paid", prompt="a corgi", estimate=price, reserved=price)
    try:
        ledger.add(call, budget)
    except BudgetExceeded:
        print(json.dumps([price, False]))
    else:
        print(json.dumps([price, True]))
"""
HOLDER = """
import sys
from pathlib import Path
from sora_nb.storage.ledger import Call, Ledger
ledger = Ledger(sys.argv[1])
lock = ledger.lock(Path("unused"))
print(lock.id, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def ledger(postgres):
    made = Ledger(postgres)
    yield made
    made.close()


def call(**fields):
    return Call(**{"kind": "video", "profile": "paid", "prompt": "a corgi", "estimate": 1, "reserved": 1} | fields)


def program(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


# --- money ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["file", "server"])
def test_twenty_processes_spend_one_budget_to_its_end_and_no_cent_more(kind, tmp_path, request):
    where = tmp_path / "ledger.db" if kind == "file" else request.getfixturevalue("postgres")
    spenders = [program(SPENDER, where, number) for number in range(PROCESSES)]
    for spender in spenders:
        assert spender.stdout.readline() == "ready\n"
    for spender in spenders:
        spender.stdin.write("go\n")
        spender.stdin.flush()
    said = [json.loads(line) for spender in spenders for line in spender.communicate()[0].splitlines()]
    assert len(said) == PROCESSES * ATTEMPTS
    ledger = Ledger(where)
    left = DOLLARS * 1_000_000 - sum(row.reserved for row in ledger.calls())
    ledger.close()
    assert left >= 0
    assert sum(price for price, taken in said if taken) == DOLLARS * 1_000_000 - left
    # what is left only shrinks, so whatever would fit at the end would have fitted before
    assert all(price > left for price, taken in said if not taken)


# --- who lives ------------------------------------------------------------------------------------------------------------


def test_a_killed_process_is_gone_and_a_living_one_is_not(ledger, postgres, tmp_path):
    lock = ledger.lock(tmp_path)
    with program(HOLDER, postgres) as holder:
        ident = holder.stdout.readline().strip()
        assert not lock.is_gone(ident)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    waiting.until(lambda: lock.is_gone(ident))
    lock.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_nobody_is_gone_because_the_server_was_restarted(ledger, postgres, postgres_server, tmp_path, monkeypatch, how):
    """Neither for who was connected before, nor for who comes new, from the moment on at which the server answers again."""
    other = Ledger(postgres)
    lock, living, ended = ledger.lock(tmp_path), other.lock(tmp_path), other.lock(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        stop = threading.Event()

        def look():
            seen = []
            while not stop.is_set():
                seen.append(lock.is_gone(living.id))
            return seen

        seen = pool.submit(look)
        postgres_server.restart(how)
        newcomer = Ledger(postgres)
        comes = newcomer.lock(tmp_path)
        assert not comes.is_gone(living.id)
        assert not comes.is_gone(lock.id)
        stop.set()
        assert not any(seen.result())
    ended.close()
    waiting.until(lambda: postgres_server.execute(HELD) == [(3,)])  # all that live have theirs again
    assert not comes.is_gone(ended.id)  # it was there before the restart, and may be on its way
    monkeypatch.setattr(line, "GRACE_SECONDS", 0)
    assert (comes.is_gone(ended.id), comes.is_gone(living.id), living.is_gone(lock.id)) == (True, False, False)
    for one in (lock, living, comes, newcomer, other):
        one.close()


HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


def test_nobody_is_gone_because_another_session_crashed(ledger, postgres, postgres_server, tmp_path):
    """The server then ends all sessions, without having been restarted."""
    other = Ledger(postgres)
    lock, living = ledger.lock(tmp_path), other.lock(tmp_path)
    [(victim,)] = postgres_server.execute(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_advisory_lock%' OR state = 'idle' LIMIT 1"
    )
    sessions = [pid for (pid,) in postgres_server.execute("SELECT pid FROM pg_stat_activity WHERE usename IS NOT NULL")]
    os.kill(victim, signal.SIGKILL)
    waiting.until(lambda: not any(map(psutil.pid_exists, sessions)))  # or it would be ended with them
    newcomer = Ledger(postgres)  # it waits until the server has recovered
    comes = newcomer.lock(tmp_path)
    assert not any(one.is_gone(who.id) for one in (lock, comes) for who in (lock, living))
    waiting.until(lambda: postgres_server.execute(HELD) == [(3,)])
    for one in (lock, living, comes, newcomer, other):
        one.close()


def test_nobody_is_gone_whose_session_alone_was_ended(ledger, postgres, postgres_server, tmp_path):
    """As a server that shuts down ends one before another, or a network drops one."""
    other = Ledger(postgres)
    lock, living = ledger.lock(tmp_path), other.lock(tmp_path)
    for _ in range(3):
        connection = other._database._place._line._connection
        postgres_server.execute(f"SELECT pg_terminate_backend({connection.info.backend_pid}, 10000)")
        assert not lock.is_gone(living.id)
        waiting.until(lambda before=connection: other._database._place._line._connection not in {before, None})
    for one in (lock, living, other):
        one.close()


def test_a_lock_that_was_closed_or_dropped_is_gone(ledger, postgres, tmp_path):
    other = Ledger(postgres)
    lock, closed, dropped = ledger.lock(tmp_path), other.lock(tmp_path), other.lock(tmp_path)
    idents = [closed.id, dropped.id]
    assert not any(map(lock.is_gone, [*idents, lock.id]))
    closed.close()
    closed.close()
    del dropped
    waiting.until(lambda: all(map(lock.is_gone, idents)))
    assert (closed.is_held, lock.is_held) == (False, True)
    assert lock.is_gone("")
    assert lock.is_gone("../elsewhere")
    lock.close()
    other.close()


def test_a_forked_child_that_ends_does_not_release_its_parents_lock(postgres):
    forking = (
        "import os, sys; from pathlib import Path; from sora_nb.storage.ledger import Ledger\n"
        "ledger = Ledger(sys.argv[1]); lock = ledger.lock(Path('unused')); child = os.fork()\n"
        "if not child: print(len(ledger.calls()), flush=True); sys.exit()\n"
        "os.waitpid(child, 0); print(Ledger(sys.argv[1]).lock(Path('unused')).is_gone(lock.id))"
    )
    with program(forking, postgres) as parent:
        assert parent.communicate()[0] == "0\nFalse\n"


# --- a server that is away --------------------------------------------------------------------------------------------------


def test_a_transaction_waits_for_a_server_that_restarts(ledger, postgres_server):
    row = ledger.add(call())
    postgres_server.stop()
    with ThreadPoolExecutor(2) as pool:
        changed, read = pool.submit(ledger.change, row, task="video_1"), pool.submit(ledger.calls)
        time.sleep(0.5)  # both have found it away
        postgres_server.start()
        assert changed.result().task == "video_1"
        assert [found.id for found in read.result()] == [row.id]
    assert ledger.call(row.id).task == "video_1"


def test_a_connection_that_breaks_in_a_transaction_is_told_and_the_next_one_works(ledger, postgres_server):
    def write():
        with ledger._database.write() as connection:
            connection.exec_driver_sql("UPDATE calls SET task = ''")
            postgres_server.restart(signal.SIGQUIT)
            connection.exec_driver_sql("UPDATE calls SET task = ''")

    with pytest.raises(LedgerError, match=r"cannot be reached.*No call was sent by this.*studio\.resume\(\)"):
        write()
    ledger.add(call(), allowance("1", None))
    assert len(ledger.calls()) == 1


def test_a_change_whose_connection_breaks_is_written_by_the_next_one(ledger, postgres_server, monkeypatch):
    from sqlalchemy import event

    row = ledger.add(call())
    broken = []

    def break_once(*_):
        if not broken:
            broken.append(True)
            postgres_server.restart(signal.SIGQUIT)

    event.listen(ledger._database._engine, "commit", break_once)
    ledger.change(row, state=State.RUNNING, task="video_1")
    assert broken
    assert ledger.call(row.id).task == "video_1"


def test_a_server_that_stays_away_is_told_without_the_password(postgres_server, monkeypatch):
    monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.1)
    url = postgres_server.database().replace("sora@", "sora:sesame@")
    ledger = Ledger(url)
    postgres_server.stop()
    with pytest.raises(LedgerError, match=r"cannot be reached: .*refused") as told:
        ledger.add(call())
    postgres_server.start()
    assert "sesame" not in f"{told.value!r} {ledger.name}"
    ledger.add(call())
    ledger.close()


WRONG = {
    "postgresql://sora:sesame@127.0.0.1:1/x": (LedgerError, "refused"),
    "postgresql://sora:sesame@nowhere.invalid/x": (LedgerError, "Check the host"),
    "postgresql://sora@127.0.0.1:{port}/nowhere?password=sesame": (LedgerError, "createdb"),
    "postgres://nobody:sesame@127.0.0.1:{port}/postgres": (LedgerError, "createuser"),
    "postgresql://sora:sesame@127.0.0.1:{port}/postgres": (LedgerError, "permission denied.*CREATE"),
    "postgresql://sora:sesame@127.0.0.1:{port}/postgres?sslmode=require": (LedgerError, "sslmode"),
    "mysql://sora:sesame@127.0.0.1/x": (ConfigError, r"mysql://.*postgresql\+psycopg://"),
    "postgresql://sora:sesame@127.0.0.1:port/x": (ConfigError, "no address of a database"),
    "sqlite://": (ConfigError, "No database"),
}


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_address_is_told_without_its_password(url, postgres_server):
    kind, words = WRONG[url]
    with pytest.raises(kind) as told:
        Ledger(url.format(port=postgres_server.port))
    assert re.search(words, str(told.value))
    assert "sesame" not in f"{told.value!r} {told.value.__cause__!r} {told.value.__context__!r}"


def test_without_its_driver_an_address_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r'pip install "sora_nb\[team\]"'):
        Ledger("postgresql://sora@127.0.0.1/x")


# --- changes, tables, texts -------------------------------------------------------------------------------------------------


class Told:
    def __init__(self):
        self.count = 0

    def changed(self):
        self.count += 1
        return True


def test_a_write_by_another_process_is_told_and_one_that_was_missed_while_the_server_was_away(
    ledger, postgres, postgres_server
):
    listeners, other = [Told()], Ledger(postgres)

    def is_told_by(happening, *arguments, **values):
        before = listeners[0].count
        happening(*arguments, **values)
        waiting.until(lambda: listeners[0].count > before)

    is_told_by(ledger.changes.tell, listeners[0].changed)  # of what it may have missed
    assert ledger.changes.running
    row = call()
    is_told_by(other.add, row)
    is_told_by(postgres_server.restart)
    is_told_by(other.change, row, task="video_1")
    listeners.clear()
    waiting.until(lambda: not ledger.changes.running)
    other.close()


def test_processes_that_make_the_tables_at_once_do_not_collide(postgres):
    with ThreadPoolExecutor(8) as pool:
        ledgers = list(pool.map(Ledger, [postgres] * 8))
    for ledger in ledgers:
        ledger.add(call())
    assert len(ledgers[0].calls()) == 8
    for ledger in ledgers:
        ledger.close()


def test_what_a_service_answers_is_kept_whatever_characters_it_has(ledger):
    long = os.urandom(6000).hex()  # longer than what an index of whole values can hold, and nothing to compress
    odd = {"a\0": "x\0y", "n": float("nan"), "half": "\ud800", "said": r"\u0000", "list": [float("inf"), {"z": 1}]}
    row = ledger.add(call(prompt=f"{long}\0%s %", task=long, answer=odd, url="u" * 9000, seed=2**62))
    ledger.change(row, state=State.DONE, charged=0, file="a.mp4")
    found = ledger.call(row.id)
    assert found.answer == {"a�": "x�y", "n": None, "half": "?", "said": r"\u0000", "list": [None, {"z": 1}]}
    assert (found.prompt, found.seed, found.created_at) == (f"{long}�%s %", 2**62, row.created_at)
    assert ledger.video(long).prompt == found.prompt
    assert [one.id for one in ledger.calls(prompts=[found.prompt])] == [row.id]
    assert len(ledger.videos().search(f"% {long[:9].upper()}")) == 1
    assert not ledger.videos().search("nothing")
