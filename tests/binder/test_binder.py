"""Binder opens JupyterLab on the quickstart, within its memory and over its slow line."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import lab
import nbformat
import psutil
import sets
from programs import run
from stage import chromium

MEMORY = 1024**3
SLOW_LINE = 1_000_000 / 8  # bytes a second that mybinder.org promises
QUICKSTART = "01_quickstart.ipynb"


def test_the_plan_installs_the_package_and_warms_it_up(plan):
    assert "Building conda environment for python=3.11" in plan.said
    mine = [step for step in plan.steps if "binder/" in step]
    assert mine == [
        '${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "binder/requirements.txt"',
        "chmod +x binder/postBuild",
        "./binder/postBuild",
        'chmod +x "${REPO_DIR}/binder/start"',
    ]
    assert plan.start.endswith("/binder/start")
    known = {name: version for name, version in sets.SETS["binder"].items() if name in plan.locked}
    assert known == {name: plan.locked[name] for name in known}
    assert {"jupyterlab", "notebook", "ipykernel", "ipywidgets"} <= set(known)


def test_what_is_built_has_the_package_and_a_kernel_that_widgets_need(built):
    code = "import importlib.metadata as m, sora_nb; print(m.version('ipykernel'), m.version('jupyterlab'), sora_nb.__file__)"
    kernel, jupyterlab, package = run([built, "-c", code], cwd=built.parent, env={}).split()
    assert tuple(map(int, kernel.split(".")[:2])) >= (7, 4)
    assert jupyterlab == sets.SETS["binder"]["jupyterlab"]
    assert Path(package).is_relative_to(built.parents[1])


class Meter(threading.Thread):
    """Watches a process and all below it; `peak` is the sum of the most each of them ever held."""

    def __init__(self, private):
        super().__init__(daemon=True)
        self.private = private
        self.most = {}
        self.ended = threading.Event()

    @property
    def peak(self):
        return sum(self.most.values())

    def run(self):
        while not self.ended.wait(0.2):
            for process in psutil.process_iter():
                try:
                    if any(str(self.private) in part for part in (*process.cmdline(), process.cwd())):
                        status = Path(f"/proc/{process.pid}/status").read_text()
                        (held,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
                        self.most[process.pid] = 1024 * int(held)
                except (psutil.Error, OSError, ValueError):
                    continue


def test_the_quickstart_runs_within_the_memory_and_over_the_line(built, repository, tmp_path):
    cells = nbformat.read(repository / "notebooks" / QUICKSTART, as_version=4).cells
    settings = dict(line.split("=", 1) for line in run([repository / "binder" / "start", "env"], env={}).splitlines())
    del settings["PWD"]
    meter = Meter(tmp_path)
    with lab.serve(tmp_path / "jupyter", built, PYTHONPATH="", **settings) as server, chromium() as browser:
        meter.start()
        page = browser.new_page(viewport={"width": 1200, "height": 950})
        sent = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(len(frame))))
        notebook = lab.Notebook(page, server, "lab", QUICKSTART)
        begun = time.monotonic()
        for cell in cells:
            if cell.cell_type == "code":
                notebook.run(cell.source, seconds=120)
        took = time.monotonic() - begun
        meter.ended.set()
        meter.join()
    sys.stdout.write(
        f"\nJupyterLab and kernel: {meter.peak / 1e6:.0f} MB in {len(meter.most)} processes; "
        f"{sum(sent) / 1e6:.2f} MB to the page in {took:.0f} s\n"
    )
    assert len(meter.most) >= 2
    assert meter.peak < 0.9 * MEMORY
    assert sum(sent) < 20 * SLOW_LINE
