"""Films by address, from a real Jupyter server at a prefix: in JupyterLab, Notebook 7 and Voilà, and by message where that fails."""

from __future__ import annotations

import os

import film_server
import lab
import large_films
import nbformat
import pytest
from conftest import FOOTAGE
from waiting import until

SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
SHOW = "from sora_nb import ClipSlider, VideoGrid\nfilm = {!r}\nslider = ClipSlider(film)\ndisplay(slider)\ngrid = VideoGrid([film, film])\ngrid"
PICTURE = "(video) => new Promise((seen) => { if (video.readyState > 1) seen(video.currentSrc); video.addEventListener('loadeddata', () => seen(video.currentSrc)); })"
PLAYS = "(video) => video.readyState > 1 ? video.currentSrc : ''"
SEEK = "(video, time) => new Promise((seen) => { video.addEventListener('seeked', () => seen(video.currentTime)); video.currentTime = time; })"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    with lab.serve(tmp_path_factory.mktemp("jupyter"), base="/user/ann/") as server:
        yield server


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A minute of real footage, 60 MB, with its index at the end."""
    return large_films.write(FOOTAGE, tmp_path_factory.mktemp("films") / "minute.mp4", 60, 60_000_000)


def watch(page, server, out):
    """See a slider and a grid play from addresses, and seek by a range; return where from."""
    videos = out.locator(".sora-widget video")
    videos.nth(2).wait_for()
    sources = {video.evaluate(PICTURE) for video in videos.all()}
    assert len(sources) == 2  # one for each widget
    assert all(source.startswith(f"{server.url}/sora_nb/films/") for source in sources)
    heard = []
    page.on("response", lambda answer: heard.append((answer.status, answer.headers.get("content-range", ""))))
    assert videos.first.evaluate(SEEK, 45) == 45
    starts = [int(told.removeprefix("bytes ").partition("-")[0]) for status, told in heard if status == 206]
    assert any(start > 30_000_000 for start in starts)
    return sources


@pytest.mark.parametrize("app", lab.APPS)
def test_films_come_by_address_at_a_prefix(open_notebook, jupyter, film, app):
    notebook = open_notebook(jupyter, app, f"address-{app}.ipynb")
    index = notebook.run(SHOW.format(str(film)))
    watch(notebook.page, jupyter, notebook.output(index))
    assert (
        notebook.say("slider.media['video']['size'], slider.by_address, grid.by_address")
        == f"({film.stat().st_size}, True, True)"
    )
    if SCREENSHOTS:
        notebook.run("slider.ready.result(60); grid.ready.result(60)")
        notebook.look("book.scrollToItem(arg)", index)
        notebook.page.wait_for_timeout(1500)
        notebook.page.screenshot(path=f"{SCREENSHOTS}/address-{app}.png")
    (source,) = {video.evaluate(PICTURE) for video in notebook.output(index).locator(".sora-clip-slider video").all()}
    notebook.run("slider.close(); grid.close()")
    user = film_server.User(f"{jupyter.url}/", jupyter.token)
    assert user.get(source.removeprefix(user.url))[0] == 404


def test_films_come_by_message_where_a_page_reaches_no_address(open_notebook, jupyter):
    notebook = open_notebook(jupyter, "lab", "message.ipynb")
    notebook.page.route("**/sora_nb/films/**", lambda route: route.fulfill(status=200, body="<h1>Sign in</h1>"))
    index = notebook.run(SHOW.format(str(FOOTAGE)))
    videos = notebook.output(index).locator(".sora-widget video")
    videos.nth(2).wait_for()
    until(
        lambda: {video.evaluate(PLAYS).partition(":")[0] for video in videos.all()} == {"blob"}
    )  # other ones, if need be
    assert notebook.say("slider.by_address, grid.by_address") == "(False, False)"


def test_voila_behind_a_jupyter_server_has_films_by_address(browser, jupyter, film):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SHOW.format(str(film)))])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, jupyter.folder / "voila.ipynb")
    page = browser.new_page(viewport={"width": 1200, "height": 950})
    page.goto(f"{jupyter.url}/voila/render/voila.ipynb?token={jupyter.token}", wait_until="commit")
    watch(page, jupyter, page.locator("body"))
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/address-voila.png")
    page.close()
