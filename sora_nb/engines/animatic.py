"""Implement the Engine protocol: cut characters out with OpenCV, draw and animate scenes on the processor."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sora_nb.engines import memory
from sora_nb.engines.cutout import extraction
from sora_nb.engines.cutout.look import CutoutLook
from sora_nb.engines.draw import render
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from sora_nb.engines.base import Control, Cutout, Hint, RenderRequest
    from sora_nb.models import Clip


@contextlib.contextmanager
def _memory_returned() -> Iterator[None]:
    """Give back what the work held when it ends."""
    try:
        yield
    finally:
        memory.give_back()


class AnimaticEngine:
    """Makes animatics: moving previews with real characters in drawn scenes, free and offline.

    Args:
        executor: draws the segments of a video; by default the threads of render.generate().
    """

    name = "animatic"

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor

    def extract(self, video: Path, clip: Clip, control: Control, hint: Hint | None = None) -> Cutout:
        """Cut the main subject of the clip out of a local video file; see Engine.extract()."""
        with _memory_returned():
            return extraction.extract(video, clip, control, hint)

    def look(self, video: Path, clip: Clip, control: Control) -> CutoutLook:
        """Find who could be cut out of a clip; see Engine.look()."""
        with _memory_returned():
            return CutoutLook(extraction.measure(video, clip, control))

    def generate(self, request: RenderRequest, out: Path, control: Control) -> tuple[str, ...]:
        """Render a request to an MP4; see Engine.generate()."""
        with _memory_returned():
            return render.generate(request, out, control, self._executor)

    def parts(self, request: RenderRequest) -> int:
        """Return how many parts a request is rendered in; see base.Divided."""
        return len(render.divided(request))

    def generate_part(self, request: RenderRequest, number: int, out: Path, control: Control) -> None:
        """Render one part of a request; see base.Divided."""
        with _memory_returned():
            render.generate_part(request, number, out, control, self._executor)

    def join(self, request: RenderRequest, made: Sequence[Path], out: Path, control: Control) -> tuple[str, ...]:
        """Join the parts of a request; see base.Divided."""
        with _memory_returned():
            return render.join(request, made, out, control)


def make(rest: str) -> AnimaticEngine:
    """Make the engine, for the entry point of its name.

    Args:
        rest: what it is told; it takes nothing.

    Raises:
        ConfigError: it is told something.
    """
    if rest:
        raise ConfigError("The engine 'animatic' is told nothing.", hint='Write Studio(engine="animatic").')
    return AnimaticEngine()
