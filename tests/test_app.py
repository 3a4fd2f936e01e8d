"""The one-cell app, driven as a page drives it, with a real server and a quick engine."""

from __future__ import annotations

import re
import threading
from decimal import Decimal

import large_films
import pytest
import wire as wires
from conftest import KEY
from faulty import Faulty, Held, answer
from quick import QuickEngine
from serving import Shelf
from waiting import until

from sora_nb import Studio, background
from sora_nb.errors import BudgetExceeded, InvalidInput
from sora_nb.models import Character, State
from sora_nb.providers import registry
from sora_nb.storage.call import Call

SMALL = {"size": "160x96", "seconds": 4}


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def studio(server):
    made = Studio("local", base_url=server.url, api_key=KEY, engine=QuickEngine(), progress=False)
    yield made
    made.close()


def chosen(app, value):
    app.picker.value = value
    until(lambda: app.making.ready)


def order(app, prompt):
    wires.custom(app.prompt, {"kind": "submit", "prompt": prompt, "number": app.prompt.answered + 1})


def small(app):
    app.prompt.size, app.prompt.seconds = SMALL["size"], SMALL["seconds"]


def test_whoever_is_chosen_in_the_picture_is_cut_out(studio, footage):
    app = studio.app()
    chosen(app, footage)
    assert app.slider.asks
    app.slider.subject = (0.55, 0.1, 0.95, 0.9)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
    call = studio.ledger.calls(kind="character")[0]
    assert call.details["subject"] == [0.55, 0.1, 0.95, 0.9]


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
    assert app.gallery.value == (app.character,)
    assert app.prompt.value == f"{app.character} "
    order(app, f"{app.character} dances")
    until(lambda: app.video)
    assert app.grid.videos == (app.video,)
    assert app.video.path.is_file()
    assert app.picker.videos[0].path == app.video.path
    assert [job["state"] for job in app.making.jobs + app.rendering.jobs] == ["done", "done"]
    until(lambda: app.meter.estimated == Decimal("0.16"))
    assert app.meter.words == "Nothing was charged; the same calls would have cost $0.16 at list price."


def test_a_generated_video_is_shown_beside_what_its_character_was_cut_from(studio):
    clip = studio.generate("a corgi", **SMALL)
    app = studio.app()
    small(app)
    chosen(app, clip)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
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


def test_a_gateway_that_takes_no_files_says_so_under_the_button(studio, footage):
    routes = studio.profile.routes.model_copy(update={"files": None})
    profile = studio.profile.model_copy(update={"routes": routes})
    with Studio(
        profile, base_url=studio.profile.base_url or "http://127.0.0.1:9", api_key=KEY, progress=False
    ) as other:
        app = other.app()
        chosen(app, footage)
        wires.custom(app.making, {"kind": "action"})
        until(lambda: app.making.problem)
        assert "takes videos by web address only" in app.making.problem


def test_characters_are_renamed_forgotten_and_kept_again(studio, footage):
    hero = studio.extract(footage, 2, 4)
    app = studio.app()
    key = app.gallery.cards[0]["key"]
    wires.custom(app.gallery, {"kind": "rename", "key": key, "name": "Bunny"})
    until(lambda: studio.characters()[0].display_name == "Bunny")
    wires.custom(app.gallery, {"kind": "delete", "key": key})
    until(lambda: not app.prompt.characters)
    assert studio.characters() == []
    wires.custom(app.gallery, {"kind": "restore", "key": key})
    until(lambda: app.prompt.characters)
    (who,) = studio.characters()
    assert (who.username, who.aliases) == ("Bunny", (hero.username,))
    until(lambda: [card["earlier"] for card in app.gallery.cards] == [str(hero)])


