"""What goes on in the background, with a button that starts more of it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import CallbackDispatcher

from sora_nb import display
from sora_nb.notebook.widgets._base import SoraWidget, module, style
from sora_nb.notebook.widgets._search import PAGE

if TYPE_CHECKING:
    from collections.abc import Callable

STATES = ("waiting", "running", "done", "failed", "cancelled", "unknown")


class JobList(SoraWidget):
    """Jobs with their progress, newest first, under one button.

    Args:
        action: what the button says, or "" for a list without one.

    Attributes:
        note: beside the button: what it costs, or why it cannot be used yet.
        ready: whether the button can be used.
        jobs: the newest 100, one dict a job; see show().
        earlier: how many others there are.
    """

    _esm = module("job_list")
    _css = style("job_list")

    action = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    ready = traitlets.Bool(True).tag(sync=True)
    jobs = traitlets.List(traitlets.Dict()).tag(sync=True)
    earlier = traitlets.Int(0).tag(sync=True)

    def __init__(self, action: str = "", **traits: Any) -> None:
        self._all: dict[str, dict[str, Any]] = {}  # oldest first
        self._remarks: dict[str, str] = {}
        self._started = CallbackDispatcher()
        self._resumed = CallbackDispatcher()
        self._cancelled = CallbackDispatcher()
        super().__init__(action=action, **traits)
        self.handle("press", lambda *_: self.send({"kind": "pressed"}))  # what was typed before comes before "action"
        self.handle("action", lambda *_: self.tell(self._started))
        self.handle("resume", lambda *_: self.tell(self._resumed))
        self.handle("cancel", lambda content, _: self._cancel(str(content.get("key"))))

    def on_action(self, callback: Callable[[JobList], None]) -> None:
        """Have a function called when the button is pressed."""
        self._started.register_callback(callback)

    def on_resume(self, callback: Callable[[JobList], None]) -> None:
        """Have a function called when somebody wants lost calls looked up."""
        self._resumed.register_callback(callback)

    def on_cancel(self, callback: Callable[[JobList, str], None]) -> None:
        """Have a function called with the key of a job that somebody wants stopped."""
        self._cancelled.register_callback(callback)

    def _cancel(self, key: str) -> None:
        if self._all.get(key, {}).get("stakes") is not None:
            self.tell(self._cancelled, key)

    def remark(self, key: str, words: str) -> None:
        """Say something about a running job that stays beside it until it has ended."""
        self._remarks[key] = words
        if key in self._all:
            self._put({**self._all[key], "note": display.plain(words)})

    def show(
        self,
        key: str,
        label: str,
        state: str,
        *,
        percent: float | None = None,
        stage: str = "",
        note: str = "",
        stakes: str | None = None,
        picture: str = "",
    ) -> None:
        """Add a job, or change it.

        Args:
            key: tells it from others.
            label: what it is.
            state: "waiting", "running", "done", "failed", "cancelled", or "unknown" for perhaps billed.
            percent: how far it is, or None where that is not known.
            stage: what is being done and how long that will take, in words.
            note: what became of it, in words.
            stakes: what stopping it would mean for money, which is said before it is stopped; "" where it is free, None
                for a job without a button for that.
            picture: what became of it, as a data URL, or "".
        """
        assert state in STATES, state
        if state not in {"waiting", "running"}:
            self._remarks.pop(key, None)
        self._put(
            {
                "key": key,
                "label": display.plain(label, 120),
                "state": state,
                "percent": None if percent is None else round(percent),
                "stage": display.plain(stage, 120),
                "note": display.plain(note or self._remarks.get(key, "")),
                "picture": picture,
                "stakes": None if stakes is None or state not in {"waiting", "running"} else display.plain(stakes),
            }
        )

    def _put(self, job: dict[str, Any]) -> None:
        self._all[job["key"]] = job
        with self.hold_sync():  # one message
            self.jobs = list(itertools.islice(reversed(self._all.values()), PAGE))
            self.earlier = len(self._all) - len(self.jobs)

    def __repr__(self) -> str:
        running = sum(job["state"] in {"waiting", "running"} for job in self._all.values())
        return f"JobList({len(self._all)} jobs, {running} running)"

    def _still(self) -> str:
        lines = [f"{job['state']}: {job['label']} {job['note']}" for job in self.jobs]
        return display.card("", "", "Jobs", lines or ["none"])
