"""The notebooks: each was saved after a run, with its outputs and nothing else; test_same_wire.py runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from marked_cells import compare
from mathematics import formulas
from nbconvert import HTMLExporter
from refresh import ADDRESS, addressed

pytestmark = pytest.mark.release
ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_a_marked_cell_that_says_something_else_is_found(tmp_path):
    tags = [], ["nbval-check-output"]
    cells = [nbformat.v4.new_code_cell("1 + 1", execution_count=1, metadata={"tags": each}) for each in tags]
    for cell in cells:
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "3"}, execution_count=1)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "wrong.ipynb")
    said = compare(tmp_path / "wrong.ipynb", tmp_path / "home")
    assert said.returncode == 1
    assert "1 failed, 1 passed" in said.stdout


def test_the_same_seed_gives_the_same_pictures_tables_and_ids(tmp_path):
    """Names of characters, hashes of files, posters and tables; a task's own id, the time, and what ties a still to its widget are new each time."""
    copies = [shutil.copy(NOTEBOOKS[0], tmp_path / f"{name}.ipynb") for name in ("first", "second")]
    command = [sys.executable, ROOT / "tests" / "lib" / "refresh.py", *copies]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    first, second = (
        [
            re.sub(r"video_[0-9a-f]{32}|sora-still-[0-9a-f]{16}|[\d-]{10} [\d:]{5}", "", text)
            for cell in nbformat.read(path, as_version=4).cells
            for output in cell.get("outputs", ())
            for text in [output.get("text"), *map(output.get("data", {}).get, ("text/plain", "text/html"))]
            if text
        ]
        for path in copies
    )
    assert len(first) > 8
    assert first == second


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_was_saved_after_a_run_without_state_or_traces(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert "widgets" not in notebook.metadata
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(root|home|tmp|work|Users)/", text)
    assert len(text) < 400_000
    for link in re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text):
        assert (path.parent / link).is_file()


@pytest.mark.parametrize(
    ("source", "typeset"),
    [
        ("It is $0.15 + $0.01 + $0.15.", ["$0.15 + $"]),
        ("It is `$0.15 + $0.01 + $0.15`.", []),
        ("Five $ in all", []),
        ("$$x$$ and \\\\(y\\\\)", ["$$x$$", "$y$"]),
    ],
)
def test_mathematics_is_found_in_a_page(source, typeset):
    assert formulas(page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)]))) == typeset


def page(notebook):
    """Return a notebook as nbconvert makes a page of it."""
    return HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_money_is_never_typeset_as_mathematics(path):
    """Neither by nbconvert nor by JupyterLab, which looks for it in the source of texts."""
    notebook = nbformat.read(path, as_version=4)
    assert formulas(page(notebook)) == []
    texts = [re.sub(r"`[^`]*`", "", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert not [text for text in texts if "$" in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_readers_see_no_notes_of_the_tests(path):
    cells = nbformat.read(path, as_version=4).cells
    assert not [cell.source for cell in cells if re.search(r"nbval", cell.source, re.IGNORECASE)]
    tags = {tag for cell in cells for tag in cell.metadata.get("tags", ())}
    assert {"nbval-check-output"} <= tags <= {"nbval-check-output", "nbval-ignore-output"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_was_made_is_seen_without_a_kernel(path):
    """Each cell that ends with something to look at has a picture of it, or a film."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    shown = ["".join(output.get("data", {}).get("text/html", "") for output in cell.outputs) for cell in cells]
    films = [html for html in shown if "<figure" in html]
    assert films
    assert not [html for html in films if "data:image/" not in html and "data:video/mp4;base64," not in html]


def test_the_repository_has_one_address():
    """In pyproject.toml; `make notebooks` writes it to where it is needed."""
    for path in [ROOT / "README.md", *NOTEBOOKS]:
        text = path.read_text(encoding="utf-8")
        assert addressed(text) == text
        assert f"git+{ADDRESS}" in text
        elsewhere = "https://github.com/else/where"
        assert ADDRESS.removeprefix("https://github.com/") not in addressed(text, elsewhere)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_first_cell_installs_what_is_missing_and_nothing_else(path, monkeypatch, tmp_path):
    """As on Colab: the package and no other name, so that Colab's own ipywidgets stays; nothing where it is there."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell, installed = InteractiveShell(), []
    shell.register_magic_function(installed.append, "line", "pip")
    first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    shell.run_cell(first.source).raise_error()
    assert installed == []
    monkeypatch.setitem(sys.modules, "sora_nb", None)  # what the import system takes for missing
    shell.run_cell(first.source).raise_error()
    assert installed == [f'install -q "git+{ADDRESS}"']
    shell.history_manager.end_session()


def test_binder_installs_the_package_and_a_kernel_that_widgets_need():
    assert (ROOT / "binder/requirements.txt").read_text(encoding="utf-8").split() == [".[lab]", "ipykernel>=7.4"]
    assert (ROOT / "binder/runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"
    build = ROOT / "binder/postBuild"
    assert os.access(build, os.X_OK)
    command = re.search(r'python -c "(.*)"', build.read_text(encoding="utf-8"))[1]
    subprocess.run([sys.executable, "-c", command], check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