def test_a_call_that_goes_on_here_is_not_given_the_end_of_another(studio, engine):
    engine.hold()
    job = studio.submit("a fox", **SMALL)
    old = studio.ledger.add(
        Call(kind="video", profile="local", base_url=studio.provider.service.base_url, prompt="never sent")
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


def test_a_second_press_while_the_first_is_being_sent_orders_nothing(studio, monkeypatch):
    app = studio.app()
    sent, go_on = [], threading.Event()

    def submit(prompt, **_):
        sent.append(prompt)
        go_on.wait(10)
        raise BudgetExceeded("The budget is used up.")

    monkeypatch.setattr(app._session, "submit_video", submit)
    order(app, "a fox")
    assert app.prompt.busy  # before the page is answered
    order(app, "a fox")
    go_on.set()
    until(lambda: not app.prompt.busy)
    until(lambda: app.prompt.problem)
    assert sent == ["a fox"]
    assert "The budget is used up." in app.prompt.problem


def test_a_second_press_makes_the_same_character_once(studio, footage, engine):
    engine.hold()
    app = studio.app()
    chosen(app, footage)
    for _ in range(2):
        wires.custom(app.making, {"kind": "action"})
    until(lambda: engine.begun)
    engine.go_on()
    until(lambda: app.character)
    assert len(studio.characters()) == len(studio.costs()) == 1
    app.slider.value = (2, 4)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: len(studio.characters()) == 2)


def test_two_characters_made_at_once_have_two_names(studio, footage, monkeypatch):
    app = studio.app()
    chosen(app, footage)
    shown, go_on = app._show_character, threading.Event()
    monkeypatch.setattr(app, "_show_character", lambda *args: (go_on.wait(60), shown(*args)))
    wires.custom(app.making, {"kind": "action"})
    until(studio.characters)  # its name is taken, and the page was not told yet
    app.slider.value = (2, 4)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: len(studio.characters()) == 2)
    go_on.set()
    until(lambda: app.character)
    assert [who.username for who in reversed(studio.characters())] == ["bigbuckbunny", "bigbuckbunny2"]
    until(lambda: app.name.value == "bigbuckbunny3")


def test_a_call_that_is_cancelled_says_so(studio, engine):
    engine.hold()
    app = studio.app()
    small(app)
    order(app, "a fox")
    until(lambda: app.rendering.jobs)
    app._session.job(app.rendering.jobs[0]["key"])._future.cancel()
    until(lambda: app.rendering.jobs[0]["state"] == "cancelled")
    engine.go_on()


def test_a_job_is_stopped_from_its_row(engine, footage):
    engine.hold()
    with Studio("local", engine=engine, progress=False) as studio:
        _stop_both(studio, studio.app(footage))
    engine.go_on()


def test_a_job_of_a_server_is_stopped_once_it_is_accepted(studio, engine):
    engine.hold()
    app = studio.app()
    small(app)
    order(app, "a fox")
    until(lambda: app.rendering.jobs)
    wires.custom(app.rendering, {"kind": "cancel", "key": app.rendering.jobs[0]["key"]})
    until(lambda: app.rendering.jobs[0]["state"] == "cancelled")
    engine.go_on()


def _stop_both(studio, app):
    small(app)
    until(lambda: app.making.ready)
    order(app, "a fox")
    wires.custom(app.making, {"kind": "action"})
    for jobs in (app.rendering, app.making):
        until(lambda jobs=jobs: jobs.jobs)
        wires.custom(jobs, {"kind": "cancel", "key": jobs.jobs[0]["key"]})
        until(lambda jobs=jobs: jobs.jobs[0]["state"] == "cancelled")
    assert studio.costs()["charged"].tolist() == [0, 0]


def test_a_service_that_cannot_stop_says_so_beside_the_job(server, engine):
    engine.hold()
    paid = registry.get("local").model_copy(update={"name": "paid", "free": False, "cancels": False})
    with Studio(paid, base_url=server.url, api_key=KEY, progress=False) as studio:
        app = studio.app()
        small(app)
        order(app, "a fox")
        until(lambda: [call for call in studio.ledger.calls() if call.task])
        assert "paid cannot stop what it has accepted" in app.rendering.jobs[0]["stakes"]
        wires.custom(app.rendering, {"kind": "cancel", "key": app.rendering.jobs[0]["key"]})
        until(lambda: app.rendering.jobs[0]["note"])
        assert app.rendering.jobs[0]["note"].startswith("Not stopped. paid cannot stop")
        engine.go_on()
        until(lambda: app.rendering.jobs[0]["state"] == "done")


