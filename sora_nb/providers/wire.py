"""The wire, without any I/O: requests to send, answers to read. Client and local server share it, so they cannot drift.

Sources of the shapes: docs.laozhang.ai and docs.apiyi.com (characters, chat route, dialect A), the OpenAI Videos API as
typed by openai-python, and the new-api gateway's source for foreign status words. Field notes are marked as such.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from numbers import Integral
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sora_nb.errors import InvalidInput
from sora_nb.models import Character, Clip, Status, Video, moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sora_nb.providers.registry import Profile

IDEMPOTENCY_HEADER = "Idempotency-Key"
IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
MAX_IMAGE_BYTES = 10 * 1024 * 1024
"""apiyi's manual: an input_reference is PNG or JPEG below 10 MB."""
LONGEST_ID = 500
_STATUS_WORDS = {
    Status.QUEUED: "queued pending submitted not_start notstarted preparing unknown created starting",
    Status.IN_PROGRESS: "in_progress processing running generating",
    Status.COMPLETED: "completed complete success succeeded finished",
    Status.FAILED: "failed failure fail error cancelled canceled expired",
}
_STATUS = {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}


@dataclass(frozen=True)
class Request:
    """One HTTP request below the base URL.

    Attributes:
        method, path: as in HTTP.
        json: a JSON body, or None.
        form: multipart fields, or None; a multipart body is sent even without a file.
        files: multipart files: field name to path.
        query: parameters of the address.
        idempotency_key: sent as a header; set for paid creates only.
    """

    method: str
    path: str
    json: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""

    @property
    def paid(self) -> bool:
        """Whether the request may cost money, so that it must never be sent twice on its own."""
        return bool(self.idempotency_key)


# --- requests -------------------------------------------------------------------------------------------------------


def character_request(
    profile: Profile,
    clip: Clip,
    key: str,
    *,
    url: str | None = None,
    from_task: str | None = None,
    subject: Sequence[float] | None = None,
) -> Request:
    """Ask for a character from a public video address, or from a finished video task.

    Args:
        profile: the gateway.
        clip: the seconds that show the character.
        key: idempotency key.
        url: address of a video.
        from_task: id of a completed task.
        subject: where the subject is, for gateways that take it: a point (x, y) or a box (left, top, right, bottom),
            as parts of width and height.

    Raises:
        InvalidInput: both or neither source given, one the gateway does not take, or no such route.
        ClipError: the gateway does not take this clip.
    """
    if (url is None) == (from_task is None):
        raise InvalidInput("A character is made from a url or from a task: give exactly one of them.")
    source = "url" if url is not None else "from_task"
    if profile.routes.characters is None or source not in profile.character.sources:
        raise InvalidInput(
            f"The profile {profile.name!r} makes no characters from {source}.",
            hint=f"It takes: {', '.join(profile.character.sources) or 'nothing'}.",
        )
    clip.check(profile.character.span)
    if subject is not None and not profile.character.subject:
        raise InvalidInput(f"The profile {profile.name!r} finds the subject itself and takes no hint.")
    body: dict[str, Any] = {"model": profile.character.model} if profile.character.model else {}
    body |= {source: url or from_task, "timestamps": clip.timestamps}
    if subject is not None:
        body["subject"] = list(subject)
    return Request("POST", profile.routes.characters, json=body, idempotency_key=key)


def video_character_request(profile: Profile, key: str, *, name: str, video: Path) -> Request:
    """Ask for a character in the OpenAI shape: a name of 1 to 80 letters and the clip itself as a file.

    Raises:
        InvalidInput: the gateway has no such route, or the name has no or too many letters.
    """
    if profile.routes.video_characters is None:
        raise InvalidInput(f"The profile {profile.name!r} makes no characters from files.")
    if not 1 <= len(name) <= 80:
        raise InvalidInput("A character's name has 1 to 80 letters.")
    return Request(
        "POST", profile.routes.video_characters, form={"name": name}, files={"video": video}, idempotency_key=key
    )


def video_request(
    profile: Profile,
    key: str,
    *,
    prompt: str,
    model: str,
    size: str,
    seconds: int,
    reference: Path | None = None,
    character_ids: Sequence[str] = (),
    seed: int | None = None,
) -> Request:
    """Ask for a video on the asynchronous route.

    Args:
        profile: the gateway; it decides between JSON and multipart.
        key: idempotency key.
        prompt: the text.
        model: name of the model.
        size: like "1280x720".
        seconds: length; sent as text, as every gateway of the family wants it.
        reference: a picture to start from.
        character_ids: for gateways that take ids beside the prompt.
        seed: the local server takes one; left out when None.

    Raises:
        InvalidInput: no such route, a seed or length that is none or that the gateway does not take, or an unusable picture.
    """
    if profile.routes.videos is None:
        raise InvalidInput(f"The profile {profile.name!r} has no asynchronous route.")
    if not isinstance(seconds, Integral) or seconds < 1:
        # a fraction would be cut off after it was priced, and what is less than nothing would give money to a budget
        raise InvalidInput(f"A video's seconds are a whole number, 1 or more, not {seconds!r}.")
    if seed is not None and not isinstance(seed, Integral):
        raise InvalidInput(f"A seed is a whole number, not {seed!r}.")
    allowed = profile.video.seconds_allowed
    if allowed and seconds not in allowed:
        raise InvalidInput(f"The profile {profile.name!r} makes videos of {', '.join(map(str, allowed))} s.")
    fields = {"model": model, "prompt": prompt, "size": size, "seconds": str(seconds)}
    if seed is not None:
        fields["seed"] = str(seed)
    if reference is not None:
        image_type(reference)
    if reference is None and (profile.video.body == "json" or character_ids):
        body: dict[str, Any] = dict(fields)
        if character_ids:
            body["characters"] = [{"id": character_id} for character_id in character_ids]
        return Request("POST", profile.routes.videos, json=body, idempotency_key=key)
    fields |= {f"characters[{index}][id]": value for index, value in enumerate(character_ids)}
    picture = {"input_reference": reference} if reference is not None else {}
    return Request("POST", profile.routes.videos, form=fields, files=picture, idempotency_key=key)


