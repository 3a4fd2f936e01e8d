"""What a service speaks, pure: an order in, a request out; an answer in, a ticket out. No byte is sent here.

A new service is a class of this kind in a file of its own. What most services have in common is here; a dialect
overrides what its service does differently.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, SupportsFloat
from urllib.parse import quote

from sora_nb import prompts
from sora_nb.errors import InvalidInput
from sora_nb.models import Character, Status, Video
from sora_nb.providers import errors, links, task
from sora_nb.providers.base import Ticket, filled
from sora_nb.providers.references import compiled
from sora_nb.providers.wire import IDEMPOTENCY_HEADER, image_type, number, percent
from sora_nb.times import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sora_nb.errors import SoraError
    from sora_nb.models import Registration
    from sora_nb.providers.base import Order
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.http import Answer
    from sora_nb.providers.profile import Profile
    from sora_nb.providers.shapes import Shape
    from sora_nb.providers.wire import Request

LONGEST_ID = 500
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What a dialect raises where an answer is not of the shape it should have."""
_NAMESPACE = re.compile(r"^(?:job|task|run|video|generation|operation|prediction|state|status)_")
"""What stands before a status word in names of enumerations, such as JOB_STATUS_SUCCEEDED."""
_NEGATIONS = {"no", "not", "retry", "retrying"}
"""Words before one of failure, as in `not_failed`, that make it say something else."""


class Reply(Protocol):
    """What a streamed create has said so far."""

    progress: float
    url: str
    error: str
    finished: bool

    def feed(self, line: str) -> None:
        """Take one line of the stream."""

    def take(self, data: Any) -> None:
        """Take a whole answer that was not streamed."""


