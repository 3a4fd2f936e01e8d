"""The table of promises is made of what a run counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from faults.report import MARKS, Tally, table

ROOT = Path(__file__).parents[2]


def test_the_table_says_what_was_counted_and_is_checked(tmp_path):
    made = Tally(faults=Counter({"a": 1234, "b": 2}), sent=789, accepted=456, kills=54, hostile=31)
    made.write(tmp_path / "faults.json")
    found = json.loads((tmp_path / "faults.json").read_text())
    assert "| faults survived | 1,000+ of 0+ kinds | held |" in table(found)
    assert "BROKEN in 2 tests" in table(found | {"broken": 2})
    for text, status in ((table(found), 0), ("| old |", 1)):
        (tmp_path / "README.md").write_text(f"# x\n{MARKS[0]}\n{text}\n{MARKS[1]}\n")
        command = [
            sys.executable,
            "-m",
            "tests.faults.report",
            tmp_path / "faults.json",
            "--check",
            tmp_path / "README.md",
        ]
        assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == status
