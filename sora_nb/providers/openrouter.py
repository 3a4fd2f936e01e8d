"""OpenRouter's video API, which Inworld and the proxy of LiteLLM speak, too: one request for the models of many makers.

Paths, fields and answers as in openrouter 1.3.84; those of Inworld as in docs.inworld.ai, api-reference/videoAPI; fields
of LiteLLM as in litellm 1.110.2 (all read 2026-11-26). Pictures that show characters go beside the prompt, or a picture
to start from, not both. A task costs what `usage.cost` says. Nothing can be listed, so a lost create stays open.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sora_nb.models import Status
from sora_nb.providers import errors
from sora_nb.providers.dialect import UNREADABLE, Dialect
from sora_nb.providers.wire import Request, data_uri, decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order


MOST_COST = 1_000_000
"""Dollars; what costs more is no cost of a film."""


class Wire(Dialect):
    """POST .../videos, and what belongs to it."""

    status_words: ClassVar[Mapping[Status, str]] = {
        **Dialect.status_words,
        Status.FAILED: f"{Dialect.status_words[Status.FAILED]} dead",
    }

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        found = self.compiled(order)
        shape = found.shape
        sized = shape.ratio or shape.resolution
        body = {
            "model": order.model,
            "prompt": found.prompt,
            "duration": found.seconds,
            "resolution": shape.resolution,
            "aspect_ratio": shape.ratio,
            "size": "" if sized else shape.size,
            "seed": order.seed,
            "generate_audio": found.sound,
        }
        if order.image is not None:
            body["frame_images"] = [_item("image_url", data_uri(order.image), frame_type="first_frame")]
        shown = [_item("image_url", each.url()) for each in found.pictures]
        shown += [_item("video_url", each.url()) for each in found.clips]
        if shown:
            body["input_references"] = shown
        told = {name: value for name, value in body.items() if value not in (None, "")}
        return Request("POST", self._path(), json=told, idempotency_key=key)

    def task(self, ident: str) -> Request:
        """Return the request that asks where a task stands."""
        return Request("GET", self._path(ident))

    def content(self, ident: str) -> str:
        """Return the path of the first film that a task made."""
        return f"{self._path(ident)}/content" if ident else ""

    def entry(self, data: Any) -> dict[str, Any]:
        """Return a task without its signed links: whoever has one can fetch the film, and the key fetches it as well."""
        return {name: value for name, value in super().entry(data).items() if name != "urls"}

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return the cost that is told; None where the maker's own bill comes beside it, for a key of one's own there."""
        usage = entry["usage"]
        if usage["cost"] is None or usage.get("is_byok"):
            return None
        # a float is meant as it is written, like 0.3
        cost = Decimal(str(usage["cost"]))
        return int((cost * 1_000_000).to_integral_value(ROUND_HALF_UP)) if 0 <= cost < MOST_COST else None

    def envelope(self, body: bytes) -> tuple[str, str, str]:
        """Read an error body, with what the maker of the model said."""
        message, code, ident = errors.envelope(body)
        try:
            said = str(decode(body)["error"]["metadata"]["raw"])[: errors.LONGEST]
        except UNREADABLE:
            return message, code, ident
        return f"{message}: {said}", code, ident

    def _path(self, ident: str = "") -> str:
        return f"{self.profile.routes.videos}/{quote(ident, safe='')}".removesuffix("/")


def _item(kind: str, url: str, **more: str) -> dict[str, Any]:
    return {"type": kind, kind: {"url": url}, **more}
