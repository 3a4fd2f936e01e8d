"""The services of a session: the engines of this process and services on the web, opened at first use, and whose a model is."""

from __future__ import annotations

import difflib
import os
import threading
from typing import TYPE_CHECKING

from sora_nb import background, display
from sora_nb.calls.connections import Connections
from sora_nb.errors import ConfigError, InvalidInput
from sora_nb.models import ServiceId
from sora_nb.money import catalogue
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.providers.profile import Settings
from sora_nb.storage.process_lock import check_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pandas as pd
    from pydantic import SecretStr

    from sora_nb.engines.base import Engine
    from sora_nb.engines.dask.engine import Workers
    from sora_nb.engines.film import Filmer
    from sora_nb.providers.base import Provider
    from sora_nb.providers.profile import Profile


class Services:
    """One default service, and others by need.

    Args:
        settings: the default service.
        home: the folder that the engine of this process works in.
        engine: what makes videos in this process, or its name, see installed.make(); by default the animatic engine.
        allow_retired: whether retired routes and models are asked for.
        publish: as of HostedProvider.
        workers: what engines of this process have do their work, in place of this machine.

    Attributes:
        default: the default service.
        publishes: whether files can be put where anybody may fetch them.
    """

    def __init__(
        self,
        settings: Settings,
        home: Path,
        *,
        engine: str | Engine | Filmer | None = None,
        allow_retired: bool = False,
        publish: Callable[[Path], str] | None = None,
        workers: Workers | None = None,
    ) -> None:
        self._workers = workers
        rules = settings.profile if not settings.base_url else registry.get("local")
        self._films = Films(rules if workers is None else rules.model_copy(update={"at_once": workers.at_once}))
        self._engine = self._engine_of(engine)
        self._home = home
        self._default_profile = settings.profile
        self.default = ServiceId(settings.profile.name, settings.base_url)
        self.connections = Connections(settings)
        self._allow_retired = allow_retired
        self._publish = publish
        self.publishes = publish is not None
        self._providers: dict[ServiceId, Provider] = {}
        self._replaced: list[Provider] = []
        """Providers whose key was changed; what is under way there goes on."""
        self._opening = threading.Lock()
        self._process = os.getpid()
        self._closed = False

    # --- engines ----------------------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """What looks at footage in this process, and films where no other engine's model is asked for."""
        if self._engine is None:
            from sora_nb.engines.animatic import AnimaticEngine

            self._engine = AnimaticEngine()
        return self._engine

    def _engine_of(self, engine: str | Engine | Filmer | None) -> Engine | None:
        """Return an engine that cuts characters out, too; one that only films is added as what films."""
        draws, films = self._split_engine(engine)
        if films is not None:
            self._films.add(films, usual=True)
        return draws

    def _split_engine(self, engine: str | Engine | Filmer | None) -> tuple[Engine | None, Filmer | None]:
        """Return an engine as what it is, see installed.split(): that of the workers, where there are any."""
        if self._workers is not None:
            return self._workers.engines(engine)
        if engine is None:
            return None, None

        from sora_nb.engines import installed

        return installed.split(engine)

    def add_engine(self, engine: str | Filmer, name: str) -> str:
        """Have another engine of this process film beside the others; see Studio.engine()."""
        self._check_open()
        if self.default.base_url and self.default.provider == self._films.profile.name:
            raise ConfigError(
                f"This studio has its videos made by the server at {self.default.base_url}.",
                hint="Start that one with sora-nb serve --engine, or use a studio without an address.",
            )
        draws, films = self._split_engine(engine)
        if films is None:
            raise ConfigError(
                f"The engine {getattr(draws, 'name', engine)!r} cuts characters out, too, and stands beside none.",
                hint="Make a studio with it: Studio(engine=...).",
            )
        return f"{self._films.profile.name}/{self._films.add(films, name)}"

    # --- services ---------------------------------------------------------------------------------------------------

    def provider(self, service: ServiceId | None = None) -> Provider:
        """Return a provider, opened at first use.

        Args:
            service: the default one, the engine of this process, or one that is known by name.

        Raises:
            ConfigError: the session was closed or made by another process, or there is no such service, or no key for it.
        """
        service = service or self.default
        with self._opening:
            self._check_open()
            if service not in self._providers:
                self._providers[service] = self._open(service)
            return self._providers[service]

    def connect(self, service: str | Profile, *, api_key: SecretStr, base_url: str | None = None) -> None:
        """Keep a service's key for this session; see Studio.connect()."""
        self._check_open()
        found = self.connections.connect(service, api_key, base_url)
        known = ServiceId(found.profile.name, found.base_url)
        with self._opening:
            self._check_open()
            if known in self._providers and known.base_url:
                self._replaced.append(self._providers[known])
                self._providers[known] = self._open(known)

    def disconnect(self, name: str, base_url: str) -> None:
        """Use a service again as before it was connected to an address; what was sent there stays what it is."""
        self.connections.disconnect(name, base_url)

    def _open(self, service: ServiceId) -> Provider:
        if not service.base_url:
            from sora_nb.providers.local import LocalProvider

            own = service.provider == self._films.profile.name
            films = self._films if own else Films(registry.get(service.provider))
            return LocalProvider(self.engine, self._home, films)
        return self._hosted(self.connections.settings(service.provider))

    def _hosted(self, settings: Settings) -> Provider:
        from sora_nb.providers.hosted import HostedProvider

        async def make() -> Provider:
            return HostedProvider(settings, allow_retired=self._allow_retired, publish=self._publish)

        return background.run(make)

    def open_known(self, services: Iterable[ServiceId]) -> None:
        """Open the services among these whose calls may be taken up here: those whose address and key are known.

        Recovery works on the background loop, where no provider can be opened.
        """
        for service in services:
            own = service == self.default
            local = (
                not service.base_url and service.provider in registry.names() and registry.get(service.provider).free
            )
            if own or local or (service not in self._providers and self.connections.is_known(service)):
                self.provider(service)

    def provider_of(self, model: str | None, *, keyless: bool = False) -> tuple[Provider, str | None]:
        """Return the provider of a model, and the model's name there.

        Args:
            model: "provider/model", or a model of the default service.
            keyless: whether one without a key will do where none is known: it tells what it would send, and sends nothing.

        Raises:
            InvalidInput: it is no text.
            RouteRetired: no address or key for that provider is set, and it no longer serves this.
            ConfigError: no address or key for that provider is set.
        """
        name, bare = self._split(model)
        if name == self.default.provider:
            return self.provider(), bare
        try:
            base_url = self.connections.settings(name).base_url
        except ConfigError:
            profile = registry.get(name)
            if not self._allow_retired:  # nobody needs to look for a key in vain
                profile.check_served(bare or profile.video.model, base_url=profile.base_url)
            if keyless and profile.base_url:
                return self._hosted(Settings(profile=profile, base_url=profile.base_url)), bare
            raise
        return self.provider(ServiceId(name, base_url)), bare

    def profile_of(self, model: str | None) -> tuple[Profile, str | None]:
        """Return the profile of a model's service, and the model's name there; nothing is opened.

        Args:
            model: as of provider_of().

        Raises:
            InvalidInput: it is no text.
        """
        name, bare = self._split(model)
        return self._profile(name), bare

    @property
    def profile(self) -> Profile:
        """The default service's profile; that of this process has the models of all its engines."""
        return self._default_profile if self.default.base_url else self._films.profile

    def _profile(self, name: str) -> Profile:
        if name == self.default.provider:
            return self.profile
        return self._films.profile if name == self._films.profile.name else registry.get(name)

    def _split(self, model: str | None) -> tuple[str, str | None]:
        """Return the name of a model's provider, and of the model there."""
        if model is not None and not isinstance(model, str):
            raise InvalidInput(f"A model is named by a text, not {model!r}.", hint="Leave it out for the profile's.")
        name, slash, bare = (model or "").partition("/")
        own = model in (*self.profile.models, *self.profile.video.models)  # as "minimax/hailuo-3" is OpenRouter's
        if not slash or own:
            return self.default.provider, model
        if name == self.default.provider or name in registry.names():
            return name, bare
        near = difflib.get_close_matches(name, registry.names(), n=1, cutoff=0.75)
        if near:
            raise InvalidInput(
                f"There is no service {display.plain(name, 60)!r}.", hint=f"Did you mean {near[0]}/{bare}?"
            )
        return self.default.provider, model

    # --- who makes characters ---------------------------------------------------------------------------------------

    def extractor(self) -> Provider:
        """Return who makes characters: the default service, or the engine of this process where that one makes none."""
        return self.provider(self.default if self.makes_characters else ServiceId("local", ""))

    @property
    def extractor_profile(self) -> Profile:
        """The profile of who makes characters."""
        return self.profile if self.makes_characters else self._profile("local")

    @property
    def makes_characters(self) -> bool:
        """Whether the default service makes characters."""
        profile = self.profile
        makes = profile.routes.characters or profile.routes.video_characters
        retired = profile.is_retired(profile.character.model or "", "character", self.default.base_url)
        return bool(makes) and (self._allow_retired or not retired)

    # --- models -----------------------------------------------------------------------------------------------------

    def models(self, took: Callable[[ServiceId, str], float | None], *, references: bool | None = None) -> pd.DataFrame:
        """Return a table of the models that are known by name; see Studio.models().

        Args:
            took: returns how many seconds a film of a model took here.
            references: as there.
        """
        known = [self._profile(name) for name in dict.fromkeys([*registry.names(), self.profile.name])]
        here = self._films.profile.name
        seconds = {f"{here}/{model}": took(ServiceId(here, ""), model) for model in self._films}
        return catalogue.table(known, self.connections.is_usable, seconds, references=references)

    def choices(self) -> list[str]:
        """Return the models that can be asked for now: those of the default service, then those whose key is known."""
        own = catalogue.served(self.profile)
        others = [self._profile(name) for name in registry.names() if name != self.profile.name]
        usable = [profile for profile in others if self.connections.is_usable(profile.name)]
        named = [f"{profile.name}/{model}" for profile in usable for model in catalogue.served(profile)]
        return list(dict.fromkeys([self.profile.video.model, *own, *named]))

    # --- the end ----------------------------------------------------------------------------------------------------

    def opened(self, service: ServiceId) -> Provider | None:
        """Return a provider that is in use, or None."""
        return self._providers.get(service)

    def _check_open(self) -> None:
        check_process(self._process)
        if self._closed:
            raise ConfigError("The studio was closed.", hint="Make a new one.")

    def end(self) -> bool:
        """Open nothing more; return whether something is to be disconnected."""
        self._closed = True
        return bool(self._providers)

    async def close_providers(self) -> None:
        """Close every connection, on the background loop."""
        for provider in (*self._providers.values(), *self._replaced):
            await provider.close()

    def close_engines(self) -> None:
        """Stop what films in this process, and let go of the workers."""
        self._films.close()
        if self._workers is not None:
            self._workers.close()
