"""What is fried, eaten or sold is food: it is told, it plays nothing, and it is not where the film plays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

ANIMALS = st.sampled_from(["squid", "a fish", "octopus", "a duck", "some salmon", "two crabs", "a lobster", "chicken"])
DOING = st.sampled_from(
    ["fries", "grills", "eats", "sells", "is roasting", "slices", "serves", "buys", "steams", "guts"]
)
PLACES = st.sampled_from(
    [("at a market stall", "city street"), ("in a kitchen", "kitchen"), ("in the forest", "forest"), ("at a night market stall", "city street")]
)  # fmt: skip


@given(st.sampled_from(["a chef", "@mia", "an old woman", "the vendor"]), DOING, ANIMALS, PLACES)
def test_what_somebody_cooks_eats_or_sells_is_food_and_no_place(who, doing, animal, place):
    shot = explain(f"{who} {doing} {animal} {place[0]}", known=["mia"])
    assert shot.spec.scene == place[1]
    assert len(shot.spec.cast) == 1
    assert any(each.kind == "food" and animal.split()[-1] in each.word for each in shot.readings)


@pytest.mark.parametrize(
    ("prompt", "scene", "cast"),
    [
        ("a chef fries squid at a market stall", "city street", ["chef"]),
        ("Night market stall, an old woman grills squid", "city street", ["woman"]),
        ("a man in a butcher shop", "city street", ["person"]),
        ("a chef cooks in a chef school", "office", ["chef"]),
        ("a couple eats in a fish restaurant", "coffee shop", ["person", "woman"]),
        ("a woman walks past a baker shop", "city street", ["woman"]),
        ("a cat on the river bank", "forest", ["cat"]),
        ("厨师在市场的摊位上炸鱿鱼", "city street", ["chef"]),
        ("小贩在菜市场卖鸭子", "city street", ["person"]),
        ("一只橘猫在厨房偷吃鱼", "kitchen", ["cat"]),
    ],
)
def test_a_compound_for_a_place_is_where_the_film_plays(prompt, scene, cast):
    spec = explain(prompt).spec
    assert (spec.scene, [role.name for role in spec.cast]) == (scene, cast)


@pytest.mark.parametrize(
    "prompt",
    ["a fried fish on a table", "a duck is being roasted", "crabs for sale", "a plate of crabs", "a fish in a pan"],
)
def test_what_is_on_a_plate_is_nobody(prompt):
    shot = explain(prompt)
    assert shot.spec.cast == ()
    assert any(each.kind == "food" for each in shot.readings)


@pytest.mark.parametrize(
    ("prompt", "cast"),
    [
        ("a boy feeds a duck in the park", ["person", "duck"]),
        ("a deep blue fish swims", ["fish"]),
        ("a girl buys a fish at the pet shop", ["woman", "fish"]),
        ("a cat stares at a fish in a bowl", ["cat", "fish"]),
        ("a frog in a pot", ["frog"]),
        ("a girl buys a puppy", ["woman", "dog"]),
        ("a man eats with his dog", ["person", "dog"]),
        ("a boy eats an apple, a dog sleeps", ["person", "dog"]),
        ("two boys eat ice cream and a cat watches", ["person", "person", "cat"]),
        ("a cook and a duck dance", ["chef", "duck"]),
        ("a fish cooks soup", ["fish"]),
        ("a wizard at school", ["wizard"]),
    ],
)
def test_who_is_not_eaten_plays(prompt, cast):
    assert [role.name for role in explain(prompt).spec.cast] == cast


@pytest.mark.parametrize(
    ("prompt", "action"),
    [("a chef fries squid", "work"), ("a cook toasts bread", "work"), ("a chef serves duck", "work")],
)
def test_a_noun_that_is_a_verb_before_food_is_what_somebody_does(prompt, action):
    assert explain(prompt).spec.cast[0].action == action
