"""Take the files that one request brings: they are kept once the request is accepted, and deleted where it is refused."""

from __future__ import annotations

import hashlib
import shutil
from typing import IO, TYPE_CHECKING, Self
from uuid import uuid4

from sora_nb.server.tables import upload_key

if TYPE_CHECKING:
    from pathlib import Path

    from sora_nb.server.store import Store


class Uploads:
    """The files of one request, named by the hash of their content, so that the same content is kept once.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.unlink(missing_ok=True)

    def save(self, file: IO[bytes]) -> str:
        """Write a file, and return the name it will be kept under: the hash of its content."""
        part = self._store.source_path(uuid4().hex)
        self._parts[part.name] = part  # so that it goes even where it cannot be written to its end
        with part.open("wb+") as target:
            shutil.copyfileobj(file, target)
            target.seek(0)
            name = hashlib.file_digest(target, "sha256").hexdigest()
        del self._parts[part.name]
        self._parts.setdefault(name, part)
        if self._parts[name] is not part:
            part.unlink()
        return name

    def path(self, name: str) -> Path:
        """Return where a file is: one of this request, or one kept before.

        Raises:
            FileNotFoundError: it is gone.
            StoreError: it cannot be fetched.
        """
        return self._parts.get(name) or self._store.files.fetch(upload_key(name))

    def keep(self) -> None:
        """Keep the files of this request.

        Raises:
            StoreError: they cannot be kept.
        """
        while self._parts:
            name, part = next(iter(self._parts.items()))
            self._store.files.keep_for_a_day(part, upload_key(name))
            del self._parts[name]
