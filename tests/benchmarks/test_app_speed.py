"""What opening the app and planning an experiment cost with a large library, compared with a small one."""

import statistics
import time

import pytest
import wire as wires
from library import FEW, MANY, PROMPTS, library

from sora_nb import Studio
from sora_nb.notebook.app import App

ROUNDS = 9


@pytest.fixture(scope="module")
def studios(tmp_path_factory):
    """A studio with a small library and one with a large one."""
    made = [library(tmp_path_factory.mktemp("home"), *size) for size in (FEW, MANY)]
    yield made
    for studio in made:
        studio.close()


def seconds(work, studio):
    start = time.perf_counter()
    made = work(studio)
    passed = time.perf_counter() - start
    if isinstance(made, App):
        made.ready.result(10)  # what goes on in the background is not measured with the next one
    return passed


def compared(studios, work):
    """The medians for the small and the large library, measured in turns."""
    times = [[seconds(work, studio) for studio in studios] for _ in range(ROUNDS + 1)][1:]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def test_a_large_library_opens_the_app_as_fast_as_a_small_one(benchmark, studios, monkeypatch):
    wires.install(monkeypatch)
    few, many = benchmark.pedantic(lambda: compared(studios, Studio.app), rounds=1)
    benchmark.extra_info.update(few_ms=round(1000 * few), many_ms=round(1000 * many), ratio=round(many / few, 2))
    assert many <= 1.2 * few


def test_a_plan_does_not_grow_with_the_ledger(benchmark, studios):
    few, many = benchmark.pedantic(lambda: compared(studios, lambda studio: studio.sweep(PROMPTS)), rounds=1)
    benchmark.extra_info.update(few_ms=round(1000 * few, 1), many_ms=round(1000 * many, 1))
    assert many < 0.2
    assert many <= few + 0.02
