"""The tasks that wait, and who works on them: each is claimed by one process at a time.

One whose process has ended waits again. One during which several processes have ended, one after another, is taken for
the reason, and fails.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true, update

from sora_nb.models import Status
from sora_nb.server.tables import TASKS, UNFINISHED
from sora_nb.server.task import DEATHS, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Update

    from sora_nb.storage.database import Database
    from sora_nb.storage.place import Presence

_DEADLY = {
    "status": Status.FAILED,
    "error_code": "engine_error",
    "error": f"{DEATHS} servers ended, one after another, while they worked on this, the last one on nothing else. "
    "Memory that does not suffice is the usual reason: ask for a smaller or shorter video, or see the servers' logs. "
    "Nothing was charged.",
}


class Queue:
    """The tasks of a database, as one process takes them.

    Args:
        database: where they are.
        owner: this process, as others see it.
    """

    def __init__(self, database: Database, owner: Presence) -> None:
        self._database = database
        self._owner = owner

    def tell(self, method: Callable[[], bool]) -> None:
        """Call a method when a task may wait, by whichever process; see Watch.tell()."""
        self._database.watch().tell(method)

    def take_back(self, working: Collection[str]) -> list[Task]:
        """Let tasks wait again whose process has ended, and those of this process that nobody works on.

        Args:
            working: ids of the tasks that this process works on. It may have claimed others without hearing of it,
                where the database was lost at that moment.

        Returns:
            The tasks that fail instead, for too many processes have ended.
        """
        columns = TASKS.c
        with self._database.read() as connection:
            query = select(columns.number, columns.id, columns.owner).where(columns.status == Status.IN_PROGRESS)
            running = connection.execute(query).all()
        gone = {owner for _, _, owner in running if self._owner.is_gone(owner)}
        mine = self._owner.id
        forgotten = [number for number, ident, owner in running if owner == mine and ident not in working]
        if not gone and not forgotten:
            return []
        left = (columns.status == Status.IN_PROGRESS, columns.owner.in_(gone))
        deadly = update(TASKS).where(*left, columns.deaths >= DEATHS - 1)
        with self._database.share() as connection:
            connection.execute(_waits_again().where(columns.owner == mine, columns.number.in_(forgotten)))
            failed = deadly.values(**_DEADLY, deaths=DEATHS, completed_at=time.time()).returning(*columns)
            ended = [Task.of(row) for row in connection.execute(failed).mappings()]
            connection.execute(_waits_again().where(*left).values(deaths=columns.deaths + 1))
        return ended

    def claim(self, *, alone: bool = True) -> Task | None:
        """Take a waiting task for this process, the most urgent, then the oldest, or None.

        Args:
            alone: whether this process works on nothing else. Only then it takes one that would fail with its end, so
                that no other is taken for the reason; and where that is the first one, it takes none behind it.
        """
        columns = TASKS.c
        first = select(columns.number).where(columns.status == Status.QUEUED)
        first = first.order_by(columns.urgency, columns.number).limit(1)
        with self._database.read() as connection:
            deaths = connection.scalar(first.with_only_columns(columns.deaths))
        if deaths is None or (deaths >= DEATHS - 1 and not alone):
            return None
        number = first.with_for_update(skip_locked=True).scalar_subquery()
        may_be = true() if alone else columns.deaths < DEATHS - 1
        mine = {"status": Status.IN_PROGRESS, "owner": self._owner.id, "progress": 0}
        query = update(TASKS).where(columns.number == number, may_be).values(mine).returning(*columns)
        with self._database.share(tells=False) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return Task.of(row) if row else None

    def hand_back(self) -> list[Task]:
        """Let all that this process has claimed wait for the next claim, by whomever, and return it."""
        query = _waits_again().where(TASKS.c.owner == self._owner.id).returning(*TASKS.c)
        with self._database.share() as connection:
            return [Task.of(row) for row in connection.execute(query).mappings()]

    def update(self, task: Task, **values: Any) -> bool:
        """Write fields of a task, and return whether it is still as it was claimed.

        One that was deleted meanwhile stays deleted, and one that another process has taken over is left to it.
        """
        same = (TASKS.c.number == task.number, TASKS.c.owner == task.owner, TASKS.c.status.in_(UNFINISHED))
        waits = values.get("status") is Status.QUEUED  # all others are told of that alone
        with self._database.share(tells=waits) as connection:
            return bool(connection.execute(update(TASKS).where(*same).values(values)).rowcount)

    def finish(self, task: Task, **values: Any) -> bool:
        """Write a task's end, and return whether it was still as it was claimed."""
        return self.update(task, completed_at=time.time(), **values)


def _waits_again() -> Update:
    waits = {"status": Status.QUEUED, "owner": "", "progress": 0}
    return update(TASKS).where(TASKS.c.status == Status.IN_PROGRESS).values(waits)
