"""A Chinese style that is named for somebody brings in nobody and is told."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["银翼杀手", "哈利波特", "黑暗骑士", "美国队长", "蜘蛛侠", "冰雪女王", "小王子", "机器猫", "海盗", "熊猫"]
)
STYLES = st.sampled_from(["{}风格", "{}的风格", "{}画风", "{}质感", "{}风", "采用{}风格", "{}风格的画面", "风格：{}"])
FILMS = st.sampled_from([("一只狗在沙滩上跑", ("dog", "run")), ("一个女孩在公园里跳舞", ("woman", "dance"))])


@given(NAMES, STYLES, FILMS, st.booleans())
def test_a_style_that_is_named_for_somebody_brings_in_nobody(name, style, film, first):
    prompt, who = film
    named = style.format(name)
    shot = f"{named}，{prompt}" if first else f"{prompt}，{named}"
    assert cast(shot) == [who]
    assert name in told(shot)


@given(NAMES, st.sampled_from(["风格", "风", "画风"]))
def test_a_room_in_such_a_style_has_nobody_of_that_name(name, style):
    assert cast(f"{name}{style}的卧室里，一只猫在睡觉") == [("cat", "sleep")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("两个战士风格不同，在跳舞", [("knight", "dance")] * 2),
        ("这个骑士风格独特，在跳舞", [("knight", "dance")]),
        ("公主风连衣裙的女孩在跳舞", [("woman", "dance")]),
        ("女孩迎着风跑", [("woman", "run")]),
        ("一只猫木头质感，在跑", [("cat", "run")]),
        ("一只狗在跑，水墨风格", [("dog", "run")]),
        ("一个骑士在跑，黑暗风格", [("knight", "run")]),
    ],
)
def test_whoever_else_is_there_stays(prompt, who):
    assert cast(prompt) == who
