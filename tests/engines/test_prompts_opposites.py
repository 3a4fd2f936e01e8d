"""Two of the same noun are told apart by qualities, places and colours that contradict: the red robot, the blue robot."""

import pytest
from explained import cast
from hypothesis import assume, given
from hypothesis import strategies as st

from sora_nb.engines.prompt import opposites
from sora_nb.engines.prompt.parser import explain

NOUNS = st.sampled_from(["robot", "cat", "panda", "dog", "knight"])
OPPOSED = st.sampled_from(
    [
        ("the red {}", "the blue {}"),
        ("the old {}", "the young {}"),
        ("the big {}", "the small {}"),
        ("the fat {}", "the thin {}"),
        ("the left {}", "the right {}"),
        ("the {} on the sofa", "the {} on the table"),
        ("the {} by the window", "the {} by the door"),
        ("the {} in red", "the {} in blue"),
        ("the happy {}", "the sad {}"),
        ("my {}", "your {}"),
        ("my {}", "the neighbour's {}"),
        ("Tom's {}", "Anna's {}"),
        ("his {}", "her {}"),
        ("our {}", "their {}"),
        ("this {}", "that {}"),
        ("the {} in a red hat", "the {} in a blue hat"),
        ("the {} in the garden", "the {} in the kitchen"),
        ("the {} with a hat", "the {} without a hat"),
        ("the {} with an umbrella", "the {} with a ball"),
        ("the {} with long hair", "the {} with short hair"),
        ("the {} holding a flower", "the {} holding a cup"),
        ("the {} that is black", "the {} that is white"),
        ("the {} who is on the sofa", "the {} who is on the rug"),
        ("the {} on the left", "the {} on the right"),
        ("the bigger {}", "the smaller {}"),
        ("the tallest {}", "the smallest {}"),
        ("the good {}", "the evil {}"),
        ("the {} inside", "the {} outside"),
        ("the {} in front", "the {} behind"),
        ("the {} in the box", "the {} outside the box"),
        ("the {} next to the tree", "the {} next to the bench"),
        ("the {} of the north", "the {} of the forest"),
        ("the sleeping {}", "the running {}"),
        ("the {} reading a book", "the {} drinking coffee"),
        ("the {} whose hat is red", "the {} whose hat is blue"),
        ("the {} who wears a hat", "the {} who wears a scarf"),
        ("the {} that has wheels", "the {} that has wings"),
        ("the {} named Tom", "the {} named Sam"),
        ("my {}", "yours"),
        ("Tom's {}", "mine"),
    ]
)
CHINESE_NOUNS = st.sampled_from(["机器人", "猫", "熊猫", "女孩", "男人"])
CHINESE_OPPOSED = st.sampled_from(
    [
        ("左边的{}", "右边的{}"),
        ("左边那个{}", "右边那个{}"),
        ("前面的{}", "后面的{}"),
        ("红色的{}", "蓝色的{}"),
        ("老的{}", "年轻的{}"),
        ("胖的{}", "瘦的{}"),
        ("这个{}", "那个{}"),
    ]
)


@given(NOUNS, OPPOSED, st.sampled_from([", ", ". ", " while "]))
def test_who_is_described_as_the_one_before_cannot_be_is_another_one(noun, opposed, between):
    one, other = (each.format(noun) for each in opposed)
    found = cast(f"{one} sings{between}{other} dances")
    assert [action for _, action in found] in (["sing", "dance"], ["read", "drink"])  # who reads was drawn so first
    assert {name for name, _ in found} == {noun}


@given(CHINESE_NOUNS, CHINESE_OPPOSED)
def test_chinese_nouns_whose_descriptions_contradict_are_for_two(noun, opposed):
    one, other = (each.format(noun) for each in opposed)
    assert [action for _, action in cast(f"{one}在唱歌，{other}在跳舞")] == ["sing", "dance"]


@given(NOUNS, OPPOSED)
def test_each_of_two_who_are_told_apart_is_spoken_of_again_by_what_tells_him(noun, opposed):
    one, other = (each.format(noun) for each in opposed)
    found = cast(f"{one} and {other} wait. {other} sings. {one} sits")
    assert len(found) == 2


@pytest.mark.parametrize(
    "prompt",
    [
        "a red robot enters. The robot dances. The red robot sits.",
        "a big dog runs. The happy dog barks",
        "an old robot walks. The robot waves",
        "a sad panda sits. The happy panda dances",
        "a cat sleeps on the sofa. The cat on the sofa wakes up",
        "a black and white cat runs. The white cat jumps",
        "the big red robot walks, the huge robot dances",
        "a robot with a hat sings. The robot with the hat dances",
        "the robot with a red ball sings. The robot with the ball dances",
        "a robot with a hat sings. The robot with a ball dances",
        "the robot in the park sings. The robot in the red hat dances",
        "the robot in a red coat sings. The robot wearing glasses dances",
        "a robot sings. Later the robot dances",
        "Tom's robot sings. His robot dances",
        "my robot sings. Our robot dances",
        "this is a robot. This robot dances",
        "一只红色的机器人走进来。机器人跳舞。红色的机器人坐下",
    ],
)
def test_the_same_noun_without_a_contradiction_is_the_same_one(prompt):
    assert len(cast(prompt)) == 1


