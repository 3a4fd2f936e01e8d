"""How soon a large film is seen, compared with a small one: real widgets, a real Chromium, a real Jupyter server."""

from __future__ import annotations

import time

import film_server
import large_films
import pytest
import wire as wires
from conftest import FOOTAGE
from speed import in_turns, least
from stage import Stage

from sora_nb import ClipSlider, VideoGrid

TURNS = 5
SEEN = "(video) => new Promise((seen) => { if (video.readyState > 1) seen(); video.addEventListener('loadeddata', () => seen()); })"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A film of 5 s and 1 MB, and one of a minute and 60 MB, of the same pictures."""
    folder = tmp_path_factory.mktemp("films")
    sizes = [(5, 1_000_000), (60, 60_000_000)]
    return [large_films.write(FOOTAGE, folder / f"{seconds}.mp4", seconds, size) for seconds, size in sizes]


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    return tmp_path_factory.mktemp("private")


@pytest.fixture(scope="module")
def server(private):
    with film_server.serve(private) as url:
        yield url


@pytest.fixture
def stage(browser, server, private, monkeypatch):
    wire = wires.install(monkeypatch)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(private / "runtime"))
    page = browser.new_page(viewport={"width": 900, "height": 700})
    made = Stage(page, wire, server=(server, film_server.TOKEN))
    yield made
    made.close()
    assert made.errors == []


def first_frame(stage, make, empty, film):
    """Seconds from a widget's constructor to the first picture."""
    begin = time.perf_counter()
    widget = make(film)
    view = f"view {begin}"
    video = stage.show(widget, view).locator("video").first
    video.evaluate(SEEN)
    seen = time.perf_counter() - begin
    assert video.get_attribute("src").startswith("http")
    stage.page.evaluate("(view) => stage.remove(view)", view)  # first, or it asks for a film that is offered no longer
    empty(widget)
    widget.ready.result(300)
    return seen


@pytest.mark.parametrize(
    ("make", "empty", "before"),
    [(ClipSlider, ClipSlider.clear, "14.6x"), (VideoGrid, lambda grid: grid.show(()), "54x")],
)
def test_a_large_film_is_seen_as_soon_as_a_small_one(row, stage, films, make, empty, before):
    def turn():
        return [first_frame(stage, make, empty, film) for film in films]

    small, large = least(turn, rounds=TURNS, enough=lambda small, large: large < 3 * small)
    row(
        f"first frame of a 60 MB film in {make.__name__}, against a 1 MB one",
        before=before,
        now=large / small,
        unit="x",
        limit="an address of the Jupyter server: flat",
        reach=1.5,
    )
    assert large < 3 * small


def test_a_grid_is_made_at_once_however_large_its_films(row, films, monkeypatch):
    wires.install(monkeypatch)

    def seconds(film):
        begin = time.perf_counter()
        grid = VideoGrid([film] * 6)
        took = time.perf_counter() - begin
        grid.videos = []
        grid.ready.result(300)
        return took

    def enough(small, large):
        return large <= 2 * small

    small, large = in_turns(*films, rounds=TURNS, seconds=seconds, enough=enough)
    row(
        "VideoGrid of six films of 60 MB: its constructor",
        before="774 ms",
        now=1000 * large,
        unit="ms",
        limit=f"of films of 1 MB: {1000 * small:.2g} ms",
        reach=50,
    )
    assert enough(small, large)
