"""Past films in a real Chromium: they play under the pointer and by the keyboard, and are picked, saved and found."""

import pytest
from playwright.sync_api import expect
from quick import QuickEngine

from sora_nb import Studio
from sora_nb.notebook.films import Films


@pytest.fixture
def films(wire, footage, tmp_path):
    with Studio("local", home=tmp_path / "home", progress=False, engine=QuickEngine()) as studio:
        hero = studio.extract(footage, 1, 3, name="hero")
        studio.generate("a fox in the snow", size="160x96", seconds=4, seed=3)
        studio.generate(f"{hero} dances on a very long beach at sunset", size="96x160", seconds=4)
        made = Films(studio._session, lambda *_: None, lambda _: True)
        made.ready.result()
        yield made
        made.ready.result()


def playing(stage, place):
    stage.page.wait_for_function(
        "(place) => { const video = document.querySelectorAll('.sora-film-video')[place];"
        " return !video.paused && video.muted && video.currentTime > 0; }",
        arg=place,
    )


@pytest.mark.parametrize("width", [240, 900])
def test_films_are_watched_picked_saved_and_found(dark_stage, films, width):
    stage = dark_stage
    stage.page.set_viewport_size({"width": width, "height": 900})
    view = stage.show(films.cards)
    cards = view.get_by_role("listitem")
    expect(cards).to_have_count(2)
    expect(view.get_by_alt_text("@hero")).to_be_visible()
    assert stage.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert stage.violations() == []

    screens = view.get_by_role("button", name="Play:")
    screens.nth(1).hover()
    playing(stage, 1)
    stage.page.mouse.move(1, 1)
    stage.page.wait_for_function("() => [...document.querySelectorAll('.sora-film-video')].every((one) => one.paused)")
    screens.nth(0).focus()
    stage.page.keyboard.press("Enter")
    playing(stage, 0)
    stage.page.keyboard.press("ArrowDown")
    expect(screens.nth(1)).to_be_focused()

    with stage.page.expect_download() as saved:
        cards.nth(1).get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "a-fox-in-the-snow-3.mp4"
    for box in view.get_by_role("checkbox", name="Compare:").all():
        box.check()
    view.get_by_role("button", name="Compare 2").click()
    stage.page.wait_for_timeout(100)
    films.ready.result()
    assert len(films.grid.videos) == 2

    cards.nth(0).get_by_role("button", name="Delete").click()
    expect(view.get_by_role("button", name="Undo")).to_be_focused()
    assert stage.violations() == []
    stage.page.keyboard.press("Enter")
    expect(screens).to_have_count(2)
    view.get_by_role("combobox", name="Character").select_option("@hero")
    expect(cards).to_have_count(1)