def image_type(path: Path) -> str:
    """Return the media type of a picture that may be sent.

    Raises:
        InvalidInput: missing, of another kind, or 10 MB and more.
    """
    kind = IMAGE_TYPES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise InvalidInput(f"{path.name!r} is not a PNG, JPEG or WebP file on this machine.")
    if path.stat().st_size >= MAX_IMAGE_BYTES:
        raise InvalidInput(f"{path.name!r} has 10 MB or more; services take smaller pictures.")
    return kind


# --- answers --------------------------------------------------------------------------------------------------------


def decode(body: bytes | str) -> Any:
    """Decode JSON from outside. Half surrogate pairs, which no database and no page takes, are replaced.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig", "replace")
    try:
        data = json.loads(text)
        if "\\u" in text:
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return data


def status(word: object) -> Status:
    """Read a status word of any gateway; a word nobody knows means that the task still goes on."""
    return _STATUS.get(str(word or "queued").strip().lower(), Status.IN_PROGRESS)


def read_character(data: Any, profile: str, *, clip: Clip | None = None, source: str = "") -> Character:
    """Read the answer to a character request.

    Raises:
        ValueError: it holds no id or no usable username.
    """
    entry = _inner(data)
    name = entry.get("name")
    ident = str(entry.get("id") or entry.get("character_id") or "")
    return Character(
        id=ident,
        # a name without a Latin letter in it, like a cat's in Chinese, makes no handle
        username=str(entry.get("username") or (handle(name) or handle(name and ident))[:200]),
        display_name=str(entry.get("display_name") or name or ""),
        permalink=str(entry.get("permalink") or ""),
        profile_picture_url=str(entry.get("profile_picture_url") or entry.get("avatar_url") or ""),
        model=str(entry.get("model") or ""),
        clip=clip,
        source=source,
        profile=profile,
        created_at=moment(entry.get("created_at")) or datetime.now(UTC),
        raw=entry,
    )


def handle(name: Any) -> str:
    """Make a handle of a name, as services do that know characters by name; "" where it has no Latin letter or digit."""
    return re.sub(r"\W+", "_", str(name or ""), flags=re.ASCII).strip("_").lower()


def read_video(data: Any, profile: str) -> Video:
    """Read a video task in any dialect of the family.

    Args:
        data: the JSON answer.
        profile: name of the gateway.

    Raises:
        ValueError: it holds no id.
    """
    entry = _inner(data)
    ident = str(entry.get("id") or entry.get("task_id") or "")
    if not 0 < len(ident) <= LONGEST_ID or not ident.isprintable():
        raise ValueError("the answer names no task")
    where = status(entry.get("status"))
    error = entry.get("error")
    code, message = "", ""
    if isinstance(error, dict):
        code, message = str(error.get("code") or ""), str(error.get("message") or error.get("code") or "")
    elif error:
        message = str(error)
    fields: dict[str, Any] = {
        "id": ident,
        "status": where,
        "progress": 100 if where is Status.COMPLETED else _percent(entry.get("progress")),
        "prompt": str(entry.get("prompt") or ""),
        "model": str(entry.get("model") or ""),
        "size": str(entry.get("size") or ""),
        "seconds": _number(entry.get("seconds")),
        "url": _result_url(entry),
        "created_at": moment(entry.get("created_at")),
        "completed_at": moment(entry.get("completed_at")),
        "expires_at": moment(entry.get("expires_at")),
        "error": message,
        "error_code": code,
        "profile": profile,
        "raw": entry,
    }
    return Video(**fields)


def read_list(data: Any) -> list[dict[str, Any]]:
    """Read a page of a listing: the objects in it, newest first.

    Raises:
        ValueError: it is no listing, or holds something else than objects; it must not pass for an empty one.
    """
    entries = data.get("data") if isinstance(data, dict) else data
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("the answer is no list of objects")
    return entries


def _inner(data: Any) -> dict[str, Any]:
    """Some gateways wrap the object as {"data": {...}} beside a code."""
    if not isinstance(data, dict):
        return {}
    inner = data.get("data")
    wrapped = isinstance(inner, dict) and "id" not in data and "task_id" not in data
    return inner if wrapped and isinstance(inner, dict) else data


def _number(value: Any) -> float | None:
    match = re.search(r"\d+(?:\.\d+)?", str(value or ""))
    return float(match[0]) if match else None


def _percent(value: Any) -> float:
    return min(100.0, _number(value) or 0.0)


def _result_url(entry: dict[str, Any]) -> str:
    """Field notes: the link is under one of these names, sometimes a JSON list, sometimes percent-encoded."""
    nested = [entry.get("output"), entry.get("metadata"), entry.get("data")]
    values = [entry.get("video_url"), entry.get("url")]
    values += [part.get("url") or part.get("output") for part in nested if isinstance(part, dict)]
    for value in values:
        text = value[0] if isinstance(value, list) and value else value
        if isinstance(text, str):
            found = re.search(r"https?://[^\s\"'\]<>]+", unquote(text) if text.startswith("%5B") else text)
            if found:
                return found[0]
    return ""


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, clamped to 0-120 s; None where it says nothing usable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(120.0, max(0.0, seconds)) if seconds == seconds else None  # noqa: PLR0124  NaN


# --- the synchronous route's stream -----------------------------------------------------------------------------------
