"""The local server in a process of its own, with an engine that makes no pixels and waits until it is let go.

Prints its address. A line on its input lets the engine go; the next one prints every request it answered, and ends it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from quick import QuickEngine

from sora_nb.engines.base import Control, RenderRequest
from sora_nb.server import server
from sora_nb.server.access import AccessMiddleware

REQUESTS = []
UNDER_WAY = []


class Counting(AccessMiddleware):
    """Notes when each request came, for what, and how many were under way."""

    async def __call__(self, scope, receive, send):
        UNDER_WAY.append(None)
        address = f"{scope['path']}?{scope['query_string'].decode()}"
        REQUESTS.append((time.monotonic(), scope["method"], address, len(UNDER_WAY)))
        try:
            await super().__call__(scope, receive, send)
        finally:
            UNDER_WAY.pop()


class NullEngine:
    """Hands out one small video again and again, once it is let go."""

    name = "null"

    def __init__(self):
        self.go = threading.Event()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.mp4"
            QuickEngine().generate(RenderRequest("a corgi", {}, 64, 64, 1.0), path, Control())
            self._video = path.read_bytes()

    def generate(self, _, out, control):
        while not self.go.wait(0.05):
            control.step(0, "waiting")
        out.write_bytes(self._video)
        return ()


engine = NullEngine()
server.AccessMiddleware = Counting
running = server.LocalServer(Path(sys.argv[1]), engine, api_key=sys.argv[2], workers=1).start()
print(running.url, flush=True)
sys.stdin.readline()
engine.go.set()
sys.stdin.readline()
print(json.dumps(REQUESTS), flush=True)
running.stop()
