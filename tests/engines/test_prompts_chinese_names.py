"""Chinese names that are words for the weather, for nature or for nothing are people where people do something."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

NAMES = ["小雨", "小雪", "阳阳", "乐乐", "豆豆", "糖糖", "冬冬", "小阳", "阿明", "朵朵"]
DEEDS = [("写作业", "work"), ("看书", "read"), ("弹钢琴", "play"), ("跑步", "run"), ("唱歌", "sing"), ("吃饭", "eat")]
PLACES = ["", "教室里", "公园里", "草地上"]
WEATHER = [("小雨", "rain"), ("小雪", "snow")]
ACTING = st.sampled_from(DEEDS)


@given(st.sampled_from(NAMES), ACTING, st.sampled_from(PLACES))
def test_who_does_what_people_do_is_somebody(name, deed, place):
    found = explain(f"{name}在{place}{deed[0]}").spec
    assert [(role.name, role.action) for role in found.cast] == [("person", deed[1])]
    assert found.weather in {"clear", "cloudy"}


@given(st.sampled_from(NAMES), st.sampled_from(["妈妈", "女孩"]), ACTING, st.booleans())
def test_a_name_and_somebody_act_together(name, other, deed, first):
    prompt = f"{name}和{other}在{deed[0]}" if first else f"{other}和{name}在{deed[0]}"
    assert sorted(cast(prompt)) == sorted([("person", deed[1]), ("woman", deed[1])])


@given(st.permutations(NAMES).map(lambda names: names[:2]), ACTING)
def test_two_names_are_two(names, deed):
    assert cast(f"{names[0]}和{names[1]}在{deed[0]}") == [("person", deed[1])] * 2


@given(st.sampled_from(NAMES), ACTING, st.sampled_from(["女孩{}", "{}公主", "一个女孩叫{}，{}", "{}是一个女孩，{}"]))
def test_a_name_with_a_noun_is_no_other_one(name, deed, naming):
    found = explain(f"{naming.format(*[name] * naming.count('{}'))}在{deed[0]}").spec
    assert [(role.name, role.action) for role in found.cast] == [("woman", deed[1])]
    assert found.weather in {"clear", "cloudy"}


@given(
    st.sampled_from(WEATHER),
    st.sampled_from(
        ["下着{}，{}", "{}中，{}", "天空下着{}，{}", "{}在飘，{}", "{}纷飞，{}", "今天{}，{}", "{}打在窗上，{}"]
    ),
    st.sampled_from(["一只猫在睡觉", "一个女孩在看书"]),
)
def test_weather_that_does_nothing_stays_weather(weather, where, clause):
    found = explain(where.format(weather[0], clause)).spec
    assert found.weather == weather[1]
    assert len(found.cast) == 1


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("小雨走在小雨中", [("person", "walk")]),
        ("大雨中，小雨撑着伞走路", [("person", "walk")]),
        ("小雨的妈妈在做饭", [("woman", "work")]),
        ("妈妈抱着小雨在唱歌", [("woman", "sing"), ("person", "stand")]),
        ("小狗乐乐在跑", [("dog", "run")]),
        ("豆豆是一只猫，豆豆在睡觉", [("cat", "sleep")]),
        ("小雨在看书，她很开心", [("woman", "read")]),
        ("小男孩哇哇大哭", [("person", "look")]),
        ("爷爷天天跑步", [("person", "run")]),
        ("孩子们个个在跳舞", [("person", "dance")] * 2),
        ("小猫呼呼在睡觉", [("cat", "sleep")]),
        ("一个女孩天天在公园里跳舞", [("woman", "dance")]),
    ],
)
def test_names_and_what_only_looks_like_one(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    "prompt", ["小草在跳舞", "小花开了", "小雪覆盖了大地", "小雨滋润着大地", "小雨和大雨", "风和小雨"]
)
def test_nature_is_nobody(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize("every", ["家家", "夜夜", "日日", "户户", "处处", "年年"])
def test_every_one_is_no_name(every):
    words = {each.word for each in explain(f"{every}在唱歌").understood if each.kind == "character"}
    assert every not in words
