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
