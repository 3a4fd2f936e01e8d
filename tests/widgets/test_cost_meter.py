import pandas as pd
import pytest
import wire as wires

from sora_nb.widgets.cost_meter import CostMeter


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        ({}, "Nothing charged"),
        ({"estimated": 310_000}, "Nothing charged, list price $0.31"),
        ({"spent": 310_000, "estimated": 310_000}, "$0.31 spent"),
        (
            {"spent": 310_000, "estimated": 460_000, "reserved": 150_000, "budget": 5_000_000},
            "$0.31 spent, $0.15 reserved, $4.54 of $5.00 left, list price $0.46",
        ),
        (
            {"spent": 2_000_000, "estimated": 2_000_000, "budget": 1_500_000},
            "$2.00 spent, $0.50 over the budget of $1.50",
        ),
    ],
)
def test_the_sums_are_said_in_words(sums, said):
    meter = CostMeter(**sums)
    assert meter.words == said
    assert said.replace("$", "<span>$</span>") in meter._still()


def test_the_words_follow_the_sums():
    meter = CostMeter()
    meter.spent = 150_000
    assert meter.words.startswith("$0.15 spent")


def test_rows_are_sent_when_they_are_asked_for(wire):
    frame = pd.DataFrame({
        "time": pd.to_datetime(["2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z"]), "kind": ["video", "character"],
        "prompt": ["a \u202efox", ""], "status": ["unknown", "done"], "estimate": [0.15, 0.01], "charged": [None, 0.01],
    })  # fmt: skip
    meter = CostMeter(table=lambda: frame)
    assert wire.customs(meter) == []
    wires.custom(meter, {"kind": "rows"})
    assert wire.customs(meter)[0][0]["rows"] == [
        ["2026-11-01 11:00", "character", "", "done", "$0.01", "$0.01"],
        ["2026-11-01 10:00", "video", "a fox", "may have been billed", "$0.15", "?"],
    ]
