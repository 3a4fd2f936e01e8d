"""The parts of the test suite: every test has the marker of one of them, or is in `make test`.

A folder's conftest gives its tests the marker of their part, a file outside such folders sets `pytestmark`, and what
counts for the guide's promises is in the release part by its fixture `tally`.
"""

from __future__ import annotations

import os

import pytest

PARTS = ("speed", "release", "bench", "quality", "conformance", "binder")
DESELECTED = pytest.StashKey[list]()
"""What was collected and belongs to another part than the one that runs."""


def mark(items, folder, part):
    """Give the tests below a folder the marker of their part, those that have none."""
    below = f"{folder}{os.sep}"
    for item in items:
        if str(item.path).startswith(below) and not of(item):
            item.add_marker(getattr(pytest.mark, part))


def of(item):
    """Return the parts that a test is in; none of them means `make test`."""
    return {mark.name for mark in item.iter_markers()}.intersection(PARTS)


def pytest_deselected(items):
    for item in items:
        item.config.stash.setdefault(DESELECTED, []).append(item)
