"""At most four are drawn: for whom there is no place is told in one sentence."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import counts
from sora_nb.engines.prompt.parser import explain

WORDS = ["one", "two", "three", "four", "five", "six", "seven"]
NOUNS = ["girls", "cats", "dogs", "robots", "pandas", "foxes"]


def about(prompt):
    return [note for note in explain(prompt).notes if note.startswith("Only 4 characters fit: ")]


@given(
    st.lists(st.sampled_from(WORDS[1:]), min_size=1, max_size=3).flatmap(
        lambda numbers: st.tuples(st.just(numbers), st.permutations(NOUNS))
    )
)
def test_all_who_are_not_drawn_are_counted(drawn):
    numbers, nouns = drawn
    asked = dict(zip(nouns, (WORDS.index(number) + 1 for number in numbers), strict=False))
    prompt = ", ".join(f"{number} {noun}" for number, noun in zip(numbers, nouns, strict=False))
    shown = dict(zip(asked, counts.share([*asked.values()]), strict=True))
    fewer = {noun: count for noun, count in shown.items() if count < asked[noun]}
    assert len(about(prompt)) == bool(fewer)
    for noun, count in fewer.items():
        assert f"{count} of {asked[noun]} {noun}" in about(prompt)[0]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("Two boys and a dog beside their parents", "1 for 'parents' is drawn."),
        ("a boy, his parents and his grandparents", "1 for 'grandparents' is drawn."),
        ("two girls, a cat and a dog with their mother", "1 of 2 girls is drawn."),
        ("five girls", "4 of 5 girls are drawn."),
        ("a family of six on the beach", "4 of a family of six are drawn."),
        ("a lion, a tiger, a bear, a fox and a panda", "panda is left out."),
        ("a lion, a tiger, a bear, a fox, a panda and two dogs", "panda and dogs are left out."),
        ("three lions, a tiger, a bear, a fox and a panda", "1 of 3 lions is drawn; panda is left out."),
        ("两个男孩和一只狗在父母旁边", "1 for '父母' is drawn."),
    ],
)
def test_one_sentence_says_for_whom_there_is_no_place(prompt, sentence):
    assert about(prompt) == [f"Only 4 characters fit: {sentence}"]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("Two couples dance", "Drawn 4 times for 'Two couples': person."),
        ("couples dance in the street", "Drawn 4 times for 'couples': person."),
        ("Three couples walk", "Only 4 characters fit: 4 for 'Three couples' are drawn."),
        ("two families have a picnic", "Only 4 characters fit: 4 for 'two families' are drawn."),
        ("two groups of children play", "Only 4 characters fit: 4 for 'two groups of children' are drawn."),
        ("three pairs of twins dance", "Only 4 characters fit: 4 of 6 twins are drawn."),
        ("two dozen kids", "Only 4 characters fit: 4 of 24 kids are drawn."),
        ("half a dozen kids", "Only 4 characters fit: 4 of 6 kids are drawn."),
        ("a half-dozen dogs", "Only 4 characters fit: 4 of 6 dogs are drawn."),
        ("a baker's dozen of penguins", "Only 4 characters fit: 4 of 13 penguins are drawn."),
    ],
)
def test_plurals_of_groups_and_numbers_of_two_words_are_multiplied(prompt, sentence):
    explained = explain(prompt)
    assert sentence in explained.notes
    assert len(explained.spec.cast) == 4
    assert len({role.name for role in explained.spec.cast}) == 1


@pytest.mark.parametrize(
    ("prompt", "kin"),
    [
        ("two boys and a dog beside their parents", "person"),
        ("a girl and her panda with their family", "person"),
        ("two bears and their cubs", "bear"),
        ("a panda and her baby", "panda"),
    ],
)
def test_kin_of_people_and_an_animal_are_people(prompt, kin):
    assert explain(prompt).spec.cast[-1].name == kin


def test_a_chinese_family_that_nobody_counts_is_told():
    assert "Drawn 2 times for '一家人': person." in explain("一家人在海边玩").notes
    assert not [note for note in explain("一家三口在海边玩").notes if note.startswith("Drawn")]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一个乐队在舞台上演奏", [("person", "play")] * 3),
        ("合唱团在唱歌", [("person", "sing")] * 3),
        ("一支球队在庆祝", [("person", "dance")] * 3),
        ("one band plays", [("person", "play")] * 3),
        ("two bands play", [("person", "play")] * 4),
        ("乐队里的三个女孩在唱歌", [("woman", "sing")] * 3),
        ("two girls, 1 waves and 1 sits", [("woman", "sit"), ("woman", "wave")]),
        ("3 dogs: 1 sleeps, 2 run", [("dog", "run"), ("dog", "run"), ("dog", "sleep")]),
    ],
)
def test_several_who_do_something_together_are_several(prompt, expected):
    assert cast(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "scene", "expected"),
    [
        ("Mom and dad walking along the beach", "beach", [("woman", "walk"), ("person", "walk")]),
        ("企鹅一家在冰面上走路", "snow", [("penguin", "walk")] * 3),
        ("熊猫一家在竹林里", "forest", [("panda", "stand")] * 3),
        ("我们一家去海边旅行", "beach", [("person", "walk")] * 2),
        ("全家在海边散步", "beach", [("person", "walk")] * 2),
        ("一家三口在吃饭", "living room", [("person", "eat")] * 3),
        ("一家咖啡馆里，女人坐着", "coffee shop", [("woman", "sit")]),
        ("我家的猫在沙滩上睡觉", "beach", [("cat", "sleep")]),
        ("国家公园里的一头熊", "forest", [("bear", "walk")]),
        ("两个滑雪手", None, [("person", "stand")] * 2),
    ],
)
def test_a_family_is_several_and_no_home(prompt, scene, expected):
    assert cast(prompt) == expected
    assert scene in {None, explain(prompt).spec.scene}


@given(
    st.sampled_from(["最后一排", "第一排", "第二排", "坐在最后一排", "站在第三排", "倒数第二排"]),
    st.sampled_from([("男生", "person"), ("女孩", "woman"), ("企鹅", "penguin"), ("小狗", "dog")]),
    st.sampled_from([("睡着了", "sleep"), ("在跳舞", "dance"), ("在吃东西", "eat")]),
)
def test_a_row_counts_nobody(row, who, doing):
    prompt = f"教室里，{row}的{who[0]}{doing[0]}"
    assert cast(prompt) == [(who[1], doing[1])]
    assert cast(f"熊猫在唱歌，{row}的{who[0]}{doing[0]}") == [("panda", "sing"), (who[1], doing[1])]
    assert row[-3:] in " ".join(explain(prompt).warnings())


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        ("一排士兵站着", 3),
        ("一群女孩跳舞", 3),
        ("一只只企鹅走过雪地", 3),
        ("一群坐在最后一排的男生", 3),
        ("坐在一排排空椅子中间的男人", 1),
        ("一个个子很高的男孩", 1),
    ],
)
def test_numbers_count_whom_they_stand_before(prompt, number):
    assert len(explain(prompt).spec.cast) == number


@given(
    st.sampled_from(WORDS[1:]),
    st.sampled_from(["backup", "village", "jazz", "circus", "kindergarten", "zorble", "street", "hotel"]),
    st.sampled_from(["dancers", "girls", "chefs", "bears", "robots"]),
)
def test_what_kind_of_people_they_are_changes_no_number(number, kind, noun):
    plain, told_apart = cast(f"a fox and {number} {noun}"), cast(f"a fox, then {number} {kind} {noun}")
    assert len(told_apart) == len(plain) == min(4, 1 + WORDS.index(number) + 1)


@pytest.mark.parametrize("prompt", ["in two minutes dogs run", "in one corner dogs play", "at 3 pm dogs run"])
def test_numbers_of_other_things_count_nobody(prompt):
    assert len(cast(prompt)) == 2
