"""What every widget relies on, in a real JupyterLab and a real Notebook 7."""

from __future__ import annotations

import json
import subprocess
import sys

import lab
import nbformat
import pytest
from conftest import FOOTAGE
from nbconvert import HTMLExporter

SIZE = str(FOOTAGE.stat().st_size)
BUSY = "import time; from pathlib import Path\nwhile not Path({!r}).exists(): time.sleep(0.05)"
SHOW = f"from echo import Echo; from pathlib import Path; echo = Echo(); echo.offer('video', Path({str(FOOTAGE)!r}))"


def test_a_widget_is_shown_and_two_views_of_it_agree(notebook):
    index = notebook.run(f"{SHOW}\ndisplay(echo)\ndisplay(echo)")
    out = notebook.output(index)
    out.get_by_role("button", name="clicked 1").first.click()
    out.get_by_role("button", name="clicked 2").nth(1).wait_for()
    out.get_by_text(SIZE).nth(1).wait_for()
    assert notebook.say("echo.number") == "2"
    notebook.run("echo.number = 40")
    out.get_by_role("button", name="clicked 40").nth(1).wait_for()


def test_widgets_stand_in_boxes_of_ipywidgets(notebook):
    index = notebook.run(f"import ipywidgets as W\n{SHOW}\nW.VBox([W.HBox([echo, W.IntSlider(7)]), Echo(number=20)])")
    out = notebook.output(index)
    out.get_by_role("button", name="clicked 20").click()
    out.get_by_role("button", name="clicked 21").wait_for()
    out.get_by_role("button", name="clicked 1", exact=True).click()
    out.get_by_role("button", name="clicked 2", exact=True).wait_for()
    out.get_by_text(SIZE).wait_for()


def test_media_arrive_while_the_next_cell_keeps_the_kernel_busy(notebook, tmp_path):
    first = notebook.start(f"{SHOW}\necho")
    second = notebook.start(BUSY.format(str(tmp_path / "enough")))
    notebook.output(first).get_by_text(SIZE).wait_for()
    assert notebook.counts()[second] is None
    (tmp_path / "enough").touch()
    notebook.finish(second)


def test_the_background_loop_reaches_the_page_while_a_cell_is_busy(notebook, tmp_path):
    notebook.run("import anyio; from sora_nb import background")
    first = notebook.start(f"{SHOW}\necho")
    notebook.start(
        "async def count():\n  for echo.number in range(100, 106):\n    await anyio.sleep(0.2)\n_ = background.submit(count)"
    )
    second = notebook.start(BUSY.format(str(tmp_path / "enough")))
    notebook.output(first).get_by_role("button", name="clicked 105").wait_for()
    assert notebook.counts()[second] is None
    (tmp_path / "enough").touch()
    notebook.finish(second)


def test_generate_shows_progress_and_then_the_video(notebook, tmp_path):
    notebook.run(
        "import tempfile; from pathlib import Path; from quick import QuickEngine; from sora_nb import Studio\n"
        "from sora_nb.server.server import LocalServer\n"
        "from threading import Thread; from waiting import until; engine = QuickEngine(); engine.hold(); engine.advance(4)\n"
        f"enough = Path({str(tmp_path / 'enough')!r})\n"
        "Thread(target=lambda: until(enough.exists) and engine.go_on(), daemon=True).start()\n"
        "server = LocalServer(Path(tempfile.mkdtemp()), engine, api_key='a-key').start()\n"
        "studio = Studio('local', base_url=server.url, api_key='a-key')"
    )
    index = notebook.start("studio.generate('a red ball', seconds=4, size='1280x720')")
    bar = notebook.output(index).locator(".widget-hprogress .progress-bar")
    bar.wait_for()
    assert notebook.counts()[index] is None
    (tmp_path / "enough").touch()
    notebook.finish(index)
    assert notebook.outputs(index)[-1]["data"]["text/plain"].startswith("Video(completed, 'a red ball'")
    notebook.output(index).locator("figure video").wait_for()
    bar.wait_for(state="detached")
    notebook.run("studio.close(); server.stop()")


@pytest.mark.parametrize("where", ["slider", "textbox", "button"])
def test_keys_in_a_widget_never_reach_the_notebook(notebook, where):
    index = notebook.run(f"{SHOW}\necho")
    inside = notebook.output(index).get_by_role(where)
    inside.focus()
    before = notebook.place
    for key in lab.KEYS:
        notebook.page.keyboard.press(key)
    assert notebook.place == before
    assert inside.evaluate("(node) => node === document.activeElement")


def test_arrow_keys_and_letters_reach_the_widget(notebook):
    index = notebook.run(f"{SHOW}\necho")
    out = notebook.output(index)
    out.get_by_role("slider").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "ArrowRight"):
        notebook.page.keyboard.press(key)
    out.get_by_role("textbox").press_sequentially("ddabmx")
    assert out.get_by_role("textbox").input_value() == "ddabmx"
    assert notebook.say("echo.number") == "3"


def test_a_saved_notebook_is_small_and_a_reloaded_page_has_everything(notebook):
    index = notebook.run(f"{SHOW}\necho")
    notebook.output(index).get_by_role("button").click()
    shown, still = (output.data for output in notebook.save().cells[index].outputs)
    assert shown["text/plain"] == "Echo(number=1)"
    assert "Run this cell to use it." in still["text/html"]
    assert notebook.file.stat().st_size < 60_000 < FOOTAGE.stat().st_size
    notebook.reload()
    out = notebook.output(index)
    out.get_by_role("button", name="clicked 2").click()
    out.get_by_role("button", name="clicked 3").wait_for()
    out.get_by_text(SIZE).wait_for()


def test_a_notebook_run_without_a_page_shows_the_still(tmp_path):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"{SHOW}\necho")])
    nbformat.write(book, tmp_path / "book.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--inplace", "--execute", "book.ipynb"]
    environment = lab.environment(tmp_path / "private")
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=120)
    ran = nbformat.read(tmp_path / "book.ipynb", as_version=4)
    assert ran.cells[0].outputs[0].data["text/plain"] == "Echo(number=1)"
    assert "echo" in json.dumps(ran.metadata.pop("widgets")).lower()
    assert (tmp_path / "book.ipynb").stat().st_size < 60_000
    page, _ = HTMLExporter().from_notebook_node(ran)
    assert "Run this cell to use it." in page
