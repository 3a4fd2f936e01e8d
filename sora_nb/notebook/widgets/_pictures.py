"""Pictures that are made once a page shows their place, off the thread that takes the page's messages."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sora_nb.notebook.widgets._worker import Check, Worker


class Pictures:
    """Takes a page's wishes for pictures; each is made and sent once, however many messages ask for it.

    Args:
        worker: whose thread makes them.
        send: makes the picture of a key and sends it.
    """

    def __init__(self, worker: Worker, send: Callable[[str], None]) -> None:
        self._worker = worker
        self._send = send
        self._wanted: dict[str, None] = {}
        self._lock = threading.Lock()

    def ask(self, content: dict[str, Any], _: object) -> None:
        """Handle a message from the page: `keys` are the pictures it wants."""
        keys = content.get("keys")
        with self._lock:
            self._wanted |= dict.fromkeys(map(str, keys)) if isinstance(keys, list) else {}
        self._worker.submit("pictures", self._send_all)

    def _send_all(self, check: Check) -> None:
        while True:
            check()  # a later wish takes over all that are left
            with self._lock:
                key = next(iter(self._wanted), None)
                if key is None:
                    return
                del self._wanted[key]
            self._send(key)
