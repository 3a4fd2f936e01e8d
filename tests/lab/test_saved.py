"""What a saved notebook shows where nothing is run: opened again by its owner, by somebody else, and as a page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import lab
import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import expect

SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
MOST = 400_000
"""Bytes of a notebook in which a film was shown and the app was used once."""
SEED = """
from sora_nb import Studio, VideoGrid
from sora_nb.providers import registry
local = registry.get("local")
quick = local.video.model_copy(update={"size": "640x360", "seconds": 4})
studio = Studio(local.model_copy(update={"video": quick}), progress=False, home=HOME)
film = studio.generate("a corgi runs through a park", seed=1)
film
"""
PROMPT = "walks on the beach"
MOVED = "(video) => !video.paused && video.currentTime > 0.3"


def keep(page, step):
    """Keep a picture of the page."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS) / f"saved-{step}.png")


def use(notebook, index):
    """Make a character and its film in the app; the video is chosen already."""
    app = notebook.output(index)
    make = app.get_by_role("button", name="Make a character", disabled=False)
    make.wait_for()
    make.click()
    face = app.get_by_role("checkbox", name=re.compile("^@"), checked=True)
    face.wait_for()
    text = app.get_by_role("textbox", name="Prompt")
    text.press("Control+End")
    text.press_sequentially(PROMPT)
    text.press("Control+Enter")
    # of the meter: the still, which is hidden beside it, says the same as soon as it is published
    app.get_by_role("status").get_by_text("$0.31 at list price").wait_for()
    return face.get_attribute("aria-label").split(",")[0]


def plays(video, *, press=False):
    """Whether a film shows moving pictures once it is in sight, or, where the notebook trusts nobody, once it is started."""
    video.scroll_into_view_if_needed()
    if press:
        video.evaluate("(video) => video.play()")
    video.page.wait_for_function(MOVED, arg=video.element_handle())


def stop_kernels(server):
    for session in server.call("GET", "sessions"):
        server.call("DELETE", f"sessions/{session['id']}")


def opened(notebook, name):
    """Open a notebook in a page of its own; nothing is run."""
    page = notebook.page.context.new_page()
    app = "lab" if "/lab/" in notebook.page.url else "notebook"
    reset = "&reset" if app == "lab" else ""
    page.goto(f"{notebook.server.url}/{lab._PATHS[app]}/{name}?token={notebook.server.token}{reset}")
    return page


def test_a_notebook_that_is_opened_again_shows_all_that_was_made_and_films_play(notebook, tmp_path):
    first = notebook.run(SEED.replace("HOME", repr(str(tmp_path))))
    plays(notebook.output(first).locator("figure video"))
    index = notebook.run("app = studio.app()\napp")
    notebook.run("app.picker.value = film")
    name = use(notebook, index)
    notebook.until("bool(app.video)", "True")
    expect(notebook.output(index).locator(".sora-still")).to_be_hidden()
    other = notebook.output(notebook.run("grid = VideoGrid(studio.videos()[:1]); grid"))
    expect(other.locator(".sora-still")).to_be_hidden()
    notebook.until(f"{PROMPT!r} in app._saved.still._published", "True")

    book = notebook.save()
    assert [len(cell.outputs) for cell in book.cells if "app = " in cell.source or "grid = " in cell.source] == [2, 2]
    used = [cell for cell in book.cells if "grid = " not in cell.source]
    assert len(json.dumps(used)) < MOST
    stop_kernels(notebook.server)

    page = opened(notebook, notebook.file.name)
    see_it_all(page, name, notebook.file.stem)
    page.close()

    book.cells.insert(0, nbformat.v4.new_markdown_cell("Somebody sent me this."))  # it is signed by nobody
    nbformat.write(book, notebook.file.with_name("strange.ipynb"))
    page = opened(notebook, "strange.ipynb")
    see_it_all(page, name, f"{notebook.file.stem}-untrusted", trusted=False)
    page.close()
    stop_kernels(notebook.server)


def see_it_all(page, name, step, *, trusted=True):
    """See that both stills are there with what was made, once each, and that their films play."""
    stills = page.locator(".sora-still")
    stills.nth(1).wait_for()
    for words in (name, f"{name} {PROMPT}", "$0.31 at list price"):
        expect(stills.first.get_by_text(words).first).to_be_visible()
    expect(page.locator(".jp-OutputArea-output:visible").get_by_text("Error displaying widget")).to_have_count(0)
    avatar, moving = stills.first.locator(".sora-card img").all()[-2:]
    assert avatar.get_attribute("src").startswith("data:image/jpeg")
    assert moving.get_attribute("src").startswith("data:image/webp")
    assert page.locator("video").count() == 3  # the film, the app's, and that of the grid
    for film in page.locator("video").all():
        plays(film, press=not trusted)
    stills.first.scroll_into_view_if_needed()
    keep(page, step)


def test_a_notebook_that_is_run_without_a_page_becomes_one_whose_films_play(browser, tmp_path):
    sources = [
        SEED.replace("HOME", "None"),
        "app = studio.app(); app",
        "grid = VideoGrid(film); grid",
        f"app.prompt.value = 'a corgi {PROMPT}'; app.ready.result()",
        "hero = studio.extract(film, 1, 3)",
        "grid.videos = [studio.generate(f'{hero} sits in the snow', seed=2)]",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbformat.write(book, tmp_path / "book.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--inplace", "--execute", "book.ipynb"]
    subprocess.run(
        command, cwd=tmp_path, env=lab.environment(tmp_path / "private"), check=True, capture_output=True, timeout=300
    )
    ran = nbformat.read(tmp_path / "book.ipynb", as_version=4)
    app, grid = (ran.cells[number].outputs[1].data["text/html"] for number in (1, 2))
    assert f"a corgi {PROMPT}" in app  # cells that came later changed it, in its own place
    assert "sits in the snow" in grid
    assert [len(cell.outputs) for cell in ran.cells] == [1, 2, 2, 0, 0, 0]

    (tmp_path / "book.html").write_text(HTMLExporter().from_notebook_node(ran)[0], encoding="utf-8")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.route("http*://**", lambda route: route.abort())
    page.goto((tmp_path / "book.html").as_uri())
    films = page.locator("video")
    expect(films).to_have_count(2)
    for film in films.all():
        plays(film)
    expect(page.locator(".sora-still").first).to_be_visible()
    keep(page, "page")
    page.close()
