"""The table of what is fast and what is slow, beside peers and limits, all of one run on one machine.

A pytest plugin. A benchmark that has a row in the table takes the fixture `row`, and calls it when it has measured:

    def test_a_strip_costs_little_more_than_its_key_frames(row, peer):
        most = 1.5                           # the gate, with room for another machine
        ours, floor = in_turns(strip, key_frames, rounds=8, enough=lambda ours, floor: ours < most * floor)
        row(
            "filmstrip of 12, key frames dense",
            before="1.49x",                  # what it was before it was made faster, in words
            now=ours / floor, unit="x",      # measured now: a number and its unit
            limit="decoding the key frames", # what it is compared with
            reach=1.3,                       # the aim, as a number; `more=True` where more is better
            peers={"decord": lambda: peer(DECORD, film) / floor},  # others, in the same unit
            why="the rest is encoding JPEGs", # printed where the aim was not reached: why, and what was tried
        )
        assert ours < most * floor

`make release` runs it as a test like any other: peers are not asked there. `make bench` runs all tests that take `row`, asks
the peers, prints the table and writes it into its page. A row that is too slow or too noisy for a gate is marked
`@pytest.mark.bench`, so that only `make bench` runs it. One test may call `row` several times.

`peer(script, *arguments)` runs a script (its text) with the packages of PEERS, in an environment of their own, and returns
the number that it prints last; numbers that are compared are CPU seconds, which the script measures itself.
`in_turns(one, other, rounds=...)` measures CPU seconds of two or more in turns, and returns the least of each. A gate gives it
what is `enough`: on a machine that others use, too, more turns are taken until a quiet one was among them.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pytest
from environments import programs, without_ours
from programs import run

PEERS = "decord==0.6.0 numpy==2.4.6 opencv-python-headless==4.14.0.94 typer==0.29.2"
"""What others use for the same work, where there is a wheel of it."""
MARKS = "<!-- speed -->", "<!-- /speed -->"
HEAD = "what", "before", "now", "limit or peer", "aim", "reached"
ROWS = pytest.StashKey[list]()
MORE = 6
"""How many times as many turns as on a quiet machine are taken before a gate is shut."""


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        what: is measured.
        before, now, limit, aim: as the table shows them.
        reached: whether the aim is reached.
        why: it is not.
    """

    what: str
    before: str
    now: str
    limit: str
    aim: str
    reached: bool
    why: str


class Haste:
    """How soon a gate is let through.

    Attributes:
        share: of the rounds that are taken before it is looked whether they are enough: one in so many.
    """

    share = 3


def cpu(work):
    """Return the CPU seconds of all threads that a work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall(work):
    """Return the seconds that a work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turns(*works, rounds, seconds=cpu, enough=None):
    """Return the least seconds of each work; they take turns, so that a busy machine is as busy for all.

    Others only ever make a turn longer: while the least are not enough, up to MORE times as many turns are taken. What has
    become slow stays slow in all of them.

    Args:
        works: functions without arguments.
        rounds: turns of a quiet machine; a third of them may do for a gate.
        seconds: what measures one work, such as `cpu` and `wall`.
        enough: says of the least of each whether a gate lets them through; None for no gate, all rounds.
    """
    return least(lambda: [seconds(work) for work in works], rounds=rounds, enough=enough)


def least(turn, *, rounds, enough=None):
    """Return the least of each number that a turn returns, as `in_turns` does."""
    together = rounds if enough is None else ceil(rounds / Haste.share)
    turns = []
    while True:
        turns += [turn() for _ in range(together)]
        numbers = [min(column) for column in zip(*turns, strict=True)]
        if enough is None or enough(*numbers) or len(turns) >= MORE * rounds:
            return numbers


def megabytes(script, *arguments, most):
    """Return what a script prints last, the megabytes that it took; the least of several runs while it is more than `most`.

    How many arenas the allocator opens for its threads, and how long it keeps what is free, is a matter of luck otherwise.
    """
    command = [sys.executable, "-c", script, *map(str, arguments)]
    few = {**os.environ, "MALLOC_ARENA_MAX": "2"}

    def taken():
        run = subprocess.run(command, capture_output=True, text=True, check=True, env=few)
        return [int(run.stdout.split()[-1])]

    (number,) = least(taken, rounds=1, enough=lambda number: number <= most)
    return number


def pytest_addoption(parser):
    parser.addoption("--table", type=Path, help="measure what has a row in the table of speed; write it into this page")


def pytest_configure(config):
    config.stash[ROWS] = []
    if config.getoption("table"):
        Haste.share = 1  # its figures are of all rounds


def pytest_collection_modifyitems(config, items):
    if config.getoption("table"):
        others = [item for item in items if "row" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


@pytest.fixture
def row(pytestconfig):
    """Write a row of the table; see this module."""

    def write(what, *, before, now, unit, limit, reach, more=False, peers=None, why=""):
        if not pytestconfig.getoption("table"):
            return
        limits = [limit, *(f"{name} {amount(ask(), unit)}" for name, ask in (peers or {}).items())]
        made = Row(
            what=what,
            before=before,
            now=amount(now, unit),
            limit="; ".join(filter(None, limits)),
            aim=("at least " if more else "") + amount(reach, unit),
            reached=now >= reach if more else now <= reach,
            why=why,
        )
        pytestconfig.stash[ROWS].append(made)

    return write


@pytest.fixture(scope="session")
def peer(pytestconfig):
    """Run a script in the environment of the peers; see this module."""

    def measure(script, *arguments):
        python = programs(pytestconfig.cache.mkdir("sora_nb-peers") / "peers", PEERS) / "python"
        return float(run([python, "-c", script, *map(str, arguments)], env=without_ours()).splitlines()[-1])

    return measure


def amount(value, unit):
    """Write a number of three digits and its unit."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}{unit}" if unit in {"x", "%"} else f"{digits} {unit}"


def pytest_terminal_summary(terminalreporter, config):
    page, rows = config.getoption("table"), config.stash[ROWS]
    if page is None or not rows:
        return
    text = report(rows)
    terminalreporter.write_line(f"\n{text}")
    page.write_text(placed(page.read_text(encoding="utf-8"), text), encoding="utf-8")


def placed(page, text):
    """Return a page with a text between its marks."""
    begin, end = MARKS
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def report(rows):
    """Write the table in Markdown, when and where it was measured, and why what is not reached is not."""
    cells = [HEAD, ("---",) * len(HEAD)]
    cells += [(row.what, row.before, row.now, row.limit, row.aim, "yes" if row.reached else "no") for row in rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in cells)
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if not row.reached:
            reasons.setdefault(row.why or "no reason is written down", []).append(row.what)
    missed = "\n".join(f"- {'; '.join(names)}: {why}." for why, names in reasons.items())
    return "\n\n".join(filter(None, [f"{machine()}", table, missed and f"Not reached:\n\n{missed}"]))


def machine():
    """Say when and on what it was measured."""
    peers = ", ".join(package.replace("==", " ") for package in PEERS.split())
    return (
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d}: {processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, PyAV {importlib.metadata.version('av')}. Peers: {peers}."
    )


def processor():
    """Return the processor's name, where the system tells it."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), platform.machine())
