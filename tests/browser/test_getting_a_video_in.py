"""Every way in which a video comes into the app: dropped, from the notebook's folder, from the web, the sample."""

from __future__ import annotations

import base64
import shutil

import large_films
import pytest
from faulty import Faulty, Held
from quick import QuickEngine
from serving import Shelf

from sora_nb import Studio


@pytest.fixture
def engine():
    made = QuickEngine()
    made.hold()
    return made


@pytest.fixture
def app(wire, engine, footage, tmp_path, monkeypatch):
    notebook = tmp_path / "work"
    (notebook / "films").mkdir(parents=True)
    shutil.copyfile(footage, notebook / "films" / "holiday.mp4")
    monkeypatch.chdir(notebook)
    with Studio("local", home=tmp_path / "home", engine=engine, progress=False) as studio:
        yield studio.app()
        engine.go_on()


def test_a_video_comes_in_by_drop_folder_address_and_sample_and_its_character_is_stopped(stage, app, footage, tmp_path):
    page = stage.page
    picker, slider, making = (
        stage.show(part, str(number)) for number, part in enumerate((app.picker, app.slider, app.making))
    )
    chosen = picker.get_by_role("group", name="Chosen video")

    # dropped: it is sent at once, and keeps its name
    dropped = page.evaluate_handle(
        """(content) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "IMG_4711.MOV"));
            return data;
        }""",
        base64.b64encode(footage.read_bytes()).decode(),
    )
    picker.get_by_role("tablist").dispatch_event("drop", {"dataTransfer": dropped})
    chosen.get_by_text("IMG_4711.MOV", exact=True).wait_for()
    slider.get_by_text("selected").wait_for()

    # from the notebook's folder, by keyboard; above it only after a question
    chosen.get_by_role("button", name="Change").press("Enter")
    picker.get_by_role("tab", name="Notebook folder").click()
    picker.get_by_role("button", name="Folder, films").press("Backspace")
    picker.get_by_role("group", name="Outside").get_by_text(
        "is outside of the notebook's folder. Look into it?"
    ).wait_for()
    assert stage.violations() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # "Stay here" gave the focus back to the folder
    picker.get_by_role("button", name="Video, holiday.mp4").wait_for()
    page.keyboard.press("Enter")
    chosen.get_by_text("holiday.mp4", exact=True).wait_for()

    # from the web: what has arrived, never the old film, and a way to stop it
    with Faulty(held := Held(footage.read_bytes(), 400_000)) as web:
        for ends in ("stopped", "there"):
            if ends == "stopped":
                chosen.get_by_role("button", name="Change").click()
            picker.get_by_role("tab", name="Web address").click()
            field = picker.get_by_role("textbox", name="Web address")
            field.fill(f"{web.url}/my%20dog.mp4")
            field.press("Enter")
            chosen.get_by_text("my dog.mp4", exact=True).wait_for()
            chosen.get_by_text(f"of {footage.stat().st_size / 1e6:.1f} MB, 3").wait_for()
            slider.get_by_text("Fetching the video").first.wait_for()
            assert not slider.get_by_text("selected").is_visible()
            assert stage.violations() == []
            if ends == "stopped":
                chosen.get_by_role("button", name="Cancel fetching").press("Enter")
                chosen.wait_for(state="hidden")
                slider.get_by_text("No video chosen yet").wait_for()
        held.go_on()
        slider.get_by_text("selected").wait_for()
    assert app.slider.video.name == "my dog.mp4"

    # the sample, with who made it
    chosen.get_by_role("button", name="Change").click()
    picker.get_by_role("tab", name="Upload a file").click()
    picker.get_by_role("button", name="Try the sample").click()
    chosen.get_by_text("Blender Foundation").wait_for()

    # what is being made of it says what it does, and is stopped
    making.get_by_role("button", name="Make a character").click()
    making.get_by_text("% · held").wait_for()
    assert stage.violations() == []
    making.get_by_role("button", name="Cancel Character from").press("Enter")
    making.get_by_text("cancelled", exact=True).wait_for()
    making.get_by_text("The local engine charges nothing.").first.wait_for()


def test_seconds_are_chosen_by_the_strip_of_a_film_that_is_on_its_way(stage, app, footage, tmp_path):
    film = large_films.write(footage, tmp_path / "large.mp4", 30, 12_000_000)
    with Shelf(film.read_bytes()) as shelf:
        shelf.large = 1_000_000
        slider = stage.show(app.slider)
        app.picker.value = shelf.url
        slider.get_by_text("selected").wait_for()
        slider.get_by_text("Fetching the video").first.wait_for()
        slider.get_by_role("slider", name="Whole selection").press("Shift+ArrowRight")
        assert app.slider.video is None
        assert stage.violations() == []
        shelf.go.set()
        slider.get_by_role("button", name="Play selection").and_(slider.locator(":enabled")).wait_for()
    assert (app.slider.video.name, app.slider.value[0]) == ("film.mp4", 1)
