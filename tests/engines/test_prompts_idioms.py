"""Chinese idioms say what weather, light, place or crowd there is, and bring in nobody; so do words for what changes."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import grammar
from sora_nb.engines.prompt.parser import explain

IDIOMS = sorted(
    grammar.words(
        "春暖花开 夕阳西下 大雪纷飞 人山人海 车水马龙 狂风暴雨 阳光明媚 万里无云 一望无际 鸟语花香 灯火辉煌 热闹非凡 繁花似锦 绿树成荫 "
        "波光粼粼 星光灿烂 山清水秀 青山绿水 小桥流水 古色古香 金碧辉煌 张灯结彩 欢天喜地 霓虹闪烁 络绎不绝 川流不息 座无虚席 人声鼎沸 "
        "荒无人烟 风平浪静 波涛汹涌 晨光熹微 月明星稀 万籁俱寂 烟雨朦胧 莺歌燕舞 柳绿花红 落叶纷飞 麦浪滚滚 寒风刺骨 飞沙走石 碧海蓝天 "
        "云卷云舒 霞光万道 晚霞满天 火树银花 欢声笑语 其乐融融 龙腾虎跃 鸡飞狗跳 犬牙交错 生机勃勃 郁郁葱葱 五彩缤纷 雷电交加 碧空如洗"
    )
)
ONE = st.sampled_from([("一个女孩在跳舞", ("woman", "dance")), ("一只猫在睡觉", ("cat", "sleep"))])


@pytest.mark.parametrize("idiom", IDIOMS)
def test_an_idiom_alone_brings_in_nobody_and_is_known(idiom):
    assert cast(idiom) == []
    assert "Not understood" not in told(idiom)


@given(st.sampled_from(IDIOMS), ONE, st.booleans())
def test_an_idiom_beside_somebody_adds_nobody(idiom, one, first):
    clause, role = one
    assert cast(f"{idiom}，{clause}" if first else f"{clause}，{idiom}") == [role]


@pytest.mark.parametrize(
    ("idiom", "kind", "meaning"),
    [
        ("晨光熹微", "time", "dawn"),
        ("晚霞满天", "time", "sunset"),
        ("月明星稀", "time", "night"),
        ("烟雨朦胧", "weather", "rain"),
        ("瑞雪纷飞", "weather", "snow"),
        ("云卷云舒", "weather", "cloudy"),
        ("烟雾缭绕", "weather", "fog"),
        ("碧海蓝天", "scene", "beach"),
        ("山清水秀", "scene", "mountains"),
        ("麦浪滚滚", "scene", "meadow"),
        ("繁花似锦", "scene", "meadow"),
        ("车水马龙", "scene", "city street"),
        ("层林尽染", "scene", "forest"),
    ],
)
def test_what_an_idiom_says_is_drawn(idiom, kind, meaning):
    assert getattr(explain(idiom).spec, kind) == meaning


@pytest.mark.parametrize(
    ("prompt", "kind", "meaning"),
    [
        ("早上下雨，下午晴天", "weather", "rain"),
        ("先下雨，然后出太阳", "weather", "rain"),
        ("先是白天，然后变成黑夜", "time", "day"),
        ("夜晚变成白天", "time", "night"),
        ("起初是春天，后来是冬天", "weather", "clear"),
        ("时间流逝，从春天到冬天", "weather", "clear"),
        ("从白天到夜晚的延时摄影", "time", "day"),
    ],
)
def test_of_what_changes_the_first_is_drawn_and_nobody_is_brought_in(prompt, kind, meaning):
    found = explain(prompt)
    assert found.spec.cast == ()
    assert getattr(found.spec, kind) == meaning
    assert "Not shown" in told(prompt) or "Not drawn" in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("白天小猫在睡觉，晚上小猫在跑", [("cat", "sleep")]),
        ("第一秒猫在睡觉，第二秒猫在跳", [("cat", "sleep")]),
        ("白天他是医生，晚上他是超级英雄", [("superhero", "stand")]),
        ("清晨他在跑步，晚上他在看书", [("person", "run")]),
        ("机器人先跳舞，再唱歌，最后睡觉", [("robot", "dance")]),
        ("白天他是老师，晚上她在唱歌", [("person", "sing"), ("woman", "sing")]),
    ],
)
def test_who_does_several_things_in_turn_is_one(prompt, expected):
    assert cast(prompt) == expected
