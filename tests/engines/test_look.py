"""Who stands out in a street of seven: a box around each, and the one who is chosen is the one who is cut out."""

import films
import pedestrians
import pytest

from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.base import Control, Hint, RenderRequest
from sora_nb.engines.subjects import Subjects
from sora_nb.errors import Cancelled, InvalidInput, NoSubject
from sora_nb.models import Clip

pytestmark = pytest.mark.release
CLIP = Clip(0, 3)
MOST_OUTSIDE = 4
"""Pixels of a figure of 104 that may be outside its box."""


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return pedestrians.film(tmp_path_factory.mktemp("street") / "street.mp4", 3)


@pytest.fixture(scope="module")
def look(street):
    return AnimaticEngine().look(street, CLIP, Control())


def near(box, number, seconds=0):
    """How much of a figure's box another box shares."""
    left, top, right, bottom = pedestrians.box(number, seconds)
    across = max(0, min(right, box[2]) - max(left, box[0]))
    down = max(0, min(bottom, box[3]) - max(top, box[1]))
    return across * down / ((right - left) * (bottom - top))


def whose(box):
    """The figure that a box is around."""
    return max(pedestrians.ALL, key=lambda number: near(box, number))


def test_each_of_seven_has_one_box_in_the_first_picture(look):
    assert [one.time for one in look.subjects] == [0] * 7
    assert sorted(whose(one.box) for one in look.subjects) == list(pedestrians.ALL)
    for one in look.subjects:  # feet and all
        left, top, right, bottom = pedestrians.box(whose(one.box), 0)
        wide, tall = pedestrians.SIZE
        sides = (
            (one.box[0] - left) * wide,
            (one.box[1] - top) * tall,
            (right - one.box[2]) * wide,
            (bottom - one.box[3]) * tall,
        )
        assert max(sides) <= MOST_OUTSIDE


def test_whoever_is_chosen_is_the_one_who_is_cut_out(street, look):
    number = 2
    chosen = next(one for one in look.subjects if whose(one.box) == number)
    shown = look.preview(Control(), Hint(*chosen.box))
    assert pedestrians.shirt_of(shown.picture) == number
    made = AnimaticEngine().extract(street, CLIP, Control(), Hint(*chosen.box))
    assert pedestrians.shirt_of(made.frames[made.best]) == number
    assert (made.quality, made.warnings) == (shown.quality, shown.warnings)


def test_the_box_around_what_moves_cuts_out_what_is_found_without_it(tmp_path):
    """The grass inside the box is not taken for the animal."""
    engine = AnimaticEngine()
    engine.generate(RenderRequest("a corgi runs through a park", {}, 640, 360, 3.0), tmp_path / "a.mp4", Control())
    look = engine.look(tmp_path / "a.mp4", CLIP, Control())
    found, boxed = (look.preview(Control(), hint) for hint in (None, Hint(*look.subjects[0].box)))
    assert boxed.box == pytest.approx(found.box, abs=0.02)
    assert boxed.quality == pytest.approx(found.quality, abs=0.05)


def test_without_a_choice_the_preview_shows_the_likeliest(look):
    shown = look.preview(Control())
    assert pedestrians.shirt_of(shown.picture) == whose(look.subjects[0].box)


def test_a_preview_is_cancelled_at_its_next_step(look):
    control = Control(lambda fraction, _: control.cancel())
    with pytest.raises(Cancelled):
        look.preview(control)


def test_who_comes_later_has_a_box_in_the_picture_of_the_coming(tmp_path):
    pictures = (pedestrians.picture(number / 24, (0, 4, 6) if number < 30 else (0, 2, 4, 6))[0] for number in range(72))
    street = films.write(tmp_path / "street.mp4", pictures, fps=24)
    look = AnimaticEngine().look(street, CLIP, Control())
    [late] = [one for one in look.subjects if one.time]
    assert len(look.subjects) == 4
    assert 1.2 < late.time < 1.8
    assert near(late.box, 2, late.time) > 0.5
    shown = AnimaticEngine().look(street, Clip(late.time, 3), Control()).preview(Control(), Hint(*late.box))
    assert pedestrians.shirt_of(shown.picture) == 2
    found = Subjects(look.subjects, {one.time: look.picture(one.time) for one in look.subjects}, "0-3 s of street.mp4")
    assert found.picture.size == (640, 720)


def test_who_comes_in_from_the_side_has_a_box_once_all_of_him_is_there(tmp_path, monkeypatch):
    comes = pedestrians.Walker(left=-130, speed=120, foot=320)
    monkeypatch.setattr(pedestrians, "WALKERS", (comes, *pedestrians.WALKERS[1:]))
    street = pedestrians.film(tmp_path / "street.mp4", 3, who=(0, 4, 6))
    look = AnimaticEngine().look(street, CLIP, Control())
    subjects = look.subjects
    assert len(subjects) == 3
    [late] = [one for one in subjects if one.time]
    assert late.box[0] > 0
    assert near(late.box, 0, late.time) > 0.5
    with pytest.raises(
        NoSubject, match=rf"edge.* from {late.time:.1f} to \d\.\d s: choose those seconds"
    ):  # not from here
        look.preview(Control(), Hint(*late.box))


def test_what_moves_of_one_animal_has_one_box(tmp_path):
    engine = AnimaticEngine()
    request = RenderRequest("a cat and a dog play in the snow", {}, 640, 360, 3.0)
    engine.generate(request, tmp_path / "a.mp4", Control())
    subjects = engine.look(tmp_path / "a.mp4", CLIP, Control()).subjects
    left, right = sorted(one.box for one in subjects)
    assert left[2] < right[0] + 0.05  # heads and tails that move by themselves are no others


def test_those_who_only_pass_each_other_are_two(tmp_path, monkeypatch):
    others = [pedestrians.Walker(left=left, speed=speed, foot=300) for left, speed in ((200, 90), (280, -60))]
    monkeypatch.setattr(pedestrians, "WALKERS", (*others, *pedestrians.WALKERS[2:]))
    street = pedestrians.film(tmp_path / "street.mp4", 3, who=(0, 1))
    assert len(AnimaticEngine().look(street, CLIP, Control()).subjects) == 2


def test_a_cell_shows_the_first_picture_with_boxes_named_by_letters(look):
    found = Subjects(look.subjects, {0.0: look.picture(0.0)}, "0-3 s of street.mp4")
    assert found["A"] == found["a"] == found[0]
    assert found["G"] == found[6]
    for wrong in ("H", "AB", ""):
        with pytest.raises(InvalidInput, match="the boxes are A, B, C, D, E, F, G"):
            found[wrong]
    assert len(found) == len(list(found)) == 7
    assert found.picture.size == pedestrians.SIZE
    left, top, _, _ = found[0].box
    assert found.picture.getpixel((int(left * 640) + 30, round(top * 360))) == pytest.approx((255, 214, 0), abs=40)
    shown = found._repr_mimebundle_()
    assert "data:image/jpeg;base64," in shown["text/html"]
    assert "0-3 s of street.mp4" in shown["text/plain"]
    assert len(shown["text/plain"].splitlines()) == 9
