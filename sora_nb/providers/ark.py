"""Ark: the API of Seedance at BytePlus and Volcengine, and at relays that pass it on.

Paths, fields and answers as in byteplus-python-sdk-v2 3.0.63 (read 2026-11-26). Pictures may come inside the request,
clips only by address; an asset, `asset://...`, takes the place of a picture. Answers repeat no key of ours, but the seed:
where the caller gives none, it is made of the idempotency key, and tells a lost create from all others.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, SupportsFloat
from urllib.parse import quote

from sora_nb.errors import InvalidInput
from sora_nb.models import Purchase
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.shapes import Shape, frame
from sora_nb.providers.wire import Request, data_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled

ASSET = "asset://"
MOST_SEED = 2**31 - 1
"""As a public node pack of ComfyUI for BytePlus has it (read 2026-11-26)."""
FPS = 24


class Wire(Dialect):
    """POST .../contents/generations/tasks, and what belongs to it."""

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        if order.seed is not None and order.seed > MOST_SEED:
            raise InvalidInput(f"{self.profile.name} takes seeds up to {MOST_SEED}, not {order.seed}.")
        found = self.compiled(order)
        for each in found.pictures:
            if each.path is None and not each.address.startswith(ASSET):
                raise InvalidInput(
                    f"{self.profile.name} knows characters as {ASSET}..., not as {each.address!r}.",
                    hint=f"register('{each.username}', service, id='{ASSET}...') takes the address of its asset.",
                )
        body = {
            "model": order.model,
            "content": content(order, found),
            "ratio": found.shape.ratio,
            "resolution": found.shape.resolution,
            "duration": found.seconds,
            "generate_audio": found.sound,
            "seed": order.seed if order.seed is not None else seed_of(key),
        }
        told = {name: value for name, value in body.items() if value not in (None, "")}
        return Request("POST", self._path(), json=told, idempotency_key=key)

    def registration(self, order: Order, key: str) -> Request:  # noqa: ARG002
        """Refuse: no source says how an asset is made."""
        raise InvalidInput(
            f"No asset can be made at {self.profile.name} from here.",
            hint=f"Make it with the vendor's own tools, then register(character, service, id='{ASSET}...').",
        )

    def task(self, ident: str) -> Request:
        """Return the request that asks where a task stands."""
        return Request("GET", self._path(ident))

    def listing(self, kind: str, limit: int = 100, after: str | None = None) -> Request | None:
        """Return the request for the newest tasks, which are counted by pages: see following()."""
        if kind != "video" or not self.profile.listing:
            return None
        if after is not None:
            raise InvalidInput(f"{self.profile.name} lists its tasks by pages, not from one of them on.")
        return Request("GET", self._path(), query={"page_num": "1", "page_size": str(limit)})

    def following(self, request: Request, kind: str, last: str) -> Request | None:  # noqa: ARG002
        """Return the request for the next page."""
        page = int(request.query["page_num"]) + 1
        return dataclasses.replace(request, query={**request.query, "page_num": str(page)})

    def cancel(self, ident: str) -> Request | None:
        """Return the request that stops a task and deletes it."""
        return Request("DELETE", self._path(ident)) if self.profile.cancels else None

    def entries(self, data: Any) -> list[dict[str, Any]]:
        """Read a page of the listing."""
        return super().entries(data["items"])

    def more(self, data: Any) -> bool | None:
        """Return whether there are more tasks than on this page; the page behind the last one is empty."""
        return int(data["total"]) > len(data["items"])

    def entry(self, data: Any) -> dict[str, Any]:
        """Return a task, with the usual name of its length."""
        found = super().entry(data)
        return {**found, "seconds": found.get("duration")}

    def link(self, entry: Mapping[str, Any]) -> str:
        """Return the video's link."""
        return str((entry.get("content") or {}).get("video_url") or "")

    def is_of(self, entry: Mapping[str, Any], order: Order, key: str) -> bool:
        """Whether a task has the seed that is made of the key; others may have the one that a caller gave."""
        return order.seed is None and int(entry["seed"]) == seed_of(key)

    def tells(self, order: Order) -> bool:
        """Whether the order's task is certainly found, if it is listed."""
        return super().tells(order) and order.seed is None

    def tokens(self, model: str, shape: Shape, seconds: SupportsFloat) -> int:  # noqa: ARG002
        """Return width x height x frames / 1024 (litellm 1.110.2 after the vendor's price list; read 2026-11-26)."""
        return math.ceil(shape.pixels * FPS * Fraction(str(seconds)) / 1024)

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return the list price of the tokens that were counted; None where no list has it."""
        model, resolution, seconds = str(entry["model"]), str(entry["resolution"]), int(entry["duration"])
        used = int(entry["usage"]["completion_tokens"])
        wide, high = frame(str(entry["ratio"]), resolution, self.profile.rules(model))
        second = self.tokens(model, Shape(width=wide, height=high), 1)
        # seconds of clips that were sent are counted, too, at a price of their own
        clips = max(0, used // second - seconds)
        bought = Purchase(kind="video", model=model, resolution=resolution, tokens=used, clip_seconds=clips)
        found = self.profile.price(bought)
        return found.micros if found else None

    def _path(self, ident: str = "") -> str:
        return f"{self.profile.routes.videos}/{quote(ident, safe='')}".removesuffix("/")


def seed_of(key: str) -> int:
    """Return the seed that stands for an idempotency key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) & MOST_SEED


def content(order: Order, found: Compiled) -> list[dict[str, Any]]:
    """Return the items of an order: its words, a picture to start from, and what shows its characters."""
    first = [_item("image_url", data_uri(order.image), "first_frame")] if order.image is not None else []
    pictures = [_item("image_url", each.url(), "reference_image") for each in found.pictures]
    clips = [_item("video_url", each.url(), "reference_video") for each in found.clips]
    return [{"type": "text", "text": found.prompt}, *first, *pictures, *clips]


def _item(kind: str, url: str, role: str) -> dict[str, Any]:
    return {"type": kind, kind: {"url": url}, "role": role}
