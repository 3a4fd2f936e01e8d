"""The whole app in a real JupyterLab and Notebook 7, as a person goes through it: from a video to its character's film.

With SORA_NB_SCREENSHOTS set to a folder, pictures of every step are kept there.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

import pedestrians
import pytest
from conftest import FOOTAGE
from playwright.sync_api import expect
from stage import JS

from sora_nb.engines.subjects import LETTERS

SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
LENGTH = 4
SEED = f"""
from sora_nb import Studio
from sora_nb.providers import registry
local = registry.get("local")
quick = local.video.model_copy(update={{"size": "640x360", "seconds": {LENGTH}}})
studio = Studio(local.model_copy(update={{"video": quick}}), progress=False, home="HOME")
studio.generate("a corgi runs through a park", seed=1)
"""
LOADED = "(picture) => (picture.complete ?? true) && (picture.naturalWidth ?? picture.videoWidth) > 0"
COLOURS = """(picture) => {
  const canvas = new OffscreenCanvas(24, 24), context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, 24, 24);
  return new Set(new Uint32Array(context.getImageData(0, 0, 24, 24).data.buffer)).size;
}"""
PLAYABLE = "(videos) => videos.length > 0 && videos.every((video) => video.readyState >= 2 && !video.error)"


def colours(picture):
    """Return how many colours a picture or video shows, on a canvas of 24 x 24: an empty box has one."""
    # not by its decode(), which never ends for a picture that is not loaded
    picture.page.wait_for_function(LOADED, arg=picture.element_handle())
    return picture.evaluate(COLOURS)


class Person:
    """Somebody who uses the app that a cell shows."""

    def __init__(self, notebook, index):
        self.notebook = notebook
        self.page = notebook.page
        self.app = notebook.output(index)

    def keep(self, step):
        """Keep a picture of the page."""
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(SCREENSHOTS) / f"{self.notebook.file.stem}-{step}.png")

    def choose(self, words):
        """Choose a past video, and wait until it is on the slider."""
        self.app.get_by_role("radio", name=re.compile(words)).click()
        self.app.get_by_role("button", name="Make a character", disabled=False).wait_for()
        self.handle("End").wait_for()

    def handle(self, name):
        return self.app.get_by_role("slider", name=name, exact=True)

    def selected(self):
        """Start and end, as a screen reader has them."""
        return [float(self.handle(name).get_attribute("aria-valuenow")) for name in ("Start", "End")]

    def drag(self, name, seconds):
        """Pull a handle along by seconds, with the mouse."""
        handle, strip = self.handle(name), self.app.locator(".sora-near")
        handle.scroll_into_view_if_needed()
        at = handle.bounding_box()
        x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + seconds * strip.bounding_box()["width"] / LENGTH, y, steps=10)
        self.page.mouse.up()

    def type_on(self, node, *keys):
        """Type keys on an element; the notebook takes no notice."""
        node.focus()
        before = self.notebook.place
        for key in keys:
            self.page.keyboard.press(key)
        assert self.notebook.place == before

    def tab_to(self, node):
        """Press Tab until something has the focus."""
        for _ in range(40):
            if node.evaluate("(node) => node.contains(node.getRootNode().activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {node}")

    def make_a_character(self):
        """Press the button, wait for the avatar, and return the character's name."""
        self.app.get_by_role("button", name="Make a character").click()
        face = self.app.get_by_role("checkbox", name=re.compile("^@"), checked=True)
        face.wait_for()
        assert colours(face.locator("img")) > 50
        return face.get_attribute("aria-label").split(",")[0]

    def ask_for_a_film(self, name, words):
        """Write a prompt, the name by completion, and send it off with the keyboard."""
        text = self.app.get_by_role("textbox", name="Prompt")
        text.press("Control+a")
        text.press("Delete")
        text.press_sequentially(name[:3])
        self.app.get_by_role("listbox", name="Characters").get_by_role("option", name=name).wait_for()
        self.keep("5-completion")
        text.press("Enter")
        text.press_sequentially(words)
        assert text.input_value() == f"{name} {words}"
        text.press("Control+Enter")
        self.app.get_by_role("progressbar", name=words).wait_for()
        self.keep("6-progress")

    def watch(self, count):
        """Wait for videos side by side, let them play for a second, and see that they moved and show something."""
        players = self.app.locator(".sora-grid-players video")
        players.nth(count - 1).wait_for()
        for _ in range(600):
            if players.evaluate_all(PLAYABLE):
                break
            self.page.wait_for_timeout(100)
        playback = self.app.get_by_role("group", name="Playback")
        if not playback.get_by_role("button", name="Pause").is_visible():  # a new film plays by itself
            playback.get_by_role("button", name="Play").click()
        self.page.wait_for_timeout(1000)
        playback.get_by_role("button", name="Pause").click()
        for player in players.all():
            assert player.evaluate("(video) => video.currentTime") > 0.5
            assert colours(player) > 50

    def sees_the_result_beside_the_slider(self):
        """From the top of the app's cell, the prompt and the players are in sight at once."""
        self.app.evaluate("(node) => node.closest('.jp-Cell').scrollIntoView()")
        self.keep("8-from-the-top")
        slider, grid = (
            self.app.locator(f".sora-{name}").first.bounding_box() for name in ("clip-slider", "video-grid")
        )
        assert grid["x"] > slider["x"] + slider["width"]
        expect(self.app.get_by_role("textbox", name="Prompt")).to_be_in_viewport(ratio=1)
        for player in self.app.locator(".sora-grid-players video").all():
            expect(player).to_be_in_viewport(ratio=1)
        expect(self.app.get_by_role("group", name="Playback")).to_be_in_viewport(ratio=1)


