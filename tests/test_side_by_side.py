"""One experiment at several services: each refuses, fails and is paced alone, under one budget."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from conftest import KEY
from faulty import Faulty, answer
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import Studio
from sora_nb.errors import (
    AuthError,
    BudgetExceeded,
    ConfigError,
    GenerationFailed,
    Interrupted,
    InvalidInput,
    LedgerError,
    QuotaError,
    RouteRetired,
)
from sora_nb.experiments import run as runs
from sora_nb.experiments.matrix import arranged
from sora_nb.experiments.plan import Combination
from sora_nb.experiments.sweep import Sweep
from sora_nb.models import ServiceId, State
from sora_nb.money.prices import Estimate
from sora_nb.providers import registry

NORTH = {
    **registry._table()["local"],
    "title": "A gateway that charges",
    "free": False,
    "key_required": True,
    "at_once": 1,
    "video": {
        **registry._table()["local"]["video"],
        "model": "snow",
        "models": ["snow"],
        "seconds": 4,
        "size": "64x64",
    },
    "prices": [{"kind": "video", "model": "snow", "usd": "0.10", "source": "a list", "date": "2026-10-01"}],
}
SOUTH = {
    **NORTH,
    "video": {**NORTH["video"], "model": "sun", "models": ["sun", "dusk"], "seconds": 2, "seconds_allowed": [2, 6]},
    "prices": [{"kind": "video", "model": "sun", "usd": "0.20", "source": "a list", "date": "2026-10-01"}],
}
EAST = {**NORTH, "models": {"snow": {"references": {"style": "prose", "images": 2}}}}
ALL = ["local/animatic", "north/snow", "south/sun"]
WRONG_KEY = answer(json.dumps({"error": {"message": "No such key.", "type": "invalid_request_error"}}).encode(), 401)


@pytest.fixture
def services(server, monkeypatch):
    """Two services beside the engine of this process: north works, south is where a test says."""
    table = registry._table()
    monkeypatch.setattr(registry, "_table", lambda: {**table, "north": NORTH, "south": SOUTH, "east": EAST})
    registry.get.cache_clear()
    for name in ("NORTH", "SOUTH", "EAST"):
        monkeypatch.setenv(f"SORA_NB_{name}_API_KEY", KEY)
        monkeypatch.setenv(f"SORA_NB_{name}_BASE_URL", server.url)
    yield lambda url: monkeypatch.setenv("SORA_NB_SOUTH_BASE_URL", url)
    registry.get.cache_clear()


@pytest.fixture
def studio(services, tmp_path, engine):
    with Studio("local", home=tmp_path / "mine", engine=engine, progress=False) as made:
        yield made


def asked_at(faulty):
    return [json.loads(request.partition(b"\r\n\r\n")[2])["prompt"] for request in faulty.creates]


# --- planning -----------------------------------------------------------------------------------------------------------


def test_each_service_has_its_own_defaults(studio):
    sweep = studio.sweep(["a fox"], models=ALL)
    assert [(one.service.provider, one.model, one.size, one.seconds) for one in sweep.combinations] == [
        ("local", "animatic", "1280x720", 10), ("north", "snow", "64x64", 4), ("south", "sun", "64x64", 2),
    ]  # fmt: skip


def test_what_one_service_refuses_does_not_stop_the_others(studio, engine):
    sweep = studio.sweep(["a fox"], models=ALL, seconds=4, size="64x64")
    table = sweep.estimate()
    assert list(table["status"]) == ["to do", "to do", "refused"]
    assert table["note"][2].startswith("The profile 'south' makes videos of 2, 6 s.")
    assert "charged" not in table["note"][2]  # what it means for money is plain in a plan
    assert list(table["due"]) == [0, 0.10, 0]
    assert table["price"].isna().tolist() == [False, False, True]
    results = sweep.run(budget=0.10)
    assert list(results["status"]) == ["done", "done", "refused"]
    assert results["note"][2] == table["note"][2]
    assert len(engine.requests) == 2


def test_what_every_service_refuses_is_refused(studio):
    with pytest.raises(InvalidInput, match="makes videos of 2, 6 s") as refused:
        studio.sweep(["a fox"], models=["south/sun", "south/dusk"], seconds=5, size="64x64")
    assert not getattr(refused.value, "__notes__", [])  # both said the same
    with pytest.raises(InvalidInput, match="makes videos of 2, 6 s"):
        studio.sweep(["a fox", "a cat"], models=["south/sun"], seconds=5)


def test_a_service_without_a_key_is_in_the_plan_with_what_it_needs(studio, monkeypatch):
    monkeypatch.delenv("SORA_NB_SOUTH_API_KEY")
    with pytest.raises(ConfigError, match="needs a key"):
        studio.sweep(["a fox"], models=["south/sun"])
    table = studio.sweep(["a fox"], models=ALL).estimate()
    assert list(table["status"]) == ["to do", "to do", "refused"]
    assert table["note"][2].startswith("The profile 'south' needs a key. Set SORA_NB_SOUTH_API_KEY.")
    assert list(table["seconds"]) == [10, 4, 2]


def test_a_character_that_a_service_does_not_know_is_refused_there_alone(studio, footage, engine):
    hero = studio.extract(footage, 2, 4)
    models = ["local/animatic", "north/snow"]
    sweep = studio.sweep(["{character} on the beach"], characters=[hero], models=models, seconds=2, size="64x64")
    assert list(sweep.estimate()["status"]) == ["to do", "refused"]
    assert hero.mention in sweep.estimate()["note"][1]
    assert list(sweep.results()["cast"]) == [hero.mention] * 2
    assert list(sweep.run()["status"]) == ["done", "refused"]


def test_a_model_that_is_named_twice_is_asked_once(studio):
    sweep = studio.sweep(["a fox"], models=["animatic", "local/animatic", "north/", "north/snow"])
    assert [one.model_name for one in sweep.combinations] == ["local/animatic", "north/snow"]


# --- money --------------------------------------------------------------------------------------------------------------


def test_the_estimate_adds_up_for_each_service(studio):
    table = studio.sweep(["a fox", "a cat", "a dog"], models=[*ALL, "south/dusk"], seconds=2).estimate()
    sums = table.groupby("service")["due"].sum()
    assert {name: round(Decimal(due), 6) for name, due in sums.items()} == {
        "local": 0, "north": Decimal("0.30"), "south": Decimal("0.60"),
    }  # fmt: skip
    assert table.groupby("service")["due"].apply(lambda due: due.isna().sum()).to_dict() == {
        "local": 0, "north": 0, "south": 3
    }  # fmt: skip


def test_an_old_price_is_marked_while_it_is_to_be_paid(studio):
    sweep = studio.sweep(["a fox"], models=["local/animatic", "north/snow"], seconds=2, size="64x64")
    priced = sweep.combinations[1].price
    aged = [
        one.model_copy(update={"price": one.price.model_copy(update={"age": 99})}) if one.price is priced else one
        for one in sweep.combinations
    ]
    old = Sweep(sweep._session, aged)
    assert list(old.estimate()["note"]) == ["", "Its price was read 99 days ago: check it at the vendor."]
    old.run()
    assert list(old.estimate()["note"]) == ["", ""]


@pytest.mark.parametrize("where", ["run", "studio"])
def test_a_budget_names_the_service_without_a_price(services, tmp_path, engine, where):
    limit = {"budget": 5} if where == "studio" else {}
    with Studio("local", home=tmp_path / "mine", engine=engine, progress=False, **limit) as studio:
        sweep = studio.sweep(["a fox"], models=["local/animatic", "south/dusk"], seconds=2)
        with pytest.raises(BudgetExceeded, match="No price list has 'dusk' at south"):
            sweep.run(budget=5 if where == "run" else None)
        assert studio.costs().empty


def test_one_budget_holds_for_all_services(studio, engine):
    sweep = studio.sweep(["a fox"], models=ALL, seconds=2, size="64x64")
    with pytest.raises(BudgetExceeded, match=r"The 3 videos to do cost \$0.30, more than the \$0.29 allowed"):
        sweep.run(budget="0.29")
    assert engine.requests == []
    assert sweep.run(budget="0.30")["charged"].sum() == pytest.approx(0.30)


# --- running ------------------------------------------------------------------------------------------------------------


def test_a_service_with_a_wrong_key_stops_alone_and_is_tried_again(services, server, studio, capsys):
    with Faulty(WRONG_KEY) as south:
        services(south.url)
        sweep = studio.sweep(["a fox", "a cat", "a dog"], models=ALL, seconds=2, size="64x64")
        results = sweep.run()
        assert asked_at(south) == ["a fox"]
    by_service = {name: list(rows["status"]) for name, rows in results.groupby("service")}
    assert by_service == {"local": ["done"] * 3, "north": ["done"] * 3, "south": ["failed", "not sent", "not sent"]}
    assert results[results["status"] == "not sent"]["note"].str.contains("No such key").all()
    assert (
        "south: 2 videos not sent; the next run() tries again. south answered: No such key." in capsys.readouterr().err
    )
    with Faulty(WRONG_KEY) as south:
        services(south.url)
        again = studio.sweep(["a fox", "a cat", "a dog"], models=ALL, seconds=2, size="64x64")
        assert list(again.estimate()["due"]) == [0, 0, 0.20] * 3
        with pytest.raises(AuthError, match="No such key"):  # nothing else is missing
            again.run()
        assert list(again.results()["status"]) == ["done", "done", "failed", *["done", "done", "not sent"] * 2]


def test_what_was_not_sent_is_made_by_the_next_run_of_the_same_plan(services, studio, monkeypatch):
    sweep = studio.sweep(["a fox", "a cat"], models=["local/animatic", "north/snow"], seconds=2, size="64x64")
    submit = sweep._session.submit_video

    def refused(prompt, **asked):
        if asked["model"] == "north/snow":
            raise QuotaError("Nothing is left.")
        return submit(prompt, **asked)

    monkeypatch.setattr(sweep._session, "submit_video", refused, raising=False)
    assert list(sweep.run()["status"]) == ["done", "not sent", "done", "not sent"]
    assert list(sweep.estimate()["status"]) == ["done", "not sent", "done", "not sent"]
    assert list(sweep.estimate()["due"]) == [0, 0.10, 0, 0.10]
    monkeypatch.undo()


def test_a_service_that_is_alone_or_a_reason_that_all_have_is_raised(services, studio):
    with Faulty(WRONG_KEY) as south:
        services(south.url)
        with pytest.raises(AuthError, match="No such key"):
            studio.sweep(["a fox", "a cat"], models=["south/sun"]).run()
        sweep = studio.sweep(["a fox", "a cat"], models=["south/sun", "south/dusk"], seconds=2)
        with pytest.raises(AuthError, match="No such key"):
            sweep.run()
        assert set(sweep.results()["status"]) == {"failed", "not sent"}


@pytest.mark.parametrize(
    ("at_once", "most"), [(None, {"local": 2, "north": 1}), (3, {"local": 3, "north": 3}), ({"north": 2}, {"local": 2, "north": 2})]
)  # fmt: skip
def test_each_service_has_its_own_pace(studio, engine, at_once, most):
    engine.delay = 0.002
    sweep = studio.sweep(["a fox"], repeats=4, models=["local/animatic", "north/snow"], seconds=2, size="64x64")
    submit, jobs, seen = sweep._session.submit_video, {"local": [], "north": []}, {"local": 0, "north": 0}

    def counted(prompt, **asked):
        name = asked["model"].partition("/")[0]
        jobs[name].append(submit(prompt, **asked))
        seen[name] = max(seen[name], sum(not job.done() for job in jobs[name]))
        return jobs[name][-1]

    sweep._session.submit_video = counted
    assert set(sweep.run(at_once=at_once)["status"]) == {"done"}
    assert seen == most


@pytest.mark.parametrize(
    ("wrong", "said"),
    [(0, "at once"), ({"north": 0}, "at once"), ({"nrth": 1}, "No service of this experiment is called 'nrth'.*north")],
)
def test_a_pace_that_makes_no_sense_is_refused(studio, wrong, said):
    with pytest.raises(InvalidInput, match=said):
        studio.sweep(["a fox"], models=["local/animatic", "north/snow"]).run(at_once=wrong)


def test_a_character_goes_to_a_service_once_somebody_said_who_agreed(studio, footage):
    hero = studio.extract(footage, 2, 4, name="luna")
    asked = {"characters": [hero], "models": ["local/animatic", "east/snow"], "seconds": 2, "size": "64x64"}
    results = studio.sweep(["{character} runs"], **asked).run()
    assert list(results["status"]) == ["done", "not sent"]
    assert "@luna would leave this machine for the first time" in results["note"][1]
    sweep = studio.sweep(["{character} runs"], **asked, consent="Ada: my own rabbit")
    assert list(sweep.run()["status"]) == ["done", "done"]
    assert studio.character("luna").consent.by == "Ada: my own rabbit"


def test_an_experiment_goes_on_in_another_kernel(services, studio, tmp_path, engine):
    models = ["local/animatic", "north/snow"]
    studio.sweep(["a fox"], models=models, seconds=2, size="64x64").run()
    with Studio("local", home=tmp_path / "mine", engine=engine, progress=False) as other:
        sweep = other.sweep(["a fox", "a cat"], models=models, seconds=2, size="64x64")
        assert list(sweep.results()["status"]) == ["done", "done", "to do", "to do"]
        results = sweep.run(budget="0.10")
    assert list(results["status"]) == ["done"] * 4
    assert len(engine.requests) == 4
    assert (results["seconds waited"] >= 0).all()
    assert list(results["charged"]) == [0, 0.10, 0, 0.10]


# --- any mix ------------------------------------------------------------------------------------------------------------

PRICE = 100
ENDS = {
    "done": None,
    "dear": None,
    "fails": GenerationFailed("It failed."),
    "no key": AuthError("No such key."),
    "no balance": QuotaError("Nothing is left."),
    "closed": ConfigError("No key is set."),
    "retired": RouteRetired("It is gone."),
    "refused": InvalidInput("Its character is gone."),
    "ledger": LedgerError("The disk is full."),
    "interrupted": Interrupted("Its kernel ended."),
}
AT_SUBMIT = {"closed", "refused", "ledger"}
STOPS = {"no key", "no balance", "closed"}


class StandIn:
    """A session whose videos end as they are told to; it looks whether each is asked for once, and within the budget."""

    def __init__(self, fates, budget, looks):
        self.fates = fates
        self.budget = budget
        self.looks = looks
        self.numbers = count()
        self.calls = {}
        self.asked = []
        self.running = []
        self.ledger = SimpleNamespace(call=self.calls.get)
        self.services = SimpleNamespace(provider=self.provider)

    def provider(self, service):
        return SimpleNamespace(profile=SimpleNamespace(at_once=1 + len(service.provider) % 3))

    def submit_video(self, prompt, **_):
        number = int(prompt)
        fate = self.fates[number]
        before = self.asked.count(number)
        assert before == 0 or (fate == "interrupted" and before == 1)
        self.asked.append(number)
        if fate in AT_SUBMIT:
            raise ENDS[fate]
        error = None if fate == "interrupted" and before else ENDS[fate]
        charged = {"done": PRICE, "dear": 3 * PRICE}.get(fate, PRICE if error is None else 0)
        job = Ending(f"{number} {before}", self.looks[number], error)
        self.calls[job.id] = SimpleNamespace(charged=charged)
        self.running.append((number, job))
        held = sum(PRICE for _, one in self.running if not one.ended)
        spent = sum(self.calls[one.id].charged for _, one in self.running if one.ended)
        assert self.budget is None or held + spent <= self.budget
        return job


class Ending:
    """A job that ends after some looks."""

    progress = 50.0

    def __init__(self, ident, looks, error):
        self.id = ident
        self.looks = looks
        self.error = error
        self.ended = False

    def done(self):
        self.looks -= 1
        return self.looks < 0

    def result(self):
        self.ended = True
        if self.error:
            raise self.error


@given(data=st.data())
def test_any_mix_of_services_ends_sends_nothing_twice_and_keeps_the_budget(data):
    fates = data.draw(st.lists(st.sampled_from(list(ENDS)), min_size=1, max_size=14))
    names = [data.draw(st.sampled_from(["a", "bb", "ccc"])) for _ in fates]
    models = [data.draw(st.sampled_from(["x", "y"])) for _ in fates]
    looks = [data.draw(st.integers(0, 3)) for _ in fates]
    budget = data.draw(st.none() | st.integers(len(fates), 2 * len(fates)).map(PRICE.__mul__))
    combinations = [
        Combination(
            prompt=str(number),
            service=ServiceId(name),
            model=model,
            size="64x64",
            seconds=1,
            price=Estimate(micros=PRICE, free=False),
        )
        for number, (name, model) in enumerate(zip(names, models, strict=True))
    ]
    session = StandIn(fates, budget, looks)
    run = runs.Run(session, combinations, range(len(fates)), (), budget=budget, at_once={}, experiment="", consent=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "wait_for_any", lambda jobs, seconds: None)  # these jobs end when they are looked at
        try:
            run.make(lambda _: None)
            stopped = None
        except (BudgetExceeded, LedgerError) as error:
            stopped = error
    assert stopped is None or "ledger" in fates or "dear" in fates
    asked = set(session.asked)
    accepted = {number for number in asked if fates[number] not in AT_SUBMIT}
    # what was interrupted waits again, and may be left out then
    assert {fates[number] for number in accepted.intersection(run.unsent)} <= {"interrupted"}
    assert accepted | set(run.unsent) == set(range(len(fates)))
    if stopped is None:
        for number, reason in run.unsent.items():  # each by an error of its own service
            beside = {fates[other] for other in asked if names[other] == names[number]}
            assert any(ENDS[fate] and ENDS[fate].message in reason for fate in beside)
        for name in set(names):
            mine = [number for number in range(len(fates)) if names[number] == name]
            if not any(fates[number] in STOPS | {"retired", "refused"} for number in mine):
                assert not set(mine) & set(run.unsent)


@given(data=st.data())
def test_a_matrix_has_a_place_for_each_video(data):
    texts = data.draw(
        st.lists(st.sampled_from(["{character} runs", "{character} and {character}", "a fox"]), min_size=1, max_size=3)
    )
    whos = data.draw(st.lists(st.sampled_from(["@a", "@b", "@c"]), min_size=1, max_size=3, unique=True))
    models = data.draw(st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=2, unique=True))
    repeats = data.draw(st.integers(1, 3))
    combinations = [
        Combination(prompt=text.replace("{character}", who), service=ServiceId("a"), model=model, size="64x64", seconds=1,
                    repeat=repeat, text=text, who=who)
        for text in dict.fromkeys(texts)
        for model in models
        for who in (whos if "{character}" in text else [""])
        for repeat in range(repeats)
    ]  # fmt: skip
    matrix = arranged(combinations)
    assert sorted(number for number in matrix.cells if number is not None) == list(range(len(combinations)))
    assert None not in matrix.cells or {bool(one.who) for one in combinations} == {True, False}
    if len(models) > 1:
        assert matrix.columns == tuple(models)
    if matrix.columns:
        assert len(matrix.cells) == len(matrix.rows) * len(matrix.columns)
        columns = [
            [combinations[number] for number in matrix.cells[place :: len(matrix.columns)] if number is not None]
            for place in range(len(matrix.columns))
        ]
        rows = [combinations[number] for number in matrix.cells[:: len(matrix.columns)] if number is not None]
        assert len({(one.prompt, one.repeat, one.model, one.who) for one in rows}) == len(rows)
        if len(models) > 1:
            assert all(len({one.model for one in column}) == 1 for column in columns)


# --- looking ------------------------------------------------------------------------------------------------------------


def test_the_grid_is_a_matrix_and_an_empty_place_says_why(services, studio):
    with Faulty(WRONG_KEY) as south:
        services(south.url)
        sweep = studio.sweep(["a fox", "a cat"], models=[*ALL, "south/dusk"], seconds=2, size="64x64")
        sweep.run()
    grid = sweep.grid()
    assert grid._headings == {"rows": ["a fox", "a cat"], "columns": [*ALL, "south/dusk"]}
    notes = [player["note"] for player in grid._players]
    assert notes[:2] == ["", ""]
    assert notes[2].startswith("No video: south answered: No such key.")
    assert notes[3].startswith("No video: not sent. south answered: No such key.")
    assert grid._players[0]["title"].startswith("waited ")
    grid.favourite = 4
    assert list(sweep.results()["favourite"]) == [False] * 4 + [True] + [False] * 3
    grid.favourite = 3  # there is nothing to mark
    assert not sweep.results()["favourite"].any()


def test_characters_are_the_rows_of_one_prompt_and_the_columns_of_several(studio, footage):
    cast = [studio.extract(footage, 2, 4), studio.extract(footage, 1, 3)]
    names = [who.mention for who in cast]
    one = studio.sweep(["{character} dances"], characters=cast, models=["animatic", "sora-2"], seconds=2)
    assert one.grid()._headings == {"rows": names, "columns": ["animatic", "sora-2"]}
    several = studio.sweep(["{character} dances", "{character} sleeps"], characters=cast, seconds=2)
    assert several.grid()._headings == {"rows": ["{character} dances", "{character} sleeps"], "columns": names}
    assert several.grid()._players[0]["note"] == "No video: not made yet; run() makes it"
    takes = studio.sweep(["a fox", "a cat"], repeats=2, seconds=2)
    assert takes.grid()._headings == {"rows": ["a fox", "a cat"], "columns": ["take 1", "take 2"]}
    assert studio.sweep(["a fox", "a cat"], seconds=2).grid()._headings == {}
    mixed = studio.sweep(["{character} dances", "an empty street"], characters=cast, seconds=2).grid()
    assert mixed._headings == {"rows": ["{character} dances", "an empty street"], "columns": [*names, "no character"]}
    assert [player["note"] == "No video: not asked for" for player in mixed._players] == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_page_has_the_same_matrix(studio, tmp_path):
    sweep = studio.sweep(["a <b>fox</b>", "a cat"], models=ALL, seconds=4, size="64x64")
    sweep.run()
    page = sweep.to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    matrix = page[page.index('class="sora-matrix"') : page.index('class="sora-table"')]
    assert matrix.count('<th scope="row"') == 2
    assert [f">{name}</th>" in matrix for name in ALL] == [True] * 3
    assert matrix.count('<video src="data:video/mp4;base64,') == 4
    assert matrix.count("data:image/jpeg;base64,") == 4  # in the place of a film, where a host strips films
    assert matrix.count("refused") == 2
    assert "<b>fox" not in page
    assert "Animatics by the local engine of sora_nb, not a Sora model.<br>Videos by north, south." in page
    assert "<th>service</th>" in page


def test_the_ledger_tells_the_wait(studio):
    sweep = studio.sweep(["a fox"], seconds=2, size="64x64")
    assert sweep.results()["seconds waited"].isna().all()
    sweep.run()
    (call,) = studio.ledger.calls((State.DONE,))
    waited = (call.ended_at - call.created_at).total_seconds()
    assert list(sweep.results()["seconds waited"]) == [pytest.approx(waited, abs=0.06)]
