"""The addresses and keys of a session's services: the default one's, those that were given, and those of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb import arguments
from sora_nb.errors import ConfigError
from sora_nb.models import ServiceId
from sora_nb.providers import registry
from sora_nb.providers.profile import Profile

if TYPE_CHECKING:
    from pydantic import SecretStr

    from sora_nb.providers.profile import Settings


class Connections:
    """What a session knows of the services that it may use.

    Args:
        default: settings of the default service.
    """

    def __init__(self, default: Settings) -> None:
        self._default = default.profile.name
        self._given = {self._default: default}
        self._before: dict[tuple[str, str], Settings | None] = {}
        """What was given before a rehearsal, by its name and address."""

    def settings(self, name: str) -> Settings:
        """Return the settings of a service: those given, else those of the environment.

        Raises:
            ConfigError: there is no such service, no address, or no key where one is needed.
        """
        return self._given.get(name) or registry.other(name)

    def connect(self, service: str | Profile, api_key: SecretStr, base_url: str | None) -> Settings:
        """Keep the key of a service, and perhaps its address, for as long as this object lives.

        Args:
            service: its profile, or the name of that.
            api_key: its key; where it is empty, that of the environment.
            base_url: its address; else SORA_NB_<NAME>_BASE_URL; else the profile's own.

        Returns:
            Its settings from now on.

        Raises:
            ConfigError: there is no such service, no usable address, no key where one is needed, or it is the default
                service, but elsewhere.
        """
        name = service.name if isinstance(service, Profile) else arguments.text(service, "service")
        known = self._given.get(name)
        if known is not None and name == self._default:
            found = registry.other(known.profile, base_url=base_url or known.base_url, api_key=api_key)
            if found.base_url != known.base_url:
                raise ConfigError(
                    f"This studio works with {ServiceId(name, known.base_url)}.",
                    hint="Make a Studio of its own for another address.",
                )
        else:
            found = registry.other(service, base_url=base_url, api_key=api_key)
        if found.profile.rehearsal:
            self._before[name, found.base_url] = self._given.get(name)
        self._given[name] = found
        return found

    def disconnect(self, name: str, base_url: str) -> None:
        """Forget a rehearsal's address, and use again what was given before it.

        Args:
            name: the service's profile.
            base_url: the address of the rehearsal.
        """
        before = self._before.pop((name, base_url), None)
        known = self._given.get(name)
        if known is None or known.base_url != base_url:
            return
        if before is None:
            del self._given[name]
        else:
            self._given[name] = before

    def is_known(self, service: ServiceId) -> bool:
        """Whether the address of a service is the one that would be used now, and its key is known or not needed."""
        try:
            return self.settings(service.provider).base_url == service.base_url
        except ConfigError:
            return False

    def is_usable(self, name: str) -> bool:
        """Whether address and key of a service are known, or not needed."""
        try:
            self.settings(name)
        except ConfigError:
            return False
        return True
