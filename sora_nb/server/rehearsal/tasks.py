"""Keep the accepted tasks of a rehearsal server, and render them one after another in a thread."""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from sora_nb import media
from sora_nb.engines.base import Control, RenderRequest
from sora_nb.errors import Cancelled, SoraError
from sora_nb.models import Clip
from sora_nb.server.rehearsal import cast, pictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sora_nb.engines.base import Cutout, Engine
    from sora_nb.server.rehearsal.cast import Shown

LOG = logging.getLogger(__name__)
CLIP_SECONDS = 3.0
"""As much of a clip as a character is cut from."""
State = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(eq=False)
class Task:
    """One video, accepted by a rehearsal server.

    Attributes:
        id: in the service's shape.
        prompt: as it was sent.
        seconds, size, seed: of the video; size like "1280x720".
        pictures, clips: reference files, in the order of the request.
        first: the picture that the video starts from.
        tokens: what stands in the prompt for whom the request's own fields bind.
        charge: micro-dollars it costs if it succeeds.
        extra: what the service repeats in its answers.
        state: in neutral words.
        progress: 0 to 1.
        error, error_code: why it failed.
        created_at, ended_at: seconds since 1970.
        link_over: whether the next link to its result has already ended.
    """

    id: str
    prompt: str
    seconds: float
    size: str
    seed: int | None = None
    pictures: Sequence[bytes] = ()
    clips: Sequence[bytes] = ()
    first: bytes | None = None
    tokens: Mapping[str, Shown] = field(default_factory=dict)
    charge: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    state: State = "queued"
    progress: float = 0.0
    error: str = ""
    error_code: str = ""
    created_at: float = field(default_factory=time.time)
    ended_at: float | None = None
    link_over: bool = False
    failure: tuple[str, str] | None = None
    name: str = field(default_factory=lambda: uuid4().hex)
    control: Control = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.control = Control(self._step)

    def _step(self, fraction: float, _: str) -> None:
        self.progress = max(self.progress, round(fraction, 3))

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.state in {"succeeded", "failed", "cancelled"}


class Tasks:
    """The tasks of one server, and the thread that works on them.

    Args:
        engine: what renders.
        folder: where the videos are.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._tasks: dict[str, Task] = {}
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="sora_nb-rehearsal", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Cancel what has not ended, and end the thread."""
        for task in self.all():
            self.cancel(task)
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def add(self, task: Task) -> None:
        """Have a task worked on."""
        with self._lock:
            self._tasks[task.id] = task
        self._waiting.put(task)

    def get(self, ident: str) -> Task | None:
        """Return a task, or None where there is none of this id."""
        return self._tasks.get(ident)

    def all(self) -> list[Task]:
        """List the tasks, the newest first."""
        with self._lock:
            return list(self._tasks.values())[::-1]

    def cancel(self, task: Task) -> bool:
        """Stop a task; False where it has ended already."""
        if not self._end(task, "cancelled"):
            return False
        task.control.cancel()
        return True

    def delete(self, task: Task) -> None:
        """Forget a task and its file."""
        self.cancel(task)
        with self._lock:
            self._tasks.pop(task.id, None)
        self.path(task.name).unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Return where the video of a task of this name is."""
        return self._folder / f"{name}.mp4"

    def _end(self, task: Task, state: State, *, error: str = "", code: str = "") -> bool:
        with self._lock:
            if task.ended:
                return False
            task.error, task.error_code = error, code
            task.ended_at = time.time()
            task.progress = 1.0 if state == "succeeded" else task.progress
            task.state = state  # last: whoever sees that it has ended sees the rest
            return True

    def _begin(self, task: Task) -> bool:
        with self._lock:
            if task.ended:
                return False
            task.state = "running"
            return True

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None:
            if self._begin(task):
                self._execute(task)

    def _execute(self, task: Task) -> None:
        try:
            if task.failure is not None:
                code, message = task.failure
                self._end(task, "failed", error=message, code=code)
                return
            self._render(task)
            self._end(task, "succeeded")
        except Cancelled:
            self._end(task, "cancelled")
        except SoraError as error:
            self._end(task, "failed", error=str(error.message), code="render_failed")
        except Exception:
            LOG.exception("task %s failed", task.id)
            self._end(task, "failed", error="The local engine failed on this request.", code="render_failed")

    def _render(self, task: Task) -> None:
        width, _, height = task.size.partition("x")
        text, seen = cast.read(task.prompt, len(task.pictures), len(task.clips), task.tokens)
        first = self._folder / f"{task.name}.first" if task.first is not None else None
        if first is not None and task.first is not None:
            first.write_bytes(task.first)
        request = RenderRequest(
            prompt=text,
            cast={username: self._cut(task, shown) for username, shown in seen.items()},
            width=int(width),
            height=int(height),
            seconds=task.seconds,
            seed=task.seed or 0,
            reference=first,
        )
        self._engine.generate(request, self.path(task.name), task.control)

    def _cut(self, task: Task, shown: Shown) -> Cutout:
        task.control.step(0.0, "Cutting the character out")
        if shown.pictures:
            return pictures.cut([task.pictures[number] for number in shown.pictures])
        source = self._folder / f"{task.name}.clip"
        source.write_bytes(task.clips[shown.clips[0]])
        try:
            end = min(CLIP_SECONDS, media.probe(source).duration)
            return self._engine.extract(source, Clip(0, end), task.control)
        finally:
            source.unlink(missing_ok=True)
