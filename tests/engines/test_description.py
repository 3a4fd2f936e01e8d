"""The draft of a description: a noun that is known to be true, and plain words for colours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sora_nb.engines.base import Cutout
from sora_nb.engines.description import COLOURS, NOUNS, colours, describe

MOST_LETTERS = 100
"""What Kling takes for an element's description."""


def cutout(sheet, kind="motion"):
    return Cutout((sheet,), 8.0, 0, False, np.zeros((8, 8, 3), np.uint8), 0.8, kind, (0.1, 0.1, 0.9, 0.9))


def stripes(*shares):
    """A picture of 10 000 pixels with so many parts in a hundred of each colour."""
    rows = [row for colour, share in shares for row in [colour] * share]
    solid = np.array([rows] * 100, np.uint8)
    return np.dstack([solid, np.full(solid.shape[:2], 255, np.uint8)])


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ((10, 10, 12), "black"),
        ((70, 70, 72), "dark grey"),
        ((125, 128, 130), "grey"),
        ((195, 195, 190), "light grey"),
        ((250, 250, 250), "white"),
        ((200, 25, 30), "red"),
        ((255, 160, 190), "pink"),
        ((240, 130, 20), "orange"),
        ((120, 75, 40), "brown"),
        ((60, 40, 28), "dark brown"),
        ((190, 145, 100), "light brown"),
        ((250, 215, 40), "yellow"),
        ((40, 150, 50), "green"),
        ((30, 80, 40), "dark green"),
        ((60, 190, 180), "turquoise"),
        ((40, 90, 200), "blue"),
        ((20, 35, 90), "dark blue"),
        ((150, 190, 235), "light blue"),
        ((120, 50, 160), "purple"),
    ],
)
def test_a_colour_has_its_plain_name(colour, word):
    assert colours(stripes((colour, 100))) == [word]


def test_the_two_colours_there_are_most_of_are_named():
    assert colours(stripes(((20, 20, 20), 40), ((250, 250, 250), 60))) == ["white", "black"]
    assert colours(stripes(((128, 128, 128), 85), ((120, 50, 160), 15))) == ["grey"]
    assert colours(stripes(((128, 128, 128), 50), ((120, 50, 160), 28), ((250, 215, 40), 22))) == ["grey", "purple"]


@given(st.sampled_from([(200, 200, 200), (60, 110, 230), (160, 110, 60), (80, 190, 80)]), st.floats(0.55, 0.9))
def test_light_and_shadow_are_one_colour(colour, dark):
    lit = np.linspace(dark, 1, 100)
    named = colours(stripes(*((tuple(int(part * light) for part in colour), 1) for light in lit)))
    assert len(named) == 1
    assert any(named[0] in {word for word, _ in shades} for shades in COLOURS.values())


@given(sheet=arrays.arrays(np.uint8, (6, 5, 4)), kind=st.sampled_from([*NOUNS, "motion", "saliency", "hint"]))
def test_a_description_is_short_whatever_was_seen(sheet, kind):
    said = describe(cutout(sheet, kind))
    assert said == describe(cutout(sheet, kind))
    assert said.startswith(("a ", "an "))
    assert NOUNS.get(kind, "figure") in said
    assert len(said) <= MOST_LETTERS


def test_the_longest_description_is_short_enough():
    longest = max((word for shades in COLOURS.values() for word, _ in shades), key=len)
    assert len(f"a person, mainly {longest} and {longest}") <= MOST_LETTERS


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("face", "a person, mainly orange"),
        ("person", "a person, mainly orange"),
        ("motion", "an orange figure"),
        ("saliency", "an orange figure"),
        ("hint", "an orange figure"),
    ],
)
def test_what_is_not_known_is_not_guessed(kind, said):
    assert describe(cutout(stripes(((240, 130, 20), 100)), kind)) == said


def test_what_is_transparent_has_no_colour():
    sheet = stripes(((40, 90, 200), 100))
    sheet[:, :60, :3], sheet[:, :60, 3] = (240, 130, 20), 100
    assert describe(cutout(sheet)) == "a blue figure"
    sheet[..., 3] = 0
    assert describe(cutout(sheet)) == "a figure"
