"""What a service is to the rest of the package: it takes an order, gives a ticket for it, and hands over the result.

An order says what is wanted in the package's own words. A provider checks it before money is spent, creates it with an
idempotency key, follows its ticket to the end, fetches the file, and looks a create up whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import Field

from sora_nb.models import URGENCY, Character, Clip, Model, Registration, Still, Video

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from sora_nb.models import ServiceId
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.compiled import Compiled
    from sora_nb.providers.download import Download
    from sora_nb.providers.profile import Profile
    from sora_nb.providers.ranges import Look


class Report(Protocol):
    """Called with the progress of an order, 0 to 100, and, where it is known, what is being done, in words."""

    def __call__(self, percent: float, stage: str = "", /) -> None:
        """Take the progress."""


REPEATED = ("prompt", "model", "size", "seconds", "seed")
"""What an answer about a video may repeat of its order."""


class Source(Model):
    """The video a character is made from, and how a service is handed it.

    Attributes:
        origin: what is written down: `task:<id>`, `url:<address>` or `file:<name>`.
        url, task: what is sent, where the service takes one of them.
        file: the video on this machine, where it is here.
        upload: whether the file is handed over first.
        as_file: whether the clip itself is sent.
    """

    origin: str
    url: str | None = None
    task: str | None = None
    file: Path | None = None
    upload: bool = False
    as_file: bool = False

    @property
    def name(self) -> str:
        """A name for people, of 1 to 80 letters."""
        return Path(self.origin.partition(":")[2]).stem[:80] or "character"


class Member(Model):
    """A mentioned character, with what it lends to a service that is shown who is meant.

    Attributes:
        character: who it is.
        stills: its pictures, the best first.
        clip: its seconds as a file on this machine, where they are to be shown.
        clip_seconds: how long that is.
        asked: what is to show it; with "clips", the pictures are only for models that do not take the clip.
        registration: how the service knows it already, or None.
    """

    character: Character
    stills: tuple[Still, ...] = ()
    clip: Path | None = None
    clip_seconds: float = 0
    asked: Literal["stills", "clips", "both"] = "stills"
    registration: Registration | None = None

    @property
    def username(self) -> str:
        """The handle that prompts have."""
        return self.character.username


class Order(Model):
    """One video, one character or one registration, as it is asked for.

    Attributes:
        kind: what is wanted; a registration makes the one character of `cast` known to the service.
        route: "sync" asks for a video on the service's synchronous route, where it has one.
        model: name of the model at the service.
        prompt: a video's prompt, with its @mentions.
        cast: the characters it mentions.
        members: the same with what they lend, in the order of their first mention.
        addresses: where files of theirs were handed over or published: address by path.
        publishes: whether files can be put where anybody may fetch them.
        wording: the prompt as it was sent, for an order that is read from its row; else "".
        sent: names of the pictures and clips that went along then.
        size, seconds, seed: of a video; size like "1280x720".
        image: a picture the video starts from.
        clip: the seconds that show a character.
        source: the video they are taken from.
        clip_file: these seconds as a file, where they were cut here; to the engine of this process: where it may cut them.
        subject: where the character is: a point (x, y) or a box (left, top, right, bottom), as parts of width and height.
        name: what a person calls the character, or "".
        urgency: as of engines.base.Control.
    """

    kind: Literal["video", "character", "registration"]
    route: Literal["async", "sync"] = "async"
    model: str = ""
    prompt: str = ""
    cast: tuple[Character, ...] = ()
    members: tuple[Member, ...] = ()
    addresses: Mapping[str, str] = Field(default_factory=dict)
    publishes: bool = False
    wording: str = ""
    sent: tuple[str, ...] = ()
    size: str = ""
    seconds: float | None = None
    seed: int | None = None
    image: Path | None = None
    clip: Clip | None = None
    source: Source | None = None
    clip_file: Path | None = None
    subject: tuple[float, ...] | None = None
    name: str = ""
    urgency: int = URGENCY

    @property
    def shown(self) -> tuple[Member, ...]:
        """The characters it mentions, with what they lend as far as that was looked up."""
        return self.members or tuple(Member(character=who) for who in self.cast)

    @property
    def route_name(self) -> Literal["video", "character", "registration", "chat"]:
        """The route as profiles name it, in failures_charged and retired_routes."""
        return "chat" if self.route == "sync" else self.kind


class Ticket(Model):
    """What a service gave for an order it accepted.

    Attributes:
        id: the service's id of the task or character; "" where it has none.
        kind: what was ordered.
        video: the task as far as it is told, for an order of a video or a registration.
        character: the character, for an order of one; a character is made when its create is answered.
        files: parts of the result that are on this machine already: "video", "avatar", "cutout".
        lacks: what a clip that was cut on the way lacks, in sentences.
        raw: the service's answer.
    """

    id: str = ""
    kind: Literal["video", "character", "registration"] = "video"
    video: Video | None = None
    character: Character | None = None
    files: dict[str, Path] = Field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    raw: dict[str, Any] = Field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What is kept of a task while it is waited for: thousands may be.

    Attributes:
        id: the service's id of it.
        created_at: when it was created, where that is known.
        progress: as it was when the wait began, 0 to 100.
        prompt, model, size, seconds, seed: what was asked for.
    """

    id: str
    created_at: datetime | None = None
    progress: float = 0
    prompt: str = ""
    model: str = ""
    size: str = ""
    seconds: float | None = None
    seed: int | None = None

    @classmethod
    def of(cls, video: Video) -> Awaited:
        """Keep what is needed of a task."""
        asked = {name: getattr(video, name) for name in REPEATED}
        return cls(video.id, video.created_at, video.progress, **asked)


