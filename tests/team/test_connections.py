"""Connections to PostgreSQL: as many as work at once, kept while they are needed, and none where nobody works."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from waiting import until

from sora_nb.storage import postgresql
from sora_nb.storage.database import Database


def table(connection):
    connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER NOT NULL)")


def ids(database, together):
    """Ask the server who asks, by several threads at once; return the ids of the sessions."""
    met = threading.Barrier(together)

    def ask(_):
        with database.read() as connection:
            met.wait()
            return connection.scalar(text("SELECT pg_backend_pid()"))

    with ThreadPoolExecutor(together) as threads:
        return set(threads.map(ask, range(together)))


def test_connections_are_kept_for_the_next_who_need_them_and_end_at_rest(postgres, postgres_server, monkeypatch):
    monkeypatch.setattr(postgresql, "IDLE_SECONDS", 2)
    database = Database(postgres, (table,))
    first = ids(database, 8)
    assert len(first) == 8
    assert ids(database, 8) == first
    of_database = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{postgres.rpartition('/')[2]}'"
    until(lambda: postgres_server.execute(of_database) == [(0,)])
    assert ids(database, 3).isdisjoint(first)
    database.close()
