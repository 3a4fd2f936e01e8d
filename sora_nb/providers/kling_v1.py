"""Kling's first API, as Comfy Router still takes it for kling-v3-omni: pictures in a list, named by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.providers.dialect import Dialect
from sora_nb.providers.wire import Request, as_base64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order

MODES = {"720p": "std", "1080p": "pro"}
"""What the resolutions are called."""


class Wire(Dialect):
    """POST /v1/videos/omni-video."""

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        return Request("POST", str(self.profile.routes.videos), json=self._body(order, key), idempotency_key=key)

    def _body(self, order: Order, key: str) -> dict[str, Any]:
        found = self.compiled(order)
        images: list[dict[str, Any]] = [{"image_url": each.address or each.base64()} for each in found.pictures]
        asked: dict[str, Any] = {
            "prompt": found.prompt,
            "mode": MODES[found.shape.resolution],
            "duration": str(found.seconds),
            "watermark_info": {"enabled": False},
        }
        if order.image is None:
            asked["aspect_ratio"] = found.shape.ratio
        else:
            images.append({"image_url": as_base64(order.image), "type": "first_frame"})
        if images:
            asked["image_list"] = images
        if found.sound is not None:
            asked["sound"] = "on" if found.sound else "off"
        if self.profile.echoes_key:
            asked["external_task_id"] = key
        return asked

    def task(self, ident: str) -> Request:
        """Return `GET /v1/videos/omni-video/{id}`."""
        return Request("GET", f"{self.profile.routes.videos}/{quote(ident)}")

    def entry(self, data: Any) -> Mapping[str, Any]:
        """Return the task of an answer."""
        found = data.get("data", data)
        return {**found, "id": found["task_id"], "status": found["task_status"]}

    def link(self, entry: Mapping[str, Any]) -> str:
        """Return the address of the film without a watermark."""
        return str(entry["task_result"]["videos"][0]["url"]) if entry.get("task_result") else ""
