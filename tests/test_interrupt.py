"""A cell that waits is interrupted, in a real kernel: two lines say what became of the call, and how to go on."""

from __future__ import annotations

import os
import re
import signal
import sys

import kernel as kernels
import pytest

pytestmark = pytest.mark.release


def interrupted(kernel, code):
    """Run a cell, interrupt it once it shows its progress, and return what the front end shows of the end."""
    pid = int(kernel.run("import os; print(os.getpid())").text)
    kernel._client.execute(code)
    while kernel._client.get_iopub_msg(timeout=120)["msg_type"] != "display_data":
        pass
    os.kill(pid, signal.SIGINT)
    message = {"msg_type": ""}
    while message["msg_type"] != "error":
        message = kernel._client.get_iopub_msg(timeout=120)
    kernel._client.get_shell_msg(timeout=120)
    return message["content"]["traceback"]


def test_an_interrupted_cell_says_in_two_lines_what_goes_on_and_how(tmp_path):
    with kernels.start(sys.executable, tmp_path) as kernel:
        kernel.run("from sora_nb import Studio; studio = Studio('local')")
        shown = interrupted(kernel, "film = studio.generate('a corgi on the beach', seconds=60)")
        assert len(shown) == 2
        ident = re.search(r"goes on in the background .*, as call (\w+)\.$", shown[0])[1]
        assert f'studio.job("{ident}").result() waits again, .cancel() stops it (free)' in shown[1]
        assert "studio.resume()" in shown[1]
        assert kernel.value(f"studio.job('{ident}').state") == "running"
        assert kernel.value(f"repr(studio.job('{ident}').cancel())") == "Stopped. It costs nothing."
        kernel.run(f"import concurrent.futures; concurrent.futures.wait([studio.job('{ident}')._future])")
        assert kernel.value("studio.costs()['status'].tolist()") == ["failed"]
        assert kernel.value("studio.unfinished()") == []
