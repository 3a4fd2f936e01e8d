"""Prompt experiments against a real server that plays a paid gateway, with a quick engine."""

from __future__ import annotations

import datetime as dt
import html
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE

import pytest
from conftest import KEY
from waiting import until

from sora_nb import Studio
from sora_nb.engines.cutout.identity import Sighting
from sora_nb.errors import BudgetExceeded, InvalidInput, PromptError
from sora_nb.models import Price, State
from sora_nb.providers import registry
from sora_nb.storage.ledger import Call, Ledger

SMALL = {"seconds": 4, "size": "160x96"}


@pytest.fixture
def paid(server):
    """A studio whose gateway, the local server, has a price list and charges by it."""
    price = Price(kind="video", usd="0.15", source="a list", date="2026-01-01")
    profile = registry.get("local").model_copy(update={"free": False, "prices": (price,)})
    studio = Studio(profile, base_url=server.url, api_key=KEY, progress=False)
    yield studio
    studio.close()


@pytest.fixture
def hero(paid, footage):
    return paid.extract(footage, 2, 4)


def test_every_prompt_with_every_character_and_every_seed(paid, hero):
    sweep = paid.sweep(["{character} dances", "an empty beach"], characters=[hero], repeats=2, **SMALL)
    assert [(row.prompt, row.seed) for row in sweep.combinations] == [
        (f"{hero} dances", 0), (f"{hero} dances", 1), ("an empty beach", 0), ("an empty beach", 1),
    ]  # fmt: skip
    assert repr(sweep) == "Sweep(4 videos, 0 done)"


def test_a_single_model_or_character_needs_no_list(paid, hero):
    alone = paid.sweep("{character} dances", characters=hero, models="sora-2-pro")
    assert [(one.prompt, one.model) for one in alone.combinations] == [(f"{hero} dances", "sora-2-pro")]


def test_none_at_once_would_never_end(paid):
    with pytest.raises(InvalidInput, match="at once"):
        paid.sweep(["a fox"]).run(at_once=0)


def test_the_price_is_known_before_anything_is_sent(paid, engine):
    sweep = paid.sweep(["a fox", "a cat"], **SMALL)
    table = sweep.estimate()
    assert list(table.columns) == [
        "prompt", "cast", "service", "model", "size", "seconds", "seed", "status", "price", "due", "note"
    ]  # fmt: skip
    assert table["due"].sum() == pytest.approx(0.30)
    assert set(table["status"]) == {"to do"}
    with pytest.raises(BudgetExceeded, match=r"The 2 videos to do cost \$0.30, more than the \$0.20 allowed"):
        sweep.run(budget=0.20)
    assert engine.requests == []
    assert paid.costs().empty


def test_a_second_run_makes_only_what_is_missing(paid, hero, engine):
    first = paid.sweep(["{character} dances"], characters=[hero], **SMALL).run(budget=0.15)
    assert list(first["status"]) == ["done"]
    assert list(first["charged"]) == [0.15]
    more = paid.sweep(["{character} dances", "{character} sleeps"], characters=[hero], **SMALL)
    assert list(more.estimate()["due"]) == [0, 0.15]
    results = more.run(budget="0.15")
    assert list(results["status"]) == ["done", "done"]
    assert [request.prompt for request in engine.requests] == [f"{hero} dances", f"{hero} sleeps"]
    assert (results["file"] != "").all()


def test_few_are_asked_for_at_once(paid, engine):
    engine.delay = 0.02
    sweep = paid.sweep(["a fox"], repeats=5, **SMALL)
    submit, running, most = sweep._session.submit_video, [], []

    def counted(*args, **options):
        running.append(submit(*args, **options))
        most.append(sum(not job.done() for job in running))
        return running[-1]

    sweep._session.submit_video = counted
    sweep.run(at_once=2)
    assert (len(running), max(most)) == (5, 2)


def test_all_videos_share_one_progress_bar(paid, capsys):
    paid.sweep(["a fox", "a cat"], **SMALL).run()
    shown = capsys.readouterr().err
    assert "videos:" in shown
    assert "2.0/2" in shown
    assert "a fox" not in shown


