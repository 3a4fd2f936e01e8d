"""Work on accepted tasks, off the request path: fetch, cut out, render, and write down what came of it."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
from PIL import Image

from sora_nb import media, prompts
from sora_nb.errors import Cancelled, DownloadError, SoraError
from sora_nb.local import cutout
from sora_nb.local.engine import Control, Hint, RenderRequest
from sora_nb.local.names import handle
from sora_nb.models import Clip, Status
from sora_nb.profiles import get
from sora_nb.transfer import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sora_nb.local.engine import Cutout, Engine
    from sora_nb.local.store import Store, Task

LOG = logging.getLogger(__name__)
MAX_SOURCE = 512 * 1024**2
"""Largest video fetched for a character, in bytes."""
FETCH_SECONDS = 120.0
PROGRESS_SECONDS = 0.25
"""Progress is written at most this often."""
LOOK_SECONDS = 2.0
"""How often tasks of ended processes are looked for."""


class Runner:
    """Works on the tasks of a store, one after another in each of a few threads.

    Args:
        store: where the tasks are.
        engine: what does the work.
        workers: tasks worked on at once.
        private_sources: whether videos may be fetched from private networks.
    """

    def __init__(self, store: Store, engine: Engine, *, workers: int = 1, private_sources: bool = False) -> None:
        self._store = store
        self._engine = engine
        self._private_sources = private_sources
        self._wake = threading.Condition()
        self._stopping = False
        self._controls: dict[str, Control] = {}
        self._threads = [
            threading.Thread(target=self._work, name=f"sora_nb-job-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the tasks being worked on, which wait again for the next process, and end the threads."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for control in list(self._controls.values()):
            control.cancel()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def wake(self) -> None:
        """Say that there is a new task."""
        with self._wake:
            self._wake.notify_all()

    def cancel(self, task: Task) -> None:
        """Stop a task, if it is being worked on here."""
        control = self._controls.get(task.id)
        if control is not None:
            control.cancel()

    def _work(self) -> None:
        while not self._stopping:
            task = self._store.claim()
            if task is None:
                with self._wake:
                    if not self._stopping:
                        self._wake.wait(LOOK_SECONDS)
                continue
            self._do(task)

    def _do(self, task: Task) -> None:
        control = Control(_Progress(self._store, task))
        self._controls[task.id] = control
        try:
            done = self._extract(task, control) if task.kind == "character" else self._generate(task, control)
            self._store.finish(task, status=Status.COMPLETED, progress=100, **done)
        except Cancelled:
            if self._stopping:
                self._store.change(task, status=Status.QUEUED, owner="", progress=0)
        except SoraError as error:
            code = "invalid_url" if isinstance(error, DownloadError) else "unusable_video"
            message = " ".join(part for part in (error.message, error.hint) if part)
            self._store.finish(task, status=Status.FAILED, error_code=code, error=message)
        except Exception:
            LOG.exception("task %s failed", task.id)
            self._store.finish(
                task, status=Status.FAILED, error_code="engine_error", error="The engine failed on this request."
            )
        finally:
            del self._controls[task.id]

    # --- characters -------------------------------------------------------------------------------------------------

    def _extract(self, task: Task, control: Control) -> dict[str, Any]:
        asked = task.request
        source = self._source(task)
        subject = asked.get("subject")
        hint = Hint(*subject) if subject else None
        clip = Clip.parse(asked["timestamps"])
        clip.check(get("local").character.span, media.probe(source).duration)
        found = self._engine.extract(source, clip, control, hint)
        folder = self._store.character_path(task.id)
        cutout.save(found, folder)
        Image.fromarray(found.frames[found.best]).save(folder / "still.png")
        self._store.source_path(task.id).unlink(missing_ok=True)
        # named after its pixels: the same clip gives the same name in every notebook
        username, display_name = handle(hashlib.sha256(found.frames[found.best].tobytes()).hexdigest())
        self._store.christen(task, username)
        result = {
            "display_name": display_name,
            "quality": round(found.quality, 3),
            "found_by": found.kind,
            "warnings": list(found.warnings),
        }
        return {"result": result}

    def _source(self, task: Task) -> Path:
        asked = task.request
        if "upload" in asked:
            return self._store.upload_path(asked["upload"])
        if "from_task" in asked:
            return self._store.video_path(asked["from_task"])
        target = self._store.source_path(task.id)
        if not target.exists():
            anyio.run(self._fetch, asked["url"], target)
        return target

    async def _fetch(self, url: str, target: Path) -> None:
        transport = Transport()
        try:
            await transport.download(
                url,
                target,
                most=MAX_SOURCE,
                timeout=FETCH_SECONDS,
                attempts=3,
                public_only=not self._private_sources,
            )
        finally:
            await transport.close()

    # --- videos -----------------------------------------------------------------------------------------------------

    def _generate(self, task: Task, control: Control) -> dict[str, Any]:
        asked = task.request
        width, _, height = asked["size"].partition("x")
        reference = asked.get("reference")
        request = RenderRequest(
            prompt=asked["prompt"],
            cast=self._cast(asked),
            width=int(width),
            height=int(height),
            seconds=asked["seconds"],
            seed=asked.get("seed", 0),
            reference=Path(reference) if reference else None,
        )
        self._engine.generate(request, self._store.video_path(task.id), control)
        return {}

    def _cast(self, asked: dict[str, Any]) -> Mapping[str, Cutout]:
        cast: dict[str, Cutout] = {}
        for name in prompts.usernames(asked["prompt"]):
            character = self._store.character(name)
            if character is not None:
                cast[name] = cutout.load(self._store.character_path(character.id))
        return cast


class _Progress:
    """Writes a task's progress, but not so often that the database is busy with it."""

    def __init__(self, store: Store, task: Task) -> None:
        self._store = store
        self._task = task
        self._written = 0.0

    def __call__(self, fraction: float, _: str) -> None:
        now = time.monotonic()
        if now - self._written >= PROGRESS_SECONDS:
            self._written = now
            self._store.change(self._task, progress=round(min(99.0, 100 * fraction), 1))
