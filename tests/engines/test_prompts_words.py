"""The lists of words, and whom, what and where a prompt's words make the engine draw."""

import pytest

from sora_nb.engines.prompt import homes, lexicon, spelling, things, vocabulary, words
from sora_nb.engines.prompt.parser import explain

TABLES = {
    "character": vocabulary.CHARACTERS,
    "scene": vocabulary.SCENES,
    "scene hint": vocabulary.SCENES,
    "action": vocabulary.ACTIONS,
}
LINES = list(words.entries())


def cast(prompt):
    return [(role.name, role.action) for role in explain(prompt).spec.cast]


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
        ("a woman talks to a man", [("woman", "talk"), ("person", "talk")]),
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


def test_a_misspelt_word_is_completed_by_the_one_before():
    assert explain("a livng rom with a cat").spec.scene == "living room"
    assert spelling.complete("coffee", "shp") == "shop"
    assert spelling.complete("coffee", "table") == ""


def test_a_toy_is_somebody_only_where_it_does_something():
    assert cast("a teddy bear waves") == [("bear", "wave")]
    assert cast("a girl hugs her teddy bear") == [("woman", "stand")]
    assert cast("a toy robot on a shelf") == []
