"""Widgets over a library of years in a browser: a page of cards, and whoever is searched for or typed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from library import MANY, library

from sora_nb import CharacterGallery, PromptBox, VideoPicker
from sora_nb.notebook.widgets._search import PAGE

SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A studio with a large library."""
    made = library(tmp_path_factory.mktemp("home"), *MANY)
    yield made
    made.close()


def keep(stage, name):
    if SCREENSHOTS:
        stage.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")


def test_a_gallery_of_thousands_has_a_page_of_cards_and_finds_the_oldest(stage, studio):
    gallery = CharacterGallery(studio.characters())
    view = stage.show(gallery)
    view.get_by_text(f"{PAGE} newest characters").wait_for()
    assert view.get_by_role("checkbox").count() == PAGE
    keep(stage, "gallery")
    view.get_by_role("checkbox", name="@u4999", exact=True).press("Space")
    view.get_by_label("Search characters").fill("u77")
    view.get_by_text("11 found").wait_for()  # u77 and u770 to u779
    keep(stage, "gallery-searched")
    view.get_by_role("checkbox", name="@u77", exact=True).press("Space")
    view.get_by_text("11 found, 2 chosen").wait_for()
    assert [who.username for who in gallery.value] == ["u4999", "u77"]
    view.get_by_label("Search characters").fill("u")
    view.get_by_text(re.compile(r"\d{3}\+ found")).wait_for()  # those of the last search are still there
    assert stage.violations() == []


def test_a_name_among_thousands_is_completed(stage, studio):
    box = PromptBox(studio.characters())
    view = stage.show(box)
    text = view.get_by_label("Prompt")
    text.press_sequentially("@u12")
    offers = view.get_by_role("option")
    offers.filter(has_text="@u1203").wait_for()
    assert offers.count() == 6
    keep(stage, "completion")
    assert stage.violations() == []
    text.press("Enter")
    text.press_sequentially("meets @u499 and @u49999 ")
    view.get_by_text("There is no character @u49999 here.").wait_for()
    view.locator("mark.sora-known", has_text="@u499").wait_for()
    assert box.known == ["u12", "u499"]


def test_a_film_among_thousands_is_found_and_chosen(stage, studio):
    picker = VideoPicker(studio.videos())
    view = stage.show(picker)
    view.get_by_text(f"{PAGE} newest videos").wait_for()
    view.get_by_role("searchbox").fill("CORGI 19998")
    view.get_by_text("1 found").wait_for()
    keep(stage, "picker-searched")
    view.get_by_role("radio", name="a corgi 19998").click()
    view.get_by_role("group", name="Chosen video").get_by_text("a corgi 19998").wait_for()
    assert picker.value.id == "video_19998"
    assert stage.violations() == []
