"""The studio: one object that generates videos, makes characters of them, and knows what all of it cost."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from sora_nb import background, media, prompts
from sora_nb.calls.clip_source import fetched, resolve
from sora_nb.calls.job import Job
from sora_nb.calls.runner import Recorder
from sora_nb.errors import InvalidInput
from sora_nb.models import Clip
from sora_nb.money import prices
from sora_nb.money.budget import allowance, check_call
from sora_nb.providers import chat, registry, wire
from sora_nb.providers.client import AsyncClient
from sora_nb.storage.ledger import Call
from sora_nb.storage.library import Library
from sora_nb.storage.process_lock import Owner

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from sora_nb.engines.cutout.extraction import Found
    from sora_nb.engines.cutout.identity import Sighting
    from sora_nb.engines.prompt.parser import Explanation
    from sora_nb.experiments.sweep import Sweep
    from sora_nb.models import Character, Dollars, Video
    from sora_nb.money.budget import Budget
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.app import App
    from sora_nb.providers.registry import Profile
    from sora_nb.server.server import LocalServer

T = TypeVar("T")


class Studio(Library):
    """Generate videos, extract characters, write them into new prompts, and see what it cost.

    With nothing configured it starts a server and engine on this machine: free, offline, and speaking the same
    protocol as the hosted services.

    Args:
        profile: the gateway's name or Profile; else SORA_NB_PROFILE; else `local`.
        base_url: its address; else SORA_NB_BASE_URL.
        api_key: its key; else SORA_NB_API_KEY.
        home: folder of ledger and files; else SORA_NB_HOME; else the user's data folder.
        progress: whether waiting shows a progress bar.
        budget: the most dollars that the calls of a calendar month may cost, over all kernels on this ledger; else
            SORA_NB_BUDGET; else no limit. Free calls count nothing.
        budget_since: count all calls from this day on instead, in UTC.

    Raises:
        InvalidInput: the budget is not an amount.
        ConfigError: unknown profile, no usable address, or no key where one is needed.
        LedgerError: the ledger cannot be used.
    """

    def __init__(
        self,
        profile: str | Profile | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        home: Path | str | None = None,
        progress: bool = True,
        budget: Dollars | None = None,
        budget_since: dt.date | None = None,
    ) -> None:
        self._allowance = allowance(budget, budget_since)
        self._settings = registry.settings(profile, base_url=base_url, api_key=api_key)
        super().__init__(home)
        self._owner = Owner(self.home / "kernels")
        self._progress = progress
        self._server: LocalServer | None = None
        self._client: AsyncClient | None = None
        self._made_recorder: Recorder | None = None
        self._starting = threading.Lock()

    @property
    def profile(self) -> Profile:
        """The gateway used."""
        return self._settings.profile

    @property
    def client(self) -> AsyncClient:
        """The client, and with the local profile the server, both started at first use."""
        with self._starting:
            if self._client is None:
                self._client = self._start()
        return self._client

    def _start(self) -> AsyncClient:
        if self._progress:
            # before there are threads: while they set warning filters, what tqdm silences at its import would show
            importlib.import_module("tqdm.auto")
        settings = self._settings
        if not settings.base_url:
            from sora_nb.engines.animatic import AnimaticEngine
            from sora_nb.server.server import LocalServer

            key = secrets.token_urlsafe(24)
            self._server = LocalServer(self.home / "server", AnimaticEngine(), api_key=key).start()
            settings = registry.settings(self.profile, base_url=self._server.url, api_key=key)

        async def make() -> AsyncClient:
            return AsyncClient(settings)

        return background.run(make)

    @property
    def _recorder(self) -> Recorder:
        client = self.client
        with self._starting:
            if self._made_recorder is None:
                where = self._settings.base_url
                self._made_recorder = Recorder(client, self.ledger, self.home, self._owner, where)
        return self._made_recorder

    # --- videos -------------------------------------------------------------------------------------------------------

    def generate(self, prompt: str, **options: Any) -> Video:
        """Generate a video and wait for it, behind a progress bar.

        Args:
            prompt: what should be seen; `@username` puts a character in.
            options: as submit() takes them.

        Returns:
            The video, its file on this machine.

        Raises:
            InvalidInput: refused before anything was sent: unknown @name, no such length or size.
            BudgetExceeded: refused before anything was sent: a budget does not cover it.
            ApiError: refused by the service.
            GenerationFailed: accepted, then failed.
            OutcomeUnknown: perhaps accepted, perhaps billed; see resume().

        Cost: the list price is estimate(); 0 at the local server.
        """
        return self._wait(self.submit(prompt, **options))

    def submit(
        self,
        prompt: str,
        *,
        model: str | None = None,
        size: str | None = None,
        seconds: int | None = None,
        seed: int | None = None,
        image: Path | str | None = None,
        route: Literal["async", "sync"] = "async",
        budget: Dollars | None = None,
    ) -> Job[Video]:
        """Start generating a video and return at once.

        Args:
            prompt: what should be seen; `@username` puts a character in.
            model, size, seconds: by default the profile's; size like "1280x720".
            seed: the local engine gives the same video for the same seed.
            image: a picture the video starts from, PNG, JPEG or WebP below 10 MB.
            route: "async" creates a task and polls it; "sync" streams the answer of POST /v1/chat/completions.
            budget: the most dollars this call may cost, whatever the studio's budget has left.

        Raises:
            InvalidInput, BudgetExceeded: as generate(); all other errors come with job.result().
        """
        if route not in {"async", "sync"}:
            raise InvalidInput(f"There is no route {route!r}.", hint='It is "async" or "sync".')
        cast = self._cast(prompt)
        picture = Path(image).expanduser() if image is not None else None
        rules = self.profile.video
        size, seconds = size or rules.size, rules.seconds if seconds is None else seconds
        if route == "sync":
            chosen = self.profile.chat_model(size, seconds)
            model, size = model or chosen.model, chosen.size
            chat.chat_request(self.profile, "check", prompt=prompt, model=model, reference=picture)
        else:
            model = model or rules.model
            wire.video_request(
                self.profile,
                "check",
                prompt=prompt,
                model=model,
                size=size,
                seconds=seconds,
                reference=picture,
                seed=seed,
            )
        price = prices.estimate(self.profile, "video", model, seconds)
        call = Call(
            kind="video",
            route=route,
            profile=self.profile.name,
            base_url=self._settings.base_url,
            model=model,
            prompt=prompt,
            characters=tuple(who.username for who in cast),
            size=size,
            seconds=seconds,
            seed=seed,
            image=hashlib.sha256(picture.read_bytes()).hexdigest() if picture else "",
            estimate=price.micros,
            reserved=price.charged_micros,
            price=price.origin,
        )
        recorder = self._recorder
        call = self._plan(call, budget)

        async def run(job: Job[Video]) -> Video:
            return await recorder.video(call, cast=cast, image=picture, on_progress=job.watch)

        return Job(call, run)

    def _cast(self, prompt: str) -> list[Character]:
        known = {who.username: who for who in self.characters() if who.profile == self.profile.name}
        rules = self.profile
        names = prompts.check(prompt, known, most=rules.character.mentions, longest=rules.video.prompt_longest)
        return [known[name] for name in names]

    def fetch(self, url: str) -> Path:
        """Bring a video from the web to this machine, to look at it and choose its seconds.

        Args:
            url: http(s) address of the file itself.

        Returns:
            The file, in the studio's folder.

        Raises:
            DownloadError: it did not arrive, or is not a video.

        Cost: nothing.
        """
        client = self.client
        return background.run(lambda: fetched(client, url, self.home / "sources"))

    def sweep(
        self,
        prompts: Sequence[str],
        *,
        characters: Sequence[Character] = (),
        models: Sequence[str] = (),
        seconds: int | None = None,
        size: str | None = None,
        seed: int | None = None,
        repeats: int = 1,
    ) -> Sweep:
        """Plan an experiment: every prompt with every character and every model. Nothing is sent before run().

        Args:
            prompts: texts; `{character}` in one of them stands for each of the characters in turn.
            characters: who is put there.
            models, seconds, size: by default the profile's.
            seed: of the first repeat; each further one has the next seed.
            repeats: how often each combination is made.

        Raises:
            InvalidInput: nothing to do, a placeholder without characters or the reverse, a prompt generate() refuses.
        """
        from sora_nb.experiments.plan import plan
        from sora_nb.experiments.sweep import Sweep

        rules = self.profile.video
        combinations = plan(
            prompts,
            cast=self._cast,
            characters=characters,
            models=models or (rules.model,),
            seconds=seconds or rules.seconds,
            size=size or rules.size,
            seed=seed,
            repeats=repeats,
        )
        return Sweep(self, combinations)

    # --- characters ---------------------------------------------------------------------------------------------------

    def extract(self, source: Video | Job[Video] | Path | str, start: float, end: float, **options: Any) -> Character:
        """Make a reusable character from a few seconds of a video, and wait for it behind a progress bar.

        Args:
            source: a video or job of this studio, the id of a task, a web address, or a file on this machine.
            start, end: seconds; the services of this family take 1 to 3 of them.
            options: as submit_extract() takes them.

        Returns:
            The character; `str()` of it is `@username`.

        Raises:
            ClipError: too short, too long, or beyond the end of the video.
            InvalidInput: a source this service does not take.
            BudgetExceeded: a budget does not cover it; nothing was sent.
            ApiError: refused by the service; nobody found in the clip, for example.
            OutcomeUnknown: perhaps made, perhaps billed; see resume().

        Cost: $0.01 at the list price of 2026-01-04 (docs.laozhang.ai); 0 at the local server.
        """
        if isinstance(source, Job):
            Clip(start, end).check(self.profile.character.span)  # before the wait
            source = self._wait(source)
        return self._wait(self.submit_extract(source, start, end, **options))

    def submit_extract(
        self,
        source: Video | Path | str,
        start: float,
        end: float,
        *,
        subject: Sequence[float] | None = None,
        name: str = "",
        description: str = "",
        budget: Dollars | None = None,
    ) -> Job[Character]:
        """Start making a character and return at once.

        Args:
            source, start, end: as extract().
            subject: where the character is, for the local engine: a point (x, y) or a box (left, top, right, bottom),
                as parts of width and height.
            name: for services that know characters by name.
            description: what it looks like, kept with the character for services that want words.
            budget: the most dollars this call may cost, whatever the studio's budget has left.

        Raises:
            InvalidInput, BudgetExceeded: as extract(); all other errors come with job.result().
        """
        clip = Clip(start, end).check(self.profile.character.span)
        found = resolve(
            source, self.profile, lambda task: next((made for made in self.videos() if made.id == task), None)
        )
        if found.file is not None:
            clip.check(self.profile.character.span, media.probe(found.file).duration)
        recorder, client = self._recorder, self.client
        price = prices.estimate(self.profile, "character", self.profile.character.model or "", clip.span)
        call = Call(
            kind="character",
            route="file" if found.as_file else "async",
            profile=self.profile.name,
            base_url=self._settings.base_url,
            model=self.profile.character.model or "",
            clip=clip,
            source=found.origin,
            seconds=clip.span,
            estimate=price.micros,
            reserved=price.charged_micros,
            price=price.origin,
        )
        call = self._plan(call, budget)

        async def create() -> Character:
            if found.as_file:
                with found.cut(clip, self.home / "incoming") as part:
                    made = await client.create_video_character(name or found.name, part, key=call.key)
            else:
                url = await client.upload(found.file) if found.upload and found.file else found.url
                made = await client.create_character(clip, url=url, from_task=found.task, subject=subject, key=call.key)
            return made.model_copy(update={"description": description})

        async def run(job: Job[Character]) -> Character:
            watching = asyncio.create_task(recorder.watch_character(call, job.advance))
            try:
                return await recorder.character(call, create, footage=found.file)
            finally:
                watching.cancel()

        return Job(call, run)

    # --- what the local engine can tell -------------------------------------------------------------------------------

    def consistency(self, character: Character, video: Video | Path | str) -> Sighting:
        """Tell whether a character is in a video, by finding its cut-out; on this machine, whoever made the video.

        Args:
            character: a character whose clip was kept.
            video: a video of the studio, or a file.

        Returns:
            The score, from 0 (not there) to 1, the seconds at which it was found, and the box in the clearest picture.
            From 0.2 on it counts as found.

        Raises:
            InvalidInput: the character's clip, or the video's file, is not on this machine.
            NoSubject: nobody stands out in the character's clip.

        Cost: nothing.
        """
        from sora_nb.engines import likeness

        return likeness.consistency(character, video, self.home / "cutouts")

    def subjects(self, video: Path | str, start: float, end: float) -> list[Found]:
        """List who stands out in a few seconds of a video file, the likeliest first, to choose `subject` from.

        Args:
            video: a file on this machine.
            start, end: seconds.

        Returns:
            What found each subject, a score, its box as parts of width and height, and the second it has it at.

        Raises:
            MediaError: the file is not a video.
        """
        from sora_nb.engines.cutout.extraction import candidates

        return candidates(Path(video).expanduser(), Clip(start, end))

    def explain(self, prompt: str) -> Explanation:
        """Tell what the local engine understands of a prompt, and which words mean nothing to it."""
        from sora_nb.engines.prompt.parser import explain

        return explain(prompt)

    # --- money --------------------------------------------------------------------------------------------------------

    @property
    def budget(self) -> Budget:
        """How much of the budget is used now: limit, spent, reserved and left, in dollars."""
        return self.ledger.used(self._allowance)

    def _plan(self, call: Call, most: Dollars | None) -> Call:
        check_call(call.reserved, most)
        return self._recorder.plan(call, self._allowance)

    def estimate(
        self,
        kind: Literal["video", "character"] = "video",
        *,
        model: str | None = None,
        seconds: float | None = None,
    ) -> Estimate:
        """Return what one call will cost at list price, before anything is sent.

        Args:
            kind: what is bought; anything else raises InvalidInput.
            model, seconds: by default the profile's.
        """
        rules = self.profile
        default = rules.video.model if kind == "video" else rules.character.model
        return prices.estimate(rules, kind, model or default or "", seconds or rules.video.seconds)

    def app(self) -> App:
        """Return the whole loop as one cell: choose a video, trim it, make a character, write a prompt, see the costs."""
        from sora_nb.notebook.app import App

        return App(self)

    # --- what was left open -------------------------------------------------------------------------------------------

    def resume(self) -> pd.DataFrame:
        """Finish what an earlier kernel left open: look lost calls up, fetch finished videos. Nothing is created again.

        Returns:
            One row a call: time, kind, prompt, was, now, file, note.
        """
        import pandas as pd

        rows = [
            {
                "time": found.call.created_at,
                "kind": found.call.kind,
                "prompt": found.call.prompt,
                "was": found.was.value,
                "now": found.call.state.value,
                "file": str(found.call.file or ""),
                "note": found.note,
            }
            for found in background.run(self._recorder.resume)
        ]
        return pd.DataFrame(rows, columns=["time", "kind", "prompt", "was", "now", "file", "note"])

    def close(self) -> None:
        """Stop the embedded server and close the ledger."""
        if self._client is not None:
            background.run(self._client.close)
        if self._server is not None:
            self._server.stop()
        self._owner.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Studio({self.profile.name!r}, home={str(self.home)!r})"

    def _wait(self, job: Job[T]) -> T:
        try:
            return job.show_progress() if self._progress else job.result()
        except KeyboardInterrupt as stop:
            stop.add_note("The call goes on in the background. studio.costs() shows it, studio.resume() finishes it.")
            raise
