"""The key of the tests is a canary: it is looked for in everything that a test run leaves behind.

A pytest plugin. Each test's captured output, logs and tracebacks are searched when it ends; at the end of the run every
file below the run's temporary folder: ledgers, notebooks, videos, server databases, whatever is there; and what pytest
and hypothesis keep for the next run.
"""

from __future__ import annotations

import base64
import contextlib
import mmap

import pytest

CANARY = "canary-key-3f9a61c07be2d485"
FOUND = pytest.StashKey[list]()
SEARCHED = pytest.StashKey[int]()


def needles(secret=CANARY):
    """The forms in which a key can hide: as it is, as UTF-16, and inside base64 at any offset."""
    raw = secret.encode()
    hidden = [base64.b64encode(b"x" * pad + raw)[4:-8] for pad in range(3)]
    return [raw, secret.encode("utf-16-le"), *hidden]


def leaks(folder, secret=CANARY):
    """Return the files below a folder that hold a key, in their names or inside."""
    return [path for path in files(folder) if _holds(path, secret)]


def files(folder):
    """Return the files below a folder."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def _holds(path, secret):
    if secret in path.name:
        return True
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # a process that ends takes its own away
        if file.seek(0, 2):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return any(content.find(needle) >= 0 for needle in needles(secret))
    return False


def pytest_configure(config):
    config.stash[FOUND] = []
    config.stash[SEARCHED] = 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.config.stash[SEARCHED] += call.when == "call"
    said = "".join(text for _, text in report.sections) + str(report.longrepr or "")
    if CANARY in said:
        item.config.stash[FOUND].append(f"the output of {item.nodeid}")
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several processes: the first searches the files of all
        session.config.workeroutput["found"] = session.config.stash[FOUND]
        session.config.workeroutput["searched"] = session.config.stash[SEARCHED]
        return
    factory = getattr(session.config, "_tmp_path_factory", None)
    kept = [session.config.rootpath / name for name in (".pytest_cache/v", ".hypothesis")]
    for folder in [*kept, *filter(None, [getattr(factory, "_basetemp", None)])]:
        session.config.stash[SEARCHED] += len(files(folder))
        session.config.stash[FOUND] += [str(path) for path in leaks(folder)]
    if session.config.stash[FOUND]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    told = getattr(node, "workeroutput", {"found": [], "searched": 0})  # a process that crashed tells nothing
    node.config.stash[FOUND] += told["found"]
    node.config.stash[SEARCHED] += told["searched"]


def pytest_terminal_summary(terminalreporter, config):
    for place in config.stash[FOUND]:
        terminalreporter.write_line(f"THE KEY LEAKED into {place}", red=True)
