"""Errors on the wire: five envelopes in, one exception tree out, and the envelope the local server writes.

The envelopes are those of OpenAI, one-api, shell-api/rix-api, new-api (also its flat task errors), and a few others.
What each failure says about money: refused before acceptance costs nothing; a create whose outcome cannot be told is
never sent again. What may have been accepted is told by the status; words are for people, and prove nothing.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sora_nb.display import plain
from sora_nb.errors import (
    ApiError,
    AuthError,
    BadRequest,
    CharacterError,
    NotFound,
    OutcomeUnknown,
    PolicyError,
    QuotaError,
    RateLimited,
    RealPersonError,
    RouteRetired,
    UpstreamError,
)
from sora_nb.providers.wire import decode

if TYPE_CHECKING:
    from sora_nb.errors import SoraError
    from sora_nb.providers.profile import Profile

LONGEST = 2000
"""So many letters of an error are read; a hostile one has millions, to keep the search for words busy."""
REFUSED = "The call was refused, so nothing was charged."
_REQUEST_ID = re.compile(r"[\s(（]*(?:request id|traceid)[:：]\s*([\w-]+)\s*[)）]?", re.IGNORECASE)
# words inside message, code and type that decide, whatever the status; the first class that fits counts
_WORDS: tuple[tuple[type[ApiError], str], ...] = (
    (RealPersonError, r"realistic human|contain real person|likenesses? of real|真人|人脸"),
    (
        PolicyError,
        r"content.policy|sora_content_violation|guardrail|prompt_blocked|input was flagged|sensitive_words|SensitiveContentDetected|RiskDetection|(?:prompt|image|video)_unsafe|违规|违禁",
    ),
    # codes of Gemini (ai.google.dev/gemini-api/docs/api-errors, 2026-11-26); they come first in the text
    (PolicyError, r"^(?:image_)?(?:safety|recitation|prohibited_content)\b|^(?:blocklist|spii|content_blocked)\b"),
    (AuthError, r"api.key.(?:not.valid|invalid|expired)"),
    (CharacterError, r"cameo_not_found|does not have a cameo|cameo_permission_denied|too many users mentioned"),
    (
        RouteRetired,
        r"无可用渠道|no available channel|temporarily paused|model.not.(?:found|support)|invalid url|no longer (?:available|supported|served)|shut ?down|retired",
    ),
    # "You do not have enough credits to run this task.": github.com/runwayml/sdk-node, issue 28
    (QuotaError, r"not have enough credits|insufficient credits"),
    (RateLimited, r"负载已饱和|cf_shield_429|heavy load|rate_limit"),
)
_QUOTA = re.compile(r"quota|balance|billing_hard_limit|额度|余额", re.IGNORECASE)
_MOMENTS = ("rate_limit_exceeded", "too_many_requests")
"""Codes of a limit of calls in a second or a minute."""
_UNCERTAIN = {303, 408}  # and every 5xx
# a proxy or gateway may give these, too, after the service behind it has accepted
_MAYBE_ACCEPTED = {408, 409, 425, 499}


def envelope(body: bytes) -> tuple[str, str, str]:
    """Read an error body of any of the known shapes.

    Returns:
        The message, the code and type in one text, and the request id; "" for what is not there.
    """
    text = body.decode("utf-8", "replace")
    try:
        data = decode(text)
    except ValueError:
        text = text[:LONGEST]
        title = re.search(r"<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return plain(title[1] if title else text, 200).strip(), "", ""
    if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict):  # as Google's gateways have it
        data = data[0]
    entry = data if isinstance(data, dict) else {"message": data}
    error = entry.get("error", entry)
    if isinstance(error, str):
        error = {**entry, "message": error}
    if not isinstance(error, dict):
        error = entry
    message = next((error[key] for key in ("message", "msg", "detail", "error_description") if error.get(key)), "")
    if isinstance(message, list | dict):
        message = json.dumps(message, ensure_ascii=False)
    message, ident = _split_request_id(_unwrap(str(message))[:LONGEST])
    code = " ".join(str(error[key])[:100] for key in ("code", "type") if error.get(key) not in (None, ""))
    return message, code, ident


def _unwrap(message: str) -> str:
    """new-api puts the upstream's JSON, as text, into the message."""
    try:
        inner = decode(message)
    except ValueError:
        return message
    if isinstance(inner, dict):
        inner = inner["error"] if isinstance(inner.get("error"), dict) else inner
        return str(inner.get("detail") or inner.get("message") or message)
    return message


