"""Every test is in exactly one part of the suite, and every part has its command."""

from __future__ import annotations

import re
from pathlib import Path

import parts

ROOT = Path(__file__).parents[1]


def test_every_test_is_in_one_part(request):
    """All that was collected; that is every test where the whole suite was asked for."""
    collected = [*request.session.items, *request.config.stash.get(parts.DESELECTED, [])]
    several = {item.nodeid: sorted(parts.of(item)) for item in collected if len(parts.of(item)) > 1}
    assert several == {}


def test_what_measures_speed_stands_alone(request):
    """Its command collects one folder only: a garbage collector looks through all tests that are loaded."""
    folder = ROOT / "tests" / "benchmarks"
    collected = [*request.session.items, *request.config.stash.get(parts.DESELECTED, [])]
    assert [
        item.nodeid for item in collected if parts.of(item) & {"speed", "bench"} and folder not in item.path.parents
    ] == []


def test_every_part_has_its_command():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    whole = re.findall(
        r"^\t.* -m pytest(?: -s)?(?: \$\(SHARED\))?(?: -m \"?(\w+)(?: or speed or release\" --table \S+)?(?: tests/benchmarks)?)?$",
        makefile,
        re.MULTILINE,
    )
    assert whole == ["", *parts.PARTS]


def test_the_plain_command_runs_what_is_in_no_other_part(pytestconfig):
    (expression,) = re.findall(r"-m '?([^']+)", " ".join(pytestconfig.getini("addopts")))
    assert expression == " and ".join(f"not {part}" for part in parts.PARTS)
