"""Where somebody goes is no place of the film where the prompt says beside it where he is then."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WHO = st.sampled_from(["a schoolgirl", "a tired man", "two kids", "a robot", "my dog", "an old woman"])
GOES = st.sampled_from(["walks", "runs", "hurries", "rushes", "is walking", "skips"])
GOALS = st.sampled_from(["school", "the office", "the kitchen", "a coffee shop", "the library"])
PLACES = st.sampled_from(
    [("street", "city street"), ("forest", "forest"), ("beach", "beach"), ("meadow", "meadow"), ("desert", "desert")]
)


@given(WHO, GOES, GOALS, PLACES, st.sampled_from([", quiet {}", ", a sunny {}", " through the {}", " along a {}"]))
def test_where_somebody_goes_gives_way_to_where_he_is(who, goes, goal, place, where):
    shot = explain(f"{who} {goes} to {goal}{where.format(place[0])}")
    assert shot.spec.scene == place[1]
    assert goal.removeprefix("the ").removeprefix("a ") in " ".join(shot.not_shown)


@given(WHO, GOES, PLACES)
def test_where_somebody_goes_is_the_place_where_no_other_is_said(who, goes, place):
    assert explain(f"{who} {goes} to the {place[0]}").spec.scene == place[1]


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a man walks to the office, mountains in the background", "office"),
        ("a boy runs to the beach and plays in the park", "beach"),
        ("a robot walks to the kitchen, then a cat sleeps in the living room", "kitchen"),
        ("a woman walks to the cafe. A dog sleeps in the park", "coffee shop"),
        ("a bear goes to a coffee shop in the mountains", "coffee shop"),
        ("a duck walks to the kitchen from the living room", "kitchen"),
    ],
)
def test_another_place_said_later_leaves_a_goal_the_place(prompt, scene):
    assert explain(prompt).spec.scene == scene
    assert cast(prompt)
