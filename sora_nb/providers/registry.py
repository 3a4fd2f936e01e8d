"""Gateways as data: where they are, what they speak, what they cost, and which of it is retired.

The facts themselves are in `providers.toml` beside this file.
"""

from __future__ import annotations

import fnmatch
import os
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.models import Model, Price, SpanRule


class Routes(Model):
    """Paths below the base URL; None where the gateway has no such route."""

    characters: str | None = None
    videos: str | None = "/v1/videos"
    video_characters: str | None = None
    chat: str | None = None
    files: str | None = None


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
    sources: tuple[Literal["url", "from_task", "file"], ...] = ("url", "from_task")
    span: SpanRule = SpanRule()
    subject: bool = False
    mentions: int = 2
    mention_style: Literal["handle", "name"] = "handle"


class Pace(Model):
    """Seconds between two polls of one task: never less than shortest, never more than longest."""

    shortest: float = Field(default=2, gt=0)
    longest: float = Field(default=15, gt=0)


class VideoRules(Model):
    """How videos are asked for on the asynchronous route.

    Attributes:
        model, size, seconds: what is asked for where the caller says nothing.
        body: whether the create request is JSON or multipart/form-data.
        seconds_allowed: lengths the gateway takes; empty where it does not say.
        seeds: whether the gateway takes a seed with the request.
        prompt_longest: characters of text.
        poll: how often to ask.
        wait_longest: seconds after which waiting ends.
    """

    model: str = "sora-2"
    body: Literal["json", "multipart"] = "json"
    size: str = "1280x720"
    seconds: int = 10
    seconds_allowed: tuple[int, ...] = ()
    seeds: bool = False
    prompt_longest: int = 32_000
    poll: Pace = Pace()
    wait_longest: float = 1800


class ChatModel(Model):
    """A model of the synchronous route: its name fixes size and length."""

    model: str
    size: str
    seconds: int


class Profile(Model):
    """One gateway.

    Attributes:
        name: how it is chosen.
        title: one line for people.
        base_url: scheme and host; "" for the embedded server.
        free: whether calls are charged nothing.
        key_required: whether a key must be set.
        echoes_key: whether tasks show the idempotency key they were created with, so that a lost create can be found.
        listing: whether tasks can be listed.
        failures_charged: routes on which a failed generation is billed.
        retired: what was retired, when, with its source; "" where nothing was.
        retired_models: models the notice is about; a name stands for all that begin with it.
        link_life_hours: how long result links live, or None where unknown.
        timeout_create: seconds to wait for the answer to a create.
        prices: the price list; the first line that fits counts.
    """

    name: str
    title: str
    base_url: str = ""
    free: bool = False
    key_required: bool = True
    echoes_key: bool = False
    listing: bool = True
    failures_charged: tuple[Literal["chat", "video", "character"], ...] = ()
    retired: str = ""
    retired_models: tuple[str, ...] = ()
    link_life_hours: float | None = None
    timeout_create: float = 180
    routes: Routes = Routes()
    character: CharacterRules = CharacterRules()
    video: VideoRules = VideoRules()
    chat_models: tuple[ChatModel, ...] = ()
    prices: tuple[Price, ...] = ()

    def price(self, kind: Literal["character", "video"], model: str | None) -> Price | None:
        """Return the line of the price list for a model, or None where the list does not have it."""
        for price in self.prices:
            if price.kind == kind and fnmatch.fnmatchcase(model or "", price.model):
                return price
        return None

    def is_retired(self, model: str | None) -> bool:
        """Whether the profile's notice says that this model is gone."""
        return any((model or "").startswith(name) for name in self.retired_models)

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


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address, default ports filled in."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def is_address(url: str) -> bool:
    """Whether a text is an http or https address."""
    try:
        scheme, host, _ = origin(url)
    except ValueError:  # brackets that hold no IPv6 address, or a port that is no number
        return False
    return scheme in {"http", "https"} and bool(host)


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("sora_nb") / "providers" / "providers.toml").read_text(encoding="utf-8"))


def names() -> list[str]:
    """Return the names of all profiles."""
    return list(_table())


@cache
def get(name: str) -> Profile:
    """Return a profile by name.

    Raises:
        ConfigError: there is none of this name.
    """
    table = _table()
    if name not in table:
        raise ConfigError(f"There is no profile {name!r}.", hint=f"Choose one of: {', '.join(table)}.")
    entry = dict(table[name])
    parent = entry.pop("extends", None)
    return Profile(name=name, **({**table[parent], **entry} if parent else entry))


def settings(
    profile: str | Profile | None = None,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
) -> Settings:
    """Choose the gateway: an argument beats the environment, the environment beats the profile's own value.

    Args:
        profile: a name or a profile; else SORA_NB_PROFILE; else `custom` where a base URL is given, else `local`.
        base_url: scheme and host; else SORA_NB_BASE_URL, but not where the argument names a free profile: who asks for
            that must not be sent to a gateway that charges.
        api_key: the key; else SORA_NB_API_KEY.

    Returns:
        Settings with base_url "" where the embedded local server is meant.

    Raises:
        ConfigError: unknown profile, no usable address, or no key where one is needed.
    """
    known = os.environ.get("SORA_NB_BASE_URL") or ""
    api_key = api_key or os.environ.get("SORA_NB_API_KEY") or ""
    chosen = profile or os.environ.get("SORA_NB_PROFILE") or ("custom" if base_url or known else "local")
    found = chosen if isinstance(chosen, Profile) else get(chosen)
    if profile and found.free:
        known = ""
    base_url = (base_url or known or found.base_url).rstrip("/")
    if base_url and not is_address(base_url):
        raise ConfigError(f"{base_url!r} is not a web address.", hint="Write it like https://api.example.com.")
    if not base_url and not found.free:
        raise ConfigError(f"The profile {found.name!r} has no address of its own.", hint="Set SORA_NB_BASE_URL.")
    if any(not 32 < ord(char) < 127 for char in api_key):
        raise ConfigError("The key holds blanks or letters that no key has.", hint="Copy it again, without quotes.")
    if found.key_required and not api_key:
        raise ConfigError(f"The profile {found.name!r} needs a key.", hint="Set SORA_NB_API_KEY.")
    return Settings(profile=found, base_url=base_url.removesuffix("/v1"), api_key=SecretStr(api_key))
