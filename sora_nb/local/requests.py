"""What clients ask the local server for, read and checked before anything is accepted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from sora_nb import profiles, prompts
from sora_nb.errors import InvalidInput
from sora_nb.failures import error_body
from sora_nb.models import Clip, Status
from sora_nb.protocol import MAX_IMAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.local.store import Store

RULES = profiles.get("local")
CHARACTER_MODELS = {"sora-2-character", "sora-character", "sora-2-pro-character"}
MAX_SECONDS = 60
SIDES = (64, 1920)
MAX_PICTURE_PIXELS = 50_000_000
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")


class Refused(Exception):
    """A request that is answered with an error: nothing was accepted, nothing is charged.

    Args:
        status: HTTP status.
        message: what is wrong.
        param: the field it is about.
        code: a word for programs.
    """

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(message, param=param, code=code)


def character(body: Mapping[str, Any], host: str, store: Store) -> dict[str, Any]:
    """Check the body of POST /sora/v1/characters.

    Args:
        body: the decoded JSON object.
        host: host and port of this server, to know its own uploads by their address.
        store: where tasks are.

    Returns:
        What the task needs: timestamps, and one of url, from_task, upload.

    Raises:
        Refused: with 400 or 404.
    """
    model = body.get("model")
    if model is not None and model not in CHARACTER_MODELS:
        raise Refused(404, f"There is no model {model!r} for characters.", param="model", code="model_not_found")
    url, task = body.get("url"), body.get("from_task")
    if bool(url) == bool(task):
        raise Refused(400, "url and from_task cannot be provided together or both be empty.", param="url")
    asked: dict[str, Any] = {"timestamps": _clip(body.get("timestamps")).timestamps}
    subject = body.get("subject")
    if subject is not None:
        asked["subject"] = _subject(subject)
    return asked | (_finished_task(task, store) if task else _source(url, host, store))


def _clip(value: Any) -> Clip:
    try:
        return Clip.parse(value).check(RULES.character.span)
    except InvalidInput as error:
        message = f"Invalid timestamps parameter: {error.message} {error.hint}".strip()
        raise Refused(400, message, param="timestamps", code="invalid_timestamps") from error


def _subject(value: Any) -> list[float]:
    numbers = value if isinstance(value, list) and len(value) in {2, 4} else []
    if not numbers or not all(isinstance(number, int | float) and 0 <= number <= 1 for number in numbers):
        message = "subject is a point [x, y] or a box [left, top, right, bottom], as parts of width and height."
        raise Refused(400, message, param="subject")
    return [float(number) for number in (numbers * 2 if len(numbers) == 2 else numbers)]


def _finished_task(task: Any, store: Store) -> dict[str, Any]:
    found = store.get(str(task), "video")
    if found is None:
        raise Refused(404, f"There is no video task {task!r}.", param="from_task", code="task_not_found")
    if found.status is not Status.COMPLETED:
        message = f"Task is not completed yet, current status: {found.status.value}."
        raise Refused(400, message, param="from_task", code="task_not_completed")
    return {"from_task": found.id}


def _source(url: Any, host: str, store: Store) -> dict[str, Any]:
    parts = urlsplit(str(url)[:4000])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(400, "url is an http or https address of a video.", param="url", code="invalid_url")
    own = re.fullmatch(r"/v1/files/([\w-]+)/content", parts.path)
    if own and parts.netloc == host:
        if store.get(own[1], "file") is None:
            raise Refused(404, f"There is no uploaded file {own[1]!r}.", param="url", code="file_not_found")
        return {"upload": own[1]}
    return {"url": str(url)}


def video(fields: Mapping[str, Any], picture: bytes | None, store: Store) -> dict[str, Any]:
    """Check the fields of POST /v1/videos, however they came.

    Args:
        fields: prompt, model, size, seconds, seed, characters, input_reference.
        picture: bytes of an uploaded input_reference.
        store: where characters are, and where the picture is kept.

    Raises:
        Refused: with 400.
    """
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > RULES.video.prompt_longest:
        raise Refused(400, "prompt is a text of 1 to 32000 characters.", param="prompt")
    asked = {
        "prompt": prompt,
        "model": str(fields.get("model") or RULES.video.model)[:100],
        "size": _size(fields.get("size") or RULES.video.size),
        "seconds": _seconds(fields.get("seconds") or RULES.video.seconds),
        "seed": _seed(fields.get("seed") or 0),
    }
    _check_cast(prompt, store)
    reference = fields.get("input_reference")
    if picture is None and reference is not None:
        picture = _data_picture(reference)
    if picture is not None:
        asked["reference"] = _keep_picture(picture, store)
    return asked


def _check_cast(prompt: str, store: Store) -> None:
    names = prompts.usernames(prompt)
    if len(names) > RULES.character.mentions:
        message = f"too many users mentioned: {len(names)}, at most {RULES.character.mentions}."
        raise Refused(400, message, param="prompt", code="too_many_mentions")
    for name in names:
        if store.character(name) is None:
            raise Refused(400, f"The user @{name} does not have a cameo.", param="prompt", code="cameo_not_found")


def _size(value: Any) -> str:
    match = _SIZE.fullmatch(str(value))
    sides = [int(side) for side in match.groups()] if match else []
    if not sides or not all(SIDES[0] <= side <= SIDES[1] and side % 2 == 0 for side in sides):
        message = f"size is WIDTHxHEIGHT, like 1280x720: even numbers from {SIDES[0]} to {SIDES[1]}."
        raise Refused(400, message, param="size")
    return str(value)


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,3}", str(value)) or not 1 <= int(value) <= MAX_SECONDS:
        raise Refused(400, f"seconds is a whole number from 1 to {MAX_SECONDS}.", param="seconds")
    return int(value)


def _seed(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,15}", str(value)):
        raise Refused(400, "seed is a whole number, 0 or more.", param="seed")
    return int(value)


def _data_picture(reference: Any) -> bytes:
    url = reference.get("image_url") if isinstance(reference, dict) else reference
    url = url.get("url") if isinstance(url, dict) else url
    head, _, data = str(url).partition(";base64,")
    if not head.startswith("data:image/"):
        message = "input_reference is a file, or a data:image/...;base64 address; this server fetches no pictures."
        raise Refused(400, message, param="input_reference", code="invalid_type")
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise Refused(400, "The data address of input_reference is damaged.", param="input_reference") from error


def _keep_picture(picture: bytes, store: Store) -> str:
    """Check a picture and keep it under its hash."""
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as image:
            pixels = image.width * image.height
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        message = "input_reference is a PNG, JPEG or WebP picture."
        raise Refused(400, message, param="input_reference") from error
    if pixels > MAX_PICTURE_PIXELS or len(picture) >= MAX_IMAGE_BYTES:
        message = f"input_reference has at most {MAX_PICTURE_PIXELS // 10**6} megapixels and 10 MB."
        raise Refused(400, message, param="input_reference")
    path = store.upload_path(hashlib.sha256(picture).hexdigest())
    path.write_bytes(picture)
    return str(path)


def chat(body: Mapping[str, Any], store: Store) -> dict[str, Any]:
    """Check the body of POST /v1/chat/completions: the model's name fixes size and length.

    Raises:
        Refused: with 400 or 404.
    """
    model = next((entry for entry in RULES.chat_models if entry.model == body.get("model")), None)
    if model is None:
        known = ", ".join(entry.model for entry in RULES.chat_models)
        message = f"There is no model {body.get('model')!r}; this route has {known}."
        raise Refused(404, message, param="model", code="model_not_found")
    messages = body.get("messages")
    content = messages[-1].get("content") if isinstance(messages, list) and messages else None
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    pictures = [part.get("image_url") for part in parts if isinstance(part, dict) and part.get("type") == "image_url"]
    if len(pictures) > 1:
        raise Refused(400, "One picture can be sent at most.", param="messages")
    fields = {
        "prompt": "\n".join(text for text in texts if isinstance(text, str)),
        "model": model.model,
        "size": model.size,
        "seconds": model.seconds,
        "input_reference": {"image_url": pictures[0]} if pictures else None,
    }
    return video(fields, None, store)
