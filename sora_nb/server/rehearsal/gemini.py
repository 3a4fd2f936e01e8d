"""Rehearse Google's Interactions API with Gemini Omni.

Paths, fields and words are those of google-genai 3.6.1 (read 2026-11-26) and of the vendor's pages (ai.google.dev:
gemini-api/docs/omni of 2026-09-18, api-errors and files). Assumed: what an inline film of more than 4 MB ends with, and
that a file that is over is refused like one of somebody else.
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import anyio

from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.base import MAX_JSON, Rehearsal
from sora_nb.server.rehearsal.clips import seconds_of
from sora_nb.server.rehearsal.pictures import PictureRules
from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.refused import Fault, Why
    from sora_nb.server.rehearsal.tasks import Task

LONGEST = {"gemini-omni-1.2-flash": 15, "gemini-omni-1.1-flash": 10}
"""Most seconds of each model's videos."""
SHORTEST = 3
FRAMES_LONGEST = 10
"""Most seconds of a video from a first to a last picture (muapi.ai, read 2026-11-26)."""
TASKS = {"text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale"}
FIELDS = (
    "model input background store generation_config response_format labels stream service_tier safety_settings tools "
    "response_modalities response_mime_type system_instruction previous_interaction_id webhook_config cached_content "
    "environment continuation_token"
)
SECOND_TOKENS = {"360p": 1931, "720p": 5792, "1080p": 8688, "4k": 17_376}
"""Tokens of a second of video: 720p as a live answer had it (github.com/TanStack/ai/issues/871), others by their price."""
CONTENT = {"text", "image", "video"}
CLIPS = 3
CLIP_LONGEST = 3.1
"""Seconds of a reference video: 3, and a frame more."""
MOST_INLINE = 4 * 1024 * 1024
WORDS = {"queued": "in_progress", "running": "in_progress", "succeeded": "completed"}
CODES: Mapping[int, str] = {
    400: "invalid_request",
    401: "authentication",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limit_exceeded",
    500: "api_error",
}


class Server(Rehearsal):
    """The Gemini API on this machine."""

    name = "gemini"
    key_header = "x-goog-api-key"
    link_hours = 48.0
    statuses: ClassVar[Mapping[Why, int]] = {"link": 403}
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": ("prohibited_content", "Prohibited content guidelines blocked the request."),
        "throttled": ("rate_limit_exceeded", "You have exceeded the per-minute request limit."),
        "lost": ("api_error", "An unexpected error occurred on the server."),
        "failed": ("safety", "Safety violations (harmful content) blocked the request."),
    }

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes of both versions of the API."""
        return [
            route
            for path in ("/v1beta", "/v1")
            for route in (
                self.route("POST", f"{path}/interactions", self.create),
                self.route("GET", f"{path}/interactions/{{id}}", self.poll),
                self.route("POST", f"{path}/interactions/{{id}}/cancel", self.stop_one),
                self.route("GET", f"{path}/files/{{id}}:download", self.download),
                self.route("GET", f"{path}/files/{{id}}", self.file_of),
            )
        ]

    def make_id(self) -> str:
        """Return an id like `v1_ChAzN2Y4OTlh...`."""
        return f"v1_{secrets.token_urlsafe(32)}"

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error in the envelope of Interactions."""
        return {"error": {"code": refused.code or CODES.get(status, "api_error"), "message": refused.message}}

    async def create(self, request: Request) -> Answer:
        """Accept a video; the answer comes at once where it is made in the background."""
        asked = await self.fields(request)
        unknown = sorted(asked.keys() - set(FIELDS.split()))
        if unknown:
            raise Refused("invalid", f"Unknown parameter {unknown[0]!r}.", code="parameter_unknown")
        model = fields.text(asked, "model")
        if model not in LONGEST:
            raise Refused("missing", f"The model {model!r} was not found.", code="model_not_found")
        background = fields.choice(asked, "background", (True, False), default=False)
        if background and not fields.choice(asked, "store", (True, False), default=True):
            raise Refused("invalid", "background=true needs store=true.")
        content = _content(asked.get("input"))
        images, clips = self._shown(content)
        task = _task(asked, len(images), len(clips))
        shape = _shape(asked)
        frames = images if task == "image_to_video" else []
        longest = min(LONGEST[model], FRAMES_LONGEST) if len(frames) > 1 else LONGEST[model]
        seconds = _seconds(shape, longest)
        resolution = fields.choice(shape, "resolution", SECOND_TOKENS, "720p")
        made = self.accept(
            " ".join(fields.text(item, "text") for item in content if item["type"] == "text"),
            seconds=seconds,
            size=fields.frame_size(fields.choice(shape, "aspect_ratio", ("16:9", "9:16"), "16:9"), resolution),
            pictures=[] if frames else images,
            clips=clips,
            first=frames[0] if frames else None,
            extra={
                "model": model,
                "content": content,
                "delivery": fields.choice(shape, "delivery", ("inline", "uri"), "inline"),
                "tokens": round(seconds * SECOND_TOKENS[resolution]),
            },
        )
        while not (background or made.ended):  # noqa: ASYNC110  a short wait, not worth an event
            await anyio.sleep(0.05)
        return self._told(request, made, echo=False)

    async def poll(self, request: Request) -> Answer:
        """Say where an interaction stands, and repeat what was sent."""
        return self._told(request, self.task(request.path_params["id"]))

    async def stop_one(self, request: Request) -> Answer:
        """Stop an interaction."""
        ident = request.path_params["id"]
        if not self.cancel(ident):
            raise Refused("invalid", "The interaction has ended already.", code="failed_precondition")
        return self._told(request, self.task(ident))

    async def file_of(self, request: Request) -> Answer:
        """Describe the file of a film."""
        task = self._of_file(request)
        name = f"files/{task.name}"
        uri = f"{request.url.scheme}://{request.url.netloc}/v1beta/{name}"
        return {"name": name, "mimeType": "video/mp4", "state": "ACTIVE", "source": "GENERATED", "uri": uri}

    async def download(self, request: Request) -> Response:
        """Answer with a film, which needs the key."""
        return self.film(self._of_file(request))

    def _of_file(self, request: Request) -> Task:
        name = request.path_params["id"]
        task = next((task for task in self.tasks() if task.name == name and task.state == "succeeded"), None)
        if task is None or task.link_over or self.link_end(task) < datetime.now(UTC):
            said = f"You do not have permission to access the File {name[:60]} or it may not exist."
            raise Refused("link", said)
        return task

    def _shown(self, content: Sequence[Mapping[str, Any]]) -> tuple[list[bytes], list[bytes]]:
        """Return the pictures and clips of a request."""
        images, videos = (
            [item.get("data") or item.get("uri") for item in content if item["type"] == kind]
            for kind in ("image", "video")
        )
        if len(videos) > CLIPS:
            raise Refused("invalid", f"{len(videos)} reference videos were given, at most {CLIPS} are taken.")
        clips = [self.file(given, f"Video {number}") for number, given in enumerate(videos, 1)]
        if any(seconds_of(clip) > CLIP_LONGEST for clip in clips):
            raise Refused("invalid", "Reference videos have at most 3 seconds each.")
        return self.pictures(images, PictureRules(most=6)), clips

    def _told(self, request: Request, task: Task, *, echo: bool = True) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": task.id,
            "object": "interaction",
            "model": task.extra["model"],
            "status": WORDS.get(task.state, task.state),
            "created": _moment(task.created_at),
            "updated": _moment(task.ended_at or task.created_at),
            "steps": [{"type": "user_input", "content": task.extra["content"]}] if echo else [],
        }
        if task.state == "failed":
            answer["errors"] = [{"code": task.error_code, "message": task.error}]
        if task.state != "succeeded":
            return answer
        film = self._film(request, task)
        if film is None:
            message = "The video is larger than 4 MB; ask for it with delivery 'uri'."
            return answer | {"status": "failed", "errors": [{"code": "out_of_range", "message": message}]}
        tokens = task.extra["tokens"]
        thought = {"type": "thought", "signature": base64.b64encode(secrets.token_bytes(96)).decode()}
        answer["steps"] += [thought, {"type": "model_output", "content": [{"type": "video", **film}]}]
        answer["usage"] = {
            "total_output_tokens": tokens,
            "total_tokens": tokens,
            "output_tokens_by_modality": [{"modality": "video", "tokens": tokens}],
        }
        return answer

    def _film(self, request: Request, task: Task) -> dict[str, str] | None:
        """Return where a film is, or what it is; None where it is too large for that."""
        kind = {"mime_type": "video/mp4"}
        if task.extra["delivery"] == "uri":
            base = f"{request.url.scheme}://{request.url.netloc}"
            return kind | {"uri": f"{base}/v1beta/files/{task.name}:download?alt=media"}
        content = self._tasks.path(task.name).read_bytes()
        return kind | {"data": base64.b64encode(content).decode()} if len(content) <= MOST_INLINE else None


