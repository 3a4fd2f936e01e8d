"""The table of promises is made of what a run counted, and checked by the run itself."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from faults.report import Tally, complaint, corrected, figures, marks, promises, services, tables
from faults.services import SERVICES
from release import is_whole

ROOT = Path(__file__).parents[2]


def of_services(**changes):
    plenty = {"sent": 200, "accepted": 100, "missed": 60, "found": 60}
    return {name: Counter(plenty | changes) for name in SERVICES}


def written(found):
    """A page with the tables of some figures."""
    made = [f"{marks(name)[0]}\n{table}\n{marks(name)[1]}\n" for name, table in tables(found).items()]
    return "# x\n" + "between\n".join(made) + "the rest\n"


def counted(**changes):
    faults = Counter({str(kind): 9 for kind in range(115)})
    changes = {"services": of_services()} | changes
    enough = {"in_flight": 1000, "polls": 18, "lag": 1.04, "sent": 300, "accepted": 200, "kills": 40, "hostile": 80}
    return Tally(faults=faults, **(enough | {"searched": 1000} | changes))


def test_the_table_says_what_was_counted():
    said = promises(figures(counted()))
    assert "| 1,000 tasks in flight at once | all fetched |" in said
    assert "| at least 1,000 faults of at least 90 kinds |" in said
    assert "ONLY" not in said
    assert "NOT HELD" not in said
    assert said == promises(figures(counted(sent=777, polls=15, lag=1.9, kills=99)))


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
    good = written(figures(counted()))
    assert complaint(good, figures(counted())) == ""
    assert words in complaint(good, figures(counted(**changes)))


def test_the_table_of_services_says_what_became_of_lost_answers():
    rows = {row.split(" | ")[0].strip("| "): row for row in services(figures(counted())).splitlines()[2:]}
    assert rows.keys() == SERVICES.keys()
    assert "| at least 100 | at least 60 | at least 30 | all, by its seed | 0 | 0 |" in rows["ark"]
    assert "| nobody can ask: said so | 0 | 0 | 3, 3, 3, 3 (runwayml 5.24.0) |" in rows["runway"]
    assert services(figures(counted(services=of_services(sent=999)))) == services(figures(counted()))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"services": of_services(sent=99)}, "ark | ONLY 99"),
        ({"services": of_services(found=59)}, "ONLY 59 of 60"),
        ({"services": {}}, "runway | ONLY 0 | ONLY 0 | ONLY 0 | nobody can ask: said so | NOT HELD | NOT HELD"),
        ({"broken": 1}, "all, by its seed | NOT HELD | NOT HELD"),
    ],
)
def test_what_a_service_was_not_tried_for_is_said(changes, words):
    assert words in complaint(written(figures(counted())), figures(counted(**changes)))


def test_a_release_writes_the_tables_it_asks_for():
    old = written({**figures(counted()), "broken": 3})
    new = corrected(old, figures(counted()))
    assert complaint(old, figures(counted()))
    assert complaint(new, figures(counted())) == ""
    assert (new.startswith("# x\n"), new.endswith("\nthe rest\n"), "\nbetween\n" in new) == (True, True, True)
    assert corrected(new, figures(counted())) == new
    assert corrected("no marks", figures(counted())) == "no marks"
    assert "<!-- services -->" in complaint("no marks", figures(counted()))


def test_several_processes_count_together():
    alone, first, second = (counted(kills=kills, lag=lag) for kills, lag in ((70, 1.5), (30, 1.5), (40, 0.5)))
    both = Tally()
    for process in (first, second):
        both.add(process.dumped())
    assert (both.kills, both.lag, both.polls) == (alone.kills, alone.lag, alone.polls)
    assert both.faults == first.faults + second.faults
    assert both.services["ark"] == first.services["ark"] + second.services["ark"]


def test_the_command_checks_a_readme(tmp_path):
    counted().write(tmp_path / "faults.json")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    run = functools.partial(subprocess.run, cwd=ROOT, env=environment, capture_output=True, text=True)
    for text, status in ((written(figures(counted())), 0), ("| old |", 1)):
        (tmp_path / "promises.md").write_text(text)
        command = [sys.executable, "-m", "faults.report", "faults.json", "--check", "promises.md"]
        paths = [tmp_path / word if word.endswith((".json", ".md")) else word for word in command]
        assert run(paths, check=False).returncode == status
    printed = run(paths[:-2], check=True).stdout
    assert printed == "\n\n".join(tables(json.loads((tmp_path / "faults.json").read_text())).values()) + "\n"


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
