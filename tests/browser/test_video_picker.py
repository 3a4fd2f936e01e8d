import pytest

from sora_nb.models import Status, Video
from sora_nb.notebook.widgets.video_picker import VideoPicker


@pytest.fixture
def videos(footage):
    made = Video(
        id="1",
        status=Status.COMPLETED,
        prompt="a rabbit leaves his cave",
        path=footage,
        model="sora-2",
        charged=0,
        seconds=5,
    )
    prompts = ["a fox in the forest", "a corgi barista", "a cat on stage", "a robot in space", "<b>a dog</b>"]
    return [
        made,
        *(made.model_copy(update={"id": str(number + 2), "prompt": prompt}) for number, prompt in enumerate(prompts)),
    ]


def test_a_past_video_is_found_and_chosen_by_keyboard(stage, videos):
    picker = VideoPicker(videos)
    view = stage.show(picker)
    view.get_by_role("searchbox").fill("corgi")
    view.get_by_role("radio", name="a corgi barista").press("Enter")
    view.get_by_role("group", name="Chosen video").get_by_text("a corgi barista").wait_for()
    assert picker.value == videos[2]
    view.get_by_role("button", name="Change").click()
    view.get_by_role("searchbox").fill("")
    view.get_by_role("radio", name="a corgi").press("ArrowRight")
    assert stage.page.evaluate("() => document.activeElement.textContent").startswith("a cat")
    assert stage.violations() == []


def test_an_address_is_checked_while_it_is_typed(stage):
    picker = VideoPicker()
    view = stage.show(picker)
    view.get_by_role("tab", name="Web address").click()
    field = view.get_by_role("textbox", name="Web address")
    field.fill("https://youtube.com/watch?v=1")
    view.get_by_text("That is a page of youtube.com, not a video file.").wait_for()
    field.fill("https://example.com/cat.mp4")
    view.get_by_text("That is a page").wait_for(state="hidden")
    field.press("Enter")
    view.get_by_role("group", name="Chosen video").get_by_text("cat.mp4", exact=True).wait_for()
    assert picker.value == "https://example.com/cat.mp4"


@pytest.fixture
def large(footage, tmp_path):
    """A video of 34 MB: behind the real one come 33 MB that a reader skips."""
    file = tmp_path / "my dog.mp4"
    size = 33_000_000
    file.write_bytes(footage.read_bytes() + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return file


def test_a_large_file_is_uploaded_as_soon_as_it_is_chosen(stage, large, tmp_path):
    picker = VideoPicker(uploads=tmp_path / "uploads")
    view = stage.show(picker)
    stage.page.locator("input[type=file]").set_input_files(large)
    view.get_by_text("34.1 MB · 5.3 s", exact=True).wait_for()
    view.get_by_role("group", name="Chosen video").get_by_text("1280x720 · 5.3 s · 34.1 MB").wait_for()
    assert picker.value.read_bytes() == large.read_bytes()
    assert [file for file in (tmp_path / "uploads").rglob("*") if file.is_file()] == [picker.value]
    assert picker.value.name == "my dog.mp4"
    assert stage.violations() == []


def test_an_upload_is_cancelled(stage, large, tmp_path):
    picker = VideoPicker(uploads=tmp_path / "uploads")
    view = stage.show(picker)
    stage.page.locator("input[type=file]").set_input_files(large)
    view.get_by_role("progressbar", name="Uploaded").wait_for()
    assert stage.violations() == []
    view.get_by_role("button", name="Cancel").click()
    view.get_by_role("button", name="Choose a file").wait_for()
    stage.page.wait_for_timeout(300)
    assert picker.value is None
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_dropped_file_that_is_no_video_is_refused(stage):
    view = stage.show(VideoPicker())
    dropped = stage.page.evaluate_handle(
        """() => { const data = new DataTransfer(); data.items.add(new File(["not a video"], "notes.mp4")); return data; }"""
    )
    view.get_by_role("tablist").dispatch_event("drop", {"dataTransfer": dropped})
    view.get_by_text("is not a video file this package opens").wait_for()
    assert stage.violations() == []


def test_two_views_agree_and_a_choice_made_in_python_is_shown(stage, videos, footage):
    picker = VideoPicker(videos)
    first, second = stage.show(picker, "first"), stage.show(picker, "second")
    first.get_by_role("radio", name="a robot in space").click()
    second.get_by_role("group", name="Chosen video").get_by_text("a robot in space").wait_for()
    picker.value = footage
    first.get_by_role("group", name="Chosen video").get_by_text(footage.name).wait_for()
    assert stage.page.evaluate("() => document.activeElement.textContent") == "Change"


def test_of_two_hundred_cards_only_those_in_sight_get_their_posters(stage, wire, videos):
    picker = VideoPicker([videos[0].model_copy(update={"id": str(number)}) for number in range(200)])
    view = stage.show(picker)
    view.get_by_text("200 videos").wait_for()
    stage.page.wait_for_function("() => document.querySelectorAll('.sora-picker-card img[src]').length >= 8")
    assert 8 <= sum(content["kind"] == "poster" for content, _ in wire.customs(picker)) < 60


def test_dark_narrow_and_empty(dark_stage):
    dark_stage.page.set_viewport_size({"width": 360, "height": 800})
    view = dark_stage.show(VideoPicker())
    for tab in ("Past videos", "Upload a file", "Notebook folder", "Web address"):
        view.get_by_role("tab", name=tab).click()
        assert dark_stage.violations() == []
    view.get_by_role("tab", name="Web address").press("ArrowRight")
    view.get_by_text("No past videos yet.").wait_for()
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth") <= 360
