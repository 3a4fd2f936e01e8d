"""A process that starts kernels and kills each of them at another point of its work. Run by test_kills.py.

    python -m tests.faults.kernel service video|stream|character URL KEY HOMES SOURCE
    python -m tests.faults.kernel engine SEED KILLS HOME SOURCE

A point is a moment just before the client touches its ledger, the network or a file, or the engine of this process goes
on; nothing that lasts happens between two of them. The kernels are forks, so that the package is loaded once; each kills itself with SIGKILL at its point.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import random
import signal
import sys
from pathlib import Path

from postgres import SCHEMAS, stand_in

from sora_nb import media
from sora_nb.engines.base import Control
from sora_nb.providers.download import Downloader
from sora_nb.providers.hosted import HostedProvider
from sora_nb.providers.http import Transport
from sora_nb.storage.characters import Characters
from sora_nb.storage.ledger import Ledger
from sora_nb.studio import Studio

POINTS = [
    (Ledger, "add"),
    (Ledger, "change"),
    (Characters, "add"),
    (HostedProvider, "upload"),
    (Transport, "_open"),
    (Transport, "send"),
    (Transport, "lines"),
    (Downloader, "_asked"),
    (Downloader, "download"),
    (Control, "step"),
    (os, "fsync"),
    (Path, "replace"),
    (Path, "write_bytes"),
    (media, "poster"),
    (media, "cut"),
]


class Countdown:
    """Kills this process at the n-th point."""

    def __init__(self, number):
        self.left = number
        self.names = []

    def reach(self, name):
        self.names.append(name)
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(countdown):
    """Put a point before everything in POINTS."""
    for place, name in POINTS:
        setattr(place, name, _watched(getattr(place, name), name, countdown))


def _watched(function, name, countdown):
    @functools.wraps(function)
    def call(*args, **kwargs):
        countdown.reach(name)
        return function(*args, **kwargs)

    return call


def work(what, url, key, home, source):
    studio = Studio("local", base_url=url, api_key=key, home=home, progress=False)
    if what == "video":
        studio.generate("a corgi", seconds=1, size="64x64")
    elif what == "stream":
        studio.generate("a corgi", route="sync")
    else:
        studio.extract(source, 0, 1)


def orders(home, source, number):
    """Take up what was left, then have three things made by the engine of this process, two of them at once waiting."""
    from quick import MarkedEngine

    studio = Studio("local", engine=MarkedEngine(), home=home, progress=False)
    studio.resume(remake=number % 3 == 2)
    small = {"seconds": 1, "size": "64x64"}
    jobs = [studio.submit(f"a corgi, take {number}", **small), studio.submit_extract(source, 0, 1)]
    jobs.append(studio.submit(f"a fox, take {number}", **small))
    for job in jobs:
        job.result()


def kernel(number, function, *args):
    """Run a function in a kernel that is killed at a point; return whether it lived, its status and its points.

    What a kernel that lived has imported is there in all that follow: most of their time would go into that.
    """
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        countdown, before = Countdown(number), set(sys.modules)
        arm(countdown)
        try:
            function(*args)
            os.write(tell, json.dumps([countdown.names, sorted(sys.modules.keys() - before)]).encode())
        finally:
            os._exit(3 if sys.exc_info()[0] else 0)
    os.close(tell)
    _, status = os.waitpid(child, 0)
    names, imported = json.loads(os.read(told, 65536) or "[[], []]")
    os.close(told)
    for module in imported:
        with contextlib.suppress(ImportError):  # some are made by others
            importlib.import_module(module)
    return not os.WIFSIGNALED(status), os.waitstatus_to_exitcode(status), names


def service(what, url, key, homes, source):
    """Kill kernels at every point there is, each with a home of its own, and print the name of each point."""
    _, status, points = kernel(sys.maxsize, work, what, url, key, Path(homes) / f"{what} whole", source)
    sys.stdout.write("\n".join(points))
    number, lived = 0, False
    while not lived and not status:
        lived, status, _ = kernel(number, work, what, url, key, Path(homes) / f"{what}{number}", source)
        status, number = status if lived else 0, number + 1
    return status


def engine(seed, kills, home, source):
    """Kill kernels at points chosen by chance, all of them with the same home, and print at which."""
    _, status, points = kernel(sys.maxsize, orders, Path(home) / "first", source, 0)
    chance, killed = random.Random(int(seed)), 0
    while killed < int(kills) and not status:
        number = chance.randrange(len(points))
        lived, status, _ = kernel(number, orders, Path(home) / "home", source, killed)
        if lived:
            continue
        killed, status = killed + 1, 0
        sys.stdout.write(f"{points[number]}\n")
    return status


if __name__ == "__main__":
    if SCHEMAS in os.environ:
        stand_in(os.environ[SCHEMAS])
    sys.exit({"service": service, "engine": engine}[sys.argv[1]](*sys.argv[2:]))
