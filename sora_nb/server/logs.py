"""Log requests and the changes of tasks, joined by request ids, as JSON lines on stderr where they are asked for.

A request's id is the one that it brings in `X-Request-ID`, or a new one; its answer has it, and so has each line of the
task that it made, whichever server works on that. No line holds a key or a signed link, and what clients wrote, prompts
and the sentences of errors that may quote them, is in them only where that is asked for.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sora_nb.display import plain
from sora_nb.errors import ConfigError
from sora_nb.server import signed_links

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sora_nb.server.metrics import Metrics
    from sora_nb.server.task import Task

LOG = logging.getLogger(__name__)
HEADER = "x-request-id"
WITH_PROMPTS = "json-with-prompts"
KINDS = ("json", WITH_PROMPTS)
"""What may be logged: lines without what clients wrote, or with it."""
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered."""
_CLIENT_TEXT = ("prompt", "error")
"""Fields of lines that hold what a client wrote, or may quote it."""
_GIVEN_ID = re.compile(r"[\w.:/+=-]{1,128}", re.ASCII)


def task_changed(task: Task, **fields: Any) -> None:
    """Log that a task came into the state that it has now.

    Args:
        task: as it is now.
        fields: what else is told of this state.
    """
    if LOG.isEnabledFor(logging.INFO):
        told = {"state": task.status.value, "task": task.id, "kind": task.kind, "request_id": task.request_id}
        asked = {name: task.request[name] for name in ("model", "prompt") if name in task.request}
        failed = {"error_code": task.error_code, "error": task.error} if task.error_code else {}
        _log("task", told | asked | failed | fields)


def _log(event: str, fields: dict[str, Any]) -> None:
    LOG.info(event, extra={"fields": fields})


class RequestMiddleware:
    """ASGI middleware that gives each request its id, logs it, and counts it.

    Args:
        app: the application.
        metrics: where it is counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ident = _given_id(scope) or uuid4().hex
        token = request_id.set(ident)
        start = time.monotonic()
        status = received = sent = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (HEADER.encode(), ident.encode())]}
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive_counted, send_counted)
        finally:
            request_id.reset(token)
            route = getattr(scope.get("route"), "path", "")
            seconds = time.monotonic() - start
            self._metrics.answered(scope["method"], route, status, seconds=seconds, received=received, sent=sent)
            if LOG.isEnabledFor(logging.INFO):
                told = {
                    "request_id": ident,
                    "method": scope["method"],
                    "path": _path(scope),
                    "status": status,
                    "seconds": round(seconds, 6),
                    "received": received,
                    "sent": sent,
                    "client": (scope.get("client") or ("",))[0],
                    "person": scope.get("state", {}).get("person", ""),
                }
                _log("request", told)


def _given_id(scope: Scope) -> str:
    """Return the id that a request brings, or "" where there is none that can stand in a header and a row."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == HEADER.encode()), "")
    return given if _GIVEN_ID.fullmatch(given) and not any(key in given for key in _keys(scope)) else ""


def _keys(scope: Scope) -> list[str]:
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    return [key for value in given if (key := value.rpartition(" ")[2])]


def _path(scope: Scope) -> str:
    """Return a request's path: without what opens a signed link, and without the key that the request came with."""
    path: str = scope["path"]
    if path.startswith(signed_links.PATH):
        path = f"{signed_links.PATH}.../{path.rpartition('/')[2]}"
    for key in _keys(scope):
        path = path.replace(key, "...")
    return path


def check_kind(kind: str) -> None:
    """Refuse a kind of log that there is not.

    Args:
        kind: one of KINDS, or "".

    Raises:
        ConfigError: it is another.
    """
    if kind and kind not in KINDS:
        raise ConfigError(f"There is no log {plain(kind)!r}.", hint=f"Say {' or '.join(KINDS)}, or leave it out.")


def to_stderr(kind: str) -> None:
    """Write what this process logs as JSON lines on stderr: requests, tasks, and all warnings, each with its time in UTC.

    Args:
        kind: one of KINDS.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(prompts=kind == WITH_PROMPTS))
    root = logging.getLogger()
    root.handlers = [handler]
    LOG.setLevel(logging.INFO)
    for name in (
        "uvicorn",
        "uvicorn.error",
        "distributed",
        "distributed.client",
    ):  # they write lines of their own otherwise
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(capture=True)


class JsonFormatter(logging.Formatter):
    """Formats records as JSON, one line each.

    Args:
        prompts: whether lines may hold what clients wrote.
    """

    def __init__(self, *, prompts: bool) -> None:
        super().__init__()
        self._prompts = prompts

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage().strip(),
            **getattr(record, "fields", {"logger": record.name}),
        }
        if not self._prompts:
            line = {name: value for name, value in line.items() if name not in _CLIENT_TEXT}
        if record.exc_info and record.exc_info[0]:
            line |= self._exception(*record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)

    def _exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> dict[str, Any]:
        # what an exception says may quote a prompt; where it was raised does not
        if self._prompts:
            return {"exception": kind.__name__, "trace": "".join(traceback.format_exception(kind, error, trace))}
        return {"exception": kind.__name__, "trace": "".join(traceback.format_tb(trace))}
