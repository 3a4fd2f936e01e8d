"""What a studio with years of work in it waits for, against one with ten videos: as ratios, both in one run."""

import datetime as dt

import pytest
from library import write
from speed import in_turns

from sora_nb import prompts
from sora_nb.models import Character, ServiceId, State
from sora_nb.storage.ledger import Call, Ledger

SERVICE = ServiceId("custom", "https://here.example")
ROUNDS = 20


def filled(path, videos, characters):
    """A ledger of finished videos and characters, as many calls of years leave them."""
    ledger = Ledger(path)
    then = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = [
        Call(
            kind="video", profile=SERVICE.provider, base_url=SERVICE.base_url, state=State.DONE, prompt=f"prompt {number}",
            model="sora-2", task=f"video_{number}", size="1280x720", seconds=10, estimate=300_000, charged=300_000,
            created_at=then, answer={"id": f"video_{number}", "prompt": f"prompt {number}"},
            file=f"/home/videos/{number}.mp4", poster=f"/home/posters/{number}.jpg",
        )
        for number in range(videos)
    ]  # fmt: skip
    cast = [
        Character(
            id=f"ch_{number}", username=f"user{number}", raw={"page": "x" * 400}, profile=SERVICE.provider,
            base_url=SERVICE.base_url,
        )
        for number in range(characters)
    ]  # fmt: skip
    write(ledger, rows, cast)
    return ledger


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    made = filled(tmp_path_factory.mktemp("small") / "ledger.db", 10, 10)
    yield made
    made.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    made = filled(tmp_path_factory.mktemp("large") / "ledger.db", 5_000, 1_000)
    yield made
    made.close()


def cast(ledger, prompt):
    """Whom a prompt mentions: what submit() looks up before an order leaves."""
    known = ledger.characters.usernames()
    return ledger.characters.named(prompts.check(prompt, known), SERVICE)


# names are read for every prompt, so that a misspelt one is told; a record takes a hundred times as long as a name
LOOK_UPS = {
    "no mention": (lambda ledger: cast(ledger, "a corgi barista"), 8),
    "two mentions": (lambda ledger: cast(ledger, "@user1 meets @user7"), 6),
    "a task": (lambda ledger: ledger.video("video_5", SERVICE), 3),
    "a row": (lambda ledger: ledger.call("nobody's"), 3),
    "ten videos": (lambda ledger: ledger.videos(limit=10), 3),
    "50 prompts": (lambda ledger: ledger.calls(kind="video", prompts=[f"prompt {n % 10}" for n in range(50)]), 3),
    "unfinished": (lambda ledger: ledger.calls([State.RUNNING, State.UNKNOWN]), 3),
    "a username": (lambda ledger: ledger.characters.get("user5", SERVICE), 3),
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_a_large_library_is_looked_up_about_as_fast_as_a_small_one(benchmark, small, large, name):
    work, most = LOOK_UPS[name]
    work(small)
    work(large)

    def enough(slow, fast):
        return slow <= most * fast

    works = lambda: work(large), lambda: work(small)
    slow, fast = benchmark.pedantic(lambda: in_turns(*works, rounds=ROUNDS, enough=enough), rounds=1)
    benchmark.extra_info.update(ratio=round(slow / fast, 2), large_ms=round(1000 * slow, 2))
    assert enough(slow, fast)
