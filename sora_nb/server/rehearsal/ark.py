"""Rehearse Ark's video tasks: Seedance as BytePlus and Volcengine have it.

Paths, fields and words are those of byteplus-python-sdk-v2 3.0.63, read on 2026-11-26; the sentence that refuses frames
beside references is docs.apiyi.com's (faq/seedance-first-frame-mixed-with-reference), the codes of refused pictures those
of a stored page of Volcengine's manual. How an asset is made was not captured: here there are none but those that
`resolver` knows. What DELETE does to a task that is worked on is assumed: it stops it.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from sora_nb.providers import registry
from sora_nb.providers.shapes import frame
from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.base import MAX_JSON, Rehearsal
from sora_nb.server.rehearsal.clips import seconds_of
from sora_nb.server.rehearsal.pictures import PictureRules, is_address
from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.refused import Fault
    from sora_nb.server.rehearsal.tasks import Task

RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")
FPS = 24
MIXED = "first/last frame content cannot be mixed with reference media content."
KINDS = {"text", "image_url", "video_url", "audio_url"}
FRAMES = ("first_frame", "last_frame")
MOST_SEED = 2**31 - 1
MOST_PAGE = 500


@dataclass(frozen=True)
class Model:
    """A model: its lengths in seconds, its resolutions, and the pictures and clips that it takes.

    Attributes:
        longest: most seconds of a video.
        resolutions: as requests name them.
        images, clips: most of each.
        clip_seconds: of all clips together.
    """

    longest: int
    resolutions: tuple[str, ...]
    images: int
    clips: int
    clip_seconds: float


MODELS = {
    "*-seedance-2-5-2?????": Model(30, ("480p", "720p", "1080p"), 30, 10, 30.2),
    "*-seedance-2-0-2?????": Model(15, ("480p", "720p", "1080p", "4k"), 9, 3, 15.2),
    "*-seedance-2-0-fast-*": Model(15, ("480p", "720p"), 9, 3, 15.2),
    "*-seedance-2-0-mini*": Model(15, ("480p", "720p"), 9, 3, 15.2),
}
CLIP_LEAST = 1.8
"""Seconds of the shortest clip that is taken."""


class Server(Rehearsal):
    """Ark on this machine."""

    name = "ark"
    prefix = "/api/v3"
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": (
            "InputImageSensitiveContentDetected.PrivacyInformation",
            "The request failed because the input image may contain real person.",
        ),
        "throttled": ("RateLimitExceeded", "The requests of this account exceed their limit."),
        "lost": ("InternalServiceError", "The service encountered an unexpected internal error."),
        "failed": (
            "OutputVideoSensitiveContentDetected",
            "The request failed because the output video may contain sensitive information.",
        ),
    }

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes."""
        path = "/contents/generations/tasks"
        return [
            self.route("POST", path, self.create),
            self.route("GET", path, self.listed),
            self.route("GET", path + "/{id}", self.poll),
            self.route("DELETE", path + "/{id}", self.remove),
        ]

    def make_id(self) -> str:
        """Return an id like `cgt-20261126120000-abcde`."""
        return f"cgt-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(3)}"

    def error(self, refused: Refused, status: int) -> dict[str, Any]:
        """Return an error in Ark's envelope."""
        kinds = {400: ("InvalidParameter", "BadRequest"), 401: ("AuthenticationError", "Unauthorized")}
        kinds |= {404: ("NotFound", "NotFound"), 429: ("RateLimitExceeded", "TooManyRequests")}
        code, kind = kinds.get(status, ("InternalServiceError", "InternalServerError"))
        return {"error": {"code": refused.code or code, "message": refused.message, "param": "", "type": kind}}

    async def create(self, request: Request) -> Answer:
        """Accept a video."""
        asked = await self.fields(request)
        name = fields.text(asked, "model")
        model = next((rules for pattern, rules in MODELS.items() if fnmatchcase(name, pattern)), None)
        if model is None:
            raise Refused("missing", f"The model or endpoint {name} does not exist or you do not have access to it.")
        prompt, frames, images, videos = sorted_content(fields.items(asked, "content"))
        ratio = fields.choice(asked, "ratio", (*RATIOS, "adaptive"), "adaptive")
        resolution = fields.choice(asked, "resolution", model.resolutions, "720p")
        seconds = fields.choice(asked, "duration", (-1, *range(4, model.longest + 1)), 5)
        seed = fields.choice(asked, "seed", range(-1, MOST_SEED + 1), -1)
        sound = fields.choice(asked, "generate_audio", (True, False), default=True)
        rules = PictureRules(
            most=model.images, least_side=300, widest=2.5, formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")
        )
        pictures = self.pictures(images, rules)
        clips = self._clips(videos, model)
        ratio = "16:9" if ratio == "adaptive" else ratio
        wide, high = frame(ratio, resolution, registry.get("ark").rules(name))
        seconds = 5 if seconds == -1 else seconds
        counted = seconds + sum(map(seconds_of, clips))
        task = self.accept(
            prompt,
            seconds=seconds,
            size=f"{wide}x{high}",
            seed=secrets.randbelow(MOST_SEED) if seed == -1 else seed,
            pictures=pictures,
            clips=clips,
            first=next(iter(self.pictures(frames, rules)), None),
            extra={
                "model": name,
                "resolution": resolution,
                "ratio": ratio,
                "duration": seconds,
                "generate_audio": sound,
                "tokens": math.ceil(wide * high * FPS * counted / 1024),
            },
        )
        return {"id": task.id}

    async def poll(self, request: Request) -> Answer:
        """Say where a video stands."""
        return self._said_of(request, self.task(request.path_params["id"]))

    async def listed(self, request: Request) -> Answer:
        """List the tasks, the newest first, a page at a time."""
        query = request.query_params
        page, size = (_whole(query.get(name), usual) for name, usual in (("page_num", 1), ("page_size", 10)))
        told = [self._said_of(request, task) for task in self.tasks()]
        for name in ("status", "model"):
            told = [each for each in told if query.get(f"filter.{name}") in (None, each[name])]
        wanted = query.getlist("filter.task_ids")
        told = [each for each in told if not wanted or each["id"] in wanted]
        return {"total": len(told), "items": told[(page - 1) * size : page * size]}

    async def remove(self, request: Request) -> Answer:
        """Stop a video that has not ended, and forget one that has."""
        ident = request.path_params["id"]
        if not self.cancel(ident):
            self.delete(ident)
        return {}

    def _clips(self, videos: Sequence[str], model: Model) -> list[bytes]:
        if len(videos) > model.clips:
            raise Refused("invalid", f"{len(videos)} reference videos were given, at most {model.clips} are taken.")
        for number, url in enumerate(videos, 1):
            if not is_address(url):
                raise Refused("invalid", f"Video {number}: an address is expected; base64 is not taken for videos.")
        clips = [self.file(url, f"Video {number}") for number, url in enumerate(videos, 1)]
        lengths = [seconds_of(clip) for clip in clips]
        if any(length < CLIP_LEAST for length in lengths) or sum(lengths) > model.clip_seconds:
            raise Refused("invalid", f"Reference videos have {CLIP_LEAST} s and more, {model.clip_seconds} s in all.")
        return clips

    def _said_of(self, request: Request, task: Task) -> dict[str, Any]:
        told = {name: value for name, value in task.extra.items() if name != "tokens"}
        answer = {
            "id": task.id,
            "status": task.state,
            **told,
            "seed": task.seed,
            "framespersecond": FPS,
            "service_tier": "default",
            "execution_expires_after": 172_800,
            "created_at": math.floor(task.created_at),
            "updated_at": math.floor(task.ended_at or task.created_at),
        }
        if task.state == "failed":
            answer["error"] = {"code": task.error_code, "message": task.error}
        if task.state == "succeeded":
            tokens = task.extra["tokens"]
            answer["content"] = {"video_url": self.link(request, task)}
            answer["usage"] = {"completion_tokens": tokens, "total_tokens": tokens}
        return answer


