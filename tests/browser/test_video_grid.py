import av
import numpy as np
import pytest

from sora_nb import media
from sora_nb.models import Clip, Status, Video
from sora_nb.notebook.widgets.video_grid import VideoGrid


@pytest.fixture
def videos(footage, tmp_path):
    short = tmp_path / "short.mp4"
    media.cut(footage, Clip(1, 2.5), short)
    made = Video(
        id="1", status=Status.COMPLETED, prompt="a rabbit leaves his cave", path=footage, model="sora-2", charged=0
    )
    cut = made.model_copy(update={"id": "2", "path": short, "prompt": "<b>only</b> the middle of it"})
    return [made, cut, Video(id="3", status=Status.IN_PROGRESS, prompt="a fox", progress=40)]


def times(stage):
    return stage.page.evaluate("() => [...document.querySelectorAll('video[src]')].map((one) => one.currentTime)")


def test_players_play_pause_and_seek_together(stage, videos):
    grid = VideoGrid(videos)
    view = stage.show(grid)
    play = view.get_by_role("button", name="Play")
    stage.page.wait_for_function("() => document.querySelectorAll('video[src]').length === 2")
    play.click()
    stage.page.wait_for_function(
        "() => [...document.querySelectorAll('video[src]')].every((one) => one.currentTime > 0.5)"
    )
    view.get_by_role("button", name="Pause").click()
    first, second = times(stage)
    assert abs(first - second) < 0.2
    group = view.get_by_role("group", name="Videos.")
    group.press("End")
    stage.page.wait_for_function("() => document.querySelector('video').currentTime > 5")
    assert 1.3 < times(stage)[1] < 1.6  # the shorter one holds its last picture
    group.press("Home")
    group.press(".")
    stage.page.wait_for_function(
        "() => { const t = document.querySelector('video').currentTime; return t > 0.02 && t < 0.06 }"
    )
    group.press("Space")
    view.get_by_role("button", name="Pause").wait_for()
    assert stage.violations() == []


def test_a_video_that_is_shown_no_longer_is_fetched_no_further(stage, videos):
    grid = VideoGrid(videos[:2])
    stage.show(grid)
    gone = stage.page.wait_for_function(
        "() => { const all = document.querySelectorAll('video[src]'); return all.length === 2 && all[1]; }"
    )
    grid.show(videos[:1])
    stage.page.wait_for_function(
        "(video) => !video.isConnected && video.networkState === HTMLMediaElement.NETWORK_EMPTY", arg=gone
    )


def test_a_star_is_seen_in_both_views_and_in_python(stage, videos):
    grid = VideoGrid(videos)
    first, second = stage.show(grid, "first"), stage.show(grid, "second")
    first.get_by_role("button", name="Favourite: video 1").press("Enter")
    second.get_by_role("button", name="Favourite: video 1", pressed=True).wait_for()
    assert grid.favourite == 0
    grid.favourite = 1
    first.get_by_role("button", name="Favourite: video 2", pressed=True).wait_for()


def test_keys_work_on_the_bar_too_and_do_not_leave_the_widget(stage, videos):
    view = stage.show(VideoGrid(videos[:1]))
    stage.page.evaluate(
        "() => { window.left = []; document.addEventListener('keydown', (event) => window.left.push(event.key)); }"
    )
    position = view.get_by_role("slider", name="Position")
    stage.page.wait_for_function("() => document.querySelector('input[type=range]').max > 5")
    position.press("ArrowRight")
    view.get_by_text("1.0 s of 5.3 s").wait_for()
    for key in ("d", "b", "Space"):
        position.press(key)
    view.get_by_role("button", name="Pause").wait_for()
    assert stage.page.evaluate("() => window.left") == []
    assert view.get_by_role("combobox", name="Sound").evaluate("(one) => one.selectedOptions[0].text") == "on"


def test_scrolled_out_of_view_it_pauses(stage, videos):
    view = stage.show(VideoGrid(videos))
    stage.page.wait_for_function("() => document.querySelectorAll('video[src]').length === 2")
    view.get_by_role("button", name="Play").click()
    view.get_by_role("button", name="Pause").wait_for()
    stage.page.evaluate("() => { document.body.style.paddingTop = '3000px'; }")
    stage.page.wait_for_function("() => [...document.querySelectorAll('video')].every((one) => one.paused)")


