"""Clips, prices and characters, as a user meets them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from sora_nb.errors import ClipError, InvalidInput
from sora_nb.models import Character, Clip, Price, ServiceId, SpanRule, Video, dollars, micros

RULE = SpanRule(shortest=1, longest=3, decimals=True)


def test_a_clip_is_written_as_the_service_wants_it():
    assert Clip(1, 3).timestamps == "1,3"
    assert Clip(3.55, 5.55).timestamps == "3.55,5.55"
    assert Clip(0, 2.5).timestamps == "0,2.5"
    assert str(Clip(0.5, 2)) == "0.5-2 s"


def test_timestamps_are_read_back():
    assert Clip.parse("1,3") == Clip(1, 3)
    assert Clip.parse(" 3.55 , 5.55 ") == Clip(3.55, 5.55)


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "1;3", "a,b", "-1,2", "1,nan", "1,inf", "1e0,3", "１,３", "1,3\n4", None]
)
def test_other_texts_are_no_timestamps(text):
    with pytest.raises(ClipError):
        Clip.parse(text)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (-1, 1, "before the video"),
        (3, 1, "ends after it starts"),
        (1, 1, "ends after it starts"),
        (1, 1.0001, "ends after it starts"),
        (math.nan, 2, "number of seconds"),
        (0, math.inf, "number of seconds"),
        (1, Decimal("sNaN"), "number of seconds"),
        (0, 10**400, "number of seconds"),
        ("one", 2, "number of seconds"),
        ("-1", 2, "number of seconds"),
        ("0:60", 90, "number of seconds"),
        ("1:60:00", 9000, "number of seconds"),
        ("１", 2, "number of seconds"),
        (True, 2, "number of seconds"),
        (0, np.True_, "number of seconds"),
        (None, 2, "number of seconds"),
        ([1], 2, "number of seconds"),
    ],
)
def test_what_is_no_clip(start, end, words):
    with pytest.raises(ClipError, match=words) as caught:
        Clip(start, end)
    assert "Nothing was sent, nothing was charged." in str(caught.value)
    if words == "number of seconds":
        assert 'Write it like 2.5, "0:02.5" or "1:02:03.25".' in str(caught.value)


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (np.int64(1), np.float32(3), Clip(1, 3)),
        (np.float64(0.5), Fraction(5, 2), Clip(0.5, 2.5)),
        (Decimal("1.25"), 3, Clip(1.25, 3)),
        ("1.5", " 3 ", Clip(1.5, 3)),
        ("0:02", "0:04.5", Clip(2, 4.5)),
        ("1:02:03.25", "90:00", Clip(3723.25, 5400)),
    ],
)
def test_times_are_numbers_of_any_kind_and_text(start, end, wanted):
    assert Clip(start, end) == wanted
    assert type(Clip(start, end).start) is float


def test_swapped_ends_are_answered_with_the_clip_that_was_meant():
    with pytest.raises(ClipError, match=re.escape("Did you mean Clip(1, 3)?")):
        Clip("0:03", 1)
    with pytest.raises(ClipError) as caught:
        Clip(1, 1)
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    "given", [(Clip(1, 3),), ((1, 3),), ([1, "0:03"],), (np.array([1.0, 3.0]),), (1, 3), ("0:01", np.int64(3))]
)
def test_a_clip_is_read_as_a_clip_a_pair_or_two_times(given):
    assert Clip.of(*given) == Clip(1, 3)


@pytest.mark.parametrize(
    "given", [(1,), ("0:01",), (Clip(1, 3), 4), ((1, 3), 4), ((1, 2, 3),), ({1, 3},), (None,), (np.float64(1),)]
)
def test_half_a_clip_and_more_than_one_are_refused_with_an_example(given):
    with pytest.raises(ClipError, match=re.escape("Give two times, like 1, 3, or one Clip(1, 3).")):
        Clip.of(*given)


@given(st.integers(0, 359_999_999))
def test_a_time_reads_as_it_is_written(ms):
    seconds, rest = divmod(ms, 1000)
    minutes, hours = seconds // 60, seconds // 3600
    written = [f"{seconds}.{rest:03}", f"{hours}:{minutes % 60:02}:{seconds % 60:02}.{rest:03}"]
    if minutes < 1000:
        written.append(f"{minutes}:{seconds % 60:02}.{rest:03}")
    assert {Clip(text, 400_000).start for text in written} == {ms / 1000}
    assert Clip(Fraction(ms, 1000), 400_000) == Clip(Decimal(ms) / 1000, 400_000) == Clip(ms / 1000, 400_000)


@given(
    st.one_of(
        st.none(), st.text(), st.floats(), st.decimals(), st.fractions(), st.integers(), st.binary(), st.booleans()
    )
)
def test_anything_is_a_time_or_a_clear_refusal(value):
    try:
        clip = Clip(value, 999_999.999)
    except ClipError:
        return
    assert 0 <= clip.start < clip.end


@pytest.mark.parametrize("span", [0.9, 3.1, 0.999, 3.001])
def test_a_span_outside_the_limits_is_refused_with_the_limits(span):
    with pytest.raises(ClipError, match="Choose 1 to 3 s"):
        Clip(1, 1 + span).check(RULE)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 3), (0.1, 1.1), (2.3, 5.3), (0.7, 1.7)])
def test_the_limits_themselves_are_allowed_whatever_floats_make_of_them(start, end):
    assert Clip(start, end).check(RULE) == Clip(start, end)


def test_the_end_of_the_video_is_a_limit():
    assert Clip(3.28, 5.28).check(RULE, duration=5.28)
    with pytest.raises(ClipError, match=r"but the video at 5\.28 s"):
        Clip(4, 6).check(RULE, duration=5.28)


@pytest.mark.parametrize(
    ("clip", "rule", "duration", "offered"),
    [
        (Clip(4, 6), RULE, 5.28, "The last that fits is Clip(3.28, 5.28)."),
        (Clip(4, 6), RULE.model_copy(update={"decimals": False}), 5.28, "The last that fits is Clip(3, 5)."),
        (Clip(0, 3), RULE, 1.5, "The last that fits is Clip(0, 1.5)."),
        (Clip(0, 3), RULE, 0.5, "Choose a video of at least 1 s."),
    ],
)
def test_beyond_the_end_the_last_window_that_fits_is_offered(clip, rule, duration, offered):
    with pytest.raises(ClipError, match=re.escape(offered)):
        clip.check(rule, duration)


@given(st.integers(0, 20_000), st.integers(1000, 3000), st.floats(1.05, 15))
def test_the_window_that_is_offered_is_taken(start, length, duration):
    clip = Clip(start / 1000, (start + length) / 1000)
    try:
        clip.check(RULE, duration)
    except ClipError as error:
        found = re.search(r"Clip\((.*), (.*)\)", error.hint)
        assert Clip(*found.groups()).check(RULE, duration)


def test_a_service_may_want_whole_seconds():
    whole = RULE.model_copy(update={"decimals": False})
    assert Clip(1, 3).check(whole)
    with pytest.raises(ClipError, match="whole seconds"):
        Clip(1.5, 3.5).check(whole)


def test_a_service_may_refuse_long_videos():
    with pytest.raises(ClipError, match="up to 15 s"):
        Clip(1, 3).check(RULE.model_copy(update={"source_longest": 15}), duration=20)


@given(st.floats(0, 10_000), st.floats(0.001, 10_000))
def test_every_clip_survives_being_written_and_read(start, length):
    try:
        clip = Clip(start, start + length)
    except ClipError:
        assert length < 0.002
        return
    assert Clip.parse(clip.timestamps) == clip
    assert Clip.model_validate_json(clip.model_dump_json()) == clip


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9.,\-+ e]{1,20}")))
def test_any_text_is_a_clip_or_a_clear_refusal(text):
    try:
        clip = Clip.parse(text)
    except ClipError:
        return
    assert 0 <= clip.start < clip.end


def test_money_is_exact():
    assert micros("0.15") == 150_000
    assert 3 * micros("0.1") == micros("0.3")
    assert dollars(micros("0.15") + micros("0.01") + micros("0.15")) == "$0.31"
    assert [dollars(amount) for amount in (0, 1000, 1_500_000, None)] == ["$0.00", "$0.001", "$1.50", "?"]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("$0.15", 150_000), (" 5 ", 5_000_000), (0.1 + 0.2, 300_000), (np.float64(0.15), 150_000),
        (np.float32(0.15), 150_000), (np.int64(5), 5_000_000), (Decimal("1E+1"), 10_000_000), (Fraction(1, 4), 250_000),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_and_tables_write_it(written, amount):
    assert micros(written) == amount


@pytest.mark.parametrize(
    "wrong", ["", "five", "$", "€5", "-1", "0.0000001", -1, float("nan"), Decimal("NaN"), True, np.True_, None, [5]]
)
def test_what_is_no_amount_is_refused(wrong):
    with pytest.raises(InvalidInput, match="is not an amount in dollars"):
        micros(wrong)


@given(st.integers(0, 10**12))
def test_dollars_and_micros_are_inverse(amount):
    assert micros(dollars(amount).removeprefix("$")) == amount


def test_a_price_is_for_a_call_or_for_a_second():
    said = {"kind": "video", "source": "a page", "date": date(2026, 1, 1)}
    assert Price(usd="0.15", **said).cost(15) == 150_000
    assert Price(usd="0.10", per="second", **said).cost(8) == 800_000
    with pytest.raises(ValidationError):
        Price(usd="cheap", **said)


def per_second(usd):
    return Price(kind="video", usd=usd, per="second", source="a page", date=date(2026, 1, 1))


@given(st.integers(0, 10_000_000), st.integers(1, 3_600_000))
def test_a_price_per_second_is_exact_and_rounded_up_once(amount, ms):
    price = per_second(dollars(amount).removeprefix("$"))
    wanted = math.ceil(amount * Fraction(ms, 1000))
    for seconds in (ms / 1000, Decimal(ms) / 1000, Fraction(ms, 1000), np.float64(ms / 1000)):
        assert price.cost(seconds) == wanted


def test_a_tenth_of_a_cent_is_not_lost_to_floats():
    assert per_second("0.10").cost(1.1) == 110_000
    assert per_second("0.000001").cost(1.5) == 2


@pytest.mark.parametrize("seconds", [0, -5, float("nan"), None, True])
def test_a_price_per_second_is_for_a_length(seconds):
    with pytest.raises(InvalidInput, match="length above 0"):
        per_second("0.10").cost(seconds)


def test_a_character_is_its_mention():
    hero = Character(id="ch_1", username="hfspncadz.mooflapand", display_name="Moofla Pand")
    assert f"{hero} runs" == "@hfspncadz.mooflapand runs"
    assert repr(hero) == "Character(@hfspncadz.mooflapand, 'Moofla Pand')"


@pytest.mark.parametrize("name", ["", "a b", "a..b", ".a", "a.", "@a", "a/b", "ä"])
def test_what_is_no_username(name):
    with pytest.raises(ValidationError):
        Character(id="ch_1", username=name)


def test_the_avatar_link_tells_when_it_ends():
    url = "https://videos.openai.com/az/files/x%2Fraw?se=2025-11-20T00%3A00%3A00Z&sp=r&sig=x"
    hero = Character(id="ch_1", username="a.b", profile_picture_url=url)
    assert hero.avatar_expires_at == datetime(2025, 11, 20, tzinfo=UTC)


def test_a_service_is_a_name_and_an_address():
    assert str(ServiceId("local")) == "local"
    assert str(ServiceId("custom", "https://here.example")) == "custom at https://here.example"
    assert Video(profile="custom", base_url="https://here.example").service == ("custom", "https://here.example")
    assert Character(id="ch_1", username="a.b", profile="local").service == ServiceId("local")


def test_a_character_shows_its_avatar_without_a_kernel(tmp_path):
    avatar = tmp_path / "a.png"
    Image.effect_noise((400, 400), 90).save(avatar)
    hero = Character(
        id="ch_1", username="a.b", avatar=avatar, description="a grey <rabbit>", clip=Clip(1, 3), source="file:x.mp4",
        profile="local",
    )  # fmt: skip
    shown = hero._repr_mimebundle_()
    assert 'src="data:image/jpeg;base64,' in shown["text/html"]
    assert len(shown["text/html"]) < 40_000 < avatar.stat().st_size
    assert "cut from x.mp4, 1-3 s" in shown["text/html"]
    assert "a grey &lt;rabbit&gt;" in shown["text/html"]
    assert shown["text/plain"] == "Character(@a.b, 'ch_1')"


def test_doubts_about_the_clip_are_shown_with_the_character():
    hero = Character(id="ch_1", username="a.b", raw={"warnings": ["The outline is uncertain."]})
    assert hero.warnings == ("The outline is uncertain.",)
    assert "The outline is uncertain." in hero._repr_mimebundle_()["text/html"]
    assert Character(id="ch_1", username="a.b", raw={"warnings": "x"}).warnings == ()


def test_money_is_not_taken_for_a_formula():
    html = Video(prompt="cheap at $5 or $6", estimate=0.15, charged=0)._repr_mimebundle_()["text/html"]
    caption = html.partition("<figcaption")[2]
    assert "estimate <span>$</span>0.15, charged <span>$</span>0.00" in caption
    assert not re.search(r"(?<!<span>)\$", caption)


def test_nothing_from_outside_is_run_in_a_notebook():
    name = "<script>alert(1)</script>\u202e\u200b\x07" + "x" * 1_000_000
    html = Character(id="ch_1", username="a.b", display_name=name)._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert len(html) < 5000
    assert not {"\u202e", "\u200b", "\x07"} & set(html)
    html = Video(prompt='"><img src=x onerror=alert(1)>', error=name)._repr_mimebundle_()["text/html"]
    assert "<img" not in html


def test_a_record_does_not_change_and_says_so():
    with pytest.raises(InvalidInput, match=r"A Clip does not change.*Make a new one with another start"):
        Clip(1, 3).start = 2
