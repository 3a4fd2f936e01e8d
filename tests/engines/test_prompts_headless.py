"""Chinese descriptions before 的 tell two of a noun apart, and stand for somebody whose noun is left out."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import grammar
from sora_nb.engines.prompt.parser import explain

ANYBODY = ["机器人", "熊猫", "猫", "女孩", "宇航员"]
QUALITIES = [("大", "小"), ("红色", "蓝色"), ("白", "黑"), ("胖", "瘦"), ("高", "矮"), ("新", "旧"), ("左边", "右边")]
PLACES = [("沙发上", "桌子上"), ("屋里", "屋外"), ("树上", "地上"), ("厨房里", "花园里"), ("前面", "后面")]
WORN = [
    ("戴帽子", "不戴帽子"),
    ("戴眼镜", "没戴眼镜"),
    ("穿红衣服", "穿蓝衣服"),
    ("穿红裙子", "穿白裙子"),
    ("拿着书", "拿着球"),
]
DEEDS = st.sampled_from(
    [("唱歌", "sing"), ("跳舞", "dance"), ("睡觉", "sleep"), ("看书", "read"), ("跑步", "run"), ("坐着", "sit")]
)
DOING = st.sampled_from(["", "在", "正在"])
NOUNS = st.sampled_from(ANYBODY)
PEOPLE = st.sampled_from(["女孩", "男人", "老人", "学生", "宇航员"])
APART = st.sampled_from([*QUALITIES, *PLACES])


def actions(prompt):
    return [action for _, action in cast(prompt)]


@given(NOUNS, APART, DEEDS, DEEDS, DOING)
def test_descriptions_without_a_noun_part_two_who_were_named(noun, apart, first, second, doing):
    prompt = f"两个{noun}，{apart[0]}的{doing}{first[0]}，{apart[1]}的{doing}{second[0]}"
    assert actions(prompt) == [first[1], second[1]]


@given(PEOPLE, st.sampled_from(WORN), DEEDS, DEEDS)
def test_what_two_people_have_on_parts_them(noun, worn, first, second):
    assert actions(f"两个{noun}，{worn[0]}的在{first[0]}，{worn[1]}的在{second[0]}") == [first[1], second[1]]


@given(PEOPLE, st.sampled_from(WORN), DEEDS, DEEDS)
def test_a_description_without_a_noun_is_for_another_of_the_noun_before(noun, worn, first, second):
    found = cast(f"{worn[0]}的{noun}在{first[0]}，{worn[1]}的在{second[0]}")
    assert len({name for name, _ in found}) == 1
    assert [action for _, action in found] == [first[1], second[1]]


@given(NOUNS, st.sampled_from(QUALITIES), DEEDS, DEEDS)
def test_the_noun_of_several_may_be_said_again_for_one_of_them(noun, apart, first, second):
    prompt = f"两个{noun}，{apart[0]}的{noun}在{first[0]}，{apart[1]}的{noun}在{second[0]}"
    assert actions(prompt) == [first[1], second[1]]


@given(NOUNS, st.sampled_from([*PLACES, ("我家", "他家"), ("小明", "小红")]), DEEDS, DEEDS)
def test_two_of_a_noun_are_told_apart_by_where_and_whose_they_are(noun, apart, first, second):
    assert actions(f"{apart[0]}的{noun}在{first[0]}，{apart[1]}的{noun}在{second[0]}") == [first[1], second[1]]


@given(PEOPLE, st.sampled_from([*WORN, ("长头发", "短头发"), ("抱着猫", "抱着狗")]), DEEDS, DEEDS)
def test_two_of_a_noun_are_told_apart_by_what_they_have(noun, worn, first, second):
    found = cast(f"{worn[0]}的{noun}在{first[0]}，{worn[1]}的{noun}在{second[0]}")
    assert [action for name, action in found if name not in {"cat", "dog"}] == [first[1], second[1]]


@given(PEOPLE, st.sampled_from(WORN), DEEDS)
def test_two_of_a_noun_with_other_clothes_act_together(noun, worn, deed):
    assert actions(f"{worn[0]}的{noun}和{worn[1]}的{noun}在{deed[0]}") == [deed[1]] * 2


@given(
    st.sampled_from(["一个男孩和一个女孩", "两个人", "一对夫妻", "爸爸和妈妈", "两个同学", "一个医生和一个护士"]),
    DEEDS,
    DEEDS,
)
def test_a_man_and_a_woman_are_spoken_of_by_their_sex(two, first, second):
    assert cast(f"{two}，男的在{first[0]}，女的在{second[0]}") == [("person", first[1]), ("woman", second[1])]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("三只狗，黑的在跑，其他的在睡觉", ["run", "sleep", "sleep"]),
        ("三只小猪，最小的在睡觉", ["sleep", "stand", "stand"]),
        ("三只狗，两只黑的在跑，一只白的在睡觉", ["run", "run", "sleep"]),
        ("三只兔子，白的在睡觉，黑的在跑，灰的在跳舞", ["sleep", "run", "dance"]),
        ("三个女孩，穿红衣服的那个在跳舞，其他的在唱歌", ["dance", "sing", "sing"]),
        ("两个老人，一个坐着的在看书，一个站着的在挥手", ["read", "wave"]),
        ("两只猫，睡觉的那只很胖，跳舞的那只很瘦", ["sleep", "dance"]),
        ("两只猫，睡觉的是白猫，跳舞的是黑猫", ["sleep", "dance"]),
        ("跳舞的是猫，唱歌的是狗", ["dance", "sing"]),
        ("一只黑猫和一只白猫，白的在睡觉，黑的在跳舞", ["dance", "sleep"]),
        ("一只狗和一只猫，大的在跑，小的在睡觉", ["run", "sleep"]),
        ("三个女孩，一个唱歌的，两个跳舞的", ["dance", "dance", "sing"]),
        ("两只猫，大的在睡觉，小的在跳舞，然后大的醒了", ["sleep", "dance"]),
        ("两个男人在打架，高的赢了", ["play", "play"]),
        ("我有两只狗，黄的爱跑，黑的爱睡", ["run", "sleep"]),
        ("左边是一只猫，右边是一只狗，左边的在睡觉", ["sleep", "stand"]),
        ("两只猫，一只是黑的，一只是白的，黑的在睡觉，白的在跳舞", ["sleep", "dance"]),
        ("爱唱歌的女孩在唱歌，爱跳舞的女孩在跳舞", ["sing", "dance"]),
        ("会唱歌的机器人在唱歌，不会唱歌的机器人在跳舞", ["sing", "dance"]),
        ("金发女孩在跳舞，黑发女孩在唱歌", ["dance", "sing"]),
    ],
)
def test_each_of_several_has_a_deed_of_his_own(prompt, expected):
    assert actions(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "一只猫在睡觉，开心的笑着",
        "小猫来了，飞快的跑着",
        "一只狗在跑，黑色的",
        "小女孩唱着歌，大的眼睛看着天空",
        "他在看书，红的花开了",
        "穿红裙子的女孩在跳舞，女孩很开心",
        "沙发上的猫在睡觉，沙发上的猫很胖",
        "小明的猫在睡觉，他的猫很可爱",
        "草地上的狗在跑步，狗很开心",
        "戴帽子的女人在唱歌，然后戴帽子的女人在跳舞",
        "镜头里的女孩在笑，画面中的女孩在哭",
        "一只小狗在跑，后来小狗变成了大狗，大狗在睡觉",
        "小猫长大了，大猫在跑",
        "穿着红色衬衫的男孩在跑，戴着白色帽子的男孩很开心",
        "女孩在海边跳舞，夕阳下的女孩很美",
    ],
)
def test_a_description_that_tells_nobody_apart_brings_in_nobody(prompt):
    assert len(cast(prompt)) == 1


@pytest.mark.parametrize(
    "prompt", ["两辆车，红色的在跑，蓝色的停着", "两朵花，红的在开，黄的落了", "花园里，红的在开，黄的落了"]
)
def test_nobody_is_made_of_things(prompt):
    assert all(name not in {"person", "woman"} for name, _ in cast(prompt)[1:])


@given(st.sampled_from([("胖", "瘦"), ("年轻", "年老"), ("前面", "后面"), ("高", "矮")]), DEEDS, DEEDS)
def test_who_are_only_described_are_people(apart, first, second):
    found = cast(f"{apart[0]}的在{first[0]}，{apart[1]}的在{second[0]}")
    assert found == [("person", first[1]), ("person", second[1])]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("红色的机器人在跳舞，蓝色的在唱歌，绿色的在睡觉", ["dance", "sing", "sleep"]),
        ("穿红裙子的女孩在跳舞，穿白裙子的在唱歌，穿T恤的在看书", ["dance", "sing", "read"]),
        ("穿红衣服的在跑步，穿蓝衣服的在跳舞，穿白衣服的在唱歌", ["run", "dance", "sing"]),
    ],
)
def test_a_third_one_may_follow_two(prompt, expected):
    assert actions(prompt) == expected


@given(
    st.sampled_from(
        [("爷爷和奶奶", "个"), ("一只猫和一只狗", "只"), ("机器人和宇航员", "个"), ("一个男孩和一个女孩", "个")]
    ),
    st.sampled_from(["", "在公园里", "在海边"]),
    st.sampled_from(["一", "另一"]),
    DEEDS,
    DEEDS,
    st.sampled_from(["", "在", "在沙发上"]),
)
def test_one_and_one_are_the_two_who_were_named(two, place, other, first, second, where):
    names, measure = two
    prompt = f"{names}{place}，一{measure}{where}{first[0]}，{other}{measure}{where}{second[0]}"
    assert actions(prompt) == [first[1], second[1]]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一个机器人在跳舞，另一个在睡觉，还有一个在看书", ["dance", "sleep", "read"]),
        ("一个男孩、一个女孩和一只狗在公园，一个在跑，一个在看书", ["run", "read", "stand"]),
        ("一个男孩在跑，一个在看书", ["run", "read"]),
        ("一个在公园里跑步的女孩", ["run"]),
        ("一个女孩和妈妈在跳舞，一个男孩在唱歌", ["dance", "dance", "sing"]),
    ],
)
def test_one_may_be_one_more(prompt, expected):
    assert actions(prompt) == expected


def test_each_of_three_has_a_place_of_his_own():
    assert sorted(actions("三只猫，一只在沙发上睡觉，一只在地上跑，一只在窗边看书")) == ["read", "run", "sleep"]


@given(
    st.sampled_from(["姐妹", "兄弟", "朋友", "同学", "师徒", "他们", "女孩"]),
    st.sampled_from([("三人", 3), ("两人", 2), ("四人", 4), ("两个人", 2)]),
    DEEDS,
)
def test_people_with_their_number_behind_them_are_as_many(people, number, deed):
    assert actions(f"{people}{number[0]}在{deed[0]}") == [deed[1]] * number[1]


@given(st.sampled_from(["夫妻", "父子", "母女", "老师和学生", "爷爷和奶奶"]), DEEDS)
def test_two_people_with_their_number_behind_them_are_two(people, deed):
    assert actions(f"{people}二人在{deed[0]}") == [deed[1]] * 2


def test_brothers_and_sisters_are_told_apart_by_their_age():
    assert sorted(actions("兄弟三人，老大在唱歌，老二在看书，老三在睡觉")) == ["read", "sing", "sleep"]
    assert sorted(actions("三只小猪，老大在唱歌，老二在跳舞，老三在睡觉")) == ["dance", "sing", "sleep"]


PIECES = (
    "的 一个 两只 猫 女孩 小雨 乐乐 糖 小 海 在 和 除了 都 大的 红色 穿 戴帽子 不 会 爱 跑 跳舞 ， 。 其他 男的 三人 他们 我的 他 被 抱着 追 "
    "看到 第一视角 是 叫 沙发上 从 变成 老大 那只 最 了 T恤 另一个 还有 @ann dog one"
)


@given(st.lists(st.sampled_from(sorted(grammar.words(PIECES))), max_size=9).map("".join))
def test_any_words_in_any_order_are_read(prompt):
    assert len(explain(prompt).spec.cast) <= 4


@pytest.mark.parametrize(("prompt", "number"), [("女孩三人", 3), ("姐妹三人", 3), ("兄弟两人", 2)])
def test_a_number_may_end_a_prompt(prompt, number):
    assert len(cast(prompt)) == number
