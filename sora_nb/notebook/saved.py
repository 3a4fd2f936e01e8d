"""What stays of the app in a saved notebook: its last character, its prompt, its film, and what everything cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sora_nb import display
from sora_nb.notebook.widgets._still import Still

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sora_nb.models import Character, Video
    from sora_nb.notebook.widgets.character_gallery import CharacterGallery
    from sora_nb.notebook.widgets.clip_slider import ClipSlider
    from sora_nb.notebook.widgets.cost_meter import CostMeter
    from sora_nb.notebook.widgets.job_list import JobList
    from sora_nb.notebook.widgets.prompt_box import PromptBox
    from sora_nb.notebook.widgets.video_grid import VideoGrid
    from sora_nb.notebook.widgets.video_picker import VideoPicker

ENDED = {"done"}
"""Jobs of which nothing is said: what they made is there."""


class Parts(Protocol):
    """The parts of an app of which something stays."""

    meter: CostMeter
    picker: VideoPicker
    slider: ClipSlider
    gallery: CharacterGallery
    prompt: PromptBox
    making: JobList
    rendering: JobList
    grid: VideoGrid
    character: Character | None
    video: Video | None


class Saved:
    """Keeps the still of an app.

    Args:
        app: the app, whose parts are made.

    Attributes:
        still: its second output, hidden while the app is live.
    """

    def __init__(self, app: Parts) -> None:
        self._app = app
        self.still = Still(self.html)
        app.meter.set_trait("_still_class", self.still.name)  # the page hides it as long as the meter is there
        for part in (app.meter, app.picker, app.slider, app.gallery, app.prompt, app.making, app.rendering, app.grid):
            part.observe(self.still.changed)

    def html(self) -> str:
        """Return what was made so far, in the places that it has in the app."""
        app = self._app
        chosen, made = [], []
        if app.slider.video is not None:
            chosen.append(app.slider.still.html())
        if app.character is not None:
            chosen.append(app.character._repr_mimebundle_()["text/html"])
        if app.prompt.value.strip():
            made.append(app.prompt.still.html())
        for jobs in (app.making, app.rendering):
            lines = [f"{job['state']}: {job['label']} {job['note']}" for job in jobs.jobs if job["state"] not in ENDED]
            made += [display.card("", "", "Jobs", lines)] if lines else []
        if app.video is not None:
            made.append(app.video._repr_mimebundle_()["text/html"])
        said = "Run this cell to choose a video, trim it, and make a character."
        columns = [f'<div style="flex:1 1 360px;max-width:480px">{_spaced(parts)}</div>' for parts in (chosen, made)]
        both = f'<div style="display:flex;flex-wrap:wrap;gap:0 24px">{"".join(columns)}</div>'
        return _spaced([app.meter.still.html(), both, display.card("", "", "sora_nb", [said])])


def _spaced(parts: Sequence[str]) -> str:
    return "".join(f'<div style="margin:0 0 12px">{part}</div>' for part in parts)
