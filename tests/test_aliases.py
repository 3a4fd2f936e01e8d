"""A character that is renamed gets another username, and is still meant by its earlier ones: in prompts, calls, archives."""

from __future__ import annotations

import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import Studio
from sora_nb.errors import InvalidInput, PromptError
from sora_nb.models import Registration, State
from sora_nb.storage.usernames import LONGEST_NAME, check_name, make_name

SMALL = {"size": "160x96", "seconds": 1}


@pytest.fixture
def studio(tmp_path, engine):
    with Studio("local", home=tmp_path / "home", progress=False, engine=engine) as made:
        yield made


@pytest.fixture
def hero(studio, footage):
    return studio.extract(footage, 1, 3, name="cup")


def written(archive):
    """The record of an archive."""
    with zipfile.ZipFile(archive) as opened:
        return json.loads(opened.read("character.json"))


def test_a_prompt_with_an_earlier_name_goes_on_working(studio, hero, engine):
    now = studio.rename(studio.rename(hero, "My Cup"), "Mug")
    assert (now.username, now.display_name, now.aliases) == ("Mug", "Mug", ("cup", "my_cup"))
    assert [studio.character(name) for name in ("Mug", "@cup", "my_cup")] == [now] * 3
    for name in ("cup", "my_cup", "Mug"):
        video = studio.generate(f"@{name} dances with @{name}", **SMALL)
        assert list(engine.requests[-1].cast) == ["Mug"]
        assert "@Mug dances with @Mug" in engine.requests[-1].prompt
        assert video.prompt == f"@{name} dances with @{name}"  # as it was written
    studio.generate("@cup meets @my_cup", **SMALL)
    assert list(engine.requests[-1].cast) == ["Mug"]


def test_an_old_object_means_the_character_as_it_is_now(studio, hero):
    now = studio.rename(hero, "Mug")
    assert studio.describe(hero, "a black cup").username == "Mug"
    assert studio.rename(hero, "My Cup").aliases == ("cup", "Mug")
    studio.keep(hero)
    studio.keep(now)
    assert [who.username for who in studio.characters()] == ["my_cup"]
    studio.forget(hero)
    assert studio.characters() == []


def test_going_back_to_an_earlier_name_frees_nothing_and_takes_nothing(studio, hero):
    studio.rename(hero, "mug")
    back = studio.rename(hero, "cup")
    assert (back.username, back.aliases) == ("cup", ("mug",))
    assert studio.rename(back, "Cup").username == "Cup"  # another case of its own name


def test_a_name_that_another_one_has_or_had_is_refused(studio, hero, footage):
    other = studio.extract(footage, 1, 3, name="luna")
    studio.rename(hero, "mug")
    for name in ("Mug", "MUG"):
        with pytest.raises(InvalidInput, match=r"There is a character @mug in this library already.*forget\(\"mug\"\)"):
            studio.rename(other, name)
    earlier = r"@cup is an earlier name of @mug, and prompts may have it.*release\(\"cup\"\)"
    with pytest.raises(InvalidInput, match=earlier):
        studio.rename(other, "Cup")
    with pytest.raises(InvalidInput, match=earlier):
        studio.extract(footage, 2, 4, name="cup")  # other seconds than those it was made from
    assert studio.character("luna").display_name == "Luna"
    studio.release("@cup")
    assert studio.rename(other, "Cup").aliases == ("luna",)
    assert studio.character("mug").aliases == ()
    with pytest.raises(PromptError, match="@cup is no earlier name of a character"):
        studio.release("cup")


def test_what_is_forgotten_frees_its_names_and_takes_those_back_that_are_free(studio, hero, footage):
    mug = studio.rename(studio.rename(hero, "goblet"), "mug")
    studio.forget("cup")
    with pytest.raises(PromptError, match="There is no character @goblet here"):
        studio.generate("@goblet falls", **SMALL)
    studio.extract(footage, 1, 3, name="cup")
    studio.keep(mug)
    assert studio.character("mug").aliases == ("goblet",)
    assert studio.character("cup").username == "cup"


@pytest.mark.parametrize("name", ["小狗", "24fps", "…"])
def test_a_name_that_makes_no_username_changes_the_label_alone(studio, hero, name):
    now = studio.rename(hero, name)
    assert (now.username, now.display_name, now.aliases) == ("cup", name, ())


def test_the_name_that_a_service_knows_is_kept(studio, hero):
    service = hero.service
    bare = studio._session.characters.change(hero, providers={})  # as earlier versions kept it
    now = studio.rename(bare, "Mug")
    assert now.providers == {str(service): Registration(id=hero.id, username="cup")}


def test_an_order_that_is_made_again_finds_its_renamed_character(studio, hero, engine):
    studio.generate("@cup dances", **SMALL)
    call = studio.ledger.calls(kind="video")[0]
    studio.ledger.change(call, state=State.INTERRUPTED, file=None, sha256="", owner="gone")
    studio.rename(hero, "Mug")
    assert studio.resume(remake=True)["now"].tolist() == ["done"]
    assert "@Mug dances" in engine.requests[-1].prompt


def test_earlier_names_survive_an_archive(studio, hero, tmp_path, footage, engine):
    assert written(hero.save(tmp_path / "cup.zip"))["version"] == 1
    mug = studio.rename(hero, "Mug")
    archive = mug.save(tmp_path / "mug.zip")
    assert (written(archive)["version"], written(archive)["aliases"]) == (2, ["cup"])
    with Studio("local", home=tmp_path / "other", progress=False, engine=engine) as other:
        assert (other.load(archive).username, other.character("cup").username) == ("Mug", "Mug")
    with Studio("local", home=tmp_path / "third", progress=False, engine=engine) as third:
        third.extract(footage, 1, 3, name="cup")
        assert third.load(archive).aliases == ()  # it is another one's here
        assert third.character("cup").username == "cup"
    studio.release("cup")
    record = written(studio.character("Mug").save(tmp_path / "again.zip"))
    assert (record["version"], "aliases" in record) == (1, False)  # as readers of version 1 know it


def test_names_are_found_by_label_and_by_earlier_name(studio, hero):
    studio.rename(hero, "My Cup")
    cast = studio.characters()
    assert cast.labels() == {"my_cup": "My Cup cup"}
    assert cast.usernames() == ["my_cup", "cup"]
    assert [who.username for who in cast.named(["cup", "my_cup"])] == ["my_cup"]


@given(st.text(max_size=100))
def test_what_a_label_makes_is_a_name_or_nothing(label):
    made = make_name(label)
    assert len(made) <= LONGEST_NAME
    if made:
        check_name(made)
