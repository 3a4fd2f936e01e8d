"""What stands for a widget where none can be live: a second output, which hides while the widget is there.

A front end that has lost the widget says so in its place, whatever else the output holds; a second output it shows.
The output is kept up to date, so that a saved notebook has what was made. A page that was loaded anew does not know any
more which output that is: there the still of the last load stays until the cell is run again.
"""

from __future__ import annotations

import contextlib
import contextvars
import secrets
import threading
import weakref
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from IPython.display import publish_display_data

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 1.0
"""Seconds from a change to the still that has it: a handle that is dragged changes often."""
PATIENCE = 5.0
"""Most seconds that the end of a cell waits for stills: films are made small for them, those of an old library too."""
_EMPTY_WIDGET = ".jp-OutputArea-child:has(+ .jp-OutputArea-child .sora-still) .jupyter-widgets:not(:has(*))"
"""Where JupyterLab and Notebook say that a widget is lost."""
_shown: weakref.WeakSet[Still] = weakref.WeakSet()


class Still:
    """The still of one widget, in all places where that is shown.

    Args:
        render: returns its HTML.

    Attributes:
        name: class of its element; the page hides it while the widget is live.
        html: returns what it shows.
    """

    def __init__(self, render: Callable[[], str]) -> None:
        self.html = render
        self._id = secrets.token_hex(8)
        self.name = f"sora-still-{self._id}"
        self._lock = threading.Lock()
        self._published = ""
        self._stale = False
        self._waiting = False

    def show(self, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """Publish a widget, and after it the still; it is filled until the cell ends.

        Args:
            data, metadata: the widget's own output.
        """
        publish_display_data(data, metadata)  # type: ignore[no-untyped-call]
        with self._lock:
            self._published, self._stale = "", True
            self._publish("")
        _shown.add(self)
        shell = get_ipython()
        if shell is not None:
            shell.events.register("post_run_cell", settle)

    def changed(self, *_: object) -> None:
        """Bring the still up to date soon, where it is shown."""
        if self not in _shown:
            return
        self._stale = True
        if not self._waiting:
            self._waiting = True
            timer = threading.Timer(PAUSE, self._follow)
            timer.daemon = True
            timer.start()

    def _follow(self) -> None:
        self._waiting = False  # before it is read: what changes from now on comes later
        self.refresh()

    def refresh(self) -> None:
        """Publish the still anew where it is another one now."""
        with self._lock, contextlib.suppress(Exception):  # what changes while it is read comes again in a moment
            if self._stale:
                self._stale = False
                found = self.html()
                if found != self._published:
                    self._publish(found)

    def settle(self) -> None:
        """Bring the still up to date now, within reason."""
        if self._stale:
            context = (
                contextvars.copy_context()
            )  # a notebook that is run without a page takes only what belongs to a cell
            thread = threading.Thread(target=context.run, args=(self.refresh,), daemon=True)
            thread.start()
            thread.join(PATIENCE)

    def _publish(self, found: str) -> None:
        style = f"<style>{_EMPTY_WIDGET} {{ display: none }}</style>"
        publish_display_data(  # type: ignore[no-untyped-call]
            {"text/html": f'<div class="sora-still {self.name}">{style}{found}</div>'},
            transient={"display_id": self._id},
            update=bool(found),
        )
        self._published = found


def settle(*_: object) -> None:
    """Bring all stills up to date at the end of a cell."""
    for still in list(_shown):
        still.settle()
