"""What all rehearsal servers share: a port, a key, tasks that the local engine renders, links, and failures by order.

A subclass speaks one service's wire: its paths, its bodies, its words, its refusals.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import threading
from abc import ABC, abstractmethod
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, Self

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.server import signed_links
from sora_nb.server.access import AccessMiddleware
from sora_nb.server.open_file import OpenFileResponse
from sora_nb.server.rehearsal.pictures import MAX_BYTES, check, decode, is_address
from sora_nb.server.rehearsal.refused import FAULTS, SAID, STATUSES, Fault, Refused, Why
from sora_nb.server.rehearsal.tasks import Task, Tasks
from sora_nb.server.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.requests import Request

    from sora_nb.engines.base import Engine
    from sora_nb.server.rehearsal.pictures import PictureRules

    Answer = Response | dict[str, Any] | tuple[int, dict[str, Any]]
    Handler = Callable[[Request], Awaitable[Answer]]

MAX_JSON = 128 * 1024**2
"""Largest body of JSON, in bytes: pictures come in it."""


class Rehearsal(ABC):
    """A server on this machine that speaks the wire of a live service, and renders with the local engine.

    Nothing leaves the machine, nothing is charged, and any key will do; it is written down nowhere.

    Args:
        engine: what renders.
        folder: where the videos are; by default a temporary one, which ends with the server.
        port: port, or 0 for any free one.

    Attributes:
        url: what the service's own library takes for its base address.
        root: scheme, host and port of it.
        resolver: returns the file behind an address, for tests; None refuses addresses.
        on_stop: called when it stops answering.

    Raises:
        ConfigError: the port cannot be listened on.
    """

    name: ClassVar[str]
    """The profile it stands for."""
    prefix: ClassVar[str] = ""
    """Path of the service's base address."""
    key_header: ClassVar[str] = "authorization"
    key_scheme: ClassVar[str] = "Bearer"
    link_hours: ClassVar[float] = 24.0
    fresh_links: ClassVar[bool] = False
    """Whether asking for the task again gives a new link, where one has ended."""
    statuses: ClassVar[Mapping[Why, int]] = {}
    """HTTP statuses that differ from the usual ones."""
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {}
    """The service's code and message of a failure by order, where they are known."""

    def __init__(self, engine: Engine | None = None, folder: Path | None = None, *, port: int = 0) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="sora-nb-") if folder is None else None
        home = Path(self._temporary.name) if self._temporary else Path(folder or "")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._tasks = Tasks(engine or AnimaticEngine(), home)
        self._secret = secrets.token_bytes(32)
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._started = False
        self.resolver: Callable[[str], bytes] | None = None
        self.on_stop: Callable[[], None] | None = None
        handlers: dict[Any, Any] = {Refused: self._refused, HTTPException: self._unknown}
        file = Route(f"{signed_links.PATH}{{signature}}/{{name}}.mp4", self._file)
        app = Starlette(routes=[*self.routes(), file], exception_handlers=handlers)
        guarded = AccessMiddleware(app, api_key="", wide=False, most_json=MAX_JSON)
        try:
            self._serving = Serving(guarded, port=port)
        except ConfigError:
            self._clean()
            raise
        self.root = self._serving.url
        self.url = self.root + self.prefix

    # --- what a service is -----------------------------------------------------------------------------------------

    @abstractmethod
    def routes(self) -> Sequence[BaseRoute]:
        """Return the service's routes, made with route()."""

    @abstractmethod
    def make_id(self) -> str:
        """Return a new task id in the service's shape."""

    @abstractmethod
    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return the body of an error in the service's envelope."""

    def error_headers(self, refused: Refused) -> Mapping[str, str]:  # noqa: ARG002
        """Return the headers of an error."""
        return {}

    def resolve(self, url: str) -> bytes:
        """Return the file behind an address in a request; the service's own kinds of address are read here.

        Raises:
            Refused: it is an address of the web, and nothing leaves this machine.
        """
        if self.resolver is None:
            raise Refused("invalid", f"A rehearsal fetches nothing from the web: {url[:80]!r} cannot be read here.")
        return self.resolver(url)

    # --- life ------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start answering, if it does not yet; returns once requests are taken."""
        if not self._started:
            self._started = True
            self._tasks.start()
            self._serving.start()
        return self

    def stop(self) -> None:
        """Stop answering; what has not ended is cancelled, and a temporary folder deleted."""
        if self.on_stop is not None:
            self.on_stop()
        self._serving.leave()
        self._tasks.stop()
        self._serving.stop()
        self._clean()

    def _clean(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<rehearsal of {self.name} at {self.url}>"

    def fail(self, kind: str, times: int = 1) -> None:
        """Have the next creates go wrong; each takes one of the failures that were ordered, in their order.

        Args:
            kind: "policy": refused; "throttled": refused for now; "lost": accepted, but answered with a server error;
                "failed": accepted, and the task ends badly; "link_expired": the link to its result has ended.
            times: how many creates.

        Raises:
            InvalidInput: there is no such failure.
        """
        fault = next((each for each in FAULTS if each == kind), None)
        if fault is None:
            raise InvalidInput(f"{kind!r} is no failure of a rehearsal.", hint=f"There are {', '.join(FAULTS)}.")
        with self._lock:
            self._faults.extend([fault] * times)

    # --- tasks -----------------------------------------------------------------------------------------------------

    def accept(self, prompt: str, *, seconds: float, size: str, **fields: Any) -> Task:
        """Accept a task, and have it worked on; the failures ordered by fail() happen here.

        Args:
            prompt: as it was sent.
            seconds, size: of the video; size like "1280x720".
            fields: others of Task: seed, pictures, clips, first, tokens, charge, extra.

        Raises:
            Refused: a failure was ordered.
        """
        fault = self.begin()
        task = Task(self.make_id(), prompt, seconds=seconds, size=size, **fields)
        task.failure = self._said("failed") if fault == "failed" else None
        task.link_over = fault == "link_expired"
        self._tasks.add(task)
        self.answer(fault)
        return task

    def begin(self) -> Fault | None:
        """Take the failure that was ordered for this create, if one was.

        Raises:
            Refused: it is one that refuses the create.
        """
        with self._lock:
            fault = self._faults.popleft() if self._faults else None
        if fault in ("policy", "throttled"):
            self._refuse(fault)
        return fault

    def answer(self, fault: Fault | None) -> None:
        """Lose the answer to a create that was accepted, where that was ordered.

        Raises:
            Refused: it was.
        """
        if fault == "lost":
            self._refuse("lost")

    def _refuse(self, fault: Literal["policy", "throttled", "lost"]) -> NoReturn:
        code, message = self._said(fault)
        raise Refused(fault, message, code=code)

    def _said(self, fault: Fault) -> tuple[str, str]:
        return {**SAID, **self.said}[fault]

    def task(self, ident: str) -> Task:
        """Return a task.

        Raises:
            Refused: there is none of this id.
        """
        found = self._tasks.get(ident)
        if found is None:
            raise Refused("missing", f"There is no task {ident[:80]!r}.")
        return found

    def tasks(self) -> list[Task]:
        """List the tasks, the newest first."""
        return self._tasks.all()

    def cancel(self, ident: str) -> bool:
        """Stop a task; False where it has ended already.

        Raises:
            Refused: there is none of this id.
        """
        return self._tasks.cancel(self.task(ident))

    def delete(self, ident: str) -> None:
        """Stop and forget a task.

        Raises:
            Refused: there is none of this id.
        """
        self._tasks.delete(self.task(ident))

    # --- what requests hold ----------------------------------------------------------------------------------------

    def route(self, method: str, path: str, handler: Handler, *, keyed: bool = True) -> Route:
        """Make a route.

        Args:
            method: of HTTP.
            path: below `prefix`.
            handler: returns a response, a body, or a status and a body.
            keyed: whether the key is asked for.
        """

        async def endpoint(request: Request) -> Response:
            if keyed:
                self._check_key(request)
            answer = await handler(request)
            if isinstance(answer, Response):
                return answer
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            return JSONResponse(body, status)

        return Route(self.prefix + path, endpoint, methods=[method], name=f"{method} {path}")

    def _check_key(self, request: Request) -> None:
        given = request.headers.get(self.key_header, "").strip()
        if self.key_header == "authorization":
            scheme, _, given = given.partition(" ")
            given = given.strip() if scheme.lower() == self.key_scheme.lower() else ""
        if not given:
            raise Refused("key", "No API key was given.")

    async def fields(self, request: Request) -> dict[str, Any]:
        """Read the body of a request as a JSON object.

        Raises:
            Refused: it is none.
        """
        try:
            found = json.loads(await request.body())
        except (ValueError, RecursionError) as error:
            raise Refused("invalid", "The body is not JSON.") from error
        if not isinstance(found, dict):
            raise Refused("invalid", "The body is not a JSON object.")
        return found

    async def form(self, request: Request) -> tuple[dict[str, Any], dict[str, list[bytes]]]:
        """Read the body of a request that is a form or a JSON object; return its fields, and its files by name.

        Raises:
            Refused: it is neither.
        """
        if "multipart" not in request.headers.get("content-type", ""):
            return await self.fields(request), {}
        found: dict[str, Any] = {}
        files: dict[str, list[bytes]] = {}
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files.setdefault(name.removesuffix("[]"), []).append(await value.read(MAX_BYTES + 1))
                else:
                    found[name] = value
        return found, files

    def pictures(self, given: Sequence[object], rules: PictureRules) -> list[bytes]:
        """Read the pictures of a request: data URIs, base64, addresses that can be resolved, or files of a form.

        Raises:
            Refused: too many, or one that the service does not take.
        """
        if len(given) > rules.most:
            raise Refused("invalid", f"{len(given)} reference images were given, at most {rules.most} are taken.")
        return [self._picture(item, number, rules) for number, item in enumerate(given, 1)]

    def _picture(self, item: object, number: int, rules: PictureRules) -> bytes:
        content = self.file(item, f"Image {number}", rules.most_bytes)
        try:
            check(content, rules)
        except ValueError as error:
            raise Refused("invalid", f"Image {number}: {error}.") from error
        return content

    def file(self, item: object, what: str, most: int = MAX_BYTES) -> bytes:
        """Read one file of a request.

        Args:
            item: a data URI, base64, an address that can be resolved, or the bytes of a form's file.
            what: named in the refusal.
            most: largest file, in bytes.

        Raises:
            Refused: it cannot be read.
        """
        if isinstance(item, bytes):
            return item
        if not isinstance(item, str):
            raise Refused("invalid", f"{what}: a text is expected.")
        if is_address(item):
            return self.resolve(item)
        try:
            return decode(item, most)
        except ValueError as error:
            raise Refused("invalid", f"{what}: {error}.") from error

    # --- results ---------------------------------------------------------------------------------------------------

    def film(self, task: Task) -> Response:
        """Answer with the video of a task, for services that have a route for it.

        Raises:
            Refused: it has none.
        """
        try:
            return OpenFileResponse(self._tasks.path(task.name), "video/mp4")
        except FileNotFoundError as error:
            raise Refused("missing", f"Task {task.id!r} has no video.") from error

    def link(self, request: Request, task: Task) -> str:
        """Return a link to the video of a task, which needs no key and ends when the service's links do."""
        if task.link_over:
            task.link_over = not self.fresh_links
            end = datetime.now(UTC) - timedelta(hours=1)
        else:
            end = self.link_end(task)
        base = f"{request.url.scheme}://{request.url.netloc}"
        return signed_links.sign(base, f"{task.name}.mp4", self._secret, end)

    def link_end(self, task: Task) -> datetime:
        """Return when a link made now ends."""
        begin = datetime.now(UTC) if self.fresh_links else datetime.fromtimestamp(task.ended_at or 0, UTC)
        return begin + timedelta(hours=self.link_hours)

    async def _file(self, request: Request) -> Response:
        name, signature = request.path_params["name"], request.path_params["signature"]
        end = request.query_params.get("se", "")
        if not signed_links.is_valid(f"{name}.mp4", signature, end, self._secret, datetime.now(UTC)):
            raise Refused("link", "This link was not made here, or has ended.")
        try:
            return OpenFileResponse(self._tasks.path(name), "video/mp4")
        except FileNotFoundError as error:
            raise Refused("missing", "The file is gone.") from error

    async def _refused(self, _: Request, refused: Refused) -> Response:
        status = {**STATUSES, **self.statuses}[refused.why]
        return JSONResponse(self.error(refused, status), status, headers=self.error_headers(refused))

    async def _unknown(self, request: Request, error: HTTPException) -> Response:
        refused = Refused("missing", f"{error.detail}: {request.method} {request.url.path}")
        return JSONResponse(self.error(refused, error.status_code), error.status_code, headers=error.headers)
