"""Who could be cut out of the seconds that are chosen, and how whoever is meant would look: found on a thread of its own."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from sora_nb import display
from sora_nb.engines import memory
from sora_nb.engines.base import Control, Hint, seen
from sora_nb.errors import NoSubject
from sora_nb.notebook.widgets._worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from sora_nb.engines.base import Engine, Look, Preview
    from sora_nb.models import Clip
    from sora_nb.notebook.widgets._worker import Check

SETTLED = 0.5
"""Seconds for which nothing is moved before anybody is looked for."""
KEPT = 30.0
"""Seconds for which what was measured is kept, for another choice: it takes some hundred megabytes."""
ALIKE = 0.3
"""Overlap from which on a cut-out is that of a subject."""
FIRST = 0.1
"""Seconds from the start of a clip to its first picture, at most."""
PREVIEW_SIDE = 320
"""Longer side in pixels of a preview."""
POINT = "point at who is meant, or choose other seconds."


@dataclass(frozen=True)
class Wanted:
    """What is asked for: who is meant in which seconds of which video; None for whoever is likeliest."""

    video: Path
    clip: Clip
    subject: tuple[float, ...] | None


@dataclass
class _Known:
    """What was found in some seconds of a video: where each subject is, and from when on it is seen.

    The look at them is large and goes after a while; the boxes stay to be chosen from.
    """

    video: Path
    clip: Clip
    look: Look | None
    boxes: list[list[float]]
    times: list[float]

    def shown(self) -> dict[str, Any]:
        start = self.clip.start
        first = min((time for time in self.times if time - start < FIRST), default=start)
        return {"boxes": list(self.boxes), "times": self.times, "time": first}

    def learn(self, box: list[float]) -> None:
        """Take the box of what was cut out for that of the subject it overlaps most: motion alone often sees a part."""
        likes = [overlap(one, box) for one in self.boxes]
        if likes and max(likes) > ALIKE:
            self.boxes[likes.index(max(likes))] = box


class Casting:
    """Looks for subjects, and previews one; of what is asked for only the newest is done.

    Args:
        engine: whose eyes they are.
        show: called with what is known so far, and the preview as PNG once there is one; it gets the check that tells
            whether anybody still wants to know.
        failed: called with what went wrong.
    """

    def __init__(
        self,
        engine: Engine,
        show: Callable[[Check, dict[str, Any], bytes], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._engine = engine
        self._show = show
        self._worker = Worker(failed)
        self._known: _Known | None = None
        self._timer: threading.Timer | None = None

    @property
    def done(self) -> Future[None]:
        """Done once all that was asked for is shown."""
        return self._worker.done

    def drop(self) -> None:
        """Ask for nothing any more."""
        self._worker.drop()
        self._known = None

    def ask(self, wanted: Wanted) -> None:
        """Have subjects found and one previewed; what was asked for before is forgotten."""
        self._worker.submit("casting", lambda check: self._find(check, wanted))

    def _find(self, check: Check, wanted: Wanted) -> None:
        state: dict[str, Any] = {"clip": [wanted.clip.start, wanted.clip.end], "state": "looking", "boxes": []}
        known = self._known_of(wanted)
        if known is not None:
            state |= known.shown()  # whoever goes through them by keys goes on
        if known is None or known.look is None:
            _wait(check)
        self._show(check, state, b"")
        control = Control(lambda *_: check())
        try:
            known, look = self._look(wanted, control)
            state |= {"state": "cutting", **known.shown()}
            self._show(check, state, b"")
            began = time.monotonic()
            found = look.preview(control, _hint(wanted.subject))
        except NoSubject as error:
            self._show(check, state | {"state": "nobody", "said": _nobody(state["boxes"], wanted, error)}, b"")
            return
        finally:
            self._keep_for_a_while()
            memory.give_back()
        said = [display.plain(seen(warning)) for warning in found.warnings]
        took = round(time.monotonic() - began, 1)
        check()  # whoever is meant by now is so by the boxes that were shown
        if wanted.subject is None:
            known.learn(list(found.box))
        state |= {"state": "done", "boxes": list(known.boxes), "box": list(found.box), "warnings": said, "took": took}
        self._show(check, state, _png(found))

    def _known_of(self, wanted: Wanted) -> _Known | None:
        known = self._known
        if known is None or (known.video, known.clip) != (wanted.video, wanted.clip):
            return None
        return known

    def _look(self, wanted: Wanted, control: Control) -> tuple[_Known, Look]:
        known = self._known = self._known_of(wanted)  # before another look is made, or two are held at once
        look = known.look if known else None
        if look is None:
            look = self._engine.look(wanted.video, wanted.clip, control)
        if known is None:
            boxes, times = [list(one.box) for one in look.subjects], [one.time for one in look.subjects]
            known = _Known(wanted.video, wanted.clip, None, boxes, times)
        known.look, self._known = look, known
        return known, look

    def _keep_for_a_while(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(KEPT, self._let_go)
        self._timer.daemon = True
        self._timer.start()

    def _let_go(self) -> None:
        known = self._known
        if known is not None:
            known.look = None
        memory.give_back()


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return intersection over union of two boxes: left, top, right, bottom."""
    across, down = (max(0.0, min(one[side + 2], other[side + 2]) - max(one[side], other[side])) for side in (0, 1))
    areas = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return across * down / (sum(areas) - across * down or 1.0)


def _wait(check: Check) -> None:
    """Wait until nothing is moved any more."""
    until = time.monotonic() + SETTLED
    while time.monotonic() < until:
        check()
        time.sleep(0.05)


def _hint(subject: tuple[float, ...] | None) -> Hint | None:
    if subject is None:
        return None
    return Hint(*(subject * 2 if len(subject) == 2 else subject))


def _nobody(boxes: list[Any], wanted: Wanted, error: NoSubject) -> str:
    """Say that nobody is found, and what to do."""
    if wanted.subject is not None:
        return f"{display.plain(error.message)} Choose another box, or other seconds."
    if boxes:
        return f"Nobody can be cut out cleanly here: {POINT}"
    return f"Nobody stands out here: {POINT}"


def _png(found: Preview) -> bytes:
    picture = Image.fromarray(found.picture)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()
