"""Rehearse Runway's API: tasks of many models, priced in credits, and uploads to a host that must not see the key.

Paths, fields and types of answers are those of runwayml 5.24.0, codes of failures those of docs.dev.runwayml.com
(errors/task-failures), both read on 2026-11-26. The type of a body lets nothing pass that it does not name, as is assumed
of the service. A task that is refused for its content costs as much as one that ended well (api-details/moderation there);
any other that fails, or is stopped, is refunded, which is assumed. Where nobody publishes a price, CREDITS stands in.
"""

from __future__ import annotations

import io
import math
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from PIL import Image
from starlette.responses import Response

from sora_nb import media
from sora_nb.errors import MediaError
from sora_nb.models import Purchase
from sora_nb.providers import registry
from sora_nb.providers.profile import ReferenceRules
from sora_nb.providers.shapes import short_side
from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.base import MAX_JSON, Rehearsal
from sora_nb.server.rehearsal.cast import Shown
from sora_nb.server.rehearsal.fields import frame_size
from sora_nb.server.rehearsal.pictures import PictureRules, is_address
from sora_nb.server.rehearsal.refused import Refused
from sora_nb.server.rehearsal.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sora_nb.engines.base import Engine
    from sora_nb.providers.profile import ModelRules
    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.refused import Fault

VERSION = "2024-11-06"
CREDIT = 10_000
"""Micro-dollars."""
CREDITS = 20
"""Credits of a second, for models whose price nobody publishes."""
INLINE = 5 * 1024**2
"""Longest data URI."""
SLACK = 0.2
"""So many seconds a clip may be longer or shorter: it is cut at frames."""
MOST_UPLOAD = 200 * 1024**2
"""Largest file that is handed over, in bytes (docs.dev.runwayml.com, assets/inputs)."""
WORDS = {
    "queued": "PENDING",
    "running": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "cancelled": "CANCELLED",
}
REFUSED = ("SAFETY.INPUT.TEXT", "The request was flagged by the moderation of this service.")


