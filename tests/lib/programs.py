"""Programs that tests run."""

from __future__ import annotations

import subprocess

import pytest

SECONDS = 200


def run(command, **options):
    """Run a program to its good end, and return what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, **options)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout
