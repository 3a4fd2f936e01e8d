"""Render a request to an animatic: an MP4 with picture and sound.

The pictures are divided into segments that any executor may render; the file is the same bytes whichever does.
"""

from __future__ import annotations

import os
import uuid
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from sora_nb.display import ORIGIN
from sora_nb.engines.draw import backdrop, encode, sound
from sora_nb.engines.draw.film import Film
from sora_nb.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sora_nb.engines.base import Control, RenderRequest

COMMENT = f"animatic {ORIGIN}"
SEGMENT_SECONDS = 1.0
"""Length of the parts that are rendered at the same time."""
POLL_SECONDS = 0.2
"""How often a cancelled task is noticed while segments are being rendered."""
SIDES = (64, 1920)
"""Least and most pixels of a side."""


def generate(request: RenderRequest, out: Path, control: Control, executor: Executor | None = None) -> tuple[str, ...]:
    """Render a request to an MP4 (H.264, AAC).

    Args:
        request: what to make.
        out: the file; it appears only when it is complete.
        control: receives the progress, and may cancel.
        executor: renders the segments; by default one pool of threads for the whole process, one for each core.

    Returns:
        What the prompt does not say, or not in words the engine knows, in sentences.

    Raises:
        InvalidInput: a size, length or pace that cannot be rendered.
        MediaError: the reference is not a picture, or too large.
        Cancelled: see Control.
    """
    _check(request)
    control.step(0.0, "reading the prompt")
    if request.reference is not None:
        backdrop.load(request.reference)
    film = Film(request)
    length = max(1, round(SEGMENT_SECONDS * request.fps))
    starts = range(0, film.pictures, length)
    segments = _render(film, starts, length, executor or _threads(), control)
    control.step(0.95, "adding the sound")
    samples = round(film.pictures / request.fps * sound.RATE)
    ambience = sound.ambience(film.spec.scene, film.spec.weather, samples, film.spec.seed)
    with _atomic_file(out) as target:
        encode.join(
            segments,
            ambience,
            target,
            width=request.width,
            height=request.height,
            fps=request.fps,
            title=request.prompt,
            comment=COMMENT,
        )
        # the last chance to cancel comes before the file appears
        control.step(1.0, "done")
    return film.warnings


def render_segment(film: Film, start: int, end: int) -> encode.Segment:
    """Draw and encode the pictures from number `start` up to, not including, `end`."""
    request = film.request
    pictures = (film.planes(index) for index in range(start, end))
    return encode.encode(pictures, request.width, request.height, request.fps)


def _check(request: RenderRequest) -> None:
    low, high = SIDES
    for side in (request.width, request.height):
        if side % 2 or not low <= side <= high:
            raise InvalidInput(
                f"A video of {request.width}x{request.height} pixels cannot be rendered.",
                hint=f"Both sides must be even, and between {low} and {high}.",
            )
    if not 0 < request.seconds <= 120 or not 1 <= request.fps <= 60:
        raise InvalidInput(
            f"A video of {request.seconds} s at {request.fps} pictures a second cannot be rendered.",
            hint="Ask for at most 120 s and 60 pictures a second.",
        )


def _render(film: Film, starts: range, length: int, executor: Executor, control: Control) -> list[encode.Segment]:
    """Have all segments rendered, in any order; report each, and stop waiting at once when cancelled."""
    futures: list[Future[encode.Segment]] = [
        executor.submit(render_segment, film, start, min(start + length, film.pictures)) for start in starts
    ]
    waiting = set(futures)
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            finished = len(futures) - len(waiting)
            control.step(0.02 + 0.92 * finished / len(futures), f"rendered {finished} of {len(futures)} segments")
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()


@cache
def _threads() -> Executor:
    """Return the pool of threads for all videos of the process: OpenCV, NumPy and x264 release the GIL while they work."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="sora_nb-render")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # its threads do not come along into a forked process


@contextmanager
def _atomic_file(out: Path) -> Iterator[Path]:
    """Lend a name beside `out`; rename it to `out` at the end, or remove it after an error."""
    target = out.with_name(f".{out.stem}-{uuid.uuid4().hex}.mp4")
    try:
        yield target
        target.replace(out)
    finally:
        target.unlink(missing_ok=True)
