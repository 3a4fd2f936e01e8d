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


HEADS = st.sampled_from([("the man", "person"), ("a girl", "woman"), ("the cat", "cat"), ("my robot", "robot")])
SPOKEN = st.sampled_from(
    [
        "I love",
        "I saw yesterday",
        "we adopted",
        "you see in the mirror",
        "I met in the city",
        "we are looking at",
        "I am in love with",
        "I used to know",
        "that I built",
        "I am thinking of",
        "we talk about",
        "I dreamt of",
        "he loves",
        "they know",
    ]
)


@given(HEADS, SPOKEN, BEHIND)
def test_who_asks_for_the_film_is_not_in_a_relative_clause_of_somebody_else(who, spoken, deed):
    assert cast(f"{who[0]} {spoken} {deed[0]}") == [(who[1], deed[1])]
    assert cast(f"at night {who[0]} {spoken} {deed[0]}") == [(who[1], deed[1])]


@given(HEADS, st.sampled_from(["adopted", "love", "found", "built"]))
def test_a_pronoun_in_a_relative_clause_is_for_one_who_is_there(who, done):
    assert cast(f"the queen hugs {who[0]} she {done}")[1:] == [(who[1], "stand")]
    assert cast(f"a panda dances. {who[0].capitalize()} I {done} sings") == [("panda", "dance"), (who[1], "sing")]
    assert cast(f"a wizard and {who[0]} he {done} dance") == [("wizard", "dance"), (who[1], "dance")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("the dog and I run", [("dog", "run"), ("person", "run")]),
        ("with my dog I walk on the beach", [("dog", "walk"), ("person", "walk")]),
        ("when the dog sleeps I dance", [("dog", "sleep"), ("person", "dance")]),
        ("every morning I walk my dog", [("person", "walk"), ("dog", "walk")]),
        ("in the park I run", [("person", "run")]),
        ("the cats we feed sleep on the roof", [("cat", "sleep")] * 2),
        ("the people I work with dance", [("person", "dance")] * 2),
        ("a girl who dreams of a robot dances", [("woman", "dance")]),
        ("after school the boy runs", [("person", "run")]),
        ("she tells the man she dances", [("woman", "talk"), ("person", "talk")]),
    ],
)
def test_a_pronoun_that_begins_a_clause_of_its_own_acts(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(
        [
            "in the park",
            "at night",
            "every morning",
            "in the rain",
            "under the tree",
            "today",
            "behind the house",
            "after school",
        ]
    ),
    st.sampled_from([("man", "person"), ("woman", "woman"), ("cat", "cat"), ("wizard", "wizard")]),
    FOLLOWED,
    BEHIND,
)
def test_a_place_or_time_before_a_relative_clause_changes_nothing(where, who, followed, deed):
    found = dict(cast(f"{where} the {who[0]} {followed} {deed[0]}"))
    assert found[who[1]] == deed[1]
    assert found["robot"] != deed[1]


@given(
    st.sampled_from(["Tom, the man", "@tom, the wizard", "the man, whom", "the king, the man", "the panda, which"]),
    FOLLOWED,
    BEHIND,
)
def test_a_verb_behind_commas_goes_on_with_the_noun_before_them(who, followed, deed):
    found = cast(f"{who} {followed}, {deed[0]}")
    assert [action for _, action in found][:1] == [deed[1]]
    assert [name for name, _ in found][1:] == ["robot"]
    assert found[1][1] != deed[1]
