"""Who is only compared, what is taken off, and what is stuck to somebody neither play nor are the place."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

BEASTS = st.sampled_from([("lion", "lion"), ("cheetah", "tiger"), ("swan", "duck"), ("mouse", "mouse")])


@given(
    BEASTS,
    st.sampled_from(
        [
            "A girl as brave as a {} runs",
            "A girl, quick as a {}, runs",
            "A girl braver than any {} runs",
            "A girl with the grace of a {} runs",
            "A girl like a {} runs",
            "A girl runs, quiet as a {}",
            "Like a {}, a girl runs",
            "A girl in a hat shaped like a {} runs",
            "A girl as calm as a sleeping {} runs",
            "A girl similar to a {} runs",
            "A girl resembling a {} runs",
            "A girl runs as well as a {}",
            "A girl runs as if chased by a {}",
        ]
    ),
)
def test_who_is_only_compared_does_not_play(beast, prompt):
    assert cast(prompt.format(beast[0])) == [("woman", "run")]
    assert "compared" in told(prompt.format(beast[0]))


@given(
    st.sampled_from([("狮子", "lion"), ("猎豹", "tiger"), ("猴子", "monkey"), ("小鸟", "duck")]),
    st.sampled_from(
        [
            "女孩跑得比{}还快",
            "女孩像{}一样跑步",
            "像{}一样，女孩在跑步",
            "女孩和{}一样勇敢，在跑步",
            "女孩跟{}似的跑步",
            "{}般敏捷的女孩在跑步",
            "女孩如{}般敏捷地跑步",
            "女孩宛若{}，在跑步",
            "{}一样勇敢的女孩在跑步",
        ]
    ),
)
def test_who_is_only_compared_in_chinese_does_not_play(beast, prompt):
    assert cast(prompt.format(beast[0])) == [("woman", "run")]
    assert beast[0] in told(prompt.format(beast[0]))


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("A cat watches as a dog runs", ["cat", "dog"]),
        ("As soon as the dog barks, the cat runs", ["dog", "cat"]),
        ("more than two dogs run on the beach", ["dog", "dog"]),
        ("她和狗一起跑步", ["woman", "dog"]),
        ("小明和小红一样在跑步", ["person", "woman"]),
        ("a cat as well as a dog run", ["cat", "dog"]),
        ("as if by magic a cat appears", ["cat"]),
        ("A cake shaped like a cat on a table", []),
        ("小猫形状的蛋糕", []),
    ],
)
def test_what_compares_nobody_leaves_everybody_in(prompt, names):
    assert [name for name, _ in cast(prompt)] == names


@pytest.mark.parametrize("noun", ["rose", "tree", "flower", "leaf"])
def test_who_is_compared_with_a_plant_keeps_what_he_does(noun):
    assert cast(f"A woman in a dress as green as a {noun} dances") == [("woman", "dance")]
    assert cast(f"A woman taller than a {noun} dances") == [("woman", "dance")]


def test_as_fast_as_he_can_compares_nothing_behind_it():
    assert explain("She runs as fast as she can in the park").meaning_of("scene") == "meadow"


WORN = st.sampled_from(["his coat", "the wet socks", "coat and hat", "a red helmet", "them", "his glasses"])


@given(st.sampled_from(["takes off", "took off", "is taking off"]), WORN)
def test_who_takes_something_off_does_not_fly(verb, worn):
    assert cast(f"A boy {verb} {worn} in a park") == [("person", "stand")]
    assert verb.split()[-2] in told(f"A boy {verb} {worn} in a park")


@pytest.mark.parametrize("end", ["", " at dawn", " into the sky", " this morning", " from a roof"])
def test_who_takes_off_flies(end):
    assert cast(f"A superhero takes off{end}") == [("superhero", "fly")]


@pytest.mark.parametrize("deed", ["sets off fireworks", "hangs out the laundry", "moves back the table"])
def test_a_verb_of_two_words_with_an_object_is_told(deed):
    assert cast(f"A wizard {deed}") == [("wizard", "stand")]
    assert " ".join(deed.split()[:2]) in told(f"A wizard {deed}")


@pytest.mark.parametrize(("whose", "who"), [("his", "person"), ("her", "woman")])
@pytest.mark.parametrize("deed", ["takes off {} coat", "putting on {} shoes", "takes {} hat off"])
def test_a_possessive_says_who_does_it(deed, whose, who):
    assert cast(deed.format(whose))[0][0] == who


@pytest.mark.parametrize("deed", ["takes her hat off", "puts her scarf on", "takes off her coat"])
def test_who_puts_something_on_or_takes_it_off_stands(deed):
    assert cast(f"She {deed}") == [("woman", "stand")]


SOILED = st.sampled_from(["mud", "sand", "grass", "snow", "soap"])


@given(
    SOILED,
    st.sampled_from(
        [
            "A boy with hands covered in {} sings",
            "A boy with {} on his boots sings",
            "A boy with boots full of {} sings",
            "A boy wipes {} from his face",
            "A boy with {} all over his jeans sings",
            "A boy covered in {} sings",
            "A boy with {} stuck to his legs sings",
            "A boy whose coat is stained with {} sings",
            "A boy has {} in his hair",
            "{} between her toes, a girl sings",
        ]
    ),
)
def test_what_is_stuck_to_somebody_is_no_place(matter, prompt):
    explanation = explain(prompt.format(matter))
    assert explanation.meaning_of("scene") is None
    assert matter in told(prompt.format(matter)) or matter == explanation.meaning_of("weather")


@given(
    st.sampled_from(["泥巴", "沙子", "雪", "草"]),
    st.sampled_from(["男孩手上沾满{}，笑着", "脸上沾着{}的男孩", "靴子里都是{}的小孩", "女孩头发上有{}"]),
)
def test_what_is_stuck_to_somebody_in_chinese_is_no_place(matter, prompt):
    assert explain(prompt.format(matter)).meaning_of("scene") is None


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("A woman dances on the beach in her white dress", "beach"),
        ("A girl sits in the grass in her dress", "meadow"),
        ("A man in mud up to his knees", "meadow"),
        ("toddlers splash in puddles", "meadow"),
        ("a mountain covered in snow", "mountains"),
        ("穿红裙子的女孩在雪地里", "snow"),
    ],
)
def test_where_somebody_is_stays_the_place(prompt, scene):
    assert explain(prompt).meaning_of("scene") == scene


@given(
    st.sampled_from(["A teenager", "A doctor", "The tall surfer", "A student in a hat", "A toddler"]),
    st.sampled_from([("takes off her coat", "woman"), ("puts on his shoes", "person"), ("waves at her", "person")]),
)
def test_a_possessive_says_what_a_noun_leaves_open(who, deed):
    assert [name for name, _ in cast(f"{who} {deed[0]}")] == [deed[1]]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("A man takes off her coat", ["person"]),
        ("Grandpa holds her hand", ["person"]),
        ("A surfer paddles out. She stands up and smiles", ["woman"]),
        ("一位医生走进房间，她微笑", ["woman"]),
        ("A doctor looks at herself", ["woman"]),
        ("A doctor dances because she's happy", ["woman"]),
        ("爷爷走进房间，她微笑", ["person", "woman"]),
        ("A doctor and a nurse take off her coat", ["person", "woman"]),
        ("two students take off her coat", ["person", "person"]),
    ],
)
def test_a_pronoun_changes_nobody_who_is_a_man_or_one_of_several(prompt, names):
    assert [name for name, _ in cast(prompt)] == names


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("A mouse on the desk next to a keyboard", []),
        ("a gamer clicks his mouse", [("person", "stand")]),
        ("wireless mouse and keyboard on a desk", []),
        ("a mouse dances on a laptop", [("mouse", "dance")]),
        ("a mouse in a field", [("mouse", "walk")]),
        ("he plays it cool", [("person", "stand")]),
        ("she plays a trick on her brother", [("woman", "stand"), ("person", "stand")]),
        ("the kids play truant and sleep in the park", [("person", "sleep")] * 2),
        ("kids go trick-or-treating", [("person", "walk")] * 2),
        ("the protagonist, a young robot, walks", [("robot", "walk")]),
        ("主角是一只会弹钢琴的狗", [("dog", "play")]),
        ("主角是一只狗", [("dog", "walk")]),
        ("他是一个爱唱歌的男孩", [("person", "sing")]),
        ("妈妈是来看生病的狗", [("woman", "stand"), ("dog", "stand")]),
        ("ppl dancing", [("person", "dance")] * 2),
        ("a lil girl runs thru the forest", [("woman", "run")]),
    ],
)
def test_words_have_the_sense_that_those_beside_them_give(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("two guys playing chess under a tree", "meadow"),
        ("a cat sleeps under the christmas tree", "living room"),
        ("a girl in a forest sits under a tree", "forest"),
        ("a horse on a country road", "meadow"),
        ("a house by a dirt road", "meadow"),
        ("a boy climbs into bed", "living room"),
        ("a cat climbing the curtains", "living room"),
        ("a man climbs a mountain", "mountains"),
    ],
)
def test_a_place_is_what_all_of_its_words_say(prompt, scene):
    assert explain(prompt).spec.scene == scene


@pytest.mark.parametrize(
    ("prompt", "scene", "expected"),
    [
        ("a robot made of wood walks in the forest", "forest", [("robot", "walk")]),
        ("a robot made of wood walks on the beach", "beach", [("robot", "walk")]),
        ("a woman made of light dances on a stage", "stage", [("woman", "dance")]),
        ("A seal on the letter, a queen reading", "living room", [("woman", "read")]),
    ],
)
def test_what_somebody_is_made_of_is_no_place(prompt, scene, expected):
    assert (explain(prompt).spec.scene, cast(prompt)) == (scene, expected)


@given(
    st.sampled_from(["a dog", "two kids", "a woman", "the cat is", "people are", "an old man is"]),
    st.sampled_from(
        [("drinking water", "drink"), ("playing cards", "play"), ("skipping rope", "jump"), ("reading glasses", "read")]
    ),
)
def test_what_somebody_does_is_no_thing(who, deed):
    drawn = cast(f"{who} {deed[0]}")
    assert drawn
    assert {action for _, action in drawn} == {deed[1]}


@pytest.mark.parametrize(
    "prompt", ["a bottle of drinking water", "a woman in running shoes", "a dog beside playing cards"]
)
def test_a_thing_is_not_done(prompt):
    assert {action for _, action in cast(prompt)} <= {"stand", "walk"}
    assert " ".join(prompt.split()[-2:]) in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "scene", "time"),
    [
        ("A steam train crossing a bridge in the mountains", "mountains", "dawn"),
        ("A man walking across a bridge in the forest", "forest", "day"),
        ("小桥流水，森林里有一只狐狸", "forest", "day"),
        ("A bridge at night, a cat walks", "city street", "night"),
        ("A boy playing basketball on a sunny day", "city street", "day"),
        ("A guy playing guitar around a campfire at night", "forest", "night"),
        ("A dog running on the beach on a sunny day", "beach", "day"),
        ("A dog on a beach, clear day", "beach", "day"),
        ("晴天，一个女孩在街上散步", "city street", "day"),
        ("晴朗的夜晚，一只猫在街上走", "city street", "night"),
        ("一对情侣在街上看夜景", "city street", "night"),
    ],
)
def test_place_and_time_are_those_of_the_words_that_say_most(prompt, scene, time):
    spec = explain(prompt).spec
    assert (spec.scene, spec.time) == (scene, time)


@pytest.mark.parametrize("prompt", ["A drone flies over the city", "a drone flying over a snowy forest at sunset"])
def test_a_drone_is_nobody(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize("word", ["watter", "beatiful", "purpel", "litle", "glas", "horze"])
def test_common_words_are_corrected(word):
    assert explain(f"a dog and {word}").corrected[0][0] == word
    assert [name for name, _ in cast(f"a dog and {word}")] == ["dog"]
