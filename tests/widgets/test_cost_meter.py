from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import wire as wires
from cast import HOSTILE

from sora_nb.errors import InvalidInput, LedgerError
from sora_nb.notebook.widgets.cost_meter import MOST_ROWS, CostMeter

CALL = {"time": pd.Timestamp("2026-11-22T09:05:00Z"), "kind": "video", "prompt": "@mossy runs", "status": "done"}
CALLS = pd.DataFrame(
    [
        {**CALL, "estimate": 0.4, "charged": 0.4},
        {**CALL, "estimate": 0.3, "charged": float("nan"), "status": "unknown"},
        {**CALL, "estimate": float("nan"), "charged": float("nan"), "status": "running", "time": pd.NaT},
    ]
)


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        ({}, "$0.00 spent"),
        ({"spent": 0.31, "estimated": 0.46, "reserved": 0.15}, "$0.31 spent, $0.15 reserved"),
        (
            {"spent": 0.31, "estimated": 0.46, "reserved": 0.15, "budget": 5},
            "$0.31 spent, $0.15 reserved, $4.54 of $5.00 left",
        ),
        ({"spent": 5.3, "budget": 5}, "$5.30 spent, $0.30 over the budget of $5.00"),
        ({"estimated": 0.31}, "Nothing was charged; the same calls would have cost $0.31 at list price."),
        (
            {"estimated": 0.31, "budget": 1},
            "Nothing was charged; the same calls would have cost $0.31 at list price. $1.00 of $1.00 left.",
        ),
        ({"spent": 0.31, "estimated": 1.2}, "$0.31 spent, list price of all calls $1.20"),
        ({"budget": 0}, "$0.00 spent, $0.00 of $0.00 left"),
        ({"spent": 1, "budget": 20, "whose": "ann"}, "$1.00 spent, $19.00 of the $20.00 of ann left"),
        ({"spent": 3, "budget": 2, "whose": "the team"}, "$3.00 spent, $1.00 over the budget of $2.00 of the team"),
    ],
)
def test_sums_are_said_in_words(sums, words):
    assert CostMeter(**sums).words == words


def test_words_follow_the_sums():
    meter = CostMeter(budget=1)
    meter.spent = 0.25
    assert meter.words == "$0.25 spent, $0.75 of $1.00 left"
    assert repr(meter) == "CostMeter('$0.25 spent, $0.75 of $1.00 left')"
    assert 'value="25"' in meter._still()
    meter.budget = None
    assert "<span>$</span>0.25 spent" in meter._still()


def test_sums_are_dollars_here_and_whole_micro_dollars_in_the_page(wire):
    meter = CostMeter(spent="$0.31", reserved=np.float64(0.15), budget=5)
    assert (meter.spent, meter.reserved, meter.budget) == (Decimal("0.31"), Decimal("0.15"), 5)
    sent = wire.state(meter)
    assert [sent[name] for name in ("spent", "estimated", "reserved", "budget")] == [310_000, 0, 150_000, 5_000_000]
    meter.budget = None
    assert meter.budget is None


@pytest.mark.parametrize("wrong", [-1, "much", float("nan"), True])
def test_what_is_no_sum_is_refused_in_words(wrong):
    meter = CostMeter(spent=1)
    with pytest.raises(InvalidInput, match="is not an amount in dollars"):
        meter.spent = wrong
    assert meter.spent == 1


def rows(wire, meter):
    wires.custom(meter, {"kind": "table"})
    content, _ = wire.customs(meter)[-1]
    return content


def test_the_table_comes_when_asked_for_newest_first(wire):
    meter = CostMeter(table=lambda: CALLS)
    assert wire.customs(meter) == []
    running, lost, done = rows(wire, meter)["rows"]
    assert done == {
        "time": "2026-11-22T09:05:00+00:00",
        "person": "",
        "kind": "video",
        "prompt": "@mossy runs",
        "status": "done",
        "estimate": "$0.40",
        "charged": "$0.40",
    }
    assert (lost["charged"], lost["estimate"]) == ("may have been billed", "$0.30")
    assert (running["charged"], running["estimate"], running["time"]) == ("not known yet", "?", "")


def test_a_free_call_that_is_under_way_is_charged_nothing(wire):
    free = CALLS.tail(1).assign(estimate=0.0)
    assert rows(wire, CostMeter(table=lambda: free))["rows"][0]["charged"] == "$0.00"


@pytest.mark.parametrize(("people", "several"), [(["ann"] * 3, False), (["ann", "bob", "ann"], True)])
def test_the_table_says_whether_it_has_several_people(wire, people, several):
    told = rows(wire, CostMeter(table=lambda: CALLS.assign(person=people)))
    assert told["several"] is several
    assert [row["person"] for row in told["rows"]] == people[::-1]


def test_a_character_tells_what_it_was_made_from(wire):
    made = pd.DataFrame([{**CALL, "kind": "character", "prompt": "", "source": "2-4 s of my_cat.mov"}])
    assert rows(wire, CostMeter(table=lambda: made))["rows"][0]["prompt"] == "2-4 s of my_cat.mov"


def test_a_long_table_is_cut_and_says_so(wire):
    told = rows(wire, CostMeter(table=lambda: pd.concat([CALLS] * 100)))
    assert (len(told["rows"]), told["earlier"]) == (MOST_ROWS, 300 - MOST_ROWS)


def test_hostile_prompts_are_short_and_plain(wire):
    frame = pd.DataFrame([{**CALL, "prompt": text, "kind": text, "status": text} for text in HOSTILE])
    told = str(rows(wire, CostMeter(table=lambda: frame)))
    assert len(told) < 5_000
    assert "\u202e" not in told


@pytest.mark.parametrize("error", [LedgerError("The ledger is locked."), KeyError("The ledger is locked.")])
def test_a_table_that_fails_is_a_problem(wire, error):
    def fail():
        raise error

    meter = CostMeter(table=fail)
    wires.custom(meter, {"kind": "table"})
    assert "The ledger is locked." in meter.problem
    assert not CostMeter().has_table


def test_a_time_without_a_zone_is_utc(wire):
    """As costs() has it; the page shows the time of its own place."""
    meter = CostMeter(table=lambda: CALLS.assign(time=CALLS["time"].dt.tz_convert(None)))
    wires.custom(meter, {"kind": "table"})
    content, _ = wire.customs(meter)[-1]
    assert {row["time"] for row in content["rows"]} == {"", "2026-11-22T09:05:00+00:00"}
