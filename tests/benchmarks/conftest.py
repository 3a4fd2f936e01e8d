"""Ratios of speed are a part of their own: they need the machine for themselves. Bytes are as many on a busy machine."""

from __future__ import annotations

import os
from pathlib import Path

import parts
import pytest


def pytest_collection_modifyitems(items):
    parts.mark(items, Path(__file__).parent, "speed")


@pytest.fixture(scope="session", autouse=True)
def quiet_disk():
    """What an installation wrote is on the disk before anything is timed: else the first commits write it, too."""
    os.sync()
