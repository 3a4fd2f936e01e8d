"""Who does something where a phrase for his place in the picture stands before the verb: the robot on the left waves."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WHO = st.sampled_from([("robot", "robot"), ("cat", "cat"), ("girl", "woman"), ("boy", "person"), ("knight", "knight")])
PLACES = st.sampled_from(
    [
        "on the left", "on the right", "at the left", "on the far right", "from the left", "on the left side", "in front",
        "at the front", "in the back", "at the very back", "in the foreground", "outside", "inside", "upstairs", "below",
    ]
)  # fmt: skip
DEEDS = st.sampled_from(
    [
        ("dances", "dance", "dance"),
        ("slowly sits", "sit", "slowly sit"),
        ("sleeps", "sleep", "sleep"),
        ("jumps", "jump", "jump"),
        ("sings", "sing", "sing"),
        ("plays guitar", "play", "play guitar"),
    ]
)


@given(WHO, PLACES, DEEDS)
def test_who_is_somewhere_in_the_picture_does_what_the_verb_behind_it_says(who, place, deed):
    noun, drawn = who
    assert cast(f"the {noun} {place} {deed[0]}") == [(drawn, deed[1])]


@given(WHO, PLACES, DEEDS)
def test_several_who_are_somewhere_in_the_picture_do_it_together(who, place, deed):
    noun, drawn = who
    assert cast(f"the two {noun}s {place} {deed[2]}") == [(drawn, deed[1])] * 2


@given(WHO, PLACES.filter(lambda place: place not in {"outside", "inside", "below"}))
def test_who_waves_is_by_no_sea(who, place):
    noun, drawn = who
    assert cast(f"the {noun} {place} waves") == [(drawn, "wave")]
    assert explain(f"the {noun} {place} waves").spec.scene != "beach"


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("two robots: the one on the left dances, the other sits", [("robot", "sit"), ("robot", "dance")]),
        ("the robot on the left dances, the one on the right sleeps", [("robot", "dance"), ("robot", "sleep")]),
        ("a woman on the left reads, a man on the right drinks", [("woman", "read"), ("person", "drink")]),
        ("the man on the left and the woman on the right dance", [("person", "dance"), ("woman", "dance")]),
        ("a robot standing on the left waves", [("robot", "wave")]),
        ("@luna on the left dances, @max on the right sleeps", [("luna", "dance"), ("max", "sleep")]),
    ],
)
def test_those_at_several_places_each_do_their_own(prompt, who):
    assert sorted(cast(prompt)) == sorted(who)


@pytest.mark.parametrize("prompt", ["the knight above waves", "a dog above waves", "a girl inside waves of the sea"])
def test_waves_behind_a_preposition_are_of_the_sea(prompt):
    assert explain(prompt).spec.scene == "beach"
    assert cast(prompt)[0][1] != "wave"


def test_where_somebody_is_in_the_picture_is_told():
    assert "on the left" in told("the robot on the left waves")


WHERE = st.sampled_from(
    ["nearby", "beside her", "at her feet", "on the sofa", "under the table", "in front of the door"]
)
BUSY = st.sampled_from(
    [("reading a book", "read"), ("dancing", "dance"), ("singing", "sing"), ("cooking soup", "work")]
)


@given(BUSY, st.sampled_from(["cat", "panda", "dog", "robot"]), WHERE, st.sampled_from([",", ";", "."]))
def test_who_is_only_placed_stands_by_what_others_do(busy, animal, where, mark):
    assert cast(f"A woman {busy[0]}{mark} a {animal} {where}") == [("woman", busy[1]), (animal, "stand")]


@pytest.mark.parametrize("prompt", ["女孩在跳舞，旁边有一只狗", "女孩在跳舞，沙发上一只狗", "女孩在跳舞，一只狗在旁边"])
def test_who_is_only_placed_in_chinese_stands_by(prompt):
    assert cast(prompt) == [("woman", "dance"), ("dog", "stand")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a knight walking, a robot behind him", [("knight", "walk"), ("robot", "walk")]),
        ("a knight walking, a robot on the sofa", [("knight", "walk"), ("robot", "stand")]),
        ("a fox dances in the forest, a rabbit in the meadow", [("fox", "dance"), ("rabbit", "dance")]),
        ("a fox dancing, a rabbit in red", [("fox", "dance"), ("rabbit", "dance")]),
        ("a fox on the sofa, a rabbit beside it, both sleeping", [("fox", "sleep"), ("rabbit", "sleep")]),
    ],
)
def test_who_goes_along_or_does_the_same_elsewhere_is_not_left_standing(prompt, who):
    assert cast(prompt) == who
