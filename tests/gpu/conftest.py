"""Open weights: small models of random weights, on whatever device is there. They need the extra `gpu`."""

from __future__ import annotations

from pathlib import Path

import parts


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")
