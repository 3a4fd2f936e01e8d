"""The clip slider in a real Chromium: mouse, keyboard, touch, playing, long videos, two views."""

import itertools

import films
import pytest

from sora_nb.notebook.widgets import clip_slider
from sora_nb.notebook.widgets.clip_slider import ClipSlider


def shown(stage, video, **keys):
    """A slider whose slow work is done, and its view with a video that can be played."""
    slider = ClipSlider(video, **keys)
    view = stage.show(slider)
    slider.ready.result()
    stage.page.wait_for_function("() => document.querySelector('video').readyState > 1")
    return slider, view


def thumb(view, name):
    return view.get_by_role("slider", name=name, exact=True)


def drag(stage, node, by, *, touch=False):
    box = node.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if touch:
        session = stage.page.context.new_cdp_session(stage.page)
        points = [x + by * part / 5 for part in range(6)]
        for number, at in enumerate(points):
            kind = "touchMove" if number else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        return
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + by / 2, y, steps=4)
    stage.page.mouse.move(x + by, y, steps=4)
    stage.page.mouse.up()


def second(view):
    """Pixels of one second on the strip."""
    return view.locator(".sora-near .sora-track").bounding_box()["width"]


def test_handles_and_the_whole_are_dragged(stage, short):
    slider, view = shown(stage, short)
    one = second(view) / 6
    drag(stage, thumb(view, "End"), -one)
    stage.page.wait_for_timeout(100)
    assert slider.value == pytest.approx((0, 2), abs=0.11)
    drag(stage, thumb(view, "Start"), 2 * one)
    stage.page.wait_for_timeout(100)
    start, end = slider.value
    assert start == pytest.approx(2, abs=0.11)
    assert end - start == pytest.approx(1)
    drag(stage, thumb(view, "Whole selection"), 1.5 * one)
    view.get_by_text("There is a cut at 4.0 s.").wait_for()
    assert slider.value == pytest.approx((3.5, 4.5), abs=0.11)
    assert slider.timestamps == view.locator("code").text_content()


def test_a_long_remark_is_not_written_over_what_is_below_it(stage, short):
    _, view = shown(stage, short)
    panel = view.locator(".sora-panel")
    panel.locator(".sora-remarks").evaluate(
        "list => { list.innerHTML = '<li>' + 'No subject stands out. '.repeat(40); }"
    )
    remark, keys = (panel.locator(part).bounding_box() for part in (".sora-remarks li", ".sora-keys"))
    assert remark["height"] > panel.bounding_box()["height"]
    assert remark["y"] + remark["height"] <= keys["y"]


def test_a_finger_drags_too(stage, short):
    slider, view = shown(stage, short)
    drag(stage, thumb(view, "End"), -second(view) / 6, touch=True)
    stage.page.wait_for_timeout(100)
    assert slider.value == pytest.approx((0, 2), abs=0.11)


def test_keys_move_handles_and_two_views_agree(stage, short):
    slider, first = shown(stage, short)
    other = stage.show(slider, "other")
    thumb(first, "Start").focus()
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Shift+ArrowRight")
    other.get_by_text("1.1,3", exact=True).wait_for()
    assert slider.value == (1.1, 3)
    slider.value = (2, 5)
    for view in (first, other):
        view.get_by_text("2,5", exact=True).wait_for()
        assert thumb(view, "End").get_attribute("aria-valuenow") == "5"
    other.get_by_label("Start at").fill("0:00.5")
    stage.page.keyboard.press("Enter")
    first.get_by_text("0.5,3.5", exact=True).wait_for()


def test_the_selection_plays_in_a_loop_without_sound_until_asked(stage, short):
    _slider, view = shown(stage, short, value=(1, 2))
    video = view.locator("video")
    assert video.evaluate("node => node.muted")
    view.get_by_role("button", name="Play selection").click()
    times = []
    for _ in range(24):
        stage.page.wait_for_timeout(70)
        times.append(video.evaluate("node => node.currentTime"))
    assert all(0.9 <= time <= 2.1 for time in times)
    assert any(after < before for before, after in itertools.pairwise(times))
    view.get_by_role("button", name="Sound off").click()
    assert not video.evaluate("node => node.muted")
    view.get_by_role("button", name="Pause").click()
    assert video.evaluate("node => node.paused")
    before = video.evaluate("node => node.currentTime")
    view.get_by_role("button", name="One picture on").click()
    stage.page.wait_for_timeout(150)
    assert video.evaluate("node => node.currentTime") == pytest.approx(before + 0.04, abs=0.005)


