"""Show who stands out in a few seconds of a video: a picture with a numbered box around each, to choose `subject` from."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sora_nb import display
from sora_nb.engines.base import Control

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from sora_nb.engines.base import Engine, Found
    from sora_nb.models import Clip

QUALITY = 82
"""Of the JPEG picture."""
INK, EDGE = (255, 214, 0), (20, 20, 20)
"""Colours of a box and of what sets it off."""


class Subjects(Sequence["Found"]):
    """Who stands out in a clip, the likeliest first; a cell shows them as boxes in the clip's first picture.

    Args:
        found: the subjects.
        picture: the picture in which they have their boxes, RGB.
        about: which seconds of what that is.

    Example:
        >>> who = studio.subjects(footage(), 2, 4)          # a cell shows the picture, its boxes numbered from 0
        >>> hero = studio.extract(footage(), 2, 4, subject=who[0])
    """

    def __init__(self, found: Iterable[Found], picture: NDArray[np.uint8], about: str) -> None:
        self._found = tuple(found)
        self._picture = picture
        self._about = about

    @overload
    def __getitem__(self, place: int) -> Found: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Found]: ...

    def __getitem__(self, place: int | slice) -> Found | Sequence[Found]:
        return self._found[place]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def picture(self) -> Image.Image:
        """The clip's first picture with the numbered boxes."""
        shown = Image.fromarray(self._picture)
        pen = ImageDraw.Draw(shown)
        line = max(2, round(min(shown.size) / 160))
        font = ImageFont.load_default(max(12, min(shown.size) // 20))
        for number, one in reversed(list(enumerate(self._found))):  # the likeliest on top
            left, top, right, bottom = np.multiply(one.box, (shown.width, shown.height) * 2).round().tolist()
            for colour, wide in ((EDGE, line + 2), (INK, line)):
                pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), outline=colour, width=wide)
            label = pen.textbbox((left + 2 * line, top + line), str(number), font=font)
            pen.rectangle((left, top, label[2] + line, label[3] + line), fill=INK)
            pen.text((left + 2 * line, top + line), str(number), fill=EDGE, font=font)
        return shown

    def __repr__(self) -> str:
        if not self._found:
            return f"Nobody stands out in {self._about}: choose other seconds, or give a point or a box of your own."
        lines = [f"Who stands out in {self._about}:", "    found by  score   left    top  right bottom"]
        for number, one in enumerate(self._found):
            lines.append(f"{number:>3} {one.kind:<8} {one.score:6.2f} " + " ".join(f"{side:6.3f}" for side in one.box))
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        encoded = io.BytesIO()
        self.picture.save(encoded, "JPEG", quality=QUALITY)
        source = f"data:image/jpeg;base64,{base64.b64encode(encoded.getvalue()).decode()}"
        count = len(self._found)
        lines = [f"Who stands out in {self._about}: {count}, the likeliest first."]
        lines += (
            [f"Number {count - 1} of who = studio.subjects(...) is meant by subject=who[{count - 1}]."]
            if count
            else [repr(self)]
        )
        alt = f"The first picture, with {count} numbered boxes around those who stand out"
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
    return Subjects(look.subjects, look.picture, f"{clip} of {video.name}")