def sorted_content(items: Sequence[Mapping[str, Any]]) -> tuple[str, list[str], list[str], list[str]]:
    """Return the text of a request's content, and the addresses of its frames, reference images and reference videos.

    Raises:
        Refused: an item of another kind, no text, or frames beside references.
    """
    found: dict[str, list[str]] = {}
    for item in items:
        kind = fields.choice(item, "type", KINDS, "")
        if kind == "text":
            found.setdefault("text", []).append(fields.text(item, "text"))
            continue
        default = "first_frame" if kind == "image_url" else f"reference_{kind.removesuffix('_url')}"
        allowed = {default, "reference_image", *FRAMES} if kind == "image_url" else {default}
        role = fields.choice(item, "role", allowed, default)
        url = fields.text(fields.mapping(item, kind), "url", longest=MAX_JSON)
        found.setdefault(role, []).append(url)
    frames = [url for role in FRAMES for url in found.get(role, ())]
    references = [role for role in found if role.startswith("reference_")]
    if frames and references:
        raise Refused("invalid", f"The parameter `content` specified in the request is not valid: {MIXED}")
    if not found or not (found.get("text") or frames or references):
        raise Refused("invalid", "The parameter `content` specified in the request is not valid: it is empty.")
    text = " ".join(found.get("text", ()))
    return text, frames, found.get("reference_image", []), found.get("reference_video", [])


def _whole(text: str | None, usual: int) -> int:
    if text is None:
        return usual
    if not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_PAGE:
        raise Refused("invalid", f"A page is a number from 1 to {MOST_PAGE}, not {text[:20]!r}.")
    return int(text)
