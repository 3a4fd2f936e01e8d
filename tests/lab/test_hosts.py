"""The app where there is no JupyterLab: in Voilà and in marimo; and a notebook by papermill and to a page."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import lab
import nbformat
import psutil
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect
from ports import free_port

MADE = """from sora_nb import Studio
from sora_nb.providers import registry
local = registry.get("local")
quick = local.video.model_copy(update={"size": "640x360", "seconds": 4})
studio = Studio(local.model_copy(update={"video": quick}), progress=False)
studio.generate("a corgi runs through a park", seed=1)
shown = studio.app()"""
MARIMO = f"""import marimo
app = marimo.App(width="full")


@app.cell
def _():
    {MADE.replace(chr(10), chr(10) + "    ")}
    shown
"""
SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
URL = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+")


@contextlib.contextmanager
def host(program, book, *options):
    """The address of a host that shows a notebook; it and its kernels are gone afterwards."""
    log = book.with_suffix(".log")
    command = [sys.executable, "-m", *program, book.name, f"--port={free_port()}", *options]
    environment = lab.environment(book.parent, PYTHONUNBUFFERED="1")
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=book.parent, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            while not (said := URL.search(log.read_text(encoding="utf-8"))):
                assert process.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.1)
            yield said[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    assert lab.left(book.parent) == []


def voila(folder):
    """Voilà with a notebook that ends with the app."""
    cell = nbformat.v4.new_code_cell(f"{MADE}\nshown")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=KERNEL), folder / "book.ipynb")
    return host(["voila"], folder / "book.ipynb", "--no-browser")


def marimo(folder):
    """Marimo with a cell that ends with the app."""
    (folder / "book.py").write_text(MARIMO, encoding="utf-8")
    return host(["marimo", "run"], folder / "book.py", "--headless", "--no-token")


@pytest.mark.parametrize("shown_by", [voila, marimo])
def test_from_a_video_to_a_character_in_the_app(shown_by, browser, tmp_path):
    with shown_by(tmp_path) as url:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        foreign = []
        page.on("request", lambda request: URL.match(request.url) or foreign.append(request.url))
        page.goto(url, wait_until="commit")  # Voilà runs the notebook before it ends the page
        page.get_by_role("radio", name=re.compile("corgi")).click()
        page.get_by_role("button", name="Make a character", disabled=False).click()
        made = page.get_by_role("checkbox", name=re.compile("^@"), checked=True)
        made.wait_for()
        assert page.get_by_role("textbox", name="Prompt").input_value().startswith("@")
        assert page.get_by_text("Who says that this is all right?").is_hidden()
        if SCREENSHOTS:
            page.screenshot(path=f"{SCREENSHOTS}/{shown_by.__name__}.png")
        if shown_by is voila:
            says_that_it_is_gone(page, tmp_path)
        page.close()
    icons = "https://cdn.jsdelivr.net/npm/@fortawesome/"  # of Voilà's own page
    assert [address for address in foreign if not address.startswith(("data:", "blob:", icons))] == []


def says_that_it_is_gone(page, folder):
    """See that the page tells of a kernel that was ended, and what to do where there is no cell to run."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            own = process.environ().get("SORA_NB_HOME", "").startswith(str(folder))
            if own and "ipykernel_launcher" in process.cmdline():
                process.kill()
    notice = page.locator(".sora-notice").first
    expect(notice).to_have_text(re.compile("Load this page again; nothing is lost"))
    expect(page.locator(".sora-app button:enabled")).to_have_count(0)


def test_papermill_runs_a_notebook_with_parameters_whose_page_shows_its_film(tmp_path):
    told = nbformat.v4.new_code_cell("prompt = 'a fox'", metadata={"tags": ["parameters"]})
    made = "from sora_nb import Studio\nstudio = Studio(progress=False)\nvideo = studio.generate(prompt, seconds=1, size='320x176')"
    cells = [told, *map(nbformat.v4.new_code_cell, (made, "video", "studio.app()"))]
    book = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
    nbformat.write(book, tmp_path / "book.ipynb")
    command = [
        "papermill",
        "--no-progress-bar",
        "book.ipynb",
        "made.ipynb",
        "-k",
        "python3",
        "-p",
        "prompt",
        "a cat in the snow",
    ]
    subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, env=lab.environment(tmp_path / "private"), check=True
    )
    ran = nbformat.read(tmp_path / "made.ipynb", as_version=4)
    film = ran.cells[-2].outputs[0].data
    assert "a cat in the snow" in film["text/plain"]
    page, _ = HTMLExporter().from_notebook_node(ran)
    shown = re.findall(r'src="(data:[^"]+)"', film["text/html"])
    assert shown
    assert [media for media in shown if media not in page] == []
