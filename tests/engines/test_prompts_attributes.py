"""What a Chinese attribute says of its own subject is his deed, and not that of the noun behind 的, and nothing more is his."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

HOLDERS = st.sampled_from(["女孩", "妈妈", "机器人", "宇航员", "巫师"])
HEADS = st.sampled_from(["猫", "狗", "兔子", "熊猫"])
DONE_TO = st.sampled_from([("喂", "work"), ("抱着", "stand"), ("喜欢", "stand"), ("养", "stand"), ("看着", "look")])
DEEDS = st.sampled_from([("睡觉", "sleep"), ("跳舞", "dance"), ("唱歌", "sing"), ("弹钢琴", "play")])
GONE = st.sampled_from([("跑了", "run"), ("睡着了", "sleep"), ("走了", "walk")])


@given(HOLDERS, DONE_TO, HEADS, DEEDS, st.sampled_from(["", "正在"]))
def test_who_does_something_to_another_does_not_do_what_that_one_does(holder, done, head, deed, now):
    found = [action for _, action in cast(f"{holder}{now}{done[0]}的{head}在{deed[0]}")]
    assert found == [done[1], deed[1]]


@given(HEADS, GONE, st.sampled_from(["男孩", "女孩", "老人"]), DEEDS, st.sampled_from(["", "一个"]))
def test_whose_animal_does_something_does_something_else(animal, gone, owner, deed, one):
    assert [action for _, action in cast(f"{one}{animal}{gone[0]}的{owner}在{deed[0]}")] == [gone[1], deed[1]]


@given(HEADS, st.sampled_from(["追", "追着"]), st.sampled_from(["女孩", "老鼠", "小偷"]))
def test_who_chases_and_who_is_chased_both_run(chasing, chase, chased):
    prompts = [f"被{chasing}{chase}的{chased}在跑", f"{chasing}{chase}的{chased}在跑"]
    assert all([action for _, action in cast(prompt)] == ["run", "run"] for prompt in prompts)


@given(st.sampled_from(["我", "他", "她", "我们"]), st.sampled_from(["养", "喜欢", "爱", "认识", "看见"]), HEADS, DEEDS)
def test_a_pronoun_in_an_attribute_brings_in_nobody(pronoun, verb, head, deed):
    assert [action for _, action in cast(f"{pronoun}{verb}的{head}在{deed[0]}")] == [deed[1]]


@given(HOLDERS, HEADS, st.sampled_from(["沙发上", "草地上", "房间里"]), DEEDS)
def test_where_another_sleeps_somebody_does_something_else(holder, animal, place, deed):
    found = [action for _, action in cast(f"{holder}在{animal}睡觉的{place}{deed[0]}")]
    assert found == [deed[1], "sleep"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("她养的狗在跑，她在笑", ["look", "run"]),
        ("一个男人坐着，他爱的女人在唱歌", ["sit", "sing"]),
        ("猫丢了的女孩坐在草地上", ["stand", "sit"]),
        ("猫和狗追的老鼠在跑", ["run", "run", "run"]),
        ("女孩在草地上喂的猫在睡觉", ["work", "sleep"]),
        ("喜欢跳舞的女孩在睡觉", ["sleep"]),
        ("正在跳舞的女孩看着唱歌的男孩", ["look", "sing"]),
    ],
)
def test_attributes_beside_other_clauses(prompt, expected):
    assert [action for _, action in cast(prompt)] == expected


@given(
    st.sampled_from(["牵着", "带着", "领着"]),
    HEADS,
    st.sampled_from(["老人", "女孩", "男人"]),
    st.sampled_from(["散步", "走路"]),
    st.sampled_from(["", "一个"]),
)
def test_whom_somebody_takes_along_walks_with_him(taking, animal, who, walking, one):
    assert [action for _, action in cast(f"{one}{taking}{animal}的{who}在{walking}")] == ["walk", "walk"]
    found = [action for _, action in cast(f"背着书包的男孩和{taking}{animal}的{who}在{walking}")]
    assert found == ["walk", "walk", "walk"]
