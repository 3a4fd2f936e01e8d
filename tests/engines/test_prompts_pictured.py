"""What is only on a picture, a map or a mug is told and neither drawn nor the place of the film."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

SHOWN = st.sampled_from(["a lion", "two pandas", "the sea", "a desert", "a wizard"])
PICTURES = st.sampled_from(
    ["a picture of", "a postcard of", "a map of", "an album of", "a calendar of", "a photo of", "a painting of"]
)
HANDING = st.sampled_from(
    [
        "@mia gets {} as a gift",
        "@mia gets {} from her grandma",
        "@mia receives {} for her birthday",
        "@mia holds {}",
        "@mia carries {} through the office",
        "@mia takes {} off the wall",
        "@mia shows him {}",
    ]
)


def pictured(prompt):
    shot = explain(prompt, known=["mia"])
    return shot, {reading.word for reading in shot.readings if reading.kind == "pictured"}


@given(HANDING, PICTURES, SHOWN)
def test_what_is_on_a_picture_that_somebody_has_is_not_there(handing, picture, shown):
    shot, told = pictured(handing.format(f"{picture} {shown}"))
    assert shown.split()[-1] in told
    assert not {"lion", "panda", "wizard"} & {role.name for role in shot.spec.cast}
    assert "scene" in dict(shot.chosen) or shot.spec.scene not in {"beach", "desert"}


@given(
    st.sampled_from(["mug", "shirt", "card", "flag", "t-shirt", "calendar"]), st.sampled_from(["cat", "lion", "fox"])
)
def test_what_is_on_a_printed_thing_is_not_there(thing, animal):
    shot, told = pictured(f"@mia with a {thing} with a {animal} on it")
    assert animal in told
    assert [role.name for role in shot.spec.cast] == ["mia"]


@pytest.mark.parametrize(
    "prompt",
    [
        "女孩拿着一张大海的明信片",
        "她收到一幅狮子的画作为礼物",
        "男孩看着一张马的照片",
        "墙上挂着雪山的画",
        "男孩收到一张熊猫的贺卡",
        "海盗看着一张沙漠的地图",
        "老人翻看一本狗的相册",
        "女孩收到一张老虎的贴纸",
    ],
)
def test_what_is_on_a_chinese_picture_is_not_there(prompt):
    shot, told = pictured(prompt)
    assert told & {"大海", "狮子", "马", "雪山", "熊猫", "沙漠", "狗", "老虎"}
    assert not {"lion", "panda", "dog", "tiger"} & {role.name for role in shot.spec.cast}
    assert shot.spec.scene not in {"beach", "mountains", "desert"}


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a picture of a lion", "lion"),
        ("get a picture of a lion", "lion"),
        ("she takes a picture of a lion in the savanna", "lion"),
        ("a man takes a photo of a dog down by the river", "dog"),
        ("a man takes a photo of a cat on the wall", "cat"),
        ("a table with a cat on it", "cat"),
        ("a woman with a dog on her lap", "dog"),
    ],
)
def test_who_is_before_the_camera_or_on_the_furniture_is_there(prompt, name):
    assert name in [role.name for role in explain(prompt).spec.cast]


KINDS_OF_PHOTO = st.sampled_from(
    [
        "close-up",
        "portrait",
        "wedding",
        "studio",
        "candid",
        "night",
        "outdoor",
        "wide-angle",
        "fashion",
        "street style",
        "family",
    ]
)


@given(
    KINDS_OF_PHOTO, st.sampled_from(["photo", "picture", "portrait", "photograph"]), st.sampled_from(["", "An ", "a "])
)
def test_a_picture_of_any_kind_that_the_prompt_begins_with_is_the_film(kind, picture, article):
    assert cast(f"{article}{kind} {picture} of two dogs playing") == [("dog", "play")] * 2


@pytest.mark.parametrize(
    "prompt",
    [
        "a photo of a dog hangs on the wall",
        "a woman with a wedding photo of a dog",
        "she looks at a studio photo of a dog",
        "on the wall a family portrait of a dog",
        "女孩拿着狗的照片",
        "墙上有狗的照片",
        "狗的照片挂在墙上",
    ],
)
def test_a_picture_that_is_a_thing_in_the_film_shows_nobody(prompt):
    assert "dog" not in {name for name, _ in cast(prompt)}


@pytest.mark.parametrize("prompt", ["一张狗的照片", "一幅狗的油画", "一个关于狗的故事", "给我画一张狗的画"])
def test_a_chinese_picture_that_the_prompt_asks_for_is_the_film(prompt):
    assert [name for name, _ in cast(prompt)] == ["dog"]


@given(st.sampled_from(["a cat", "a dog", "a robot", "a rabbit", "a bear"]), st.sampled_from(["as", "like"]))
def test_who_wears_the_costume_of_an_animal_is_still_somebody(animal, as_):
    assert cast(f"a girl dressed {as_} {animal} dances") == [("woman", "dance")]
    assert animal.split()[1] in told(f"a girl dressed {as_} {animal} dances")
