"""Nouns and numbers for several who came before, and nouns for somebody else: a boy and a girl play, the kids run."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

PAIRS = st.sampled_from(
    ["a boy and a girl", "a cat and a dog", "@ann and @ben", "a man and his dog", "a rabbit and a fox"]
)
FOR_TWO = st.sampled_from(
    [
        "The two",
        "The pair",
        "The duo",
        "Both",
        "They both",
        "The two friends",
        "The friends",
        "Both of them",
        "The two of them",
    ]
)
CHINESE_PAIRS = st.sampled_from(["一个男孩和一个女孩", "一只猫和一只狗", "妈妈和女儿", "@ann和@ben"])
CHINESE_FOR_TWO = st.sampled_from(["两个", "它们俩", "他们俩", "两个好朋友", "两个小伙伴"])
KNOWN = ["ann", "ben"]


def doing(prompt):
    return [(role.name, role.action) for role in explain(prompt, known=KNOWN).spec.cast]


@given(PAIRS, FOR_TWO)
def test_a_noun_or_number_for_two_is_for_those_who_are_there(pair, two):
    verb = "dances" if two in {"The pair", "The duo"} else "dance"
    found = doing(f"{pair} in the park. {two} {verb}")
    assert len(found) == 2
    assert {action for _, action in found} == {"dance"}
    assert two.split()[-1].lower() not in told(f"{pair} in the park. {two} {verb}")


@given(CHINESE_PAIRS, CHINESE_FOR_TWO)
def test_the_same_in_chinese(pair, two):
    found = doing(f"{pair}在公园里，{two}跳舞")
    assert len(found) == 2
    assert {action for _, action in found} == {"dance"}


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a boy and a girl sit on a bench. The kids dance", 2),
        ("a man and a woman sit on a bench. The couple dances", 2),
        ("an old man and an old woman sit. The elderly couple dance", 2),
        ("a mother, a father and a son walk. The family dances", 3),
        ("two boys and a girl. The three friends run", 3),
        ("a boy, a girl and a dog play. All three run", 3),
        ("a boy, a girl and a dog play. The trio runs", 3),
        ("a cat and a dog sit. The animals run", 2),
        ("a mother and her daughter walk. The women dance", 2),
        ("爸爸和儿子在公园里，父子俩跑步", 2),
        ("妈妈和女儿在公园里，母女俩跳舞", 2),
        ("妈妈、爸爸和孩子在海边，三人跑步", 3),
        ("男孩和女孩在玩，孩子们跑步", 2),
        ("一男一女在海边，情侣跳舞", 2),
    ],
)
def test_nobody_comes_in_by_a_noun_for_those_who_are_there(prompt, who):
    assert len(cast(prompt)) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a boy and a girl play. Two kids run", 4),
        ("a boy and a girl play. Their friends run", 4),
        ("a boy and a girl play. The other kids run", 4),
        ("a boy runs. The parents wave", 3),
        ("a boy and a girl play. A couple dances", 4),
        ("男孩和女孩在玩，一对情侣跳舞", 4),
        ("男孩在玩，孩子们跑步", 3),
    ],
)
def test_others_still_come_in(prompt, who):
    assert len(cast(prompt)) == who


def test_those_to_whom_something_is_done_do_nothing_themselves():
    assert doing("@ann and @ben sit. A dog chases the friends")[-1] == ("dog", "run")
    assert doing("a cat and a dog sit. The girl feeds the animals and dances")[-1][0] == "woman"


OLDER = ["man", "woman", "sailor", "nurse", "old man"]
YOUNGER = ["boy", "girl", "child", "kid", "toddler"]


@given(
    st.sampled_from(OLDER),
    st.sampled_from(YOUNGER),
    st.sampled_from(["and", "chases", "watches", "helps", "hugs", "follows"]),
)
def test_another_noun_in_the_same_clause_is_somebody_else(one, other, between):
    verb = " walk" if between == "and" else ""
    assert len(cast(f"the {one} {between} the {other}{verb}")) == 2
    assert len(cast(f"the {other} {between} the {one}{verb}")) == 2


@given(
    st.sampled_from(["那个男人", "这个女人"]),
    st.sampled_from(["那个男孩", "那个女孩"]),
    st.sampled_from(["和", "追", "看着"]),
)
def test_the_same_of_chinese_nouns(one, other, between):
    assert len(cast(f"{one}{between}{other}{'跳舞' if between == '和' else ''}")) == 2


@pytest.mark.parametrize(
    "prompt", ["A man walks. The boy runs.", "Two men talk. The boy runs.", "A man stands up. The kid runs."]
)
def test_a_child_is_nobody_grown_up_who_came_before(prompt):
    assert cast(prompt)[-1] == ("person", "run")


@pytest.mark.parametrize(
    "prompt", ["A sailor walks in. The man sits", "An old woman enters. The lady sits", "A dog runs. The puppy sits"]
)
def test_a_noun_that_says_less_is_for_the_one_who_is_there(prompt):
    assert len(cast(prompt)) == 1


@given(
    st.sampled_from([("只企鹅", "penguin"), ("个学生", "person"), ("只狗", "dog")]),
    st.sampled_from(["除了{}都在睡觉", "除了{}以外都在睡觉", "除了{}，都在睡觉", "除了{}以外，都在睡觉"]),
    st.sampled_from([("三", "一", 2, 1), ("四", "一", 3, 1), ("四", "两", 2, 2)]),
)
def test_some_who_are_excepted_do_not_do_what_the_others_do(noun, excepted, numbers):
    counted, name = noun
    several, some, asleep, awake = numbers
    prompt = f"{several}{counted}，{excepted.format(some + counted[0])}"
    assert doing(prompt) == [(name, "sleep")] * asleep + [(name, "stand")] * awake


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("四只狗在跑，除了一只", [("dog", "run")] * 3 + [("dog", "stand")]),
        ("four dogs run, except one", [("dog", "run")] * 3 + [("dog", "stand")]),
        ("three students, everyone except one reads", [("person", "read")] * 2 + [("person", "stand")]),
        ("four dogs run, except one who sleeps", [("dog", "run")] * 3 + [("dog", "sleep")]),
        ("除了一个学生，其他人都在看书", [("person", "stand")] + [("person", "read")] * 2),
        ("一个学生在睡觉，其他人都在看书", [("person", "sleep")] + [("person", "read")] * 2),
        ("三个学生，一个在睡觉，其他人都在看书", [("person", "read")] * 2 + [("person", "sleep")]),
        ("一个男孩在踢足球，不要其他人", [("person", "play")]),
    ],
)
def test_the_others_are_those_who_are_left_or_more_people(prompt, who):
    assert doing(prompt) == who


TWO_BEASTS = st.sampled_from(
    [("猫狗", "cat", "dog"), ("熊兔", "bear", "rabbit"), ("虎兔", "tiger", "rabbit"), ("狼猪", "dog", "pig")]
)


@given(TWO_BEASTS, st.sampled_from([("大战", "play"), ("赛跑", "run"), ("在草地上玩", "play"), ("一起跳舞", "dance")]))
def test_two_animals_in_one_word_are_two(pair, doing):
    word, one, other = pair
    assert cast(f"{word}{doing[0]}") == [(one, doing[1]), (other, doing[1])]
    assert cast(f"{word}{doing[0]}，{word[0]}在睡觉，{word[1]}唱歌") == [(one, "sleep"), (other, "sing")]
    assert cast(f"{word}{doing[0]}，{word[1]}睡着了") == [(one, doing[1]), (other, "sleep")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("龟兔赛跑，兔子在树下睡着了，乌龟慢慢爬过终点", [("rabbit", "sleep")]),
        ("猫鼠大战，老鼠跑，猫追", [("cat", "run"), ("mouse", "run")]),
        ("一只狼狗在跑", [("dog", "run")]),
        ("小猫小狗一起玩", [("cat", "play"), ("dog", "play")]),
        ("师徒四人走在沙漠里", [("person", "walk")] * 4),
        ("唐僧师徒四人走在沙漠里", [("person", "walk")] * 4),
        ("兄弟三人在跑步", [("person", "run")] * 3),
        ("师徒二人在竹林里，师父坐下，徒弟跳舞", [("person", "sit"), ("person", "dance")]),
        ("师生在教室里，老师讲课，学生睡觉", [("person", "talk"), ("person", "sleep")]),
        ("情侣在雨中，女孩哭，男孩走了", [("woman", "look"), ("person", "walk")]),
    ],
)
def test_who_is_named_again_behind_a_pair_is_one_of_it(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "undrawn"),
    [
        ("龟兔赛跑，兔子睡着了", "赛跑"),
        ("猫狗赛跑，猫睡着了，狗唱歌", "赛跑"),
        ("Two children play. The boy jumps and the girl runs", "play"),
        ("a couple dances; the man smiles, the woman sings", "dances"),
        ("父子在海边钓鱼，爸爸坐着，儿子跑来跑去", "钓鱼"),
    ],
)
def test_what_all_do_is_told_where_each_does_something_else(prompt, undrawn):
    assert undrawn in told(prompt)


def test_who_stands_and_sings_stands():
    assert "stands" not in told("a girl stands and sings")


AMONG = st.sampled_from(
    [("一个老人", 1), ("女孩", 1), ("男孩和女孩", 2), ("两个孩子", 2), ("一只猫", 1), ("一个人", 1)]
)
AROUND = st.sampled_from(
    [
        ("周围的人", 2),
        ("周围人", 2),
        ("身边的人都", 2),
        ("附近的人们", 2),
        ("旁边的人", 1),
        ("对面的人", 1),
        ("身后的人", 1),
        ("路人", 1),
    ]
)
BYSTANDERS = st.sampled_from(
    ["people around them", "passersby", "bystanders", "onlookers", "people nearby", "the people around them"]
)


@given(AMONG, AROUND, st.sampled_from([("跳舞", "dance"), ("睡觉", "sleep"), ("唱歌", "sing")]))
def test_bystanders_are_more_people_in_chinese(who, around, deed):
    shot = cast(f"{who[0]}在看书，{around[0]}在{deed[0]}")
    assert len(shot) == who[1] + around[1]
    assert [action for _, action in shot] == ["read"] * who[1] + [deed[1]] * around[1]


@given(st.sampled_from([("a couple", 2), ("an old man", 1), ("two boys", 2), ("a man and a woman", 2)]), BYSTANDERS)
def test_bystanders_are_more_people(who, bystanders):
    verb = "reads" if who[0] in {"a couple", "an old man"} else "read"
    shot = cast(f"{who[0]} {verb}, {bystanders} dance")
    assert [action for _, action in shot] == ["read"] * who[1] + ["dance"] * 2


@given(st.sampled_from(["床上的人", "窗边的人", "雨中的人"]))
def test_who_is_somewhere_is_one(who):
    assert cast(f"{who}在睡觉") == [("person", "sleep")]
    assert len(cast(f"{who}在睡觉，一只猫在跑")) == 2


@given(
    st.sampled_from(["一家四口", "一家人", "全家人"]),
    st.sampled_from(["围坐着", "在公园里"]),
    st.sampled_from(["两个孩子", "两个女儿", "两个儿子"]),
    st.sampled_from([("跳舞", "dance"), ("看书", "read"), ("唱歌", "sing")]),
)
def test_members_of_a_family_who_come_with_a_number_are_no_more_people(family, where, children, deed):
    done, action = deed
    shot = explain(f"{family}{where}，爸爸举杯，妈妈睡觉，{children}在{done}").spec
    assert [role.action for role in shot.cast] == ["drink", "sleep", action, action]


@given(st.sampled_from(["two kids", "the two kids", "the children"]), st.sampled_from(["", "at home "]))
def test_the_same_of_an_english_family(children, where):
    shot = explain(f"a family of four {where}dances, the father reads, the mother sings, {children} sleep").spec
    assert sorted(role.action for role in shot.cast) == ["read", "sing", "sleep", "sleep"]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("一家三口散步，一只狗在跑", [("person", "walk")] * 3 + [("dog", "run")]),
        ("两个孩子在跳舞，一家两口在看电视", [("person", "dance")] * 2 + [("person", "look")] * 2),
        ("一家两口在看电视，隔壁两个孩子在跳舞", [("person", "look")] * 2 + [("person", "dance")] * 2),
        ("一家两口散步，两只猫在睡觉", [("person", "walk")] * 2 + [("cat", "sleep")] * 2),
    ],
)
def test_who_is_no_member_of_a_family_comes_in_besides(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from([("爷爷", "小男孩"), ("老师", "学生"), ("爸爸", "儿子"), ("小猫", "小狗")]),
    st.sampled_from(["和", "跟"]),
    st.sampled_from(["在河边钓鱼", "在公园里散步", "在跳舞"]),
    st.sampled_from([("睡着了", "sleep"), ("坐下了", "sit")]),
    st.sampled_from([("看着水面", "look"), ("在唱歌", "sing")]),
)
def test_what_each_of_two_does_later_is_his_own_deed(two, joined, deed, one, other):
    first, second = two
    shot = explain(f"{second}{joined}{first}{deed}，{first}{one[0]}，{second}{other[0]}").spec
    assert [role.action for role in shot.cast] == [other[1], one[1]]


@pytest.mark.parametrize("prompt", ["爷爷和奶奶在跳舞，奶奶笑了", "爷爷和奶奶在跳舞，奶奶很开心"])
def test_who_only_smiles_dances_on(prompt):
    assert cast(prompt) == [("person", "dance"), ("woman", "dance")]
