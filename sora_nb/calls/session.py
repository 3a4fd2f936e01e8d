"""One home with its ledger, files and services: everything that a studio, an app and an experiment work with."""

from __future__ import annotations

import asyncio
import datetime as dt
import difflib
import functools
import hashlib
import os
import re
import threading
import warnings
import weakref
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat

from sora_nb import arguments, background, display, media
from sora_nb.calls.clip_source import fetched, file_of, resolve
from sora_nb.calls.connections import Connections
from sora_nb.calls.job import Job, WaitInterrupted
from sora_nb.calls.lending import Lender, check_consent, registration, strangers, unasked
from sora_nb.calls.preview import Preview
from sora_nb.calls.publishing import Publisher
from sora_nb.calls.recovery import Recovery
from sora_nb.calls.runner import Runner
from sora_nb.errors import (
    ConfigError,
    GenerationFailed,
    Interrupted,
    InvalidInput,
    OutcomeUnknown,
    WaitTimeout,
)
from sora_nb.models import Character, Clip, Registration, ServiceId, State, Video, dollars, micros
from sora_nb.money import catalogue, prices
from sora_nb.money.budget import allowance, check_call, shared
from sora_nb.providers import registry
from sora_nb.providers.base import Member, Order, Ticket
from sora_nb.providers.films import Films
from sora_nb.providers.profile import Settings
from sora_nb.storage import archives, object_store, shelf
from sora_nb.storage.call import ENDED, OPEN, Call
from sora_nb.storage.files import Files
from sora_nb.storage.home import home_folder
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.person import MINE, person
from sora_nb.storage.place import ledger_of
from sora_nb.storage.process_lock import check_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import pandas as pd
    from pydantic import SecretStr
    from sqlalchemy import URL

    from sora_nb.calls.clip_source import VideoLike
    from sora_nb.calls.lending import References
    from sora_nb.calls.recovery import Resumed
    from sora_nb.engines.base import Engine
    from sora_nb.engines.cutout.identity import Sighting
    from sora_nb.engines.dask.engine import Workers
    from sora_nb.engines.film import Filmer
    from sora_nb.engines.subjects import Subjects
    from sora_nb.media import VideoInfo
    from sora_nb.models import Dollars, Moment
    from sora_nb.money.budget import Allowance, Budget
    from sora_nb.money.prices import Estimate
    from sora_nb.providers.answers import Arrived
    from sora_nb.providers.base import Provider, Report
    from sora_nb.providers.profile import Profile
    from sora_nb.providers.ranges import Look
    from sora_nb.storage.characters import Characters
    from sora_nb.storage.files import Removed
    from sora_nb.storage.listing import Listing
    from sora_nb.storage.object_store import ObjectStore
    from sora_nb.storage.place import Presence

ANSWER_SECONDS = 0.1
"""How often is looked whether a call that is to be stopped has been accepted."""
EXPERIMENT_URGENCY = 5
"""Of the videos of experiments, see engines.base.Control: what somebody asks for meanwhile comes first."""
CLOSING_SECONDS = 10.0
"""How long close() waits for rows to be written."""


