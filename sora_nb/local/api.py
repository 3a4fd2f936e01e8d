"""The routes of the local server: the vendor's protocol and the OpenAI Videos API, answered by tasks.

Shapes follow docs.laozhang.ai for characters and the chat route, and openai-python for the rest.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sora_nb import protocol
from sora_nb.failures import error_body
from sora_nb.local import links, requests, shapes
from sora_nb.local.requests import RULES, Refused
from sora_nb.models import Status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sora_nb.local.jobs import Runner
    from sora_nb.local.store import Kind, Store, Task

LOOK_SECONDS = 0.1
"""How often a waiting request looks at its task."""
WAIT_SECONDS = 600.0
NOT_AGAIN = {"x-should-retry": "false"}
"""Sent with a failure after acceptance, so that the official SDK does not send the create again."""
api = APIRouter()


def create_app(store: Store, runner: Runner) -> FastAPI:
    """Make the application.

    Args:
        store: where tasks and files are.
        runner: who works on them.
    """
    app = FastAPI(title="sora_nb local server", version="1", docs_url="/docs", redoc_url=None)
    app.state.tasks = Tasks(store, runner)
    app.include_router(api)

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return JSONResponse(error.body, error.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return JSONResponse(error_body(f"{where}: {first['msg']}", param=where), 400)

    @app.exception_handler(HTTPException)
    async def missing(request: Request, error: HTTPException) -> JSONResponse:
        message = f"Invalid URL ({request.method} {request.url.path})" if error.status_code == 404 else error.detail
        return JSONResponse(error_body(message), error.status_code, headers=error.headers)

    return app


class Tasks:
    """Accepts tasks, finds them, and waits for them."""

    def __init__(self, store: Store, runner: Runner) -> None:
        self.store = store
        self.runner = runner

    def accept(self, kind: Kind, asked: dict[str, Any], key: str | None) -> Task:
        """Write down a request, once for each idempotency key, and have it worked on."""
        task, new = self.store.accept(kind, asked, key=key)
        if not new and (task.kind != kind or task.request != asked):
            raise Refused(409, "This idempotency key came with another request before.", code="idempotency_conflict")
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

    async def ended(self, task: Task) -> Task:
        """Wait until a task has ended."""
        end = time.monotonic() + WAIT_SECONDS
        while not task.status.ended:
            if time.monotonic() > end:
                raise Refused(504, "The task still goes on; list it later.", code="timeout")
            await asyncio.sleep(LOOK_SECONDS)
            task = self.get(task.id, task.kind)
        return task


def _tasks(request: Request) -> Tasks:
    tasks: Tasks = request.app.state.tasks
    return tasks


Work = Annotated[Tasks, Depends(_tasks)]
Key = Annotated[str | None, Header(alias=protocol.IDEMPOTENCY_HEADER, max_length=255)]


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Refused(400, "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused(400, "The body is not a JSON object.")
    return body


async def _fields(request: Request) -> tuple[dict[str, Any], bytes | None]:
    """Read a create request, JSON or multipart, and the picture that came as a file."""
    if "multipart" not in request.headers.get("content-type", ""):
        return await _json(request), None
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        part = form.get("input_reference")
        picture = None
        if isinstance(part, UploadFile):
            if (part.size or 0) >= protocol.MAX_IMAGE_BYTES:
                raise Refused(400, "input_reference has less than 10 MB.", param="input_reference")
            picture = await part.read()
    return fields, picture


# --- characters ---------------------------------------------------------------------------------------------------


@api.post("/sora/v1/characters")
async def create_character(request: Request, work: Work, key: Key = None) -> JSONResponse:
    """Make a character from 1-3 seconds of a video, given by `url` or `from_task`; answers when it is made."""
    body = await _json(request)
    asked = requests.character(body, request.url.netloc, work.store)
    task = await work.ended(work.accept("character", asked, key))
    if task.status is Status.FAILED:
        status = 500 if task.error_code == "engine_error" else 400
        return JSONResponse(error_body(task.error, code=task.error_code), status, headers=NOT_AGAIN)
    return JSONResponse(_character(task, request, work))


@api.get("/sora/v1/characters")
async def list_characters(
    request: Request, work: Work, limit: Annotated[int, Query(ge=1, le=100)] = 100
) -> JSONResponse:
    """List characters, also those being made, newest first (extension of this server)."""
    found = work.store.tasks("character", limit=limit)
    return JSONResponse(shapes.page([_character(task, request, work) for task in found], more=len(found) == limit))


@api.get("/sora/v1/characters/{character}")
async def get_character(character: str, request: Request, work: Work) -> JSONResponse:
    """Return one character (extension of this server)."""
    return JSONResponse(_character(work.get(character, "character"), request, work))


def _character(task: Task, request: Request, work: Tasks) -> dict[str, Any]:
    expires = links.midnight(datetime.now(UTC))
    picture = links.signed(_base(request), f"{task.id}.png", work.store.secret, expires)
    cutout = links.signed(_base(request), f"{task.id}.rgba", work.store.secret, expires)
    return shapes.character(task, _base(request), picture, cutout)


# --- videos -------------------------------------------------------------------------------------------------------


@api.post("/v1/videos")
async def create_video(request: Request, work: Work, key: Key = None) -> JSONResponse:
    """Start a video; JSON or multipart/form-data."""
    fields, picture = await _fields(request)
    task = work.accept("video", requests.video(fields, picture, work.store), key)
    return JSONResponse(shapes.video(task, _base(request)))


@api.get("/v1/videos")
async def list_videos(
    request: Request,
    work: Work,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Annotated[str, Query(pattern="^(asc|desc)$")] = "desc",
) -> JSONResponse:
    """List video tasks."""
    found = work.store.tasks("video", after=after, limit=limit + 1, newest_first=order == "desc")
    entries = [shapes.video(task, _base(request)) for task in found[:limit]]
    return JSONResponse(shapes.page(entries, more=len(found) > limit))


@api.get("/v1/videos/{video}")
async def get_video(video: str, request: Request, work: Work) -> JSONResponse:
    """Return a video task with its progress."""
    task = work.get(video, "video")
    pace = {} if task.status.ended else {"openai-poll-after-ms": "500"}
    return JSONResponse(shapes.video(task, _base(request)), headers=pace)


@api.delete("/v1/videos/{video}")
async def delete_video(video: str, work: Work) -> JSONResponse:
    """Delete a video task, stopping it if it runs."""
    task = work.get(video, "video")
    work.runner.cancel(task)
    work.store.remove(task)
    return JSONResponse({"id": task.id, "object": "video.deleted", "deleted": True})


@api.get("/v1/videos/{video}/content")
async def get_content(video: str, work: Work) -> FileResponse:
    """Return the video file; Range is honoured."""
    task = work.get(video, "video")
    if task.status is not Status.COMPLETED:
        message = f"Task is not completed yet, current status: {task.status.value}"
        raise Refused(400, message, code="task_not_completed")
    return FileResponse(work.store.video_path(task.id), media_type="video/mp4")


# --- the synchronous route ----------------------------------------------------------------------------------------


@api.post("/v1/chat/completions", response_model=None)
async def chat(request: Request, work: Work, key: Key = None) -> StreamingResponse | JSONResponse:
    """Generate a video while the client waits, streamed as chat events or not."""
    body = await _json(request)
    task = work.accept("video", requests.chat(body, work.store), key)
    base = _base(request)
    if body.get("stream"):
        return StreamingResponse(_stream(work, task, base), media_type="text/event-stream")
    return JSONResponse(shapes.chat_answer(await work.ended(task), _video_link(work, task, base)))


def _video_link(work: Tasks, task: Task, base: str) -> str:
    return links.signed(base, f"{task.id}.mp4", work.store.secret)


async def _stream(work: Tasks, task: Task, base: str) -> AsyncIterator[str]:
    for line in shapes.chat_head(task):
        yield line
    said = -1.0
    while not task.status.ended:
        await asyncio.sleep(LOOK_SECONDS)
        task = work.get(task.id, "video")
        if task.progress > said and not task.status.ended:
            said = task.progress
            yield shapes.chat_progress(task)
    for line in shapes.chat_tail(task, _video_link(work, task, base)):
        yield line


# --- files and the rest -------------------------------------------------------------------------------------------


@api.post("/v1/files")
async def upload(request: Request, work: Work) -> JSONResponse:
    """Take a video file to make characters from (extension of this server)."""
    async with request.form() as form:
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise Refused(400, "file is the video to upload, as multipart/form-data.", param="file")
        task, _ = work.store.accept("file", {"purpose": "video"}, status=Status.COMPLETED)
        with work.store.upload_path(task.id).open("wb") as file:
            await asyncio.to_thread(shutil.copyfileobj, part.file, file)
        size = part.size
    return JSONResponse({"id": task.id, "object": "file", "bytes": size, "created_at": int(task.created_at)})


@api.get(links.PATH + "{signature}/{name}")
async def get_file(work: Work, signature: str, name: str, se: str = "") -> FileResponse:
    """Return an avatar or video by its signed link."""
    if not links.is_valid(name, signature, se, work.store.secret, datetime.now(UTC)):
        raise Refused(403, "This link was not made here, or is no longer valid.", code="link_expired")
    ident, _, kind = name.rpartition(".")
    pictures = work.store.character_path(ident)
    path = {"mp4": work.store.video_path(ident), "rgba": pictures / "still.png"}.get(kind, pictures / "avatar.png")
    if not path.is_file():
        raise Refused(404, "The file is gone.", code="file_not_found")
    return FileResponse(path, media_type="video/mp4" if kind == "mp4" else "image/png")


@api.get("/v1/models")
async def models() -> dict[str, Any]:
    """List the models."""
    names = [RULES.video.model, RULES.character.model, *(entry.model for entry in RULES.chat_models)]
    entries = [{"id": name, "object": "model", "owned_by": "sora_nb-local"} for name in names]
    return {"object": "list", "data": entries}


@api.get("/v1/usage")
async def usage(work: Work) -> dict[str, Any]:
    """Count accepted and finished calls, with their list price (extension of this server)."""
    return shapes.usage(work.store.counts(), RULES)


@api.get("/healthz")
async def health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}