def test_from_a_video_to_the_film_of_its_character(notebook, tmp_path):
    notebook.page.set_viewport_size({"width": 1400, "height": 1500})
    notebook.run(SEED.replace("HOME", str(tmp_path)))
    index = notebook.run("app = studio.app()\napp")
    me = Person(notebook, index)
    me.keep("1-empty")

    me.choose("corgi")
    me.keep("2-chosen")
    start, end = me.selected()
    me.drag("End", -1)
    assert me.selected() == [start, pytest.approx(end - 1, abs=0.15)]
    me.type_on(me.handle("Start"), *["ArrowRight"] * 3, "d", "d", "l", "k")
    trimmed = me.selected()
    assert trimmed[0] == pytest.approx(start + 0.3)
    notebook.until("[round(one, 3) for one in app.slider.value]", str(trimmed))
    expect(me.app.get_by_text("Loading the video…")).to_be_hidden()
    me.keep("3-trimmed")

    name = me.make_a_character()
    me.keep("4-character")
    me.ask_for_a_film(name, "walks on the beach")
    me.watch(2)
    me.app.get_by_role("status").filter(has_text="would have cost $0.31 at list price").wait_for()
    me.keep("7-result")
    notebook.page.set_viewport_size({"width": 1500, "height": 1100})
    me.sees_the_result_beside_the_slider()

    notebook.save()
    notebook.reload()
    again = Person(notebook, index)
    again.watch(2)
    again.app.get_by_role("checkbox", name=name).scroll_into_view_if_needed()  # faces come once they are in sight
    assert colours(again.app.get_by_role("checkbox", name=name).locator("img")) > 50
    assert again.selected() == trimmed
    again.keep("9-reloaded")

    other = Person(notebook, notebook.run("other = studio.app(); other"))
    other.choose("walks on the beach")
    other.drag("End", -1)
    assert other.selected() != again.selected() == trimmed
    assert other.app.get_by_role("checkbox", name=name).is_visible()
    other.keep("10-two")
    parts = "app.picker, app.slider, app.making, app.gallery, app.prompt, app.rendering, app.grid, other.slider"
    assert notebook.say(f"[part.problem for part in ({parts}) if part.problem]") == "[]"
    notebook.run("studio.close()")


