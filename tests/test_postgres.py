"""The PostgreSQL that tests start."""

from __future__ import annotations

import signal

import psycopg
import pytest

pytestmark = pytest.mark.release


def _rows(url: str) -> list[tuple]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT number FROM kept").fetchall()


def test_databases_are_empty_and_what_is_committed_outlives_a_crash(postgres, postgres_server):
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept (number INTEGER)")
        connection.execute("INSERT INTO kept VALUES (7)")
    assert postgres_server.database() != postgres
    postgres_server.restart(signal.SIGQUIT)
    assert _rows(postgres) == [(7,)]
    assert postgres_server.execute("SHOW fsync") == [("on",)]
