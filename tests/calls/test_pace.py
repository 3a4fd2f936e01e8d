"""How long a job will still take, from how it went so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.calls.pace import Pace, in_words


def told(*marks):
    """A pace that began at 0 s and saw these (seconds, percent)."""
    pace = Pace(0.0)
    for now, percent in marks:
        pace.note(percent, now)
    return pace


def test_a_steady_job_is_told_to_the_second():
    pace = told(*((second, 2.0 * second) for second in range(1, 21)))
    assert pace.left(20.0) == pytest.approx(30.0)
    assert pace.left(21.5) == pytest.approx(28.5)


def test_nothing_is_said_before_it_is_stable():
    assert told().left(60.0) is None
    assert told((1, 10), (2, 20)).left(2.0) is None  # too early
    assert told((0.5, 1), (4, 2), (6, 3)).left(6.0) is None  # too little
    assert told((5, 50)).left(6.0) is None  # one step is no pace
    assert told((1, 1), (30, 5), (31, 40), (32, 80)).left(32.0) is None  # slow, then fast
    assert told(*((second, 5 * second) for second in range(1, 8))).left(60.0) is None  # nothing came for long


def test_what_was_there_at_first_is_no_pace():
    """A task that is taken up again begins at 60 %."""
    pace = told((0.1, 60), *((second, 60 + second) for second in range(1, 21)))
    assert pace.left(20.0) == pytest.approx(20.0, rel=0.1)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 100)), max_size=80))
def test_it_is_never_negative_and_never_forgets_its_bounds(steps):
    pace, now = Pace(0.0), 0.0
    for seconds, percent in steps:
        now += seconds
        pace.note(percent, now)
        left = pace.left(now)
        assert left is None or left >= 0
        assert len(pace._marks) <= 40


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0.0, "about 1 s left"),
        (7.6, "about 8 s left"),
        (9.7, "about 10 s left"),
        (23, "about 25 s left"),
        (59, "about 1 min left"),
        (200, "about 3 min left"),
    ],
)
def test_seconds_are_said_as_people_say_them(seconds, words):
    assert in_words(seconds) == words
