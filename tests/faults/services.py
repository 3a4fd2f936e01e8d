"""What the fault tests know of the services: which request is which, what an accepted create's answer names, and whose library did what.

The figures of the official libraries were measured on a loopback on 2026-11-26: one paid create against a server that
answers 500 or 503, closes the connection once it has read the request, or hangs past the client's own timeout; counted
are the POSTs that arrived within 12 to 14 seconds. A plus says that it was still trying.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.proxy import Answer


class Library(NamedTuple):
    """The official library of a service, or another one that speaks to it, and the POSTs it sent for one order."""

    name: str
    after_500: str
    after_503: str
    after_drop: str
    after_hang: str


@dataclass(frozen=True)
class Wire:
    """What the faults need to know of a service.

    Attributes:
        kinds: kinds of requests, each with a pattern of "METHOD path?query"; the first that fits counts.
        accepted: reads the task, as the client calls it, out of the answer to a create and its path; "" where it names none.
        finds: how a lost create can be asked for: "by its key", "by its seed", "by sending its key again"; "" where nobody can.
        charge: where an answer says what was charged: keys and places, or "headers" and a name.
        tells: whether that is dollars, which beat the price list.
        host: the path at which another host takes files; "" where none does.
        library: what a library did on faults like these; None where none speaks this wire, or none was measured.
    """

    kinds: tuple[tuple[str, str], ...]
    accepted: Callable[[Answer, str], str]
    finds: str = ""
    charge: tuple[str | int, ...] = ()
    tells: bool = False
    host: str = ""
    library: Library | None = None


def _named(answer: Answer, path: str) -> str:
    return str(answer.json()["id"])


def _local(answer: Answer, path: str) -> str:
    if answer.header("content-type").startswith("text/event-stream"):
        return "video_" + re.search(rb"foaicmpl-(\w+)", answer.body)[1].decode()
    return _named(answer, path)


def _minimax(answer: Answer, path: str) -> str:
    return str(answer.json()["task_id"])


def _kling(answer: Answer, path: str) -> str:
    data = answer.json()["data"] or {}  # a refusal has HTTP 200, and no data
    return f"element:{data['task_id']}" if "task_id" in data else str(data.get("id", ""))


def _comfy(answer: Answer, path: str) -> str:
    model = path.removeprefix("/v2/models/").removesuffix("/requests")
    return f"{model}/{answer.json()['request_id']}"


LOCAL = Wire(
    kinds=(
        ("stream", r"POST /v1/chat/completions"),
        ("create", r"POST /v1/videos(?:/characters)?"),
        ("create", r"POST /sora/v1/characters"),
        ("upload", r"POST /v1/files"),
        ("list", r"GET /v1/videos\?.*"),
        ("list", r"GET /sora/v1/characters(?:\?.*)?"),
        ("content", r"GET /v1/videos/[^/]+/content"),
        ("content", r"GET /sora/files/.*\.mp4.*"),
        ("picture", r"GET /sora/files/.*"),
        ("poll", r"GET /v1/videos/.*"),
    ),
    accepted=_local,
)
FILM = ("content", r"GET /sora/files/.*")
SERVICES = {
    "ark": Wire(
        kinds=(
            ("create", r"POST /api/v3/contents/generations/tasks"),
            ("list", r"GET /api/v3/contents/generations/tasks\?.*"),
            ("poll", r"GET /api/v3/contents/generations/tasks/.+"),
            FILM,
        ),
        accepted=_named,
        finds="by its seed",
        charge=("usage", "completion_tokens"),
        library=Library("byteplus-python-sdk-v2 3.0.63", "-", "-", "3", "3"),
    ),
    "comfy": Wire(
        kinds=(
            ("create", r"POST /v2/models/.+/requests"),
            ("poll", r"GET /v2/models/.+/requests/.+/status"),
            ("result", r"GET /v2/models/.+/requests/.+"),
            FILM,
        ),
        accepted=_comfy,
        finds="by sending its key again",
        charge=("headers", "x-litellm-response-cost"),
        tells=True,
        library=Library("comfy-sdk 0.5.0", "1", "1", "1", "1"),
    ),
    "gemini": Wire(
        kinds=(
            ("create", r"POST /v1(?:beta)?/interactions"),
            ("poll", r"GET /v1(?:beta)?/interactions/.+"),
            ("content", r"GET /v1(?:beta)?/files/.+"),
        ),
        accepted=_named,
        charge=("usage", "total_output_tokens"),
        library=Library("google-genai 3.6.1", "5", "5", "1", "1"),
    ),
    "kling": Wire(
        kinds=(
            ("create", r"POST /omni-video/.+"),
            ("registration", r"POST /v1/general/advanced-custom-elements"),
            ("list", r"GET /tasks\?external_task_ids=.*"),
            ("poll", r"GET /tasks\?task_ids=.*"),
            ("element", r"GET /v1/general/advanced-custom-elements/.*"),
            FILM,
        ),
        accepted=_kling,
        finds="by its key",
        charge=("data", 0, "billing", 0, "amount"),
        tells=True,
    ),
    "laozhang": Wire(
        kinds=(
            ("create", r"POST /v1/videos"),
            ("list", r"GET /v1/videos\?.*"),
            ("content", r"GET /v1/videos/[^/]+/content"),
            ("poll", r"GET /v1/videos/.+"),
            FILM,
        ),
        accepted=_named,
    ),
    "minimax": Wire(
        kinds=(
            ("create", r"POST /v2/video_generation"),
            ("poll", r"GET /v2/query/video_generation/.+"),
            FILM,
        ),
        accepted=_minimax,
        charge=("task", "usage", "total_seconds"),
        library=Library("litellm 1.110.2", "1", "-", "-", "-"),
    ),
    "openrouter": Wire(
        kinds=(
            ("create", r"POST /api/v1/videos"),
            ("content", r"GET /api/v1/videos/.+/content.*"),
            ("poll", r"GET /api/v1/videos/.+"),
            FILM,
        ),
        accepted=_named,
        charge=("usage", "cost"),
        tells=True,
        library=Library("openrouter 1.3.84", "6+", "6+", "1", "4+"),
    ),
    "runway": Wire(
        kinds=(
            ("create", r"POST /v1/(?:text|image)_to_video"),
            ("upload", r"POST /v1/uploads"),
            ("poll", r"GET /v1/tasks/.+"),
            FILM,
        ),
        accepted=_named,
        charge=("cost", "credits"),
        tells=True,
        host="/uploads/",
        library=Library("runwayml 5.24.0", "3", "3", "3", "3"),
    ),
}
