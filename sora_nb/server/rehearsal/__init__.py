"""Rehearsal servers: each speaks the wire of one live service on this machine, and renders with the local engine."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sora_nb.errors import InvalidInput
from sora_nb.providers import registry
from sora_nb.providers.profile import Pace

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.engines.base import Engine
    from sora_nb.providers.profile import Profile
    from sora_nb.server.rehearsal.base import Rehearsal

SHARED = {"base", "cast", "clips", "fields", "pictures", "refused", "tasks"}
"""Modules that are no service."""
KEY = "rehearsal"
"""A key that will do, as any does."""
PACE = Pace(shortest=0.2, longest=2)
"""How often the local engine is asked; live services take minutes, and are asked less often."""


def names() -> list[str]:
    """List the services that can be rehearsed."""
    return sorted({module.name for module in pkgutil.iter_modules(__path__)} - SHARED)


def start(name: str, folder: Path | None = None, engine: Engine | None = None, *, port: int = 0) -> Rehearsal:
    """Start the rehearsal server of a service.

    Args:
        name: of the service, one of names().
        folder: where its videos are; by default a temporary one, which ends with the server.
        engine: what renders; by default the local engine.
        port: port, or 0 for any free one.

    Raises:
        InvalidInput: there is no such rehearsal.
        ConfigError: the port cannot be listened on.
    """
    if name not in names():
        raise InvalidInput(f"{name!r} cannot be rehearsed.", hint=f"There are {', '.join(names())}.")
    server: type[Rehearsal] = importlib.import_module(f"{__name__}.{name}").Server
    return server(engine, folder, port=port).start()


def base_url(server: Rehearsal) -> str:
    """Return what stands for the address in a service's profile, which may have less of a path than its library's."""
    known = server.name in registry.names()
    return server.root + urlsplit(registry.get(server.name).base_url).path if known else server.url


def profile(name: str) -> Profile:
    """Return the profile of a service as it is used against its rehearsal: all is as live, but its pace and its money.

    Raises:
        ConfigError: there is no such profile.
    """
    found = registry.get(name)
    return found.model_copy(update={"video": found.video.model_copy(update={"poll": PACE}), "rehearsal": True})
