"""Kling: an order is a list of contents, which the prompt mentions by ids of ours; characters are kept as elements.

Its API of July 2026, on paths of its own; elements are still made on the paths of the API before. An error is a number in
the body, also in answers of 200.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sora_nb.errors import InvalidInput
from sora_nb.models import Registration, Status
from sora_nb.providers import errors
from sora_nb.providers.dialect import UNREADABLE, Dialect
from sora_nb.providers.references import name_of, unfit
from sora_nb.providers.wire import Request, decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sora_nb.providers.base import Order
    from sora_nb.providers.http import Answer

TASKS = "/tasks"
ELEMENT = "element:"
"""How the id of a task begins that makes an element: it is asked for on another path."""
NAME_LONGEST, DESCRIPTION_LONGEST, OTHER_PICTURES = 20, 100, 3
PERSON, OTHER = "o_102", "o_108"
"""Tags of elements."""
TEXT_ALONE = ("kling-4.0",)
"""Models that take a prompt without anything to see as a field, not as contents (docs.comfy.org, 2026-11-26)."""
# Kling's error table: the HTTP status that a number amounts to, and what it is about
_SAYS: dict[int, tuple[int, str]] = {
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


class Wire(Dialect):
    """POST /omni-video/{model}, GET /tasks, and elements on /v1/general/advanced-custom-elements."""

    status_words: ClassVar = {
        Status.QUEUED: "submitted",
        Status.IN_PROGRESS: "processing",
        Status.COMPLETED: "succeeded succeed",
        Status.FAILED: "failed",
    }

    def create(self, order: Order, key: str) -> Request:
        """Return the request for a video."""
        if order.kind != "video" or order.route != "async":
            raise InvalidInput("Kling makes videos, and studio.register() makes characters known to it.")
        path = (self.profile.routes.videos or "").format(model=quote(order.model))
        return Request("POST", path, json=self._body(order, key), idempotency_key=key)

    def _body(self, order: Order, key: str) -> dict[str, Any]:
        found = self.compiled(order)
        contents: list[dict[str, Any]] = [{"type": "prompt", "text": found.prompt}]
        settings: dict[str, Any] = {"resolution": found.shape.resolution, "duration": found.seconds}
        if order.image is not None:
            contents.append({"type": "first_frame", "url": _base64(order.image)})
        else:
            settings["aspect_ratio"] = found.shape.ratio
        contents += [
            {"type": "refer_image", "id": each.label, "url": each.address or each.base64()} for each in found.pictures
        ]
        contents += [{"type": "element", "id": alias, "element_id": ident} for alias, ident in found.known.items()]
        if found.sound is not None:
            settings["audio"] = "native" if found.sound else "off"
        settings["multi_shot"] = False  # some models cut a prompt into shots where nothing is said
        options: dict[str, Any] = {"watermark_info": {"enabled": False}}
        if self.profile.echoes_key:
            options["external_task_id"] = key
        alone = len(contents) == 1 and order.model in TEXT_ALONE
        asked = {"prompt": found.prompt} if alone else {"contents": contents}
        return {**asked, "settings": settings, "options": options}

    def registration(self, order: Order, key: str) -> Request:
        """Return the request that makes an element of a character's pictures."""
        path, shows = self.profile.routes.registrations, self.profile.rules(order.model).references
        if path is None or shows is None:
            return super().registration(order, key)
        [member] = order.members
        stills = [still for still in member.stills if not unfit(still, shows, order.model)]
        if not stills:
            told = "; ".join(unfit(still, shows, order.model) for still in member.stills) or "it has none"
            raise InvalidInput(
                f"No picture of {member.character.mention} can be sent: {told}.",
                hint="Extract it again from sharper or larger footage.",
            )
        first, *others = [_base64(still.path) for still in stills]
        asked = {
            "element_name": name_of(member)[:NAME_LONGEST],
            "element_description": (member.character.description or name_of(member))[:DESCRIPTION_LONGEST],
            "reference_type": "image_refer",
            "element_image_list": {
                "frontal_image": first,
                "refer_images": [{"image_url": each} for each in (others or [first])[:OTHER_PICTURES]],
            },
            "tag_list": [{"tag_id": PERSON if any(still.face for still in stills) else OTHER}],
            "external_task_id": key,
        }
        return Request("POST", path, json=asked, idempotency_key=key)

    def task(self, ident: str) -> Request:
        """Return `GET /tasks?task_ids=ID`, or the path of an element's task."""
        if ident.startswith(ELEMENT):
            return Request("GET", f"{self.profile.routes.registrations}/{quote(ident.removeprefix(ELEMENT))}")
        return Request("GET", TASKS, query={"task_ids": ident})

    def lookup(self, kind: str, key: str) -> Request | None:
        """Return `GET /tasks?external_task_ids=KEY`, or the path of an element's task, which takes the key, too."""
        return self.task(f"{ELEMENT}{key}") if kind == "registration" else _by_key(key)

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
        """Return what was taken from the balance; units of a package are no money, and Beijing counts in yuan."""
        bills = entry.get("billing")
        if not bills or "beijing" in self.base_url or any(bill["charge_type"] != "cash" for bill in bills):
            return None
        return int(1_000_000 * sum(Decimal(str(bill["amount"])) for bill in bills))

    def registered(self, entry: Mapping[str, Any]) -> Registration:
        """Return the id of an element."""
        return Registration(id=str(entry["task_result"]["elements"][0]["element_id"]))

    def http_status(self, answer: Answer) -> int:
        """Return what the number in a body amounts to. A bare 404 is a wrong path, and says nothing about a task."""
        try:
            code = int(decode(answer.body)["code"])
        except UNREADABLE:
            code = 0
        if answer.status >= 500 or not code:
            return 400 if answer.status == 404 else answer.status
        return _SAYS.get(code, (500 if code >= 5000 else 400, ""))[0]

    def envelope(self, body: bytes) -> tuple[str, str, str]:
        """Read the message, number and request id of an answer that says no."""
        message, code, ident = errors.envelope(body)
        found = decode(body)
        about = _SAYS.get(int(found["code"]), (0, ""))[1]
        return message, f"{code} {about}".strip(), str(found.get("request_id") or ident)


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
