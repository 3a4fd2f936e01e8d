"""Answer the routes of videos: create, remix, edit, extend, follow, fetch, list, delete, as the OpenAI Videos API has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from sora_nb.errors import MediaError
from sora_nb.models import Status
from sora_nb.providers import wire
from sora_nb.server import checks, logs, schemas, serializers, thumbnails, untrusted_video
from sora_nb.server.checks import Refused
from sora_nb.server.dependencies import Body, Order, Person, Sent, Tasks, Work, base_url, json_object, read_body, seen
from sora_nb.server.open_file import send_file
from sora_nb.server.task import video_key

if TYPE_CHECKING:
    from sora_nb.server.task import Task
    from sora_nb.server.uploads import Uploads

routes = APIRouter(prefix="/v1/videos", tags=["videos"], responses=schemas.REFUSED)
POLL_MS = "500"


@routes.post("", response_model=schemas.Video, openapi_extra=schemas.CREATE_VIDEO)
async def create_video(request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Start a video; JSON or multipart/form-data."""
    async with read_body(request) as sent:
        part = sent.files.get("input_reference")
        if part is not None and (part.size or 0) >= wire.MAX_IMAGE_BYTES:
            raise Refused(400, "input_reference has less than 10 MB.", param="input_reference")
        picture = await sent.save("input_reference")
        asked = await asyncio.to_thread(checks.video, sent.fields, picture, work.store, sent.uploads)
        return await _accepted(work, asked, order, request, sent.uploads)


@routes.post("/edits", response_model=schemas.Video, openapi_extra=schemas.EDIT)
async def edit_video(request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Make a video again under another prompt, with the settings of a finished video or of a file."""
    async with read_body(request) as sent:
        if "video" in sent.files:
            asked = await _outside("edit", sent, work)
        else:
            asked = await asyncio.to_thread(_remade, sent, work)
        return await _accepted(work, asked, order, request, sent.uploads)


@routes.post("/extensions", response_model=schemas.Video, openapi_extra=schemas.EXTEND)
async def extend_video(request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Append seconds to a finished video or to a file; the answer's `seconds` are those of the whole."""
    async with read_body(request) as sent:
        if "video" in sent.files:
            asked = await _outside("extension", sent, work)
        else:
            asked = await asyncio.to_thread(_extended, sent, work)
        return await _accepted(work, asked, order, request, sent.uploads)


@routes.post("/{video}/remix", response_model=schemas.Video, openapi_extra=schemas.REMIX)
async def remix_video(video: str, request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Make a finished video again under another prompt, with its cast and seed."""
    fields = await json_object(request)
    source = await asyncio.to_thread(checks.finished_video, video, work.store, "video")
    asked = await asyncio.to_thread(checks.remake, "remix", fields, source, work.store)
    return await _accepted(work, asked, order, request)


async def _accepted(
    work: Tasks, asked: dict[str, Any], order: Sent, request: Request, uploads: Uploads | None = None
) -> dict[str, Any]:
    task = await work.accept("video", asked, order, uploads)
    return serializers.video(seen(task, request), base_url(request))


def _remade(sent: Body, work: Tasks) -> dict[str, Any]:
    return checks.remake("edit", sent.fields, _source(sent, work), work.store)


def _extended(sent: Body, work: Tasks) -> dict[str, Any]:
    return checks.extension(sent.fields, _source(sent, work), work.store)


def _source(sent: Body, work: Tasks) -> Task:
    entry = sent.fields.get("video")
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise Refused(400, 'video is a file, or the id of a finished video: {"id": "video_123"}.', param="video")
    return checks.finished_video(entry["id"], work.store, "video")


async def _outside(made: Literal["edit", "extension"], sent: Body, work: Tasks) -> dict[str, Any]:
    """Read a video that came as a file, and the picture in it that the new one starts from."""
    upload = str(await sent.save("video"))
    path = sent.uploads.path(upload)
    still = work.store.source_path(f"{upload}.{made}")
    try:
        info = await asyncio.to_thread(untrusted_video.still, path, still, last=made == "extension")
        with still.open("rb") as file:
            picture = await asyncio.to_thread(sent.uploads.save, file)
    except MediaError as error:
        raise checks.unusable_video(error) from error
    finally:
        still.unlink(missing_ok=True)
    return await asyncio.to_thread(checks.uploaded, made, sent.fields, upload, picture, info, work.store, sent.uploads)


@routes.get("", response_model=schemas.VideoPage)
def list_videos(
    request: Request,
    work: Work,
    person: Person,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
) -> dict[str, Any]:
    """List video tasks, from behind the one named by `after`; with a person's key, that person's."""
    if after is not None:
        work.get(after, "video")
    found = work.store.tasks("video", after=after, limit=limit + 1, newest_first=order == "desc", person=person)
    entries = [serializers.video(seen(task, request), base_url(request)) for task in found[:limit]]
    return serializers.page(entries, more=len(found) > limit)


@routes.get("/{video}", response_model=schemas.Video)
def get_video(video: str, request: Request, response: Response, work: Work) -> dict[str, Any]:
    """Return a video task with its progress."""
    task = work.get(video, "video")
    if not task.status.ended:
        response.headers["openai-poll-after-ms"] = POLL_MS
    return serializers.video(seen(task, request), base_url(request))


@routes.delete("/{video}", response_model=schemas.Deleted)
def delete_video(video: str, work: Work, person: Person) -> dict[str, Any]:
    """Delete a video task, stopping it if it runs; with a person's key, only one of that person's."""
    task = work.get(video, "video")
    if person and work.store.keys.owner(task.id) != person:
        raise Refused(403, "This video is somebody else's, who alone can delete it.", code="access_denied")
    work.runner.cancel(task)
    work.store.remove(task)
    logs.task_changed(task, state="deleted")
    return {"id": task.id, "object": "video.deleted", "deleted": True}


@routes.head("/{video}/content", include_in_schema=False)
@routes.get(
    "/{video}/content", response_class=Response, responses=schemas.content("video/mp4", "image/webp", "image/jpeg")
)
async def get_content(
    video: str, request: Request, work: Work, variant: Literal["video", "thumbnail", "spritesheet"] = "video"
) -> Response:
    """Return the video, for which Range is honoured; or a picture of it (WebP), or twenty in rows (JPEG)."""
    task = await asyncio.to_thread(work.get, video, "video")
    if task.status is not Status.COMPLETED:
        message = f"Task is not completed yet, current status: {task.status.value}"
        raise Refused(400, message, code="task_not_completed")
    key = video_key(task.id)
    try:
        if variant == "video":
            return await send_file(work.store.files, key, "video/mp4", request)
        path = await asyncio.to_thread(work.store.files.fetch, key)
        made, kind = (thumbnails.thumbnail, "webp") if variant == "thumbnail" else (thumbnails.spritesheet, "jpeg")
        return Response(await asyncio.to_thread(made, path), media_type=f"image/{kind}")
    except (FileNotFoundError, MediaError):
        if work.store.video_path(task.id).exists():
            raise
        raise Refused(404, f"The file of {video!r} is gone.", code="task_not_found") from None
