"""A Dask cluster on loopback: the scheduler and each worker in a process of its own, which may be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from ports import free_port

SATURATION = "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"
"""How many tasks a worker has for each of its threads; of 1.1, which is usual, one always waits there."""
ROOT = Path(__file__).parents[2]


def register(folder, **engines):
    """Make a package of somebody else that registers engines, as pip leaves it on every machine; return where it is.

    Args:
        folder: in which it is made.
        engines: by name, what makes each: "module:function".
    """
    info = folder / "plugins" / "theirs-1.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    lines = [f"{name} = {made}\n" for name, made in engines.items()]
    info.joinpath("entry_points.txt").write_text("[sora_nb.engines]\n" + "".join(lines))
    return info.parent


class DaskCluster:
    """A scheduler at a port that it keeps, and workers.

    Args:
        folder: where workers keep what they do not keep in memory.
        plugins: a folder that all have on their path.
    """

    def __init__(self, folder, plugins):
        self._folder = folder
        self._plugins = plugins
        self._port = free_port()
        self.address = f"tcp://127.0.0.1:{self._port}"
        self.scheduler = None
        self.workers = []

    def __enter__(self):
        self.start_scheduler()
        return self

    def __exit__(self, *_):
        for process in [*self.workers, self.scheduler]:
            kill(process)

    def start_scheduler(self):
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard")

    def start_worker(self, *arguments):
        """Start a worker with one thread and without a nanny, so that who kills it kills all of it.

        Args:
            arguments: more of `dask worker`.
        """
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder)]
        worker = self._start("worker", self.address, *options, *arguments)
        self.workers.append(worker)
        return worker

    def _start(self, what, *arguments):
        path = map(str, (self._plugins, ROOT, ROOT / "tests" / "lib"))
        with self._folder.joinpath(f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *arguments],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path), SATURATION: "1.0"},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )


def kill(process):
    """End a process at once, as the system does where memory runs out."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()
