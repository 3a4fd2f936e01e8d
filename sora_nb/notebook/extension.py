"""An extension of the Jupyter server for the pages of whoever is signed in: films that kernels offer, and which of those live.

For films the server's own handler for files does the rest: who may read, from which pages, and ranges of bytes.
Installing the package enables it; only a Jupyter server imports this.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, AuthenticatedFileHandler
from jupyter_server.utils import url_path_join
from tornado import web

from sora_nb import offers
from sora_nb.errors import LedgerError

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


class FilmHandler(AuthenticatedFileHandler):
    """Hands out one offered film."""

    auth_resource = "kernels"

    def initialize(self, served: offers.Served) -> None:  # type: ignore[override]
        """Take what tornado gives each handler.

        Args:
            served: finds what is offered.
        """
        super().initialize(path="")
        self._served = served

    @property
    def content_security_policy(self) -> str:
        """What a page may do that is made of it: nothing."""
        return "default-src 'none'; sandbox"

    @classmethod
    def get_absolute_path(cls, root: str, path: str) -> str:  # noqa: ARG003
        """Return the name, which is no path."""
        return path

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:  # noqa: ARG002
        """Return the file that is offered under a name.

        Raises:
            HTTPError: 404, nothing is.
        """
        offer = self._served.find(absolute_path)
        if offer is None:
            raise web.HTTPError(404)
        self._mime = offer.mime
        return offer.path

    def get_content_type(self) -> str:
        """Return what the kernel says that it is."""
        return self._mime

    def compute_etag(self) -> str | None:
        """Return the name: one offer is one content. A page knows by it who answers."""
        return f'"{self.path}"'


class ProcessHandler(APIHandler):
    """Tells whether the process of a kernel lives, also while that is busy: 204, or 410 once it has ended."""

    auth_resource = "kernels"
    _track_activity = False  # a page that asks is not a person who works

    def initialize(self, served: offers.Served) -> None:
        """Take what tornado gives each handler.

        Args:
            served: knows which processes live.
        """
        self._served = served

    @web.authenticated
    @authorized
    async def get(self, process: str) -> None:
        """Answer by the status alone. A page knows by the ETag who answers."""
        self.set_status(HTTPStatus.NO_CONTENT if self._served.lives(process) else HTTPStatus.GONE)
        self.set_header("ETag", f'"{process}"')
        await self.finish()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "sora_nb.notebook.extension"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    where = offers.folder()
    assert where is not None  # there is Jupyter
    try:
        served = offers.Served(where)
    except (OSError, LedgerError) as error:
        server.log.warning("sora_nb hands films to pages by message only: %s", error)
        return
    handlers: list[tuple[str, Any, dict[str, Any]]] = [
        (url_path_join(server.base_url, route, f"({name})"), handler, {"served": served})
        for route, name, handler in (
            (offers.ROUTE, offers.NAME, FilmHandler),
            (offers.PROCESSES, offers.PROCESS, ProcessHandler),
        )
    ]
    server.web_app.add_handlers(".*$", handlers)  # type: ignore[no-untyped-call]
