"""What a call will cost, told before it is sent."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.errors import InvalidInput
from sora_nb.models import Price, Purchase, dollars
from sora_nb.money import prices
from sora_nb.providers import registry
from sora_nb.studio import Studio

READ = dt.date(2026, 1, 1)
PER_SECOND = {"usd": "0.01", "per": "second"}


def line(usd, per="call", kind="video", **fields):
    return Price(**{"kind": kind, "usd": usd, "per": per, "source": "a page", "date": READ} | fields)


def sells(*lines, **fields):
    return registry.get("custom").model_copy(update={"prices": lines, **fields})


PROFILE = sells(*(line("0.01", "second", kind) for kind in ("character", "video")))


def cost(profile, model="sora-2", **bought):
    found = profile.price(Purchase(kind="video", model=model, **bought))
    return found and found.micros


def estimated(profile, kind="video", *args, today=READ, **options):
    return prices.estimate(profile, prices.purchase(profile, kind, *args, **options), today=today)


def test_an_estimate_is_in_dollars_and_says_where_it_was_read():
    found = estimated(PROFILE, "video", "sora-2", 8)
    assert found.usd == Decimal("0.08")
    assert str(found) == "$0.08 (a page, 2026-01-01)"
    assert "amount" not in dir(found)


def test_without_a_length_a_character_costs_its_longest_clip_and_a_video_the_usual_one():
    assert estimated(PROFILE, "character").usd == Decimal("0.03")
    assert estimated(PROFILE, "video").usd == Decimal("0.10")


@pytest.mark.parametrize("seconds", [0, -5, "8", float("inf")])
@pytest.mark.parametrize("profile", [PROFILE, registry.get("local")])
def test_an_estimate_is_for_a_length(profile, seconds):
    with pytest.raises(InvalidInput, match="length above 0"):
        estimated(profile, "video", "sora-2", seconds)


@pytest.mark.parametrize(
    "wrong", [{"images": -1}, {"images": 1.5}, {"images": None}, {"clip_seconds": -1}, {"clip_seconds": "two"}]
)
def test_pictures_and_clips_are_counted_from_nothing(wrong):
    with pytest.raises(InvalidInput, match="0 or more"):
        estimated(PROFILE, "video", **wrong)


def test_an_unknown_price_is_said_to_be_unknown():
    found = estimated(sells(), "video", "sora-2", 8)
    assert (found.usd, str(found), found.old) == (None, "unknown: no price list has this model", False)


# --- several lines ---------------------------------------------------------------------------------------------------


def test_lines_for_different_things_add_up():
    runway = sells(
        line("0.20", "second", when={"resolution": "480p"}, least="0.80"),
        line("0.30", "second", when={"resolution": "720p"}, least="0.80"),
        line("0.68", "second", when={"resolution": "1080p"}, least="0.80"),
        line("0.10", "clip_second", when={"resolution": "480p"}),
        line("0.15", "clip_second", when={"resolution": "720p"}),
        line("0.34", "clip_second", when={"resolution": "1080p"}),
    )
    assert cost(runway, seconds=5, resolution="720p") == 1_500_000
    assert cost(runway, seconds=5, resolution="720P", clip_seconds=2) == 1_800_000
    assert cost(runway, seconds=2, resolution="480p") == 800_000
    assert cost(runway, seconds=5, resolution="1080p", clip_seconds="2.5") == 4_250_000
    assert cost(runway, seconds=5, resolution="4k") is None
    assert cost(runway, seconds=5) is None


@pytest.mark.parametrize(("images", "wanted"), [(0, 400_000), (5, 400_000), (6, 440_000), (9, 560_000)])
def test_the_first_pictures_may_be_free(images, wanted):
    assert cost(sells(line("0.08", "second"), line("0.04", "image", free=5)), seconds=5, images=images) == wanted


def test_sound_may_cost_more_and_is_not_guessed():
    kling = sells(line("0.084", "second", when={"sound": False}), line("0.112", "second", when={"sound": True}))
    assert [cost(kling, seconds=5, sound=sound) for sound in (False, True, None)] == [420_000, 560_000, None]


def test_a_reference_clip_may_change_the_rate():
    ark = sells(line("7.00", "token", when={"clips": False}), line("4.30", "token", when={"clips": True}))
    assert cost(ark, tokens=108_000) == 756_000
    assert cost(ark, tokens=108_000, clip_seconds=2) == 464_400
    assert cost(ark, seconds=5) is None, "nobody counted the tokens"


def test_the_name_of_the_first_line_that_fits_is_the_models():
    profile = sells(line("0.80", model="sora-2-pro"), line("0.01", "second"), line("9.00", model="sora-2"))
    assert cost(profile, "sora-2-pro", seconds=10) == 800_000
    assert cost(profile, "sora-2", seconds=10) == 100_000


def test_of_several_lines_for_the_same_thing_the_first_that_holds_counts():
    profile = sells(line("0.10", "second", when={"resolution": ["4k", "2K"]}), line("0.05", "second"))
    assert [cost(profile, seconds=1, resolution=name) for name in ("4K", "2160p", "2k", "720p")] == [100_000] * 3 + [
        50_000
    ]


COUNTS = st.fixed_dictionaries(
    {"seconds": st.integers(1, 600_000).map(lambda ms: Fraction(ms, 1000)), "clip_seconds": st.integers(0, 9_000).map(lambda ms: Fraction(ms, 1000)),
     "images": st.integers(0, 20), "tokens": st.integers(0, 10**8)}
)  # fmt: skip
RATES = st.dictionaries(
    st.sampled_from(["call", "second", "clip_second", "image", "token"]), st.integers(0, 10_000_000), min_size=1
)


@given(RATES, COUNTS, st.integers(0, 5), st.integers(0, 10**7))
def test_a_sum_is_exact_and_rounded_up_once(rates, counts, free, least):
    said = [line(dollars(usd), per, free=free, least=dollars(least)) for per, usd in rates.items()]
    each = {
        "call": 1,
        "second": counts["seconds"],
        "clip_second": counts["clip_seconds"],
        "image": max(0, counts["images"] - free),
        "token": Fraction(counts["tokens"], 1_000_000),
    }
    wanted = max(least, math.ceil(sum(usd * each[per] for per, usd in rates.items())))
    assert cost(sells(*said), **counts) == wanted
    assert cost(sells(*reversed(said)), **counts) == wanted


@given(st.integers(1, 100_000), st.sampled_from([float, np.float64, str, Decimal]))
def test_seconds_of_every_kind_cost_the_same(ms, kind):
    seconds = kind(str(ms / 1000))
    assert cost(PROFILE, seconds=seconds if kind is not str else Decimal(seconds)) == math.ceil(
        Fraction(ms, 1000) * 10_000
    )


def test_every_source_is_told_with_the_oldest_date():
    profile = sells(line("0.05", "second", date=dt.date(2026, 2, 1)), line("0.01", "image", source="another page"))
    assert str(estimated(profile, images=1, seconds=1)) == "$0.06 (a page; another page, 2026-01-01)"


# --- age --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "old"), [(-3, False), (0, False), (60, False), (61, True), (75, True)])
def test_a_price_that_was_read_long_ago_says_so(days, old):
    found = estimated(PROFILE, today=READ + dt.timedelta(days=days))
    assert found.old is old
    assert (f"read {days} days ago: check it at the vendor" in str(found)) is old
    assert (f"read {days} days ago: check it at the vendor" in repr(found)) is old


def test_where_calls_are_free_no_price_needs_a_look():
    found = estimated(registry.get("local"), today=dt.date(2030, 1, 1))
    assert not found.old
    assert "check it" not in str(found)


# --- the studio -------------------------------------------------------------------------------------------------------


def test_the_studio_tells_what_pictures_and_size_cost(tmp_path):
    profile = sells(
        line("0.05", "second", when={"resolution": "720p"}),
        line("0.10", "second", when={"resolution": "4k"}),
        line("0.01", "image"),
    )
    with Studio(profile, base_url="http://127.0.0.1:9", api_key="k", home=tmp_path) as studio:
        assert studio.estimate(seconds=4).usd == Decimal("0.20")
        assert studio.estimate(seconds=4, size=(720, 1280), images=3).usd == Decimal("0.23")
        assert studio.estimate(seconds=4, size="3840x2160").usd == Decimal("0.40")
        assert studio.estimate(seconds=4, resolution="4K").usd == Decimal("0.40")
        assert studio.estimate(seconds=4, resolution="360p").usd is None
        assert studio.estimate("registration").usd is None
