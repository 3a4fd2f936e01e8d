"""For whom a film is a present is not in it where the prompt says what it shows."""

import pytest
from explained import cast, told
from hypothesis import given
from hypothesis import strategies as st

FILMS = st.sampled_from(["a video", "a short clip", "can you make a birthday video", "a little film", "an animation"])
WHOM = st.sampled_from(
    [("my mom", "she"), ("my daughter", "she"), ("our grandma", "she"), ("my dad", "he"), ("our son", "he")]
)
OCCASIONS = st.sampled_from(["", "s birthday", "'s 60th birthday"])
LIKES = st.sampled_from(["{} loves cats", "{} really likes horses and the sea", "{} adores robots"])
SHOWN = st.sampled_from([("a panda dances", ("panda", "dance")), ("a fox runs", ("fox", "run"))])


@given(FILMS, WHOM, OCCASIONS, LIKES, st.sampled_from([", ", ": ", ". "]), SHOWN)
def test_for_whom_a_film_is_and_what_they_like_is_not_in_it(film, whom, occasion, likes, mark, shown):
    prompt = f"{film} for {whom[0]}{occasion}, {likes.format(whom[1])}{mark}{shown[0]} in the snow"
    assert cast(prompt) == [shown[1]]
    assert whom[0].split()[1] in told(prompt)


@given(FILMS, WHOM, OCCASIONS, SHOWN)
def test_for_whom_a_film_is_needs_no_word_of_what_they_like(film, whom, occasion, shown):
    assert cast(f"{film} for {whom[0]}{occasion}: {shown[0]} in the snow") == [shown[1]]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a video for my wife's birthday: she dances on the beach", [("woman", "dance")]),
        ("a video for my son, he loves dinosaurs, he runs in a park", [("person", "run")]),
        ("a video for my mom", [("woman", "stand")]),
        ("a video for my mom's birthday party", [("woman", "stand")]),
        ("a video of my mom dancing", [("woman", "dance")]),
        ("a woman bakes a cake for my mom", [("woman", "work"), ("woman", "stand")]),
    ],
)
def test_whom_a_film_shows_is_in_it(prompt, expected):
    assert cast(prompt) == expected
