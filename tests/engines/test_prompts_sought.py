"""Whom somebody looks, listens or waits for is told, and drawn only where the prompt shows him, too."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

SEEKERS = st.sampled_from(
    [("A fox", "fox"), ("The old pirate", "person"), ("A girl", "woman"), ("A tiny robot", "robot")]
)
SEEKING = st.sampled_from(
    ["listens for", "looks for", "is waiting for", "searches for", "patiently waits for", "is hoping for"]
)
SOUGHT = st.sampled_from(["a cat", "mice", "the dog", "a princess", "an alien and a wizard", "the lion"])
PLACES = st.sampled_from([("on the beach", "beach"), ("in the kitchen", "kitchen"), ("in the forest", "forest")])


def names(prompt):
    return [role.name for role in explain(prompt).spec.cast]


@given(SEEKERS, SEEKING, SOUGHT, PLACES)
def test_whom_somebody_seeks_is_told_and_not_drawn(seeker, seeking, sought, place):
    shot = explain(f"{seeker[0]} {seeking} {sought} {place[0]}")
    assert [role.name for role in shot.spec.cast] == [seeker[1]]
    assert shot.spec.scene == place[1]
    assert sought.split(" ")[-1] in " ".join(shot.not_shown)


@given(SEEKING, st.sampled_from([("runs", "run"), ("sleeps", "sleep"), ("jumps", "jump")]))
def test_who_is_sought_and_acts_himself_plays(seeking, done):
    assert cast(f"A pirate {seeking} a cat. The cat {done[0]}.")[-1] == ("cat", done[1])


def test_who_is_only_sought_takes_no_place_of_others():
    assert names("A mother fox and three cubs listening for mice under the snow") == ["fox", "bear", "bear", "bear"]


@pytest.mark.parametrize(
    ("prompt", "present"),
    [
        ("A girl looks for her cat and finds it under the bed", ["woman", "cat"]),
        ("A girl waits for her dad. He comes", ["woman", "person"]),
        ("a cat waiting for a mouse to come out", ["cat", "mouse"]),
        ("I'm looking for a cat on the beach", ["person", "cat"]),
        ("@mia waits for @ben", ["mia", "ben"]),
        ("a girl looks at a cat", ["woman", "cat"]),
        ("小狗在门口等爸爸", ["dog"]),
        ("男孩在森林里寻找小熊", ["person"]),
        ("女孩在等猫，它来了", ["woman", "cat"]),
        ("猫、狗等动物在跑", ["cat", "dog"]),
    ],
)
def test_who_is_seen_while_somebody_seeks_plays(prompt, present):
    assert names(prompt) == present
