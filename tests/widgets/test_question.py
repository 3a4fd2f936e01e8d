import wire as wires

from sora_nb.notebook.widgets.question import Question


def asked():
    question, answers = Question("Who agrees?", ("Send", "Keep"), about="It would leave this machine."), []
    question.on_answer(lambda _, answer, text: answers.append((answer, text)))
    return question, answers


def test_an_answer_needs_a_text_where_it_agrees():
    question, answers = asked()
    wires.custom(question, {"kind": "answer", "answer": "Send", "value": "  "})
    wires.custom(question, {"kind": "answer", "answer": "Anything", "value": "Ada"})
    assert answers == []
    wires.custom(question, {"kind": "answer", "answer": "Keep", "value": ""})
    wires.custom(question, {"kind": "answer", "answer": "Send", "value": " Ada "})
    assert answers == [("Keep", ""), ("Send", "Ada")]


def test_texts_of_any_length_are_cut():
    question, answers = asked()
    wires.custom(question, {"kind": "answer", "answer": "Send", "value": "x" * 1000})
    assert answers == [("Send", "x" * 200)]


def test_what_goes_wrong_in_an_answer_is_shown():
    question, _ = asked()
    question.on_answer(lambda *_: 1 / 0)
    wires.custom(question, {"kind": "answer", "answer": "Send", "value": "Ada"})
    assert "ZeroDivisionError" in question.problem


def test_readers_without_a_kernel_see_what_was_asked():
    still = Question("Name", value="luna", prefix="@")._still()
    assert "Name" in still
    assert "@luna" in still
    assert repr(Question("Name", value="luna")) == "Question('Name', 'luna')"
