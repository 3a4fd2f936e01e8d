"""What the package speaks of: clips, prices, characters and videos. Frozen, validated, without network or database.

Amounts of money that a person reads or gives are US dollars: Decimal in objects, float in frames. Sums are made of whole
micro-dollars, so that they are exact.
"""

from __future__ import annotations

import math
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, SupportsFloat, overload

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sora_nb import arguments, display, saving
from sora_nb.archive import writer
from sora_nb.errors import ClipError, InvalidInput
from sora_nb.times import link_expiry

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)  # pydantic has no public name for it

USERNAME = r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*"
"""A handle: runs of letters, digits and underscores, joined by single dots."""
_MONEY = re.compile(r"\$?([0-9]{1,9}(?:\.[0-9]{1,6})?)")
Handle = Annotated[str, Field(max_length=200, pattern=f"^{USERNAME}$")]
Bought = Literal["video", "character", "registration"]
"""What a call buys: a video, a character, or that a service knows one that was made elsewhere."""


URGENCY = 3
"""Of what somebody waits for, on the scale of RFC 9218: 0 comes first, 7 last."""
Moment = str | SupportsFloat
"""A moment of a video: seconds as a number of any kind, or text like "1.5", "0:02" or "1:02:03.25"."""


_PLUMBING = frozenset(name for name in dir(BaseModel) if not name.startswith("__"))
"""What pydantic adds to every record; none of it is for the person typing."""


class _Listing(ModelMetaclass):
    """Keeps pydantic's names off the list that Tab shows for a class."""

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in _PLUMBING]


class Model(BaseModel, metaclass=_Listing):
    """Base of the package's records: frozen, and strict about field names."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse a change in words; pydantic's own refusal is outside the tree of errors."""
        raise InvalidInput(f"A {type(self).__name__} does not change.", hint=f"Make a new one with another {name}.")

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in _PLUMBING or name in self.__dict__]


class ServiceId(NamedTuple):
    """A service: who answers, and where. It keys calls, characters and tasks; a name alone would mix two addresses.

    Attributes:
        provider: name of the profile.
        base_url: its address; "" for the engine of this process.
    """

    provider: str
    base_url: str = ""

    def __str__(self) -> str:
        return f"{self.provider} at {self.base_url}" if self.base_url else self.provider


class SpanRule(Model):
    """How much of a video a service takes for one character.

    Attributes:
        shortest, longest: seconds.
        decimals: whether fractions of a second are allowed.
        source_longest: longest source video in seconds, or None.
    """

    shortest: float = 1.0
    longest: float = 3.0
    decimals: bool = True
    source_longest: float | None = None


