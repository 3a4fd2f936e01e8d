"""Take the pictures of the README and the guide anew: `make pictures`.

Each is the real widget in a real Chromium, with what the local engine made of the sample footage; the app is in a real
JupyterLab. Names of pictures after the command take those alone: hero, app, widgets.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

import hero
import lab
import pytest
import wire as wires
from PIL import Image, ImageOps
from stage import Stage, chromium

from sora_nb import CharacterGallery, ClipSlider, CostMeter, PromptBox, Studio, VideoGrid, VideoPicker, footage

PICTURES = Path(__file__).parents[2] / "notebooks" / "pictures"
WIDTHS = {"clip_slider": 760, "video_grid": 760, "cost_meter": 760}


def fill(studio):
    """Make two characters and two videos; the same ones each time."""
    studio.extract(footage(), 2, 4, name="bunny")
    cafe = studio.generate("a corgi barista pours latte art, cosy coffee shop", seconds=4, seed=1)
    corgi = studio.extract(cafe, 1, 3, name="corgi")
    beach = studio.generate(f"{corgi} walking on the beach at sunset", seconds=4, seed=2)
    return corgi, [cafe, beach]


def widgets(studio, corgi, videos):
    """Name, widget, and what is done to it before its picture is taken."""
    cast = studio.characters()
    slider = ClipSlider(footage())
    slider.value = (2.0, 4.0)
    billed = studio.costs().assign(charged=lambda calls: calls["estimate"])  # as a gateway with this list would
    meter = CostMeter(spent=billed["charged"].sum(), reserved=0.15, budget=2, table=lambda: billed)
    yield "video_picker", VideoPicker(videos), lambda view: view.get_by_role("radio").first.focus()
    yield "clip_slider", slider, lambda view: view.get_by_text("Good moments").wait_for()
    yield "character_gallery", CharacterGallery(cast), lambda view: view.get_by_role("checkbox").first.click()
    yield "prompt_box", PromptBox(cast), lambda view: write(view, f"{corgi} and @")
    yield "video_grid", VideoGrid(videos), lambda view: view.get_by_role("button", name="Play").wait_for()
    yield "cost_meter", meter, lambda view: view.get_by_role("button", name="Show calls").click()


def write(view, words):
    """Type a prompt that ends in the middle of a name."""
    view.get_by_role("textbox", name="Prompt").press_sequentially(words)
    view.get_by_role("listbox").wait_for()


def take(studio, browser, wire):
    """Save a JPEG of every widget."""
    for name, widget, act in widgets(studio, *fill(studio)):
        page = browser.new_page(viewport={"width": WIDTHS.get(name, 480), "height": 900})
        view = Stage(page, wire).show(widget)
        act(view)
        page.wait_for_timeout(1500)  # pictures and players are sent in slices
        shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.close()
        end = ImageOps.invert(shown).getbbox()[3] + 16  # offers hang out of the widget, so its box is not the picture's
        shown.crop((0, 0, shown.width, end)).save(PICTURES / f"{name}.jpg", quality=80, optimize=True)
        sys.stdout.write(f"{name}\n")


APP = f"""
import time
from sora_nb import Studio, footage
studio = Studio()
shown = studio.app(footage())
while not shown.making.ready:
    time.sleep(0.1)
shown.slider.value = ({hero.START}, {hero.END})
shown.name.value = "bunny"
shown
"""


def take_app(browser):
    """Save a picture of the app in JupyterLab after its loop."""
    with tempfile.TemporaryDirectory() as folder, lab.serve(Path(folder) / "jupyter") as server:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        book = lab.Notebook(page, server, "lab", "app.ipynb")
        page.keyboard.press("Control+b")  # the file browser goes
        shown = book.output(book.run(APP))
        shown.get_by_role("button", name="Make a character", disabled=False).click(timeout=60_000)
        shown.get_by_role("checkbox", name=re.compile("^@"), checked=True).wait_for(timeout=90_000)
        prompt = shown.get_by_role("textbox", name="Prompt")
        prompt.press("End")
        prompt.press_sequentially(hero.WORDS)
        prompt.press("Control+Enter")
        shown.locator(".sora-grid-players video").first.wait_for(timeout=90_000)
        page.wait_for_timeout(3000)
        shown.evaluate("(node) => node.scrollIntoView()")
        page.mouse.move(0, 0)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.save(PICTURES / "app.jpg", quality=80, optimize=True)
        page.close()


if __name__ == "__main__":
    wanted = set(sys.argv[1:]) or {"hero", "app", "widgets"}
    with (
        tempfile.TemporaryDirectory() as home,
        Studio("local", home=home, progress=False) as studio,
        pytest.MonkeyPatch.context() as patch,
        chromium() as browser,
    ):
        wire = wires.install(patch)
        if "widgets" in wanted:
            take(studio, browser, wire)
        if "hero" in wanted:
            hero.take(studio, browser, wire, PICTURES / "hero.webp")
        if "app" in wanted:
            take_app(browser)
