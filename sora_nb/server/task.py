"""One accepted request, or one uploaded file, as the database of a server has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from sora_nb.models import Model, Status

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

Kind = Literal["video", "character", "file"]
PREFIX: dict[Kind, str] = {"video": "video_", "character": "ch_", "file": "file-"}
"""How the ids of each kind begin."""
DEATHS = 3
"""So many processes may end while they work on a task; then it fails. The last one works on nothing else meanwhile."""


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
        urgency: 0 to 7, as RFC 9218 has it: the least comes first.
        deaths: how many processes have ended while they worked on it.
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
    urgency: int
    deaths: int

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """Return the task of a row."""
        return cls.model_validate(dict(row))

    @property
    def is_suspect(self) -> bool:
        """Whether it fails when one more process ends while it works on it."""
        return self.deaths >= DEATHS - 1

    @property
    def upload(self) -> str:
        """The name that an uploaded file is kept under; the first stores named it by its id."""
        return str(self.request.get("upload", self.id))


def video_key(task: str) -> str:
    """Return the key of a finished video."""
    return f"videos/{task}.mp4"


def character_key(task: str) -> str:
    """Return the key of the folder with a character's cut-out."""
    return f"characters/{task}"
