"""A service as data: where it is, what it sells, within which limits, at which price, and which of it is retired."""

from __future__ import annotations

import datetime as dt
import fnmatch
import math
from collections.abc import Mapping
from typing import Literal, NamedTuple, NoReturn
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from sora_nb.errors import ConfigError, InvalidInput, RouteRetired
from sora_nb.models import Model, Price, Purchase, SpanRule, micros
from sora_nb.providers.wire import MAX_IMAGE_BYTES


class Routes(Model):
    """Paths below the base URL; None where the gateway has no such route.

    `content` is where the service itself has a video's file, where that is data: `{id}` stands for the task.
    """

    characters: str | None = None
    videos: str | None = "/v1/videos"
    video_characters: str | None = None
    chat: str | None = None
    files: str | None = None
    registrations: str | None = None
    content: str | None = None


class CharacterRules(Model):
    """How characters are made and mentioned.

    Attributes:
        model: sent with the request, or None where the gateway refuses the field.
        sources: what a character can be made from: "url", "from_task", "file".
        span: limits of the clip.
        subject: whether the request may say where in the picture the subject is.
        mentions: most characters in one prompt.
        mention_style: "handle" writes `@username`; "name" writes the display name and lists the ids beside the prompt.
    """

    model: str | None = None
    sources: tuple[str, ...] = ("url", "from_task")
    span: SpanRule = SpanRule()
    subject: bool = False
    mentions: int = 2
    mention_style: str = "handle"


class Pace(Model):
    """Seconds between two polls of one task: never less than shortest, never more than longest."""

    shortest: float = Field(default=2, gt=0)
    longest: float = Field(default=15, gt=0)


class ReferenceRules(Model):
    """What a model takes to be shown who is meant.

    Attributes:
        style: how a prompt says who is shown: see references.compiled().
        token: with the style "token": what stands in place of a mention, like "character{n}".
        first: the number of the first picture.
        images: most pictures of one order.
        members: most characters of one order; None: as many as pictures fit.
        each: pictures sent of one character, where there is room.
        side: least pixels of a picture's shorter side.
        inline: whether pictures may be sent inside the request; else they need a public address.
        image_bytes: largest picture in bytes.
        clips: most clips of one order; 0 where the model takes none.
        clip_span: shortest and longest clip, in seconds.
        clips_longest: most seconds of all clips together; None where nobody says.
        clip_inline: whether a clip may be sent inside the request, or handed over; else it needs a public address.
        with_image: whether a picture to start from may be given beside them.
        needs_image: whether they are taken only beside a picture to start from.
        registers: whether the service can be made to know characters, which prompts then mention without pictures.
        field: the field of the request that carries them, with dots where it is in another one, as far as relays of one
            wire differ in it.
        sent_as: how they go there: "file" as parts of a form, "url" as a list of addresses or data URIs, "image_url" as a
            list of items of that type.
        verified: who ran it live, and when; "" where nobody did.
    """

    style: Literal["handle", "name", "alias", "number", "token", "prose"] = "prose"
    token: str = ""
    first: int = 1
    images: int = 0
    members: int | None = None
    each: int = Field(default=2, ge=1, le=9)
    side: int = 0
    inline: bool = True
    image_bytes: int = MAX_IMAGE_BYTES
    clips: int = 0
    clip_span: tuple[float, float] = (0, 60)
    clips_longest: float | None = None
    clip_inline: bool = False
    with_image: bool = False
    needs_image: bool = False
    registers: bool = False
    field: str = ""
    sent_as: Literal["file", "url", "image_url"] = "file"
    verified: str = ""


class ModelRules(Model):
    """What one model makes, and what it takes.

    Attributes:
        seconds: length that is asked for where the caller says nothing; None: the profile's.
        size: the same of its size, like "1280x720"; "": the profile's.
        lengths: lengths it makes; empty where any between shortest and longest will do.
        shortest, longest: seconds; None where nobody says.
        ratios: aspect ratios like "16:9"; empty where it takes any size.
        resolutions: like "720p", by their shorter side.
        sizes: sizes like "1280x720", where the model has a list of them in place of ratios.
        image_resolutions: those of films that take their shape from the picture they start from; empty where none do.
        frames: the size by resolution and ratio, where a resolution does not say the shorter side.
        sound: whether sound is asked for; None where there is no choice.
        seeds: whether it takes a seed; None where nobody says.
        prompt_longest: characters of text; None: the profile's.
        references: how it is shown characters; None where it cannot be.
        faces: whether photorealistic faces in pictures are "checked" or "refused"; "" where nobody says.
        elsewhere: the machine that an engine of this process has its films made on, and sends pictures to; "" for this one.
        dialect: whose bodies the service passes on to it, where it stands in front of others: a module of this package.
        retired: what became of it; "" where it is served.
        source: where this was read.
        date: when.
    """

    seconds: int | None = None
    size: str = ""
    lengths: tuple[int, ...] = ()
    shortest: int | None = None
    longest: int | None = None
    ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    image_resolutions: tuple[str, ...] = ()
    frames: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    sound: bool | None = None
    seeds: bool | None = None
    prompt_longest: int | None = None
    references: ReferenceRules | None = None
    faces: Literal["", "checked", "refused"] = ""
    elsewhere: str = ""
    dialect: str = ""
    retired: str = ""
    source: str = ""
    date: dt.date | None = None


