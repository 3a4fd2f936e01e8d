"""Whose a verb is where a subject is not understood, and who is somebody's kin."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

STRANGERS = st.sampled_from(["A glimper", "The old zorble", "Xarvo", "Two blorps", "A snarfle in a hat"])
DEEDS = st.sampled_from([("dances", "dance"), ("is running", "run"), ("sings loudly", "sing"), ("jumped", "jump")])


@given(
    STRANGERS,
    DEEDS,
    st.sampled_from(
        [
            ("while a cat does not move", ("cat", "stand")),
            ("because a woman sleeps", ("woman", "sleep")),
            (", and a boy who sits", ("person", "sit")),
            ("when the dog barks", ("dog", "stand")),
            ("while a girl is in the room", ("woman", "stand")),
        ]
    ),
)
def test_what_a_stranger_does_is_his_own(who, deed, others):
    prompt = f"{who} {deed[0]} {others[0]}"
    assert cast(prompt) == [others[1]]
    noun = next(word for word in who.lower().split() if word in {"glimper", "zorble", "xarvo", "blorps", "snarfle"})
    assert noun in explain(prompt).unknown
    assert deed[0].split()[0 if deed[0] != "is running" else 1] in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "people"),
    [
        ("A boy who doesn't move and a glimper dances", [("person", "stand")]),
        ("A boy sits while Xarvo sings", [("person", "sit")]),
        ("The boy next to a glimper dances", [("person", "dance")]),
        ("A boy and a glimper dance", [("person", "dance")]),
    ],
)
def test_a_stranger_beside_others_takes_no_verb_of_theirs(prompt, people):
    assert cast(prompt) == people


@pytest.mark.parametrize(
    ("prompt", "people"),
    [
        ("A man is in the kitchen. A cat sleeps on the table.", [("person", "stand"), ("cat", "sleep")]),
        ("A man in the kitchen. A cat sleeps.", [("person", "stand"), ("cat", "sleep")]),
        ("A girl on a beach. A dog runs beside her.", [("woman", "stand"), ("dog", "run")]),
        ("A fox. A rabbit. A bear dances.", [("fox", "stand"), ("rabbit", "stand"), ("bear", "dance")]),
        ("Two friends. A dog. Running.", [("person", "run"), ("person", "run"), ("dog", "run")]),
        ("Two girls are on the beach. A dog runs past.", [("woman", "stand"), ("woman", "stand"), ("dog", "run")]),
        ("A cat is on a sofa. Sleeping peacefully.", [("cat", "sleep")]),
        ("A woman opens the umbrella and her son jumps", [("woman", "stand"), ("person", "jump")]),
    ],
)
def test_who_is_somewhere_or_does_what_is_not_drawn_takes_no_verb_of_others(prompt, people):
    assert cast(prompt) == people


@given(
    st.sampled_from(
        ["小明嘀咕着", "妈妈掖好被子", "小女孩噘着嘴", "老师捋着胡子", "爷爷掸着灰尘", "女孩攥着气球", "一个老人颤巍巍"]
    ),
    st.sampled_from(
        [("一只猫在奔跑", ("cat", "run")), ("旁边的小狗在睡觉", ("dog", "sleep")), ("小兔子在吃草", ("rabbit", "eat"))]
    ),
)
def test_what_an_animal_does_in_chinese_is_its_own(first, second):
    roles = cast(f"{first}，{second[0]}")
    assert roles[1:] == [second[1]]
    assert roles[0][1] == "stand"


@pytest.mark.parametrize("prompt", ["男孩噘嘴，女孩噘嘴，一起跳舞", "小明和小红嘀咕着，一起跳舞", "男孩，女孩在跳舞"])
def test_who_does_something_together_in_chinese_does_it(prompt):
    assert [action for _, action in cast(prompt)] == ["dance", "dance"]


@pytest.mark.parametrize(
    ("prompt", "people"),
    [
        ("当他醒来时，男孩发现自己在太空", ["person"]),
        ("她很开心，女孩在跳舞", ["woman"]),
        ("他饿了，厨师在做饭", ["chef"]),
        ("她很累，老师在写字", ["woman"]),
        ("他是一名厨师，厨师在做饭", ["chef"]),
        ("当她转身时，公主在跳舞", ["woman"]),
        ("他走进房间，男孩坐下", ["person", "person"]),
        ("他推开门，一个老人坐在窗边", ["person", "person"]),
        ("她很累，爷爷在做饭", ["woman", "person"]),
        ("他很累，女孩在跳舞", ["person", "woman"]),
    ],
)
def test_a_chinese_pronoun_is_whom_it_stands_for(prompt, people):
    assert [name for name, _ in cast(prompt)] == people


@given(
    st.sampled_from(
        ["A girl rides a pony", "A girl hugs her dog", "A girl feeds a horse", "A girl with a kitten", "A girl"]
    ),
    st.sampled_from(["mother", "sister", "grandmother", "aunt"]),
    st.sampled_from([", in the garden, her {} watching", " in the garden, her {} behind her", " as her {} watches"]),
)
def test_kin_of_somebody_with_an_animal_are_people(who, kin, clause):
    prompt = who + clause.format(kin)
    assert [name for name, _ in cast(prompt)].count("woman") == 2
    assert kin not in told(prompt).replace(f"{kin} as woman", "")


@pytest.mark.parametrize(
    ("prompt", "name"), [("A fox and her mother", "fox"), ("A lion, its mother beside it", "lion")]
)
def test_kin_of_an_animal_are_animals(prompt, name):
    assert [each for each, _ in cast(prompt)] == [name, name]


@given(
    st.sampled_from(["A teacher in a park", "A dancer on a stage", "A painter in a kitchen"]),
    st.sampled_from(["dog", "cat"]),
)
def test_who_belongs_to_somebody_does_not_do_his_work(who, animal):
    assert cast(f"{who}, his {animal} beside him")[1] == (animal, "stand")
    assert cast(f"{who}, his {animal} sleeping")[1] == (animal, "sleep")


@pytest.mark.parametrize(
    ("prompt", "people"),
    [
        ("夫妻俩吵架，妻子摔门而出，丈夫愣在沙发上", [("woman", "stand"), ("person", "stand")]),
        ("夫妻吵架，妻子哭了", [("woman", "look"), ("person", "talk")]),
        ("老夫妻在公园散步，老太太笑着，老头唱歌", [("woman", "look"), ("person", "sing")]),
        ("新人跳舞，新娘笑了", [("woman", "look"), ("person", "dance")]),
        ("A couple argues; the wife slams the door, the husband sits down", [("woman", "stand"), ("person", "sit")]),
        ("newlyweds dance, the bride laughs", [("woman", "look"), ("person", "dance")]),
        ("twins play, the girl laughs and the boy cries", [("woman", "look"), ("person", "look")]),
        ("An old couple sits while the husband reads", [("person", "read"), ("person", "sit")]),
        ("A couple dances; the man smiles, the woman sings", [("person", "look"), ("woman", "sing")]),
        ("A couple dances, the woman's hair blowing", [("woman", "stand"), ("person", "dance")]),
        ("Her parents argue, mom cries", [("woman", "look"), ("person", "talk")]),
    ],
)
def test_who_is_named_of_a_pair_is_one_of_the_two(prompt, people):
    assert cast(prompt) == people
    assert "Drawn" not in told(prompt).replace("Drawn as", "")


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("A couple watches a man", 3),
        ("The couple and the girl walk", 3),
        ("The couple, the boy and the dog walk", 4),
        ("A couple walks with the boy", 3),
        ("A couple and their daughter walk; the girl laughs", 3),
        ("夫妻吵架，一个男孩哭了", 3),
        ("夫妻吵架，女儿哭了", 3),
        ("Three boys play, a girl laughs", 4),
    ],
)
def test_who_is_beside_a_pair_is_somebody_else(prompt, count):
    assert len(cast(prompt)) == count


@pytest.mark.parametrize("pair", ["夫妻", "兄弟", "姐妹", "双胞胎", "情侣", "母女"])
def test_a_number_behind_a_pair_counts_it(pair):
    explanation = explain(f"{pair}俩在海边跑步")
    assert [role.action for role in explanation.spec.cast] == ["run", "run"]
    assert not {"俩"} & {*explanation.not_shown, *explanation.unknown}
    assert "Drawn 2" not in told(f"{pair}俩在海边跑步")


def test_a_number_before_another_noun_counts_that():
    assert len(cast("妈妈俩孩子在海边跑步")) == 3


@given(
    st.sampled_from([("The dog", "dog"), ("The robot", "robot"), ("A cat", "cat")]),
    st.sampled_from(
        [("washed", "work"), ("repaired", "work"), ("painted", "work"), ("watched", "look"), ("fed", "work")]
    ),
    st.sampled_from(["a boy", "an old man", "the young engineer"]),
)
def test_a_passive_is_done_by_whom_it_names(patient, deed, agent):
    prompt = f"{patient[0]} is {deed[0]} by {agent}"
    assert cast(prompt) == [(patient[1], "stand"), ("person", deed[1])]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a mouse is chased by a cat", [("mouse", "run"), ("cat", "run")]),
        ("机器人被工程师修理", [("robot", "stand"), ("person", "work")]),
        ("老鼠被猫追着跑", [("mouse", "run"), ("cat", "run")]),
        ("妈妈让孩子喝牛奶", [("woman", "stand"), ("person", "drink")]),
        ("妈妈叫儿子跑步", [("woman", "stand"), ("person", "run")]),
        ("护士推着坐轮椅的老爷爷", [("woman", "stand"), ("person", "sit")]),
        ("妈妈抱着睡着的宝宝", [("woman", "stand"), ("person", "sleep")]),
        ("爸爸推着坐在车里的宝宝", [("person", "stand"), ("person", "sit")]),
        ("Except for dad, everyone in the living room sleeps", [("person", "stand"), *[("person", "sleep")] * 2]),
        ("Everyone dances except the groom", [*[("person", "dance")] * 2, ("person", "stand")]),
        ("大家都睡了，除了爸爸", [*[("person", "sleep")] * 2, ("person", "stand")]),
        ("除了小猫，其他动物都睡着了", [("cat", "stand")]),
        ("The girl isn't dancing, the boy is", [("woman", "stand"), ("person", "dance")]),
        ("The man isn't running but the dog is", [("person", "stand"), ("dog", "run")]),
        ("The dog sleeps and so does the cat", [("dog", "sleep"), ("cat", "sleep")]),
        ("The boy runs and the girl too", [("person", "run"), ("woman", "run")]),
        ("every child dances", [("person", "dance")] * 2),
        ("每个人都在跑", [("person", "run")] * 2),
        ("所有人都在跑", [("person", "run")] * 2),
        ("虎妈在家里写作业", [("woman", "work")]),
    ],
)
def test_everybody_does_what_is_his(prompt, expected):
    assert cast(prompt) == expected


@given(
    st.sampled_from(["不是", "并非"]),
    st.sampled_from([("狗", "猫", "cat"), ("猫", "狗", "dog"), ("男孩", "女孩", "woman")]),
    st.sampled_from(["而是", "，而是"]),
)
def test_what_it_is_not_is_left_out_and_what_it_is_plays(negator, who, but):
    explanation = explain(f"{negator}{who[0]}{but}{who[1]}在睡觉")
    assert [(role.name, role.action) for role in explanation.spec.cast] == [(who[2], "sleep")]
    assert explanation.left_out == (who[0],)


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("the cat sleeps. The dog is bored.", ["sleep", "stand"]),
        ("the dog runs, dad is angry", ["run", "stand"]),
        ("grandma dances while grandpa is tired", ["dance", "stand"]),
        ("孩子在唱歌，爷爷很开心", ["sing", "stand"]),
        ("弟弟在跑步，姐姐不高兴", ["run", "stand"]),
        ("熊孩子在打滚，妈妈一脸无奈", ["play", "stand"]),
        ("a fox dances with a bear", ["dance", "dance"]),
        ("the cat is tired and sleeps", ["sleep"]),
        ("a happy fox and a sad bear dance", ["dance", "dance"]),
    ],
)
def test_who_is_only_said_to_be_somehow_does_not_do_what_others_do(prompt, actions):
    assert [role.action for role in explain(prompt).spec.cast] == actions


@pytest.mark.parametrize(
    ("prompt", "actions"),
    [
        ("two dogs play, the other one sleeps", ["play", "sleep"]),
        ("two boys race, the one in green wins, the other one falls", ["run", "run"]),
        ("two cats sleep, a third plays", ["sleep", "sleep", "play"]),
        ("two kids dance, the third watches", ["dance", "dance", "look"]),
        ("one dog runs, a second follows", ["run", "walk"]),
        ("two dogs run, another one sleeps", ["run", "run", "sleep"]),
        ("two cats fight", ["play", "play"]),
        ("workers in yellow helmets wave", ["wave", "wave"]),
        ("I put the spider outside, my wife waves", ["stand", "wave"]),
    ],
)
def test_each_of_several_is_counted_once_and_does_what_is_said_of_him(prompt, actions):
    assert [role.action for role in explain(prompt).spec.cast] == actions


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("A boy finds a lost puppy. He takes it home and they become best friends.", ["person", "dog"]),
        ("A boy and a robot become friends", ["person", "robot"]),
        ("two cats become friends", ["cat", "cat"]),
        ("A boy and his dog are best friends", ["person", "dog"]),
        ("a dog and a cat who are best friends walk in the park", ["dog", "cat"]),
        ("They were best friends, a cat and a dog playing in the snow", ["cat", "dog"]),
        ("小猫和小狗成为了好朋友", ["cat", "dog"]),
        ("两只小猫成了好朋友", ["cat", "cat"]),
        ("there are two friends at a party", ["person", "person"]),
        ("a boy waves at his friends", ["person", "person", "person"]),
    ],
)
def test_what_those_who_are_there_become_to_each_other_is_nobody_else(prompt, names):
    assert [name for name, _ in cast(prompt)] == names


@given(
    st.sampled_from(["小明", "李白", "老师", "妈妈", "一个女孩"]),
    st.sampled_from(["作文", "日记", "故事", "画", "诗", "评语", "信"]),
    st.sampled_from(
        [("一只狗在森林里跑", [("dog", "run")]), ("一个厨师在唱歌", [("chef", "sing")]), ("今天下雪了", [])]
    ),
)
def test_who_has_written_or_painted_what_a_prompt_tells_is_not_in_it(who, text, film):
    tale, people = film
    assert cast(f"{who}的{text}：{tale}") == people
    assert who.removeprefix("一个") in told(f"{who}的{text}：{tale}")


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("女孩的动作：跳舞", [("woman", "dance")]),
        ("女孩的照片：她在跳舞", [("woman", "dance")]),
        ("小明的表情：开心", [("person", "stand")]),
        ("小明的日记：我在跑步", [("person", "run")]),
        ("一个女孩的梦：她在飞", [("woman", "fly")]),
    ],
)
def test_who_is_described_behind_a_colon_is_there(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from([("penguin", "penguin"), ("puppy", "dog"), ("little fox", "fox"), ("frog", "frog")]),
    st.sampled_from(["its friends", "his brothers", "her sisters", "its best friends", "their siblings", "friends"]),
    st.sampled_from(["plays with {}", "slides down a hill and crashes into {}", "is looking at {}", "dances with {} in the snow"]),
)  # fmt: skip
def test_friends_and_kin_of_an_animal_are_of_its_kind(animal, friends, doing):
    assert {name for name, _ in cast(f"A {animal[0]} {doing.format(friends)}")} == {animal[1]}
    assert len(cast(f"A {animal[0]} {doing.format(friends)}")) == 3


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a girl plays with her friends", ["woman", "person", "person"]),
        ("a boy and his dog play with their friends", ["person", "dog", "person", "person"]),
        ("my dog plays with my friends", ["dog", "person", "person"]),
        ("a dog plays with the kids", ["dog", "person", "person"]),
        ("a pig and its new friend the mouse", ["pig", "mouse"]),
        ("the cat and her best friend, a dog, sleep", ["cat", "dog"]),
        ("a hamster with its best friend, a dog", ["mouse", "dog"]),
        ("小兔子和它的好朋友小熊在森林里散步", ["rabbit", "bear"]),
        ("小狗和它的朋友们在草地上玩", ["dog", "dog", "dog"]),
        ("小女孩和她的朋友跳舞", ["woman", "person"]),
    ],
)
def test_other_friends_are_people_or_who_they_are_said_to_be(prompt, who):
    assert [name for name, _ in cast(prompt)] == who


@given(
    st.sampled_from(["我家", "我们家", "咱家", "他家", "她家的", "我家的", "你家"]),
    st.sampled_from([("金毛", "dog"), ("猫", "cat"), ("小狗", "dog"), ("女儿", "woman"), ("宝宝", "person")]),
    st.sampled_from([("在海边跑", "beach", "run"), ("在草地上打滚", "meadow", "play"), ("在舞台上跳舞", "stage", "dance"),
                     ("在森林里睡觉", "forest", "sleep")]),
)  # fmt: skip
def test_somebody_of_a_household_is_where_the_prompt_says(owner, who, doing):
    shot = explain(f"{owner}{who[0]}{doing[0]}").spec
    assert shot.scene == doing[1]
    assert [(role.name, role.action) for role in shot.cast] == [(who[1], doing[2])]


@pytest.mark.parametrize(
    ("prompt", "scene", "who"),
    [
        ("我家猫在睡觉", "living room", ["cat"]),
        ("我家宝宝在吃饭", "living room", ["person"]),
        ("小明来我家玩", "living room", ["person"]),
        ("狗狗在我家草地上跑", "meadow", ["dog"]),
        ("邻居家狗在草地上跑", "meadow", ["dog"]),
        ("我家客厅里有一只猫", "living room", ["cat"]),
        ("她在家里跳舞", "living room", ["woman"]),
    ],
)
def test_a_home_is_where_nothing_else_is_said(prompt, scene, who):
    shot = explain(prompt).spec
    assert (shot.scene, [role.name for role in shot.cast]) == (scene, who)