class Clip(Model):
    """Seconds of a video, kept to the millisecond.

    Args:
        start: seconds from the beginning, 0 or more, as a number of any kind or as text like "1.5" or "0:01.5".
        end: the same, more than start.

    Raises:
        ClipError: neither numbers nor times, negative, or end not after start.
    """

    start: float
    end: float

    def __init__(self, start: Moment, end: Moment) -> None:
        first, last = arguments.moment(start, "start"), arguments.moment(end, "end")
        if first < 0:
            raise ClipError(
                f"A clip cannot start {-first:.10g} s before the video does.",
                hint="Seconds count from its beginning, 0.",
            )
        if last <= first:
            raise ClipError(
                f"A clip ends after it starts, but {last:.10g} is not after {first:.10g}.",
                hint=f"Did you mean Clip({last:.10g}, {first:.10g})?" if 0 <= last < first else "",
            )
        super().__init__(start=first, end=last)  # type: ignore[call-arg]  # the plugin does not see inherited __init__

    @classmethod
    def of(cls, start: Clip | tuple[Moment, Moment] | Moment, end: Moment | None = None) -> Clip:
        """Read a clip as a person gives it: a Clip, a (start, end) pair, or two times.

        Args:
            start: the clip, the pair, or where the clip starts.
            end: where it ends; only beside a start.

        Raises:
            ClipError: it is none of these.
        """
        both = (start.start, start.end) if isinstance(start, Clip) else arguments.pair(start)
        if (both is None) == (end is None):
            raise ClipError(
                f"The clip starts at {display.plain(repr(start), 80)}, but where does it end?"
                if end is None
                else f"The clip is {display.plain(repr(start), 80)} already, so {display.plain(repr(end), 80)} is too much.",
                hint="Give two times, like 1, 3, or one Clip(1, 3).",
            )
        return cls(*both) if both is not None else cls(start, end)  # type: ignore[arg-type]  # Clip reads what they are

    @classmethod
    def parse(cls, timestamps: str) -> Clip:
        """Read timestamps as the service writes them: `"1,3"` or `"3.55,5.55"`, in seconds.

        Raises:
            ClipError: it is not two numbers joined by a comma.
        """
        parts = [part.strip() for part in timestamps.split(",")] if isinstance(timestamps, str) else []
        if len(parts) != 2 or not all(arguments.NUMBER.fullmatch(part) for part in parts):
            raise ClipError(f'Timestamps are written "start,end" in seconds, like "1,3", not {timestamps!r}.')
        return cls(float(parts[0]), float(parts[1]))

    @property
    def timestamps(self) -> str:
        """The clip as the service wants it, like `"1,3"`."""
        return f"{self.start:.10g},{self.end:.10g}"

    @property
    def span(self) -> float:
        """Length in seconds."""
        return round(self.end - self.start, 3)

    def check(self, rule: SpanRule, duration: float | None = None) -> Clip:
        """Return this clip if a service takes it.

        Args:
            rule: the service's limits.
            duration: length of the video in seconds, where it is known.

        Raises:
            ClipError: too short, too long, fractions where none are allowed, or beyond the end of the video.
        """
        if not rule.shortest <= self.span <= rule.longest:
            raise ClipError(
                f"The clip, {self}, is {self.span:g} s long.",
                hint=f"Choose {rule.shortest:g} to {rule.longest:g} s.",
            )
        if not rule.decimals and not (self.start.is_integer() and self.end.is_integer()):
            raise ClipError(f"This service takes whole seconds only, not {self}.", hint="Round both ends.")
        if duration is not None and self.end > duration + 0.05:
            raise ClipError(
                f"The clip ends at {self.end:g} s, but the video at {duration:.2f} s.",
                hint=self._last_window(rule, duration),
            )
        if duration is not None and rule.source_longest is not None and duration > rule.source_longest:
            raise ClipError(
                f"The video is {duration:.1f} s long; this service takes videos of up to {rule.source_longest:g} s.",
                hint="Cut the video first.",
            )
        return self

    def _last_window(self, rule: SpanRule, duration: float) -> str:
        """Say what would fit at the end of a video: as many seconds as this clip has, or the whole of a short one."""
        end = math.floor(duration * 1000) / 1000 if rule.decimals else float(math.floor(duration + 0.05))
        start = round(max(0.0, end - self.span), 3)
        if round(end - start, 3) < rule.shortest:
            return f"Choose a video of at least {rule.shortest:g} s."
        return f"The last that fits is {Clip(start, end)!r}."

    def __str__(self) -> str:
        return f"{self.start:g}-{self.end:g} s"

    def __repr__(self) -> str:
        return f"Clip({self.start:.10g}, {self.end:.10g})"


Dollars = str | SupportsFloat
"""An amount of US dollars as a person writes it: "0.15", "$0.15", 0.15, 5, Decimal("5.00"), or a NumPy number."""


def micros(amount: Dollars) -> int:
    """Turn an amount of US dollars into whole micro-dollars; a float is taken to the nearest one.

    Raises:
        InvalidInput: it is not such an amount, is negative, or has more than six decimals.
    """
    if isinstance(amount, str):
        text = amount.strip()
    elif isinstance(amount, (Decimal, Integral)):
        text = f"{amount:f}" if isinstance(amount, Decimal) else str(amount)
    else:
        found = arguments.number(amount)
        text = "" if found is None else f"{found:.6f}"
    told = _MONEY.fullmatch(text)
    if told is None:
        raise InvalidInput(
            f"{amount!r} is not an amount in dollars with at most six decimals.", hint='Write it like "0.15" or 5.'
        )
    return int(Decimal(told[1]) * 1_000_000)


@overload
def in_dollars(amount: int) -> Decimal: ...
@overload
def in_dollars(amount: None) -> None: ...
@overload
def in_dollars(amount: int | None) -> Decimal | None: ...
def in_dollars(amount: int | None) -> Decimal | None:
    """Turn whole micro-dollars into dollars, exactly; None stays None."""
    return None if amount is None else Decimal(amount) / 1_000_000


def dollars(amount: int | None) -> str:
    """Write micro-dollars as `$0.15`; None as `?`."""
    return written(in_dollars(amount))


