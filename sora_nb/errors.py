"""Every exception the package raises on purpose, in one tree.

    SoraError
    ├── ConfigError              the profile, key or folder is not usable
    ├── InvalidInput             refused here, before anything was sent
    │   ├── ClipError            timestamps, span, decimals
    │   ├── PromptError          empty prompt, unknown or too many @mentions
    │   ├── ArchiveError         a character's archive that is damaged, unsafe or too new
    │   ├── ConsentNeeded        a character would leave this machine for the first time, and nobody said who agreed
    │   └── MediaError           not a video, no picture, unreadable file
    │       └── NoSubject        nobody stands out in the chosen seconds
    ├── BudgetExceeded           the budget does not cover this call, so it was not sent
    ├── NotDelivered             the request certainly did not reach the service
    ├── OutcomeUnknown           it may have been accepted, and may have been billed
    ├── ApiError                 the service answered, and the answer is no
    │   ├── AuthError            the key is missing, wrong or not allowed here
    │   ├── QuotaError           no balance left
    │   ├── RouteRetired         this route or model is no longer served
    │   ├── NotFound             no such task, video or character
    │   ├── RateLimited          too many requests, or no capacity right now
    │   ├── PolicyError          the prompt or picture was refused
    │   │   └── RealPersonError  a real person was seen in the clip
    │   ├── CharacterError       a mentioned character is unknown or private
    │   ├── BadRequest           any other refused parameter
    │   ├── UpstreamError        the service failed while reading, listing or polling
    │   └── GenerationFailed     an accepted task ended without a result
    ├── DownloadError            the result exists, but its file did not arrive
    │   ├── FileNotReady         there is no file at its address: not yet, or no more
    │   └── LinkExpired          the link has ended
    ├── WaitTimeout              we stopped waiting; the task goes on
    │   └── StatusUnknown        the service says a word that nobody knows, and nothing changes
    ├── LedgerError              the ledger could not be read or written
    ├── StoreError               the store of files, such as a bucket, could not be reached, or refused
    └── Cancelled                the task was cancelled
        └── Interrupted          the studio was closed before the local engine had ended

Three sentences belong to each: what happened, what it means for money, what to do next.
"""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class SoraError(Exception):
    """Base of all errors of this package.

    Args:
        message: what happened, in one sentence.
        money: what it means for money, or "" where money plays no part.
        hint: what to do next, or "".
    """

    money: str = ""
    hint: str = ""

    def __init__(self, message: str, *, money: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if money is not None:
            self.money = money
        if hint is not None:
            self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.money, self.hint) if part)

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the reader's own lines and the sentences, not the insides; `%debug` goes into all."""
        inside = {Path(__file__).parent, *(Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib"))}
        lines = [
            line for line in traceback.extract_tb(self.__traceback__) if inside.isdisjoint(Path(line.filename).parents)
        ]
        return [*traceback.format_list(lines), *traceback.format_exception_only(self)]


class ConfigError(SoraError):
    """The profile, the key or a folder cannot be used as given."""

    money = "Nothing was sent, nothing was charged."


class InvalidInput(SoraError, ValueError):
    """An argument was refused here, before anything was sent."""

    money = "Nothing was sent, nothing was charged."


class ClipError(InvalidInput):
    """The timestamps are not a clip this profile accepts."""


class PromptError(InvalidInput):
    """The prompt is empty, or mentions somebody it cannot mention."""


class ArchiveError(InvalidInput):
    """The archive of a character is damaged, has in it what it may not, or is of a newer format."""

    money = "Nothing of it was kept, nothing was charged."
    hint = "Ask whoever made it to save the character again."


class ConsentNeeded(InvalidInput):
    """A character would be sent to a service for the first time, and nobody has said yet who agreed to that."""


class MediaError(InvalidInput):
    """The file is not a video that can be read."""


class NoSubject(MediaError):
    """No clear subject stands out in the chosen seconds."""


class BudgetExceeded(SoraError):
    """The call may cost more than its budget has left, or nobody knows what it costs."""

    money = "Nothing was sent, nothing was charged."


class NotDelivered(SoraError):
    """The request certainly did not reach the service."""

    money = "Nothing was charged."


class OutcomeUnknown(SoraError):
    """The request may have been accepted: the answer never came, could not be read, or does not tell.

    Args:
        message: what happened, in one sentence.
        retry_after: seconds the service asked us to wait, or None.
    """

    money = "It may have been billed, so it is counted at its estimate and is not sent again."
    hint = "Run studio.resume() to look it up, or studio.settle(id, charged=...) with what you see on the bill."

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ApiError(SoraError):
    """The service answered, and the answer is an error.

    Args:
        message: the service's own words, cleaned.
        status: HTTP status, or None where the error came inside a successful answer.
        code: the service's error code as text, or "".
        request_id: the service's id of the request, or "".
        money: see SoraError.
        hint: see SoraError.
        retry_after: seconds the service asked us to wait, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        money: str | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, money=money, hint=hint)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        # 400 says no more than the message
        where = f" (HTTP {self.status})" if self.status not in {None, 400} else ""
        ident = f" [request id: {self.request_id}]" if self.request_id else ""
        parts = (f"{self.message}{where}{ident}", self.money, self.hint)
        return " ".join(part for part in parts if part)


class AuthError(ApiError):
    """The key is missing, wrong, expired, or not allowed to use this route or model."""

    hint = "Check SORA_NB_API_KEY, and the group and billing mode of the key in the vendor's console."


class QuotaError(ApiError):
    """The account or key has no balance left."""

    hint = "Top up the account, or use another key; then send the call again."


class RouteRetired(ApiError):
    """The route or model is not, or no longer, served."""

    hint = "Choose another profile or model; studio = Studio() works offline with nothing configured."


class NotFound(ApiError):
    """There is no such task, video or character."""

    hint = "Check the id; services forget finished tasks after a while."


class RateLimited(ApiError):
    """Too many requests, or no capacity at the moment."""

    hint = "Wait a little, then send the call again."


class PolicyError(ApiError):
    """The prompt, picture or clip was refused by the service's rules."""

    hint = "Change the prompt or the picture."


class RealPersonError(PolicyError):
    """A real person was seen where none is allowed."""

    hint = "Use a clip without real people: an animal, a drawing, a product."


class CharacterError(ApiError):
    """A mentioned character is unknown, private or deleted, or too many are mentioned."""

    hint = "Check the @username, and that the character was made with this service."


class BadRequest(ApiError):
    """The service refused a parameter."""


class UpstreamError(ApiError):
    """The service, or a proxy before it, failed to answer a request that costs nothing."""

    hint = "Try again later."


class GenerationFailed(ApiError):
    """A task that was accepted ended without a result.

    Args:
        message, code, money, hint: as of ApiError.
        answer: the service's last answer about the task, which may say what it charged.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        money: str | None = None,
        hint: str | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code, money=money, hint=hint)
        self.answer = dict(answer or {})


class DownloadError(SoraError):
    """The result exists at the service, but its file did not arrive whole."""

    money = "The video itself is paid for; fetching it is free."
    hint = "Run studio.resume() to fetch it again before its link expires."


class FileNotReady(DownloadError):
    """There is no file at its address: not yet, or no more.

    Args:
        message: what happened, in one sentence.
        refused: whether that may be for good; a page in its place or a word that it is not ready says it is not.
        money, hint: as of SoraError.
    """

    hint = "Run studio.resume() to ask for it again; nothing is paid for twice."

    def __init__(
        self, message: str, *, refused: bool = False, money: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, money=money, hint=hint)
        self.refused = refused


class LinkExpired(DownloadError):
    """The link to a file has ended: its time is over, and it is refused."""

    hint = "The file can no longer be fetched from there."


class WaitTimeout(SoraError, TimeoutError):
    """We stopped waiting; the task itself goes on at the service."""

    money = "The task goes on and is paid for if it ends well."
    hint = "Run studio.resume() later to fetch the result."


class StatusUnknown(WaitTimeout):
    """The service says a word that nobody knows, and nothing changes: the task may go on, or be over.

    Args:
        task: the service's id.
        word: the service's word.
        since: when it was first seen.
        call: the id of the call's row, where that is known.
    """

    money = "It may have been billed, so it is counted at its estimate."

    def __init__(self, task: str, word: str, since: datetime, call: str = "...") -> None:
        super().__init__(
            f"The service says {word!r} of {task} since {since:%Y-%m-%d %H:%M} UTC, a word that is not known here.",
            hint=f"See in the service's console what that means: studio.settle({call!r}, charged=...) writes down what "
            "it cost, studio.resume() asks the service again.",
        )
        self.word = word
        self.since = since


class LedgerError(SoraError):
    """The ledger could not be read or written."""

    hint = "Run `sora-nb doctor`."


class StoreError(SoraError):
    """The store of files, such as a bucket, could not be reached, or refused."""

    money = "Nothing that was paid for is lost."
    hint = "See that the place is there and that its key is right; then try again, or run studio.resume()."


class Cancelled(SoraError):
    """The task was cancelled before it ended.

    Args:
        message, money, hint: as of SoraError.
        answer: the service's last answer about the task, which may say what it charged.
    """

    def __init__(
        self,
        message: str,
        *,
        money: str | None = None,
        hint: str | None = None,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, money=money, hint=hint)
        self.answer = dict(answer or {})


class Interrupted(Cancelled):
    """The studio was closed, or its kernel ended, before the local engine had made what it was asked for."""

    money = "The local engine charges nothing."
    hint = "studio.resume(remake=True) makes it again."