AXE = (JS / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
WRONG = "async () => (await axe.run('.sora-app')).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])"


def accessible(page):
    """Whether axe finds nothing wrong in the whole app as it stands in its front end."""
    page.evaluate("(source) => { if (!window.axe) (0, eval)(source); }", AXE)
    assert page.evaluate(WRONG) == []


MOVED = """() => {
  window.moved = [];
  const inside = (node) => node?.closest?.(".sora-app") && !node.closest("svg");
  new PerformanceObserver((list) => list.getEntries().forEach(({ sources }) => sources
    .filter(({ node, previousRect, currentRect }) => inside(node) && previousRect.height && currentRect.height && Math.abs(previousRect.y - currentRect.y) > 1)
    .forEach(({ node, previousRect, currentRect }) => window.moved.push(`${node.className}: ${previousRect.y} to ${currentRect.y}`))
  )).observe({ type: "layout-shift" });
}"""


STREET = """
from sora_nb import Studio
from sora_nb.providers import registry
import numpy, pedestrians; from PIL import Image
local = registry.get("local")
quick = local.video.model_copy(update={"size": "640x360", "seconds": 4})
studio = Studio(local.model_copy(update={"video": quick}), progress=False, home="HOME")
app = studio.app("FILM")
app
"""
SHOWN = "pedestrians.shirt_of(numpy.asarray(Image.open(app.character.cutout).convert('RGBA')))"
"""Which of the seven the character made last is."""
DARK = "window.jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })"
SIDE_BY_SIDE, NARROW = {"width": 1440, "height": 900}, {"width": 600, "height": 900}
MIDDLES = """(boxes) => boxes.map((box) => {
  const { x, width } = box.getBoundingClientRect();
  const area = box.closest(".sora-boxes").getBoundingClientRect();
  return [box.dataset.option, (x + width / 2 - area.x) / area.width];
})"""
"""Where the middle of each box is, all at one moment: they are drawn anew while more is found."""


def plays(film):
    """Whether a film plays by itself, silently."""
    film.page.wait_for_function(
        "(film) => !film.paused && film.muted && film.currentTime > 0.5", arg=film.element_handle()
    )


def in_sight(me, film):
    """Whether a film and what plays it are on the screen; beside Lab's file browser the buttons are near its lower edge."""
    expect(film).to_be_in_viewport(ratio=1)
    expect(me.app.get_by_role("group", name="Playback")).to_be_in_viewport(ratio=0.8)


def numbers(me):
    """Which box is around which of the seven figures."""
    me.app.get_by_text("7 subjects").wait_for()
    boxes = me.app.locator(".sora-box[data-option]:visible")
    expect(boxes).to_have_count(len(pedestrians.ALL))
    middles = {int(number): middle for number, middle in boxes.evaluate_all(MIDDLES)}
    start = me.selected()[0]
    found = {}
    for figure in pedestrians.ALL:
        left, _, right, _ = pedestrians.box(figure, start)
        found[figure] = min(middles, key=lambda number, at=(left + right) / 2: abs(middles[number] - at))
    assert sorted(found.values()) == list(pedestrians.ALL)
    return found


def test_one_of_seven_is_named_and_filmed_by_four_clicks_on_one_screen_then_another_by_keys_alone(
    open_notebook, jupyter, tmp_path
):
    """From an empty studio to a film that plays: at 1440 x 900 in light with a mouse, then at 600 in dark with keys."""
    notebook = open_notebook(jupyter, "lab", "street.ipynb")
    page = notebook.page
    page.set_viewport_size(SIDE_BY_SIDE)
    street = pedestrians.film(tmp_path / "street.mp4")
    me = Person(notebook, notebook.run(STREET.replace("HOME", str(tmp_path / "home")).replace("FILM", str(street))))
    me.app.evaluate("(node) => node.scrollIntoView()")
    boxes = numbers(me)
    make = me.app.get_by_role("button", name="Make a character", disabled=False)
    expect(make).to_be_in_viewport(ratio=1)
    top = me.app.bounding_box()["y"]
    me.keep("street-1-who")
    page.evaluate(MOVED)

    me.app.locator(f'.sora-box[data-option="{boxes[4]}"]').click()  # 1
    me.app.get_by_role("img", name=f"Cut-out of box {LETTERS[boxes[4]]}").wait_for()
    me.app.get_by_role("textbox", name="Name of the character").click()  # 2
    page.keyboard.press("Control+a")
    page.keyboard.type("violet")
    me.keep("street-2-named")
    make.click()  # 3
    face = me.app.locator(".sora-job-picture")
    face.wait_for()
    assert colours(face) > 50
    expect(face).to_be_in_viewport(ratio=1)
    prompt = me.app.get_by_role("textbox", name="Prompt")
    expect(prompt).to_be_focused()
    expect(prompt).to_have_value("@violet ")
    page.keyboard.type("walks on the beach")
    me.keep("street-3-made")
    generate = me.app.get_by_role("button", name="Generate", exact=True)
    expect(generate).to_be_in_viewport(ratio=1)
    generate.click()  # 4
    film = me.app.locator(".sora-grid-players video").last
    film.wait_for()
    plays(film)
    in_sight(me, film)
    me.keep("street-4-film")
    assert page.evaluate("window.moved") == []
    accessible(page)
    assert me.app.bounding_box()["y"] == pytest.approx(top, abs=1)  # nobody had to scroll
    notebook.until(f"str(app.character), {SHOWN}", "('@violet', 4)")

    me.app.get_by_role("button", name="Variation").first.click()
    expect(generate).to_be_focused()
    expect(me.app.get_by_role("spinbutton", name="Seed")).to_have_value("1")
    expect(generate).to_be_in_viewport(ratio=1)

    by_keys_alone(me, boxes[1], "@yellow", "walks in the snow")
    notebook.until(f"str(app.character), {SHOWN}", "('@yellow', 1)")
    assert me.app.evaluate("(node) => node.scrollWidth - node.clientWidth") <= 1
    page.evaluate(DARK.replace("Dark", "Light"))  # the server keeps it for the tests that follow
    notebook.run("studio.close()")


def by_keys_alone(me, number, name, words):
    """Make a character of whom a box is around, and a film, without a pointer."""
    keys = me.page.keyboard
    me.page.evaluate(DARK)
    me.page.set_viewport_size(NARROW)
    me.app.get_by_role("radiogroup", name="Who is meant").get_by_role("radio", checked=True).focus()
    me.tab_to(me.app.get_by_role("radiogroup", name="Who is meant"))
    while not me.app.get_by_role("radio", name=LETTERS[number], exact=True).is_checked():
        keys.press("ArrowLeft")
    me.app.get_by_role("img", name=f"Cut-out of box {LETTERS[number]}").wait_for()
    me.keep("street-5-narrow-who")
    accessible(me.page)
    me.tab_to(me.app.get_by_role("textbox", name="Name of the character"))
    keys.press("Control+a")
    keys.type(name.removeprefix("@"))
    me.tab_to(me.app.get_by_role("button", name="Make a character"))
    keys.press("Enter")
    prompt = me.app.get_by_role("textbox", name="Prompt")
    me.app.get_by_text(f"{name} is ready.", exact=True).wait_for()
    expect(prompt).to_be_focused()
    me.keep("street-6-narrow-made")
    keys.press("Control+a")
    keys.type(name[:3])
    me.app.get_by_role("listbox", name="Characters").get_by_role("option", name=name).wait_for()
    keys.press("Enter")
    keys.type(words)
    keys.press("Control+Enter")
    me.app.get_by_role("progressbar", name=words).wait_for()
    film = me.app.locator(".sora-grid-cell", has_text=words).locator("video")
    film.wait_for()
    plays(film)
    expect(film).to_be_in_viewport(ratio=0.9)
    me.keep("street-7-narrow-film")
    accessible(me.page)
    me.page.evaluate(DARK.replace("Dark", "Light"))
    accessible(me.page)
    me.page.set_viewport_size(SIDE_BY_SIDE)
    me.page.evaluate(DARK)
    accessible(me.page)


def test_an_upload_of_more_than_one_message_arrives_whole(notebook, tmp_path):
    """The page's socket drops messages of more than 10 MiB without a word."""
    large = tmp_path / "large.mp4"
    padding = 11 * 1024 * 1024
    large.write_bytes(FOOTAGE.read_bytes() + struct.pack(">I4s", padding + 8, b"free") + bytes(padding))
    index = notebook.run(
        "from pathlib import Path; from sora_nb.notebook.widgets.video_picker import VideoPicker\n"
        f"picker = VideoPicker(uploads=Path({str(tmp_path / 'uploads')!r})); picker"
    )
    picker = notebook.output(index)
    picker.locator("input[type=file]").set_input_files(large)
    picker.get_by_role("group", name="Chosen video").wait_for()
    assert notebook.say("picker.value.stat().st_size") == str(large.stat().st_size)
    assert notebook.say(f"picker.value.read_bytes() == Path({str(large)!r}).read_bytes()") == "True"
