"""Whoever a prompt says is not there is not in the film, and is told to be left out, somebody who is mentioned, too."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

WHO = st.sampled_from(["@ella", "the dog", "his old dog", "a cat and a dog"])
AWAY = st.sampled_from(
    [
        "is gone",
        "is nowhere to be seen",
        "are nowhere in sight",
        "isn't there today",
        "is not in the picture",
        "does not come along",
        "won't show up",
        "is no longer here",
        "doesn't appear",
        "is missing",
    ]
)


def names(prompt):
    return [role.name for role in explain(prompt, known=["tom", "ella"]).spec.cast]


@given(WHO, AWAY, st.booleans())
def test_who_is_said_to_be_away_is_left_out(who, away, first):
    parts = [f"{who} {away}", "@tom dances"]
    prompt = ", ".join(parts if first else reversed(parts))
    assert names(prompt) == ["tom"]
    assert who.split()[-1] in " ".join(explain(prompt, known=["tom", "ella"]).left_out)


@pytest.mark.parametrize(
    "prompt",
    [
        "@tom without @ella dances",
        "@tom dances without @ella",
        "no @ella, just @tom dancing",
        "@tom dances --no @ella",
        "@ella没有出现，@tom 在跳舞",
        "@ella不要出现，只拍 @tom 跳舞",
        "@tom 在跳舞，没有 @ella",
    ],
)
def test_who_is_mentioned_may_be_taken_away(prompt):
    explanation = explain(prompt, known=["tom", "ella"])
    assert [(role.name, role.action) for role in explanation.spec.cast] == [("tom", "dance")]
    assert "@ella" in explanation.left_out


@pytest.mark.parametrize(
    ("prompt", "present"),
    [
        ("the dog is gone to the beach", ["dog"]),
        ("the man does not appear scared", ["person"]),
        ("@tom avoids @ella", ["tom", "ella"]),
        ("@tom isn't alone, @ella waves", ["tom", "ella"]),
        ("No rain, @tom walks", ["tom"]),
        ("@tom does not dance", ["tom"]),
        ("a girl waits for the bus that never comes", ["woman"]),
    ],
)
def test_who_only_does_not_do_something_is_there(prompt, present):
    assert names(prompt) == present


FRAMES = st.sampled_from(
    [
        "a boy holds a photo of {}",
        "a boy dreams of {}",
        "a boy sings about {}",
        "a boy roars like {}",
        "a boy looks like {}",
        "a boy draws {}",
        "a boy is afraid of {}",
        "a boy runs, a screen shows {}",
        "a boy on a bench, a painting of {} hangs on the wall",
    ]
)


@given(FRAMES, st.sampled_from(["a lion", "a huge lion", "a lion and a tiger"]))
def test_what_is_only_pictured_compared_or_thought_of_is_not_there_and_told(frame, what):
    prompt = frame.format(what)
    assert names(prompt) == ["person"]
    assert "lion" in " ".join(explain(prompt).warnings())


@given(FRAMES)
def test_who_is_mentioned_may_be_only_pictured(frame):
    prompt = frame.format("@ella")
    if "draws" not in prompt and "afraid" not in prompt:
        assert names(prompt) == ["person"]
        assert "@ella" in " ".join(explain(prompt, known=["ella"]).warnings())


@pytest.mark.parametrize(
    "what", ["a photo of {}", "watercolor painting of {}", "van gogh style painting of {}", "a statue and {}"]
)
def test_what_a_picture_shows_that_the_prompt_asks_for_is_there(what):
    assert names(what.format("a lion")) == ["lion"]


@pytest.mark.parametrize(
    "prompt", ["她在看一张狗的照片", "她梦见一只狗", "她穿着印有狗的衣服", "电视里一只狗在跑，她在唱歌"]
)
def test_what_is_only_pictured_in_chinese_is_not_there(prompt):
    explanation = explain(prompt)
    assert [role.name for role in explanation.spec.cast] == ["woman"]
    assert "狗" in " ".join(explanation.warnings())


@pytest.mark.parametrize("of", ["sofa", "old sofa", "kitchen", "grandmother"])
def test_whose_a_thing_is_is_not_in_the_film_for_that(of):
    prompt = f"@tom sleeps on @ella's {of}"
    assert "ella" not in names(prompt)
    assert "@ella" in " ".join(explain(prompt, known=["tom", "ella"]).warnings())
    assert names("@ella's hair blows in the wind") == ["ella"]
    assert names("@ella's car breaks down, @tom pushes it") == ["ella", "tom"]


@given(
    st.sampled_from(["狗", "猫和狗"]), st.sampled_from(["不在", "不在家", "不见了", "不在场", "没有出现", "不在厨房"])
)
def test_who_is_said_to_be_away_in_chinese_is_left_out(who, away):
    assert names(f"{who}{away}，男孩在唱歌") == ["person"]


def test_who_only_does_not_do_something_there_is_there():
    assert [(role.name, role.action) for role in explain("猫不在沙发上睡觉，狗在睡觉").spec.cast] == [
        ("cat", "stand"),
        ("dog", "sleep"),
    ]
    assert [role.action for role in explain("他不在跑步，他在走路").spec.cast] == ["walk"]


@pytest.mark.parametrize(
    "prompt",
    [
        "a boy thinks he is a lion",
        "a boy pretends to be a knight",
        "a boy plays a pirate on stage",
        "a boy reads a letter from @ella",
        "a boy with a fish tattoo swims",
        "他像猴子一样爬树",
        "一个男孩扮成海盗",
        "一个男孩以为自己是老虎",
        "一个男孩假装是一只老虎",
        "a boy thinks he's a lion",
    ],
)
def test_what_somebody_plays_or_only_looks_like_is_nobody_else(prompt):
    assert names(prompt) == ["person"]


@given(st.sampled_from(["doesn't", "does not", "isn't", "didn't", "won't"]))
def test_who_does_not_does_nothing(negator):
    playing = explain(f"@tom waves, @ella {negator}", known=["tom", "ella"]).spec.cast
    assert [(role.name, role.action) for role in playing] == [("tom", "wave"), ("ella", "stand")]


@pytest.mark.parametrize("weather", ["rain", "storm", "fog", "snowstorm"])
@pytest.mark.parametrize(
    "over", ["after the {}", "after a heavy {}", "the {} stops", "the {} has passed", "the {} is over"]
)
def test_weather_that_is_over_is_left_out_and_told(weather, over):
    explanation = explain(f"{over.format(weather)}, a dog runs")
    assert explanation.spec.weather == "clear"
    assert weather in " ".join(explanation.left_out)
    assert explain(f"a dog runs after a cat in the {weather}").spec.weather != "clear"


def test_clouds_over_a_lake_are_there():
    assert explain("time lapse of clouds over a lake").spec.weather == "cloudy"


@pytest.mark.parametrize(
    ("prompt", "present"),
    [
        ("A man takes a photo of a dog on the beach", ["person", "dog"]),
        ("A tourist takes a picture of two monkeys", ["person", "monkey", "monkey"]),
        ("A woman is taking photos of a fox in the snow", ["woman", "fox"]),
        ("Two tourists take quick pictures of a lion", ["person", "person", "lion"]),
        ("A man snaps a photo of his cat", ["person", "cat"]),
        ("A girl takes a selfie with a panda", ["woman", "panda"]),
        ("A man photographs a dog", ["person", "dog"]),
        ("A boy films a cat with his phone", ["person", "cat"]),
        ("一个女孩给狗拍照", ["woman", "dog"]),
    ],
)
def test_who_is_photographed_stands_before_the_camera(prompt, present):
    assert names(prompt) == present
    assert "only pictured" not in " ".join(explain(prompt).warnings())


@pytest.mark.parametrize(
    ("prompt", "actions", "scene"),
    [
        ("A woman looks like a model and walks along the beach", ["walk"], "beach"),
        ("The clown looks like a king and dances on the beach", ["dance"], "beach"),
        ("A boy looks like a lion and runs through the forest", ["run"], "forest"),
        ("A man looks like a pirate and swims in the sea", ["swim"], "beach"),
        ("A boy runs like a tiger and a dog sleeps in the snow", ["run", "sleep"], "snow"),
        ("A man looks like a wizard and a knight in the forest", ["stand"], "forest"),
    ],
)
def test_a_comparison_ends_with_its_noun(prompt, actions, scene):
    spec = explain(prompt).spec
    assert ([role.action for role in spec.cast], spec.scene) == (actions, scene)


@pytest.mark.parametrize(
    "frame",
    [
        "The film shows",
        "The movie shows",
        "The scene shows",
        "The picture shows",
        "The short film depicts",
        "This documentary shows",
    ],
)
def test_what_the_film_itself_shows_is_there(frame):
    spec = explain(f"{frame} two dogs playing on the beach").spec
    assert ([role.name for role in spec.cast], spec.scene) == (["dog", "dog"], "beach")


def test_what_a_film_in_the_film_shows_is_not_there():
    assert names("A man sits on the sofa, the movie shows a lion") == ["person"]
    assert names("The painter steps back from the canvas, it shows a horse and a lion in a storm") == ["person"]


@pytest.mark.parametrize(
    "prompt",
    [
        "The street is empty because @ella has already left, @tom waits",
        "@tom waits for @ella in the snow, but she never shows up",
        "@tom waits for @ella, who never comes",
        "@tom is waiting for @ella but she doesn't arrive",
        "@ella has left the room. @tom sleeps",
        "@ella has gone home, @tom reads",
        "@tom sits alone, @ella is not there any more",
        "@tom在等@ella,但她一直没来",
        "@ella已经离开了,@tom在看书",
    ],
)
def test_who_has_left_or_does_not_come_is_not_there(prompt):
    assert names(prompt) == ["tom"]
    assert "@ella" in explain(prompt, known=["tom", "ella"]).left_out


@pytest.mark.parametrize(
    ("prompt", "present"),
    [
        ("@ella has left her bag on the table and dances", ["ella"]),
        ("A girl has left the house and runs through the snow", ["woman"]),
        ("@tom waves at @ella. @ella has left", ["tom", "ella"]),
        ("@ella has left the office, she walks in the rain", ["ella"]),
        ("@tom waves at @ella, who does not come closer", ["tom", "ella"]),
        ("A boy waits for the bus, but it never comes", ["person"]),
    ],
)
def test_who_has_left_something_or_goes_on_is_there(prompt, present):
    assert names(prompt) == present


@pytest.mark.parametrize("label", ["负面提示", "负面提示词", "反向提示", "反向提示词", "负向提示词", "负面词"])
@pytest.mark.parametrize(
    "form", ['{{"主体":"一只猫在睡觉","{}":"人物、狗"}}', "一只猫在睡觉。{}：人物,狗", "一只猫在睡觉 {}: 人物,狗"]
)
def test_what_stands_behind_a_chinese_negative_label_is_left_out(label, form):
    explanation = explain(form.format(label))
    assert [role.name for role in explanation.spec.cast] == ["cat"]
    assert {"人物", "狗"} <= {*explanation.left_out}


HAVERS = st.sampled_from(["a man", "the old knight", "@mia", "a robot"])
LACKED = st.sampled_from(
    ["without a camera", "with no hat", "without shoes", "without a coat or gloves", "lacking a sword"]
)
DOING = st.sampled_from(
    ["{} runs", "{} is running", "{} slowly runs", "{} ran home", "{} running on the beach", "{} who runs"]
)


@given(HAVERS, LACKED, DOING)
def test_what_somebody_lacks_takes_away_its_own_noun_and_not_what_he_does(who, lacked, doing):
    shot = explain(doing.format(f"{who} {lacked}"), known=["mia"])
    assert [role.action for role in shot.spec.cast] == ["run"]
    assert any(word in lacked for word in shot.left_out)
    assert shot.spec.camera != "static" or "camera" in dict(shot.chosen)


@pytest.mark.parametrize(
    ("prompt", "action"),
    [
        ("two kids without helmets ride bikes", "run"),
        ("the boys without hats dance", "dance"),
        ("a band without a drummer plays", "play"),
        ("a photographer without a camera sings", "sing"),
        ("a wizard without his hat flies over a city", "fly"),
        ("一个没有帽子的男孩在跳舞", "dance"),
        ("不带相机的男人在跳舞", "dance"),
    ],
)
def test_who_lacks_something_does_what_the_verb_behind_says(prompt, action):
    assert explain(prompt).meaning_of("action") == action


def test_an_undrawn_animal_lacks_its_rider_and_not_its_verb():
    assert "rider" in explain("a horse without a rider runs").left_out
    assert "runs" not in explain("a horse without a rider runs").left_out
    assert explain("a knight with no armor fighting a dragon").left_out == ("armor",)


@pytest.mark.parametrize("prompt", ["a street with no people walking", "a dog on a beach without people walking"])
def test_what_nobody_does_goes_with_him(prompt):
    shot = explain(prompt)
    assert {"people", "walking"} <= {*shot.left_out}
    assert "person" not in [role.name for role in shot.spec.cast]


CHINESE_WHO = st.sampled_from(["@ella", "小狗", "妈妈", "@ella和小狗"])


@given(
    CHINESE_WHO,
    st.sampled_from(["已经走了", "早就离开了", "已经离开了房间", "刚刚离开", "消失了", "走了以后", "离开之后"]),
)
def test_who_has_left_in_chinese_is_left_out(who, gone):
    assert names(f"{who}{gone}，@tom在跳舞") == ["tom"]


@pytest.mark.parametrize(
    "going",
    [
        "走了",
        "离开了",
        "离开了房间",
        "走在街上",
        "走了进来",
        "走了一圈",
        "走了很久",
        "走进森林",
        "站起来走了",
        "走了，她在跳舞",
    ],
)
def test_who_walks_in_chinese_is_there(going):
    shot = explain(f"@ella{going}", known=["ella"])
    assert [(role.name, role.action) for role in shot.spec.cast] == [("ella", "walk")]


@given(
    st.sampled_from([("the dog", "the cat"), ("a dog", "a cat"), ("the big dog", "the cat")]),
    st.sampled_from(["is moving", "moves", "is barking", "is asleep", "dances", "can swim"]),
)
def test_what_neither_of_two_does_takes_none_of_them_away(who, doing):
    assert cast(f"neither {who[0]} nor {who[1]} {doing}") == [("dog", "stand"), ("cat", "stand")]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("neither of the two dogs barks", [("dog", "stand")] * 2),
        ("none of the children is asleep", [("person", "stand")] * 2),
        ("neither rain nor snow, a man walks", [("person", "walk")]),
        ("neither cars nor people on the street", []),
        ("the dog is not moving", [("dog", "stand")]),
        ("a cat that isn't moving", [("cat", "stand")]),
        ("the dog is motionless", [("dog", "stand")]),
        ("一只狗一动不动", [("dog", "stand")]),
        ("a fox watches a rabbit; the rabbit doesn't notice", [("fox", "look"), ("rabbit", "stand")]),
        ("the cat doesn't see the dog", [("cat", "stand"), ("dog", "stand")]),
        ("she doesn't notice the man behind her", [("woman", "stand"), ("person", "stand")]),
        ("猫没有注意到老鼠", [("cat", "stand"), ("mouse", "stand")]),
        ("don't show the dog, a cat sleeps", [("cat", "sleep")]),
        ("he doesn't have the dog, he walks", [("person", "walk")]),
        ("a man without the dog walks", [("person", "walk")]),
    ],
)
def test_a_negated_verb_takes_neither_its_subject_nor_whom_it_is_not_done_to_away(prompt, expected):
    assert cast(prompt) == expected


@given(
    st.sampled_from(
        ["the sun is not shining", "the sun isn't out today", "the sun is hidden behind clouds",
         "the sun disappears behind clouds", "the sky is not clear", "no sun", "太阳没出来", "太阳没有出来", "太阳躲进云里"]
    ),
    st.sampled_from([", a dog runs", "，一只狗在跑", ""]),
)  # fmt: skip
def test_without_the_sun_it_is_cloudy(sun, behind):
    explanation = explain(f"{sun}{behind}")
    assert explanation.spec.weather == "cloudy"
    assert explanation.left_out


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("the rain isn't falling, a man walks", "clear"),
        ("the fog hides the city, a man walks", "fog"),
        ("the snow covers the roof, a dog runs", "snow"),
        ("the rain does not stop, a dog runs", "rain"),
        ("大雪覆盖的山", "snow"),
    ],
)
def test_weather_that_hides_something_is_there(prompt, weather):
    assert explain(prompt).spec.weather == weather


@pytest.mark.parametrize("weather", ["rain", "snow"])
@pytest.mark.parametrize("when", ["unless it {}s, ", "before it {}s, ", "in case it {}s, ", "until it {}s, "])
def test_weather_that_is_still_to_come_is_not_there(weather, when):
    explanation = explain(f"{when.format(weather)}a dog runs")
    assert explanation.spec.weather == "clear"
    assert explanation.left_out


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("There used to be a forest here; now there is only a parking lot", "city street"),
        ("This used to be a beach, now it is a city", "city street"),
        ("Where the village once stood there is now a lake", "beach"),
        ("曾经这里是一片森林，现在是沙漠", "desert"),
    ],
)
def test_a_place_of_the_past_is_told_and_not_drawn(prompt, scene):
    spec = explain(prompt).spec
    assert (spec.scene, spec.cast) == (scene, ())
    assert "compared or told of" in " ".join(explain(prompt).warnings())


@pytest.mark.parametrize("prompt", ["once upon a time in a forest a fox ran", "a used car in a forest, now a fox runs"])
def test_a_place_of_now_is_drawn(prompt):
    assert explain(prompt).spec.scene == "forest"


@pytest.mark.parametrize("early", ["Before the sun is up", "The sun isn't up yet", "天还没亮", "天没亮"])
def test_before_the_sun_is_up_it_is_dawn(early):
    assert explain(f"{early}, a man runs").spec.time == "dawn"


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("It isn't raining anymore and a rainbow appears over the village", "city street"),
        ("no cars, a quiet village", "city street"),
        ("There is no snow on the mountains", "mountains"),
        ("It never rains in the desert", "desert"),
        ("The sky is not cloudy over the desert", "desert"),
        ("without wind over the lake", "beach"),
    ],
)
def test_a_view_from_which_something_is_taken_has_its_place_and_nobody(prompt, scene):
    spec = explain(prompt).spec
    assert (spec.scene, spec.cast) == (scene, ())


@given(
    st.sampled_from(["without her umbrella", "without a coat", "without looking back", "without any shoes"]),
    st.sampled_from(["runs", "dances", "walks"]),
)
def test_what_somebody_does_without_something_is_done(lacking, verb):
    [(name, action)] = cast(f"{lacking} she {verb} in the snow")
    assert (name, f"{action}s") == ("woman", verb)


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("a girl reads until the snow stops", "snow"),
        ("never mind the rain, the kids play", "rain"),
        ("they don't mind the snow", "snow"),
        ("a girl reads after the snow stops", None),
        ("a child waits until it fogs over", None),
        ("the storm is over, a fox sleeps", None),
    ],
)
def test_weather_that_lasts_until_it_stops_or_that_nobody_minds_is_there(prompt, weather):
    assert explain(prompt).meaning_of("weather") == weather


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("nobody stops to listen to a violinist", [("person", "play")]),
        ("no one notices a small robot", [("robot", "walk")]),
        ("nobody watches the girl", [("woman", "stand")]),
        ("no one has a dog", []),
        ("nobody rides a horse, a fox sits", [("fox", "sit")]),
    ],
)
def test_whom_nobody_attends_to_is_there(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize("still", ["雨还没停", "雨没有停", "雪还没停", "风雨未停"])
def test_weather_that_has_not_ended_goes_on(still):
    assert explain(f"{still}，男孩跑步").spec.weather in {"rain", "snow"}


@pytest.mark.parametrize(
    ("prompt", "time"),
    [
        ("it is getting dark, a man walks", "sunset"),
        ("it's dark, a cat runs", "night"),
        ("darkness falls over the city", "night"),
        ("a girl with dark hair", "day"),
    ],
)
def test_the_dark_is_a_time_of_day(prompt, time):
    assert explain(prompt).spec.time == time


@pytest.mark.parametrize("state", ["burning", "haunted", "ruined", "flooded", "broken"])
def test_what_is_not_as_the_drawn_scene_has_it_is_told_as_not_drawn(state):
    assert f"Not drawn by the local engine: {state} house" in " ".join(
        explain(f"a man walks by a {state} house on the street").warnings()
    )


@given(
    st.sampled_from(["男孩大喊“{}”", "对着镜头大叫“{}”", "老师回答：“{}”", "女孩高喊道：“{}！”", "爷爷尖叫“{}”"]),
    st.sampled_from(["我不想上班", "没有人爱我", "不要狗", "别吃我的饼干"]),
)
def test_words_that_are_shouted_are_left_out_of_nothing(prompt, words):
    shot = explain(prompt.format(words))
    assert not shot.left_out
    assert [role.action for role in shot.spec.cast] == ["talk"]
    assert "words that are said" in " ".join(shot.warnings())


@given(
    st.sampled_from(["小狗不想{}", "老人不肯{}哈哈", "the dog doesn't want to {} lol", "a girl does not like to {}"]),
    st.sampled_from([("洗澡", "bathe"), ("跳舞", "dance"), ("走路", "walk"), ("唱歌", "sing")]),
)
def test_what_somebody_does_not_want_to_do_is_told_and_not_left_out(prompt, deeds):
    shot = explain(prompt.format(deeds[prompt.isascii()]))
    assert not shot.left_out
    assert [role.action for role in shot.spec.cast] == ["stand"]


@given(st.sampled_from(["dogs", "cars", "people", "rain"]))
def test_what_the_one_who_asks_does_not_want_is_left_out(things):
    assert things in explain(f"a fox sleeps. I don't want any {things} in it").left_out


@given(
    st.sampled_from(["no {} bc it is for kids", "no {} because I am afraid", "no {} cuz they are loud", "no {} lol"]),
    st.sampled_from(["dogs", "cars", "people"]),
)
def test_a_reason_is_not_left_out(prompt, things):
    assert explain(prompt.format(things)).left_out == (things,)


@given(
    st.sampled_from(
        [
            "a fox steals a cookie, nobody notices",
            "a girl dances and no one cares",
            "a worker eats when nobody looks",
            "狐狸偷吃，没人发现",
        ]
    ),
    st.sampled_from(["", " a cat sleeps", ", at night"]),
)
def test_nobody_who_notices_leaves_nobody_out(prompt, more):
    assert not explain(prompt + more).left_out


@pytest.mark.parametrize("prompt", ["他累得不行，坐在地上", "小狗累得不得了", "女孩笑得不行"])
def test_what_is_extreme_is_not_left_out(prompt):
    assert not explain(prompt).left_out


@given(
    st.sampled_from(["女孩", "老人", "一只猫"]),
    st.sampled_from(["一言不发", "沉默不语", "默默", "一声不吭", "默不作声", "不发一言"]),
    st.sampled_from([("地坐着", "sit"), ("地走", "walk"), ("，在看书", "read")]),
)
def test_silence_takes_nothing_away(who, silent, deed):
    shot = explain(f"{who}{silent}{deed[0]}")
    assert [role.action for role in shot.spec.cast] == [deed[1]]
    assert not any(reading.fate == "left out" for reading in shot.readings)
    assert silent in " ".join(shot.warnings())
