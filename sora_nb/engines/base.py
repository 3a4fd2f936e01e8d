"""Define the Engine protocol: the request it takes, the cut-out it returns, its progress and its cancellation."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from sora_nb.errors import Cancelled
from sora_nb.models import URGENCY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sora_nb.media.edit import Keeper
    from sora_nb.models import Clip


Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
SHOWN = 12
"""Alpha of a frame above which a pixel counts as shown."""
SUBJECT_HINT = "Choose other seconds, or say who is meant: by a box in the picture, or by subject=(x, y)."
"""What to do where a cut-out failed or is doubtful."""
LEAST_WAY = 0.25
"""Parts of its height that a subject covers at least to be going somewhere: swaying takes it about as far."""
LEAST_SPEED = 0.12
"""The same, a second."""


def seen(warning: str) -> str:
    """Return a warning as it is said beside the picture and its boxes, where nobody needs to be told of `subject=`."""
    return warning.removesuffix(f" Check the preview. {SUBJECT_HINT}")


@dataclass(frozen=True)
class Cutout:
    """A character as it was cut out of footage: everything needed to show, compare and composite it again.

    Attributes:
        frames: the moving sprite: RGBA pictures, straight alpha, shape (height, width, 4), all of one size, in order;
            the subject's way over the ground is taken out. How they are looped is draw/reel.py's to decide.
        fps: pace at which `frames` were taken from the footage.
        best: index of the sharpest, most frontal frame.
        bust: True where the lower edge of the picture cut the character, so that it has no feet to stand on.
        avatar: square RGB picture for people to see, shape (side, side, 3).
        quality: 0 (a guess) to 1 (certain): how sure the extraction is.
        kind: what found the subject: "face", "motion", "saliency" or "hint"; "person" where one was seen in what moves.
            Earlier versions also found a "cat".
        box: the subject in the best frame: left, top, right, bottom as parts of width and height.
        warnings: what a person should know about the clip, in sentences.
        close_up: the best frame with more pixels, RGBA, straight alpha, cropped to the subject; None where the footage
            has hardly more of them than `frames`.
        path: the subject's place over the ground in each frame, the camera's motion taken out: parts of the subject's
            height to the right of where it was in the first one. Empty where nobody measured it.
        face: height of the face in the best frame, as part of the subject's height; 0 where none was found.
        heads: left, top, right, bottom of its head in each frame, in pixels. Empty where nobody measured it.
    """

    frames: tuple[NDArray[np.uint8], ...]
    fps: float
    best: int
    bust: bool
    avatar: NDArray[np.uint8]
    quality: float
    kind: str
    box: Box
    warnings: tuple[str, ...] = ()
    close_up: NDArray[np.uint8] | None = None
    path: tuple[float, ...] = ()
    face: float = 0.0
    heads: tuple[Box, ...] = ()

    @property
    def heading(self) -> float:
        """Mean speed over the ground in parts of its height a second, to the right; 0 where it stays.

        Two pictures show a body that moves, but no steps that could be repeated.
        """
        if len(self.path) < 3:
            return 0.0
        way = self.path[-1] - self.path[0]
        speed = way * self.fps / (len(self.path) - 1)
        return speed if abs(way) >= LEAST_WAY and abs(speed) >= LEAST_SPEED else 0.0

    def findings(self) -> dict[str, Any]:
        """Return what a service tells its client about the extraction, as JSON values: quality, found_by, warnings."""
        return {"quality": round(self.quality, 3), "found_by": self.kind, "warnings": list(self.warnings)}


@dataclass(frozen=True)
class Hint:
    """Where the user says the subject is, as parts of width and height: a box, or a point where left == right.

    Attributes:
        left, top, right, bottom: 0 to 1.
    """

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Found:
    """A possible subject of a clip.

    Attributes:
        kind: what found it: "face", "motion" or "saliency".
        score: the higher the likelier; comparable within one clip only.
        box: left, top, right, bottom as parts of width and height.
        time: seconds from the start of the file, where it has this box.
    """

    kind: str
    score: float
    box: Box
    time: float


@dataclass(frozen=True)
class Preview:
    """How a subject would be cut out.

    Attributes:
        picture: its best frame, RGBA, straight alpha, cropped to the subject.
        quality: as that of a Cutout.
        box: where it is in the first picture that shows it: left, top, right, bottom as parts of width and height.
        warnings: what a person should know, in sentences.
    """

    picture: NDArray[np.uint8]
    quality: float
    box: Box
    warnings: tuple[str, ...]


class Look(Protocol):
    """A look at a clip before anybody is cut out of it."""

    def picture(self, time: float) -> NDArray[np.uint8]:
        """Return the picture of a second of the file, RGB."""

    @property
    def subjects(self) -> Sequence[Found]:
        """Who stands out, the likeliest first; who comes later has the time of that."""

    def preview(self, control: Control, hint: Hint | None = None) -> Preview:
        """Cut a subject out as extract() would, and show one picture of it.

        Raises:
            NoSubject: nobody stands out, or not clearly enough to be cut out.
            Cancelled: see Control.
        """


@dataclass(frozen=True)
class RenderRequest:
    """One video to make.

    Attributes:
        prompt: the whole prompt, with its @mentions.
        cast: the mentioned characters, by username, in the order of their first mention.
        width, height: pixels, even numbers.
        seconds: length of the video.
        seed: the same request with the same seed gives the same bytes.
        reference: a picture that the video starts from (`input_reference`), or None.
        fps: pictures a second.
        miniature: where a copy goes that is small enough to stand in a notebook, if there is one; see media/miniature.py.
            None where nobody asks for it. An engine need not make it.
        poster: where the picture a third into the video goes, as JPEG, as media.poster() would make it. None where nobody
            asks for it. An engine that has its pictures at hand saves decoding them again; it need not.
    """

    prompt: str
    cast: Mapping[str, Cutout]
    width: int
    height: int
    seconds: float
    seed: int = 0
    reference: Path | None = None
    fps: int = 24
    miniature: Path | None = None
    poster: Path | None = None


class Control:
    """Progress out, cancellation in; safe to use from any thread.

    Args:
        on_progress: called with a fraction from 0 to 1 and what is being done, such as "looking for faces".

    Attributes:
        keeper: gives the pictures of the clip that is extracted, and keeps these seconds meanwhile; None where nobody asks
            for that. An engine need not read them there.
        urgency: 0 to 7, as RFC 9218 has it: where several wait for the same workers, who has less of it comes first.
    """

    def __init__(self, on_progress: Callable[[float, str], None] | None = None) -> None:
        self.urgency = URGENCY
        self.keeper: Keeper | None = None
        self._on_progress = on_progress
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancelled.set()

    def step(self, fraction: float, stage: str = "") -> None:
        """Report progress.

        Raises:
            Cancelled: cancel() was called.
        """
        if self._cancelled.is_set():
            raise Cancelled("The task was cancelled.", money="The local engine charges nothing.")
        if self._on_progress is not None:
            self._on_progress(min(1.0, max(0.0, fraction)), stage)


class Engine(Protocol):
    """Cuts characters out of footage, and renders videos with them."""

    name: str

    def extract(self, video: Path, clip: Clip, control: Control, hint: Hint | None = None) -> Cutout:
        """Cut the main subject of the clip out of a local video file.

        Raises:
            NoSubject: no subject stands out in these seconds.
            MediaError: the file is not a video, or ends before the clip does.
            Cancelled: see Control.
        """

    def look(self, video: Path, clip: Clip, control: Control) -> Look:
        """Find who could be cut out of a clip.

        Raises:
            NoSubject: the picture is too narrow to hold anybody.
            MediaError: the file is not a video, or ends before the clip does.
            Cancelled: see Control.
        """

    def generate(self, request: RenderRequest, out: Path, control: Control) -> tuple[str, ...]:
        """Render a request to an MP4 (H.264, AAC).

        Returns:
            What a person should know about the video, in sentences: words that were not understood, for instance.

        Raises:
            MediaError: the reference is not a picture.
            Cancelled: see Control.
        """


@runtime_checkable
class Divided(Protocol):
    """An engine that renders long films in parts, each by whoever has time, and joins them to the bytes of generate()."""

    def parts(self, request: RenderRequest) -> int:
        """Return how many parts a request is rendered in: the same on every machine.

        Raises:
            InvalidInput: what cannot be rendered.
        """

    def generate_part(self, request: RenderRequest, number: int, out: Path, control: Control) -> None:
        """Render one part to a file for join().

        Args:
            request, control: as of Engine.generate().
            number: which, counted from 0.
            out: the file.

        Raises:
            SoraError: as Engine.generate().
        """

    def join(self, request: RenderRequest, made: Sequence[Path], out: Path, control: Control) -> tuple[str, ...]:
        """Join parts to what Engine.generate() would make of the request.

        Args:
            request, out, control: as of Engine.generate().
            made: the files of all parts, in order.

        Returns:
            As Engine.generate().

        Raises:
            SoraError: as Engine.generate().
        """
