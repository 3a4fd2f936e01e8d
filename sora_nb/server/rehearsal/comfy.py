"""Rehearse Comfy Router: a queue in front of Kling, which replays a create that comes again with its key.

Paths, headers and words are those of comfy-sdk 0.5.0 and of docs.comfy.org, comfy-router, read on 2026-11-26.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import JSONResponse, Response

from sora_nb.models import in_dollars, micros
from sora_nb.server.rehearsal import fields, kling
from sora_nb.server.rehearsal.base import Rehearsal
from sora_nb.server.rehearsal.fields import frame_size
from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.refused import Fault, Why
    from sora_nb.server.rehearsal.tasks import Task

LONGEST_KEY = 255
CREDITS_PER_DOLLAR = 211
COST, CREDITS = "x-litellm-response-cost", "x-comfy-credits-used"
ERRORS: Mapping[Why, str] = {
    "key": "unauthorized",
    "invalid": "invalid_input",
    "missing": "request_not_found",
    "policy": "content_policy_violation",
    "throttled": "rate_limited",
    "lost": "internal_error",
    "link": "forbidden",
    "conflict": "invalid_input",
}
KLING_4 = kling.Model(
    range(3, 16),
    {"720p": ("0.084", "0.112"), "1080p": ("0.112", "0.14"), "4k": ("0.42", "0.42")},
    images=10,
    text_alone=True,
)
MODES = {"std": "720p", "pro": "1080p"}


class Server(Rehearsal):
    """Comfy Router on this machine."""

    name = "comfy"
    statuses: ClassVar[Mapping[Why, int]] = {"invalid": 422}
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "throttled": ("", "Too many requests"),
        "lost": ("", "Internal server error"),
        "failed": ("provider_error", "The provider could not generate this video."),
    }

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes."""
        requests = "/v2/models/{provider}/{model}/requests"
        return [
            self.route("POST", requests, self.create),
            self.route("GET", f"{requests}/{{id}}/status", self.poll),
            self.route("GET", f"{requests}/{{id}}", self.collect),
            self.route("PUT", f"{requests}/{{id}}/cancel", self.stop_task),
        ]

    def make_id(self) -> str:
        """Return a UUID."""
        return str(uuid.uuid4())

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error; one of a field has no kind but in the header."""
        if status == 422:
            return {"detail": [{"loc": ["body"], "msg": refused.message, "type": "value_error"}]}
        return {"detail": refused.message, "error_type": refused.code or ERRORS[refused.why]}

    def error_headers(self, refused: Refused) -> Mapping[str, str]:
        """Return the kind of error."""
        return {"x-comfy-error-type": refused.code or ERRORS[refused.why], "x-comfy-request-id": self.make_id()}

    async def create(self, request: Request) -> Answer:
        """Accept a request, or return the one that came with its key before."""
        asked = await self.fields(request)
        model = _model(request)
        reading = BODIES.get(model)
        if reading is None:
            raise Refused("missing", f"There is no model {model!r}", code="model_not_found")
        key = request.headers.get("idempotency-key", "")
        if not 1 <= len(key) <= LONGEST_KEY:
            raise Refused("invalid", "Idempotency-Key: 1 to 255 characters are taken.")
        known = next((task for task in self.tasks() if task.extra["key"] == key), None)
        if known is not None and known.extra["asked"] != (model, asked):
            raise Refused("conflict", "The key came with another request.")
        if known is not None:
            return JSONResponse({"request_id": known.id}, 201, headers={"idempotent-replayed": "true"})
        task = self.accept(**reading(self, asked), extra={"model": model, "key": key, "asked": (model, asked)})
        return 201, {"request_id": task.id}

    async def poll(self, request: Request) -> Answer:
        """Say where a request stands."""
        return _status(self._known(request))

    async def collect(self, request: Request) -> Answer:
        """Answer with what the vendor itself says of a task that it made; the headers have the charge."""
        task = self._known(request)
        if task.state != "succeeded":
            return 200 if task.ended else 202, _status(task)
        told = _told_v1(self, request, task) if task.extra["model"] == KLING_V1 else _told(self, request, task)
        dollars = in_dollars(task.charge)
        headers = {COST: f"{dollars:f}", CREDITS: f"{dollars * CREDITS_PER_DOLLAR:.2f}"}
        return JSONResponse(kling.answer(told), headers=headers)

    async def stop_task(self, request: Request) -> Answer:
        """Cancel a request."""
        self.cancel(self._known(request).id)
        return Response(status_code=202)

    def _known(self, request: Request) -> Task:
        task = self.task(request.path_params["id"])
        if task.extra["model"] != _model(request):
            raise Refused("missing", f"There is no request {task.id!r} of {_model(request)!r}.")
        return task


def _model(request: Request) -> str:
    return f"{request.path_params['provider']}/{request.path_params['model']}"


def _status(task: Task) -> dict[str, Any]:
    if task.state == "succeeded":
        return {"status": "COMPLETED"}
    if task.ended:
        error = task.error_code or "cancelled"
        return {"status": "COMPLETED", "error_type": error, "detail": task.error or "The request was cancelled."}
    return {"status": "IN_QUEUE", "queue_position": 0} if task.state == "queued" else {"status": "IN_PROGRESS"}


def _kling_4(server: Rehearsal, asked: Mapping[str, Any]) -> dict[str, Any]:
    options = fields.mapping(asked, "options")
    for name in ("callback_url", "external_task_id"):
        if options.get(name) is not None:
            raise Refused("invalid", f"options.{name}: it is not supported by this model.")
    return kling.order_of(server, asked, KLING_4, {})


def _kling_v1(server: Rehearsal, asked: Mapping[str, Any]) -> dict[str, Any]:
    prices = kling.MODELS["kling-3.0-omni"].prices
    images = fields.items(asked, "image_list")
    if len(images) > kling.PICTURES:
        raise Refused("invalid", f"image_list: at most {kling.PICTURES} pictures are taken.")
    held = [[kling.picture(server, each.get("image_url"))] for each in images]
    prompt = fields.text(asked, "prompt", longest=kling.LONGEST_PROMPT)
    prompt, tokens = kling.bound(prompt, [f"<<<image_{place}>>>" for place in range(1, len(held) + 1)], held)
    first = [one for one, each in zip(held, images, strict=True) if each.get("type") == "first_frame"]
    ratio = fields.choice(asked, "aspect_ratio", kling.RATIOS, "")
    if not ratio and not first:
        raise Refused("invalid", "aspect_ratio: it is required where there is no first frame.")
    resolution = MODES[fields.choice(asked, "mode", MODES, "pro")]
    seconds = int(fields.choice(asked, "duration", tuple(map(str, range(3, 16))), "5"))
    sound = fields.choice(asked, "sound", {"on", "off"}, "off") == "on"
    return {
        "prompt": prompt,
        "seconds": seconds,
        "size": frame_size(ratio or kling.RATIOS[0], resolution),
        "pictures": [one for each in held for one in each],
        "tokens": tokens,
        "first": first[0][0] if first else None,
        "charge": micros(prices[resolution][sound]) * seconds,
    }


def _told(server: Rehearsal, request: Request, task: Task) -> list[dict[str, Any]]:
    return [{"id": kling.number(), "status": "succeeded", "message": "", **kling.outcome(server, request, task)}]


def _told_v1(server: Rehearsal, request: Request, task: Task) -> dict[str, Any]:
    film = {"id": task.name, "url": server.link(request, task), "duration": f"{task.seconds:g}"}
    return {
        "task_id": kling.number(),
        "task_status": "succeed",
        "task_status_msg": "",
        "task_result": {"videos": [film]},
    }


KLING_V1 = "kling/kling-v3-omni"
BODIES: Mapping[str, Callable[[Rehearsal, Mapping[str, Any]], dict[str, Any]]] = {
    "kling/kling-4.0": _kling_4,
    KLING_V1: _kling_v1,
}
