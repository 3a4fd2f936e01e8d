"""Render a request to an animatic: an MP4 with picture and sound.

Any executor may draw the pictures, segment by segment; one encoder takes them in order, so that the file is the same
bytes whichever does, and nothing shows where a segment ends.
"""

from __future__ import annotations

import os
import uuid
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypedDict

from sora_nb import media
from sora_nb.display import ORIGIN
from sora_nb.engines.draw import backdrop, encode, parts, sound
from sora_nb.engines.draw.film import Film, count
from sora_nb.engines.draw.parts import divide
from sora_nb.engines.opencv import one_thread
from sora_nb.errors import InvalidInput
from sora_nb.media import miniature
from sora_nb.media.miniature import FORMS, Miniature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sora_nb.engines.base import Control, RenderRequest
    from sora_nb.engines.draw.scenes.noise import Pixels

COMMENT = f"animatic {ORIGIN}"
SEGMENT_SECONDS = 0.25
"""Length of the parts that are drawn at the same time."""
AHEAD = 4
"""Segments that are being drawn or wait for the encoder, which is slower than two cores that draw: more only take memory."""
THREADS = 4
"""Most threads that draw: each has pictures of its own to work on, and more would only wait for the encoder."""
POLL_SECONDS = 0.2
"""How often a cancelled task is noticed while a segment is awaited."""
SIDES = (64, 1920)
"""Least and most pixels of a side."""


def generate(request: RenderRequest, out: Path, control: Control, executor: Executor | None = None) -> tuple[str, ...]:
    """Render a request to an MP4 (H.264, AAC).

    Args:
        request: what to make.
        out: the file; it appears only when it is complete.
        control: receives the progress, and may cancel.
        executor: draws the segments; by default one pool of threads for the whole process, one for each core up to THREADS.

    Returns:
        What the prompt does not say, or not in words the engine knows, in sentences.

    Raises:
        InvalidInput: a size, length or pace that cannot be rendered.
        MediaError: the reference is not a picture, or too large.
        Cancelled: see Control.
    """
    film = _film(request, control)
    numbers = divide(film.pictures, request.fps)
    with _atomic_file(out) as target, _drawing(film, range(film.pictures), executor or _threads(), control) as pictures:
        # made here while the first pictures are being drawn
        ambience = _ambience(film)
        # the usual form alone: each costs time, and of a film too rich for it a smaller one is made when it is shown
        usable = request.miniature and len(numbers) == 1  # the sound alone of a long film is too large for one
        small = Miniature(request.width, request.height, request.fps, FORMS[:1]) if usable else None
        poster: list[bytes] = []
        encode.write(
            _with_poster(pictures, film.pictures // 3, poster) if request.poster else pictures,
            ambience,
            target,
            parts=numbers,
            small=small,
            **_form(request),
            title=request.prompt,
            comment=COMMENT,
        )
        if request.miniature and small:
            made = small.finish(ambience.mean(axis=1))
            if made is not None:
                miniature.keep(request.miniature, made)
        if request.poster:
            miniature.keep(request.poster, poster[0])
        # the last chance to cancel comes before the file appears
        control.step(1.0, "done")
    return film.warnings


def divided(request: RenderRequest) -> tuple[range, ...]:
    """Return the numbers of the pictures of each part that a request is rendered in; see parts.divide().

    Raises:
        InvalidInput: as of generate().
    """
    _check(request)
    return divide(count(request), request.fps)


def generate_part(
    request: RenderRequest, number: int, out: Path, control: Control, executor: Executor | None = None
) -> None:
    """Render one part of a request to a file for join().

    Args:
        request, control, executor: as of generate().
        number: which of divided(), counted from 0.
        out: the file.

    Raises:
        InvalidInput, MediaError, Cancelled: as of generate().
    """
    film = _film(request, control)
    numbers = divide(film.pictures, request.fps)[number]
    with _drawing(film, numbers, executor or _threads(), control) as pictures:
        coded = list(encode.part(pictures, **_form(request)))
    parts.save(coded, out)


def join(request: RenderRequest, made: Sequence[Path], out: Path, control: Control) -> tuple[str, ...]:
    """Join the parts of a request: the files are those that generate() makes, byte for byte.

    Args:
        request, out, control: as of generate().
        made: what generate_part() made, in order.

    Returns:
        As generate().
    """
    film = _film(request, control)
    with _atomic_file(out) as target:
        coded = (parts.load(path) for path in made)
        numbers = divide(film.pictures, request.fps)
        encode.join(coded, numbers, _ambience(film), target, **_form(request), title=request.prompt, comment=COMMENT)
        if request.poster:
            miniature.keep(request.poster, media.poster_of(film.planes(film.pictures // 3)))
        control.step(1.0, "done")
    return film.warnings


def _film(request: RenderRequest, control: Control) -> Film:
    """Return the film of a request that can be rendered."""
    _check(request)
    control.step(0.0, "reading the prompt")
    if request.reference is not None:
        backdrop.load(request.reference)
    return Film(request)


def _ambience(film: Film) -> NDArray[np.float32]:
    samples = round(film.pictures / film.request.fps * sound.RATE)
    return sound.ambience(film.spec.scene, film.spec.weather, samples, film.spec.seed)


class _Form(TypedDict):
    width: int
    height: int
    fps: int


def _form(request: RenderRequest) -> _Form:
    return {"width": request.width, "height": request.height, "fps": request.fps}


def _with_poster(pictures: Iterator[Pixels], number: int, poster: list[bytes]) -> Iterator[Pixels]:
    """Pass pictures on, and put the one of a number into a list as the film's poster."""
    for index, picture in enumerate(pictures):
        if index == number:
            poster.append(media.poster_of(picture))
        yield picture


@one_thread()
def draw_segment(film: Film, start: int, end: int) -> list[Pixels]:
    """Draw the pictures from number `start` up to, not including, `end`."""
    return [film.planes(index) for index in range(start, end)]


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


@contextmanager
def _drawing(film: Film, numbers: range, executor: Executor, control: Control) -> Iterator[Iterator[Pixels]]:
    """Have the executor draw the pictures of these numbers, some segments ahead of who takes them; lend them in order.

    Taking a picture reports the progress, and stops at once when the task is cancelled.
    """
    length = max(1, round(SEGMENT_SECONDS * film.request.fps))
    starts = iter(numbers[::length])
    pending: deque[Future[list[Pixels]]] = deque()

    def submit(segments: int) -> None:
        for start in islice(starts, segments):
            pending.append(executor.submit(draw_segment, film, start, min(start + length, numbers.stop)))

    def pictures() -> Iterator[Pixels]:
        taken = 0
        while pending:
            while wait([pending[0]], timeout=POLL_SECONDS).not_done:
                report(taken)
            drawn = deque(pending.popleft().result())
            submit(1)
            taken += len(drawn)
            while drawn:
                yield drawn.popleft()
            report(taken)

    def report(taken: int) -> None:
        control.step(
            0.02 + 0.96 * taken / len(numbers), f"drawing picture {min(taken + 1, len(numbers))} of {len(numbers)}"
        )

    submit(AHEAD)
    try:
        yield pictures()
    finally:
        for future in pending:
            future.cancel()


@cache
def _threads() -> Executor:
    """Return the pool of threads for all videos of the process: OpenCV, NumPy and x264 release the GIL while they work."""
    return ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), thread_name_prefix="sora_nb-render")


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