def test_scores_are_kept(paid, hero, monkeypatch):
    """How sure the engine is has tests of its own; here a score is asked for once, and the least sure one counts."""
    scores = iter([0.9, 0.4])
    again = paid.extract(hero.clip_file, 0, 1)
    sweep = paid.sweep([f"{{character}} and {again}"], characters=[hero], **SMALL)
    seen = lambda *_: Sighting(score=next(scores), times=(), box=None)  # noqa: E731  # as short as what it stands for
    monkeypatch.setattr(sweep._session, "consistency", seen, raising=False)
    assert sweep.run()["identity"].isna().all()
    assert list(sweep.results(identity=True)["identity"]) == [0.4]
    assert list(sweep.results(identity=True)["identity"]) == [0.4]


def test_what_failed_is_made_again_and_the_rest_goes_on(paid, engine):
    real = engine.generate

    def fail(request, out, control):
        if request.prompt == "a fox" and len(engine.requests) < 2:
            engine.requests.append(request)
            raise ValueError("paint is out")
        return real(request, out, control)

    engine.generate = fail
    sweep = paid.sweep(["a fox", "a cat"], **SMALL)
    results = sweep.run(at_once=1)
    assert list(results["status"]) == ["failed", "done"]
    assert results["error"][0]
    assert list(sweep.run()["status"]) == ["done", "done"]
    assert [request.prompt for request in engine.requests].count("a cat") == 1


def test_another_studio_goes_on_where_one_was_interrupted(paid, server, engine):
    engine.delay = 0.1
    sweep = paid.sweep(["a fox", "a cat", "a dog"], **SMALL)
    submitted = []
    submit = sweep._session.submit_video

    def counted(*args, **options):
        submitted.append(args[0])
        if len(submitted) == 3:
            raise KeyboardInterrupt
        return submit(*args, **options)

    sweep._session.submit_video = counted
    with pytest.raises(KeyboardInterrupt) as stopped:
        sweep.run()
    assert "only what is missing" in str(stopped.value)
    again = Studio(paid.profile, base_url=server.url, api_key=KEY, progress=False)
    paid.close()
    results = again.sweep(["a fox", "a cat", "a dog"], **SMALL).run()
    again.close()
    assert list(results["status"]) == ["done"] * 3
    assert sorted(request.prompt for request in engine.requests) == ["a cat", "a dog", "a fox"]


def test_notes_and_favourites_are_kept(paid, tmp_path):
    sweep = paid.sweep(["a fox", "a <b>cat</b>"], **SMALL)
    with pytest.raises(InvalidInput, match="Row 0 has no video yet"):
        sweep.note(0, "too dark")
    sweep.run()
    sweep.note(0, "too dark")
    sweep.favourite(1)
    again = paid.sweep(["a fox", "a <b>cat</b>"], **SMALL).results()
    assert list(again["note"]) == ["too dark", ""]
    assert list(again["favourite"]) == [False, True]
    assert "too dark" in sweep.to_csv(tmp_path / "a.csv").read_text()
    page = sweep.to_html(tmp_path / "a.html").read_text()
    assert page.count("data:video/mp4;base64,") == 2
    assert "<b>cat" not in page


def page_of(sweep, tmp_path):
    """The words of the page, the heads of its table, and its rows."""
    page = sweep.to_html(tmp_path / "a.html").read_text(encoding="utf-8")
    heads, *rows = (re.findall("<t[hd]>(.*?)</t[hd]>", row) for row in page.split("<tr")[1:])
    return html.unescape(" ".join(re.sub("<[^>]*>", " ", page).split())), heads, rows


def test_the_page_says_what_it_is_when_it_was_written_and_what_it_cost(paid, tmp_path):
    sweep = paid.sweep(["a fox", "a cat"], **SMALL)
    paid.sweep(["a fox"], **SMALL).run()
    sweep.favourite(0)
    before = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
    text, heads, rows = page_of(sweep, tmp_path)
    assert "Prompt experiment Animatics by the local engine of sora_nb, not a Sora model." in text
    written = re.search(r"Written ([-\d]+ [:\d]+) UTC", text)[1]
    assert before <= dt.datetime.fromisoformat(f"{written}+00:00") <= dt.datetime.now(dt.UTC)
    assert "2 videos, 1 done. List price $0.15, charged $0.15." in text
    asked = ["prompt", "model", "size", "seconds", "status", "list price", "charged"]
    assert heads == [*asked, "seconds waited", "favourite"]
    waited = f"{sweep.results()['seconds waited'][0]}"
    assert rows == [
        ["a fox", "animatic", "160x96", "4", "done", "$0.15", "$0.15", waited, "yes"],
        ["a cat", "animatic", "160x96", "4", "to do", "", "", "", ""],
    ]


