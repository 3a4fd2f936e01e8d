"""Files at a public address, for services that fetch pictures and clips themselves."""

from __future__ import annotations

import secrets
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sora_nb.display import plain
from sora_nb.errors import ConfigError

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

    Raises:
        ConfigError: fsspec, or what it needs for this place, is not installed, or there is no such place.
    """

    def __init__(self, place: str) -> None:
        if not isinstance(place, str) or "://" not in place:
            raise ConfigError(
                f"{plain(repr(place), 80)} is no place to publish files.", hint='Write publish="s3://bucket/prefix".'
            )
        try:
            self._files, self._folder = import_module("fsspec").url_to_fs(place)
        except (ImportError, ValueError) as error:
            raise ConfigError(
                f"Files cannot be published at {place}: {plain(error, 200)}.",
                hint="pip install 'sora_nb[publish]', and s3fs for s3://, gcsfs for gs:// or adlfs for abfs://.",
            ) from error

    def __call__(self, path: Path) -> str:
        """Put a file there under a name that nobody guesses, and return a link that ends within the hour.

        Raises:
            ConfigError: it cannot be put there, or the place gives no links.
        """
        name = f"{self._folder.rstrip('/')}/{secrets.token_hex(16)}{path.suffix}"
        try:
            self._files.put_file(str(path), name)
            link: Any = self._files.sign(name, expiration=LIFE_SECONDS)
        except NotImplementedError as error:
            raise ConfigError(
                f"{self._files.protocol} gives no links to its files.",
                money=_MONEY,
                hint="Buckets do: s3://, gs://, abfs://.",
            ) from error
        except Exception as error:  # each file system has exceptions of its own
            raise ConfigError(
                f"{path.name} could not be published: {type(error).__name__}: {plain(error, 200)}.",
                money=_MONEY,
                hint="Check the bucket's name and its key.",
            ) from error
        return str(link)
