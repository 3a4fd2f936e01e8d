"""The whole loop in one cell: choose a video, mark its seconds, get a character, write a prompt, see what it cost.

The widgets know nothing of a session, and the session nothing of widgets; here they meet. What lasts runs on the
background loop, so the cell returns at once and nothing freezes; widgets themselves are changed on a thread of the app,
since what they do - probing a file, reading it, sending it to the page - would hold up every request on that loop.
What goes wrong is shown in the widget it belongs to, with the next step, since a notebook shows errors of callbacks
nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import ipywidgets

from sora_nb import background, display, samples
from sora_nb.errors import ConsentNeeded, InvalidInput, SoraError
from sora_nb.models import Character, Clip, Video, in_dollars, written
from sora_nb.notebook.desk import Desk, price
from sora_nb.notebook.fetch import Fetch
from sora_nb.notebook.films import Films
from sora_nb.notebook.follow import Follower
from sora_nb.notebook.jobs import Jobs
from sora_nb.notebook.layout import action, column, row
from sora_nb.notebook.marimo import stacked
from sora_nb.notebook.saved import Saved
from sora_nb.notebook.stranger import kept
from sora_nb.notebook.widgets._worker import Worker
from sora_nb.notebook.widgets.character_gallery import CharacterGallery
from sora_nb.notebook.widgets.clip_slider import ClipSlider
from sora_nb.notebook.widgets.cost_meter import CostMeter
from sora_nb.notebook.widgets.question import Question
from sora_nb.notebook.widgets.video_grid import VideoGrid
from sora_nb.notebook.widgets.video_picker import VideoPicker
from sora_nb.storage.characters import NAME_LENGTH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from concurrent.futures import Future

    from sora_nb.calls.job import Job
    from sora_nb.calls.recovery import Resumed
    from sora_nb.calls.session import Session
    from sora_nb.media import VideoLike
    from sora_nb.notebook.widgets._base import SoraWidget
    from sora_nb.notebook.widgets._worker import Check
    from sora_nb.notebook.widgets.job_list import JobList
    from sora_nb.storage.call import Call
    from sora_nb.storage.characters import CharacterListing
    from sora_nb.storage.listing import Listing

AVATAR_SIDE = 88
"""Pixels of the picture beside a character that was just made."""


class App(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """The one-cell app; `Studio.app()` makes it.

    Attributes:
        picker, slider, name, gallery, prompt, grid, meter: the widgets, whose values the next cell can read.
        desk: the prompt with what would be sent, and the question who agrees to that.
        films: the films made so far, and those of them that are compared.
        making, rendering: the jobs that make characters and videos.
        character: the character made last, or None.
        video: the video made last, or None.
    """

    def __init__(self, session: Session, video: VideoLike | None = None) -> None:
        self._session = session
        self._worker = Worker(self._say)
        self._source: Video | Path | str | None = None
        self._ordered: dict[tuple[object, ...], str] = {}  # what characters are being made from, and their names
        self.character: Character | None = None
        self.video: Video | None = None
        self._extractor = session.extractor_profile
        self.picker = VideoPicker(uploads=session.home / "uploads", sample=samples.offered(), fetches=True)
        rules = self._extractor.character
        self.slider = ClipSlider(span=rules.span, subjects=rules.subject and session.engine)
        self._fetch = Fetch(session, self.picker, self.slider, self._apart)
        self.name = Question("Name of the character", prefix="@", longest=NAME_LENGTH)
        self._jobs = Jobs(session, self._apart, self.show_costs)
        self.making, self.rendering = self._jobs.making, self._jobs.rendering
        self.gallery = CharacterGallery()
        self.desk = Desk(session, self._order, self._make_here)
        self.prompt = self.desk.prompt
        self.grid = VideoGrid()
        self.grid.layout.min_height = "340px"  # the room of a film, so that nothing moves when there is one
        self.films = Films(session, self.desk.use, self.desk.extends)
        self.meter = CostMeter(table=session.costs)
        self._join()
        self.meter.layout.margin = "0 8px 6px"
        self.rendering.add_class("sora-kept")  # its room is there before there are jobs: what is below stays in place
        left = column(3, "Video", self.picker, self.slider, action(self.name, self.making))
        right = column(2, "Prompt", self.desk, self.rendering, self.grid)
        library = [row(column(1, "Films", self.films)), row(column(1, "Characters", self.gallery))]
        super().__init__([self.meter, row(left, right), *library], layout=ipywidgets.Layout(width="100%"))
        self.add_class("sora-app")  # what grows is kept short in it, see the style sheets
        self._saved = Saved(self)
        self._show_videos()
        self._show_characters()
        self._take_up()
        self._follower = Follower(session, self._worker, self)
        self._worker.call(self._fill)
        if video is not None:
            self.picker.value = (session.find_video(video) if isinstance(video, str) else None) or video

    @property
    def ready(self) -> Future[None]:
        """Done once all that was to be shown so far is shown."""
        return self._worker.done

    def _fill(self) -> None:
        """Show what takes longer in a large library."""
        for widget in (self.picker, self.prompt, self.gallery, self.films):
            widget.ready.result()
        with self.meter.explained():
            self._follower.look(lambda: None)

    def _join(self) -> None:
        self.picker.observe(lambda change: self._start(self.picker, self._choose, change["new"]), "value")
        self.making.on_action(lambda _: self._start(self.making, self._extract))
        self.name.observe(lambda _: self._worker.submit("name", self._check_name), "value")
        self.gallery.on_rename(lambda _, who, name: self._rename(who, name))
        self.gallery.on_delete(lambda _, who: self._start(self.gallery, self._delete, who))
        self.gallery.on_restore(lambda _, who: self._start(self.gallery, self._restore, who))
        for jobs in (self.making, self.rendering):
            jobs.on_resume(lambda _: self._take_up())
            jobs.on_cancel(lambda jobs, key: self._start(jobs, self._jobs.cancel, jobs, key))

    # --- working in the background --------------------------------------------------------------------------------

    def _start(self, where: SoraWidget, work: Callable[..., Any], *values: Any) -> None:
        """Do something on the background loop; what goes wrong is shown where it was asked for."""
        where.problem = ""

        async def run() -> None:
            async with self._shown(where):
                await work(*values)

        background.submit(run)

    async def _apart(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Call a function that changes widgets on the app's thread: the loop carries all requests."""
        return await asyncio.wrap_future(self._worker.call(function, *args, **named))

    @contextlib.asynccontextmanager
    async def _shown(self, where: SoraWidget) -> AsyncIterator[None]:
        """Show what goes wrong in the background; unexpected errors too, which nobody would see otherwise."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # whatever it is, the page says it
            await self._apart(_explain, where, error)

    def _say(self, error: Exception) -> None:
        self.picker.problem = display.plain(error)

    async def _choose(self, value: Video | Path | str | None) -> None:
        """Bring the chosen video to the slider."""
        self._fetch.stop()
        self._source = None
        note = "Choose a video first."
        if value is not None:
            note = "Fetching the video ..." if isinstance(value, str) else "Opening the video ..."
        await self._apart(self._wait_for_a_video, note)
        if (
            value is None or isinstance(value, str) or self.slider.video is None
        ):  # never the old film under the new title
            await self._apart(self.slider.clear, note if value else "")
        if value is None:
            return
        source: Video | Path | str = value
        file: Path | None
        if isinstance(value, str):
            try:
                file = await self._fetch.bring(value)
            except SoraError:
                await self._apart(self._wait_for_a_video, "Choose a video first.")
                await self._apart(self.slider.clear)
                raise
            if file is None:
                return
            # a service that takes uploads gets the very file that is looked at
            source = file if self._extractor.routes.files else value
        else:
            file = value.path if isinstance(value, Video) else value
        await self._apart(self._open, value, source, file)

    def _wait_for_a_video(self, note: str) -> None:
        self.making.set_trait("ready", False)
        self.making.note = note

    def _open(self, value: Video | Path | str, source: Video | Path | str, file: Path | None) -> None:
        if self.picker.value != value:
            return  # another one was chosen meanwhile
        self._source = source
        self.slider.video = file
        self.name.value = self._session.characters.free_name(_words(value))
        self.making.note = price(self._session.estimate("character"))
        self.making.ready = True

    async def _extract(self) -> None:
        source, clip, subject = self._source, self.slider.clip, self.slider.subject
        if source is None:
            return
        order = source, clip, subject
        if order in self._ordered:
            return  # a second press must not buy the same character twice
        name = self.name.value
        taken = bool(name) and name in self._ordered.values()  # no other one was proposed yet
        self._ordered[order] = name
        try:
            if taken:
                name = await asyncio.to_thread(self._session.characters.free_name, name)
            await self._make_character(source, clip, subject=subject, name=name)
        finally:
            del self._ordered[order]

    def _make_here(self, who: Character, name: str) -> None:
        self._start(self.prompt, self._make_again, who, name)

    async def _make_again(self, who: Character, name: str) -> None:
        """Make a character from the kept seconds of another one, and have the prompt mention it instead."""
        made = None
        try:
            assert who.clip_file is not None
            clip = await asyncio.to_thread(kept, who, self._extractor.character.span)
            made = await self._make_character(who.clip_file, clip, name=name, description=who.description)
        finally:
            if made is None:
                self.desk.stranger.ask_again(who)
                self.desk.look()
        if made is not None:
            await self._apart(self._recast, who, made)

    def _recast(self, who: Character, made: Character) -> None:
        self.prompt.value = self._session.characters.recast(self.prompt.value, who, made)

    async def _make_character(self, source: Video | Path | str, clip: Clip, **how: Any) -> Character | None:
        job = await asyncio.to_thread(self._session.submit_character, source, clip.start, clip.end, **how)
        made: Character | None = await self._follow(self.making, job, f"Character from {clip} of {_named(source)}")
        if made is not None:
            await self._apart(self._show_character, job, f"Character from {clip}", made)
        return made

    def _order(self, prompt: str, consent: str | None) -> None:
        # before the page is answered: a second press must not buy the same video twice
        self.prompt.busy = True
        self._start(self.prompt, self._generate, prompt, {**self.desk.order, "consent": consent})

    async def _generate(self, prompt: str, options: dict[str, Any]) -> None:
        try:
            job = await self._submit(prompt, options)
        except ConsentNeeded as error:
            await self._apart(self.desk.ask, error.message)
            return
        self.desk.look()  # whoever agreed is known now
        made = await self._follow(self.rendering, job, prompt)
        if made is not None:
            await self._apart(self.rendering.show, job.id, prompt, "done", note=f"charged {written(made.charged)}")
            await self._show_result(made)

    async def _submit(self, prompt: str, options: dict[str, Any]) -> Job[Video]:
        try:
            return await asyncio.to_thread(self._session.submit_video, prompt, **options)
        finally:
            await self._apart(self.prompt.set_trait, "busy", False)

    async def _follow(self, jobs: JobList, job: Job[Any], label: str) -> Any:
        """Show a job until it ends; return its result, or None where it has none."""
        self._follower.leave(job.id)
        return await self._jobs.follow(jobs, job, label)

    # --- showing what there is, on the app's thread -------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether it is shown nowhere any more."""
        return self.comm is None

    def show_videos(self, videos: Listing[Video]) -> None:
        """Offer these videos as sources."""
        self.picker.videos = videos
        self.films.refresh()

    def show_characters(self, characters: CharacterListing) -> None:
        """Show these characters, and let prompts mention them."""
        self.prompt.characters = self.gallery.characters = self.picker.characters = characters

    def show_call(self, call: Call) -> None:
        """Show where a call stands that was not made here."""
        self._jobs.show(call)

    def _show_videos(self) -> None:
        self.show_videos(self._session.videos())

    def _show_characters(self) -> None:
        self.show_characters(self._characters())

    def _characters(self) -> CharacterListing:
        return self._session.characters.listing(self._session.service)

    def _show_character(self, job: Job[Character], label: str, made: Character) -> None:
        if self.name.value == made.username:
            self.name.value = self._session.characters.free_name(made.username)
        picture = display.data_url(made.avatar, AVATAR_SIDE)
        self.making.show(job.id, label, "done", note=f"{made} is ready.", picture=picture)
        self._show_characters()
        self.gallery.value = (made,)
        if not self.prompt.value.strip():
            self.prompt.value = f"{made} "
        self.prompt.go_on()
        self.character = made

    def _check_name(self, check: Check) -> None:
        """Say at once that a name is none, or that another character has it."""
        problem = ""
        try:
            if self.name.value:
                self._session.characters.check_free(self.name.value)
        except InvalidInput as error:
            problem = error.message
        check()
        self.name.problem = problem

    def _rename(self, who: Character, name: str) -> Character:
        """Rename a character at once: the gallery takes back what is refused, and shows the username it has now."""
        now = self._session.characters.rename(who, name)
        self._worker.call(self._show_characters)
        return now

    async def _delete(self, who: Character) -> None:
        """Take a character out, which the gallery shows as deleted already."""
        try:
            await asyncio.to_thread(self._session.characters.forget, who)
        except SoraError:
            await self._apart(self.gallery.take_back, who)
            raise
        await self._apart(self._show_characters)

    async def _restore(self, who: Character) -> None:
        try:
            await asyncio.to_thread(self._session.keep, who)
        finally:
            await self._apart(self._show_characters)

    async def _show_result(self, made: Video) -> None:
        """Put the newest video beside what its character was cut from."""
        await self._apart(self._play, made)

    def _play(self, made: Video) -> None:
        self._show_videos()
        self._present(made)

    def _present(self, made: Video) -> None:
        beside = [self._source] if isinstance(self._source, Video) and self._source.path != made.path else []
        self.grid.videos = [*beside, made]
        self.grid.play()
        self.video = made  # last: whoever sees it sees all else

    def show_costs(self) -> None:
        """Show how much is used of the budget with the least left; where there is none, what everything has cost so far."""
        budget = self._session.budget
        since = None if budget.limit is None else budget.since
        spent, estimated = self._session.ledger.totals(budget.person or None, budget.experiment or None, since)
        with self.meter.hold_sync():
            self.meter.spent, self.meter.estimated = in_dollars(spent), in_dollars(estimated)
            self.meter.reserved, self.meter.budget, self.meter.whose = budget.reserved, budget.limit, budget.whose

    # --- what an earlier kernel left open -----------------------------------------------------------------------------

    def _take_up(self) -> None:
        """Show calls that an earlier kernel left open, and finish them; nothing is created again."""
        shown = self._jobs.left_open()
        if shown:
            self._start(self.rendering, self._resume, shown)

    async def _resume(self, shown: set[str]) -> None:
        resumed = await asyncio.to_thread(self._session.resume)
        await self._apart(self._show_resumed, [found for found in resumed if found.call.id in shown])

    def _show_resumed(self, resumed: Sequence[Resumed]) -> None:
        self._jobs.show_resumed(resumed)
        self._show_characters()
        self._show_videos()
        self.show_costs()
        films = [found.call for found in resumed if found.call.kind == "video" and found.call.file is not None]
        if films and not self.grid.videos:
            self._present(films[-1].video())

    # --- for readers without a kernel ---------------------------------------------------------------------------------

    def __repr__(self) -> str:
        shown = (
            (len(self.prompt.characters), self.prompt.more, "characters"),
            (len(self.picker.videos), self.picker.more, "videos"),
        )
        counts = (f"{count}{'+' * more} {what if count != 1 else what[:-1]}" for count, more, what in shown)
        return f"App({', '.join(counts)})"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self._view()
        return {**data, "text/html": self._saved.html()}, metadata

    def _view(self) -> tuple[dict[str, Any], dict[str, Any]]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view, "text/plain": repr(self)}
        return data, self.meter._repr_mimebundle_()[1]  # Colab reads there what shows its widgets

    def _ipython_display_(self) -> None:
        self._saved.still.show(*self._view())

    def _display_(self) -> Any:
        """Return what marimo shows, which knows no boxes."""
        return stacked(self)


def _explain(where: SoraWidget, error: Exception) -> None:
    """Say in a widget what went wrong."""
    with where.explained():
        raise error


def _words(source: Video | Path | str) -> str:
    """Return what the name of a character from a video is made of: the file's name, or how the prompt begins."""
    if isinstance(source, Video):
        return " ".join(source.prompt.split()[:3])
    name = source.name if isinstance(source, Path) else unquote(urlsplit(source).path)
    return PurePosixPath(name).stem


def _named(source: Video | Path | str) -> str:
    if isinstance(source, Video):
        return source.prompt or source.id
    return source.name if isinstance(source, Path) else source
