"""Choosing one of seven people by keys alone, by a click and by a box of one's own, in a real Chromium with the real engine."""

import numpy as np
import pedestrians
import pytest
from PIL import Image

from sora_nb.engines.animatic import AnimaticEngine
from sora_nb.engines.base import Control, Hint
from sora_nb.engines.subjects import LETTERS
from sora_nb.models import Clip
from sora_nb.notebook.widgets.clip_slider import ClipSlider

LEFT, TOP, RIGHT, BOTTOM = range(4)


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return pedestrians.film(tmp_path_factory.mktemp("street") / "street.mp4", 4)


def settled(stage, slider):
    slider.ready.result()
    stage.page.wait_for_function("() => document.querySelector('.sora-cutout').complete")


def previewed(slider):
    """Which figure the preview shows."""
    with Image.open(slider._files["cutout"]) as picture:
        return pedestrians.shirt_of(np.asarray(picture))


def letter_of(slider, figure):
    """The letter of the box around a figure."""
    left, top, right, bottom = pedestrians.box(figure, slider.value[0])
    x, y = (left + right) / 2, (top + bottom) / 2
    held = [box[LEFT] < x < box[RIGHT] and box[TOP] < y < box[BOTTOM] for box in slider.who["boxes"]]
    return LETTERS[held.index(True)]


def test_the_third_of_seven_becomes_the_character(stage, street):
    slider = ClipSlider(street, subjects=True)
    view = stage.show(slider)
    settled(stage, slider)
    view.get_by_text("Clear: no cut, no blur, enough light; 7 subjects.").wait_for()
    assert view.locator(".sora-boxes .sora-box[data-option]").count() == 7
    keys = stage.page.keyboard

    # by keys alone: from the playhead on to the options, and along them
    view.get_by_role("slider", name="Playhead").focus()
    keys.press("Tab")
    assert view.get_by_role("radio", name="Likeliest").evaluate("node => node === document.activeElement")
    third = letter_of(slider, 2)
    for _ in range(LETTERS.index(third) + 1):
        keys.press("ArrowRight")
    view.get_by_role("radio", name=third, exact=True).and_(view.locator(":checked")).wait_for()
    stage.page.wait_for_timeout(300)
    settled(stage, slider)
    view.get_by_role("img", name=f"Cut-out of box {third}").wait_for()
    assert previewed(slider) == 2
    made = AnimaticEngine().extract(street, Clip(*slider.value), Control(), Hint(*slider.subject))
    assert pedestrians.shirt_of(made.frames[made.best]) == 2
    assert stage.violations() == []

    # by a click on the picture; one beside the boxes plays
    other = letter_of(slider, 5)
    view.locator(f'.sora-box[data-option="{LETTERS.index(other)}"]').click()
    stage.page.wait_for_timeout(300)
    settled(stage, slider)
    assert previewed(slider) == 5
    area = view.locator(".sora-boxes").bounding_box()
    stage.page.mouse.click(area["x"] + 10, area["y"] + 10)
    view.locator(".sora-boxes").wait_for(state="hidden")  # it has left the first picture
    stage.page.wait_for_timeout(300)
    view.get_by_role("button", name="Pause").click()

    # by a box of one's own
    view.get_by_role("button", name="Who?").click()
    view.locator(".sora-boxes").wait_for()
    left, top, right, bottom = pedestrians.box(1, 0)
    corners = [
        (area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in ((left, top), (right, bottom))
    ]
    stage.page.mouse.move(*corners[0])
    stage.page.mouse.down()
    stage.page.mouse.move(*corners[1], steps=5)
    stage.page.mouse.up()
    stage.page.wait_for_timeout(300)
    settled(stage, slider)
    assert slider.subject == pytest.approx((left, top, right, bottom), abs=0.02)
    assert previewed(slider) == 1

    # other seconds are of another picture
    view.get_by_role("slider", name="Whole selection").focus()
    keys.press("PageUp")
    stage.page.wait_for_timeout(300)
    assert (slider.value, slider.subject) == ((1, 4), None)
    settled(stage, slider)
    assert slider.who["clip"] == [1, 4]


def test_the_film_is_watched_and_trimmed_as_editors_do(stage, street):
    slider = ClipSlider(street, value=(1, 2))
    view = stage.show(slider)
    slider.ready.result()
    page, keys, video = stage.page, stage.page.keyboard, view.locator("video")
    page.wait_for_function("() => document.querySelector('video').readyState > 1")
    now = lambda: video.evaluate("node => node.currentTime")  # noqa: E731

    # the playhead is dragged out of the selection, and the selection stays
    grip = view.get_by_role("slider", name="Playhead")
    ruler = view.locator(".sora-near .sora-ticks").bounding_box()
    at = grip.bounding_box()
    page.mouse.move(at["x"] + 12, at["y"] + 12)
    page.mouse.down()
    page.mouse.move(ruler["x"] + 0.8 * ruler["width"], at["y"] + 12, steps=6)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert now() == pytest.approx(3.2, abs=0.1)
    assert slider.value == (1, 2)

    # it plays there, and pauses
    keys.press("Space")
    page.wait_for_timeout(400)
    keys.press("k")
    assert 3.2 < now() <= 4
    keys.press("j")
    page.wait_for_timeout(500)
    keys.press("k")
    page.wait_for_timeout(200)
    back = now()
    assert back < 3.9
    keys.press("ArrowLeft")
    page.wait_for_timeout(200)
    assert now() == pytest.approx(back - 1 / 24, abs=0.02)

    # its ends are set there, and taken back
    keys.press("o")
    page.wait_for_timeout(200)
    assert slider.value[1] == pytest.approx(now(), abs=0.05)
    keys.press("Control+z")
    page.wait_for_timeout(200)
    assert slider.value == (1, 2)

    # times are typed
    end = view.get_by_label("End at")
    end.fill("0:09")
    keys.press("Enter")
    view.get_by_text("The video ends at 0:04: the end is 0:04.").wait_for()
    assert end.input_value() == "0:04"
    assert slider.value == (1, 4)
    assert stage.violations() == []
