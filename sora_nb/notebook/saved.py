"""What stays of the app in a saved notebook: its last character, its prompt, its film, and what everything cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb import display
from sora_nb.notebook.widgets._still import Still

if TYPE_CHECKING:
    from sora_nb.notebook.app import App

ENDED = {"done"}
"""Jobs of which nothing is said: what they made is there."""


class Saved:
    """Keeps the still of an app.

    Args:
        app: the app, whose parts are made.

    Attributes:
        still: its second output, hidden while the app is live.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.still = Still(self.html)
        app.meter.set_trait("_still_class", self.still.name)  # the page hides it as long as the meter is there
        for part in (app.meter, app.picker, app.slider, app.gallery, app.prompt, app.making, app.rendering, app.grid):
            part.observe(self.still.changed)

    def html(self) -> str:
        """Return what was made so far."""
        app = self._app
        parts = [app.meter.still.html()]
        if app.slider.video is not None:
            parts.append(app.slider.still.html())
        if app.character is not None:
            parts.append(app.character._repr_mimebundle_()["text/html"])
        if app.prompt.value.strip():
            parts.append(app.prompt.still.html())
        for jobs in (app.making, app.rendering):
            lines = [f"{job['state']}: {job['label']} {job['note']}" for job in jobs.jobs if job["state"] not in ENDED]
            parts += [display.card("", "", "Jobs", lines)] if lines else []
        if app.video is not None:
            parts.append(app.video._repr_mimebundle_()["text/html"])
        said = "Run this cell to choose a video, trim it, and make a character."
        parts.append(display.card("", "", "sora_nb", [said]))
        return "".join(f'<div style="margin:0 0 12px">{part}</div>' for part in parts)