class Server(Rehearsal):
    """Runway on this machine."""

    name = "runway"
    fresh_links = True
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": REFUSED,
        "throttled": ("", "You have reached the limit of requests for this model."),
        "lost": ("", "Internal server error"),
        "failed": ("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred."),
    }

    def __init__(self, engine: Engine | None = None, folder: Path | None = None, *, port: int = 0) -> None:
        self._profile = registry.get("runway")
        self._uploads: dict[str, bytes | None] = {}
        super().__init__(engine, folder, port=port)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes; files come without a key."""
        return [
            self.route("POST", "/v1/text_to_video", self.from_text),
            self.route("POST", "/v1/image_to_video", self.from_image),
            self.route("GET", "/v1/tasks/{id}", self.poll),
            self.route("DELETE", "/v1/tasks/{id}", self.remove),
            self.route("POST", "/v1/uploads", self.upload),
            self.route("POST", "/uploads/{token}", self.receive, keyed=False),
        ]

    def make_id(self) -> str:
        """Return an id that is a UUID."""
        return str(uuid4())

    def error(self, refused: Refused, status: int) -> dict[str, Any]:  # noqa: ARG002
        """Return an error: a sentence."""
        return {"error": refused.message}

    # --- videos ------------------------------------------------------------------------------------------------------

    async def from_text(self, request: Request) -> Answer:
        """Accept a video from text, and from what shows its characters."""
        return self._create(await self._asked(request), [])

    async def from_image(self, request: Request) -> Answer:
        """Accept a video that begins with a picture."""
        asked = await self._asked(request)
        given = asked.pop("promptImage", None)
        frames = [given] if isinstance(given, str) else [item.get("uri") for item in fields.items({"": given}, "")]
        if not frames:
            raise Refused("invalid", "promptImage: a picture is required.")
        return self._create(asked, frames)

    async def _asked(self, request: Request) -> dict[str, Any]:
        _check_version(request)
        return await self.fields(request)

    def _create(self, asked: dict[str, Any], frames: list[Any]) -> Answer:
        name = fields.text(asked, "model")
        rules = self._profile.models.get(name)
        if rules is None:
            raise Refused("invalid", f"model: {name!r} is not available.")
        shows = rules.references if rules.references and _takes(rules.references, frames) else ReferenceRules()
        unknown = asked.keys() - _known(rules, shows, frames)
        if unknown:
            raise Refused("invalid", f"{min(unknown)}: {name} has no such field.")
        prompt = fields.text(asked, "promptText")
        units = len(prompt.encode("utf-16-le", "surrogatepass")) // 2
        if rules.prompt_longest is not None and units > rules.prompt_longest:
            raise Refused("invalid", f"promptText: {units} UTF-16 units are too many, at most {rules.prompt_longest}.")
        seconds = fields.choice(asked, "duration", range(rules.shortest or 1, (rules.longest or 60) + 1), 5)
        begin = [self._picture_of(frame, "promptImage") for frame in frames]
        clips = [self._held(uri, "referenceVideos") for uri in _uris(asked, "referenceVideos")]
        lengths = [_seconds(clip) for clip in clips]
        shortest, longest = shows.clip_span
        fitting = all(shortest - SLACK <= length <= longest + SLACK for length in lengths)
        if not fitting or len(clips) > shows.clips or sum(lengths) > (shows.clips_longest or math.inf) + SLACK:
            raise Refused(
                "invalid", f"referenceVideos: clips of {' and '.join(f'{each:g}' for each in lengths)} s are not taken."
            )
        pictures = [self._picture_of(uri, "references") for uri in _uris(asked, "references")]
        if len(pictures) > shows.images:
            raise Refused("invalid", f"references: at most {shows.images} pictures are taken.")
        size, resolution = _size(asked, rules, begin)
        bought = Purchase(
            kind="video",
            model=name,
            seconds=seconds,
            resolution=resolution,
            images=len(pictures),
            clip_seconds=sum(lengths),
        )
        price = self._profile.price(bought)
        charge = price.micros if price else CREDITS * CREDIT * seconds
        marks = {shows.token.format(n=number): Shown((number - 1,)) for number in range(1, len(pictures) + 1)}
        task = self._accepted(
            prompt,
            seconds=seconds,
            size=size,
            seed=fields.whole(asked, "seed"),
            pictures=pictures,
            clips=clips,
            first=next(iter(begin), None),
            tokens=marks if shows.style == "token" else {},
            charge=charge,
        )
        return {"id": task.id, "estimatedCost": {"credits": float(_credits(task))}}

    def _accepted(self, prompt: str, **asked: Any) -> Task:
        """Accept a task; one that moderation refuses is accepted, too, and fails."""
        try:
            return self.accept(prompt, **asked)
        except Refused as refused:
            if refused.why != "policy":
                raise
        task = Task(self.make_id(), prompt, **asked)
        task.failure = REFUSED
        self._tasks.add(task)
        return task

    async def poll(self, request: Request) -> Answer:
        """Say where a task stands, and what it costs or did cost."""
        _check_version(request)
        task = self.task(request.path_params["id"])
        state = task.state
        created = datetime.fromtimestamp(task.created_at, UTC).isoformat(timespec="milliseconds")
        answer: dict[str, Any] = {"id": task.id, "status": WORDS[state], "createdAt": created.replace("+00:00", "Z")}
        if state in {"queued", "running"}:
            progress = {"progress": task.progress} if state == "running" else {}
            return answer | progress | {"estimatedCost": {"credits": float(_credits(task))}}
        charged = state == "succeeded" or task.error_code.startswith("SAFETY.")
        answer |= {"cost": {"credits": _credits(task) if charged else 0}}
        if state == "succeeded":
            return answer | {"output": [self.link(request, task)]}
        if state == "failed":
            return answer | {"failure": task.error, "failureCode": task.error_code}
        return answer

    async def remove(self, request: Request) -> Answer:
        """Stop a task, or forget one that has ended."""
        _check_version(request)
        ident = request.path_params["id"]
        if not self.cancel(ident) and self.task(ident).state != "cancelled":
            self.delete(ident)
        return Response(status_code=204)

    # --- files -------------------------------------------------------------------------------------------------------

    async def upload(self, request: Request) -> Answer:
        """Say where a file is put, and what it is called then."""
        asked = await self._asked(request)
        fields.text(asked, "filename", longest=255)
        fields.choice(asked, "type", {"ephemeral"}, "")
        token = secrets.token_urlsafe(16)
        self._uploads[token] = None
        return {
            "uploadUrl": f"{request.url.scheme}://{request.url.netloc}/uploads/{token}",
            "fields": {"key": token, "policy": secrets.token_urlsafe(24)},
            "runwayUri": f"runway://{token}",
        }

    async def receive(self, request: Request) -> Answer:
        """Take a file; the host of files belongs to somebody else, and no key may come there."""
        token = request.path_params["token"]
        if "authorization" in request.headers:
            raise Refused("invalid", "Only one auth mechanism is allowed: no key belongs here.")
        async with request.form() as form:
            file = form.get("file")
            if token not in self._uploads or form.get("key") != token or file is None or isinstance(file, str):
                raise Refused("link", "The form is not the one that was handed out.")
            if (file.size or 0) > MOST_UPLOAD:
                raise Refused("invalid", f"The file is larger than {MOST_UPLOAD // 1024**2} MB.")
            self._uploads[token] = await file.read()
        return Response(status_code=204)

    def resolve(self, url: str) -> bytes:
        """Return the file behind `runway://...`, or another address that is known here."""
        scheme, _, token = url.partition("://")
        found = self._uploads.get(token) if scheme == "runway" else None
        if found is not None:
            return found
        if scheme != "https":
            raise Refused("invalid", f"{url[:80]!r} is no HTTPS URL, upload URI or data URI.")
        return super().resolve(url)

    def _held(self, uri: Any, what: str) -> bytes:
        if not isinstance(uri, str) or not (uri.startswith("data:") or is_address(uri)):
            raise Refused("invalid", f"{what}: an HTTPS URL, upload URI or data URI is expected.")
        if len(uri) > INLINE:
            raise Refused("invalid", f"{what}: the data URI is longer than {INLINE // 1024**2} MB.")
        return self.file(uri, what)

    def _picture_of(self, uri: Any, what: str) -> bytes:
        return self.pictures([self._held(uri, what)], PictureRules(most=1, most_bytes=MOST_UPLOAD))[0]


def _check_version(request: Request) -> None:
    if request.headers.get("x-runway-version") != VERSION:
        raise Refused("invalid", f"The header X-Runway-Version must be {VERSION}.")


def _takes(shows: ReferenceRules, frames: list[Any]) -> bool:
    """Whether a model can be shown characters on the route with a picture to start from, or on the one without."""
    return shows.with_image if frames else not shows.needs_image


def _known(rules: ModelRules, shows: ReferenceRules, frames: list[Any]) -> set[str]:
    """Return the fields of a model's body."""
    sized = {"resolution"} if rules.ratios else set()
    ratio = set() if frames and rules.ratios else {"ratio"}
    shown = ({"references"} if shows.images else set()) | ({"referenceVideos"} if shows.clips else set())
    choices = ({"audio"} if rules.sound is not None else set()) | ({"seed"} if rules.seeds else set())
    return {"model", "promptText", "duration"} | sized | ratio | shown | choices


