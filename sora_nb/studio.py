"""The studio: one object that generates videos, makes characters of them, and knows what all of it cost."""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import weakref
from typing import TYPE_CHECKING, Any, Literal, Self, SupportsFloat, TypeVar

from sora_nb import arguments, display
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from pydantic import SecretStr
    from sqlalchemy import URL
    from typing_extensions import TypeIs

    from sora_nb.calls.clip_source import VideoLike
    from sora_nb.calls.job import Job
    from sora_nb.calls.lending import References
    from sora_nb.calls.preview import Preview
    from sora_nb.engines.base import Engine
    from sora_nb.engines.cutout.identity import Sighting
    from sora_nb.engines.film import Filmer
    from sora_nb.engines.prompt.parser import Explanation
    from sora_nb.engines.subjects import Subjects
    from sora_nb.experiments.sweep import Sweep
    from sora_nb.models import Character, Clip, Dollars, Moment, Video
    from sora_nb.money.budget import Budget
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.app import App
    from sora_nb.providers.base import Provider
    from sora_nb.providers.profile import Profile
    from sora_nb.server.rehearsal.base import Rehearsal
    from sora_nb.storage.call import Call
    from sora_nb.storage.characters import CharacterListing
    from sora_nb.storage.files import Removed
    from sora_nb.storage.ledger import Ledger
    from sora_nb.storage.listing import Listing

T = TypeVar("T")


