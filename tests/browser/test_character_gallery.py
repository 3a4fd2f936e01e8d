"""The gallery in a browser: choosing, names, deleting with undo, copying, hostile texts, many cards."""

import pytest
from cast import character, crowd, hostile

from sora_nb.notebook.widgets.character_gallery import CharacterGallery, _key

CAST = [
    character("luna.moon"),
    character("mossy", raw={"warnings": ["The clip is a little blurred."]}),
    character("rex"),
]


@pytest.fixture
def gallery():
    return CharacterGallery(CAST)


def test_choosing_by_mouse_and_keys_in_two_views(stage, gallery):
    first, second = stage.show(gallery, "first"), stage.show(gallery, "second")
    faces = first.get_by_role("checkbox")
    picture = faces.first.locator("img").element_handle()
    stage.page.wait_for_function("(picture) => picture.complete && picture.naturalWidth > 50", arg=picture)
    first.get_by_text("1-3 s of holiday.mp4").first.click()
    faces.first.press("ArrowRight")
    stage.page.keyboard.press("Space")
    second.get_by_role("checkbox", checked=True).nth(1).wait_for()
    assert gallery.value == (CAST[0], CAST[1])
    stage.page.keyboard.press("Enter")
    second.get_by_role("checkbox", checked=False).nth(1).wait_for()
    assert gallery.value == (CAST[0],)
    gallery.value = (CAST[2],)
    first.get_by_role("checkbox", name="@rex", checked=True).wait_for()
    assert stage.violations() == []


def test_a_card_is_left_by_tab_through_what_it_offers(stage, gallery):
    view = stage.show(gallery)
    view.get_by_role("checkbox").first.focus()
    stops = []
    for _ in range(4):
        stage.page.keyboard.press("Tab")
        stops.append(stage.page.evaluate("() => document.activeElement.ariaLabel"))
    assert stops == ["Copy @luna.moon", "Rename @luna.moon", "Delete @luna.moon", None]


def test_renaming_and_deleting_with_undo(stage, gallery):
    heard = []
    gallery.on_rename(lambda _, who, name: heard.append((who.username, name)))
    gallery.on_delete(lambda _, who: heard.append(("deleted", who.username)))
    gallery.on_restore(lambda _, who: heard.append(("restored", who.username)))
    view = stage.show(gallery)
    view.get_by_label("Rename @rex").click()
    stage.page.keyboard.type("T. rex")
    stage.page.keyboard.press("Enter")
    view.get_by_role("checkbox", name="@rex, T. rex").wait_for()
    view.get_by_label("Delete @mossy").press("Enter")
    view.get_by_text("Deleted @mossy").wait_for()
    stage.page.keyboard.press("Enter")
    view.get_by_text("The clip is a little blurred.").wait_for()
    assert heard == [("rex", "T. rex"), ("deleted", "mossy"), ("restored", "mossy")]


def test_copying_says_so(stage, gallery):
    view = stage.show(gallery)
    view.get_by_label("Copy @luna.moon").click()
    view.get_by_text("@luna.moon copied").wait_for()


def test_hostile_texts_do_nothing(stage):
    view = stage.show(CharacterGallery(hostile()))
    view.get_by_role("checkbox").nth(4).wait_for()
    assert view.get_by_role("checkbox").count() == 5
    assert view.get_by_text("<script>").first.is_visible()
    assert view.get_by_role("link").count() == 0
    assert stage.page.evaluate("() => window.hacked") is None
    assert stage.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert stage.violations() == []


def test_many_are_searched(stage):
    gallery = CharacterGallery(crowd(200))
    view = stage.show(gallery)
    view.get_by_role("searchbox").fill("mossy19")
    view.get_by_text("11 of 200 characters").wait_for()
    view.get_by_label("@mossy199").first.click()
    view.get_by_text("11 of 200 characters, 1 chosen").wait_for()
    assert [one.username for one in gallery.value] == ["mossy199"]


def test_in_the_app_cards_scroll_under_the_focus_and_to_the_chosen(stage):
    stage.page.set_viewport_size({"width": 500, "height": 1000})
    gallery = CharacterGallery(crowd(8))
    view = stage.show(gallery)
    cast, faces = view.get_by_role("group", name="Characters"), view.get_by_role("checkbox")
    assert cast.bounding_box()["height"] > 800
    stage.page.evaluate("document.querySelector('main').classList.add('sora-app')")
    frame = cast.bounding_box()
    assert frame["height"] <= 320

    def wholly_seen(face):
        card = face.locator("..").bounding_box()
        return frame["y"] <= card["y"] and card["y"] + card["height"] <= frame["y"] + frame["height"] + 1

    assert wholly_seen(faces.first)
    assert not wholly_seen(faces.last)
    faces.first.press("End")
    assert wholly_seen(faces.last)
    faces.last.press("ArrowUp")
    assert wholly_seen(faces.nth(6))
    assert stage.violations() == []
    gallery.value = gallery.characters[:1]
    view.get_by_role("checkbox", checked=True).wait_for()
    assert wholly_seen(faces.first)


def test_dark_narrow_empty_and_single(dark_stage):
    dark_stage.page.set_viewport_size({"width": 360, "height": 700})
    gallery = CharacterGallery(CAST[:2], multiple=False)
    view = dark_stage.show(gallery)
    view.get_by_role("radio", name="@mossy").click()
    gallery._on_delete({"key": _key(CAST[0])}, [])
    view.get_by_role("button", name="Undo").wait_for()
    empty = dark_stage.show(CharacterGallery(), "empty")
    assert empty.get_by_text("No characters yet").is_visible()
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert dark_stage.violations() == []
