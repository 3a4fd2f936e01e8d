"""Budgets of a ledger: of the team, of persons and of experiments, exact whoever calls in whatever order."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from conftest import KEY
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb import cli, commands
from sora_nb.errors import BudgetExceeded, InvalidInput
from sora_nb.models import Price, in_dollars
from sora_nb.money import budget
from sora_nb.providers import registry
from sora_nb.storage.ledger import Call, Ledger
from sora_nb.studio import Studio

SMALL = {"seconds": 1, "size": "64x64"}
PRICES = (Price(kind="video", model="animatic", usd="0.30", source="a test", date=dt.date(2026, 1, 4)),)
PAID = registry.get("local").model_copy(update={"name": "paid", "free": False, "prices": PRICES})
PEOPLE = ("", "ann", "bob")
EXPERIMENTS = ("", "autumn")


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.db")
    yield made
    made.close()


@pytest.fixture
def paid(server, tmp_path, monkeypatch):
    """Make studios of several people, who pay a gateway, all on one ledger."""
    made = []

    def make(who, **options):
        monkeypatch.setenv("SORA_NB_USER", who)
        home = tmp_path / "team"
        made.append(Studio(PAID, base_url=server.url, api_key=KEY, home=home, progress=False, **options))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


def call(reserved, person="ann", experiment="", **fields):
    return Call(kind="video", profile="paid", reserved=reserved, person=person, experiment=experiment, **fields)


def left(ledger):
    return {(one.person, one.experiment): one.left for one in ledger.budgets.all()}


WHO, WHAT, AMOUNT = st.sampled_from(PEOPLE), st.sampled_from(EXPERIMENTS), st.integers(0, 900_000)
STEP = st.one_of(
    st.tuples(st.just("set"), WHO, WHAT, st.none() | AMOUNT.map(lambda micros: 2 * micros)),
    st.tuples(st.just("call"), WHO, WHAT, AMOUNT),
    st.tuples(st.just("call"), WHO, WHAT, AMOUNT),
    st.tuples(st.just("charge"), st.integers(0, 9), st.fractions(0, 1), st.none()),
)


STEPS, OWN = st.lists(STEP, max_size=14), st.none() | st.integers(0, 2_000_000)


@given(steps=STEPS, own=OWN)
@settings(max_examples=40)
def test_no_budget_is_exceeded_and_nothing_that_fits_is_refused(tmp_path_factory, steps, own):
    """Whatever is set, called and charged, in whatever order: a call passes exactly where it fits into all that count it."""
    check_exact(Ledger(tmp_path_factory.mktemp("exact") / "ledger.db"), steps, own)


@pytest.mark.release
@given(steps=STEPS, own=OWN)
@settings(max_examples=6)
def test_nor_on_a_server(postgres_server, steps, own):
    check_exact(Ledger(postgres_server.database()), steps, own)


def check_exact(ledger, steps, own):
    mine = budget.allowance(None if own is None else in_dollars(own), None)
    limits, rows, held = {}, [], {}

    def used(who, what):
        return sum(held[row.id] for row in rows if who in {"", row.person} and what in {"", row.experiment})

    for kind, who, what, amount in steps:
        if kind == "set":
            limit = None if amount is None else in_dollars(amount)
            ledger.budgets.set(budget.shared(limit, who or None, what or None))
            limits.pop((who, what), None)
            limits |= {} if amount is None else {(who, what): amount}
        elif kind == "charge" and rows:
            row = rows[who % len(rows)]
            held[row.id] = int(row.reserved * what)
            ledger.change(row, charged=held[row.id])
        elif kind == "call":
            counting = {
                whose: limit for whose, limit in limits.items() if whose[0] in {"", who} and whose[1] in {"", what}
            }
            fits = all(used(*whose) + amount <= limit for whose, limit in counting.items())
            fits = not amount or (fits and (own is None or used("", "") + amount <= own))
            try:
                rows.append(ledger.add(call(amount, who, what), mine))
            except BudgetExceeded:
                assert not fits
                continue
            assert fits
            held[rows[-1].id] = amount
    wanted = {whose: max(0, limit - used(*whose)) for whose, limit in limits.items()}
    assert {whose: int(amount * 1_000_000) for whose, amount in left(ledger).items()} == wanted
    ledger.close()


@pytest.mark.usefixtures("each_database")
def test_threads_of_several_people_race_for_the_last_dollar(tmp_path):
    """What was refused would not fit even into what is left at the end."""
    ledgers = [Ledger(tmp_path / "ledger.db") for _ in range(2)]
    for limit, who, what in (("2.00", None, None), ("0.75", "ann", None), ("0.62", None, "autumn")):
        ledgers[0].budgets.set(budget.shared(limit, who, what))
    refused, begin = [], threading.Barrier(6)

    def buy(number):
        begin.wait()
        for turn in range(8):
            asked = call(70_000 + 10_000 * (turn % 3), PEOPLE[1 + number % 2], EXPERIMENTS[turn % 2])
            try:
                ledgers[number % 2].add(asked)
            except BudgetExceeded:
                refused.append(asked)

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rest = left(ledgers[1])
    assert rest == {("", ""): rest["", ""], ("ann", ""): rest["ann", ""], ("", "autumn"): rest["", "autumn"]}
    rows = ledgers[0].calls()
    assert sum(row.reserved for row in rows) <= 2_000_000
    assert sum(row.reserved for row in rows if row.person == "ann") <= 750_000
    assert sum(row.reserved for row in rows if row.experiment == "autumn") <= 620_000
    assert len(rows) + len(refused) == 48
    for asked in refused:
        counting = [
            rest[whose, what] for whose, what in rest if whose in {"", asked.person} and what in {"", asked.experiment}
        ]
        assert min(counting) < in_dollars(asked.reserved)
    for ledger in ledgers:
        ledger.close()


@pytest.mark.usefixtures("each_database")
def test_a_budget_is_for_each_month_or_from_a_day_on(ledger):
    october, november = (dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (10, 11))
    ledger.budgets.set(budget.shared("0.30", "ann", None))
    for month in (october, november):
        ledger.add(call(300_000, created_at=month))
        with pytest.raises(BudgetExceeded, match=f"the budget of ann has .* since {month.date()}"):
            ledger.add(call(1, created_at=month))
    ledger.budgets.set(budget.shared("0.90", "ann", None, november.date()))
    ledger.add(call(600_000, created_at=november))
    with pytest.raises(BudgetExceeded, match="since 2026-11-01"):
        ledger.add(call(1, created_at=november))


def test_what_no_list_has_a_price_for_is_covered_by_no_budget(ledger):
    ledger.budgets.set(budget.shared(5, None, "autumn"))
    ledger.add(call(None))
    with pytest.raises(BudgetExceeded, match="so a budget of the experiment autumn cannot cover the call"):
        ledger.add(call(None, experiment="autumn"))


def test_a_refusal_names_the_budget_what_is_left_and_what_to_do(paid):
    ann, bob = paid("ann"), paid("bob", budget=50)
    bob.set_budget(1)
    bob.set_budget("0.45", person="ann")
    ann.generate("a fox", **SMALL)
    with pytest.raises(BudgetExceeded) as caught:
        ann.submit("a fox", **SMALL)
    assert str(caught.value) == (
        f"This call costs $0.30, but the budget of ann has $0.15 left: $0.45 since {ann.budget.since}, of which $0.30 "
        "is spent and $0.00 reserved. Nothing was sent, nothing was charged. Ask whoever keeps this budget to set a higher "
        "one (`sora-nb budget set`), wait for running calls, or run studio.resume() for lost ones; what it cannot find, "
        "studio.settle() settles by the bill."
    )
    for _ in range(2):
        bob.generate("a cat", **SMALL)
    with pytest.raises(BudgetExceeded, match=r"but the budget of the team has \$0.10 left: \$1.00 since"):
        bob.generate("a cat", **SMALL)
    assert len(ann.costs()) == 3
    bob.set_budget(None, person="ann")
    bob.set_budget(2)
    ann.generate("a fox", **SMALL)


@pytest.mark.usefixtures("each_database")
def test_a_studio_tells_the_budget_with_the_least_left(paid):
    ann, bob = paid("ann", budget=9), paid("bob")
    assert str(ann.budget).startswith("$9.00 since")
    assert bob.budget.limit is None
    ann.set_budget(3)
    ann.set_budget(2, person="mine")
    assert str(ann.budget).startswith("ann: $2.00 since")
    assert str(bob.budget).startswith("the team: $3.00 since")
    ann.generate("a fox", **SMALL)
    table = bob.budgets()
    assert table[["person", "limit", "spent", "left"]].to_numpy().tolist() == [["", 3, 0.3, 2.7], ["ann", 2, 0.3, 1.7]]
    assert paid("cleo").budget.left == Decimal("2.7")


def test_an_experiment_has_a_budget_of_its_own(paid):
    ann, bob = paid("ann"), paid("bob")
    ann.set_budget("0.60", experiment="autumn")
    ann.sweep(["a fox"], experiment="autumn", **SMALL).run()
    ann.sweep(["a bear"], experiment="spring", **SMALL).run()
    with pytest.raises(BudgetExceeded, match=r"the budget of the experiment autumn has \$0.00 left"):
        bob.sweep(["a cat", "a dog"], experiment="autumn", **SMALL).run()
    assert bob.costs(experiment="autumn")["person"].tolist() == ["ann", "bob"]
    bob.generate("a cow", **SMALL)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limit": "lots"}, "not an amount"),
        ({"limit": -1}, "not an amount"),
        ({"limit": 1, "person": ""}, "no name of a person"),
        ({"limit": 1, "experiment": "a\nb"}, "no name of an experiment"),
        ({"limit": 1, "since": "soon"}, "is no day"),
    ],
)
def test_what_is_no_budget_is_refused(paid, options, words):
    studio = paid("ann")
    with pytest.raises(InvalidInput, match=words):
        studio.set_budget(**options)
    assert studio.budgets().empty


def test_the_app_shows_the_budget_with_the_least_left(paid):
    ann, bob = paid("ann"), paid("bob")
    bob.set_budget(5, person="ann")
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    ann.ledger.add(call(0, charged=7_000_000, estimate=7_000_000, created_at=long_ago))
    ann.generate("a fox", **SMALL)
    bob.generate("a cat", **SMALL)
    for studio, words in ((ann, "$0.30 spent, $4.70 of the $5.00 of ann left"), (bob, "$7.60 spent")):
        app = studio.app()
        app.ready.result(10)
        app.show_costs()
        assert app.meter.words == words


def test_the_command_line_sets_shows_and_removes(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["sora-nb"])
    home = tmp_path / "new"

    def typed(*words):
        cli.app([*words, "--home", str(home)], standalone_mode=False)
        return capsys.readouterr().out.splitlines()

    month = dt.datetime.now(dt.UTC).date().replace(day=1)
    team = f"the team: $100.00 since {month}: $0.00 spent, $0.00 reserved, $100.00 left"
    assert typed("budget", "set", "100") == [team]
    (_, hers) = typed("budget", "set", "20", "--person", "ann", "--since", "2026-01-31")
    assert hers == "ann: $20.00 since 2026-01-31: $0.00 spent, $0.00 reserved, $20.00 left"
    (*_, work) = typed("budget", "set", "5", "--person", "ann", "--experiment", "autumn")
    assert work.startswith("ann in the experiment autumn: $5.00 since")
    assert typed("budget") == [team, hers, work]
    assert typed("budget", "remove", "--person", "ann") == [team, work]
    assert typed("budget", "remove", "--person", "ann", "--experiment", "autumn") == [team]
    assert "No budgets" in typed("budget", "remove")[0]
    with pytest.raises(InvalidInput, match="not an amount"):
        commands.set_budget(home, "much", None, None, None)


@pytest.mark.release
def test_homes_on_one_server_share_budgets(postgres, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SORA_NB_LEDGER", postgres)
    cli.app(["budget", "set", "5", "--person", "ann", "--home", str(tmp_path / "one")], standalone_mode=False)
    monkeypatch.setenv("SORA_NB_USER", "ann")
    with Studio("local", home=tmp_path / "two", progress=False) as ann:
        ann.ledger.add(call(4_000_000))
        assert ann.budget.left == 1
        assert len(ann.costs("mine")) == 1
    capsys.readouterr()
    cli.app(["budget", "--home", str(tmp_path / "three")], standalone_mode=False)
    assert capsys.readouterr().out.endswith("$0.00 spent, $4.00 reserved, $1.00 left\n")
