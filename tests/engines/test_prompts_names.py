"""Names are for those whom the prompt gives them to: the members of a group are the group, and he and she are told apart."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

NAMES = st.permutations(["Tom", "Max", "Zoe", "Kian", "Mia"])
DEEDS = st.permutations(
    [("runs", "run"), ("sleeps", "sleep"), ("dances", "dance"), ("sings", "sing"), ("jumps", "jump")]
)
GROUPS = st.sampled_from(
    [("boys", "person"), ("girls", "woman"), ("cats", "cat"), ("robots", "robot"), ("friends", "person")]
)
LISTS = st.sampled_from(
    ["{group}: {deeds}", "{group} — {deeds}", "{group}, {names}: {deeds}", "{group} {names}: {deeds}"]
)


@given(st.integers(2, 4), NAMES, DEEDS, GROUPS, LISTS, st.sampled_from([", ", ". ", "; "]))
def test_named_members_of_a_group_are_the_group(count, names, deeds, group, listed, between):
    chosen = list(zip(names, deeds, strict=True))[:count]
    prompt = listed.format(
        group=f"{['Two', 'Three', 'Four'][count - 2]} {group[0]}",
        names=f"{', '.join(names[: count - 1])} and {names[count - 1]}",
        deeds=between.join(f"{name} {deed[0]}" for name, deed in chosen),
    )
    assert cast(prompt) == [(group[1], deed[1]) for _, deed in chosen]
    assert not {name.lower() for name, _ in chosen} & {*explain(prompt).unknown}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Three boys: Tom runs, Max sleeps", [("person", "run"), ("person", "sleep"), ("person", "sleep")]),
        (
            "Two boys and a dog: Tom runs, Max sits, the dog jumps",
            [("person", "run"), ("person", "sit"), ("dog", "jump")],
        ),
        ("Two boys are playing in the park: Tom runs, Max swims", [("person", "run"), ("person", "swim")]),
        ("Two kids: Mia, who dances, and Tom, who sleeps", [("person", "dance"), ("person", "sleep")]),
        ("Twins Max and Moritz: Max runs, Moritz sits", [("person", "run"), ("person", "sit")]),
        ("our twins Max and Moritz dance", [("person", "dance"), ("person", "dance")]),
        ("两个男孩：小明在跑步，小刚在睡觉", [("person", "run"), ("person", "sleep")]),
        ("三个女孩：小红在跳舞，小丽在唱歌，小芳在看书", [("woman", "dance"), ("woman", "sing"), ("woman", "read")]),
    ],
)
def test_members_who_are_named_are_taken_out_of_the_group(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Anna and Ben: she dances, he sings", [("woman", "dance"), ("person", "sing")]),
        ("Ben and Anna: she dances, he sings", [("person", "sing"), ("woman", "dance")]),
        ("Tom and Lily: he reads, she sings", [("person", "read"), ("woman", "sing")]),
        ("Maria and Elena: they dance on the beach", [("woman", "dance"), ("woman", "dance")]),
        ("Ann, Bob and Cleo dance", [("person", "dance")] * 3),
        ("a man and a woman: he reads, she sings", [("person", "read"), ("woman", "sing")]),
        ("a woman and a boy: he reads, she sings", [("woman", "sing"), ("person", "read")]),
        ("a boy named Tom and a girl named Lily: he runs, she dances", [("person", "run"), ("woman", "dance")]),
        ("a girl called Rose and a boy called Bob. Bob runs, Rose sits", [("woman", "sit"), ("person", "run")]),
        ("Characters: Tom (a boy), Lily (a girl). Tom runs, Lily dances.", [("person", "run"), ("woman", "dance")]),
        ("a couple: he cooks, she sleeps. He smiles.", [("person", "work"), ("woman", "sleep")]),
        ("Two people: She runs. He reads.", [("woman", "run"), ("person", "read")]),
        ("一对情侣：他唱歌，她跳舞", [("person", "sing"), ("woman", "dance")]),
        ("小红和小明：她跳舞，他唱歌", [("woman", "dance"), ("person", "sing")]),
    ],
)
def test_names_and_pronouns_speak_of_the_same_people(prompt, expected):
    assert cast(prompt) == expected


@given(NAMES, DEEDS, st.sampled_from([", ", ". ", " and ", " while "]))
def test_names_that_act_one_by_one_are_as_many_people(names, deeds, between):
    drawn = {"Zoe": "woman", "Mia": "woman"}
    assert cast(between.join(f"{names[at]} {deeds[at][0]}" for at in (0, 1))) == [
        (drawn.get(names[at], "person"), deeds[at][1]) for at in (0, 1)
    ]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Two robots - Ada waves", [("robot", "wave")] * 2),
        ("Two robots - Ada waves, Bob sleeps", [("robot", "wave"), ("robot", "sleep")]),
        ("Tom is running and Max is sleeping", [("person", "run"), ("person", "sleep")]),
        ("Lena and her dog play on the beach", [("woman", "play"), ("dog", "play")]),
        ("Marcus drinks coffee while his cat sleeps", [("person", "drink"), ("cat", "sleep")]),
        ("two kids walk in the park - one eats ice cream", [("person", "walk"), ("person", "eat")]),
        ("couple, girl, boy", [("woman", "stand"), ("person", "stand")]),
        ("couple, beach, sunset, boy, girl", [("person", "stand"), ("woman", "stand")]),
        ("a couple, man and woman, dance", [("person", "dance"), ("woman", "dance")]),
        ("a couple and a girl dance", [("person", "dance"), ("woman", "dance"), ("woman", "dance")]),
    ],
)
def test_names_and_items_of_a_list_are_no_more_people_than_they_say(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Paris sleeps, Rome dreams", []),
        ("Xarvo dances, a cat sleeps", ["cat"]),
        ("Two dogs: Running in the park", ["dog", "dog"]),
        ("Two cats: Happy, playful", ["cat", "cat"]),
        ("Two People: A Man Walks, A Woman Runs", ["person", "woman"]),
        ("Sunset and Sea", []),
        ("Paris and Rome at night", []),
        ("a cat runs. Volumetric and Zeiss lenses", ["cat"]),
    ],
)
def test_other_words_in_capitals_are_nobody(prompt, expected):
    assert [name for name, _ in cast(prompt)] == expected


@given(
    st.sampled_from([("Tom", "person"), ("Anna", "woman"), ("Max", "person"), ("Emma", "woman")]),
    st.sampled_from(
        [("sleeps", "sleep"), ("is dancing", "dance"), ("opens the door", "stand"), ("sings a song", "sing")]
    ),
)
def test_a_common_name_alone_is_somebody(name, deed):
    assert [(role.name, role.action) for role in explain(f"{name[0]} {deed[0]}").spec.cast] == [(name[1], deed[1])]


@pytest.mark.parametrize("prompt", ["the max speed is high", "a mark on the wall"])
def test_a_common_name_in_small_letters_is_nobody(prompt):
    assert explain(prompt).spec.cast == ()


@pytest.mark.parametrize(
    ("prompt", "names", "weather", "time"),
    [
        ("A dog named Sunny runs in the rain", ["dog"], "rain", "day"),
        ("A boy named Rain plays in a field", ["person"], "clear", "day"),
        ("a woman named Dawn on a bench", ["woman"], "clear", "day"),
        ("女孩名叫小雨，在公园散步", ["woman"], "clear", "day"),
        ("一只叫老虎的猫在草地上睡觉", ["cat"], "clear", "day"),
    ],
)
def test_a_name_is_no_weather_no_time_and_nobody_else(prompt, names, weather, time):
    spec = explain(prompt).spec
    assert [role.name for role in spec.cast] == names
    assert (spec.weather, spec.time) == (weather, time)


CALLED = st.sampled_from(
    [("小明", "person"), ("小红", "woman"), ("李雷", "person"), ("妈妈", "woman"), ("小狗", "dog")]
)
DONE = st.sampled_from(
    [("在跑步", "run"), ("在图书馆看书", "read"), ("走过来", "walk"), ("坐在沙发上", "sit"), ("跳舞", "dance")]
)


def played(prompt):
    return [(role.name, role.action) for role in explain(prompt).spec.cast]


@given(CALLED, DONE, CALLED, DONE, st.sampled_from(["@{} {}，@{} {}", "在家里，@{} {}。@{} {}", "@{}{}，@{} {}"]))
def test_whom_a_chinese_mention_names_plays(one, doing, other, then, prompt):
    if one[1] != other[1]:  # else it may be the same one
        found = played(prompt.format(one[0], doing[0], other[0], then[0]))
        assert found == [(one[1], doing[1]), (other[1], then[1])]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("@小明 @小红 一起吃饭", [("person", "eat"), ("woman", "eat")]),
        ("@李雷 和 @韩梅梅 在跳舞", [("person", "dance"), ("person", "dance")]),
        ("@小明跑步", [("person", "run")]),
        ("@小明 在看书。小明 跳舞", [("person", "read")]),
        ("@抖音 风格，一只猫跳舞", [("cat", "dance")]),
        ("小猫@海边跳舞", [("cat", "dance")]),
        ("@小红书 上的小猫跳舞", [("cat", "dance")]),
    ],
)
def test_chinese_mentions_beside_each_other_are_several(prompt, who):
    assert played(prompt) == who


MENTIONED = st.permutations(["marco", "jenny", "luna", "rose", "lily", "mark", "Zorg", "kira"])
ACTS = st.permutations(
    [("dances", "dance"), ("sleeps", "sleep"), ("runs", "run"), ("sings", "sing"), ("is reading", "read")]
)


@given(
    MENTIONED, ACTS, st.sampled_from(["on the beach", "at the office", "in the park"]), st.sampled_from([". ", ", "])
)
def test_names_without_a_sign_are_for_whom_the_prompt_mentions(names, acts, place, between):
    one, other = names[:2]
    first, second = f"{one.title()} {acts[0][0]}", f"{other.title()} {acts[1][0]}"
    prompt = f"@{one} and @{other} are {place}. {first}{between}{second}."
    assert cast(prompt) == [(one, acts[0][1]), (other, acts[1][1])]
    assert not explain(prompt).unknown


@given(MENTIONED, ACTS, st.sampled_from([("dog", "dog"), ("cat", "cat"), ("robot", "robot"), ("friend", "person")]))
def test_names_without_a_sign_own_what_is_said_to_be_theirs(names, acts, owned):
    prompt = f"@{names[0]} {acts[0][0]}. {names[0].title()}'s {owned[0]} {acts[1][0]}."
    assert cast(prompt) == [(names[0], acts[0][1]), (owned[1], acts[1][1])]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("@luna dances. luna sleeps", [("luna", "dance")]),
        ("@lily 在跑步，lily 停下来喝水", [("lily", "run")]),
        ("@lily在海边跑步，lily的狗在睡觉", [("lily", "run"), ("dog", "sleep")]),
        ("@max and a boy named Max play", [("max", "play"), ("person", "play")]),
        ("@anna.k walks. Anna waves.", [("anna.k", "walk")]),
        ("@bob sits. Bob and @tim wave", [("bob", "sit"), ("tim", "wave")]),
        ("@cat dances. A cat sleeps.", [("cat", "dance"), ("cat", "sleep")]),
        ("@rose dances. A rose grows.", [("rose", "dance")]),
        ("@cat_lady walks. A cat runs.", [("cat_lady", "walk"), ("cat", "run")]),
        ("@may walks in May", [("may", "walk")]),
    ],
)
def test_a_word_is_a_name_only_where_it_stands_as_one(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["a couple", "an old couple", "two lovers", "newlyweds", "my parents"]),
    st.sampled_from([("walking on the beach", "walk"), ("dancing", "dance"), ("sleeping at home", "sleep")]),
)
def test_a_couple_is_a_man_and_a_woman(couple, deed):
    assert sorted(cast(f"{couple} {deed[0]}")) == [("person", deed[1]), ("woman", deed[1])]
    assert len(cast(f"{couple} {deed[0]} with their dog")) == 3


@given(
    st.sampled_from(["情侣", "一对夫妻", "老夫妻", "新人", "父母"]),
    st.sampled_from([("散步", "walk"), ("跳舞", "dance")]),
)
def test_a_couple_is_a_man_and_a_woman_in_chinese(couple, deed):
    assert sorted(cast(f"{couple}在{deed[0]}")) == [("person", deed[1]), ("woman", deed[1])]


@pytest.mark.parametrize("prompt", ["a gay couple dances", "two couples dance", "两对情侣跳舞"])
def test_other_couples_are_people(prompt):
    assert {name for name, _ in cast(prompt)} == {"person"}
