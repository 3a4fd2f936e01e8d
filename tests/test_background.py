"""The background loop: one for each process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

FORK = """
import os, warnings
from sora_nb import background

async def answer():
    return 7

warnings.simplefilter("ignore")
background.run(answer)
child = os.fork()
if child == 0:
    os._exit(background.run(answer))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_a_loop_of_its_own():
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"
