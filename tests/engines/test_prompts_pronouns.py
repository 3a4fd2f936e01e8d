"""A pronoun of whom no noun speaks is somebody in the film; one that stands for somebody who came before brings in nobody."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

PRONOUNS = st.sampled_from([("I", "person"), ("You", "person"), ("He", "person"), ("She", "woman")])
DEEDS = st.sampled_from([("dance", "dances", "dance"), ("run", "runs", "run"), ("sit", "sits", "sit")])
OTHERS = st.sampled_from([("cat", "cat"), ("robot", "robot"), ("penguin", "penguin")])


@given(PRONOUNS, DEEDS, OTHERS, st.sampled_from([". A {} sleeps", " while a {} sleeps", ", a {} sleeps"]))
def test_who_is_only_a_pronoun_plays_beside_others(pronoun, deed, other, behind):
    verb = deed[pronoun[0] in {"He", "She"}]
    prompt = f"{pronoun[0]} {verb}{behind.format(other[0])}"
    assert cast(prompt) == [(pronoun[1], deed[2]), (other[1], "sleep")]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("He walks his dog", [("person", "walk"), ("dog", "walk")]),
        ("She stands on a cliff. A dragon lands behind her.", [("woman", "stand")]),
        ("They dance. A robot watches.", [("person", "dance"), ("person", "dance"), ("robot", "look")]),
        ("He dances while she sings", [("person", "dance"), ("woman", "sing")]),
        ("I sing and you dance", [("person", "sing"), ("person", "dance")]),
        ("He and his parents run", [("person", "run")] * 3),
        ("She's reading, a cat sleeps", [("woman", "read"), ("cat", "sleep")]),
        ("He is in the kitchen. A cat sleeps.", [("person", "stand"), ("cat", "sleep")]),
        ("She opens the umbrella and her son jumps", [("woman", "stand"), ("person", "jump")]),
        ("She waves at @luna", [("woman", "wave"), ("luna", "stand")]),
        ("I walk with @luna on the beach", [("person", "walk"), ("luna", "walk")]),
        ("@luna dances, then she sings", [("luna", "dance")]),
        ("She is @luna dancing", [("luna", "dance")]),
        ("She and her brother dance", [("woman", "dance"), ("person", "dance")]),
        ("you and me walking on the beach", [("person", "walk")] * 2),
        ("her and me dancing", [("woman", "dance"), ("person", "dance")]),
        ("你和我在海边散步", [("person", "walk")] * 2),
        ("你在看书，我坐在沙发上", [("person", "read"), ("person", "sit")]),
        ("她在跳舞，他在唱歌", [("woman", "dance"), ("person", "sing")]),
    ],
)
def test_pronouns_are_as_many_as_they_name(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("When he wakes up, the boy dances", ["person"]),
        ("As she walks by, a girl finds a fox", ["woman", "fox"]),
        ("a boy runs. He and his dog jump", ["person", "dog"]),
        ("He is a brave knight running", ["knight"]),
        ("you see a cat sleeping", ["cat"]),
        ("I want you to show a robot dancing", ["robot"]),
        ("can you make me a film of a dog", ["dog"]),
        ("a film for you and me: a cat dances", ["cat"]),
        ("could you please create a short movie of a cat dancing", ["cat"]),
        ("can you draw a cat", ["cat"]),
        ("he draws a picture of a cat", ["person"]),
        ("给我画一只猫", ["cat"]),
        ("你能画一只猫吗", ["cat"]),
        ("能不能画一只跳舞的熊", ["bear"]),
    ],
)
def test_other_pronouns_bring_in_nobody(prompt, expected):
    assert [name for name, _ in cast(prompt)] == expected


def test_of_a_plural_is_told_how_many_are_drawn():
    assert "Drawn 2 times for 'They': person." in told("They dance. A robot watches.")


@pytest.mark.parametrize("question", ["能不能画一只跳舞的熊", "一只熊在跳舞，好不好", "可不可以给我做一个熊跳舞的视频"])
def test_a_question_with_a_negator_in_it_takes_nothing_away(question):
    assert cast(question) == [("bear", "dance")]
