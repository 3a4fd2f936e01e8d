"""Show who stands out in a few seconds of a video: a picture with a box and a letter for each, to choose `subject` from."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sora_nb import display
from sora_nb.engines.base import Control
from sora_nb.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.base import Engine, Found
    from sora_nb.models import Clip

QUALITY = 82
"""Of the JPEG picture."""
INK, EDGE = (255, 214, 0), (20, 20, 20)
"""Colours of a box and of what sets it off."""
LETTERS = "ABCDEFGHI"
"""Names of the boxes, here as in the app: numbers would begin with 0 in code and with 1 for everybody else."""


class Subjects(Sequence["Found"]):
    """Who stands out in a clip, the likeliest first; a cell shows them as boxes with letters, as the app does.

    Args:
        found: the subjects.
        pictures: by the second of the file, RGB, the pictures in which they have their boxes: the clip's first one, and
            for who comes later that of the coming.
        about: which seconds of what that is.

    Example:
        >>> who = studio.subjects(footage(), 2, 4)          # a cell shows the picture, its boxes A, B, C, ...
        >>> hero = studio.extract(footage(), 2, 4, subject=who["A"])      # the same as who[0]
    """

    def __init__(self, found: Iterable[Found], pictures: Mapping[float, NDArray[np.uint8]], about: str) -> None:
        self._found = tuple(found)
        self._pictures = dict(sorted(pictures.items()))
        self._about = about

    @overload
    def __getitem__(self, place: int | str) -> Found: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Found]: ...

    def __getitem__(self, place: int | str | slice) -> Found | Sequence[Found]:
        if not isinstance(place, str):
            return self._found[place]
        letters = LETTERS[: len(self._found)]
        if len(place) != 1 or place.upper() not in letters:
            there = f"the boxes are {', '.join(letters)}" if letters else "nobody stands out"
            raise InvalidInput(
                f"There is no box {display.plain(place, 20)!r}: {there}.",
                money="",
                hint="Choose other seconds, or one of these.",
            )
        return self._found[letters.index(place.upper())]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def picture(self) -> Image.Image:
        """The clip's first picture with its boxes, and below it those in which others come, each with its second."""
        drawn = [self._drawn(time) for time in self._pictures]
        whole = Image.new("RGB", (drawn[0].width, sum(one.height for one in drawn)))
        top = 0
        for one in drawn:
            whole.paste(one, (0, top))
            top += one.height
        return whole

    def _drawn(self, time: float) -> Image.Image:
        shown = Image.fromarray(self._pictures[time])
        pen = ImageDraw.Draw(shown)
        line = max(2, round(min(shown.size) / 160))
        font = ImageFont.load_default(max(12, min(shown.size) // 20))
        for letter, one in reversed(list(zip(LETTERS, self._found, strict=False))):  # the likeliest on top
            if one.time != time:
                continue
            left, top, right, bottom = np.multiply(one.box, (shown.width, shown.height) * 2).round().tolist()
            for colour, wide in ((EDGE, line + 2), (INK, line)):
                pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=colour, width=wide)
            label = pen.textbbox((left + 2 * line, top + line), letter, font=font)
            pen.rectangle((left, top, label[2] + line, label[3] + line), fill=INK)
            pen.text((left + 2 * line, top + line), letter, fill=EDGE, font=font)
        if len(self._pictures) > 1:
            said = f"{time:.1f} s"
            at = shown.width - pen.textlength(said, font=font) - 2 * line
            pen.text((at, line), said, fill=INK, font=font, stroke_width=2, stroke_fill=EDGE)
        return shown

    def __repr__(self) -> str:
        if not self._found:
            return f"Nobody stands out in {self._about}: choose other seconds, or give a point or a box of your own."
        lines = [f"Who stands out in {self._about}:", "    found by  score  second   left    top  right bottom"]
        for letter, one in zip(LETTERS, self._found, strict=False):
            box = " ".join(f"{side:6.3f}" for side in one.box)
            lines.append(f"{letter:>3} {one.kind:<8} {one.score:6.2f} {one.time:7.2f} {box}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        encoded = io.BytesIO()
        self.picture.save(encoded, "JPEG", quality=QUALITY)
        source = f"data:image/jpeg;base64,{base64.b64encode(encoded.getvalue()).decode()}"
        count = len(self._found)
        lines = [f"Who stands out in {self._about}: {count}, the likeliest first."]
        lines += (
            [f'Box {LETTERS[count - 1]} of who = studio.subjects(...) is meant by subject=who["{LETTERS[count - 1]}"].']
            if count
            else [repr(self)]
        )
        alt = f"The first picture, with {count} boxes around those who stand out"
        return {
            "text/plain": repr(self),
            "text/html": display.figure(source, alt, lines if count else lines[1:], width=640),
        }


def find(engine: Engine, video: Path, clip: Clip) -> Subjects:
    """Find who stands out in a clip.

    Args:
        engine: whose eyes they are.
        video: a file on this machine.
        clip: its seconds.

    Raises:
        NoSubject: the picture is too narrow to hold anybody.
        MediaError: the file is not a video, or ends before the clip does.
    """
    look = engine.look(video, clip, Control())
    times = {one.time for one in look.subjects} or {clip.start}
    return Subjects(look.subjects, {time: look.picture(time) for time in times}, f"{clip} of {video.name}")
