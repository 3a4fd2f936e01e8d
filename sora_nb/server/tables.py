"""The tables of the local server, and the migrations that bring a database of an older version up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import CreateIndex

from sora_nb.models import URGENCY, Status
from sora_nb.storage.dialects import NUMBERS_ONCE, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

RECORD = "server_migrations"
"""The table of migrations: a ledger, which has others, may be in the same database."""
UNFINISHED = (Status.QUEUED, Status.IN_PROGRESS)
_META = MetaData()
TASKS = Table(
    "tasks",
    _META,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String, unique=True),
    Column("kind", String, nullable=False),
    Column("key", String, unique=True),
    Column("request_id", String, nullable=False, server_default=""),
    Column("status", String, nullable=False),
    Column("progress", Float, nullable=False),
    Column("owner", String, nullable=False),
    Column("request", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("username", String, unique=True),
    Column("error_code", String, nullable=False),
    Column("error", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("completed_at", Float),
    Column("urgency", Integer, nullable=False, server_default=str(URGENCY)),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Index("ix_tasks_waiting", "status", "urgency", "number"),
    Index("ix_tasks_kind", "kind", "number"),
    **NUMBERS_ONCE,
)
FILES = Table(
    "server_files",
    _META,
    Column("key", String, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("used_at", Float, nullable=False, index=True),
)
"""Files that are deleted a day after their last use, unless a task needs them."""
NEEDS = Table(
    "server_needs",
    _META,
    Column("task", ForeignKey(TASKS.c.number, ondelete="CASCADE"), primary_key=True),
    Column("key", String, primary_key=True, index=True),
)
"""Which of those files a task is made from."""
SECRETS = Table(
    "server_secrets", _META, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)


def upload_key(name: str) -> str:
    """Return the key of a file that was sent here, which is named by the hash of its content."""
    return f"uploads/{name}.bin"


def needed(request: Mapping[str, Any]) -> list[str]:
    """Return the keys of the files that a task is made from."""
    return sorted({upload_key(request[name]) for name in ("reference", "upload") if name in request})


def first_tables(connection: Connection) -> None:
    """Migration of version 0.1: the table of tasks; a new database gets all tables as they are today."""
    _META.create_all(connection)


def second_request_ids(connection: Connection) -> None:
    """Migration of version 0.8: each task knows the request that it came with."""
    if "request_id" not in _columns(connection):
        connection.exec_driver_sql("ALTER TABLE tasks ADD COLUMN request_id VARCHAR NOT NULL DEFAULT ''")


def third_servers(connection: Connection) -> None:
    """Migration of version 0.8: several servers claim by urgency, sign links alike, and know which files are needed."""
    if "urgency" in _columns(connection):
        return
    connection.exec_driver_sql(f"ALTER TABLE tasks ADD COLUMN urgency INTEGER NOT NULL DEFAULT {URGENCY}")
    connection.exec_driver_sql("DROP INDEX IF EXISTS ix_tasks_status")
    for index in TASKS.indexes:
        connection.execute(CreateIndex(index, if_not_exists=True))
    _META.create_all(connection)
    for number, ident, kind, request in connection.execute(select(*(TASKS.c[name] for name in _OLD))).all():
        # the first stores named an uploaded file by its id
        keys = needed({"upload": ident, **request} if kind == "file" else request)
        if keys:
            connection.execute(insert(NEEDS), [{"task": number, "key": key} for key in keys])


def fifth_deaths(connection: Connection) -> None:
    """Migration of version 0.8: each task knows how many processes have ended while they worked on it."""
    if "deaths" not in _columns(connection):
        connection.exec_driver_sql("ALTER TABLE tasks ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0")


def _columns(connection: Connection) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns("tasks")}


_OLD = ("number", "id", "kind", "request")
MIGRATIONS = (first_tables, second_request_ids, third_servers)
"""The first of them, oldest first; keys.py has all."""
