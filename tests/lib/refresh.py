"""Run the notebooks and keep their outputs: `make notebooks`.

The repository's address is written to them and to both READMEs, from pyproject.toml, which is its one place.

Each runs in a folder and with a home of its own, on the engine of its kernel. Widget state is dropped, so that a saved
notebook shows the still pictures; so is whatever is different from run to run and tells a reader nothing.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import tomllib
from pathlib import Path

import nbformat
from nbclient import NotebookClient

VIEW = "application/vnd.jupyter.widget-view+json"
ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
_ADDRESSES = re.compile(r"(https://github\.com/|/gh/|google\.com/github/)[\w.-]+/[\w.-]+")


def addressed(text: str, address: str = ADDRESS) -> str:
    """Write the repository's address into badges, links and install commands."""
    return _ADDRESSES.sub(lambda found: found[1] + address.removeprefix("https://github.com/"), text)


def run(path: Path) -> None:
    """Execute one notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SORA_NB_HOME"] = str(Path(folder) / "home")
        client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}})
        client.execute()
        clean(notebook, folder)
    nbformat.write(notebook, path)


def clean(notebook: nbformat.NotebookNode, folder: str) -> None:
    """Drop widget state, progress bars, times of cells, and paths of this machine."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        # a widget without HTML of its own is a progress bar that has ended
        cell.outputs = [
            output
            for output in cell.outputs
            if output.get("name") != "stderr"
            and not (VIEW in output.get("data", {}) and "text/html" not in output.data)
        ]
        for output in cell.outputs:
            for kind, text in output.get("data", {}).items():
                if isinstance(text, str):
                    output["data"][kind] = re.sub(rf"{re.escape(folder)}[^\s'\"<]*/", "", text)
            if "text" in output:
                output["text"] = re.sub(rf"{re.escape(folder)}[^\s'\"<]*/", "", output["text"])


if __name__ == "__main__":
    chosen = [Path(name) for name in sys.argv[1:]]
    if not chosen:
        chosen = sorted(NOTEBOOKS.glob("*.ipynb"))
        for written in (ROOT / "README.md", NOTEBOOKS / "README.md", *chosen):
            written.write_text(addressed(written.read_text(encoding="utf-8")), encoding="utf-8")
    for notebook in chosen:
        print(notebook)  # noqa: T201
        run(notebook)
