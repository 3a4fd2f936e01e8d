"""Refusals and failures in neutral words; each service has its own for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Fault = Literal["policy", "throttled", "lost", "failed", "link_expired"]
"""What can be ordered to go wrong."""
FAULTS: tuple[Fault, ...] = get_args(Fault)
Why = Literal["key", "invalid", "missing", "policy", "throttled", "lost", "link", "closed", "conflict"]
"""Why a request is answered with an error."""
STATUSES: Mapping[Why, int] = {
    "key": 401,
    "invalid": 400,
    "missing": 404,
    "policy": 400,
    "throttled": 429,
    "lost": 500,
    "link": 403,
    "closed": 410,
    "conflict": 409,
}
SAID: Mapping[Fault, tuple[str, str]] = {
    "policy": ("content_policy_violation", "The request was refused by the content policy."),
    "throttled": ("rate_limit_exceeded", "Too many requests; try again later."),
    "lost": ("internal_error", "The server failed on this request."),
    "failed": ("generation_failed", "The video could not be generated."),
}
"""Code and message of a failure by order."""


class Refused(Exception):
    """A request that is answered with an error of the service.

    Args:
        why: in neutral words; decides the HTTP status, see Rehearsal.statuses.
        message: in the service's words.
        code: the service's own code for it.
    """

    def __init__(self, why: Why, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.message = message
        self.code = code