class Dialect(ABC):
    """The wire of one service.

    Args:
        profile: its routes, limits and names.
        base_url: its scheme and host; "" where it is the engine of this process.

    Attributes:
        idempotency_header: the name of the header that carries the idempotency key.
        kept_headers: names of an answer's headers that are kept beside its body, under "headers".
        status_words: the words for each status, in lower case; all those in use where a dialect says nothing else.
    """

    idempotency_header: ClassVar[str] = IDEMPOTENCY_HEADER
    kept_headers: ClassVar[tuple[str, ...]] = ()
    status_words: ClassVar[Mapping[Status, str]] = {
        Status.QUEUED: (
            "queued queueing in_queue enqueued pending submitted accepted scheduled waiting not_start not_started "
            "notstarted preparing initializing created starting throttled"
        ),
        Status.IN_PROGRESS: (
            "in_progress inprogress processing post_processing running generating rendering encoding transcoding "
            "uploading finalizing moderating retrying working"
        ),
        Status.COMPLETED: "completed complete success successful succeed succeeded finished finish done ready",
        Status.FAILED: (
            "failed failure fail error cancelled canceled cancel expired aborted timeout timed_out blocked rejected "
            "denied filtered violation nsfw moderated content_moderated request_moderated terminated incomplete "
            "budget_exceeded"
        ),
    }

    def __init__(self, profile: Profile, base_url: str = "") -> None:
        self.profile = profile
        self.base_url = base_url
        self._statuses = {word: status for status, words in self.status_words.items() for word in words.split()}

    # --- requests ---------------------------------------------------------------------------------------------------

    def authorise(self, key: str) -> dict[str, str]:
        """Return the headers that show the key."""
        return {"authorization": f"{self.profile.key_scheme} {key}"}

    def check(self, order: Order) -> None:
        """Refuse an order the service would refuse.

        Raises:
            InvalidInput: a length, size, seed, source or picture it does not take.
        """
        rules = self.profile.video
        if order.kind == "video":
            if order.route == "async":
                self.profile.check_model(order.model)
            self._check_length(order)
            if order.seed is not None and self.profile.rules(order.model).seeds is False:
                raise InvalidInput(f"{order.model} at {self.profile.name} takes no seed.", hint="Leave seed= out.")
            _check_sides(order.size, rules.sides)
            if order.image is not None:
                image_type(order.image)
        elif order.subject is not None and not self.profile.character.subject:
            raise InvalidInput(f"The profile {self.profile.name!r} finds the subject itself and takes no hint.")
        self.request(order, "")  # it says what it has no route for

    def _check_length(self, order: Order) -> None:
        rules, seconds = self.profile.rules(order.model), order.seconds or 0
        who = f"{order.model} at {self.profile.name}" if self.profile.models else f"The profile {self.profile.name!r}"
        if rules.lengths and seconds not in rules.lengths:
            raise InvalidInput(f"{who} makes videos of {', '.join(map(str, rules.lengths))} s.")
        if rules.shortest is not None and seconds < rules.shortest:
            raise InvalidInput(f"{who} makes videos of {rules.shortest} s or more.")
        if rules.longest is not None and seconds > rules.longest:
            raise InvalidInput(f"{who} makes videos of up to {rules.longest} s.")

    def compiled(self, order: Order) -> Compiled:
        """Return a video's order as its model gets it: words, pictures, size and length; see references.compiled()."""
        return compiled(order, self.profile)

    def compile_prompt(self, order: Order) -> str:
        """Return the prompt as the service gets it."""
        return self.compiled(order).prompt

    def request(self, order: Order, key: str) -> Request:
        """Return the request that hands an order of any kind over; see create() and registration()."""
        return self.registration(order, key) if order.kind == "registration" else self.create(order, key)

    def check_video_task(self, order: Order) -> None:
        """Refuse an order that is no video made as a task, for a service that takes no others.

        Raises:
            InvalidInput: it is none.
        """
        if order.kind != "video" or order.route != "async":
            raise InvalidInput(
                f"The profile {self.profile.name!r} makes videos alone.",
                hint="It is shown characters by pictures: studio.preview(prompt, model=...) says which.",
            )

    @abstractmethod
    def create(self, order: Order, key: str) -> Request:
        """Return the request that hands an order over, with its idempotency key.

        Raises:
            InvalidInput: the service has no route for it, or takes no such source.
        """

    def registration(self, order: Order, key: str) -> Request:  # noqa: ARG002
        """Return the request that makes a character known to the service, so that prompts need no pictures of it.

        Raises:
            InvalidInput: the service keeps no characters, or takes none of its pictures.
        """
        raise InvalidInput(
            f"{self.profile.name} cannot be made to know characters.",
            hint="Prompts show it their pictures: studio.preview(prompt, model=...) says which.",
        )

    @abstractmethod
    def task(self, ident: str) -> Request:
        """Return the request that asks where a task stands."""

    def listing(self, kind: str, limit: int = 100, after: str | None = None) -> Request | None:  # noqa: ARG002
        """Return the request that lists the newest tasks, newest first; None where there is no such list.

        Args:
            kind: "video" or "character".
            limit: most tasks.
            after: id of the task after which the page begins.
        """
        return None

    def following(self, request: Request, kind: str, last: str) -> Request | None:  # noqa: ARG002
        """Return the request for the page of a listing behind another one.

        Args:
            request: that of the other one.
            kind: "video" or "character".
            last: the id of its last task.
        """
        return self.listing(kind, after=last)

    def cancel(self, ident: str) -> Request | None:  # noqa: ARG002
        """Return the request that stops a task; None where it cannot be stopped."""
        return None

    def tokens(self, model: str, shape: Shape, seconds: SupportsFloat) -> int | None:  # noqa: ARG002
        """Return how many tokens the service will count for a video; None where it counts none.

        Args:
            model: its name.
            shape: the size that it really makes.
            seconds: the length; a number of any kind.
        """
        return None

    def upload(self, path: Path) -> Request | None:  # noqa: ARG002
        """Return the request that hands a file over, or asks where to put it; None where the service takes none."""
        return None

    def forward(self, data: Any, path: Path) -> Request | None:  # noqa: ARG002
        """Return the request that brings a file to where the answer to its upload says; None where it is there already.

        Args:
            data: the answer.
            path: the file.
        """
        return None

    def uploads(self, order: Order) -> Sequence[Path]:  # noqa: ARG002
        """Return the files that must be handed over before an order is sent."""
        return ()

    def lookup(self, kind: str, key: str) -> Request | None:  # noqa: ARG002
        """Return the request that lists the task of an idempotency key; None where that cannot be asked.

        Args:
            kind: "video", "character" or "registration".
            key: the idempotency key.
        """
        return None

    def result(self, ident: str) -> Request | None:  # noqa: ARG002
        """Return the request for what a task has made, where polls do not tell; else None."""
        return None

    def content(self, ident: str) -> str:
        """Return the path at which the service itself has a video's file, or ""."""
        path = self.profile.routes.content
        return path.replace("{id}", quote(ident, safe="")) if path and ident else ""

    def inline(self, video: Video) -> Request | None:  # noqa: ARG002
        """Return the request whose answer holds a video's film itself, see film(); None where there is none."""
        return None

    # --- answers ----------------------------------------------------------------------------------------------------

    def entry(self, data: Any) -> Mapping[str, Any]:
        """Return the object that an answer is about, with the usual names of its fields: id, status, progress, error."""
        return task.unwrapped(data)

    def ticket(self, order: Order, data: Any) -> Ticket:
        """Read the answer to a create; what it does not repeat of the order is taken from there.

        Raises:
            ValueError: it names no task or character.
        """
        if order.kind == "character":
            made = self.character(data, order)
            return Ticket(id=made.id, character=made, raw=made.raw)
        video = filled(self.video(data), order)
        return Ticket(id=video.id, kind=order.kind, video=video, raw=video.raw)

    def reply(self) -> Reply:
        """Return a reader for the answer to a streamed create."""
        raise InvalidInput(f"The profile {self.profile.name!r} has no synchronous route.")

    def uploaded(self, data: Any) -> str:
        """Read the answer to an upload: the address at which the service knows the file."""
        return str(data["url"])

    def status(self, word: str) -> Status | None:
        """Read a status word; None for one that nobody knows."""
        text = re.sub(r"[\s-]+", "_", word.strip().lower())
        while text not in self._statuses and _NAMESPACE.match(text):
            text = _NAMESPACE.sub("", text)
        *before, last = text.split("_")
        if text not in self._statuses and not _NEGATIONS.intersection(before):
            text = last if self._statuses.get(last) is Status.FAILED else text
        return self._statuses.get(text)

    def link(self, entry: Mapping[str, Any]) -> str:
        """Find the link to the result in a task, or ""."""
        return next((found.url for found in links.find(entry)), "")

    def film(self, data: Any) -> bytes:
        """Read the film out of the answer to inline(). What entry() returns, and what is kept, is without it.

        Raises:
            ValueError: it holds none.
        """
        raise ValueError(f"the answers of {self.profile.name} hold no films: {type(data).__name__}")

    def result_of(self, data: Any, ident: str) -> Video:
        """Read the answer to result(): the completed task."""
        return self.video(data, ident=ident)

    def registered(self, entry: Mapping[str, Any]) -> Registration:  # noqa: ARG002
        """Read how the service knows a character.

        Args:
            entry: the last answer about the registration, which has ended well, as it is kept.

        Raises:
            ValueError: it does not say.
        """
        raise ValueError(f"{self.profile.name} keeps no characters")

    def video(self, data: Any, given: Sequence[str] = (), ident: str = "") -> Video:
        """Read a video task.

        Args:
            data: the answer.
            given: addresses that the order itself held; none of them is the result's.
            ident: the task that was asked about, for services whose answers do not name it.

        Raises:
            ValueError: it holds no id.
        """
        entry = dict(self.entry(data))
        ident = _ident(entry, "id", "task_id")
        if not 0 < len(ident) <= LONGEST_ID or not ident.isprintable():
            raise ValueError("the answer names no task")
        said = task.word(entry)
        known = self.status(said)
        progress = percent(task.first(entry, task.PROGRESS))
        url = self.link(links.without(entry, given)) if known is None or known.ended else ""
        where = known or _end(entry, url, progress) or (Status.IN_PROGRESS if said else Status.QUEUED)
        message, code = task.reason(entry) if where is Status.FAILED else (task.error(entry), "")
        return Video(
            id=ident,
            status=where,
            status_word="" if known or where.ended else said,
            progress=100 if where is Status.COMPLETED else progress,
            prompt=str(task.first(entry, ("prompt",)) or ""),
            model=str(entry.get("model") or ""),
            size=str(entry.get("size") or ""),
            seconds=number(entry.get("seconds")),
            seed=_seed(entry.get("seed")),
            url=url,
            created_at=moment(task.first(entry, task.CREATED)),
            completed_at=moment(task.first(entry, task.COMPLETED)),
            expires_at=moment(task.first(entry, task.EXPIRES)),
            error=message,
            error_code=code,
            profile=self.profile.name,
            base_url=self.base_url,
            raw=entry,
        )

    def character(self, data: Any, order: Order | None = None) -> Character:
        """Read a character.

        Args:
            data: the answer.
            order: what was asked for, where that is known.

        Raises:
            ValueError: it holds no id or no usable username.
        """
        entry = dict(self.entry(data))
        name = entry.get("name")
        ident = _ident(entry, "id", "character_id")
        return Character(
            id=ident,
            # a name without a Latin letter in it, like a cat's in Chinese, makes no handle
            username=str(
                entry.get("username") or (prompts.make_handle(name) or prompts.make_handle(name and ident))[:200]
            ),
            display_name=str(entry.get("display_name") or name or ""),
            permalink=str(entry.get("permalink") or ""),
            profile_picture_url=str(entry.get("profile_picture_url") or entry.get("avatar_url") or ""),
            model=str(entry.get("model") or ""),
            clip=order.clip if order else None,
            source=order.source.origin if order and order.source else "",
            profile=self.profile.name,
            base_url=self.base_url,
            created_at=moment(task.first(entry, task.CREATED)) or datetime.now(UTC),
            raw=entry,
        )

    def entries(self, data: Any) -> list[dict[str, Any]]:
        """Read a page of a listing: the objects in it, newest first.

        Raises:
            ValueError: it is no listing, or holds something else than objects; it must not pass for an empty one.
        """
        found = data.get("data") if isinstance(data, dict) else data
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise ValueError("the answer is no list of objects")
        return found

    def charge(self, entry: Mapping[str, Any]) -> int | None:  # noqa: ARG002
        """Return the micro-dollars that an answer says were charged; None where it does not say.

        Args:
            entry: the answer as it is kept: the last one about the task. What a call may cost at most, or an estimate,
                is no charge.
        """
        return None

    def ceiling(self, entry: Mapping[str, Any]) -> int | None:  # noqa: ARG002
        """Return the most micro-dollars that a call will be charged, as the answer to its create says; None where it does not.

        Args:
            entry: the answer as it is kept.
        """
        return None

    def more(self, data: Any) -> bool | None:
        """Return whether a page of a listing says that more tasks follow; None where it does not say."""
        told = data.get("has_more") if isinstance(data, dict) else None
        return told if isinstance(told, bool) else None

    def key(self, entry: Mapping[str, Any]) -> str:
        """Return the idempotency key that a listed task was created with, or "" where the service does not show it."""
        return str(entry.get("idempotency_key") or "")

    def is_of(self, entry: Mapping[str, Any], order: Order, key: str) -> bool:  # noqa: ARG002
        """Whether a listed task is certainly the one of an order with this idempotency key."""
        return self.key(entry) == key

    def tells(self, order: Order) -> bool:  # noqa: ARG002
        """Whether is_of() certainly finds an order's task among those that are listed, if it is there."""
        return self.profile.echoes_key

    def pause(self, answer: Answer) -> float | None:
        """Return how many seconds the service asks to be left alone after a poll, or None."""
        asked = answer.headers.get("openai-poll-after-ms", "")
        return int(asked) / 1000 if asked.isdecimal() and len(asked) < 9 else None

    def http_status(self, answer: Answer) -> int:
        """Return the HTTP status that an answer amounts to: some services say no in one of 200."""
        return answer.status

    def envelope(self, body: bytes) -> tuple[str, str, str]:
        """Read an error body: the message, code and type in one text, and the request id; "" for what is not there."""
        return errors.envelope(body)

    def error(self, answer: Answer, *, model: str, paid: bool, retry_after: float | None) -> SoraError:
        """Read an answer that says no; see errors.classify()."""
        try:
            told = self.envelope(answer.body)
        except UNREADABLE:  # a proxy in front of the service has an envelope of its own
            told = errors.envelope(answer.body)
        return errors.classify(
            self.http_status(answer),
            told,
            self.profile,
            model=model,
            paid=paid,
            request_id=answer.headers.get("x-request-id", ""),
            retry_after=retry_after,
        )


def _ident(entry: Mapping[str, Any], *names: str) -> str:
    """Return the first id under these names: a text or a whole number, not garbled on its way; "" where there is none."""
    for value in map(entry.get, names):
        if value and type(value) in {str, int} and "\ufffd" not in str(value):
            return str(value)
    return ""


def _seed(value: Any) -> int | None:
    """Return a seed that an answer tells; None where it is none that may be given."""
    return value if type(value) is int and 0 <= value < 2**63 else None


def _end(entry: Mapping[str, Any], url: str, progress: float) -> Status | None:
    """Tell from all else that a task says whether it has ended, where nobody knows its word; None where it goes on."""
    if url and links.weight(entry, url) >= links.SURE:
        return Status.COMPLETED
    if task.error(entry):
        return Status.FAILED
    return Status.COMPLETED if progress >= 100 else None


def _check_sides(size: str, sides: tuple[int, int] | None) -> None:
    if sides is None:
        return
    least, most = sides
    if not all(least <= side <= most and side % 2 == 0 for side in map(int, size.split("x"))):
        raise InvalidInput(f"The size {size} cannot be made here.", hint=f"Give even numbers from {least} to {most}.")
