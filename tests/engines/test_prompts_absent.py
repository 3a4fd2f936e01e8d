"""Whoever a prompt says is not there is not in the film, and is told to be left out, somebody who is mentioned, too."""

import pytest
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
    cast = explain(f"@tom waves, @ella {negator}", known=["tom", "ella"]).spec.cast
    assert [(role.name, role.action) for role in cast] == [("tom", "wave"), ("ella", "stand")]


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
