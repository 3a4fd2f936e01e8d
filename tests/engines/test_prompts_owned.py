"""Who is named only as the owner of a thing is not drawn, and does not do what the thing does: the girl's toy rabbit dances."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

OWNERS = st.sampled_from(
    ["the woman", "my daughter", "the little girl", "grandpa", "the astronaut", "a child", "the king"]
)
LOOKS = st.sampled_from(["", "old ", "red ", "little old ", "broken ", "lost ", "three "])
THINGS = st.sampled_from(["hat", "chair", "bicycle", "scarf", "letter", "umbrella", "suitcase", "soup"])
HAPPENS = st.sampled_from(["lies on the table", "floats away", "stands in the rain", "falls down", "is gone", ""])
TOYS = st.sampled_from([("toy robot", "robot"), ("teddy bear", "bear"), ("toy rabbit", "rabbit")])
DEEDS = st.sampled_from([("dances", "dance"), ("waves", "wave"), ("jumps", "jump"), ("sings", "sing")])


@given(OWNERS, LOOKS, THINGS, HAPPENS)
def test_who_only_has_a_thing_is_not_drawn_but_told(owner, looks, thing, happens):
    prompt = f"{owner}'s {looks}{thing} {happens}".strip()
    assert cast(prompt) == []
    assert owner.split()[-1] in told(prompt)
    assert thing in told(prompt)


@given(OWNERS, TOYS, DEEDS)
def test_a_toy_that_is_drawn_does_what_the_verb_says_and_not_whose_it_is(owner, toy, deed):
    assert cast(f"{owner}'s {toy[0]} {deed[0]}") == [(toy[1], deed[1])]


@given(
    st.sampled_from(["女儿", "小女孩", "爷爷", "骑士"]), st.sampled_from(["旧椅子", "红围巾", "剑", "假牙", "红气球"])
)
def test_who_only_has_a_thing_in_chinese_is_not_drawn(owner, thing):
    prompt = f"{owner}的{thing}在雪里"
    assert cast(prompt) == []
    assert owner in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a cat sleeps on grandma's old sofa", [("cat", "sleep")]),
        ("a boy plays with his sister's old doll", [("person", "play")]),
        ("the man's old car breaks down and he walks home", [("person", "walk")]),
        ("the woman's red scarf flutters as she runs", [("woman", "run")]),
        ("her husband's car drives away", []),
        ("grandma's kitchen at night", []),
        ("children's drawings on the wall, empty classroom", []),
        ("Grandpa's false teeth chatter on the nightstand", []),
        ("奶奶的旧椅子上坐着一只猫", [("cat", "sit")]),
        ("女儿的泰迪熊在跳舞", [("bear", "dance")]),
    ],
)
def test_others_and_who_is_spoken_of_again_are_drawn(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("the woman's red hair blows in the wind", "woman"),
        ("the boy's happy", "person"),
        ("the woman's cooking soup", "woman"),
        ("a girl's first day at school", "woman"),
        ("一张女人的照片", "woman"),
        ("女孩的长发在风中飘", "woman"),
        ("the dog's in the garden", "dog"),
        ("grandma's old cat sleeps", "cat"),
    ],
)
def test_whose_body_it_is_or_who_is_somehow_is_drawn(prompt, who):
    assert [role.name for role in explain(prompt).spec.cast] == [who]
