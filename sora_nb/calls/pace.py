"""How long a job will still take, told from how its percentage grew."""

from __future__ import annotations

WINDOW = 10.0
"""Seconds of the recent pace."""
FIRST_SECONDS = 3.0
FIRST_PERCENT = 4.0
"""Nothing is said before so many seconds and so much of the work: a beginning tells little."""
LEAST_STEPS = 3
"""Growths that were seen, at least: a service that says 50 % once has no pace yet."""
MOST_APART = 2.5
"""The recent pace may be so many times that of the whole, or the reverse; further apart, neither is believed."""
APART = 0.3
"""Seconds between two marks that are kept."""


class Pace:
    """Estimates the seconds that are left of a job.

    Args:
        now: the time, in seconds of any clock that only goes forward.
    """

    def __init__(self, now: float) -> None:
        self._begun = (now, 0.0)
        self._marks = [self._begun]
        self._steps = 0

    def note(self, percent: float, now: float) -> None:
        """Take how far the job is, 0 to 100.

        What a job begins at is no work done: a call that is taken up again may begin at half.
        """
        seen, before = self._marks[-1]
        if percent <= before:
            return
        self._steps += 1
        if self._steps == 1:
            self._begun = (now, percent)
        if now - seen < APART and len(self._marks) > 1:
            self._marks.pop()
        self._marks.append((now, percent))
        del self._marks[: -round(WINDOW / APART) - 1]

    def left(self, now: float) -> float | None:
        """Return the seconds that are left, or None while nobody can say."""
        seen, percent = self._marks[-1]
        begun, before = self._begun
        recent = [mark for mark in self._marks if mark[0] >= now - WINDOW]
        if seen - begun < FIRST_SECONDS or percent - before < FIRST_PERCENT or self._steps < LEAST_STEPS:
            return None
        if len(recent) < 2:  # nothing came for long
            return None
        whole = (percent - before) / (seen - begun)
        lately = (percent - recent[0][1]) / (seen - recent[0][0])
        if max(whole, lately) > MOST_APART * min(whole, lately):
            return None
        return max(0.0, 2 * (100 - percent) / (whole + lately) - (now - seen))


def in_words(seconds: float | None) -> str:
    """Write what is left as people say it: "about 8 s left", "about 3 min left"; "" where it is not known.

    Args:
        seconds: what is left.
    """
    if seconds is None:
        return ""
    if seconds < 10:
        return f"about {max(1, round(seconds))} s left"
    if seconds < 58:
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {max(1, round(seconds / 60))} min left"
