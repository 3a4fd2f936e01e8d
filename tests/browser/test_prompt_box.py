"""The prompt box in a browser: completing, the marks behind the text, warnings, costs, and orders taken once."""

import pytest
from cast import character, hostile

from sora_nb.notebook.widgets.prompt_box import PromptBox

CAST = [character("luna.moon"), character("mossy"), character("rex")]
LONG = "A long shot of @mossy who walks with @luna.moon and @nobody along the shore, "


@pytest.fixture
def box():
    return PromptBox(
        CAST,
        models=["fast", "fine"],
        sizes=["1280x720"],
        lengths=[4, 8],
        estimate=lambda model, seconds: f"${seconds / (10 if model == 'fast' else 2):.2f}",
    )


def test_completing_by_keys_and_mouse(stage, box):
    view = stage.show(box)
    text = view.get_by_label("Prompt")
    text.press_sequentially("see @mo")
    option = view.get_by_role("option", name="@mossy")
    assert option.get_attribute("aria-selected") == "true"
    option.locator("img").wait_for()
    assert stage.violations() == []
    text.press("Tab")
    text.press_sequentially("and @")
    view.get_by_role("option", name="@rex").click()
    assert text.input_value() == "see @mossy and @rex "
    assert text.evaluate("(node) => node === document.activeElement")
    text.press("Control+z")
    assert "@rex" not in text.input_value()


def test_names_that_the_page_does_not_have_are_completed_by_the_kernel(stage):
    view = stage.show(PromptBox([character(f"mossy{number}") for number in range(150)]))
    text = view.get_by_label("Prompt")
    text.press_sequentially("see @mossy14")
    view.get_by_role("option", name="@mossy144").locator("img").wait_for()
    text.press("Tab")
    text.press_sequentially("and @mossy149")
    view.locator(".sora-known").nth(1).wait_for()
    assert text.input_value() == "see @mossy14 and @mossy149"
    assert stage.violations() == []


def test_offers_stand_at_the_name(stage, box):
    view = stage.show(box)
    text = view.get_by_label("Prompt")
    text.press_sequentially("Early in the morning on a beach, @")
    offers, area = view.get_by_role("listbox").bounding_box(), text.bounding_box()
    assert area["x"] + 100 < offers["x"] < area["x"] + 400
    assert area["y"] < offers["y"] < area["y"] + 60


def test_marks_lie_exactly_behind_the_text(stage, box):
    """A copy of the text, set as the browser sets text areas, breaks its lines where the layer does."""
    stage.page.set_viewport_size({"width": 420, "height": 700})
    box.value = (LONG * 6).strip() + "\n\n@rex"
    view = stage.show(box)
    text = view.get_by_label("Prompt")
    text.evaluate("(node) => { node.scrollTop = 1e6; node.dispatchEvent(new Event('scroll')); }")
    sizes = view.evaluate(
        """(view) => {
          const [area, layer] = [view.querySelector("textarea"), view.querySelector(".sora-layer")];
          return [area, layer].map((node) => [node.scrollHeight, node.scrollTop, node.clientWidth]);
        }"""
    )
    assert sizes[0] == sizes[1]
    assert sizes[0][1] > 50
    known, unknown = view.locator(".sora-known"), view.locator(".sora-unknown")
    assert (known.count(), unknown.count()) == (13, 6)


def test_warnings_and_costs_follow(stage, box):
    view = stage.show(box)
    view.get_by_label("Prompt").press_sequentially("@mosy runs")
    view.get_by_text("There is no character @mosy here. Did you mean @mossy?").wait_for()
    view.get_by_label("Model").select_option("fine")
    view.get_by_label("Length").select_option("8 s")
    view.get_by_text("Estimate: $4.00").wait_for()
    assert (box.model, box.seconds) == ("fine", 8.0)
    assert stage.violations() == []
    view.get_by_role("button", name="Generate").click()
    view.get_by_text("Nothing was sent, nothing was charged.").wait_for()


def test_the_button_says_what_is_missing(stage, box):
    view = stage.show(box)
    button = view.get_by_role("button", name="Generate", disabled=True)
    assert button.get_attribute("title") == "Say first what should be seen"
    button.press("Enter")
    stage.page.keyboard.type("@rex runs")
    view.get_by_role("button", name="Generate", disabled=False).wait_for()
    assert view.get_by_label("Prompt").input_value() == "@rex runs"
    assert box.problem == ""


def test_what_was_refused_takes_the_place_of_its_warning(stage, box):
    view = stage.show(box)
    view.get_by_label("Prompt").press_sequentially("@nobody.here runs")
    said = view.get_by_text("There is no character @nobody.here here.")
    warned = said.bounding_box()
    view.get_by_role("button", name="Generate").click()
    view.get_by_text("Nothing was sent, nothing was charged.").wait_for()
    assert said.count() == 1
    assert said.bounding_box()["y"] == warned["y"]
    assert stage.violations() == []


def test_a_double_click_orders_once_and_two_views_agree(stage, box):
    orders = []

    def order(shown, prompt):
        orders.append(prompt)
        shown.busy = True

    box.on_submit(order)
    first, second = stage.show(box, "first"), stage.show(box, "second")
    first.get_by_label("Prompt").fill("@rex runs")
    stage.page.wait_for_function("() => document.querySelectorAll('textarea')[1].value === '@rex runs'")
    first.get_by_role("button", name="Generate").dblclick()
    second.get_by_role("button", name="Generating…").wait_for()
    second.get_by_label("Prompt").press("Control+Enter")
    assert orders == ["@rex runs"]
    box.busy = False
    second.get_by_role("button", name="Generate", exact=True).wait_for()
    second.get_by_label("Prompt").press("Control+Enter")
    second.get_by_role("button", name="Generating…").wait_for()
    assert orders == ["@rex runs", "@rex runs"]


def test_what_an_input_method_composes_is_left_alone(stage, box):
    view = stage.show(box)
    text = view.get_by_label("Prompt")
    text.focus()
    session = stage.page.context.new_cdp_session(stage.page)
    session.send("Input.imeSetComposition", {"text": "@mo", "selectionStart": 3, "selectionEnd": 3})
    assert view.get_by_role("listbox").is_hidden()
    session.send("Input.insertText", {"text": "@mo"})
    view.get_by_role("listbox").wait_for()
    assert text.input_value() == "@mo"


def test_hostile_names_and_prompts_do_nothing(stage):
    box = PromptBox(hostile(), value="<img src=x onerror=window.hacked=1> @bad0")
    view = stage.show(box)
    view.get_by_label("Prompt").press("Control+End")
    view.get_by_label("Prompt").press_sequentially(" @")
    view.get_by_role("option").nth(4).wait_for()
    assert view.get_by_role("option").count() == 5
    assert stage.page.evaluate("() => window.hacked") is None
    assert stage.violations() == []


def test_dark_narrow_busy_and_over_the_limit(dark_stage, box):
    dark_stage.page.set_viewport_size({"width": 360, "height": 700})
    box.longest = 20
    box.value = LONG
    view = dark_stage.show(box)
    view.get_by_text("77 of 20 characters").wait_for()
    assert dark_stage.violations() == []
    view.get_by_label("Prompt").press("Control+End")
    view.get_by_label("Prompt").press_sequentially("@")
    view.get_by_role("option").first.wait_for()
    assert dark_stage.violations() == []
    box.busy = True
    view.get_by_role("button", name="Generating…").wait_for()
    assert dark_stage.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
