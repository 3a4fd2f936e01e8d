from sora_nb.notebook.widgets.question import Question

SENTENCE = "@luna would leave this machine for the first time. Send people only with their consent."


def asked(stage):
    question, answers = Question("Who says that this is all right?", ("Send", "Do not send"), about=SENTENCE), []
    question.on_answer(lambda _, answer, text: answers.append((answer, text)))
    return stage.show(question), question, answers


def test_it_is_answered_by_keyboard_and_never_without_a_text(stage):
    view, _, answers = asked(stage)
    field = view.get_by_role("textbox", name="Who says that this is all right?")
    assert field.input_value() == ""
    send = view.get_by_role("button", name="Send", exact=True)
    assert send.get_attribute("aria-disabled") == "true"
    send.press("Enter")
    assert field.evaluate("(node) => node === document.activeElement")
    field.press_sequentially("Ada Lovelace")
    assert send.get_attribute("aria-disabled") == "false"
    field.press("Enter")
    view.get_by_role("button", name="Do not send").press("Space")
    stage.page.wait_for_function("() => true")
    assert answers == [("Send", "Ada Lovelace"), ("Do not send", "Ada Lovelace")]
    assert stage.violations() == []


def test_a_problem_is_said_where_it_is_typed(stage):
    question = Question("Name of the character", prefix="@", value="luna")
    view = stage.show(question)
    field = view.get_by_role("textbox", name="Name of the character")
    assert field.input_value() == "luna"
    field.press("End")
    field.press_sequentially("2")
    stage.page.wait_for_timeout(300)
    assert question.value == "luna2"
    question.problem = "There is a character @luna2 in this library already."
    view.get_by_role("status").get_by_text("in this library already").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert view.get_by_role("button").count() == 0
    assert stage.violations() == []


def test_dark_and_narrow(dark_stage):
    dark_stage.page.set_viewport_size({"width": 320, "height": 500})
    view, _, _ = asked(dark_stage)
    box = view.locator(".sora-question").bounding_box()
    assert box["x"] + box["width"] <= 320
    assert dark_stage.violations() == []
