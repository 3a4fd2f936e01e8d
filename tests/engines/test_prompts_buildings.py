"""A building that is seen from outside is no room, and one that somebody is in is."""

import pytest

from sora_nb.engines.prompt.parser import explain

ROOM = {"living room"}


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a house on a hill", "mountains"),
        ("@mia in front of an old stone farmhouse", "meadow"),
        ("a castle", "mountains"),
        ("a castle by the sea", "beach"),
        ("the front of a church", "meadow"),
        ("@mia walks out of the church", "meadow"),
        ("@mia dances outside a cafe", "city street"),
        ("@mia behind the library", "city street"),
        ("haunted house at night", "meadow"),
        ("@mia 站在屋前", "meadow"),
        ("@mia 在房子外面跳舞", "meadow"),
        ("城堡", "mountains"),
        ("小木屋旁边有一只熊", "forest"),
        ("@mia 在咖啡馆门外", "city street"),
    ],
)
def test_what_is_around_a_building_is_drawn_and_the_building_is_told(prompt, scene):
    explanation = explain(prompt, known=["mia"])
    assert explanation.spec.scene == scene
    assert any(sentence.startswith("Not drawn by the local engine:") for sentence in explanation.warnings())


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat sleeps in a house",
        "a cat sleeps in an old stone house on a hill",
        "a family eats dinner inside an old cottage",
        "@mia cleans the house",
        "a boy runs through the house",
        "scene: house; subject: @mia",
        "@mia in the castle",
        "房子里有一只猫",
        "@mia 走进教堂",
        "在老房子里跳舞",
    ],
)
def test_who_is_in_a_building_is_in_a_room(prompt):
    assert explain(prompt, known=["mia"]).spec.scene in ROOM


def test_a_house_that_only_describes_is_no_house():
    assert explain("a house cat sleeps").spec.cast[0].name == "cat"
    assert explain("@mia in a coffee house").spec.scene == "coffee shop"
    assert explain("@mia in a cafe").spec.scene == "coffee shop"


@pytest.mark.parametrize(
    "verb",
    [
        "juggles",
        "cooks",
        "hugs",
        "climbs",
        "paints",
        "knits",
        "kisses",
        "fights",
        "sneezes",
        "yawns",
        "bows",
        "prays",
        "rows",
        "rides",
        "skates",
        "dives",
        "digs",
        "throws",
        "catches",
        "kicks",
        "lifts",
        "pushes",
        "pulls",
        "carries",
        "hides",
        "cries",
        "laughs",
        "claps",
        "points",
        "types",
    ],
)
def test_a_deed_that_is_not_drawn_as_itself_is_told(verb):
    told = " ".join(explain(f"@mia {verb} at the beach", known=["mia"]).warnings())
    assert verb in told


@pytest.mark.parametrize(
    "verb",
    [
        "做饭",
        "拥抱",
        "爬树",
        "画画",
        "打架",
        "祈祷",
        "划船",
        "骑马",
        "踢球",
        "鼓掌",
        "大笑",
        "潜水",
        "打太极拳",
        "推车",
    ],
)
def test_a_chinese_deed_that_is_not_drawn_as_itself_is_told(verb):
    told = "".join(explain(f"@mia 在公园里{verb}", known=["mia"]).warnings())
    assert all(letter in told for letter in verb)


def test_who_is_in_a_clause_of_his_own_does_not_lend_his_verb():
    roles = explain("@mia at the tower, sunny, birds flying", known=["mia"]).spec.cast
    assert [role.action for role in roles] == ["stand", "fly", "fly"]
    assert {role.action for role in explain("a cat, a dog running").spec.cast} == {"run"}


def test_tags_are_counted_and_nobody_walks_before_his_own_eyes():
    assert [role.name for role in explain("2girls, walking").spec.cast] == ["woman"] * 2
    assert explain("POV, walking through a forest").spec.cast == ()
