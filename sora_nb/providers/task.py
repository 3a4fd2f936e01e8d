"""What an answer says of a task: the object that names it, its word for where it stands, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sora_nb.providers.links import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

IDS = ("id", "task_id", "character_id")
WORDS = ("status", "state", "task_status", "taskStatus", "job_status", "jobStatus")
PROGRESS = ("progress", "percent", "percentage")
CREATED = ("created_at", "createdAt", "created", "create_time", "createTime", "submit_time")
COMPLETED = ("completed_at", "completedAt", "finished_at", "finish_time")
EXPIRES = ("expires_at", "expiresAt", "expire_time")
ERRORS = (
    "error", "errors", "error_message", "errorMessage", "error_msg", "failure", "failure_reason", "failureReason",
    "fail_reason", "failReason", "failureCode", "error_type", "error_code", "errorCode",
)  # fmt: skip
"""Fields that hold something only where a task failed; some services put the link of one that did not into them."""
_REASONS = (*ERRORS, "task_status_msg", "status_message", "reason", "message", "msg", "detail")
_CODES = ("code", "failureCode", "error_type", "error_code", "errorCode")
_WRAPPERS = ("data", "task", "output", "result", "response", "video", "job", "generation")
"""Fields in which services wrap the object that an answer is about."""
_NOTHING = {"", "0", "200", "none", "null", "ok", "success", "succeed", "succeeded", "no error", "false"}
_DEEPEST = 4


def unwrapped(data: Any) -> dict[str, Any]:
    """Return the object of an answer that names its task, and beside its fields those of the envelope around it.

    Envelopes have words of their own, such as `"status": "success"` for the request; they are left out where the object,
    or something in it, has one.
    """
    around: dict[str, Any] = {}
    found = _object(data)
    while found is not None and not any(found.get(name) for name in IDS):
        inner = next((name for name in _WRAPPERS if _object(found.get(name)) is not None), None)
        if inner is None:
            break
        around |= {name: value for name, value in found.items() if name != inner}
        found = _object(found[inner])
    if found is None:
        return around
    if any(True for _ in _values(found, WORDS)):
        around = {name: value for name, value in around.items() if name not in WORDS}
    return {**around, **found}


def _object(value: Any) -> dict[str, Any] | None:
    """Return an object, also one alone in a list; None where it is none."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def first(entry: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return the first value under one of these names, the outermost first, or None."""
    return next(_values(entry, names), None)


def _values(entry: Mapping[str, Any], names: Sequence[str]) -> Iterator[Any]:
    level: list[Mapping[str, Any]] = [entry]
    for _ in range(_DEEPEST):
        for each in level:
            yield from (each[name] for name in names if each.get(name) not in (None, "", [], {}))
        inner = [_object(value) for each in level for value in each.values()]
        level = [value for value in inner if value is not None]


def word(entry: Mapping[str, Any]) -> str:
    """Return a task's word for where it stands, or "" where it has none; numbers are codes of the request."""
    return next((value.strip() for value in _values(entry, WORDS) if isinstance(value, str) and value.strip()), "")


def error(entry: Mapping[str, Any]) -> str:
    """Return what a task says went wrong, or "" where it says nothing."""
    return next(filter(None, map(_said, _values(entry, ERRORS))), "")


def reason(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return why a task failed, and the code of that; "" for what it does not say."""
    said = error(entry) or next(filter(None, map(_said, _values(entry, _REASONS))), "")
    inner = entry.get("error")
    codes = (inner if isinstance(inner, dict) else entry).get
    return said, next((str(codes(name)) for name in _CODES if _said(codes(name))), "")


def _said(value: Any, depth: int = 0) -> str:
    """Return the sentence in an error of any shape, or "" where it says nothing."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict) and depth < _DEEPEST:
        return next(filter(None, (_said(value.get(name), depth + 1) for name in (*_REASONS, *_CODES))), "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    return "" if text.lower() in _NOTHING or addresses(text) == [text] else text
