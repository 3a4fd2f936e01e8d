"""Rehearse MiniMax's video tasks: H3 as litellm 1.110.2 speaks to it (read on 2026-11-26).

The sentences of its refusals were not captured; here they say what is wrong in plain words.
"""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING, Any

from sora_nb.models import micros
from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.ark import sorted_content
from sora_nb.server.rehearsal.base import Rehearsal
from sora_nb.server.rehearsal.fields import frame_size
from sora_nb.server.rehearsal.pictures import PictureRules
from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.tasks import Task

MODEL = "MiniMax-H3"
RATIOS = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")
PRICES = {"768P": "0.08", "2K": "0.13"}
"""Dollars a second."""
SIDES = {"768P": "768p", "2K": "1440p"}
FREE_IMAGES = 5
IMAGE_PRICE = "0.04"
LENGTHS = range(5, 16)


class Server(Rehearsal):
    """MiniMax on this machine."""

    name = "minimax"

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes."""
        return [
            self.route("POST", "/v2/video_generation", self.create),
            self.route("GET", "/v2/query/video_generation", self.listed),
            self.route("GET", "/v2/query/video_generation/{id}", self.poll),
            self.route("DELETE", "/v2/video_generation/{id}", self.remove),
        ]

    def make_id(self) -> str:
        """Return an id of digits."""
        return str(10**17 + secrets.randbelow(9 * 10**17))

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error in MiniMax's envelope."""
        kind = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}.get(status, "api_error")
        kind = "invalid_request_error" if status == 400 else kind
        told = {"type": kind, "message": refused.message, "http_code": str(status)}
        return {"type": "error", "error": told, "request_id": secrets.token_hex(12)}

    async def create(self, request: Request) -> Answer:
        """Accept a video."""
        asked = await self.fields(request)
        fields.choice(asked, "model", (MODEL,), "")
        prompt, frames, images, videos = sorted_content(fields.items(asked, "content"))
        resolution = fields.choice(asked, "resolution", PRICES, "768P")
        seconds = fields.choice(asked, "duration", LENGTHS, LENGTHS[0])
        ratio = fields.choice(asked, "ratio", (*RATIOS, "adaptive"), "")
        if not (frames or images or videos) and ratio not in RATIOS:
            raise Refused("invalid", "A video from text alone needs a ratio, and adaptive is none.")
        if len(videos) > 3:
            raise Refused("invalid", f"{len(videos)} reference videos were given, at most 3 are taken.")
        size = frame_size(ratio if ratio in RATIOS else "16:9", SIDES[resolution])
        task = self.accept(
            prompt,
            seconds=seconds,
            size=size,
            seed=None,
            pictures=self.pictures(images, PictureRules(most=9)),
            clips=[self.file(url, "A reference video") for url in videos],
            first=next(iter(self.pictures(frames, PictureRules(most=2))), None),
            charge=micros(PRICES[resolution]) * seconds + micros(IMAGE_PRICE) * max(0, len(images) - FREE_IMAGES),
            extra={"resolution": resolution, "ratio": ratio or "16:9", "duration": seconds, "images": len(images)},
        )
        return {"task_id": task.id}

    async def poll(self, request: Request) -> Answer:
        """Say where a video stands."""
        return {"task": self._said_of(request, self.task(request.path_params["id"]))}

    async def listed(self, request: Request) -> Answer:
        """List the tasks, the newest first."""
        told = [self._said_of(request, task) for task in self.tasks()]
        return {"items": told, "total": len(told)}

    async def remove(self, request: Request) -> Answer:
        """Stop a video that has not ended, and forget one that has."""
        ident = request.path_params["id"]
        if self.cancel(ident):
            return {"task_id": ident, "status": "cancelled"}
        self.delete(ident)
        return {"task_id": ident, "status": "deleted"}

    def _said_of(self, request: Request, task: Task) -> dict[str, Any]:
        images = task.extra["images"]
        answer = {
            "id": task.id,
            "model": MODEL,
            "status": task.state,
            **{name: task.extra[name] for name in ("resolution", "ratio", "duration")},
            "created_at": math.floor(task.created_at),
            "updated_at": math.floor(task.ended_at or task.created_at),
        }
        if task.state == "failed":
            answer["error"] = {"code": task.error_code, "message": task.error}
        if task.state == "succeeded":
            answer["content"] = {"url": self.link(request, task)}
            seconds = task.extra["duration"]
            answer["usage"] = {
                "total_seconds": seconds,
                "input_seconds": 0,
                "output_seconds": seconds,
                "input_image_count": images,
            }
        return answer
