"""What a call will cost, told before it is sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sora_nb.errors import InvalidInput
from sora_nb.models import Price
from sora_nb.money import prices
from sora_nb.providers import registry

PER_SECOND = {"usd": "0.01", "per": "second", "source": "a page", "date": date(2026, 1, 1)}
PROFILE = registry.get("custom").model_copy(
    update={"prices": tuple(Price(kind=kind, **PER_SECOND) for kind in ("character", "video"))}
)


def test_an_estimate_is_in_dollars_and_says_where_it_was_read():
    found = prices.estimate(PROFILE, "video", "sora-2", 8)
    assert found.usd == Decimal("0.08")
    assert str(found) == "$0.08 (a page, 2026-01-01)"
    assert "amount" not in dir(found)


def test_without_a_length_a_character_costs_its_longest_clip_and_a_video_the_usual_one():
    assert prices.estimate(PROFILE, "character", "").usd == Decimal("0.03")
    assert prices.estimate(PROFILE, "video", "").usd == Decimal("0.10")


@pytest.mark.parametrize("seconds", [0, -5, "8", float("inf")])
@pytest.mark.parametrize("profile", [PROFILE, registry.get("local")])
def test_an_estimate_is_for_a_length(profile, seconds):
    with pytest.raises(InvalidInput, match="length above 0"):
        prices.estimate(profile, "video", "sora-2", seconds)


def test_an_unknown_price_is_said_to_be_unknown():
    found = prices.estimate(PROFILE.model_copy(update={"prices": ()}), "video", "sora-2", 8)
    assert (found.usd, str(found)) == (None, "unknown: no price list has this model")
