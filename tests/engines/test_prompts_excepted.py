"""In Chinese, who is named behind 除了 does not do what the others do, and others of a noun are not the one before."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

EXCEPTED = [
    ("小猫", "猫"),
    ("黑猫", "猫"),
    ("小狗", "狗"),
    ("戴帽子的男人", "男人"),
    ("一个女孩", "女孩"),
    ("那个机器人", "机器人"),
]


@given(
    st.sampled_from(EXCEPTED),
    st.sampled_from(["其他{}", "其他的{}", "别的{}", "其余的{}"]),
    st.sampled_from([("睡觉", "sleep"), ("跳舞", "dance"), ("跑步", "run")]),
)
def test_in_chinese_others_of_a_noun_do_what_the_excepted_one_does_not(excepted, others, deed):
    one, noun = excepted
    assert [action for _, action in cast(f"除了{one}，{others.format(noun)}都在{deed[0]}")] == [
        "stand",
        deed[1],
        deed[1],
    ]


@given(st.sampled_from(["小明", "爸爸", "一个在看书的女孩", "老师"]), st.sampled_from(["大家", "所有人", "其他人"]))
def test_in_chinese_everybody_but_one_does_it(one, everybody):
    stands = "read" if "看书" in one else "stand"
    assert [action for _, action in cast(f"除了{one}，{everybody}都在跳舞")] == [stands, "dance", "dance"]


@given(
    st.sampled_from(
        [("三只猫", "黑猫"), ("三只小猪", "最小的"), ("三个女孩", "穿红裙子的女孩"), ("三个男人", "最高的男人")]
    ),
    st.sampled_from([("睡觉", "sleep"), ("跳舞", "dance")]),
)
def test_in_chinese_one_of_several_is_excepted_by_a_description(several, deed):
    group, one = several
    assert sorted(action for _, action in cast(f"{group}，除了{one}都在{deed[0]}")) == sorted(
        ["stand", deed[1], deed[1]]
    )


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("除了猫，还有一只狗在跑", ["stand", "run"]),
        ("除了熊猫，画面里还有一只猴子在跳", ["stand", "jump"]),
        ("教室里除了老师都在睡觉", ["stand"]),
        ("除了小明，小红也在跑步", ["run", "run"]),
        ("除了机器人，没有人在跳舞", ["dance"]),
        ("一个女孩在跳舞，其他女孩在唱歌", ["dance", "sing", "sing"]),
        ("三只狗，黑的在跑，其他的狗在睡觉", ["run", "sleep", "sleep"]),
        ("除了小女孩在看书，大家都在睡觉", ["read", "sleep", "sleep"]),
    ],
)
def test_in_chinese_who_is_named_besides_and_who_is_left(prompt, expected):
    assert [action for _, action in cast(prompt)] == expected
