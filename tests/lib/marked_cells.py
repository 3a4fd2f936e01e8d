"""A notebook run by nbval: in a real kernel, its marked cells compared with what is stored."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPTIONS = [
    "--nbval-lax",
    "--nbval-current-env",
    "--nbval-cell-timeout=120",
    f"--nbval-sanitize-with={ROOT}/tests/sanitize.cfg",
    *("-p", "no:cacheprovider"),
    *("-c", "/dev/null"),
]


def compare(path, home, **environment):
    """Run a notebook in its folder.

    Args:
        path: the notebook.
        home: the studio's folder.
        environment: further variables.
    """
    return subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, path.name],
        cwd=path.parent,
        env={**os.environ, "SORA_NB_HOME": str(home), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
