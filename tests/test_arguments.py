"""Sizes, lengths and seeds, as people write them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb import arguments
from sora_nb.errors import InvalidInput

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.text(), st.binary(), st.integers(), st.floats(), st.decimals(), st.fractions(),
    st.tuples(st.one_of(st.integers(), st.floats(), st.text(), st.none()), st.integers()), st.lists(st.integers()),
)  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "1280x720", "1280*720", "1280×720", "1280X720", " 1280 x 720 ", (1280, 720), [1280, 720], ("1280", "720"),
        (np.int64(1280), np.int32(720)), np.array([1280, 720]), (1280.0, Decimal(720)),
    ],
)  # fmt: skip
def test_a_size_is_read_as_people_write_it(written):
    assert arguments.size(written) == "1280x720"


@pytest.mark.parametrize(
    "wrong",
    ["", "potato", "1280", "1280x", "1280x720x3", "1280x7.5", "-1280x720", "0x0", "１２８０x720", (1280,), (1, 2, 3), 1280,
     (1280, True), (1280, 720.5), (-1280, 720), (1280, None), {1280, 720}, None, b"12", np.array(5)],
)  # fmt: skip
def test_what_is_no_size_is_refused_with_an_example(wrong):
    with pytest.raises(InvalidInput, match='Write width and height in pixels, like "1280x720"') as caught:
        arguments.size(wrong)
    assert "Nothing was sent, nothing was charged." in str(caught.value)


@given(st.integers(1, 99_999), st.integers(1, 99_999), st.sampled_from("xX*×"))
def test_every_size_reads_the_same_as_text_and_as_numbers(width, height, sign):
    wanted = f"{width}x{height}"
    assert arguments.size(f"{width}{sign}{height}") == arguments.size((width, height)) == wanted
    assert arguments.size(wanted) == wanted


@given(ANYTHING)
def test_anything_is_a_size_or_a_clear_refusal(value):
    try:
        width, height = map(int, arguments.size(value).split("x"))
    except InvalidInput:
        return
    assert min(width, height) >= 1


@pytest.mark.parametrize("written", [2, 2.0, np.int64(2), np.float32(2), Decimal(2), Fraction(4, 2), "2", " 2 "])
def test_a_length_and_a_seed_are_whole_numbers_of_any_kind(written):
    assert (arguments.seconds(written), arguments.seed(written)) == (2, 2)
    assert type(arguments.seconds(written)) is int


@pytest.mark.parametrize(
    "wrong", [True, np.True_, 2.5, "2.5", "four", "", -1, None, float("nan"), float("inf"), (2,), "²"]
)
def test_what_is_no_whole_number_is_refused(wrong):
    with pytest.raises(InvalidInput, match=r"whole number of seconds from 1 on, not .* Write it like 8"):
        arguments.seconds(wrong)
    with pytest.raises(InvalidInput, match=r"whole number from 0 to 2\*\*63 - 1, not .* Write it like 7"):
        arguments.seed(wrong)


def test_a_seed_may_be_zero_and_a_length_may_not():
    assert arguments.seed(0) == 0
    assert arguments.seed(2**53 + 1) == arguments.seed(str(2**53 + 1)) == 2**53 + 1
    with pytest.raises(InvalidInput, match="not 0"):
        arguments.seconds(0)


@given(ANYTHING)
def test_anything_is_a_whole_number_or_a_clear_refusal(value):
    for read, least in ((arguments.seconds, 1), (arguments.seed, 0)):
        try:
            found = read(value)
        except InvalidInput:
            continue
        assert found >= least


@pytest.mark.parametrize("written", [(0.5, 0.25), [0, 1], np.array([0.5, 0.25]), (0, 0, 1, 1), (0.5, 0.5, 0.5, 0.5)])
def test_a_subject_is_a_point_or_a_box(written):
    assert arguments.subject(written) == tuple(map(float, written))


@pytest.mark.parametrize(
    "wrong", [0.5, (0.5,), (0.1, 0.2, 0.3), (1.5, 0.2), (-0.1, 0), (0.9, 0, 0.1, 1), "ab", (), {0.1: 0.2}, (None, 0.2)]
)
def test_what_is_no_subject_is_refused(wrong):
    with pytest.raises(InvalidInput, match="point or a box"):
        arguments.subject(wrong)


def test_a_letter_of_who_stands_out_is_told_where_its_list_is():
    with pytest.raises(InvalidInput, match=r"who = studio\.subjects\(\.\.\.\), then subject=who\['B'\]"):
        arguments.subject("B")


@pytest.mark.parametrize("wrong", [5, b"a", None, "a\0b", "~there-is-no-such-user/a.png", ["a"]])
def test_what_is_no_path_is_refused(wrong):
    with pytest.raises(InvalidInput, match="path of the picture"):
        arguments.path(wrong, "picture")
