"""The one clock of a film: the seconds that a browser's player shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import av.container

MOMENT = 1e-4
"""Seconds within which two times are one."""
ROUNDED = 1e-3
"""Seconds to which Matroska files and the ends of clips round their times."""
SECOND = Fraction(1)
_PLAYED = ("mp4", "matroska")
"""FFmpeg's names of the containers that browsers play, as container_name() gives them."""


@dataclass(frozen=True)
class Clock:
    """Turns a file's time stamps into seconds of the film, and back.

    Attributes:
        origin: time stamp of second 0, in seconds.
    """

    origin: Fraction

    @classmethod
    def of(cls, container: av.container.InputContainer) -> Clock:
        """Return the clock of an open file.

        A browser's clock begins at time stamp 0, once FFmpeg has applied an MP4's edit lists: a track that begins later
        is late. Only where one begins earlier, that is second 0. The stamps of transport streams, of recordings of
        broadcasts and the like begin anywhere; there second 0 is where the first of picture and sound begins.
        """
        begins = min(
            (
                stream.start_time * (stream.time_base or SECOND)
                for stream in container.streams
                if stream.start_time is not None
            ),
            default=Fraction(0),
        )
        played = container.format.name in _PLAYED
        return cls(min(Fraction(0), begins) if played else begins)

    def seconds(self, stamp: int, unit: Fraction | None) -> float:
        """Return the second of the film of a time stamp, given in a stream's unit of time."""
        return float(stamp * (unit or SECOND) - self.origin)

    def stamp(self, seconds: float, unit: Fraction | None) -> int:
        """Return the time stamp, in a stream's unit of time, of a second of the film."""
        return int((Fraction(seconds) + self.origin) / (unit or SECOND))
