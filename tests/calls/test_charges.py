"""What a call was charged: as its answer says, else by the service's rules, else nobody knows yet."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from conftest import KEY
from faulty import Faulty, answer, ranged

from sora_nb.errors import BudgetExceeded, GenerationFailed
from sora_nb.models import Price, State
from sora_nb.providers import registry, sora
from sora_nb.providers.profile import Pace
from sora_nb.studio import Studio

PRICE = Price(kind="video", usd="0.30", source="a test", date="2026-11-25")


class Billing(sora.Wire):
    """A service whose answers say in cents what was charged."""

    def charge(self, entry):
        return entry["cost"]["cents"] * 10_000 if entry.get("status") != "queued" else None


@pytest.fixture
def sell(tmp_path, clip):
    """Make a studio at a service whose tasks end as told."""
    made = []

    def make(task, *, dialect=f"{__name__}:Billing", budget=None, **rules):
        film = clip.read_bytes()

        def serve(connection, request):
            method, path, _ = request.split(b"\r\n")[0].decode().split(" ")
            if path == "/a.mp4":
                ranged(film)(connection, request)
                return
            found = {"status": "queued", "cost": {"cents": 99}} if method == "POST" else task
            told = json.dumps({"id": "video_1", **found}).replace("{}/", service.url + "/")
            connection.sendall(answer(told.encode()))

        service = Faulty(serve)
        service.__enter__()
        known = registry.get("custom")
        video = known.video.model_copy(update={"poll": Pace(shortest=0.01, longest=0.02)})
        update = {"video": video, "prices": (PRICE,), "listing": False, "dialect": dialect, **rules}
        studio = Studio(
            known.model_copy(update=update),
            base_url=service.url,
            api_key=KEY,
            home=tmp_path,
            progress=False,
            budget=budget,
        )
        made.append((studio, service))
        return studio

    yield make
    for studio, service in made:
        studio.close()
        service.__exit__(None, None, None)


def done(**said):
    return {"status": "completed", "url": "{}/a.mp4", **said}


def failed(**said):
    return {"status": "failed", "error": {"message": "No."}, **said}


@pytest.mark.parametrize(
    ("said", "charged"),
    [({"cost": {"cents": 42}}, 420_000), ({"cost": {"cents": 0}}, 0), ({}, 300_000), ({"cost": None}, 300_000),
     ({"cost": {"cents": -5}}, 300_000), ({"cost": {"cents": 10**30}}, 300_000), ({"cost": {"cents": 0.5}}, 300_000), ({"cost": {"cents": "much"}}, 300_000)],
)  # fmt: skip
def test_what_an_answer_says_beats_the_list(sell, said, charged):
    studio = sell(done(**said))
    video = studio.generate("a fox")
    [row] = studio.ledger.calls()
    assert (row.state, row.charged, row.estimate) == (State.DONE, charged, 300_000)
    assert video.charged == Decimal(charged) / 1_000_000


@pytest.mark.parametrize(
    ("said", "rules", "charged", "words"),
    [
        ({"cost": {"cents": 7}}, {}, 70_000, r"It says that it charged \$0\.07\."),
        ({"cost": {"cents": 0}}, {"failures_charged": ("video",)}, 0, r"It says that it charged nothing\."),
        ({"cost": {"cents": 7}}, {"failures_unknown": True}, 70_000, r"It says that it charged \$0\.07\."),
        ({}, {"failures_charged": ("video",)}, 300_000, r"This service charges such calls\."),
        ({}, {}, 0, r"Failed videos are not charged here\."),
    ],
)
def test_a_failure_is_charged_as_its_answer_says_else_by_the_rules(sell, said, rules, charged, words):
    studio = sell(failed(**said), **rules)
    with pytest.raises(GenerationFailed, match=words):
        studio.generate("a fox")
    [row] = studio.ledger.calls()
    assert (row.state, row.charged) == (State.FAILED, charged)
    assert row.answer["status"] == "failed"
    assert studio.budget.spent == Decimal(charged) / 1_000_000


def test_where_nobody_knows_if_failures_are_billed_the_price_stays_reserved_until_it_is_settled(sell):
    studio = sell(failed(), failures_unknown=True, budget="0.50")
    with pytest.raises(
        GenerationFailed, match=r"is not known, so the list price stays reserved until studio\.settle\(\)"
    ):
        studio.generate("a fox")
    [row] = studio.ledger.calls()
    assert (row.state, row.charged, studio.budget.reserved) == (State.FAILED, None, Decimal("0.3"))
    assert "stays reserved" in row.error
    with pytest.raises(BudgetExceeded):
        studio.generate("a fox")
    studio.settle(row.id, charged="0.12")
    assert (studio.budget.reserved, studio.budget.spent) == (Decimal(0), Decimal("0.12"))


def test_a_service_that_says_nothing_of_charges_is_billed_by_the_list(sell):
    studio = sell(done(cost={"cents": 42}), dialect="sora")
    studio.generate("a fox")
    assert [row.charged for row in studio.ledger.calls()] == [300_000]
