"""MiniMax H3: Ark's items in a body of its own, paid by the second.

Paths, fields and answers as litellm 1.110.2 sends and reads them (read and recorded 2026-11-26). There is no seed, and no
answer repeats the prompt or a key of ours, so that a lost create is not found among the tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.models import Purchase
from sora_nb.providers.ark import content
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order


class Wire(Dialect):
    """POST /v2/video_generation, and what belongs to it."""

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        found = self.compiled(order)
        body = {
            "model": order.model,
            "content": content(order, found),
            "resolution": found.shape.resolution,
            "duration": found.seconds,
        }
        if order.image is None:  # with a picture to start from, its own counts
            body["ratio"] = found.shape.ratio
        return Request("POST", str(self.profile.routes.videos), json=body, idempotency_key=key)

    def task(self, ident: str) -> Request:
        """Return the request that asks where a task stands."""
        return Request("GET", f"/v2/query/video_generation/{quote(ident, safe='')}")

    def cancel(self, ident: str) -> Request | None:
        """Return the request that stops a task and deletes it."""
        return Request("DELETE", f"{self.profile.routes.videos}/{quote(ident, safe='')}")

    def entry(self, data: Any) -> dict[str, Any]:
        """Return a task, with the usual names of its id and length."""
        found = dict(super().entry(data))
        return {**found, "seconds": found.get("duration")}

    def link(self, entry: Mapping[str, Any]) -> str:
        """Return the video's link."""
        return str((entry.get("content") or {}).get("url") or "")

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return the list price of the seconds and pictures that were counted."""
        used = entry["usage"]
        bought = Purchase(
            kind="video",
            model=str(entry["model"]),
            seconds=int(used["total_seconds"]),
            resolution=str(entry["resolution"]),
            images=int(used.get("input_image_count") or 0),
        )
        quoted = self.profile.price(bought)
        return quoted.micros if quoted else None
