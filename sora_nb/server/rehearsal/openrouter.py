"""Rehearse OpenRouter's video route: one request shape in front of many models, dollars in the answer.

Paths, fields and words are those of its SDK, `openrouter` 1.3.84, read on 2026-11-25. The prices stand in for those of
the live list, `GET /videos/models`; what differs from model to model there is in MODELS here.
"""

from __future__ import annotations

import math
import secrets
import string
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sora_nb.models import in_dollars, micros
from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.base import MAX_JSON, Rehearsal
from sora_nb.server.rehearsal.fields import frame_size
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

WORDS = {"queued": "pending", "running": "in_progress", "succeeded": "completed"}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Model:
    """A model: its lengths in seconds, its dollars a second by resolution, and the references it takes."""

    lengths: range
    prices: Mapping[str, str]
    images: int
    clips: bool = False

    def sizes(self) -> dict[str, str]:
        """Return the resolution that each size is charged as."""
        return {frame_size(ratio, resolution): resolution for resolution in self.prices for ratio in RATIOS}


MODELS = {
    "bytedance/seedance-2.5": Model(range(4, 31), {"480p": "0.07", "720p": "0.15", "1080p": "0.34"}, 30, clips=True),
    "bytedance/seedance-2.0": Model(range(4, 16), {"480p": "0.07", "720p": "0.15", "1080p": "0.34"}, 9, clips=True),
    "google/gemini-omni-1.2-flash": Model(range(3, 11), {"720p": "0.07", "1080p": "0.11"}, 6),
    "kwaivgi/kling-v4.0": Model(range(3, 16), {"720p": "0.09", "1080p": "0.12"}, 7),
    "alibaba/wan-3.0": Model(range(2, 31), {"480p": "0.05", "720p": "0.1", "1080p": "0.2"}, 10),
    "minimax/hailuo-3": Model(range(5, 16), {"768p": "0.08", "2K": "0.13"}, 9),
}


class Server(Rehearsal):
    """OpenRouter on this machine."""

    name = "openrouter"
    prefix = "/api/v1"
    statuses: ClassVar[Mapping[Why, int]] = {"policy": 403}
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": ("", "Your chosen model requires moderation and your input was flagged."),
        "throttled": ("", "Rate limit exceeded"),
        "lost": ("", "Internal Server Error"),
        "failed": ("", "The provider could not generate this video."),
    }

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes; the list of models needs to come before a video of that name."""
        return [
            self.route("POST", "/videos", self.create),
            self.route("GET", "/videos/models", self.models),
            self.route("GET", "/videos/{id}", self.poll),
            self.route("GET", "/videos/{id}/content", self.content),
        ]

    def make_id(self) -> str:
        """Return an id like `gen-vid-1795600000-abcdefghij0123456789`."""
        return f"gen-vid-{int(time.time())}-{''.join(secrets.choice(ALPHABET) for _ in range(20))}"

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error as all routes of OpenRouter have it."""
        return {"error": {"code": status, "message": refused.message}}

    async def create(self, request: Request) -> Answer:
        """Accept a video; sound, and clips where a model cannot use them, are ignored as they are there."""
        asked = await self.fields(request)
        model = MODELS.get(str(asked.get("model")))
        if model is None:
            raise Refused("invalid", f"{asked.get('model')} is not a valid model ID")
        prompt = fields.text(asked, "prompt")
        seconds = fields.choice(asked, "duration", model.lengths, model.lengths[0])
        resolution = fields.choice(asked, "resolution", model.prices, next(iter(model.prices)))
        ratio = fields.choice(asked, "aspect_ratio", RATIOS, RATIOS[0])
        size = fields.choice(asked, "size", model.sizes(), frame_size(ratio, resolution))
        references = [_reference(item) for item in fields.items(asked, "input_references")]
        frames = [_reference(item)[1] for item in fields.items(asked, "frame_images")]
        if references and frames:
            raise Refused("invalid", "Only one of frame_images and input_references can be given.")
        images = [url for kind, url in references if kind == "image_url"]
        task = self.accept(
            prompt,
            seconds=seconds,
            size=size,
            seed=fields.whole(asked, "seed"),
            pictures=self.pictures(images, PictureRules(most=model.images)),
            clips=[self.file(url, "video_url") for kind, url in references if kind == "video_url" and model.clips],
            first=next(iter(self.pictures(frames, PictureRules(most=2))), None),
            charge=micros(model.prices[model.sizes()[size]]) * seconds,
        )
        return 202, {"id": task.id, "polling_url": self._address(request, task), "status": "pending"}

    async def poll(self, request: Request) -> Answer:
        """Say where a video stands."""
        task = self.task(request.path_params["id"])
        answer = {
            "id": task.id,
            "polling_url": self._address(request, task),
            "status": WORDS.get(task.state, task.state),
        }
        if task.state == "failed":
            answer["error"] = task.error
        if task.state != "succeeded":
            return answer
        return answer | {
            "generation_id": task.id,
            "unsigned_urls": [f"{self._address(request, task)}/content?index=0"],
            "urls": [self.link(request, task)],
            "expires_at": math.floor(self.link_end(task).timestamp()),
            "usage": {"cost": float(in_dollars(task.charge)), "is_byok": False},
        }

    async def content(self, request: Request) -> Response:
        """Answer with the video itself."""
        return self.film(self.task(request.path_params["id"]))

    async def models(self, _: Request) -> Answer:
        """List the models."""
        return {"data": [_described(name, model) for name, model in MODELS.items()]}

    def _address(self, request: Request, task: Task) -> str:
        return f"{request.url.scheme}://{request.url.netloc}{self.prefix}/videos/{task.id}"


def _reference(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return the type of a reference, and its address or data URI."""
    kind = fields.choice(item, "type", {"image_url", "video_url", "audio_url"}, "")
    return kind, fields.text(fields.mapping(item, kind), "url", longest=MAX_JSON)


def _described(name: str, model: Model) -> dict[str, Any]:
    return {
        "id": name,
        "canonical_slug": name,
        "name": name.partition("/")[2],
        "created": 0,
        "allowed_passthrough_parameters": [],
        "creativity": None,
        "generate_audio": True,
        "seed": True,
        "supported_aspect_ratios": list(RATIOS),
        "supported_durations": list(model.lengths),
        "supported_frame_images": ["first_frame"],
        "supported_resolutions": list(model.prices),
        "supported_sizes": list(model.sizes()),
        "upscale_factor": None,
        "pricing_skus": {f"per_second_{resolution}": price for resolution, price in model.prices.items()},
    }
