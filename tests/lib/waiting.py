"""Waiting for what other threads and processes bring."""

from __future__ import annotations

import time


def until(happened):
    """Wait until a function returns something true, and return that; only the test's own timeout ends the wait."""
    while not (found := happened()):
        time.sleep(0.01)
    return found