def test_it_plays_on_from_the_start_in_a_loop(stage, videos):
    view = stage.show(VideoGrid(videos[1:2]))
    view.get_by_role("button", name="Loop").click()
    view.get_by_role("button", name="Play").click()
    stage.page.wait_for_function("() => document.querySelector('video').currentTime > 1.2")
    stage.page.wait_for_function("() => document.querySelector('video').currentTime < 0.8")
    assert view.get_by_role("button", name="Pause").is_visible()


def test_a_video_no_browser_plays_is_shown_as_a_preview(stage, tmp_path):
    odd = tmp_path / "odd.avi"
    with av.open(str(odd), "w") as target:
        stream = target.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(20):
            target.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        target.mux(stream.encode())
    view = stage.show(
        VideoGrid([Video(id="1", status=Status.COMPLETED, prompt="an old one", path=odd, model="sora-2")])
    )
    view.get_by_text("sora-2 · shown as a preview").wait_for()
    view.get_by_text("0.0 s of 2.0 s").wait_for()
    view.get_by_role("button", name="Play").click()
    stage.page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    assert stage.violations() == []


def test_a_file_this_browser_does_not_play_after_all_is_shown_as_a_preview(stage, videos):
    view = stage.show(VideoGrid(videos[1:2]))
    view.get_by_text("0.0 s of 1.5 s").wait_for()
    stage.page.evaluate("() => document.querySelector('video').dispatchEvent(new Event('error'))")
    view.get_by_text("shown as a preview").wait_for()
    view.get_by_text("0.0 s of 1.5 s").wait_for()
    assert view.get_by_role("button", name="Play").is_enabled()


def test_dark_and_narrow(dark_stage, videos):
    dark_stage.page.set_viewport_size({"width": 360, "height": 800})
    dark_stage.show(VideoGrid(videos))
    dark_stage.page.wait_for_function("() => document.querySelectorAll('video[src]').length === 2")
    assert dark_stage.violations() == []
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth") <= 360


# --- a matrix -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def matrix(videos):
    refused = Video(id="4", status=Status.FAILED, prompt="a fox", error=f"refused. {'Two characters at most. ' * 12}")
    rows = ["a rabbit leaves his cave", "a fox"]
    return VideoGrid([*videos, refused], rows=rows, columns=["local/animatic", "north/a-model-of-a-long-name"])


def ready(stage):
    stage.page.wait_for_function("() => document.querySelectorAll('video[src]').length === 2")


def test_a_matrix_is_a_table_that_plays_together(stage, matrix):
    view = stage.show(matrix)
    ready(stage)
    assert view.get_by_role("columnheader").all_inner_texts() == ["local/animatic", "north/a-model-of-a-long-name"]
    assert view.get_by_role("rowheader").all_inner_texts() == ["a rabbit leaves his cave", "a fox"]
    left = [view.get_by_role("cell").nth(place).bounding_box()["x"] for place in (1, 3)]
    assert left[0] == left[1]  # one model is one column
    group = view.get_by_role("group", name="Videos.")
    group.focus()
    group.press("Space")
    view.get_by_role("button", name="Pause").wait_for()
    assert stage.violations() == []


@pytest.mark.parametrize("width", [360, 600, 1000])
def test_a_matrix_fits_and_says_all_of_why_a_video_is_not_there(dark_stage, matrix, width):
    dark_stage.page.set_viewport_size({"width": width, "height": 800})
    view = dark_stage.show(matrix)
    ready(dark_stage)
    assert dark_stage.violations() == []
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth") <= width
    screen, note = (
        view.locator(where).nth(1).bounding_box() for where in (".sora-grid-empty", ".sora-grid-empty .sora-grid-note")
    )
    assert note["y"] >= screen["y"]
    assert note["y"] + note["height"] <= screen["y"] + screen["height"]
    headings = view.locator(".sora-grid-above").filter(visible=True)
    assert headings.count() == (4 if width == 360 else 0)  # one under the other, each says which it is


def test_a_row_keeps_its_heading_in_view(stage, videos):
    stage.page.set_viewport_size({"width": 600, "height": 700})
    view = stage.show(VideoGrid(videos * 2, rows=["a fox"], columns=[f"north/{number}" for number in range(6)]))
    view.get_by_role("columnheader", name="north/5").scroll_into_view_if_needed()
    box = view.get_by_role("rowheader", name="a fox").bounding_box()
    assert 0 <= box["x"] < 40
    assert stage.page.evaluate("() => document.documentElement.scrollWidth") <= 600