class VideoRules(Model):
    """How videos are asked for on the asynchronous route.

    Attributes:
        model, size, seconds: what is asked for where the caller says nothing.
        body: whether the create request is JSON or multipart/form-data.
        seconds_allowed: lengths the gateway takes; empty where it does not say.
        models: names the service knows; empty where it does not say, or has others than those.
        seeds: whether the gateway takes a seed with the request.
        longest: most seconds, or None where the gateway does not say.
        sides: least and most pixels of a side, which are even numbers; None where the gateway does not say.
        prompt_longest: characters of text.
        poll: how often to ask.
        wait_longest: seconds after which waiting ends.
    """

    model: str = "sora-2"
    body: str = "json"
    size: str = "1280x720"
    seconds: int = 10
    seconds_allowed: tuple[int, ...] = ()
    models: tuple[str, ...] = ()
    seeds: bool = False
    longest: int | None = None
    sides: tuple[int, int] | None = None
    prompt_longest: int = 32_000
    poll: Pace = Pace()
    wait_longest: float = 1800


class ChatModel(Model):
    """A model of the synchronous route: its name fixes size and length."""

    model: str
    size: str
    seconds: int


class Quote(NamedTuple):
    """What a price list says that a purchase costs.

    Attributes:
        micros: whole micro-dollars, the sum rounded up once.
        source: where its lines were read.
        date: when the oldest of them was.
    """

    micros: int
    source: str
    date: dt.date


