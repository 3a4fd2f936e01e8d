"""Times as services write them: whatever the form, it is the same time, and what is none is unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sora_nb.times import link_expiry, moment, retry_after

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TIMES = st.datetimes(datetime(1974, 1, 1), datetime(2280, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))  # noqa: DTZ001
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
UNITS = st.sampled_from([1, 10**3, 10**6, 10**9])


@given(TIMES, UNITS, st.sampled_from([int, float, str, lambda number: f" {number:.3f} "]))
def test_a_number_is_read_in_any_unit(time, unit, write):
    number = int(time.timestamp()) * unit
    assert abs(moment(write(number)) - time.replace(microsecond=0)) < timedelta(milliseconds=1)


@given(TIMES, ZONES, st.sampled_from(["T", " "]), st.booleans())
def test_iso_text_is_read_with_and_without_a_zone(time, zone, between, written_zone):
    local = time.astimezone(zone) if written_zone else time.replace(tzinfo=None)
    assert moment(local.isoformat(between)) == time
    assert moment(time.isoformat(between).replace("+00:00", "z")) == time


@given(TIMES, ZONES, st.booleans())
def test_http_dates_are_read(time, zone, usegmt):
    time = time.replace(microsecond=0)
    assert moment(format_datetime(time if usegmt else time.astimezone(zone), usegmt)) == time


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T10:00:00.000000000Z",
        "2026-11-25 10:00:00 +0000 UTC",
        "2026-11-25 10:00 UTC",
        "2026/11/25 18:00:00 +08:00",
        "20261125T100000Z",
        "Wednesday, 25-Nov-26 10:00:00 GMT",
        "Wed Nov 25 10:00:00 2026",
    ],
)
def test_other_ways_to_write_the_same_time(text):
    assert moment(text) == datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None, 0, 1, -5, 3600, True, "soon", "", -1e99, 1e99, 10**400, float("nan"), "nan", "inf", {}, [1767225600],
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_what_is_no_time_is_unknown(value):
    assert moment(value) is None


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_anything_is_a_time_or_none(value):
    found = moment(value)
    assert found is None or (found.tzinfo is UTC and found.year >= 1973)


AT = "https://x.example/a.mp4"


@pytest.mark.parametrize(
    ("url", "end"),
    [
        (f"{AT}?se=2025-11-20T00%3A00%3A00Z&sp=r&sig=x", datetime(2025, 11, 20, tzinfo=UTC)),
        (f"{AT}?Expires=1763596800&Signature=x", datetime(2025, 11, 20, tzinfo=UTC)),
        (f"{AT}?X-Amz-Date=20251119T230000Z&X-Amz-Expires=3600", datetime(2025, 11, 20, tzinfo=UTC)),
        (f"{AT}?x-tos-expires=86400&x-tos-date=20251119T000000Z", datetime(2025, 11, 20, tzinfo=UTC)),
        (AT, None),
        (f"{AT}?se=soon", None),
        (f"{AT}?Expires=3600", None),
        (f"{AT}?X-Amz-Date=soon&X-Amz-Expires=3600", None),
        (f"{AT}?X-Amz-Date=20251119T230000Z&X-Amz-Expires={'9' * 5000}", None),
        ("http://[x?se=2026-01-01", None),
        (f"{AT}?se=9999-12-31T23:59:59-23:59", None),
        (None, None),
    ],
)
def test_a_signed_link_says_when_it_ends(url, end):
    assert link_expiry(url) == end


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7),
        ("0", 0),
        ("-5", 0),
        ("99999", 120),
        ("nan", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 00:00:30 GMT", 30),
        ("2026-11-22T00:00:30Z", 30),
        ("Sun, 22 Nov 2020 00:00:30 GMT", 0),
        ("Sun, 22 Nov 2099 00:00:30 GMT", 120),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 120),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == seconds
