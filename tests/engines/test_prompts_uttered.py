"""Words in quotation marks beside what somebody does are words that he says, also without a verb for that."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

SPEAKERS = st.sampled_from([("A chef", "chef"), ("The old knight", "knight"), ("A robot", "robot"), ("A cat", "cat")])
DONE = st.sampled_from([("sits down", "sit"), ("jumps", "jump"), ("dances", "dance"), ("sleeps", "sleep")])
WORDS = st.sampled_from(
    ["Not again.", "I love the beach", "Look, a dragon!", "Run to the forest!", "Who cooks in my kitchen?", "Follow me"]
)
BETWEEN = st.sampled_from([', "{}"', ' - "{}"', ", “{}”"])


@given(SPEAKERS, DONE, BETWEEN, WORDS, st.sampled_from([("park", "meadow"), ("city", "city street")]))
def test_what_somebody_says_behind_what_he_does_is_told_as_words(speaker, done, between, words, place):
    shot = explain(f"{speaker[0]} {done[0]} in the {place[0]}{between.format(words)}")
    assert [(role.name, role.action) for role in shot.spec.cast] == [(speaker[1], done[1])]
    assert shot.spec.scene == place[1]
    assert "words that are said or written" in " ".join(shot.warnings())


@pytest.mark.parametrize(
    ("prompt", "played"),
    [
        ('"Help!" a man runs from a bear', [("person", "run"), ("bear", "run")]),
        ('A girl opens the door. "Hello there!"', [("woman", "stand")]),
        ("女孩打开门，“妈妈，我回来了”", [("woman", "stand")]),
        ("男人跑步，“谁在那儿？”一只猫跳舞", [("person", "run"), ("cat", "dance")]),
        ('"A cat dances on the beach"', [("cat", "dance")]),
        ("“A cat sits”, “a dog runs”", [("cat", "sit"), ("dog", "run")]),
        ('scene 1: "a dog runs", scene 2: "a cat sleeps"', [("dog", "run"), ("cat", "sleep")]),
        ('A man walks. "The dog runs on the beach."', [("person", "walk"), ("dog", "run")]),
        ('"A dog runs on the beach!" in the style of Pixar', [("dog", "run")]),
        ('a "cat" sleeps', [("cat", "sleep")]),
    ],
)
def test_quotations_beside_nobody_who_acts_are_read(prompt, played):
    assert cast(prompt) == played


def test_a_style_in_quotation_marks_is_one():
    assert "Blade Runner" in " ".join(explain('A woman dances, "Blade Runner" style').warnings())
    assert not explain('A woman dances, "golden hour"').not_shown
