"""The widgets' modules in vitest and jsdom."""

from __future__ import annotations

import subprocess
from pathlib import Path

JS = Path(__file__).parent / "js"


def test_the_modules_pass_their_own_tests():
    said = subprocess.run(["npx", "--no-install", "vitest", "run"], cwd=JS, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout[-4000:] + said.stderr[-2000:]