def _content(given: object) -> list[dict[str, Any]]:
    """Return the items of a request's input: a text, items, or steps that hold them."""
    items = [{"type": "text", "text": given}] if isinstance(given, str) else fields.items({"input": given}, "input")
    steps = [fields.items(item, "content") if item.get("type") == "user_input" else [item] for item in items]
    found = [item for step in steps for item in step]
    for item in found:
        kind = fields.choice(item, "type", CONTENT, "")
        if kind != "text" and not any(isinstance(item.get(name), str) for name in ("data", "uri")):
            raise Refused("invalid", f"An item of type {kind!r} has data or a uri.")
        if kind != "text":
            fields.text(item, "mime_type" if "data" in item else "uri", longest=MAX_JSON)
    if not any(item["type"] == "text" for item in found):
        raise Refused("invalid", "input: a text is required.")
    return found


def _task(asked: Mapping[str, Any], images: int, clips: int) -> str:
    """Return what is done with what was sent; the model finds out where the request does not say."""
    guessed = "reference_to_video" if images or clips else "text_to_video"
    config = fields.mapping(fields.mapping(asked, "generation_config"), "video_config")
    task = fields.choice(config, "task", TASKS, guessed)
    fitting = {
        "text_to_video": not images and not clips,
        "image_to_video": images in {1, 2} and not clips,
        "reference_to_video": bool(images or clips),
    }
    if task not in fitting:
        raise Refused("invalid", f"A rehearsal makes no video by {task!r}.")
    if not fitting[task]:
        raise Refused("invalid", f"The task {task!r} does not take {images} images and {clips} videos.")
    return task


def _shape(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form in which the video is asked for; it may stand alone in a list."""
    given = asked.get("response_format")
    shape = fields.mapping(
        {"response_format": given[0] if isinstance(given, list) and given else given}, "response_format"
    )
    fields.choice(shape, "type", ("video",), "video")
    return shape


def _seconds(shape: Mapping[str, Any], longest: int) -> float:
    given = shape.get("duration", f"{min(10, longest)}s")
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,3})?)s", given) if isinstance(given, str) else None
    if found is None or not SHORTEST <= float(found[1]) <= longest:
        raise Refused("invalid", f"duration: {given!r} is not taken; it is '{SHORTEST}s' to '{longest}s'.")
    return float(found[1])


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
