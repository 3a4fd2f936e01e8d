"""Rehearse laozhang.ai's /v1/videos: Omni and Muse behind the shape of OpenAI's retired videos route.

Routes, models, lengths and prices as docs.laozhang.ai has them (muse-video-generation of 2026-10-30, muse-video-long of
2026-11-02, gemini-omni-1-2-flash of 2026-11-11). Those pages do not name the field of reference images: this server takes
`input_reference`, repeated, as files of a form or as data URIs in JSON. Its errors are those of one-api, which the vendor's
software is made after.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sora_nb.models import micros
from sora_nb.server.rehearsal import cast, fields
from sora_nb.server.rehearsal.base import Rehearsal
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

WORDS = {"running": "in_progress", "succeeded": "completed", "cancelled": "failed"}
RATIOS = ("16:9", "9:16")


@dataclass(frozen=True)
class Model:
    """A model: its lengths in seconds, the usual one first, and the dollars of one video by resolution."""

    lengths: tuple[int, ...]
    prices: Mapping[str, str]

    def sizes(self) -> dict[str, str]:
        """Return the resolution that each size is charged as."""
        return {frame_size(ratio, resolution): resolution for resolution in self.prices for ratio in RATIOS}


MODELS = {
    "gemini-omni-1.2-flash": Model((8, 3, 4, 5, 6, 7, 9, 10), {"360p": "0.10", "720p": "0.30", "1080p": "0.45"}),
    "muse-video": Model((10, 5, 8), {"720p": "0.30"}),
    "muse-video-20s": Model((20,), {"720p": "0.55"}),
    "muse-video-30s": Model((30,), {"720p": "0.80"}),
    "muse-video-40s": Model((40,), {"720p": "1.05"}),
    "muse-video-60s": Model((60,), {"720p": "1.55"}),
}


class Server(Rehearsal):
    """laozhang.ai on this machine."""

    name = "laozhang"
    link_hours = 7 * 24
    statuses: ClassVar[Mapping[Why, int]] = {"closed": 503}
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": ("prompt_blocked", "The prompt was blocked by the content policy."),
        "throttled": ("", "当前分组上游负载已饱和，请稍后再试"),
        "lost": ("do_request_failed", "upstream request failed"),
        "failed": ("generation_failed", "The upstream could not make this video."),
    }

    def routes(self) -> Sequence[BaseRoute]:
        """Return the three routes of videos; those of characters are retired."""
        return [
            self.route("POST", "/v1/videos", self.create),
            self.route("GET", "/v1/videos/{id}", self.poll),
            self.route("GET", "/v1/videos/{id}/content", self.content),
        ]

    def make_id(self) -> str:
        """Return an id like `video_1f0c...`."""
        return f"video_{secrets.token_hex(16)}"

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error as one-api has it."""
        kind = "upstream_error" if status >= 500 else "shell_api_error"
        message = f"{refused.message} (request id: {secrets.token_hex(8)})"
        return {"error": {"message": message, "type": kind, "param": "", "code": refused.code or None}}

    async def create(self, request: Request) -> Answer:
        """Accept a video. One picture that nobody is bound to is the one it starts from."""
        asked, files = await self.form(request)
        name = fields.text(asked, "model")
        model = MODELS.get(name)
        if model is None:
            raise Refused("closed", f"当前分组 default 下对于模型 {name} 无可用渠道")
        prompt = fields.text(asked, "prompt")
        # lengths come as text in forms, and in JSON of this family, too
        lengths = [str(length) for length in model.lengths]
        asked["seconds"] = str(asked.get("seconds", lengths[0]))
        size = fields.choice(asked, "size", model.sizes(), frame_size(RATIOS[0], "720p"))
        given = asked.get("input_reference") or []
        sent = [*files.get("input_reference", []), *(given if isinstance(given, list) else [given])]
        pictures = self.pictures(sent, PictureRules(most=6))
        starts = len(pictures) == 1 and not cast.binds(prompt)
        task = self.accept(
            prompt,
            seconds=int(fields.choice(asked, "seconds", lengths, lengths[0])),
            size=size,
            pictures=[] if starts else pictures,
            first=pictures[0] if starts else None,
            charge=micros(model.prices[model.sizes()[size]]),
            extra={"model": name},
        )
        return _video(task)

    async def poll(self, request: Request) -> Answer:
        """Say where a video stands."""
        task = self.task(request.path_params["id"])
        if task.state == "succeeded":
            return _video(task) | {"completed_at": int(task.ended_at or 0), "video_url": self.link(request, task)}
        return _video(task)

    async def content(self, request: Request) -> Response:
        """Answer with the video itself."""
        return self.film(self.task(request.path_params["id"]))


def _video(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "object": "video",
        "status": WORDS.get(task.state, task.state),
        "progress": int(100 * task.progress),
        "created_at": int(task.created_at),
        "size": task.size,
        "seconds": f"{task.seconds:g}",
        "error": {"code": task.error_code, "message": task.error} if task.state == "failed" else None,
        **task.extra,
    }
