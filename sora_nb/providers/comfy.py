"""Comfy Router: a queue in front of many vendors, which takes each one's own bodies and a real idempotency key.

The body is another dialect's: `dialect` in the model's rules names it. A task's id is the model and the request's id, as
its path is.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sora_nb.models import Status, Video
from sora_nb.providers import errors, registry
from sora_nb.providers.base import Ticket, filled
from sora_nb.providers.dialect import Dialect
from sora_nb.providers.wire import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sora_nb.errors import SoraError
    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.http import Answer

COST, CREDITS = "x-litellm-response-cost", "x-comfy-credits-used"
CREDITS_PER_DOLLAR = 211
"""docs.comfy.org, comfy-router/pricing, read on 2026-11-26."""
ENDED = "COMPLETED"
"""The one status word that ends a request; all others are open."""
LONGEST_PAUSE = 60


class Wire(Dialect):
    """POST /v2/models/{provider}/{model}/requests, its status, and its result."""

    kept_headers: ClassVar[tuple[str, ...]] = (COST, CREDITS)

    def _partner(self, model: str) -> Dialect:
        """Return the dialect of a model's own vendor, with the rules of the model under its bare name."""
        rules = self.profile.rules(model)
        models = {_bare(model): rules}
        return registry.dialect(self.profile.model_copy(update={"dialect": rules.dialect, "models": models}))

    def compiled(self, order: Order) -> Compiled:
        """Return an order as the model's own vendor gets it."""
        return self._partner(order.model).compiled(_handed_on(order))

    def tokens(self, model: str, *args: Any) -> int | None:
        """Return how many tokens the model's own vendor will count."""
        return self._partner(model).tokens(_bare(model), *args)

    def create(self, order: Order, key: str) -> Request:
        """Return the request that puts an order into the queue."""
        self.check_video_task(order)
        body = self._partner(order.model).create(_handed_on(order), key).json or {}
        body.pop("model", None)  # the path says it
        return Request("POST", self._requests(order.model), json=body, idempotency_key=key)

    def _requests(self, model: str) -> str:
        return f"{self.profile.routes.videos}/{quote(model)}/requests"

    def _request(self, ident: str) -> str:
        model, _, request = ident.rpartition("/")
        return f"{self._requests(model)}/{quote(request)}"

    def task(self, ident: str) -> Request:
        """Return `GET .../requests/{id}/status`."""
        return Request("GET", f"{self._request(ident)}/status")

    def result(self, ident: str) -> Request | None:
        """Return `GET .../requests/{id}`, whose answer is the vendor's own."""
        return Request("GET", self._request(ident))

    def cancel(self, ident: str) -> Request | None:
        """Return `PUT .../requests/{id}/cancel` (comfy-sdk 0.5.0)."""
        return Request("PUT", f"{self._request(ident)}/cancel")

    def ticket(self, order: Order, data: Any) -> Ticket:
        """Read the answer to a create."""
        request = data["request_id"]
        if not isinstance(request, str) or not request or "/" in request:
            raise ValueError("the answer names no request")
        video = self.video({"status": "queued"}, ident=f"{order.model}/{request}")
        return Ticket(id=video.id, video=filled(video, order), raw=video.raw)

    def entry(self, data: Any) -> Mapping[str, Any]:
        """Return where a request stands; one that has ended with an error has failed."""
        found = {"id": data["id"], "status": data["status"], "headers": data.get("headers", {})}
        if failed := data["status"] == ENDED and data.get("error_type"):
            found |= {"status": "failed", "error": {"code": failed, "message": _detail(data) or failed}}
        return found

    def video(self, data: Any, given: Sequence[str] = (), ident: str = "") -> Video:
        """Read where a request stands; the answer does not say which one it is."""
        return super().video({**data, "id": ident}, given)

    def status(self, word: str) -> Status | None:
        """Read a status word."""
        known = {ENDED.lower(): Status.COMPLETED, "failed": Status.FAILED, "queued": Status.QUEUED}
        return known.get(word.lower(), Status.IN_PROGRESS)

    def result_of(self, data: Any, ident: str) -> Video:
        """Read the vendor's own answer about the task."""
        if data.get("status") == ENDED and data.get("error_type"):
            return self.video(data, ident=ident)
        headers = data.pop("headers", {})
        model = ident.rpartition("/")[0]
        made = self._partner(model).video(data, ident=ident)
        status = Status.FAILED if made.status is Status.FAILED else Status.COMPLETED
        told = {"id": ident, "model": model, "status": status, "progress": 100, "base_url": self.base_url}
        return made.model_copy(update={**told, "raw": {**made.raw, "headers": headers}})

    def charge(self, entry: Mapping[str, Any]) -> int | None:
        """Return what the headers of a result say it cost: dollars, else credits."""
        headers = entry.get("headers", {})
        if COST in headers:
            return math.ceil(1_000_000 * Decimal(headers[COST]))
        return math.ceil(1_000_000 * Decimal(headers[CREDITS]) / CREDITS_PER_DOLLAR) if CREDITS in headers else None

    def pause(self, answer: Answer) -> float | None:
        """Return the seconds of Retry-After."""
        asked = answer.headers.get("retry-after", "")
        return min(int(asked), LONGEST_PAUSE) if asked.isdecimal() and len(asked) < 9 else None

    def error(self, answer: Answer, *, model: str, paid: bool, retry_after: float | None) -> SoraError:
        """Read an answer that says no; a header has the kind of error, which a 422 has nowhere else."""
        message, code, _ = errors.envelope(answer.body)
        headers = answer.headers
        told = (message, headers.get("x-comfy-error-type", code), headers.get("x-comfy-request-id", ""))
        return errors.classify(answer.status, told, self.profile, model=model, paid=paid, retry_after=retry_after)


def _bare(model: str) -> str:
    return model.partition("/")[2]


def _handed_on(order: Order) -> Order:
    return order.model_copy(update={"model": _bare(order.model)})


def _detail(data: Mapping[str, Any]) -> str:
    """Return what a detail says: a text, or a list of what is wrong with fields."""
    detail = data.get("detail", "")
    said = [each.get("msg") for each in detail] if isinstance(detail, list) else [detail]
    return "; ".join(map(str, filter(None, said)))