def _split_request_id(message: str) -> tuple[str, str]:
    found = _REQUEST_ID.findall(message)
    return _REQUEST_ID.sub("", message).strip(), found[-1] if found else ""


def classify(
    status: int,
    told: tuple[str, str, str],
    profile: Profile,
    *,
    model: str = "",
    paid: bool = False,
    request_id: str = "",
    retry_after: float | None = None,
) -> SoraError:
    """Turn an error answer into the exception to raise.

    Args:
        status: HTTP status.
        told: message, codes and request id, as envelope() reads them.
        profile: whose answer it is; its refusal_codes prove that a paid create was not accepted.
        model: the model asked for, for a better sentence where it is retired.
        paid: whether the request was a paid create, so that an unclear outcome must count as perhaps billed.
        request_id: from the answer's headers.
        retry_after: from the answer's headers, in seconds.
    """
    message, code, inner_id = told
    refused = _is_listed(code, profile)
    answered = f"{profile.name} answered: {plain(message, 500) or 'nothing'}"
    if paid and not refused and _maybe_accepted(status):
        return OutcomeUnknown(
            f"{answered} (HTTP {status}). It cannot be told whether the call was accepted.", retry_after=retry_after
        )
    kind = _kind(status, f"{code} {message}", retry_after, refused=paid and refused)
    hint = None
    if kind is RouteRetired and profile.retired and (not model or profile.is_retired(model)):
        hint = f"{profile.retired} {RouteRetired.hint}"
    return kind(
        answered,
        status=status,
        code=code,
        request_id=request_id or inner_id,
        retry_after=retry_after,
        money=REFUSED if paid else "",
        hint=hint,
    )


def _maybe_accepted(status: int) -> bool:
    """Whether a paid create may have been accepted before an answer of this status, whatever its words say."""
    return status >= 500 or status in _MAYBE_ACCEPTED or 300 <= status < 400


def _is_listed(code: str, profile: Profile) -> bool:
    """Whether the code or type is one that the service gives for calls it did not accept."""
    code, _, kind = code.partition(" ")
    return code in profile.refusal_codes or kind in profile.refusal_codes


def _kind(status: int, words: str, retry_after: float | None, *, refused: bool) -> type[ApiError]:
    """Return the class of an error.

    Args:
        status: HTTP status.
        words: codes and message.
        retry_after: seconds, or None.
        refused: whether a code proves that a paid create was not accepted.
    """
    # one that is over in a moment may speak of a quota, too
    if (refused or status in {401, 402, 403, 429}) and _QUOTA.search(words) and not words.startswith(_MOMENTS):
        return QuotaError
    for kind, pattern in _WORDS:
        # a proxy's 5xx may quote any words
        if re.search(pattern, words, re.IGNORECASE) and (refused or status < 500 or kind is RouteRetired):
            return kind
    if status == 429 or (status == 503 and retry_after is not None):
        return RateLimited
    fixed: dict[int, type[ApiError]] = {
        401: AuthError,
        402: QuotaError,
        403: AuthError,
        404: NotFound,
        501: RouteRetired,
    }
    if status in fixed:
        return fixed[status]
    return UpstreamError if not refused and (status in _UNCERTAIN or status >= 500) else BadRequest


def error_body(
    message: str, *, param: str | None = None, code: str | int | None = None, kind: str = ""
) -> dict[str, Any]:
    """Write an error in OpenAI's envelope, as the local server does."""
    return {
        "error": {"message": message, "type": kind or "invalid_request_error", "param": param, "code": code},
    }
