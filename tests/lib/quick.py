"""An engine for tests of everything around the engine: real MP4s and real pixels, but small and at once."""

from __future__ import annotations

import threading
import time
from fractions import Fraction

import av
import numpy as np

from sora_nb import media
from sora_nb.engines.base import Cutout, Found, Preview
from sora_nb.errors import Cancelled, NoSubject


class QuickEngine:
    """Cuts the middle out of the picture, and renders flat colours with the cast's avatars on them.

    Work may be held, so that a test looks at a task that has begun and cannot end, however busy the machine is.

    Args:
        delay: seconds one step of work takes; each task has ten steps.

    Attributes:
        requests: the videos asked for.
        looks: the clips looked at.
        nobody: whether nobody is found in any clip.
        begun, cancelled: how many tasks the work was begun on, and how many of them were stopped.
    """

    name = "quick"

    def __init__(self, delay: float = 0.0) -> None:
        self.delay = delay
        self.requests, self.looks = [], []
        self.nobody = False
        self.begun = self.cancelled = 0
        self._steps = None

    def hold(self) -> None:
        """Have work stop before its next step; it still notices that it is cancelled."""
        self._steps = threading.Semaphore(0)

    def advance(self, steps: int = 1) -> None:
        """Let held work do some steps."""
        self._steps.release(steps)

    def go_on(self) -> None:
        """Let held work go on to its end."""
        self._steps = None

    def extract(self, video, clip, control, hint=None):
        taken = [frame.rgb for frame in media.frames(video, clip.start, clip.end, max_side=160)][::5]
        self._work(control)
        if not taken or max(int(rgb.max()) for rgb in taken) < 8:
            raise NoSubject("No clear subject stands out.", hint="Mark it with subject=(x, y).")
        height, width = taken[0].shape[:2]
        side = min(height, width) // 2
        top, left = (height - side) // 2, (width - side) // 2
        crops = [rgb[top : top + side, left : left + side] for rgb in taken]
        alpha = np.full((side, side, 1), 255, np.uint8)
        return Cutout(
            frames=tuple(np.dstack([crop, alpha]) for crop in crops),
            fps=5.0,
            best=0,
            bust=False,
            avatar=np.ascontiguousarray(crops[0]),
            quality=0.9,
            kind="hint" if hint else "motion",
            box=(0.25, 0.25, 0.75, 0.75),
        )

    def look(self, video, clip, control):
        self._work(control)
        self.looks.append(clip)
        return QuickLook(self, next(media.frames(video, clip.start, max_side=160)))

    def generate(self, request, out, control):
        self.requests.append(request)
        part = out.with_name(out.name + ".tmp")
        self._work(control)
        with av.open(str(part), "w", format="mp4") as target:
            stream = target.add_stream("libx264", rate=request.fps, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = request.width, request.height, "yuv420p"
            for index in range(int(request.seconds * request.fps)):
                picture = np.full((request.height, request.width, 3), (40, 90, 150 + index % 100), np.uint8)
                for number, cutout in enumerate(request.cast.values()):
                    side = min(cutout.avatar.shape[0], request.height, request.width // 4)
                    left = number * side
                    picture[:side, left : left + side] = cutout.avatar[:side, :side]
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = index, Fraction(1, request.fps)
                target.mux(stream.encode(frame))
            target.mux(stream.encode())
        part.replace(out)
        return ()

    def _work(self, control):
        self.begun += 1
        try:
            for step in range(10):
                control.step(step / 10, "working")
                time.sleep(self.delay)
                while (steps := self._steps) and not steps.acquire(timeout=0.01):
                    control.step(step / 10, "held")
        except Cancelled:
            self.cancelled += 1
            raise


class QuickLook:
    """Finds somebody in the left and in the right half of any picture."""

    def __init__(self, engine, frame):
        self._engine = engine
        self._picture = frame.rgb
        boxes = [] if engine.nobody else [(0.05, 0.1, 0.45, 0.9), (0.55, 0.1, 0.95, 0.9)]
        self.subjects = [Found("motion", 1 - number / 2, box, frame.time) for number, box in enumerate(boxes)]

    def picture(self, _):
        return self._picture

    def preview(self, control, hint=None):
        self._engine._work(control)
        if hint is None and not self.subjects:
            raise NoSubject("No clear subject stands out.", hint="Mark it with subject=(x, y).")
        height, width = self._picture.shape[:2]
        box = (hint.left, hint.top, hint.right, hint.bottom) if hint else (0.05, 0.1, 0.4, 0.9)  # motion saw too much
        left, top, right, bottom = np.multiply(box, (width, height) * 2).astype(int)
        crop = self._picture[top : max(bottom, top + 1), left : max(right, left + 1)]
        return Preview(np.dstack([crop, np.full(crop.shape[:2], 255, np.uint8)]), 0.9, box, ())


class MarkedEngine(QuickEngine):
    """Renders once, and marks each copy with its task's name, so that no two files are alike.

    Args:
        made: what it has rendered already, if it has.
    """

    def __init__(self, made: bytes = b"") -> None:
        super().__init__()
        self._made = made

    def generate(self, request, out, control):
        if self._made:
            self.requests.append(request)
            self._work(control)
        else:
            super().generate(request, out, control)
            self._made = out.read_bytes()
        part = out.with_name(out.name + ".tmp")
        part.write_bytes(marked(self._made, out.stem))
        part.replace(out)
        return ()


def marked(film: bytes, mark: str) -> bytes:
    """Return a film with a mark behind it, in a box that no player shows."""
    return film + (len(mark.encode()) + 8).to_bytes(4, "big") + b"free" + mark.encode()
