"""The lists of words, and whom, what and where a prompt's words make the engine draw."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import homes, lexicon, spelling, things, vocabulary, words
from sora_nb.engines.prompt.parser import explain

TABLES = {
    "character": vocabulary.CHARACTERS,
    "scene": vocabulary.SCENES,
    "scene hint": vocabulary.SCENES,
    "action": vocabulary.ACTIONS,
}
LINES = list(words.entries())


@pytest.mark.parametrize(("kind", "meaning", "listed"), LINES, ids=lambda value: value[:24])
def test_every_line_of_the_lists_is_of_a_known_kind_with_a_meaning_that_is_drawn(kind, meaning, listed):
    if meaning:
        assert meaning in TABLES[kind]
    else:
        assert kind in things.TABLES or kind in {"manner", "colour", "light"}
    assert listed.strip()


def test_every_listed_noun_for_somebody_is_drawn_and_told_as_the_nearest():
    for kind, meaning, listed in LINES:
        if kind != "character":
            continue
        for noun in (each.strip() for each in listed.split(",")):
            if "character" not in lexicon.kinds(lexicon.INDEX[noun.replace("-", " ")]) or "'" in noun:
                continue
            explanation = explain(f"a {noun} dances on the beach")
            names = {role.name for role in explanation.spec.cast} | {role.costume for role in explanation.spec.cast}
            assert names & set(vocabulary.CHARACTERS), (meaning, noun)
            assert "character" not in dict(explanation.chosen), noun


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("@bob and a robot dance", [("bob", "dance"), ("robot", "dance")]),
        ("@bob with two cats", [("bob", "stand"), ("cat", "stand"), ("cat", "stand")]),
        ("@bob dances while a cat sleeps", [("bob", "dance"), ("cat", "sleep")]),
        ("@luna the cat sleeps", [("luna", "sleep")]),
        ("@luna is a dog", [("luna", "stand")]),
        ("@luna, a brave robot, dances", [("luna", "dance")]),
        ("@luna dances as a robot", [("luna", "dance")]),
        ("a cat named @luna dances", [("luna", "dance")]),
        ("@luna runs. The dog jumps.", [("luna", "run")]),
    ],
)
def test_beside_a_mention_others_are_drawn_and_who_describes_it_is_not(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("before going to sleep a boy reads", [("person", "read")]),
        ("a cat that sleeps on a sofa jumps up", [("cat", "jump")]),
        ("running through a forest, a fox jumps", [("fox", "jump")]),
        ("a dancing bear", [("bear", "dance")]),
        ("a dog zorbles a ball", [("dog", "stand")]),
        ("a woman talks to a man", [("woman", "talk"), ("person", "stand")]),
        ("a woman dances towards a dog", [("woman", "dance"), ("dog", "stand")]),
        ("a cop chases a thief", [("person", "run"), ("person", "run")]),
    ],
)
def test_the_main_verb_is_drawn_and_who_stands_by_stands(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    ["a storm rolls over a field", "a zorble sings", "drone shot of a beach", "a hot dog", "the golden gate bridge"],
)
def test_nobody_is_invented_where_a_prompt_is_about_something_else(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize(("name", "places"), homes.HOMES.items(), ids=str)
def test_where_no_place_is_said_one_is_chosen_that_fits(name, places):
    for seed in range(4):
        explanation = explain(f"a {name}", seed)
        assert explanation.spec.scene in places
        assert explanation.meaning_of("scene") or dict(explanation.chosen)["scene"] in places


def test_the_seed_varies_the_place_among_fitting_ones():
    assert {explain("a dog", seed).spec.scene for seed in range(12)} == {"meadow", "living room"}


@pytest.mark.parametrize(
    ("prompt", "way"), [("a dog runs to the left", "left"), ("@a walks from left to right", "right")]
)
def test_where_somebody_goes_is_understood(prompt, way):
    explanation = explain(prompt)
    assert explanation.meaning_of("direction") == way
    assert explanation.warnings() == () or "left" not in " ".join(explanation.warnings())


@pytest.mark.parametrize(
    ("word", "meant"), [("dg", "dog"), ("catt", "cat"), ("nihgt", "night"), ("prk", "park"), ("them", ""), ("ct", "")]
)
def test_a_letter_too_many_too_few_or_swapped_is_corrected(word, meant):
    assert spelling.correct(word) == meant


@pytest.mark.parametrize(
    "word", ["creaks", "rivets", "gloats", "swerving", "arching", "jumpy", "loins", "dragoons", "stews"]
)
def test_a_word_that_is_spelt_right_is_not_corrected_to_another_one(word):
    assert spelling.correct(word) == ""


def test_a_misspelt_word_is_completed_by_the_one_before():
    assert explain("a livng rom with a cat").spec.scene == "living room"
    assert spelling.complete("coffee", "shp") == "shop"
    assert spelling.complete("coffee", "table") == ""


def test_a_toy_is_somebody_only_where_it_does_something():
    assert cast("a teddy bear waves") == [("bear", "wave")]
    assert cast("a girl hugs her teddy bear") == [("woman", "stand")]
    assert cast("a toy robot on a shelf") == []


@pytest.mark.parametrize("name", ["Muffin", "Biscuit", "Bear", "Pumpkin", "Shadow"])
@pytest.mark.parametrize("animal", ["cat", "dog", "rabbit"])
def test_a_pet_may_be_named_after_anything(animal, name):
    assert cast(f"our {animal} {name} sleeps on the sofa") == [(animal, "sleep")]


@pytest.mark.parametrize("animal", ["dog", "cat", "robot"])
def test_whose_somebody_is_does_not_act(animal):
    assert cast(f"@ann's {animal} runs while @ann waves") == [(animal, "run"), ("ann", "wave")]
    assert "@ann" in " ".join(explain(f"@ann's {animal} runs").warnings())


@pytest.mark.parametrize("where", ["in hard hats", "in a box", "under a big tree", "in the kitchen", "in a band"])
@pytest.mark.parametrize(("verb", "action"), [("dance", "dance"), ("sing", "sing"), ("read a book", "read")])
def test_several_do_what_a_verb_behind_another_noun_says(where, verb, action):
    assert cast(f"three pigs {where} {verb}") == [("pig", action)] * 3


def test_one_of_several_is_told_apart():
    assert cast("four cats dance, one of them sleeps") == [("cat", "dance")] * 3 + [("cat", "sleep")]
    assert cast("two cats dance, another sleeps") == [("cat", "dance")] * 2 + [("cat", "sleep")]
    assert cast("四只猫跳舞，其中一只在睡觉") == [("cat", "dance")] * 3 + [("cat", "sleep")]
    assert cast("两只猫跳舞，第三只在睡觉") == [("cat", "dance")] * 2 + [("cat", "sleep")]


@pytest.mark.parametrize(
    "prompt",
    [
        "three cats - two sleep, one plays",
        "three cats: two of them sleep and one plays",
        "there are three cats, two are sleeping, one is playing",
        "三只猫，两只在睡觉，一只在玩",
    ],
)
def test_some_of_several_are_told_apart(prompt):
    assert cast(prompt) == [("cat", "play"), ("cat", "sleep"), ("cat", "sleep")]


def test_all_of_several_are_told_apart():
    assert cast("four girls: 2 dance, 2 sing") == [("woman", "sing")] * 2 + [("woman", "dance")] * 2
    assert "umbers" not in " ".join(explain("four girls: 2 dance, 2 sing").warnings())


@pytest.mark.parametrize("thing", ["two play balls", "two drinks", "two dance shoes", "two swim rings"])
def test_a_number_before_a_thing_is_of_nobody(thing):
    assert cast(f"three cats, {thing}") == [("cat", "stand")] * 3


@pytest.mark.parametrize("hour", range(24))
def test_the_clock_says_what_time_of_day_it_is(hour):
    half = f"{hour % 12 or 12}{' ' * (hour % 2)}{'am' if hour < 12 else 'p.m.'}"
    times = {explain(f"a cat walks {written}").meaning_of("time") for written in (f"at {half}", f"at {hour}:30")}
    assert times == {"night" if hour < 5 or hour >= 20 else "dawn" if hour < 9 else "day" if hour < 17 else "sunset"}
    assert explain("a cat walks, 16:9").meaning_of("time") is None


@pytest.mark.parametrize("view", ["beach at sunset", "a busy street", "sunset over the ocean", "foggy mountains"])
def test_a_view_is_shown_without_anybody(view):
    assert cast(view) == []
    assert len(cast(f"walking, {view}")) == 1


def test_another_role_is_another_person():
    assert [name for name, _ in cast("A policeman runs. The thief waves.")] == ["person", "person"]
    assert [name for name, _ in cast("An old man sits. The boy waves.")] == ["person", "person"]
    assert [name for name, _ in cast("A sailor sits. The old man waves.")] == ["person"]


def test_who_is_in_a_clause_of_his_own_does_not_lend_his_verb():
    roles = explain("@mia at the tower, sunny, birds flying", known=["mia"]).spec.cast
    assert [role.action for role in roles] == ["stand", "fly", "fly"]
    assert {role.action for role in explain("a cat, a dog running").spec.cast} == {"run"}


def test_tags_are_counted_and_nobody_walks_before_his_own_eyes():
    assert [role.name for role in explain("2girls, walking").spec.cast] == ["woman"] * 2
    assert explain("POV, walking through a forest").spec.cast == ()


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("street vendor selling noodles", "city street"),
        ("a yellow school bus in the mud, the driver waves from the window", "city street"),
        ("toddlers splash in puddles", "meadow"),
        ("a surfer drinks coffee", "coffee shop"),
        ("a fox dives headfirst into the snow", "snow"),
        ("she is over the moon: a girl jumps in her kitchen", "kitchen"),
        ("a girl hits a home run", "meadow"),
        ("a street reporter stands in a muddy field", "meadow"),
        ("a kitchen chef walks in the forest", "forest"),
        ("the beach lifeguard drinks coffee in a cafe", "coffee shop"),
        ("a street reporter waves", "city street"),
        ("in the park people dance", "meadow"),
        ("the forest animals gather", "forest"),
        ("a man flips burgers", "kitchen"),
        ("a man flips burgers on the beach", "beach"),
    ],
)
def test_the_best_hint_says_where_a_film_plays(prompt, scene):
    explanation = explain(prompt)
    assert explanation.spec.scene == scene
    assert explanation.meaning_of("time") is None


@pytest.mark.parametrize("kin", ["mother", "papa", "baby", "male"])
@pytest.mark.parametrize(
    ("animal", "drawn"), [("elephant", []), ("giraffe", []), ("fox", ["fox"]), ("tiger", ["tiger"])]
)
def test_a_word_for_kin_before_an_animal_is_nobody_else(kin, animal, drawn):
    assert [role.name for role in explain(f"a {kin} {animal} crosses a river").spec.cast] == drawn


@given(st.sampled_from(["commuter", "customer", "pedestrian", "passenger", "neighbor", "villager", "spectator"]))
def test_one_of_a_crowd_is_somebody(noun):
    assert [role.name for role in explain(f"a {noun} waits").spec.cast] == ["person"]


@pytest.mark.parametrize("noun", ["twins", "two twins", "the twins", "a pair of twins"])
def test_twins_are_two(noun):
    assert [role.action for role in explain(f"{noun} dance").spec.cast] == ["dance", "dance"]


def test_one_and_one_of_two_are_two():
    assert [role.action for role in explain("two kids, one sleeping, one dancing").spec.cast] == ["dance", "sleep"]


@pytest.mark.parametrize("whose", ["his", "her", "their", "my"])
@pytest.mark.parametrize("noun", ["coach", "doctor", "boss"])
def test_a_possessive_brings_in_somebody_else(whose, noun):
    assert [role.action for role in explain(f"a man runs while {whose} {noun} sleeps").spec.cast] == ["run", "sleep"]
    assert len(explain("a man and his dog run, his dog sleeps").spec.cast) == 2


@given(st.sampled_from(["rock band", "choir", "football team", "dance crew", "orchestra", "ballet class"]))
def test_those_who_do_something_together_are_several_and_told(group):
    explanation = explain(f"a {group} dances")
    assert [role.action for role in explanation.spec.cast] == ["dance"] * 3
    assert f"Drawn 3 times for '{group}'" in " ".join(explanation.warnings())
    assert [role.name for role in explain(f"two girls in a {group} dance").spec.cast] == ["woman", "woman"]


@pytest.mark.parametrize(
    ("sun", "time"),
    [
        ("the sun is going down", "sunset"),
        ("the sun is slowly setting", "sunset"),
        ("the sun was setting behind the hills", "sunset"),
        ("as the sun begins to set", "sunset"),
        ("while the sun slowly sinks into the sea", "sunset"),
        ("the sun has set", "sunset"),
        ("the sun is coming up", "dawn"),
        ("the sun slowly rises", "dawn"),
        ("the sun is just starting to rise", "dawn"),
        ("太阳正在下山", "sunset"),
        ("夕阳正在落下", "sunset"),
        ("太阳快落山了", "sunset"),
        ("太阳慢慢升起", "dawn"),
        ("太阳正在升起", "dawn"),
    ],
)
def test_what_the_sun_does_says_what_time_of_day_it_is(sun, time):
    explanation = explain(f"a dog runs, {sun}")
    assert explanation.spec.time == time
    assert cast(f"a dog runs, {sun}") == [("dog", "run")]


@pytest.mark.parametrize("prompt", ["the sun shines, a girl sets the table", "the sun is high, a plane is coming down"])
def test_what_others_do_below_the_sun_says_nothing_of_the_time(prompt):
    assert explain(prompt).spec.time == "day"


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("A dentist and a patient, the nurse holding the lamp", "office"),
        ("A nurse reads a book under a lamp", "office"),
        ("A waiter brings soup", "coffee shop"),
        ("A waitress serves pasta to a man", "coffee shop"),
        ("A cook looks out of the window", "kitchen"),
    ],
)
def test_a_prop_says_less_of_the_place_than_a_job(prompt, scene):
    assert explain(prompt).spec.scene == scene


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("A calf holds its mother's tail", []),
        ("A foal stands beside its mother's legs", []),
        ("A baby elephant and its mother walk", []),
        ("A kitten plays with its mother's tail", ["cat", "cat"]),
        ("A lion cub follows its mom", ["lion", "lion"]),
        ("A girl holds her mother's hand", ["woman", "woman"]),
        ("A cat and my mother sleep on the sofa", ["cat", "woman"]),
        ("熊猫宝宝从滑梯上摔下来,妈妈跑过来抱住它", ["panda", "panda"]),
        ("熊猫的妈妈在睡觉", ["panda", "panda"]),
        ("小猫和它的妈妈在睡觉", ["cat", "cat"]),
        ("小狗跟着妈妈在草地上跑", ["dog", "dog"]),
        ("女孩抱着小狗,妈妈在看书", ["woman", "dog", "woman"]),
        ("妈妈抱着小猫", ["woman", "cat"]),
    ],
)
def test_kin_of_an_animal_are_animals(prompt, names):
    assert [role.name for role in explain(prompt).spec.cast] == names


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A family of three: the father reads, the mother sleeps, the daughter jumps", "read sleep jump"),
        (
            "A family of four is having dinner: the father eats, the mother sings, the brother runs, the sister dances",
            "eat sing run dance",
        ),
        ("Three friends: a cat, a dog and a rabbit dance", "dance dance dance"),
        ("Three friends: a cat, a dog and a fox walk, and a bear dances", "walk walk walk dance"),
        ("A family of three: the father eats, the mother reads, their girl plays with a dog", "eat read play play"),
        ("Two people: a man and a woman walk on the beach", "walk walk"),
        ("A couple: an old man and a young woman dance", "dance dance"),
        ("A band of animals: a bear, a fox and a pig play on stage", "play play play"),
        ("Four people (a mother, a father, a boy and a girl) eat", "eat eat eat eat"),
        ("A family of four eats", "eat eat eat eat"),
        ("Three kids in a park: sunny day, a dog and a cat run", "run run run run"),
        ("Two girls read on the beach: a dog and a cat sleep", "read read sleep sleep"),
        ("A man and a woman wave, everybody runs to the sea", "wave wave"),
        ("dad and I wash the car", "work work"),
        ("My brother and I swim in the sea", "swim swim"),
        ("me and my dog run on the beach", "run run"),
        ("我和我的狗在跑步", "run run"),
        ("爸爸和我在跳舞", "dance dance"),
        ("Three men dance, the fourth man sleeps", "dance dance dance sleep"),
        ("三个人在跳舞,第四个人在睡觉", "dance dance dance sleep"),
        ("宿舍里三个人在看书,第四个人在打呼噜", "read read read sleep"),
    ],
)
def test_members_and_those_who_come_besides_are_counted_once(prompt, expected):
    assert [action for _, action in cast(prompt)] == expected.split()


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("Mia waves at a plane while Tom sleeps", [("woman", "wave"), ("dog", "sleep")]),
        ("Tom sleeps, Mia reads", [("woman", "read"), ("dog", "sleep")]),
        ("Mia and Tom dance", [("woman", "dance"), ("dog", "dance")]),
    ],
)
def test_who_has_a_name_acts_by_it(action, expected):
    listed = '[{"name":"Mia","age":8,"description":"girl with a backpack"},{"name":"Tom","description":"a dog"}]'
    assert cast(f'{{"characters":{listed},"action":"{action}"}}') == expected


@pytest.mark.parametrize(
    ("short", "written"),
    [
        ("a girl w/ headphones dancing", "a girl with headphones dancing"),
        ("a boy w/hat", "a boy with hat"),
        ("a cat w/2 kittens", "a cat with 2 kittens"),
        ("a robot W/ a red umbrella walks", "a robot With a red umbrella walks"),
        ("a dog w/o a leash runs", "a dog without a leash runs"),
        ("a street w/out people", "a street without people"),
        ("a girl w/ @rex", "a girl with @rex"),
    ],
)
def test_a_short_with_is_with(short, written):
    found, whole = explain(short), explain(written)
    assert found.spec.cast == whole.spec.cast
    assert (found.left_out, found.not_shown, found.unknown) == (whole.left_out, whole.not_shown, whole.unknown)


@pytest.mark.parametrize("prompt", ["a b/w film of a cat", "a cat w", "a tv/w/stand"])
def test_no_other_slash_is_with(prompt):
    assert "w" in explain(prompt).unknown


@given(
    st.sampled_from(["boss fight", "final boss battle", "final boss fight", "sword fight"]),
    st.sampled_from([("knight", "knight"), ("wizard", "wizard"), ("robot", "robot")]),
    st.sampled_from([("giant frog", "frog"), ("bear", "bear"), ("penguin", "penguin")]),
    st.sampled_from(["", ", health bars", ", a mana bar, pixel art"]),
)
def test_those_of_a_fight_in_a_game_are_named_behind_it(fight, first, second, rest):
    shot = explain(f"{fight}: {first[0]} vs {second[0]}{rest}").spec
    assert [(role.name, role.action) for role in shot.cast] == [(first[1], "play"), (second[1], "play")]
    assert shot.scene != "coffee shop"


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("level 3 boss: a giant penguin", ["penguin"]),
        ("the final boss: a bear", ["bear"]),
        ("villain: a cat in a cape", ["cat"]),
        ("主角：一只猫", ["cat"]),
        ("the boss fights a robot", ["person", "robot"]),
        ("chapter 2 robots", ["robot", "robot"]),
    ],
)
def test_who_is_the_boss_is_said_behind_it(prompt, who):
    assert [role.name for role in explain(prompt).spec.cast] == who


@pytest.mark.parametrize(
    ("thing", "scene"),
    [
        ("a health bar", False), ("gold bars", False), ("a bar chart", False), ("an energy bar", False),
        ("a bar", True), ("a wine bar", True),
    ],
)  # fmt: skip
def test_not_every_bar_serves_drinks(thing, scene):
    assert (explain(f"a robot and {thing}").spec.scene == "coffee shop") == scene