class Profile(Model):
    """One gateway.

    Attributes:
        name: how it is chosen.
        title: one line for people.
        dialect: what it speaks: a module of this package with a class `Wire`, or "module:Class".
        base_url: scheme and host; "" for the engine of this process.
        free: whether calls are charged nothing.
        key_required: whether a key must be set.
        key_scheme: the word before the key in the header `Authorization`.
        echoes_key: whether tasks show the idempotency key they were created with, so that a lost create can be found.
        honours_key: whether a create that is sent again with the same idempotency key is answered with the first one's
            task, so that it may be sent again although the first one may have been accepted.
        replay_hours: how long a create that is sent again with the same idempotency key is certainly answered with the
            first one's task; within it a lost one is sent again, also by resume().
        refusal_codes: codes and types of errors that the service gives only for calls it did not accept, each with
            its source; any other error with a status of 5xx, 408, 409, 425, 499 or 3xx leaves a paid call's outcome open.
        listing: whether tasks can be listed.
        cancels: whether a task under way can be stopped.
        failures_charged: routes on which a failed generation is billed: "video", "character", "chat".
        failures_unknown: whether nobody knows if failed generations are billed; what an answer says of it counts anyway.
        refusals_charged: whether an order that is refused for its words or pictures is charged.
        retired: what was retired, when, with its source; "" where nothing was.
        retired_models: models the notice is about; a name stands for all that begin with it.
        retired_routes: routes the notice is about, whatever the model, named as in failures_charged.
        retired_hosts: hosts the notice is about; empty where it holds whatever the address is.
        link_life_hours: how long result links live, or None where unknown.
        timeout_create: seconds to wait for the answer to a create.
        rehearsal: whether a server on this machine plays the service, whose charges are no money.
        key_variables: names of the environment variables from which the service's own library takes the key.
        at_once: videos an experiment asks for at the same time; many services take one or two.
        models: what each model makes and takes; a name may be a pattern, like "*seedance-2-5*".
        prices: the price list, see price().
    """

    name: str
    title: str
    dialect: str = "sora"
    base_url: str = ""
    free: bool = False
    key_required: bool = True
    key_scheme: str = "Bearer"
    echoes_key: bool = False
    honours_key: bool = False
    replay_hours: float = 0
    refusal_codes: Mapping[str, str] = Field(default_factory=dict)
    listing: bool = True
    cancels: bool = False
    failures_charged: tuple[str, ...] = ()
    failures_unknown: bool = False
    refusals_charged: Literal["yes", "no", "unknown"] = "unknown"
    retired: str = ""
    retired_models: tuple[str, ...] = ()
    retired_routes: tuple[str, ...] = ()
    retired_hosts: tuple[str, ...] = ()
    link_life_hours: float | None = None
    timeout_create: float = 180
    rehearsal: bool = False
    key_variables: tuple[str, ...] = ()
    at_once: int = Field(default=2, ge=1)
    routes: Routes = Routes()
    character: CharacterRules = CharacterRules()
    video: VideoRules = VideoRules()
    chat_models: tuple[ChatModel, ...] = ()
    models: Mapping[str, ModelRules] = Field(default_factory=dict)
    prices: tuple[Price, ...] = ()

    def price(self, bought: Purchase) -> Quote | None:
        """Return what the price list says a purchase costs, or None where it does not say.

        The first line that has its kind and model tells under which name of the list it is; of that name's lines, for each
        thing that is counted (`per`) the first one whose conditions hold counts, and what they come to is added up. Where
        something is counted that no line's conditions hold for, the price is not known.

        Raises:
            InvalidInput: a price is per second, and the purchase has no length above 0.
        """
        fitting = [
            line for line in self.prices if line.kind == bought.kind and fnmatch.fnmatchcase(bought.model, line.model)
        ]
        lines = [line for line in fitting if line.model == fitting[0].model]
        counted = {line.per: line for line in reversed(lines) if line.when.holds(bought)}
        amounts = [(line, line.amount(bought)) for line in counted.values()]
        missing = [line for line in lines if line.per not in counted and line.amount(bought) != 0]
        known = {line.per: amount for line, amount in amounts if amount is not None}
        if not amounts or missing or len(known) < len(amounts):
            return None
        least = max(micros(line.least) for line in counted.values())
        return Quote(
            micros=max(math.ceil(sum(known.values())), least),
            source="; ".join(dict.fromkeys(line.source for line in lines if line in counted.values())),
            date=min(line.date for line in counted.values()),
        )

    def rules(self, model: str) -> ModelRules:
        """Return what a model makes and takes: its own line, else the first pattern that fits, else what the profile says."""
        known = self.models.get(model)
        if known is None:
            fitting = (rules for name, rules in self.models.items() if fnmatch.fnmatchcase(model, name))
            known = next(fitting, ModelRules())
        own = {
            "seconds": known.seconds or self.video.seconds,
            "size": known.size or self.video.size,
            "longest": known.longest or self.video.longest,
            "prompt_longest": known.prompt_longest or self.video.prompt_longest,
            "lengths": known.lengths or self.video.seconds_allowed,
        }
        return known.model_copy(update=own)

    @property
    def registers(self) -> bool:
        """Whether the service can know characters, which prompts then mention without pictures."""
        return any(rules.references is not None and rules.references.registers for rules in self.models.values())

    def check_model(self, model: str) -> None:
        """Refuse a model that the profile does not list; a profile that lists no models takes any.

        Raises:
            InvalidInput: it is.
        """
        names = self.video.models or tuple(self.models)
        if names and not any(fnmatch.fnmatchcase(model, name) for name in names):
            named = [name for name in names if not set(name) & set("*?[")]
            raise InvalidInput(
                f"The profile {self.name!r} has no model {model!r}.",
                hint=f"It has {', '.join(named or names)}; those of other services are named service/model.",
            )

    def is_retired(self, model: str, route: str = "", base_url: str | None = None) -> bool:
        """Whether the profile's notice says that a model or route is gone.

        Args:
            model: its name; "" where the order names none.
            route: "video", "character" or "chat"; "" asks about the model alone.
            base_url: the address asked; None asks about the vendor's own.
        """
        host = urlsplit(base_url or "").hostname or ""
        here = not self.retired_hosts or base_url is None or host in self.retired_hosts
        return here and (route in self.retired_routes or any(model.startswith(name) for name in self.retired_models))

    def check_served(self, model: str, route: str = "", base_url: str | None = None) -> None:
        """Refuse what the profile's notice says is gone.

        Args:
            model, route, base_url: as of is_retired().

        Raises:
            RouteRetired: it is.
        """
        if self.is_retired(model, route, base_url):
            what = repr(model) if model else f"its {route} route"
            raise RouteRetired(
                f"{self.name} no longer serves {what}. {self.retired}",
                money="Nothing was sent, nothing was charged.",
                hint=f"{RouteRetired.hint} Studio(..., allow_retired=True) sends it all the same.",
            )

    def chat_model(self, size: str, seconds: float) -> ChatModel:
        """Return the model of the synchronous route with this orientation and length.

        Raises:
            InvalidInput: there is none.
        """
        wide = _orientation(size)
        for entry in self.chat_models:
            if _orientation(entry.size) == wide and entry.seconds == seconds:
                return entry
        offered = ", ".join(f"{entry.size} {entry.seconds} s" for entry in self.chat_models) or "none"
        raise InvalidInput(f"The sync route of {self.name} has no model for {size}, {seconds:g} s; it has: {offered}.")


def _orientation(size: str) -> bool:
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise InvalidInput(f'A size is written "1280x720", not {size!r}.')
    return int(width) > int(height)


class Settings(Model):
    """A profile together with the key and address it is used with. The key never shows itself."""

    profile: Profile
    base_url: str
    api_key: SecretStr = Field(default=SecretStr(""), repr=False)

    def __getstate__(self) -> NoReturn:
        """Refuse to be pickled: a pickle would hold the key in clear."""
        raise ConfigError(
            "Settings are not pickled, since they hold the key.", hint="Make them anew where they are used."
        )
