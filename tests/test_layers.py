"""Packages import downwards only, and there is no circle of any kind; imports inside functions and for types count, too."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sora_nb"

# What each room may import besides itself: a folder stands for all modules in it, a file for itself.
MAY_IMPORT = {
    "errors": set(),
    "stills": set(),
    "display": {"stills"},
    "background": set(),
    "samples": {"errors"},
    "arguments": {"errors", "display"},
    "times": set(),
    "saving": {"errors", "arguments"},
    "archive": {"errors", "display"},
    "models": {"errors", "display", "arguments", "times", "saving", "archive"},
    "prompts": {"errors", "models"},
    "media": {"errors", "display", "models"},
    "money": {"errors", "display", "arguments", "models", "providers"},
    "providers": {"errors", "display", "background", "models", "times", "prompts", "media", "engines"},
    "storage": {"errors", "stills", "display", "arguments", "models", "times", "prompts", "archive", "media", "money"},
    "vision": {"errors", "models", "media"},
    "engines": {"errors", "stills", "display", "models", "prompts", "media", "vision"},
    "engines.comfyui": {"errors", "display", "background", "media", "providers", "engines"},
    "engines.dask": {"errors", "display", "models", "media", "storage", "engines"},
    "calls": {"errors", "display", "background", "arguments", "models", "times", "prompts", "media", "money", "storage", "providers", "engines", "engines.dask"},
    "server": {"errors", "display", "arguments", "models", "prompts", "media", "providers", "storage", "engines"},
    "offers": {"errors", "storage"},
    "notebook.widgets": {"errors", "display", "offers", "arguments", "models", "prompts", "media", "vision", "engines"},
    "experiments": {"errors", "display", "arguments", "models", "prompts", "money", "storage", "calls", "providers", "engines", "notebook.widgets"},
    "notebook": {"errors", "display", "offers", "background", "samples", "models", "media", "money", "storage", "calls", "providers",
                 "notebook.widgets"},
    "studio": {"errors", "display", "background", "arguments", "models", "prompts", "media", "money", "storage", "providers", "engines",
               "calls", "experiments", "notebook", "server"},
    "magics": {"errors", "arguments", "models", "prompts", "studio"},
    "commands": {"errors", "display", "background", "models", "media", "samples", "providers", "storage", "server", "engines",
                 "engines.dask", "studio"},
    "doctor": {"errors", "background", "providers", "storage", "engines", "engines.dask"},
    "cli": {"errors", "commands", "doctor"},
    "__main__": {"cli"},
}  # fmt: skip


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__") if name != "__init__" else "", path


NAMES = dict(modules())


def imports(path):
    """Every module of the package that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name if name.removeprefix("sora_nb.") in NAMES else node.module for name in below]
        else:
            continue
        for name in found:
            if name.partition(".")[0] == "sora_nb":
                yield name.removeprefix("sora_nb.") if name != "sora_nb" else ""


def room(module):
    while module not in MAY_IMPORT:
        module, dot, _ = module.rpartition(".")
        assert dot, f"{module} is in no room"
    return module


@pytest.mark.parametrize("module", [name for name in NAMES if name])
def test_a_room_imports_what_it_may(module):
    here = room(module)
    for target in imports(NAMES[module]):
        assert target, f"{module} imports the package root"
        there = room(target)
        assert there == here or there in MAY_IMPORT[here], f"{module} ({here}) imports {target} ({there})"


def has_circle(graph):
    while graph:
        free = [name for name, targets in graph.items() if not targets & graph.keys()]
        if not free:
            return sorted(graph)
        for name in free:
            del graph[name]
    return []


def test_there_are_no_circles():
    graph = {name: {target for target in imports(path) if target != name} for name, path in NAMES.items()}
    assert not has_circle(graph)
    rooms = {here: set(below) for here, below in MAY_IMPORT.items()}
    assert not has_circle(rooms), "the table itself runs in a circle"


def test_only_one_module_knows_httpx():
    users = [name for name, path in NAMES.items() if "import httpx" in path.read_text(encoding="utf-8")]
    assert users == ["providers.http"]


def test_a_plain_installation_imports_all_that_needs_no_extra():
    script = Path(__file__).parent / "lib" / "plain.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
