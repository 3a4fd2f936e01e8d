"""Ports of servers that come back where they were, or are started with a port."""

from __future__ import annotations

import contextlib
import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below those that a system gives whoever asks for none (from 32,768 on with Linux), and above those of known services."""
_RANDOM = random.SystemRandom()
"""Not the one that hypothesis seeds alike in all processes of a run."""


def free_port() -> int:
    """Return a port of this machine that nobody uses, and that no connection of another process takes by chance meanwhile."""
    while True:
        port = _RANDOM.randint(LOWEST, HIGHEST)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
