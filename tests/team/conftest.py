"""A team's services, each in processes of its own, are part of a release."""

from __future__ import annotations

from pathlib import Path

import parts


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "release")
