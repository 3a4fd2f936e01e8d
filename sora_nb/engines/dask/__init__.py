"""Have the workers of a Dask cluster do what an engine does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sora_nb.display import plain
from sora_nb.errors import ConfigError

if TYPE_CHECKING:
    from sora_nb.engines.dask.engine import Workers


def connect(workers: str, store: str | None) -> Workers:
    """Connect to workers.

    Args:
        workers: "dask:" and the address of the scheduler: "dask:tcp://host:8786".
        store: address of the store that they share with this process.

    Raises:
        ConfigError: it is no such address, nobody answers there, or no store is told.
    """
    kind, _, address = workers.partition(":")
    if kind != "dask" or "://" not in address:
        raise ConfigError(f"{plain(workers, 100)!r} names no workers.", hint='Write it like "dask:tcp://HOST:8786".')
    if not store:
        raise ConfigError(
            f"The workers of {address} share no store with this process.",
            hint='Give one that all of them see, with files= or SORA_NB_FILES: "s3://bucket/prefix", or '
            '"file:///folder" on a drive that is mounted everywhere.',
        )
    try:
        engine = import_module("sora_nb.engines.dask.engine")  # it takes a second, and the extra [team]
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        if missing == "sora_nb":  # a fault, not something that is missing
            raise
        raise ConfigError(
            f"Workers are reached with {missing}, which is not installed.", hint='Run: pip install "sora_nb[team]"'
        ) from error
    made: Workers = engine.Workers(address, store)
    return made