def _uris(asked: Mapping[str, Any], name: str) -> list[str]:
    return [fields.text(item, "uri", longest=MAX_JSON) for item in fields.items(asked, name)]


def _size(asked: Mapping[str, Any], rules: ModelRules, begin: Sequence[bytes]) -> tuple[str, str]:
    """Return the size of a video, and the resolution that it is charged as."""
    if rules.ratios:
        resolution = fields.choice(asked, "resolution", rules.resolutions, rules.resolutions[0])
        ratio = fields.choice(asked, "ratio", rules.ratios, rules.ratios[0])
        return (_framed(begin[0], resolution) if begin else frame_size(ratio, resolution)), resolution
    automatic = [f"auto_{each}" for each in rules.image_resolutions] if begin else []
    allowed = automatic or [each.replace("x", ":") for each in rules.sizes]
    ratio = fields.choice(asked, "ratio", allowed, allowed[0])
    if automatic:
        resolution = ratio.removeprefix("auto_")
        return _framed(begin[0], resolution), resolution
    return ratio.replace(":", "x"), f"{min(map(int, ratio.split(':')))}p"


def _framed(picture: bytes, resolution: str) -> str:
    """Return a size of a picture's shape."""
    with Image.open(io.BytesIO(picture)) as opened:
        wide, high = opened.size
    side = short_side(resolution)
    scale = side / min(wide, high)
    return f"{2 * round(wide * scale / 2)}x{2 * round(high * scale / 2)}"


def _seconds(content: bytes) -> float:
    """Return the length of a clip."""
    with tempfile.TemporaryDirectory(prefix="sora-nb-") as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(content)
        try:
            return media.probe(path).duration
        except MediaError as error:
            raise Refused("invalid", "referenceVideos: a file is no video that can be read.") from error


def _credits(task: Task) -> int:
    return math.ceil(task.charge / CREDIT)