def test_an_address_shows_its_bytes_and_never_the_old_film(studio, footage, clip):
    held = Held(footage.read_bytes(), 100_000)
    app = studio.app(clip)
    until(lambda: app.making.ready)
    with Faulty(held) as web:
        wires.custom(app.picker, {"kind": "use", "address": f"{web.url}/my%20cat.mp4"})
        until(lambda: app.picker.arrived and app.picker.arrived[0])
        assert app.picker.arrived[1] == footage.stat().st_size
        assert (app.slider.video, app.making.ready, app.picker._chosen["title"]) == (None, False, "my cat.mp4")
        assert app.slider.working == "Fetching the video ..."
        held.go_on()
        until(lambda: app.making.ready)
    assert app.picker.arrived == ()
    assert app.slider.video.name == "my cat.mp4"
    assert app.slider.video.read_bytes() == footage.read_bytes()


def test_the_strip_of_an_address_is_there_before_the_film_and_its_seconds_stay_chosen(studio, footage, tmp_path):
    film = large_films.write(footage, tmp_path / "film.mp4", 10, 8_000_000)
    with Shelf(film.read_bytes()) as shelf:
        shelf.large = 500_000
        app = studio.app()
        app.picker.value = shelf.url
        until(lambda: "poster" in app.slider.media)
        assert app.slider.video is None
        assert (app.making.ready, app.slider.working) == (False, "Fetching the video ...")
        assert app.slider.about == {"name": "film.mp4"}
        end = app.slider.media["overview"]["end"]
        app.slider.value = (1, 3)
        shelf.go.set()
        until(lambda: app.making.ready)
        assert shelf.sent == len(shelf.content)
    assert app.slider.value == (1, 3)
    assert app.slider.duration == pytest.approx(end, abs=0.1)
    app.slider.ready.result()
    assert (app.slider.problem, app.slider.working) == ("", "")


def test_a_strip_that_is_there_goes_with_another_choice(studio, footage, clip, tmp_path):
    film = large_films.write(footage, tmp_path / "film.mp4", 10, 8_000_000)
    with Shelf(film.read_bytes()) as shelf:
        shelf.large = 500_000
        app = studio.app()
        app.picker.value = shelf.url
        until(lambda: "poster" in app.slider.media)
        wires.custom(app.picker, {"kind": "stop"})
        until(lambda: app.slider.duration == 0)
        assert app.slider.media == {}
        app.picker.value = shelf.url
        until(lambda: "poster" in app.slider.media)
        app.picker.value = clip
        until(lambda: app.making.ready)
        shelf.go.set()
    assert app.slider.video == clip
    assert app.slider.about["name"] == clip.name


def test_a_fetch_ends_with_a_press_and_with_another_choice(studio, footage, clip):
    held = [Held(footage.read_bytes(), 50_000) for _ in range(2)]
    app = studio.app()
    with Faulty(*held) as web:
        app.picker.value = f"{web.url}/a.mp4"
        until(lambda: app.picker.arrived and app.picker.arrived[0])
        wires.custom(app.picker, {"kind": "stop"})
        until(held[0].broken.is_set)
        until(lambda: app.picker.arrived == () and not app.slider.working)
        assert (app.picker.value, app.slider.duration, app.picker.problem) == (None, 0, "")
        app.picker.value = f"{web.url}/b.mp4"
        until(lambda: app.picker.arrived and app.picker.arrived[0])
        app.picker.value = clip
        until(held[1].broken.is_set)
        until(lambda: app.making.ready)
    assert app.slider.video == clip
    until(lambda: not list((studio.home / "sources").iterdir()))


def test_an_address_that_leads_nowhere_leaves_an_empty_slider(studio, clip):
    app = studio.app(clip)
    until(lambda: app.making.ready)
    with Faulty(answer(b"<html>no</html>")) as web:
        app.picker.value = f"{web.url}/a.mp4"
        until(lambda: app.picker.problem)
    assert (app.slider.video, app.slider.working, app.picker.arrived) == (None, "", ())
    assert app.making.note == "Choose a video first."


def test_an_app_opens_with_what_it_is_given(studio, footage, monkeypatch):
    film = studio.generate("a corgi", **SMALL)
    monkeypatch.chdir(footage.parent)
    for given, shown in ((footage.name, footage), (footage, footage), (film, film.path), (film.id, film.path)):
        app = studio.app(given)
        until(lambda app=app: app.making.ready)
        assert app.slider.video.samefile(shown)
    with pytest.raises(InvalidInput, match=r"'my cat\.mov' is no file on this machine"):
        studio.app("my cat.mov")


