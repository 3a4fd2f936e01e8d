import pytest
import wire as wires
from cast import character, hostile

from sora_nb.errors import ConfigError
from sora_nb.notebook.widgets.prompt_box import PromptBox

CAST = [character("luna.moon"), character("mossy"), character("rex")]


@pytest.fixture
def box():
    return PromptBox(
        CAST, models=["fast", "fine"], lengths=[4, 8], estimate=lambda model, seconds: f"{model} {seconds}"
    )


def submit(box, prompt, number=None):
    wires.custom(box, {"kind": "submit", "prompt": prompt, "number": number or box.answered + 1})


def test_the_first_choices_are_the_defaults(box):
    assert (box.model, box.seconds, box.size, box.cost) == ("fast", 4.0, "", "fast 4.0")


def test_the_estimate_follows_the_choices(box):
    wires.update(box, model="fine", seconds=8)
    assert box.cost == "fine 8.0"


def test_an_estimate_that_fails_is_a_problem():
    def fail(model, seconds):
        raise ConfigError("No price list.")

    assert PromptBox(estimate=fail).problem.startswith("No price list.")


def test_people_have_names_and_small_faces(box):
    assert [person["username"] for person in box.people] == ["luna.moon", "mossy", "rex"]
    assert len(box.people[0]["avatar"]) < 5_000


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("@mosy runs", "Did you mean @mossy?"),
        ("@{mossy} runs", "without braces: @mossy"),
        ("@mossy @rex @luna.moon", "mentions 3 characters, this service takes 2"),
        ("x" * 101, "has 101 characters, this service takes 100"),
    ],
)
def test_what_is_wrong_is_said_while_typing_and_stops_the_order(box, prompt, words):
    told = []
    box.on_submit(lambda _, text: told.append(text))
    box.longest = 100
    wires.update(box, value=prompt)
    assert words in box.warnings[0]
    assert "charged" not in box.warnings[0]
    submit(box, prompt)
    assert words in box.problem
    assert "nothing was charged" in box.problem
    assert told == []


def test_what_was_refused_is_said_once(box):
    wires.update(box, value="@nobody meets @mosy")
    assert box.warnings[0] == "There is no character @nobody here. Type @ and choose one from the list."
    submit(box, "@nobody meets @mosy")
    assert "There is no character @nobody here." in box.problem
    assert box.warnings == ["There is no character @mosy here. Did you mean @mossy?"]
    wires.update(box, value="@nobody")
    assert (box.problem, len(box.warnings)) == ("", 1)


def test_where_there_is_nobody_to_choose_the_advice_is_another():
    assert "Make the character first." in PromptBox(value="@nobody runs").warnings[0]


def test_an_empty_prompt_is_no_mistake_until_it_is_ordered(box):
    assert box.warnings == []
    submit(box, "  ")
    assert "The prompt is empty" in box.problem
    wires.update(box, value="@mossy runs")
    assert box.problem == ""


def test_warnings_go_when_the_character_comes(box):
    box.value = "@nobody runs"
    assert len(box.warnings) == 1
    box.characters = [*CAST, character("nobody")]
    assert box.warnings == []


def test_one_order_is_taken_once(box):
    told = []
    box.on_submit(lambda _, text: told.append(text))
    submit(box, "@mossy runs", number=1)
    submit(box, "@mossy runs", number=1)
    assert (told, box.value, box.answered) == (["@mossy runs"], "@mossy runs", 1)
    box.busy = True
    submit(box, "@mossy runs")
    assert len(told) == 1
    box.busy = False
    submit(box, "@mossy runs")
    assert len(told) == 2


def test_no_order_is_taken_inside_another(box):
    told = []

    def order(shown, text):
        told.append(text)
        submit(shown, "another")

    box.on_submit(order)
    submit(box, "@mossy runs")
    assert told == ["@mossy runs"]


def test_a_failing_callback_is_a_problem(box):
    box.on_submit(lambda *_: 1 / 0)
    submit(box, "@mossy runs")
    assert (box.problem, box.answered) == ("ZeroDivisionError: division by zero", 1)


def test_hostile_names_are_short():
    assert len(str(PromptBox(hostile()).people)) < 2_000


def test_readers_without_a_kernel_see_the_prompt(box):
    box.value = "<b>@mossy</b> runs"
    assert "&lt;b&gt;@mossy" in box._still()
    assert repr(box) == "PromptBox('<b>@mossy</b> runs')"
