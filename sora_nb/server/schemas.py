"""Describe the local server's routes for its OpenAPI document: what they take and answer.

Answers are models, so that FastAPI holds every route to what is written here. Requests are checked by `checks`,
whose sentences are made for people, and described here for programs.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from sora_nb.models import Status
from sora_nb.server import checks
from sora_nb.server.checks import RULES


class ErrorDetail(BaseModel):
    """What went wrong: for people, and for programs."""

    message: str
    type: str
    param: str | None
    code: str | int | None


class Error(BaseModel):
    """OpenAI's error envelope."""

    error: ErrorDetail


class TaskError(BaseModel):
    """Why a task failed."""

    code: str
    message: str


class Video(BaseModel):
    """A video task: OpenAI's object, the vendor's `url`, what was not understood, and the key it was created with."""

    id: str
    object: Literal["video"]
    model: str
    status: Status
    progress: int = Field(ge=0, le=100)
    created_at: int
    completed_at: int | None
    expires_at: int | None
    prompt: str
    remixed_from_video_id: str | None
    seconds: str
    size: str
    url: str | None
    warnings: list[str]
    error: TaskError | None
    idempotency_key: str | None


class Character(BaseModel):
    """A character: the vendor's fields first, OpenAI's `name` and `created_at`, and what this server knows besides."""

    id: str
    username: str | None
    display_name: str | None
    permalink: str
    profile_picture_url: str | None
    cutout_url: str | None
    name: str | None
    object: Literal["character"]
    status: Status
    progress: int = Field(ge=0, le=100)
    created_at: int
    timestamps: str
    quality: float | None
    found_by: str | None
    warnings: list[str]
    error: TaskError | None
    idempotency_key: str | None


class _Page(BaseModel):
    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VideoPage(_Page):
    """Video tasks, and where the next page begins."""

    data: list[Video]


class CharacterPage(_Page):
    """Characters."""

    data: list[Character]


class Deleted(BaseModel):
    """A video task that is no more."""

    id: str
    object: Literal["video.deleted"]
    deleted: Literal[True]


class File(BaseModel):
    """An uploaded file: OpenAI's object; `error` is the status of one that is gone."""

    id: str
    object: Literal["file"]
    bytes: int
    created_at: int
    expires_at: int
    filename: str
    purpose: str
    status: Literal["processed", "error"]
    status_details: str | None


class FilePage(_Page):
    """Uploaded files."""

    data: list[File]


class ChatMessage(BaseModel):
    """What the synchronous route says."""

    role: Literal["assistant"]
    content: str


class ChatChoice(BaseModel):
    """The only answer there is."""

    index: int
    message: ChatMessage
    finish_reason: Literal["stop"]


class Chat(BaseModel):
    """The whole answer of the synchronous route, where it is not streamed."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoice]


class Model(BaseModel):
    """A model's name."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """The models."""

    object: Literal["list"]
    data: list[Model]


class Count(BaseModel):
    """Calls of one kind."""

    accepted: int
    completed: int


class Quota(BaseModel):
    """What a person may order each month at list price, what was ordered since its first day, and what is left."""

    person: str
    limit: str | None
    since: str
    used: str
    left: str | None


class Usage(BaseModel):
    """Calls accepted and finished, what they cost at list price, and what is charged here; a person's with the quota."""

    object: Literal["usage"]
    character: Count
    video: Count
    list_price: str
    charged: str
    quota: Quota | None = None


class Health(BaseModel):
    """Says that the server answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Says whether requests may be sent to this server, and what does not answer where they may not."""

    status: Literal["ready", "unready", "draining"]
    database: Literal["ok", "down"]
    files: Literal["ok", "down"]


REFUSED: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Error, "description": "Refused: nothing was accepted, nothing is charged."}
}
ACCEPTED_BUT_FAILED: dict[int | str, dict[str, Any]] = {
    500: {"model": Error, "description": "Accepted, and failed in the engine. Do not send it again."},
    504: {"model": Error, "description": "Accepted, and still going on. Do not send it again."},
}