@pytest.mark.parametrize(
    "prompt",
    [
        "a white robot turns blue. The blue robot dances",
        "a red robot becomes green. The green robot waves",
        "一个白色的机器人变成蓝色，蓝色的机器人在跳舞",
    ],
)
def test_who_takes_on_another_quality_stays_one(prompt):
    assert [name for name, _ in cast(prompt)] == ["robot"]


@pytest.mark.parametrize("where", ["around", "left"])
def test_who_only_turns_round_is_told_from_another_one(where):
    assert cast(f"the red robot turns {where}, the blue robot sits")[1:] == [("robot", "sit")]


@given(
    NOUNS, st.sampled_from([("red", "blue"), ("fat", "thin"), ("big", "small"), ("tall", "short"), ("old", "young")])
)
def test_one_that_is_described_otherwise_is_another_one(noun, opposed):
    prompt = f"the {opposed[0]} {noun} sings, the {opposed[1]} one dances"
    assert [action for _, action in cast(prompt)] == ["sing", "dance"]


def test_one_that_is_described_as_before_is_no_other():
    assert len(cast("the red robot sings, the red one dances")) == 1


ONES = st.sampled_from(
    [
        ("the red {}", "the blue one"),
        ("a red {}", "a blue one"),
        ("the old {}", "the young one"),
        ("a big {}", "a small one"),
        ("this {}", "that one"),
        ("the {} with a hat", "the one without a hat"),
        ("the {} in a red coat", "the one in a blue coat"),
        ("the {} on the sofa", "the one on the rug"),
    ]
)


@given(NOUNS, ONES)
def test_one_stands_for_the_noun_that_is_described_in_the_same_respect(noun, ones):
    first, then = ones[0].format(noun), ones[1]
    assert cast(f"{first} sings, {then} dances") == [(noun, "sing"), (noun, "dance")]
    assert cast(f"{first} and {then} dance") == [(noun, "dance")] * 2
    assert [name for name, _ in cast(f"{first} hugs {then}")] == [noun] * 2


@given(NOUNS, st.sampled_from(["some", "many"]), st.sampled_from(["others", "the others"]))
def test_others_are_as_many_as_some(noun, some, others):
    found = [(noun, "dance")] * 2 + [(noun, "sing")] * 2
    assert cast(f"{some} {noun}s dance, {others} sing") == found
    assert cast(f"{some} {noun}s dance while {others} sing") == found
    assert cast(f"a {noun} dances, {others} sing") == [(noun, "dance")]


@given(NOUNS, NOUNS)
def test_each_of_two_may_have_a_participle_before_his_noun(noun, other):
    assert cast(f"a dancing {noun} and a singing {other}") == [(noun, "dance"), (other, "sing")]


@pytest.mark.parametrize(
    "prompt",
    ["a woman has a red bag and a blue one", "a girl with a big balloon and a small one sings", "no one dances"],
)
def test_one_that_stands_for_a_thing_or_for_nobody_brings_in_nobody(prompt):
    assert len(cast(prompt)) < 2


@given(NOUNS, ONES, st.sampled_from([". ", ": ", ", "]))
def test_one_of_several_is_told_from_the_others_by_how_he_is_described(noun, ones, mark):
    first, then = (each.format(noun) for each in ones)
    assume(first.startswith("the"))
    shown = sorted(action for _, action in cast(f"two {noun}s run{mark}{first} sings, {then} dances"))
    assert shown == ["dance", "sing"]
    assert len(cast(f"three {noun}s run{mark}{first} sings")) == 3


@given(NOUNS, NOUNS, st.sampled_from(["in a hat", "in red", "with a ball", "near the door", "in the park"]))
def test_who_comes_in_behind_and_with_a_phrase_behind_his_noun_does_what_is_said(noun, other, phrase):
    assert cast(f"a {noun} sleeps and a {other} {phrase} sings") == [(noun, "sleep"), (other, "sing")]
    assert cast(f"a {noun} feeds a {other} {phrase} and sings")[1:] == [(other, "stand")]


@given(NOUNS, st.sampled_from(["with a hat", "in red", "on the left", "with wheels"]))
def test_a_noun_that_stands_twice_in_a_clause_is_for_two(noun, phrase):
    assert [name for name, _ in cast(f"the {noun} in a suit hugs the {noun} {phrase}")] == [noun] * 2
    assert cast(f"the old {noun} and the {noun} {phrase} dance") == [(noun, "dance")] * 2
    assert [name for name, _ in cast(f"a wizard hugs his {noun} and the {noun} sings")] == ["wizard", noun]
    assert len(cast(f"the {noun} {phrase} looks at the {noun}")) == 1


@given(st.sampled_from(["panda", "cat", "lion", "bear"]), st.sampled_from(["mother", "father"]))
def test_a_young_animal_is_not_its_parent(noun, parent):
    assert cast(f"the baby {noun} sings, the {parent} {noun} dances") == [(noun, "sing"), (noun, "dance")]


@pytest.mark.parametrize("text", ["红的猫和", "的女孩的猫的", "the cat I love sleeps ", "the old man is red "])
def test_a_longer_text_is_compared_in_proportion_to_its_length(monkeypatch, text):
    seen = []
    honest = opposites._qualities
    monkeypatch.setattr(opposites, "_qualities", lambda units, at: seen.append(at) or honest(units, at))
    counted = []
    for times in (60, 120):
        explain(text * times)
        counted.append(len(seen))
        seen.clear()
    assert counted[1] <= 2.2 * counted[0]
