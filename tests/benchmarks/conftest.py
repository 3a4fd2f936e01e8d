"""Ratios of speed and memory are a part of their own: they need the machine for themselves."""

from __future__ import annotations

from pathlib import Path

import parts


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "speed")
