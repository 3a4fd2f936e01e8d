"""The lowest and the newest versions that are declared, on the Pythons that this machine has: the README's loop."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
import sets
from conftest import FOOTAGE
from packaging.version import Version

pytestmark = pytest.mark.timeout(900)  # environments are installed first
STRICT = ["-W", "error::FutureWarning", "-W", "error::DeprecationWarning:sora_nb"]


@pytest.mark.parametrize(("bound", "version"), sets.BOUNDS)
def test_the_loop_works(environments, tmp_path, bound, version):
    if sets.interpreter(version) is None:
        pytest.skip(f"there is no Python {version} on this machine")
    python = sets.bound(bound, version, environments)
    environment = {**os.environ, "PYTHONPATH": str(sets.ROOT), "SORA_NB_HOME": str(tmp_path)}
    command = [python, *STRICT, sets.ROOT / "tests" / "lib" / "smoke.py", FOOTAGE]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    said = json.loads(done.stdout)
    assert (said["served"], said["calls"]) == ("completed", 3)
    assert said["modules"] > 100
    least = {"lowest": "2.2", "newest": "3"}[bound]
    assert Version(said["pandas"]) >= Version(least)
