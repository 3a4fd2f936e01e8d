"""A call that may cost money, as a row of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from pydantic import Field

from sora_nb import display
from sora_nb.models import Clip, Model, ServiceId, State, Status, Video, dollars, in_dollars
from sora_nb.times import moment

OPEN = (State.PLANNED, State.SENT, State.RUNNING, State.UNKNOWN)
"""States of calls whose story has not ended."""
ENDED = (State.DONE, State.FAILED, State.INTERRUPTED)
"""States of calls that nothing will happen to by itself."""


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
        details: what making it again needs and no other field has: paths of its picture and file, subject, name,
            description, what shows its characters, the prompt as it was worded for its model, and the names of the files
            that went along; the id of the character of a registration; and since when the service says a status word
            that nobody knows.
        state: where it stands.
        task: the service's id, once it is known.
        estimate: list price in micro-dollars, or None where no list has it.
        reserved: micro-dollars that count until `charged` is known; 0 where calls are free, None where no list has a price.
        charged: micro-dollars billed, or None while that is not known.
        currency: "rehearsed" where a server on this machine played the service: its charges are no money.
        price: where the list price comes from, with its date.
        url: link to the result.
        file, sha256, poster: the result on this machine.
        error: what went wrong, in words.
        answer: the service's last answer.
        ended_at: when the row came to an end.
        person: who made it, see storage/person.py; "" where nobody knows.
        experiment: the experiment it was made for; "" where it was made for none.
    """

    id: str = Field(default_factory=lambda: uuid4().hex)
    key: str = Field(default_factory=lambda: uuid4().hex)
    owner: str = ""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    kind: Literal["character", "video", "registration"]
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
    details: dict[str, Any] = Field(default_factory=dict)
    state: State = State.PLANNED
    task: str = ""
    estimate: int | None = None
    reserved: int | None = None
    charged: int | None = None
    currency: Literal["USD", "rehearsed"] = "USD"
    price: str = ""
    url: str = ""
    file: Path | None = None
    sha256: str = ""
    poster: Path | None = None
    error: str = ""
    answer: dict[str, Any] = Field(default_factory=dict)
    ended_at: datetime | None = None
    person: str = ""
    experiment: str = ""

    @property
    def service(self) -> ServiceId:
        """From whom it was bought, and where."""
        return ServiceId(self.profile, self.base_url)

    def video(self) -> Video:
        """Return the call as the video it made or is making."""
        ended = {State.DONE: Status.COMPLETED, State.FAILED: Status.FAILED, State.INTERRUPTED: Status.FAILED}
        status = ended.get(self.state, Status.IN_PROGRESS)
        return Video(
            id=self.task,
            status=status,
            progress=100 if status is Status.COMPLETED else 0,
            url=self.url,
            path=self.file,
            raw=self.answer,
            expires_at=moment(self.answer.get("expires_at")),
            estimate=in_dollars(self.estimate),
            charged=in_dollars(self.charged),
            **self.model_dump(
                include={"prompt", "model", "size", "seconds", "seed", "characters", "created_at", "error", "sha256"}
                | {"poster", "profile", "base_url"}
            ),
        )

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        what = str(self.clip) if self.clip else repr(display.plain(self.prompt, 60))
        return f"Call({self.id[:8]}, {self.kind}, {self.state.value}, {what}, estimate {dollars(self.estimate)})"
