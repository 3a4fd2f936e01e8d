"""A process that starts kernels and kills each of them at another point of its work. Run by test_kills.py.

A point is a moment just before the client touches its ledger, the network or a file; nothing that lasts happens between
two of them. The kernels are forks, so that the package is loaded once; each kills itself with SIGKILL at its point.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from pathlib import Path

from sora_nb import media
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
    (Downloader, "_fetch"),
    (Downloader, "download"),
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


def main(what, url, key, homes, source):
    """Kill kernels at every point there is, and print the name of each point."""
    number = 0
    while True:
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            countdown = Countdown(number)
            arm(countdown)
            try:
                work(what, url, key, Path(homes) / f"{what}{number}", source)
                os.write(tell, "\n".join(countdown.names).encode())
            finally:
                os._exit(3 if sys.exc_info()[0] else 0)
        os.close(tell)
        _, status = os.waitpid(child, 0)
        names = os.read(told, 65536).decode()
        os.close(told)
        if not os.WIFSIGNALED(status):
            sys.stdout.write(names)
            return os.waitstatus_to_exitcode(status)
        number += 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