class Session:
    """Calls of one person to one default service, and to others by need.

    Args:
        settings: the default service.
        home: folder of ledger and files.
        ledger: where the ledger is.
        allowance: what may be spent.
        engine: what makes videos in this process, or its name, see installed.make(); by default the animatic engine.
        allow_retired: whether retired routes and models are asked for.
        publish: as of HostedProvider.
        store: where the files of the home are as well; None for the home alone.
        room: bytes that they may have in the home then.
        workers: what engines of this process have do their work, in place of this machine.

    Attributes:
        person: whose calls these are.

    Raises:
        LedgerError: the ledger cannot be used.
        ConfigError: the folder cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        home: Path,
        *,
        ledger: URL,
        allowance: Allowance,
        engine: str | Engine | Filmer | None = None,
        allow_retired: bool = False,
        publish: Callable[[Path], str] | None = None,
        store: ObjectStore | None = None,
        room: int = shelf.ROOM,
        workers: Workers | None = None,
    ) -> None:
        self._workers = workers
        rules = settings.profile if not settings.base_url else registry.get("local")
        self._films = Films(rules if workers is None else rules.model_copy(update={"at_once": workers.at_once}))
        self._engine = self._engine_of(engine)  # before anything is opened
        self.home = home
        self._default: Profile = settings.profile
        self.service = ServiceId(settings.profile.name, settings.base_url)
        self.person = person()
        self.ledger = Ledger(ledger, home)
        behind = None if store is None else shelf.Shelf(home, store, room, self.ledger.in_work)
        self.files = Files(home, behind)
        self.ledger.keys.at = None if behind is None else behind.at
        self.lock = self.ledger.lock(home / "kernels")
        self._connections = Connections(settings)
        self._allowance = allowance
        self._allow_retired = allow_retired
        self._publish = publish
        self._providers: dict[ServiceId, Provider] = {}
        self._replaced: list[Provider] = []
        """Providers whose key was changed; what is under way there goes on."""
        self._opening = threading.Lock()
        self._lender = Lender(self.ledger.characters, self.files)
        self._runner = Runner(self.ledger, self.files, self.lock)
        self._recovery = Recovery(self._runner, self.ledger, self._lender, self.lock, self._providers.get)
        self._jobs: weakref.WeakValueDictionary[str, Job[Any]] = weakref.WeakValueDictionary()
        # a session that is dropped without close() gives back what it holds; running calls keep it alive
        self._process = os.getpid()
        self._release = weakref.finalize(
            self,
            _release,
            self._process,
            self._providers,
            self._replaced,
            self._films,
            self._runner,
            workers,
            self.lock,
            self.ledger,
            store,
        )

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
        check_process(self._process)
        if not self._release.alive:
            raise ConfigError("The studio was closed.", hint="Make a new one.")
        if self.service.base_url and self.service.provider == self._films.profile.name:
            raise ConfigError(
                f"This studio has its videos made by the server at {self.service.base_url}.",
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
        check_process(self._process)
        service = service or self.service
        with self._opening:
            if not self._release.alive:
                raise ConfigError("The studio was closed.", hint="Make a new one.")
            if service not in self._providers:
                self._providers[service] = self._open(service)
            return self._providers[service]

    def connect(self, service: str | Profile, *, api_key: SecretStr, base_url: str | None = None) -> None:
        """Keep a service's key for this session; see Studio.connect()."""
        check_process(self._process)
        found = self._connections.connect(service, api_key, base_url)
        known = ServiceId(found.profile.name, found.base_url)
        with self._opening:
            if not self._release.alive:
                raise ConfigError("The studio was closed.", hint="Make a new one.")
            if known in self._providers and known.base_url:
                self._replaced.append(self._providers[known])
                self._providers[known] = self._open(known)

    def disconnect(self, name: str, base_url: str) -> None:
        """Use a service again as before it was connected to an address; what was sent there stays what it is."""
        self._connections.disconnect(name, base_url)

    def _open(self, service: ServiceId) -> Provider:
        if not service.base_url:
            from sora_nb.providers.local import LocalProvider

            own = service.provider == self._films.profile.name
            films = self._films if own else Films(registry.get(service.provider))
            return LocalProvider(self.engine, self.home, films)
        return self._hosted(self._connections.settings(service.provider))

    def _hosted(self, settings: Settings) -> Provider:
        from sora_nb.providers.hosted import HostedProvider

        async def make() -> Provider:
            return HostedProvider(settings, allow_retired=self._allow_retired, publish=self._publish)

        return background.run(make)

    def _open_known(self, services: Iterable[ServiceId]) -> None:
        """Open the services among these whose calls may be taken up here: those whose address and key are known.

        Recovery works on the background loop, where no provider can be opened.
        """
        for service in services:
            own = service == self.service
            local = (
                not service.base_url and service.provider in registry.names() and registry.get(service.provider).free
            )
            if own or local or (service not in self._providers and self._connections.is_known(service)):
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
        if name == self.service.provider:
            return self.provider(), bare
        try:
            base_url = self._connections.settings(name).base_url
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
        return self._default if self.service.base_url else self._films.profile

    def _profile(self, name: str) -> Profile:
        if name == self.service.provider:
            return self.profile
        return self._films.profile if name == self._films.profile.name else registry.get(name)

    def _split(self, model: str | None) -> tuple[str, str | None]:
        """Return the name of a model's provider, and of the model there."""
        if model is not None and not isinstance(model, str):
            raise InvalidInput(f"A model is named by a text, not {model!r}.", hint="Leave it out for the profile's.")
        name, slash, bare = (model or "").partition("/")
        own = model in (*self.profile.models, *self.profile.video.models)  # as "minimax/hailuo-3" is OpenRouter's
        if not slash or own:
            return self.service.provider, model
        if name == self.service.provider or name in registry.names():
            return name, bare
        near = difflib.get_close_matches(name, registry.names(), n=1, cutoff=0.75)
        if near:
            raise InvalidInput(
                f"There is no service {display.plain(name, 60)!r}.", hint=f"Did you mean {near[0]}/{bare}?"
            )
        return self.service.provider, model

    # --- videos -----------------------------------------------------------------------------------------------------

    def submit_video(
        self,
        prompt: str,
        *,
        model: str | None = None,
        size: str | Sequence[int] | None = None,
        seconds: SupportsFloat | None = None,
        seed: int | None = None,
        image: Path | str | None = None,
        route: Literal["async", "sync"] = "async",
        references: References = "stills",
        consent: str | None = None,
        budget: Dollars | None = None,
        experiment: str = "",
        copy: int | None = None,
    ) -> Job[Video]:
        """Start generating a video and return at once; see Studio.submit().

        Args:
            prompt, model, size, seconds, seed, image, route, references, consent, budget: as there.
            experiment: what it is made for, "" for none.
            copy: which of several videos of this request it is, counted from 0; where there is one already, made or
                under way in any kernel, its job is returned. None for a new one.
        """
        provider, order = self.video_order(
            prompt, model=model, size=size, seconds=seconds, seed=seed, image=image, route=route, references=references
        )
        if copy is not None:
            order = order.model_copy(update={"urgency": EXPERIMENT_URGENCY})
        provider.check(order)
        self._settle_consent(order, provider, consent)
        details: dict[str, Any] = {}
        if provider.outlives_kernel:
            found = provider.compiled(order)
            for told in found.warnings:
                warnings.warn(told, stacklevel=3)
            if order.cast:
                details |= {"wording": found.prompt, "references": references, "sent": found.files}
        digest = ""
        if order.image is not None:
            digest = hashlib.sha256(order.image.read_bytes()).hexdigest()
            details["image"] = str(order.image.resolve())
        call = Call(
            kind="video",
            route=route,
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            prompt=prompt,
            characters=tuple(who.username for who in order.cast),
            size=order.size,
            seconds=order.seconds,
            seed=order.seed,
            image=digest,
            details=details,
            experiment=experiment,
        )
        planned = self._plan(call, order, provider, budget, copy)
        if planned.id != call.id:
            return self.job(planned.id)
        return self._start(planned, order, provider, self._runner.video)

    def video_order(
        self,
        prompt: str,
        *,
        model: str | None = None,
        size: str | Sequence[int] | None = None,
        seconds: SupportsFloat | None = None,
        seed: int | None = None,
        image: Path | str | None = None,
        route: Literal["async", "sync"] = "async",
        references: References = "stills",
        keyless: bool = False,
    ) -> tuple[Provider, Order]:
        """Return the order for a video and who takes it; provider.check() refuses what that service would refuse.

        Args:
            prompt, model, size, seconds, seed, image, route, references: as of Studio.submit().
            keyless: as of provider_of().

        Raises:
            InvalidInput: a length, size, seed or mention that is none.
        """
        if not isinstance(route, str) or route not in {"async", "sync"}:
            raise InvalidInput(f"There is no route {route!r}.", hint='It is "async" or "sync".')
        provider, model = self.provider_of(model, keyless=keyless)
        if references not in ("stills", "clips", "both"):
            raise InvalidInput(f"{references!r} shows no character.", hint='It is "stills", "clips" or "both".')
        rules = provider.profile.video
        usual = provider.profile.rules(model or rules.model)
        wanted_size = usual.size if size is None else arguments.size(size)
        wanted_seconds = usual.seconds or rules.seconds if seconds is None else arguments.seconds(seconds)
        if route == "sync":
            chosen = provider.profile.chat_model(wanted_size, wanted_seconds)
            model, wanted_size = model or chosen.model, chosen.size
        model = model or rules.model
        if isinstance(prompt, str):
            prompt = self.characters.up_to_date(prompt, provider.service)
        cast = tuple(self._lender.cast(prompt, provider, model))
        members = self._lender.members(cast, provider, model, references)
        order = Order(
            kind="video",
            route=route,
            model=model,
            prompt=prompt,
            cast=cast,
            members=members,
            publishes=self._publish is not None,
            size=wanted_size,
            seconds=wanted_seconds,
            seed=None if seed is None else arguments.seed(seed),
            image=None if image is None else arguments.path(image, "picture"),
        )
        return provider, order

    def preview(self, prompt: str, **options: Any) -> Preview:
        """Return what would be sent for a prompt; see Studio.preview().

        Args:
            prompt: the text.
            options: as of video_order().
        """
        provider, order = self.video_order(prompt, keyless=True, **options)
        provider.check(order)
        found = provider.compiled(order)
        return Preview(
            model=f"{provider.service.provider}/{order.model}",
            prompt=found.prompt,
            pictures=found.pictures,
            clips=found.clips,
            shape=found.shape,
            seconds=order.seconds or 0,
            sound=found.sound,
            price=self._price(order, provider),
            notes=(*found.warnings, *found.notes),
            consent=tuple(who.mention for who in unasked(order, provider)),
        )

    def agree(self, characters: Sequence[Character], by: str) -> list[Character]:
        """Write down who says that whoever characters show agrees to being sent to services; see Lender.agree()."""
        return self._lender.agree(characters, by)

    def stranger(self, prompt: str, model: str | None = None) -> Character | None:
        """Return the first character of a prompt that could only be shown if it were made here; None where there is none.

        Args:
            prompt: the text.
            model: as of provider_of(). Characters are made for models of the default service alone.

        Returns:
            One that the service does not know, of whom the seconds it was made from are on this machine.
        """
        profile, bare = self.profile_of(model)
        if profile.name != self.service.provider or not self._makes_characters():
            return None
        provider = self.provider()
        unknown = strangers(self._lender.mentioned(prompt, provider), provider, bare or profile.video.model)
        return next((who for who in unknown if who.clip_file is not None and who.clip_file.is_file()), None)

    # --- characters -------------------------------------------------------------------------------------------------

    @property
    def characters(self) -> Characters:
        """The characters kept in this home."""
        return self.ledger.characters

    def extractor(self) -> Provider:
        """Return who makes characters: the default service, or the engine of this process where that one makes none."""
        return self.provider(self.service if self._makes_characters() else ServiceId("local", ""))

    @property
    def extractor_profile(self) -> Profile:
        """The profile of who makes characters."""
        return self.profile if self._makes_characters() else self._profile("local")

    def _makes_characters(self) -> bool:
        profile = self.profile
        makes = profile.routes.characters or profile.routes.video_characters
        retired = profile.is_retired(profile.character.model or "", "character", self.service.base_url)
        return bool(makes) and (self._allow_retired or not retired)

    def clip(self, start: Clip | tuple[Moment, Moment] | Moment, end: Moment | None = None) -> Clip:
        """Return the seconds that a character is to be made from.

        Raises:
            ClipError: they are none, or more or less than who makes characters takes.
        """
        return Clip.of(start, end).check(self.extractor().profile.character.span)

    def submit_character(
        self,
        source: VideoLike,
        start: Clip | tuple[Moment, Moment] | Moment,
        end: Moment | None = None,
        *,
        subject: Sequence[float] | None = None,
        name: str = "",
        description: str = "",
        budget: Dollars | None = None,
    ) -> Job[Character]:
        """Start making a character and return at once; see Studio.submit_extract()."""
        provider = self.extractor()
        rules = provider.profile.character
        clip = self.clip(start, end)
        found = resolve(source, provider.profile, provider.service, self.find_video)
        if found.file is not None:
            media.check_clip(found.file, clip, rules.span)
        order = Order(
            kind="character",
            model=rules.model or "",
            clip=clip,
            source=found,
            seconds=clip.span,
            subject=None if subject is None else arguments.subject(subject, clip.start),
            name=arguments.text(name, "name"),
        )
        if order.name:
            self.characters.check_free(order.name)
        words = arguments.text(description, "description")
        provider.check(order)
        details: dict[str, Any] = {"file": str(found.file.resolve())} if found.file is not None else {}
        details |= {"subject": list(order.subject)} if order.subject is not None else {}
        details |= {key: value for key, value in (("name", name), ("description", words)) if value}
        call = Call(
            kind="character",
            route="file" if found.as_file else "async",
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            clip=clip,
            source=found.origin,
            seconds=clip.span,
            details=details,
        )
        call = self._plan(call, order, provider, budget)
        return self._start(call, order, provider, self._runner.character)

    def submit_registration(
        self, character: Character, service: str, *, consent: str | None = None, budget: Dollars | None = None
    ) -> Job[Character] | Character:
        """Start making a character known to a service, or go on with that; one that it knows is returned.

        See Studio.register().
        """
        provider = self._keeper(service)
        who = self.characters.get(character.username, character.service)
        if registration(who, provider) is not None:
            return who
        open_now = self.ledger.calls(OPEN, "registration", service=provider.service)
        made = next((call for call in open_now if call.details.get("character") == who.id), None)
        if made is not None:  # perhaps paid for, and not to be paid for twice
            return self.job(made.id)
        order = Order(
            kind="registration",
            model=provider.profile.video.model,
            cast=(who,),
            members=(Member(character=who, stills=self._lender.stills(who)),),
        )
        provider.check(order)
        self._settle_consent(order, provider, consent)
        call = Call(
            kind="registration",
            profile=provider.service.provider,
            base_url=provider.service.base_url,
            model=order.model,
            characters=(who.username,),
            details={"character": who.id},
        )
        return self._start(self._plan(call, order, provider, budget), order, provider, self._runner.registration)

    def write_registration(self, character: Character, service: str, ident: str) -> Character:
        """Write down how a service knows a character that a person registered there; see Studio.register()."""
        ident = arguments.text(ident, "id")
        if not re.fullmatch(r"[!-~]{1,200}", ident):
            raise InvalidInput(
                f"{display.plain(repr(ident), 60)} is no id of a service.", hint="Copy it as the service shows it."
            )
        return self.characters.register(character, self._keeper(service).service, Registration(id=ident))

    def _keeper(self, service: str) -> Provider:
        """Return the provider of a service that keeps characters."""
        if not isinstance(service, str) or service not in (self.service.provider, *registry.names()):
            keeping = [name for name in registry.names() if registry.get(name).registers]
            raise InvalidInput(f"There is no service {service!r} here.", hint=f"Choose one of {', '.join(keeping)}.")
        provider = self.provider_of(f"{service}/")[0]
        if not provider.profile.registers:
            raise InvalidInput(
                f"{service} cannot be made to know characters.",
                hint="Prompts show it their pictures: studio.preview(prompt, model=...) says which.",
            )
        return provider

    def keep(self, character: Character) -> None:
        """Put a character into the library; see Studio.keep()."""
        if isinstance(character, Character) and not self.characters.is_kept(character):
            self.characters.check_untaken(character.username)
        self.characters.put(character)

    def load(self, path: Path | str, name: str | None, inspect: Callable[[Path], VideoInfo]) -> Character:
        """Put a character into the library that was saved as an archive; see Studio.load().

        Args:
            path, name: as there.
            inspect: opens a video from a stranger.
        """
        return archives.load(arguments.path(path, "archive"), name, self.files, self.ledger, inspect)

    def consistency(self, character: Character, video: VideoLike) -> Sighting:
        """Tell whether a character is in a video; see Studio.consistency()."""
        from sora_nb.engines.likeness import consistency

        if not isinstance(character, Character):
            raise InvalidInput(
                f"{display.plain(repr(character), 80)} is no Character.", hint="Give studio.character(username)."
            )
        return consistency(character, self.file_of(video), self.home)

    def subjects(
        self, video: VideoLike, start: Clip | tuple[Moment, Moment] | Moment, end: Moment | None = None
    ) -> Subjects:
        """Show who stands out in a few seconds of a video; see Studio.subjects()."""
        from sora_nb.engines.subjects import find

        return find(self.engine, self.file_of(video), Clip.of(start, end))

    # --- money ------------------------------------------------------------------------------------------------------

    @property
    def budget(self) -> Budget:
        """The budget with the least left of those that count the next call; see Studio.budget."""
        return self.budget_for("")

    def budget_for(self, experiment: str) -> Budget:
        """Return the budget with the least left of those that count the next call for an experiment, "" for none."""
        return self.ledger.budgets.nearest(self._allowance, self.person, experiment)

    def set_budget(
        self, limit: Dollars | None, person: str | None, experiment: str | None, since: dt.date | str | None
    ) -> None:
        """Keep a budget in the ledger; see Studio.set_budget()."""
        self.ledger.budgets.set(shared(limit, self._named(person), experiment, since))

    def _named(self, person: str | None) -> str | None:
        return self.person if person == MINE else person

    def estimate(
        self,
        kind: Literal["video", "character"] = "video",
        *,
        model: str | None = None,
        seconds: SupportsFloat | None = None,
        size: str | Sequence[int] | None = None,
        resolution: str = "",
        sound: bool | None = None,
        images: int = 0,
        clip_seconds: SupportsFloat = 0,
    ) -> Estimate:
        """Return what one call will cost at list price; see Studio.estimate()."""
        profile, bare = self.profile_of(model)
        if kind == "character" and model is None:
            profile = self.extractor_profile
        bought = prices.purchase(
            profile,
            kind,
            bare or "",
            seconds,
            size="" if size is None else arguments.size(size),
            resolution=arguments.text(resolution, "resolution"),
            sound=sound,
            images=images,
            clip_seconds=clip_seconds,
        )
        return prices.estimate(profile, bought)

    def _settle_consent(self, order: Order, provider: Provider, consent: str | None) -> None:
        """Write down the consent that was given; without one, refuse an order that needs it."""
        if consent is None:
            check_consent(order, provider)
        else:
            self.agree(unasked(order, provider), consent)

    def _price(self, order: Order, provider: Provider) -> Estimate:
        return prices.estimate(provider.profile, prices.ordered(provider.profile, order))

    def _plan(
        self, call: Call, order: Order, provider: Provider, most: Dollars | None, copy: int | None = None
    ) -> Call:
        price = self._price(order, provider)
        planned = {
            "estimate": price.micros,
            "reserved": price.charged_micros,
            "price": price.origin,
            "person": self.person,
        }
        if provider.profile.rehearsal:
            planned |= {"reserved": 0, "currency": "rehearsed"}
        check_call(price.charged_micros, most)
        return self._runner.plan(call.model_copy(update=planned), self._allowance, copy)

    def is_under_way(self, call: Call) -> bool:
        """Whether somebody works on a call now: this process, or another one that lives."""
        return self._recovery.is_under_way(call)

    def settle(self, call: str | Call | Job[Any], charged: Dollars) -> Call:
        """Write down what a call cost, as the person read it on the bill; see Studio.settle()."""
        row = self._row(call.id if isinstance(call, (Call, Job)) else call)
        if self._runner.is_active(row):
            raise InvalidInput(
                "This call is under way here.", money="", hint="Wait for studio.job(id).result(), or cancel it."
            )
        if self.is_under_way(row):
            raise InvalidInput(
                "Another kernel works on this call.",
                money="",
                hint="Wait until it has ended there, or close that kernel and run studio.resume().",
            )
        self._open_known([row.service])
        # what no resume() has looked up may be fetched yet, unless its service cannot be asked from here
        looked_up = row.owner == self.lock.id or self._providers.get(row.service) is None
        return self.ledger.settle(row, micros(charged), unfinished=looked_up)

    # --- jobs -------------------------------------------------------------------------------------------------------

    def _start(self, call: Call, order: Order, provider: Provider, work: Callable[..., Any]) -> Job[Any]:
        # what a job keeps holds the session for as long as the job is known, and no more of the call than its id
        stop = functools.partial(self._stop, call.id, provider)
        job = Job(call, functools.partial(work, call, order, provider), stop, self.stakes(call))
        self._jobs[call.id] = job
        return job

    async def _stop(self, ident: str, provider: Provider) -> bool:
        """Stop a call that this process has begun; False where that cannot be done."""
        if self._runner.cancel(ident):
            return True
        now = await asyncio.to_thread(self._row, ident)
        # it is being sent; once it is accepted it has an id by which it can be stopped
        while provider.profile.cancels and (now.state, now.kind, now.route) == (State.SENT, "video", "async"):
            await asyncio.sleep(ANSWER_SECONDS)
            now = await asyncio.to_thread(self._row, ident)
        return await provider.cancel(now.key, Ticket(id=now.task) if now.task else None)

    def stakes(self, call: Call) -> str:
        """Say what it would mean for money to cancel a call now, "" where it is free; see Job.stakes."""
        if call.reserved == 0:
            return ""
        name, provider = call.profile, self._providers.get(call.service)
        profile = provider.profile if provider is not None else None
        price = "" if call.estimate is None else f" (list price {dollars(call.estimate)})"
        if profile is not None and profile.cancels:
            bill = f"{name} may bill what it has done so far{price}"
            return f"{bill}; studio.settle(id, charged=...) writes down what its bill says."
        return f"{name} cannot stop what it has accepted: that goes on there, is billed{price}, and is kept when it is ready."

    def job(self, ident: str) -> Job[Any]:
        """Return the job of a call, running or ended; see Studio.job()."""
        known = self._jobs.get(ident) if isinstance(ident, str) else None
        if known is not None and known.state != "failed":
            return known
        call = self._row(ident)
        if known is not None and call.state in {
            State.FAILED,
            State.INTERRUPTED,
        }:  # any other may have been finished since
            return known
        if call.state in OPEN:
            self._open_known([call.service])

        async def start(report: Report) -> Any:
            note = "" if call.state in ENDED else await self._recovery.finish(call)
            result = await asyncio.to_thread(lambda: self._result(self._row(ident), note))
            report(100)
            return result

        async def stop() -> bool:
            provider = self._providers.get(call.service)
            return provider is not None and await provider.cancel(call.key, Ticket(id=call.task))

        job: Job[Any] = Job(call, start, stop, self.stakes(call))
        self._jobs[ident] = job
        return job

    def _result(self, call: Call, note: str) -> Video | Character:
        if call.state is State.UNKNOWN:
            raise OutcomeUnknown(call.error or "Nobody knows what became of the call.")
        if call.state in OPEN:
            raise WaitTimeout(f"The call has not ended: {note}.", money="")
        if call.state is State.INTERRUPTED:
            raise Interrupted(call.error, money="", hint="")
        if call.state is not State.DONE:
            raise GenerationFailed(call.error or "It failed, and gave no reason.", money="")
        if call.kind == "video":
            return call.video()
        return self.characters.of_call(call) or self.characters.get(call.characters[0], call.service)

    def _row(self, ident: object) -> Call:
        call = self.ledger.call(ident) if isinstance(ident, str) else None
        if call is None:
            raise InvalidInput(f"There is no call {ident!r} in this ledger.", hint="studio.costs() shows their ids.")
        return call

    def resume(self, *, remake: bool = False) -> list[Resumed]:
        """Finish what earlier kernels left open; see Studio.resume()."""
        self.provider()
        self._open_known(self.ledger.services((*OPEN, State.INTERRUPTED)))
        try:
            return background.run(lambda: self._recovery.resume(remake=remake))
        except KeyboardInterrupt:
            raise WaitInterrupted(
                "You stopped waiting; what was left open is being finished in the background.",
                hint="studio.resume() waits for it again, studio.costs() shows how far it is; nothing is paid again.",
            ) from None

    # --- what is kept -----------------------------------------------------------------------------------------------

    def videos(self, limit: int | None = None) -> Listing[Video]:
        """Return the videos made so far, newest first; see Studio.videos()."""
        return self.ledger.videos(limit=None if limit is None else arguments.count(limit, "videos"))

    def find_video(self, task: str) -> Video | None:
        """Return a video by the id of its task; the default service's before another's."""
        return self.ledger.video(task, self.service) or self.ledger.video(task)

    def delete(self, what: Video | Character) -> Removed:
        """Delete a video or character with the files that nothing else needs; see Studio.delete()."""
        if isinstance(what, Character):
            made = self.ledger.call(self.characters.made_by(what))
            self.characters.forget(what)
            if made is not None:
                self.ledger.drop_file(made)
            return self.files.remove(self.files.of_character(what), self.ledger)
        if not isinstance(what, Video):
            raise InvalidInput(
                f"A Video or Character is deleted, not {display.plain(repr(what), 80)}.",
                hint="Give one of studio.videos(), or studio.character(username).",
            )
        call = self.ledger.call_of(what)
        if call is None:
            raise InvalidInput("This video is not kept here.", hint="studio.videos() lists those that are.")
        self.ledger.drop_file(call)
        return self.files.remove([path for path in (call.file, call.poster) if path is not None], self.ledger)

    def prune(self) -> Removed:
        """Delete what is left over; see Studio.prune()."""
        left = self.files.left_over(self.ledger, dt.datetime.now(dt.UTC))
        for call in self.ledger.hidden():
            self.ledger.drop_file(call)
            left += [path for path in (call.file, call.poster) if path is not None]
        return self.files.remove(left, self.ledger)

    def file_of(self, video: VideoLike) -> Path:
        """Return a video's file on this machine.

        Raises:
            InvalidInput: it has none.
        """
        return file_of(video, self.find_video)

    def submit_fetch(self, url: str, on_progress: Arrived | None = None, look: Look | None = None) -> Future[Path]:
        """Start bringing a video from the web to this machine, and return at once; cancelling the future stops it.

        Args:
            url: as of Studio.fetch().
            on_progress: told what has arrived, on the background loop.
            look: given the film where it comes by ranges, before all of it is here; see Downloader.download().
        """
        provider, url = self.provider(), arguments.text(url, "address")
        return background.submit(lambda: fetched(provider, url, self.home / "sources", on_progress, look))

    def fetch(self, url: str) -> Path:
        """Bring a video from the web to this machine; see Studio.fetch()."""
        coming = self.submit_fetch(url)
        try:
            return coming.result()
        except KeyboardInterrupt:
            coming.cancel()
            raise WaitInterrupted(
                "You stopped the download; nothing of it is kept, nothing was charged.",
                hint="studio.fetch(address) begins anew.",
            ) from None

    def models(self, *, references: bool | None = None) -> pd.DataFrame:
        """Return a table of the models that are known by name; see Studio.models()."""
        known = [self._profile(name) for name in dict.fromkeys([*registry.names(), self.profile.name])]
        here = self._films.profile.name
        took = {f"{here}/{model}": self.ledger.took(ServiceId(here, ""), model) for model in self._films}
        return catalogue.table(known, self._connections.is_usable, took, references=references)

    def choices(self) -> list[str]:
        """Return the models that can be asked for now: those of the default service, then those whose key is known."""
        own = catalogue.served(self.profile)
        others = [self._profile(name) for name in registry.names() if name != self.profile.name]
        usable = [profile for profile in others if self._connections.is_usable(profile.name)]
        named = [f"{profile.name}/{model}" for profile in usable for model in catalogue.served(profile)]
        return list(dict.fromkeys([self.profile.video.model, *own, *named]))

    def costs(self, person: str | None = None, experiment: str | None = None) -> pd.DataFrame:
        """Return a table of every call, or of some; see Studio.costs()."""
        whose = None if person is None else self._named(arguments.label(person, "a person"))
        what = None if experiment is None else arguments.label(experiment, "an experiment")
        return self.ledger.costs(whose, what)

    def unfinished(self) -> list[Call]:
        """Return the calls whose story has not ended, oldest first."""
        return self.ledger.calls(OPEN)

    def close(self) -> None:
        """Stop the engine, close connections and the ledger; running calls are written down first."""
        self._release()


