"""Whoever a prompt says is not there is not in the film, and is told to be left out, somebody who is mentioned, too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WHO = st.sampled_from(["@ella", "the dog", "his old dog", "a cat and a dog"])
AWAY = st.sampled_from(
    [
        "is gone",
        "is nowhere to be seen",
        "are nowhere in sight",
        "isn't there today",
        "is not in the picture",
        "does not come along",
        "won't show up",
        "is no longer here",
        "doesn't appear",
        "is missing",
    ]
)


def names(prompt):
    return [role.name for role in explain(prompt, known=["tom", "ella"]).spec.cast]


@given(WHO, AWAY, st.booleans())
def test_who_is_said_to_be_away_is_left_out(who, away, first):
    parts = [f"{who} {away}", "@tom dances"]
    prompt = ", ".join(parts if first else reversed(parts))
    assert names(prompt) == ["tom"]
    assert who.split()[-1] in " ".join(explain(prompt, known=["tom", "ella"]).left_out)


@pytest.mark.parametrize(
    "prompt",
    [
        "@tom without @ella dances",
        "@tom dances without @ella",
        "no @ella, just @tom dancing",
        "@tom dances --no @ella",
        "@ella没有出现，@tom 在跳舞",
        "@ella不要出现，只拍 @tom 跳舞",
        "@tom 在跳舞，没有 @ella",
    ],
)
def test_who_is_mentioned_may_be_taken_away(prompt):
    explanation = explain(prompt, known=["tom", "ella"])
    assert [(role.name, role.action) for role in explanation.spec.cast] == [("tom", "dance")]
    assert "@ella" in explanation.left_out


@pytest.mark.parametrize(
    ("prompt", "present"),
    [
        ("the dog is gone to the beach", ["dog"]),
        ("the man does not appear scared", ["person"]),
        ("@tom avoids @ella", ["tom", "ella"]),
        ("@tom isn't alone, @ella waves", ["tom", "ella"]),
        ("No rain, @tom walks", ["tom"]),
        ("@tom does not dance", ["tom"]),
        ("a girl waits for the bus that never comes", ["woman"]),
    ],
)
def test_who_only_does_not_do_something_is_there(prompt, present):
    assert names(prompt) == present
