"""The database below the ledger: whole transactions, one writer at a time, readers that wait for nobody."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from postgres import only_file
from sqlalchemy import inspect, text

from sora_nb.errors import LedgerError
from sora_nb.storage.database import Database

pytestmark = pytest.mark.usefixtures("each_database")


def first_numbers(connection):
    connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER NOT NULL)")
    connection.exec_driver_sql("INSERT INTO numbers VALUES (0)")


def second_names(connection):
    connection.exec_driver_sql("ALTER TABLE numbers ADD COLUMN name TEXT")


def broken(connection):
    connection.exec_driver_sql("CREATE TABLE half (number INTEGER)")
    connection.exec_driver_sql("this is no SQL")


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "numbers.db", (first_numbers,))
    yield made
    made.close()


def numbers(database):
    with database.read() as connection:
        return list(connection.scalars(text("SELECT number FROM numbers ORDER BY number")))


def test_each_migration_runs_once(tmp_path):
    for migrations in ((first_numbers,), (first_numbers, second_names), (first_numbers, second_names)):
        made = Database(tmp_path / "numbers.db", migrations)
        assert numbers(made) == [0]
        made.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(database, tmp_path):
    with pytest.raises(LedgerError, match=r"no SQL|syntax error"):
        Database(tmp_path / "numbers.db", (first_numbers, broken))
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) == {"migrations", "numbers"}


def twice(database):
    with database.write() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (1)"))
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))


def test_a_transaction_that_fails_has_not_happened(database):
    with pytest.raises(LedgerError, match=r"no such table|does not exist"):
        twice(database)
    assert numbers(database) == [0]


def test_what_is_read_in_a_write_stays_true_until_it_is_written(database):
    def count(_):
        for _ in range(20):
            with database.write() as connection:
                most = connection.scalar(text("SELECT max(number) FROM numbers"))
                connection.execute(text("INSERT INTO numbers VALUES (:next)"), {"next": most + 1})

    threads = [threading.Thread(target=count, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(database) == list(range(81))


def test_readers_do_not_wait_for_a_writer(database):
    with database.write() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (1)"))
        assert numbers(database) == [0]
    assert numbers(database) == [0, 1]


@only_file
def test_a_database_that_another_program_holds_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("sora_nb.storage.place.BUSY_SECONDS", 0.05)
    made = Database(tmp_path / "numbers.db", (first_numbers,))
    holder = sqlite3.connect(tmp_path / "numbers.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"locked.*Another program holds it"), made.write():
        pass
    holder.close()
    made.close()


def test_a_closed_database_can_be_read_again(database):
    database.close()
    assert numbers(database) == [0]


@only_file
def test_a_full_disk_is_told_as_one(database):
    def fill():
        with database.write() as connection:
            connection.execute(text("PRAGMA max_page_count = 1"))
            for _ in range(99):
                connection.execute(text("CREATE TABLE IF NOT EXISTS more (text)"))
                connection.execute(text("INSERT INTO more VALUES (randomblob(4000))"))

    with pytest.raises(LedgerError, match=r"disk is full.*Make room on the disk.*the file is not damaged"):
        fill()
