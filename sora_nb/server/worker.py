"""Run accepted tasks in threads: fetch their sources, call the engine, and store the results."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import anyio

from sora_nb import media, prompts
from sora_nb.engines import stills
from sora_nb.engines.base import Control, Hint, RenderRequest
from sora_nb.engines.cutout import files
from sora_nb.engines.description import describe
from sora_nb.engines.handles import suggest_names
from sora_nb.errors import (
    Cancelled,
    ConfigError,
    DownloadError,
    GenerationFailed,
    LedgerError,
    MediaError,
    SoraError,
    StoreError,
)
from sora_nb.models import Character, Clip, SpanRule, Status
from sora_nb.providers.base import Member, Order
from sora_nb.providers.download import Downloader
from sora_nb.providers.http import Transport
from sora_nb.server import logs, untrusted_video
from sora_nb.server.metrics import Metrics
from sora_nb.server.store import character_key, video_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sora_nb.engines.base import Cutout, Engine
    from sora_nb.providers.films import Films
    from sora_nb.server.store import Store, Task

T = TypeVar("T")
LOG = logging.getLogger(__name__)
FETCH_SECONDS = 120.0
PROGRESS_SECONDS = 0.25
"""Least seconds between two writes of a task's progress."""
POLL_SECONDS = 2.0
"""Seconds between two searches for tasks of ended processes."""
CLEANUP_SECONDS = 3600.0
"""Seconds between two searches for unused files."""


