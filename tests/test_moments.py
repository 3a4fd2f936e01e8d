"""Which seconds show a character best: drawn films with a known cut, blur and darkness, and real footage."""

from __future__ import annotations

import cv2
import films
import numpy as np
import pytest
from conftest import FOOTAGE

from sora_nb.errors import MediaError
from sora_nb.models import SpanRule
from sora_nb.vision import moments, quality


@pytest.fixture
def footage():
    """The real one, whose pixels count here."""
    return FOOTAGE


def band(**changes):
    """Six good seconds in slots of a quarter of one."""
    slots = 24
    values = {
        "start": 0.0, "end": 6.0, "step": 0.25, "sharp": np.ones(slots), "light": np.ones(slots),
        "dark": np.zeros(slots, bool), "subject": np.full(slots, 0.5), "cuts": (),
    }  # fmt: skip
    return moments.Band(**{**values, **changes})


def spoilt(first, last, value=0.1):
    slots = np.ones(24)
    slots[int(first * 4) : int(last * 4)] = value
    return slots


def test_nothing_is_said_of_a_good_clip():
    assert moments.assess(band(), 1, 3) == []


def test_what_speaks_against_a_clip_is_said_in_sentences():
    assert moments.assess(band(cuts=(2.4,)), 1, 3) == ["There is a cut at 2.4 s."]
    assert moments.assess(band(cuts=(2.4,)), 2.4, 4) == []
    assert moments.assess(band(sharp=spoilt(1.25, 2)), 1, 3) == ["Blurred from 1.2 to 2.0 s."]
    assert moments.assess(band(light=spoilt(0, 6), dark=np.ones(24, bool)), 1, 3) == ["Very dark."]
    assert moments.assess(band(light=spoilt(2, 6)), 1, 3) == ["Very bright from 2.0 to 3.0 s."]
    assert moments.assess(band(subject=np.zeros(24)), 1, 3) == ["Nobody stands out from the background."]


def test_the_best_window_has_no_cut_and_no_blur():
    best = moments.windows(band(cuts=(1.5,), sharp=spoilt(4.75, 6)))[0]
    assert best.start >= 1.5
    assert best.end <= 4.75
    assert best.reason == "A clear subject, sharp, well lit, one shot"


def test_windows_do_not_overlap_and_keep_to_the_service():
    found = moments.windows(band(), SpanRule(shortest=1, longest=2, decimals=False), n=3)
    assert sorted((window.start, window.end) for window in found) == [(0, 2), (2, 4), (4, 6)]
    assert moments.windows(band(), SpanRule(shortest=8, longest=9)) == []


def film(tmp_path, *parts):
    return films.write(tmp_path / "a.mp4", (picture for part in parts for picture in part))


def test_a_cut_is_found_where_it_is(tmp_path):
    seen = moments.measure_video(film(tmp_path, films.still(films.scene(1), 1.4), films.still(films.scene(2), 1.6)))
    assert seen.cuts == pytest.approx((1.4,), abs=0.02)
    assert moments.assess(seen, 0.5, 2.5) == ["There is a cut at 1.4 s."]


def test_blur_is_found_where_it_is(tmp_path):
    sharp = films.scene()
    blurred = cv2.GaussianBlur(sharp, (0, 0), 9)
    seen = moments.measure_video(
        film(tmp_path, films.still(sharp, 1.5), films.still(blurred, 1), films.still(sharp, 1.5))
    )
    assert [seen.marks[seen.slots(at, at + 0.25)][0] for at in (0.5, 2.0, 3.5)] == ["", "blurred", ""]
    best = moments.windows(seen, SpanRule(shortest=1, longest=1))[0]
    assert best.end <= 1.5 or best.start >= 2.5


def test_darkness_is_found(tmp_path):
    seen = moments.measure_video(film(tmp_path, films.still(films.scene() // 12, 2)))
    assert moments.assess(seen, 0, 2)[-1] == "Very dark."


def test_a_blurred_film_is_not_sharp_for_want_of_better(tmp_path):
    blurred = cv2.GaussianBlur(films.scene(), (0, 0), 12)
    assert "Blurred." in moments.assess(moments.measure_video(film(tmp_path, films.still(blurred, 1))), 0, 1)


def test_a_long_film_is_looked_at_by_its_key_frames_then_closer(tmp_path):
    night = films.scene(3) // 12
    parts = (films.still(night, 20), films.still(films.scene(3), 6), films.still(night, 20))
    [best, *_] = moments.suggest(film(tmp_path, *parts), n=2)
    assert best.start >= 19.9
    assert best.end <= 26.1


def test_the_footage_is_one_clear_shot(footage):
    seen = moments.measure_video(footage, 1, 3)
    assert seen.cuts == ()
    assert moments.assess(seen, 1, 3) == []
    [best] = moments.windows(seen, SpanRule(shortest=1, longest=2), n=1)
    assert (best.start, best.end) == (1, 3)


def test_a_window_beyond_the_end_has_no_picture(footage):
    with pytest.raises(MediaError, match="no picture"):
        quality.measure_frames([], 1, 2, 0.25)


def test_seconds_in_which_nobody_stands_out_are_not_suggested():
    empty = band(subject=np.zeros(24))
    assert moments.windows(empty) == []
    assert moments.windows(empty, least=0.0)  # for whoever sees more than the band does
    assert moments.assess(empty, 0, 2) == ["Nobody stands out from the background."]
    assert moments.assess(empty, 0, 2, seen=True) == []
