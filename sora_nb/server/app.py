"""The local server's FastAPI application: its routers, its error handlers, and the routes of chat and models.

Shapes follow docs.laozhang.ai for characters and the chat route, and openai-python for the rest.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sora_nb.engines.cutout import files as cutouts
from sora_nb.errors import AuthError, BudgetExceeded, LedgerError, MediaError, OutcomeUnknown, SoraError, StoreError
from sora_nb.models import Status
from sora_nb.providers.errors import error_body
from sora_nb.server import checks, docs_page, metrics, schemas, serializers, signed_links
from sora_nb.server.checks import RULES, Refused
from sora_nb.server.dependencies import NO_RETRY, POLL_SECONDS, RETRY, Order, Person, Tasks, Work, base_url, json_object
from sora_nb.server.open_file import send_file
from sora_nb.server.routes import characters, files, videos
from sora_nb.server.task import character_key, video_key
from sora_nb.server.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sora_nb.server.metrics import Metrics
    from sora_nb.server.store import Store
    from sora_nb.server.task import Task
    from sora_nb.server.worker import WorkerPool

LOG = logging.getLogger(__name__)
keyed = APIRouter(responses=schemas.REFUSED)
"""Routes that need the server's key, where it has one."""
unkeyed = APIRouter()
# the characters come first: their routes would else be videos of this name
ROUTES = (characters.routes, videos.routes, files.routes, metrics.routes, keyed, unkeyed)
NO_QUOTA = "insufficient_user_quota"
"""The vendor's code, and one-api's before it, where somebody has used up what is allowed; 402, for nobody sends that again."""
READY_SECONDS = 6.0
"""How long the database or the store of files may take to answer, for the server to be ready."""
MODELS = (RULES.video.model, str(RULES.character.model), *(entry.model for entry in RULES.chat_models))


