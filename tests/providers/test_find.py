"""A create whose answer was lost is looked up in the service's listing, however many came after it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

import pytest
from faulty import Faulty, answer
from hurried import Hurried

from sora_nb.errors import NotDelivered, UpstreamError
from sora_nb.providers import registry
from sora_nb.providers.base import Order

SENT = datetime(2026, 11, 25, 12, tzinfo=UTC)
ORDER = Order(kind="video", prompt="a corgi", model="m", size="64x64", seconds=4)
NEWER = 250


def task(number, *, minutes=1.0, prompt="a cat", **fields):
    """A listed task, made so many minutes after the call."""
    made = (SENT + timedelta(minutes=minutes)).timestamp()
    return {"id": f"video_{number}", "status": "queued", "prompt": prompt, "created_at": int(made), **fields}


def listing(tasks, *, pages=True, most=100, **extra):
    """Serve tasks, newest first, a page at a time; a service that does not page always gives its first one."""

    def reply(connection, request):
        after = re.search(rb"after=(\w+)", request.split(b"\r\n")[0])
        ids = [entry["id"] for entry in tasks]
        start = ids.index(after[1].decode()) + 1 if after and pages else 0
        connection.sendall(answer(json.dumps({"data": tasks[start : start + most], **extra}).encode()))

    return reply


def find(server, profile, order=ORDER, key="key-1"):
    fake = Hurried(server.url, profile)
    return fake.run(fake.provider.find, order, key, SENT, ())


NEWEST = [task(number, key=f"other-{number}") for number in range(NEWER)]
OLD = [task(1000 + number, minutes=-60) for number in range(300)]


@pytest.mark.parametrize("extra", [{"most": 100}, {"most": 20, "has_more": True}])
@pytest.mark.parametrize(
    ("profile", "ours"),
    [("custom", task("ours", minutes=0, prompt="a corgi")), ("local", task("ours", idempotency_key="key-1"))],
)
def test_a_lost_create_is_found_behind_250_newer_tasks(profile, ours, extra):
    with Faulty(listing([*NEWEST, ours, *OLD], **extra)) as server:
        assert find(server, profile).id == "video_ours"


@pytest.mark.parametrize(
    "write",
    [int, str, lambda seconds: int(seconds * 1e3), lambda seconds: int(seconds * 1e6), lambda seconds: int(seconds * 1e9),
     lambda seconds: datetime.fromtimestamp(seconds, UTC).isoformat(), lambda seconds: formatdate(seconds, usegmt=True),
     lambda seconds: f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"],
    ids=["s", "text", "ms", "us", "ns", "ISO", "HTTP", "no zone"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["created_at", "createdAt", "create_time"])
def test_a_lost_create_is_found_by_its_time_in_any_form(write, name):
    ours, old = task("ours", minutes=0, prompt="a corgi"), task("old", minutes=-600, prompt="a corgi")
    tasks = [{**entry, "created_at": None, name: write(entry["created_at"])} for entry in (*NEWEST[:3], ours, old)]
    with Faulty(listing(tasks)) as server:
        assert find(server, "custom").id == "video_ours"


def test_it_is_looked_for_until_tasks_are_older_than_the_call():
    with Faulty(listing([*NEWEST, *OLD])) as server:
        assert find(server, "custom") is None
        assert len(server.requests) == 3


def test_what_is_not_there_never_came_where_keys_are_shown():
    with Faulty(listing([*NEWEST, *OLD])) as server, pytest.raises(NotDelivered):
        find(server, "local")
    with Faulty(listing(NEWEST)) as server, pytest.raises(NotDelivered):
        find(server, "local")


@pytest.mark.parametrize(
    ("free", "ago", "error"), [(True, 0, NotDelivered), (False, 90, UpstreamError), (False, 121, NotDelivered)]
)
def test_a_paid_create_may_arrive_until_its_time_is_over_twice(free, ago, error):
    """By then what a proxy still holds has been handed over or dropped."""
    shows_keys = registry.get("local").model_copy(update={"free": free})
    sent = datetime.now(UTC) - timedelta(seconds=ago)
    with Faulty(listing([])) as server:
        fake = Hurried(server.url, shows_keys, patience=60)
        with pytest.raises(error):
            fake.run(fake.provider.find, ORDER, "key-1", sent, ())


@pytest.mark.parametrize("profile", ["custom", "local"])
def test_a_service_that_cannot_be_asked_proves_nothing(profile):
    with Faulty(answer()) as server:
        pass
    with pytest.raises(UpstreamError, match="could not be reached"):
        find(server, profile)


def test_two_of_the_same_words_on_two_pages_prove_nothing():
    twins = [task("one", prompt="a corgi"), *NEWEST, task("two", prompt="a corgi")]
    with Faulty(listing(twins)) as server:
        assert find(server, "custom") is None


@pytest.mark.parametrize("profile", ["custom", "local"])
def test_a_service_that_does_not_page_is_not_asked_for_ever(profile):
    with Faulty(listing(NEWEST, pages=False)) as server:
        assert find(server, profile) is None
        assert len(server.requests) == 2


def test_an_endless_listing_is_read_for_a_while():
    def endless(connection, request):
        del request
        endless.number += 100
        entries = [task(endless.number + index) for index in range(100)]
        connection.sendall(answer(json.dumps({"data": entries}).encode()))

    endless.number = 0
    with Faulty(endless) as server:
        assert find(server, "local") is None
        assert len(server.requests) == 50


def test_characters_are_found_so_too():
    order = Order(kind="character")
    made = [task(number, status="completed", username=f"who_{number}") for number in range(NEWER)]
    ours = task("ours", status="completed", username="luna", idempotency_key="key-1")
    with Faulty(listing([*made, ours])) as server:
        assert find(server, "local", order).character.username == "luna"


def test_an_entry_that_cannot_be_read_proves_nothing():
    nameless = task("", idempotency_key="key-1", status="completed") | {"id": None}
    for entry, kind in (nameless, "character"), ({"id": None}, "video"):
        with Faulty(listing([entry])) as server, pytest.raises(UpstreamError, match="cannot be read"):
            find(server, "local", ORDER.model_copy(update={"kind": kind}))
