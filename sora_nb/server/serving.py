"""Answer HTTP on a port of this machine: a socket, and uvicorn in a thread."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from sora_nb.errors import ConfigError
from sora_nb.server.reading import ReadingProtocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp

START_SECONDS = 30.0


class Serving:
    """An application that is served from a thread of this process.

    Args:
        app: the application.
        host: address to listen on.
        port: port, or 0 for any free one.

    Attributes:
        url: scheme, host and port.

    Raises:
        ConfigError: the address cannot be listened on.
    """

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio sends small answers at once only where the socket says that it is TCP's
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise ConfigError(
                f"Cannot listen on {host}:{port}: {error.strerror}.", hint="Choose another port."
            ) from error
        config = uvicorn.Config(
            app,
            http=ReadingProtocol,
            log_level="warning",
            lifespan="off",
            server_header=False,
            access_log=False,
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sora_nb-server", daemon=True
        )
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Start answering; returns once requests are taken.

        Raises:
            ConfigError: it did not start.
        """
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > end:
                raise ConfigError("The local server did not start.", hint="Run `sora-nb doctor`.")
            time.sleep(0.01)

    def leave(self) -> None:
        """Take no new connections; those that are open are answered."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop answering."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._socket.close()
