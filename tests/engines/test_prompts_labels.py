"""A number behind a noun says who somebody is, and counts nobody."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

NOUNS = st.sampled_from(
    [("Player", "person"), ("Agent", "person"), ("Robot", "robot"), ("Cat", "cat"), ("Chef", "chef")]
)
SIGNED = st.sampled_from(["{}", "number {}", "no. {}", "#{}"])
DONE = st.permutations([("sits", "sit"), ("sleeps", "sleep"), ("jumps", "jump"), ("dances", "dance")])
PLACES = st.sampled_from(["on a stage", "in the city", "on the beach", "in a park"])


@given(NOUNS, SIGNED, st.integers(1, 99), DONE, PLACES)
def test_a_number_behind_a_noun_counts_nobody(noun, sign, number, done, place):
    prompt = f"{noun[0]} {sign.format(number)} {done[0][0]} {place}"
    assert cast(prompt) == [(noun[1], done[0][1])]
    assert not explain(prompt).not_shown


@given(NOUNS, st.integers(1, 9), DONE, st.sampled_from([". ", ", ", " and "]))
def test_those_of_different_numbers_are_several(noun, number, done, between):
    first, second = (f"{noun[0]} {number + more} {deed[0]}" for more, deed in enumerate(done[:2]))
    assert cast(f"{first}{between}{second.lower()}") == [(noun[1], done[0][1]), (noun[1], done[1][1])]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Player 23 dribbles past two defenders, jumps and shoots", ["person"] * 3),
        ("number 23 jumps and shoots", ["person"]),
        ("teacher 2 students read", ["person"] * 3),
        ("a man, 2 dogs and a cat play", ["person", "dog", "dog", "cat"]),
        ("boys 3, a dog runs", ["person", "person", "dog"]),
        ("一个人 2 只狗", ["person", "dog", "dog"]),
        ("熊猫一家在竹林里", ["panda"] * 3),
    ],
)
def test_numbers_before_a_noun_count(prompt, names):
    assert [role.name for role in explain(prompt).spec.cast] == names
