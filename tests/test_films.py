"""The films of a library as the app shows them: found, played, compared, picked, used again, taken off the list."""

from __future__ import annotations

import pytest
import wire as wires
from quick import QuickEngine
from waiting import until

from sora_nb import Studio
from sora_nb.models import State

SMALL = {"size": "160x96", "seconds": 4}


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    return wires.install(monkeypatch)


@pytest.fixture
def studio(tmp_path):
    with Studio("local", home=tmp_path / "home", progress=False, engine=QuickEngine()) as made:
        yield made


@pytest.fixture
def app(studio):
    studio.generate("a fox in the snow", seed=3, size="96x160", seconds=4)  # or both were one file
    studio.generate("a corgi runs", seed=7, **SMALL)
    made = studio.app()
    settled(made)
    return made


def settled(app):
    app.ready.result()
    app.films.ready.result()


def act(app, action, place=0):
    key = app.films.cards.films[place].key
    wires.custom(app.films.cards, {"kind": "act", "action": action, "key": key})
    settled(app)
    return key


def prompts(app):
    return [film.prompt for film in app.films.cards.films]


def test_films_are_listed_newest_first_with_their_seed(app):
    assert prompts(app) == ["a corgi runs", "a fox in the snow"]
    assert app.films.cards.films[0].about == "animatic · 160x96 · 4 s · $0.00 · seed 7"


def test_films_are_found_by_text_and_by_who_is_in_them(app, studio, footage):
    hero = studio.extract(footage, 1, 3, name="hero")
    studio.generate(f"{hero} dances", **SMALL)
    app.films.refresh()
    settled(app)
    assert app.films.cards.cast == ["@hero"]
    assert app.films.cards.films[0].title == "dances"
    wires.update(app.films.cards, character="@hero")
    settled(app)
    assert prompts(app) == ["@hero dances"]
    wires.update(app.films.cards, character="", text="SNOW fox")
    settled(app)
    assert prompts(app) == ["a fox in the snow"]
    wires.update(app.films.cards, text="nothing like it")
    settled(app)
    assert prompts(app) == []


def test_films_of_a_renamed_character_are_found_under_the_name_it_has(app, studio, footage):
    hero = studio.extract(footage, 1, 3, name="hero")
    studio.generate(f"{hero} dances", **SMALL)
    wires.update(app.films.cards, character="@hero")
    settled(app)
    renamed = studio.rename(hero, "Bunny")
    studio.generate(f"{renamed} sleeps", **SMALL)
    app.films.refresh()
    settled(app)
    assert (app.films.cards.cast, app.films.cards.character) == (["@Bunny"], "@Bunny")
    assert prompts(app) == ["@Bunny sleeps", "@hero dances"]


def test_a_star_is_kept_in_the_library_and_filtered_by(app, studio):
    key = act(app, "star", 1)
    assert studio.ledger.notes()[key].favourite
    wires.update(app.films.cards, starred=True)
    settled(app)
    assert prompts(app) == ["a fox in the snow"]
    other = studio.app()
    settled(other)
    assert [film.star for film in other.films.cards.films] == [False, True]
    act(app, "star")
    assert not studio.ledger.notes()[key].favourite


def test_a_film_is_used_again_with_all_it_was_asked_for(app):
    act(app, "again")
    box = app.prompt
    assert (box.value, box.model, box.size, box.seconds, box.seed) == ("a corgi runs", "animatic", "160x96", 4, 7)
    assert app.desk.order == {"model": "animatic", "size": "160x96", "seconds": 4, "seed": 7, "image": None}


def test_a_variation_has_the_next_seed_and_waits_for_the_button(app, studio, wire):
    act(app, "variation")
    assert app.desk.order["seed"] == 8
    assert wire.customs(app.prompt)[-1][0] == {"kind": "call up", "ready": True}
    assert len(studio.videos()) == 2
    wires.custom(app.prompt, {"kind": "submit", "prompt": app.prompt.value, "number": app.prompt.answered + 1})
    until(lambda: app.video)
    assert app.video.seed == 8