def content(*types: str) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a file of one of these types."""
    schema = {"type": "string", "format": "binary"}
    entry = {kind: {"schema": schema} for kind in types}
    return {
        200: {"description": "The file.", "content": entry},
        206: {"description": "The part of the file that the Range header asks for.", "content": entry},
    }


# --- what is sent -----------------------------------------------------------------------------------------------------

_TEXT = {"type": "string", "minLength": 1}
_FILE = {"type": "string", "format": "binary"}
_PROMPT = {
    "type": "string",
    "minLength": 1,
    "maxLength": RULES.video.prompt_longest,
    "pattern": r"[^\s\x1c-\x1f\x85]",
    "description": "What should be seen. Characters are mentioned as `@username`, or listed and called by name.",
}
_SECONDS = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": checks.MAX_SECONDS},
        {"type": "string", "pattern": "^([1-9]|[1-5][0-9]|60)$"},
        {"type": "null"},
    ],
    "description": "Length in seconds.",
}
_SIDE = "(6[468]|[789][02468]|[1-9][0-9][02468]|1[0-8][0-9][02468]|19[01][02468]|1920)"
_SIZE = {
    "anyOf": [{"type": "string", "pattern": f"^{_SIDE}x{_SIDE}$"}, {"type": "null"}],
    "description": f"WIDTHxHEIGHT: even numbers from {checks.SIDES[0]} to {checks.SIDES[1]}.",
    "examples": ["1280x720"],
}
_MODEL = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 100}, {"type": "null"}]}
_SEED = {
    "anyOf": [
        {"type": "integer", "minimum": 0, "maximum": 10**15 - 1},
        {"type": "string", "pattern": "^(0|[1-9][0-9]{0,14})$"},
        {"type": "null"},
    ],
    "description": "The same request with the same seed gives the same video (extension of this server).",
}
_CHARACTERS = {
    "anyOf": [
        {
            "type": "array",
            "maxItems": RULES.character.mentions,
            "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        },
        {"type": "null"},
    ],
    "description": "Characters whose names stand in the prompt as they are.",
}
_DATA_URL = {
    "type": "string",
    "format": "data-url",
    "pattern": "^data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
_REFERENCE = {
    "anyOf": [
        _DATA_URL,
        {"type": "object", "properties": {"image_url": _DATA_URL}, "required": ["image_url"]},
        {"type": "object", "properties": {"file_id": _TEXT}, "required": ["file_id"]},
        {"type": "null"},
    ],
    "description": "A picture to start from: PNG, JPEG or WebP below 10 MB.",
}
_SOURCE = {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]}
_NAME = {"type": "string", "minLength": 1, "maxLength": checks.NAME_LONGEST, "pattern": r"[^\s\x1c-\x1f\x85]"}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _body(json: dict[str, Any] | None, form: dict[str, Any] | None = None) -> dict[str, Any]:
    kinds = {"application/json": json, "multipart/form-data": form}
    content = {kind: {"schema": schema} for kind, schema in kinds.items() if schema is not None}
    return {"requestBody": {"required": True, "content": content}}


CREATE_VIDEO = _body(
    _object(
        ("prompt",),
        prompt=_PROMPT,
        model=_MODEL,
        size=_SIZE,
        seconds=_SECONDS,
        seed=_SEED,
        characters=_CHARACTERS,
        input_reference=_REFERENCE,
    ),
    _object(
        ("prompt",),
        prompt=_PROMPT,
        model=_MODEL["anyOf"][0],
        size=_SIZE["anyOf"][0],
        seconds=_SECONDS["anyOf"][1],
        seed=_SEED["anyOf"][1],
        input_reference=_FILE,
        **{"characters[][id]": {"type": "array", "maxItems": RULES.character.mentions, "items": _TEXT}},
    ),
)
REMIX = _body(_object(("prompt",), prompt=_PROMPT))
EDIT = _body(
    _object(("prompt", "video"), prompt=_PROMPT, video=_SOURCE),
    _object(("prompt",), prompt=_PROMPT, video=_FILE, **{"video[id]": _TEXT}),
)
EXTEND = _body(
    _object(("prompt", "video"), prompt=_PROMPT, video=_SOURCE, seconds=_SECONDS),
    _object(("prompt",), prompt=_PROMPT, video=_FILE, seconds=_SECONDS["anyOf"][1], **{"video[id]": _TEXT}),
)
CREATE_NAMED_CHARACTER = _body(None, _object(("name", "video"), name=_NAME, video=_FILE))
_TIMESTAMPS = {
    "type": "string",
    "pattern": r"^\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*,\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*$",
    "description": "Start and end in seconds, 1 to 3 s apart.",
    "examples": ["1,3"],
}
_SUBJECT = {
    "anyOf": [
        {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": count, "maxItems": count}
        for count in (2, 4)
    ]
    + [{"type": "null"}],
    "description": "A point or a box as parts of width and height (extension of this server).",
}
_CHARACTER = {
    "model": {"enum": [*sorted(checks.CHARACTER_MODELS), None]},
    "timestamps": _TIMESTAMPS,
    "subject": _SUBJECT,
}
CREATE_CHARACTER = _body(
    {
        "oneOf": [
            _object(("url", "timestamps"), url={"type": "string", "pattern": "^https?://."}, **_CHARACTER),
            _object(("from_task", "timestamps"), from_task=_TEXT, **_CHARACTER),
        ]
    }
)
_TEXT_PART = _object(("type", "text"), type={"const": "text"}, text=_PROMPT)
_IMAGE_PART = _object(("type", "image_url"), type={"const": "image_url"}, image_url=_object(("url",), url=_DATA_URL))
_PARTS = {"type": "array", "items": {"anyOf": [_TEXT_PART, _IMAGE_PART]}, "contains": _TEXT_PART}
_MESSAGE = _object(("role", "content"), role={"type": "string"}, content={"anyOf": [_PROMPT, _PARTS]})
CHAT = _body(
    _object(
        ("model", "messages"),
        model={"enum": [entry.model for entry in RULES.chat_models]},
        messages={"type": "array", "minItems": 1, "items": _MESSAGE},
        stream={"anyOf": [{"type": "boolean"}, {"type": "null"}]},
    )
)
_PURPOSE = {"type": "string", "minLength": 1, "maxLength": checks.PURPOSE_LONGEST}
UPLOAD = _body(None, _object(("file",), file=_FILE, purpose=_PURPOSE))
