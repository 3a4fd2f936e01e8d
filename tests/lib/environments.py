"""Environments of their own for other people's packages: made once, kept for the next run, and anew for another version."""

from __future__ import annotations

import os
import shutil
import sys
import venv

from filelock import FileLock
from programs import run


def made(folder, pinned, make):
    """Make a folder once, and anew where other versions are pinned; return it."""
    with FileLock(f"{folder}.lock"):
        done = folder / "installed"
        if not done.is_file() or done.read_text() != pinned:
            shutil.rmtree(folder, ignore_errors=True)
            make()
            done.write_text(pinned)
    return folder


def programs(folder, pinned):
    """Return the folder of an environment's programs, which has Python and some packages of PyPI."""
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")

    def make():
        venv.create(folder)
        # compiling everything takes longer than running the little that is used
        pip = [sys.executable, "-m", "pip", "--python", binaries / "python", "install", "--quiet", "--no-compile"]
        run([*pip, *pinned.split()])

    made(folder, pinned, make)
    return binaries


def without_ours():
    """Return the environment variables for a program of another environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