def test_the_sample_is_one_press_away(studio):
    app = studio.app()
    wires.custom(app.picker, {"kind": "sample"})
    until(lambda: app.making.ready)
    assert app.slider.video.name == "bigbuckbunny.mp4"
    assert "Blender Foundation" in app.picker._chosen["about"]


def test_an_app_of_a_closed_studio_says_what_to_do(studio, footage):
    app = studio.app()
    studio.close()
    app.picker.value = footage
    until(lambda: app.making.ready)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.making.problem)
    assert "The studio was closed." in app.making.problem
    assert "Make a new one." in app.making.problem
    order(app, "a fox")
    until(lambda: app.prompt.problem)
    assert "The studio was closed." in app.prompt.problem


def many(studio, videos, characters):
    """A library of rows without files, of the studio's service."""
    service = {"profile": studio.profile.name, "base_url": studio._session.service.base_url}
    here = studio.home / "made.mp4"
    here.parent.mkdir(parents=True, exist_ok=True)
    here.touch()
    for number in range(videos):
        call = Call(kind="video", **service, prompt=f"a fox {number}", task=f"t{number}", state=State.DONE, file=here)
        studio.ledger.add(call)
    for number in range(characters):
        studio.ledger.characters.put(Character(id=f"c{number}", username=f"mossy{number}", **service))


def test_an_app_has_the_newest_page_and_finds_the_rest(studio, wire):
    many(studio, 120, 120)
    app = studio.app()
    assert re.fullmatch(r"App\(100?\+ characters, 100?\+ videos\)", repr(app))
    app.ready.result()
    assert repr(app) == "App(100+ characters, 100+ videos)"
    assert [one.prompt for one in app.picker.videos[:1]] == ["a fox 119"]
    wires.custom(app.picker, {"kind": "search", "text": "FOX 17"})
    app.picker.ready.result()
    assert [card["prompt"] for card in app.picker._past[100:]] == ["a fox 17"]
    wires.custom(app.gallery, {"kind": "search", "text": "mossy19"})
    app.gallery.ready.result()
    assert app.gallery.cards[-1]["username"] == "mossy19"
    wires.custom(app.prompt, {"kind": "complete", "typed": "mossy1"})
    app.prompt.ready.result()
    assert [person["username"] for person in wire.customs(app.prompt)[-1][0]["people"]] == [
        "mossy1", "mossy10", "mossy100", "mossy101", "mossy102", "mossy103",
    ]  # fmt: skip
    app.prompt.value = "@mossy3 meets @mosy4"
    assert (app.prompt.known, len(app.prompt.warnings)) == (["mossy3"], 1)
    assert "Did you mean @mossy4?" in app.prompt.warnings[0]


def test_widgets_are_changed_on_no_thread_that_carries_requests(studio, footage, monkeypatch):
    """Probing, reading and sending a file would hold up every request on the background loop."""
    clip = studio.generate("a corgi", **SMALL)
    app = studio.app()
    small(app)
    threads = set()
    for widget in (app.picker, app.slider, app.making, app.gallery, app.prompt, app.rendering, app.grid, app.meter):
        widget.observe(lambda _: threads.add(threading.current_thread().name))
    chosen(app, clip)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
    order(app, f"{app.character} dances")
    until(lambda: len(app.grid.videos) == 2)
    loop = background.run(_thread)
    assert loop not in threads
    assert "sora_nb-widget" in threads


async def _thread():
    return threading.current_thread().name


def test_a_saved_notebook_says_to_run_it_again(studio):
    bundle, _ = studio.app()._repr_mimebundle_()
    assert bundle["text/plain"] == "App(0 characters, 0 videos)"
    assert "Run this cell" in bundle["text/html"]


def test_a_saved_notebook_has_what_was_made(studio, clip):
    app = studio.app()
    small(app)
    chosen(app, clip)
    wires.custom(app.making, {"kind": "action"})
    until(lambda: app.character)
    order(app, f"{app.character} dances")
    until(lambda: app.video)
    saved = app._repr_mimebundle_()[0]["text/html"]
    for shown in (clip.name, str(app.character), f"{app.character} dances", "list price", "data:video/mp4;base64,"):
        assert shown in saved
    assert saved.count("<video") == 1  # that of the character is a picture: a notebook carries every byte
    assert len(saved) < 400_000
