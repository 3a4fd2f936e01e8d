"""The whole loop in one cell: choose a video, mark its seconds, get a character, write a prompt, see what it cost.

The widgets know nothing of a studio, and the studio nothing of widgets; here they meet. What lasts runs on the
studio's background loop, so the cell returns at once and nothing freezes; what goes wrong is shown in the widget it
belongs to, with the next step, since a notebook shows errors of callbacks nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets

from sora_nb import background, display
from sora_nb.errors import OutcomeUnknown, SoraError
from sora_nb.models import Character, State, Video, dollars, in_dollars, written
from sora_nb.notebook.widgets.character_gallery import CharacterGallery
from sora_nb.notebook.widgets.clip_slider import ClipSlider
from sora_nb.notebook.widgets.cost_meter import CostMeter
from sora_nb.notebook.widgets.job_list import JobList
from sora_nb.notebook.widgets.prompt_box import PromptBox
from sora_nb.notebook.widgets.video_grid import VideoGrid
from sora_nb.notebook.widgets.video_picker import VideoPicker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from sora_nb.calls.job import Job
    from sora_nb.money.budget import Budget
    from sora_nb.money.prices import Estimate
    from sora_nb.notebook.widgets._base import SoraWidget
    from sora_nb.providers.profile import Profile
    from sora_nb.storage.ledger import Call, Ledger

LOOK_SECONDS = 0.3
"""How often a job's progress is shown anew."""


class Desk(Protocol):
    """What the app needs of a studio."""

    home: Path
    ledger: Ledger

    @property
    def profile(self) -> Profile: ...
    @property
    def budget(self) -> Budget: ...
    def videos(self) -> list[Video]: ...
    def characters(self) -> list[Character]: ...
    def fetch(self, url: str) -> Path: ...
    def submit(self, prompt: str, *, model: str, size: str, seconds: int) -> Job[Video]: ...
    def submit_extract(self, source: Video | Path | str, start: float, end: float) -> Job[Character]: ...
    def rename(self, character: Character, display_name: str) -> Character: ...
    def forget(self, character: Character) -> None: ...
    def keep(self, character: Character) -> None: ...
    def estimate(self, kind: Any, *, model: str | None = None, seconds: float | None = None) -> Estimate: ...
    def costs(self) -> pd.DataFrame: ...
    def unfinished(self) -> list[Call]: ...
    def resume(self) -> pd.DataFrame: ...


