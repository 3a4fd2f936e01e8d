"""What another process knows of a user's ledger, and what it can do to it, wherever the ledger is."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from waiting import until

from sora_nb.errors import SoraError
from sora_nb.storage import database, place
from sora_nb.storage.schema import CALLS, META


class Outside:
    """The ledger of a home, on connections of its own.

    Args:
        home: the folder, whose ledger is there.
    """

    def __init__(self, home):
        self._place = database.at(place.address(home / "ledger.db"), "migrations")
        engine = self._place.engine(pooled=True)
        self._reading = engine.execution_options(**self._place.reading)
        self._writing = engine.execution_options(way="write")
        self._holder = None

    def state(self, key):
        """Return what the row of an idempotency key says; None where there is none."""
        with self._reading.begin() as connection:
            return connection.scalar(select(CALLS.c.state).where(CALLS.c.key == key))

    def calls_of(self, task):
        """Return the ids of the rows of a task; a service may put something before its id."""
        with self._reading.begin() as connection:
            return connection.scalars(select(CALLS.c.id).where(CALLS.c.task.endswith(task, autoescape=True))).all()

    def hold(self):
        """Have every row to oneself, and the turn at writing, until it is released."""
        until(self._held)

    def _held(self):
        holder = self._writing.connect()
        try:
            holder.execute(update(CALLS).values(state=CALLS.c.state))
        except Exception as error:
            holder.close()
            if not isinstance(self._place.explain(error), SoraError):
                raise
            return False  # somebody else holds it
        self._holder = holder
        return True

    def release(self):
        """Let others write again; nothing was changed."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    def close(self):
        """Leave an empty ledger."""
        with self._writing.begin() as connection:
            for table in reversed(META.sorted_tables):
                connection.execute(delete(table))
        self._writing.dispose()
