"""Keep the local server's tasks in a database, which several servers may share, and their files beside it.

Files that clients sent live for a day after their last use, and as long as a task needs them.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sora_nb.engines.cutout import files as cutouts
from sora_nb.errors import LedgerError, OutcomeUnknown, StoreError
from sora_nb.models import URGENCY, Status
from sora_nb.server.keys import MIGRATIONS, Keys, tasks_of
from sora_nb.server.queue import Queue
from sora_nb.server.shared_files import UPLOAD_SECONDS, SharedFiles
from sora_nb.server.tables import (
    FILES,
    NEEDS,
    RECORD,
    SECRETS,
    TASKS,
    UNFINISHED,
    needed,
    upload_key,
)
from sora_nb.server.task import PREFIX, Task, character_key, video_key
from sora_nb.storage.database import Database
from sora_nb.storage.home import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.server.task import Kind

SECRET_BYTES = 32


class Store:
    """Tasks and files of one server, or of several.

    Args:
        home: the folder of this server; made where it does not exist.
        database: the address of a database that several servers share; by default a file in the folder.
        files: the address of a store of files that they share; by default the folder.

    Attributes:
        keys: the keys of persons.
        owner: this process, as others on the database see it.
        queue: the tasks that wait and those that are worked on.
    """

    def __init__(self, home: Path, database: str | None = None, files: str | None = None) -> None:
        self.home = home
        private_folder(home / "sources")
        self._database = Database(database or home / "store.db", MIGRATIONS, record=RECORD)
        self.keys = Keys(self._database)
        self.files = SharedFiles(home, files, self._database)
        self.owner = self._database.lock(home / "owners")
        self.queue = Queue(self._database, self.owner)
        self.secret = self._secret(is_own=not (database or files))

    def _secret(self, *, is_own: bool) -> bytes:
        """Return the key that signs links, the same for all servers on a database.

        Args:
            is_own: whether the home is the only place of tasks and files; what an older version left in it is taken over.
        """
        kept = select(SECRETS.c.value).where(SECRETS.c.name == "links")
        while True:
            with self._database.read() as connection:
                known = connection.scalar(kept)
            if known is not None:
                return bytes.fromhex(known)
            # another server may start at the same time
            with contextlib.suppress(IntegrityError), self._database.share() as connection:
                connection.execute(insert(SECRETS).values(name="links", value=self._first_secret().hex()))
                for path in (self.home / "uploads").iterdir() if is_own else ():
                    about = path.stat()
                    self.files.expire(connection, f"uploads/{path.name}", about.st_size, about.st_mtime)

    def _first_secret(self) -> bytes:
        """Return the secret of an older version, which had it in a file; else a new one."""
        with contextlib.suppress(FileNotFoundError):
            old = (self.home / "secret").read_bytes()
            if len(old) >= SECRET_BYTES:  # a process that was killed may have left the file empty
                return old
        return secrets.token_bytes(SECRET_BYTES)

    def close(self) -> None:
        """Close the database and let unfinished tasks go."""
        self.owner.close()
        self.files.close()
        self._database.close()

    def check_database(self) -> None:
        """See whether the database answers.

        Raises:
            LedgerError: it does not.
        """
        with self._database.read() as connection:
            connection.scalar(select(SECRETS.c.name))

    # --- files, named by ids only, never by what a client calls them ------------------------------------------------

    def upload(self, name: str) -> Path | None:
        """Return a file that was sent here, and count this as a use of it; None where it is gone."""
        key = upload_key(name)
        try:
            return self.files.fetch(key) if self.files.use(key) else None
        except FileNotFoundError:
            return None

    def file(self, ident: str) -> str | None:
        """Return the name that an uploaded file is kept under, and count this as a use of it; None where it is gone."""
        task = self.get(ident, "file")
        if task is None or not self.files.use(upload_key(task.upload)):
            return None
        return task.upload

    def video_path(self, task: str) -> Path:
        """Where a finished video is on this machine."""
        return self.files.path(video_key(task))

    def source_path(self, name: str) -> Path:
        """Where a file is while it is worked with: one that is fetched, cut, or made."""
        return self.home / "sources" / f"{name}.bin"

    # --- tasks ------------------------------------------------------------------------------------------------------

    def accept(
        self,
        kind: Kind,
        request: dict[str, Any],
        *,
        key: str | None = None,
        status: Status = Status.QUEUED,
        prefix: str = "",
        urgency: int = URGENCY,
        request_id: str = "",
        person: str = "",
    ) -> tuple[Task, bool]:
        """Write a new task, or return the one that came with this idempotency key before.

        Args:
            kind: what it is.
            request: what it needs.
            key: the idempotency key, or None.
            status: where it stands.
            prefix: what its id begins with, where that is not the usual prefix of its kind.
            urgency: see Task.
            request_id: the id of the request that it came with.
            person: whose it is, "" where it came without a key of a person.

        Returns:
            The task, and whether it is new.

        Raises:
            LedgerError: it was not accepted; or it came with a key, so that it may be sent again.
            OutcomeUnknown: nobody knows whether it was accepted.
            AuthError, BudgetExceeded: it was not accepted, see Keys.charge().
        """
        row = {
            "id": (prefix or PREFIX[kind]) + secrets.token_hex(16),
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
            "urgency": urgency,
        }
        while (known := self._of_key(key)) is None:
            with contextlib.suppress(IntegrityError):  # another server has just accepted one with this key
                return self._insert(row, person), True
        return known, False

    def _insert(self, row: dict[str, Any], person: str) -> Task:
        is_written = False
        try:
            with self._database.share() as connection:
                task = Task.of(connection.execute(insert(TASKS).values(row).returning(*TASKS.c)).mappings().one())
                if keys := needed(task.request):
                    connection.execute(insert(NEEDS), [{"task": task.number, "key": key} for key in keys])
                if person:
                    self.keys.charge(connection, person, task.kind, task.id)
                is_written = True
        except LedgerError as error:
            if is_written and task.key is None:
                raise OutcomeUnknown("The database was lost while a task was accepted.") from error
            raise
        return task

    def _of_key(self, key: str | None) -> Task | None:
        if key is None:
            return None
        with self._database.read() as connection:
            row = connection.execute(select(TASKS).where(TASKS.c.key == key)).mappings().one_or_none()
        return Task.of(row) if row else None

    def has_key(self, key: str) -> bool:
        """Whether a task came with this idempotency key."""
        return self._of_key(key) is not None

    def claim_username(self, task: Task, username: str) -> str:
        """Write a character's username, with a number behind it where another character has it, and return it."""
        columns = TASKS.c
        while True:
            # two servers may choose the same at once
            with contextlib.suppress(IntegrityError), self._database.share() as connection:
                others = select(columns.username).where(
                    columns.username.startswith(username, autoescape=True), columns.number != task.number
                )
                taken = set(connection.scalars(others))
                free = (f"{username}{number or ''}" for number in (0, *range(2, len(taken) + 3)))
                name = next(name for name in free if name not in taken)
                connection.execute(update(TASKS).where(columns.number == task.number).values(username=name))
                return name

    def get(self, task: str, kind: Kind) -> Task | None:
        """Return a task by its id, or None."""
        with self._database.read() as connection:
            query = select(TASKS).where(TASKS.c.id == task, TASKS.c.kind == kind)
            row = connection.execute(query).mappings().one_or_none()
        return Task.of(row) if row else None

    def character(self, name: str) -> Task | None:
        """Return a finished character by username or id, or None."""
        with self._database.read() as connection:
            query = select(TASKS).where(
                TASKS.c.kind == "character",
                TASKS.c.status == Status.COMPLETED,
                (TASKS.c.username == name) | (TASKS.c.id == name),
            )
            row = connection.execute(query).mappings().one_or_none()
        return Task.of(row) if row else None

    def tasks(
        self,
        kind: Kind,
        *,
        after: str | None = None,
        limit: int = 20,
        newest_first: bool = True,
        purpose: str | None = None,
        person: str = "",
    ) -> list[Task]:
        """Return tasks of one kind, in order of acceptance.

        Args:
            kind: which.
            after: id of the task before the first one returned.
            limit: most tasks returned.
            newest_first: the order.
            purpose: of files, those that were sent for it only.
            person: whose, "" for everybody's.
        """
        number = TASKS.c.number
        query = select(TASKS).where(TASKS.c.kind == kind).limit(limit)
        if purpose is not None:
            query = query.where(TASKS.c.request["purpose"].as_string() == purpose)
        if person:
            query = query.where(TASKS.c.id.in_(tasks_of(person)))
        query = query.order_by(number.desc() if newest_first else number)
        if after is not None:
            start = select(number).where(TASKS.c.id == after).scalar_subquery()
            query = query.where(number < start if newest_first else number > start)
        with self._database.read() as connection:
            return [Task.of(row) for row in connection.execute(query).mappings()]

    def remove(self, task: Task) -> None:
        """Forget a task and delete its video."""
        key = video_key(task.id)
        with self._database.share() as connection:
            self.keys.let_go(connection, task.id)
            connection.execute(delete(NEEDS).where(NEEDS.c.task == task.number))
            connection.execute(delete(TASKS).where(TASKS.c.number == task.number))
            # once more later: a store may be away now, and whoever works on it may bring the video just now
            self.files.expire(connection, key)
        with contextlib.suppress(StoreError):
            self.files.delete(key)

    def keep_character(self, task: Task, folder: Path) -> None:
        """Take over the files of a cut-out, that which makes it whole at the end.

        Raises:
            StoreError: the store of files does not take them.
        """
        for path in sorted(folder.iterdir(), key=lambda path: (path.name == cutouts.LAST, path.name)):
            self.files.keep(path, f"{character_key(task.id)}/{path.name}")

    def delete_orphan(self, task: Task) -> None:
        """Delete the video of a task that was deleted while it was worked on."""
        with self._database.read() as connection:
            is_there = connection.scalar(select(TASKS.c.number).where(TASKS.c.number == task.number)) is not None
        if not is_there:
            self.files.delete(video_key(task.id))

    def delete_unused(self) -> None:
        """Delete files sent here, fetched or left over that were not used for a day and that no task needs.

        Raises:
            StoreError: the store of files does not answer.
        """
        before = time.time() - UPLOAD_SECONDS
        columns = TASKS.c
        with self._database.read() as connection:
            unfinished = set(connection.scalars(select(columns.id).where(columns.status.in_(UNFINISHED))))
        for path in (self.home / "sources").iterdir():
            # another process may be tidying, too
            with contextlib.suppress(OSError):
                if path.name.partition(".")[0] not in unfinished and path.stat().st_mtime < before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.files.delete_unused()
        has_file = select(NEEDS.c.task).where(NEEDS.c.key == FILES.c.key, NEEDS.c.task == columns.number).exists()
        with self._database.share() as connection:
            old = (columns.kind == "file", columns.created_at < before, ~has_file)
            connection.execute(delete(NEEDS).where(NEEDS.c.task.in_(select(columns.number).where(*old))))
            connection.execute(delete(TASKS).where(*old))

    def counts(self, person: str = "") -> dict[str, dict[str, int]]:
        """Return how many tasks there are of each kind in each status, deleted ones left out.

        Args:
            person: whose, "" for everybody's.
        """
        query = select(TASKS.c.kind, TASKS.c.status, func.count()).group_by(TASKS.c.kind, TASKS.c.status)
        if person:
            query = query.where(TASKS.c.id.in_(tasks_of(person)))
        found: dict[str, dict[str, int]] = {"character": {}, "video": {}}
        with self._database.read() as connection:
            for kind, status, count in connection.execute(query):
                found.setdefault(kind, {})[status] = count
        return found
