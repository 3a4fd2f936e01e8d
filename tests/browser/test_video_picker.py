import pytest

from sora_nb.models import Status, Video
from sora_nb.widgets.video_picker import VideoPicker


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
    field = view.get_by_role("textbox", name="Web address")
    field.fill("https://youtube.com/watch?v=1")
    view.get_by_text("That is a page of youtube.com, not a video file.").wait_for()
    field.fill("https://example.com/cat.mp4")
    view.get_by_text("That is a page").wait_for(state="hidden")
    field.press("Enter")
    view.get_by_role("group", name="Chosen video").get_by_text("cat.mp4").wait_for()
    assert picker.value == "https://example.com/cat.mp4"


def test_a_file_is_uploaded_slice_by_slice(stage, footage, tmp_path):
    picker = VideoPicker(uploads=tmp_path / "uploads")
    view = stage.show(picker)
    stage.page.locator("input[type=file]").set_input_files(footage)
    view.get_by_role("group", name="Chosen video").get_by_text("1280x720").wait_for()
    assert picker.value.read_bytes() == footage.read_bytes()
    assert picker.value.parent == tmp_path / "uploads"


def test_a_file_that_is_no_video_is_refused(stage, tmp_path):
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    view = stage.show(VideoPicker())
    stage.page.locator("input[type=file]").set_input_files(text)
    view.get_by_text("is not a video file this package opens").wait_for()
    assert stage.violations() == []


def test_dark_narrow_and_empty(dark_stage):
    dark_stage.page.set_viewport_size({"width": 360, "height": 800})
    view = dark_stage.show(VideoPicker())
    view.get_by_text("No videos yet.").wait_for()
    assert dark_stage.violations() == []
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth") <= 360