def written(amount: Decimal | None) -> str:
    """Write dollars as `$0.15`; None as `?`."""
    if amount is None:
        return "?"
    text = f"{amount:.6f}".rstrip("0")
    whole, _, cents = text.partition(".")
    return f"${whole}.{cents:0<2}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """What one call buys, as far as prices depend on it.

    Attributes:
        kind: a video, a character, or the registration of one at a service.
        model: its name at the service.
        seconds: length of the video, or of the clip a character is made from; a number of any kind, above 0 where it counts.
        resolution: as the service calls it, like "720p"; "" where that is not known.
        sound: whether the video gets sound; None where that is not known.
        images: how many pictures are sent.
        clip_seconds: length of all reference clips that are sent, together.
        tokens: how many tokens the service counts for it; None where it counts none, or that is not known.
    """

    kind: Bought
    model: str = ""
    seconds: SupportsFloat = 0
    resolution: str = ""
    sound: bool | None = None
    images: int = 0
    clip_seconds: SupportsFloat = 0
    tokens: int | None = None


class When(Model):
    """The purchases that a line of a price list is for: those that meet every condition given here.

    Attributes:
        resolution: one of these, whatever the case of its letters, like "720p" or "4k".
        sound: with sound, or without; None for both.
        clips: with a reference clip, or without; None for both.
    """

    resolution: tuple[str, ...] = ()
    sound: bool | None = None
    clips: bool | None = None

    @field_validator("resolution", mode="before")
    @classmethod
    def _one_or_more(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def holds(self, bought: Purchase) -> bool:
        """Whether a purchase meets the conditions; a fact that is not known about it meets no condition."""
        return (
            (not self.resolution or _lines(bought.resolution) in map(_lines, self.resolution))
            and self.sound in {None, bought.sound}
            and self.clips in {None, _length(bought.clip_seconds) > 0}
        )


def _lines(name: str) -> str:
    """Return the one spelling of a resolution that has several."""
    return {"4k": "2160p", "2k": "1440p"}.get(name.casefold(), name.casefold())


class Price(Model):
    """One line of a price list.

    Attributes:
        kind: what is bought.
        model: name of the model, or a pattern: "*" for all others.
        usd: dollars, as text: for a call, for each second or picture, or for 1,000,000 tokens.
        per: what `usd` is for: the call, each second of the video, each second of the reference clips that are sent, each
            picture that is sent, or each 1,000,000 tokens.
        when: the purchases it is for.
        free: how many pictures of a call cost nothing, where it is for pictures.
        least: the least dollars that a call costs which this line counts for, whatever all lines come to.
        source: where the price was read.
        date: when it was valid or read.
    """

    kind: Bought
    model: str = "*"
    usd: str
    per: Literal["call", "second", "clip_second", "image", "token"] = "call"
    when: When = When()
    free: int = Field(default=0, ge=0)
    least: str = "0"
    source: str
    date: date

    @field_validator("usd", "least")
    @classmethod
    def _is_money(cls, value: str) -> str:
        micros(value)
        return value

    def amount(self, bought: Purchase) -> Fraction | None:
        """Return the exact micro-dollars of this line for a purchase; None where that is not known.

        Raises:
            InvalidInput: the price is per second, and the purchase has no length above 0.
        """
        count = self._count(bought)
        return None if count is None else micros(self.usd) * count

    def _count(self, bought: Purchase) -> Fraction | None:
        """Return how many of what `usd` is for are bought."""
        if self.per == "token":
            return None if bought.tokens is None else Fraction(bought.tokens, 1_000_000)
        if self.per == "image":
            return Fraction(max(0, bought.images - self.free))
        if self.per == "clip_second":
            return _length(bought.clip_seconds)
        if self.per == "call":
            return Fraction(1)
        length = arguments.number(bought.seconds)
        if length is None or length <= 0:
            raise InvalidInput(
                f"A price per second is for a length above 0, not {bought.seconds!r}.",
                hint="Give the seconds, like 2.5.",
            )
        return _length(bought.seconds)

    def cost(self, seconds: SupportsFloat = 0) -> int:
        """Return the micro-dollars of this line alone for a call of this length, rounded up to a whole one.

        Args:
            seconds: a number of any kind; of a float, the decimals that it is written with count.

        Raises:
            InvalidInput: the price is per second, and this is no length above 0.
        """
        found = self.amount(Purchase(kind=self.kind, seconds=seconds))
        if found is None:
            raise InvalidInput("A price per token is for a number of tokens, not for a length.", hint="Use amount().")
        return math.ceil(found)


def _length(seconds: SupportsFloat) -> Fraction:
    """Return seconds exactly; of a float, the decimals that it is written with."""
    return Fraction(str(seconds))


class State(StrEnum):
    """Where a call stands.

    `unknown` means: perhaps accepted, perhaps billed, no answer, or none that is understood. `interrupted` means: the
    engine of a kernel that has ended did not finish it; it was free, and can be made again.
    """

    PLANNED = "planned"
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"


class Status(StrEnum):
    """Where a task stands at the service."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self in {Status.COMPLETED, Status.FAILED}


