"""The whole app in a real JupyterLab and Notebook 7, as a person goes through it: from a video to its character's film.

With SORA_NB_SCREENSHOTS set to a folder, pictures of every step are kept there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
SEED = """
from sora_nb import Studio, profiles
local = profiles.get("local")
quick = local.video.model_copy(update={"size": "640x360", "seconds": 4})
studio = Studio(local.model_copy(update={"video": quick}), progress=False, home="HOME")
studio.generate("a corgi runs through a park, seed 1", seed=1)
"""
# how many colours a picture has, on a canvas of 24 x 24: an empty box has one
COLOURS = """async (picture) => {
  await picture.decode?.();
  const canvas = new OffscreenCanvas(24, 24), context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, 24, 24);
  return new Set(new Uint32Array(context.getImageData(0, 0, 24, 24).data.buffer)).size;
}"""
PLAYABLE = "(videos) => videos.length > 0 && videos.every((video) => video.readyState >= 2 && !video.error)"


class Person:
    """Somebody who uses the app that a cell shows."""

    def __init__(self, notebook, index, step):
        self.notebook = notebook
        self.page = notebook.page
        self.index = index
        self.app = notebook.output(index)
        self.shot = step

    def choose(self, words):
        self.app.get_by_role("radio", name=re.compile(words)).click()
        self.app.get_by_role("button", name="Make a character", disabled=False).wait_for()
        self.app.get_by_role("slider", name="End").wait_for()

    def handle(self, name):
        return self.app.get_by_role("slider", name=name, exact=True)

    def drag(self, name, seconds):
        """Pull a handle along by seconds."""
        handle, strip = self.handle(name), self.app.locator(".sora-near")
        handle.scroll_into_view_if_needed()
        at = handle.bounding_box()
        x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + seconds * strip.bounding_box()["width"] / 4, y, steps=10)
        self.page.mouse.up()

    def selected(self):
        """Start and end, as a screen reader has them."""
        return [float(self.handle(name).get_attribute("aria-valuenow")) for name in ("Start", "End")]

    def wait_for_players(self, count):
        players = self.app.locator(".sora-grid-players video")
        players.nth(count - 1).wait_for()
        self.until(players, PLAYABLE)
        return players

    def until(self, found, test, seconds=60):
        """Wait until a test in JavaScript is true of the elements found."""
        for _ in range(seconds * 10):
            if found.evaluate_all(test):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not true after {seconds} s: {test}")

    def plays(self):
        """Press Play, and tell how far the last player has come after a second."""
        players = self.app.locator(".sora-grid-players video")
        self.app.get_by_role("group", name="Playback").get_by_role("button", name="Play").click()
        self.page.wait_for_timeout(1000)
        self.app.get_by_role("group", name="Playback").get_by_role("button", name="Pause").click()
        return players.last.evaluate("(video) => video.currentTime")


def test_from_a_video_to_the_film_of_its_character(notebook, tmp_path):
    def shot(step):
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            notebook.page.screenshot(path=Path(SCREENSHOTS) / f"{notebook.file.stem}-{step}.png")

    notebook.page.set_viewport_size({"width": 1400, "height": 1500})
    notebook.run(SEED.replace("HOME", str(tmp_path)))
    index = notebook.run("app = studio.app()\napp")
    me = Person(notebook, index, shot)
    shot("1-empty")

    me.choose("corgi")
    before = me.selected()
    shot("2-chosen")
    me.drag("End", -1)
    assert before[1] - 1.15 < me.selected()[1] < before[1] - 0.85
    place = None
    me.handle("Start").focus()
    place = notebook.place
    for _ in range(3):
        notebook.page.keyboard.press("ArrowRight")
    notebook.page.keyboard.press("d")
    notebook.page.keyboard.press("d")
    assert notebook.place == place
    assert abs(me.selected()[0] - before[0] - 0.3) < 0.06
    shot("3-trimmed")
    assert notebook.say("[round(one, 3) for one in app.slider.value]") == str(me.selected())

    me.app.get_by_role("button", name="Make a character").click()
    face = me.app.get_by_role("checkbox", name=re.compile("^@"), checked=True)
    face.wait_for(timeout=60_000)
    assert face.locator("img").evaluate(COLOURS) > 50
    name = face.get_attribute("aria-label").split(",")[0]
    shot("4-character")

    text = me.app.get_by_role("textbox", name="Prompt")
    text.press("Control+a")
    text.press("Delete")
    text.press_sequentially(name[:3])
    me.app.get_by_role("listbox", name="Characters").get_by_role("option", name=name).wait_for()
    shot("5-completion")
    text.press("Enter")
    text.press_sequentially("walks on the beach")
    assert text.input_value() == f"{name} walks on the beach"
    text.press("Control+Enter")
    me.app.get_by_role("progressbar", name=re.compile("walks on the beach")).wait_for()
    shot("6-progress")
    players = me.wait_for_players(2)
    shot("7-result")
    assert me.plays() > 0.5
    assert players.last.evaluate(COLOURS) > 50
    assert me.app.get_by_text("Nothing charged, list price $0.31").is_visible()

    notebook.save()
    notebook.reload()
    again = Person(notebook, index, shot)
    again.wait_for_players(2)
    assert again.plays() > 0.5
    assert face.locator("img").evaluate(COLOURS) > 50
    assert again.selected() == me.selected()
    shot("8-reloaded")

    other = Person(notebook, notebook.run("other = studio.app(); other"), shot)
    other.choose("walks on the beach")
    other.drag("End", -1)
    assert other.selected() != again.selected()
    assert again.selected() == me.selected()
    assert other.app.get_by_role("checkbox", name=name).is_visible()
    shot("9-two")
    assert not notebook.say(
        "[one.problem for one in (app.picker, app.slider, app.making, app.gallery, app.prompt) if one.problem]"
    ).strip("[]")
    notebook.run("studio.close()")
