"""One of several servers on one database and one store of files, with an engine that does nothing but count.

Prints its address; a line on its input ends it. At its end it prints how many films its engine was asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sora_nb.server.server import LocalServer


class CountingEngine:
    """Writes the same few bytes for every film, at once."""

    name = "counting"

    def __init__(self):
        self.films = 0

    def generate(self, _, out, control):
        control.step(0, "counting")
        self.films += 1
        out.write_bytes(b"film")
        return ()


home, key, database, files = sys.argv[1:]
engine = CountingEngine()
server = LocalServer(Path(home), engine, api_key=key, workers=1, database=database, files=files).start()
print(server.url, flush=True)
sys.stdin.readline()
server.stop()
print(engine.films, flush=True)
