"""One character cut from the sample plays the same film at every service that can be rehearsed, and at the local engine.

With SORA_NB_SCREENSHOTS set to a folder, a picture of the films side by side is kept there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import wire as wires
from stage import Stage

import sora_nb
from sora_nb import Studio
from sora_nb.money import catalogue
from sora_nb.providers import registry
from sora_nb.server import rehearsal

pytestmark = [pytest.mark.release, pytest.mark.timeout(900)]
SCREENSHOTS = os.environ.get("SORA_NB_SCREENSHOTS")
SERVICES = [name for name in rehearsal.names() if name in registry.names()]
SECONDS = 5
PROMPT = "{character} walks on the beach"
LOADED = "(count) => [...document.querySelectorAll('video[src]')].filter((one) => one.readyState >= 2).length === count"


def model_of(service):
    """A service's own default where that can be shown characters, else the first that can."""
    profile = registry.get(service)
    able = [model for model in catalogue.served(profile) if profile.rules(model).references is not None]
    return f"{service}/{profile.video.model if profile.video.model in able else able[0]}"


@pytest.fixture
def studio(tmp_path):
    with Studio("local", home=tmp_path / "home", progress=False) as made:
        yield made


def test_every_rehearsal_has_a_profile():
    assert rehearsal.names() == SERVICES
    assert len(SERVICES) >= 7


def test_one_cell_makes_the_same_film_at_all_services(studio, browser, monkeypatch):
    wire = wires.install(monkeypatch)
    servers = {name: studio.rehearse(name) for name in SERVICES}
    models = ["local/animatic", *map(model_of, SERVICES)]

    luna = studio.extract(sora_nb.footage(), 2, 4, name="luna")
    sweep = studio.sweep([PROMPT], characters=[luna], models=models, seconds=SECONDS, consent="a rabbit of the sample")
    results = sweep.run()
    grid = sweep.grid()

    assert list(results.status) == ["done"] * len(models)
    costs = studio.costs().query("kind == 'video'").set_index("profile")
    assert sorted(costs.index) == sorted(["local", *SERVICES])
    assert costs.charged["local"] == 0
    assert (costs.charged[SERVICES] > 0).all(), costs.charged
    for name, server in servers.items():
        (task,) = server.tasks()
        assert task.state == "succeeded", name
    assert len(grid.videos) == len(models)

    page = browser.new_page(viewport={"width": 1950, "height": 420})
    page.set_default_timeout(300_000)  # as many decoders as films
    stage = Stage(page, wire)
    view = stage.show(grid)
    page.wait_for_function(LOADED, arg=len(models))
    for model in models:
        assert view.get_by_text(model).first.is_visible()
    page.evaluate("() => document.querySelectorAll('video').forEach((one) => (one.currentTime = 2))")
    page.wait_for_function(
        "() => [...document.querySelectorAll('video[src]')].every((one) => one.currentTime === 2 && one.readyState >= 2)"
    )
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS) / "every-service.png", full_page=True)
    assert stage.errors == []
    page.close()

    for film in {video.path for video in grid.videos}:  # what several services were sent alike is drawn alike
        assert studio.consistency(luna, film).box is not None, film
