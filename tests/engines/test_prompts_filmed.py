"""Chinese words of short videos and advertisements say how a film is made, and bring in nobody; who films does what he says."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import grammar
from sora_nb.engines.prompt.parser import explain

MAKING = sorted(
    grammar.words(
        "第一视角 慢镜头 特写 航拍 延时 国风 治愈系 萌 可爱风 4K 电影感 竖屏 一镜到底 卡点 转场 微距 倒放 快进 定格动画 氛围感 高级感 "
        "口播 爆款 开箱 解压 变装 鬼畜 探店 吃播 沙雕 反转 推拉摇移 抖音风格 二次元 手绘风 赛博朋克 港风 小清新 无人机航拍"
    )
)
CLAUSES = st.sampled_from(
    [
        ("一个女孩在跳舞", [("woman", "dance")]),
        ("一只猫在睡觉", [("cat", "sleep")]),
        ("机器人在走路", [("robot", "walk")]),
    ]
)


@given(st.sampled_from(MAKING), st.sampled_from(MAKING), CLAUSES, st.sampled_from(["，", "。", "："]))
def test_words_for_how_a_film_is_made_add_nobody(one, other, clause, mark):
    words, roles = clause
    assert cast(f"{one}，{other}{mark}{words}") == roles


@pytest.mark.parametrize("word", MAKING)
def test_words_for_how_a_film_is_made_are_known(word):
    assert "Not understood" not in told(f"{word}，一个女孩在跳舞")


@given(
    st.sampled_from(["第一视角", "第一人称视角", "主观视角"]),
    st.sampled_from(["看到", "看见", "喂", "走进房间，看见", "打开门，看到"]),
    st.sampled_from(["一只猫", "一只会说话的猫", "猫"]),
)
def test_what_who_films_does_is_told_and_not_done_by_whom_he_sees(view, deed, seen):
    found = explain(f"{view}，{deed}{seen}")
    assert [(role.name, role.action) for role in found.spec.cast] == [("cat", "walk")]
    assert "Not shown" in " ".join(found.warnings())


@pytest.mark.parametrize(
    "prompt",
    [
        "转场，从城市到海边",
        "从教室到操场",
        "微距镜头下的水滴",
        "阳光下的花",
        "一杯咖啡的特写",
        "延时，云在飘",
        "第一视角骑自行车",
    ],
)
def test_a_view_has_nobody_in_it(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("走来一个女孩", [("woman", "walk")]),
        ("跑着一只狗", [("dog", "run")]),
        ("唱歌，一个女孩，海边", [("woman", "sing")]),
        ("看小猫睡觉", [("cat", "sleep")]),
        ("萌娃在跳舞", [("person", "dance")]),
        ("分屏，左边是猫，右边是狗", [("cat", "stand"), ("dog", "stand")]),
    ],
)
def test_who_is_named_behind_a_deed(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    "words", ["穿T恤的男人在跑步", "Q版，男人在跑步", "ins风，男人在跑步", "3D卡通，男人在跑步", "穿POLO衫的男人在跑步"]
)
def test_words_of_latin_letters_and_chinese_characters_are_known(words):
    assert cast(words) == [("person", "run")]
    assert "Not understood" not in told(words)


def test_a_runway_is_a_stage():
    assert explain("模特在T台上走秀").spec.scene == "stage"
