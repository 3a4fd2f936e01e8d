"""Run the local server in a thread: a port, the access check, the application and its workers."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from sora_nb.errors import ConfigError
from sora_nb.server.access import AccessMiddleware
from sora_nb.server.app import create_app
from sora_nb.server.reading import ReadingProtocol
from sora_nb.server.store import Store
from sora_nb.server.worker import WorkerPool

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.base import Engine

START_SECONDS = 30.0


class LocalServer:
    """The server in a thread of this process.

    Args:
        home: folder of its database and files.
        engine: what makes characters and videos.
        host: address to listen on.
        port: port, or 0 for any free one.
        api_key: the bearer key asked for; "" asks for none.
        workers: tasks worked on at once.
        private_sources: whether videos may be fetched from private networks.

    Raises:
        ConfigError: the address cannot be listened on.
    """

    def __init__(
        self,
        home: Path,
        engine: Engine,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = "",
        workers: int = 1,
        private_sources: bool = False,
    ) -> None:
        self._store = Store(home)
        self._runner = WorkerPool(self._store, engine, workers=workers, private_sources=private_sources)
        app = create_app(self._store, self._runner, needs_key=bool(api_key))
        guarded = AccessMiddleware(app, api_key=api_key, wide=host not in {"127.0.0.1", "localhost", "::1"})
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            self._store.close()
            raise ConfigError(
                f"Cannot listen on {host}:{port}: {error.strerror}.", hint="Choose another port."
            ) from error
        config = uvicorn.Config(
            guarded,
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

    def start(self) -> LocalServer:
        """Start answering; returns once requests are taken."""
        self._runner.start()
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > end:
                raise ConfigError("The local server did not start.", hint="Run `sora-nb doctor`.")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Stop answering; unfinished tasks wait for the next start."""
        self._server.should_exit = True
        self._runner.stop()
        self._thread.join(timeout=10)
        self._socket.close()
        self._store.close()
