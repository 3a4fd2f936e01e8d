"""The ledger: every call that may cost money is a row here before its first byte leaves.

A row's state goes planned > sent > running > done, failed, unknown or interrupted; see models.State. Amounts are whole
micro-dollars; `estimate` is the list price, `charged` what was billed as far as it is known, and `reserved` what is
held against the budget until then.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Container
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from sora_nb.errors import InvalidInput
from sora_nb.models import Model, ServiceId, State, dollars
from sora_nb.storage import costs
from sora_nb.storage.budgets import Budgets, used
from sora_nb.storage.call import ENDED, OPEN, Call
from sora_nb.storage.characters import Characters
from sora_nb.storage.database import Database
from sora_nb.storage.dialects import Elements
from sora_nb.storage.home import home_folder
from sora_nb.storage.keys import Keys, call_with
from sora_nb.storage.listing import Listing
from sora_nb.storage.needs import LACKING_AVATAR, Needs
from sora_nb.storage.schema import CALL_CHARACTERS, CALLS, NOTES, migrations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    from sqlalchemy import URL, ColumnElement, Connection, RowMapping, Select

    from sora_nb.models import Video
    from sora_nb.money.budget import Allowance, Budget
    from sora_nb.storage.place import Presence

T = TypeVar("T")
__all__ = ["ENDED", "OPEN", "Call", "Ledger", "Note"]


# statements of every call, made once: SQLAlchemy takes longer to make one than SQLite to run it
_ADD = insert(CALLS)
_ADD_CHARACTERS = insert(CALL_CHARACTERS)
_CHANGE = update(CALLS).where(CALLS.c.id == bindparam("call"))
SETTLED = "Settled by a person:"
"""How the sentence about a settled charge begins."""
_NOT_CHARGED = CALLS.c.charged.is_(None)
_FINISHED = (CALLS.c.kind == "video", CALLS.c.state == State.DONE.value)
_NOTED = select(NOTES.c.call).where(NOTES.c.call == CALLS.c.id)
_ON_THE_LIST = (CALLS.c.file.is_not(None), ~exists(_NOTED.where(NOTES.c.hidden)))
_LISTED = (*_FINISHED, *_ON_THE_LIST)
# the same of an entry's call, written so that no index of all finished videos fits, which SQLite would rather read through
_ENTRY_LISTED = (
    CALL_CHARACTERS.c.call == CALLS.c.number,
    ~or_(CALLS.c.kind != "video", CALLS.c.state != State.DONE.value),
    *_ON_THE_LIST,
)
_REQUEST = ("kind", "route", "profile", "base_url", "model", "prompt", "size", "image")
"""What tells requests apart, besides seconds and seed, which may be missing."""
_COPY = (
    select(CALLS)
    .where(
        CALLS.c.state.in_([state.value for state in (*OPEN, State.DONE)]),
        *(CALLS.c[name] == bindparam(name) for name in _REQUEST),
        func.coalesce(CALLS.c.seconds, 0) == bindparam("seconds"),
        CALLS.c.seed.is_not_distinct_from(bindparam("seed")),
    )
    .order_by(CALLS.c.state != State.DONE.value, CALLS.c.number)
    .offset(bindparam("copy"))
    .limit(1)
)
_ROW = select(CALLS).where(CALLS.c.id == bindparam("call"))


def _actors() -> Select[Any]:
    """Select the usernames in the videos on the list: from each the next one is looked up, so that few entries are read."""
    username = CALL_CHARACTERS.c.username
    known = select(func.min(username).label("username")).cte("known", recursive=True)
    following = select(func.min(username)).where(username > known.c.username).scalar_subquery()
    known = known.union_all(select(following).where(known.c.username.is_not(None)))
    films = select(CALL_CHARACTERS.c.call).where(username == known.c.username, *_ENTRY_LISTED)
    newest = films.order_by(CALL_CHARACTERS.c.call.desc()).limit(1)
    return select(known.c.username).where(newest.scalar_subquery().is_not(None))


_ACTORS = _actors()


def _made_by(service: ServiceId) -> Sequence[ColumnElement[bool]]:
    return (CALLS.c.profile == service.provider, CALLS.c.base_url == service.base_url)


def _acts(name: str, others: Sequence[str]) -> ColumnElement[bool]:
    """Whether an entry is of this username, and its call has none of the others."""
    entry, other = CALL_CHARACTERS, CALL_CHARACTERS.alias("other")
    known = exists(select(other.c.call).where(other.c.call == entry.c.call, other.c.username.in_(others)))
    return and_(entry.c.username == name, *([~known] if others else []))


def _copy(connection: Connection, call: Call, number: int) -> RowMapping | None:
    """Return the copy of this number among the rows of a request, open or done; finished ones come first."""
    asked = {name: getattr(call, name) for name in (*_REQUEST, "seed")}
    return connection.execute(_COPY, {**asked, "seconds": call.seconds or 0, "copy": number}).mappings().first()


class Note(Model):
    """What somebody thinks of a call's result.

    Attributes:
        note: in words.
        favourite: whether it was picked.
        identity: whether the characters are in it, from 0 to 1, or None where nobody looked.
        hidden: whether it was taken off the list of films; its file is still there.
    """

    note: str = ""
    favourite: bool = False
    identity: float | None = None
    hidden: bool = False


class Tasks(Container[str]):
    """The ids of a service's tasks that rows have; each is looked up when it is asked for.

    Args:
        database: where the rows are.
        service: whose tasks.
    """

    def __init__(self, database: Database, service: ServiceId) -> None:
        self._database = database
        self._service = service

    def __contains__(self, task: object) -> bool:
        query = select(CALLS.c.number).where(CALLS.c.task == task, *_made_by(self._service)).limit(1)
        with self._database.read() as connection:
            return connection.scalar(query) is not None


class Ledger:
    """The database of calls, notes and characters.

    Args:
        where: a file, made where it does not exist, or the address of a database.
        home: the folder whose files the rows name; None for that of the file, or for today's.

    Attributes:
        name: what it is called, without a password.
        keys: what the rows call the files of the home.
        characters: the characters kept in the same database.
        budgets: the budgets of all who write here.
        needs: which files calls and characters need.
        changes: tells of what anybody writes here.

    Raises:
        ConfigError: the URL is of no database that can be used here.
        LedgerError: it cannot be used.
    """

    def __init__(self, where: Path | str | URL, home: Path | None = None) -> None:
        self.keys = Keys(home or (where.parent if isinstance(where, Path) else home_folder()))
        self._database = Database(where, migrations(self.keys.home))
        self.name = self._database.name
        self.characters = Characters(self._database, self.keys)
        self.budgets = Budgets(self._database)
        self.needs = Needs(self._database, self.keys)
        self.changes = self._database.watch()

    def lock(self, folder: Path) -> Presence:
        """Return a lock of this process, by which others on this ledger know whether it lives.

        Args:
            folder: for lock files, where they are needed.

        Raises:
            LedgerError: there can be none.
        """
        return self._database.lock(folder)

    def add(self, call: Call, allowance: Allowance | None = None, *, copy: int | None = None) -> Call:
        """Write a new row if every budget covers it; it is on disk when this returns.

        Nobody else can write between the look at what there is and the new row.

        Args:
            call: the row.
            allowance: the studio's own budget, or None for no limit; those of `budgets` hold besides.
            copy: which of several videos of the same request it is, counted from 0; a row that is that copy, open or
                done, is taken in its place. None for a new row whatever there is.

        Returns:
            The row as it was written, or the one that there was.

        Raises:
            BudgetExceeded: a budget does not cover the call; nothing was written.
            LedgerError: it cannot be written, or is not at its place any more.
        """
        row = self._row(call)
        with self._database.write() as connection:
            there = None if copy is None else _copy(connection, call, copy)
            if there is not None:
                return self._call(there)
            self.budgets.check(connection, call, allowance)
            added = connection.execute(_ADD, row)
            if call.characters:
                assert added.inserted_primary_key is not None
                cast = [
                    {"call": added.inserted_primary_key.number, "username": name}
                    for name in dict.fromkeys(call.characters)
                ]
                connection.execute(_ADD_CHARACTERS, cast)
        return call

    def used(self, allowance: Allowance) -> Budget:
        """Return how much of a budget is used now."""
        with self._database.read() as connection:
            return used(connection, allowance, datetime.now(UTC))

    def change(self, call: Call, **values: Any) -> Call:
        """Write some fields of a row, and return the call as it is now; it is on disk when this returns."""
        if values.get("state") in ENDED:
            values["ended_at"] = datetime.now(UTC)
        changed = call.model_copy(update=values)
        row = self._row(changed, set(values))
        self._database.put(_CHANGE, {"call": call.id, **row})
        return changed

    def call(self, ident: str) -> Call | None:
        """Return the row of this id, or None where there is none."""
        return next(iter(self._read(_ROW, call=ident)), None)

    def calls(
        self,
        states: Iterable[State] | None = None,
        kind: str | None = None,
        prompts: Iterable[str] | None = None,
        *,
        service: ServiceId | None = None,
        newest: bool = False,
        limit: int | None = None,
    ) -> list[Call]:
        """Return rows, oldest first.

        Args:
            states: only rows in these states, or None for all.
            kind: "character", "video" or "registration", or None for all.
            prompts: only rows with one of these, or None for all.
            service: only rows of this one, or None for all.
            newest: whether the newest comes first.
            limit: at most this many, or None for all.
        """
        query = select(CALLS).limit(limit).order_by(CALLS.c.number.desc() if newest else CALLS.c.number)
        if states is not None:
            query = query.where(CALLS.c.state.in_([state.value for state in states]))
        if kind:
            query = query.where(CALLS.c.kind == kind)
        if prompts is not None:
            query = query.where(CALLS.c.prompt.in_(list(prompts)))
        if service is not None:
            query = query.where(*_made_by(service))
        return self._read(query)

    def services(self, states: Iterable[State]) -> set[ServiceId]:
        """Return whose the rows in these states are."""
        these = CALLS.c.state.in_([state.value for state in states])
        query = select(CALLS.c.profile, CALLS.c.base_url).where(these).distinct()
        with self._database.read() as connection:
            return {ServiceId(*row) for row in connection.execute(query)}

    def videos(self, service: ServiceId | None = None, limit: int | None = None) -> Listing[Video]:
        """Return finished videos whose file is kept and that are on the list, newest first; search() looks at their prompts.

        Args:
            service: only videos of this one, or None for all.
            limit: at most this many, or None for all.
        """
        mine = _made_by(service) if service is not None else ()
        return self._listing(lambda call: call.video(), *mine, limit=limit)

    def films(self, *, characters: Sequence[str] = (), favourite: bool = False) -> Listing[Call]:
        """Return the calls that made the videos of videos(), newest first; search() looks at their prompts.

        Args:
            characters: only those with one of these usernames, as the calls have them; () for all.
            favourite: whether only those that somebody has picked.
        """
        conditions = [exists(_NOTED.where(NOTES.c.favourite))] if favourite else []
        return self._listing(lambda call: call, *conditions, characters=characters)

    def _listing(
        self,
        make: Callable[[Call], T],
        *conditions: ColumnElement[bool],
        characters: Sequence[str] = (),
        limit: int | None = None,
    ) -> Listing[T]:
        names = list(dict.fromkeys(characters))
        return Listing(
            self._database,
            select(CALLS),
            *(_ENTRY_LISTED if names else _LISTED),
            *conditions,
            limit=limit,
            # of the table whose index has the entries of a name in the order of the list
            number=CALL_CHARACTERS.c.call if names else CALLS.c.number,
            words=CALLS.c.prompt,
            make=lambda row: make(self._call(row)),
            apart=[_acts(name, names[:place]) for place, name in enumerate(names)] or [true()],
        )

    def hidden(self) -> list[Call]:
        """Return the calls whose videos were taken off the list and are still here, oldest first."""
        taken = exists(_NOTED.where(NOTES.c.hidden))
        return self._read(select(CALLS).where(*_FINISHED, CALLS.c.file.is_not(None), taken).order_by(CALLS.c.number))

    def actors(self) -> list[str]:
        """Return the usernames of the characters in the videos of videos(), in the order of the alphabet."""
        with self._database.read() as connection:
            return sorted(connection.scalars(_ACTORS))

    def video(self, task: str, service: ServiceId | None = None) -> Video | None:
        """Return the finished video of a task, also where its file was deleted; None where there is none.

        Args:
            task: the service's id.
            service: whose task it is, or None for the newest of any.
        """
        if not task:
            return None
        query = select(CALLS).where(*_FINISHED, CALLS.c.task == task).order_by(CALLS.c.number.desc()).limit(1)
        if service is not None:
            query = query.where(*_made_by(service))
        return next((call.video() for call in self._read(query)), None)

    def find_video(self, task: str, first: ServiceId) -> Video | None:
        """Return a video by the id of its task; one service's before another's."""
        return self.video(task, first) or self.video(task)

    def call_of(self, video: Video) -> Call | None:
        """Return the call that made a video whose file is kept, or None."""
        if video.path is None:
            return None
        # several calls may have made the same film, which is kept once
        mine = (*_made_by(video.service), CALLS.c.task == video.id, CALLS.c.file == self.keys.of(video.path))
        query = select(CALLS).where(*_FINISHED, *mine).order_by(CALLS.c.number.desc()).limit(1)
        return next(iter(self._read(query)), None)

    def took(self, service: ServiceId, model: str) -> float | None:
        """Return the seconds that the last films of a model took to make, as far as answers tell; None where none does.

        Args:
            service: whose model it is.
            model: its name.

        Returns:
            The median of the last three.
        """
        told = CALLS.c.answer["made", "took"].as_string()
        mine = (*_FINISHED, *_made_by(service), CALLS.c.model == model, told.is_not(None))
        with self._database.read() as connection:
            found = connection.scalars(select(told).where(*mine).order_by(CALLS.c.number.desc()).limit(3)).all()
        return statistics.median(map(float, found)) if found else None

    def lacking_avatar(self) -> list[Call]:
        """Return the calls of finished characters whose avatar is not here, though there is a link to it."""
        return self._read(select(CALLS).where(*LACKING_AVATAR))

    def tasks(self, service: ServiceId) -> Tasks:
        """Return the ids of a service's tasks that rows have; see Tasks."""
        return Tasks(self._database, service)

    def _row(self, call: Call, names: set[str] | None = None) -> dict[str, Any]:
        """Return a call, or some of its fields, as its row has them."""
        return call_with(call.model_dump(mode="json", include=names), self.keys.of)

    def _call(self, row: RowMapping) -> Call:
        """Return the call of a row."""
        named = {name: row[name] for name in Call.model_fields}
        return Call.model_validate(call_with(named, self.keys.path, self.keys.text))

    def _read(self, query: Select[Any], **values: Any) -> list[Call]:
        with self._database.read() as connection:
            rows = connection.execute(query, values).mappings()
            return [self._call(row) for row in rows]

    def settle(self, call: Call, charged: int, *, unfinished: bool = False) -> Call:
        """Write what a person has seen on the bill for a call whose charge is not known, so that it holds no money.

        Args:
            call: the row; one whose outcome is unknown becomes failed. What was settled before is corrected.
            charged: micro-dollars; 0 where it was not billed.
            unfinished: whether one that has not ended, and that nobody works on, is ended by this.

        Returns:
            The row as it is now.

        Raises:
            InvalidInput: its charge is known already, it goes on, `charged` is no amount, or there is no such row.
        """
        if isinstance(charged, bool) or not isinstance(charged, int) or charged < 0:
            raise InvalidInput(f"{charged!r} is no amount in whole micro-dollars.", hint="Give 0 or more.")
        note = f"{SETTLED} charged {dollars(charged)}."
        values = {
            "state": case((CALLS.c.state == State.DONE.value, CALLS.c.state), else_=State.FAILED.value),
            "charged": charged,
            "details": self._row(call, {"details"})["details"] | {"settled": True},
            "error": f"{call.error.partition(SETTLED)[0].strip()} {note}".strip(),
            "ended_at": func.coalesce(CALLS.c.ended_at, datetime.now(UTC)),
        }
        over: ColumnElement[bool] = CALLS.c.state.in_([state.value for state in (State.UNKNOWN, *ENDED)])
        if unfinished:
            over = and_(CALLS.c.state == call.state.value, CALLS.c.owner == call.owner)
        open_charge = _NOT_CHARGED | CALLS.c.details["settled"].as_boolean()
        with self._database.write() as connection:
            written = connection.execute(update(CALLS).where(CALLS.c.id == call.id, over, open_charge).values(values))
        now = self.call(call.id)
        if now is None:
            raise InvalidInput(f"There is no call {call.id} in this ledger.", hint="See the ids in studio.costs().")
        if not written.rowcount and now.charged is None:
            raise InvalidInput(
                f"This call has not ended: it is {now.state.value}.", money="", hint="Run studio.resume() first."
            )
        if not written.rowcount:
            raise InvalidInput(
                f"What this call was charged is known: {dollars(now.charged)}.",
                hint="Only a call whose charge is unknown can be settled.",
            )
        return now

    def drop_file(self, call: Call) -> Call:
        """Take file and poster off a row, and the link that would bring them back; its money and hash stay.

        The file itself stays where it is; Files.remove() deletes it where nobody else needs it.
        """
        return self.change(call, file=None, poster=None, url="")

    def states(self, idents: Iterable[str]) -> dict[str, State]:
        """Return the states of these rows, by their ids; ids that no row has are left out."""
        asked = Elements(bindparam("idents")).table_valued("value", name="asked")
        query = select(CALLS.c.id, CALLS.c.state).where(CALLS.c.id.in_(select(asked.c.value)))
        with self._database.read() as connection:
            rows = connection.execute(query, {"idents": json.dumps(list(idents))}).all()
        return {ident: State(state) for ident, state in rows}

    def take_over(self, call: Call, owner: str) -> bool:
        """Make a process the owner of a row; False where another one was faster since the row was read."""
        same = (CALLS.c.id == call.id, CALLS.c.owner == call.owner, CALLS.c.state == call.state)
        with self._database.write() as connection:
            return connection.execute(update(CALLS).where(*same).values(owner=owner)).rowcount == 1

    def claim(self, call: Call, task: str, answer: dict[str, Any]) -> Call | None:
        """Write down that a task is that of a lost create, or return None where another row of the service has it.

        Args:
            call: the row.
            task: the id of the task that was found.
            answer: what the service said of it.
        """
        other = select(CALLS.c.number).where(CALLS.c.task == task, CALLS.c.id != call.id, *_made_by(call.service))
        found = call.model_copy(update={"state": State.RUNNING, "task": task, "answer": answer})
        with self._database.write() as connection:
            if connection.scalar(other.limit(1)) is not None:
                return None
            row = self._row(found, {"state", "task", "answer"})
            connection.execute(_CHANGE, {"call": call.id, **row})
        return found

    def annotate(self, call: Call, **values: Any) -> None:
        """Write fields of a call's Note."""
        known = update(NOTES).where(NOTES.c.call == call.id).values(values)
        with self._database.write() as connection:
            if not connection.execute(known).rowcount:
                connection.execute(insert(NOTES).values(call=call.id, **values))

    def notes(self, calls: Iterable[Call] | None = None) -> dict[str, Note]:
        """Return the notes on calls, by the ids of their rows.

        Args:
            calls: only on these, or None for all.
        """
        asked = Elements(bindparam("idents")).table_valued("value", name="asked")
        query = select(NOTES) if calls is None else select(NOTES).where(NOTES.c.call.in_(select(asked.c.value)))
        given = {} if calls is None else {"idents": json.dumps([call.id for call in calls])}
        with self._database.read() as connection:
            rows = connection.execute(query, given).mappings().all()
        return {row["call"]: Note(**{name: row[name] for name in Note.model_fields}) for row in rows}

    def totals(
        self, person: str | None = None, experiment: str | None = None, since: date | None = None
    ) -> tuple[int, int]:
        """Return what calls were charged as far as known, and their list price, in micro-dollars.

        A call that came to nothing and was not charged has no list price.

        Args:
            person, experiment: only the calls of these, or None for all.
            since: only calls from this day on, in UTC, or None for all.
        """
        return costs.totals(self._database, person, experiment, since)

    def costs(self, person: str | None = None, experiment: str | None = None) -> pd.DataFrame:
        """Return one row a call, oldest first, with the columns costs.COLUMNS; amounts in US dollars, times in UTC without a zone.

        Args:
            person, experiment: only the calls of these, or None for all.
        """
        return costs.table(self._database, self.keys, person, experiment)

    def close(self) -> None:
        """Close the database."""
        self._database.close()