class Studio:
    """Generate videos, extract characters, write them into new prompts, and see what it cost.

    With nothing configured the engine of this process does the work: free and offline.

    Args:
        profile: the service's name or Profile; else SORA_NB_PROFILE; else `local`, the engine of this process.
        base_url: its address; else SORA_NB_BASE_URL.
        api_key: its key; else SORA_NB_API_KEY.
        home: folder of ledger and files; else SORA_NB_HOME; else the user's data folder.
        ledger: where the ledger is, if not in that folder: the address of a PostgreSQL that several people and machines
            share, as "postgresql+psycopg://user@host/database", or a file; else SORA_NB_LEDGER.
        progress: whether waiting shows a progress bar.
        budget: the most dollars that the calls of a calendar month may cost, over all kernels on this ledger; else
            SORA_NB_BUDGET; else no limit. Free calls count nothing. Budgets of set_budget() hold besides.
        budget_since: count all calls from this day on instead, in UTC.
        allow_retired: whether routes and models are asked for that the profile calls retired.
        engine: what makes videos in this process, in place of the engine that draws animatics, which keeps cutting out
            characters: a name, like "diffusers:/models/vace" or "comfyui:http://127.0.0.1:8188?workflow=my.json", or
            an engine of your own.
        publish: a bucket, as "s3://bucket/prefix", where pictures and clips are put for services that fetch them
            themselves, each under a link that ends within the hour; by fsspec.
        files: where the files of the home are as well, for all who share the ledger: "s3://bucket/prefix", or what else
            fsspec knows; else SORA_NB_FILES; else the home alone. The home then has what was used lately.
        cache_gb: gigabytes of files that the home may have then; else SORA_NB_CACHE_GB; else 10. What a call under way
            needs stays beyond that.
        workers: a Dask cluster that does what engines of this process would do, as "dask:tcp://HOST:8786"; else
            SORA_NB_WORKERS; else none. It needs the extra `team`, and a store of files that its workers see, too.

    Raises:
        InvalidInput: the budget is not an amount.
        ConfigError: unknown profile, no usable address, no key where one is needed, or an engine that is not installed.
        LedgerError: the ledger cannot be used.
    """

    def __init__(
        self,
        profile: str | Profile | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        home: Path | str | None = None,
        ledger: Path | str | None = None,
        progress: bool = True,
        budget: Dollars | None = None,
        budget_since: dt.date | None = None,
        allow_retired: bool = False,
        engine: str | Engine | Filmer | None = None,
        publish: str | None = None,
        files: str | None = None,
        cache_gb: float | None = None,
        workers: str | None = None,
    ) -> None:
        from sora_nb.calls.session import open_session

        secret = _hidden(api_key)
        shared = _address(ledger)
        del api_key, ledger  # a traceback may show every variable
        self._session = open_session(
            profile,
            base_url=base_url,
            api_key=secret,
            home=home,
            ledger=shared,
            budget=budget,
            budget_since=budget_since,
            engine=engine,
            allow_retired=allow_retired,
            publish=publish,
            files=files,
            cache_gb=cache_gb,
            workers=workers,
        )
        self._progress = progress
        self._rehearsals: list[weakref.finalize[..., Any]] = []

    @property
    def profile(self) -> Profile:
        """The service used: what it sells, within which limits, at which prices."""
        return self._session.profile

    @property
    def home(self) -> Path:
        """The folder of ledger and files."""
        return self._session.home

    @property
    def person(self) -> str:
        """Whose calls these are: SORA_NB_USER, else JupyterHub's user, else the login name; "" where there is none."""
        return self._session.person

    @property
    def ledger(self) -> Ledger:
        """The ledger: every call that may cost money."""
        return self._session.ledger

    @property
    def provider(self) -> Provider:
        """The service as orders reach it, opened at first use."""
        return self._session.services.provider()

    def connect(self, name: str, *, api_key: str | None, base_url: str | None = None) -> None:
        """Give the key of a service beside the default one, for this studio alone; it is kept nowhere else.

        `studio.connect("laozhang", api_key=getpass())`, then `model="laozhang/muse-video"`. A key that was given before
        is replaced; calls under way go on with theirs.

        Args:
            name: the service, as models() lists it under `provider`.
            api_key: its key; None where the service needs none.
            base_url: its address, where it is another than the service's own.

        Raises:
            ConfigError: there is no such service, no usable address, or no key where one is needed.
        """
        secret = _hidden(api_key)
        del api_key  # a traceback may show every variable
        self._session.services.connect(name, api_key=secret, base_url=base_url)

    def engine(self, engine: str | Filmer, *, name: str = "") -> str:
        """Have an engine of this machine film beside the one that draws animatics, for nothing but the electricity.

        `vace = studio.engine("diffusers:/models/vace")`, then `model=vace`. It is shown characters by their stills; it
        works on one film at a time, and ends with the studio.

        Args:
            engine: its name and what it is told, or an engine of your own; an unknown one is answered with those there
                are.
            name: what its model is called, in place of its own name: "wan-vace" is asked for as "local/wan-vace".

        Returns:
            What `model=` takes.

        Raises:
            ConfigError: it is not installed, there is a model of this name, or the studio has its videos made by a
                server of its own.
        """
        return self._session.services.add_engine(engine, name)

    def rehearse(self, name: str) -> Rehearsal:
        """Start a server on this machine that speaks a live service's wire, and work with it in place of that service.

        `studio.rehearse("openrouter")`, then `model="openrouter/bytedance/seedance-2.5"`. It refuses what the service
        would refuse, and renders with the local engine, with the character cut from the very pictures that were sent.
        No key is needed, and nothing leaves this machine. It ends with the studio, with stop(), or with a `with` block;
        from then on the name means the live service again, with the key that was known before.

        Args:
            name: the service; an unknown one is answered with those there are.

        Returns:
            The server: `url`, `fail("policy")` and other failures by order, `stop()`.

        Raises:
            InvalidInput: there is no rehearsal of this service.
            ConfigError: it is the default service of this studio, which stays where it is.

        Cost: nothing. costs() shows what the service would charge, with the currency "rehearsed"; budgets do not count it.
        """
        from sora_nb.server import rehearsal

        server = rehearsal.start(name, engine=self._session.engine)
        try:
            key, address = _hidden(rehearsal.KEY), rehearsal.base_url(server)
            self._session.services.connect(rehearsal.profile(name), api_key=key, base_url=address)
        except ConfigError:
            server.stop()
            raise
        server.on_stop = functools.partial(self._session.services.disconnect, name, address)
        self._rehearsals.append(weakref.finalize(self, server.stop))
        return server

    # --- videos -----------------------------------------------------------------------------------------------------

    def generate(
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
    ) -> Video:
        """Generate a video and wait for it, behind a progress bar. Only the prompt is needed.

        Example:
            >>> video = studio.generate("a corgi runs through a park", seconds=4)
            >>> hero = studio.extract(footage(), 2, 4)
            >>> video = studio.generate(f"{hero} walks on the beach")

        Args:
            prompt: what should be seen; `@username` puts a character in.
            model: a model of this service, or "provider/model" of another; by default the profile's. models() lists them.
            size: like "1280x720" or (1280, 720); by default the profile's.
            seconds: its length, a whole number; by default the profile's.
            seed: a whole number; the local engine gives the same video for the same seed.
            image: a picture the video starts from, PNG, JPEG or WebP below 10 MB.
            route: "async" creates a task and polls it; "sync" streams the answer of POST /v1/chat/completions.
            references: what shows the prompt's characters to a model of another service: "stills", "clips" or "both".
            consent: who says that whoever they show agrees to being sent to services, such as "Ada Lovelace: it is my
                own cat"; asked for when a character leaves this machine for the first time, and kept with it.
            budget: the most dollars this call may cost, whatever the studio's budget has left.

        Returns:
            The video, its file on this machine.

        Raises:
            InvalidInput: refused before anything was sent: unknown @name, no such length or size.
            ConsentNeeded: refused before anything was sent: a character would leave this machine for the first time.
            RouteRetired: refused before anything was sent: the service no longer serves this model.
            BudgetExceeded: refused before anything was sent: a budget does not cover it.
            ApiError: refused by the service.
            GenerationFailed: accepted, then failed.
            OutcomeUnknown: perhaps accepted, perhaps billed; see resume().

        Cost: the list price is estimate(); 0 at the local engine.
        """
        job = self.submit(
            prompt,
            model=model,
            size=size,
            seconds=seconds,
            seed=seed,
            image=image,
            route=route,
            references=references,
            consent=consent,
            budget=budget,
        )
        return self._wait(job)

    def submit(
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
    ) -> Job[Video]:
        """Start generating a video and return at once.

        Args:
            prompt: what should be seen; `@username` puts a character in.
            model, size, seconds, seed, image, route, references, consent, budget: as generate() takes them.

        Raises:
            InvalidInput, ConsentNeeded, RouteRetired, BudgetExceeded: as generate(); all other errors come with
                job.result().
        """
        self._ready()
        return self._session.submit_video(
            prompt,
            model=model,
            size=size,
            seconds=seconds,
            seed=seed,
            image=image,
            route=route,
            references=references,
            consent=consent,
            budget=budget,
        )

    def preview(
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
    ) -> Preview:
        """Show what generate() would send, before any money: words, pictures, clips, size, length, price.

        Args:
            prompt, model, size, seconds, seed, image, route, references: as generate() takes them.

        Returns:
            The order as the model would get it, with what is left out or changed and why.

        Raises:
            InvalidInput, RouteRetired: what generate() would refuse.

        Cost: nothing; nothing is sent.
        """
        return self._session.preview(
            prompt, model=model, size=size, seconds=seconds, seed=seed, image=image, route=route, references=references
        )

    def fetch(self, url: str) -> Path:
        """Bring a video from the web to this machine, to look at it and choose its seconds.

        One that was fetched before, by extract() too, comes again only where its server says that it has changed, or says
        nothing of that. prune() clears it away a day after its last use.

        Args:
            url: http(s) address of the file itself.

        Returns:
            The file, in the studio's folder.

        Raises:
            DownloadError: it did not arrive, or is not a video.

        Cost: nothing.
        """
        return self._session.fetch(url)

    def sweep(
        self,
        prompts: Sequence[str],
        *,
        characters: Sequence[Character] = (),
        models: Sequence[str] = (),
        seconds: SupportsFloat | None = None,
        size: str | Sequence[int] | None = None,
        seed: int | None = None,
        repeats: int = 1,
        experiment: str = "",
        consent: str | None = None,
    ) -> Sweep:
        """Plan an experiment: every prompt with every character and every model. Nothing is sent before run().

        Args:
            prompts: texts; `{character}` in one of them stands for each of the characters in turn.
            characters: who is put there.
            models: also of several services, like "local/animatic" and "runway/kling_4"; by default the profile's.
            seconds, size: by default what each model's own default is.
            seed: of the first repeat; each further one has the next seed.
            repeats: how often each combination is made.
            experiment: its name, of at most 80 letters: what costs() and budgets know its calls by.
            consent: as generate() takes it, for all that run() sends.

        Raises:
            InvalidInput: nothing to do, a placeholder without characters or the reverse.
            SoraError: what generate() refuses; where there are several models, only what all of them refuse. What
                some refuse is in the plan with their sentences.
        """
        from sora_nb.experiments.plan import plan
        from sora_nb.experiments.sweep import Sweep

        self._ready()
        name = arguments.label(experiment, "an experiment") if experiment != "" else ""
        combinations = plan(
            self._session,
            prompts,
            characters=characters,
            models=models,
            seconds=seconds,
            size=size,
            seed=seed,
            repeats=repeats,
        )
        return Sweep(self._session, combinations, experiment=name, consent=consent)

    # --- characters -------------------------------------------------------------------------------------------------

    def extract(
        self,
        video: VideoLike,
        start: Clip | tuple[Moment, Moment] | Moment,
        end: Moment | None = None,
        *,
        subject: Sequence[float] | None = None,
        name: str = "",
        description: str = "",
        budget: Dollars | None = None,
    ) -> Character:
        """Make a reusable character from a few seconds of a video, and wait for it behind a progress bar.

        A service that makes no characters leaves that to the engine of this process, which is free.

        Example:
            >>> tom = studio.extract(footage(), 2, 4, name="tom")
            >>> video = studio.generate("@tom plays in the snow")

        Args:
            video: a video or job of this studio, the id of a task, a web address, or a file on this machine.
            start, end: seconds, or text like "0:02"; or one Clip or pair; services of this family take 1 to 3 seconds.
            subject: where the character is, for the local engine: a point on it (x, y) or a box close around it (left,
                top, right, bottom), as parts of width and height of the first picture of these seconds.
            name: what it is called: `name="luna"` makes @luna, which no other character of this library may be called; by
                default the service or the engine gives a name. The same call again, as in a cell that is run again,
                returns the character that it made, and costs nothing.
            description: what it looks like, kept with the character for services that want words.
            budget: the most dollars this call may cost, whatever the studio's budget has left.

        Returns:
            The character; `str()` of it is `@username`.

        Raises:
            ClipError: too short, too long, or beyond the end of the video.
            InvalidInput: a video this service does not take.
            RouteRetired, BudgetExceeded: refused before anything was sent.
            NoSubject, ApiError: refused by the service; nobody found in the clip, for example.
            OutcomeUnknown: perhaps made, perhaps billed; see resume().

        Cost: $0.01 at the list price of 2026-01-04 (docs.laozhang.ai); 0 at the local engine.
        """
        if _is_job(video):
            self._session.character_orders.clip(start, end)  # before the wait
            video = self._wait(video)
        job = self.submit_extract(video, start, end, subject=subject, name=name, description=description, budget=budget)
        return self._wait(job)

    def submit_extract(
        self,
        video: VideoLike,
        start: Clip | tuple[Moment, Moment] | Moment,
        end: Moment | None = None,
        *,
        subject: Sequence[float] | None = None,
        name: str = "",
        description: str = "",
        budget: Dollars | None = None,
    ) -> Job[Character]:
        """Start making a character and return at once.

        Args:
            video, start, end: as extract(); a job is waited for.
            subject, name, description, budget: as extract() takes them.

        Raises:
            InvalidInput, RouteRetired, BudgetExceeded: as extract(); all other errors come with job.result().
        """
        self._ready()
        return self._session.submit_character(
            video, start, end, subject=subject, name=name, description=description, budget=budget
        )

    def register(
        self,
        character: Character | str,
        service: str,
        *,
        id: str | None = None,  # noqa: A002  what it is called at every service
        consent: str | None = None,
        budget: Dollars | None = None,
    ) -> Character:
        """Make a character known to a service, and wait for it; prompts then mention it there without pictures.

        Args:
            character: a character of this library, or its username.
            service: a service that keeps characters, such as "kling".
            id: what the service calls it already, where you registered it there yourself; nothing is sent then.
            consent, budget: as generate() takes them.

        Returns:
            The character as it is kept now, with the service's id in `providers`. One that the service knows already is
            returned as it is, and one that was begun and not finished is gone on with: neither is paid for twice.

        Raises:
            InvalidInput: refused before anything was sent: a service that keeps no characters, too small pictures.
            ConsentNeeded, BudgetExceeded: refused before anything was sent.
            ApiError: refused by the service.
            GenerationFailed: accepted, then failed.
            OutcomeUnknown: perhaps made, perhaps billed; see resume().

        Cost: nothing where `id` is given; else the service's price, which is not known of Kling.
        """
        who = self._kept(character)
        if id is not None:
            return self._session.character_orders.write_registration(who, service, id)
        self._ready()
        job = self._session.character_orders.register(who, service, consent=consent, budget=budget)
        return self._wait(job) if _is_job(job) else job

    def videos(self, limit: int | None = None) -> Listing[Video]:
        """Return the videos made so far whose files are kept, newest first.

        They are used like a list; the newest 10 are read at once, older ones when they are looked at.
        `studio.videos().search("beach night")` has those with both words in their prompt.

        Args:
            limit: at most so many; None for all.
        """
        return self._session.videos(limit)

    def characters(self) -> CharacterListing:
        """Return the characters of the library, newest first, read as those of videos() are.

        `studio.characters().search("bunny")` has those with the word in their names, description or source.
        """
        return self._session.characters.listing(self._session.service)

    def character(self, username: str) -> Character:
        """Return a kept character.

        Args:
            username: with or without the `@`.

        Raises:
            PromptError: there is none of this name.
        """
        return self._session.characters.get(username, self._session.service)

    def rename(self, character: Character | str, name: str) -> Character:
        """Give a character another name, and the `@username` that it makes: "My Cup" makes @my_cup.

        Prompts may go on mentioning it by its earlier usernames.

        Args:
            character: the character, or its username.
            name: the new name, of at most 80 characters; one without Latin letters changes no username.

        Returns:
            The character as it is kept now.

        Raises:
            InvalidInput: another character has this username, or has had it; nothing is changed.
            PromptError: it is not kept here.
        """
        words = arguments.text(name, "name")
        return self._session.characters.rename(self._kept(character), words)

    def release(self, username: str) -> None:
        """Give an earlier username of a character up: no prompt means it by that any more, and another one can have it.

        Args:
            username: with or without the `@`.

        Raises:
            PromptError: no character was called so.
        """
        self._session.characters.release(username)

    def describe(self, character: Character | str, description: str) -> Character:
        """Say what a character looks like, for services that want words beside pictures.

        The local engine drafts a description of what it saw, such as "a grey figure"; these words replace it.

        Args:
            character: the character, or its username.
            description: the words; Kling takes at most 100 characters.

        Returns:
            The character as it is kept now.

        Raises:
            InvalidInput: the description is no text.
            PromptError: the character is not kept here.
        """
        words = arguments.text(description, "description")
        return self._session.characters.describe(self._kept(character), words)

    def forget(self, character: Character | str) -> None:
        """Take a character out of the library; keep() brings it back. Its row in costs() stays, and its files until prune().

        Args:
            character: the character, or its username.

        Raises:
            PromptError: it is not kept here.
        """
        self._session.characters.forget(self._kept(character))

    def keep(self, character: Character) -> None:
        """Put a character into the library that is not in it, as after forget(); one that is in it stays as it is.

        Raises:
            InvalidInput: another character has its username by now.
        """
        self._session.keep(character)

    def load(self, path: Path | str, *, name: str | None = None) -> Character:
        """Put a character into the library that character.save() wrote, here or on another machine.

        The archive may be anybody's: names, sizes, hashes, texts and pictures in it are checked, and its clip is opened
        in a process of its own. Of one that is refused nothing is kept. The same archive gives the same character again.

        Args:
            path: the archive, like "luna.sora.zip".
            name: the username that it gets here; by default the one it has.

        Returns:
            The character, which the local engine plays as it is.

        Raises:
            ArchiveError: the archive is damaged, has in it what it may not, or is of a newer format.
            InvalidInput: there is no such file, or another character has its username here.

        Cost: nothing.
        """
        from sora_nb.server.untrusted_video import inspect

        return self._session.load(path, name, inspect)

    def _kept(self, character: Character | str) -> Character:
        return self.character(character) if isinstance(character, str) else character

    # --- files ------------------------------------------------------------------------------------------------------

    def delete(self, what: Video | Character) -> Removed:
        """Delete a video or character from this machine, with the files that nothing else needs. It asks nothing.

        Its row in costs() stays. What a service keeps of it stays there.

        Args:
            what: the video or character.

        Returns:
            What went: files and bytes.

        Raises:
            InvalidInput: it is not kept here.
        """
        return self._session.delete(what)

    def prune(self) -> Removed:
        """Delete what is left over: parts of downloads, uploads of earlier days, files that no video or character names.

        Returns:
            What went: files and bytes.
        """
        return self._session.prune()

    # --- what the local engine can tell -------------------------------------------------------------------------------

    def consistency(self, character: Character | str, video: VideoLike) -> Sighting:
        """Tell whether a character is in a video, by finding its cut-out; on this machine, whoever made the video.

        Args:
            character: a character whose cut-out or clip was kept, or its username.
            video: a video or job of the studio, the id of a task, or a file.

        Returns:
            The score, from 0 (not there) to 1, the seconds at which it was found, and the box in the clearest picture.
            From 0.2 on it counts as found.

        Raises:
            InvalidInput: the character's clip, or the video's file, is not on this machine.
            NoSubject: nobody stands out in the character's clip.

        Cost: nothing.
        """
        return self._session.consistency(self._kept(character), video)

    def subjects(
        self, video: VideoLike, start: Clip | tuple[Moment, Moment] | Moment, end: Moment | None = None
    ) -> Subjects:
        """Show who stands out in a few seconds of a video, the likeliest first, to choose `subject` from.

        Args:
            video: a video or job of the studio, the id of a task, or a file.
            start, end: as extract().

        Returns:
            A list that a cell shows as boxes A, B, C, ... in the first picture of these seconds; who comes later has a
            picture further down. who["A"] is who[0]. Each entry, or a box of your own in the first picture, serves as
            `subject` of extract() for the same seconds.

        Raises:
            NoSubject: the picture is too narrow to hold anybody.
            MediaError: the file is not a video, or ends before the seconds do.

        Cost: nothing.

        Example:
            >>> who = studio.subjects(footage(), 2, 4)
            >>> hero = studio.extract(footage(), 2, 4, subject=who["A"])
        """
        return self._session.subjects(video, start, end)

    def explain(self, prompt: str) -> Explanation:
        """Tell what the local engine takes from which words of a prompt, what it leaves out, and what it does not show."""
        from sora_nb.engines.prompt.parser import explain

        return explain(arguments.text(prompt, "prompt"))

    # --- money --------------------------------------------------------------------------------------------------------

    @property
    def budget(self) -> Budget:
        """How much of the budget is used now: limit, spent, reserved and left, in dollars.

        Where several count one's next call, such as the studio's own, the team's and one's own in the ledger, it is the
        one with the least left.
        """
        return self._session.budget

    def budgets(self) -> pd.DataFrame:
        """Return a table of the budgets that are kept in the ledger, and hold for all who share it.

        Columns: person and experiment ("" for all), limit, spent, reserved and left in dollars, since: the first day
        that counts, unpriced: how many calls are not counted for want of a price.
        """
        import pandas as pd

        columns = ["person", "experiment", "limit", "spent", "reserved", "left", "since", "unpriced"]
        rows = [{name: getattr(one, name) for name in columns} for one in self.ledger.budgets.all()]
        amounts = dict.fromkeys(("limit", "spent", "reserved", "left"), "float64")
        return display.frame(pd.DataFrame(rows, columns=columns).astype(amounts))

    def set_budget(
        self,
        limit: Dollars | None,
        *,
        person: str | None = None,
        experiment: str | None = None,
        since: dt.date | str | None = None,
    ) -> None:
        """Keep a budget in the ledger, which no call of anybody exceeds, whatever their studios say.

        `set_budget(100)` is for the team, each month; `set_budget(20, person="ann")` for one of them,
        `set_budget(5, experiment="autumn")` for sweeps of this name. A call has to fit into each that counts it. Who may
        write to the ledger may set budgets, and says by SORA_NB_USER who it is: they keep friends from overspending, not
        strangers from stealing.

        Args:
            limit: dollars, or None to take the budget away.
            person: whose calls count; "mine" for one's own; by default everybody's.
            experiment: the experiment whose calls count; by default all calls.
            since: the first day that counts, in UTC, also as text like "2026-11-01"; by default each calendar month counts anew.

        Raises:
            InvalidInput: a name or the amount is none, or the first day is no day.
        """
        self._session.set_budget(limit, person, experiment, since)

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
        """Return what one call will cost at list price, before anything is sent.

        A price that was read more than 60 days ago says so.

        Args:
            kind: what is bought.
            model: as generate() takes it.
            seconds: of the video, or of the clip a character is made from; by default the profile's.
            size: of the video, as generate() takes it; by default the profile's.
            resolution: as the service calls it, like "720p" or "4k"; by default that of the size.
            sound: whether the video gets sound, where the price depends on it.
            images: how many pictures are sent: of characters, and the one the video starts from.
            clip_seconds: seconds of reference clips that are sent, all together.

        Raises:
            InvalidInput: nothing of this kind is sold, there is no such model, or the length is not above 0.
        """
        return self._session.estimate(
            kind,
            model=model,
            seconds=seconds,
            size=size,
            resolution=resolution,
            sound=sound,
            images=images,
            clip_seconds=clip_seconds,
        )

    def models(self, *, references: bool | None = None) -> pd.DataFrame:
        """Return a table of the models that are known by name, with what they cost; nothing is asked over the network.

        Columns: name (ready for `model=`), provider, model, seconds (lengths it makes), resolutions, ratios, characters and
        images (how many it can be shown, 0 for none), prompt (how its prompt says who is meant), usd_per_second (a
        further second, where the price goes by length) and usd_per_film (one of the usual length and size), both at list
        price, took (seconds that the last films of an engine of this process took), key (the environment variables its key is taken from; or connect() gives it), key_set (whether its address
        and key are known to this studio, or not needed), retired (what became of it), source and date of what is said.

        Args:
            references: True keeps the models that can show characters, False the others.
        """
        return self._session.models(references=references)

    def costs(self, person: str | None = None, *, experiment: str | None = None) -> pd.DataFrame:
        """Return a table of every call: when, what, its list price and what was charged, in dollars.

        Columns: id, time, kind, model, prompt, characters, seconds, seed, status, estimate, charged, currency, profile,
        file, sha256, source: the seconds that a character was made from, person, experiment. Times are UTC, without a zone, as spreadsheets take them: `costs().to_excel("costs.xlsx")` works where
        openpyxl is installed. `sora-nb costs --csv FILE` writes a file in which no prompt is taken for a formula.

        A row's person is who made the call: SORA_NB_USER, else JupyterHub's user, else the login name; "" where a row is
        older than that. `costs().groupby("person")["charged"].sum()` is what each has spent.

        Args:
            person: only the calls of this one; "mine" for one's own; by default everybody's on this ledger.
            experiment: only the calls of the experiment of this name, see sweep().

        Raises:
            InvalidInput: it is no name.
        """
        return self._session.costs(person, experiment)

    def settle(self, call: str | Call | Job[Any], *, charged: Dollars) -> None:
        """Write down what a call cost whose outcome is unknown, as you read it on the bill.

        It no longer holds money of the budget, and resume() no longer asks about it. A call that resume() could not bring
        to its end is ended by this, too: whether a video or character, and whatever its task has come to.

        Args:
            call: its id in costs(), or its job.
            charged: dollars; 0 where it was not billed.

        Raises:
            InvalidInput: there is no such call, a kernel works on it, or what it cost is known.
        """
        self._session.jobs.settle(call, charged)

    def app(self, video: VideoLike | None = None) -> App:
        """Return the whole loop as one cell: choose a video, trim it, make a character, write a prompt, see the costs.

        Put it last in a cell; nothing has to be given.

        Example:
            >>> app = studio.app()
            >>> app = studio.app(footage())

        Args:
            video: what it opens with: a video or job of this studio, the id of a task, a web address, or a file.

        Returns:
            The app; `app.character` and `app.video` are what was made in it last.

        Raises:
            InvalidInput: it is no video.
        """
        from sora_nb.notebook.app import App

        self._ready()
        return App(self._session, video)

    # --- calls --------------------------------------------------------------------------------------------------------

    def job(self, ident: str) -> Job[Any]:
        """Take a running or finished call up again.

        Args:
            ident: its id in costs(), or Job.id.

        Returns:
            Its job; result() waits for the video or character, or raises why there is none.

        Raises:
            InvalidInput: there is no such call.
        """
        return self._session.job(ident)

    def unfinished(self) -> list[Call]:
        """Return the calls whose story has not ended, oldest first: running, or perhaps billed."""
        return self._session.unfinished()

    def resume(self, *, remake: bool = False) -> pd.DataFrame:
        """Finish what an earlier kernel left open: look lost calls up, fetch finished videos. Nothing is paid again.

        Args:
            remake: whether orders of the local engine that ended with their kernel are made again; that is free.

        Returns:
            One row a call: id, time (UTC, without a zone), kind, prompt, was, now, file, note.
        """
        import pandas as pd

        rows = [
            {
                "id": found.call.id,
                "time": found.call.created_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0),
                "kind": found.call.kind,
                "prompt": found.call.prompt,
                "was": found.was.value,
                "now": found.call.state.value,
                "file": str(found.call.file or ""),
                "note": found.note,
            }
            for found in self._session.resume(remake=remake)
        ]
        columns = ["id", "time", "kind", "prompt", "was", "now", "file", "note"]
        return display.frame(pd.DataFrame(rows, columns=columns))

    def close(self) -> None:
        """Stop the local engine and what is rehearsed, close connections and the ledger."""
        self._session.close()
        for stop in self._rehearsals:
            stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if "_session" not in vars(self):  # a traceback may show one that could not be made
            return "Studio(...)"
        return f"Studio({self.profile.name!r}, home={str(self.home)!r})"

    def _ready(self) -> None:
        if self._progress:
            # before there are threads: while they set warning filters, what tqdm silences at its import would show
            importlib.import_module("tqdm.auto")

    def _wait(self, job: Job[T]) -> T:
        return job.show_progress() if self._progress else job.result()


def _hidden(api_key: str | None) -> SecretStr:
    """Return a key as no traceback shows it."""
    from sora_nb.providers.registry import hidden  # noqa: PLC0415  nobody waits for it at `from sora_nb import Studio`

    return hidden(api_key)


def _address(ledger: Path | str | None) -> URL | None:
    """Return where a ledger is, as no traceback shows a password."""
    from sora_nb.storage.place import address  # noqa: PLC0415  as above

    return None if ledger is None else address(ledger)


def _is_job(thing: object) -> TypeIs[Job[Any]]:
    from sora_nb.calls.job import Job  # noqa: PLC0415  as above

    return isinstance(thing, Job)