def _warnings(answer: dict[str, Any]) -> tuple[str, ...]:
    said = answer.get("warnings")
    return tuple(map(str, said)) if isinstance(said, list) else ()


def _until(end: datetime | None, here: Path | None) -> str:
    """Say when a link ends, where that matters: nothing is kept on this machine."""
    return f"its link ends {end.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if end and not here else ""


class Registration(Model):
    """A character as one service knows it.

    Attributes:
        id: the service's id.
        username: the handle it gave, where prompts there mention characters by handles of its own.
        expires_at: until when it knows it, where it says so.
    """

    id: str
    username: str = ""
    expires_at: datetime | None = None


class Still(Model):
    """A picture that shows services who is meant: the character alone on a plain light ground, without alpha.

    Attributes:
        path: a JPEG or PNG file on this machine.
        width, height: pixels.
        kind: the whole figure, its head, or the avatar.
        face: whether it shows a photorealistic human face.
    """

    path: Path
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    kind: Literal["figure", "head", "avatar"]
    face: bool = False


class Consent(Model):
    """Who says that whoever a character shows agrees to being sent to services, and when.

    Attributes:
        by: the words of whoever says so, such as "Ada Lovelace: it is my own cat".
        at: when it was said.
        elsewhere: whether it was said in another library, and is only the word of the archive it came with.
    """

    by: str = Field(min_length=1, max_length=200)
    at: datetime
    elsewhere: bool = False


