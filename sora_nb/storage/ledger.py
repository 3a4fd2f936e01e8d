"""The ledger: every call that may cost money is a row here before its first byte leaves, and characters are kept here.

A row's state goes planned > sent > running > done, failed or unknown; see models.State. Amounts are whole
micro-dollars; `estimate` is the list price, `charged` what was billed as far as it is known, and `reserved` what is
held against the budget until then.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import pandas as pd
from pydantic import Field
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    false,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from sora_nb import display
from sora_nb.models import Character, Clip, Model, State, Status, Video, dollars, in_dollars
from sora_nb.money import budget
from sora_nb.providers import wire
from sora_nb.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from sora_nb.money.budget import Allowance, Budget

COSTS = (
    "time",
    "kind",
    "model",
    "prompt",
    "characters",
    "seconds",
    "status",
    "estimate",
    "charged",
    "currency",
    "profile",
    "file",
    "sha256",
)
"""Columns of costs()."""
OPEN = (State.PLANNED, State.SENT, State.RUNNING, State.UNKNOWN)
"""States of calls whose story has not ended."""


class Call(Model):
    """One row: a call that may cost money.

    Attributes:
        id: the row's own id.
        key: idempotency key, sent with the request.
        owner: the process that works on it.
        created_at: when it was planned.
        kind, route: what is bought, and over which route.
        profile, base_url, model: from whom.
        prompt, characters, size, seconds, seed: a video's request.
        image: hash of the picture the video starts from; "" where there is none.
        clip, source: a character's request.
        state: where it stands.
        task: the service's id, once it is known.
        estimate: list price in micro-dollars, or None where no list has it.
        reserved: micro-dollars that count until `charged` is known; 0 where calls are free, None where no list has a price.
        charged: micro-dollars billed, or None while that is not known.
        price: where the list price comes from, with its date.
        url: link to the result.
        file, sha256, poster: the result on this machine.
        error: what went wrong, in words.
        answer: the service's last answer.
        ended_at: when the row came to an end.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    key: str = Field(default_factory=lambda: uuid4().hex)
    owner: str = ""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    kind: Literal["character", "video"]
    route: Literal["async", "sync", "file"] = "async"
    profile: str
    base_url: str = ""
    model: str = ""
    prompt: str = ""
    characters: tuple[str, ...] = ()
    size: str = ""
    seconds: float | None = None
    seed: int | None = None
    image: str = ""
    clip: Clip | None = None
    source: str = ""
    state: State = State.PLANNED
    task: str = ""
    estimate: int | None = None
    reserved: int | None = None
    charged: int | None = None
    currency: str = "USD"
    price: str = ""
    url: str = ""
    file: Path | None = None
    sha256: str = ""
    poster: Path | None = None
    error: str = ""
    answer: dict[str, Any] = Field(default_factory=dict)
    ended_at: datetime | None = None

    def video(self) -> Video:
        """Return the call as the video it made or is making."""
        status = {State.DONE: Status.COMPLETED, State.FAILED: Status.FAILED}.get(self.state, Status.IN_PROGRESS)
        return Video(
            id=self.task,
            status=status,
            progress=100 if status is Status.COMPLETED else 0,
            url=self.url,
            path=self.file,
            raw=self.answer,
            expires_at=wire.moment(self.answer.get("expires_at")),
            **self.model_dump(
                include={"prompt", "model", "size", "seconds", "characters", "created_at", "error", "sha256"}
                | {"poster", "profile"}
            ),
            estimate=in_dollars(self.estimate),
            charged=in_dollars(self.charged),
        )

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        what = str(self.clip) if self.clip else repr(display.plain(self.prompt, 60))
        return f"Call({self.id[:8]}, {self.kind}, {self.state.value}, {what}, estimate {dollars(self.estimate)})"


