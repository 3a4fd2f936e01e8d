"""Kling's API of July 2026: an order is a list of contents, which the prompt mentions by ids of ours.

An error is a number in the body, also in answers of HTTP 200.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sora_nb.models import Status
from sora_nb.providers import errors
from sora_nb.providers.dialect import UNREADABLE
from sora_nb.providers.elements import ELEMENT, Elements
from sora_nb.providers.wire import Request, as_base64, decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.providers.base import Order
    from sora_nb.providers.http import Answer

TASKS = "/tasks"
TEXT_ALONE = ("kling-4.0",)
"""Models that take a prompt with nothing to see beside it as a field, not as contents (docs.comfy.org, 2026-11-26)."""
# Kling's error numbers: the HTTP status that one amounts to, and what it is about
NUMBERS: dict[int, tuple[int, str]] = {
    **dict.fromkeys(range(1000, 1005), (401, "authentication")),
    1100: (403, "account"),
    1101: (402, "balance"),
    1102: (402, "resource_pack_quota"),
    1103: (403, "permission"),
    1203: (404, "not_found"),
    1300: (400, "content_policy"),
    1301: (400, "content_policy"),
    1302: (429, "rate_limit"),
    1303: (429, "concurrency"),
    1304: (403, "ip_whitelist"),
}
SERVER_ERRORS = 5000
"""The least of the numbers that leave open what became of a call."""


class Wire(Elements):
    """POST /omni-video/{model} and GET /tasks; characters are kept as elements."""

    status_words: ClassVar[Mapping[Status, str]] = {
        Status.QUEUED: "submitted",
        Status.IN_PROGRESS: "processing",
        Status.COMPLETED: "succeeded succeed",
        Status.FAILED: "failed",
    }

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        self.check_video_task(order)
        path = (self.profile.routes.videos or "").format(model=quote(order.model))
        return Request("POST", path, json=self._body(order, key), idempotency_key=key)

    def _body(self, order: Order, key: str) -> dict[str, Any]:
        found = self.compiled(order)
        contents: list[dict[str, Any]] = [{"type": "prompt", "text": found.prompt}]
        settings: dict[str, Any] = {"resolution": found.shape.resolution, "duration": found.seconds}
        if order.image is None:
            settings["aspect_ratio"] = found.shape.ratio
        else:
            contents.append({"type": "first_frame", "url": as_base64(order.image)})
        contents += [
            {"type": "refer_image", "id": each.label, "url": each.address or each.base64()} for each in found.pictures
        ]
        contents += [{"type": "element", "id": alias, "element_id": ident} for alias, ident in found.known.items()]
        if found.sound is not None:
            settings["audio"] = "native" if found.sound else "off"
        settings["multi_shot"] = False  # where nothing is said, some models cut a prompt into shots
        options: dict[str, Any] = {"watermark_info": {"enabled": False}}
        if self.profile.echoes_key:
            options["external_task_id"] = key
        alone = len(contents) == 1 and order.model in TEXT_ALONE
        asked = {"prompt": found.prompt} if alone else {"contents": contents}
        return {**asked, "settings": settings, "options": options}

    def task(self, ident: str) -> Request:
        """Return `GET /tasks?task_ids=ID`, or the request for an element's task."""
        if ident.startswith(ELEMENT):
            return self.element_task(ident.removeprefix(ELEMENT))
        return Request("GET", TASKS, query={"task_ids": ident})

    def lookup(self, kind: str, key: str) -> Request | None:
        """Return `GET /tasks?external_task_ids=KEY`, or the request for an element's task."""
        if kind == "registration":
            return self.element_task(key)
        return Request("GET", TASKS, query={"external_task_ids": key})

    def entry(self, data: Any) -> Mapping[str, Any]:
        """Return the task of an answer; an element's has other names for the same."""
        found = data.get("data", data)
        if isinstance(found, list):
            [found] = found
        if "task_id" in found:
            return {**found, "id": f"{ELEMENT}{found['task_id']}", "status": found["task_status"]}
        return dict(found)

    def entries(self, data: Any) -> list[dict[str, Any]]:
        """Return the tasks that an answer lists; an element's task comes alone."""
        found = data["data"]
        return super().entries(found if isinstance(found, list) else [found])

    def key(self, entry: Mapping[str, Any]) -> str:
        """Return a task's external id."""
        return str(entry.get("external_id") or entry.get("task_info", {}).get("external_task_id") or "")

    def link(self, entry: Mapping[str, Any]) -> str:
        """Return the address of the film without a watermark."""
        return str(entry["outputs"][0]["url"]) if entry.get("outputs") else ""

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return what was taken from the balance; units of a package are no dollars, and Beijing counts in yuan."""
        bills = entry.get("billing")
        if not bills or "beijing" in self.base_url or any(bill["charge_type"] != "cash" for bill in bills):
            return None
        return int(1_000_000 * sum(Decimal(str(bill["amount"])) for bill in bills))

    def http_status(self, answer: Answer) -> int:
        """Return what the number in a body amounts to; a 404 without one is a wrong path, and tells of no task."""
        try:
            number = int(decode(answer.body)["code"])
        except UNREADABLE:
            number = 0
        if answer.status >= 500 or not number:
            return 400 if answer.status == 404 else answer.status
        return NUMBERS.get(number, (500 if number >= SERVER_ERRORS else 400, ""))[0]

    def envelope(self, body: bytes) -> tuple[str, str, str]:
        """Read the message, number and request id of an answer that says no."""
        message, number, _ = errors.envelope(body)
        about = NUMBERS.get(int(number), (0, ""))[1]
        return message, f"{number} {about}".strip(), str(decode(body).get("request_id", ""))
