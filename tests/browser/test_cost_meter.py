"""The cost meter in a browser: sums that follow, the table on demand, over the budget."""

import pandas as pd
from cast import HOSTILE

from sora_nb.notebook.widgets.cost_meter import CostMeter

CALL = {"time": pd.Timestamp("2026-11-22T09:05:00Z"), "kind": "video", "prompt": "@mossy runs", "status": "done"}


def calls():
    lost = {**CALL, "status": "unknown", "estimate": 0.3, "charged": float("nan")}
    return pd.DataFrame([{**CALL, "estimate": 0.4, "charged": 0.4}, lost] * 10)


def test_sums_follow_in_two_views(stage):
    meter = CostMeter(spent=0.31, reserved=0.15, estimated=0.46, budget=5)
    first, second = stage.show(meter, "first"), stage.show(meter, "second")
    assert (
        first.get_by_role("meter").get_attribute("aria-valuetext") == "$0.31 spent, $0.15 reserved, $4.54 of $5.00 left"
    )
    meter.spent = 5
    second.get_by_text("$0.15 over the budget of $5.00").wait_for()
    assert first.locator(".sora-limit").is_visible()
    assert stage.violations() == []
    meter.budget = None
    first.get_by_role("meter").wait_for(state="hidden")


def test_the_table_opens_by_key_and_stays_current(stage):
    rows = calls()
    meter = CostMeter(spent=0.31, table=lambda: rows)
    view = stage.show(meter)
    view.get_by_role("button", name="Show calls").press("Enter")
    view.get_by_role("row").nth(20).wait_for()
    assert view.get_by_text("may have been billed").count() == 10
    assert view.get_by_role("row").nth(20).bounding_box()["height"] < 36  # nothing wraps
    assert stage.violations() == []
    rows = rows.head(3)
    meter.spent = 0.32
    view.get_by_role("row").nth(4).wait_for(state="detached")
    assert view.get_by_role("row").count() == 4
    view.get_by_role("button", name="Hide calls").click()
    assert view.get_by_role("table").is_hidden()


def test_hostile_prompts_do_nothing(stage):
    frame = pd.DataFrame([{**CALL, "prompt": text, "kind": text, "status": text} for text in HOSTILE])
    view = stage.show(CostMeter(table=lambda: frame))
    view.get_by_role("button").click()
    view.get_by_role("row").nth(5).wait_for()
    assert stage.page.evaluate("() => window.hacked") is None
    assert stage.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_dark_and_narrow(dark_stage):
    dark_stage.page.set_viewport_size({"width": 360, "height": 700})
    view = dark_stage.show(CostMeter(spent=6, budget=5, table=calls))
    view.get_by_role("button").click()
    view.get_by_role("row").nth(1).wait_for()
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert dark_stage.violations() == []
