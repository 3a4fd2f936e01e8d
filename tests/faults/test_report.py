"""The table of promises is made of what a run counted, and checked by the run itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from faults.conftest import is_whole
from faults.report import MARKS, Tally, complaint, corrected, figures, table

ROOT = Path(__file__).parents[2]


def counted(**changes):
    faults = Counter({str(kind): 9 for kind in range(115)})
    enough = {"in_flight": 1000, "polls": 18, "lag": 1.04, "sent": 300, "accepted": 200, "kills": 40, "hostile": 80}
    return Tally(faults=faults, **(enough | {"searched": 1000} | changes))


def test_the_table_says_what_was_counted():
    said = table(figures(counted()))
    assert "| 1,000 tasks in flight at once | all fetched |" in said
    assert "| at least 1,000 faults of at least 90 kinds |" in said
    assert "ONLY" not in said
    assert "NOT HELD" not in said
    assert said == table(figures(counted(sent=777, polls=15, lag=1.9, kills=99)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sent": 299}, "ONLY 299 paid calls"),
        ({"polls": 21}, "NOT HELD"),
        ({"polls": 0}, "NOT HELD"),
        ({"lag": 2.0}, "NOT HELD"),
        ({"leaks": 1}, "NOT HELD"),
        ({"broken": 2}, "NOT HELD"),
    ],
)
def test_what_does_not_hold_is_said(changes, words):
    good = f"# x\n{MARKS[0]}\n{table(figures(counted()))}\n{MARKS[1]}\n"
    assert complaint(good, figures(counted())) == ""
    assert words in complaint(good, figures(counted(**changes)))


def test_a_release_writes_the_table_it_asks_for():
    old = f"# x\n{MARKS[0]}\n| old |\n{MARKS[1]}\nthe rest\n"
    new = corrected(old, figures(counted()))
    assert complaint(new, figures(counted())) == ""
    assert (new.startswith("# x\n"), new.endswith("\nthe rest\n")) == (True, True)
    assert corrected(new, figures(counted())) == new


def test_the_command_checks_a_readme(tmp_path):
    counted().write(tmp_path / "faults.json")
    for text, status in ((table(figures(counted())), 0), ("| old |", 1)):
        (tmp_path / "README.md").write_text(f"# x\n{MARKS[0]}\n{text}\n{MARKS[1]}\n")
        command = [sys.executable, "-m", "tests.faults.report", "faults.json", "--check", "README.md"]
        paths = [tmp_path / word if word.endswith((".json", ".md")) else word for word in command]
        assert subprocess.run(paths, cwd=ROOT, check=False, capture_output=True).returncode == status
    printed = subprocess.run(paths[:-2], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == table(json.loads((tmp_path / "faults.json").read_text()))


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"keyword": "thousand"}, False),
        ({"markexpr": "not release"}, False),
        ({"deselect": ["x"]}, False),
        ({"lf": True}, False),
        ({"args_source": pytest.Config.ArgsSource.ARGS}, False),
    ],
)
def test_only_a_whole_release_is_held_to_the_readme(changes, whole):
    plain = {"keyword": "", "markexpr": "release", "deselect": None, "ignore": None, "ignore_glob": None}
    options = plain | {"lf": False, "collectonly": False} | changes
    source = options.pop("args_source", pytest.Config.ArgsSource.TESTPATHS)
    config = SimpleNamespace(option=SimpleNamespace(**options), args_source=source)
    assert is_whole(config) is whole
