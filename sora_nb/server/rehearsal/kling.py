"""Rehearse Kling: contents with ids, elements that are kept, and numbers for errors.

Paths, fields and words are those of its API of July 2026, as third parties and docs.comfy.org describe it, read on
2026-11-26; elements are on the paths of the API before.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from sora_nb.models import in_dollars, micros
from sora_nb.server.rehearsal import fields
from sora_nb.server.rehearsal.base import MAX_JSON, Rehearsal
from sora_nb.server.rehearsal.cast import Shown
from sora_nb.server.rehearsal.fields import frame_size
from sora_nb.server.rehearsal.pictures import PictureRules
from sora_nb.server.rehearsal.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from sora_nb.server.rehearsal.base import Answer
    from sora_nb.server.rehearsal.refused import Fault, Why
    from sora_nb.server.rehearsal.tasks import Task

WORDS = {"queued": "submitted", "running": "processing", "cancelled": "failed"}
NUMBERS: Mapping[Why, int] = {
    "key": 1001,
    "invalid": 1201,
    "missing": 1203,
    "policy": 1301,
    "throttled": 1302,
    "lost": 5000,
    "link": 1103,
    "conflict": 1201,
}
RATIOS = ("16:9", "9:16", "1:1")
PICTURE = PictureRules(most=1, least_side=300, widest=2.5, most_bytes=10_000_000, formats=("JPEG", "PNG"))
LONGEST_PROMPT = 2500
PICTURES = 7
"""Most pictures of one order."""
MARK = r"(?:@\w+|<<<image_\d+>>>)"
SAME = re.compile(rf"(?P<who>{MARK}(?:(?:, | and ){MARK})+) show the same character\.\s*", re.ASCII)


@dataclass(frozen=True)
class Model:
    """A model: its lengths in seconds, its dollars a second by resolution and sound, and what it can be shown."""

    lengths: range
    prices: Mapping[str, tuple[str, str]]
    images: int = PICTURES
    elements: int = 7
    text_alone: bool = False


MODELS = {
    "kling-3.0-omni": Model(
        range(3, 16), {"720p": ("0.084", "0.112"), "1080p": ("0.112", "0.14"), "4k": ("0.42", "0.42")}
    ),
    "kling-o1": Model(range(3, 11), {"720p": ("0.084", "0.084"), "1080p": ("0.112", "0.112")}),
}


def number() -> str:
    """Return an id of 18 digits."""
    return str(secrets.randbelow(9 * 10**17) + 10**17)


@dataclass
class Element:
    """A character that is kept: its pictures, its key, and how often it was asked for until it was ready."""

    pictures: list[bytes]
    key: str
    fails: bool
    task: str = field(default_factory=number)
    id: str = field(default_factory=number)
    asked: int = 0


class Server(Rehearsal):
    """Kling on this machine."""

    name = "kling"
    statuses: ClassVar[Mapping[Why, int]] = {"policy": 200}
    said: ClassVar[Mapping[Fault, tuple[str, str]]] = {
        "policy": ("", "Failure to pass the risk control system"),
        "throttled": ("", "API request too fast"),
        "lost": ("", "Service internal error"),
        "failed": ("", "The video could not be generated."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.elements: dict[str, Element] = {}
        super().__init__(*args, **kwargs)

    def routes(self) -> Sequence[BaseRoute]:
        """Return the routes."""
        elements = "/v1/general/advanced-custom-elements"
        return [
            self.route("POST", "/omni-video/{model}", self.create),
            self.route("GET", "/tasks", self.poll),
            self.route("POST", elements, self.make_element),
            self.route("GET", f"{elements}/{{id}}", self.poll_element),
        ]

    def make_id(self) -> str:
        """Return an id like those of Kling."""
        return number()

    def error(self, refused: Refused, status: int) -> dict[str, Any]:  # noqa: ARG002
        """Return an error as Kling has it: a number."""
        return answer(None, code=NUMBERS[refused.why], message=refused.message)

    # --- videos ----------------------------------------------------------------------------------------------------

    async def create(self, request: Request) -> Answer:
        """Accept a video."""
        asked = await self.fields(request)
        model = MODELS.get(request.path_params["model"])
        if model is None:
            raise Refused("missing", f"The model {request.path_params['model']} does not exist")
        key = str(fields.mapping(asked, "options").get("external_task_id") or "")
        self._check_key_unused(key)
        task = self.accept(**order_of(self, asked, model, self.elements), extra={"external_id": key})
        return answer({"id": task.id, "external_id": key, "status": "submitted"})

    def _check_key_unused(self, key: str) -> None:
        used = [task.extra["external_id"] for task in self.tasks()] + [each.key for each in self.elements.values()]
        if key and key in used:
            raise Refused("invalid", f"external_task_id {key} exists already")

    async def poll(self, request: Request) -> Answer:
        """Say where tasks stand, by their ids or external ids; those that there are not are left out."""
        idents = request.query_params.get("task_ids", "").split(",")
        keys = request.query_params.get("external_task_ids", "").split(",")
        found = [task for task in self.tasks() if task.id in idents or (task.extra["external_id"] or "-") in keys]
        return answer([self._told(request, task) for task in found])

    def _told(self, request: Request, task: Task) -> dict[str, Any]:
        return {
            "id": task.id,
            "external_id": task.extra["external_id"],
            "status": WORDS.get(task.state, task.state),
            "message": task.error,
            "create_time": int(1000 * task.created_at),
            "update_time": int(1000 * (task.ended_at or task.created_at)),
            **outcome(self, request, task),
        }

    # --- elements --------------------------------------------------------------------------------------------------

    async def make_element(self, request: Request) -> Answer:
        """Accept an element of pictures."""
        asked = await self.fields(request)
        fields.text(asked, "element_name", longest=20)
        fields.text(asked, "element_description", longest=100)
        fields.choice(asked, "reference_type", {"image_refer"}, "")
        shown = fields.mapping(asked, "element_image_list")
        others = [each.get("image_url") for each in fields.items(shown, "refer_images")]
        if not 1 <= len(others) <= 3:
            raise Refused("invalid", "refer_images: 1 to 3 pictures are taken.")
        pictures = [picture(self, each) for each in (shown.get("frontal_image"), *others)]
        key = str(asked.get("external_task_id") or "")
        self._check_key_unused(key)
        fault = self.begin()
        made = Element(pictures, key, fails=fault == "failed")
        self.elements[made.id] = made
        self.answer(fault)
        return answer(_element(made, "submitted"))

    async def poll_element(self, request: Request) -> Answer:
        """Say where an element stands, by the id of its task or its external id; it is ready when asked twice."""
        ident = request.path_params["id"]
        made = next((each for each in self.elements.values() if ident in {each.task, each.key}), None)
        if made is None:
            raise Refused("missing", f"There is no element task {ident[:80]!r}")
        made.asked += 1
        if made.asked < 2:
            return answer(_element(made, "processing"))
        if made.fails:
            return answer(_element(made, "failed", task_status_msg="No subject was found in the pictures"))
        result = {"elements": [{"element_id": made.id, "status": "succ"}]}
        return answer(_element(made, "succeed", task_result=result))


def order_of(
    server: Rehearsal, asked: Mapping[str, Any], model: Model, elements: Mapping[str, Element]
) -> dict[str, Any]:
    """Read a body with contents: what Rehearsal.accept() takes.

    Raises:
        Refused: Kling would refuse it.
    """
    contents = fields.items(asked, "contents")
    if contents and "prompt" in asked:
        raise Refused("invalid", "prompt: it belongs into contents, not beside them.")
    if not contents and model.text_alone:
        contents = [{"type": "prompt", "text": fields.text(asked, "prompt", longest=LONGEST_PROMPT)}]
    by_type: dict[str, list[dict[str, Any]]] = {
        kind: [] for kind in ("prompt", "first_frame", "refer_image", "element")
    }
    for item in contents:
        by_type[fields.choice(item, "type", by_type, "")].append(item)
    idents = [fields.text(item, "id") for kind in ("refer_image", "element") for item in by_type[kind]]
    if len(set(idents)) < len(idents):
        raise Refused("invalid", "contents: every id must be unique.")
    for kind, most in (("first_frame", 1), ("refer_image", model.images), ("element", model.elements)):
        if len(by_type[kind]) > most:
            raise Refused("invalid", f"contents: at most {most} of the type {kind} are taken.")
    if len(by_type["prompt"]) != 1:
        raise Refused("invalid", "contents: one item of the type prompt is required.")
    held = [[picture(server, item.get("url"))] for item in by_type["refer_image"]]
    held += [_kept(elements, item) for item in by_type["element"]]
    text = fields.text(by_type["prompt"][0], "text", longest=LONGEST_PROMPT)
    prompt, tokens = bound(text, [f"@{ident}" for ident in idents], held)
    frames = [picture(server, item.get("url")) for item in by_type["first_frame"]]
    settings = fields.mapping(asked, "settings")
    resolution = fields.choice(settings, "resolution", model.prices, "720p")
    seconds = fields.choice(settings, "duration", model.lengths, 5)
    sound = fields.choice(settings, "audio", {"native", "off", "original"}, "off") == "native"
    fields.choice(settings, "multi_shot", {False}, default=False)
    return {
        "prompt": prompt,
        "seconds": seconds,
        "size": frame_size(fields.choice(settings, "aspect_ratio", RATIOS, RATIOS[0]), resolution),
        "pictures": [one for each in held for one in each],
        "tokens": tokens,
        "first": next(iter(frames), None),
        "charge": micros(model.prices[resolution][sound]) * seconds,
    }


def bound(prompt: str, marks: Sequence[str], held: Sequence[list[bytes]]) -> tuple[str, dict[str, Shown]]:
    """Return a prompt without the sentences that say whose pictures belong together, and who is seen in which."""
    starts = [sum(map(len, held[:place])) for place in range(len(held))]
    seen = {
        mark: tuple(range(start, start + len(pictures)))
        for mark, start, pictures in zip(marks, starts, held, strict=True)
    }
    for match in SAME.finditer(prompt):
        first, *others = re.findall(MARK, match["who"], re.ASCII)
        seen[first] = sum((seen.pop(each, ()) for each in others), seen.get(first, ()))
    return SAME.sub("", prompt), {mark: Shown(pictures) for mark, pictures in seen.items()}


def outcome(server: Rehearsal, request: Request, task: Task) -> dict[str, Any]:
    """Return what a task that succeeded has made, and what it cost."""
    if task.state != "succeeded":
        return {"outputs": [], "billing": []}
    film = {"type": "video", "id": task.name, "url": server.link(request, task), "duration": f"{task.seconds:g}"}
    return {"outputs": [film], "billing": [{"amount": f"{in_dollars(task.charge):.2f}", "charge_type": "cash"}]}


def picture(server: Rehearsal, given: object) -> bytes:
    """Read a picture: base64 without a prefix, or an address."""
    if not isinstance(given, str) or len(given) > MAX_JSON or given.startswith("data:"):
        raise Refused("invalid", "A picture is base64 without a prefix, or an address.")
    return server.pictures([given], PICTURE)[0]


def _kept(elements: Mapping[str, Element], item: Mapping[str, Any]) -> list[bytes]:
    found = elements.get(fields.text(item, "element_id"))
    if found is None:
        raise Refused("invalid", f"There is no element {item['element_id'][:80]!r} in this account")
    return found.pictures


def _element(made: Element, status: str, **more: Any) -> dict[str, Any]:
    told = {
        "task_id": made.task,
        "task_status": status,
        "task_status_msg": "",
        "task_info": {"external_task_id": made.key},
    }
    return {**told, "created_at": int(1000 * time.time()), "updated_at": int(1000 * time.time()), **more}


def answer(data: Any, *, code: int = 0, message: str = "SUCCEED") -> dict[str, Any]:
    """Return an answer in Kling's envelope."""
    return {"code": code, "message": message, "request_id": secrets.token_hex(16), "data": data}