def create_app(store: Store, runner: WorkerPool, counted: Metrics, *, needs_key: bool) -> FastAPI:
    """Make the application.

    Args:
        store: where tasks and files are.
        runner: who works on them.
        counted: what the server counts.
        needs_key: whether the document says that a key is needed; the guard before the application asks for it.
    """
    app = FastAPI(title="sora_nb local server", version="1", docs_url=None, redoc_url=None)
    app.state.tasks = Tasks(store, runner)
    app.state.metrics = counted
    key = [Depends(HTTPBearer(auto_error=False))] if needs_key else []
    for routes in ROUTES:
        app.include_router(routes, dependencies=[] if routes is unkeyed else key)

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return JSONResponse(error.body, error.status, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return JSONResponse(error_body(f"{where}: {first['msg']}", param=where), 400)

    @app.exception_handler(HTTPException)
    async def missing(request: Request, error: HTTPException) -> JSONResponse:
        message = f"Invalid URL ({request.method} {request.url.path})" if error.status_code == 404 else error.detail
        headers = {"allow": _allowed(request.url.path)} if error.status_code == 405 else error.headers
        return JSONResponse(error_body(message), error.status_code, headers=headers)

    @app.exception_handler(ClientDisconnect)
    async def left(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it

    @app.exception_handler(AuthError)
    @app.exception_handler(BudgetExceeded)
    async def not_allowed(_: Request, error: AuthError | BudgetExceeded) -> JSONResponse:
        status, code = (401, "invalid_api_key") if isinstance(error, AuthError) else (402, NO_QUOTA)
        return JSONResponse(error_body(error.message, code=code), status)

    @app.exception_handler(LedgerError)
    @app.exception_handler(StoreError)
    async def away(_: Request, error: LedgerError | StoreError) -> JSONResponse:
        LOG.warning("%s", error)
        what = "database" if isinstance(error, LedgerError) else "store of files"
        body = error_body(f"The {what} of this server does not answer.", code="unavailable", kind="server_error")
        return JSONResponse(body, 503, headers=RETRY)

    @app.exception_handler(OutcomeUnknown)
    @app.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> JSONResponse:
        body = error_body("The server failed on this request.", code="server_error", kind="server_error")
        return JSONResponse(body, 500, headers=NO_RETRY)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(docs_page.page(app.openapi()), headers=docs_page.HEADERS)

    return app


def _allowed(path: str) -> str:
    """Return the methods a path takes; the framework names those of the first route that fits only."""
    known = [route for routes in ROUTES for route in routes.routes if isinstance(route, APIRoute)]
    exact = [route for route in known if route.path == path]
    found = exact or [route for route in known if route.path_regex.match(path)]
    return ", ".join(sorted({method for route in found for method in route.methods or ()}))


# --- the synchronous route ----------------------------------------------------------------------------------------


@keyed.post(
    "/v1/chat/completions",
    response_model=None,
    responses={200: {"model": schemas.Chat, "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    openapi_extra=schemas.CHAT,
)
async def chat(request: Request, work: Work, order: Order) -> StreamingResponse | JSONResponse:
    """Generate a video while the client waits, streamed as chat events or not."""
    fields = await json_object(request)
    with Uploads(work.store) as uploads:
        asked = await asyncio.to_thread(checks.chat, fields, work.store, uploads)
        task = await work.accept("video", asked, order, uploads)
    if fields.get("stream"):
        return StreamingResponse(_stream(work, task, base_url(request)), media_type="text/event-stream")
    return JSONResponse(serializers.chat_answer(await work.wait(task), _video_link(work, task, base_url(request))))


def _video_link(work: Tasks, task: Task, base: str) -> str:
    return signed_links.sign(base, f"{task.id}.mp4", work.store.secret)


async def _stream(work: Tasks, task: Task, base: str) -> AsyncIterator[str]:
    for line in serializers.chat_head(task):
        yield line
    said = -1.0
    while not task.status.ended:
        await asyncio.sleep(POLL_SECONDS)
        try:
            task = await asyncio.to_thread(work.get, task.id, "video")
        except Refused:
            task = task.model_copy(update={"status": Status.FAILED, "error": "The task was deleted."})
        if task.progress > said and not task.status.ended:
            said = task.progress
            yield serializers.chat_progress(task)
    for line in serializers.chat_tail(task, _video_link(work, task, base)):
        yield line


# --- models and the rest -------------------------------------------------------------------------------------------


@keyed.get("/v1/models", response_model=schemas.Models)
async def models(work: Work) -> dict[str, Any]:
    """List the models."""
    return {"object": "list", "data": [_model(name) for name in _models(work)]}


@keyed.get("/v1/models/{model}", response_model=schemas.Model)
async def get_model(work: Work, model: str) -> dict[str, Any]:
    """Return one model."""
    if model not in _models(work):
        raise Refused(404, f"There is no model {model!r}.", param="model", code="model_not_found")
    return _model(model)


def _models(work: Tasks) -> list[str]:
    return [*MODELS, *work.runner.films]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "sora_nb-local"}


@keyed.get("/v1/usage", response_model=schemas.Usage, response_model_exclude_none=True)
def usage(work: Work, person: Person) -> dict[str, Any]:
    """Count accepted and finished calls, with their list price (extension of this server)."""
    return serializers.usage(work.store.counts(person), work.store.keys.holder(person) if person else None)


@unkeyed.get(
    signed_links.PATH + "{signature}/{name}",
    response_class=Response,
    responses=schemas.content("image/png", "video/mp4") | schemas.REFUSED,
)
async def get_file(request: Request, work: Work, signature: str, name: str, se: str = "") -> Response:
    """Return an avatar or video by its signed link."""
    if not signed_links.is_valid(name, signature, se, work.store.secret, datetime.now(UTC)):
        raise Refused(403, "This link was not made here, or is no longer valid.", code="link_expired")
    try:
        key = await asyncio.to_thread(_key, work.store, name)
        return await send_file(work.store.files, key, "video/mp4" if key.endswith(".mp4") else "image/png", request)
    except (FileNotFoundError, MediaError) as error:
        raise Refused(404, "The file is gone.", code="file_not_found") from error


def _key(store: Store, name: str) -> str:
    """Return the key of what a signed link names: `<id>.mp4` a video, `<id>.rgba` a cut-out, `<id>.png` an avatar.

    Raises:
        FileNotFoundError: it was deleted.
        MediaError: there is no such cut-out.
    """
    ident, _, kind = name.rpartition(".")
    if store.get(ident, "video" if kind == "mp4" else "character") is None:
        raise FileNotFoundError(name)
    if kind == "mp4":
        return video_key(ident)
    folder = character_key(ident)
    if kind == "png":
        return f"{folder}/{cutouts.AVATAR}"
    return f"{folder}/{cutouts.still(store.files.fetch(f'{folder}/{cutouts.LAST}').parent).name}"


@unkeyed.get("/healthz", response_model=schemas.Health)
async def health() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


@unkeyed.get(
    "/readyz", response_model=schemas.Readiness, responses=schemas.REFUSED | {503: {"model": schemas.Readiness}}
)
async def readiness(work: Work, response: Response) -> dict[str, str]:
    """Say whether requests may be sent here: the database and the files answer, and the server does not stop."""
    database, files = await asyncio.gather(_answers(work.store.check_database), _answers(work.store.files.check))
    status = "draining" if work.runner.stopping else "ready" if database == files == "ok" else "unready"
    if status != "ready":
        response.status_code = 503
        response.headers.update(RETRY)
    return {"status": status, "database": database, "files": files}


async def _answers(check: Callable[[], None]) -> str:
    try:
        await asyncio.wait_for(asyncio.to_thread(check), READY_SECONDS)
    except (SoraError, TimeoutError) as error:
        LOG.warning("this server is not ready: %s", error)
        return "down"
    return "ok"