def test_the_page_of_a_gateway_names_it_and_counts_what_failed(paid, tmp_path):
    """Billed attempts that failed are no rows of the table any more, and still cost money."""
    profile = paid.profile.model_copy(update={"name": "<b>mine</b>"})
    with Studio(profile, base_url="http://127.0.0.1:9", api_key=KEY, home=tmp_path) as studio:
        sweep = studio.sweep(["a fox", "a cat"], **SMALL)
        fox, cat = sweep.combinations
        base = {"kind": "video", "profile": profile.name, "base_url": "http://127.0.0.1:9"}
        for wanted, state, charged in (
            (fox, State.FAILED, 150_000), (fox, State.DONE, 150_000), (cat, State.UNKNOWN, None)
        ):  # fmt: skip
            asked = wanted.model_dump(exclude={"cast", "repeat", "service"})
            studio.ledger.add(Call(**base, **asked, state=state, estimate=150_000, charged=charged))
        text, _, rows = page_of(sweep, tmp_path)
    assert "Videos by <b>mine</b>." in text
    assert "2 videos, 1 done. List price $0.30, charged $0.30 as far as known, all attempts included." in text
    assert [row[-3:] for row in rows] == [["done", "$0.15", "$0.15"], ["unknown", "$0.15", ""]]


def test_a_price_that_no_list_has_is_not_a_price_of_nothing(paid, tmp_path):
    profile = paid.profile.model_copy(update={"prices": ()})
    with Studio(profile, base_url="http://127.0.0.1:9", api_key=KEY, home=tmp_path) as studio:
        sweep = studio.sweep(["a fox"], **SMALL)
        (fox,) = sweep.combinations
        studio.ledger.add(
            Call(
                kind="video",
                profile="local",
                base_url="http://127.0.0.1:9",
                **fox.model_dump(exclude={"cast", "repeat", "service"}),
            )
        )
        text, heads, _ = page_of(sweep, tmp_path)
    assert "1 video, 0 done. List price not known, charged not known." in text
    assert heads == ["prompt", "model", "size", "seconds", "status"]


def test_the_players_pick_the_favourite(paid):
    sweep = paid.sweep(["a fox", "a cat"], **SMALL)
    sweep.run()
    grid = sweep.grid()
    assert grid.favourite is None
    grid.favourite = 1
    assert list(sweep.results()["favourite"]) == [False, True]
    assert sweep.grid().favourite == 1


