"""Open weights: small models of random weights, on whatever device is there. They need the extra `gpu`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import parts


def pytest_ignore_collect(config):
    """A part that runs none of them needs no torch; a release without it fails."""
    return True if find_spec("torch") is None and "not release" in config.option.markexpr else None


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")
