"""Files at a public address, for services that fetch pictures and clips themselves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sora_nb.display import plain
from sora_nb.errors import ConfigError, StoreError
from sora_nb.storage.keys import Keys
from sora_nb.storage.object_store import ObjectStore

if TYPE_CHECKING:
    from pathlib import Path

LIFE_SECONDS = 3600
"""How long a link may be used."""
_MONEY = "Nothing was sent to the service, nothing was charged."


class Publisher:
    """Puts files where whoever has their link can fetch them for an hour: a bucket, by fsspec.

    Args:
        place: a folder as fsspec writes it, such as "s3://bucket/prefix" or "gs://bucket/prefix". Its keys are where the
            bucket's own tools have them.
        store: where a home's files are as well. Where that is this very place, a link to what it has already will do.
        home: the home.

    Raises:
        ConfigError: fsspec, or what it needs for this place, is not installed, or there is no such place.
    """

    def __init__(self, place: str, store: ObjectStore | None = None, home: Path | None = None) -> None:
        if not isinstance(place, str) or "://" not in place:
            raise ConfigError(
                f"{plain(repr(place), 80)} is no place to publish files.", hint='Write publish="s3://bucket/prefix".'
            )
        try:
            self._store = ObjectStore(place)
        except ConfigError as error:
            raise ConfigError(
                f"Files cannot be published there: {error.message}",
                hint="pip install 'sora_nb[publish]', and s3fs for s3://, gcsfs for gs:// or adlfs for abfs://.",
            ) from error
        self._keys = None
        if store is not None and home is not None and store.place.rstrip("/") == self._store.place.rstrip("/"):
            self._keys = Keys(home)

    def __call__(self, path: Path) -> str:
        """Put a file there under a name that nobody guesses, and return a link that ends within the hour.

        Raises:
            ConfigError: it cannot be put there, or the place gives no links.
        """
        try:
            key = "" if self._keys is None else self._keys.of(path)
            if not key or key.startswith("/") or not self._store.exists(key):
                key = f"{secrets.token_hex(16)}{path.suffix}"
                self._store.put(path, key)
            return self._store.link(key, LIFE_SECONDS)
        except (ConfigError, StoreError) as error:
            hint = error.hint if isinstance(error, ConfigError) else "Check the bucket's name and its key."
            raise ConfigError(
                f"{path.name} could not be published: {error.message}", money=_MONEY, hint=hint
            ) from error
