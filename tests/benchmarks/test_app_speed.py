"""What opening the app, its widgets and a plan cost with a large library, compared with a small one: ratios in one run."""

from __future__ import annotations

import json
import time

import pytest
import wire as wires
from library import FEW, MANY, PROMPTS, library

from sora_nb import CharacterGallery, PromptBox, Studio, VideoPicker

ROUNDS = 30
OPENINGS = {
    "videos": Studio.videos,
    "characters": Studio.characters,
    "picker": lambda studio: VideoPicker(studio.videos()),
    "gallery": lambda studio: CharacterGallery(studio.characters()),
    "prompt box": lambda studio: PromptBox(studio.characters(), value="@u0 meets @u1"),
    "app": Studio.app,
}
LOOKS = {
    "the picker is searched": ("picker", {"kind": "search", "text": "CORGI 77"}),
    "the gallery is searched": ("gallery", {"kind": "search", "text": "u7"}),
    "a name is completed": ("prompt box", {"kind": "complete", "typed": "u"}),
}


@pytest.fixture(scope="module")
def studios(tmp_path_factory):
    """A studio with a small library and one with a large one."""
    made = [library(tmp_path_factory.mktemp("home"), *size) for size in (FEW, MANY)]
    yield made
    for studio in made:
        studio.close()


def seconds(work, studio):
    """What the cell's own thread works; what others take of the machine meanwhile is not the library's."""
    start = time.thread_time()
    made = work(studio)
    passed = time.thread_time() - start
    if hasattr(made, "ready"):
        made.ready.result(60)  # what goes on in the background is not measured with the next one
    return passed


def compared(studios, work):
    """The quietest turns for the small and the large library; they take turns, as busy for both."""
    times = [[seconds(work, studio) for studio in studios] for _ in range(ROUNDS + 1)][1:]
    return [min(column) for column in zip(*times, strict=True)]


@pytest.mark.parametrize("name", OPENINGS)
def test_a_large_library_opens_as_fast_as_a_small_one(benchmark, studios, monkeypatch, name):
    wires.install(monkeypatch)
    few, many = benchmark.pedantic(lambda: compared(studios, OPENINGS[name]), rounds=1)
    benchmark.extra_info.update(few_ms=round(1000 * few, 2), many_ms=round(1000 * many, 2), ratio=round(many / few, 2))
    assert many <= 1.5 * few + 0.001  # a large one begins the thread that reads a page, however short the rest is


@pytest.mark.parametrize("name", ["picker", "gallery", "prompt box"])
def test_what_a_page_is_opened_with_does_not_grow_with_the_library(studios, monkeypatch, name):
    wire = wires.install(monkeypatch)
    sizes = []
    for studio in studios:
        widget = OPENINGS[name](studio)
        widget.ready.result(60)
        sizes.append(sum(len(json.dumps(data["state"], default=str)) for model, _, data, _ in wire.sent
                         if model == widget.model_id and "state" in data))  # fmt: skip
    assert sizes[1] < sizes[0] + 50_000  # a page of a hundred cards, where there are only ten


@pytest.mark.parametrize("name", LOOKS)
def test_a_large_library_is_searched_while_somebody_types(benchmark, studios, monkeypatch, name):
    wires.install(monkeypatch)
    widget, message = LOOKS[name]
    shown = OPENINGS[widget](studios[1])
    shown.ready.result(60)

    def look():
        start, busy = time.perf_counter(), time.process_time()
        wires.custom(shown, message)
        answered = time.perf_counter() - start  # the kernel's own thread is free again
        shown.ready.result(60)
        return answered, time.process_time() - busy

    times = benchmark.pedantic(lambda: [look() for _ in range(ROUNDS)], rounds=1)
    held, worked = (min(column) for column in zip(*times, strict=True))
    benchmark.extra_info.update(held_ms=round(1000 * held, 2), worked_ms=round(1000 * worked, 1))
    assert held < 0.01
    assert worked < 0.15


def test_a_rename_holds_up_the_app_no_longer_with_a_large_library(benchmark, studios, monkeypatch):
    wires.install(monkeypatch)
    apps = [studio.app() for studio in studios]
    for app in apps:
        app.ready.result(60)

    def rename(app):
        shown = app.gallery.cards[3]
        start = time.perf_counter()
        wires.custom(app.gallery, {"kind": "rename", "key": shown["key"], "name": shown["name"] + "x"})
        passed = time.perf_counter() - start
        time.sleep(0.05)  # it is written meanwhile
        app.ready.result(60)
        assert app.gallery.problem == ""
        return passed

    times = benchmark.pedantic(lambda: [[rename(app) for app in apps] for _ in range(ROUNDS)], rounds=1)
    few, many = (min(column) for column in zip(*times, strict=True))
    benchmark.extra_info.update(few_ms=round(1000 * few, 2), many_ms=round(1000 * many, 2))
    assert many <= few + 0.02  # a page of a hundred cards, where there are only ten


def test_a_plan_does_not_grow_with_the_ledger(benchmark, studios):
    few, many = benchmark.pedantic(lambda: compared(studios, lambda studio: studio.sweep(PROMPTS)), rounds=1)
    benchmark.extra_info.update(few_ms=round(1000 * few, 1), many_ms=round(1000 * many, 1))
    assert many < 0.2
    assert many <= few + 0.02
