"""Keys that mean something to a notebook, typed in everything of every widget that takes the focus, in both front ends."""

from __future__ import annotations

import lab
import nbformat
import pytest
import showcase

# one of each kind: what has the same tag and classes has the same listeners
KINDS = """(root) => {
  const all = root.querySelectorAll('button, input, textarea, select, video, summary, a[href], [tabindex="0"]');
  const kinds = new Map();
  for (const node of all) {
    const kind = `${node.tagName}.${node.className}.${node.type ?? ""}`;
    if (node.checkVisibility() && !node.disabled && node.type !== "file" && !kinds.has(kind)) kinds.set(kind, node);
  }
  return [...kinds.values()];
}"""


@pytest.mark.parametrize("widget", showcase.names())
def test_no_key_reaches_the_notebook(notebook, widget):
    index = notebook.run(f"import showcase; shown = showcase.make({widget!r}); shown")
    notebook.output(index).locator(".sora-widget").wait_for()
    found = notebook.output(index).element_handle().evaluate_handle(KINDS)
    nodes = [handle.as_element() for handle in found.get_properties().values()]
    assert nodes
    for node in nodes:
        node.focus()
        before = notebook.place
        for key in lab.KEYS:
            notebook.page.keyboard.press(key)
        assert notebook.place == before, node.evaluate("(node) => node.outerHTML.slice(0, 300)")


def test_saving_is_handed_on_to_the_notebook(notebook):
    index = notebook.run("import showcase; shown = showcase.make('prompt_box'); shown")
    field = notebook.output(index).get_by_role("textbox", name="Prompt")
    field.press_sequentially("a fox")
    field.press("Control+s")
    notebook.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert "prompt_box" in nbformat.read(notebook.file, as_version=4).cells[index].source
    assert field.input_value() == "a fox"
    assert field.evaluate("(node) => node === document.activeElement")
