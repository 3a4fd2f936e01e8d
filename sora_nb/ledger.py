"""The ledger: every call that may cost money is a row here before its first byte leaves, and characters are kept here.

A row's state goes planned > sent > running > done, failed or unknown; see models.State. Amounts are whole
micro-dollars; `estimate` is the list price, `charged` what was billed as far as it is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from pydantic import Field

from sora_nb.database import Database
from sora_nb.models import Character, Clip, Model, State, Status, Video

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
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
            **self.model_dump(
                include={"prompt", "model", "size", "seconds", "characters", "created_at", "error", "sha256"}
                | {"poster", "profile", "estimate", "charged"}
            ),
        )


def _first_tables(connection: Connection) -> None:
    for statement in (
        """CREATE TABLE calls (
            id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, created_at TEXT NOT NULL,
            kind TEXT NOT NULL, route TEXT NOT NULL, profile TEXT NOT NULL, base_url TEXT NOT NULL, model TEXT NOT NULL,
            prompt TEXT NOT NULL, characters TEXT NOT NULL, size TEXT NOT NULL, seconds REAL, seed INTEGER,
            clip TEXT, source TEXT NOT NULL, state TEXT NOT NULL, task TEXT NOT NULL, estimate INTEGER, charged INTEGER,
            currency TEXT NOT NULL, price TEXT NOT NULL, url TEXT NOT NULL, file TEXT, sha256 TEXT NOT NULL,
            poster TEXT, error TEXT NOT NULL, answer TEXT NOT NULL, ended_at TEXT)""",
        "CREATE INDEX calls_by_state ON calls (state)",
        "CREATE INDEX calls_by_time ON calls (created_at)",
        """CREATE TABLE characters (
            number INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT NOT NULL, username TEXT NOT NULL, call TEXT NOT NULL,
            record TEXT NOT NULL, UNIQUE (profile, username))""",
    ):
        connection.exec_driver_sql(statement)


MIGRATIONS = (_first_tables,)
_JSON = ("characters", "clip", "answer")


def _to_row(values: dict[str, Any]) -> dict[str, Any]:
    return {name: json.dumps(value, ensure_ascii=False) if name in _JSON else value for name, value in values.items()}


def _from_row(row: dict[str, Any]) -> Call:
    return Call.model_validate({**row, **{name: json.loads(row[name]) for name in _JSON}})


class Ledger:
    """The database of calls and characters.

    Args:
        path: the SQLite file; made where it does not exist.

    Raises:
        LedgerError: the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, MIGRATIONS)

    def add(self, call: Call) -> Call:
        """Write a new row; it is on disk when this returns."""
        row = _to_row(call.model_dump(mode="json"))
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        with self._database.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO calls ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
        return call

    def change(self, call: Call, **values: Any) -> Call:
        """Write some fields of a row, and return the call as it is now; it is on disk when this returns."""
        changed = call.model_copy(update=values)
        if "state" in values and changed.state in {State.DONE, State.FAILED}:
            changed = changed.model_copy(update={"ended_at": datetime.now(UTC)})
            values["ended_at"] = changed.ended_at
        row = _to_row(changed.model_dump(mode="json", include=set(values)))
        marks = ", ".join(f"{name} = ?" for name in row)
        with self._database.write() as connection:
            connection.exec_driver_sql(f"UPDATE calls SET {marks} WHERE id = ?", (*row.values(), call.id))  # noqa: S608
        return changed

    def calls(self, states: Iterable[State] = tuple(State), kind: str | None = None) -> list[Call]:
        """Return rows, oldest first.

        Args:
            states: only rows in these states.
            kind: "character" or "video", or None for both.
        """
        chosen = [state.value for state in states]
        kinds = [kind] if kind else ["character", "video"]
        query = (
            f"SELECT * FROM calls WHERE state IN ({_marks(chosen)}) AND kind IN ({_marks(kinds)}) "  # noqa: S608
            "ORDER BY created_at, rowid"
        )
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(query, (*chosen, *kinds)).mappings().all()
        return [_from_row(dict(row)) for row in rows]

    def keep(self, character: Character, call: Call) -> None:
        """Keep a character; one of the same name from the same profile is replaced."""
        values = (character.profile, character.username, call.id, character.model_dump_json())
        with self._database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO characters (profile, username, call, record) VALUES (?, ?, ?, ?) ON CONFLICT "
                "(profile, username) DO UPDATE SET call = excluded.call, record = excluded.record",
                values,
            )

    def characters(self) -> list[Character]:
        """Return all characters kept, oldest first."""
        with self._database.read() as connection:
            rows = connection.exec_driver_sql("SELECT record FROM characters ORDER BY number").all()
        return [Character.model_validate_json(row[0]) for row in rows]

    def costs(self) -> pd.DataFrame:
        """Return one row a call, oldest first, with the columns COSTS; amounts in US dollars."""
        import pandas as pd

        names = (
            "created_at AS time, kind, model, prompt, characters, seconds, state AS status, estimate / 1e6 AS estimate, "
            "charged / 1e6 AS charged, currency, profile, file, sha256"
        )
        with self._database.read() as connection:
            result = connection.exec_driver_sql(f"SELECT {names} FROM calls ORDER BY created_at, rowid")  # noqa: S608
            frame = pd.DataFrame([tuple(row) for row in result], columns=list(COSTS))
        frame["time"] = pd.to_datetime(frame["time"], utc=True, format="ISO8601")
        frame["characters"] = [", ".join(f"@{name}" for name in json.loads(text)) for text in frame["characters"]]
        return frame.astype({"estimate": "float64", "charged": "float64", "seconds": "float64"})

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _marks(values: list[str]) -> str:
    return ", ".join("?" for _ in values)
