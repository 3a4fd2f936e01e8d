"""CONTRIBUTING.md is held to the code: its map, the ways of two calls, and which file to open."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sora_nb"
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WAYS = [re.findall(r"^\d+\. `([^`:]+):([^`]+)`", part, re.MULTILINE) for part in PAGE.split("One `extract()`:")]
ANSWERS = PAGE.partition("| to change | open |\n| --- | --- |\n")[2].partition("\n\n")[0].splitlines()


def section(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def mapped():
    """The paths of the map."""
    above = []
    for line in re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1].splitlines():
        indent, name = re.match(r"( *)(\S+)", line).groups()
        above[len(indent) // 2 :] = [name.rstrip("/")]
        yield ROOT.joinpath(*above)


def test_every_folder_of_the_package_is_on_the_map():
    folders = {path.parent for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path for path in mapped() if path.is_dir()} == folders


def test_every_file_on_top_is_on_the_map():
    assert {path for path in PACKAGE.glob("*.py") if not path.name.startswith("__")} <= set(mapped())


def test_what_is_on_the_map_is_there():
    assert [path for path in mapped() if not path.exists()] == []
    named = re.findall(r"\b[\w/]+\.(?:py|toml)\b", re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)[1])
    files = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.*")}
    assert [name for name in named if not any(f"/{file}".endswith(f"/{name}") for file in files)] == []


def functions(path):
    """Names of a module's functions and methods."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        yield getattr(node, "name", "")
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{below.name}" for below in node.body if hasattr(below, "name"))


@pytest.mark.parametrize("way", WAYS, ids=["generate", "extract"])
def test_a_way_has_at_most_ten_hops_that_exist(way):
    assert 5 <= len(way) <= 10
    for file, name in way:
        assert name in functions(PACKAGE / file), f"{file}:{name}"


FOLLOWED = """
import sys, threading
from pathlib import Path
import sora_nb
from sora_nb import Studio, footage

root, seen = str(Path(sora_nb.__file__).parent) + "/", []

def note(frame, event, _):
    if event == "call" and frame.f_code.co_filename.startswith(root):
        seen.append(frame.f_code.co_filename.removeprefix(root) + ":" + frame.f_code.co_qualname)

threading.setprofile(note)
sys.setprofile(note)
with Studio(progress=False) as studio:
    studio.generate("a fox", seconds=1, size="64x64")
    at = len(seen)
    studio.extract(footage(), 2, 3)
sys.setprofile(None)
for calls in (seen[:at], seen[at:]):
    print(*dict.fromkeys(calls))
"""


def test_the_calls_go_these_ways():
    """In this order, by the real engine: each hop is first reached after the one before it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", FOLLOWED], env=environment, capture_output=True, text=True, check=True
    ).stdout
    for way, line in zip(WAYS, said.splitlines(), strict=True):
        calls = line.split()
        hops = [f"{file}:{name}" for file, name in way if name != "Ledger.change"]  # it also writes what comes between
        assert set(hops) <= set(calls), set(hops) - set(calls)
        assert sorted(hops, key=calls.index) == hops


@pytest.mark.parametrize("row", ANSWERS)
def test_an_answer_is_one_file(row):
    _, _, answer, _ = row.split("|")
    (file,) = re.findall(r"`([^`]+)`", answer)
    assert answer.strip() == f"`{file}`"
    assert (PACKAGE / file).is_file()


def test_there_are_ten_answers():
    assert len(ANSWERS) == 10


def test_the_recipe_has_ten_lines_and_names_what_there_is():
    from sora_nb.providers.compiled import Compiled, Shown
    from sora_nb.providers.dialect import Dialect
    from sora_nb.providers.profile import ModelRules, Profile

    fields = {
        name for record in (Compiled, Shown, ModelRules, Profile) for name in [*record.model_fields, *vars(record)]
    }
    recipe = section("Add a service")
    assert re.findall(r"^(\d+)\.", recipe, re.MULTILINE) == [str(number) for number in range(1, 11)]
    for name in re.findall(r"`([a-z_]+)(?:\([a-z, ]*\))?`", recipe):
        assert hasattr(Dialect, name) or name in fields, name


def test_the_recipe_for_an_engine_names_what_there_is():
    from dataclasses import fields

    from sora_nb.engines import film, installed
    from sora_nb.engines.base import Control

    recipe = section("Add an engine")
    assert [int(number) for number in re.findall(r"^(\d+)\.", recipe, re.MULTILINE)] == list(range(1, 9))
    kinds = {name for name, kind in vars(film).items() if isinstance(kind, type)}
    known = {each.name for kind in (film.FilmModel, film.FilmRequest, film.Film) for each in fields(kind)}
    known |= {*kinds, *vars(film.Filmer), *film.Filmer.__annotations__, *vars(Control), *vars(installed)}
    known |= {"rest", "resume", "models"}
    for name in re.findall(r"`([A-Za-z_]+)(?:\([a-z, ]*\))?`", recipe):
        assert name in known, name
    assert {each.name for each in fields(film.FilmModel)} - {"name", "source"} <= set(re.findall(r"`(\w+)`", recipe))
    assert {name for name in vars(film.Filmer) if not name.startswith("_")} <= set(re.findall(r"`(\w+)[`(]", recipe))
    for path in re.findall(r"`([\w/]+\.(?:py|toml|md))`", recipe):
        assert any((root / path).exists() for root in (ROOT, PACKAGE)), path


def test_every_command_and_folder_of_the_tests_exists():
    tests = section("Tests")
    for command in re.findall(r"`(make \w+)`", tests):
        subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"\.PHONY: (.*)", makefile)[1].split()
    assert set(phony) - {"demo", "lab", "clean"} == set(re.findall(r"\| `make (\w+)`", tests))
    for path in re.findall(r"`(tests/[\w/.]+)`", PAGE):
        assert (ROOT / path).exists(), path
