import pytest

from sora_nb import media
from sora_nb.models import Clip, Status, Video
from sora_nb.widgets.video_grid import VideoGrid


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


def test_a_star_is_seen_in_both_views_and_in_python(stage, videos):
    grid = VideoGrid(videos)
    first, second = stage.show(grid, "first"), stage.show(grid, "second")
    first.get_by_role("button", name="Favourite: a rabbit").press("Enter")
    second.get_by_role("button", name="Favourite: a rabbit", pressed=True).wait_for()
    assert grid.favourite == 0
    grid.favourite = 1
    first.get_by_role("button", name="Favourite: <b>only</b>", pressed=True).wait_for()


def test_a_video_the_browser_cannot_play_says_so(stage, footage, tmp_path):
    odd = tmp_path / "odd.mp4"
    odd.write_bytes(footage.read_bytes()[:200_000])  # the index is there, most pictures are not
    view = stage.show(VideoGrid([Video(id="1", status=Status.COMPLETED, prompt="half", path=odd)]))
    view.get_by_text("half").first.wait_for()
    assert stage.violations() == []


def test_dark_and_narrow(dark_stage, videos):
    dark_stage.page.set_viewport_size({"width": 360, "height": 800})
    dark_stage.show(VideoGrid(videos))
    dark_stage.page.wait_for_function("() => document.querySelectorAll('video[src]').length === 2")
    assert dark_stage.violations() == []
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth") <= 360