class Character(Model):
    """A reusable character: what the service answered, and everything needed to keep it when the service is gone.

    `str(character)` is its mention, `@username`, ready for a prompt.

    Attributes:
        id: the service's id, like `ch_...`.
        username: the handle written after `@`.
        display_name: a name for people.
        aliases: its earlier usernames, which prompts may still mention it by.
        permalink: the character's page at the service, where it has one.
        profile_picture_url: link to the avatar; it may end soon, see avatar_expires_at.
        avatar: the avatar's file on this machine.
        clip: the seconds it was cut from.
        clip_file: those seconds as a file on this machine, where the source was at hand.
        cutout: the character alone, a PNG with a transparent background, where the service gave one.
        description: what it looks like: a draft of what the extraction saw, or the user's own words.
        stills: pictures that show services who is meant.
        consent: who says that whoever it shows agrees to being sent to services; None until that was asked.
        licence: under which terms its footage may be used, in the user's words.
        providers: the services that know it, by the text of their ServiceId: the profile's name, and where.
        source: where it came from: `task:<id>`, `url:<address>` or `file:<name>`.
        profile, base_url: the service that made it: name of the profile, and its address.
        created_at: when it was made.
        raw: the service's whole answer.
    """

    id: str = Field(min_length=1, max_length=200)
    username: str = Field(max_length=200, pattern=f"^{USERNAME}$")
    display_name: str = ""
    aliases: tuple[Handle, ...] = ()
    permalink: str = ""
    profile_picture_url: str = ""
    avatar: Path | None = None
    avatar_sha256: str = ""
    clip: Clip | None = None
    clip_file: Path | None = None
    clip_sha256: str = ""
    cutout: Path | None = None
    description: str = ""
    stills: tuple[Still, ...] = ()
    consent: Consent | None = None
    licence: str = ""
    providers: dict[str, Registration] = Field(default_factory=dict)
    source: str = ""
    profile: str = ""
    base_url: str = ""
    model: str = ""
    created_at: datetime | None = None
    raw: dict[str, Any] = Field(default_factory=dict, repr=False)

    @property
    def service(self) -> ServiceId:
        """Who made it, and where."""
        return ServiceId(self.profile, self.base_url)

    def __hash__(self) -> int:
        return hash((self.service, self.id))

    @property
    def avatar_expires_at(self) -> datetime | None:
        """When `profile_picture_url` ends, or None where it does not say."""
        return link_expiry(self.profile_picture_url)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the service found doubtful about the clip, in sentences; the local engine says so."""
        return _warnings(self.raw)

    @property
    def called(self) -> str:
        """The name by which a service knows it that takes names; rename() does not change it there."""
        return str(self.raw.get("name") or self.display_name)

    @property
    def mention(self) -> str:
        """What to write in a prompt: `@username`."""
        return f"@{self.username}"

    def save(self, path: Path | str, *, replace: bool = False) -> Path:
        """Save the character as an archive that studio.load() opens on another machine; its page in notebooks/guide has the format.

        No key, path, link or id at a service goes along; the same character gives the same bytes.

        Args:
            path: the file, like "luna.sora.zip".
            replace: whether a file that is there is written over.

        Returns:
            The path.

        Raises:
            InvalidInput: one of its files is not here any more, or nothing can be written there.
        """
        chosen = saving.target(path, f"{self.username}.sora.zip", replace=replace)
        content = writer.pack(self.model_dump())
        with saving.writing(chosen) as file:
            file.write(content)
        return chosen

    def __str__(self) -> str:
        return self.mention

    def __repr__(self) -> str:
        return f"Character({self.mention}, {display.plain(self.display_name or self.id)!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        lines = [
            self.display_name,
            self.description,
            f"cut from {display.origin(self.source)}" + (f", {self.clip}" if self.clip else "") if self.source else "",
            f"made by {self.profile}" + (f" on {self.created_at:%Y-%m-%d %H:%M}" if self.created_at else "")
            if self.profile
            else "",
            _until(self.avatar_expires_at, self.avatar),
            *self.warnings,
        ]
        return {
            "text/plain": repr(self),
            "text/html": display.card(
                display.data_url(self.avatar, 192),
                f"Avatar of {self.mention}",
                self.mention,
                lines,
                animation=display.moving(display.ANIMATION, self.cutout),
            ),
        }


class Video(Model):
    """A video task as the service describes it, and its file once that is here.

    Attributes:
        id: the service's id, like `video_...`; "" for a result of the sync route that has none.
        status: where the task stands.
        status_word: the service's own word for that, where it is one that nobody knows; else "".
        progress: 0 to 100.
        prompt: as sent.
        model, size, seconds, seed: as asked for, size like `1280x720`; the seed is None where none was given.
        url: link to the result, where there is one.
        created_at, completed_at, expires_at: as the service says.
        error: why it failed, in the service's words.
        characters: usernames mentioned.
        path: the file on this machine, or None while there is none.
        sha256: hash of that file.
        poster: one picture of it, as a file on this machine.
        profile, base_url: the service that made it: name of the profile, and its address.
        estimate: list price in dollars, None where no list has it.
        charged: what was billed in dollars, as far as known.
        raw: the service's whole answer.
    """

    id: str = ""
    status: Status = Status.QUEUED
    status_word: str = ""
    progress: float = Field(default=0, ge=0, le=100)
    prompt: str = ""
    model: str = ""
    size: str = ""
    seconds: float | None = None
    seed: int | None = None
    url: str = ""
    created_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    error: str = ""
    error_code: str = ""
    characters: tuple[str, ...] = ()
    path: Path | None = None
    sha256: str = ""
    poster: Path | None = None
    profile: str = ""
    base_url: str = ""
    estimate: Decimal | None = None
    charged: Decimal | None = None
    raw: dict[str, Any] = Field(default_factory=dict, repr=False)

    @property
    def service(self) -> ServiceId:
        """Who made it, and where."""
        return ServiceId(self.profile, self.base_url)

    def __hash__(self) -> int:
        return hash((self.service, self.id))

    @property
    def link_expires_at(self) -> datetime | None:
        """When `url` ends, or None where neither the service nor the link says so."""
        return self.expires_at or link_expiry(self.url)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the service did not understand of the prompt, in sentences; the local engine says so."""
        return _warnings(self.raw)

    def save(self, path: Path | str, *, replace: bool = False) -> Path:
        """Copy the video's file.

        Args:
            path: where to, like "beach.mp4".
            replace: whether a file that is there is written over.

        Returns:
            The path.

        Raises:
            InvalidInput: the video has no file on this machine, or nothing can be written there.
        """
        if self.path is None or not self.path.is_file():
            raise InvalidInput(
                "This video has no file on this machine.", money="", hint="studio.resume() fetches one that is owed."
            )
        chosen = saving.target(path, "film.mp4", replace=replace)
        with saving.writing(chosen) as file, self.path.open("rb") as film:
            shutil.copyfileobj(film, file)
        return chosen

    def __str__(self) -> str:
        return str(self.path) if self.path else self.url or self.id

    def __repr__(self) -> str:
        return f"Video({self.status.value}, {display.plain(self.prompt, 60)!r}, {display.plain(self, 200)!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        price = (
            f"estimate {written(self.estimate)}, charged {written(self.charged)}" if self.estimate is not None else ""
        )
        about = ", ".join(
            part for part in (self.model, self.size, f"{self.seconds:g} s" if self.seconds else "", price) if part
        )
        lines = [self.prompt, about, str(self.path or ""), _until(self.link_expires_at, self.path), self.error]
        lines += self.warnings
        return {
            "text/plain": repr(self),
            "text/html": display.footage(self.path, self.poster, f"Video: {self.prompt}", lines),
        }