def test_a_film_goes_on_from_another_ones_last_picture(app, studio):
    assert app.films.cards.films[0].extends
    act(app, "extend")
    picture = app.desk.order["image"]
    assert picture.read_bytes().startswith(b"\xff\xd8")
    assert "Begins with the last picture of “a corgi runs”." in app.prompt.start["text"]
    wires.update(app.prompt, start={})
    assert app.desk.order["image"] is None


def test_a_film_is_taken_off_the_list_put_back_and_deleted_for_good(app, studio):
    file = studio.videos()[0].path
    key = act(app, "hide")
    assert [video.prompt for video in studio.videos()] == ["a fox in the snow"]
    assert app.films.cards.films[0].gone.endswith("B")
    assert file.is_file()
    act(app, "restore")
    assert len(studio.videos()) == 2
    assert not app.films.cards.films[0].gone
    act(app, "hide")
    act(app, "delete")
    assert not file.exists()
    assert prompts(app) == ["a fox in the snow"]
    assert studio.ledger.call(key).state is State.DONE
    assert len(studio.costs()) == 2


def test_what_was_taken_off_the_list_goes_with_what_is_left_over(app, studio):
    file = studio.videos()[0].path
    act(app, "hide")
    removed = studio.prune()
    assert file in removed.paths
    assert not file.exists()


def test_two_to_four_films_are_compared_and_the_best_is_kept(app, studio, wire):
    keys = [film.key for film in app.films.cards.films]
    wires.update(app.films.cards, picked=keys[:1])
    wires.custom(app.films.cards, {"kind": "compare"})
    settled(app)
    assert app.films.grid.videos == ()
    wires.update(app.films.cards, picked=keys)
    wires.custom(app.films.cards, {"kind": "compare"})
    settled(app)
    assert [video.prompt for video in app.films.grid.videos] == ["a corgi runs", "a fox in the snow"]
    assert [content for content, _ in wire.customs(app.films.grid) if content["kind"] != "media"] == [{"kind": "play"}]
    wires.update(app.films.grid, favourite=1)
    settled(app)
    assert [film.star for film in app.films.cards.films] == [False, True]


def test_a_card_gets_its_picture_its_small_film_and_the_whole_one(app, studio, wire):
    cards = app.films.cards
    key = cards.films[0].key
    for what in ("poster", "film", "file"):
        wires.custom(cards, {"kind": "wish", "what": what, "keys": [key, "none"]})
    settled(app)
    poster = next(content for content, _ in wire.customs(cards) if content["kind"] == "poster")
    assert poster["picture"].startswith("data:image/")
    assert cards.media[f"file-{key}"]["title"] == "a-corgi-runs-7.mp4"
    assert f"film-{key}" in cards.media
    studio.videos()[0].path.unlink()
    wires.custom(cards, {"kind": "wish", "what": "file", "keys": [cards.films[1].key]})
    settled(app)


def test_a_large_library_comes_by_page(studio, monkeypatch):
    monkeypatch.setattr("sora_nb.notebook.films.PAGE", 2)
    for number in range(5):
        studio.generate(f"film {number}", **SMALL)
    app = studio.app()
    settled(app)
    assert prompts(app) == ["film 4", "film 3"]
    assert app.films.cards.more
    for _ in range(2):
        wires.custom(app.films.cards, {"kind": "more"})
        settled(app)
    assert len(prompts(app)) == 5
    assert not app.films.cards.more


def test_a_page_can_do_nothing_to_films_that_it_does_not_show(app, studio):
    hidden = app.films.cards.films[1].key
    wires.update(app.films.cards, text="corgi")
    settled(app)
    wires.custom(app.films.cards, {"kind": "act", "action": "hide", "key": hidden})
    wires.custom(app.films.cards, {"kind": "act", "action": "burn", "key": app.films.cards.films[0].key})
    settled(app)
    assert len(studio.videos()) == 2