@pytest.mark.parametrize(
    ("prompts", "options", "said"),
    [
        ([], {}, "There is nothing to make"),
        (["a fox"], {"seconds": 0}, "whole number of seconds from 1 on, not 0"),
        (["a fox"], {"seconds": 2.5}, "whole number of seconds from 1 on, not 2.5"),
        (["a fox"], {"size": (1, 2)}, "The size 1x2 cannot be made here"),
        (["a fox"], {"size": "potato"}, "'potato' is not the size of a video"),
        (["a fox"], {"seed": 0.5}, "A seed is a whole number from 0 to 2\\*\\*63 - 1, not 0.5"),
        (["a fox"], {"repeats": 0}, "number of repeats is a whole number from 1 on, not 0"),
        (["{character} dances"], {}, "has a place for a character, but none is given"),
        (["a fox"], {"characters": ["@a"]}, "No prompt has a place for the characters"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(paid, prompts, options, said):
    with pytest.raises(InvalidInput, match=said):
        paid.sweep(prompts, **options)


def test_a_prompt_that_generate_refuses_is_not_planned(paid):
    with pytest.raises(PromptError) as generated:
        paid.generate("@nobody runs")
    with pytest.raises(PromptError) as planned:
        paid.sweep(["a fox", "@nobody runs"])
    assert str(planned.value) == str(generated.value)
    assert "no character @nobody" in str(planned.value)


def at(profile, base_url, home, **options):
    """A studio of a service that is never reached."""
    return Studio(profile, base_url=base_url, api_key=KEY, home=home, progress=False, **options)


def done(studio, prompt, base_url, **more):
    """A finished row of a service, as its studio would have written it."""
    rules = studio.profile.video
    asked = {"model": rules.model, "size": rules.size, "seconds": rules.seconds, **more}
    call = Call(kind="video", profile=studio.profile.name, base_url=base_url, prompt=prompt, state=State.DONE, **asked)
    return studio.ledger.add(call)


def test_videos_of_another_address_under_the_same_name_do_not_count(tmp_path):
    here, there = "http://127.0.0.1:9", "http://127.0.0.1:10"
    with at("custom", here, tmp_path) as first, at("custom", there, tmp_path) as second:
        done(first, "a fox", here)
        assert list(first.sweep(["a fox"]).results()["status"]) == ["done"]
        assert list(second.sweep(["a fox"]).results()["status"]) == ["to do"]


def test_repeats_have_no_seed_where_the_service_takes_none(tmp_path):
    where = "http://127.0.0.1:9"
    with at("custom", where, tmp_path) as studio:
        sweep = studio.sweep(["a fox"], repeats=3)
        assert [one.seed for one in sweep.combinations] == [None] * 3
        assert [one.seed for one in studio.sweep(["a fox"], repeats=2, seed=7).combinations] == [7, 8]
        first, second = done(studio, "a fox", where), done(studio, "a fox", where)
        assert list(sweep.results()["status"]) == ["done", "done", "to do"]
        sweep.note(1, "too dark")
        assert studio.ledger.notes().keys() == {second.id}
        studio.ledger.change(first, state=State.FAILED)
        assert list(sweep.results()["status"]) == ["done", "failed", "to do"]


def counted(monkeypatch, thing, name):
    """How often a method of an object was called, counted from now on."""
    real, calls = getattr(thing, name), []

    def call(*args, **options):
        calls.append(args)
        return real(*args, **options)

    monkeypatch.setattr(thing, name, call, raising=False)
    return calls


def test_each_table_reads_the_ledger_once(tmp_path, monkeypatch):
    where = "http://127.0.0.1:9"
    with at("custom", where, tmp_path) as studio:
        for number in range(3):
            done(studio, f"a fox {number}", where)
        sweep = studio.sweep([f"a fox {number}" for number in range(3)])
        reads = counted(monkeypatch, sweep._session.ledger, "calls")
        for ask in (sweep.estimate, sweep.results, sweep.run, sweep.grid, lambda: repr(sweep)):
            reads.clear()
            ask()
            assert len(reads) == 1
        reads.clear()
        sweep.to_html(tmp_path / "a.html")
        assert len(reads) == 1


def test_models_of_several_services_are_compared(paid, tmp_path, monkeypatch):
    monkeypatch.setenv("SORA_NB_API_KEY", KEY)
    with at("custom", "http://127.0.0.1:9", tmp_path) as studio:
        sweep = studio.sweep(["a fox"], models=["muse-video", "local/animatic"], seconds=4, size="160x96")
        assert [(str(one.service), one.model) for one in sweep.combinations] == [
            ("custom at http://127.0.0.1:9", "muse-video"), ("local", "animatic"),
        ]  # fmt: skip
        asked = sweep.combinations[1].model_dump(include={"prompt", "model", "size", "seconds"})
        studio.ledger.add(Call(kind="video", profile="local", state=State.DONE, **asked))
        assert list(sweep.results()["status"]) == ["to do", "done"]


def test_what_an_ended_kernel_interrupted_is_to_do_again(paid, engine):
    sweep = paid.sweep(["a fox"], **SMALL)
    sweep.run()
    (call,) = paid.ledger.calls()
    paid.ledger.change(call, state=State.INTERRUPTED)
    assert list(sweep.estimate()[["status", "due"]].iloc[0]) == ["interrupted", 0.15]
    assert list(sweep.run()["status"]) == ["done"]
    assert len(engine.requests) == 2


def test_a_name_that_is_nearly_right_is_told_at_planning(paid, hero):
    with pytest.raises(PromptError, match=f"Did you mean {hero}"):
        paid.sweep([f"{hero}x dances"])


# --- the same experiment more than once at a time -------------------------------------------------------------------------------


def films_of(engine):
    return sorted((request.prompt, request.seed) for request in engine.requests)


def at_once(work, count):
    """Do the same in several threads at once, and return what each came to."""
    with ThreadPoolExecutor(count) as threads:
        gate = threading.Barrier(count)

        def begin(number):
            gate.wait()
            return work(number)

        return list(threads.map(begin, range(count)))


@pytest.mark.parametrize("studios", ["one", "each its own"])
def test_an_experiment_that_runs_thrice_at_once_makes_each_film_once(tmp_path, engine, studios):
    engine.delay = 0.01
    made = [Studio("local", home=tmp_path, engine=engine, progress=False) for _ in range(1 if studios == "one" else 3)]

    def run(number):
        sweep = made[number % len(made)].sweep(["a fox", "a cat"], repeats=2, **SMALL)
        return sweep.run()

    tables = at_once(run, 3)
    assert films_of(engine) == [("a cat", 0), ("a cat", 1), ("a fox", 0), ("a fox", 1)]
    for table in tables:
        assert list(table["status"]) == ["done"] * 4
        assert list(table["file"]) == list(tables[0]["file"])
    assert len(made[0].costs()) == 4
    for studio in made:
        studio.close()


def test_equal_films_are_made_as_often_as_asked_for_and_no_more(paid, server, engine):
    """Of a service without seeds: the copies are told apart by their number alone."""
    profile = paid.profile.model_copy(update={"video": paid.profile.video.model_copy(update={"seeds": False})})
    studios = [Studio(profile, base_url=server.url, api_key=KEY, progress=False) for _ in range(2)]
    at_once(lambda number: studios[number].sweep(["a fox"], repeats=3, **SMALL).run(at_once=3), 2)
    assert len(engine.requests) == 3
    assert list(studios[0].sweep(["a fox"], repeats=3, **SMALL).results()["status"]) == ["done"] * 3
    for studio in studios:
        studio.close()


def test_a_budget_pays_for_a_film_once(paid, server, engine):
    studios = [Studio(paid.profile, base_url=server.url, api_key=KEY, progress=False, budget=0.30) for _ in range(3)]
    tables = at_once(lambda number: studios[number].sweep(["a fox", "a cat"], **SMALL).run(budget=0.30), 3)
    assert [list(table["status"]) for table in tables] == [["done", "done"]] * 3
    assert len(engine.requests) == 2
    for studio in studios:
        studio.close()


KERNEL = """
import sys, time
from quick import QuickEngine
from sora_nb import Studio
class Told(QuickEngine):
    def generate(self, request, out, control):
        print("made", request.prompt, request.seed, flush=True)
        return super().generate(request, out, control)
home, delay = sys.argv[1], float(sys.argv[2])
with Studio("local", home=home, engine=Told(delay), progress=False) as studio:
    sweep = studio.sweep(["a fox", "a cat", "a dog"], repeats=2, seconds=1, size="64x64")
    print("ready", flush=True)
    sys.stdin.readline()
    print("ended", *sweep.run()["status"], flush=True)
"""


def kernel(home, delay=0.05):
    tests = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests / "lib")])}
    made = subprocess.Popen([sys.executable, "-c", KERNEL, str(home), str(delay)], stdin=PIPE, stdout=PIPE, text=True,
                            env=environment)  # fmt: skip
    assert made.stdout.readline() == "ready\n"
    return made


