"""An extension of the Jupyter server: films that kernels offer, for the pages of whoever is signed in.

The server's own handler for files does the rest: who may read, from which pages, and ranges of bytes. Installing the
package enables it; only a Jupyter server imports this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import AuthenticatedFileHandler
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
    route = url_path_join(server.base_url, offers.ROUTE, f"({offers.NAME})")
    handler: tuple[str, Any, dict[str, Any]] = (route, FilmHandler, {"served": served})
    server.web_app.add_handlers(".*$", [handler])  # type: ignore[no-untyped-call]
