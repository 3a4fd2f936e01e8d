"""What a model that only films makes of any size and length: always something that it can, and the nearest."""

from __future__ import annotations

from dataclasses import replace

from filmer import RULES
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.engines.film import FilmModel

VACE = FilmModel(
    name="vace", size=(832, 480), seconds=5, fps=16, multiple=16, pixels=832 * 480, frames=(5, 81), frame_step=4
)  # fmt: skip


@st.composite
def models(draw):
    multiple = draw(st.sampled_from([2, 8, 16, 32]))
    least = draw(st.integers(16, 128))
    most = draw(st.integers(least + 2 * multiple, 2048))
    fewest = draw(st.integers(1, 30))
    return FilmModel(
        name="any",
        size=(0, 0),
        seconds=1,
        fps=draw(st.sampled_from([8, 16, 24, 25, 29.97])),
        multiple=multiple,
        sides=(least, most),
        pixels=draw(st.none() | st.integers((least + multiple) ** 2, 2048**2)),
        frames=(fewest, draw(st.none() | st.integers(fewest, 400))),
        frame_step=draw(st.integers(1, 8)),
    )


@given(models(), st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 60))
def test_whatever_is_asked_for_it_makes_what_it_can(model, width, height, seconds):
    fit = model.fitted(width, height, seconds)
    least, most = model.sides
    for side in (fit.width, fit.height):
        assert side % model.multiple == 0
        assert least <= side <= most
    assert model.pixels is None or fit.width * fit.height <= model.pixels
    fewest, longest = model.frames
    assert fit.frames >= fewest
    assert (fit.frames - fewest) % model.frame_step == 0
    assert longest is None or fit.frames <= longest
    assert fit.seconds == fit.frames / model.fps


@given(models(), st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 60))
def test_what_it_makes_is_made_as_it_is_and_nothing_is_said(model, width, height, seconds):
    fit = model.fitted(width, height, seconds)
    again = model.fitted(fit.width, fit.height, fit.seconds)
    assert again == (*fit[:4], ())
    said = (fit.width, fit.height) != (width, height), abs(fit.seconds - seconds) > model.frame_step / model.fps + 1e-6
    assert sum(said) == len(fit.warnings)


@given(models(), st.integers(1, 60))
def test_no_other_length_is_nearer(model, seconds):
    fit = model.fitted(640, 360, seconds)
    fewest, longest = model.frames
    others = range(fewest, (longest or fit.frames + 50) + 1, model.frame_step)
    nearest = min(abs(count / model.fps - seconds) for count in others)
    assert abs(fit.seconds - seconds) <= nearest + 1e-9


def test_a_large_picture_is_made_smaller_in_its_shape():
    assert VACE.fitted(1280, 720, 5)[:4] == (832, 480, 81, 81 / 16)
    assert VACE.fitted(720, 1280, 5)[:2] == (480, 832)
    assert VACE.fitted(1920, 1920, 60)[:3] == (624, 624, 81)


def test_it_says_what_it_makes_in_place_of_what():
    assert VACE.fitted(1280, 720, 10).warnings == (
        "vace makes 832x480, in place of 1280x720.",
        "vace makes 5.06 s, in place of 10 s.",
    )


def test_the_lengths_are_told_in_whole_seconds():
    assert VACE.lengths == (1, 5)
    assert replace(RULES, frames=(33, None)).lengths == (5, None)