@pytest.mark.release
def test_three_kernels_at_once_make_each_film_once(tmp_path):
    kernels = [kernel(tmp_path) for _ in range(3)]
    for one in kernels:
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate()[0].splitlines() for one in kernels]
    made = sorted(line for lines in said for line in lines if line.startswith("made"))
    assert made == [f"made {prompt} {seed}" for prompt in ("a cat", "a dog", "a fox") for seed in (0, 1)]
    assert [lines[-1] for lines in said] == ["ended" + " done" * 6] * 3


@pytest.mark.release
def test_a_kernel_that_dies_leaves_its_films_to_those_that_wait_for_them(tmp_path):
    first = kernel(tmp_path, delay=60)
    first.stdin.write("\n")
    first.stdin.flush()
    assert first.stdout.readline().startswith("made")
    others = [kernel(tmp_path) for _ in range(2)]
    for one in others:
        one.stdin.write("\n")
        one.stdin.flush()
    ledger = Ledger(tmp_path / "ledger.db")
    until(lambda: len(ledger.calls((State.DONE,))) == 4)  # all but those that the first one has begun
    first.kill()
    first.communicate()
    said = [one.communicate()[0].splitlines() for one in others]
    assert [lines[-1] for lines in said] == ["ended" + " done" * 6] * 2
    assert len(ledger.calls((State.DONE,))) == 6
    assert len(ledger.calls((State.INTERRUPTED,))) == 2
    ledger.close()
