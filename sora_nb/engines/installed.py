"""Find engines by name: they are registered by entry point, in the group `sora_nb.engines`, those of this package too."""

from __future__ import annotations

import difflib
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from sora_nb.display import plain
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from sora_nb.engines.base import Engine
    from sora_nb.engines.film import Filmer

GROUP = "sora_nb.engines"
EXTRAS = {"comfyui": "comfyui", "diffusers": "gpu"}
"""Which extra of this package has what an engine of it needs."""


def names() -> list[str]:
    """Return the names of the engines that are installed."""
    return sorted(_installed())


def make(text: str) -> Engine | Filmer:
    """Make an engine.

    Args:
        text: its name, and behind a colon what it is told: "diffusers:/models/vace".

    Raises:
        ConfigError: none of this name is installed, or something that it needs is not.
        SoraError: the engine refuses what it is told.
    """
    name, _, rest = text.partition(":")
    found = _installed().get(name)
    if found is None:
        raise _unknown(name)
    try:
        factory: Callable[[str], Engine | Filmer] = found.load()
        return factory(rest)
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing == "sora_nb":  # a fault, not something that is missing
            raise
        raise ConfigError(
            f"The engine {name!r} needs {missing}, which is not installed.",
            hint=f"Run: {_command(name)}" if name in EXTRAS else f"Install {missing} where this runs.",
        ) from error


def resources(text: str) -> dict[str, float]:
    """Return what a worker must have for an engine, as `dask worker --resources` names it.

    The package that an engine's factory is in says so, which is loaded without the engine: `RESOURCES = {"GPU": 1}`.

    Args:
        text: as of make().

    Raises:
        ConfigError: none of this name is installed.
    """
    name = text.partition(":")[0]
    found = _installed().get(name)
    if found is None:
        raise _unknown(name)
    package = import_module(found.module.rpartition(".")[0] or found.module)
    return dict(getattr(package, "RESOURCES", {}))


def split(engine: str | Engine | Filmer) -> tuple[Engine | None, Filmer | None]:
    """Return an engine as what it is: one that cuts characters out, too, or one that only films.

    Args:
        engine: the engine, or as of make().
    """
    made = make(engine) if isinstance(engine, str) else engine
    if hasattr(made, "extract"):
        return cast("Engine", made), None
    return None, made


def _installed() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}


def _command(name: str) -> str:
    return f'pip install "sora_nb[{EXTRAS[name]}]"'


def _unknown(name: str) -> ConfigError:
    known = sorted({*names(), *EXTRAS})
    near = difflib.get_close_matches(name, known, n=1)
    mean = f"Did you mean {near[0]!r}? " if near else ""
    installs = "; ".join(f"{each} needs {_command(each)}" for each in EXTRAS)
    return ConfigError(
        f"There is no engine {plain(name, 60)!r}. Installed: {', '.join(names()) or 'none'}.",
        hint=f'{mean}An engine is written as "NAME:what it is told". Of those of this package, {installs}.',
    )
