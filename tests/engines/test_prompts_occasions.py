"""An occasion that is named with nobody else has people: whose it is, or guests."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

OCCASIONS = st.sampled_from(
    ["wedding", "birthday party", "birthday", "graduation ceremony", "anniversary", "coronation", "recital"]
)
HOSTS = st.sampled_from(
    [("my sister's", "woman"), ("grandpa's", "person"), ("the panda's", "panda"), ("a wizard's", "wizard")]
)
WHERE = st.sampled_from(["", " in the park", " on the beach at sunset", " on a boat", " in the rain"])


@given(HOSTS, OCCASIONS, WHERE)
def test_whose_occasion_it_is_is_there(host, occasion, where):
    prompt = f"{host[0]} {occasion}{where}"
    assert cast(prompt) == [(host[1], "stand")]
    assert cast(f"a dog dances at {prompt}") == [("dog", "dance")]


@given(st.sampled_from(["a", "our", "the king's"]), OCCASIONS, WHERE)
def test_guests_are_at_an_occasion_of_nobody_who_is_drawn(whose, occasion, where):
    occasion = "funeral" if whose == "the king's" else occasion
    assert [name for name, _ in cast(f"{whose} {occasion}{where}")] == ["woman", "person"]
    chosen = [what for kind, what in explain(f"{whose} {occasion}{where}").chosen if kind == "character"]
    assert chosen == ["woman", "person"]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("my parents' anniversary", [("person", "stand")] * 2),
        ("kids' birthday party", [("person", "stand")] * 2),
        ("our school play", [("woman", "stand"), ("person", "stand")]),
        ("the robot's birthday party, confetti everywhere", [("robot", "stand")]),
        ("an office party with balloons", [("woman", "stand"), ("person", "stand")]),
        ("a dinner party", [("woman", "stand"), ("person", "stand")]),
        ("birthday balloons", []),
        ("dancing at a wedding", [("woman", "dance"), ("person", "dance")]),
        ("a wedding cake", []),
        ("the dog's birthday cake", []),
        ("a gift for my sister's wedding", []),
        ("flowers at a wedding", []),
        ("a wedding without people", []),
        ("my grandma's house", []),
    ],
)
def test_who_is_at_an_occasion(prompt, who):
    assert cast(prompt) == who


def test_the_occasion_itself_is_told():
    assert "wedding" in told("my sister's wedding")


@given(
    st.sampled_from(["A wedding", "The wedding highlights", "A graduation ceremony", "The funeral", "A parade"]),
    st.sampled_from(["guests eat cake", "a best man drops the cake", "two girls eat pizza", "a boy throws rice"]),
)
def test_what_is_eaten_at_a_ceremony_makes_no_kitchen_of_it(occasion, eaten):
    assert explain(f"{occasion}: {eaten}").spec.scene != "kitchen"
    assert explain(f"{occasion} in the kitchen: {eaten}").spec.scene == "kitchen"


@pytest.mark.parametrize("prompt", ["a chef drops a cake", "a wedding cake on a table", "the groom cuts the cake"])
def test_a_cake_is_in_a_kitchen_elsewhere(prompt):
    assert explain(prompt).spec.scene == "kitchen"
