"""Words that are nouns and verbs are read by who stands before them and what stands behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

ONE = st.sampled_from(["a boy", "an old man", "the policeman", "her uncle", "@mia", "Grandpa"])
SEVERAL = st.sampled_from(["two boys", "three women", "kids", "a boy and a girl", "the soldiers"])
ANIMALS = st.sampled_from([("duck", "duck"), ("bear", "bear"), ("fox", "fox")])


def cast(prompt):
    return [role.name for role in explain(prompt, known=["mia"]).spec.cast]


def told(prompt):
    return " ".join(explain(prompt, known=["mia"]).warnings())


@given(ONE, ANIMALS)
def test_a_noun_that_agrees_with_somebody_before_it_is_what_he_does(who, animal):
    verb = animal[0] + ("es" if animal[0].endswith("x") else "s")
    assert animal[1] not in cast(f"{who} {verb} behind a wall")
    assert verb in told(f"{who} {verb} behind a wall")


@given(SEVERAL, ANIMALS)
def test_a_base_form_behind_several_is_what_they_do(who, animal):
    assert animal[1] not in cast(f"{who} {animal[0]} behind a wall")


@given(st.sampled_from(["two", "a group of", "the baby", "some wild", "a fox and two"]), ANIMALS)
def test_a_noun_with_words_of_its_own_is_somebody(words, animal):
    plural = animal[0] + ("es" if animal[0].endswith("x") else "s")
    assert animal[1] in cast(f"{words} {plural} in a meadow")


@pytest.mark.parametrize("who", ["they", "we", "two women", "an old man and his granddaughter"])
def test_who_gardens_works(who):
    assert {role.action for role in explain(f"{who} garden together").spec.cast} == {"work"}


@pytest.mark.parametrize(
    "prompt", ["Park the car by the sea", "a man parks his car by the sea", "the kids park by the sea"]
)
def test_to_park_is_no_place(prompt):
    assert explain(prompt).spec.scene == "beach"
    assert "park" in told(prompt).casefold()


@pytest.mark.parametrize(
    "place", ["a boy in a garden", "a family garden", "the king's garden", "Park, sunny day", "a park at night"]
)
def test_a_garden_and_a_park_are_places(place):
    assert explain(place).meaning_of("scene") == "meadow"


@pytest.mark.parametrize("verb", ["waves goodbye", "waves", "waved"])
def test_a_verb_does_not_suggest_the_place_of_its_noun(verb):
    assert explain(f"@mia {verb} at the station", known=["mia"]).spec.scene == "city street"
    assert explain("waves of the sea").meaning_of("scene") == "beach"


@pytest.mark.parametrize("who", ["a man", "she", "the woman"])
def test_who_leaves_walks_and_leaves_of_trees_do_not(who):
    assert [role.action for role in explain(f"{who} leaves the house").spec.cast] == ["walk"]
    assert cast("maple leaves on the street") == []


@pytest.mark.parametrize(
    "deed", ["flies a plane", "flies a small drone", "runs a food stall", "swings an axe", "swings her red bat"]
)
def test_what_somebody_does_to_a_thing_is_no_motion_of_his_own(deed):
    explanation = explain(f"a woman {deed} in the snow")
    assert [role.action for role in explanation.spec.cast] == ["stand"]
    assert explanation.meaning_of("camera") is None
    assert deed.split()[0] in " ".join(explanation.warnings())


@pytest.mark.parametrize(("prompt", "count"), [("two boxers dance", 2), ("a man in boxers dances", 1), ("joggers", 2)])
def test_words_for_people_and_for_clothes_are_clothes_where_they_are_worn(prompt, count):
    assert cast(prompt) == ["person"] * count


@pytest.mark.parametrize("way", ["road", "street", "highway"])
@pytest.mark.parametrize(
    ("place", "scene"),
    [("through the autumn woods", "forest"), ("across the desert", "desert"), ("in Tokyo", "city street")],
)
def test_a_way_is_where_it_leads_through(way, place, scene):
    assert explain(f"a winding {way} {place}").spec.scene == scene


@pytest.mark.parametrize("long", ["all night", "all night long"])
def test_what_goes_on_all_night_is_at_night(long):
    assert explain(f"a boy reads {long}").spec.time == "night"


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("two cats, one sleeping, the other playing", ["play", "sleep"]),
        ("two dogs, one runs, another sleeps", ["sleep", "run"]),
        ("三只猫，一只在睡觉，另一只在跳舞", ["sleep", "dance"]),
        ("两只猫，一只在睡觉，另一只在跳舞", ["dance", "sleep"]),
    ],
)
def test_the_other_of_two_is_nobody_new(prompt, actions):
    drawn = [role.action for role in explain(prompt).spec.cast]
    assert drawn[-len(actions) :] == actions
    assert len(drawn) == (3 if "三" in prompt else 2)
