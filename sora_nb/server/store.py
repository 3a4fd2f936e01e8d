"""Keep the local server's tasks in SQLite, and their files in folders beside it; both outlive the process.

A task is claimed by one process at a time; one whose process has ended goes back to the queue. Files that clients sent
live for a day after their last use, and as long as a task needs them.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import time
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    JSON,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from sora_nb.models import Model, Status
from sora_nb.storage.database import Database
from sora_nb.storage.home import private_folder
from sora_nb.storage.process_lock import ProcessLock

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, RowMapping

Kind = Literal["video", "character", "file"]
PREFIX: dict[Kind, str] = {"video": "video_", "character": "ch_", "file": "file-"}
SECRET_BYTES = 32
UPLOAD_SECONDS = 24 * 3600.0
"""How long a file that was sent here is kept after its last use."""

_META = MetaData()
_TASKS = Table(
    "tasks",
    _META,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, unique=True),
    Column("kind", String, nullable=False),
    Column("key", String, unique=True),
    Column("request_id", String, nullable=False, server_default=""),
    Column("status", String, nullable=False, index=True),
    Column("progress", Float, nullable=False),
    Column("owner", String, nullable=False),
    Column("request", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("username", String, unique=True),
    Column("error_code", String, nullable=False),
    Column("error", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("completed_at", Float),
    sqlite_autoincrement=True,  # a deleted task's number, and so its id, is never given again
)


class Task(Model):
    """One accepted request, or one uploaded file.

    Attributes:
        number: counts up from 1.
        id: the public id; no two stores give the same.
        key: the idempotency key it came with, or None.
        request_id: the id of the request that it came with; "" where none is known.
        progress: 0 to 100.
        request: what was asked for.
        result: what came of it.
        username: a finished character's handle.
        error_code, error: why it failed.
        created_at, completed_at: Unix seconds.
    """

    number: int
    id: str
    kind: Kind
    key: str | None
    request_id: str
    status: Status
    progress: float
    owner: str
    request: dict[str, Any]
    result: dict[str, Any]
    username: str | None
    error_code: str
    error: str
    created_at: float
    completed_at: float | None

    @property
    def upload(self) -> str:
        """The name that an uploaded file is kept under; the first stores named it by its id."""
        return str(self.request.get("upload", self.id))


def first_tables(connection: Connection) -> None:
    """Migration of version 0.1: the table of tasks."""
    _META.create_all(connection)


def second_request_ids(connection: Connection) -> None:
    """Migration of version 0.8: each task knows the request that it came with."""
    if "request_id" not in {column["name"] for column in inspect(connection).get_columns("tasks")}:
        connection.exec_driver_sql("ALTER TABLE tasks ADD COLUMN request_id VARCHAR NOT NULL DEFAULT ''")


class Store:
    """Tasks and files below one folder.

    Args:
        home: the folder; made where it does not exist.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in ("uploads", "videos", "characters", "sources"):
            private_folder(home / name)
        self._database = Database(home / "store.db", (first_tables, second_request_ids))
        self.owner = ProcessLock(home / "owners")
        self.secret = self._secret()

    def _secret(self) -> bytes:
        """The key that signs links; made once, readable by its user only."""
        path = self.home / "secret"
        with self._database.write():  # one process at a time; one that was killed here may have left the file empty
            path.touch(mode=0o600)
            if path.stat().st_size < SECRET_BYTES:
                path.write_bytes(secrets.token_bytes(SECRET_BYTES))
            return path.read_bytes()

    def close(self) -> None:
        """Close the database and let unfinished tasks go."""
        self.owner.close()
        self._database.close()

    # --- files, named by ids only, never by what a client calls them ------------------------------------------------

    def upload_path(self, name: str) -> Path:
        """Where a file that was sent here is kept: by the hash of its content."""
        return self.home / "uploads" / f"{name}.bin"

    def upload(self, name: str) -> Path | None:
        """Return where a file that was sent here is, and count this as a use of it; None where it is gone."""
        path = self.upload_path(name)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def file(self, ident: str) -> str | None:
        """Return the name that an uploaded file is kept under, and count this as a use of it; None where it is gone."""
        task = self.get(ident, "file")
        if task is None or self.upload(task.upload) is None:
            return None
        return task.upload

    def video_path(self, task: str) -> Path:
        """Where a finished video is."""
        return self.home / "videos" / f"{task}.mp4"

    def character_path(self, task: str) -> Path:
        """The folder of a character's cut-out."""
        return self.home / "characters" / task

    def source_path(self, task: str) -> Path:
        """Where a video fetched for a character is kept while it is cut."""
        return self.home / "sources" / f"{task}.bin"

    # --- tasks ------------------------------------------------------------------------------------------------------

    def accept(
        self,
        kind: Kind,
        request: dict[str, Any],
        *,
        key: str | None = None,
        status: Status = Status.QUEUED,
        prefix: str = "",
        request_id: str = "",
    ) -> tuple[Task, bool]:
        """Write a new task, or return the one that came with this idempotency key before.

        Args:
            kind: what it is.
            request: what it needs.
            key: the idempotency key, or None.
            status: where it stands.
            prefix: what its id begins with, where that is not the usual prefix of its kind.
            request_id: the id of the request that it came with.

        Returns:
            The task, and whether it is new.
        """
        with self._database.write() as connection:
            if key is not None:
                known = connection.execute(select(_TASKS).where(_TASKS.c.key == key)).mappings().one_or_none()
                if known is not None:
                    return _task(known), False
            row = {
                "kind": kind,
                "key": key,
                "request_id": request_id,
                "status": status,
                "progress": 0,
                "owner": "",
                "request": request,
                "result": {},
                "error_code": "",
                "error": "",
                "created_at": time.time(),
            }
            number = connection.execute(insert(_TASKS).values(row).returning(_TASKS.c.number)).scalar_one()
            digest = hmac.new(self.secret, f"{kind} {number}".encode(), hashlib.sha256).hexdigest()
            public = (prefix or PREFIX[kind]) + digest[:32]
            connection.execute(update(_TASKS).where(_TASKS.c.number == number).values(id=public))
            return _task(connection.execute(select(_TASKS).where(_TASKS.c.number == number)).mappings().one()), True

    def claim(self) -> Task | None:
        """Take the oldest waiting task for this process, or None; tasks of ended processes wait again."""
        columns = _TASKS.c
        with self._database.read() as connection:
            running = select(columns.owner).where(columns.status == Status.IN_PROGRESS).distinct()
            owners = set(connection.scalars(running))
            waiting = connection.scalars(select(columns.id).where(columns.status == Status.QUEUED)).first()
        gone = [owner for owner in owners if self.owner.is_gone(owner)]
        if not gone and waiting is None:
            return None
        with self._database.write() as connection:
            connection.execute(
                update(_TASKS)
                .where(columns.status == Status.IN_PROGRESS, columns.owner.in_(gone))
                .values(status=Status.QUEUED, owner="", progress=0)
            )
            query = select(_TASKS).where(columns.status == Status.QUEUED).order_by(columns.number).limit(1)
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            claimed = {"status": Status.IN_PROGRESS, "owner": self.owner.id}
            connection.execute(update(_TASKS).where(columns.number == row["number"]).values(claimed))
            return _task(row).model_copy(update=claimed)

    def has_key(self, key: str) -> bool:
        """Whether a task came with this idempotency key."""
        with self._database.read() as connection:
            return connection.scalars(select(_TASKS.c.id).where(_TASKS.c.key == key)).first() is not None

    def update(self, task: Task, **values: Any) -> None:
        """Write fields of a task that this process has claimed; one deleted meanwhile stays deleted."""
        with self._database.write() as connection:
            connection.execute(update(_TASKS).where(_TASKS.c.number == task.number).values(values))

    def finish(self, task: Task, **values: Any) -> None:
        """Write a task's end."""
        self.update(task, completed_at=time.time(), **values)

    def claim_username(self, task: Task, username: str) -> str:
        """Write a character's username, with a number behind it where another character has it, and return it."""
        with self._database.write() as connection:
            taken = set(connection.scalars(select(_TASKS.c.username).where(_TASKS.c.username.startswith(username))))
            free = (f"{username}{number or ''}" for number in (0, *range(2, len(taken) + 3)))
            name = next(name for name in free if name not in taken)
            connection.execute(update(_TASKS).where(_TASKS.c.number == task.number).values(username=name))
        return name

    def get(self, task: str, kind: Kind) -> Task | None:
        """Return a task by its id, or None."""
        with self._database.read() as connection:
            query = select(_TASKS).where(_TASKS.c.id == task, _TASKS.c.kind == kind)
            row = connection.execute(query).mappings().one_or_none()
        return _task(row) if row else None

    def character(self, name: str) -> Task | None:
        """Return a finished character by username or id, or None."""
        with self._database.read() as connection:
            query = select(_TASKS).where(
                _TASKS.c.kind == "character",
                _TASKS.c.status == Status.COMPLETED,
                (_TASKS.c.username == name) | (_TASKS.c.id == name),
            )
            row = connection.execute(query).mappings().one_or_none()
        return _task(row) if row else None

    def tasks(
        self,
        kind: Kind,
        *,
        after: str | None = None,
        limit: int = 20,
        newest_first: bool = True,
        purpose: str | None = None,
    ) -> list[Task]:
        """Return tasks of one kind, in order of acceptance.

        Args:
            kind: which.
            after: id of the task before the first one returned.
            limit: most tasks returned.
            newest_first: the order.
            purpose: of files, those that were sent for it only.
        """
        number = _TASKS.c.number
        query = select(_TASKS).where(_TASKS.c.kind == kind).limit(limit)
        if purpose is not None:
            query = query.where(_TASKS.c.request["purpose"].as_string() == purpose)
        query = query.order_by(number.desc() if newest_first else number)
        if after is not None:
            start = select(number).where(_TASKS.c.id == after).scalar_subquery()
            query = query.where(number < start if newest_first else number > start)
        with self._database.read() as connection:
            return [_task(row) for row in connection.execute(query).mappings()]

    def remove(self, task: Task) -> None:
        """Forget a task and delete its video."""
        with self._database.write() as connection:
            connection.execute(delete(_TASKS).where(_TASKS.c.number == task.number))
        self.video_path(task.id).unlink(missing_ok=True)

    def delete_unused(self) -> None:
        """Delete files sent here, fetched or left over that were not used for a day and that no task needs."""
        columns = _TASKS.c
        unfinished = columns.status.in_([Status.QUEUED, Status.IN_PROGRESS])
        with self._database.read() as connection:
            query = select(columns.id, columns.request).where(unfinished | (columns.kind == "video"))
            needed = set()
            for ident, request in connection.execute(query):
                needed |= {ident, request.get("reference"), request.get("upload")}
        before = time.time() - UPLOAD_SECONDS
        for folder in ("uploads", "sources"):
            for path in (self.home / folder).iterdir():
                # another process may be tidying, too
                with contextlib.suppress(OSError):
                    if path.name.partition(".")[0] not in needed and path.stat().st_mtime < before:
                        path.unlink()
        with self._database.write() as connection:
            old = select(_TASKS).where(columns.kind == "file", columns.created_at < before)
            kept = [_task(row) for row in connection.execute(old).mappings()]
            gone = [file.id for file in kept if not self.upload_path(file.upload).exists()]
            connection.execute(delete(_TASKS).where(columns.id.in_(gone)))

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many tasks there are of each kind in each status, deleted ones left out."""
        query = select(_TASKS.c.kind, _TASKS.c.status, func.count()).group_by(_TASKS.c.kind, _TASKS.c.status)
        found: dict[str, dict[str, int]] = {"character": {}, "video": {}}
        with self._database.read() as connection:
            for kind, status, count in connection.execute(query):
                found.setdefault(kind, {})[status] = count
        return found


def _task(row: RowMapping) -> Task:
    return Task.model_validate(dict(row))
