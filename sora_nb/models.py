"""What the package speaks of: clips, characters, videos and money. Frozen, validated, without any I/O."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Clip(BaseModel):
    """Seconds of a video.

    Args:
        start: seconds from the beginning, 0 or more.
        end: seconds, more than start.
    """

    model_config = ConfigDict(frozen=True)

    start: float
    end: float

    @property
    def span(self) -> float:
        """Length in seconds."""
        return round(self.end - self.start, 3)
