"""What a whole release counted is brought together from its processes, and the guide's page of promises is held to it.

A pytest plugin; tests/faults/report.py says what is counted and makes the tables.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from canary import FOUND, SEARCHED
from faults.report import PATH, TALLY, Tally, complaint, corrected, figures

STALE = pytest.StashKey[str]()
PROMISES = Path(__file__).parents[2] / "notebooks" / "guide" / "promises.md"


def is_whole(config):
    """Whether the whole release part is run, so that its figures are what the guide promises."""
    option = config.option
    narrowing = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "collectonly")
    narrowed = any(getattr(option, name, None) for name in narrowing)  # lf is a plugin's, which may be off
    by_itself = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return by_itself and not narrowed and option.markexpr == "release"


@pytest.hookimpl(trylast=True)  # the search for the key comes first
def pytest_sessionfinish(session):
    config = session.config
    tally = config.stash.get(TALLY, None)
    if tally is None:  # nothing that counts was run, as in make test
        return
    if hasattr(config, "workeroutput"):  # one of several processes: the first brings the counts of all together
        config.workeroutput["tally"] = tally.dumped()
        return
    tally.broken = session.testsfailed
    tally.leaks = len(config.stash[FOUND])
    tally.searched = config.stash[SEARCHED]
    cache = getattr(config, "cache", None)
    if PATH or cache is not None:
        tally.write(Path(PATH) if PATH else cache.mkdir("faults") / "faults.json")
    if session.exitstatus == pytest.ExitCode.OK and is_whole(config):
        page = PROMISES.read_text(encoding="utf-8")
        config.stash[STALE] = complaint(page, figures(tally))
        if config.stash[STALE]:
            PROMISES.write_text(corrected(page, figures(tally)), encoding="utf-8")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    dumped = getattr(node, "workeroutput", {}).get("tally")
    if dumped is not None:
        node.config.stash.setdefault(TALLY, Tally()).add(dumped)


def pytest_terminal_summary(terminalreporter, config):
    terminalreporter.write(config.stash.get(STALE, ""), red=True)
