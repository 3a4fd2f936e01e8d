"""Imports go downwards only: a table of rows, checked on the syntax trees, function-level and type-only imports too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sora_nb"

# From the bottom up; two modules of one row never import each other. A folder stands for all modules in it that are
# not named themselves, and is free inside as long as it has no circle.
ROWS = [
    ["errors", "display", "loop", "owners", "local.links", "local.names"],
    ["models", "database"],
    ["budgets", "prompts", "profiles"],
    ["protocol", "polling", "samples"],
    ["failures", "transfer", "estimates", "media", "ledger", "local.engine", "local.store"],
    ["client", "filmstrip", "local.requests", "local.shapes", "local.guard", "local"],
    [
        "job",
        "recorder",
        "sources",
        "library",
        "likeness",
        "local.animatic",
        "local.jobs",
        "clips",
        "widgets._base",
        "widgets._addresses",
        "widgets",
    ],
    ["widgets._cards"],
    ["widgets._uploads"],
    [
        "local.api",
        "widgets.video_picker",
        "widgets.clip_slider",
        "widgets.character_gallery",
        "widgets.prompt_box",
        "widgets.video_grid",
        "widgets.cost_meter",
        "widgets.job_list",
    ],
    ["local.server"],
    ["app", "sweep"],
    ["studio"],
    ["cli", "magics"],
    ["__main__"],
]
RANK = {module: number for number, row in enumerate(ROWS) for module in row}


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
        yield from (name.removeprefix("sora_nb.") if name != "sora_nb" else "" for name in found
                    if name.partition(".")[0] == "sora_nb")  # fmt: skip


def row(module):
    while module not in RANK:
        module, dot, _ = module.rpartition(".")
        assert dot, f"{module} is in no row"
    return RANK[module], module


@pytest.mark.parametrize("module", [name for name in NAMES if name not in {"", "local", "widgets"}])
def test_imports_go_downwards(module):
    rank, place = row(module)
    for target in imports(NAMES[module]):
        assert target, f"{module} imports the package root"
        if target in {"local", "widgets"}:
            continue
        other, elsewhere = row(target)
        inside = place == elsewhere == "local"
        assert other < rank or inside, f"{module} (row {rank}) imports {target} (row {other})"


def test_there_are_no_circles():
    graph = {name: {target for target in imports(path) if target != name} for name, path in NAMES.items()}
    while graph:
        free = [name for name, targets in graph.items() if not targets & graph.keys()]
        assert free, f"a circle among {sorted(graph)}"
        for name in free:
            del graph[name]


def test_only_one_module_knows_httpx():
    users = [name for name, path in NAMES.items() if "import httpx" in path.read_text(encoding="utf-8")]
    assert users == ["transfer"]


def test_no_file_grows_into_the_library():
    for path in [*NAMES.values(), *PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.css")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, path.name
