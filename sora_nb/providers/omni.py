"""Gemini Omni: Google's video models through the Interactions API.

Paths, fields and answers as in google-genai 3.6.1 and ai.google.dev/gemini-api/docs/omni (both read 2026-11-26). An
answer repeats what was sent, and may hold the film itself as base64; of both nothing is kept. Nothing lists
interactions, and none can be found by a key of ours.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.models import Status
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.wire import Request, image_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sora_nb.models import Video
    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled

MOST_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer: one of 20 MB was seen that repeats what was sent (discuss.ai.google.dev 183928, 2026-09-20)."""
_LONG = ("steps", "input", "output_video", "system_instruction")
"""What was sent, thought and made."""
_FILE = re.compile(r"(?P<where>https?://[^/?#]+/v\w+/)?(?P<name>files/[\w-]+)")
"""The address or name of a stored file, which is not yet that of its bytes."""


class Wire(Dialect):
    """POST .../interactions, and what belongs to it."""

    def authorise(self, key: str) -> dict[str, str]:
        """Return the header that shows the key."""
        return {"x-goog-api-key": key}

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video, which is made while nobody waits for the answer."""
        self.check_video_task(order)
        found = self.compiled(order)
        task = "reference_to_video" if found.pictures or found.clips else "text_to_video"
        body = {
            "model": order.model,
            "background": True,
            "store": True,
            "input": [{"type": "user_input", "content": _content(order, found)}],
            "generation_config": {"video_config": {"task": "image_to_video" if order.image is not None else task}},
            "response_format": {
                "type": "video",
                "aspect_ratio": found.shape.ratio,
                "resolution": found.shape.resolution,
                "duration": f"{found.seconds}s",
                "delivery": "uri",
            },
        }
        return Request("POST", self._path(), json=body, idempotency_key=key, most=MOST_ANSWER)

    def task(self, ident: str) -> Request:
        """Return the request that asks where an interaction stands."""
        return Request("GET", self._path(ident), most=MOST_ANSWER)

    def cancel(self, ident: str) -> Request | None:
        """Return the request that stops an interaction."""
        return Request("POST", f"{self._path(ident)}/cancel", most=MOST_ANSWER) if self.profile.cancels else None

    def entry(self, data: Any) -> dict[str, Any]:
        """Return an interaction without what was sent and without the film; "video" tells where that is."""
        found = super().entry(data)
        kept = {name: value for name, value in found.items() if name not in _LONG}
        film = _film(found)
        if film:
            kept["video"] = {"uri": self._address(str(film.get("uri") or "")), "inline": bool(film.get("data"))}
        if self.status(str(found.get("status"))) in {Status.QUEUED, Status.IN_PROGRESS}:
            return kept
        error = _error(found)
        if error:
            kept["error"] = error
        if film and found.get("status") not in {"failed", "cancelled"}:
            kept["status"] = "completed"  # also where the interaction is "incomplete" or waits for another turn
        return kept

    def link(self, entry: Mapping[str, Any]) -> str:
        """Return the film's address."""
        video = entry.get("video")
        return str(video.get("uri") or "") if isinstance(video, dict) else ""

    def inline(self, video: Video) -> Request | None:
        """Return the request for the interaction, where that holds the film."""
        told = video.raw.get("video")
        return self.task(video.id) if isinstance(told, dict) and told.get("inline") else None

    def film(self, data: Any) -> bytes:
        """Read the film out of an interaction."""
        return base64.b64decode(_film(super().entry(data))["data"], validate=True)

    def _address(self, uri: str) -> str:
        """Return the address of a film's bytes, where that of its file is told, or only its name."""
        found = _FILE.fullmatch(uri)
        if found is None:
            return uri
        where = found["where"] or f"{self.base_url}{self._path().rpartition('/')[0]}/"
        return f"{where}{found['name']}:download?alt=media"

    def _path(self, ident: str = "") -> str:
        return f"{self.profile.routes.videos}/{quote(ident)}".removesuffix("/")


def _content(order: Order, found: Compiled) -> list[dict[str, Any]]:
    shown = [(each.media_type, each.base64()) for each in (*found.pictures, *found.clips)]
    if order.image is not None:
        shown = [(image_type(order.image), base64.b64encode(order.image.read_bytes()).decode())]
    files = [{"type": kind.partition("/")[0], "mime_type": kind, "data": data} for kind, data in shown]
    return [*files, {"type": "text", "text": found.prompt}]


def _film(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the item of an interaction that is the film, or leads to it; empty where there is none."""
    films = (item for item in _made(found) if item.get("type") == "video" and (item.get("uri") or item.get("data")))
    return next(films, {})


def _made(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a model made; the steps before it repeat what was sent."""
    for step in _objects(found.get("steps")):
        if step.get("type") == "model_output":
            yield from _objects(step.get("content"))
    yield from _objects([found.get("output_video")])


def _error(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what went wrong: of the interaction, of one of its steps, or what the model says in place of a film."""
    steps = [step.get("error") for step in _objects(found.get("steps"))]
    told = _objects([found.get("error"), *_objects(found.get("errors")), *steps])
    said = [{"message": item.get("text")} for item in _made(found) if not _film(found) and item.get("type") == "text"]
    return next(iter([*told, *said]), {})


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