def open_session(
    profile: str | Profile | None,
    *,
    base_url: str | None,
    api_key: SecretStr,
    home: Path | str | None,
    ledger: URL | Path | str | None,
    budget: Dollars | None,
    budget_since: dt.date | None,
    engine: str | Engine | Filmer | None,
    allow_retired: bool,
    publish: str | None,
    files: str | None,
    cache_gb: float | None,
    workers: str | None,
) -> Session:
    """Return the session that a studio of these arguments works with; see Studio."""
    settings = registry.settings(profile, base_url=base_url, api_key=api_key)
    allowed = allowance(budget, budget_since)
    folder, room = home_folder(home), shelf.room(cache_gb)
    store = object_store.opened(files)
    return Session(
        settings,
        folder,
        ledger=ledger_of(folder, ledger),
        allowance=allowed,
        engine=engine,
        allow_retired=allow_retired,
        publish=Publisher(publish, store, folder) if publish is not None else None,
        workers=_workers(workers, files or os.environ.get(object_store.VARIABLE)),
        store=store,
        room=room,
    )


def _workers(named: str | None, files: str | None) -> Workers | None:
    """Return the workers of a name, which find files in a store, or None for none; see Studio."""
    from sora_nb.engines import dask

    chosen = named or os.environ.get(dask.VARIABLE)
    if not chosen:
        return None

    from sora_nb.engines.dask.engine import Workers

    return Workers.named(chosen, files)


def _release(
    process: int,
    providers: dict[ServiceId, Provider],
    replaced: list[Provider],
    films: Films,
    runner: Runner,
    workers: Workers | None,
    lock: Presence,
    ledger: Ledger,
    store: ObjectStore | None,
) -> None:
    if os.getpid() != process:  # connections and rows are those of the process that this one was forked from
        return

    async def close() -> None:
        for provider in (*providers.values(), *replaced):
            await provider.close()
        await runner.idle(CLOSING_SECONDS)

    if background.is_here():  # the loop dropped it, and can wait neither for itself nor for whoever starts it
        threading.Thread(
            target=_release,
            args=(process, providers, replaced, films, runner, workers, lock, ledger, store),
            daemon=True,
        ).start()
        return
    if providers:
        background.run(close)
    films.close()  # here, because it may wait, and a process that ends begins no thread that could
    if workers is not None:
        workers.close()
    lock.close()
    ledger.close()
    if store is not None:
        store.close()