_META = MetaData()
_CALLS = Table(
    "calls",
    _META,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, nullable=False, unique=True),
    Column("owner", String, nullable=False),
    Column("created_at", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("route", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("base_url", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("characters", JSON, nullable=False),
    Column("size", String, nullable=False),
    Column("seconds", Float),
    Column("seed", Integer),
    Column("image", String, nullable=False, server_default=""),
    Column("clip", JSON),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("task", String, nullable=False),
    Column("estimate", Integer),
    Column("reserved", Integer),
    Column("charged", Integer),
    Column("currency", String, nullable=False),
    Column("price", String, nullable=False),
    Column("url", String, nullable=False),
    Column("file", String),
    Column("sha256", String, nullable=False),
    Column("poster", String),
    Column("error", String, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("ended_at", String),
)
_CHARACTERS = Table(
    "characters",
    _META,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("profile", String, nullable=False),
    Column("username", String, nullable=False),
    Column("call", String, nullable=False),
    Column("record", JSON, nullable=False),
    UniqueConstraint("profile", "username"),
)
_NOTES = Table(
    "notes",
    _META,
    Column("call", String, primary_key=True),
    Column("note", String, nullable=False, server_default=""),
    Column("favourite", Boolean, nullable=False, server_default=false()),
    Column("identity", Float),
)


# statements of every call, made once: SQLAlchemy takes longer to make one than SQLite to run it
_ADD = insert(_CALLS)
_CHANGE = update(_CALLS).where(_CALLS.c.id == bindparam("call"))
_NOT_CHARGED = _CALLS.c.charged.is_(None)
_SUMS = select(
    func.coalesce(func.sum(_CALLS.c.charged), 0),
    func.coalesce(func.sum(_CALLS.c.reserved).filter(_NOT_CHARGED), 0),
    func.count().filter(_NOT_CHARGED, _CALLS.c.reserved.is_(None)),
).where(_CALLS.c.created_at >= bindparam("since"))  # written times begin with the day, so text compares as time


def first_tables(connection: Connection) -> None:
    """Migration of version 0.1: the tables of calls and characters; a new file gets them as they are today."""
    _META.create_all(connection)


def second_reservations(connection: Connection) -> None:
    """Migration of version 0.2: what each call holds against the budget; the local server's calls were always free."""
    table = _CALLS.c
    if "reserved" in {column["name"] for column in inspect(connection).get_columns("calls")}:
        return
    connection.exec_driver_sql("ALTER TABLE calls ADD COLUMN reserved INTEGER")
    held = case((table.profile == "local", 0), else_=table.estimate)
    connection.execute(update(_CALLS).values(reserved=held))


def third_notes(connection: Connection) -> None:
    """Migration of version 0.2: notes on calls, and the picture a video starts from."""
    _NOTES.create(connection, checkfirst=True)
    if "image" not in {column["name"] for column in inspect(connection).get_columns("calls")}:
        connection.exec_driver_sql("ALTER TABLE calls ADD COLUMN image VARCHAR NOT NULL DEFAULT ''")


def _used(connection: Connection, allowance: Allowance, moment: datetime) -> Budget:
    since = allowance.since(moment)
    return allowance.used(since, *connection.execute(_SUMS, {"since": since.isoformat()}).one())


class Note(Model):
    """What somebody thinks of a call's result.

    Attributes:
        note: in words.
        favourite: whether it was picked.
        identity: whether the characters are in it, from 0 to 1, or None where nobody looked.
    """

    note: str = ""
    favourite: bool = False
    identity: float | None = None


class Ledger:
    """The database of calls and characters.

    Args:
        path: the SQLite file; made where it does not exist.

    Raises:
        LedgerError: the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, (first_tables, second_reservations, third_notes))

    def add(self, call: Call, allowance: Allowance | None = None) -> Call:
        """Write a new row if the budget covers it; it is on disk when this returns.

        Nobody else can write between the look at the budget and the new row.

        Args:
            call: the row.
            allowance: the budget, or None for no limit.

        Raises:
            BudgetExceeded: the budget does not cover the call; nothing was written.
        """
        row = call.model_dump(mode="json")
        with self._database.write() as connection:
            if allowance is not None and allowance.limit is not None:
                budget.check(call.reserved, _used(connection, allowance, call.created_at))
            connection.execute(_ADD, row)
        return call

    def used(self, allowance: Allowance) -> Budget:
        """Return how much of a budget is used now."""
        with self._database.read() as connection:
            return _used(connection, allowance, datetime.now(UTC))

    def change(self, call: Call, **values: Any) -> Call:
        """Write some fields of a row, and return the call as it is now; it is on disk when this returns."""
        if values.get("state") in {State.DONE, State.FAILED}:
            values["ended_at"] = datetime.now(UTC)
        changed = call.model_copy(update=values)
        row = changed.model_dump(mode="json", include=set(values))
        with self._database.write() as connection:
            connection.execute(_CHANGE, {"call": call.id, **row})
        return changed

    def calls(
        self,
        states: Iterable[State] = tuple(State),
        kind: str | None = None,
        prompts: Iterable[str] | None = None,
    ) -> list[Call]:
        """Return rows, oldest first.

        Args:
            states: only rows in these states.
            kind: "character" or "video", or None for both.
            prompts: only rows with one of these, or None for all.
        """
        query = select(_CALLS).where(_CALLS.c.state.in_([state.value for state in states])).order_by(_CALLS.c.number)
        if kind:
            query = query.where(_CALLS.c.kind == kind)
        if prompts is not None:
            query = query.where(_CALLS.c.prompt.in_(prompts))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return [Call.model_validate({name: row[name] for name in Call.model_fields}) for row in rows]

    def take_over(self, call: Call, owner: str) -> bool:
        """Make a process the owner of a row; False where another one was faster since the row was read."""
        same = (_CALLS.c.id == call.id, _CALLS.c.owner == call.owner, _CALLS.c.state == call.state)
        with self._database.write() as connection:
            return connection.execute(update(_CALLS).where(*same).values(owner=owner)).rowcount == 1

    def keep(self, character: Character, call: Call | None = None) -> None:
        """Keep a character; one of the same name from the same profile is replaced.

        Args:
            character: as it is from now on.
            call: what made it, where that is told anew.
        """
        record = character.model_dump(mode="json")
        made = {"call": call.id} if call else {}
        new = insert(_CHARACTERS).values(
            profile=character.profile, username=character.username, record=record, **{"call": "", **made}
        )
        names = [_CHARACTERS.c.profile, _CHARACTERS.c.username]
        with self._database.write() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=names, set_={"record": record, **made}))

    def free_name(self, character: Character) -> str:
        """Return a new character's username; one made of its name here, which others may have, is numbered."""
        if character.raw.get("username"):
            return character.username
        mine = (_CHARACTERS.c.profile == character.profile) & (_CHARACTERS.c.username.startswith(character.username))
        with self._database.read() as connection:
            records = connection.scalars(select(_CHARACTERS.c.record).where(mine)).all()
        taken = {record["username"] for record in records if record["id"] != character.id}
        numbers = ("", *range(2, len(taken) + 3))
        return next(name for name in (f"{character.username}{number}" for number in numbers) if name not in taken)

    def forget(self, character: Character) -> None:
        """Take a character out; the row of the call that made it stays."""
        mine = (_CHARACTERS.c.profile == character.profile) & (_CHARACTERS.c.username == character.username)
        with self._database.write() as connection:
            connection.execute(delete(_CHARACTERS).where(mine))

    def characters(self) -> list[Character]:
        """Return all characters kept, oldest first."""
        with self._database.read() as connection:
            records = connection.scalars(select(_CHARACTERS.c.record).order_by(_CHARACTERS.c.number)).all()
        return [Character.model_validate(record) for record in records]

    def annotate(self, call: Call, **values: Any) -> None:
        """Write fields of a call's Note."""
        new = insert(_NOTES).values(call=call.id, **values)
        with self._database.write() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=[_NOTES.c.call], set_=values))

    def notes(self) -> dict[str, Note]:
        """Return the notes on calls, by the ids of their rows."""
        with self._database.read() as connection:
            rows = connection.execute(select(_NOTES)).mappings().all()
        return {row["call"]: Note(**{name: row[name] for name in Note.model_fields}) for row in rows}

    def totals(self) -> tuple[int, int]:
        """Return what all calls were charged as far as known, and their list price, in micro-dollars."""
        sums = (func.coalesce(func.sum(column), 0) for column in (_CALLS.c.charged, _CALLS.c.estimate))
        with self._database.read() as connection:
            charged, estimate = connection.execute(select(*sums)).one()
        return charged, estimate

    def costs(self) -> pd.DataFrame:
        """Return one row a call, oldest first, with the columns COSTS; amounts in US dollars."""
        table = _CALLS.c
        stored = {"time": "created_at", "status": "state"}
        query = select(*(table[stored.get(name, name)].label(name) for name in COSTS))
        with self._database.read() as connection:
            frame = pd.read_sql(query.order_by(table.number), connection)
        frame["time"] = pd.to_datetime(frame["time"], utc=True, format="ISO8601").dt.floor("s")
        frame["characters"] = [", ".join(f"@{name}" for name in names) for names in frame["characters"]]
        for name in ("estimate", "charged"):
            frame[name] = frame[name].astype("float64") / 1_000_000
        return frame.astype({"seconds": "float64"})

    def close(self) -> None:
        """Close the database."""
        self._database.close()
