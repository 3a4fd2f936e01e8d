"""The ledger: every call that may cost money is a row here before its first byte leaves, and characters are kept here.

A row's state goes planned > sent > running > done, failed or unknown; see models.State. Amounts are whole
micro-dollars; `estimate` is the list price, `charged` what was billed as far as it is known.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

import pandas as pd
from pydantic import Field
from sqlalchemy import JSON, Column, Float, Integer, MetaData, String, Table, UniqueConstraint, select, update
from sqlalchemy.dialects.sqlite import insert

from sora_nb import protocol
from sora_nb.database import Database
from sora_nb.models import Character, Clip, Model, State, Status, Video

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

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
        clip, source: a character's request.
        state: where it stands.
        task: the service's id, once it is known.
        estimate: list price in micro-dollars, or None where no list has it.
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
    clip: Clip | None = None
    source: str = ""
    state: State = State.PLANNED
    task: str = ""
    estimate: int | None = None
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
            expires_at=protocol.moment(self.answer.get("expires_at")),
            **self.model_dump(
                include={"prompt", "model", "size", "seconds", "characters", "created_at", "error", "sha256"}
                | {"poster", "profile", "estimate", "charged"}
            ),
        )


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
    Column("clip", JSON),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("task", String, nullable=False),
    Column("estimate", Integer),
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


def first_tables(connection: Connection) -> None:
    """Migration of version 0.1: the tables of calls and characters."""
    _META.create_all(connection)


class Ledger:
    """The database of calls and characters.

    Args:
        path: the SQLite file; made where it does not exist.

    Raises:
        LedgerError: the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, (first_tables,))

    def add(self, call: Call) -> Call:
        """Write a new row; it is on disk when this returns."""
        with self._database.write() as connection:
            connection.execute(insert(_CALLS).values(call.model_dump(mode="json")))
        return call

    def change(self, call: Call, **values: Any) -> Call:
        """Write some fields of a row, and return the call as it is now; it is on disk when this returns."""
        if values.get("state") in {State.DONE, State.FAILED}:
            values["ended_at"] = datetime.now(UTC)
        changed = call.model_copy(update=values)
        row = changed.model_dump(mode="json", include=set(values))
        with self._database.write() as connection:
            connection.execute(update(_CALLS).where(_CALLS.c.id == call.id).values(row))
        return changed

    def calls(self, states: Iterable[State] = tuple(State), kind: str | None = None) -> list[Call]:
        """Return rows, oldest first.

        Args:
            states: only rows in these states.
            kind: "character" or "video", or None for both.
        """
        query = select(_CALLS).where(_CALLS.c.state.in_([state.value for state in states])).order_by(_CALLS.c.number)
        if kind:
            query = query.where(_CALLS.c.kind == kind)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return [Call.model_validate({name: row[name] for name in Call.model_fields}) for row in rows]

    def take_over(self, call: Call, owner: str) -> bool:
        """Make a process the owner of a row; False where another one was faster since the row was read."""
        same = (_CALLS.c.id == call.id, _CALLS.c.owner == call.owner, _CALLS.c.state == call.state)
        with self._database.write() as connection:
            return connection.execute(update(_CALLS).where(*same).values(owner=owner)).rowcount == 1

    def keep(self, character: Character, call: Call) -> None:
        """Keep a character; one of the same name from the same profile is replaced."""
        record = character.model_dump(mode="json")
        new = insert(_CHARACTERS).values(
            profile=character.profile, username=character.username, call=call.id, record=record
        )
        names = [_CHARACTERS.c.profile, _CHARACTERS.c.username]
        with self._database.write() as connection:
            connection.execute(
                new.on_conflict_do_update(index_elements=names, set_={"call": call.id, "record": record})
            )

    def characters(self) -> list[Character]:
        """Return all characters kept, oldest first."""
        with self._database.read() as connection:
            records = connection.scalars(select(_CHARACTERS.c.record).order_by(_CHARACTERS.c.number)).all()
        return [Character.model_validate(record) for record in records]

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
