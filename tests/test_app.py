"""The one-cell app, driven as a page drives it, with a real server and a quick engine."""

from __future__ import annotations

from decimal import Decimal

import pytest
import wire as wires
from conftest import KEY
from waiting import until

from sora_nb import Studio
from sora_nb.models import State
from sora_nb.storage.ledger import Call

SMALL = {"size": "160x96", "seconds": 4}


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def studio(server):
    made = Studio("local", base_url=server.url, api_key=KEY, progress=False)
    yield made
    made.close()


def chosen(app, value):
    app.picker.value = value
    until(lambda: app.making.ready)


def order(app, prompt):
    wires.custom(app.prompt, {"kind": "submit", "prompt": prompt, "number": app.prompt.answered + 1})


def small(app):
    app.prompt.size, app.prompt.seconds = SMALL["size"], SMALL["seconds"]


def test_the_whole_loop(studio, footage):
    app = studio.app()
    small(app)
    assert not app.making.ready
    chosen(app, footage)
    assert "$0.01" in app.making.note
    app.slider.value = (2, 4)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
    assert app.character.clip.timestamps == "2,4"
    until(lambda: app.prompt.value)
    assert app.gallery.value == (app.character,)
    assert app.prompt.value == f"{app.character} "
    order(app, f"{app.character} dances")
    until(lambda: app.video)
    until(lambda: app.grid.videos)
    assert app.video.path.is_file()
    assert app.picker.videos[0].path == app.video.path
    assert [job["state"] for job in app.making.jobs + app.rendering.jobs] == ["done", "done"]
    until(lambda: app.meter.estimated == Decimal("0.16"))
    assert app.meter.words == "charged nothing; list price $0.16"


def test_a_generated_video_is_shown_beside_what_its_character_was_cut_from(studio):
    clip = studio.generate("a corgi", **SMALL)
    app = studio.app()
    small(app)
    chosen(app, clip)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.prompt.value)
    order(app, f"{app.character} dances")
    until(lambda: len(app.grid.videos) == 2)
    assert app.grid.videos[0] == clip


def test_what_is_refused_is_said_where_it_was_asked_for(studio, footage, engine):
    app = studio.app()
    small(app)
    order(app, "@nobody.here walks")
    until(lambda: app.prompt.problem)
    assert "There is no character @nobody.here here." in app.prompt.problem
    assert app.prompt.warnings == []
    assert not app.prompt.busy

    def fail(*_):
        raise ValueError("paint is out")

    engine.generate = fail
    order(app, "a fox")
    until(lambda: [job["state"] for job in app.rendering.jobs] == ["failed"])
    assert "could not make the video" in app.rendering.jobs[0]["note"]


def test_a_gateway_that_takes_no_files_says_so_under_the_button(studio, footage, monkeypatch):
    routes = studio.profile.routes.model_copy(update={"files": None})
    settings = studio._settings
    profile = settings.profile.model_copy(update={"routes": routes})
    monkeypatch.setattr(studio, "_settings", settings.model_copy(update={"profile": profile}))
    app = studio.app()
    chosen(app, footage)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.making.problem)
    assert "takes videos by web address only" in app.making.problem


def test_characters_are_renamed_forgotten_and_kept_again(studio, footage):
    hero = studio.extract(footage, 2, 4)
    app = studio.app()
    key = f"local/{hero.username}"
    wires.custom(app.gallery, {"kind": "rename", "key": key, "name": "Bunny"})
    until(lambda: studio.character(hero.username).display_name == "Bunny")
    wires.custom(app.gallery, {"kind": "delete", "key": key})
    until(lambda: not app.prompt.characters)
    assert studio.characters() == []
    wires.custom(app.gallery, {"kind": "restore", "key": key})
    until(lambda: app.prompt.characters)
    assert studio.characters()[0].username == hero.username


def test_a_call_that_goes_on_here_is_not_given_the_end_of_another(studio, engine):
    engine.hold()
    job = studio.submit("a fox", **SMALL)
    old = studio.ledger.add(
        Call(kind="video", profile="local", base_url=studio.client.settings.base_url, prompt="never sent")
    )
    app = studio.app()

    def shown(call):
        return next(entry for entry in app.rendering.jobs if entry["key"] == call)["state"]

    until(lambda: shown(old.id) == "failed")
    assert shown(job.id) != "failed"
    engine.go_on()
    job.result()


def test_a_new_app_shows_and_finishes_what_an_earlier_kernel_left(studio, server):
    studio.generate("a fox", **SMALL)
    (call,) = studio.ledger.calls()
    studio.ledger.change(call, state=State.RUNNING, owner="gone", file=None, sha256="", charged=None)
    app = studio.app()
    assert app.rendering.jobs[0]["note"] == "from an earlier session"
    until(lambda: app.rendering.jobs[0]["state"] == "done")
    assert studio.videos()[0].path.is_file()


def test_a_saved_notebook_says_to_run_it_again(studio):
    bundle, _ = studio.app()._repr_mimebundle_()
    assert bundle["text/plain"] == "App(0 characters, 0 videos)"
    assert "Run this cell" in bundle["text/html"]