def filled(video: Video, asked: Order | Video | Awaited) -> Video:
    """Return a video with what its service's answer does not repeat of what was asked for.

    Args:
        video: as it was answered.
        asked: the order, or the video or task as it was known before.
    """
    known = {name: getattr(asked, name) for name in REPEATED if not getattr(video, name)}
    return video.model_copy(update=known)


class Provider(Protocol):
    """A service, or the engine of this process. Its methods are called on the background loop."""

    outlives_kernel: bool
    """Whether orders go on when this process ends."""

    service: ServiceId
    """The key of everything that is kept about it."""

    @property
    def profile(self) -> Profile:
        """What it sells, where, at which price and within which limits."""

    def check(self, order: Order) -> None:
        """Refuse an order that would fail, before anything is built or sent.

        Raises:
            InvalidInput: a length, size, source or picture the service does not take.
            RouteRetired: it no longer serves this.
        """

    def compiled(self, order: Order) -> Compiled:
        """Return a video's order as its model gets it: words, pictures, size and length; nothing is sent.

        Raises:
            InvalidInput: as references.compiled().
        """

    async def create(self, order: Order, key: str, report: Report) -> Ticket:
        """Hand an order over, once; it is sent again only where the service certainly did not accept it.

        Args:
            order: one that check() let pass.
            key: the idempotency key.
            report: told the progress, where the create itself lasts.

        Raises:
            ApiError: refused, nothing was charged.
            GenerationFailed: accepted, then failed.
            OutcomeUnknown: perhaps accepted, perhaps billed.
            NotDelivered: it never arrived.
        """

    async def wait(self, ticket: Ticket, report: Report) -> Ticket:
        """Follow the ticket of a video or a registration until it has ended well.

        Raises:
            GenerationFailed: it failed.
            StatusUnknown: it has a status word that nobody knows, and nothing moves.
            WaitTimeout: it did not end in time; it goes on.
            ApiError: asking was refused; it goes on.
        """

    async def find(self, order: Order, key: str, sent: datetime, taken: Container[str]) -> Ticket | None:
        """Look a create up whose answer was lost.

        Args:
            order: what was asked for.
            key: its idempotency key.
            sent: when it was sent.
            taken: ids that belong to other orders.

        Returns:
            Its ticket, or None where it cannot be told.

        Raises:
            NotDelivered: the service would show it if it had come.
            UpstreamError: the service does not show it, and it may still come.
            GenerationFailed: it came, and failed.
            WaitTimeout: it came, and goes on.
        """

    def read_character(self, answer: dict[str, Any], order: Order) -> Character:
        """Read a character again from an answer that the ledger keeps.

        Raises:
            ValueError: it holds none.
        """

    def charged(self, answer: Mapping[str, Any]) -> int | None:
        """Return the micro-dollars that an answer says a call was charged; None where it does not say.

        Args:
            answer: the last one about the call, as the ledger keeps it.
        """

    def read_registration(self, answer: Mapping[str, Any]) -> Registration:
        """Read how a service knows a character from the answer about a registration that ended well.

        Raises:
            UpstreamError: it does not say.
        """

    def ceiling(self, answer: Mapping[str, Any]) -> int | None:
        """Return the micro-dollars that a call will be charged at most; None where the answer to its create does not say.

        Args:
            answer: that answer, as the ledger keeps it.
        """

    async def fetch(self, video: Video, target: Path) -> Download:
        """Fetch a finished video to a file.

        Raises:
            LinkExpired: its time is over, and it is nowhere.
            FileNotReady: it is nowhere, and may come yet.
            DownloadError: it did not arrive.
        """

    async def fetch_file(
        self,
        url: str,
        target: Path,
        *,
        most: int,
        given: bool = False,
        unless: str = "",
        on_progress: Arrived | None = None,
        look: Look | None = None,
    ) -> Download:
        """Fetch another file, such as an avatar.

        Args:
            url: where it is.
            target: the file to write.
            most: largest size in bytes.
            given: whether the user gave this address, which may then be on a private network.
            unless: the tag of the file that is here already; where the server still has that one, nothing is fetched.
            on_progress: told what has arrived.
            look: given the file where it comes by ranges, before all of it is here; see Downloader.download().
        """

    async def cancel(self, key: str, ticket: Ticket | None) -> bool:
        """Stop an order that has not ended; False where that cannot be done.

        Args:
            key: its idempotency key.
            ticket: its ticket, or None while its create has not been answered.
        """

    async def close(self) -> None:
        """Let go of connections and threads."""
