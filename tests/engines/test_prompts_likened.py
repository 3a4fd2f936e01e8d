"""Words for weather, places and somebody that only say how much, what somebody once was, wears or would be: a sea of people."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

HEAPS = st.sampled_from(["sea", "ocean", "forest", "mountain", "island", "wave", "cloud", "shower", "storm", "hail"])
HEAPED = st.sampled_from(["balloons", "fans", "toys", "laundry", "smoke", "dust", "candles", "shoes", "bottles"])
ROLES = st.sampled_from(["a pirate", "a chef", "a knight", "an astronaut", "a wizard", "a robot", "a cowboy"])
NOT_NOW = st.sampled_from(
    ["she used to be {}", "the old woman was once {}", "the girl wants to be {}", "the woman turns into {}"]
)


@given(HEAPS, HEAPED)
def test_much_of_something_is_neither_a_place_nor_weather(heap, heaped):
    shot = explain(f"a {heap} of {heaped}, a fox sleeps")
    assert cast(f"a {heap} of {heaped}, a fox sleeps")[-1] == ("fox", "sleep")
    assert heap not in {each.word for each in shot.understood}
    assert heap in " ".join(shot.not_shown)


@pytest.mark.parametrize(
    ("prompt", "kind", "meaning"),
    [
        ("a forest of pine trees", "scene", "forest"),
        ("a sea of clouds below the mountains", "scene", "mountains"),
        ("a knight rides through a storm", "weather", "rain"),
        ("a foggy morning, a fox runs", "weather", "fog"),
        ("it rains and a cat sleeps", "weather", "rain"),
        ("it storms, two dogs hide", "weather", "rain"),
        ("two girls rain at night", "weather", "rain"),
        ("foggy zorble", "weather", "fog"),
    ],
)
def test_places_and_weather_are_still_what_they_are(prompt, kind, meaning):
    assert explain(prompt).meaning_of(kind) == meaning


@pytest.mark.parametrize(
    "prompt",
    [
        "she storms out of the room",
        "he rains punches on the bag",
        "she showers her son with kisses",
        "his glasses fog up",
        "two men argue in a car, windows fogged",
        "a woman writes on the fogged mirror",
        "soldiers storm into the castle",
        "a foggy mind, a man drinks",
    ],
)
def test_what_somebody_or_something_does_is_no_weather(prompt):
    shot = explain(prompt)
    assert shot.meaning_of("weather") is None
    assert any(word in " ".join(shot.not_shown) for word in ("storm", "rain", "shower", "fog"))


@given(NOT_NOW, ROLES)
def test_what_somebody_was_or_will_be_is_told_and_not_drawn(clause, role):
    prompt = clause.format(role)
    assert [name for name, _ in cast(prompt)] == ["woman"]
    assert role.split()[1] in told(prompt)


@given(
    st.sampled_from(["panda", "cat", "robot", "tiger", "rabbit"]),
    st.sampled_from(["is working", "works", "is employed", "employed", "is hired", "has a job", "serves"]),
    st.sampled_from(
        ["an office employee", "a night security guard", "a very busy teacher", "the hotel's night manager", "a nurse"]
    ),
    st.sampled_from(["", ", typing on a computer", " and sings"]),
)
def test_what_somebody_works_as_is_nobody_else(name, works, role, rest):
    prompt = f"a {name} {works} as {role}{rest}"
    assert [who for who, _ in cast(prompt)] == [name]
    assert role.split()[-1] in told(prompt)


@given(st.sampled_from(["panda", "cat", "tiger"]), st.sampled_from(["employed", "works", "is hired"]))
def test_an_animal_wears_what_belongs_to_its_work(name, works):
    for role, costume in (("a very busy waiter", "barista"), ("a very good chef", "chef")):
        (drawn,) = explain(f"a {name} {works} as {role}").spec.cast
        assert (drawn.name, drawn.costume) == (name, costume)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a man works as a nanny", [("person", "work")]),
        ("a woman works as her mother watches", [("woman", "work"), ("woman", "look")]),
        ("a soldier who is now a gardener waters the roses", [("person", "work")]),
        ("a boy imagines he is a knight", [("knight", "stand")]),
        ("she works as a barista", [("woman", "work")]),
        ("she volunteers as a nurse", [("woman", "stand")]),
        ("her father was a fisherman, she is a chef", [("person", "stand"), ("chef", "stand")]),
        ("three volunteers clean a beach", [("person", "work")] * 3),
        ("a boy runs as a dog barks", [("person", "run"), ("dog", "stand")]),
        ("a boy dressed as a cowboy, a girl dressed as a princess", [("cowboy", "stand"), ("woman", "stand")]),
        ("the king's horse", []),
        ("the king's white horse and a fox", [("fox", "walk")]),
    ],
)
def test_who_is_said_to_be_somebody_is_one(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "three kids dressed as a robot, a knight and a wizard",
        "three kids dressed as a ghost, a witch and a pumpkin go trick or treating",
        "three kids in costumes: a pirate, an astronaut and a cat",
        "three kids went as a nun, a cowboy and a robot",
        "三个孩子打扮成机器人、骑士和企鹅",
    ],
)
def test_several_in_costumes_stay_as_many_as_they_are(prompt):
    assert [name for name, _ in cast(prompt)] == ["person"] * 3
    assert "only pictured" in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a kitten plays, mother nearby", ["cat", "cat"]),
        ("two bear cubs wrestle while mom sleeps", ["bear", "bear", "bear"]),
        ("a baby elephant takes a step, mother close behind", []),
        ("a girl and a kitten play, mother nearby", ["woman", "cat", "woman"]),
        ("a dog plays, mom nearby", ["dog", "woman"]),
    ],
)
def test_the_parents_of_a_young_animal_are_of_its_kind(prompt, expected):
    assert [name for name, _ in cast(prompt)] == expected


@pytest.mark.parametrize(
    ("prompt", "scene", "action"),
    [
        ("she left her umbrella at home and runs in the rain", "living room", "run"),
        ("he forgot his keys at the office and walks", "office", "walk"),
        ("the girl leaves her bag in the kitchen and dances", "kitchen", "dance"),
        ("she misses the sea", "beach", "stand"),
    ],
)
def test_where_somebody_left_something_or_longs_to_be_is_told_and_not_where_he_is(prompt, scene, action):
    shot = explain(prompt)
    assert shot.spec.scene != scene
    assert shot.meaning_of("scene") != scene
    assert [role.action for role in shot.spec.cast] == [action]
    assert "only pictured" in told(prompt)


def test_who_leaves_somebody_somewhere_is_there():
    assert explain("he left the dog in the kitchen").spec.scene == "kitchen"


CHINESE_STANDARDS = st.sampled_from(["爸爸", "狗", "宇航员", "大象", "山", "@max"])
CHINESE_QUALITIES = st.sampled_from(["还高", "还小", "更勇敢", "大", "还快"])


@given(
    CHINESE_STANDARDS, CHINESE_QUALITIES, st.sampled_from([("机器人", "robot"), ("熊猫", "panda"), ("@luna", "luna")])
)
def test_whom_somebody_is_more_than_is_not_drawn_at_the_start_of_a_chinese_prompt(standard, quality, who):
    noun, name = who
    found = explain(f"比{standard}{quality}的{noun}在跳舞", known=["max", "luna"]).spec
    assert [(role.name, role.action) for role in found.cast] == [(name, "dance")]
    assert found.scene != "mountains"


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("比爸爸高，女孩在跳舞", [("woman", "dance")]),
        ("比妈妈矮的女孩在唱歌，妈妈在看书", [("woman", "sing"), ("woman", "read")]),
        ("扮成熊的男孩在唱歌", [("person", "sing")]),
        ("狗比猫大", [("dog", "stand")]),
        ("比赛开始了，狗在跑", [("dog", "run")]),
    ],
)
def test_who_is_compared_with_others_is_there_himself(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["把狗当{}养", "把狗当成{}", "把狗当作{}", "把狗看成{}", "把狗视为{}"]),
    st.sampled_from(["孩子", "朋友", "女儿", "老虎"]),
)
def test_whom_somebody_is_taken_for_is_not_there(taken, other):
    assert cast(f"他{taken.format(other)}") == [("person", "stand"), ("dog", "stand")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("你当我是猫？", []),
        ("老虎不发威，你当我是病猫？一只老虎对着镜头咆哮", [("tiger", "sing")]),
        ("当猫在睡觉的时候，狗在跑", [("cat", "sleep"), ("dog", "run")]),
        ("当他醒来时，男孩在太空", [("person", "stand")]),
    ],
)
def test_who_only_thinks_so_is_read_by_what_he_says(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(
        ["{}s love it! ", "The only food {}s choose. ", "Made for {}s. ", "The bowl {}s dream of. ", "{}s hate rain. "]
    ),
    st.sampled_from(["cat", "dog", "robot", "panda"]),
)
def test_all_of_a_kind_whom_a_slogan_speaks_of_are_not_drawn(slogan, animal):
    prompt = f"{slogan.format(animal)}A fluffy {animal} walks"
    assert cast(prompt) == [(animal, "walk")]
    assert f"{animal}s" in told(prompt).lower()


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("Dogs run. A dog sleeps.", [("dog", "run")] * 2 + [("dog", "sleep")]),
        ("Two dogs wait. A dog runs.", [("dog", "stand")] * 2 + [("dog", "run")]),
        ("Cats stand by the door. A cat jumps.", [("cat", "stand")] * 2 + [("cat", "jump")]),
        ("Made for cats. A woman sits.", [("woman", "sit")]),
        ("A woman cooks for kids", [("woman", "work")] + [("person", "stand")] * 2),
        ("猫不喜欢水。一只猫在跑", [("cat", "run")]),
        ("狗喜欢骨头，一只狗在跑", [("dog", "stand"), ("dog", "run")]),
    ],
)
def test_several_who_do_something_are_there(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(
        ["it was foggy in the morning but now {}", "yesterday it snowed, today {}", "it rained all night; now {}",
         "last night it rained, but now {}"]
    ),
    st.sampled_from(["the sun shines", "it is sunny", "the sun is out"]),
    st.sampled_from(["", " and a robot walks"]),
)  # fmt: skip
def test_what_the_weather_was_and_when_is_not_shown(before, now, rest):
    shot = explain(before.format(now) + rest)
    assert shot.spec.weather == "clear"
    assert "time" in {kind for kind, _ in shot.chosen} or shot.spec.time == "day"


@given(
    st.sampled_from(["早上还下着雪，中午就{}", "昨天下雨，今天{}", "早上还在下雨，现在{}", "昨晚下了雪，现在{}"]),
    st.sampled_from(["出太阳了", "天晴了", "晴天"]),
    st.sampled_from(["", "，一只狗在跑"]),
)
def test_the_same_of_the_weather_in_chinese(before, now, rest):
    shot = explain(before.format(now) + rest).spec
    assert shot.weather == "clear"
    assert shot.time != "dawn"


@pytest.mark.parametrize(
    ("prompt", "time", "weather"),
    [
        ("it rained in the morning; a dog runs", "dawn", "rain"),
        ("yesterday a dog ran in the rain", "day", "rain"),
        ("早上下雨，狗在跑", "dawn", "rain"),
        ("晚上还在下雪，孩子们在堆雪人", "night", "snow"),
        ("now it rains, a dog runs", "day", "rain"),
    ],
)
def test_the_weather_of_the_only_time_is_shown(prompt, time, weather):
    shot = explain(prompt).spec
    assert (shot.time, shot.weather) == (time, weather)


@given(
    st.sampled_from(["cat", "robot", "knight", "panda"]),
    st.sampled_from(["wood", "clay", "ice", "fire", "gold", "snow", "paper", "steel", "glass"]),
    st.sampled_from(["a {} of {} dances", "a {} with a heart of {} dances", "a {} made of {} dances"]),
)
def test_what_somebody_or_his_heart_is_made_of_is_no_place_and_no_weather(animal, stuff, form):
    shot, plain = explain(form.format(animal, stuff)), explain(f"a {animal} dances")
    assert [(role.name, role.action) for role in shot.spec.cast] == [(animal, "dance")]
    assert shot.meaning_of("scene") == plain.meaning_of("scene")
    assert shot.spec.weather in {"clear", "cloudy", plain.spec.weather}
    assert stuff in told(form.format(animal, stuff))
    assert [role.action for role in explain(f"two {animal}s of {stuff} fight").spec.cast] == ["play"] * 2


@given(st.sampled_from(["gold", "chocolate", "soap"]), st.sampled_from(["flowers", "petals", "leaves"]))
def test_bars_and_showers_of_something_are_no_place_and_no_weather(stuff, many):
    assert explain(f"a fox looks at bars of {stuff}").spec.scene != "coffee shop"
    assert explain(f"a fox dances in a rain of {many}").spec.weather != "rain"
    assert explain("a fox dances in a bar").spec.scene == "coffee shop"
    assert explain("a fox dances in the forest of pines").spec.scene == "forest"


BECOMERS = st.sampled_from(
    [("frog", "frog"), ("robot", "robot"), ("cat", "cat"), ("prince", "person"), ("lion", "lion")]
)
BECOMING = st.sampled_from(["turns into", "becomes", "transforms into"])
MARKS = st.sampled_from(["", "...", "…", " —", ",", ":"])
LARGER = st.sampled_from(["a bigger", "a slightly bigger", "an even smaller", "a golden", "just a bigger", "a"])


@given(BECOMERS, BECOMING, MARKS, LARGER, BECOMERS)
def test_what_somebody_becomes_adds_nobody_even_where_the_prompt_makes_a_pause_before_it(
    one, verb, mark, larger, other
):
    found = explain(f"The {one[0]} {verb}{mark} {larger} {other[0]}").spec.cast
    assert [role.name for role in found] == [one[1]]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("一只青蛙变成了……一只更大的青蛙", ["frog"]),
        ("The frog sits. It becomes. A lion sleeps.", ["frog", "lion"]),
        ("A witch turns a dog into... a cat", ["wizard", "dog"]),
    ],
)
def test_only_a_pause_before_what_somebody_becomes_is_passed_over(prompt, names):
    assert [role.name for role in explain(prompt).spec.cast] == names


PLAYERS = st.sampled_from(
    [("小猫", "cat"), ("橘猫", "cat"), ("一只狗", "dog"), ("熊猫", "panda"), ("机器人", "robot"), ("小女孩", "woman")]
)
PLAYED = st.sampled_from(["老板", "厨师", "裁判", "老师", "医生", "警察", "模特", "班长"])
PLAYING = st.sampled_from(
    ["{}当{}", "{}坐在柜台后面当{}", "{}担任{}", "{}在门口充当{}", "{}扮演{}", "{}做{}", "{}当了一名{}", "{}当上{}", "{}想当{}"]
)  # fmt: skip


@given(PLAYERS, PLAYED, PLAYING)
def test_whose_part_somebody_plays_in_chinese_is_nobody_else(player, played, playing):
    prompt = playing.format(player[0], played)
    assert [name for name, _ in cast(prompt)] == [player[1]], prompt
    listener = cast(f"{prompt}，一只狐狸来跳舞")
    assert [name for name, _ in listener] == [player[1], "fox"]
    assert listener[1] == ("fox", "dance")
    assert listener[0][1] != "dance"


@given(PLAYED, st.sampled_from(["走进教室", "跳舞时", "睡觉的时候"]))
def test_who_comes_in_behind_when_in_chinese_is_somebody(played, clause):
    assert len(cast(f"当{played}{clause}，小狗在跑")) == 2
    assert len(cast(f"小狗在跑，当{played}{clause}")) == 2
