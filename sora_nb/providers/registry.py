"""The services that are known by name, and the settings to use one with. The facts are in `providers.toml` beside this file."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from sora_nb.errors import ConfigError
from sora_nb.providers.addresses import holds_password, is_address
from sora_nb.providers.profile import Profile, Settings

if TYPE_CHECKING:
    from sora_nb.providers.dialect import Dialect


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
    api_key: str | SecretStr | None = None,
) -> Settings:
    """Choose the gateway: an argument beats the environment, the environment beats the profile's own value.

    A key goes to its own address: SORA_NB_<NAME>_API_KEY not to SORA_NB_BASE_URL, where the profile has an address of its
    own, SORA_NB_API_KEY not to SORA_NB_<NAME>_BASE_URL, where SORA_NB_BASE_URL says whose it is, and the key of the
    service's own library (Profile.key_variables) to no other address than the profile's.

    Args:
        profile: a name or a profile; else SORA_NB_PROFILE; else `custom` where a base URL is given, else `local`.
        base_url: scheme and host; else SORA_NB_<NAME>_BASE_URL, else SORA_NB_BASE_URL, but neither where the argument
            names a free profile: who asks for that must not be sent to a gateway that charges.
        api_key: the key; else SORA_NB_<NAME>_API_KEY; else that of the service's own library; else SORA_NB_API_KEY.

    Returns:
        Settings with base_url "" where the engine of this process is meant.

    Raises:
        ConfigError: unknown profile, no usable address, or no key where one is needed.
    """
    known = os.environ.get("SORA_NB_BASE_URL") or ""
    chosen = profile or os.environ.get("SORA_NB_PROFILE") or ("custom" if base_url or known else "local")
    found = chosen if isinstance(chosen, Profile) else get(chosen)
    own = _variables(found.name)
    given, key, general = hidden(api_key), _key(own), _key("SORA_NB")
    url = os.environ.get(f"{own}_BASE_URL") or ""
    if profile and found.free:
        known = url = ""
    if key and not given:
        url = url or found.base_url
    elif url and known and not base_url:
        general = SecretStr("")
    address = base_url or url or known or found.base_url
    key = given or key or _library_key(found, address) or general
    return _settings(found, address, key, [own, "SORA_NB"], "Or give it as Studio(..., api_key=getpass()).")


def hidden(api_key: str | SecretStr | None) -> SecretStr:
    """Return a key as an object that does not show it, which tracebacks may print as they print every variable.

    Raises:
        ConfigError: it is no text.
    """
    if isinstance(api_key, SecretStr):
        return api_key
    if not isinstance(api_key, str | None):
        raise ConfigError("A key is a text.", hint="Give it as the vendor shows it.")
    return SecretStr(api_key or "")


def _variables(name: str) -> str:
    """Return how the names of a profile's own variables begin."""
    return f"SORA_NB_{name.upper().replace('-', '_')}"


def _key(prefix: str) -> SecretStr:
    return SecretStr(os.environ.get(f"{prefix}_API_KEY") or "")


def _library_key(found: Profile, base_url: object) -> SecretStr:
    """Return the key that the service's own library would take; only for the address that it would send it to."""
    own = isinstance(base_url, str) and _bare(base_url) == _bare(found.base_url)
    values = map(os.environ.get, found.key_variables if own else ())
    return SecretStr(next(filter(None, values), ""))


def _bare(base_url: str) -> str:
    return base_url.rstrip("/").removesuffix("/v1")


def key_variables(profile: Profile) -> list[str]:
    """Return the environment variables from which the key of a service beside the default one is taken, the first set."""
    return [f"{_variables(profile.name)}_API_KEY", *profile.key_variables]


def _settings(found: Profile, base_url: str, api_key: SecretStr, prefixes: list[str], or_else: str) -> Settings:
    if not isinstance(base_url, str):
        raise ConfigError("An address is a text.", hint="Write it like https://api.example.com.")
    base_url = base_url.rstrip("/")
    if holds_password(base_url):
        raise ConfigError(
            f"The address holds a user name or a password: {base_url.rpartition('@')[2]!r} behind an @.",
            hint=f"Leave them out, since the ledger keeps the address; a key is given as {prefixes[0]}_API_KEY.",
        )
    if base_url and not is_address(base_url):
        written = base_url.rpartition("@")[2]
        raise ConfigError(f"{written!r} is not a web address.", hint="Write it like https://api.example.com.")
    if not base_url and not found.free:
        raise ConfigError(
            f"The profile {found.name!r} has no address of its own.", hint=f"Set {_either(prefixes, 'BASE_URL')}."
        )
    if any(not 32 < ord(char) < 127 for char in api_key.get_secret_value()):
        raise ConfigError("The key holds blanks or letters that no key has.", hint="Copy it again, without quotes.")
    if found.key_required and not api_key:
        gone = f" {found.retired}" if found.retired else ""
        own, *general = [f"{prefix}_API_KEY" for prefix in prefixes]
        hint = f"Set {' or '.join([own, *found.key_variables, *general])}. {or_else}"
        raise ConfigError(f"The profile {found.name!r} needs a key.{gone}", hint=hint)
    if found.free and base_url:  # a server of one's own may have an engine that has another model
        found = found.model_copy(update={"video": found.video.model_copy(update={"models": ()})})
    return Settings(profile=found, base_url=_bare(base_url), api_key=api_key)


def _either(prefixes: list[str], end: str) -> str:
    return " or ".join(f"{prefix}_{end}" for prefix in prefixes)


def other(profile: str | Profile, *, base_url: str | None = None, api_key: str | SecretStr | None = None) -> Settings:
    """Return the settings of a service beside the default one, with a key of its own.

    Args:
        profile: a name or a profile.
        base_url: its address; else SORA_NB_<NAME>_BASE_URL; else the profile's own.
        api_key: its key; else SORA_NB_<NAME>_API_KEY; else, for the profile's own address, that of the service's own
            library.

    Raises:
        ConfigError: there is no such profile, no address, or no key where one is needed.
    """
    found = profile if isinstance(profile, Profile) else get(profile)
    own = _variables(found.name)
    address = base_url or os.environ.get(f"{own}_BASE_URL") or found.base_url
    key = hidden(api_key) or _key(own) or _library_key(found, address)
    return _settings(found, address, key, [own], f"Or run studio.connect({found.name!r}, api_key=getpass()).")


def dialect(profile: Profile, base_url: str = "") -> Dialect:
    """Make the dialect that a profile speaks.

    Args:
        profile: the service as data.
        base_url: its address; "" for the engine of this process.

    Raises:
        ConfigError: there is none of this name.
    """
    module, _, name = profile.dialect.partition(":")
    where = module if name else f"sora_nb.providers.{module}"
    try:
        spoken: type[Dialect] = getattr(import_module(where), name or "Wire")
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"There is no dialect {profile.dialect!r} for the profile {profile.name!r}.") from error
    return spoken(profile, base_url)
