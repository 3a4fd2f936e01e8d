"""An engine of somebody else that says it needs a GPU."""

from __future__ import annotations

from held import HeldFilmer

RESOURCES = {"GPU": 1}


def make(rest):
    """Stand in for the factory of an entry point."""
    return HeldFilmer(rest)
