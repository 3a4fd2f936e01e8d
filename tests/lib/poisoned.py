"""Servers without HTTP that work on the tasks of a home, one process after another, for the engine of a prompt ends its own.

    python poisoned.py HOME

The processes are forks, so that the package is loaded once; each prints how it ended.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from postgres import SCHEMAS, stand_in
from quick import QuickEngine
from waiting import until

from sora_nb.models import Status
from sora_nb.providers import registry
from sora_nb.providers.films import Films
from sora_nb.server.store import Store
from sora_nb.server.worker import WorkerPool


class Poisoned(QuickEngine):
    def __init__(self):
        super().__init__()
        self.delay = 0.1

    def generate(self, request, out, control):
        if "poison" in request.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().generate(request, out, control)


def serve(home):
    """Work until nothing is left."""
    store = Store(home)
    pool = WorkerPool(store, Poisoned(), Films(registry.get("local")), workers=2)
    pool.start()
    until(lambda: not store.counts()["video"].keys() & {Status.QUEUED, Status.IN_PROGRESS})
    pool.stop()
    store.close()


def main(home):
    while True:
        child = os.fork()
        if not child:
            serve(Path(home))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
        if not os.WIFSIGNALED(status):
            return


if SCHEMAS in os.environ:
    stand_in(os.environ[SCHEMAS])
main(sys.argv[1])
