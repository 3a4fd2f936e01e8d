"""Budgets: exact amounts, one transaction for looking and reserving, and refusals before anything is sent."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import KEY
from faulty import Faulty, answer, reset
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import where

from sora_nb.errors import BadRequest, BudgetExceeded, ConfigError, InvalidInput, OutcomeUnknown
from sora_nb.models import Price, State, micros
from sora_nb.money import budget
from sora_nb.providers import registry
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.studio import Studio

pytestmark = pytest.mark.usefixtures("each_database")

SMALL = {"seconds": 1, "size": "64x64"}
PRICES = (
    Price(kind="character", usd="0.01", source="a test", date=dt.date(2026, 1, 4)),
    Price(kind="video", model="animatic", usd="0.30", source="a test", date=dt.date(2026, 1, 4)),
)
PAID = registry.get("local").model_copy(update={"name": "paid", "free": False, "prices": PRICES})
ANY_SIZE = PAID.model_copy(update={"video": PAID.video.model_copy(update={"sides": None})})
"""A profile that does not say which sizes there are, so that the service refuses one."""


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


@pytest.fixture
def paid(server, tmp_path):
    """Make studios of a local server that plays a gateway which charges; all share one ledger."""
    made = []

    def make(**options):
        options = {"base_url": server.url, "api_key": KEY, "home": tmp_path / "paid", "progress": False} | options
        made.append(Studio(options.pop("profile", PAID), **options))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def call(reserved=300_000, **fields):
    return Call(kind="video", profile="paid", model="animatic", reserved=reserved, **fields)


def accepted(server):
    return server._store.counts()["video"]


# --- amounts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [5, 5.0, "5", "5.00", Decimal(5), Decimal("5.000000"), Decimal("0.5e1")])
def test_five_dollars_are_five_dollars(amount):
    assert budget.allowance(amount, None).limit == 5_000_000


def test_a_sum_of_floats_is_taken_to_the_nearest_millionth():
    assert budget.allowance(0.1 + 0.2, None).limit == 300_000


@pytest.mark.parametrize("amount", [-1, -0.01, float("nan"), float("inf"), "five", "5$", "", True, "0.0000001", 10**12])
def test_what_is_no_amount_is_refused(amount, tmp_path):
    with pytest.raises(InvalidInput, match="not an amount in dollars"):
        Studio("local", home=tmp_path / "mine", budget=amount)


def test_the_environment_gives_a_budget(monkeypatch):
    monkeypatch.setenv("SORA_NB_BUDGET", "2.50")
    with Studio("local") as studio, Studio("local", budget=1) as other:
        assert studio.budget.limit == Decimal("2.5")
        assert other.budget.limit == 1


def test_the_first_day_of_a_budget_may_be_a_moment():
    moment = dt.datetime(2026, 3, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert budget.allowance("5", moment).first_day == dt.date(2026, 2, 28)
    with pytest.raises(InvalidInput, match="'soon' is no day"):
        budget.allowance("5", "soon")


def test_a_budget_in_the_environment_that_is_none(monkeypatch):
    monkeypatch.setenv("SORA_NB_BUDGET", "lots")
    with pytest.raises(ConfigError, match="Set SORA_NB_BUDGET to dollars"):
        Studio("local")


# --- what counts --------------------------------------------------------------------------------------------------------


def test_what_is_charged_counts_and_until_then_the_list_price(ledger):
    allowance = budget.allowance(5, None)
    for state, charged in [
        (State.PLANNED, None), (State.SENT, None), (State.RUNNING, None), (State.UNKNOWN, None),
        (State.DONE, 250_000), (State.FAILED, 0), (State.FAILED, 300_000),
    ]:  # fmt: skip
        ledger.change(ledger.add(call(), allowance), state=state, charged=charged)
    ledger.add(call(0, estimate=150_000), allowance)
    used = ledger.used(allowance)
    assert (used.spent, used.reserved, used.left) == (Decimal("0.55"), Decimal("1.2"), Decimal("3.25"))
    assert repr(used) == f"Budget($5.00 since {used.since}: $0.55 spent, $1.20 reserved, $3.25 left)"


def test_without_a_budget_the_sums_are_told_all_the_same(ledger):
    ledger.add(call())
    ledger.add(call(None))
    used = ledger.used(budget.allowance(None, None))
    assert used.left is None
    assert repr(used) == (
        f"Budget(no limit since {used.since}: $0.00 spent, $0.30 reserved, not counting 1 of unknown price)"
    )


def test_each_month_begins_anew(ledger):
    allowance = budget.allowance("0.30", None)
    october = dt.datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)
    november = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    ledger.add(call(created_at=october), allowance)
    with pytest.raises(BudgetExceeded, match="since 2026-10-01"):
        ledger.add(call(created_at=october), allowance)
    ledger.add(call(created_at=november), allowance)
    with pytest.raises(BudgetExceeded, match="since 2026-11-01"):
        ledger.add(call(created_at=november), allowance)


def test_a_first_day_makes_a_budget_for_longer(ledger):
    ledger.add(call(created_at=dt.datetime(2026, 10, 15, 12, tzinfo=dt.UTC)))
    ledger.add(call(created_at=dt.datetime(2026, 10, 14, 12, tzinfo=dt.UTC)))
    allowance = budget.allowance("0.50", dt.date(2026, 10, 15))
    assert ledger.used(allowance).reserved == Decimal("0.3")
    with pytest.raises(BudgetExceeded, match="since 2026-10-15"):
        ledger.add(call(), allowance)


ASKED = st.lists(
    st.tuples(st.integers(0, 2_000_000), st.sampled_from(["running", "charged", "refused"])), min_size=1, max_size=12
)


@settings(max_examples=40)
@given(limit=st.decimals(0, 5, places=6), asked=ASKED)
def test_the_arithmetic_is_exact(tmp_path_factory, limit, asked):
    """A call passes exactly when everything that counts, itself included, is within the limit."""
    ledger = Ledger(tmp_path_factory.mktemp("exact") / "ledger.db")
    allowance, total = budget.allowance(limit, None), 0
    for amount, outcome in asked:
        fits = amount == 0 or total + amount <= micros(limit)
        try:
            row = ledger.add(call(amount), allowance)
        except BudgetExceeded:
            assert not fits
            continue
        assert fits
        if outcome != "running":
            ledger.change(row, charged=amount if outcome == "charged" else 0)
        total += 0 if outcome == "refused" else amount
        used = ledger.used(allowance)
        assert (used.spent + used.reserved) * 1_000_000 == total <= micros(limit)
    ledger.close()


# --- races for the last dollar --------------------------------------------------------------------------------------------


def test_threads_race_for_the_last_dollar(ledger):
    allowance, begin, won = budget.allowance(1, None), threading.Barrier(12), []

    def buy():
        begin.wait()
        for _ in range(3):
            try:
                won.append(ledger.add(call(), allowance))
            except BudgetExceeded:
                return

    threads = [threading.Thread(target=buy) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(ledger.calls()) == 3
    assert ledger.used(allowance).left == Decimal("0.1")


BUYER = """
import sys
from sora_nb.money import budget
from sora_nb.errors import BudgetExceeded
from sora_nb.storage.ledger import Call, Ledger
ledger, won = Ledger(sys.argv[1]), 0
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    try:
        ledger.add(Call(kind="video", profile="paid", reserved=70_000), budget.allowance("1.00", None))
        won += 1
    except BudgetExceeded:
        pass
