import json

import pytest
import wire as wires
from cast import Library, character, crowd, hostile

from sora_nb.errors import ConfigError
from sora_nb.notebook.widgets._search import FIRST, PAGE
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


def test_people_have_names_and_faces_are_sent_small_when_they_are_shown(wire, box):
    assert box.people[0] == {"username": "luna.moon", "name": "Luna.Moon", "earlier": ""}
    wires.custom(box, {"kind": "faces", "keys": ["rex", "nobody"]})
    box.ready.result()
    ((content, _),) = wire.customs(box)
    assert content["username"] == "rex"
    assert content["picture"].startswith("data:image/jpeg;base64,")
    assert len(content["picture"]) < 5_000


def test_state_does_not_grow_with_the_library():
    few, many = (len(json.dumps(PromptBox(crowd(count)).get_state(), default=str)) for count in (PAGE, 2000))
    assert many < 1.05 * few


def complete(wire, box, typed):
    wires.custom(box, {"kind": "complete", "typed": typed})
    box.ready.result()
    content, _ = wire.customs(box)[-1]
    return content["typed"], [person["username"] for person in content["people"]]


def test_names_that_the_page_does_not_have_are_completed_here(wire):
    box = PromptBox(crowd(300))
    assert (len(box.people), box.more) == (PAGE, True)
    assert complete(wire, box, "mossy29") == ("mossy29", ["mossy29", *(f"mossy{n}" for n in range(290, 295))])


def test_a_library_is_asked_for_the_names_that_the_page_does_not_have(wire):
    library = Library([*crowd(150), character("luna.moon")])
    box = PromptBox(library)
    box.ready.result()
    assert (len(box.people), box.more, len(box.characters)) == (PAGE, True, PAGE)
    assert complete(wire, box, "moon") == ("moon", ["luna.moon"])
    wires.custom(box, {"kind": "faces", "keys": ["luna.moon"]})
    box.ready.result()
    assert wire.customs(box)[-1][0]["username"] == "luna.moon"
    assert library.read == PAGE + FIRST


def test_a_name_found_in_a_library_is_known_and_may_have_been_meant():
    box = PromptBox(Library([*crowd(PAGE), character("luna.moon"), character("mossy")]))
    box.value = "@luna.moon meets @mossy"
    assert (box.warnings, box.known) == ([], ["luna.moon", "mossy"])
    box.value = "@luna.mon runs"
    assert box.warnings == ["There is no character @luna.mon here. Did you mean @luna.moon?"]


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
    assert (
        box.warnings[0]
        == "There is no character @nobody here. Type @ and choose one from the list. A literal @ is written \\@."
    )
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
