import pandas as pd

from sora_nb.widgets.cost_meter import CostMeter


def frame():
    return pd.DataFrame({
        "time": pd.to_datetime(["2026-11-01T10:00:00Z"] * 3), "kind": ["video", "character", "video"],
        "prompt": ["a fox in the forest", "", "<img src=x onerror=alert(1)>"], "status": ["done", "done", "unknown"],
        "estimate": [0.15, 0.01, 0.15], "charged": [0.15, 0.01, None],
    })  # fmt: skip


def test_the_meter_follows_and_the_table_opens(stage):
    meter = CostMeter(spent=160_000, estimated=310_000, reserved=150_000, budget=5_000_000, table=frame)
    view = stage.show(meter)
    bar = view.get_by_role("meter", name="Budget")
    assert bar.get_attribute("aria-valuenow") == "0.31"
    view.get_by_role("button", name="Table").press("Enter")
    view.get_by_role("cell", name="may have been billed").wait_for()
    view.get_by_role("cell", name="<img src=x").wait_for()
    meter.spent = 6_000_000
    view.get_by_text("over the budget of $5.00").wait_for()
    assert stage.violations() == []


def test_dark_without_a_budget(dark_stage):
    view = dark_stage.show(CostMeter(estimated=310_000))
    view.get_by_text("Nothing charged, list price $0.31").wait_for()
    assert view.get_by_role("button").count() == 0
    assert dark_stage.violations() == []
