"""The moving picture at the top of the README: a window is dragged over a film's strip, a character appears, and plays.

Real widgets in a real Chromium; a drawn pointer shows where the mouse is, and players are stepped from frame to frame,
so that the picture moves evenly however busy the machine is.
"""

from __future__ import annotations

import io

from PIL import Image
from stage import Stage

from sora_nb import CharacterGallery, ClipSlider, PromptBox, VideoGrid, footage, media

SIZE = {"width": 980, "height": 572}
SHOWN = 720
"""Pixels of the picture's width."""
RATE = 10
"""Frames of a second."""
START, END = 3.0, 5.0
WORDS = "walking on the beach at sunset"
MOST_BYTES = 1_500_000
_LAYOUT = """() => {
  document.body.style.cssText = "margin: 14px; background: #fff";
  const main = document.querySelector("main");
  main.style.cssText = "display: grid; grid-template-columns: 470px 1fr; gap: 12px 22px; align-items: start";
  const pointer = document.createElement("div");
  pointer.id = "pointer";
  pointer.innerHTML = '<svg width="22" height="28" viewBox="0 0 22 28"><path d="M2 1v21l5-5 4 9 4-2-4-8h7z" stroke="#fff" stroke-width="1.5"/></svg>';
  pointer.style.cssText = "position: fixed; left: 0; top: 0; z-index: 9; pointer-events: none; filter: drop-shadow(0 1px 2px #0008)";
  document.body.append(pointer);
  const sheet = document.createElement("style");
  sheet.textContent = "textarea { height: 46px !important; min-height: 0 !important }";
  document.head.append(sheet);
  addEventListener("pointermove", ({ clientX: x, clientY: y }) => (pointer.style.translate = `${x}px ${y}px`), true);
}"""
_STEP = """async ([selector, seconds]) => {
  const video = document.querySelector(selector);
  video.pause();
  const seeked = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
  video.currentTime = Math.min(seconds, video.duration - 0.05);
  await seeked;
}"""


class Hero:
    """The picture while it is taken.

    Args:
        browser: a running Chromium.
        wire: where the widgets' messages are kept.
    """

    def __init__(self, browser, wire):
        self.page = browser.new_page(viewport=SIZE, device_scale_factor=1)
        self.stage = Stage(self.page, wire)
        self.page.evaluate(_LAYOUT)
        self.frames = []

    def place(self, widget, view, column, rows="auto"):
        """Show a widget in a column."""
        shown = self.stage.show(widget, view)
        shown.evaluate(
            "(node, [column, rows]) => { node.style.gridColumn = column; node.style.gridRow = rows; }", [column, rows]
        )
        return shown

    def keep(self, count=1):
        """Keep the page as the next frames."""
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        picture.thumbnail((SHOWN, SHOWN), Image.Resampling.LANCZOS)
        self.frames += [picture] * count

    def move(self, x, y, steps):
        """Move the mouse evenly, a frame a step."""
        from_x, from_y = self._at
        for step in range(1, steps + 1):
            part = step / steps
            eased = part * part * (3 - 2 * part)
            self.page.mouse.move(from_x + (x - from_x) * eased, from_y + (y - from_y) * eased)
            self.keep()
        self._at = x, y

    def start_at(self, x, y):
        """Put the mouse somewhere."""
        self._at = x, y
        self.page.mouse.move(x, y)

    def play(self, view, first, last):
        """Step a widget's player through seconds, a frame a step."""
        selector = f'[data-view="{view}"] video'
        for number in range(round(first * RATE), round(last * RATE)):
            self.page.evaluate(_STEP, [selector, number / RATE])
            self.keep()

    def save(self, path):
        """Write an animated WebP, as good as the bytes that a page may have allow.

        Raises:
            AssertionError: it has too many bytes at any quality.
        """
        for quality in (70, 55, 40):
            first, *others = self.frames
            first.save(
                path, save_all=True, append_images=others, duration=1000 // RATE, loop=0, quality=quality, method=4
            )
            if path.stat().st_size <= MOST_BYTES:
                return
        raise AssertionError(f"{path.name} has {path.stat().st_size} bytes")


def take(studio, browser, wire, path):
    """Take the picture.

    Args:
        studio: where the character and its film are made, and what they are shown by.
        browser: a running Chromium.
        wire: where the widgets' messages are kept.
        path: the WebP file.
    """
    character = studio.extract(footage(), START, END, name="bunny")
    film = studio.generate(f"{character} {WORDS}", seconds=4, size="640x360", seed=2)
    hero = Hero(browser, wire)
    slider = ClipSlider(footage(), value=(0.0, END - START))
    left = hero.place(slider, "slider", 1, "1 / span 3")
    left.get_by_text("Good moments").wait_for()
    hero.page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    _drag(hero, left)
    hero.place(CharacterGallery([character]), "gallery", 2).locator("img").first.wait_for()
    hero.page.wait_for_timeout(300)
    hero.keep(8)
    box = PromptBox([character], value=f"{character} ")
    field = hero.place(box, "prompt", 2).get_by_role("textbox", name="Prompt")
    field.press("End")
    for word in WORDS.split():
        field.press_sequentially(f"{word} ")
        hero.keep(2)
    hero.place(VideoGrid([film]), "grid", 2)
    hero.page.wait_for_function("() => document.querySelector('[data-view=grid] video')?.readyState >= 2")
    hero.play("grid", 0.5, 3.5)
    hero.keep(5)
    hero.page.close()
    hero.save(path)


def _drag(hero, slider):
    """Drag the window from the beginning of the strip to the seconds that are meant."""
    strip = slider.locator(".sora-near").bounding_box()
    handles = [slider.get_by_role("slider", name=name, exact=True).bounding_box() for name in ("Start", "End")]
    middle = sum(box["x"] + box["width"] / 2 for box in handles) / 2
    y = handles[0]["y"] + handles[0]["height"] / 2
    hero.start_at(middle + 120, y + 130)
    hero.keep(4)
    hero.move(middle, y, 5)
    hero.page.mouse.down()
    seconds = (strip["width"] - 2 * handles[0]["width"]) / media.probe(footage()).duration
    hero.move(middle + START * seconds, y, 16)
    hero.page.mouse.up()
    hero.page.wait_for_timeout(300)
    hero.keep(4)