class WorkerPool:
    """A few threads, each of which runs the tasks of a store one after another.

    Args:
        store: where the tasks are.
        engine: what does the work.
        films: engines that only film, each for its own model.
        workers: tasks worked on at once.
        private_sources: whether videos may be fetched from private networks.
        metrics: where waits and work are counted; None for nobody to read.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        films: Films,
        *,
        workers: int = 1,
        private_sources: bool = False,
        metrics: Metrics | None = None,
    ) -> None:
        self._store = store
        self._metrics = metrics or Metrics(store.counts)
        self._engine = engine
        self.films = films
        self._private_sources = private_sources
        self._wake = threading.Condition()
        self._stopping = False
        self._wakeups = 0
        self._deleted_unused_at = float("-inf")
        self._took_back_at = float("-inf")
        self._claiming = threading.Lock()
        self._controls: dict[str, Control] = {}
        self._threads = [
            threading.Thread(target=self._work, name=f"sora_nb-job-{number}", daemon=True) for number in range(workers)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Hand back the tasks being worked on, which wait for the next process, and end the threads."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for control in list(self._controls.values()):
            control.cancel()
        is_handed_back = self._hand_back()  # at once, whenever the engine notices
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)
        if is_handed_back:
            self._hand_back()  # what was claimed at the last moment

    def _hand_back(self) -> bool:
        try:
            for task in self._store.hand_back():
                logs.task_changed(task)
        except LedgerError:
            LOG.warning("what this server works on waits until others see that it has ended", exc_info=True)
            return False
        return True

    @property
    def stopping(self) -> bool:
        """Whether the tasks that have not ended will not end in this process."""
        return self._stopping

    def wake(self) -> None:
        """Say that there is a new task."""
        with self._wake:
            self._wakeups += 1
            self._wake.notify_all()

    def cancel(self, task: Task) -> None:
        """Stop a task, if it is being worked on here."""
        control = self._controls.get(task.id)
        if control is not None:
            control.cancel()

    def _work(self) -> None:
        while not self._stopping:
            woken = self._wakeups
            try:
                task = self._next()
                if task is not None:
                    self._execute(task)
                    continue
            except SoraError:
                LOG.exception("the database or the files of the local server cannot be used; trying again")
            with self._wake:
                # a task that came after the look at the store is not left lying
                if self._wakeups == woken and not self._stopping:
                    self._wake.wait(POLL_SECONDS)

    def _next(self) -> Task | None:
        if time.monotonic() - self._deleted_unused_at > CLEANUP_SECONDS:
            self._deleted_unused_at = time.monotonic()
            self._store.delete_unused()
        with self._claiming:  # what this process has claimed and does not work on was claimed without its knowledge
            if time.monotonic() - self._took_back_at > POLL_SECONDS:
                self._took_back_at = time.monotonic()
                self._store.take_back(self._controls.keys())
            task = self._store.claim()
            if task is not None:
                self._controls[task.id] = self._control(task)
        if task is not None:
            waited = max(0.0, time.time() - task.created_at)
            self._metrics.waited(task.kind, waited)
            logs.task_changed(task, waited=round(waited, 3))
        return task

    def _control(self, task: Task) -> Control:
        control = Control(_Progress(self._store, task))
        control.urgency = task.urgency
        return control

    def _execute(self, task: Task) -> None:
        control = self._controls[task.id]
        if self._stopping:  # it was claimed at the last moment
            control.cancel()
        try:
            done = self._extract(task, control) if task.kind == "character" else self._generate(task, control)
            self._end(task, status=Status.COMPLETED, progress=100, **done)
        except Cancelled:  # it was deleted, another server has taken it over, or it was handed back
            if self._stopping:
                logs.task_changed(task, state=Status.QUEUED.value)
                return
        except (LedgerError, StoreError):
            LOG.exception("task %s waits until the database and the files can be used", task.id)
            self._lasting(lambda: self._store.update(task, status=Status.QUEUED, owner="", progress=0))
            logs.task_changed(task, state=Status.QUEUED.value)
            self._pause()
            return
        except SoraError as error:
            # what to do about a failed download is written for the client, whose download it is not
            code, hint = ("invalid_url", "") if isinstance(error, DownloadError) else ("unusable_video", error.hint)
            engine = task.request.get("model") in self.films or isinstance(error, (ConfigError, GenerationFailed))
            code = "engine_error" if engine else code
            message = " ".join(part for part in (error.message, hint) if part)
            self._end(task, status=Status.FAILED, error_code=code, error=message)
        except Exception:
            LOG.exception("task %s failed", task.id)
            message = "The engine failed on this request."
            self._end(task, status=Status.FAILED, error_code="engine_error", error=message)
        finally:
            with self._claiming:
                if self._controls.get(task.id) is control:  # else it was handed back, and claimed again
                    del self._controls[task.id]
        self._store.source_path(task.id).unlink(missing_ok=True)

    def _end(self, task: Task, **values: Any) -> None:
        if self._lasting(lambda: self._store.finish(task, **values)):
            logs.task_changed(task.model_copy(update=values))
        else:
            self._lasting(lambda: self._store.delete_orphan(task))

    def _lasting(self, step: Callable[[], T]) -> T:
        """Do a step when the database and the files can be used, however long that takes.

        Raises:
            Cancelled: the server stops before.
        """
        while True:
            try:
                return step()
            except (LedgerError, StoreError) as error:
                if self._stopping:
                    raise Cancelled("The server stops.") from error
                LOG.warning("trying again: %s", error)
                self._pause()

    def _pause(self) -> None:
        with self._wake:
            if not self._stopping:
                self._wake.wait(POLL_SECONDS)

    def _scratch(self, task: Task) -> Path:
        """Return a new name for what is made; another process may still work on a task that it has lost."""
        return self._store.source_path(f"{task.id}.{uuid4().hex}")

    # --- characters -------------------------------------------------------------------------------------------------

    def _extract(self, task: Task, control: Control) -> dict[str, Any]:
        asked = task.request
        subject = asked.get("subject")
        hint = Hint(*subject) if subject else None
        source, clip, is_copy = self._source_clip(task, control)
        try:
            with self._metrics.engine(task.kind):
                found = self._engine.extract(source, clip, control, hint)
        finally:
            if is_copy:
                source.unlink(missing_ok=True)
        folder = self._scratch(task)
        try:
            files.save(found, folder)
            self._lasting(lambda: self._store.keep_character(task, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        username, display_name = suggest_names(found)
        if "name" in asked:
            display_name = asked["name"]
            username = prompts.make_handle(display_name) or username
        self._store.claim_username(task, username)
        return {"result": {"display_name": display_name, **found.findings()}}

    def _source_clip(self, task: Task, control: Control) -> tuple[Path, Clip, bool]:
        """Return a video to cut from, the clip in it, and whether it is a copy made for this task."""
        asked = task.request
        clip = Clip.parse(asked["timestamps"])
        if "from_task" in asked:
            own = self._video(asked["from_task"])
            media.check_clip(own, clip, SpanRule(shortest=0))
            return own, clip, False
        copy = self._scratch(task)
        return (
            copy,
            untrusted_video.clip(self._source_file(task), clip, copy, lambda: control.step(0.0, "reading the video")),
            True,
        )

    def _source_file(self, task: Task) -> Path:
        """Return a file from outside, fetched if need be."""
        asked = task.request
        if "upload" in asked:
            kept = self._store.upload(asked["upload"])
            if kept is None:
                raise MediaError("The uploaded video is gone.", hint="Upload it again.")
            return kept
        target = self._store.source_path(task.id)
        if not target.exists():
            anyio.run(self._fetch, asked["url"], target)
        return target

    def _video(self, task: str) -> Path:
        try:
            return self._store.files.fetch(video_key(task))
        except FileNotFoundError as error:
            raise MediaError("The video it is made from was deleted.") from error

    async def _fetch(self, url: str, target: Path) -> None:
        transport = Transport()
        downloads = Downloader(transport, private=self._private_sources)
        try:
            await downloads.download(url, target, most=media.SOURCE_BYTES, timeout=FETCH_SECONDS, attempts=3)
        finally:
            await transport.close()

    # --- videos -----------------------------------------------------------------------------------------------------

    def _generate(self, task: Task, control: Control) -> dict[str, Any]:
        asked = task.request
        out, part = (self._scratch(task).with_suffix(".mp4") for _ in range(2))
        try:
            if asked.get("made") != "extension":
                result = self._film(asked, out, control)
            else:
                result = self._film(asked, part, control)
                if "from" in asked:
                    media.join([self._video(asked["from"]), part], out)
                else:
                    untrusted_video.join(self._source_file(task), part, out, lambda: control.step(0.99, "joining"))
                control.step(1.0, "joining")
            self._lasting(lambda: self._store.files.keep(out, video_key(task.id)))
        finally:
            part.unlink(missing_ok=True)
            out.unlink(missing_ok=True)
        return {"result": result}

    def _film(self, asked: dict[str, Any], out: Path, control: Control) -> dict[str, Any]:
        """Make the film of a request, and return what its answer tells of it."""
        reference = self._store.upload(asked["reference"]) if "reference" in asked else None
        seconds = asked.get("added", asked["seconds"])
        prompt, cast = self._cast(asked)
        if asked.get("model") in self.films:
            members = tuple(self._member(name, cutout) for name, cutout in cast.items())
            order = Order(
                kind="video",
                model=asked["model"],
                prompt=prompt,
                members=members,
                size=asked["size"],
                seconds=seconds,
                seed=asked["seed"],
                image=reference,
            )
            self.films.check(order)
            with self._metrics.engine("video"):
                return self.films.film(order, out, control)
        width, _, height = asked["size"].partition("x")
        request = RenderRequest(
            prompt=prompt,
            cast=cast,
            width=int(width),
            height=int(height),
            seconds=seconds,
            seed=asked["seed"],
            reference=reference,
        )
        with self._metrics.engine("video"):
            return {"warnings": list(self._engine.generate(request, out, control))}

    def _member(self, username: str, cutout: Cutout) -> Member:
        """Return a character with the pictures of it that an engine is shown which only films."""
        who = Character(id=username, username=username, description=describe(cutout))
        return Member(character=who, stills=stills.save(cutout, self._store.home / stills.FOLDER))

    def _cast(self, asked: dict[str, Any]) -> tuple[str, Mapping[str, Cutout]]:
        """Return the prompt as the engine reads it, and the cut-outs of the characters in it.

        Characters listed beside the prompt are called by name in it, or were taken over from the video this one is
        made from and are added where it does not speak of them.
        """
        listed = [self._store.character(ident) for ident in asked.get("characters", ())]
        names = {found.result["display_name"]: str(found.username) for found in listed if found is not None}
        prompt = prompts.replace_names(asked["prompt"], names)
        silent = [f"@{name}" for name in names.values() if name not in prompts.candidates(prompt)]
        prompt = f"{prompt}, with {' and '.join(silent)}" if silent else prompt
        cast: dict[str, Cutout] = {}
        for name in prompts.candidates(prompt):
            character = self._store.character(name)
            if character is not None:
                cast[name] = files.load(self._store.files.fetch_folder(character_key(character.id)))
        return prompt, cast


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
            try:
                goes_on = self._store.update(self._task, progress=round(min(99.0, 100 * fraction), 1))
            except LedgerError:
                return  # the work does not depend on it
            if not goes_on:
                raise Cancelled("It was deleted by way of another server, or is another one's now.")
