"""Every form of a verb that the parser knows is the same action, whatever stands before it; pictures are whom they show."""

import pytest
from explained import cast
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.prompt import lexicon
from sora_nb.engines.prompt.parser import explain

UNLIKE = {"boogie", "ollie", "braid", "scrub", "paint"}
"""Verbs whose participle is spelt otherwise than the rules below say, or of which one form is a noun."""
DOUBLED = tuple("bdgmnprt")


def finite(verb):
    """Return the form of a verb behind he, she and it."""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def participles(verb):
    """Return the forms that a participle may have: it is known by at least one."""
    if verb.endswith("ie"):
        return [f"{verb[:-2]}ying"]
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return [f"{verb[:-1]}ing"]
    doubled = verb.endswith(DOUBLED) and verb[-2] in "aeiou"
    return [f"{verb}ing", f"{verb}{verb[-1]}ing"] if doubled else [f"{verb}ing"]


def action(prompt):
    return [role.action for role in explain(prompt).spec.cast]


VERBS = sorted(
    verb
    for verb, senses in lexicon.INDEX.items()
    if verb.isascii() and verb.isalpha() and "action" in lexicon.kinds(senses) and verb not in UNLIKE
)


def test_there_are_hundreds_of_verbs():
    assert len(VERBS) > 600


@given(
    st.sampled_from(VERBS),
    st.sampled_from(
        [
            "A woman is {}",
            "A woman {}",
            "A woman with flowers in hand {}",
            "A woman holding a cup {}",
            "A woman, {}",
            "A woman starts {}",
            "The woman was {} all day",
        ]
    ),
)
def test_a_participle_is_the_action_of_its_finite_form(verb, prompt):
    expected = action(f"A woman {finite(verb)}")
    if expected != ["stand"]:
        assert expected in [action(prompt.format(form)) for form in participles(verb)]


@pytest.mark.parametrize(
    "prompt", ["A woman is painting", "A woman with a brush in hand painting a wall", "A woman keeps painting"]
)
def test_who_paints_works(prompt):
    assert action(prompt) == ["work"]


def test_a_painting_is_a_thing_and_pouring_rain_is_weather():
    assert action("a painting on a wall") == []
    assert explain("it's pouring, a man walks").spec.weather == "rain"
    assert action("a man is pouring coffee") == ["work"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("🐶🐱 on the beach", ["dog", "cat"]),
        ("🐶 🐱 🐰", ["dog", "cat", "rabbit"]),
        ("👨‍👩‍👧 at the beach", ["person", "woman", "woman"]),
        ("🐧🐧🐧", ["penguin"] * 3),
        ("🤖💃🎤", ["robot", "person"]),
        ("👩🎤", ["woman"]),
        ("🐶🎂", ["dog"]),
        ("👨‍🚒🔥", ["person"]),
        ("👩🏽‍🚀 dancing", ["astronaut"]),
        ("👨‍🍳 in the kitchen", ["chef"]),
        ("👩‍🏫 talking", ["woman"]),
        ("👮‍♀️ running", ["person"]),
    ],
)
def test_pictures_are_whom_they_show(prompt, expected):
    assert [role.name for role in explain(prompt).spec.cast] == expected


@pytest.mark.parametrize(
    ("noun", "who"),
    [("ladies", "woman"), ("wolves", "dog"), ("bunnies", "rabbit"), ("actresses", "woman"), ("thieves", "person")],
)
def test_plurals_of_all_forms_are_several(noun, who):
    assert cast(f"{noun} dance") == [(who, "dance")] * 2
    assert cast(f"the {noun} dance in the park") == [(who, "dance")] * 2
    assert cast(f"three {noun} dance") == [(who, "dance")] * 3


@pytest.mark.parametrize("noun", ["princess", "actress", "boss", "waitress"])
def test_one_whose_noun_ends_in_s_is_one(noun):
    assert len(cast(f"the {noun} dances")) == 1


@given(
    st.sampled_from(["coffee", "milk", "chocolate sauce", "hot honey", "sand", "smoke", "fog", "the cream", "confetti"]),
    st.sampled_from(["pouring into a glass", "slowly pouring over a cake", "is pouring out of a bottle", "raining down"]),
    st.sampled_from(["", ", slow motion", ", a man smiles", ", close-up"]),
)  # fmt: skip
def test_what_pours_itself_is_no_rain(liquid, pours, more):
    assert explain(f"{liquid} {pours}{more}").spec.weather != "rain"
    assert pours.removeprefix("slowly ").removeprefix("is ").split()[0] in " ".join(
        explain(f"{liquid} {pours}{more}").warnings()
    )


@given(
    st.sampled_from(["it is pouring", "rain pouring down", "the street, pouring rain", "outside it's pouring"]),
    st.sampled_from(["a man walks", "a cat sleeps", "milk on a table"]),
)
def test_heavy_rain_still_pours(rain, more):
    assert explain(f"{more}, {rain}").spec.weather == "rain"


@pytest.mark.parametrize(
    "prompt", ["pouring water into a glass", "a man pouring milk over cereal", "kids outside pouring water on a dog"]
)
def test_who_pours_something_works(prompt):
    assert explain(prompt).spec.weather != "rain"
    assert action(prompt)[0] == "work"
