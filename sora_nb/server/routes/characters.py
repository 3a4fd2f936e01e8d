"""Answer the routes of characters, in the shapes of the vendor and of the OpenAI Videos API."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request

from sora_nb.errors import MediaError
from sora_nb.models import Status
from sora_nb.server import checks, schemas, serializers, signed_links, untrusted_video
from sora_nb.server.checks import Refused
from sora_nb.server.dependencies import NO_RETRY, Order, Tasks, Work, base_url, json_object, read_body, seen

if TYPE_CHECKING:
    from sora_nb.server.task import Task

routes = APIRouter(tags=["characters"], responses=schemas.REFUSED)


@routes.post(
    "/sora/v1/characters",
    response_model=schemas.Character,
    responses=schemas.ACCEPTED_BUT_FAILED,
    openapi_extra=schemas.CREATE_CHARACTER,
)
async def create_character(request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Make a character from 1-3 seconds of a video, given by `url` or `from_task`; answers when it is made."""
    asked = await asyncio.to_thread(checks.character, await json_object(request), request.url.netloc, work.store)
    return await _wait_made(await work.accept("character", asked, order), request, work)


@routes.post(
    "/v1/videos/characters",
    response_model=schemas.Character,
    responses=schemas.ACCEPTED_BUT_FAILED,
    openapi_extra=schemas.CREATE_NAMED_CHARACTER,
)
async def create_named_character(request: Request, work: Work, order: Order) -> dict[str, Any]:
    """Make a character from a clip of 2-4 seconds that comes as a file; prompts call it by its name."""
    async with read_body(request) as sent:
        upload = await sent.save("video")
        if upload is None:
            raise Refused(400, "video is the clip, as a file of multipart/form-data.", param="video")
        try:
            info = await asyncio.to_thread(untrusted_video.inspect, sent.uploads.path(upload))
        except MediaError as error:
            raise checks.unusable_video(error) from error
        asked = checks.named_character(sent.fields.get("name"), upload, info)
        task = await work.accept("character", asked, order, sent.uploads, prefix="char_")
    return await _wait_made(task, request, work)


async def _wait_made(task: Task, request: Request, work: Tasks) -> dict[str, Any]:
    task = await work.wait(task)
    if task.status is Status.FAILED:
        status = 500 if task.error_code == "engine_error" else 400
        raise Refused(status, task.error, code=task.error_code, headers=NO_RETRY)
    return _render(task, request, work)


@routes.get("/sora/v1/characters", response_model=schemas.CharacterPage)
def list_characters(
    request: Request, work: Work, after: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 100
) -> dict[str, Any]:
    """List characters, also those being made, newest first, from behind the one named by `after` (extension)."""
    if after is not None:
        work.get(after, "character")
    found = work.store.tasks("character", after=after, limit=limit + 1)
    return serializers.page([_render(task, request, work) for task in found[:limit]], more=len(found) > limit)


@routes.get("/sora/v1/characters/{character}", response_model=schemas.Character)
@routes.get("/v1/videos/characters/{character}", response_model=schemas.Character)
def get_character(character: str, request: Request, work: Work) -> dict[str, Any]:
    """Return one character."""
    return _render(work.get(character, "character"), request, work)


def _render(task: Task, request: Request, work: Tasks) -> dict[str, Any]:
    expires = signed_links.avatar_expiry(datetime.now(UTC))
    picture = signed_links.sign(base_url(request), f"{task.id}.png", work.store.secret, expires)
    cutout = signed_links.sign(base_url(request), f"{task.id}.rgba", work.store.secret, expires)
    return serializers.character(seen(task, request), base_url(request), picture, cutout)
