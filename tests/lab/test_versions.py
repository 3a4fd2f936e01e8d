"""The versions that Binder and Colab have: every widget in a real kernel of each, and Binder's front end in the browser."""

from __future__ import annotations

import kernel as kernels
import lab
import pytest
import sets
import showcase
from conftest import FOOTAGE

SHOW = f"from echo import Echo; from pathlib import Path; echo = Echo(); echo.offer('video', Path({str(FOOTAGE)!r}))"


@pytest.fixture(scope="module", params=sets.SETS)
def kernel(request, environments, tmp_path_factory):
    private = tmp_path_factory.mktemp(request.param)
    with kernels.start(sets.python(request.param, environments), private) as running:
        yield running
    assert lab.left(private) == []


def test_a_widget_has_state_and_media_and_takes_updates(kernel):
    seen = kernel.run(f"{SHOW}\necho")
    shown, still = seen.shown
    model = shown["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert shown["text/plain"] == "Echo(number=1)"
    assert "text/html" not in shown
    assert 'class="sora-still' in still["text/html"]
    assert kernel.models[model]["number"] == 1
    sent = [
        buffer
        for to, data, buffers in seen.comms
        if to == model and data.get("method") == "custom"
        for buffer in buffers
    ]
    assert b"".join(map(bytes, sent)) == FOOTAGE.read_bytes()
    kernel.update(model, number=5)
    assert kernel.value("echo.number") == 5
    again = kernel.custom(
        model, {"kind": "need", "name": "video", "token": kernel.models[model]["media"]["video"]["token"]}
    )
    assert sum(len(buffer) for _, _, buffers in again.comms for buffer in buffers) == FOOTAGE.stat().st_size


def test_the_background_loop_updates_widgets_during_a_cell_and_after_it(kernel, tmp_path):
    kernel.run(f"{SHOW}\nimport anyio; from sora_nb import background")
    code = "async def count(end):\n  for echo.number in range(end):\n    await anyio.sleep(0.02)\n"
    seen = kernel.run(f"{code}background.run(count, 8)")
    assert any(data.get("state", {}).get("number") == 7 for _, data, _ in seen.comms)
    enough = tmp_path / "enough"
    later = f"  while not Path({str(enough)!r}).exists():\n    await anyio.sleep(0.02)\n  echo.number = 99\n"
    kernel.run(f"async def later():\n{later}_ = background.submit(later)")
    enough.touch()
    kernel.wait(lambda data, _: data.get("state", {}).get("number") == 99)


# what a page sends to each widget, and what Python has then
DRIVEN = {
    "character_gallery": ("{'selected': [shown.cards[1]['key']]}", "[str(one) for one in shown.value]", ["@bunny.two"]),
    "clip_slider": ({"value": [2.0, 4.5]}, "shown.timestamps", "2,4.5"),
    "cost_meter": ({"kind": "rows"}, "shown.words", "$0.31 spent, $1.69 of $2.00 left"),
    "film_list": ({"text": "yawns"}, "shown.text", "yawns"),
    "job_list": ({"kind": "action"}, "pressed", [None]),
    "prompt_box": ({"value": "@bunny.one and @nobody run"}, "['@nobody' in said for said in shown.warnings]", [True]),
    "question": ({"kind": "answer", "answer": "Send", "value": "Ada"}, "shown.value", "Ada"),
    "video_grid": ({"favourite": 1}, "shown.favourite", 1),
    "video_picker": ({"kind": "use", "address": "https://a.test/b.mp4"}, "shown.value", "https://a.test/b.mp4"),
}


@pytest.mark.parametrize("widget", showcase.names())
def test_every_widget_is_made_and_driven(kernel, widget):
    sent, expression, expected = DRIVEN[widget]
    seen = kernel.run(f"import showcase; shown = showcase.make({widget!r}); display(shown)")
    model = seen.shown[0]["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert seen.shown[0]["text/plain"] == kernel.run("print(repr(shown))").text.strip()
    if widget == "job_list":
        kernel.run("pressed = []; shown.on_action(lambda _: pressed.append(None))")
    if isinstance(sent, str):
        sent = kernel.value(sent)
    if "kind" in sent:
        kernel.custom(model, sent)
    else:
        kernel.update(model, **sent)
    assert kernel.value(expression) == expected
    assert kernel.value("shown.problem") == ""


def test_the_front_end_of_binder(environments, open_notebook, tmp_path):
    private = tmp_path / "binder"
    with lab.serve(private, sets.python("binder", environments)) as server:
        notebook = open_notebook(server, "lab", "binder.ipynb")
        assert notebook.look("window.jupyterapp.version") == sets.SETS["binder"]["jupyterlab"]
        out = notebook.output(notebook.run(f"{SHOW}\necho"))
        out.get_by_role("button").click()
        out.get_by_role("button", name="clicked 2").wait_for()
        out.get_by_text(str(FOOTAGE.stat().st_size)).wait_for()
        shown = notebook.output(
            notebook.run("import showcase\nfor name in showcase.names(): display(showcase.make(name))")
        )
        shown.locator(".sora-widget").nth(len(showcase.names()) - 1).wait_for()
        start = shown.get_by_role("slider", name="Start", exact=True)
        start.press("ArrowRight")
        assert float(start.get_attribute("aria-valuenow")) == pytest.approx(0.1)
        before = notebook.place
        for key in lab.KEYS:
            notebook.page.keyboard.press(key)
        assert notebook.place == before
        notebook.page.context.close()
        assert len(lab.running(private)) == 2, "a server and a kernel"
    assert lab.running(private) == []
