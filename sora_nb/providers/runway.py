"""Runway: one API in front of the models of many makers.

Paths, fields and answers as in runwayml 5.24.0 (read 2026-11-26). Characters are shown by pictures and clips inside the
request; what is too large for that is handed over first, to a host that never sees the key. Prices are in credits: the
answer to a create says the most that it may cost, and a task that has ended what it did cost. Tasks cannot be listed, so
nobody can tell what became of a create whose answer was lost.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sora_nb.errors import PromptError
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.shapes import short_side
from sora_nb.providers.wire import Request, data_uri, decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.profile import ModelRules

VERSION = {"x-runway-version": "2024-11-06"}
CREDIT = 10_000
"""Micro-dollars of a credit (docs.dev.runwayml.com, guides/setup, read 2026-11-26)."""
MOST_CREDITS = 10**9
"""No task costs more; larger numbers are nonsense."""
INLINE = 5_000_000
"""Longest data URI; the types of the SDK say "up to 5MB"."""
UNTYPED_CLIPS = {"gemini_omni_flash_1.1"}
"""Models whose clips have no `type` beside their address."""


class Wire(Dialect):
    """POST /v1/text_to_video or /v1/image_to_video, and what belongs to it."""

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        found, rules = self.compiled(order), self.profile.rules(order.model)
        units = len(found.prompt.encode("utf-16-le", "surrogatepass")) // 2
        if rules.prompt_longest is not None and units > rules.prompt_longest:
            raise PromptError(
                f"The prompt has {units} UTF-16 units as {order.model} gets it, which takes {rules.prompt_longest}."
            )
        kind = {} if order.model in UNTYPED_CLIPS else {"type": "video"}
        begin = order.image and (order.addresses.get(str(order.image)) or data_uri(order.image))
        body = {
            "model": order.model,
            "promptText": found.prompt,
            "promptImage": begin,
            **_size(order, found, rules),
            "duration": found.seconds,
            "audio": found.sound,
            "references": [{"uri": each.url()} for each in found.pictures],
            "referenceVideos": [{**kind, "uri": each.url()} for each in found.clips],
            "seed": order.seed,
        }
        told = {name: value for name, value in body.items() if value not in (None, "", [])}
        path = "/v1/image_to_video" if begin else "/v1/text_to_video"
        return Request("POST", path, json=told, headers=VERSION, idempotency_key=key)

    def task(self, ident: str) -> Request:
        """Return the request that asks where a task stands; each answer has a fresh link."""
        return Request("GET", f"/v1/tasks/{quote(ident, safe='')}", headers=VERSION)

    def cancel(self, ident: str) -> Request | None:
        """Return the request that stops a task."""
        return Request("DELETE", f"/v1/tasks/{quote(ident, safe='')}", headers=VERSION)

    def uploads(self, order: Order) -> Sequence[Path]:
        """Return the files that are too large for a data URI."""
        if order.kind != "video":
            return ()
        found = self.compiled(order)
        files = dict.fromkeys([*(each.path for each in (*found.pictures, *found.clips)), order.image])
        return [path for path in files if path and str(path) not in order.addresses and _is_large(path)]

    def upload(self, path: Path) -> Request | None:
        """Return the request that asks where to put a file, and what it will be called."""
        return Request("POST", "/v1/uploads", json={"filename": path.name, "type": "ephemeral"}, headers=VERSION)

    def forward(self, data: Any, path: Path) -> Request | None:
        """Return the form that brings a file to the host that the answer names."""
        fields = {str(name): str(value) for name, value in data["fields"].items()}
        self.uploaded(data)  # nothing is sent that could not be named afterwards
        return Request("POST", "", form=fields, files={"file": path}, at=_address(data["uploadUrl"]))

    def uploaded(self, data: Any) -> str:
        """Read what a file is called that was handed over."""
        return _address(data["runwayUri"])

    def entry(self, data: Any) -> Mapping[str, Any]:
        """Return the task, with its progress of 0 to 1 in percent."""
        found = super().entry(data)
        part = found.get("progress")
        return {**found, "progress": 100 * part} if isinstance(part, int | float) and part is not True else found

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return what a task that has ended was charged; 0 where it was refunded."""
        return _micros(entry.get("cost"))

    def ceiling(self, entry: Mapping[str, Any]) -> int | None:
        """Return what a task may cost at most."""
        return _micros(entry.get("estimatedCost"))

    def envelope(self, body: bytes) -> tuple[str, str, str]:
        """Read an error, with what is wrong with which field (as in github.com/runwayml/sdk-node, issue 216)."""
        message, code, ident = super().envelope(body)
        issues = decode(body).get("issues", [])
        told = [f"{'.'.join(map(str, issue['path']))}: {issue['message']}" for issue in issues]
        return "; ".join([message, *told]), code, ident


def _size(order: Order, found: Compiled, rules: ModelRules) -> dict[str, str]:
    """Return the fields that tell the size; a film that begins with a picture has the shape of that for some models."""
    shape = found.shape
    if order.image is not None and rules.image_resolutions:
        side = min(shape.width, shape.height)
        return {"ratio": f"auto_{min(rules.image_resolutions, key=lambda each: abs(short_side(each) - side))}"}
    if not shape.ratio:
        return {"ratio": f"{shape.width}:{shape.height}"}
    return {"ratio": "" if order.image is not None else shape.ratio, "resolution": shape.resolution}


def _is_large(path: Path) -> bool:
    return path.stat().st_size * 4 / 3 + len("data:image/jpeg;base64,") + 4 > INLINE


def _address(value: Any) -> str:
    if not isinstance(value, str) or "://" not in value:
        raise ValueError("the answer names no address")
    return value


def _micros(cost: Any) -> int | None:
    """Return micro-dollars for credits."""
    found = cost.get("credits") if isinstance(cost, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= MOST_CREDITS:
        return None
    return math.ceil(Decimal(str(found)) * CREDIT)
