"""FastAPI dependencies of the routes: the tasks behind the server, the idempotency key, and the parsed body."""

from __future__ import annotations

import asyncio
import json
import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header, Request
from starlette.datastructures import UploadFile

from sora_nb.models import URGENCY
from sora_nb.providers import wire
from sora_nb.server import logs
from sora_nb.server.checks import Refused
from sora_nb.server.keys import scoped, unscoped
from sora_nb.server.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from sora_nb.server.store import Store
    from sora_nb.server.task import Kind, Task
    from sora_nb.server.worker import WorkerPool

POLL_SECONDS = 0.1
"""Seconds between two looks of a waiting request at its task."""
WAIT_SECONDS = 600.0
"""Longest wait of a request for its task."""
RETRY = {"retry-after": "2"}
"""Sent with a refusal before acceptance, which will not last: seconds after which it may be sent again."""
NO_RETRY = {"x-should-retry": "false"}
"""Sent with a failure after acceptance, so that the official SDK does not send the create again."""


class Tasks:
    """Accepts tasks, finds them, and waits for them."""

    def __init__(self, store: Store, runner: WorkerPool) -> None:
        self.store = store
        self.runner = runner

    async def accept(
        self, kind: Kind, asked: dict[str, Any], order: Sent, uploads: Uploads | None = None, *, prefix: str = ""
    ) -> Task:
        """Write down a request, once for each idempotency key, keep its files, and have it worked on.

        Raises:
            Refused: with 409, the key came with another request before; with 503, the server stops.
            AuthError, BudgetExceeded: the person's key was taken away, or has no quota left.
            LedgerError, StoreError: it was not accepted, or may be sent again with its key.
            OutcomeUnknown: nobody knows whether it was accepted.
        """
        return await asyncio.to_thread(self._accept, kind, asked, order, uploads, prefix)

    def _accept(self, kind: Kind, asked: dict[str, Any], order: Sent, uploads: Uploads | None, prefix: str) -> Task:
        if self.runner.stopping:
            raise Refused(503, "This server stops; send it to another one.", code="draining", headers=RETRY)
        if uploads is not None and not (order.key and self.store.has_key(order.key)):
            uploads.keep()
        task, new = self.store.accept(
            kind,
            asked,
            key=order.key,
            prefix=prefix,
            urgency=order.urgency,
            request_id=logs.request_id.get(),
            person=order.person,
        )
        if not new and (task.kind != kind or task.request != asked):
            raise Refused(409, "This idempotency key came with another request before.", code="idempotency_conflict")
        if new:
            logs.task_changed(task)
        self.runner.wake()
        return task

    def get(self, task: str, kind: Kind) -> Task:
        """Return a task.

        Raises:
            Refused: with 404, there is none of this id.
        """
        found = self.store.get(task, kind)
        if found is None:
            raise Refused(404, f"There is no {kind} {task!r}.", code=f"{kind}_not_found")
        return found

    async def wait(self, task: Task) -> Task:
        """Wait until a task has ended.

        Raises:
            Refused: with 504, it goes on for longer than clients wait, or the server stops; it was accepted all the same.
        """
        end = time.monotonic() + WAIT_SECONDS
        while not task.status.ended:
            if time.monotonic() > end or self.runner.stopping:
                raise Refused(504, "The task still goes on; list it later.", code="timeout", headers=NO_RETRY)
            await asyncio.sleep(POLL_SECONDS)
            task = await asyncio.to_thread(self.get, task.id, task.kind)
        return task


def _tasks(request: Request) -> Tasks:
    tasks: Tasks = request.app.state.tasks
    return tasks


Work = Annotated[Tasks, Depends(_tasks)]


@dataclass(frozen=True)
class Sent:
    """How a request was sent that is to be accepted once.

    Attributes:
        key: the idempotency key as tasks have it, or None.
        urgency: 0 to 7, as RFC 9218 has it: the least comes first.
        person: by whom, "" where the request came without a key of a person.
    """

    key: str | None
    urgency: int
    person: str


def _person(request: Request) -> str:
    return getattr(request.state, "person", "")


Person = Annotated[str, Depends(_person)]
"""Whose key a request came with; "" where it was the server's own, or none."""


def _sent(
    person: Person,
    key: Annotated[str | None, Header(alias=wire.IDEMPOTENCY_HEADER, max_length=255)] = None,
    priority: Annotated[str, Header(description="RFC 9218: u=0 comes first, u=7 last, u=3 by default.")] = "",
) -> Sent:
    # what is not understood counts as not sent, as the standard has it
    urgencies = [int(found) for found in re.findall(r"(?:^|,)[ \t]*u=([0-7])(?=[ \t]*(?:[,;]|$))", priority)]
    return Sent(scoped(person, key), urgencies[-1] if urgencies else URGENCY, person)


Order = Annotated[Sent, Depends(_sent)]


def seen(task: Task, request: Request) -> Task:
    """Return a task as whoever sent a request may see it: with the idempotency key, if it is the person's own."""
    return task.model_copy(update={"key": unscoped(_person(request), task.key)}) if task.key else task


def base_url(request: Request) -> str:
    """Return scheme and host under which the server was reached."""
    return f"{request.url.scheme}://{request.url.netloc}"


@dataclass(frozen=True)
class Body:
    """A request's fields, whether they came as JSON or as a form, and the files that came with them.

    Attributes:
        fields: by name; bracketed names of forms are put together: `characters[][id]` as in JSON.
        uploads: takes these files, and pictures out of the fields, into the store.
        files: by name; open as long as the request is read.
    """

    fields: dict[str, Any]
    uploads: Uploads
    files: dict[str, UploadFile] = field(default_factory=dict)

    async def save(self, name: str) -> str | None:
        """Write a file down and return its name in the store, or None where none came."""
        part = self.files.get(name)
        return await asyncio.to_thread(self.uploads.save, part.file) if part is not None else None


@asynccontextmanager
async def read_body(request: Request) -> AsyncIterator[Body]:
    """Read a request's body. Files that the store was not told to keep are deleted at the end.

    Raises:
        Refused: with 400, it is neither a JSON object nor a form.
    """
    with Uploads(_tasks(request).store) as uploads:
        if "multipart" not in request.headers.get("content-type", ""):
            yield Body(await json_object(request), uploads)
            return
        async with request.form() as form:
            items = form.multi_items()
            texts = [(name, value) for name, value in items if isinstance(value, str)]
            yield Body(_nest(texts), uploads, {name: value for name, value in items if isinstance(value, UploadFile)})


async def json_object(request: Request) -> dict[str, Any]:
    """Read a request's body as a JSON object.

    Raises:
        Refused: with 400, it is none.
    """
    try:
        found = json.loads(await request.body(), parse_constant=_reject_constant)
        # half a character pair is valid in JSON, but no text that can be written anywhere
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not JSON.") from error
    if not isinstance(found, dict):
        raise Refused(400, "The body is not a JSON object.")
    return found


def _reject_constant(word: str) -> None:
    raise ValueError(word)


def _nest(items: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Put bracketed names of a form together, as the official SDK writes nested fields."""
    fields: dict[str, Any] = {}
    for name, value in items:
        match = re.fullmatch(r"(\w+)(\[\d*\])?\[(\w+)\]", name, re.ASCII)
        if match is None:
            fields[name] = value
            continue
        outer, is_list, inner = match.groups()
        if is_list:
            entries = fields.setdefault(outer, [])
            if isinstance(entries, list):
                entries.append({inner: value})
        else:
            entry = fields.setdefault(outer, {})
            if isinstance(entry, dict):
                entry[inner] = value
    return fields