class App(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets is not typed
    """The one-cell app; `Studio.app()` makes it.

    Attributes:
        picker, slider, gallery, prompt, grid, meter: the widgets, whose values the next cell can read.
        making, rendering: the jobs that make characters and videos.
        character: the character made last, or None.
        video: the video made last, or None.
    """

    # ipywidgets 7 would show this instead of the bundle below
    _ipython_display_ = None

    def __init__(self, studio: Desk) -> None:
        self._studio = studio
        self._busy = threading.Lock()
        self._source: Video | Path | str | None = None
        self.character: Character | None = None
        self.video: Video | None = None
        rules = studio.profile.video
        lengths = sorted({*rules.seconds_allowed, rules.seconds})
        self.picker = VideoPicker(studio.videos(), uploads=studio.home / "uploads")
        self.slider = ClipSlider(span=studio.profile.character.span)
        self.making = JobList("Make a character", ready=False, note="Choose a video first.")
        self.gallery = CharacterGallery(studio.characters())
        self.prompt = PromptBox(
            studio.characters(),
            model=rules.model,
            models=(rules.model,),
            size=rules.size,
            sizes=(rules.size, _turned(rules.size)),
            seconds=rules.seconds,
            lengths=lengths,
            mentions=studio.profile.character.mentions,
            estimate=lambda model, seconds: _price(studio.estimate("video", model=model, seconds=seconds)),
        )
        self.rendering = JobList()
        self.grid = VideoGrid()
        self.grid.layout.display = "none"  # until there is something to see
        self.meter = CostMeter(table=studio.costs)
        self._join()
        left = _column("Video", self.picker, self.slider, self.making)
        right = _column("Characters and prompt", self.gallery, self.prompt, self.rendering, self.grid)
        top = ipywidgets.Box([left, right], layout=ipywidgets.Layout(display="flex", flex_flow="row wrap"))
        super().__init__([self.meter, top], layout=ipywidgets.Layout(width="100%"))
        self.add_class("sora-app")  # what grows is kept short in it, see the style sheets
        self._count()
        self._take_up()

    def _join(self) -> None:
        self.picker.observe(lambda change: self._start(self.picker, self._choose, change["new"]), "value")
        self.making.on_action(lambda _: self._start(self.making, self._extract))
        self.prompt.on_submit(lambda _, prompt: self._start(self.prompt, self._generate, prompt))
        studio = self._studio
        self.gallery.on_rename(lambda _, *what: self._start(self.gallery, self._change, studio.rename, *what))
        self.gallery.on_delete(lambda _, *what: self._start(self.gallery, self._change, studio.forget, *what))
        self.gallery.on_restore(lambda _, *what: self._start(self.gallery, self._change, studio.keep, *what))
        for jobs in (self.making, self.rendering):
            jobs.on_resume(lambda _: self._take_up())

    # --- working in the background --------------------------------------------------------------------------------

    def _start(self, where: SoraWidget, work: Callable[..., Any], *values: Any) -> None:
        """Do something on the background loop; what goes wrong is shown where it was asked for."""
        where.problem = ""

        async def run() -> None:
            with _shown(where):
                await work(*values)

        background.submit(run)

    async def _choose(self, value: Video | Path | str | None) -> None:
        """Bring the chosen video to the slider."""
        self.making.set_trait("ready", False)
        self._source = None
        if value is None:
            self.making.note = "Choose a video first."
            return
        self.making.note = "Fetching the video ..." if isinstance(value, str) else "Opening the video ..."
        file: Path | None
        if isinstance(value, str):
            file = await asyncio.to_thread(self._studio.fetch, value)
            # a service that takes uploads gets the very file that is looked at
            self._source = file if self._studio.profile.routes.files else value
        else:
            file = value.path if isinstance(value, Video) else value
            self._source = value
        if self.picker.value != value:
            return  # another one was chosen meanwhile
        self.slider.video = file
        self.making.note = _price(self._studio.estimate("character"))
        self.making.ready = True

    async def _extract(self) -> None:
        source, clip = self._source, self.slider.clip
        if source is None:
            return
        job = await asyncio.to_thread(self._studio.submit_extract, source, clip.start, clip.end)
        made = await self._follow(self.making, job, f"Character from {clip} of {_named(source)}")
        if made is None:
            return
        self.character = made
        self.making.show(job.id, f"Character from {clip}", "done", note=str(made))
        await self._show_characters()
        self.gallery.value = (made,)
        if not self.prompt.value.strip():
            self.prompt.value = f"{made} "

    async def _generate(self, prompt: str) -> None:
        box = self.prompt
        with self._once():
            job = await asyncio.to_thread(
                self._studio.submit, prompt, model=box.model, size=box.size, seconds=int(box.seconds)
            )
        made = await self._follow(self.rendering, job, prompt)
        if made is None:
            return
        self.video = made
        self.rendering.show(job.id, prompt, "done", note=f"charged {written(made.charged)}")
        await self._show_result(made)

    @contextlib.contextmanager
    def _once(self) -> Iterator[None]:
        """Keep a second press of the button from buying the same video twice."""
        self.prompt.busy = True
        try:
            yield
        finally:
            self.prompt.busy = False

    async def _follow(self, jobs: JobList, job: Job[Any], label: str) -> Any:
        """Show a job until it ends; return its result, or None where it has none."""
        await asyncio.to_thread(self._count)
        while not job.done():
            jobs.show(job.id, label, "running", percent=job.progress)
            await asyncio.sleep(LOOK_SECONDS)
        try:
            return job.result()
        except OutcomeUnknown as error:
            jobs.show(job.id, label, "unknown", note=str(error))
        except SoraError as error:
            jobs.show(job.id, label, "failed", note=str(error))
        finally:
            await asyncio.to_thread(self._count)
        return None

    # --- showing what there is --------------------------------------------------------------------------------------

    async def _show_characters(self) -> None:
        self.gallery.characters = self.prompt.characters = await self._characters()

    async def _change(self, change: Callable[..., object], *what: Any) -> None:
        """Rename, delete or bring back a character, as the gallery shows it already."""
        await asyncio.to_thread(change, *what)
        self.prompt.characters = await self._characters()

    async def _characters(self) -> tuple[Character, ...]:
        return tuple(await asyncio.to_thread(self._studio.characters))

    async def _show_result(self, made: Video) -> None:
        """Put the newest video beside what its character was cut from."""
        videos = await asyncio.to_thread(self._studio.videos)
        self.picker.videos = videos
        beside = [self._source] if isinstance(self._source, Video) and self._source.path != made.path else []
        self.grid.videos = [*beside, made]
        self.grid.layout.display = ""

    def _count(self) -> None:
        """Show what everything has cost so far."""
        spent, estimated = self._studio.ledger.totals()
        self.meter.spent, self.meter.estimated = in_dollars(spent), in_dollars(estimated)
        budget = self._studio.budget
        self.meter.reserved, self.meter.budget = budget.reserved, budget.limit

    # --- what an earlier kernel left open -----------------------------------------------------------------------------

    def _take_up(self) -> None:
        """Show calls that an earlier kernel left open, and finish them; nothing is created again."""
        rows = self._studio.unfinished()
        for call in rows:
            lost = call.state in {State.SENT, State.UNKNOWN}
            self._jobs(call).show(
                call.id, _title(call), "unknown" if lost else "running", note="from an earlier session"
            )
        if rows:
            self._start(self.rendering, self._resume, rows)

    async def _resume(self, rows: list[Call]) -> None:
        table = await asyncio.to_thread(self._studio.resume)
        # the table has neither the calls of this kernel that go on, nor only those that were shown
        told = dict(zip(table["time"], zip(table["now"], table["note"], strict=True), strict=True))
        for call in (call for call in rows if call.created_at in told):
            now, note = told[call.created_at]
            state = now if now in {"done", "failed", "unknown"} else "running"
            self._jobs(call).show(call.id, _title(call), state, note=note)
        await self._show_characters()
        self.picker.videos = await asyncio.to_thread(self._studio.videos)
        await asyncio.to_thread(self._count)

    def _jobs(self, call: Call) -> JobList:
        return self.rendering if call.kind == "video" else self.making

    # --- for readers without a kernel ---------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"App({len(self.gallery.characters)} characters, {len(self.picker.videos)} videos)"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        still = display.card("", "", "sora_nb", ["Run this cell to choose a video, trim it, and make a character."])
        data = {"application/vnd.jupyter.widget-view+json": view, "text/plain": repr(self), "text/html": still}
        return data, self.meter._repr_mimebundle_()[1]  # Colab reads there what shows its widgets


@contextlib.contextmanager
def _shown(where: SoraWidget) -> Iterator[None]:
    """Show what goes wrong in the background; unexpected errors too, which nobody would see otherwise."""
    try:
        with where.explained():
            yield
    except Exception as error:
        where.problem = f"Something unexpected went wrong: {type(error).__name__}: {display.plain(error)}"
        raise


def _column(title: str, *parts: ipywidgets.Widget) -> ipywidgets.VBox:
    for part in parts:
        part.layout.margin = "0 0 14px"
    heading = ipywidgets.HTML(f'<h3 style="margin:0">{display.escape(title)}</h3>')
    return ipywidgets.VBox(
        [heading, *parts], layout=ipywidgets.Layout(flex="1 1 420px", min_width="0", padding="0 8px")
    )


def _price(estimate: Estimate) -> str:
    if estimate.micros is None:
        return "price unknown"
    return dollars(estimate.micros) + (" at list price, charged nothing here" if estimate.free else "")


def _turned(size: str) -> str:
    width, _, height = size.partition("x")
    return f"{height}x{width}"


def _named(source: Video | Path | str) -> str:
    if isinstance(source, Video):
        return source.prompt or source.id
    return source.name if isinstance(source, Path) else source


def _title(call: Call) -> str:
    return call.prompt or f"Character from {call.clip} of {call.source}"
