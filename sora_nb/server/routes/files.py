"""Answer the routes of uploaded files, as OpenAI has them: they are what characters and videos are made from."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from sora_nb.models import Status
from sora_nb.server import schemas, serializers
from sora_nb.server.checks import PURPOSE_LONGEST, Refused
from sora_nb.server.dependencies import Person, Work, read_body

if TYPE_CHECKING:
    from sora_nb.server.store import Store
    from sora_nb.server.uploads import Uploads

routes = APIRouter(prefix="/v1/files", tags=["files"], responses=schemas.REFUSED)
FILENAME_LONGEST = 255
"""Letters of a file's name that are remembered."""


@routes.post("", response_model=schemas.File, openapi_extra=schemas.UPLOAD)
async def upload_file(request: Request, work: Work, person: Person) -> dict[str, Any]:
    """Take a file to make characters or videos from; it is kept for a day after its last use."""
    async with read_body(request) as sent:
        part = sent.files.get("file")
        name = await sent.save("file")
        if part is None or name is None:
            raise Refused(400, "file is the video to upload, as multipart/form-data.", param="file")
        purpose = sent.fields.get("purpose", "video")
        if not isinstance(purpose, str) or not 1 <= len(purpose) <= PURPOSE_LONGEST:
            raise Refused(400, f"purpose is a text of 1 to {PURPOSE_LONGEST} characters.", param="purpose")
        told = {"purpose": purpose, "filename": (part.filename or "")[:FILENAME_LONGEST], "bytes": part.size}
        return await asyncio.to_thread(_keep, {**told, "upload": name}, sent.uploads, work.store, person)


def _keep(told: dict[str, Any], uploads: Uploads, store: Store, person: str) -> dict[str, Any]:
    uploads.keep()
    task, _ = store.accept("file", told, status=Status.COMPLETED, person=person)
    return serializers.files([task], store)[0]


@routes.get("", response_model=schemas.FilePage)
def list_files(
    work: Work,
    person: Person,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
    order: Literal["asc", "desc"] = "desc",
    purpose: str | None = None,
) -> dict[str, Any]:
    """List uploaded files, from behind the one named by `after`; of one purpose, where it is given; a person's own."""
    if after is not None:
        work.get(after, "file")
    newest_first = order == "desc"
    found = work.store.tasks(
        "file", after=after, limit=limit + 1, newest_first=newest_first, purpose=purpose, person=person
    )
    return serializers.page(serializers.files(found[:limit], work.store), more=len(found) > limit)


@routes.get("/{file}", response_model=schemas.File)
def get_file(file: str, work: Work) -> dict[str, Any]:
    """Return what is known of an uploaded file."""
    return serializers.files([work.get(file, "file")], work.store)[0]
