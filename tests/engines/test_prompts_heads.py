"""Whose verb it is where a subject goes on before it, or where several were named before: a girl holding a cat dances."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt.parser import explain

ANIMALS = st.sampled_from(["cat", "dog", "rabbit", "robot", "bear"])
GOES_ON = st.sampled_from(
    [
        "holding a {}", "sitting next to a {}", "next to a {}", "in front of a {}", "behind the {}", "who loves {}s",
        "who has a {}", "who is holding a {}", "watched by a {}", "who is watched by a {}", "feeding a {}",
        "who hugs a {}", "hugged by her {}",
    ]
)  # fmt: skip
DEEDS = st.sampled_from([("dances", "dance"), ("jumps", "jump"), ("is dancing", "dance"), ("sings", "sing")])


@given(ANIMALS, GOES_ON, DEEDS)
def test_the_verb_is_of_the_one_whom_the_clause_is_about(animal, goes_on, deed):
    done, action = deed
    found = dict(cast(f"A girl {goes_on.format(animal)} {done}"))
    assert found["woman"] in {action, "sit", "work"}  # who sits or feeds was drawn so first
    assert found[animal] != action


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("two girls holding cats dance", [("woman", "dance")] * 2 + [("cat", "stand")] * 2),
        ("a girl with a dog and a cat sings", [("woman", "sing"), ("dog", "stand"), ("cat", "stand")]),
        ("a girl in a dress and a boy in jeans dance", [("woman", "dance"), ("person", "dance")]),
        ("a woman with a dog walks", [("woman", "walk"), ("dog", "walk")]),
        ("a man with his son sings", [("person", "sing"), ("person", "sing")]),
        ("a girl dancing with a robot laughs", [("woman", "dance"), ("robot", "dance")]),
        ("the man being followed by a dog sits", [("person", "walk"), ("dog", "walk")]),
        ("a cat sleeps and a girl with a dog reads", [("cat", "sleep"), ("woman", "read"), ("dog", "stand")]),
        ("a woman whose cat is sleeping reads a book", [("woman", "read"), ("cat", "sleep")]),
        ("in front of a cat a man dances", [("cat", "stand"), ("person", "dance")]),
        ("next to the dog sits a cat", [("dog", "stand"), ("cat", "sit")]),
        ("a girl, watched by her mother, dances", [("woman", "dance"), ("woman", "look")]),
    ],
)
def test_others_in_the_clause_do_what_is_said_of_them(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a man watches a cat dance", [("person", "look"), ("cat", "dance")]),
        ("two girls watch cats dance", [("woman", "look")] * 2 + [("cat", "dance")] * 2),
        ("a man helps a girl dance", [("person", "stand"), ("woman", "dance")]),
        ("a dog chases a cat that runs", [("dog", "run"), ("cat", "run")]),
        ("a man is holding a baby and a woman sings", [("person", "stand"), ("person", "stand"), ("woman", "sing")]),
        ("a woman opens the umbrella and her son jumps", [("woman", "stand"), ("person", "jump")]),
        ("me and my dog run", [("person", "run"), ("dog", "run")]),
    ],
)
def test_a_clause_that_has_its_verb_leaves_the_next_one_to_others(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["There is a girl and a dog.", "A girl and a dog are in the park.", "A girl and a dog in a kitchen:"]),
    st.sampled_from([("The girl dances and the dog sleeps", "dance", "sleep"), ("The girl dances. The dog sleeps", "dance", "sleep"),
                     ("The dog sleeps", "stand", "sleep"), ("She dances", "dance", "stand"),
                     ("the girl dances while the dog sleeps", "dance", "sleep"), ("They dance", "dance", "dance")]),
)  # fmt: skip
def test_each_of_those_who_were_named_first_does_what_is_his(first, then):
    doing, girl, dog = then
    assert cast(f"{first} {doing}") == [("woman", girl), ("dog", dog)]


@given(
    st.sampled_from(["女孩和狗在公园里。", "一个女孩和一只狗在公园里，", "人物：女孩和狗。"]),
    st.sampled_from([("女孩跳舞，狗睡觉", "dance", "sleep"), ("狗在睡觉", "stand", "sleep"), ("她在跳舞", "dance", "stand"), ("他们跳舞", "dance", "dance")]),
)  # fmt: skip
def test_the_same_in_chinese(first, then):
    doing, girl, dog = then
    assert cast(f"{first}{doing}") == [("woman", girl), ("dog", dog)]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("一个被妈妈抱着的婴儿在睡觉", [("woman", "stand"), ("person", "sleep")]),
        ("女孩喂的猫在睡觉", [("woman", "work"), ("cat", "sleep")]),
        ("女孩看着跳舞的猫", [("woman", "look"), ("cat", "dance")]),
        ("女孩遛狗。她向老人挥手", [("woman", "walk"), ("dog", "walk"), ("person", "stand")]),
    ],
)
def test_chinese_attributes_and_pronouns_are_of_whom_they_are_about(prompt, who):
    assert cast(prompt) == who


AGES = st.sampled_from(["5 year old", "5-year-old", "six year old", "12 years old"])


@given(AGES, st.sampled_from(["girl", "boy", "dog", "cat"]))
def test_an_age_counts_nobody(age, who):
    assert len(cast(f"A {age} {who} dances")) == 1
    assert age.split()[0].split("-")[0] in told(f"A {age} {who} dances")


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a woman in her 60s dances", [("woman", "dance")]),
        ("a man in his late thirties and a woman in her 20s dance", [("person", "dance"), ("woman", "dance")]),
        ("a girl aged 5 dances", [("woman", "dance")]),
        ("two 6 year old boys play", [("person", "play")] * 2),
        ("a 5-year-old dances on the beach", [("person", "dance")]),
        ("一个5岁的小女孩在跳舞", [("woman", "dance")]),
        ("一位60多岁的老人在跑步", [("person", "run")]),
        ("六十多岁的老人在跑步", [("person", "run")]),
        ("两个6岁的男孩在踢球", [("person", "play")] * 2),
        ("一只2个月大的小猫在睡觉", [("cat", "sleep")]),
    ],
)
def test_ages_of_all_forms_say_more_of_a_noun_or_are_one(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [("a group of six friends", 4), ("a team of two robots", 2), ("一群六个孩子", 4), ("a group of friends", 3)],
)
def test_a_group_that_is_counted_has_that_number(prompt, shown):
    assert len(cast(prompt)) == shown


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("A woman and her daughter walk. The girl sings. Her mother smiles", 2),
        ("A man and his son play. The boy runs", 2),
        ("Two children play. The boy jumps and the girl runs", 2),
        ("Two people, a man and a woman, talk", 2),
        ("Three kids, two boys and a girl, run", 3),
        ("A doctor walks in. The woman smiles", 1),
        ("An astronaut walks. The man waves", 1),
        ("A dog sits. The animal barks", 1),
        ("妈妈和女儿在公园里。女孩在跳舞", 2),
        ("两个人，一男一女，在聊天", 2),
        ("爷孙俩在散步，孙子跑起来", 2),
        ("A man walks. The woman dances", 2),
        ("Two dogs, a cat and a rabbit sleep", 4),
        ("A dancer and a doctor. The woman dances", 3),
    ],
)
def test_another_noun_for_somebody_brings_in_nobody(prompt, who):
    assert len(cast(prompt)) == who


@pytest.mark.parametrize("prompt", ["女孩不在厨房，而在花园跳舞", "女孩不在家，在公园跳舞"])
def test_who_is_elsewhere_is_there(prompt):
    assert cast(prompt) == [("woman", "dance")]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [("男孩喂狗", "dog"), ("女孩逗猫", "cat"), ("奶奶喂鸡", "duck"), ("男孩训狗", "dog")],
)
def test_an_animal_that_something_is_done_to_is_there(prompt, who):
    assert [name for name, _ in cast(prompt)][1:] == [who]


@pytest.mark.parametrize("prompt", ["男孩在画一只猫", "女孩想念猫", "a boy wants a cat"])
def test_what_somebody_draws_or_has_in_mind_is_not_there(prompt):
    assert len(cast(prompt)) == 1


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("three girls dance and the other two clap", [("woman", "dance")] + [("woman", "wave")] * 2),
        ("one cat sleeps and one plays", [("cat", "sleep"), ("cat", "play")]),
        ("one dog runs, one sleeps", [("dog", "run"), ("dog", "sleep")]),
        ("one man dances and a dog sleeps", [("person", "dance"), ("dog", "sleep")]),
    ],
)
def test_the_rest_of_several_and_one_more_are_told_apart(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a coach teaches a girl to swim", "underwater"),
        ("爸爸教儿子游泳", "underwater"),
        ("two boys are fishing", "beach"),
        ("爷爷在钓鱼", "beach"),
        ("the old man and the boy fish", "living room"),
        ("a man is fishing in the forest", "forest"),
    ],
)
def test_what_anybody_does_says_where(prompt, scene):
    assert explain(prompt).spec.scene == scene


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("two cats, a black cat and a white cat, fight", [("cat", "play")] * 2),
        (
            "A family of three is on the beach. The mother sits and the child plays",
            [("woman", "sit"), ("person", "play"), ("person", "stand")],
        ),
        ("一家三口在客厅，妈妈看书，爸爸睡觉，孩子玩", [("woman", "read"), ("person", "sleep"), ("person", "play")]),
        ("Three kids dance. The girl sings", [("woman", "sing"), ("person", "dance"), ("person", "dance")]),
        ("Three friends, Tom, Anna and Ben, dance", [("person", "dance")] * 3),
        ("一家五口在吃饭", [("person", "eat")] * 4),
    ],
)
def test_members_take_the_places_of_their_group(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["Tom", "Anna", "Ben", "Emma"]),
    st.sampled_from(["dances with {}", "chases {}", "sleeps next to {}", "is chased by {}"]),
)
def test_a_common_name_is_somebody_wherever_it_stands(name, doing):
    assert len(cast(f"a dog {doing.format(name)}")) == 2
    assert "Not understood" not in told(f"a dog {doing.format(name)}")


@given(
    st.sampled_from(["cat", "dog", "rabbit", "robot", "bear"]),
    st.sampled_from([("eating", "eat"), ("cooking", "work"), ("grilling", "work")]),
)
def test_an_animal_that_eats_or_cooks_is_no_dish(animal, doing):
    assert cast(f"a {animal} is {doing[0]}") == [(animal, doing[1])]


@given(
    st.sampled_from(["pajamas", "uniform", "love", "a costume", "white", "red", "a suit"]),
    st.sampled_from(["walk", "dance", "sleep"]),
)
def test_what_is_done_stands_behind_how_somebody_looks(looks, action):
    assert cast(f"a woman in {looks} {action}s") == [("woman", action)]
    assert cast(f"two women in {looks} {action} in the park") == [("woman", action)] * 2


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("two policemen walk", [("person", "walk")] * 2),
        ("a 90 year old man runs", [("person", "run")]),
        ("a man dressed as a pirate and a woman dance", [("person", "dance"), ("woman", "dance")]),
        ("a cake is eaten by a cat", [("cat", "eat")]),
        ("a ball is being chased by a dog", [("dog", "run")]),
        ("in the garden plays a girl", [("woman", "play")]),
        ("on the roof sleeps a cat", [("cat", "sleep")]),
        ("a man plays a pirate", [("person", "play")]),
        ("a girl takes a slow walk", [("woman", "walk")]),
        ("小明的狗在跑", [("dog", "run")]),
        ("妈妈的猫在睡觉", [("cat", "sleep")]),
        ("小男孩跑向妈妈", [("person", "run"), ("woman", "stand")]),
        ("the children sleep, and the dog is outside", [("person", "sleep")] * 2 + [("dog", "stand")]),
        ("the boy dances, and the girl is on the sofa", [("person", "dance"), ("woman", "stand")]),
        ("国王和王后跳舞", [("person", "dance"), ("woman", "dance")]),
        ("the girls on stage bow", [("woman", "wave")] * 2),
        ("two people in the crowd wave", [("person", "wave")] * 2),
        ("a man with a fish tattoo", [("person", "stand")]),
    ],
)
def test_who_is_there_does_what_is_said(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "place", "time"),
    [
        ("a boy sleeps under the stars", "meadow", "night"),
        ("a cat sleeps every night", "living room", "night"),
        ("a cat sleeps on a blanket", "living room", "day"),
    ],
)
def test_the_sky_is_seen_outdoors(prompt, place, time):
    assert (explain(prompt).spec.scene, explain(prompt).spec.time) == (place, time)


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("running dog, jumping cat", [("dog", "run"), ("cat", "jump")]),
        ("dancing girl, singing boy, stage", [("woman", "dance"), ("person", "sing")]),
        ("sleeping cat and running dog", [("cat", "sleep"), ("dog", "run")]),
        ("a man, walking dogs", [("person", "walk")] + [("dog", "walk")] * 2),
        ("a man wrapped in a blanket walks", [("person", "walk")]),
        ("a man painted blue dances", [("person", "dance")]),
        ("a nurse helping an old man walk", [("woman", "stand"), ("person", "walk")]),
        ("a mother watching her baby sleep", [("woman", "look"), ("person", "sleep")]),
    ],
)
def test_participles_are_of_whom_they_describe(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a big dog and a small one run", [("dog", "run")] * 2),
        ("a black cat and a white one are sleeping", [("cat", "sleep")] * 2),
        ("a big dog runs and a small one sleeps", [("dog", "run"), ("dog", "sleep")]),
        ("Two dogs run. One of them barks", [("dog", "run")] * 2),
        ("两只小狗在奔跑，一只摔倒了", [("dog", "run")] * 2),
    ],
)
def test_one_that_is_otherwise_is_one_more_and_one_of_several_goes_on(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a crowd of girls dances", [("woman", "dance")] * 3),
        ("a choir of girls sings", [("woman", "sing")] * 3),
        ("an orchestra of robots plays", [("robot", "play")] * 3),
        ("a choir sings", [("person", "sing")] * 3),
        ("The kids knock. A man opens and they all dance", [("person", "dance")] * 3),
        ("Two dogs. The first runs, the second sleeps", [("dog", "sleep"), ("dog", "run")]),
        (
            "three boys, the first one runs, the second one jumps, the third one waves",
            [("person", "wave"), ("person", "run"), ("person", "jump")],
        ),
        ("两只狗，第一只在跑，第二只在睡觉", [("dog", "sleep"), ("dog", "run")]),
        ("first a girl wakes up, then she runs", [("woman", "run")]),
        ("孩子们围着妈妈唱歌", [("person", "sing")] * 2 + [("woman", "stand")]),
        ("a boy wants his dog to sit", [("person", "stand"), ("dog", "sit")]),
        ("a girl with a dog and a cat walks", [("woman", "walk"), ("dog", "walk"), ("cat", "walk")]),
        ("I have a dog. We run on the beach", [("dog", "run"), ("person", "run")]),
        ("我有一只狗。我们在海边跑", [("dog", "run"), ("person", "run")]),
        ("we run with a dog", [("person", "run")] * 2 + [("dog", "run")]),
    ],
)
def test_whoever_is_counted_does_what_is_said(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "weather", "time"),
    [
        ("It was sunny. Now it is raining. A man walks", "rain", "day"),
        ("刚才还是晴天，现在下雨了，男孩跑步", "rain", "day"),
        ("It was night. Now it is morning, a fox runs", "clear", "dawn"),
        ("it was a sunny day, a girl dances", "clear", "day"),
    ],
)
def test_what_is_now_is_shown_and_not_what_was(prompt, weather, time):
    shot = explain(prompt)
    assert shot.spec.weather == weather
    assert shot.meaning_of("time") in {time, None}


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("one of the three dogs sleeps, the others play", [("dog", "sleep")] + [("dog", "play")] * 2),
        ("one of the four girls sings, the others dance", [("woman", "sing")] + [("woman", "dance")] * 3),
        ("two of the four kids dance", [("person", "dance")] * 2 + [("person", "stand")] * 2),
        ("a group of four girls dances", [("woman", "dance")] * 4),
        ("a couple of dogs run", [("dog", "run")] * 2),
        ("she dances, others watch", [("woman", "dance")]),
    ],
)
def test_some_of_several_leave_the_others(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "scene", "weather"),
    [
        ("a girl walks to school in the rain", "meadow", "rain"),
        ("a girl walks to school", "office", "clear"),
        ("a girl walks to the beach in the rain", "beach", "rain"),
    ],
)
def test_where_somebody_is_bound_for_in_the_rain_is_not_where_it_rains(prompt, scene, weather):
    assert (explain(prompt).spec.scene, explain(prompt).spec.weather) == (scene, weather)


@pytest.mark.parametrize(
    "prompt", ["a painting of a cat on the wall of a living room", "a drawing of a cat on the fridge"]
)
def test_a_picture_on_a_wall_is_a_thing_in_the_film(prompt):
    assert cast(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "thing"),
    [
        ("a panda eats bamboo", "bamboo"),
        ("red lanterns, a girl dances", "red lanterns"),
        ("a starfish on coral", "starfish"),
    ],
)
def test_what_only_hints_at_a_place_or_time_is_told(prompt, thing):
    assert thing in told(prompt)


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("the cat is tired of the dog and sleeps", [("cat", "sleep"), ("dog", "stand")]),
        ("a man is proud of his son and waves", [("person", "wave"), ("person", "stand")]),
        ("he runs, she doesn't", [("person", "run"), ("woman", "stand")]),
        ("mom laughs, he doesn't", [("woman", "look"), ("person", "stand")]),
    ],
)
def test_who_is_only_felt_about_or_does_not_stands_by(prompt, who):
    assert cast(prompt) == who


def test_a_chinese_train_is_in_the_city_with_its_window():
    assert explain("一个男人坐火车，看着窗户外面").spec.scene == "city street"
    assert explain("一个男人坐在家里，看着窗户外面").spec.scene == "living room"


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("A woman hugs a boy and his mother reads", [("woman", "stand"), ("person", "stand"), ("woman", "read")]),
        ("The twins, two girls, dance", [("woman", "dance")] * 2),
        ("Couple, a man and a woman, dance", [("person", "dance"), ("woman", "dance")]),
        ("A girl becomes a princess", [("woman", "stand")]),
        ("A witch turns a boy into a frog", [("wizard", "stand"), ("person", "stand")]),
        ("女孩变成了一只猫", [("woman", "stand")]),
        ("A girl dances while dad fishes", [("woman", "dance"), ("person", "work")]),
        ("the baby ducks swim", [("duck", "swim")] * 2),
        ("a dog walks on a frosty morning", [("dog", "walk")]),
        ("别的孩子都睡了", [("person", "sleep")] * 2),
        ("一只狗在跑，别的狗在睡觉", [("dog", "run"), ("dog", "sleep"), ("dog", "sleep")]),
        ("两个女孩一个唱歌一个跳舞", [("woman", "dance"), ("woman", "sing")]),
        ("女孩飞速跑步", [("woman", "run")]),
        ("护士在休息室睡觉", [("woman", "sleep")]),
    ],
)
def test_everyday_words_and_forms_are_read(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    "prompt", ["A dog walks next to me", "A dog follows me through the forest", "A man sings to me"]
)
def test_who_asks_and_is_in_the_film_without_a_verb_is_told(prompt):
    assert "Not drawn by the local engine: me" in told(prompt)


@pytest.mark.parametrize(
    "prompt", ["show me a dog", "make me a film of a cat", "give me a cat that runs", "a dog dances with me"]
)
def test_who_only_asks_or_does_the_same_is_not_told(prompt):
    assert "me" not in told(prompt).replace(".", " ").replace(",", " ").split()


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("A woman in a red dress arranges tulips, a man walks in", [("woman", "stand"), ("person", "walk")]),
        ("a man on a bench unwraps a sandwich, a dog runs", [("person", "stand"), ("dog", "run")]),
        ("a girl in a dress with flowers dances", [("woman", "dance")]),
        ("a boy is tired of reading and sleeps", [("person", "sleep")]),
        ("bored of dancing, a girl sits", [("woman", "sit")]),
        ("a house with windows", []),
    ],
)
def test_strange_verbs_are_somebodys_and_what_one_is_tired_of_is_not_done(prompt, who):
    assert cast(prompt) == who


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("A boy pulls a girl's hair, girl cries", [("person", "stand"), ("woman", "look")]),
        ("A barber cuts a man's hair and the man sleeps", [("person", "stand"), ("person", "sleep")]),
        ("the girl's cat sleeps, the girl reads", [("cat", "sleep"), ("woman", "read")]),
        ("a woman cuts wheat", [("woman", "stand")]),
    ],
)
def test_whose_hair_it_is_is_one_person(prompt, who):
    assert cast(prompt) == who
    assert "editing" not in told(prompt)


@given(
    st.sampled_from(["@luna", "a girl", "a robot", "a mother"]),
    st.sampled_from(["hugs", "kisses", "waves"]),
    st.sampled_from(["@max", "her son", "a dog", "a knight"]),
    st.sampled_from(["goodbye", "hello", "goodbye at the train station"]),
)
def test_who_says_goodbye_is_the_subject(who, does, whom, greeting):
    assert [action for _, action in cast(f"{who} {does} {whom} {greeting}")] == ["wave", "stand"]


PAST = st.sampled_from(
    [
        "who lost his {}", "who found the {}", "who built a {}", "who saved the {}", "who hugged a {}", "who brought a {}",
        "who stole the {}", "who left the {}", "who wrote to the {}", "whose {} ran away", "whose {} has run away",
        "whose {} fell", "whose {} broke", "whose {} jumped over the fence", "whose {} ran off",
    ]
)  # fmt: skip
BEHIND = st.sampled_from([("dances", "dance"), ("is singing", "sing"), ("sits", "sit"), ("is crying", "look")])


@given(ANIMALS, PAST, BEHIND)
def test_the_verb_behind_a_relative_clause_in_the_past_is_of_the_one_whom_it_is_about(animal, past, deed):
    found = dict(cast(f"The knight {past.format(animal)} {deed[0]}"))
    assert found["knight"] == deed[1]
    assert found[animal] != deed[1]


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("a boy, whose dog ran away, is crying", [("person", "look"), ("dog", "run")]),
        ("a boy, whose dog is sleeping, dances", [("person", "dance"), ("dog", "sleep")]),
        ("a boy, whose hat fell off, sings", [("person", "sing")]),
        ("the chef whose cat ran off cooks soup", [("chef", "work"), ("cat", "run")]),
        ("two boys who lost their dog are crying", [("person", "look")] * 2 + [("dog", "stand")]),
        ("the cat that ran away is sleeping", [("cat", "sleep")]),
        ("the woman whose husband left sings", [("woman", "sing"), ("person", "stand")]),
        ("a boy whose kite flew away runs", [("person", "run")]),
        ("a boy whose red kite flies away is sitting", [("person", "sit")]),
        ("a knight whose car drives off sings", [("knight", "sing")]),
    ],
)
def test_what_is_told_of_the_past_changes_nothing_of_the_verb_behind(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["A woman looks at", "Chef yelling at", "A boy hugging", "A king sits near", "A witch with", "Robot watching"]),
    st.sampled_from([("sleeping", "sleep"), ("dancing", "dance"), ("jumping", "jump"), ("laughing", "look"), ("playing", "play")]),
    st.sampled_from([("cat", "cat"), ("little boy", "person"), ("old dog", "dog"), ("frogs", "frog"), ("penguins", "penguin")]),
)  # fmt: skip
def test_a_participle_right_before_a_noun_without_an_article_is_its_deed(who, doing, other):
    words, action = doing
    noun, name = other
    first, *others = cast(f"{who} {words} {noun}")
    assert first[1] not in {"sleep", "dance", "jump", "play"}
    assert others == [(name, action)] * (2 if noun.endswith("s") else 1)


@pytest.mark.parametrize(
    ("prompt", "who"),
    [
        ("he enjoys dancing with kids", [("person", "dance")] * 3),
        ("a girl loves feeding ducks", [("woman", "work"), ("duck", "stand"), ("duck", "stand")]),
        ("a boy goes swimming with dolphins", [("person", "swim"), ("fish", "swim"), ("fish", "swim")]),
        ("a running waiter", [("barista", "run")]),
        ("photographer filming running horse", [("person", "work")]),
    ],
)
def test_other_participles_are_of_whom_they_were(prompt, who):
    assert cast(prompt) == who


@given(
    st.sampled_from(["A father reads to", "A woman sits beside", "A robot looks at", "A knight waves to"]),
    st.sampled_from([("a small girl", "woman"), ("a dog", "dog"), ("the old king", "person"), ("a panda", "panda")]),
    st.sampled_from([" who is", " who's", ", who is", ", who is already", ", who's"]),
    st.sampled_from([("asleep", "sleep"), ("fast asleep", "sleep"), ("sound asleep", "sleep"), ("dancing", "dance")]),
    st.sampled_from(["", " in an armchair", " by the window"]),
)
def test_a_relative_clause_is_of_whom_it_follows_and_a_comma_changes_nothing(who, whom, relative, done, where):
    (_, own), (name, action) = cast(f"{who} {whom[0]}{relative} {done[0]}{where}")
    assert (name, action) == (whom[1], done[1])
    assert own != action


@given(st.sampled_from(["which makes her dance", "that makes her dance"]), st.sampled_from(["girl", "woman", "nurse"]))
def test_what_happens_is_done_by_nobody(clause, whom):
    assert ("woman", "work") not in cast(f"a dog runs to a {whom}, {clause}")
