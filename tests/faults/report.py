"""What a run of the fault tests came to, as JSON, and the table of promises that the README has of it.

The run writes the file named by SORA_NB_FAULT_REPORT, or `faults.json` in pytest's cache folder. From the top of the
repository:

    python -m tests.faults.report FILE                     # print the table
    python -m tests.faults.report FILE --check README.md   # end with 1 where the README says something else

The table rounds down, so that it says the same for every seed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

PATH = os.environ.get("SORA_NB_FAULT_REPORT")
"""Read before the tests clear their environment."""
MARKS = ("<!-- promises -->", "<!-- /promises -->")


@dataclass
class Tally:
    """What a run came to.

    Attributes:
        seed: of the random programs.
        faults: how often each fault was done.
        steps: calls of a user that were tried.
        sent, accepted: paid requests that arrived at the service, and those it took.
        finished: calls that ended with their file on disk and its hash in the ledger.
        unknown: calls whose row says that they may have been billed, where the service lets nobody look.
        kills: kernels killed, each at another point.
        hostile: bad inputs tried.
        errors: exceptions the user met, by name.
        broken: tests that failed.
    """

    seed: int = 0
    faults: Counter = field(default_factory=Counter)
    steps: int = 0
    sent: int = 0
    accepted: int = 0
    finished: int = 0
    unknown: int = 0
    kills: int = 0
    hostile: int = 0
    errors: Counter = field(default_factory=Counter)
    broken: int = 0

    def write(self, path):
        """Write it as JSON, with the sums that the table needs."""
        found = vars(self) | {"faults_injected": self.faults.total(), "kinds": len(self.faults)}
        path.write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")


def table(found):
    """Write the table of promises in Markdown."""

    def least(number, step):
        return f"{number // step * step:,}+"

    held = "held" if not found["broken"] else f"BROKEN in {found['broken']} tests"
    rows = [
        ("faults survived", f"{least(found['faults_injected'], 1000)} of {least(found['kinds'], 10)} kinds", held),
        ("paid calls sent twice", f"0 of {least(found['sent'], 100)} that reached the service", held),
        ("paid results lost", f"0 of {least(found['accepted'], 100)} that it accepted", held),
        ("kernels killed, each at another point, and resumed", least(found["kills"], 10), held),
        ("bad inputs shown, stored or refused without harm", least(found["hostile"], 10), held),
        ("key found in outputs, logs, ledgers or files of the test run", "0 times", held),
    ]
    lines = [f"| {' | '.join(row)} |" for row in [("promise", "tried", "result"), ("---", "---", "---"), *rows]]
    return "\n".join(lines)


def main():
    """Print the table, or check the README's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", type=Path)
    arguments = parser.parse_args()
    made = table(json.loads(arguments.file.read_text(encoding="utf-8")))
    if arguments.check is None:
        sys.stdout.write(made + "\n")
        return 0
    written = arguments.check.read_text(encoding="utf-8").partition(MARKS[0])[2].partition(MARKS[1])[0]
    if written.strip() != made:
        sys.stdout.write(f"{arguments.check} does not have this table between its marks:\n{made}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
