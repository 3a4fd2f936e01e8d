"""The app with models of other services: chosen, looked at before anything is sent, agreed to once, and paid once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import wire as wires
from conftest import KEY
from waiting import until

from sora_nb import Studio
from sora_nb.models import Price
from sora_nb.notebook.desk import KEEP, SEND
from sora_nb.notebook.stranger import LEAVE, MAKE
from sora_nb.providers import registry, shapes

SMALL = {"size": "160x96", "seconds": 4}
MODEL = "runway/seedance2_5"


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def studio(tmp_path, engine):
    with Studio("local", home=tmp_path / "home", progress=False, engine=engine) as made:
        yield made


@pytest.fixture
def service(studio):
    return studio.rehearse("runway")


@pytest.fixture
def hero(studio, service):
    return studio.extract(studio.generate("a corgi", **SMALL), 1, 3, name="luna")


@pytest.fixture
def app(studio, hero):
    app = studio.app()
    app.ready.result()
    wires.update(app.prompt, model=MODEL)
    return app


def order(app, prompt):
    wires.custom(app.prompt, {"kind": "submit", "prompt": prompt, "number": app.prompt.answered + 1})


def asks(app):
    return app.desk.consent.layout.display != "none"


def looked(app):
    app.desk._worker.done.result()
    return app.desk.preview.value


def test_models_of_services_whose_key_is_set_can_be_chosen(studio, monkeypatch):
    assert studio.app().prompt.models == ["animatic"]
    monkeypatch.setenv("RUNWAYML_API_SECRET", "a-key")
    models = studio.app().prompt.models
    assert models[0] == "animatic"
    assert {name.partition("/")[0] for name in models[1:]} == {"runway"}
    table = studio.models()
    assert set(models[1:]) == set(table.name[(table.provider == "runway") & (table.retired == "")])


def test_a_model_has_its_own_lengths_and_sizes_and_its_price_is_shown(app):
    rules = registry.get("runway").rules("seedance2_5")
    assert app.prompt.sizes == shapes.sizes(rules)
    assert app.prompt.size in app.prompt.sizes
    assert app.prompt.seconds in app.prompt.lengths
    assert app.prompt.lengths[0] == (rules.shortest or rules.lengths[0])
    before = app.prompt.cost
    wires.update(app.prompt, seconds=app.prompt.lengths[-1])
    assert app.prompt.cost.startswith("$")
    assert app.prompt.cost != before
    wires.update(app.prompt, model="animatic")
    assert app.prompt.seconds in app.prompt.lengths
    assert "free here" in app.prompt.cost


@pytest.mark.parametrize("name", registry.names())
def test_all_sizes_offered_are_what_the_model_makes(name):
    profile = registry.get(name)
    for model in profile.models:
        rules = profile.rules(model)
        for size in shapes.sizes(rules):
            assert shapes.shape_of(size, rules).size == size, (model, size)


def test_what_would_be_sent_is_shown_as_the_text_settles(app, service):
    wires.update(app.prompt, value="@luna walks on the beach")
    shown = looked(app)
    assert "What would be sent" in shown
    assert "data:image/" in shown
    assert "walks on the beach" in shown
    assert MODEL in shown
    wires.update(app.prompt, value="@nobody.here walks")
    assert "There is no character @nobody.here here." in looked(app)
    wires.update(app.prompt, value=" ")
    assert looked(app) == ""
    wires.update(app.prompt, value="@luna walks", model="animatic")
    assert looked(app) == ""
    assert service.tasks() == []


def test_consent_is_asked_for_once_and_the_order_goes_out_once(app, studio, service):
    wires.update(app.prompt, value="@luna walks on the beach")
    order(app, app.prompt.value)
    until(lambda: asks(app))
    assert "@luna would leave this machine for the first time." in app.desk.consent.about
    assert app.desk.consent.value == ""
    assert not app.prompt.busy
    assert service.tasks() == []
    wires.custom(app.desk.consent, {"kind": "answer", "answer": SEND, "value": "  "})
    assert asks(app)
    for _ in range(2):
        wires.custom(app.desk.consent, {"kind": "answer", "answer": SEND, "value": "Ada Lovelace: it is my own cat"})
    assert not asks(app)
    until(lambda: app.video)
    assert len(service.tasks()) == 1
    assert studio.character("luna").consent.by == "Ada Lovelace: it is my own cat"
    app.video = None
    order(app, "@luna runs")
    until(lambda: app.video)
    assert not asks(app)
    assert len(service.tasks()) == 2


def test_nothing_is_sent_where_nobody_agrees_or_the_order_is_another_one_now(app, studio, service):
    wires.update(app.prompt, value="@luna walks")
    order(app, app.prompt.value)
    until(lambda: asks(app))
    wires.custom(app.desk.consent, {"kind": "answer", "answer": KEEP, "value": ""})
    assert not asks(app)
    order(app, app.prompt.value)
    until(lambda: asks(app))
    wires.update(app.prompt, value="@luna swims")
    assert not asks(app)
    wires.custom(app.desk.consent, {"kind": "answer", "answer": SEND, "value": "Ada"})
    app.desk._worker.done.result()
    assert service.tasks() == []
    assert studio.character("luna").consent is None
    assert not app.prompt.busy


def test_the_name_is_proposed_checked_as_it_is_typed_and_given(studio, footage, tmp_path, engine):
    mine = tmp_path / "My cat.mp4"
    mine.write_bytes(footage.read_bytes())
    app = studio.app()
    app.picker.value = mine
    until(lambda: app.making.ready)
    assert app.name.value == "my_cat"
    wires.update(app.name, value="my cat")
    until(lambda: app.name.problem)
    assert "A character's name is of Latin letters" in app.name.problem
    wires.update(app.name, value="Mittens")
    until(lambda: not app.name.problem)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
    assert app.character.username == "Mittens"
    until(lambda: app.name.value == "mittens2")
    wires.update(app.name, value="mittens")
    until(lambda: app.name.problem)
    assert app.name.problem == "There is a character @Mittens in this library already."
    app.slider.value = (2, 4)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.making.problem)
    assert "@Mittens" in app.making.problem
    assert len(studio.characters()) == 1


def test_a_character_of_a_generated_video_is_named_after_the_prompt(studio):
    clip = studio.generate("a corgi runs through a park", **SMALL)
    app = studio.app()
    app.picker.value = clip
    until(lambda: app.making.ready)
    assert app.name.value == "a_corgi_runs"


def test_a_service_without_characters_leaves_them_to_the_engine_here(tmp_path, footage, engine):
    with Studio("laozhang", api_key=KEY, home=tmp_path / "home", progress=False, engine=engine) as studio:
        app = studio.app()
        assert app.slider.span == registry.get("local").character.span != registry.get("laozhang").character.span
        app.picker.value = footage
        until(lambda: app.making.ready)
        assert "free here" in app.making.note
        wires.custom(app.making, {"kind": "action"})
        until(lambda: app.character)
        assert app.character.profile == "local"


@pytest.fixture
def paid(studio, hero, server):
    """A service that charges, in the home of a character that it does not know."""
    prices = tuple(
        Price(kind=kind, usd=usd, source="a test", date=dt.date(2026, 1, 4))
        for kind, usd in (("character", "0.01"), ("video", "0.30"))
    )
    profile = registry.get("local").model_copy(update={"name": "paid", "free": False, "prices": prices})
    with Studio(profile, base_url=server.url, api_key=KEY, home=studio.home, progress=False) as made:
        yield made


def offers(app):
    app.desk._worker.done.result()
    return app.desk.stranger.layout.display != "none"


def answer(app, answer, name):
    wires.custom(app.desk.stranger.question, {"kind": "answer", "answer": answer, "value": name})


def test_a_character_that_the_service_does_not_know_is_made_there_at_a_press(paid, hero):
    app = paid.app()
    assert not offers(app)
    wires.update(app.prompt, value="@luna walks beside @luna")
    assert offers(app)
    question = app.desk.stranger.question
    assert question.about == "paid does not know @luna. It can be made there from its kept seconds."
    assert (question.value, question.note) == ("luna2", "$0.01")
    assert app.desk.preview.value == ""
    wires.update(app.prompt, value="a fox")
    assert not offers(app)
    wires.update(app.prompt, value="@luna walks beside @luna")
    assert offers(app)
    for _ in range(2):
        answer(app, MAKE, "luna2")
    until(lambda: app.prompt.value == "@luna2 walks beside @luna2")
    assert not offers(app)
    assert [job["state"] for job in app.making.jobs] == ["done"]
    made = paid.character("luna2")
    assert (made.profile, made.description) == ("paid", hero.description)
    assert paid.costs().query("profile == 'paid'")[["kind", "charged"]].values.tolist() == [["character", 0.01]]


def test_a_character_is_made_elsewhere_neither_unasked_nor_over_the_budget(paid, studio, hero):
    app = paid.app()
    wires.update(app.prompt, value="@luna walks")
    assert offers(app)
    answer(app, LEAVE, "")
    wires.update(app.prompt, value="@luna walks away")
    assert not offers(app)
    assert "@luna is known to local only, not to paid" in app.desk.preview.value
    other = Studio(paid.profile, base_url=paid.provider.service.base_url, api_key=KEY, home=studio.home, budget="0.005")
    with other:
        app = other.app()
        wires.update(app.prompt, value="@luna walks")
        assert offers(app)
        answer(app, MAKE, "luna2")
        until(lambda: app.prompt.problem)
        assert "budget" in app.prompt.problem
        assert offers(app)
    assert "paid" not in set(paid.costs()["profile"])
    hero.clip_file.unlink()
    app = paid.app()
    wires.update(app.prompt, value="@luna walks")
    assert not offers(app)


def test_looking_keeps_no_request_waiting(app):
    threads = set()
    app.desk.preview.observe(lambda _: threads.add(threading.current_thread().name), "value")
    wires.update(app.prompt, value="@luna walks")
    assert looked(app)
    assert threads == {"sora_nb-widget"}


def test_the_engine_of_this_process_is_called_what_it_is(studio, service):
    titles = studio.app().prompt.titles
    assert titles[studio.profile.video.model] == f"Local animatic ({studio.profile.video.model} list price)"
    assert titles[MODEL] == MODEL
