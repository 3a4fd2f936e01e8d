"""Likenesses of animals stand still and are told; young animals are told; who makes something works; who lies and looks is awake."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WORKING = st.sampled_from(["农民", "一个老人", "妈妈", "女孩"])
STUFF = st.sampled_from(["porcelain", "wooden", "toy", "stuffed", "plush", "ceramic", "knitted", "bronze"])
BEASTS = st.sampled_from(["cat", "duck", "bear", "rabbit", "fox"])


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


@given(
    st.sampled_from(
        [
            ("{} on the grass looking at the sky", "look"),
            ("{} in bed reading", "read"),
            ("{} on a sofa and eats cake", "eat"),
            ("{} on the floor playing the guitar", "play"),
            ("{} on a rug watching the rain", "look"),
            ("{} in the grass singing", "sing"),
            ("{} on the grass gazing at stars", "look"),
            ("{} on the bed talking", "talk"),
        ]
    ),
    st.sampled_from(["lies", "lay", "is lying"]),
)
def test_who_lies_and_does_something_else_does_not_sleep_and_the_lying_is_told(deed, verb):
    prompt = f"A girl {deed[0].format(verb)}"
    assert cast(prompt) == [("woman", deed[1])]
    assert verb.split()[-1] in told(prompt)


@given(
    st.sampled_from(["女孩躺在草地上{}", "女孩趴着{}", "躺在床上{}的女孩", "女孩卧在沙发上{}"]),
    st.sampled_from([("看书", "read"), ("唱歌", "sing"), ("看着天空", "look"), ("吃苹果", "eat")]),
)
def test_who_lies_in_chinese_and_does_something_else_does_not_sleep(prompt, deed):
    assert cast(prompt.format(deed[0])) == [("woman", deed[1])]


@pytest.mark.parametrize(
    "prompt",
    [
        "A girl lies on a sofa",
        "A girl lies in bed dreaming",
        "A girl lies in the sun and sleeps",
        "加班的女孩趴在桌上睡着了",
    ],
)
def test_who_only_lies_or_sleeps_is_asleep(prompt):
    assert cast(prompt) == [("woman", "sleep")]


@pytest.mark.parametrize(
    ("young", "name"),
    [
        ("a puppy", "dog"),
        ("a kitten", "cat"),
        ("a bear cub", "bear"),
        ("a piglet", "pig"),
        ("a duckling", "duck"),
        ("一只小猫崽", "cat"),
        ("一只幼虎", "tiger"),
        ("一只熊猫宝宝", "panda"),
    ],
)
def test_young_animals_are_told(young, name):
    assert [each for each, _ in cast(young)] == [name]
    assert f" as {name}" in told(young)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a puppy and its mother", "dog"),
        ("a kitten sleeps beside its mother", "cat"),
        ("a lion cub beside a lion", "lion"),
        ("a duckling follows its mother", "duck"),
        ("小猫崽在喝奶，猫妈妈在旁边", "cat"),
        ("熊妈妈带着熊崽在散步", "bear"),
        ("小虎崽跟着老虎妈妈走", "tiger"),
        ("企鹅宝宝和企鹅妈妈", "penguin"),
    ],
)
def test_the_parent_of_a_young_animal_is_drawn(prompt, name):
    assert [each for each, _ in cast(prompt)] == [name, name]


@pytest.mark.parametrize(
    ("prompt", "people"),
    [
        ("一位老人在写字，周围站满了围观的人", 3),
        ("一个男孩在跳街舞，路人围观", 2),
        ("魔术师表演，引来路人围观", 2),
        ("女孩弹吉他，行人驻足围观", 2),
        ("街头艺人在弹吉他，路人们停下来围观", 3),
        ("小丑在表演杂技，围观群众鼓掌", 2),
        ("男孩跳舞，周围观众围观", 1),
        ("狗在跑，众人围观", 1),
    ],
)
def test_chinese_onlookers_are_drawn_or_told(prompt, people):
    explanation = explain(prompt)
    assert len(explanation.spec.cast) == people
    named = [each.word for each in explanation.understood if each.kind == "character"]
    assert len(named) == min(people, 2)
    assert people > 1 or any(word in told(prompt) for word in ("观众", "众人"))


def test_who_is_described_by_how_he_is_may_be_the_same_again():
    assert len(cast("一只小猫在跑，可爱的猫跳起来")) == 1
