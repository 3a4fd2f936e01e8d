"""What a test run came to, as JSON, and the tables of promises and of services that the guide's page of promises has of it.

Tests count in the fixture `tally`, which makes them part of a release. A run that counts writes the file named by
SORA_NB_FAULT_REPORT, or `faults.json` in pytest's cache folder; `make release` fails where the page's tables are not
those that its figures make, and writes them. From the top of the repository:

    PYTHONPATH=tests python -m faults.report FILE                # print the tables
    PYTHONPATH=tests python -m faults.report FILE --check PAGE   # end with 1 where the page says something else

The tables say "at least" a number that every run reaches, so that they are the same for every seed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from faults.services import SERVICES

PATH = os.environ.get("SORA_NB_FAULT_REPORT")
SEED = int(os.environ.get("SORA_NB_FAULT_SEED", "20261122"))
"""Both read before the tests clear their environment."""
POLLS = 20
SENT, TAKEN, MISSED = 100, 60, 30
"""Creates of one service that every run reaches: sent, taken by it, and answered in a way that is lost or spoiled."""
LAG_SECONDS = 2.0


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
        in_flight: tasks in flight at once through one studio, all of them fetched.
        polls, lag: most requests for one task of about three minutes, and the mean seconds until its end was seen.
        searched, leaks: outputs and files in which the key was looked for, and those that held it.
        errors: exceptions the user met, by name.
        broken: tests that failed.
        services: of each live service's rehearsal: creates `sent` and `accepted`, those whose answer was `missed`, and those
            of them that were `found`.
    """

    seed: int = SEED
    faults: Counter = field(default_factory=Counter)
    steps: int = 0
    sent: int = 0
    accepted: int = 0
    finished: int = 0
    unknown: int = 0
    kills: int = 0
    hostile: int = 0
    in_flight: int = 0
    polls: int = 0
    lag: float = 0.0
    searched: int = 0
    leaks: int = 0
    errors: Counter = field(default_factory=Counter)
    broken: int = 0
    services: dict[str, Counter] = field(default_factory=dict)

    def dumped(self):
        """Return it as JSON, for another process."""
        return json.dumps(vars(self))

    def add(self, dumped):
        """Add what another process counted in the same run."""
        other = json.loads(dumped)
        self.faults.update(other["faults"])
        self.errors.update(other["errors"])
        for name, counts in other["services"].items():
            self.services.setdefault(name, Counter()).update(counts)
        for name in ("steps", "sent", "accepted", "finished", "unknown", "kills", "hostile", "in_flight"):
            setattr(self, name, getattr(self, name) + other[name])
        for name in ("polls", "lag"):
            setattr(self, name, max(getattr(self, name), other[name]))

    def write(self, path):
        """Write it as JSON, with the sums that the table needs."""
        path.write_text(json.dumps(figures(self), indent=1, sort_keys=True), encoding="utf-8")


TALLY = pytest.StashKey[Tally]()


def figures(tally):
    """Return what was counted, with the sums that the table needs."""
    return vars(tally) | {"injected": tally.faults.total(), "kinds": len(tally.faults)}


def over(count, floor):
    """Say that there were at least so many, or how many there were only."""
    return f"at least {floor:,}" if count >= floor else f"ONLY {count:,}"


def marks(name):
    """Return what stands before and behind a table in the page."""
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def tables(found):
    """Return the tables by name."""
    return {"promises": promises(found), "services": services(found)}


def promises(found):
    """Write the table of promises in Markdown."""

    def fine(good, words):
        return words if good and not found["broken"] else "NOT HELD"

    polled = 0 < found["polls"] <= POLLS and found["lag"] < LAG_SECONDS
    rows = [
        ("promise", "tried before every release", "result"),
        ("---", "---", "---"),
        ("nothing is lost under load", f"{found['in_flight']:,} tasks in flight at once", fine(True, "all fetched")),
        (
            "few requests, little delay",
            f"tasks of 3 minutes: up to {POLLS} requests each",
            fine(polled, f"end seen within {LAG_SECONDS:g} s on average"),
        ),
        (
            "faults are survived",
            f"{over(found['injected'], 1000)} faults of {over(found['kinds'], 90)} kinds",
            fine(True, "a result, or an error that says what it means for money"),
        ),
        ("nothing is paid twice", f"{over(found['sent'], 300)} paid calls that reached the service", fine(True, "0 sent again unrefused")),
        ("nothing paid for is lost", f"{over(found['accepted'], 200)} paid calls that it accepted", fine(True, "0 lost")),
        ("kernels may die", f"{over(found['kills'], 40)} killed, each at another point, and resumed", fine(True, "0 lost, 0 paid twice")),
        ("bad input does no harm", f"{over(found['hostile'], 80)} hostile texts, names, links, videos and pictures", fine(True, "0 did harm")),
        (
            "the key stays secret",
            f"looked for in {over(found['searched'], 1000)} outputs and files of the run",
            fine(not found["leaks"], "found 0 times"),
        ),
    ]  # fmt: skip
    return markdown(rows)


def services(found):
    """Write the table of services in Markdown, beside what a library did on faults like these."""
    rows = [
        ("service", "paid calls that arrived", "taken", "of these, the answer lost or spoiled", "found again",
         "sent again unrefused", "lost", "POSTs of a library for one order: 500, 503, dropped, hang"),
        ("---",) * 8,
    ]  # fmt: skip
    for name, wire in SERVICES.items():
        of = found["services"].get(name, {})
        sent, accepted, missed, again = (of.get(each, 0) for each in ("sent", "accepted", "missed", "found"))
        told = f"all, {wire.finds}" if again == missed else f"ONLY {again:,} of {missed:,}"
        counts = over(sent, SENT), over(accepted, TAKEN), over(missed, MISSED)
        kept = ("NOT HELD",) * 2 if found["broken"] or not sent else ("0", "0")
        posts = f"{', '.join(wire.library[1:])} ({wire.library.name})" if wire.library else "none measured"
        rows.append((name, *counts, told if wire.finds else "nobody can ask: said so", *kept, posts))
    return markdown(rows)


def markdown(rows):
    """Write a table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def complaint(page, found):
    """Say what is wrong with the tables in a page's text; "" where they are those these figures make."""
    said = []
    for name, made in tables(found).items():
        begin, end = marks(name)
        if page.partition(begin)[2].partition(end)[0].strip() != made:
            said.append(f"The page of promises does not have this table between {begin} and {end}:\n{made}\n")
    return "".join(said)


def corrected(page, found):
    """Return a page's text with the tables these figures make, where it has their marks."""
    for name, made in tables(found).items():
        begin, end = marks(name)
        before, mark, rest = page.partition(begin)
        if mark:
            page = f"{before}{mark}\n{made}\n{end}{rest.partition(end)[2]}"
    return page


def main():
    """Print the tables, or check a page's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", type=Path)
    arguments = parser.parse_args()
    found = json.loads(arguments.file.read_text(encoding="utf-8"))
    if arguments.check is None:
        sys.stdout.write("\n\n".join(tables(found).values()) + "\n")
        return 0
    said = complaint(arguments.check.read_text(encoding="utf-8"), found)
    sys.stdout.write(said)
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main())