def test_it_pauses_out_of_sight(stage, short):
    _, view = shown(stage, short)
    view.get_by_role("button", name="Play selection").click()
    stage.page.evaluate("document.querySelector('main').style.marginTop = '3000px'")
    view.get_by_role("button", name="Play selection").wait_for()


def test_a_good_moment_is_one_click_away(stage, short):
    slider, view = shown(stage, short, value=(3, 5))
    best = slider.suggestions[0]
    view.locator(".sora-offer").first.click()
    stage.page.wait_for_timeout(100)
    assert slider.value == (best.start, best.end)


def test_a_long_video_is_set_as_finely_as_a_short_one(stage, monkeypatch, long):
    monkeypatch.setattr(clip_slider, "LARGEST", 1000)
    slider, view = shown(stage, long)
    assert view.locator(".sora-near .sora-track").bounding_box()["width"] / 12 > 60
    track = view.locator(".sora-overview .sora-track").bounding_box()
    stage.page.mouse.click(track["x"] + track["width"] / 2, track["y"] + 10)
    view.locator(".sora-near").get_by_text("0:30", exact=True).wait_for()
    slider.ready.result()
    assert slider.zoom == pytest.approx([24, 36], abs=0.3)
    assert slider.zoom[0] <= slider.value[0] <= slider.value[1] <= slider.zoom[1]
    stage.page.wait_for_function("() => document.querySelector('video').readyState > 1")
    view.locator(".sora-near .sora-waiting").wait_for(state="detached")
    slider.value = (50, 53)
    view.locator(".sora-near").get_by_text("0:52", exact=True).wait_for()


def test_a_video_this_browser_cannot_play_gets_a_preview(stage, monkeypatch, tmp_path):
    monkeypatch.setattr(clip_slider.media, "playable", lambda info: True)
    odd = films.write(tmp_path / "odd.mp4", films.still(films.scene(), 2), codec="mpeg4")
    slider, _ = shown(stage, odd)
    assert slider._files["video"] != odd
    assert slider.problem == ""


def test_there_is_a_place_for_a_video_that_is_not_chosen_yet(stage):
    view = stage.show(ClipSlider())
    view.get_by_text("No video chosen yet").wait_for()
    assert stage.violations() == []


@pytest.mark.parametrize("width", [150, 200, 300])
def test_where_it_is_narrow_what_is_said_of_moments_is_read_whole_without_scrolling(stage, short, width):
    slider, view = shown(stage, short)
    stage.page.evaluate("(width) => { document.querySelector('main').style.width = `${width}px`; }", width)
    line = view.get_by_role("group", name="Suggested moments")
    for bands, searching, words in (
        (slider.bands, True, "Looking for good moments…"),
        (slider.bands, False, "No seconds stand out"),
        ({}, False, "Good moments were not looked for"),
    ):
        slider.suggestions, slider.bands, slider.searching = [], bands, not searching
        slider.searching = searching
        line.get_by_text(words).wait_for()
        assert line.evaluate(
            "(line) => [line.scrollWidth - line.clientWidth, line.scrollHeight - line.clientHeight]"
        ) == [0, 0]
        assert stage.violations() == []


@pytest.mark.parametrize("theme", ["stage", "dark_stage"])
def test_everybody_can_use_it(request, theme, short, long):
    stage = request.getfixturevalue(theme)
    for number, film in enumerate((short, long)):
        slider = ClipSlider(film)
        view = stage.show(slider, f"view{number}")
        slider.ready.result()
        view.locator(".sora-offer").first.wait_for()
        for node in view.get_by_role("slider").all():
            box = node.bounding_box()
            assert min(box["width"], box["height"]) >= 24
    assert stage.violations() == []
