"""One home with its ledger, files and services: everything that a studio, an app and an experiment work with."""

from __future__ import annotations

import datetime as dt
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat

from sora_nb import arguments, background, display
from sora_nb.calls.character_orders import CharacterOrders
from sora_nb.calls.clip_source import fetched, file_of
from sora_nb.calls.job import WaitInterrupted
from sora_nb.calls.jobs import Jobs
from sora_nb.calls.lending import Lender
from sora_nb.calls.publishing import Publisher
from sora_nb.calls.services import Services
from sora_nb.calls.video_orders import VideoOrders
from sora_nb.errors import InvalidInput
from sora_nb.models import Character, Clip, Video
from sora_nb.money import prices
from sora_nb.money.budget import allowance, shared
from sora_nb.providers import registry
from sora_nb.storage import archives, object_store, shelf
from sora_nb.storage.call import OPEN
from sora_nb.storage.files import Files
from sora_nb.storage.home import home_folder
from sora_nb.storage.ledger import Ledger
from sora_nb.storage.person import MINE, person
from sora_nb.storage.place import ledger_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Unpack

    import pandas as pd
    from pydantic import SecretStr
    from sqlalchemy import URL

    from sora_nb.calls.character_orders import CharacterOptions
    from sora_nb.calls.clip_source import VideoLike
    from sora_nb.calls.job import Job
    from sora_nb.calls.preview import Preview
    from sora_nb.calls.recovery import Resumed
    from sora_nb.calls.runner import Runner
    from sora_nb.calls.video_orders import SubmitOptions, VideoOptions
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
    from sora_nb.providers.base import Order, Provider
    from sora_nb.providers.profile import Profile, Settings
    from sora_nb.providers.ranges import Look
    from sora_nb.storage.call import Call
    from sora_nb.storage.characters import Characters
    from sora_nb.storage.files import Removed
    from sora_nb.storage.listing import Listing
    from sora_nb.storage.object_store import ObjectStore
    from sora_nb.storage.place import Presence

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
        self.services = Services(
            settings, home, engine=engine, allow_retired=allow_retired, publish=publish, workers=workers
        )
        self.home = home
        self.service = self.services.default
        self.person = person()
        self.ledger = Ledger(ledger, home)
        behind = None if store is None else shelf.Shelf(home, store, room, self.ledger.needs.in_work)
        self.files = Files(home, behind)
        self.ledger.keys.at = None if behind is None else behind.at
        self.lock = self.ledger.lock(home / "kernels")
        self._allowance = allowance
        self._lender = Lender(self.ledger.characters, self.files)
        self.jobs = Jobs(
            self.services, self.ledger, self.files, self._lender, self.lock, allowance=allowance, person=self.person
        )
        self.character_orders = CharacterOrders(self.services, self._lender, self.jobs, self.ledger)
        self.video_orders = VideoOrders(self.services, self._lender, self.jobs, self.characters)
        # a session that is dropped without close() gives back what it holds; running calls keep their Jobs alive
        self._release = weakref.finalize(
            self.jobs, _release, os.getpid(), self.services, self.jobs.runner, self.lock, self.ledger, store
        )

    # --- services ---------------------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """What looks at footage in this process, and films where no other engine's model is asked for."""
        return self.services.engine

    @property
    def profile(self) -> Profile:
        """The default service's profile; that of this process has the models of all its engines."""
        return self.services.profile

    @property
    def extractor_profile(self) -> Profile:
        """The profile of who makes characters."""
        return self.services.extractor_profile

    def profile_of(self, model: str | None) -> tuple[Profile, str | None]:
        """Return the profile of a model's service, and the model's name there; see Services.profile_of()."""
        return self.services.profile_of(model)

    def choices(self) -> list[str]:
        """Return the models that can be asked for now; see Services.choices()."""
        return self.services.choices()

    def models(self, *, references: bool | None = None) -> pd.DataFrame:
        """Return a table of the models that are known by name; see Studio.models()."""
        return self.services.models(self.ledger.took, references=references)

    # --- videos -----------------------------------------------------------------------------------------------------

    def submit_video(self, prompt: str, **options: Unpack[SubmitOptions]) -> Job[Video]:
        """Start generating a video and return at once; see VideoOrders.submit()."""
        return self.video_orders.submit(prompt, **options)

    def video_order(self, prompt: str, **options: Unpack[VideoOptions]) -> tuple[Provider, Order]:
        """Return the order for a video and who takes it; see VideoOrders.order()."""
        return self.video_orders.order(prompt, **options)

    def preview(self, prompt: str, **options: Unpack[VideoOptions]) -> Preview:
        """Return what would be sent for a prompt; see Studio.preview()."""
        return self.video_orders.preview(prompt, **options)

    def stranger(self, prompt: str, model: str | None = None) -> Character | None:
        """Return the first character of a prompt that could only be shown if it were made here; see VideoOrders.stranger()."""
        return self.video_orders.stranger(prompt, model)

    # --- characters -------------------------------------------------------------------------------------------------

    @property
    def characters(self) -> Characters:
        """The characters kept in this home."""
        return self.ledger.characters

    def submit_character(
        self,
        source: VideoLike,
        start: Clip | tuple[Moment, Moment] | Moment,
        end: Moment | None = None,
        **options: Unpack[CharacterOptions],
    ) -> Job[Character]:
        """Start making a character and return at once; see CharacterOrders.submit()."""
        return self.character_orders.submit(source, start, end, **options)

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
        if kind == "video" and bare and bare not in {each.model for each in profile.chat_models}:
            profile.check_model(bare)
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

    # --- jobs -------------------------------------------------------------------------------------------------------

    def job(self, ident: str) -> Job[Any]:
        """Return the job of a call, running or ended; see Studio.job()."""
        return self.jobs.get(ident)

    def stakes(self, call: Call) -> str:
        """Say what it would mean for money to cancel a call now; see Jobs.stakes()."""
        return self.jobs.stakes(call)

    def resume(self, *, remake: bool = False) -> list[Resumed]:
        """Finish what earlier kernels left open; see Studio.resume()."""
        return self.jobs.resume(remake=remake)

    def unfinished(self) -> list[Call]:
        """Return the calls whose story has not ended, oldest first."""
        return self.ledger.calls(OPEN)

    # --- what is kept -----------------------------------------------------------------------------------------------

    def videos(self, limit: int | None = None) -> Listing[Video]:
        """Return the videos made so far, newest first; see Studio.videos()."""
        return self.ledger.videos(limit=None if limit is None else arguments.count(limit, "videos"))

    def find_video(self, task: str) -> Video | None:
        """Return a video by the id of its task; the default service's before another's."""
        return self.ledger.find_video(task, self.service)

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
        provider, url = self.services.provider(), arguments.text(url, "address")
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

    def costs(self, person: str | None = None, experiment: str | None = None) -> pd.DataFrame:
        """Return a table of every call, or of some; see Studio.costs()."""
        whose = None if person is None else self._named(arguments.label(person, "a person"))
        what = None if experiment is None else arguments.label(experiment, "an experiment")
        return self.ledger.costs(whose, what)

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
    process: int, services: Services, runner: Runner, lock: Presence, ledger: Ledger, store: ObjectStore | None
) -> None:
    if os.getpid() != process:  # connections and rows are those of the process that this one was forked from
        return

    async def close() -> None:
        await services.close_providers()
        await runner.idle(CLOSING_SECONDS)

    if background.is_here():  # the loop dropped it, and can wait neither for itself nor for whoever starts it
        held = (process, services, runner, lock, ledger, store)
        threading.Thread(target=_release, args=held, daemon=True).start()
        return
    if services.end():
        background.run(close)
    services.close_engines()  # here, because it may wait, and a process that ends begins no thread that could
    lock.close()
    ledger.close()
    if store is not None:
        store.close()
