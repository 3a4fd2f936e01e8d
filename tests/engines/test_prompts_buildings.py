"""A building that is seen from outside is no room, and one that somebody is in is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "prompt",
    [
        "a man runs out of a burning house",
        "a woman stands in front of a house on fire",
        "a dog escapes from a burning building",
        "firefighters in front of a blazing house",
        "the house is on fire, people run",
        "a burning house at night",
        "a mansion in flames at night",
        "a fire truck before a blazing villa",
        "男人从着火的房子里跑出来",
        "女人站在着火的房子前",
        "消防员冲出燃烧的大楼",
        "起火的大楼前有两个消防员",
    ],
)
def test_a_house_that_burns_stands_at_a_street(prompt):
    explanation = explain(prompt)
    assert explanation.spec.scene == "city street"
    assert "scene" not in dict(explanation.chosen)


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [("a burning barn", "meadow"), ("flames rise from a burning cottage", "meadow"), ("a burning castle", "mountains")],
)
def test_other_buildings_that_burn_stay_where_they_are(prompt, scene):
    assert explain(prompt).spec.scene == scene


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("@mia runs out of a burning house", "city street"),
        ("@mia runs out of the cafe", "city street"),
        ("@mia runs out of the kitchen", "kitchen"),
        ("@mia runs out of school", "city street"),
        ("@mia escapes from a burning building", "city street"),
        ("@mia 从房子里跑出来", "meadow"),
    ],
)
def test_who_comes_out_of_a_building_runs_where_it_is_seen_from_outside(prompt, scene):
    spec = explain(prompt, known=["mia"]).spec
    assert (spec.scene, spec.cast[0].action) == (scene, "run")


@pytest.mark.parametrize("prompt", ["@mia runs out of milk", "@mia runs out of breath"])
def test_who_has_no_more_of_a_thing_does_not_run(prompt):
    assert explain(prompt, known=["mia"]).spec.cast[0].action == "stand"


@pytest.mark.parametrize("prompt", ["a man building a boat", "kids are building a sandcastle"])
def test_building_something_is_no_building(prompt):
    explanation = explain(prompt)
    assert explanation.spec.cast[0].action == "work"
    assert ("building", "scene", "city street") not in [
        (each.word, each.kind, each.meaning) for each in explanation.understood
    ]


def test_what_a_building_does_is_done_by_nobody():
    explanation = explain("a building collapses")
    assert explanation.spec.cast == ()
    assert "building" in " ".join(explanation.warnings())


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("A mechanic lies under an old truck in a garage", "office"),
        ("A man repairs a car in the garage", "office"),
        ("In a cluttered garage, a boy polishes his motorcycle", "office"),
        ("a bus inside the garage, a driver waits", "office"),
        ("a mechanic waits in front of the garage", "city street"),
        ("a car in a parking garage", "city street"),
        ("a truck in a hangar", "office"),
        ("父亲和儿子在车库修自行车", "office"),
        ("一辆车停在车库里", "office"),
        ("车库前一个男孩在洗车", "city street"),
    ],
)
def test_a_garage_that_somebody_is_in_says_more_than_a_car(prompt, scene):
    assert explain(prompt).spec.scene == scene


DETERMINERS = st.sampled_from(["A", "A vast", "The", "A strange old", "Inside a", "Across the", "In a huge"])
NAMED_FOR = st.sampled_from(["robot", "alien", "princess", "monkey", "wizard", "knight", "panda", "penguin"])
NAMED_SO = st.sampled_from(["desert", "city", "forest", "temple", "kitchen", "museum", "island", "bedroom", "castle"])
BEHIND = st.sampled_from([" with two moons", " at night", "", " in the snow", " glowing in the dark"])
PLAYING = st.sampled_from([("a girl dances", "woman"), ("two dogs run", "dog"), ("a chef sleeps", "chef")])


@given(DETERMINERS, NAMED_FOR, NAMED_SO, BEHIND, PLAYING)
def test_whom_a_place_is_named_for_is_told_and_not_drawn(determiner, name, place, behind, playing):
    shot = explain(f"{determiner} {name} {place}{behind}. {playing[0].capitalize()}.")
    assert {role.name for role in shot.spec.cast} == {playing[1]}
    assert name in " ".join(shot.not_shown)


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("robot factory floor", []),
        ("cat beach sunset", ["cat"]),
        ("woman street night rain", ["woman"]),
        ("a girl street dancing in the rain", ["woman"]),
        ("a woman beach photo", ["woman"]),
        ("a man office, typing", ["person"]),
        ("a boy home alone", ["person"]),
        ("the robot parks the car", ["robot"]),
        ("an alien in the desert", ["alien"]),
    ],
)
def test_whoever_is_only_beside_a_place_plays(prompt, names):
    assert [role.name for role in explain(prompt).spec.cast] == names


@given(
    st.sampled_from(["寺庙", "学校", "医院", "餐厅", "图书馆", "酒店", "咖啡馆", "体育馆", "教堂"]),
    st.sampled_from(["", "的", "里的"]),
    st.sampled_from(["院子", "庭院", "花园", "操场", "后院"]),
    st.sampled_from(["里", "上", ""]),
)
def test_open_ground_behind_a_building_is_outdoors_and_the_building_is_told(building, of, ground, within):
    shot = explain(f"一个孩子在{building}{of}{ground}{within}跑步")
    assert shot.spec.scene == "meadow"
    assert building in " ".join(shot.warnings())


@given(st.sampled_from(["医院", "学校", "公司", "餐厅", "故宫"]))
def test_a_square_behind_a_building_is_a_street(building):
    assert explain(f"一个女人在{building}广场上走").spec.scene == "city street"


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("一个医生在医院里走", "office"),
        ("孩子在学校里跑，操场上有一只狗", "office"),
        ("一个和尚在寺庙里扫地", "living room"),
        ("女孩在海边花园餐厅里吃饭", "beach"),
    ],
)
def test_a_building_without_such_ground_stays_what_it_is(prompt, scene):
    assert explain(prompt).spec.scene == scene
