"""Likenesses of animals stand still and are told; young animals are told; who makes something works; who lies and looks is awake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WORKING = st.sampled_from(["农民", "一个老人", "妈妈", "女孩"])
STUFF = st.sampled_from(["porcelain", "wooden", "toy", "stuffed", "plush", "ceramic", "knitted", "bronze"])
BEASTS = st.sampled_from(["cat", "duck", "bear", "rabbit", "fox"])


def cast(prompt):
    return [(role.name, role.action) for role in explain(prompt).spec.cast]


def told(prompt):
    return " ".join(explain(prompt).warnings())


@given(
    WORKING,
    st.sampled_from(
        [
            "在制作风筝",
            "在种水稻",
            "种下一棵树",
            "在捏面人",
            "揉着面团",
            "在缝补衣服",
            "在编竹篮",
            "在包汤圆",
            "包着饺子",
            "在串珠子",
            "在削苹果",
            "在擀皮",
            "正在切菜",
            "在剪窗花",
        ]
    ),
)
def test_who_makes_something_in_chinese_works(who, deed):
    assert [action for _, action in cast(f"{who}{deed}")] == ["work"]


@pytest.mark.parametrize("prompt", ["这种猫在睡觉", "两种猫在睡觉", "一只猫在揉眼睛", "男孩背着包走路"])
def test_a_kind_and_a_bag_are_no_work(prompt):
    assert "work" not in [action for _, action in cast(prompt)]


@given(STUFF, BEASTS, st.sampled_from(["a {} {} on a shelf", "{} {}", "one {} {} in a meadow"]))
def test_the_likeness_of_an_animal_stands_still_and_is_told(stuff, beast, prompt):
    assert cast(prompt.format(stuff, beast)) == [(beast, "stand")]
    assert f"{stuff} {beast} as {beast}" in told(prompt.format(stuff, beast))


@given(STUFF, BEASTS)
def test_a_likeness_moves_where_the_prompt_says_so_and_is_a_thing_beside_somebody(stuff, beast):
    assert cast(f"a {stuff} {beast} dances") == [(beast, "dance")]
    assert [name for name, _ in cast(f"a girl hugs a {stuff} {beast}")] == ["woman"]
    assert f"{stuff} {beast}" in told(f"a girl hugs a {stuff} {beast}")


@given(
    st.sampled_from(["瓷", "木头", "毛绒", "玩具", "陶瓷", "布", "塑料"]),
    st.sampled_from([("猫", "cat"), ("熊", "bear"), ("鸭子", "duck")]),
)
def test_a_likeness_in_chinese_stands_still_and_is_told(stuff, beast):
    assert cast(f"桌上有一只{stuff}{beast[0]}") == [(beast[1], "stand")]
    assert f"{stuff}{beast[0]} as {beast[1]}" in told(f"桌上有一只{stuff}{beast[0]}")
    assert [name for name, _ in cast(f"女孩抱着{stuff}{beast[0]}")] == ["woman"]


@pytest.mark.parametrize("prompt", ["a toy dinosaur on a shelf", "a wooden horse", "玩具恐龙"])
def test_a_likeness_of_what_is_not_drawn_is_told_whole(prompt):
    assert cast(prompt) == []
    assert prompt.removeprefix("a ").removesuffix(" on a shelf") in told(prompt)
