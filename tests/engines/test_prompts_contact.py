"""Whose a verb is behind a relative clause that has no pronoun: the man the robot follows runs."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

BEHIND = st.sampled_from([("dances", "dance"), ("is singing", "sing"), ("sits", "sit"), ("is crying", "look")])
FOLLOWED = st.sampled_from(
    ["the robot follows", "the robot is following", "a robot loves", "the robot saved", "the robot knows"]
)


@given(st.sampled_from([("man", "person"), ("woman", "woman"), ("cat", "cat"), ("wizard", "wizard")]), FOLLOWED, BEHIND)
def test_a_relative_clause_needs_no_pronoun(who, followed, deed):
    found = dict(cast(f"the {who[0]} {followed} {deed[0]}"))
    assert found[who[1]] == deed[1]
    assert found["robot"] != deed[1]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("the man whom the robot follows runs", [("person", "run"), ("robot", "walk")]),
        ("The man the robot is following turns round and runs", [("person", "run"), ("robot", "walk")]),
        ("the boy his mother is watching plays football", [("person", "play"), ("woman", "look")]),
        ("the chef the robot watches cooks", [("chef", "work"), ("robot", "look")]),
        ("his friend the mouse dances", [("mouse", "dance")]),
        ("my friend the robot jumps", [("robot", "jump")]),
    ],
)
def test_who_is_named_beside_another_is_not_always_the_same(prompt, who):
    assert cast(prompt) == who