print(won)
"""


def test_processes_race_for_the_last_dollar(tmp_path):
    path = tmp_path / "ledger.db"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", BUYER, where(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    kernels = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for kernel in kernels:
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    won = [int(kernel.communicate()[0]) for kernel in kernels]
    ledger = Ledger(path)
    assert sum(won) == len(ledger.calls()) == 14
    assert ledger.used(budget.allowance(1, None)).left == Decimal("0.02")
    ledger.close()


def test_tasks_of_a_loop_and_two_studios_race_for_the_last_dollar(server, paid):
    """What two kernels on one ledger buy together stays within the budget that both were given."""
    studios = [paid(budget="1.00"), paid(budget="1.00")]

    async def buy(number):
        return await (await asyncio.to_thread(studios[number % 2].submit, "a corgi", **SMALL))

    async def cell():
        return await asyncio.gather(*(buy(number) for number in range(10)), return_exceptions=True)

    results = asyncio.run(cell())
    refused = [result for result in results if isinstance(result, BudgetExceeded)]
    assert len(refused) == 7
    assert sum(accepted(server).values()) == 3
    assert studios[0].budget == studios[1].budget
    assert studios[0].budget.spent == Decimal("0.9")


# --- a studio with a budget ------------------------------------------------------------------------------------------------


def test_a_call_over_the_budget_is_refused_with_all_amounts(server, paid, footage):
    studio = paid(budget=0.45)
    studio.generate("a corgi", **SMALL)
    with pytest.raises(BudgetExceeded) as caught:
        studio.submit("a corgi", **SMALL)
    assert str(caught.value) == (
        f"This call costs $0.30, but the budget has $0.15 left: $0.45 since {studio.budget.since}, of which $0.30 is "
        "spent and $0.00 reserved. Nothing was sent, nothing was charged. Make the Studio with a higher budget, wait "
        "for running calls, or run studio.resume() for lost ones; what it cannot find, studio.settle() settles by the bill."
    )
    assert len(studio.costs()) == sum(accepted(server).values()) == 1
    hero = studio.extract(footage, 1, 3)
    assert hero.profile == "paid"
    assert studio.budget.left == Decimal("0.14")
    with pytest.raises(BudgetExceeded, match=r"\$0.31 is spent"):
        studio.generate(f"{hero} runs", **SMALL)


def test_a_limit_for_one_call(server, paid, footage):
    studio = paid()
    with pytest.raises(BudgetExceeded, match=r"costs \$0.30, more than the \$0.29 allowed for it"):
        studio.generate("a corgi", **SMALL, budget="0.29")
    with pytest.raises(BudgetExceeded, match=r"more than the \$0.00 allowed"):
        studio.extract(footage, 1, 3, budget=0)
    with pytest.raises(InvalidInput, match="not an amount"):
        studio.generate("a corgi", **SMALL, budget="cheap")
    assert len(studio.costs()) == 0
    studio.generate("a corgi", **SMALL, budget=0.3)


def test_free_calls_do_not_use_a_budget_up(server, paid, footage):
    studio = paid(profile="local", budget="0.10")
    studio.generate("a corgi", **SMALL, budget=0)
    studio.extract(footage, 1, 3)
    assert studio.costs()["estimate"].sum() == pytest.approx(0.16)
    assert studio.budget.left == Decimal("0.1")


def test_a_call_that_was_refused_by_the_service_gives_its_money_back(paid):
    studio = paid(profile=ANY_SIZE, budget="0.30")
    with pytest.raises(BadRequest):
        studio.generate("a corgi", seconds=1, size="321x181")
    assert studio.budget.left == Decimal("0.3")


def test_a_lost_call_keeps_its_money_until_it_is_found_out(tmp_path):
    with Faulty(reset, answer(b'{"data": []}')) as gateway:
        profile = PAID.model_copy(update={"timeout_create": 60.0})
        with Studio(profile, base_url=gateway.url, api_key=KEY, home=tmp_path, progress=False, budget=0.5) as studio:
            with pytest.raises(OutcomeUnknown):
                studio.generate("a corgi")
            with pytest.raises(BudgetExceeded, match=r"\$0.30 reserved"):
                studio.generate("a corgi")
            assert len(gateway.creates) == 1
            assert "may still accept it" in studio.resume()["note"][0]
            with pytest.raises(BudgetExceeded, match=r"\$0.30 reserved"):
                studio.generate("a corgi")
            [call] = studio.ledger.calls()
            studio.ledger.change(call, created_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=3))
            assert studio.resume()["now"].tolist() == ["failed"]  # the listing shows keys, and this one is not there
            assert studio.budget.left == Decimal("0.5")


def test_a_price_nobody_knows_is_not_covered_by_any_budget(server, paid):
    any_model = PAID.model_copy(update={"video": PAID.video.model_copy(update={"models": ()})})
    studio = paid(profile=any_model, budget=5)
    with pytest.raises(BudgetExceeded, match="No price list has this model"):
        studio.generate("a corgi", model="sora-9", **SMALL)
    unlimited = paid(profile=any_model)
    with pytest.raises(BudgetExceeded, match="No price list has this model"):
        unlimited.generate("a corgi", model="sora-9", **SMALL, budget=5)
    assert len(studio.costs()) == 0
