"""Run the local server in a thread: a port, the access check, the application and its workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.errors import ConfigError
from sora_nb.providers.films import Films
from sora_nb.server.access import AccessMiddleware
from sora_nb.server.app import create_app
from sora_nb.server.checks import RULES
from sora_nb.server.logs import RequestMiddleware
from sora_nb.server.metrics import Metrics
from sora_nb.server.serving import Serving
from sora_nb.server.store import Store
from sora_nb.server.worker import WorkerPool

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.base import Engine


class LocalServer:
    """The server in a thread of this process.

    Args:
        home: folder of its database and files.
        engine: what makes characters, and videos where no other engine's model is asked for.
        films: engines that only film; stop() closes them.
        host: address to listen on.
        port: port, or 0 for any free one.
        api_key: the bearer key asked for; "" asks for none.
        workers: tasks worked on at once.
        private_sources: whether videos may be fetched from private networks.
        database: address of a database that several servers share; by default a file in the folder.
        files: address of a store of files that they share; by default the folder.

    Raises:
        ConfigError: the address cannot be listened on, or the database or the store cannot be used.
    """

    def __init__(
        self,
        home: Path,
        engine: Engine,
        *,
        films: Films | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str = "",
        workers: int = 1,
        private_sources: bool = False,
        database: str | None = None,
        files: str | None = None,
    ) -> None:
        self._store = Store(home, database, files)
        self._films = films or Films(RULES)
        metrics = Metrics(self._store.counts)
        self._runner = WorkerPool(
            self._store, engine, self._films, workers=workers, private_sources=private_sources, metrics=metrics
        )
        app = create_app(self._store, self._runner, metrics, needs_key=bool(api_key) or bool(self._store.keys.read()))
        guarded = AccessMiddleware(
            app, api_key=api_key, keys=self._store.keys, wide=host not in {"127.0.0.1", "localhost", "::1"}
        )
        try:
            self._serving = Serving(RequestMiddleware(guarded, metrics), host=host, port=port)
        except ConfigError:
            self._store.close()
            raise
        self.url = self._serving.url

    def start(self) -> LocalServer:
        """Start answering; returns once requests are taken."""
        self._runner.start()
        self._serving.start()
        return self

    def stop(self) -> None:
        """Stop answering; unfinished tasks wait for the next start, or for another server."""
        self._serving.leave()
        self._runner.stop()
        self._films.close()
        self._serving.stop()
        self._store.close()
